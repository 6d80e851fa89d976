"""The English that users read, as far as a machine can judge it: percent signs, length of sentences and lines, names of identifiers."""

import re
from pathlib import Path

import numpy as np
import pytest

from experiments import reference
from experiments.analysis.findings import Estimate
from experiments.analysis.outcomes import SAID, outcome
from experiments.analysis.sweep_answer import answer, gather, in_short
from experiments.declarations import declarations
from experiments.engine.question import Question, shipped
from experiments.engine.sweep import sweep

ROOT = Path(__file__).resolve().parents[2]
MOST_WORDS, MOST_CELL, MOST_LINE = 45, 60, 450  # of a sentence, words of a cell of a table, characters of a line
PAGES = [ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in ("reading_results", "experiments", "ui", "world_files"))]
RESULTS = sorted((ROOT / "results").glob("*/README.md"))
NEW = "## How it was asked"  # in pages made since their sentences are judged
RIDDLES = ("not to be told from zero", "changes that were looked at", "what moves it most is", "; being the ", "all yolo")


def prose(text):
    """A page without code, links' targets and what stands between backticks."""
    text = re.sub(r"```.*?```", "", text, flags=re.S)
    return re.sub(r"`[^`]*`", "`", re.sub(r"\]\([^)]*\)", "]", text))


def sentences(text):
    return re.split(r"(?<=[^.\d][.?!])\s+(?=[A-Z\"*])", " ".join(text.split()))


def judged(text):
    """What is wrong with a text that a user reads."""
    glued = re.findall(r".{0,30}\d%", text)
    riddles = [riddle for riddle in RIDDLES if riddle in text.lower()]
    return glued + riddles


def long_ones(found):
    return [sentence for sentence in found if len(sentence.split()) > MOST_WORDS]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The sweep of a small question with an uncertain answer, gathered."""
    asked = {
        "name": "small", "question": "How many?", "world": "tutorial", "seeds": 4, "quarters": 12,
        "outcomes": ["crisis", "labs_defaulted", "welfare", "credit_loss", "frontier", "break_even_year"],
        "levers": {"n_bold": {"0": {}, "1": {"lab.risk_appetite": 0.98}}, "technology.chip_life": [3, 8]},
        "labels": {"n_bold": "number of bold labs", "technology.chip_life": "life of chips in years"},
    }  # fmt: skip
    return gather(sweep(asked, tmp_path_factory.mktemp("told"), workers=1, quiet=True).folder)


def test_sentences_of_an_answer_are_short_and_say_levers_by_their_labels(told):
    said = [in_short(told), *(text for _, part in answer(told) for text in part)]
    assert [text for text in said if judged(text) or re.search(r"n_bold|chip_life|_defaulted|nan", text)] == []
    assert long_ones(sentence for text in said for sentence in sentences(text)) == []
    assert all(text[0].isupper() or text[0].isdigit() for text in said) and all(text.endswith(".") for text in said)


def test_a_reference_page_has_no_long_lines_outside_its_table(told):
    told_as_shipped = told._replace(question=told.question)
    page = reference.page("yolo-capacity", told_as_shipped, [])
    assert [line for line in page.splitlines() if len(line) > MOST_LINE and not line.startswith("|")] == []
    assert judged(prose(page)) == []


def test_every_number_has_its_unit_and_every_change_its_sign():
    change = Estimate(0.25, 0.1, 0.4, 9)
    for name in SAID:
        item = outcome(name)
        said, moved = item.change(change), item.change(Estimate(-0.25, -0.4, -0.1, 9))
        assert said.startswith("+") and moved.startswith("-"), name
        assert "(+" in said and " to +" in said and "(-" in moved and " to -" in moved, name
        unit = {"x": "x", "$bn": "$"}.get(item.unit, "point" if item.is_share else item.unit.split()[0])
        assert unit in said, name
    assert outcome("welfare").amount(2061.0) == "$2.1tn" and outcome("welfare").amount(-3.0) == "-$3.0bn"
    assert outcome("crisis").amount(0.125) == "12 %" and outcome("peak_circularity").amount(0.375) == "38 %"
    assert outcome("labs_defaulted").moved(Estimate(-1.5, -2.0, -1.0, 9)) == ("lowers", "1.5 labs (1.0 to 2.0)")
    assert outcome("welfare").change(Estimate(np.nan, np.nan, np.nan, 0)) == "-"


def test_the_text_of_every_shipped_question_is_readable():
    for name in shipped():
        question = Question.read(name)
        number, design = reference._opening(name)
        assert re.fullmatch(r"E\d+: ", number) and design[0].isupper() and design.endswith("."), name
        assert long_ones(sentences(prose(design))) == [] and judged(design) == [], name
        named = [lever for lever in question.levers if lever in question.labels]
        assert named == list(question.levers), f"{name}: every lever has a label"
        assert question.question.endswith("?"), name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_have_no_endless_lines_cells_or_percent_signs_without_a_space(path):
    text = path.read_text(encoding="utf-8")
    assert judged(prose(text)) == []
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert [line for line in text.splitlines() if len(line) > MOST_LINE] == []
    assert [cell for line in tables for cell in line.split("|") if len(cell.split()) > MOST_CELL] == []


@pytest.mark.parametrize("path", [path for path in RESULTS if NEW in path.read_text(encoding="utf-8")], ids=lambda path: path.parent.name)
def test_pages_of_results_are_readable(path):
    text = path.read_text(encoding="utf-8")
    assert judged(prose(text)) == []
    said = [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")]
    assert long_ones(sentence for text in said for sentence in sentences(prose(text))) == []
    assert [text for text in said if re.search(r"\b[a-z]+_[a-z_]+\b", prose(text))] == []


def test_the_readme_answers_with_a_number_in_its_first_ten_lines():
    first = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:10])
    assert "answer" in first.lower() and re.search(r"\d+ % \(.*\d+ to \d+ %\)", first, flags=re.S)


def test_meanings_stand_alone():
    rows = [(row.name, row.meaning) for row in declarations()]
    pronouns = [(name, text) for name, text in rows if re.match(r"(its|their|the same|as above)\b(?! fleet)", text) and "." in name]
    assert [row for row in pronouns if not row[0].startswith(("lab.", "cloud.", "vendor.", "investor.", "lender."))] == []
    assert [row for row in rows if re.search(r"\d%|\bmood\b", row[1])] == []
