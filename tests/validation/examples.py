"""The page of the ten worked examples: what the source texts reckon, what the engine answers, and why the two differ."""

import textwrap

from experiments.markdown import table
from tests.validation import example_bets, example_forms, example_outlooks
from tests.validation.example_runs import Shared
from tests.validation.observed import SEED
from tests.validation.page import words

MOST, MOST_LATE, WIDTH = 96, 48, 140  # futures of most runs, and of the dozen in which revenue comes late
KEPT_TOGETHER = "\u00a0%"  # a number stays in the line of its sign
HEAD = """# Ten worked examples

Written by `make validate`. The interviews that this model grew out of reckon with round numbers. Here each example stands with its own
arithmetic, with the engine's answer, and with why the two differ where they do. A scenario is not a forecast.

Money is $bn. P10 is the tenth percentile: what comes is lower in one case of ten, so P10 to P90 holds eight cases of ten. GW is a
gigawatt of compute, which costs about 50 $bn to build. Runs are of shipped worlds with seed {seed}. In square brackets stands P10 to
P90 over futures, in round brackets the 95 % interval of a mean or of a share. Two runs that differ in one thing have the same luck, so
their difference is narrower than the two intervals. The arithmetic is exact: `tests/validation/test_examples.py` fails beyond 1e-9, or
beyond the digits printed. See [validation.md](validation.md) for cases and history that nobody here invented.
"""
TOLD = (  # title, what the text says, and the engine's answer
    (
        "A cone from 9 to 20 or 50",
        "A lab has 9 and grew tenfold. Next year it may be 20 or 50; a hundred is the mathematical extrapolation.",
        example_bets.cone_of_a_lab,
    ),
    (
        "A margin of 80 %",
        "Who earns a margin of 80 % supports revenue of 100 with compute of 20, so that far less revenue still pays for it.",
        example_bets.margin,
    ),
    (
        "One deal and a stack",
        """1 GW costs 50 over five years, 10 a year. A vendor puts in the first 10 for equity; the lab must earn 10 a year two years
        later. Stacked until 200 a year is needed by 2027 or 2028, that is certain over-extension.""",
        example_bets.deals,
    ),
    (
        "5,000 bought and 800 earned",
        "A lab buys compute of 1,000 a year for five years, for a revenue of 1,000 in 2027. Revenue is 800, and no hedge can save it.",
        example_bets.shortfall,
    ),
    (
        "A ladder of models",
        "A model of 0.1 earns 0.2 the year after, while one of 1 is trained, which earns 2, while one of 10 is trained.",
        example_bets.ladder,
    ),
    (
        "A tenfold year",
        "Revenue goes from 0 to 0.1 in 2023, to 1 in 2024 and to 8 or 10 in 2025; two more such years would be a hundred and more.",
        example_outlooks.tenfold,
    ),
    (
        "Break-even by 2028 and by 2030",
        """Anthropic plans to break even in 2028, burning 33 % of revenue in 2026 and 9 % in 2027. OpenAI plans a profit in 2030 after a
        loss of 74 in 2028, burns 57 % of revenue in 2026 and 2027, and 115 to 2029. These are plans: there is no arithmetic to
        check.""",
        example_outlooks.break_even,
    ),
    (
        "Cash is gone in mid-2027",
        """An analyst warns that OpenAI may run out of cash by mid-2027 without large rounds. It burns 57 % of its revenue. That is a
        date: there is no arithmetic to check.""",
        example_outlooks.cash,
    ),
    (
        "Geniuses whose revenue is late",
        """A country of geniuses in a data centre may come within one to three years, and its revenue one, two or even five years after
        it. Who buys for it too early is ruined. Even then revenue would grow three to tenfold a year.""",
        example_outlooks.geniuses,
    ),
    (
        "A rival at a fortieth of the price",
        """In January 2025 an open-weight model came at a fortieth of its rivals' price. The chip vendor fell by 17 % that day, and an
        investor sent money all the same.""",
        example_outlooks.rival,
    ),
)


def written(worlds):
    """The whole page. worlds: at most so many futures."""
    forms, shared = example_forms.everything(), Shared(min(worlds, MOST), min(worlds, MOST_LATE))
    parts = [HEAD.format(seed=SEED)]
    for number, (title, text, answer) in enumerate(TOLD, 1):
        told, found = paragraph(f"**The text.** {text}"), answer(shared)
        parts += [f"## {number}. {title}\n", told, _arithmetic(forms.get(number, ())), _engine(found)]
    return "\n".join(part for part in parts if part)


def paragraph(text):
    """Words as lines of the page's width."""
    whole = " ".join(text.split()).replace(" %", KEPT_TOGETHER)
    return "\n".join(textwrap.wrap(whole, WIDTH, break_long_words=False, break_on_hyphens=False)).replace(KEPT_TOGETHER, " %") + "\n"


def _arithmetic(cases):
    rows = [(case.what, case.source, words(case.expected), words(case.ours), "yes" if case.agrees else "**no**") for case in cases]
    return table(["the text's arithmetic", "by", "expected", "closed form", "agrees"], rows) if rows else ""


def _engine(answer):
    tables = (table(heads, rows) for heads, rows in answer.tables)
    return "\n".join((paragraph(f"**The engine.** {answer.how}"), *tables, paragraph(f"**Why they differ.** {answer.why}")))
