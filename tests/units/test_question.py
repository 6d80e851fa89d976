"""A question is checked before anything runs, and the same question is the same whoever asks it."""

import json

import pytest

from abm.errors import BadInput
from experiments.engine.cases import case_of, resolved
from experiments.engine.design import check_names, design
from experiments.engine.question import Question, shipped

ASKED = {"question": "Does it?", "world": "archetypes-2023q1", "outcomes": ["systemic_event"], "seeds": 2, "quarters": 4}


def asked(**more):
    return Question.read({**ASKED, **more})


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        ({"sedes": 3}, "unknown key 'sedes'; did you mean 'seeds'?"),
        ({"seeds": 0}, "seeds: '0' must be greater than or equal to 1"),
        ({"outcomes": []}, "outcomes: '[]'"),
        ({"levers": {"cone.width": []}}, "cone.width has no values"),
        ({"levers": {"cone.width": [1, 1.0]}}, "cone.width has the same value twice"),
        ({"levers": {"cone.width": [1, float("nan")]}}, "cone.width must be a list of numbers"),
        ({"levers": {"a.b": {"x": {}}}}, "a name without dots"),
        ({"uncertainties": {"cone.width": {"low": 1, "high": 1}}}, "is empty; low must be below high"),
        ({"uncertainties": {"cone.width": {"low": 0, "high": 1, "scale": "log"}}}, "a log scale needs numbers above 0"),
        ({"uncertainties": {"cone.width": {"low": 1, "high": "2027Q1"}}}, "both be numbers, or both quarters"),
        ({"uncertainties": {"cone.width": {"low": 1, "hihg": 2}}}, "uncertainties.cone.width: unknown key 'hihg'; did you mean 'high'?"),
        ({"design": {"method": "lhs"}}, "there are no uncertainties to sample"),
        ({"design": {"method": "lsh"}}, "method: 'lsh' must be 'grid', 'lhs'"),
        ({"design": {"method": "list"}}, "points must be a list"),
        ({"levers": {"cone.width": [1, 2]}, "settings": {"cone.width": 1}}, "levers: cone.width is given twice"),
        ({"levers": {"cone.width": [1, 2]}, "baseline": {"cone.widht": 1}}, "cone.widht is not a lever"),
        ({"levers": {"cone.width": [1, 2]}, "baseline": {"cone.width": 3}}, "3.0 is not a value of cone.width"),
        ({"figure": {"z": "cone.width"}}, "figure: unknown key 'z'"),
        ({"figure": {"x": "cone.widht"}, "levers": {"cone.width": [1, 2]}}, "x: unknown name 'cone.widht'; did you mean 'cone.width'?"),
        ({"figure": {"y": "cone.width"}, "levers": {"cone.width": [1, 2]}}, "y needs an x"),
        ({"figure": {"x": "cone.width", "y": "cone.width"}, "levers": {"cone.width": [1, 2]}}, "must be different names"),
        ({"figure": {"outcome": "credit_loss"}}, "figure: outcome: unknown name 'credit_loss'"),
        ({"table": {"rows": ["cone.width"]}}, "table: rows: unknown name 'cone.width'"),
        ({"table": {"outcomes": ["credit_loss"]}}, "table: outcomes: unknown name 'credit_loss'"),
        ({"leads_with": "acuracy"}, "leads_with: no analysis is called 'acuracy'; allowed: accuracy, attribution, income_statements"),
        ({"leads_with": "required_revenue"}, "not kept; add required_revenue, revenue_total to `series`"),
        ({"leads_with": "attribution", "series": ["fails"], "levers": {"cone.width": [1, 2]}}, "needs levers of two named settings each"),
        ({"reference": {"seeds": 1}}, "reference: seeds: '1' must be greater than or equal to 2"),
    ],
)
def test_a_mistake_of_form_is_named(mistake, says):
    with pytest.raises(BadInput) as error:
        asked(**mistake)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        ({"levers": {"vendor.circular_intensty": [0]}}, "did you mean 'vendor.circular_intensity'?"),
        ({"levers": {"lab.nobody.risk_appetite": [0.5]}}, "no lab is called 'nobody'"),
        ({"levers": {"cone.width": [9.0]}}, "cone.width = 9.0 is outside"),
        ({"uncertainties": {"cone.width": {"low": 1, "high": 9}}, "design": {"points": 1}}, "uncertainties: cone.width = 9.0 is outside"),
        ({"world": "archetypes-2023q2"}, "did you mean 'archetypes-2023q1'?"),
        ({"levers": {"shock.stall.duration": [4]}}, "the question has no [[shocks]]"),
        ({"shocks": [{"name": "stal", "at": "2023Q2"}]}, "unknown shock 'stal'; did you mean 'stall'?"),
        ({"shocks": [{"name": "stall", "at": "2022Q2"}]}, "the run, which goes from 2023Q1 to 2023Q4"),
        ({"shocks": [{"name": "stall", "at": "2023Q2"}] * 2}, "there are two called 'stall'"),
        ({"levers": {"pop": {"a": {"cone.widht": 1}}}}, "did you mean 'cone.width'?"),
    ],
)
def test_a_name_or_value_that_the_model_does_not_know_is_refused_before_anything_runs(mistake, says):
    with pytest.raises(BadInput) as error:
        design(asked(**mistake))
    assert says in str(error.value)


def test_a_wrong_lever_is_not_blamed_on_the_ranges_beside_it_nor_on_the_file_of_the_world():
    asked = {"question": "?", "world": "archetypes-2023q1", "outcomes": ["systemic_event"], "seeds": 2, "design": {"points": 2},
             "uncertainties": {"cone.width": {"low": 0.5, "high": 1.5}}}  # fmt: skip
    for levers, says in (
        ({"cloud.bild_lag": [4, 6]}, "levers: cloud.bild_lag: unknown name; did you mean 'cloud.build_lag'"),
        ({"cloud.build_lag": [4, 30]}, r"question: cloud.build_lag = 30.0 is outside \[2, 12\]"),
    ):
        with pytest.raises(BadInput, match=says):
            design(Question.read({**asked, "name": "question", "levers": levers}))


def test_an_outcome_or_a_series_that_does_not_exist_is_refused():
    with pytest.raises(BadInput, match="outcomes: unknown name 'systemic_evnt'; did you mean 'systemic_event'"):
        check_names(asked(outcomes=["systemic_evnt"]), {"world": "archetypes-2023q1", "quarters": 1.0})
    with pytest.raises(BadInput, match="series: unknown name 'sentimnt'; did you mean 'sentiment'"):
        check_names(asked(series=["sentimnt"]), {"world": "archetypes-2023q1", "quarters": 1.0})


def test_a_lever_cannot_take_the_name_of_a_column_of_the_results():
    with pytest.raises(BadInput, match="'seed' is also the name of a column"):
        check_names(asked(levers={"seed": {"a": {}}}), {"world": "archetypes-2023q1", "quarters": 1.0})


def test_words_do_not_change_what_is_run_but_numbers_do():
    one = asked(levers={"cone.width": [1, 2]})
    assert one.fingerprint == asked(levers={"cone.width": [1.0, 2.0]}, question="Otherwise?", outcomes=["credit_loss"]).fingerprint
    assert one.fingerprint != asked(levers={"cone.width": [1, 1.5]}).fingerprint
    assert one.fingerprint != asked(levers={"cone.width": [1, 2]}, seeds=3).fingerprint


def test_names_without_quotes_mean_the_same_as_with(tmp_path):
    head = 'question = "?"\nworld = "archetypes-2023q1"\noutcomes = ["systemic_event"]\n[levers]\n'
    quoted, bare = tmp_path / "quoted.toml", tmp_path / "bare.toml"
    quoted.write_text(head + '"lab.follower.cash" = [1, 2]\nwho = { yolo = { "lab.risk_appetite" = 0.9 } }\n', encoding="utf-8")
    bare.write_text(head + "lab.follower.cash = [1, 2]\nwho.yolo.lab.risk_appetite = 0.9\n", encoding="utf-8")
    assert Question.read(quoted).levers == {"lab.follower.cash": [1.0, 2.0], "who": {"yolo": {"lab.risk_appetite": 0.9}}}
    assert Question.read(quoted).levers == Question.read(bare).levers


def test_a_world_given_as_a_path_is_meant_from_the_file_of_the_question(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('question = "?"\nworld = "./my-world"\noutcomes = ["systemic_event"]\n', encoding="utf-8")
    assert Question.read(file).world == str(tmp_path / "my-world")


def test_a_question_that_is_not_there_or_not_toml_is_one_sentence(tmp_path):
    (tmp_path / "broken.toml").write_text("question = ", encoding="utf-8")
    complaints = {"yolo-capacty": "did you mean 'yolo-capacity'", tmp_path / "no.toml": "cannot be read"}
    for source, says in {**complaints, tmp_path / "broken.toml": "not valid TOML"}.items():
        with pytest.raises(BadInput, match=says):
            Question.read(source)


def test_a_shock_that_never_comes_leaves_no_trace():
    question = asked(shocks=[{"name": "stall", "at": "2023Q2", "duration": 8}])
    assert resolved(question, {})["shock.stall.duration"] == 8
    settings = resolved(question, {"shock.stall.at": "never"})
    assert settings == {"quarters": 4, "world": "archetypes-2023q1"}
    assert case_of(settings).shocks == {}


@pytest.mark.parametrize(
    "more",
    [
        {"levers": {"cone.width": [1, 2]}},
        {"uncertainties": {"cone.width": {"low": 1, "high": 2}}, "design": {"points": 4}},
        {"design": {"method": "list", "points": [{"cone.width": 1}]}},
        {"levers": {"cone.width": [1, 2]}, "figure": {"x": "cone.width"}, "shocks": [{"name": "stall", "at": "2023Q2"}]},
    ],
)
def test_a_question_comes_back_from_plain_values_as_it_was(more):
    question = asked(**more)
    back = Question.read(json.loads(json.dumps(question.plain())))
    assert back == question and back.fingerprint == question.fingerprint


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_question_can_be_asked(name):
    question = Question.read(name)
    assert question.name == name
    check_names(question, design(question)[0].settings)


@pytest.mark.parametrize(("key", "row", "named"), [("shocks", {}, "name and at"), ("deals", {"label": "x"}, "tenant, owner, gw and start")])
def test_a_shock_or_a_deal_that_says_nothing_is_refused_and_not_passed_over(key, row, named):
    with pytest.raises(BadInput, match=f"{key}: row 1 says nothing; give it {named}"):
        resolved(asked(**{key: [row]}), {})
