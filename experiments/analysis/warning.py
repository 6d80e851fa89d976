"""How well a warning lamp tells what is coming: indicators against later events, by lead.

A question is put at every quarter in which a world (or a firm) has had no event yet: does one come within the next so many
quarters? The area under the ROC curve (AUC) is the chance that the lamp stood higher where one came than where none did: 1 is
perfect, 0.5 useless, below 0.5 misleading. Many indicators and the danger both grow with time, which alone gives a good AUC;
the AUC at the same date compares worlds within a quarter only, and is the one to trust for telling worlds apart.
"""

from typing import NamedTuple

import numpy as np

HITS = 0.8  # share of quarters before an event at which a lamp must be lit
RESAMPLES = 200  # of worlds, for intervals
TAIL = 0.025  # on each side of an interval


class Watched(NamedTuple):
    """Quarters that were watched: lamp, coming, world and quarter, [n] each; coming: an event follows within the lead."""

    lamp: np.ndarray
    coming: np.ndarray
    world: np.ndarray
    quarter: np.ndarray


def watch(lamp, event, latest, present=None, soonest=1):
    """The quarters before any event, with what came within the lead; those whose lead reaches beyond the run are left out.

    So are quarters with an event sooner than a warning is of use. lamp: high is danger, [worlds, quarters] or [worlds, quarters, firms];
    event: bool, same shape; soonest, latest: quarters ahead; present: bool, same shape: only these are watched
    """
    lamp, event = (np.asarray(a).reshape(*np.shape(a)[:2], -1) for a in (lamp, event))
    worlds, quarters, firms = lamp.shape
    so_far = np.cumsum(event, axis=1)
    too_soon, later = (so_far[:, np.minimum(quarters - 1, np.arange(quarters) + ahead)] for ahead in (soonest - 1, latest))
    watched = (so_far == 0) & (too_soon == 0) & (np.arange(quarters) + latest < quarters)[:, None] & ~np.isnan(lamp)
    if present is not None:
        watched &= np.asarray(present).reshape(lamp.shape)
    world, quarter, _ = np.nonzero(watched)
    return Watched(lamp[watched], (later > so_far)[watched], world, quarter)


def auc(lamp, coming):
    """Chance that the lamp stands higher where an event comes than where none does, ties counting half; NaN if one side is empty."""
    _, level = np.unique(lamp, return_inverse=True)
    hits, calm = (np.bincount(level, side, level.max(initial=0) + 1) for side in (coming, ~coming))
    pairs = hits.sum() * calm.sum()
    return float((hits * (np.cumsum(calm) - calm / 2)).sum() / pairs) if pairs > 0 else np.nan


def auc_at_same_date(watched):
    """AUC among quarters of the same date only, each date weighted by its pairs; NaN if no date has both sides."""
    return float(_same_date(watched, np.ones((1, watched.world.max(initial=0) + 1)))[0])


def same_date_with_interval(watched, resamples=RESAMPLES, seed=0):
    """(AUC at the same date, low, high): worlds are drawn anew, because quarters of one world are not independent."""
    middle = auc_at_same_date(watched)
    if np.isnan(middle):
        return np.nan, np.nan, np.nan
    worlds = watched.world.max() + 1
    draws = np.random.default_rng(seed).multinomial(worlds, np.full(worlds, 1 / worlds), size=resamples)
    low, high = np.nanquantile(_same_date(watched, draws.astype(float)), (TAIL, 1 - TAIL))
    return middle, float(low), float(high)


def _same_date(watched, draws):
    """AUC at the same date, [draws]. draws: how often each world counts, [draws, worlds]"""
    higher, pairs = np.zeros(len(draws)), np.zeros(len(draws))
    for quarter in np.unique(watched.quarter):
        lamp, coming, world = (part[watched.quarter == quarter] for part in watched[:3])
        if coming.any() and not coming.all():
            hits, calm = lamp[coming][:, None], lamp[~coming]
            wins = (hits > calm) + (hits == calm) / 2
            often_hit, often_calm = draws[:, world[coming]], draws[:, world[~coming]]
            higher += ((often_hit @ wins) * often_calm).sum(axis=1)
            pairs += often_hit.sum(axis=1) * often_calm.sum(axis=1)
    return np.divide(higher, pairs, out=np.full(len(draws), np.nan), where=pairs > 0)


def roc(lamp, coming):
    """The curve: false alarm rates and hit rates from the highest threshold down, and the thresholds, [points] each."""
    thresholds, level = np.unique(lamp, return_inverse=True)
    hits, calm = (np.cumsum(np.bincount(level, side, len(thresholds))[::-1]) for side in (coming, ~coming))
    return calm / max(1, calm[-1]), hits / max(1, hits[-1]), thresholds[::-1]


def false_alarms(lamp, coming, hits=HITS):
    """(false alarm rate, threshold): the share of calm quarters in which the lamp is lit when it is lit before so many events."""
    if not coming.any() or coming.all():
        return np.nan, np.nan
    calm, hit, thresholds = roc(lamp, coming)
    place = int(np.argmax(hit >= hits))
    return float(calm[place]), float(thresholds[place])
