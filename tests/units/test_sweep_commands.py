"""The commands about sweeps, from the question to the run behind a row."""

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from abm.errors import BadInput
from experiments.analysis.answers import Work, discover
from experiments.analysis.sensitivity_answer import sensitivity
from experiments.engine import commands
from experiments.engine.store import load, query
from experiments.engine.sweep import sweep

QUESTION = """
question = "Does it matter?"
world = "archetypes-2023q1"
outcomes = ["systemic_event"]
seeds = 2
quarters = 5
[levers]
"lab.risk_appetite" = [0.1, 0.9]
"""


def app():
    found = typer.Typer()
    for name, command in (
        ("sweep", commands.sweep),
        ("report", commands.report),
        ("query", commands.query),
        ("open", commands.open_stored),
    ):
        found.command(name)(command)
    return found


def call(*arguments):
    return CliRunner().invoke(app(), [str(argument) for argument in arguments])


@pytest.mark.slow
def test_a_question_is_swept_asked_and_a_run_of_it_opened(tmp_path):
    file, out = tmp_path / "mine.toml", tmp_path / "results"
    file.write_text(QUESTION, encoding="utf-8")
    swept = call("sweep", file, "--out", out, "--workers", 1)
    assert swept.exit_code == 0 and "4 runs are stored in" in swept.output
    written = swept.output.rpartition("The answer is in ")[2].strip()
    assert "<h1>Does it matter?</h1>" in Path(written).read_text(encoding="utf-8")
    assert call("report", out).output.strip().endswith(written)
    asked = call("query", out, 'select "lab.risk_appetite" as q, count(*) as n from runs group by 1 order by 1', "--csv")
    assert asked.output.split() == ["q,n", "0.1,2", "0.9,2"]
    opened = call("open", out, "--run", load(out)["address"][3][:8])
    assert opened.exit_code == 0 and "world 1: reproduced exactly" in opened.output
    assert "lab.risk_appetite = 0.9" in opened.output and "2023" in opened.output.rpartition("exactly")[2]


def test_a_mistake_is_bad_input_and_leaves_nothing_behind(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(QUESTION.replace("risk_appetite", "risk_apetite"), encoding="utf-8")
    answer = call("sweep", file, "--out", tmp_path / "results")
    assert isinstance(answer.exception, BadInput) and "did you mean 'lab.risk_appetite'" in str(answer.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


@pytest.mark.parametrize(
    ("folder", "made", "said"),
    [
        ("results/stall-shock", "table.csv", "only a page and its table are here, not the runs; `overreach sweep stall-shock` makes them"),
        ("results/stall-shock", None, "no runs are stored here; `overreach sweep stall-shock` makes them"),
        ("elsewhere/stall-shock", "table.csv", "`overreach sweep stall-shock --out elsewhere/stall-shock` makes them"),
        ("stall-shock", None, "`overreach sweep stall-shock` makes them"),
        ("results/mine", "table.csv", "expected sweep.json in it"),
        ("results/stal-shok", None, "there is no folder results/stal-shok; did you mean 'stall-shock'?"),
    ],
)
def test_where_only_a_page_is_stored_the_command_that_makes_the_runs_is_named(tmp_path, monkeypatch, folder, made, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results" / "stall-shock").mkdir(parents=True)
    if made:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / made).touch()
    for ask in (lambda: load(folder), lambda: discover(folder, "systemic_event > 0.5"), lambda: query(folder, "select 1")):
        with pytest.raises(BadInput, match=re.escape(said)):
            ask()
    if made:
        with pytest.raises(BadInput, match=re.escape(said)):
            sensitivity(folder)


@pytest.mark.slow
def test_a_query_without_a_question_and_an_outcome_that_is_no_number_are_refused_in_a_sentence(tmp_path):
    folder = sweep_of_two(tmp_path)
    with pytest.raises(BadInput, match="there is no question in it"):
        query(folder, " ")
    for name in ("address", "failure", "nope"):
        with pytest.raises(BadInput, match=f"unknown outcome '{name}'"):
            sensitivity(folder, "pawn", name)
    with pytest.raises(BadInput, match="sobol needs design.method = 'sobol', not 'lhs'"):
        sensitivity(folder, "sobol", "systemic_event")


def test_a_sample_too_small_for_its_method_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(BadInput, match="5 points are too few for pawn with 10 slices; at least 20"):
        sensitivity("tutorial", "pawn", "served_revenue", points=5, work=Work(tmp_path / "out", workers=1))
    assert not (tmp_path / "out").exists()


def sweep_of_two(folder):
    ranges = {"cloud.capex": {"low": 35, "high": 60}}
    asked = {"question": "?", "world": "tutorial", "outcomes": ["served_revenue"], "seeds": 1, "quarters": 2, "uncertainties": ranges}
    return sweep({**asked, "design": {"points": 20}}, folder, workers=1, quiet=True).folder
