"""The answer that a question declares: which sentence holds, its numbers, and how it stands over all that is uncertain."""

import numpy as np
import pytest

from abm.errors import BadInput
from experiments.analysis.sweep_answer import gather, in_short
from experiments.analysis.verdict import besides, in_doubt, verdict
from experiments.engine.answering import DOUBT, FUTURES, over_doubt
from experiments.engine.question import Question, shipped
from experiments.engine.store import load
from experiments.engine.sweep import sweep

SENTENCES = {"rises": "It rises.", "falls": "It falls.", "open": "It is open."}
STEP = {"lever": "lab.risk_appetite", "from": 0.1, "to": 0.9, **SENTENCES, "draws": 4}
WITHIN = {"some": "Up to {last}, not {first}.", "all": "All.", "none": "None."}
LIMIT = {"lever": "lab.risk_appetite", "outcome": "crisis", "limit": 0.1, **WITHIN}
ASKED = {
    "question": "Does boldness change what is served?",
    "world": "tutorial",
    "outcomes": ["served_revenue", "crisis"],
    "seeds": 3,
    "quarters": 6,
    "levers": {"lab.risk_appetite": [0.1, 0.5, 0.9], "vendor.circular_intensity": [0.0, 1.0]},
    "labels": {"lab.risk_appetite": "boldness"},
    "answer": [STEP, {**STEP, "where": {"vendor.circular_intensity": 1.0}}, LIMIT],
}


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    return sweep(ASKED, out=tmp_path_factory.mktemp("swept"), workers=1, quiet=True).folder


def test_the_sentence_is_that_of_the_sign_and_the_numbers_are_those_of_the_runs(swept):
    runs, said = load(swept), verdict(gather(swept))
    by = runs.groupby(["lab.risk_appetite", "seed"])["served_revenue"].mean().unstack("seed")
    change = (by.loc[0.9] - by.loc[0.1]).to_numpy()
    far = abs(change.mean()) / (change.std(ddof=1) / np.sqrt(3)) > 4.31  # t of two degrees of freedom
    assert said[0] == (SENTENCES["rises" if change.mean() > 0 else "falls"] if far else SENTENCES["open"])
    assert said[1].startswith("Setting the boldness to 0.9 instead of 0.1 takes the revenue of labs over the run from $")
    assert in_short(gather(swept)) == " ".join(said)


def test_a_step_may_stand_at_a_value_of_another_lever(swept):
    assert any("0.1 (where the vendor circular intensity is 1) takes" in text for text in besides(gather(swept)))


def test_a_limit_names_the_last_value_within_it(swept):
    runs = load(swept)
    share = runs.groupby("lab.risk_appetite")["crisis"].mean()
    within = {0: "None. ", 3: "All. "}.get(int((share <= 0.1).cumprod().sum()), "Up to ")
    assert besides(gather(swept))[-1].startswith(within)


def test_the_first_step_is_asked_again_over_what_is_uncertain(swept):
    again, runs = over_doubt(Question.read(ASKED)), load(swept / DOUBT)
    assert again.doubt == 4 and again.seeds == FUTURES and len(runs) == 2 * 4 * FUTURES
    doubted = in_doubt(swept, Question.read(ASKED).answer[0])
    by = runs.pivot_table(index="sample", columns="step", values="served_revenue")
    change = (by["1"] - by["0"]).to_numpy()
    assert doubted.found.mean == pytest.approx(change.mean())
    assert (doubted.settings, doubted.changed) == (4, int((change != 0).sum()))
    assert doubted.alike == int((np.sign(change[change != 0]) == np.sign(change.mean())).sum())
    assert any(text.startswith("In 4 plausible settings") for text in verdict(gather(swept)))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"lever": "lab.appetite"}, "answer: lever: unknown name 'lab.appetite'"),
        ({"to": 0.8}, "answer: to: 0.8 is not a value of lab.risk_appetite"),
        ({"outcome": "welfare"}, "answer: outcome: unknown name 'welfare'"),
        ({"where": {"cone.width": 1}}, "answer: where: unknown name 'cone.width'"),
        ({"falls": ""}, "a step needs the sentences rises, falls and open"),
        ({"limit": 0.2}, "a step with a limit needs the sentences some, all and none"),
    ],
)
def test_a_step_that_cannot_be_answered_is_refused_in_a_sentence(change, rule):
    with pytest.raises(BadInput, match=rule):
        Question.read({**ASKED, "answer": [{**STEP, **change}]})


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_question_declares_its_answer_or_is_led_by_an_analysis(name):
    question = Question.read(name)
    assert question.leads_with or question.answer
    assert Question.read(question.plain()) == question
