"""Who does the work: this process, a pool of processes on this machine, or a Dask cluster.

An engine takes the numbers of batches and yields `Done` as they are stored, in any order, and None as a sign of life in between.
It never carries results: workers write them. A batch whose worker dies is tried again; after the third death it is set aside.
"""

import multiprocessing
import signal
import sys
import time
from collections import Counter, deque
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, CancelledError, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from abm.errors import BadInput, nearest
from experiments.engine.worker import run_batch, start
from experiments.guard import refuse_unguarded, workers_of

DEATHS = 3  # of workers over one batch, before the batch is set aside
TICK = 1  # s between signs of life
PRELOADED = ["experiments.engine.batches", "experiments.engine.tables", "experiments.engine.worker"]


class Done(NamedTuple):
    """A batch that came to its end: stored, or set aside because workers died over it."""

    number: int
    runs: int = 0
    failed: int = 0
    set_aside: bool = False


def engine_for(name, workers):
    """The engine by its name: "local", "dask://host:port", "dask-slurm", "dask-k8s". Raises BadInput."""
    if name == "local":
        return Serial() if workers == 1 else Local(workers)
    if name.startswith("dask://"):
        return Dask(name.replace("dask://", "tcp://"))
    if name == "dask-slurm":
        return Dask(name, "dask_jobqueue", "SLURMCluster", workers)
    if name == "dask-k8s":
        return Dask(name, "dask_kubernetes.operator", "KubeCluster", workers)
    known = ("local", "dask://127.0.0.1:8786", "dask-slurm", "dask-k8s")
    raise BadInput(f"no engine is called {name!r}; {nearest(name, known)}".removesuffix("; "))


class Serial:
    """Batch after batch in this process: the simplest, and the one to debug with."""

    workers = 1

    def run(self, folder, numbers):
        """Yield Done for every batch."""
        for number in numbers:
            yield Done(*run_batch(str(folder), number))


class Local:
    """A pool of processes. When a worker dies the pool is rebuilt, and what was under way is tried again one by one.

    One by one, because a broken pool does not say which of its batches broke it, and none is set aside for a neighbour's fault.
    """

    def __init__(self, workers):
        self.workers = workers
        warm_up()

    def run(self, folder, numbers):
        """Yield Done for every batch. Raises what a worker raised, and MemoryError if workers only ever die."""
        waiting, suspects, deaths, since = deque(numbers), deque(), Counter(), 0
        while waiting or suspects:
            alone = bool(suspects)
            queue = suspects if alone else waiting
            for number, done in self._until_a_death(str(folder), queue, 1 if alone else self.workers + 1):
                if number is None or done:
                    since = 0 if done else since
                    yield done
                    continue
                deaths[number] += alone
                since += alone
                if deaths[number] == DEATHS:
                    yield Done(number, set_aside=True)
                else:
                    suspects.append(number)
            if since >= 2 * DEATHS:
                raise MemoryError(
                    f"{since} workers in a row died at once; is there memory for them (--workers 1 needs least), and does a script "
                    'that calls sweep do so under `if __name__ == "__main__":`?'
                )

    def _until_a_death(self, folder, queue, most):
        """Work through a queue with so many batches under way at most, until it is empty or a worker dies.

        Yields (number, Done), (number, None) for what was under way when the pool broke, (None, None) as a sign of life.
        """
        flying: dict = {}
        with _pool(min(self.workers, most)) as pool:
            broken, started = False, []
            while flying or (queue and not broken):
                while queue and len(flying) < most and not broken:
                    broken = not _launch(pool, folder, queue, flying)
                    started = started or workers_of(pool)
                landed, _ = wait(flying, TICK, ALL_COMPLETED if broken else FIRST_COMPLETED)
                for future in landed:
                    number = flying.pop(future)
                    try:
                        yield number, Done(*future.result())
                    except BrokenProcessPool:
                        broken = True
                        refuse_unguarded(started)
                        yield number, None
                if not landed:
                    yield None, None


def _launch(pool, folder, queue, flying):
    """Hand the next batch to the pool. Returns False, and leaves it in the queue, if the pool is broken."""
    try:
        flying[pool.submit(run_batch, folder, queue[0])] = queue[0]
    except BrokenProcessPool:
        return False
    queue.popleft()
    return True


def warm_up():
    """Begin to import what workers need, in a process of its own beside what this one does; those started from it share it.

    A worker that starts afresh imports for two seconds, and a pool of them that long on every core. On Linux only: elsewhere what is
    imported cannot be counted on to survive a fork.
    """
    if sys.platform != "linux":
        return
    from multiprocessing import forkserver

    multiprocessing.get_context("forkserver").set_forkserver_preload(PRELOADED)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the new process keeps that: a Ctrl-C is this one's to answer
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)


def _context():
    return multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")


@contextmanager
def _pool(workers):
    """A pool that leaves no process behind; a part under way when it ends is not renamed yet, and only its work is lost."""
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=_context(), initializer=start)
    try:
        yield pool
        pool.shutdown()
    finally:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)


class Dask:
    """A cluster of Dask workers that share a folder with this machine.

    where: address of a scheduler, or the engine's name when a cluster is started by Dask's own configuration;
    module, maker: where the class of that cluster is; jobs: how many jobs or pods to ask for
    """

    def __init__(self, where, module=None, maker=None, jobs=0):
        self.where, self.module, self.maker, self.jobs = where, module, maker, jobs
        self.workers = 0

    def run(self, folder, numbers):
        """Yield Done for every batch. Raises BadInput if there is no scheduler, and what a worker raised."""
        distributed = _imported("distributed")
        with ExitStack() as stack:
            client = stack.enter_context(self._client(distributed, stack))
            token = time.time_ns()  # a key that is known to the scheduler already would not run again
            futures = {
                client.submit(run_batch, str(folder), number, key=f"overreach-{token}-{number}", priority=-place): number
                for place, number in enumerate(numbers)
            }
            coming = distributed.as_completed(list(futures))
            while not coming.is_empty():
                self.workers = self._there(client)
                for future in coming.next_batch(block=False) if coming.has_ready() else ():
                    yield _landed(distributed, future, futures.pop(future))
                if not coming.has_ready():
                    yield None
                    time.sleep(TICK / 10)

    def _there(self, client):
        """How many workers there are. Raises ConnectionError if the scheduler is gone."""
        try:
            if client.status == "running":
                return len(client.nthreads())
        except (OSError, CancelledError):  # a connection that breaks while it is asked
            raise ConnectionError(self._lost()) from None
        raise ConnectionError(self._lost())

    def _lost(self):
        return f"the Dask scheduler at {self.where.replace('tcp://', '')} is lost"

    def _client(self, distributed, stack):
        if self.maker is None:
            try:
                return distributed.Client(self.where)
            except OSError:
                raise BadInput(f"no Dask scheduler answers at {self.where.replace('tcp://', '')}; `dask scheduler` starts one") from None
        cluster = stack.enter_context(getattr(_imported(self.module), self.maker)())
        cluster.scale(self.jobs)
        return distributed.Client(cluster)


def _landed(distributed, future, number):
    """A finished future; workers that died over it as often as Dask allows set the batch aside."""
    try:
        return Done(*future.result())
    except distributed.scheduler.KilledWorker:
        return Done(number, set_aside=True)
    except CancelledError:
        raise ConnectionError("the Dask scheduler is lost") from None


def _imported(module):
    """A package of the cluster extra. Raises BadInput if it is not installed."""
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        package = module.partition(".")[0].replace("_", "-")
        raise BadInput(f"this engine needs the package {package}, which is not installed; docs/experiments.md says how") from None
