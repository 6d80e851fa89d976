"""The page of numbers from outside: every case with its difference, then history with its bands."""

import csv
from itertools import groupby
from pathlib import Path

import numpy as np

from abm.clock import EPOCH_YEAR, QUARTERS_PER_YEAR, Quarter
from experiments.markdown import table
from tests.validation import convergence, plausibility
from tests.validation.misfits import MISFITS
from tests.validation.observed import SEED, WORLD

PUBLIC = Path(__file__).with_name("public_figures.csv")
DIGITS, THOUSAND = 7, 1000

HEAD = """# Validation

Written by `make validate`. Two things: cases that nobody here invented, which our code must reproduce, and history, which the calibrated
archetypes are compared with. A scenario is not a forecast, and what was used to calibrate cannot confirm the model.
The ten worked examples that the model grew out of have a page of their own: [examples.md](examples.md).
"""
CASES = """## Cases with a known answer

Ours is computed by the functions the model uses. The difference allowed is 1e-9 where the answer is exact, and the printed precision of
the source elsewhere; `tests/validation/test_cases.py` fails beyond it.
"""
HISTORY = """## History

World `{world}`, {worlds} worlds, {quarters} quarters from 2023Q1, seed {seed}: median [P10 to P90] over worlds, or one number where all
worlds are pooled. Bands are those of model.md 17; where it says it in words only, the numbers are ours and marked *. So are those of V4 and
of V16 near saturation, where ours replace what it says (decision 152). "In band" is about the median.

Revenue, compute, chip sales and commitments of 2023 to 2026 were used to calibrate (docs/decisions.md), and so were the sizes of owners
(V14), how forecasts score (V16), and what the largest vendor lost in January 2025 (the fall in V18).
So V1, V2, V7, V8, V14, V16 and that fall show a fit, and the others show more. Only a boom has been observed:
what concerns busts (V9, V10, V12) is compared with expectations, not with data.

V11, V17 and V18 need runs of their own. V11: world `symmetric-2023q1`, all labs at appetite 0.9, `vendor.circular_intensity` 1 and 0 in
the same futures. V17: one lab under a fixed ceiling that orders by a linear rule and ignores what it has ordered
(`tests/validation/capacity_cycle.py`). V18: the archetypes with an open-weight shock in 2025Q1, and the same futures without it;
"demand intact" is the news alone (`offered` 0, `density` 1).
"""


def written(cases, facts, seen):
    """The whole page. cases: [Case]; facts: {number: [Fact]}; seen: the Observed."""
    lost = plausibility.section(table, min(seen.worlds, plausibility.MOST))
    grain = convergence.section(table, min(seen.worlds, convergence.MOST))
    return "\n".join((HEAD, _cases(cases), _history(facts, seen), _public(), _misfits(facts), lost, grain))


def words(value):
    """A number, a word or a list of them, as a reader writes them."""
    return ", ".join(item if isinstance(item, str) else f"{item:.{DIGITS}g}" for item in np.ravel(value).tolist())


def _cases(cases):
    parts = [CASES]
    for group, members in groupby(cases, key=lambda case: case.group):
        rows = [
            (case.what, case.source, words(case.expected), words(case.ours), f"{case.difference:.1g}", "yes" if case.agrees else "**no**")
            for case in members
        ]
        parts += [f"### {group}\n", table(["case", "source", "expected", "ours", "difference", "agrees"], rows)]
    return "\n".join(parts)


def _history(facts, seen):
    head = HISTORY.format(world=WORLD, worlds=seen.worlds, quarters=seen.quarters, seed=SEED)
    rows = [
        (number, fact.what, _band(fact), _ours(fact), fact.unit, "yes" if fact.in_band else "**no**")
        for number, members in facts.items()
        for fact in members
    ]
    return f"{head}\n{table(['fact', 'what', 'band', 'ours', 'unit', 'in band'], rows)}"


def _band(fact):
    low, high = _number(fact, fact.low), _number(fact, fact.high)
    return (f"{low} or more" if np.isinf(fact.high) else f"{low} to {high}") + "*" * fact.in_words


def _ours(fact):
    low, median, high = (_number(fact, number) for number in fact.quantiles)
    return median if low == high else f"{median} [{low} to {high}]"


def _number(fact, number):
    """A number of a fact in words; a time is a quarter."""
    if fact.unit == "quarter" and np.isfinite(number):
        return str(Quarter(round((number - EPOCH_YEAR) * QUARTERS_PER_YEAR)))
    return f"{number:.0f}" if number >= THOUSAND else f"{number:.3g}"


def _public():
    rows = list(csv.reader(PUBLIC.read_text(encoding="utf-8").splitlines()))
    note = "Reported by a company, regulator or the press; estimated by an analyst or computed; secondary: seen in somebody's quotation."
    return f"### What was public\n\n{note}\n\n{table(rows[0], rows[1:])}"


def _misfits(facts):
    """What is out of band, and why as far as we know."""
    out = [(number, fact.what) for number, members in facts.items() for fact in members if not fact.in_band]
    lines = [f"- {number}, {what}: {MISFITS.get((number, what), '**not explained yet**')}." for number, what in out]
    return "### Out of band\n\n" + ("\n".join(lines) or "Nothing.") + "\n"
