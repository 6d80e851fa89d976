"""The shipped questions: each one reads, sets only what exists, and can be run."""

import re

import pytest

from abm.clock import Quarter
from agents.world_files.shipped import shipped_names
from experiments.engine import batches
from experiments.engine.cases import case_of
from experiments.engine.design import check_names, design
from experiments.engine.question import SHIPPED, Question, shipped
from tests.marks import mostly_slow

NUMBERED = {
    "yolo-capacity": "E1", "circular-finance": "E2", "vendor-finance-cap": "E3", "depreciation-life": "E4", "p10-planning": "E5",
    "believed-cone": "E6", "open-weight-shock": "E7", "stall-shock": "E8", "breakthrough-date": "E9", "margin-of-safety": "E10",
    "build-lag": "E11", "arms-race": "E12", "chip-scarcity": "E13", "two-income-statements": "E14", "forecast-accuracy": "E15",
    "contagion-channels": "E16", "deal-desk": "E17", "believed-life": "E18",
    "shared-optimism": "E19", "breakthrough-belief": "E20", "appetite-moves": "E21",
}  # fmt: skip
DATE = re.compile(r"20\d\dQ[1-4]")
FEW = 4  # quarters


def brief(name):
    """A shipped question over so few quarters that its dates, in their order, move to the first ones."""
    raw = Question.read(name).plain()
    start = case_of({"world": raw["world"], "quarters": 1}).opening.start
    dates = sorted(set(DATE.findall(repr(raw))), key=lambda date: Quarter.parse(date).index)
    moved = {date: str(start + place) for place, date in enumerate(dates)}
    return Question.read(_moved(raw, moved), quarters=max(FEW, len(dates)), seeds=2)


def _moved(value, dates):
    """The same table with every date that is a whole text replaced."""
    if isinstance(value, dict):
        return {key: _moved(item, dates) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, dates) for item in value]
    return dates.get(value, value) if isinstance(value, str) else value


def test_every_experiment_of_the_design_is_shipped_and_says_its_number():
    assert set(shipped()) == set(NUMBERED)
    for name, number in NUMBERED.items():
        first = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith(f"# {number}: "), name


@pytest.mark.parametrize("name", sorted(NUMBERED))
def test_a_shipped_question_reads_and_asks_for_what_exists(name):
    question = Question.read(name)
    assert question.world in shipped_names()
    points = design(question)  # every name and value at every point is checked
    check_names(question, points[0].settings)  # outcomes and series too
    assert question.levers


@pytest.mark.parametrize("name", mostly_slow(sorted(NUMBERED), sorted(NUMBERED)[::6]))
def test_a_shipped_question_runs_at_both_ends_of_its_design(name):
    question = brief(name)
    points = design(question)
    for point in (points[0], points[-1]):
        outcome = batches.run([point.settings] * question.seeds, [0, 1], question.rng, question.series)
        assert outcome.failures == [None, None]
        assert set(question.outcomes) <= outcome.values.keys()
        assert {measure for _, measure in outcome.series[0]} == set(question.series)
