"""Whether stored files are whole: what cannot be read or counts twice is named with its remedy, and a batch of it is run again.

A sweep writes every file whole or not at all. A disk, a copy or an editor may still cut one short, empty it, or put rows in twice.
"""

import json
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from abm.errors import BadInput

ANEW = "the sweep's own command with --fresh makes everything here anew"
AGAIN = "the sweep's own command runs its batch again"


def read_object(path, keys=()):
    """A stored JSON object. Raises BadInput naming file and remedy for what is none, or lacks one of these keys."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"{path}: is not there; {ANEW}") from None
    except ValueError:
        raise BadInput(f"{path}: is not JSON, as if cut short or edited; {ANEW}") from None
    missing = [key for key in keys if key not in found] if isinstance(found, dict) else ["{"]
    if missing:
        raise BadInput(f"{path}: has no {missing[0]!r}, as if cut short or edited; {ANEW}")
    return found


def read_table(path, columns=None, remedy=AGAIN):
    """A stored table. Raises BadInput naming file and remedy if it cannot be read."""
    try:
        return pq.read_table(path, columns=columns, partitioning=None, page_checksum_verification=True)
    except FileNotFoundError:
        raise BadInput(f"{path}: is not there; {remedy}") from None
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise BadInput(f"{path}: cannot be read ({str(error).splitlines()[0][:80]}), as if cut short; {remedy}") from None


def runs_in(path):
    """Point and seed of every row of a part, [rows, 2]. Raises BadInput."""
    table = read_table(path, ["point", "seed"])
    return np.stack([table[name].to_numpy() for name in ("point", "seed")], axis=1) if table.num_columns == len(("point", "seed")) else None


def refuse_lacking(paths, names):
    """Raises BadInput naming the part that lacks one of these columns."""
    for path in paths:
        there = set(read_table(path).column_names)
        lacking = [name for name in names if name not in there]
        if lacking:
            raise BadInput(f"{path}: has no column {lacking[0]!r}, as if edited; {AGAIN}")


def refuse_twice(paths, is_series=False):
    """Raises BadInput naming the part in which a run, or a row of its series, is there for the second time."""
    seen: set = set()
    for path in paths:
        rows = runs_in(path)
        if rows is None:
            raise BadInput(f"{path}: has no columns point and seed, as if another file had taken its place; {AGAIN}")
        here = list(map(tuple, rows.tolist()))
        mine = set(here)
        if seen & mine or (_one_is_twice(path, rows) if is_series else len(mine) < len(here)):
            raise BadInput(f"{path}: holds rows that are there twice; {AGAIN}")
        seen |= mine


def _one_is_twice(path, rows):
    """Whether the first run of a part of series has a row twice: a part that was doubled has every one of them twice."""
    if not len(rows):
        return False
    whole = read_table(path).filter(pa.array((rows == rows[0]).all(axis=1)))
    keys = [name for name in whole.column_names if name != "value"]
    return whole.group_by(keys).aggregate([]).num_rows < whole.num_rows


def columns_of(store, manifest):
    """Names of all columns that runs have, as far as the plan tells."""
    shown = [name for name in store.points().column_names if name not in ("group", "settings")]
    return ["failure", *shown, *manifest["outcomes"]]


def damaged(store, task):
    """Numbers of stored batches that are not what the plan says, or in no plan at all: unreadable, too few rows, or some twice."""
    batches = {batch.number: batch for batch in task.plan.batches}
    return [number for number in sorted(store.done()) if number not in batches or not _is_sound(store, task, batches[number])]


def _is_sound(store, task, batch):
    points, seeds = task.plan.runs(batch)
    try:
        runs, series = store.paths_of(batch.number)
        refuse_lacking([runs], columns_of(store, task.manifest))  # reads all of it: a page that is not what was written is noticed
        found = runs_in(runs)
        if found is None or Counter(map(tuple, found.tolist())) != Counter(zip(points, seeds)):
            return False
        if task.manifest["series"]:
            read_table(series)
            refuse_twice([series], is_series=True)
            failed = [reason is not None for reason in read_table(runs, ["failure"])["failure"].to_pylist()]
            return set(map(tuple, runs_in(series).tolist())) == set(map(tuple, found[np.logical_not(failed)].tolist()))
    except BadInput:
        return False
    return True
