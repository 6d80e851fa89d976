"""The answer of a sensitivity analysis as plain text: which inputs matter for an outcome, from a world, a question or stored results.

Morris, Sobol and PAWN give indices. Regional sensitivity parts the points by whether the mean over seeds behaves as a condition asks,
and compares each input between the two sides [SpearHornberger1980].
"""

import math
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from abm.errors import BadInput, nearest
from experiments.analysis.answers import Work, as_plain, as_text
from experiments.analysis.undefined import in_words
from experiments.folders import plain
from experiments.words import PERCENT, percent

ALPHA = 0.05  # of all inputs together
COLUMNS = ["input", "distance", "p", "matters", "hits", "misses"]
POINTS = {"morris": 10, "sobol": 64, "pawn": 256, "regional": 256}  # trajectories, base points, points
RANGES = {  # plausible, not all that is allowed [model.md 19]: (low, high, scale)
    "customers.market_size": (700, 3000, "log"),
    "customers.adoption_pace": (0.4, 2, "log"),
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


def sensitivity(source, method="morris", outcome="crisis", vary=(), points=None, work=None, as_json=False):
    """Which inputs matter for an outcome, in a world, for a question's own ranges, or in stored results.

    source: a world, a question (name or TOML file) or a folder of results; outcome: a name, for the method regional also a condition
    vary: texts "name=low:high" or "name=low:high:log" instead of RANGES; points: of the design; work: Work. Raises BadInput.
    """
    from experiments.analysis.sensitivity import check
    from experiments.engine.store import load
    from experiments.engine.sweep import asked, sweep

    if method not in POINTS:
        raise BadInput(f"no method is called {method!r}; {nearest(method, POINTS)}".removesuffix("; "))
    folder = Path(source) if _has_results(source) else None
    work = work or Work()
    if folder is not None:
        check(asked(folder), method)
    else:
        drawn = _sensitivity_question(source, method, outcome, vary, points, work)
        check(drawn, method)
        folder = sweep(drawn, work.out, work.workers or None, quiet=work.quiet).folder
    question, runs = asked(folder), load(folder)
    one = _regional if method == "regional" else _indices
    found = [one(question, runs, method, outcome, number) for number in sorted(runs["combination"].unique())]
    if as_json:
        return as_plain(world=question.world, method=method, outcome=outcome, answers=[answer.plain() for answer in found])
    return "\n\n".join(answer.text() for answer in found)


class Answer(NamedTuple):
    """Lines of an answer and the table that ends it, or None where there is nothing to tell."""

    lines: list
    table: Any = None

    def text(self):
        """As people read it."""
        return "\n".join([*self.lines, *([] if self.table is None else [as_text(self.table)])])

    def plain(self):
        """As plain values."""
        table = [] if self.table is None else self.table.astype(object).where(self.table.notna(), None).to_dict("records")
        return {"says": self.lines, "inputs": table}


def _has_results(source):
    """Whether a folder of results is meant, be there any in it or not, and no world."""
    path = Path(source)
    return path.is_dir() and not (path / "world.toml").is_file()


def _ranges(vary):
    """{name: range} of what --vary says. Raises BadInput for a name that is there twice."""
    found: dict = {}
    for name, limits in map(read_range, vary):
        if name in found:
            raise BadInput(f"--vary {name} is given twice")
        found[name] = limits
    return found


def _sensitivity_question(source, method, outcome, vary, points, work):
    from experiments.engine.question import Question, shipped

    design = {"method": method if method in ("morris", "sobol") else "lhs", "points": POINTS[method] if points is None else points}
    outcomes = _names(outcome) if method == "regional" else [outcome]
    if source in shipped() or str(source).endswith(".toml"):
        asked = Question.read(source)
        held = {"settings": {**asked.settings, **work.settings}, "rng": work.rng or asked.rng}
        return Question.read(source, design=design, outcomes=outcomes, seeds=work.seeds, quarters=work.quarters, **held)
    ranges = _ranges(vary) or {name: _range(*limits) for name, limits in RANGES.items()}
    world = str(source)
    return Question.read(
        {
            "question": f"Which inputs matter for {outcome} in {world}?",
            "name": f"sensitivity-{plain(Path(world).name, 'world')}",
            "world": world,
            "outcomes": outcomes,
            "seeds": work.seeds,
            "quarters": work.quarters,
            "rng": work.rng,
            "settings": work.settings,
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


def _indices(question, runs, method, outcome, combination):
    """A method of indices at one combination of levers."""
    from experiments.analysis.sensitivity import analyse, noise, refuse_without_value, sampled_from

    sampled = sampled_from(question, runs, outcome, combination)
    refuse_without_value(sampled, outcome)
    samples, seeds = sampled.values.shape
    lines = [f"{method} of {outcome} in {question.world}{_where(question, runs, combination)}: {samples} points with {seeds} seeds each"]
    lines += _left_out(question, runs, combination, seeds, [outcome])
    lines.append(
        f"The mean over the points is {sampled.means.mean():.4g}, and it goes from {sampled.means.min():.4g} to {sampled.means.max():.4g}."
    )
    lines.append(f"Luck explains {noise(sampled.values) * PERCENT:.1f} % of the variance of these means, because there are few seeds.")
    if sampled.means.min() == sampled.means.max():
        return Answer([*lines, "The outcome is the same at every point, so no input matters within these ranges."])
    return Answer(lines, analyse(question, sampled, method))


def _left_out(question, runs, combination, seeds, names):
    """What does not count, in words: seeds that did not come to their end everywhere, and runs without a value."""
    here = runs[runs["combination"] == combination]
    lost = here["seed"].nunique() - seeds
    said = (
        [f"{lost} of {here['seed'].nunique()} seeds are left out, because they did not come to their end at every point."] if lost else []
    )
    return [*said, *in_words(here, names, "A point takes the mean of its other runs")]


def _where(question, runs, combination):
    """The values of levers, in words."""
    levers = runs.loc[runs["combination"] == combination, list(question.levers)].drop_duplicates().to_dict("records")
    return "".join(f", {name} {value if isinstance(value, str) else f'{value:g}'}" for name, value in (levers[0] if levers else {}).items())


def _names(outcome):
    """The outcomes that a condition, or a name alone, is about. Raises BadInput for what is neither."""
    from experiments.analysis.conditions import Condition

    return Condition.read(outcome).names if re.search("[<>=!]", outcome) else [outcome]


def _regional(question, runs, method, outcome, combination):
    """Points at which the mean over seeds behaves as asked against the others, input by input, at one combination of levers."""
    from experiments.analysis import discovery
    from experiments.analysis.conditions import Condition
    from experiments.analysis.sensitivity import sampled_from

    names = _names(outcome)
    found = {name: sampled_from(question, runs, name, combination) for name in names}
    means = {name: sampled.means for name, sampled in found.items()}
    middle = float(np.nanmedian(means[names[0]])) if not np.isnan(means[names[0]]).all() else np.nan
    behaves = means[outcome] > middle if outcome in means else Condition.read(outcome).holds(means)
    rule = f"{outcome} > {middle:.4g}, its median" if outcome in means else outcome
    seeds = min(sampled.values.shape[1] for sampled in found.values())
    points = runs[runs["combination"] == combination].drop_duplicates("sample").set_index("sample").sort_index()
    table = points.loc[range(len(behaves)), list(question.uncertainties)]
    lines = [
        f"{method} sensitivity of {rule} in {question.world}{_where(question, runs, combination)}: means over "
        f"{seeds} seeds at {len(behaves)} points",
        *_left_out(question, runs, combination, seeds, names),
        f"It holds at {behaves.sum()} points ({percent(behaves.mean())}).",
    ]
    if behaves.all() or not behaves.any():
        return Answer([*lines, "It holds everywhere or nowhere, so there is nothing to compare."])
    result = discovery.regional(discovery.inputs(table, list(question.uncertainties)), behaves)
    lines.append(
        "The table has the Kolmogorov-Smirnov distance, its p, whether p is below 5 % over all inputs, and medians where it holds and not:"
    )
    return Answer(lines, result.assign(matters=result["p"] < ALPHA / len(result))[COLUMNS])
