"""Futures of one world run in parts by many processes. A part depends on nothing else, so the number of workers changes no result."""

import functools
import json

from experiments.inputs import Inputs
from experiments.pool import cores, processes

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
    with processes(workers) as pool:
        yield from pool.map(run, tasks)
