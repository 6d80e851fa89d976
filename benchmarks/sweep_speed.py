"""A sweep of the whole model against plain Mesa objects under `mesa.batch_run`, one worker against two, and what the engine costs.

All in one run on the same cores, taking turns. Compared are runs per core-second: runs over wall-clock seconds times workers. Ours counts
everything from reading the question to the last parquet file, starting the workers included; from the peer's time the start of its
processes is taken out, as the time of a batch of one run per process.
"""

import statistics
import tempfile
import time
from contextlib import ExitStack
from typing import NamedTuple
from unittest import mock

from abm.measures.record import Record
from abm.model import Industry
from benchmarks import phases
from benchmarks.plain_model import WORLD, PlainIndustry
from experiments.engine import batches, store, sweep, tables

POINTS = 5  # values of the lever
TURNS = 2  # of one worker and of two: the machine's speed drifts while they run
MODEL = ("opening the models", "their quarters")  # what is model and not engine
REST = "the rest: threads, lock, progress, reading the plan"


class Swept(NamedTuple):
    """What was found about sweeps. Seconds are of a wall clock; parts: {what: cpu seconds} of a sweep in one process."""

    runs: int
    quarters: int
    plain_runs: int
    cores: int
    alone: float  # one worker, mean over its turns
    together: float  # one worker per core
    pair: float  # two workers
    plain: float  # seconds of plain runs on all cores, without the start of processes
    parts: dict

    @property
    def ours_per_core(self):
        """Runs per core-second of the whole model."""
        return self.runs / self.together / self.cores

    @property
    def plain_per_core(self):
        """Runs per core-second of plain customers and labs."""
        return self.plain_runs / self.plain / self.cores

    @property
    def overhead(self):
        """Part of the time of a sweep in one process that is not the model's."""
        whole = sum(self.parts.values())
        return 1 - sum(self.parts[name] for name in MODEL) / whole


def question(runs, quarters):
    """A sweep of so many runs of the archetypes: one lever of a few values, the same seeds at each."""
    return {
        "question": "How fast is a sweep?",
        "name": "speed",
        "world": WORLD,
        "outcomes": ["systemic_event"],
        "seeds": max(1, runs // POINTS),
        "quarters": quarters,
        "levers": {"vendor.circular_intensity": [place / (POINTS - 1) for place in range(POINTS)]},
    }


def measured(runs, plain_runs, quarters, cores):
    """Measure all of it: a `Swept`."""
    ask = question(runs, quarters)
    seconds(ask, 1, limit=1)  # imports and compiles
    plain_start = plain_seconds(cores, quarters, cores)
    first, parts = split(ask)
    plain = plain_seconds(plain_runs + cores, quarters, cores) - plain_start
    pairs, alones = [seconds(ask, 2)], [first]
    for _ in range(TURNS - 1):
        pairs.append(seconds(ask, 2))  # two, two, one: no turn is always the later one
        alones.append(seconds(ask, 1))
    alone, pair = statistics.mean(alones), statistics.mean(pairs)
    together = pair if cores == 2 else seconds(ask, cores)
    return Swept(POINTS * ask["seeds"], quarters, plain_runs, cores, alone, together, pair, plain, parts)


def seconds(ask, workers, limit=None):
    """Wall-clock seconds of a sweep from its question to its last file; limit: seeds instead of the question's own."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        done = sweep.sweep(ask, folder, workers, seeds=limit, quiet=True)
        took = time.perf_counter() - began
    if done.failed or done.missing:
        raise RuntimeError(f"{done.failed} runs failed and {done.missing} batches are missing: this measures nothing")
    return took


def plain_seconds(runs, quarters, cores):
    """Wall-clock seconds of plain runs under `mesa.batch_run`, which makes `max_steps` + 1 steps: it is given one less."""
    from mesa.batchrunner import batch_run

    began = time.perf_counter()
    found = batch_run(PlainIndustry, {"seed": list(range(runs))}, number_processes=cores, max_steps=quarters - 1, display_progress=False)
    took = time.perf_counter() - began
    if len(found) != runs or any(row["quarters"] != quarters for row in found):
        raise RuntimeError("mesa.batch_run did not run the quarters it was asked for: this measures nothing")
    return took


def split(ask):
    """(wall-clock seconds, {what: cpu seconds}) of a sweep in this process."""
    places = (
        (batches, "build", MODEL[0]),
        (Industry, "run", MODEL[1]),
        (Record, "outcomes", "outcomes of the runs"),
        (tables, "runs_table", "tables of the runs"),
        (store.Store, "write_part", "writing parquet"),
        (sweep, "_checked", "design and first look"),
        (sweep, "_plan", "plan"),
    )
    taken = {what: 0.0 for _, _, what in places}
    running: list = []
    with ExitStack() as stack:
        for holder, name, what in places:
            clock = phases.clocked(getattr(holder, name), what, taken, running, time.process_time)
            stack.enter_context(mock.patch.object(holder, name, clock))
        began = time.process_time()
        wall = seconds(ask, 1)
        whole = time.process_time() - began
    return wall, {**taken, REST: whole - sum(taken.values())}
