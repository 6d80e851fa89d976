"""Where the results of a sweep lie, and how they get there whole or not at all.

    <out>/<hash of the question>/
        question.json                the question as it was asked
        points.parquet               one row per design point
        runs/part-00000.parquet      one row per run; a part is a batch
        series/part-00000.parquet    one row per run, quarter, firm and measure, if the question asks for `series`
        sweep.json                   code, fingerprints of worlds, versions, sizes; written last, so that its presence says "planned"
        quarantine.json              batches whose worker died three times, if any
        sweep.lock                   who is at work here

Columns of **points**: `point` (int32, counts from 0), `combination` (int32: which combination of lever values), `sample` (int32:
which row of the sampled uncertainties, in the sampler's order, so that SALib can analyse it; 0 without uncertainties), one column
per lever and per uncertainty under its own name (`"vendor.circular_intensity"`; a named lever such as `population` holds the name
of the setting; numbers are float64, dates and names are strings), `group` (int32: points of one group can share a batch) and
`settings` (JSON: every value that was set, by public name).

Columns of **runs**: `address` (hash of world file, settings, code and seed), `point`, `combination`, `sample`, `seed` (int32: the
world's number, the same worlds 0, 1, ... at every point), the lever and uncertainty columns again, `failure` (string; null if the
run came to its end) and one float64 column per outcome of `Record.outcomes`, all of them, null where the run failed or the
outcome has no value, as the date of what never happened. Rows are in the order of execution; `load` sorts them by point and seed.

Columns of **series**: `point`, `seed` (int32), `quarter` ("2026Q3"), `kind` ("industry", "labs", ...), `agent` (a name, or
"industry"), `measure`, `value` (float64, null where there is none). A failed run has no rows.

Every file is written under a temporary name, flushed to the disk and renamed. The series of a batch are there before its runs,
so that a part under `runs` means that the batch is done.
"""

import hashlib
import json
import os
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from abm.data import is_file
from abm.errors import BadInput, nearest
from experiments.engine.soundness import ANEW, columns_of, read_object, read_table, refuse_lacking, refuse_twice

QUESTION, POINTS, MANIFEST, QUARANTINE, LOCK = "question.json", "points.parquet", "sweep.json", "quarantine.json", "sweep.lock"
RUNS, SERIES, CHECK = "runs", "series", "check"
_PART = "part-{:05d}.parquet"


def digest(value):
    """What tells one JSON value from another, whatever the order of its keys."""
    as_read = json.loads(json.dumps(value))  # in which every key is text
    return hashlib.sha256(json.dumps(as_read, sort_keys=True).encode()).hexdigest()


class Store:
    """The folder of one sweep."""

    def __init__(self, folder):
        self.folder = Path(folder)

    @property
    def planned(self):
        """Whether a sweep has been planned here."""
        return is_file(self.folder / MANIFEST)

    def done(self):
        """Numbers of the batches whose runs are stored."""
        names = os.listdir(self.folder / RUNS) if (self.folder / RUNS).is_dir() else ()
        return {int(found[1]) for name in names if (found := re.fullmatch(r"part-(\d+)\.parquet", name))}

    def read_json(self, name, keys=()):
        """A stored JSON object with these keys. Raises BadInput if it is not there or is none."""
        if name != MANIFEST:
            return read_object(self.folder / name, keys)
        found = read_object(self.folder / name, (*keys, CHECK))
        if found.pop(CHECK) != digest(found):
            raise BadInput(f"{self.folder / name}: is not as it was written, as if edited; {ANEW}")
        return found

    def manifest(self):
        """What a planned sweep says about itself. Raises BadInput."""
        return self.read_json(MANIFEST, ("name", "code", "runs", "outcomes"))

    def write_json(self, name, value):
        """Store a JSON file, readable and with its keys in order of writing; the manifest with a check of what it says."""
        if name == MANIFEST:
            value = {**value, CHECK: digest(value)}
        write_whole(self.folder / name, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())

    def write_points(self, table):
        """Store the design."""
        write_whole(self.folder / POINTS, parquet(table))

    def write_part(self, number, runs, series=None):
        """Store a batch: series first, runs last."""
        if series is not None:
            write_whole(self.folder / SERIES / _PART.format(number), parquet(series))
        write_whole(self.folder / RUNS / _PART.format(number), parquet(runs))

    def points(self):
        """The design, as an Arrow table."""
        return read_table(self.folder / POINTS, remedy=ANEW)

    def paths_of(self, number):
        """Where a batch's runs are, and its series."""
        return tuple(self.folder / table / _PART.format(number) for table in (RUNS, SERIES))

    def forget(self, numbers):
        """Remove these batches, so that they are run again; runs first, so that none looks done meanwhile."""
        for number in numbers:
            for path in self.paths_of(number):
                path.unlink(missing_ok=True)

    def parts(self, name=RUNS):
        """Paths of the stored parts of a table, in order; a series part counts only once its runs are there."""
        paths = ((number, self.folder / name / _PART.format(number)) for number in sorted(self.done()))
        return [path for _, path in paths if path.is_file()]

    def clear(self):
        """Remove every result and the plan, the plan first, so that what is left never looks whole."""
        for name in (MANIFEST, POINTS, QUESTION, QUARANTINE):
            (self.folder / name).unlink(missing_ok=True)
        for table in (RUNS, SERIES):
            for path in (self.folder / table).glob("part-*.parquet"):
                path.unlink(missing_ok=True)
        self.sweep_up()

    def sweep_up(self):
        """Remove temporary files that a killed process left behind."""
        for path in self.folder.rglob(".*.tmp"):
            path.unlink(missing_ok=True)


def parquet(table):
    """The bytes of a table: the same for the same table and versions. Pages carry checksums, so that a bit that fell over is noticed."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return sink.getvalue()


def write_whole(path, content):
    """Write a file so that it is there whole or not at all, whatever happens in between.

    Raises OSError when the disk is full or the folder cannot be written; the temporary file is then removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def _flush_folder(folder):
    """Make a rename survive a power cut, where the system lets a folder be opened."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def found_in(folder):
    """The store meant by a folder: itself, or the last sweep begun inside it. Raises BadInput if there is none."""
    folder = Path(folder)
    if is_file(folder / MANIFEST):
        return Store(folder)
    begun = list(folder.glob(f"*/{MANIFEST}")) if folder.is_dir() else []
    if not begun:
        raise BadInput(_nothing_in(folder))
    return Store(max(begun, key=lambda path: (path.stat().st_mtime, path.parent.name)).parent)


def _nothing_in(folder):
    """Why there is nothing to read, and the command that makes it, as far as the name of the folder tells."""
    from experiments.engine.question import shipped

    name = folder.name
    if name in shipped():
        out = "" if folder in (Path(name), Path("results") / name) else f" --out {folder}"
        what = "only a page and its table are here, not the runs" if (folder / "table.csv").is_file() else "no runs are stored here"
        return f"{folder}: {what}; `overreach sweep {name}{out}` makes them (overreach experiments says how long it takes), then ask again"
    if not folder.is_dir():
        near = nearest(name, [path.name for path in folder.parent.iterdir() if path.is_dir()]) if folder.parent.is_dir() else ""
        return f"there is no folder {folder}; {near}".removesuffix("; ")
    return f"{folder}: there are no results of a sweep here; expected {MANIFEST} in it or one folder below"


def load(results_dir, table=RUNS):
    """A stored table as a DataFrame: "runs" (sorted by point and seed), "series" or "points". Raises BadInput.

    Units and labels of outcomes, or units and meanings of measures, stand in `attrs`, {name: text}.
    """
    store = found_in(results_dir)
    if table == "points":
        return store.points().to_pandas()
    paths = _parts_of(store, table)
    refuse_twice(paths, table == SERIES)
    if table == RUNS:
        refuse_lacking(paths, columns_of(store, store.manifest()))
    frame = pa.concat_tables([read_table(path) for path in paths]).to_pandas()
    return _with_units(frame.sort_values(["point", "seed"], kind="stable", ignore_index=True), table, store.manifest())


def _with_units(frame, table, manifest):
    from abm.engine.shown import with_units
    from abm.measures.catalogue import known_measures
    from agents.inhabitants import KINDS
    from experiments.analysis.outcomes import outcome  # which only a reader needs, and no worker

    if table == SERIES:
        return with_units(frame, known_measures(KINDS))
    known = [outcome(name) for name in manifest["outcomes"]]
    frame.attrs |= {"units": {item.name: item.unit for item in known}, "labels": {item.name: item.label for item in known}}
    return frame


def query(results_dir, sql):
    """The answer of a DuckDB query over the tables `runs`, `series` and `points`, as a DataFrame. Raises BadInput.

    A query reads these tables and nothing else, and writes nothing: files are closed to it.
    """
    import duckdb

    store, connection = found_in(results_dir), duckdb.connect()
    try:
        for name in (RUNS, SERIES, "points"):
            _show(connection, store, name)
        connection.execute("set threads = 1")  # rows and sums in one order, whoever asks
        connection.execute("set temp_directory = ''")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        answer = connection.execute(sql)
        if answer is None:
            raise BadInput("query: there is no question in it; ask for example: select count(*) from runs")
        return answer.df()
    except duckdb.Error as error:
        if not store.parts(RUNS):
            raise BadInput(f"query: {results_dir} has no finished runs yet; the sweep's own command goes on with them") from None
        raise BadInput(f"query: {str(error).splitlines()[0]}") from None
    finally:
        connection.close()


def _show(connection, store, name):
    from pyarrow import dataset

    paths = [store.folder / POINTS] if name == "points" else store.parts(name)
    if name == "points":
        store.points()
    else:
        refuse_twice(paths, name == SERIES)
    if paths:
        checked = dataset.ParquetFileFormat(
            default_fragment_scan_options=dataset.ParquetFragmentScanOptions(page_checksum_verification=True)
        )
        connection.register(name, dataset.dataset([str(path) for path in paths], format=checked))


def _parts_of(store, table):
    if table not in (RUNS, SERIES):
        raise BadInput(f"there is no table {table!r}; allowed: {RUNS}, {SERIES}, points")
    paths = store.parts(table)
    if not paths:
        hint = "name some measures under `series` in the question" if table == SERIES else "the sweep has not finished a batch yet"
        raise BadInput(f"{store.folder}: no {table} are stored; {hint}")
    return paths
