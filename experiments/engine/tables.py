"""What a worker writes: the tables of a batch, and of the design. docs of the columns: `experiments.engine.store`."""

import json

import numpy as np
import pyarrow as pa

from experiments.engine.cases import case_of
from experiments.engine.provenance import address

_WORDS = pa.dictionary(pa.int32(), pa.string())


def points_table(points, groups):
    """The design. groups: group of each point."""
    columns = {
        "point": pa.array([point.number for point in points], pa.int32()),
        "combination": pa.array([point.combination for point in points], pa.int32()),
        "sample": pa.array([point.sample for point in points], pa.int32()),
        **{name: _shown([point.shown[name] for point in points]) for name in points[0].shown},
        "group": pa.array(groups, pa.int32()),
        "settings": pa.array([json.dumps(point.settings) for point in points], pa.string()),
    }
    return pa.table(columns)


def _shown(values):
    """A lever's column: numbers as they are, anything else as text."""
    if all(isinstance(value, float) for value in values):
        return pa.array(values, pa.float64())
    return pa.array([value if isinstance(value, str) else f"{value:g}" for value in values], pa.string())


def runs_table(design, points, seeds, outcome, about):
    """One row per run of a batch.

    design: the points table; points, seeds: of each run; outcome: `batches.Outcome`;
    about: {"names": of all outcomes, "settings": [runs], "rng": ...}
    """
    chosen = design.take(pa.array(points, pa.int64()))
    names = [name for name in design.column_names if name not in ("group", "settings")]
    nothing = np.full(len(seeds), np.nan)
    failed = np.array([reason is not None for reason in outcome.failures])
    given = {name: chosen[name].combine_chunks() for name in names}
    head = {name: given.pop(name) for name in ("point", "combination", "sample")}
    columns = {
        "address": pa.array(_addresses(about, seeds), pa.string()),
        **head,
        "seed": pa.array(seeds, pa.int32()),
        **given,
        "failure": pa.array(outcome.failures, pa.string()),
        **{name: _known(outcome.values.get(name, nothing), failed) for name in about["names"]},
    }
    return pa.table(columns)


def _known(values, hidden=False):
    """Numbers as a column; what is hidden or not a number, as the date of what never happened, is null, so that queries leave it out."""
    return pa.array(values, pa.float64(), mask=np.isnan(values) | hidden)


def _addresses(about, seeds):
    prints: dict = {}
    for settings in about["settings"]:
        prints.setdefault(settings["world"], None)
    for world in prints:
        first = next(settings for settings in about["settings"] if settings["world"] == world)
        prints[world] = case_of(first).opening.fingerprint
    return [address(prints[s["world"]], s, about["rng"], seed) for s, seed in zip(about["settings"], seeds)]


def series_table(points, seeds, outcome, openings):
    """One row per run, quarter, firm and measure. openings: of each run, for names and dates."""
    parts = [
        _one_series(point, seed, key, values, opening)
        for point, seed, series, opening in zip(points, seeds, outcome.series, openings)
        for key, values in series.items()
    ]
    return pa.concat_tables(parts).unify_dictionaries() if parts else _one_series(0, 0, ("industry", ""), np.empty((0, 1)), openings[0])


def _one_series(point, seed, key, values, opening):
    """values: [quarters, agents]."""
    kind, measure = key
    quarters, agents = values.shape
    names = ["industry"] if kind == "industry" else list(opening.names[kind])
    dates = [str(opening.start + quarter) for quarter in range(quarters)]
    count = values.size
    columns = {
        "point": pa.array(np.full(count, point, dtype=np.int32)),
        "seed": pa.array(np.full(count, seed, dtype=np.int32)),
        "quarter": _words(np.repeat(np.arange(quarters), agents), dates),
        "kind": _words(np.zeros(count), [kind]),
        "agent": _words(np.tile(np.arange(agents), quarters), names),
        "measure": _words(np.zeros(count), [measure]),
        "value": _known(values.reshape(-1)),
    }
    return pa.table(columns)


def _words(codes, words):
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(words, pa.string())).cast(_WORDS)
