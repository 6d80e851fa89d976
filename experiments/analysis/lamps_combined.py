"""All warning lamps in one: a logistic regression on the ranks of their readings, fitted on even futures and scored on odd ones."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.analysis.lamps import FEW_EVENTS, USUAL, mean
from experiments.analysis.warning import RESAMPLES, Watched, false_alarms, same_date_with_interval, watch

BINS = 5  # of the reliability diagram
RANKS = 200  # steps of a reading's rank


class Combined(NamedTuple):
    """What the combined lamp is worth on futures that it was not fitted on.

    same_date, low, high: its AUC at the same date with its 95 % interval; hits, false_alarms, precision, base_rate: at the threshold of
    the futures it was fitted on; brier, base_brier: mean squared error of its odds, and of saying the base rate always; weights:
    {lamp: change of log odds for a standard deviation}; reliability: table of odds said and share that came, by fifths of what was said
    """

    same_date: float
    low: float
    high: float
    hits: float
    false_alarms: float
    precision: float
    base_rate: float
    brier: float
    base_brier: float
    weights: dict
    reliability: pd.DataFrame


def combined(found, event, lead=USUAL, resamples=RESAMPLES):
    """The combined lamp against one event, or None if either half of the futures has too few. found: `lamps.Seen`"""
    happened = found.events[event]
    places = np.arange(happened.size, dtype=float).reshape(happened.shape)
    asked = watch(places, happened, lead.latest, found.present, lead.soonest)
    fitted, tried = (asked.world % 2 == half for half in (0, 1))
    if min(len(set(asked.world[mine & asked.coming])) for mine in (fitted, tried)) < FEW_EVENTS // 2:
        return None
    odds, weights = _odds(_features(found, asked.lamp.astype(int), fitted), asked.coming, fitted)
    _, threshold = false_alarms(odds[fitted], asked.coming[fitted])
    lit, coming = odds[tried] >= threshold, asked.coming[tried]
    middle, low, high = same_date_with_interval(Watched(odds[tried], coming, asked.world[tried], asked.quarter[tried]), resamples)
    return Combined(
        middle, low, high, mean(lit[coming]), mean(lit[~coming]), mean(coming[lit]), mean(coming),
        mean((odds[tried] - coming) ** 2), mean((asked.coming[fitted].mean() - coming) ** 2),
        dict(zip(found.lamps, weights, strict=True)), reliability(odds[tried], coming),
    )  # fmt: skip


def _features(found, places, fitted):
    """Readings of all lamps where the question is put, [n, lamps]; a lamp that reads nothing stands at its median."""
    readings = np.stack([values.reshape(-1)[places] for values in found.lamps.values()], axis=1)
    known = np.where(np.isnan(readings[fitted]).all(axis=0), 0, readings[fitted])
    return np.where(np.isnan(readings), np.nanmedian(known, axis=0), readings)


def _odds(features, coming, fitted):
    """Odds of the event at every quarter, [n], and the weight of each lamp."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import QuantileTransformer, StandardScaler

    ranks = QuantileTransformer(n_quantiles=min(RANKS, int(fitted.sum())), random_state=0)
    model = make_pipeline(ranks, StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(features[fitted], coming[fitted])
    return model.predict_proba(features)[:, 1], model[-1].coef_[0].tolist()


def reliability(odds, coming):
    """Odds said and share that came, by fifths of what was said. Columns: said, came, quarters."""
    said = pd.DataFrame({"said": odds, "came": coming.astype(float)})
    fifth = pd.qcut(said["said"], BINS, duplicates="drop", labels=False)
    found = said.groupby(fifth, dropna=False).agg(said=("said", "mean"), came=("came", "mean"), quarters=("came", "size"))
    return found.reset_index(drop=True)
