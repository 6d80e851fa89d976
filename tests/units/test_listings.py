"""What there is, listed: every shock, outcome and measure with its unit and meaning, as text, as CSV and as JSON."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from abm.model import Industry
from abm.shocks import SHOCKS
from agents.world_files.folder import load_world
from experiments import completion
from experiments.catalogue import measure_rows, outcome_rows, shock_rows
from experiments.cli import COMMANDS, app


def called(*arguments):
    return CliRunner().invoke(app, list(arguments))


def test_the_outcomes_listed_are_those_that_a_run_has():
    industry = Industry(load_world("tutorial"), worlds=1)
    industry.step()
    assert {row.name for row in outcome_rows()} == set(industry.record.outcomes(industry).columns) - {"world"}
    assert {row.name for row in measure_rows()} == {name for _, name in industry.record.measures}


@pytest.mark.parametrize("rows", [outcome_rows(), measure_rows(), shock_rows()], ids=["outcomes", "measures", "shocks"])
def test_every_entry_has_a_meaning(rows):
    assert all(row.meaning.strip() for row in rows)


def test_shocks_call_a_length_duration_and_an_amount_size():
    keys = {name: set(group.declared()) for name, group in SHOCKS.items()}
    assert keys["stall"] == keys["funding_stop"] == {"duration"}
    assert keys["rate_shock"] == keys["demand_shortfall"] == {"size"}


def test_an_example_of_a_shock_can_be_run():
    from experiments.inputs import read_shock

    for row in shock_rows():
        if row.example:
            assert read_shock(row.example.removeprefix('--shock "').removesuffix('"'))["name"] == row.name


@pytest.mark.parametrize("command", ["parameters", "shocks", "outcomes", "measures"])
def test_a_list_is_csv_or_json_as_asked(command):
    rows = json.loads(called(command, "--json").output)
    table = list(csv.DictReader(io.StringIO(called(command, "--csv").output)))
    assert len(rows) == len(table) > 7 and [row["name"] for row in rows] == [row["name"] for row in table]
    assert called(command, "no such thing").exit_code == 2


def test_help_stands_in_groups_with_examples_and_one_letter():
    said = called("-h").output
    places = [said.index(f"{title}:") for title in COMMANDS]
    assert places == sorted(places) and "Other:" not in said
    assert "Examples:" in called("run", "-h").output
    assert "new" in called("world").output and "Usage" in called("world").output
    assert called("--version").output.startswith("overreach 0.")


class Line:
    """What a shell says of the line so far."""

    def __init__(self, *args, **params):
        self.args, self.params = args, params


def test_a_shell_completes_worlds_firms_parameters_outcomes_and_runs(tmp_path):
    assert completion.worlds("tut") == ["tutorial"]
    assert "OpenAI" in completion.firms(Line(world="industry-2026q3"), "open")
    assert completion.firms(Line(world="nowhere"), "") == []
    assert "OpenAI" in completion.firms(Line("industry-2026q3", world=None), "Op")
    assert completion.deals(Line(world="tutorial"), "") == ["Lab,"]
    assert completion.deals(Line(world="tutorial"), "Lab,") == ["Lab,Cloud,"]
    assert "cone.width=" in completion.settings(Line(world="tutorial"), "cone.w")
    assert "lab.Lab." in completion.settings(Line(world="tutorial"), "lab.La")
    assert "crisis" in completion.outcomes("cris") and "stall@" in completion.shocks("st")
    assert completion.measures("revenue,p10") == ["revenue,p10_coverage"]
    assert "demand_shortfall.size" in completion.levers(Line(), "demand")
    (tmp_path / "abc").mkdir()
    (tmp_path / "abc" / "manifest.json").touch()
    assert completion.runs(Line(runs=tmp_path), "a") == ["abc"]
    assert completion.runs(Line(runs=tmp_path / "gone"), "a") == []


def test_a_world_of_ones_own_has_comments_in_each_file_and_is_the_same_world(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = called("world", "new", "my-world", "--from", "tutorial")
    assert made.exit_code == 0 and "overreach run ./my-world" in made.output
    files = list((tmp_path / "my-world").iterdir())
    assert len(files) == 4 and all(file.read_text(encoding="utf-8").startswith("# ") for file in files)
    own, shipped = load_world("./my-world"), load_world("tutorial")
    assert own.tranches == shipped.tranches and own.names == shipped.names
    assert "is there already" in called("world", "new", "my-world").output
    assert "did you mean 'tutorial'" in called("world", "new", "other", "--from", "tutoria").output
    assert "write ./my-world" in called("run", "my-world").output


def test_a_comment_keeps_the_numbers_of_lines(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    called("world", "new", "w")
    path = tmp_path / "w" / "debt.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Bank,Cloud,30", "Bank,Cloud,x"), encoding="utf-8")
    line = path.read_text(encoding="utf-8").splitlines().index(next(row for row in path.read_text().splitlines() if ",x," in row)) + 1
    assert f"debt.csv line {line}: usd_bn = 'x'" in called("run", "./w").output


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("run", "tutorial", "--seeds", "5"), "'--worlds'"),
        (("run", "tutorial", "--set", "OpenAI.risk_appetite=.4"), "unknown name"),
        (("run", "industry-2026q3", "--set", "OpenAI.risk_appetite=.4"), "'lab.OpenAI.risk_appetite'"),
        (("run", "tutorial", "--set", "cloud.life=4"), "cloud.accounting_life"),
        (("breakpoint", "industry-2026q3", "--lever", "OpenAI.risk_appetite", "--until", "crisis > 0"), "'lab.OpenAI.risk_appetite'"),
    ],
)
def test_a_suggestion_suggests_the_right_thing(tmp_path, monkeypatch, arguments, hint):
    monkeypatch.chdir(tmp_path)
    said = called(*arguments)
    assert said.exit_code == 2 and hint in said.output, said.output


@pytest.mark.slow
def test_a_real_shell_gets_the_firms_of_the_world_on_its_line():
    line = "overreach exposures industry-2026q3 --to Op"
    asked = {**os.environ, "_OVERREACH_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": "4"}
    script = "import sys; sys.argv = ['overreach']; from experiments.cli import main; main()"
    said = subprocess.run([sys.executable, "-c", script], env=asked, capture_output=True, text=True, check=False)
    assert said.stdout.split("\n")[0].startswith("OpenAI"), said.stderr
