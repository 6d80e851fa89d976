"""The answers of the analyses as plain text: from a world, a question or stored results to a few lines that can be read aloud.

Each function returns the text; `experiments.analysis.commands` prints it. Sweeps are stored and resumed like any other.
"""

import functools
from typing import NamedTuple

from abm.errors import BadInput
from experiments.words import PERCENT, between, futures, percent

SHOWN = 30  # rows of a table


class Work(NamedTuple):
    """How a sweep is done: folder for results (None: the usual one), workers (0: all cores), seeds at a point, quarters, whether it is
    silent; the seed of all luck, and settings {name: value} that hold throughout."""

    out: object = None
    workers: int = 0
    seeds: int = 20
    quarters: int = 40
    quiet: bool = True
    rng: int = 0
    settings: dict = {}


def discover(results, outcome, by="points", most=3, as_json=False):
    """Under which conditions it happens, in words: PRIM boxes, a tree and one-by-one comparisons of stored results.

    outcome: a condition such as "crisis > 0.5"; by: "points", where it is put to the mean over seeds, or "runs"
    """
    from experiments.analysis import discovery, undefined
    from experiments.analysis.conditions import Condition
    from experiments.engine.store import load
    from experiments.engine.sweep import asked

    if by not in ("points", "runs"):
        raise BadInput(f"by = {by!r} is not allowed; points or runs")
    question, runs = asked(results), load(results)
    columns = [*question.levers, *question.uncertainties]
    condition = Condition.read(outcome, [name for name in runs.columns if runs[name].dtype == float])
    whole = undefined.ended(runs)
    table = whole
    if by == "points":
        table = whole.groupby("point")[columns].first().join(undefined.means(whole, "point", condition.names))
    y, found = condition.holds(table), discovery.inputs(table, columns)
    lines = [f"{condition.text}: {y.sum()} of {len(y)} {by} ({percent(y.mean())})"]
    lines += [f"{len(runs) - len(whole):,} runs failed and are left out"] if len(whole) < len(runs) else []
    rule = (
        "They do not meet the condition"
        if by == "runs"
        else "A point takes the mean of its other runs, and it meets nothing if fewer than half of its runs have a value"
    )
    lines += undefined.in_words(whole, condition.names, rule)
    table = None if y.all() or not y.any() else discovery.regional(found, y)
    if as_json:
        known = {} if table is None else {"boxes": [discovery.box_in_words(found, y, box) for box in discovery.boxes(found.x, y, most)]}
        return as_plain(condition=condition.text, says=lines, **known, inputs=[] if table is None else table)
    if table is None:
        return "\n".join([*lines, "The condition holds everywhere or nowhere, so there is nothing to tell apart."])
    lines += ["", "Boxes in which it holds most often (PRIM; each box is found in what the boxes before it leave over):"]
    lines += [f"  {discovery.box_in_words(found, y, box)}" for box in discovery.boxes(found.x, y, most)] or [
        "  none, because so few points could show such a box by chance"
    ]
    lines += ["", "Leaves of a decision tree in which it holds more often than overall:"]
    lines += [f"  {line}" for line in discovery.tree_in_words(found, y)] or ["  none"]
    lines += ["", "Input by input: Kolmogorov-Smirnov distance, and the medians where it holds and where it does not:", as_text(table)]
    return "\n".join(lines)


def attribute(world, mechanisms=None, shocks=(), work=None, deals=(), as_json=False):
    """Who fails because of what in a world: outcomes and firms by contagion channel, or by the mechanisms given.

    mechanisms: {name: settings that switch it off}; shocks: rows {name, at, ...}; deals: rows {tenant, owner, gw, start, ...}
    """
    from experiments.analysis import attribution
    from experiments.engine.store import load
    from experiments.engine.sweep import sweep

    work = work or Work(seeds=50)
    mechanisms = attribution.CHANNELS if mechanisms is None else mechanisms
    asked = {
        **attribution.question(world, mechanisms, work.seeds, work.quarters, shocks=shocks, deals=deals, rng=work.rng),
        "settings": work.settings,
    }
    folder = sweep(asked, work.out, work.workers or None, quiet=work.quiet).folder
    names = list(mechanisms)
    runs = load(folder)
    outcomes = attribution.decomposition(runs, names)
    firms = attribution.by_firm(attribution.failures_of(folder, names), names)
    if as_json:
        share = attribution.contagion(runs, names)
        return as_plain(world=world, outcomes=outcomes, firms=firms, contagion_share=[None if value != value else value for value in share])
    return "\n".join(
        [
            f"{world}: {2 ** len(names)} subsets of {', '.join(names)}, each in the same {futures(work.seeds)} of {work.quarters} quarters",
            "A Shapley value is what a channel adds on average over all orders in which channels can be switched on. The values add up "
            "to the "
            "whole, and low and high are 95 % intervals over worlds.",
            _happened(outcomes.replace({"cause": attribution.in_words(names)})),
            _contagion(attribution.contagion(runs, names)),
            "",
            "Firms: their probability of failure with everything on, and the parts of it",
            as_text(firms.rename(columns=attribution.in_words(names))) if len(firms) else "No firm fails in any world.",
            "",
            _debtrank(opening(world, deals, work.settings), shocks, work),
        ]
    )


def travels(world, mechanisms, shocks, work=None, deals=(), as_json=False):
    """Through which channels shocks travel: what they add against twins without them, channels switched off one at a time and alone."""
    from experiments.analysis import shock_channels
    from experiments.analysis.attribution import in_words
    from experiments.engine.store import load
    from experiments.engine.sweep import sweep
    from experiments.words import shock_texts

    work = work or Work(seeds=50)
    _happening(shocks, opening(world, deals, work.settings), work.quarters)
    asked = shock_channels.question(world, mechanisms, shocks, work.seeds, work.quarters, deals=deals, rng=work.rng)
    asked["settings"] = work.settings
    folder = sweep(asked, work.out, work.workers or None, quiet=work.quiet).folder
    table = shock_channels.travels(load(folder), list(mechanisms))
    if as_json:
        return as_plain(world=world, shocks=list(shocks), channels=table)
    nothing = shock_channels.silent(table)
    shown = table[~table["outcome"].isin(nothing)]
    said = [f"It adds nothing to {', '.join(nothing)}."] if nothing else []
    return "\n".join(
        [
            f"{world}: what {shock_texts(shocks)} adds, compared with the same {futures(work.seeds)} of {work.quarters} quarters without "
            "it",
            '"last in" is the effect with all channels on minus the effect with all but this one. "first in" is the effect with '
            "this channel "
            "alone minus the effect with none. Low and high are 95 % intervals over worlds.",
            f'"{shock_channels.ALL}" is all that it adds with every channel on, and "{shock_channels.NONE}" with none.',
            *([as_text(shown.replace({"channel": in_words(list(mechanisms))}), rows=len(shown))] if len(shown) else []),
            *said,
        ]
    )


def opening(world, deals=(), settings=None, more=None):
    """A world by name or folder with deals of one's own in it, rows {tenant, owner, gw, start, ...}, and settings {name: value}.

    more: settings on top of those. Raises BadInput.
    """
    from experiments.inputs import Inputs

    return Inputs(str(world), settings={**(settings or {}), **(more or {})}, deals=tuple(deals)).opening()


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
        return "There is no contagion share, because nobody fails with everything on."
    return (
        f"Contagion share: {percent(share)} of defaults would not happen with everything off (95 % interval {low * PERCENT:.0f} to "
        f"{high * PERCENT:.0f} %)."
    )


def _happened(outcomes):
    from experiments.analysis.attribution import that_happened

    shown, silent = that_happened(outcomes)
    said = [f"These outcomes are zero with and without the channels: {', '.join(silent)}."] if silent else []
    return "\n".join([*([as_text(shown, rows=len(shown))] if len(shown) else []), *said])


def _debtrank(opened, shocks, work):
    """DebtRank of labs before their defaults beside what followed, in the same worlds with every channel on."""
    from abm.model import Industry, release
    from experiments.analysis import ranking

    industry = Industry(opened, worlds=work.seeds, rng=work.rng, shocks=_happening(shocks, opened, work.quarters))
    try:
        ranks = ranking.run_with_debtranks(industry, work.quarters)
        defaults = ranking.after_defaults(industry.record, ranks, industry.labs.names)
    finally:
        release(industry)
    if defaults.empty:
        return "DebtRank cannot be judged, because no lab defaults in any world."
    title = (
        f"DebtRank of a lab in the quarter before its default, and what followed within {ranking.WINDOW} quarters (losses in $bn, and "
        "defaults "
        "of others)"
    )
    return "\n".join(
        [
            title,
            as_text(ranking.by_lab(defaults)),
            "How well DebtRank orders what followed (Spearman correlation):",
            as_text(ranking.agreement(defaults)),
        ]
    )


def breakpoint_of(world, lever, until, sizes=(None, None), at="2027Q1", shocks=(), work=None, deals=(), as_json=False):
    """The smallest size of a lever that makes a condition hold, world by world; see `breakpoints.read_lever`. sizes: (low, high)."""
    from experiments.analysis import breakpoints
    from experiments.analysis.levers import read_lever
    from experiments.pool import cores

    work = work or Work(seeds=50)
    opened = opening(world, deals, work.settings)
    read = read_lever(lever, at, sizes[0], sizes[1], opened.names)
    remake = functools.partial(opening, world, tuple(deals), work.settings)
    happening = _happening(shocks, opened, work.quarters)
    trial = breakpoints.Trial(opened, read, work.quarters, work.rng, happening, work.workers or cores(), remake)
    found, before = breakpoints.breakpoints(trial, until, work.seeds)
    told, table = breakpoints.answer(read, until, found), breakpoints.share_broken(found)
    at_each = breakpoints.share_at(found)
    if as_json:
        return as_plain(world=str(world), lever=read.name, until=until, says=told, without=before, at_size=at_each, at_or_below=table)
    when = f" at {read.at}" if read.shock else ""
    lines = [told, "", f"{world}: {read.name}{when} ({read.meaning}, {read.unit}) from {read.low:g} to {read.high:g}, until {until}"]
    lines.append(f"Without the lever, {before['count']} of {before['trials']} worlds break ({between(before)}).")
    lines += [f"Without the lever, {said}" for said in before["unvalued"]]
    lines += [*breakpoints.told(read, found, work.seeds), "", "Share of worlds that break at each size:", as_text(at_each)]
    return "\n".join([*lines, "", "Share of worlds broken at or below a size:", as_text(table)])


def as_plain(**found):
    """Tables and plain values as JSON; what is not there is null."""
    import json

    plain = {
        name: part.astype(object).where(part.notna(), None).to_dict("records") if hasattr(part, "notna") else part
        for name, part in found.items()
    }
    return json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False)


def as_text(table, rows=SHOWN):
    """A table as people read it."""
    return table.to_string(index=False, max_rows=rows, float_format=lambda value: f"{value:.3g}", na_rep="-")
