"""Outcomes that some runs do not have: said as "never" or "-", never a crash, and counted wherever they are left out."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from abm.errors import BadInput
from experiments.analysis import answers, sensitivity_answer, undefined
from experiments.analysis.conditions import Condition
from experiments.analysis.outcomes import outcome
from experiments.analysis.paired_effects import shares
from experiments.analysis.sensitivity import sampled_from
from experiments.analysis.sweep_answer import gather, how_sure, in_short
from experiments.analysis.sweep_report import sweep_report
from experiments.engine.question import Question
from experiments.engine.store import MANIFEST, QUESTION, Store
from experiments.engine.sweep import sweep
from tests.marks import mostly_slow

UNDEFINED = ["break_even_year", "over_extension_date", "forecast_error", "model_roi", "following_share"]
DATE = "break_even_year"
LABEL = f'"{outcome(DATE).label}"'


def dates(point, seed):
    """Four of five futures break even in year 4 + seed, the fifth never."""
    return {DATE: np.nan if seed == 4 else 4.0 + seed, "served_revenue": 100.0 + point}


def planted(folder, asked, outcomes=dates, seeds=5):
    """A finished sweep of two values of a lever, or of as many samples of an uncertainty, without running anything."""
    import pyarrow as pa

    question, store = Question.read(asked), Store(folder)
    sampled = bool(question.uncertainties)
    places = range(8) if sampled else range(2)
    rows = [
        {
            "address": f"{point:08x}{seed:08x}", "point": point, "combination": 0 if sampled else point, "sample": point if sampled else 0,
            "seed": seed, "cone.width": 0.5 + point / 10, "failure": None, **outcomes(point, seed),
        }
        for point in places for seed in range(seeds)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    about = {"name": "x", "code": "c0de", "runs": len(rows), "outcomes": [], "worlds": {}, "versions": {}}
    store.write_points(pa.Table.from_pandas(table.drop_duplicates("point")))
    store.write_part(0, pa.Table.from_pandas(table))
    store.write_json(QUESTION, question.plain())
    store.write_json(MANIFEST, about)
    return folder


def assert_readable(page):
    """No chart of a page holds what a browser cannot read, and no text says nan."""
    for spec in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page):
        json.loads(spec, parse_constant=pytest.fail)
    assert not re.search(r"\bnan\b", re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.S))


LEVER = {"question": "When?", "world": "tutorial", "outcomes": [DATE], "levers": {"cone.width": [0.5, 0.6]}}
RANGE = {
    "question": "When?", "world": "tutorial", "outcomes": [DATE],
    "uncertainties": {"cone.width": {"low": 0.5, "high": 1.2}}, "design": {"method": "lhs", "points": 8},
}  # fmt: skip


@pytest.fixture(scope="module")
def too_short(tmp_path_factory):
    """Where a sweep lies whose runs are too short for any of these outcomes; to ask for another one runs nothing again."""
    return tmp_path_factory.mktemp("short")


@pytest.mark.parametrize("name", mostly_slow(UNDEFINED, (DATE, "model_roi")))
def test_a_page_says_so_where_no_run_has_a_value(name, too_short):
    asked = {"question": "?", "world": "tutorial", "outcomes": [name], "seeds": 2, "quarters": 2}
    found = gather(sweep(asked, too_short, workers=1, quiet=True).folder)
    none = "this never happens in any run" if outcome(name).is_date else "no run has a value"
    assert in_short(found) == f"{outcome(name).label}: {none}."
    assert any(said.startswith(f'"{outcome(name).label}" has no value in 2 of 2 runs') for said in how_sure(found))
    page = sweep_report(found)
    assert ">never<" in page if outcome(name).is_date else ">-<" in page
    assert_readable(page)


def test_a_page_over_a_lever_counts_the_runs_without_a_value(tmp_path):
    found = gather(planted(tmp_path, LEVER))
    assert in_short(found).startswith("The number of years until labs together earn money is 5.5 years (")  # of 4, 5, 6 and 7
    assert f"{LABEL} has no value in 2 of 10 runs, because it never happens there. Means are over the runs" in " ".join(how_sure(found))
    assert found.effects[0].found.runs == 4
    sweep_report(found)


def test_what_no_run_of_a_setting_has_breaks_no_page(tmp_path):
    def at_one(point, seed):
        return {**dates(point, seed), DATE: np.nan if point else 4.0 + seed}

    for asked in (LEVER, RANGE):
        found = gather(planted(tmp_path / asked["outcomes"][0] / str(len(asked)), asked, at_one))
        assert in_short(found).startswith("The number of years until labs together earn money is 6")
        assert_readable(sweep_report(found))


def test_never_is_not_before_six_wherever_it_is_asked(tmp_path):
    runs = answers.discover(planted(tmp_path / "a", LEVER), f"{DATE} < 6", by="runs")
    assert f"{DATE} < 6: 4 of 10 runs (40 %)" in runs
    assert f"{LABEL} has no value in 2 of 10 runs, because it never happens there. They do not meet the condition" in runs
    points = answers.discover(tmp_path / "a", f"{DATE} < 6")
    assert f"{DATE} < 6: 2 of 2 points" in points and "has no value in 2 of 10 runs" in points
    table = pd.DataFrame([{"cell": 0, "seed": seed, "failure": None, **dates(0, seed)} for seed in range(5)])
    assert shares(table, Condition.read(f"{DATE} < 6"), ["cell"])["trials"].tolist() == [5]
    assert shares(table, Condition.read(f"{DATE} >= 6"), ["cell"])["count"].tolist() == [2]


def test_a_point_whose_runs_mostly_have_no_value_meets_nothing(tmp_path):
    def mostly(point, seed):
        return {**dates(point, seed), DATE: 4.0 if seed < 4 - 2 * point else np.nan}

    said = answers.discover(planted(tmp_path, LEVER, mostly), f"{DATE} < 6")
    assert f"{DATE} < 6: 1 of 2 points" in said


def test_sensitivity_keeps_every_seed_and_says_what_has_no_value(tmp_path):
    folder = planted(tmp_path, RANGE, lambda point, seed: {DATE: np.nan if seed == point else 4.0 + seed, "served_revenue": 1.0})
    question = Question.read(RANGE)
    table = pd.DataFrame([{"combination": 0, "sample": s, "seed": k, "failure": None, **dates(0, k)} for s in range(8) for k in range(5)])
    assert sampled_from(question, table, DATE).values.shape == (8, 5)
    said = sensitivity_answer.sensitivity(folder, "regional", f"{DATE} < 6.05")
    assert "means over 5 seeds at 8 points" in said
    assert f"{LABEL} has no value in 5 of 40 runs, because it never happens there. A point takes the mean of its other runs" in said


def test_a_finished_sweep_is_never_told_to_finish(tmp_path):
    asked = {**RANGE, "design": {"method": "morris", "points": 4}, "uncertainties": {"cone.width": {"low": 0.5, "high": 1.2}}}
    folder = planted(tmp_path, asked, lambda point, seed: {DATE: np.nan, "served_revenue": 1.0})
    with pytest.raises(BadInput) as refused:
        sensitivity_answer.sensitivity(folder, "morris", DATE)
    assert "has no value in most runs of 8 of 8 points" in str(refused.value) and "finish" not in str(refused.value)


@pytest.mark.slow
def test_a_breakpoint_says_in_how_many_worlds_there_is_no_value():
    said = answers.breakpoint_of("tutorial", "cone.width", f"{DATE} < 1", work=answers.Work(seeds=2, quarters=2))
    assert f"{LABEL} has no value in 2 of 2 runs, because it never happens there. They do not meet the condition" in said


def test_means_and_fillings_are_those_of_a_pencil():
    values = np.array([[1.0, 2.0, np.nan], [1.0, np.nan, np.nan], [3.0, 3.0, 3.0]])
    assert undefined.filled(values).tolist()[0] == [1.0, 2.0, 1.5]
    assert np.isnan(undefined.filled(values)[1]).all()
    table = pd.DataFrame({"point": [0, 0, 0, 1, 1, 1], "x": [1.0, 2.0, np.nan, 1.0, np.nan, np.nan]})
    assert undefined.means(table, "point", ["x"])["x"].tolist()[0] == 1.5 and np.isnan(undefined.means(table, "point", ["x"])["x"][1])


def test_no_points_are_not_the_usual_number_of_points():
    with pytest.raises(BadInput, match="points"):
        sensitivity_answer.sensitivity(
            "tutorial", "morris", "served_revenue", ("cone.width=0.5:1.5",), 0, answers.Work(seeds=2, quarters=2)
        )
