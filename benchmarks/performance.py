"""What is measured: medians over repeats in one run; what is compared takes turns, so that a busy machine hits both alike."""

import gc
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import NamedTuple

from abm.model import Industry, release
from agents.world_files.folder import load_world
from benchmarks import customer_quarter, machine, page_speed, phases, sweep_speed
from experiments.collect import MEGABYTE, NEEDED, collect, first_look, world_bytes
from experiments.inputs import Inputs
from experiments.pool import batches, cores
from experiments.runs import LARGEST_BATCH, MEMORY_MB

ARCHETYPES, INDUSTRY = "archetypes-2023q1", "industry-2026q3"


@dataclass(frozen=True)
class Sizes:
    """How much is measured: customers, worlds, quarters and repeats."""

    customers: int = 100_000
    customer_quarters: int = 7
    customer_counts: tuple = (10_000, 100_000, 1_000_000)
    quarters: int = 48
    one_world_repeats: int = 5
    worlds: int = 256
    worlds_repeats: int = 3
    many_worlds: int = 2048
    many_worlds_repeats: int = 1
    job_worlds: int = 500
    job_quarters: int = 40
    job_repeats: int = 3
    phase_worlds: int = LARGEST_BATCH
    sweep_runs: int = 2000
    plain_runs: int = 12
    page_worlds: int = 200
    page_plays: int = 5
    page_minutes: float = 2.0
    quick: bool = False


FULL = Sizes()
QUICK = Sizes(2_000, 3, (500, 1_000, 2_000), 4, 3, 8, 2, 16, 1, 6, 4, 1, 4, 40, 4, 20, 1, 0, quick=True)


class Measured(NamedTuple):
    """Seconds of one thing, repeat by repeat."""

    seconds: tuple

    @property
    def median(self):
        """The middle one: what is reported."""
        return statistics.median(self.seconds)

    @property
    def span(self):
        """From the least to the most, in words."""
        return f"{min(self.seconds):.2f} to {max(self.seconds):.2f}"


@dataclass(frozen=True)
class Found:
    """Everything the page tells. Times in seconds, memory in MB."""

    sizes: Sizes
    machine: dict
    load: tuple  # mean number of running processes, when measuring began and when it ended
    plain: dict  # {"arrays", "plain", "ratio"}: a quarter of many customers
    by_customers: dict  # {customers: Measured}: a quarter
    one_world: Measured
    worlds_in_batches: Measured
    worlds_at_once: Measured
    many_worlds: Measured
    job: Measured
    job_memory: float
    job_memory_how: str
    phases: list  # [(call in Industry.step, seconds a quarter with one world, with a batch)]
    swept: sweep_speed.Swept
    swept_phases: list  # as phases, of the world that is swept
    browser: page_speed.PageSpeed | None  # None where something is missing that it takes


def everything(sizes, progress):
    """Measure all of it; progress: called with a few words before each part."""
    load = os.getloadavg()[0]
    progress(f"a quarter of {sizes.customers:,} customers, arrays and plain Mesa objects")
    plain = customer_quarter.measure(sizes.customers, sizes.customer_quarters)
    progress("quarters of more and more customers")
    by_customers = _by_customers(sizes)
    progress(f"1, {sizes.worlds} and {sizes.many_worlds} worlds, {sizes.quarters} quarters")
    worlds = _worlds(sizes)
    progress(f"the main job: {sizes.job_worlds} worlds, {sizes.job_quarters} quarters, {sizes.job_repeats} times")
    job, memory, how = _main_job(sizes)
    progress("where the time of a quarter goes")
    split = phases.measured(INDUSTRY, sizes.job_quarters, sizes.phase_worlds)
    progress(f"a sweep of {sizes.sweep_runs:,} runs with one worker and with more, and {sizes.plain_runs} runs under mesa.batch_run")
    swept = sweep_speed.measured(sizes.sweep_runs, sizes.plain_runs, sizes.quarters, max(2, cores()))
    again = phases.measured(ARCHETYPES, sizes.quarters, sizes.phase_worlds)
    browser = None
    if not page_speed.missing():
        progress(f"the browser page: {sizes.page_plays} plays of {sizes.page_worlds} worlds, then {sizes.page_minutes:g} minutes more")
        browser = page_speed.measured(sizes.page_worlds, plays=sizes.page_plays, resets=sizes.page_plays, minutes=sizes.page_minutes)
    known = sizes, machine.described(), (load, os.getloadavg()[0])
    return Found(*known, plain, by_customers, *worlds, job, memory, how, split, swept, again, browser)


def _by_customers(sizes):
    """Seconds of a quarter of arrays by number of customers in one world; the counts take turns."""
    taken = {count: [] for count in sizes.customer_counts}
    for _ in range(2):
        for count in sizes.customer_counts:
            taken[count] += customer_quarter.quarters_taken(count, sizes.customer_quarters)
    return {count: Measured(tuple(seconds)) for count, seconds in taken.items()}


def _worlds(sizes):
    """Seconds of one world, of many in the batches of the run engine, of many in one batch, and of very many in batches.

    All in this process, taking turns; the first model of a process imports and compiles, and does not count.
    """
    ways = (
        (lambda: _at_once(1, sizes.quarters), sizes.one_world_repeats),
        (lambda: _in_batches(sizes.worlds, sizes.quarters), sizes.worlds_repeats),
        (lambda: _at_once(sizes.worlds, sizes.quarters), sizes.worlds_repeats),
        (lambda: _in_batches(sizes.many_worlds, sizes.quarters), sizes.many_worlds_repeats),
    )
    taken: list = [[] for _ in ways]
    _at_once(1, sizes.quarters)
    for turn in range(max(repeats for _, repeats in ways)):
        for seconds, (way, repeats) in zip(taken, ways):
            if turn < repeats:
                seconds.append(way())
    return [Measured(tuple(seconds)) for seconds in taken]


def _at_once(worlds, quarters):
    """Seconds to open and run worlds as one model."""
    began = time.perf_counter()
    industry = Industry(load_world(ARCHETYPES), worlds=worlds, rng=1)
    industry.run(quarters)
    took = time.perf_counter() - began
    release(industry)
    del industry
    gc.collect()
    return took


def _in_batches(worlds, quarters):
    """Seconds of one worker of the run engine for worlds cut into its batches, with what it collects of each."""
    inputs = Inputs(ARCHETYPES, worlds, quarters, 1).checked()
    opening = inputs.opening()
    fitting = int(MEMORY_MB * MEGABYTE / world_bytes(inputs, opening, first_look(inputs, opening).kept))
    address = inputs.address(opening.fingerprint)
    began = time.perf_counter()
    for part in batches(worlds, 1, max(1, min(fitting, LARGEST_BATCH))):
        collect(inputs, address, part, NEEDED)
    return time.perf_counter() - began


def _main_job(sizes):
    """Seconds and peak memory of `overreach run` in a process of its own, with its workers, the report included."""
    taken, peaks, how = [], [], ""
    for _ in range(sizes.job_repeats):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "experiments.cli", "run", INDUSTRY, "--runs", folder]
            command += ["--worlds", str(sizes.job_worlds), "--quarters", str(sizes.job_quarters)]
            seconds, peak, how = machine.watched(command)
        taken.append(seconds)
        peaks.append(peak)
    return Measured(tuple(taken)), max(peaks), how
