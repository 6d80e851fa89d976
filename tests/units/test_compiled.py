"""Compiled rules: kept on disk for the very text they come from, and readable by a debugger."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from abm.engine.compiled import _version

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import hashlib, numpy as np
from abm.model import Industry
from agents.world_files.folder import load_world
few = {"customers.enterprises": 60, "customers.cohorts": 6}
model = Industry(load_world("tutorial"), rng=3, parameters=few).run(6)
print([f"{values.sum():.9e}" for values in (model.labs.revenue, model.customers.spend, model.customers.main_share, model.customers.wait)])
"""


def said(folder, **surroundings):
    """What a run of six quarters prints in a process of its own, and its complaints."""
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


@pytest.mark.slow
def test_a_tutorial_world_runs_in_plain_python_and_says_the_same(tmp_path):
    assert said(tmp_path, NUMBA_DISABLE_JIT="1") == said(tmp_path) != ("", "")


@pytest.fixture
def copied(tmp_path):
    for room in ("abm", "agents"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.parametrize(("name", "counts"), [
    ("agents/customer_transit.py", True),  # a compiled rule
    ("abm/clock.py", True),  # a number that compiled rules use
    ("abm/measures/record.py", False),
])  # fmt: skip
def test_what_is_kept_belongs_to_the_rules_and_to_what_they_import(copied, name, counts):
    before = _version(copied)
    assert before == _version(ROOT)
    with (copied / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert (_version(copied) != before) == counts


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_said_and_rules_work(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    answer, complaint = said(tmp_path, XDG_CACHE_HOME=str(blocked), NUMBA_DISABLE_JIT="1")
    assert "rules are compiled anew in every process" in complaint and answer == said(tmp_path)[0]
