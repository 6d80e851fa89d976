"""What a worker process does with a batch: run it, write its part, say only that it is done."""

import functools
import gc
import os
import platform
import threading
from multiprocessing import connection, parent_process
from typing import NamedTuple

from abm.errors import BadInput
from experiments.engine.store import MANIFEST, Store

PLANNED = ("name", "code", "worlds", "rng", "seeds", "runs", "outcomes", "series", "worlds_per_batch")  # what a manifest says at least


class Task(NamedTuple):
    """A planned sweep as a worker reads it from its folder."""

    store: Store
    manifest: dict
    design: object  # the points table
    settings: list  # of each point
    plan: object


def run_batch(folder, number):
    """Run a batch of the sweep in this folder and store its part. Returns (number, runs, failed runs).

    Raises BadInput if this process has other code than the sweep was planned with, or cannot see its folder, and OSError
    if the part cannot be written.
    """
    from experiments.engine.batches import run
    from experiments.engine.cases import case_of
    from experiments.engine.tables import runs_table, series_table

    task = load_task(folder)
    points, seeds = task.plan.runs(task.plan.batches[number])
    settings = [task.settings[point] for point in points]
    about = {"names": task.manifest["outcomes"], "rng": task.manifest["rng"], "settings": settings}
    measures = task.manifest["series"]
    with _threads().limit(limits=1):
        outcome = run(settings, seeds, about["rng"], measures)
    gc.collect()  # a model refers to itself, and two would lie in memory while the next batch runs
    runs = runs_table(task.design, points, seeds, outcome, about)
    series = None
    if measures:
        openings = {point: case_of(task.settings[point]).opening for point in dict.fromkeys(points)}
        series = series_table(points, seeds, outcome, [openings[point] for point in points])
    task.store.write_part(number, runs, series)
    return number, len(seeds), sum(reason is not None for reason in outcome.failures)


def load_task(folder):
    """The sweep planned in a folder, read once per process. Raises BadInput."""
    path = os.path.join(folder, MANIFEST)
    try:
        stamp = os.stat(path).st_mtime_ns
    except FileNotFoundError:
        raise BadInput(f"{platform.node()} does not see {path}: workers need a folder that all machines share") from None
    return _task(str(folder), stamp)


@functools.lru_cache(maxsize=2)
def _task(folder, stamp):
    import json

    from experiments.engine.batches import plan
    from experiments.engine.provenance import code

    store = Store(folder)
    manifest, design = store.read_json(MANIFEST, PLANNED), store.points()
    if manifest["code"] != code():
        raise BadInput(f"{platform.node()} has code {code()}, but the sweep in {folder} was planned with {manifest['code']}")
    settings = [json.loads(text) for text in design["settings"].to_pylist()]
    order = sorted(zip(*(design[name].to_pylist() for name in ("sample", "combination", "point", "group"))))
    sizes = {int(group): worlds for group, worlds in manifest["worlds_per_batch"].items()}
    groups = [(point, group) for _, _, point, group in order]  # all combinations of levers before the next sample
    return Task(store, manifest, design, settings, plan(groups, manifest["seeds"], sizes))


@functools.cache
def _threads():
    """The libraries of linear algebra in this process: one thread each, or workers would wait for each other."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def start():
    """What a local worker does first: leave Ctrl-C to the process that started it, and end when that process ends."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(parent_process().sentinel,), daemon=True).start()


def _end_with_parent(sentinel):
    connection.wait([sentinel])
    os._exit(1)  # the parent was killed: nobody waits for this worker, and a part is written whole or not at all
