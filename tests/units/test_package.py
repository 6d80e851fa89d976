"""What is installed: every file that the packages read travels with them, one door, and no other package's `agents`."""

import ast
import fnmatch
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import overreach
from abm import data
from abm.errors import BadInput
from agents.world_files import shipped
from experiments import neighbours
from experiments.engine import question

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("abm", "agents", "experiments")


def travelling():
    """{package: {folder: patterns}} that setup.py brings along."""
    parsed = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    named = {node.targets[0].id: node.value for node in parsed.body if isinstance(node, ast.Assign)}
    return ast.literal_eval(named["DATA"])


def test_every_file_beside_the_modules_travels_with_its_package():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    kept = [f"{package.replace('.', '/')}/{pattern}" for package, patterns in listed.items() for pattern in patterns]
    beside = [path for room in PACKAGES for path in (ROOT / room).rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    names = [path.relative_to(ROOT).as_posix() for path in beside]
    assert names and [name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in kept)] == []


def test_worlds_and_reference_tables_travel_whole():
    folders = {folder: patterns for own in travelling().values() for folder, patterns in own.items()}
    there = {folder: {path for pattern in patterns for path in (ROOT / folder).glob(pattern)} for folder, patterns in folders.items()}
    assert {path for path in (ROOT / "worlds").rglob("*") if path.is_file()} <= there["worlds"]
    assert {*(ROOT / "results").glob("*/table.csv"), *(ROOT / "results").glob("*/README.md")} <= there["results"]
    assert there["docs"] == {ROOT / "docs/references.bib"}


def test_data_lie_inside_an_installed_package_and_beside_it_in_a_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "files", lambda package: tmp_path / package)
    (tmp_path / "agents").mkdir()
    assert data.data_folder("agents", "worlds") == tmp_path / "worlds"
    (tmp_path / "agents" / "worlds").mkdir()
    assert data.data_folder("agents", "worlds") == tmp_path / "agents" / "worlds"


@pytest.mark.parametrize(("module", "ask"), [(shipped, shipped.worlds), (question, question.shipped)])
def test_an_empty_list_is_an_error_and_not_an_empty_table(module, ask, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SHIPPED", tmp_path / "nothing")
    with pytest.raises(BadInput, match="install overreach again"):
        ask()


def test_the_door_has_what_it_lists_and_nothing_else_in_public():
    assert all(hasattr(overreach, name) for name in overreach.__all__)
    assert {"load_world", "Industry", "Shock", "sweep", "run"} <= set(overreach.__all__)
    assert overreach.load_world("tutorial").name == "tutorial"


@pytest.mark.slow
def test_a_run_says_what_it_is_and_its_tables_carry_units(tmp_path):
    done = overreach.run(overreach.Inputs("tutorial", worlds=2, quarters=2, seed=5), root=tmp_path, work=overreach.Work(workers=1))
    assert repr(done).startswith(f"<Run {done.name} of tutorial: 2 worlds of 2 quarters, seed 5, in ")
    assert done.panel().attrs["units"]["revenue_total"] == "$bn/year" and done.panel(measure="cash").attrs["units"] == {"cash": "$bn"}
    assert done.outcomes().attrs["units"]["credit_loss"] == "$bn" and done.outcomes().attrs["labels"]["crisis"] == "Crisis"
    again = overreach.reproduce(done, 1)
    assert again.outcomes()["credit_loss"].iloc[0] == done.outcomes()["credit_loss"].iloc[1]
    assert again.outcomes().attrs == done.outcomes().attrs and {"plot", "outcomes"} <= set(dir(again))
    assert again.plot.fan("industry_revenue").to_dict()["layer"]


def elsewhere(tmp_path, *arguments):
    """What Python says from a folder where another package named `agents` comes first."""
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text('"""Agents of quite another kind."""\nraise RuntimeError\n')
    surroundings = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    return subprocess.run([sys.executable, *arguments], cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=False)


def test_another_package_named_agents_is_one_clear_sentence_at_import(tmp_path):
    said = elsewhere(tmp_path, "-c", "import overreach").stderr.splitlines()[-1]
    assert said.startswith("ImportError: overreach needs its own package `agents`") and str(tmp_path) in said and "environment" in said


def test_another_package_named_agents_is_no_traceback_on_the_command_line(tmp_path):
    answer = elsewhere(tmp_path, "-m", "experiments.cli", "worlds")
    assert answer.returncode == 1 and answer.stderr.startswith("overreach: ") and len(answer.stderr.splitlines()) == 1


def test_our_agents_are_ours_and_a_folder_of_that_name_without_a_module_is_not(monkeypatch):
    neighbours.refuse_other_agents()
    monkeypatch.setattr(neighbours, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="is not there"):
        neighbours.refuse_other_agents()


@pytest.mark.parametrize("command", ["worlds", "--help"])
def test_what_only_lists_loads_no_model(command):
    code = "import sys; sys.argv[1:] = [sys.argv[1]]\nfrom experiments.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
    code += "heavy = {'mesa', 'scipy', 'pandas', 'altair'} & set(sys.modules)\nsys.exit(f'loaded {heavy}' if heavy else 0)"
    done = subprocess.run([sys.executable, "-c", code, command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-500:]
