"""Garbled files, scripts without a guard, designs with a slip: a batch is run again, or one sentence names file and remedy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from abm.errors import BadInput
from experiments.analysis.sweep_report import write_sweep_report
from experiments.engine import sweep
from experiments.engine.design import design, sample
from experiments.engine.provenance import stored
from experiments.engine.question import Question
from experiments.engine.store import MANIFEST, QUESTION, load, query
from experiments.engine.sweep import asked
from tests.marks import mostly_slow

ROOT = Path(__file__).resolve().parents[2]
ASKED = {
    "name": "whole",
    "question": "?",
    "world": "tutorial",
    "outcomes": ["served_revenue"],
    "seeds": 6,
    "quarters": 2,
    "levers": {"cone.width": [0.8, 1.2]},
    "series": ["sentiment"],
}
PART, SERIES_PART, POINTS = "runs/part-00001.parquet", "series/part-00001.parquet", "points.parquet"


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(sweep, "worlds_per_batch", lambda probe, quarters: 4)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setattr(sweep, "worlds_per_batch", lambda probe, quarters: 4)
    yield sweep.sweep(ASKED, out=tmp_path_factory.mktemp("whole"), workers=1, quiet=True).folder
    patch.undo()


@pytest.fixture
def copy(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / whole.name))


def emptied(path):
    path.write_bytes(b"")


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def no_json(path):
    path.write_text('{"name": "who', encoding="utf-8")


def a_list(path):
    path.write_text("[1, 2]", encoding="utf-8")


def no_keys(path):
    path.write_text("{}", encoding="utf-8")


def twice(path):
    table = pq.read_table(path)
    pq.write_table(pa.concat_tables([table, table]), path)


def no_rows(path):
    pq.write_table(pq.read_table(path).slice(0, 0), path)


def another_table(path):
    pq.write_table(pa.table({"x": [1]}), path)


def bytes_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


READERS = {
    "load": load,
    "load series": lambda folder: load(folder, "series"),
    "load points": lambda folder: load(folder, "points"),
    "query": lambda folder: query(folder, "select count(*) from runs"),
    "report": write_sweep_report,
    "open": lambda folder: stored(folder, "0"),
}


@pytest.mark.slow
@pytest.mark.parametrize("file", [PART, SERIES_PART])
@pytest.mark.parametrize("garble", [emptied, cut, twice, no_rows, another_table, Path.unlink], ids=lambda f: f.__name__)
def test_a_batch_whose_file_is_garbled_is_run_again_to_the_same_bytes(file, garble, whole, copy, small_batches):
    garble(copy / file)
    done = sweep.sweep(ASKED, out=copy.parent, workers=1, quiet=True)
    assert done.runs == 12 and bytes_of(copy) == bytes_of(whole)


@pytest.mark.parametrize("garble", [emptied, cut, twice, another_table], ids=lambda f: f.__name__)
@pytest.mark.parametrize("reader", ["load", "query", "report"])
def test_a_garbled_part_is_named_with_its_remedy(garble, reader, copy):
    garble(copy / PART)
    with pytest.raises(BadInput, match=r"part-00001\.parquet: .*the sweep's own command runs its batch again"):
        READERS[reader](copy)


@pytest.mark.parametrize("reader", mostly_slow(["load series", "query", "report"], ["query"]))
def test_series_that_would_count_twice_are_refused(reader, copy):
    twice(copy / SERIES_PART)
    with pytest.raises(BadInput, match="series/part-00001.parquet: holds rows that are there twice"):
        READERS[reader](copy)


@pytest.mark.slow
def test_a_part_that_was_copied_to_another_number_does_not_count_and_goes(whole, copy, small_batches):
    shutil.copy(copy / PART, copy / "runs/part-00077.parquet")
    with pytest.raises(BadInput, match="part-00077.parquet: holds rows that are there twice"):
        query(copy, "select count(*) from runs")
    sweep.sweep(ASKED, out=copy.parent, workers=1, quiet=True)
    assert bytes_of(copy) == bytes_of(whole)


@pytest.mark.slow
@pytest.mark.parametrize(
    "file, garble",
    [(MANIFEST, no_json), (MANIFEST, a_list), (MANIFEST, no_keys), (MANIFEST, emptied), (POINTS, cut), (POINTS, Path.unlink)],
)
def test_a_plan_that_is_garbled_is_named_and_fresh_makes_it_anew(file, garble, whole, copy, small_batches):
    garble(copy / file)
    for again in (
        lambda: sweep.sweep(ASKED, out=copy.parent, workers=1, quiet=True),
        lambda: READERS["load points"](copy) if file == POINTS else write_sweep_report(copy),
    ):
        with pytest.raises(BadInput, match=rf"{file}: .*; the sweep's own command with --fresh makes everything here anew"):
            again()
    sweep.sweep(ASKED, out=copy.parent, workers=1, fresh=True, quiet=True)
    assert bytes_of(copy) == bytes_of(whole)


@pytest.mark.parametrize("garble", mostly_slow([no_json, a_list, emptied, Path.unlink], [no_json]), ids=lambda f: f.__name__)
def test_a_garbled_question_is_named_and_written_anew_by_its_sweep(garble, copy, small_batches):
    garble(copy / QUESTION)
    with pytest.raises(BadInput, match="question.json: "):
        asked(copy)
    sweep.sweep(ASKED, out=copy.parent, workers=1, quiet=True)
    assert asked(copy).name == "whole"


SCRIPT = """
from pathlib import Path
from experiments.engine.sweep import sweep
from experiments.inputs import Inputs
from experiments.runs import Work, run
out = Path({out!r})
{call}
print("went on")
"""
CALLS = {
    "sweep": "sweep({asked!r}, out=out, workers=2, quiet=True)",
    "run": "run(Inputs('tutorial', 8, 2, 0, {{}}, (), ()), root=out, work=Work(workers=2))",
}


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS)
def test_a_script_without_a_guard_is_told_so(call, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT.format(out=str(tmp_path / "out"), call=CALLS[call].format(asked={**ASKED, "seeds": 100})), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, str(path)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 1 and "went on" not in ran.stdout
    assert ran.stderr.count("Traceback") == 1  # of the script itself, none of workers
    assert 'must call this under `if __name__ == "__main__":`' in ran.stderr.splitlines()[-1]


@pytest.mark.slow
def test_a_machine_that_fails_says_what_is_stored_and_that_it_goes_on(tmp_path, monkeypatch, small_batches):
    from experiments.engine import backends, worker

    def full(folder, number):
        if number == 2:
            raise OSError(28, "No space left on device")
        return worker.run_batch(folder, number)

    monkeypatch.setattr(backends, "run_batch", full)
    with pytest.raises(
        OSError, match="No space left on device: the sweep stopped; 8 runs are stored whole in .*, and the same command goes on"
    ):
        sweep.sweep(ASKED, out=tmp_path, workers=1, quiet=True)


# Designs ------------------------------------------------------------------------------------------------------------------


def listed(*points):
    return {**ASKED, "levers": {}, "design": {"method": "list", "points": list(points)}}


def test_a_point_that_is_listed_twice_is_refused():
    with pytest.raises(BadInput, match="point 3 sets what point 1 does; each must be another"):
        Question.read(listed({"cone.width": 1}, {"cone.width": 1.2}, {"cone.width": 1.0}))


@pytest.mark.slow
def test_a_name_labels_a_listed_point_and_is_no_setting(tmp_path):
    question = Question.read(listed({"name": "narrow", "cone.width": 0.8}, {"name": "wide", "cone.width": 1.2}))
    points = design(question)
    assert [point.shown["name"] for point in points] == ["narrow", "wide"] and "name" not in points[0].settings
    assert sample(question)[0]["cone.width"] == 0.8
    folder = sweep.sweep(question, out=tmp_path, workers=1, quiet=True).folder
    assert sorted(set(load(folder)["name"])) == ["narrow", "wide"]
    assert "narrow" in write_sweep_report(folder).read_text(encoding="utf-8")
    for wrong, said in (("narrow", "point 2 is called 'narrow' as point 1 is"), (3, "the name of point 2 must be a text, not 3.0")):
        with pytest.raises(BadInput, match=said):
            Question.read(listed({"name": "narrow", "cone.width": 0.8}, {"name": wrong, "cone.width": 1.2}))


def test_levels_of_morris_are_even():
    ranges = {"cone.width": {"low": 0.5, "high": 1.5}}
    with pytest.raises(BadInput, match="levels of method = 'morris' must be an even number, not 3"):
        Question.read({**ASKED, "levers": {}, "uncertainties": ranges, "design": {"method": "morris", "points": 2, "levels": 3}})
