"""What a sweep found, in numbers: cells, paired effects of every lever, interactions, and which uncertainties matter.

Runs are those of `engine.store.load`; runs that failed are left out, and counted. All intervals are of 95 %. Runs of one seed share
their luck, so where settings are averaged the seeds are what is counted, and sampled uncertainties with them (`pairs.paired`).
"""

import itertools
import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.clock import Quarter
from experiments.analysis.outcomes import called
from experiments.analysis.outcomes import outcome as about
from experiments.analysis.paired_effects import of_shares, paired, paired_share
from experiments.engine.forms import LABEL
from experiments.stories.events import said
from experiments.summary import wilson

BINS, WIDE_BINS = 8, 5  # parts of a sampled range along a line, and along each side of a map
DIGITS = 3  # of the middle of a part
TOLERATED, LIKELY = 0.1, 0.5  # the contours of risk [model.md 15.14]
_RUN = ["sample", "seed"]
_NUMBERED = re.compile(r"\s*(-?\d+(?:\.\d+)?)(?!\d*Q)\s*(.*)")


class Estimate(NamedTuple):
    """A mean over runs, its interval, and the runs."""

    mean: float
    low: float
    high: float
    runs: int

    @property
    def clear(self):
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


class Axis(NamedTuple):
    """Something varied: its name, the labels of its places in order, and their numbers if they have an order of size."""

    name: str
    labels: tuple
    numbers: tuple | None
    places: np.ndarray  # of every run, [runs]
    title: str  # what a page calls it

    def __len__(self):
        return len(self.labels)


class Effect(NamedTuple):
    """What it changes to set a lever from one value to another, everything else and the luck the same."""

    lever: str
    base: str
    level: str
    outcome: str
    found: Estimate
    title: str  # what a page calls the lever


class Interaction(NamedTuple):
    """How much more a first lever changes where a second one is set otherwise; before, after: its effect there."""

    first: Effect
    second: Effect
    before: Estimate
    after: Estimate
    found: Estimate


def levels(question, runs):
    """{lever: its values as the runs show them, in the order of the question}, of levers with more than one that ran."""
    found = {}
    for name, values in question.levers.items():
        numeric = runs[name].dtype.kind == "f"
        shown = [value if numeric or isinstance(value, str) else f"{value:g}" for value in values]
        there = set(runs[name])
        found[name] = [value for value in shown if value in there]
    return {name: shown for name, shown in found.items() if len(shown) > 1}


def label(value):
    """A value of a lever as text."""
    return value if isinstance(value, str) else f"{value:g}"


def sampled_names(question):
    """What was sampled or listed beside the levers."""
    listed = question.design.points[0] if isinstance(question.design.points, list) else ()
    return [*question.uncertainties, *([LABEL] if LABEL in listed else listed)]


def axis(question, runs, name, bins=BINS):
    """Where the runs lie along a lever, or along a sampled range cut into parts of equally many points."""
    known = levels(question, runs).get(name)
    if known is None and runs[name].dtype.kind == "f" and runs[name].nunique() > bins:
        parts = pd.qcut(runs[name].rank(method="dense"), bins, labels=False)
        middles = runs.groupby(parts)[name].mean()
        return Axis(name, tuple(said(value, DIGITS) for value in middles), tuple(middles), parts.to_numpy(), called(question, name))
    known = known or sorted(runs[name].unique(), key=_order)
    places = {value: place for place, value in enumerate(known)}
    return Axis(name, tuple(map(label, known)), _numbers(known), runs[name].map(places).to_numpy(), called(question, name))


def _order(value):
    return value if isinstance(value, float) else Quarter.parse(value).index if re.fullmatch(r"\d+Q[1-4]", value) else value


def _numbers(values):
    """The numbers behind values that grow, all of one unit: 0.5, "4 years", "2027Q1"; None if they have no such order."""
    read = [_number(value) for value in values]
    rising = None not in read and len({unit for _, unit in read}) == 1
    numbers = [number for number, _ in read] if rising else []
    return tuple(numbers) if rising and all(a < b for a, b in itertools.pairwise(numbers)) else None


def _number(value):
    """(number, unit) of a value, or None."""
    if not isinstance(value, str):
        return value, ""
    if re.fullmatch(r"\d{4}Q[1-4]", value):
        quarter = Quarter.parse(value)
        return quarter.year + (quarter.index % 4) / 4, "quarter"
    read = _NUMBERED.fullmatch(value)
    return (float(read[1]), read[2]) if read else None


def estimate(runs, name):
    """Mean of an outcome over some runs: Wilson's interval for an event of independent runs, else from means over seeds and samples."""
    whole = runs.dropna(subset=[name])
    if whole.empty:
        return Estimate(np.nan, np.nan, np.nan, 0)
    if about(name).is_event and not whole.duplicated("seed").any():
        return _share(whole[name])
    found = _clustered(whole, name, about(name).is_event)
    return found._replace(low=max(0.0, found.low)) if whole[name].min() >= 0 else found  # what is never negative is not so on average


def _share(values):
    count = int((values > 0).sum())
    low, high = wilson(count, len(values))
    return Estimate(count / len(values), low, high, len(values))


def _clustered(whole, name, is_share=False):
    """Mean with an interval from the means over other settings, [samples, seeds]."""
    by = whole.groupby(_RUN)[name].mean().unstack("seed")
    found = paired(by.to_numpy())
    mean, low, high = float(whole[name].mean()), found.low, found.high
    if is_share and not high - low > 0:
        low, high = wilson(round(mean * by.shape[1]), by.shape[1])  # every seed the same: that is not certainty
    shift = mean - found.mean  # where failed runs leave gaps the means weigh differently
    low, high = (low + shift, high + shift)
    return Estimate(mean, max(0.0, low) if is_share else low, min(1.0, high) if is_share else high, len(whole))


def cells(runs, axes, name):
    """{places on the axes: Estimate} of an outcome, averaged over all that the axes leave out."""
    keys = [axis.places for axis in axes]
    groups = runs.groupby(keys, sort=True) if keys else [((), runs)]
    return {tuple(int(k) for k in np.atleast_1d(key)): estimate(part, name) for key, part in groups}


def base_of(question, runs, name):
    """The value of a lever that its others are compared with: the baseline's, else the first."""
    known = levels(question, runs)[name]
    wanted = question.baseline.get(name)
    return next((value for value in known if label(value) == label(wanted)), known[0]) if wanted is not None else known[0]


def effects(question, runs, outcomes):
    """Every lever's other values against its base, averaged over all other settings, in the same futures: [Effect]."""
    found = []
    for lever, known in levels(question, runs).items():
        base = base_of(question, runs, lever)
        for value in known:
            if value != base:
                change = _change(question, runs, lever, base, value, outcomes)
                ends, title = (label(base), label(value)), called(question, lever)
                found += [Effect(lever, *ends, name, _paired(change, name), title) for name in outcomes]
    return found


def _change(question, runs, lever, base, value, outcomes):
    """Runs at one value beside those at the base: outcome, and `outcome before`."""
    kept = [name for name in question.levers if name != lever] + _RUN
    after, before = (runs.loc[runs[lever] == v, [*kept, *outcomes]] for v in (value, base))
    return after.merge(before, on=kept, suffixes=("", " before"))


def change_of(question, runs, lever, base, value, name):
    """What one value of a lever instead of another does to an outcome, everything else and the luck the same: an Estimate."""
    return _paired(_change(question, runs, lever, base, value, [name]), name)


def _paired(change, name):
    whole = change.dropna(subset=[name, f"{name} before"])
    if whole.empty:
        return Estimate(np.nan, np.nan, np.nan, 0)
    after, before = whole[name], whole[f"{name} before"]
    if about(name).is_event and not whole.duplicated("seed").any():
        return Estimate(*paired_share(after > 0, before > 0))
    found = _clustered(whole.assign(change=after - before), "change")
    if about(name).is_event and not found.high - found.low > 0:
        reach = wilson(0, whole["seed"].nunique())[1]  # nothing differs in so many futures
        found = found._replace(low=found.mean - reach, high=found.mean + reach)
    return of_shares(found) if about(name).is_event else found


def by_sample(question, runs, effect):
    """Mean change of an effect in every sample of what is uncertain, everything else and the luck the same: [samples]."""
    ends = (_value(runs, effect.lever, effect.base), _value(runs, effect.lever, effect.level))
    change = _change(question, runs, effect.lever, *ends, [effect.outcome])
    change = change.assign(change=change[effect.outcome] - change[f"{effect.outcome} before"])
    return change.groupby("sample")["change"].mean().dropna().to_numpy()


def strongest(found, name):
    """{lever: its Effect that changes an outcome most}, the largest first; what cannot be told from zero comes after what can."""
    ranked = sorted((item for item in found if item.outcome == name and item.found.runs), key=_weight)
    best: dict = {}
    for item in ranked:
        best.setdefault(item.lever, item)
    return best


def _weight(effect):
    return not effect.found.clear, -abs(effect.found.mean)


def interactions(question, runs, found, name):
    """Pairs of levers between the ends of their strongest effects, the largest difference in differences first: [Interaction]."""
    rows = []
    for first, second in itertools.combinations(strongest(found, name).values(), 2):
        change = _change(question, runs, first.lever, _value(runs, first.lever, first.base), _value(runs, first.lever, first.level), [name])
        at = {value: change[change[second.lever] == _value(runs, second.lever, value)] for value in (second.base, second.level)}
        kept = [lever for lever in question.levers if lever not in (first.lever, second.lever)] + _RUN
        sides = [at[value].assign(**{name: at[value][name] - at[value][f"{name} before"]})[[*kept, name]] for value in at]
        both = sides[1].merge(sides[0], on=kept, suffixes=("", " before")).dropna()
        if len(both):
            both = both.assign(change=both[name] - both[f"{name} before"])
            here, there = (_paired(part, name) for part in at.values())
            rows.append(Interaction(first, second, here, there, _clustered(both, "change")))
    return sorted(rows, key=lambda row: -abs(row.found.mean))


def _value(runs, lever, text):
    """The value of a lever behind its label."""
    return next(value for value in runs[lever].unique() if label(value) == text)


def importance(question, runs, name):
    """PAWN of the uncertainties on means over levers and seeds; None where nothing was sampled or the points are too few."""
    from experiments.analysis.sensitivity import SLICES, pawn, sampled_from

    if not question.uncertainties or runs["sample"].nunique() < 2 * SLICES:
        return None
    means = runs.groupby(_RUN, as_index=False)[name].mean().assign(combination=0)
    sampled = sampled_from(question, means, name)
    return None if np.isnan(sampled.means).any() else pawn(sampled)


def failures(runs):
    """Reasons why runs failed: [(reason, runs, address of one)]."""
    failed = runs[runs["failure"].notna()]
    return [(reason, len(part), part["address"].iloc[0]) for reason, part in failed.groupby("failure")]
