"""Whatever happens to a sweep, what it leaves is whole, and the same command goes on until the tables are the same bytes."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.engine import sweep
from experiments.engine.store import load

ROOT = Path(__file__).resolve().parents[2]
ASKED = {
    "name": "crash",
    "question": "What survives?",
    "world": "archetypes-2023q1",
    "outcomes": ["systemic_event"],
    "seeds": 24,
    "quarters": 6,
    "levers": {"lab.risk_appetite": [0.1, 0.9]},
    "uncertainties": {"cone.width": {"low": 0.5, "high": 1.5}},
    "design": {"points": 4},
    "series": ["sentiment"],
}
RUNS = 192
SCRIPT = """
import resource, signal, sys
from experiments.engine import store, sweep
if __name__ == "__main__":
    sweep.worlds_per_batch = lambda probe, quarters: 6
    out, workers, engine, limit = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    write, written = store.Store.write_part, []
    def write_part(self, *part):
        if limit and len(written) == limit:  # from here on no file can grow beyond a few bytes: as good as a full disk
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        written.append(write(self, *part))
    store.Store.write_part = write_part
    try:
        sweep.sweep({asked}, out=out, workers=workers, engine=engine)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    path = tmp_path_factory.mktemp("script") / "run_sweep.py"
    path.write_text(SCRIPT.replace("{asked}", repr(ASKED)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def undisturbed(script, tmp_path_factory):
    """The tables of a sweep that nothing happened to, run by one process."""
    out = tmp_path_factory.mktemp("undisturbed")
    assert start(script, out, 1).wait() == 0
    return tables(out)


def start(script, out, workers, engine="local", limit=0):
    command = [sys.executable, str(script), str(out), str(workers), engine, str(limit)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, text=True)


def tables(out):
    folder = next(path.parent for path in out.glob("*/points.parquet"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def parts(out):
    return len(list(out.glob("*/runs/part-*.parquet")))


def until(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened for too long"
        time.sleep(0.02)


def children(pid):
    """Processes that were started by a process, by the system's own table."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        found += [int(path.parent.name)] if parent == pid else []
    return found


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_three_random_moments_and_resumed_the_tables_are_byte_identical(script, undisturbed, tmp_path, workers):
    luck = random.Random(workers)
    for _ in range(3):
        running, before = start(script, tmp_path, workers), parts(tmp_path)
        until(lambda: parts(tmp_path) > before or running.poll() is not None)  # noqa: B023
        time.sleep(luck.uniform(0, 0.5))
        running.kill()
        running.wait()
    assert 0 < parts(tmp_path) < RUNS / 6
    assert start(script, tmp_path, 3 - workers).wait() == 0  # with another number of workers
    assert tables(tmp_path) == undisturbed
    assert list(tmp_path.rglob("*.tmp")) == []


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the worker in the system's table of processes")
def test_a_killed_worker_costs_nothing_but_its_batch(script, undisturbed, tmp_path):
    running = start(script, tmp_path, 2)
    until(lambda: parts(tmp_path) > 2)
    os.kill(random.Random(1).choice(workers_of(running)), signal.SIGKILL)
    assert running.wait() == 0, running.stdout.read()
    assert tables(tmp_path) == undisturbed


def workers_of(running):
    """Worker processes: forked off the server that has imported what they need, or else started by the sweep itself."""
    mine = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children(running.pid)}
    servers = [pid for pid, command in mine.items() if b"forkserver" in command]
    return [pid for server in servers for pid in children(server)] + [pid for pid, command in mine.items() if b"spawn_main" in command]


def is_at_work(pid):
    """Whether a process is there and not only its entry in the table, which stays until somebody asks how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the workers in the system's table of processes")
def test_ctrl_c_stops_at_once_leaves_nobody_behind_and_the_same_command_goes_on(script, undisturbed, tmp_path):
    running = start(script, tmp_path, 2)
    until(lambda: parts(tmp_path) > 1)
    workers = workers_of(running)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does, to all of them
    assert running.wait(timeout=60) == 130, running.stdout.read()
    until(lambda: not any(map(is_at_work, workers)), 10)
    assert parts(tmp_path) < RUNS / 6
    assert start(script, tmp_path, 1).wait() == 0
    assert tables(tmp_path) == undisturbed


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the workers in the system's table of processes")
def test_workers_do_not_outlive_a_sweep_that_was_killed(script, tmp_path):
    running = start(script, tmp_path, 2)
    until(lambda: parts(tmp_path) > 0)
    workers = workers_of(running)
    assert workers
    running.kill()
    running.wait()
    until(lambda: not any(map(is_at_work, workers)), 10)


@pytest.mark.slow
def test_a_second_sweep_into_the_same_folder_is_refused_while_the_first_runs(script, undisturbed, tmp_path):
    first = start(script, tmp_path, 1)
    until(lambda: parts(tmp_path) > 0)
    second = start(script, tmp_path, 1)
    said = second.communicate()[0]
    assert second.returncode != 0 and f"process {first.pid} on" in said and "is already sweeping here" in said
    assert first.wait() == 0
    assert tables(tmp_path) == undisturbed


@pytest.mark.slow
def test_a_full_disk_is_an_error_and_no_torn_table(script, undisturbed, tmp_path):
    running = start(script, tmp_path, 1, limit=5)
    said = running.communicate()[0]
    assert running.returncode != 0 and "OSError" in said
    assert "30 runs are stored whole in" in said and "the same command goes on from there" in said
    assert list(tmp_path.rglob("*.tmp")) == []
    left = tables(tmp_path)
    assert left.items() <= undisturbed.items() and parts(tmp_path) == 5
    assert start(script, tmp_path, 1).wait() == 0
    assert tables(tmp_path) == undisturbed


@pytest.mark.slow
def test_on_a_dask_cluster_of_processes_one_of_which_is_killed_the_tables_are_the_same(undisturbed, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(sweep, "worlds_per_batch", lambda probe, quarters: 6)
    with distributed.LocalCluster(n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        pids = distributed.Client(cluster).run(os.getpid)
        landed = []
        monkeypatch.setattr(sweep, "reporter", killing(next(iter(pids.values())), landed))
        done = sweep.sweep(ASKED, out=tmp_path, engine=cluster.scheduler_address.replace("tcp://", "dask://"))
    assert done.finished and done.runs == RUNS and landed
    assert tables(tmp_path) == undisturbed


def killing(pid, landed):
    """A reporter that kills a worker once a few batches have landed."""
    from contextlib import contextmanager

    @contextmanager
    def reporter(*_):
        def report(stored, failed, workers):
            if stored >= RUNS / 4 and not landed:
                os.kill(pid, signal.SIGKILL)
                landed.append(stored)

        yield report

    return reporter


@pytest.mark.slow
def test_the_runs_are_the_same_however_they_are_cut_into_batches(script, undisturbed, tmp_path):
    done = sweep.sweep(ASKED, out=tmp_path / "large", workers=1, quiet=True)
    assert start(script, tmp_path / "small", 1).wait() == 0
    for table in ("runs", "series"):
        large, small = load(done.folder, table), load(tmp_path / "small", table)
        assert large.equals(small.astype(large.dtypes.to_dict()))


@pytest.mark.slow
def test_a_scheduler_that_is_lost_is_named_with_what_is_stored_and_the_same_command_goes_on(undisturbed, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(sweep, "worlds_per_batch", lambda probe, quarters: 6)
    at = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    scheduler = subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", address, "--no-dashboard"], **at)
    worker = subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1"], **at)
    landed: list = []
    monkeypatch.setattr(sweep, "reporter", killing(scheduler.pid, landed))
    try:
        with pytest.raises(
            ConnectionError, match=r"the Dask scheduler.* is lost: the sweep stopped; \d+ runs are stored whole in .* goes on"
        ):
            sweep.sweep(ASKED, out=tmp_path, engine=address.replace("tcp://", "dask://"))
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()
    monkeypatch.undo()
    monkeypatch.setattr(sweep, "worlds_per_batch", lambda probe, quarters: 6)
    assert landed and sweep.sweep(ASKED, out=tmp_path, workers=1, quiet=True).runs == RUNS
    assert tables(tmp_path) == undisturbed
