"""What a command is told twice, or cannot mean, is refused: it would be passed over in silence otherwise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from abm.errors import BadInput
from experiments.analysis.answers import Work
from experiments.analysis.attribution import read_mechanisms
from experiments.analysis.conditions import Condition
from experiments.analysis.sensitivity_answer import _sensitivity_question

ROOT = Path(__file__).resolve().parents[2]


def test_a_mechanism_may_have_two_settings_but_not_one_of_them_twice():
    assert read_mechanisms(["a:cone.width=1", "a:cone.fading=0"]) == {"a": {"cone.width": 1, "cone.fading": 0}}
    with pytest.raises(BadInput, match="--mechanism a:cone.width is given twice"):
        read_mechanisms(["a:cone.width=1", "a:cone.width=1.2"])


def test_a_range_is_given_once():
    with pytest.raises(BadInput, match="--vary cone.width is given twice"):
        _sensitivity_question("tutorial", "morris", "crisis", ("cone.width=0.5:1", "cone.width=0.6:1"), 2, Work())


def test_a_condition_compares_with_a_number_that_there_is():
    assert Condition.read("crisis > 1e300").holds({"crisis": [1.0]}).tolist() == [False]
    with pytest.raises(BadInput, match="'crisis > 1e999' is not a condition"):
        Condition.read("crisis > 1e999")


@pytest.mark.slow
def test_a_name_that_a_console_cannot_show_does_not_end_a_finished_command(tmp_path):
    """Consoles and pipes of some systems hold few signs."""
    words = [sys.executable, "-m", "experiments.cli", "world", "new", str(tmp_path / "w\u00e9lt \u2192")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(words, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "w\u00e9lt \\u2192".encode("cp1252") in done.stdout
