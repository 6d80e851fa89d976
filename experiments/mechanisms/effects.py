"""What each mechanism does to the odds of a crisis, to revenue and to credit: with it less without it, on the same futures."""

import numpy as np

from abm.failure.crisis import CRISIS
from experiments.analysis.paired_effects import paired, paired_share
from experiments.mechanisms.arms import YEARLY, lived, settings_of
from experiments.mechanisms.catalogue import mechanisms, settings

LOSS = "credit_loss"
OUTCOMES = (CRISIS, YEARLY, LOSS)


def switched():
    """Mechanisms with two sides to compare, by id."""
    return [name for name, item in mechanisms().items() if item.is_switched]


def as_shipped(world, quarters, futures, seed):
    """{outcome: mean} of the world as shipped."""
    runs, _ = lived({world: settings_of(world, quarters, {})}, futures, seed)
    return {outcome: float(runs[world][outcome].mean()) for outcome in OUTCOMES}


def measured(world, quarters, futures, seed, names):
    """{id: {outcome: [mean, low, high]}} of these mechanisms; one whose sides do not run is left out."""
    sides = {name: [_key(side) for side in (mechanisms()[name].with_it, mechanisms()[name].without)] for name in names}
    points = {key: settings_of(world, quarters, dict(key)) for pair in sides.values() for key in pair}
    runs, failed = lived(points, futures, seed)
    return {name: _told(*(runs[key] for key in pair)) for name, pair in sides.items() if not failed.keys() & set(pair)}


def _key(side):
    """Settings that can be looked up: two mechanisms may share a side."""
    return tuple(sorted(settings(side).items()))


def _told(after, before):
    """Each effect with its paired interval."""
    effects = {outcome: paired(after[outcome] - before[outcome]) for outcome in OUTCOMES if outcome != CRISIS}
    effects[CRISIS] = paired_share(np.array(after[CRISIS]) > 0, np.array(before[CRISIS]) > 0)
    return {outcome: [float(each) for each in effects[outcome][:3]] for outcome in OUTCOMES}
