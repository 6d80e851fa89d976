"""The committed reference results: made from runs alone, small, without dates, and what the model gives today."""

import csv
import re

import pytest

from abm.errors import BadInput
from experiments import reference
from experiments.analysis.picture import LARGEST
from experiments.engine.question import Question, shipped
from experiments.engine.sweep import RESULTS

SMALL = "forecast-accuracy"  # the shipped question that is made again here
SEEDS = 6  # of the futures behind the committed result
LEVERS_END = "runs"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("results")
    reference.make(SMALL, out, seeds=SEEDS, workers=1, quiet=True)
    return out


def table(folder):
    """{(levers): {column: number}} of a committed or new table."""
    with (folder / SMALL / reference.TABLE).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    levers = list(rows[0])[: list(rows[0]).index(LEVERS_END)]
    return {tuple(row.pop(lever) for lever in levers): {key: float(value) for key, value in row.items()} for row in rows}


@pytest.mark.slow
def test_a_result_made_again_agrees_with_the_committed_one_within_their_intervals(made):
    before, now = table(RESULTS.resolve()), table(made)
    assert before.keys() == now.keys(), f"make results NAME={SMALL}"
    for cell, old in before.items():
        new = now[cell]
        for name in [key for key in old if f"{key}_low" in old]:
            reach = (old[f"{name}_high"] - old[f"{name}_low"] + new[f"{name}_high"] - new[f"{name}_low"]) / 2
            assert abs(old[name] - new[name]) <= reach, f"{cell} {name}: {old[name]} was, {new[name]} is; make results NAME={SMALL}"


@pytest.mark.slow
def test_a_result_is_a_page_a_small_table_and_a_small_picture_without_a_date(made):
    folder = made / SMALL
    page = (folder / reference.README).read_text(encoding="utf-8")
    question = Question.read(SMALL)
    assert page.startswith("# E15: ") and question.question in page.splitlines()[0]
    assert "**Answer.** " in page and "## How it was asked" in page and f"in {SEEDS} futures each" in page
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b|/tmp/", page)
    assert (folder / reference.FIGURE).stat().st_size < LARGEST and (folder / reference.TABLE).stat().st_size < LARGEST


@pytest.mark.slow
def test_every_number_of_the_answer_has_an_interval_and_the_page_says_how_many_runs(made):
    page = (made / SMALL / reference.README).read_text(encoding="utf-8")
    answer = next(line for line in page.splitlines() if line.startswith("**Answer.**"))
    assert re.search(r"\(.+? to .+?\)", answer) and re.search(r": \d+ runs of 48 quarters, none of which failed", page)


@pytest.mark.slow
def test_the_list_has_a_line_for_every_result_in_the_order_of_the_questions(made):
    (made / "aaa").mkdir(exist_ok=True)
    (made / "aaa" / reference.README).write_text(
        "# E16: Later?\n\n**Answer.** It does by 1.5 points (1 to 2).\n\nMore.\n", encoding="utf-8"
    )
    text = reference.index(made)
    assert text.index("[E15: ") < text.index("[E16: Later?](aaa/README.md)**\nIt does by 1.5 points (1 to 2).\n")


def test_the_size_of_a_reference_stands_in_the_question_file():
    assert reference.sized("stall-shock").seeds == Question.read("stall-shock").reference.seeds
    assert reference.sized("stall-shock", seeds=3).seeds == 3
    assert all(reference.sized(name).seeds >= 2 for name in shipped())


def test_a_question_that_is_not_shipped_is_refused(tmp_path):
    with pytest.raises(BadInput, match="did you mean 'stall-shock'"):
        reference.make("stall-shok", tmp_path)


def test_the_readme_shows_the_stored_answers():
    results = RESULTS.resolve()
    text = (results.parent / "README.md").read_text(encoding="utf-8")
    shown = text.partition(reference.FROM)[2].partition(reference.TO)[0].strip()
    assert shown == reference.headlines(results) and shown.count("**[") == len(reference.HEADLINES)
