"""Every declared number at the two ends of what is believed of it: what it moves, and which numbers move nothing.

An end is a bound of the prior, of the world's own file where it has one. A number without a prior goes to its bounds, a choice to
every other choice, and a whole number that shapes arrays to half and to twice its value. A number moves an outcome where the paired
interval of the difference leaves zero out: 95 % for all outcomes and both ends together (Bonferroni), since one outcome in twenty
would do so by luck.
"""

from typing import NamedTuple

import numpy as np
from scipy.stats import t

from abm.parameters import STRUCTURAL
from agents.inhabitants import parameters
from agents.world_files.columns import ONE, settable_by_name
from agents.world_files.folder import load_world
from experiments.declarations import prior_of
from experiments.mechanisms.arms import lived, settings_of

LEVEL, NOISE = 0.95, 1e-9  # joint level; relative difference that is rounding
UNMOVED, WITHIN, MOVES, REFUSED = "nothing", "within luck", "moves", "stops the run"
USUAL = "as shipped"


class Effect(NamedTuple):
    """What an end does to the outcome that it moves most clearly: mean of the difference and its interval, in the outcome's unit."""

    verdict: str
    outcome: str = ""
    mean: float = 0.0
    low: float = 0.0
    high: float = 0.0


def declared():
    """Public names of all numbers that can be swept: parameters, and numbers of firms that have a prior."""
    return [*parameters(), *(name for name, (_, item) in settable_by_name().items() if item.prior)]


def ends(name, opening):
    """{label of an end: settings} of a number; ends that are the shipped value are left out. opening: of the world"""
    item = parameters().get(name)
    if item is None:
        return _ends_of_firms(name, opening)
    given = opening.parameters.get(name, item.value)
    if item.choices:
        return {str(choice): {name: choice} for choice in item.choices if choice != given}
    prior = prior_of(name, opening)
    low, high = (prior.low, prior.high) if prior else _without_prior(item, given)
    return {f"{end:.4g}": {name: float(end)} for end in (low, high) if end != given}


def _without_prior(item, given):
    if item.status != STRUCTURAL:
        return item.low, item.high
    return max(item.low, given // 2), min(item.high, 2 * given)


def _ends_of_firms(name, opening):
    """Both ends for all firms of a kind: of the prior, or of the shift around the value of each."""
    kind, item = settable_by_name()[name]
    if not item.prior.is_shift:
        return {f"{end:.4g}": {name: float(end)} for end in (item.prior.low, item.prior.high)}
    one, key = ONE[kind], name.partition(".")[2]
    values = zip(opening.names[kind], opening.columns[kind][key], strict=True)
    firms = [(firm, float(value)) for firm, value in values if not firm.startswith("entrant")]
    return {
        f"{shift:+.4g}": {f"{one}.{firm}.{key}": float(np.clip(value + shift, item.low, item.high)) for firm, value in firms}
        for shift in (item.prior.low, item.prior.high)
    }


def swept(world, quarters, futures, seed, names=None, report=None):
    """{name: {end: Effect}} of these numbers, all by default."""
    opening = load_world(world)
    chosen = {name: ends(name, opening) for name in names or declared()}
    arms = {(name, end): settings for name, each in chosen.items() for end, settings in each.items()}
    points = {arm: settings_of(world, quarters, settings) for arm, settings in arms.items()}
    found, failed = lived({USUAL: settings_of(world, quarters, {}), **points}, futures, seed, report)
    usual, found_ends = found.pop(USUAL), {name: {} for name in chosen}
    for name, end in arms:
        lost = failed.get((name, end))
        found_ends[name][end] = Effect(REFUSED, lost) if lost else effect(usual, found[(name, end)])
    return found_ends


def effect(usual, other):
    """What moves most clearly between two runs of the same futures; nothing does where means agree to nine digits.

    usual, other: {outcome: [futures]}
    """
    kept = [name for name in usual if np.isfinite(usual[name]).all() and np.isfinite(other[name]).all()]
    changes = {name: other[name] - usual[name] for name in kept}
    reach = t.ppf(1 - (1 - LEVEL) / (2 * 2 * len(kept)), len(usual[kept[0]]) - 1)
    clear, best = -1.0, Effect(UNMOVED)
    for name, change in changes.items():
        mean, error = change.mean(), change.std(ddof=1) / np.sqrt(len(change))
        if abs(mean) <= NOISE * max(1, np.abs(usual[name]).max()):
            continue
        score = abs(mean) / max(error, NOISE * abs(mean))
        if score > clear:
            verdict = MOVES if score > reach else WITHIN
            clear, best = score, Effect(verdict, name, *(float(x) for x in (mean, mean - reach * error, mean + reach * error)))
    return best
