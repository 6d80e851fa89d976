"""A sweep: batches that are balanced, worlds that do not depend on their batch, results that are whole and can be reopened."""

import errno
import os
import sys

import numpy as np
import pandas as pd
import pytest

from abm.engine.population import declared
from abm.errors import BadInput, BrokenRule
from abm.model import Industry
from abm.shocks import Shock
from agents import inhabitants
from agents.world_files.columns import COLUMNS, ONE
from agents.world_files.folder import load_world
from experiments.engine import backends, batches, provenance, sweep, worker
from experiments.engine.backends import Local
from experiments.engine.batches import build, plan
from experiments.engine.cases import case_of, mixable
from experiments.engine.lock import Lock
from experiments.engine.provenance import differences, reopen
from experiments.engine.store import MANIFEST, Store, load, query, write_whole

WORLD = "archetypes-2023q1"
ASKED = {
    "name": "small",
    "question": "Does circular finance raise the odds?",
    "world": WORLD,
    "outcomes": ["systemic_event", "served_revenue"],
    "seeds": 2,
    "quarters": 3,
    "levers": {"vendor.circular_intensity": [0.0, 1.0], "lab.risk_appetite": [0.1, 0.9]},
    "shocks": [{"name": "demand_shortfall", "at": "2023Q2"}],
}


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    return sweep.sweep(ASKED, out=tmp_path_factory.mktemp("results"), workers=1, quiet=True)


@pytest.fixture
def small_batches(monkeypatch):
    """Two runs a batch, four batches."""
    monkeypatch.setattr(sweep, "worlds_per_batch", lambda probe, quarters: 2)


def tables(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


# The plan -----------------------------------------------------------------------------------------------------------------


def test_every_run_is_in_exactly_one_batch():
    planned = plan([(0, 0), (1, 1), (2, 0)], seeds=5, sizes={0: 4, 1: 3})
    runs = [run for batch in planned.batches for run in zip(*planned.runs(batch))]
    assert sorted(runs) == [(point, seed) for point in (0, 1, 2) for seed in range(5)]
    assert [batch.number for batch in planned.batches] == list(range(len(planned.batches)))


def test_a_plan_that_is_half_done_has_half_of_every_point():
    planned = plan([(point, point % 2) for point in range(10)], seeds=8, sizes={0: 5, 1: 5})
    half = [point for batch in planned.batches[: len(planned.batches) // 2] for point in planned.runs(batch)[0]]
    assert [half.count(point) for point in range(10)] == [4] * 10


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every worker starts afresh")
def test_what_workers_need_is_imported_once_and_not_for_every_pool():
    from multiprocessing import forkserver

    backends.Local(2)
    first = forkserver._forkserver._forkserver_pid
    backends.Local(2)
    assert first is not None and forkserver._forkserver._forkserver_pid == first


def test_batches_are_as_large_as_memory_and_time_allow():
    class Large:
        bytes_opening, bytes_per_quarter = 100e6, 0

    class Small:
        bytes_opening, bytes_per_quarter = 1e3, 0

    class Medium:
        bytes_opening, bytes_per_quarter = 262_000, 3_000

    p = batches.EngineParameters()
    assert batches.worlds_per_batch(Large, 48) == 1
    assert batches.worlds_per_batch(Small, 48) == p.most
    worlds = batches.worlds_per_batch(Medium, 48)
    seconds = 48 * (p.step_seconds.item() + worlds * 262_000 * p.byte_seconds.item())
    assert seconds == pytest.approx(p.seconds.item(), rel=0.05)


# A world is the same whatever shares its batch ------------------------------------------------------------------------------


def test_a_world_of_a_mixed_batch_equals_the_same_world_alone(swept):
    stored = load(swept.folder).set_index(["vendor.circular_intensity", "lab.risk_appetite", "seed"]).loc[(1.0, 0.9, 1)]
    opening = load_world(WORLD, overrides={"lab.risk_appetite": 0.9, "vendor.circular_intensity": 1.0})
    shock = Shock.read({"name": "demand_shortfall", "at": "2023Q2"})
    alone = Industry(opening, world_ids=[1], rng=0, shocks=[shock]).run(3)
    found = alone.record.outcomes(alone).iloc[0].drop("world")
    assert {name: value for name, value in found.items() if not np.array_equal(stored[name], value, equal_nan=True)} == {}


@pytest.mark.slow
@pytest.mark.parametrize("world", ["archetypes-2023q1", "industry-2026q3"])
def test_all_columns_that_may_differ_in_a_batch_can_all_differ_at_once(world):
    names = {f"{ONE[kind]}.{key}": COLUMNS[kind][key] for kind in inhabitants.KINDS for key in sorted(mixable(kind) & COLUMNS[kind].keys())}
    between = {name: within(item) for name, item in names.items()}
    settings = [{"world": world, "quarters": 2.0, **{name: values[k] for name, values in between.items()}} for k in (0, 1)]
    together = build(settings, [4, 4], rng=7).run(2)
    for row, own in enumerate(settings):
        alone = build([own], [4], rng=7).run(2)
        wrong = [key for key, values in alone.record.measures.items() if not same(together.record.measures[key], values, row)]
        assert wrong == []


def within(item):
    """Two values inside the bounds of a column, away from its default."""
    if item.unit in ("0/1", "code"):  # whole numbers
        return 0.0, 1.0
    low = item.low if np.isfinite(item.low) else -1.0
    high = item.high if np.isfinite(item.high) else max(1.0, 2 * abs(item.default or 0))
    return low + 0.4 * (high - low), low + 0.6 * (high - low)


def same(batch, alone, row):
    return all(np.array_equal(left[row], right[0], equal_nan=True) for left, right in zip(batch, alone))


def test_columns_that_the_founding_reads_itself_keep_cases_apart():
    cash = [case_of({"world": WORLD, "quarters": 2.0, "lab.cash": value}).structure for value in (1.0, 2.0)]
    appetite = [case_of({"world": WORLD, "quarters": 2.0, "lab.risk_appetite": value}).structure for value in (0.2, 0.4)]
    assert cash[0] != cash[1] and appetite[0] == appetite[1]
    assert {"cash", "revenue"} & mixable("labs") == set() and "risk_appetite" in mixable("labs")
    assert mixable("clouds") <= declared(inhabitants.KINDS["clouds"]).keys()


def test_cases_of_different_structure_are_refused_by_a_batch():
    lags = [{"world": WORLD, "quarters": 2.0, "cloud.build_lag": lag} for lag in (4.0, 6.0)]
    with pytest.raises(ValueError, match="cannot share a batch"):
        build(lags, [0, 0], rng=0)


# Failures are rows --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_that_breaks_a_rule_is_a_row_with_its_reason_and_the_others_go_on(monkeypatch, tmp_path):
    whole = batches._together

    def breaking(settings, seeds, rng, measures):
        if any(item["lab.risk_appetite"] == 0.9 and seed == 1 for item, seed in zip(settings, seeds)):
            raise BrokenRule("world 1, 2023Q2: money is missing")
        return whole(settings, seeds, rng, measures)

    monkeypatch.setattr(batches, "_together", breaking)
    done = sweep.sweep(ASKED, out=tmp_path, workers=1, quiet=True)
    runs = load(done.folder)
    failed = (runs["lab.risk_appetite"] == 0.9) & (runs["seed"] == 1)
    assert done.finished and done.failed == failed.sum() == 2
    assert set(runs["failure"][failed]) == {"BrokenRule: world 1, 2023Q2: money is missing"}
    assert runs["failure"][~failed].isna().all() and runs["served_revenue"].isna().equals(failed)


def test_a_mistake_of_the_machine_is_not_a_row(monkeypatch, tmp_path):
    monkeypatch.setattr(batches, "_together", lambda *_: (_ for _ in ()).throw(MemoryError("no room")))
    with pytest.raises(MemoryError, match="no room"):
        sweep.sweep(ASKED, out=tmp_path, workers=1, quiet=True)


def test_a_batch_over_which_workers_die_is_set_aside_and_its_neighbours_are_not(monkeypatch, tmp_path):
    (tmp_path / "killer.py").write_text(
        "import os\ndef run_batch(folder, number):\n    if number == 2:\n        os._exit(9)\n    return number, 1, 0\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import killer

    monkeypatch.setattr(backends, "run_batch", killer.run_batch)
    done = sorted(done for done in Local(2).run(tmp_path, range(5)) if done is not None)
    assert [(item.number, item.set_aside) for item in done] == [(0, False), (1, False), (2, True), (3, False), (4, False)]


# Whole files, one sweep at a time -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_sweep_goes_on_where_it_stopped_and_the_tables_are_the_same_bytes(small_batches, swept, tmp_path, monkeypatch):
    whole = sweep.sweep(ASKED, out=tmp_path / "whole", workers=1, quiet=True)
    asked_for = []
    monkeypatch.setattr(backends, "run_batch", lambda folder, number: (asked_for.append(number), worker.run_batch(folder, number))[1])
    stopped = sweep.sweep(ASKED, out=tmp_path / "stopped", workers=1, quiet=True)
    (stopped.folder / "runs" / "part-00002.parquet").unlink()
    asked_for.clear()
    again = sweep.sweep(ASKED, out=tmp_path / "stopped", workers=1, quiet=True)
    assert asked_for == [2] and again.runs == 8
    assert tables(whole.folder) == tables(again.folder)
    assert sorted(path.name for path in (again.folder / "runs").iterdir()) == [f"part-0000{k}.parquet" for k in range(4)]
    pd.testing.assert_frame_equal(load(whole.folder), load(swept.folder))  # however the runs were cut into batches


def test_a_file_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    write_whole(tmp_path / "a", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "a", b"new and longer")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


def test_two_sweeps_into_one_folder_are_refused(tmp_path):
    with Lock(tmp_path), pytest.raises(BadInput, match=f"process {os.getpid()} on .* is already sweeping here"), Lock(tmp_path):
        pass
    with Lock(tmp_path):
        pass  # let go of, it can be taken again


def test_a_lock_that_a_dead_process_left_behind_is_taken_over(tmp_path):
    (tmp_path / "sweep.lock").write_text('{"pid": 1, "host": "another machine"}', encoding="utf-8")
    with pytest.raises(BadInput, match="process 1 on another machine"), Lock(tmp_path):
        pass
    os.utime(tmp_path / "sweep.lock", (0, 0))  # not touched for a long time
    with Lock(tmp_path):
        pass


def test_results_of_other_code_are_neither_mixed_nor_reopened(swept, monkeypatch):
    address = load(swept.folder)["address"][0]
    for module in (sweep, provenance):
        monkeypatch.setattr(module, "code", lambda: "0123456789abcdef")
    with pytest.raises(BadInput, match="made by code .* and this is 0123456789abcdef"):
        sweep.sweep(ASKED, out=swept.folder.parent, workers=1, quiet=True)
    with pytest.raises(BadInput, match="it would be another run"):
        reopen(swept.folder, address)
    assert reopen(swept.folder, address, anyway=True).age == 3


# What is stored -----------------------------------------------------------------------------------------------------------


def test_every_row_reopens_as_exactly_the_run_it_was(swept):
    row = load(swept.folder).iloc[5]
    industry = reopen(swept.folder, row["address"][:10])
    assert industry.world_ids == (row["seed"],) and len(industry.record.journals) == 3
    assert differences(row, industry) == []


def test_an_address_that_fits_no_run_or_several_is_refused(swept):
    for reference, says in (("zz", "no run has an address"), ("", "no run has an address")):
        with pytest.raises(BadInput, match=says):
            reopen(swept.folder, reference)
    addresses = load(swept.folder)["address"]
    assert addresses.is_unique and addresses.str.fullmatch("[0-9a-f]{16}").all()


def test_the_same_worlds_are_at_every_design_point_in_one_row_each(swept):
    runs = load(swept.folder)
    assert len(runs) == 8 and swept.runs == 8
    assert runs.groupby("point")["seed"].apply(list).tolist() == [[0, 1]] * 4
    assert list(runs.columns[:7]) == ["address", "point", "combination", "sample", "seed", "vendor.circular_intensity", "lab.risk_appetite"]


def test_the_tables_answer_in_sql_and_a_query_reads_and_writes_nothing_else(swept, tmp_path):
    sql = """select runs."lab.risk_appetite" as q, count(*) as n from runs join points using (point) group by 1 order by 1"""
    found = query(swept.folder.parent, sql)
    assert found["n"].tolist() == [4, 4]
    with pytest.raises(BadInput, match="nothing"):
        query(swept.folder, "select nothing from runs")
    for sql in ("copy (select 1) to '{}'", "select * from read_csv('{}')", "attach '{}' as other", "create table t as from '{}'"):
        secret = tmp_path / "secret.csv"
        secret.write_text("a\n1\n", encoding="utf-8")
        with pytest.raises(BadInput, match="disabled"):
            query(swept.folder, sql.format(secret))
        assert secret.read_text(encoding="utf-8") == "a\n1\n"


def test_queries_leave_out_the_date_of_what_never_happened(swept):
    """In three quarters nobody can have earned money over four."""
    found = query(swept.folder, "select count(*) as runs, count(break_even_year) as dated, avg(served_revenue) > 0 as earned from runs")
    assert found.runs.item() > 0 and found.earned.item()
    assert found.dated.item() == 0
    with pytest.raises(BadInput, match="no series are stored; name some measures"):
        load(swept.folder, "series")


def test_series_are_stored_when_the_question_asks_for_them(tmp_path):
    done = sweep.sweep({**ASKED, "series": ["sentiment", "cash"], "levers": {}}, out=tmp_path, workers=1, quiet=True)
    found = load(done.folder, "series")
    assert set(found["measure"]) == {"sentiment", "cash"} and found["quarter"].unique().tolist() == ["2023Q1", "2023Q2", "2023Q3"]
    mood = found[found["measure"] == "sentiment"]
    assert len(mood) == 2 * 3 and set(mood["agent"]) == {"industry"}
    last = mood[mood["quarter"] == "2023Q3"].set_index("seed")["value"]
    assert last.to_dict() == load(done.folder).set_index("seed")["sentiment"].to_dict()


def test_an_empty_folder_holds_no_results(tmp_path):
    with pytest.raises(BadInput, match="no results of a sweep here"):
        load(tmp_path)
    assert not Store(tmp_path).planned and Store(tmp_path).done() == set()


def test_a_worker_that_does_not_see_the_folder_says_so(tmp_path):
    with pytest.raises(BadInput, match=f"does not see .*{MANIFEST}: workers need a folder that all machines share"):
        worker.run_batch(str(tmp_path), 0)
