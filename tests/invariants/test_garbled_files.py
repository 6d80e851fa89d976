"""Files with something wrong in them are taken or refused in one sentence: a few of the ten thousand that `make fuzz` draws."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import files
from tests.fuzz.night import SIZES, sizes

SEED = 0
FINE = ("taken", "refused")


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 200, 25))
def test_mutated_world_files_run_or_are_refused_in_one_sentence(first, tmp_path):
    said = {number: files.world(number, SEED, tmp_path / "world") for number in range(first, first + 25)}
    assert {number: text for number, text in said.items() if not text.startswith(FINE)} == {}
    assert any(text == "taken" for text in said.values()) and any(text != "taken" for text in said.values())


def test_mutated_questions_are_laid_out_or_refused_in_one_sentence():
    said = {number: files.question(number, SEED) for number in range(150)}
    assert {number: text for number, text in said.items() if not text.startswith(FINE)} == {}
    assert any(text == "taken" for text in said.values()) and any(text != "taken" for text in said.values())


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 40, 20))
def test_garbled_results_give_the_right_numbers_or_a_sentence(first, tmp_path):
    whole = files.finished(tmp_path / "whole")
    said = {number: files.garbled(number, SEED, whole, tmp_path / "copy") for number in range(first, first + 20)}
    assert {number: text for number, text in said.items() if not text.startswith(FINE)} == {}


WRONG = {
    "a value that is no number": ("world.toml", "cash = 6.0", "cash = nan"),
    "a whole number without end": ("world.toml", "cash = 6.0", f"cash = 1{'0' * 400}"),
    "a name of a hundred thousand letters": ("contracts.csv", "Lab,Cloud", f"{'x' * 100_000},Cloud"),
    "a zero byte": ("contracts.csv", "Lab,Cloud", "Lab\0,Cloud"),
    "nested tables without end": ("world.toml", "[structure]", f"x = {'[' * 5000}{']' * 5000}\n[structure]"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_one_short_sentence(case, tmp_path):
    import shutil

    from agents.world_files.folder import load_world
    from agents.world_files.shipped import SHIPPED

    file, old, new = case
    shutil.copytree(SHIPPED / "tutorial", tmp_path / "world")
    path = tmp_path / "world" / file
    assert old in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert files.outcome(lambda: load_world(tmp_path / "world")).startswith("refused: ")


def test_the_night_is_as_long_as_was_promised():
    assert (SIZES["worlds"], SIZES["settings"], SIZES["questions"], SIZES["stored"]) == (10_000, 500, 500, 500)
    assert sizes(1)["corners"] > 400


@pytest.mark.slow
def test_the_command_of_the_night_runs_its_draws_in_processes_of_its_own():
    words = [sys.executable, "-m", "tests.fuzz", "--seed", "7", "--part", "questions", "--share", "0.006", "--workers", "1"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    first, last = done.stdout.splitlines()
    assert (done.returncode, first, done.stderr) == (0, "seed 7", "")
    assert last.startswith("questions: ") and sum(map(int, re.findall(r"(\d+) (?:taken|refused)", last))) == 3
