"""Everybody's forecasts against what came: shares from closed forms, the sum of plans from records made by hand, and the command."""

import json

import numpy as np
import pytest

from abm.beliefs import views
from abm.beliefs.cone import cone
from abm.beliefs.parameters import ConeParameters
from abm.clock import Quarter
from abm.errors import BadInput
from abm.model import Industry
from abm.shocks import Shock
from agents.world_files.folder import load_world
from experiments.analysis import forecasts, plan_figures
from experiments.analysis.forecasts import ALL, KINDS, LEVELS, TIMES, Open, Seen, plans, share_of, shares, tally
from experiments.analysis.forecasts_page import plans_verdict, verdict
from experiments.inputs import Inputs
from experiments.summary import planned, wilson
from experiments.ui import pictures
from experiments.ui.snapshots import snapshot

START = Quarter.parse("2027Q3")


def seen(below, scored, time=None, planned=None, revenue=None):
    """Seen of all kinds alike. below: {level: [issues, worlds]}; scored, time: [issues, worlds]; planned, revenue: [quarters, worlds]."""
    scored, counts = np.asarray(scored), np.stack([below[level] for level in LEVELS])
    time = np.zeros(scored.shape, dtype=int) if time is None else np.asarray(time)
    return Seen(dict.fromkeys(KINDS, scored), dict.fromkeys(KINDS, counts), time, np.asarray(planned), np.asarray(revenue))


def value(table, measure, year=ALL, time="calm", kind="labs"):
    """One share of a table."""
    (found,) = table[(table["kind"] == kind) & (table["time"] == time) & (table["year"] == year) & (table["measure"] == measure)]["value"]
    return found


@pytest.mark.parametrize("planners", [(), (4,)])
def test_outcomes_drawn_from_the_cone_itself_fall_below_its_quantiles_as_often_as_they_say(planners):
    """A hundred outcomes at the hundredths of the cone: 10, 50 and 90 of them, for labs and for counterparties of many minds."""
    worlds, shape = 100, (100, 3, *planners)
    draws = np.broadcast_to(((np.arange(worlds) + 0.5) / worlds).reshape(-1, *[1] * (len(shape) - 1)), shape)
    growth = np.broadcast_to(np.linspace(0.2, 1.4, 3).reshape(3, *[1] * len(planners)), shape)
    view = cone(np.full(shape, 9.0), growth, np.full(shape, 0.3), 1.0, ConeParameters())
    scored, below = tally(view, np.ones(shape, dtype=bool), view.quantile(draws))
    assert scored.tolist() == [np.prod(shape[1:])] * worlds
    assert (below.sum(axis=1) / scored.sum()).tolist() == [0.1, 0.5, 0.9]


def test_who_is_not_asked_or_earns_nothing_has_no_forecast_and_who_dies_comes_out_below_all():
    view = cone(np.array([[9.0, 0.0, 9.0, 1e-15]]), np.ones((1, 4)), np.zeros((1, 4)), 1.0, ConeParameters())
    scored, below = tally(view, np.array([[True, True, False, True]]), np.array([[0.0, 1.0, 1.0, 1.0]]))
    assert scored.tolist() == [1] and below[:, 0].tolist() == [1, 1, 1]


def test_shares_are_told_by_year_of_issue_and_years_of_stall_apart():
    """Two quarters of 2027, then two of 2028, in two futures; a stall comes within the year of the last forecasts of the second."""
    low, middle, high = ([[0, 0], [1, 0], [0, 0], [0, 2]], [[1, 1], [1, 1], [0, 1], [1, 2]], [[2, 2]] * 4)
    found = shares(seen(dict(zip(LEVELS, (low, middle, high))), [[2, 2]] * 4, [[0, 0], [0, 0], [0, 0], [0, 1]]), START)
    assert value(found, "below_p10", 2027) == 1 / 8
    assert value(found, "below_p50", 2028) == 2 / 6
    assert value(found, "below_p50") == 6 / 14
    assert value(found, "below_p10", time="stall") == 1 and value(found, "below_p90", 2028, "stall") == 1
    assert not len(found[found["time"] == "breakthrough"])


def test_the_interval_knows_that_forecasts_of_one_future_share_its_luck():
    alike = share_of(np.array([10, 0] * 20), np.full(40, 10))
    apart = share_of(np.array([5, 5] * 20), np.full(40, 10))
    assert alike[0] == apart[0] == 0.5 and alike[3] == 400
    assert alike[1:3] == pytest.approx(wilson(20, 40), abs=0.01)
    assert apart[1:3] == pytest.approx(wilson(200, 400))
    assert share_of(np.zeros(40, dtype=int), np.full(40, 10))[:3] == (0, *wilson(0, 40))


def test_the_sum_of_plans_is_told_by_the_year_they_were_made_for():
    """Nothing is known of 2027; in 2028 plans of 60 + 90 meet 50 + 50 in one future and 100 in each quarter of the other."""
    planned = [[np.nan, np.nan]] * 2 + [[60.0, 60.0], [90.0, 90.0]]
    found = plans(seen(dict.fromkeys(LEVELS, [[0, 0]]), [[0, 0]], None, planned, [[1.0, 1.0]] * 2 + [[50.0, 100.0]] * 2), START)
    assert found["year"].tolist() == [2028] and found["count"].tolist() == [2]
    assert found["value"].item() == pytest.approx((1.5 + 0.75) / 2)
    assert "1.1 times the revenue that came" in plans_verdict(found)
    assert plans_verdict(found[:0]).startswith("No plan came due")


def test_the_verdict_says_what_was_wrong_and_when_most():
    below = {"below_p10": [[10] * 40, [29] * 40], "below_p50": [[50] * 40, [80] * 40], "below_p90": [[90] * 40, [95] * 40]}
    said = verdict(shares(seen(below, [[100] * 40] * 2), Quarter.parse("2027Q4")), "labs")
    assert said.startswith("Labs' forecasts of themselves were too high. 20 % of outcomes fell below the P10 (7 to 14 % would be right)")
    assert said.endswith(
        "In 1 of 2 years of issue all three intervals reach what would be right, "
        "and they are farthest off in 2028 with 29 %, 80 % and 95 %."
    )
    narrow = {"below_p10": [[20]], "below_p50": [[50]], "below_p90": [[80]]}
    assert "were too narrow below and too narrow above." in verdict(shares(seen(narrow, [[100]]), START), "investors")
    right = {"below_p10": [[10]], "below_p50": [[50]], "below_p90": [[90]]}
    assert verdict(shares(seen(right, [[100]]), START), "market").endswith(
        "(86 to 93 %). In 1 of 1 years of issue all three intervals reach what would be right."
    )


def test_a_forecast_stands_as_it_was_made_whatever_comes_after():
    model = Industry(load_world("industry-2026q3"), worlds=2, rng=0).run(2)
    filed = Open(model, 4).asked
    before = {kind: view.quantile(0.5) for kind, (view, _) in filed.items()}
    model.run(2)
    assert all(np.array_equal(view.quantile(0.5), before[kind]) for kind, (view, _) in filed.items())


def test_everybody_is_asked_as_they_decide():
    """A lab's view at its horizon is the plan it recorded; investors start from what is earned; owners judge only their own tenants."""
    model = Industry(load_world("industry-2026q3"), worlds=2, rng=0).run(1)
    filed = Open(model, 4).asked
    assert filed["clouds"][1].shape == (2, len(model.labs.names), len(model.clouds.names))
    assert (filed["clouds"][1] <= (model.weights > 0)).all() and filed["clouds"][1].any() and not filed["clouds"][1].all()
    assert np.array_equal(filed["investors"][0].base[..., 0], model.labs.revenue * model.labs.alive)
    assert filed["labs"][0].base == pytest.approx(model.labs.forecast_base(model.plans.demand_floor))
    assert views.planning_horizon(model) == model.compute.build_lag + 2


def test_a_year_with_a_stall_is_told_apart():
    stall = Shock.read({"name": "stall", "at": "2027Q2", "duration": 2}, "test")
    quiet = {"technology.breakthrough_rate": 0.0, "technology.stall_hazard": 0.0, "technology.late_stall_hazard": 0.0}
    model = Industry(load_world("tutorial"), worlds=1, rng=0, parameters=quiet, shocks=(stall,))
    before, after = Open(model, 4), Open(model, 4)
    for _ in range(8):
        model.step()
        before.pass_quarter(model)
        if model.quarter - 1 > Quarter.parse("2027Q3"):
            after.pass_quarter(model)
    assert TIMES[before.time[0]] == "stall" and TIMES[after.time[0]] == "calm"


@pytest.mark.slow
def test_futures_alone_are_the_futures_of_a_batch():
    inputs = Inputs("tutorial", 5, 14)
    whole, parts = forecasts.run((inputs, (0, 1, 2, 3, 4))), [forecasts.run((inputs, ids)) for ids in ((0, 1), (2, 3, 4))]
    for kind in KINDS:
        assert np.array_equal(whole.below[kind], np.concatenate([part.below[kind] for part in parts], axis=-1))
    assert np.array_equal(whole.planned, np.concatenate([part.planned for part in parts], axis=-1), equal_nan=True)


@pytest.mark.slow
def test_the_command_answers_in_words_json_and_csv_and_leaves_page_picture_and_table(tmp_path):
    from experiments.analysis.forecasts_answer import answer

    inputs, out = Inputs("tutorial", 6, 14), tmp_path / "out"
    said, plain, rows = answer(inputs, out, 1), answer(inputs, None, 1, as_json=True), answer(inputs, None, 1, as_csv=True)
    assert "6 futures of 14 quarters; forecasts 4 quarters ahead" in said
    assert "Owners' forecasts of their tenants were" in said and str(out) in said
    found = json.loads(plain)
    assert set(found["verdicts"]) == {*KINDS, "plans"} and found["plans"][0]["measure"] == "plans_over_outcome"
    assert rows.splitlines()[0] == "kind,time,year,measure,value,low,high,count"
    assert rows + "\n" == (out / "forecasts.csv").read_text(encoding="utf-8")
    page = (out / "forecasts.html").read_text(encoding="utf-8")
    assert "overreach forecasts tutorial --worlds=6 --quarters=14 --seed=0" in page and "The sum of plans" in page
    assert (out / "forecasts.png").stat().st_size > 1000
    with pytest.raises(BadInput, match="--json and --csv"):
        answer(inputs, None, 1, as_json=True, as_csv=True)


# Fan charts of labs ----------------------------------------------------------------------------------------------------------


def test_the_report_shows_the_plans_of_the_median_future_each_at_its_own_quarter():
    """Three futures end with 1, 3 and 2 of revenue, so the third is shown; its second lab is there from the second quarter on."""
    revenue = np.array([[[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [3.0, 0.0]], [[1.0, 0.0], [1.5, 0.5]]])
    middle = np.where(revenue > 0, 2 * revenue, 0)
    arrays = {("labs", "forecast_low"): middle / 2, ("labs", "forecast_mid"): middle, ("labs", "forecast_high"): 2 * middle}
    found = planned(arrays, revenue, ("A", "B"), 3)
    assert found["world"] == 2 and found["horizon"] == 3
    assert [lab["firm"] for lab in found["labs"]] == ["A", "B"]
    assert found["labs"][0] == {"firm": "A", "came": [1.0, 1.5], "low": [1.0, 1.5], "mid": [2.0, 3.0], "high": [4.0, 6.0]}
    assert found["labs"][1]["mid"] == [None, 1.0]
    drawn = plan_figures.planned({"planned": found, "quarters": ["2026Q3", "2026Q4"]})
    bands = [chart.to_dict()["layer"][0]["data"]["values"] for _, chart in drawn.charts]
    assert [(row["quarter"], row["mid"]) for row in bands[0]] == [("2027Q2", 2.0), ("2027Q3", 3.0)]
    assert [(row["quarter"], row["mid"]) for row in bands[1]] == [("2027Q3", 1.0)]
    assert plan_figures.planned({"planned": {**found, "labs": []}, "quarters": ["2026Q3"]}) is None


def test_the_page_shows_a_lab_all_its_plans_up_to_the_quarter_looked_at():
    model = Industry(load_world("tutorial"), worlds=1, rng=0)
    pages = [model.step() or snapshot(model) for _ in range(4)]
    ahead, made = views.planning_horizon(model), model.record.series("labs", "forecast_mid")[0, :, 0]
    quarters, quantiles, happened = pictures.plans(pages, 2, 0)
    assert quarters[ahead] == str(Quarter.parse(quarters[0]) + ahead) and len(quarters) == 3 + ahead
    assert np.isnan(quantiles[0.5][:ahead]).all() and quantiles[0.5][ahead:] == made[:3].tolist()
    assert quantiles[0.1][-1] < quantiles[0.5][-1] < quantiles[0.9][-1]
    assert happened == model.record.series("labs", "revenue")[0, :3, 0].tolist()
