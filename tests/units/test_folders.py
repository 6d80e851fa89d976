"""Names that become folders are plain ones, and square brackets in names, folders and texts are never markup."""

import pytest
from typer.testing import CliRunner

from abm.errors import BadInput
from experiments import reference
from experiments.analysis.answers import Work
from experiments.analysis.attribution import question as attribution
from experiments.analysis.sensitivity_answer import _sensitivity_question
from experiments.cli import app
from experiments.console import console
from experiments.engine.question import Question
from experiments.folders import is_plain, make_folder, plain
from tests.marks import mostly_slow

ASKED = {"question": "?", "world": "tutorial", "outcomes": ["served_revenue"], "seeds": 2, "quarters": 2}
NOT_PLAIN = [
    "../../../x",
    "/elsewhere/x",
    "..",
    ".",
    "",
    "-rf",
    "a\0b",
    "a/b",
    "a\\b",
    " a",
    "a ",
    "a.",
    ".hidden",
    "x" * 101,
    "a\nb",
    "con:",
    "a[/x]",
]


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_a_name_that_would_choose_a_place_is_refused(name):
    with pytest.raises(BadInput, match="question: name: .* is not allowed, because results lie in a folder of that name") as refused:
        Question.read({**ASKED, "name": name})
    assert "\0" not in str(refused.value)


@pytest.mark.parametrize("name", ["yolo-capacity", "A b_c.2", "x", "x" * 100, "Größe 1", "1"])
def test_a_plain_name_is_taken(name):
    assert Question.read({**ASKED, "name": name}).name == name and is_plain(name)


@pytest.mark.parametrize("text", [*NOT_PLAIN, "my question (1)", "a" * 300, "???"])
def test_any_text_can_be_made_a_plain_name(text):
    assert is_plain(plain(text, "question"))


def test_a_file_without_a_name_in_it_is_called_as_nearly_as_can_be(tmp_path):
    path = tmp_path / "my question (1).toml"
    path.write_text('question = "?"\nworld = "tutorial"\noutcomes = ["served_revenue"]\n', encoding="utf-8")
    assert Question.read(path).name == "my question -1"


def test_names_of_analyses_are_plain_whatever_the_world_is_called():
    for world in ("tutorial", "/elsewhere/[a] (b)/", ".."):
        assert is_plain(Question.read(attribution(world)).name)
    assert is_plain(_sensitivity_question("tutorial", "morris", "served_revenue", (), 2, Work()).name)


def test_only_a_shipped_question_has_a_reference_result(tmp_path):
    with pytest.raises(BadInput, match="no shipped question is called '../x'"):
        reference.make("../x", out=tmp_path)


def test_a_folder_that_has_no_name_is_refused(tmp_path):
    with pytest.raises(BadInput, match="nothing can be written there"):
        make_folder(tmp_path / "a\0b" / "c", "--out")


@pytest.mark.slow
@pytest.mark.parametrize("folder", mostly_slow(["a[/x]", "[bold]", "[/]"], ["a[/x]"]))
def test_brackets_in_a_folder_are_text(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    question = tmp_path / "[red]q.toml"
    question.write_text(
        'question = "[/b]?"\nworld = "tutorial"\noutcomes = ["served_revenue"]\nseeds = 2\nquarters = 2\n', encoding="utf-8"
    )
    ran = CliRunner().invoke(app, ["sweep", "./[red]q.toml", "--out", folder, "--workers", "1"])
    assert ran.exit_code == 0 and f"runs are stored in {folder}/" in ran.output
    ran = CliRunner().invoke(app, ["run", "tutorial", "--worlds", "2", "--quarters", "2", "--workers", "1", "--runs", folder])
    assert ran.exit_code == 0 and f"Report: {folder}/" in ran.output


def test_what_is_said_on_a_terminal_is_never_markup(capsys):
    console().print("[bold]a[/x] [link=file:///]b")
    assert capsys.readouterr().out == "[bold]a[/x] [link=file:///]b\n"
