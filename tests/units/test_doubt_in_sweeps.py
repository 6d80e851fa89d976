"""`doubt = N` in a question: the same draws at every setting, those of a run in doubt, and how often the sign of an effect holds."""

import numpy as np
import pytest

from abm.errors import BadInput
from experiments.analysis.sweep_answer import answer, gather
from experiments.doubt import OWN_DRAW
from experiments.engine.design import design
from experiments.engine.question import Question
from experiments.engine.store import load
from experiments.engine.sweep import sweep
from experiments.inputs import Inputs
from experiments.runs import Work, run

ASKED = {
    "question": "Does boldness lose labs?",
    "world": "tutorial",
    "outcomes": ["served_revenue"],
    "seeds": 3,
    "quarters": 6,
    "doubt": 3,
    "levers": {"lab.risk_appetite": [0.1, 0.9]},
}


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    return sweep(ASKED, out=tmp_path_factory.mktemp("swept"), workers=1, quiet=True).folder


def test_every_setting_has_the_same_draws_and_a_lever_is_not_drawn():
    points = design(Question.read(ASKED))
    assert [point.shown["draw"] for point in points] == [0, 1, 2, 0, 1, 2]
    low, high = points[1].settings, points[4].settings
    assert {name for name in low if low[name] != high.get(name)} == {"lab.risk_appetite"}
    assert low.keys() == high.keys() and low["cone.width"] != points[0].settings["cone.width"]


@pytest.mark.slow
def test_a_draw_and_a_seed_of_a_sweep_are_a_world_of_a_run_in_doubt(tmp_path):
    folder = sweep({**ASKED, "levers": {}}, out=tmp_path / "swept", workers=1, quiet=True).folder
    there = load(folder)
    alike = there[there["draw"] == there["seed"]].sort_values("seed")["served_revenue"].to_numpy()
    inputs = Inputs("tutorial", ASKED["seeds"], ASKED["quarters"], 0, doubt=OWN_DRAW)
    assert np.array_equal(alike, run(inputs, root=tmp_path, work=Work(workers=1)).outcomes()["served_revenue"])


def test_the_answer_says_in_what_share_of_draws_the_sign_holds(swept):
    found = gather(swept)
    runs, name = found.whole, "served_revenue"
    by = runs.groupby(["lab.risk_appetite", "draw"])[name].mean().unstack("draw")
    change = by.loc[0.9] - by.loc[0.1]
    held = (np.sign(change) == np.sign(change.mean())).mean()
    said = " ".join(dict(answer(found))["How sure"])
    assert "the same 3 draws of all numbers that are uncertain" in said
    assert f"in the same direction as on average in {held * 100:.0f} % of them" in said


def test_a_question_without_doubt_is_the_one_it_was():
    plain = {key: value for key, value in ASKED.items() if key != "doubt"}
    assert Question.read(plain).fingerprint == Question.read({**plain, "doubt": 0}).fingerprint != Question.read(ASKED).fingerprint


def test_doubt_and_uncertainties_of_ones_own_exclude_each_other():
    with pytest.raises(BadInput, match="doubt: it draws all that is uncertain"):
        Question.read({**ASKED, "uncertainties": {"cone.width": {"low": 0.5, "high": 1.5}}})
    with pytest.raises(BadInput, match="'draw' is also the name of a column"):
        sweep({**ASKED, "levers": {"draw": {"a": {"cone.width": 1.0}, "b": {"cone.width": 1.2}}}}, workers=1, quiet=True)


@pytest.mark.slow
def test_a_lever_that_moves_nothing_has_no_sign(tmp_path):
    asked = {**ASKED, "outcomes": ["labs_defaulted"], "doubt": 2, "quarters": 2, "levers": {"indicator.survival": [0.9, 0.95]}}
    said = " ".join(dict(answer(gather(sweep(asked, out=tmp_path, workers=1, quiet=True).folder)))["How sure"])
    assert "does not move the number of labs that fail on average over them" in said
