"""The answers of the analyses as plain text: from a world, a question or stored results to a few lines that can be read aloud.

Each function returns the text; `experiments.analysis.commands` prints it. Sweeps are stored and resumed like any other.
"""

from typing import NamedTuple

from abm.errors import BadInput

SHOWN = 30  # rows of a table


class Work(NamedTuple):
    """How a sweep is done: folder for results (None: the usual one), workers (0: all cores), seeds at a point, quarters."""

    out: object = None
    workers: int = 0
    seeds: int = 20
    quarters: int = 40
    quiet: bool = True


def discover(results, outcome, by="points", most=3):
    """Under which conditions it happens, in words: PRIM boxes, a tree and one-by-one comparisons of stored results.

    outcome: a condition such as "crisis > 0.5"; by: "points", where it is put to the mean over seeds, or "runs"
    """
    from experiments.analysis import discovery
    from experiments.analysis.conditions import Condition
    from experiments.engine.store import load
    from experiments.engine.sweep import asked

    if by not in ("points", "runs"):
        raise BadInput(f"by = {by!r} is not allowed; points or runs")
    question, runs = asked(results), load(results)
    columns = [*question.levers, *question.uncertainties]
    condition = Condition.read(outcome, [name for name in runs.columns if runs[name].dtype == float])
    whole = runs.dropna(subset=condition.names)
    table = (
        whole.groupby("point").agg({**dict.fromkeys(columns, "first"), **dict.fromkeys(condition.names, "mean")})
        if by == "points"
        else whole
    )
    y, found = condition.holds(table), discovery.inputs(table, columns)
    lines = [f"{condition.text}: {y.sum()} of {len(y)} {by} ({y.mean():.0%})"]
    if y.all() or not y.any():
        return "\n".join([*lines, "It holds everywhere or nowhere, so there is nothing to tell apart."])
    lines += ["", "Boxes (PRIM), each on what the ones before leave over:"]
    lines += [f"  {discovery.box_in_words(found, y, box)}" for box in discovery.boxes(found.x, y, most)] or [
        "  none beyond what chance could make of so few"
    ]
    lines += ["", "Tree, leaves where it is likelier than overall:"]
    lines += [f"  {line}" for line in discovery.tree_in_words(found, y)] or ["  none"]
    lines += ["", "One by one (Kolmogorov-Smirnov distance; medians where it holds and where not):", as_text(discovery.regional(found, y))]
    return "\n".join(lines)


def attribute(world, mechanisms=None, shocks=(), work=None, deals=()):
    """Who fails because of what in a world: outcomes and firms by contagion channel, or by the mechanisms given.

    mechanisms: {name: settings that switch it off}; shocks: rows {name, at, ...}; deals: rows {tenant, owner, gw, start, ...}
    """
    from experiments.analysis import attribution
    from experiments.engine.store import load
    from experiments.engine.sweep import sweep

    work = work or Work(seeds=50)
    mechanisms = attribution.CHANNELS if mechanisms is None else mechanisms
    asked = attribution.question(world, mechanisms, work.seeds, work.quarters, shocks=shocks, deals=deals)
    folder = sweep(asked, work.out, work.workers or None, quiet=work.quiet).folder
    names = list(mechanisms)
    runs = load(folder)
    outcomes = attribution.decomposition(runs, names)
    firms = attribution.by_firm(attribution.failures_of(folder, names), names)
    return "\n".join(
        [
            f"{world}: {2 ** len(names)} subsets of {', '.join(names)} on the same {work.seeds} seeds, {work.quarters} quarters",
            "Shapley values: what each adds on average over all orders of switching on, 95 % over worlds; they add up to all",
            _happened(outcomes),
            _contagion(attribution.contagion(runs, names)),
            "",
            "Firms: probability of failure with everything on, and its parts",
            as_text(firms) if len(firms) else "no firm fails in any world",
            "",
            _debtrank(opening(world, deals), shocks, work),
        ]
    )


def travels(world, mechanisms, shocks, work=None, deals=()):
    """Through which channels shocks travel: what they add against twins without them, channels switched off one at a time and alone."""
    from experiments.analysis import shock_channels
    from experiments.engine.store import load
    from experiments.engine.sweep import sweep
    from experiments.words import shock_texts

    work = work or Work(seeds=50)
    _happening(shocks, opening(world, deals), work.quarters)
    asked = shock_channels.question(world, mechanisms, shocks, work.seeds, work.quarters, deals=deals)
    folder = sweep(asked, work.out, work.workers or None, quiet=work.quiet).folder
    table = shock_channels.travels(load(folder), list(mechanisms))
    nothing = shock_channels.silent(table)
    shown = table[~table["outcome"].isin(nothing)]
    said = [f"it adds nothing to {', '.join(nothing)}"] if nothing else []
    return "\n".join(
        [
            f"{world}: what {shock_texts(shocks)} adds, against the same {work.seeds} worlds without it, {work.quarters} quarters",
            "last in: with all channels less with all but this one; first in: with this one alone less with none; 95 % over worlds",
            f"{shock_channels.ALL}, {shock_channels.NONE}: all that it adds with every channel, and with none",
            *([as_text(shown, rows=len(shown))] if len(shown) else []),
            *said,
        ]
    )


def opening(world, deals=()):
    """A world by name or folder with deals of one's own in it, rows {tenant, owner, gw, start, ...}. Raises BadInput."""
    from agents.world_deals import AddedDeal, with_deals
    from agents.world_file import load_world

    return with_deals(load_world(world), tuple(AddedDeal.read(row, "--deal") for row in deals))


def _happening(shocks, opened, quarters):
    """Rows of shocks, read. Raises BadInput for one outside the run."""
    from abm.shocks import Shock

    found, last = tuple(Shock.read(row, "--shock") for row in shocks), opened.start + (quarters - 1)
    for shock in found:
        if not opened.start <= shock.at <= last:
            raise BadInput(f"--shock {shock.name}: {shock.at} lies outside the run, which goes from {opened.start} to {last}")
    return found


def _contagion(found):
    """One sentence about how many defaults the mechanisms account for together."""
    share, low, high = found
    if share != share:
        return "contagion share: nobody fails with everything on"
    return f"contagion share: {share:.0%} of defaults would not happen with everything off (95 %: {low:.0%} to {high:.0%})"


def _happened(outcomes):
    from experiments.analysis.attribution import that_happened

    shown, silent = that_happened(outcomes)
    said = [f"with and without them, nothing came of {', '.join(silent)}"] if silent else []
    return "\n".join([*([as_text(shown, rows=len(shown))] if len(shown) else []), *said])


def _debtrank(opened, shocks, work):
    """DebtRank of labs before their defaults beside what followed, in the same worlds with every channel on."""
    from abm.model import Industry, release
    from experiments.analysis import ranking

    industry = Industry(opened, worlds=work.seeds, shocks=_happening(shocks, opened, work.quarters))
    try:
        ranks = ranking.run_with_debtranks(industry, work.quarters)
        defaults = ranking.after_defaults(industry.record, ranks, industry.labs.names)
    finally:
        release(industry)
    if defaults.empty:
        return "DebtRank: no lab defaults in any world"
    title = (
        f"DebtRank of a lab in the quarter before its default, and what followed within {ranking.WINDOW} quarters ($bn; defaults of others)"
    )
    return "\n".join([title, as_text(ranking.by_lab(defaults)), "How well the one ranks the other:", as_text(ranking.agreement(defaults))])


def breakpoint_of(world, lever, until, sizes=(None, None), at="2027Q1", shocks=(), work=None, deals=()):
    """The smallest size of a lever that makes a condition hold, world by world; see `breakpoints.read_lever`. sizes: (low, high)."""
    import numpy as np

    from experiments.analysis import breakpoints

    work = work or Work(seeds=50)
    read = breakpoints.read_lever(lever, at, *sizes)
    opened = opening(world, deals)
    trial = breakpoints.Trial(opened, read, work.quarters, shocks=_happening(shocks, opened, work.quarters))
    found, before = breakpoints.breakpoints(trial, until, work.seeds)
    broken = found.sizes[~np.isnan(found.sizes)]
    when = f" at {read.at}" if read.shock else ""
    lines = [f"{world}: {read.name}{when} ({read.meaning}, {read.unit}) from {read.low:g} to {read.high:g}, until {until}"]
    lines.append(f"without it {before['count']} of {before['trials']} worlds break ({before['low']:.0%} to {before['high']:.0%})")
    needed = broken[broken != read.low]
    lines.append(f"with it {len(broken)} of {work.seeds} do")
    if len(needed):
        least, middle = needed[np.argmin(np.abs(needed - read.low))], np.median(needed)
        lines.append(f"in the {len(needed)} that need it, the smallest size that breaks is {least:.3g}, the median {middle:.3g}")
    if found.saved.any():
        lines.append(
            f"in {found.saved.sum()} worlds a larger size saves what a smaller one breaks, so read sizes as first breaks, not as a border"
        )
    return "\n".join([*lines, "", "Share of worlds broken at or below a size:", as_text(breakpoints.share_broken(found))])


def lamps(world, labs=False, shocks=(), work=None, lead=4, deals=()):
    """Which warning lamp lights early, and how often for nothing: see `experiments.analysis.warning`. lead: quarters ahead."""
    from abm.model import Industry, release
    from experiments.analysis import warning

    work = work or Work(seeds=100)
    opened = opening(world, deals)
    industry = Industry(opened, worlds=work.seeds, shocks=_happening(shocks, opened, work.quarters)).run(work.quarters)
    try:
        table = warning.of_run(industry, labs, (lead,))
    finally:
        release(industry)
    against = "the default of the lab itself" if labs else "a crisis"
    return warning.in_words(f"{world}: lamps against {against}, {work.seeds} worlds of {work.quarters} quarters", table, lead)


def quarters_to(world, at):
    """Quarters of a run that ends with this one; one where no quarter is given. Raises BadInput."""
    from abm.clock import Quarter
    from agents.world_file import load_world
    from experiments.analysis.exposures import quarters_until

    return quarters_until(load_world(world), Quarter.parse(at, "--at: ")) if at else 1


def exposures(inputs, to, at="", as_json=False):
    """Who hangs on a firm, in $bn and shares of their own equity: at the opening, or at the end of a quarter in the median future."""
    import json

    from abm.model import release
    from experiments.analysis import exposures as found
    from experiments.words import KIND_NAMES

    inputs = inputs.checked()
    firm = found.firm_of(inputs.opening().names, to)
    model, future = found.looked_at(inputs, at)
    try:
        table, unbuilt = found.exposures_to(model, firm), found.promised_not_built(model, firm)
    finally:
        release(model)
    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        return json.dumps({"world": inputs.world, "firm": to, "kind": firm.kind, "at": at or None, "future": future, "exposures": rows,
                           "promised_not_built": unbuilt}, indent=1, ensure_ascii=False)  # fmt: skip
    when = f"at the end of {at} in the median future of {inputs.worlds} (number {future})" if at else "at the opening"
    lines = [f"{inputs.world}: who hangs on {to} ({KIND_NAMES[firm.kind].lower()}), {when}; $bn, and share of own book equity"]
    for claim, part in table.groupby("claim", sort=False):
        lines += ["", f"{claim[:1].upper()}{claim[1:]}: {part['usd_bn'].sum():,.1f}", as_text(found.for_people(part))]
    return "\n".join([*lines, *([] if len(table) else ["nobody"]), "", _unbuilt(to if firm.kind == "labs" else "all labs", unbuilt)])


def losses(inputs, at, page, workers=0, as_json=False, quiet=True):
    """Every named firm lost in turn against the same futures without the loss, as text or JSON; the page is written to a path."""
    from experiments.analysis import losses as found
    from experiments.analysis.losses_page import headline, losses_page
    from experiments.folders import make_folder
    from experiments.terminal import Watch

    asked = found.ask(inputs, at)
    make_folder(page.parent, "--page")
    worlds = asked.inputs.worlds * (1 + len(found.named(asked.inputs.opening())))
    with Watch(worlds, f"losses in {asked.at}") as watch:
        effects = found.losses(asked, workers, None if quiet else watch)
    page.write_text(losses_page(asked, effects), encoding="utf-8")
    if as_json:
        return _losses_as_json(asked, effects)
    lines = [headline(asked, effects), "", *_losses_as_text(asked, effects), "", f"Page: {page}"]
    return "\n".join(lines)


def _losses_as_text(asked, effects):
    """A table of what each loss costs, and a line for each that takes somebody along or spares somebody."""
    import pandas as pd

    from experiments.analysis.losses import AFTER
    from experiments.analysis.losses_page import line
    from experiments.words import futures

    names = ["lost", "kind", *(f"revenue after {after}" for after in AFTER), "credit losses, $bn"]
    rows = [line(loss) for loss in effects]
    yield f"{asked.inputs.world}: {futures(asked.inputs.worlds)}, each against its twin without the loss; 95 % intervals over pairs"
    yield pd.DataFrame([row[: len(names)] for row in rows], columns=names).to_string(index=False)
    for what, place in (("Who fails with it", -2), ("Who is spared", -1)):
        told = [f"  {row[0]}: {row[place]}" for row in rows if row[place] != "-"]
        yield "\n".join(["", f"{what}, beyond what luck could make of it, from {asked.at} to the end of the run:", *(told or ["  nobody"])])


def _losses_as_json(asked, effects):
    import json

    from experiments.analysis.losses import AFTER

    def plain(change):
        return {name: None if value != value else value for name, value in change._asdict().items()}

    rows = [
        {
            "lost": loss.firm.name, "kind": loss.firm.kind,
            **{f"revenue_after_{after}": plain(change) for after, change in zip(AFTER, loss.revenue)}, "credit_losses": plain(loss.lost),
            "fails": [{"firm": fall.firm.name, "kind": fall.firm.kind, "odds": fall.odds, "twin": fall.twin, **plain(fall.change)}
                      for fall in loss.falls],
        }
        for loss in effects
    ]  # fmt: skip
    return json.dumps({**asked.inputs.plain(), "at": str(asked.at), "losses": rows}, indent=1, ensure_ascii=False)


def _unbuilt(who, found):
    """What was promised and is not built, in two sentences."""
    return (
        f"Promised to {who} and not built so far: {found['unbuilt_gw']:,.2f} GW, {found['unbuilt_rent']:,.1f} of rent a year. "
        f"Orders of the quarter that nobody could build: {found['unfunded_gw']:,.2f} GW, {found['unfunded_rent']:,.1f} a year."
    )


def as_text(table, rows=SHOWN):
    """A table as people read it."""
    return table.to_string(index=False, max_rows=rows, float_format=lambda value: f"{value:.3g}", na_rep="-")
