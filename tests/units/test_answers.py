"""The analyses end to end, on tiny sweeps of the tutorial: what a user reads."""

import json

import pytest

from abm.errors import BadInput
from experiments.analysis import answers, sensitivity_answer
from experiments.engine.store import load
from experiments.engine.sweep import sweep


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return answers.Work(tmp_path_factory.mktemp("results"), workers=1, seeds=2, quarters=5)


@pytest.mark.slow
def test_a_world_is_screened_and_its_stored_results_answer_again(work):
    vary = ("customers.market_size=700:3000:log", "cloud.recycling=0:1")
    with pytest.raises(BadInput, match=r"cloud\.recycling"):
        sensitivity_answer.sensitivity("tutorial", "morris", "served_revenue", vary, 2, work)
    vary = ("customers.market_size=700:3000:log", "cloud.capex=35:60")
    said = sensitivity_answer.sensitivity("tutorial", "morris", "served_revenue", vary, 2, work)
    assert "6 points with 2 seeds each" in said and "cloud.capex" in said
    assert sensitivity_answer.sensitivity(work.out, "morris", "served_revenue") == said
    attrs = load(work.out).attrs
    assert (attrs["units"]["served_revenue"], attrs["labels"]["served_revenue"]) == ("$bn", "Revenue of labs over the run")


@pytest.mark.slow
def test_regional_sensitivity_takes_stored_results_and_new_ones(work, tmp_path):
    vary = ("customers.market_size=700:3000:log", "cloud.capex=35:60")
    here = work._replace(out=tmp_path)
    said = sensitivity_answer.sensitivity("tutorial", "regional", "served_revenue > 29 and commitments > 0", vary, 8, here)
    assert "regional sensitivity of served_revenue > 29 and commitments > 0 in tutorial: means over 2 seeds at 8 points" in said
    again = sensitivity_answer.sensitivity(tmp_path, "regional", "served_revenue")
    assert "its median in tutorial" in again and "It holds at 4 points (50 %)" in again and "customers.market_size" in again
    assert "everywhere or nowhere" in sensitivity_answer.sensitivity(tmp_path, "regional", "served_revenue > 1e9")
    with pytest.raises(BadInput, match="did you mean 'served_revenue'"):
        sensitivity_answer.sensitivity(tmp_path, "regional", "serve_revenue > 1")
    with pytest.raises(BadInput, match="did you mean 'regional'"):
        sensitivity_answer.sensitivity(tmp_path, "regonal", "served_revenue")


def test_a_range_has_one_form():
    assert sensitivity_answer.read_range("a.b=1:2:log") == ("a.b", {"low": 1, "high": 2, "scale": "log"})
    for text in ("a.b", "a.b=1", "a.b=1:x", "a.b=1:2:cubic", "=1:2"):
        with pytest.raises(BadInput, match="not of the form"):
            sensitivity_answer.read_range(text)


def test_the_usual_ranges_are_allowed_by_the_model():
    from experiments.engine.design import first_point
    from experiments.engine.question import Question

    ranges = {name: sensitivity_answer._range(*limits) for name, limits in sensitivity_answer.RANGES.items()}
    asked = {"question": "?", "world": "archetypes-2023q1", "outcomes": ["x"], "uncertainties": ranges}
    assert first_point(Question.read(asked)).number == 0


@pytest.mark.slow
def test_stored_results_are_explored_in_words(tmp_path):
    levers = {"lab.cash": [100.0, 101.0, 102.0], "cloud.capex": [45.0, 50.0, 55.0]}
    asked = {"question": "?", "world": "tutorial", "outcomes": ["served_revenue"], "seeds": 2, "quarters": 3, "levers": levers}
    folder = sweep(asked, tmp_path, workers=1, quiet=True).folder
    everywhere = answers.discover(folder, "served_revenue > 0")
    assert everywhere.startswith("served_revenue > 0: 9 of 9 points") and "nothing to tell apart" in everywhere
    costly = answers.discover(folder, f"commitments > {float(load(folder).commitments.median())}")
    assert "Boxes in which it holds most often (PRIM" in costly and "decision tree" in costly and "cloud.capex" in costly
    with pytest.raises(BadInput, match="did you mean 'served_revenue'"):
        answers.discover(folder, "serve_revenue > 0")


@pytest.mark.slow
def test_failures_are_attributed_on_the_same_worlds(work, tmp_path):
    said = answers.attribute("tutorial", {"spot": {"contagion.fire_sale": 0.0}}, work=work._replace(out=tmp_path))
    assert "2 subsets of spot, each in the same 2 futures" in said
    assert "own causes" in said and "DebtRank" in said


def test_the_smallest_shock_is_told(work):
    said = answers.breakpoint_of("tutorial", "demand_shortfall", "served_revenue < 1", at="2026Q2", work=work)
    assert "Without the lever, 0 of 2 worlds break" in said and "Share of worlds broken" in said


DEAL = {"tenant": "Lab", "owner": "Cloud", "gw": 5.0, "start": "2026Q2"}


@pytest.mark.slow
def test_a_deal_of_ones_own_holds_in_every_analysis_of_a_world(work, tmp_path):
    plain = answers.breakpoint_of("tutorial", "demand_shortfall", "commitments > 400", at="2026Q2", work=work)
    added = answers.breakpoint_of("tutorial", "demand_shortfall", "commitments > 400", at="2026Q2", work=work, deals=(DEAL,))
    assert "Without the lever, 0 of 2 worlds break" in plain and "Without the lever, 2 of 2 worlds break" in added
    said = answers.attribute("tutorial", {"spot": {"contagion.fire_sale": 0.0}}, work=work._replace(out=tmp_path), deals=(DEAL, DEAL))
    assert "2 subsets of spot" in said and "DebtRank" in said
    settings = load(tmp_path, "points")["settings"][0]
    assert '"deal.deal 1.gw": 5.0' in settings and '"deal.deal 2.gw": 5.0' in settings
    with pytest.raises(BadInput, match="no lab is called 'Nobody'"):
        answers.breakpoint_of("tutorial", "demand_shortfall", "crisis > 0", work=work, deals=({**DEAL, "tenant": "Nobody"},))


def test_a_shock_outside_the_run_is_refused_and_not_passed_over(work):
    late = ({"name": "stall", "at": "2050Q1"},)
    with pytest.raises(BadInput, match="2050Q1 lies outside the run"):
        answers.breakpoint_of("tutorial", "cone.width", "served_revenue < 1", shocks=late, work=work)


@pytest.mark.slow
def test_answers_are_told_as_json_too(work, tmp_path):
    vary = ("customers.market_size=700:3000:log", "cloud.capex=35:60")
    held = work._replace(out=tmp_path, settings={"cone.width": 1.2}, rng=3)
    found = json.loads(sensitivity_answer.sensitivity("tutorial", "morris", "served_revenue", vary, 2, held, as_json=True))
    assert {row["input"] for row in found["answers"][0]["inputs"]} == {"customers.market_size", "cloud.capex"}
    assert json.loads(load(tmp_path, "points")["settings"][0])["cone.width"] == 1.2  # what is held holds at every point
    discovered = json.loads(answers.discover(tmp_path, "served_revenue > 0", as_json=True))
    assert discovered["condition"] == "served_revenue > 0" and discovered["inputs"] == []


@pytest.mark.slow
@pytest.mark.parametrize("lever", ["lab.risk_appetite", "lab.Lab.risk_appetite", "lab.cash", "cloud.build_lag", "customers.enterprises"])
def test_anything_that_can_be_set_is_a_lever(work, lever):
    sizes = {"lab.cash": (1, 20), "cloud.build_lag": (4, 6), "customers.enterprises": (4, 6)}.get(lever, (0.2, 0.8))
    found = json.loads(answers.breakpoint_of("tutorial", lever, "served_revenue > 0", sizes, work=work, as_json=True))
    assert found["lever"] == lever and found["at_size"][0]["share"] == 1
    assert found["says"].startswith(f"With {lever} at ") and "of 2 futures" in found["says"]
    if lever == "cloud.build_lag":
        assert [row["size"] for row in found["at_size"]] == [4, 5, 6]


@pytest.mark.slow
def test_a_break_is_the_same_with_any_number_of_workers(work):
    asked = ("tutorial", "lab.risk_appetite", "commitments > 100", (0.1, 0.9))
    alone, shared = (answers.breakpoint_of(*asked, work=work._replace(workers=count), as_json=True) for count in (1, 2))
    assert alone == shared


def test_a_channel_has_one_name_in_stories_and_tables():
    from experiments.analysis.attribution import CHANNELS, in_words

    assert in_words([*CHANNELS, "circular"])["counterparty"] == "C1 counterparty"
    assert set(in_words([*CHANNELS, "circular"])) == set(CHANNELS)
