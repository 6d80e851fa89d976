"""Futures of one world run in parts by many processes. A part depends on nothing else, so the number of workers changes no result."""

import functools
import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from experiments.inputs import Inputs
from experiments.pool import THREADS, cores

BATCH = 32  # futures of a part


def parts(worlds):
    """Numbers of the futures of every part."""
    return [tuple(range(first, min(worlds, first + BATCH))) for first in range(0, worlds, BATCH)]


def opening_of(inputs):
    """The opening of a run, read once by each process."""
    return _opened(json.dumps(inputs.plain(), sort_keys=True))


@functools.cache
def _opened(plain):
    return Inputs.of(json.loads(plain)).opening()


def done(run, tasks, workers=0):
    """What came of the tasks, in their order. run: a function of a task, of a module; workers: 0 is one per core.

    Raises MemoryError if a worker dies.
    """
    workers = min(workers or cores(), len(tasks))
    if workers == 1:
        yield from map(run, tasks)
        return
    for name in THREADS:  # workers inherit it: threads of linear algebra would only wait for each other
        os.environ.setdefault(name, "1")
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield from pool.map(run, tasks)
        except BrokenProcessPool as error:
            raise MemoryError("a worker process died; try --workers 1") from error
