"""Differences to a baseline in the same worlds: what a lever changes, with luck taken out as far as the same seeds take it out.

A cell is one combination of levers; within it a run is known by its sample of the uncertainties and its seed. A run is compared
with the baseline's run of the same sample and seed only. Intervals are of 95 %.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.errors import BadInput, nearest
from experiments.analysis.outcomes import outcome as about
from experiments.analysis.undefined import ended
from experiments.summary import Z_95, probability, wilson

_RUN = ["sample", "seed"]
LEVEL = 0.95


class Difference(NamedTuple):
    """Mean difference, its interval, and the number of pairs."""

    mean: float
    low: float
    high: float
    pairs: int


def paired(values):
    """Mean of paired differences, [samples, seeds], with its interval; NaN marks a pair that is missing.

    Samples and seeds are crossed: runs share a sample or a seed, so the variance is that of the means over samples plus that of
    the means over seeds less that of single pairs (clustering in two ways), never less than either of the two. With one sample
    it is the paired t interval. Raises BadInput without pairs.
    """
    from scipy.stats import t

    values = np.atleast_2d(np.asarray(values, dtype=float))
    there = ~np.isnan(values)
    count = int(there.sum())
    if count == 0:
        raise BadInput("there are no pairs of runs with the same sample and seed in both cells")
    mean = float(values[there].mean())
    by_sample, by_seed = _variance_of_mean(values, 1), _variance_of_mean(values, 0)
    single = values[there].var(ddof=1) / count if count > 1 else np.nan
    groups = [by for by in (by_sample, by_seed) if by is not None]
    variance = max([by[0] for by in groups] + ([groups[0][0] + groups[1][0] - single] if len(groups) > 1 else []), default=np.nan)
    freedom = min((by[1] - 1 for by in groups), default=1)
    half = t.ppf((1 + LEVEL) / 2, freedom) * np.sqrt(variance)
    return Difference(mean, mean - half, mean + half, count)


def _variance_of_mean(values, axis):
    """(variance of the mean of group means, groups), where there are at least two groups."""
    there = ~np.isnan(values)
    counts = there.sum(axis=axis)
    if (counts > 0).sum() < 2:
        return None
    sums = np.where(there, values, 0).sum(axis=axis)
    means = sums[counts > 0] / counts[counts > 0]
    return means.var(ddof=1) / len(means), len(means)


def paired_share(after, before):
    """Difference of two shares seen in the same worlds, with a score interval that stays honest where nothing differs.

    Newcombe's method 10: the Wilson intervals of both shares, joined by their correlation. after, before: bool, [pairs]
    """
    after, before = np.asarray(after, dtype=bool), np.asarray(before, dtype=bool)
    if len(after) == 0:
        raise BadInput("there are no pairs of runs with the same sample and seed in both cells")
    count = len(after)
    first, second = after.mean(), before.mean()
    (low1, high1), (low2, high2) = wilson(int(after.sum()), count), wilson(int(before.sum()), count)
    together = _correlation(after, before)
    mean = float(first - second)

    def reach(one, two):
        return np.sqrt(max(0, one**2 - 2 * together * one * two + two**2))

    return Difference(mean, mean - reach(first - low1, high2 - second), mean + reach(second - low2, high1 - first), count)


def of_shares(found):
    """A difference of shares: no more than all either way, however few samples there are. found: with `low` and `high`."""
    return found._replace(low=max(-1.0, found.low), high=min(1.0, found.high))


def _correlation(after, before):
    """Correlation of two truths, with the correction for continuity that Newcombe asks for."""
    both, neither = int((after & before).sum()), int((~after & ~before).sum())
    one, other = int((after & ~before).sum()), int((~after & before).sum())
    product = (both + one) * (other + neither) * (both + other) * (one + neither)
    if product == 0:
        return 0.0
    tilt = both * neither - one * other
    return (max(0, tilt - len(after) / 2) if tilt > 0 else tilt) / np.sqrt(product)


def differences(runs, baseline, outcomes, levers):
    """Table of every other cell against the baseline: levers, outcome, mean, low, high, pairs, share_higher, share_lower.

    runs: as `experiments.engine.store.load` gives them; baseline: {lever: value}, a lever that is left out keeps its value, so
    that each cell is compared with its neighbour; levers: names of all levers. Raises BadInput.
    """
    _check(runs, baseline, outcomes, levers)
    kept = [name for name in levers if name not in baseline]
    is_base = np.all([runs[name] == value for name, value in baseline.items()], axis=0)
    base = runs[is_base][kept + _RUN + list(outcomes)]
    if base.empty:
        raise BadInput(f"no run has the baseline {baseline}")
    both = runs[~is_base].merge(base, on=kept + _RUN, suffixes=("", " before"), how="inner")
    rows = []
    for cell, part in both.groupby(list(levers), sort=False):
        for outcome in outcomes:
            rows.append({**dict(zip(levers, cell)), "outcome": outcome, **_compared(part, outcome)})
    return pd.DataFrame(rows)


def compare(after, before, outcomes):
    """What a change does to outcomes on the same seeds: before, after, mean difference, low, high, pairs, share_higher, share_lower.

    after, before: outcomes of two runs, a row a world, as `outcomes()` of an industry or a run gives them; outcomes: names.
    Intervals are of 95 %. Raises BadInput where the worlds or the seeds of both are not the same.
    """
    ids = [table["world"].to_numpy() if "world" in table else None for table in (after, before)]
    if any(found is None for found in ids) or not np.array_equal(*ids):
        raise BadInput("compare: the two tables do not hold the same worlds in the same order; run both with the same worlds and seed")
    seeds = [table.attrs["seed"] for table in (after, before) if "seed" in table.attrs]
    if len(set(seeds)) > 1:
        raise BadInput(f"compare: the two tables have other luck, seeds {seeds[0]} and {seeds[1]}; run both with the same worlds and seed")
    both = [table.assign(which=which, sample=0, seed=table["world"]) for which, table in (("after", after), ("before", before))]
    found = differences(pd.concat(both, ignore_index=True), {"which": "before"}, list(outcomes), ["which"]).drop(columns="which")
    there = ~(after[outcomes].isna() | before[outcomes].isna().to_numpy())
    levels = {name: [float(table[each][there[each]].mean()) for each in outcomes] for name, table in (("before", before), ("after", after))}
    for place, (name, values) in enumerate(levels.items(), start=1):
        found.insert(place, name, values)
    found.attrs["units"] = {name: about(name).unit for name in outcomes}
    return found


def _check(runs, baseline, outcomes, levers):
    for name in baseline:
        if name not in levers:
            raise BadInput(f"baseline: {name} is not a lever; {nearest(name, levers)}".removesuffix("; "))
    if not baseline:
        raise BadInput("baseline: name at least one lever and its value")
    for name in [*outcomes, *levers]:
        if name not in runs.columns:
            raise BadInput(f"unknown column {name!r} of the runs; {nearest(name, runs.columns)}".removesuffix("; "))


def _compared(part, outcome):
    """One cell: the score interval for a truth in one sample, clustered t otherwise."""
    part = part.dropna(subset=[outcome, f"{outcome} before"])
    after, before = part[outcome].to_numpy(dtype=float), part[f"{outcome} before"].to_numpy(dtype=float)
    change = part.assign(change=after - before)
    is_truth = bool(np.isin([after, before], (0, 1)).all()) and part["sample"].nunique() == 1
    found = paired_share(after > 0, before > 0) if is_truth else paired(change.pivot(index="sample", columns="seed", values="change"))
    found = of_shares(found) if about(outcome).is_event else found
    moved = {"share_higher": float((after > before).mean()), "share_lower": float((after < before).mean())}
    return {**found._asdict(), **moved}


def shares(runs, condition, by):
    """How often a condition holds in every cell, with its Wilson interval: by, count, trials, share, low, high.

    condition: of `experiments.analysis.conditions`; by: columns that name a cell. Failed runs are left out, and a run without a value
    does not meet a condition. The interval counts
    runs as independent, which within a cell is right for seeds, and for seeds of several samples only roughly.
    """
    if runs.empty:
        raise BadInput("there are no runs to count")
    whole = ended(runs)
    seen = whole.assign(holds=condition.holds(whole))
    rows = [{**dict(zip(by, cell)), **probability(part["holds"].to_numpy())} for cell, part in seen.groupby(list(by), sort=False)]
    return pd.DataFrame(rows)


def mean_with_interval(values, z=Z_95):
    """Mean of independent values and its normal interval: (mean, low, high); the interval is infinite for a single value."""
    values = np.asarray(values, dtype=float)
    half = z * values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.inf
    return float(values.mean()), float(values.mean() - half), float(values.mean() + half)
