"""The answers of the analyses as plain text: from a world, a question or stored results to a few lines that can be read aloud.

Each function returns the text; `experiments.analysis.commands` prints it. Sweeps are stored and resumed like any other.
"""

import math
from pathlib import Path
from typing import NamedTuple

from abm.errors import BadInput

SHOWN = 30  # rows of a table
MORRIS_POINTS, SOBOL_POINTS, PAWN_POINTS = 10, 64, 256  # trajectories, base points, points
RANGES = {  # plausible, not all that is allowed [model.md 19]: (low, high, scale)
    "customers.market_size": (700, 3000, "log"),
    "customers.diffusion_speed": (1, 2.5, "linear"),
    "customers.capability_power": (0.6, 0.8, "linear"),
    "vendor.capacity_growth": (0.12, 0.3, "linear"),
    "vendor.circular_intensity": (0, 1, "linear"),
    "lab.risk_appetite": (0.1, 0.9, "linear"),  # of all labs alike
    "cone.width": (0.5, 1.5, "linear"),
    "cone.momentum_share": (0.3, 0.6, "linear"),
    "cloud.accounting_life": (4, 10, "linear"),
    "cloud.capex": (35, 60, "linear"),
    "lender.loan_to_value": (0.6, 0.85, "linear"),
    "lender.recovery": (0.5, 0.9, "linear"),
    "investor.dilution": (0.03, 0.1, "linear"),
    "technology.obsolescence": (0.2, 0.45, "linear"),
    "sentiment.defaults": (0.3, 0.9, "linear"),
}


class Work(NamedTuple):
    """How a sweep is done: folder for results (None: the usual one), workers (0: all cores), seeds at a point, quarters."""

    out: object = None
    workers: int = 0
    seeds: int = 20
    quarters: int = 40
    quiet: bool = True


def sensitivity(source, method="morris", outcome="systemic_event", vary=(), points=None, work=None):
    """Which inputs matter for an outcome, in a world, for a question's own ranges, or in stored results.

    source: a world, a question (name or TOML file) or a folder of results; vary: texts "name=low:high" or "name=low:high:log"
    instead of RANGES; points: of the design; work: Work. Raises BadInput.
    """
    from experiments.analysis import sensitivity as analysis
    from experiments.engine.store import load
    from experiments.engine.sweep import asked, sweep

    if method not in analysis.METHODS:
        raise BadInput(f"no method is called {method!r}; allowed: {', '.join(analysis.METHODS)}")
    folder = Path(source) if _has_results(source) else None
    work = work or Work()
    if folder is None:
        drawn = _sensitivity_question(source, method, outcome, vary, points, work)
        folder = sweep(drawn, work.out, work.workers or None, quiet=work.quiet).folder
    question, runs = asked(folder), load(folder)
    return "\n\n".join(_one_sensitivity(question, runs, method, outcome, number) for number in sorted(runs["combination"].unique()))


def _has_results(source):
    """Whether a folder of results is meant, be there any in it or not, and no world."""
    path = Path(source)
    return path.is_dir() and not (path / "world.toml").is_file()


def _sensitivity_question(source, method, outcome, vary, points, work):
    from experiments.engine.question import Question, shipped

    count = points or {"morris": MORRIS_POINTS, "sobol": SOBOL_POINTS, "pawn": PAWN_POINTS}[method]
    design = {"method": "lhs" if method == "pawn" else method, "points": count}
    if source in shipped() or str(source).endswith(".toml"):
        return Question.read(source, design=design, outcomes=[outcome], seeds=work.seeds, quarters=work.quarters)
    ranges = dict(map(read_range, vary)) or {name: _range(*limits) for name, limits in RANGES.items()}
    world = str(source)
    return Question.read(
        {
            "question": f"Which inputs matter for {outcome} in {world}?",
            "name": f"sensitivity-{Path(world).name}",
            "world": world,
            "outcomes": [outcome],
            "seeds": work.seeds,
            "quarters": work.quarters,
            "uncertainties": ranges,
            "design": design,
        }
    )


def read_range(text):
    """`cone.width=0.5:1.5` or `customers.market_size=700:3000:log` as (name, range). Raises BadInput for what has another form."""
    name, _, limits = str(text).rpartition("=")
    parts = limits.split(":")
    try:
        low, high = map(float, parts[:2])
        scale = parts[2] if len(parts) > 2 else "linear"
    except ValueError:
        name = ""
    if name and not (math.isfinite(low) and math.isfinite(high)):
        raise BadInput(f"--vary {name.strip()}: from {low} to {high} is not a finite range")
    if not name or len(parts) > 2 + 1 or scale not in ("linear", "log"):
        raise BadInput(f"--vary {text!r} is not of the form name=low:high or name=low:high:log")
    return name.strip(), _range(low, high, scale)


def _range(low, high, scale):
    return {"low": low, "high": high, "scale": scale}


def _one_sensitivity(question, runs, method, outcome, combination):
    from experiments.analysis.sensitivity import analyse, noise, sampled_from

    sampled = sampled_from(question, runs, outcome, combination)
    samples, seeds = sampled.values.shape
    levers = runs.loc[runs["combination"] == combination, list(question.levers)].drop_duplicates().to_dict("records")
    where = "".join(
        f", {name} {value if isinstance(value, str) else f'{value:g}'}" for name, value in (levers[0] if levers else {}).items()
    )
    lines = [f"{method} of {outcome} in {question.world}{where}: {samples} points x {seeds} seeds"]
    lines.append(f"mean {sampled.means.mean():.4g}, from {sampled.means.min():.4g} to {sampled.means.max():.4g} over the points")
    lines.append(f"luck that the seeds leave over: {noise(sampled.values):.1%} of the variance of the means")
    if sampled.means.min() == sampled.means.max():
        return "\n".join([*lines, "The outcome is the same at every point: no input matters within these ranges."])
    return "\n".join([*lines, _text(analyse(question, sampled, method))])


def discover(results, outcome, by="points", most=3):
    """Under which conditions it happens, in words: PRIM boxes, a tree and one-by-one comparisons of stored results.

    outcome: a condition such as "systemic_event > 0.5"; by: "points", where it is put to the mean over seeds, or "runs"
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
    lines += ["", "One by one (Kolmogorov-Smirnov distance; medians where it holds and where not):", _text(discovery.regional(found, y))]
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
            _text(firms) if len(firms) else "no firm fails in any world",
            "",
            _debtrank(opening(world, deals), shocks, work),
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
    return "\n".join([*([_text(shown, rows=len(shown))] if len(shown) else []), *said])


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
    return "\n".join([title, _text(ranking.by_lab(defaults)), "How well the one ranks the other:", _text(ranking.agreement(defaults))])


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
    return "\n".join([*lines, "", "Share of worlds broken at or below a size:", _text(breakpoints.share_broken(found))])


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
    against = "the default of the lab itself" if labs else "a systemic event"
    return warning.in_words(f"{world}: lamps against {against}, {work.seeds} worlds of {work.quarters} quarters", table, lead)


def _text(table, rows=SHOWN):
    return table.to_string(index=False, max_rows=rows, float_format=lambda value: f"{value:.3g}", na_rep="-")
