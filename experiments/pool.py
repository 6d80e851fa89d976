"""Batches of worlds on many processes: what a worker does, how progress comes back, and what happens when a worker dies."""

import multiprocessing
import os
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from experiments.collect import collect
from experiments.guard import refuse_unguarded, workers_of

ATTEMPTS = 3  # at what is left when a worker dies
LOOK_AGAIN = 0.2  # seconds between two looks at how far the workers are
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")

_counter = None  # of a worker: world-quarters done, shared by all workers of a pool


def cores():
    """How many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(allowed(0)) if allowed else os.cpu_count() or 1


@contextmanager
def processes(workers):
    """A pool of processes that share no threads of linear algebra. Raises MemoryError where one of them dies."""
    for name in THREADS:  # workers inherit it: threads of linear algebra would only wait for each other
        os.environ.setdefault(name, "1")
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield pool
        except BrokenProcessPool as error:
            refuse_unguarded(workers_of(pool))
            raise MemoryError("a worker process died; try --workers 1") from error


def batches(worlds, workers, most):
    """Worlds in their order, in equal batches of at most so many, as many as keep all workers busy to the end."""
    rounds = -(-worlds // (workers * most))
    each = -(-worlds // (workers * rounds))
    return [tuple(range(first, min(worlds, first + each))) for first in range(0, worlds, each)]


def collected(waiting, workers, about, progress=None):
    """The batches as they are done, in any order. A worker that dies takes its pool along: what is left is tried in a new one.

    about: (inputs, address, keys) as `collect` wants them; progress: called with the number of worlds done, parts included.
    Raises MemoryError if workers keep dying, which is what a system does that has no memory left.
    """
    if workers == 1 or len(waiting) == 1:
        yield from _here(waiting, about, progress)
        return
    left, death = list(waiting), None
    for _ in range(ATTEMPTS):
        try:
            for batch in _in_one_pool(tuple(left), min(workers, len(left)), about, _Beyond(waiting, left, progress)):
                left.remove(batch.world_ids)
                yield batch
            return
        except BrokenProcessPool as error:
            death = error
    message = f"a worker process died {ATTEMPTS} times, last over worlds {left[0][0]} to {left[-1][-1]}; try --workers 1 or less --memory"
    raise MemoryError(message) from death


class _Beyond:
    """Progress of a pool, counted on top of what was done before it began."""

    def __init__(self, waiting, left, progress):
        self.before, self.progress = sum(map(len, waiting)) - sum(map(len, left)), progress

    def __call__(self, worlds):
        if self.progress:
            self.progress(self.before + worlds)


def _here(waiting, about, progress):
    """All batches in this process, one after the other."""
    inputs, address, keys = about
    done = 0

    def tick(worlds):
        nonlocal done
        done += worlds
        if progress:
            progress(done / inputs.quarters)

    yield from (collect(inputs, address, worlds, keys, tick) for worlds in waiting)


def _in_one_pool(waiting, workers, about, progress):
    for name in THREADS:  # workers inherit it: threads of linear algebra would only wait for each other
        os.environ.setdefault(name, "1")
    inputs, address, keys = about
    context = multiprocessing.get_context("spawn")
    counter = context.Value("q", 0)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_share, initargs=(counter,))
    started: list = []
    try:
        running = {pool.submit(_collect, inputs, address, worlds, keys) for worlds in waiting}
        started = workers_of(pool)
        while running:
            done, running = wait(running, LOOK_AGAIN, FIRST_COMPLETED)
            progress(counter.value / inputs.quarters)
            while done:
                yield done.pop().result()  # popped, or it would hold its batch until all are done
    except BrokenProcessPool:
        refuse_unguarded(started)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _share(counter):
    """Called once in every new worker."""
    global _counter
    _counter = counter


def _collect(inputs, address, worlds, keys):
    return collect(inputs, address, worlds, keys, _tick)


def _tick(worlds):
    with _counter.get_lock():
        _counter.value += worlds
