"""How the worked examples say numbers, and which word fits two numbers, so that no sentence outlives its result."""

from dataclasses import dataclass

import numpy as np

from experiments.analysis.paired_effects import mean_with_interval, paired
from experiments.summary import probability

OFTEN = ("less often than", "about as often as", "more often than")
LARGE, MIDDLING = 100, 10  # from which a number is told without decimals, and with one


@dataclass(frozen=True)
class Answer:
    """How it was computed, tables as pairs of heads and rows, and why it differs from the text."""

    how: str
    tables: tuple
    why: str


def spread(values, unit=""):
    """Median and, in square brackets, P10 to P90 over futures."""
    low, middle, high = (number(each) for each in np.quantile(values, (0.1, 0.5, 0.9)))
    return f"{middle} [{low} to {high}]{unit}"


def odds(happened):
    """A share of futures and, in round brackets, its 95 % interval."""
    found = probability(happened)
    return f"{percent(found['share'])} ({100 * found['low']:.0f} to {100 * found['high']:.0f})"


def mean(values):
    """A mean over futures and, in round brackets, its 95 % interval."""
    return interval(*mean_with_interval(values))


def change(values):
    """A mean paired difference and, in round brackets, its 95 % interval."""
    return interval(*paired(values)[:3], sign="+")


def interval(middle, low, high, sign="", digits=2):
    """A number with its 95 % interval in round brackets."""
    return " ".join((f"{middle:{sign}.{digits}f}", f"({low:{sign}.{digits}f} to {high:{sign}.{digits}f})"))


def number(value):
    """Three digits or so."""
    size = abs(value)
    return f"{value:.0f}" if size >= LARGE else f"{value:.1f}" if size >= MIDDLING else f"{value:.2f}"


def percent(share):
    """A share in whole per cent."""
    return f"{100 * share:.0f} %"


def than(one, other, less="less", more="more"):
    """Which of two words fits one number beside another."""
    return less if one < other else more


def against(difference, less, alike, more):
    """Which of three words fits a paired difference, [worlds] or with its interval: alike where the interval holds 0."""
    found = difference if hasattr(difference, "low") else paired(np.asarray(difference, dtype=float))
    return more if found.low > 0 else less if found.high < 0 else alike
