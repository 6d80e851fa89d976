"""Cases to batches `[worlds]`: which runs share a model, in which order, and what a worker does with one batch.

A batch mixes design points of one structure and the seeds of the block. The plan follows from the question, the design and
declared numbers only, never from how fast or how many the workers are, so that it is the same after a crash and on a cluster.
"""

import functools
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from abm.model import Industry, release
from abm.parameters import Group, parameter
from abm.shocks import Shock
from agents.inhabitants import parameters
from experiments.engine.cases import case_of, is_structure, mixable


class EngineParameters(Group, name="engine"):
    """How batches are sized: to a budget of memory and to a second or two of work."""

    memory = parameter(500.0, unit="MB", low=10, high=1e6, source="two workers on a laptop", meaning="memory of a batch")
    overhead = parameter(3.0, unit="1", low=1, high=20, source="measured", meaning="peak memory of a world over that of its arrays")
    seconds = parameter(3.0, unit="s", low=0.1, high=600, source="measured", meaning="work of a batch: less wastes it on fixed costs")
    step_seconds = parameter(0.025, unit="s", low=0, high=10, source="measured", meaning="a quarter of a batch, however few worlds")
    byte_seconds = parameter(2.7e-9, unit="s/byte", low=0, high=1, source="measured", meaning="a quarter of one more world, by its size")
    fewest = parameter(16, unit="worlds", low=1, high=4096, structural=True, source="measured", meaning="worlds that a batch has at least")
    most = parameter(128, unit="worlds", low=1, high=4096, structural=True, source="measured", meaning="worlds that a batch has at most")


class Batch(NamedTuple):
    """A unit of work: runs `start` to `stop` of a group of design points that share their structure."""

    number: int
    group: int
    start: int
    stop: int


class Plan(NamedTuple):
    """All batches, in the order in which they are run; members: {group: design points}."""

    batches: list
    members: dict
    seeds: int

    def runs(self, batch):
        """Design points and seeds of a batch, two lists: all points with one seed before the next seed."""
        points = self.members[batch.group]
        at = range(batch.start, batch.stop)
        return [points[run % len(points)] for run in at], [run // len(points) for run in at]


def worlds_per_batch(probe, quarters):
    """Worlds that fit the budget of memory and of time; a whole number, the same on every machine."""
    p = EngineParameters()
    size = float(p.overhead.item()) * (probe.bytes_opening + quarters * probe.bytes_per_quarter)
    in_memory = p.memory.item() * 1e6 / size  # unit conversion
    in_time = (p.seconds.item() / quarters - p.step_seconds.item()) / (p.byte_seconds.item() * probe.bytes_opening)
    return int(np.clip(min(max(in_time, p.fewest), in_memory), 1, p.most))


def plan(groups, seeds, sizes):
    """Cut every group into batches and interleave them, so that a sweep that stops early is balanced.

    groups: group of each design point, in the order in which points are taken; seeds: worlds at every point;
    sizes: {group: worlds in a batch}
    """
    members: dict = {}
    for point, group in groups:
        members.setdefault(group, []).append(point)
    cuts = []
    for group, points in members.items():
        total, each = len(points) * seeds, sizes[group]
        count = -(-total // each)
        for number in range(count):
            start, stop = (total * number) // count, (total * (number + 1)) // count
            cuts.append(((start + stop) / (2 * total), group, start, stop))
    batches = [Batch(number, *cut[1:]) for number, cut in enumerate(sorted(cuts))]
    return Plan(batches, members, seeds)


def expected_seconds(probe, quarters, runs):
    """Work of so many runs on one core by the declared speeds, s."""
    p = EngineParameters()
    batches = -(-runs // worlds_per_batch(probe, quarters))
    return quarters * (batches * p.step_seconds.item() + runs * p.byte_seconds.item() * probe.bytes_opening)


@functools.lru_cache(maxsize=4096)
def _case(key):
    return case_of(dict(key))


class Outcome(NamedTuple):
    """What came of some runs, in their order: outcomes {name: [runs]}, reasons of failure (None if none), and series."""

    values: dict
    failures: list
    series: list  # per run: {(kind, measure): [quarters, agents]}, or {} where the run failed


def run(settings, seeds, rng, measures=()):
    """Run these cases together. settings: one mapping per run; seeds: one world per run; measures: names of series to keep.

    A run that breaks a rule does not take the others with it: the batch is halved until the broken run is alone.
    """
    try:
        return _together(settings, seeds, rng, measures)
    except (MemoryError, OSError):
        raise
    except Exception as error:
        if len(seeds) == 1:
            return Outcome({}, [f"{type(error).__name__}: {error}"], [{}])
        half = len(seeds) // 2
        parts = [run(settings[cut], seeds[cut], rng, measures) for cut in (slice(half), slice(half, None))]
        return _joined(*parts)


def _together(settings, seeds, rng, measures):
    industry = build(settings, seeds, rng)
    try:
        industry.run(quarters_of(settings[0]))
        record = industry.record
        table = record.outcomes(industry)
        values = {name: table[name].to_numpy(dtype=float) for name in table.columns if name != "world"}
        kept = {key: record.series(*key) for key in record.measures if key[1] in measures}
        series = [{key: part[row] for key, part in kept.items()} for row in range(len(seeds))]
        return Outcome(values, [None] * len(seeds), series)
    finally:
        release(industry)


def quarters_of(settings):
    """Quarters that a case runs."""
    return int(settings["quarters"])


def build(settings, seeds, rng, journal=False):
    """The model of a batch: one world per run, each with the settings and the luck it would have alone."""
    keys = [tuple(sorted(item.items())) for item in settings]
    distinct = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    cases = [_case(key) for key in distinct]
    row = np.array([distinct[key] for key in keys])
    if len({case.structure for case in cases}) != 1:
        raise ValueError("cases of different structure cannot share a batch")
    opening, values = together(cases, row)
    shocks = [_shock([case.shocks[label] for case in cases], row) for label in cases[0].shocks]
    return Industry(opening, world_ids=tuple(seeds), rng=rng, parameters=values, shocks=shocks, journal=journal)


def together(cases, row):
    """(opening, parameters) of one model for worlds of cases of one structure. row: which case each world is of, [worlds]"""
    return replace(cases[0].opening, columns=_columns(cases, row)), _parameters([case.opening.parameters for case in cases], row)


def _columns(cases, row):
    """Firm columns: shared ones as they are, those in which cases differ as [worlds, rows]."""
    first = cases[0].opening.columns
    found = {kind: dict(columns) for kind, columns in first.items()}
    for kind, columns in found.items():
        for key in mixable(kind) & columns.keys():
            stacked = np.stack([case.opening.columns[kind][key] for case in cases])
            if not np.array_equal(stacked, np.broadcast_to(stacked[:1], stacked.shape), equal_nan=True):
                columns[key] = stacked[row]
    return found


def _parameters(given, row):
    """Parameters: structure once, numbers one per world; what a case does not give has its declared value."""
    names = dict.fromkeys(name for values in given for name in values)
    found = {}
    for name in names:
        usual = parameters()[name].value if name in parameters() else None
        values = [values.get(name, usual) for values in given]
        found[name] = values[0] if is_structure(name) else np.array(values, dtype=float)[row]
    return found


def _shock(alike, row):
    """One shock whose values are one per world."""
    values = {key: np.array([np.asarray(shock.values[key]).item() for shock in alike])[row] for key in alike[0].values}
    return Shock(alike[0].name, alike[0].at, values)


def _joined(left, right):
    """Two outcomes one after the other; a half in which every run failed has no values."""
    values = {}
    for name in dict.fromkeys([*left.values, *right.values]):
        parts = [half.values.get(name, np.full(len(half.failures), np.nan)) for half in (left, right)]
        values[name] = np.concatenate(parts)
    return Outcome(values, left.failures + right.failures, left.series + right.series)
