"""A run on disk: its address, its bytes whatever the workers, and nothing left behind when something goes wrong."""

import json
from dataclasses import replace

import numpy as np
import pytest

from abm.errors import BadInput, BrokenRule
from experiments import collect, pool
from experiments.inputs import Inputs
from experiments.runs import Work, open_run, reproduce, run
from experiments.terminal import reference

SMALL = Inputs("tutorial", worlds=5, quarters=6, seed=3)
ONE = Work(workers=1)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return run(SMALL, root=tmp_path_factory.mktemp("runs"), work=ONE)


def files(path):
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_the_address_is_the_same_for_the_same_inputs_and_another_for_any_other():
    others = [
        replace(SMALL, seed=4),
        replace(SMALL, worlds=6),
        replace(SMALL, quarters=7),
        replace(SMALL, settings={"cone.width": 1.1}),
        replace(SMALL, shocks=({"name": "stall", "at": "2026Q2"},)),
    ]
    addresses = [inputs.address("f") for inputs in (SMALL, *others)] + [SMALL.address("g")]
    assert len(set(addresses)) == len(addresses)
    assert replace(SMALL).address("f") == SMALL.address("f")


def test_the_order_of_settings_does_not_move_the_address():
    first = replace(SMALL, settings={"cone.width": 1.1, "lab.cash": 3.0})
    second = replace(SMALL, settings={"lab.cash": 3.0, "cone.width": 1.1})
    assert first.address("f") == second.address("f")


@pytest.mark.slow
def test_a_run_gives_the_same_bytes_with_one_worker_and_with_two(done, tmp_path):
    again = run(SMALL, root=tmp_path, work=Work(workers=2))
    assert files(again.path) == files(done.path)


@pytest.mark.slow
def test_a_run_gives_the_same_bytes_in_batches_of_one_world(done, tmp_path):
    again = run(SMALL, root=tmp_path, work=Work(workers=1, memory_mb=1e-6))
    assert files(again.path) == files(done.path)


def test_a_run_leaves_its_files_and_no_scraps(done):
    assert set(files(done.path)) == {"manifest.json", "panel.parquet", "outcomes.parquet", "summary.json", "report.html"}
    assert [path.name for path in done.path.parent.iterdir()] == [done.name]


def test_a_run_that_is_there_is_not_done_again(done):
    stamp = (done.path / "summary.json").stat().st_mtime_ns
    run(SMALL, root=done.path.parent, work=ONE)
    assert (done.path / "summary.json").stat().st_mtime_ns == stamp


def test_any_world_of_a_run_can_be_had_again_bit_for_bit(done):
    alone = reproduce(done, 3)
    panel = done.panel(measure="revenue")
    kept = panel[(panel["world"] == 3) & panel["agent"].isin(alone.labs.names)]["value"].to_numpy()
    assert np.array_equal(kept, alone.record.series("labs", "revenue")[0].ravel())
    assert alone.record.journals


def test_a_run_is_found_by_the_first_digits_of_its_address(done):
    assert open_run(done.address[:6], done.path.parent).path == done.path
    assert open_run(done.path).inputs == SMALL


def test_an_unknown_run_is_named(tmp_path):
    with pytest.raises(BadInput, match="no run 'abc'"):
        open_run("abc", tmp_path)


def test_a_run_elsewhere_is_called_by_its_folder(done, monkeypatch):
    assert reference(done) == str(done.path)
    monkeypatch.setattr("experiments.terminal.RUNS_FOLDER", done.path.parent)
    assert reference(done) == done.name


def test_a_damaged_manifest_is_named(tmp_path):
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(BadInput, match="manifest.json"):
        open_run(tmp_path)


def test_a_world_that_the_run_does_not_have_is_refused(done):
    with pytest.raises(BadInput, match="worlds 0 to 4"):
        reproduce(done, 5)


def test_another_version_of_the_model_does_not_tell_the_story_of_this_one(done, tmp_path):
    old = {**done.manifest, "code": "another"}
    (tmp_path / "manifest.json").write_text(json.dumps(old))
    with pytest.raises(BadInput, match="another version of the model"):
        reproduce(open_run(tmp_path), 0)


@pytest.mark.slow
def test_a_run_that_breaks_leaves_nothing_half_written(tmp_path, monkeypatch):
    def breaks(*_):
        raise BrokenRule("world 2, 2026Q2: I1 is violated")

    monkeypatch.setattr(pool, "collect", breaks)
    with pytest.raises(BrokenRule):
        run(SMALL, root=tmp_path / "runs", work=ONE)
    assert list((tmp_path / "runs").iterdir()) == []


def test_bad_input_writes_nothing_at_all(tmp_path):
    for bad in (replace(SMALL, world="nowhere"), replace(SMALL, worlds=0), replace(SMALL, settings={"lab.risk_apetite": 0.5})):
        with pytest.raises(BadInput):
            run(bad, root=tmp_path / "runs", work=ONE)
    with pytest.raises(BadInput, match="revenu"):
        run(SMALL, ("revenu",), root=tmp_path / "runs", work=ONE)
    assert not (tmp_path / "runs").exists()


def test_batches_are_all_worlds_once_in_order_and_equal_enough_to_keep_workers_busy():
    assert pool.batches(5, 1, 2) == [(0, 1), (2, 3), (4,)]
    assert [len(batch) for batch in pool.batches(500, 2, 128)] == [125] * 4
    assert [len(batch) for batch in pool.batches(300, 2, 128)] == [75] * 4


@pytest.mark.slow
def test_progress_counts_quarters_of_worlds_up_to_all(tmp_path):
    seen = []
    run(SMALL, root=tmp_path, work=Work(workers=1, progress=seen.append))
    assert seen == sorted(seen)
    assert seen[-1] == SMALL.worlds


def test_more_customers_mean_smaller_batches():
    opening = SMALL.opening()
    crowded = replace(opening, parameters={**opening.parameters, "customers.enterprises": 1_000_000})
    assert collect.world_bytes(SMALL, crowded, 100) > 10 * collect.world_bytes(SMALL, opening, 100)
