"""A sweep as jobs of SLURM, with its two commands played by scripts: the jobs Dask writes are run as they are, on this machine."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.engine import sweep
from experiments.engine.store import load

ROOT = Path(__file__).resolve().parents[2]
ASKED = """
question = "What do jobs find?"
world = "archetypes-2023q1"
outcomes = ["systemic_event"]
seeds = 16
quarters = 4
[levers]
"lab.risk_appetite" = [0.1, 0.5, 0.9]
"cloud.build_lag" = [4, 6]
"""
SBATCH = """#!/bin/sh
echo "job" >> "{folder}/submitted"
setsid bash "$1" > "{folder}/job.$$.log" 2>&1 &
echo "$!" >> "{folder}/running"
echo "Submitted batch job $!"
"""
SCANCEL = """#!/bin/sh
for job in "$@"; do kill -- "-$job" 2>/dev/null; echo "$job" >> "{folder}/cancelled"; done
exit 0
"""
CONFIGURED = {
    "DASK_JOBQUEUE__SLURM__CORES": "1",
    "DASK_JOBQUEUE__SLURM__PROCESSES": "1",
    "DASK_JOBQUEUE__SLURM__MEMORY": "2GB",
    "DASK_JOBQUEUE__SLURM__INTERFACE": "lo",
    "DASK_JOBQUEUE__SLURM__WALLTIME": "00:10:00",
}


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """A folder in which `sbatch` and `scancel` note what they were asked."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, text in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        (commands / name).write_text(text.format(folder=tmp_path), encoding="utf-8")
        (commands / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    for name, value in CONFIGURED.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.mark.slow
def test_jobs_of_slurm_run_a_sweep_and_are_cancelled_when_it_is_done(slurm):
    pytest.importorskip("dask_jobqueue")
    if not Path("/sys/class/net/lo").exists():
        pytest.skip("jobs need a network of this machine's own")
    question = slurm / "question.toml"
    question.write_text(ASKED, encoding="utf-8")
    command = [sys.executable, "-m", "experiments.cli", "sweep", str(question), "--engine", "dask-slurm", "--workers", "2"]
    ran = subprocess.run([*command, "--out", str(slurm / "jobs")], cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stderr + "".join(log.read_text() for log in slurm.glob("job.*.log"))
    assert len((slurm / "submitted").read_text().split()) == 2
    assert set((slurm / "cancelled").read_text().split()) == set((slurm / "running").read_text().split())
    here = sweep.sweep(question, out=slurm / "here", workers=1, quiet=True)
    assert load(next((slurm / "jobs").iterdir())).equals(load(here.folder))
