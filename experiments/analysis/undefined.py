"""Outcomes that some runs do not have: the date of what never happened, a ratio to nothing. One rule for every analysis.

A run without a value never meets a condition. A mean is over the runs that have a value, and a point where fewer than half of them
do has none: what is left would be chosen by the outcome itself. How many runs have none is always said.
"""

import numpy as np

from experiments.analysis.outcomes import outcome

FEWEST = 1 / 2  # part of the runs of a point that must have a value, or the point has none


def ended(runs):
    """The runs that came to their end; all of them where failures are not told."""
    return runs[runs["failure"].isna()] if "failure" in runs.columns else runs


def counted(runs, names):
    """{outcome: runs that came to their end without a value}, of those outcomes that some run lacks."""
    missing = {name: int(ended(runs)[name].isna().sum()) for name in dict.fromkeys(names)}
    return {name: count for name, count in missing.items() if count}


def in_words(runs, names, rule):
    """Two sentences for each outcome that some runs lack; rule: what becomes of these runs."""
    whole = len(ended(runs))
    sentences = []
    for name, count in counted(runs, names).items():
        item = outcome(name)
        why = ", because it never happens there" if item.is_date else ""
        sentences.append(f'"{item.label}" has no value in {count:,} of {whole:,} runs{why}. {rule}.')
    return sentences


def means(runs, by, names):
    """Mean of outcomes over the runs of each point that have a value; NaN at a point where fewer than half have one. by: columns."""
    grouped = ended(runs).groupby(by)[list(names)]
    return grouped.mean().where(grouped.count().div(grouped.size(), axis=0) >= FEWEST)


def filled(values):
    """Values of points, [points, seeds], with the mean of the point where a run has none; NaN over a whole point that has no mean."""
    there = ~np.isnan(values)
    count = there.sum(axis=1, keepdims=True)
    mean = np.where(there, values, 0).sum(axis=1, keepdims=True) / np.maximum(count, 1)
    found = np.where(there, values, mean)
    return np.where(count >= FEWEST * values.shape[1], found, np.nan)
