"""Names, links and folders that lead nowhere are refused in one sentence; nothing that a user wrote is left out in silence."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from abm.errors import BadInput
from agents.world_files.folder import load_world
from agents.world_files.shipped import SHIPPED
from experiments import runs
from experiments.cli import app
from experiments.inputs import Inputs

LONG = "x" * 300  # longer than any file system allows
SMALL = Inputs("tutorial", worlds=1, quarters=1)


def copied(tmp_path):
    return Path(shutil.copytree(SHIPPED / "tutorial", tmp_path / "world"))


def _a_folder(path):
    path.mkdir()


def _a_link_to_nothing(path):
    path.symlink_to("nowhere.csv")


def _a_link_to_itself(path):
    path.symlink_to(path.name)


@pytest.mark.parametrize("put", [_a_folder, _a_link_to_nothing, _a_link_to_itself])
def test_a_file_of_a_world_that_cannot_be_read_is_not_left_out_in_silence(put, tmp_path):
    folder = copied(tmp_path)
    (folder / "debt.csv").unlink()
    put(folder / "debt.csv")
    with pytest.raises(BadInput, match=r"world/debt\.csv: cannot be read: "):
        load_world(folder)


def test_a_file_of_a_world_in_capitals_is_not_left_out_in_silence(tmp_path):
    folder = copied(tmp_path)
    (folder / "debt.csv").rename(folder / "debt.CSV")
    with pytest.raises(BadInput, match=r"debt\.CSV: is not a file of a world; did you mean 'debt\.csv'\?"):
        load_world(folder)


@pytest.mark.parametrize(
    "arguments",
    [
        ("world", "new", LONG),
        ("run", "tutorial", "--worlds", "1", "--quarters", "1", "--out", LONG),
        ("compare", LONG, LONG),
        ("story", LONG),
    ],
    ids=lambda words: words[0],
)
def test_a_name_too_long_for_the_file_system_is_refused_in_one_sentence(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, result.output.count("\n")) == (2, 1), result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["two\nlines", "a bell \x07", "turned \u202e round"])
def test_a_world_of_ones_own_has_a_name_that_can_be_printed(name, tmp_path):
    """Its files say in a comment how to run it, and a comment ends with its line."""
    result = CliRunner().invoke(app, ["world", "new", str(tmp_path / name)])
    assert (result.exit_code, result.output.count("\n")) == (2, 1), result.output
    assert "cannot be printed" in result.output and list(tmp_path.iterdir()) == []


def test_a_message_shows_signs_that_would_steer_a_terminal_as_text():
    assert str(BadInput("a\x1b[31m\x9b2J\u202e\u2028é")) == "a\\x1b[31m\\x9b2J\\u202e\\u2028é"


@pytest.mark.slow
def test_a_run_whose_manifest_is_damaged_is_made_again(tmp_path):
    done = runs.run(SMALL, root=tmp_path)
    (done.path / runs.MANIFEST).write_text("{", encoding="utf-8")
    again = runs.run(SMALL, root=tmp_path)
    assert again.manifest == done.manifest == json.loads((done.path / runs.MANIFEST).read_text(encoding="utf-8"))


@pytest.mark.slow
def test_of_two_processes_that_end_the_same_run_at_once_both_succeed(tmp_path, monkeypatch):
    """What the other one wrote appears just before this one names its folder."""
    there, rename = [], Path.rename

    def late(whole, path):
        if whole.suffix == ".partial" and not there:
            there.append(path)
            path.mkdir()
            (path / "of the other process").touch()
        return rename(whole, path)

    monkeypatch.setattr(Path, "rename", late)
    done = runs.run(SMALL, root=tmp_path)
    assert there == [done.path] and [path.name for path in tmp_path.iterdir()] == [done.path.name]
    assert not (done.path / "of the other process").exists()
