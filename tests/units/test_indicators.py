"""Indicators that look ahead, score forecasts and read the books, on numbers small enough to check by hand."""

import numpy as np
import pytest

from abm.beliefs import projection
from abm.beliefs.calibration import Forecasts, Plans
from abm.beliefs.cone import Cone
from abm.beliefs.views import of_industry, planning_horizon
from abm.clock import Quarter
from abm.failure.systemic import debtranks, exposures
from abm.measures import business, outcomes
from abm.measures.readings import FURTHER, INDICATORS
from abm.model import Industry, release
from abm.start.opening import Tranche
from agents.world_files.folder import load_world
from tests.worlds import industry, let, opening, wanting

NEVER = projection.NEVER
QUIET = {"lab.fixed_opex": 0.0, "services.mode": "path", "services.scarcity_low": 1, "services.scarcity_high": 1}


def one_lab(worlds=2, rent=0.0, gw=10.0, cash=10.0, spend=8.0, prepaid=0.0):
    """One lab that keeps 70 cents of a dollar, at one cloud; a certain future without growth."""
    lab = {"cash": cash, "revenue": spend, "opex_ratio": 0.3, "growth": 0.0}
    certain = {"cone.stall_belief": 0.0, "cone.lasting_growth": 0.0, "cone.young_growth": 0.0}
    people = wanting(spend=spend)
    model = industry(opening({"labs": [lab], "clouds": [{"cash": 1e3}]}, people=people, parameters={**QUIET, **certain}), worlds=worlds)
    let(model, gw=gw, rent=rent, book=100.0, life=20, prepaid=prepaid)
    return model


# What lies ahead -------------------------------------------------------------------------------------------------------------


def test_over_extension_begins_in_the_first_quarter_whose_contracts_need_more_than_the_median_brings():
    required = np.array([[10.0, 10.0, 30.0, 30.0], [10.0, 10.0, 10.0, 10.0]])
    median = np.array([[20.0, 20.0, 20.0, 40.0], [20.0, 20.0, 20.0, 20.0]])
    assert projection.over_extension(required, median).tolist() == [0.75, NEVER]


def test_break_even_lies_where_median_revenue_first_pays_and_nowhere_for_who_owes_nothing():
    required = np.array([[10.0, 10.0, 10.0], [0.0, 0.0, 0.0]])
    revenue = np.array([[5.0, 10.0, 20.0], [0.0, 0.0, 0.0]])
    assert projection.break_even(required, revenue).tolist() == [0.5, NEVER]


def test_cash_is_gone_in_the_quarter_whose_bills_it_no_longer_covers():
    cash = np.array([[5.0, 6.0, 0.0]])
    due = np.full((1, 3, 4), 3.0)
    receipts = np.array([[[1.0] * 4, [1.0] * 4, [3.0] * 4]])
    assert projection.cash_out(cash, receipts, due).tolist() == [[3, 4, NEVER]]


def test_the_critical_width_is_the_lead_over_the_normal_quantile_of_survival():
    """Twice what is owed, a year ahead: ln 2 / 1.645 [model.md 15.8]; without a lead no width is safe."""
    assert projection.critical_width(np.log(2), 1.0, 0.95) == pytest.approx(np.log(2) / 1.644854, rel=1e-6)
    assert projection.critical_width(np.log(2), 4.0, 0.95) == pytest.approx(np.log(2) / 1.644854 / 2, rel=1e-6)
    assert projection.critical_width(-0.1, 1.0, 0.95) == 0


def test_a_projection_of_a_certain_lab_is_its_contract_beside_its_revenue():
    """Rent 7 a year from revenue 8 that leaves 5.6: required 10; 1 of cash, 0.35 lost a quarter, lasts two."""
    model = one_lab(rent=7.0, cash=1.0)
    model.errors_seen.spread[...] = 0
    seen = projection.project(model, 12)
    assert seen.required[:, 0] == pytest.approx(np.full((2, 12), 10.0))
    assert seen.middle[:, 0] == pytest.approx(np.full((2, 12), 8.0))
    ahead = projection.look_ahead(model)
    assert ahead["over_extension_ahead"].tolist() == [[0.25], [0.25]]
    assert ahead["break_even_ahead"].tolist() == [[NEVER], [NEVER]]
    assert ahead["cash_out_p50"].tolist() == [[3], [3]]


@pytest.mark.parametrize(("prepaid", "uses"), [(3.0, [2, 1, 0, 0, 0, 0]), (9.0, [2, 2, 2, 2, 1, 0]), (30.0, [2] * 6)])
def test_rent_needs_no_cash_until_what_was_prepaid_is_used_up(prepaid, uses):
    """Rent of 2 a quarter is taken from what was prepaid as long as there is any."""
    rents, used = projection.rents_ahead(one_lab(rent=8.0, prepaid=prepaid), 6)
    assert rents[0, 0].tolist() == [8] * 6
    assert used[0, 0].tolist() == uses


def test_what_was_prepaid_for_a_block_is_not_used_beyond_its_contract():
    """30 prepaid, a contract of 20 quarters at 2 that has been paid for one quarter: 15 quarters, and nothing of the 8 quarters after."""
    model = one_lab(rent=8.0, prepaid=100.0)
    rents, used = projection.rents_ahead(model, 24)
    assert used[0, 0].tolist() == (rents[0, 0] / 4).tolist()
    assert used[0, 0].sum() == 2 * (model.compute.contract_term - 2)  # one quarter lies behind, one is the present


def test_prepayments_are_projected_as_the_model_then_uses_them():
    """Two blocks, one of which is delivered in two quarters: 3 at a rent of 2 and 4 at a rent of 1.25, in the books quarter by quarter."""
    model = one_lab(rent=8.0, prepaid=3.0)
    coming = Tranche(0, 0, model.quarter + 2, 1.0, 5.0, model.compute.contract_term, 4.0)
    model.fleet.place(0, 0, model.now + 2, coming, 0)
    model.ledger.open("prepaid", model.rows["labs"], 4.0, mirror=("prepaid_owed", model.rows["clouds"]))
    model.step()
    model.quarter = model.quarter - 1  # as it was when the first quarter was measured
    seen = projection.rents_ahead(model, 6)[1]
    model.quarter = model.quarter + 1
    lived = [model.step() or model.prepaid_used for _ in range(6)]
    assert seen[0, 0].tolist() == [1, 1.25, 1.25, 1.25, 0.25, 0]
    assert np.array_equal(np.stack(lived, axis=-1), seen)


def test_a_contract_counts_and_its_prepayment_is_used_from_its_delivery_on():
    model = one_lab()
    term = model.compute.contract_term
    model.fleet.place(0, 0, model.now + 2, Tranche(0, 0, model.quarter + 2, 1.0, 5.0, term, 4.0), 0)
    model.ledger.open("prepaid", model.rows["labs"], 4.0, mirror=("prepaid_owed", model.rows["clouds"]))
    rents, used = projection.rents_ahead(model, 8)
    assert rents[0, 0].tolist() == [0] + [5] * 7
    assert used[0, 0].tolist() == [0, 1.25, 1.25, 1.25, 0.25, 0, 0, 0]


# Forecasts -------------------------------------------------------------------------------------------------------------------


def test_scores_count_what_fell_below_each_quantile_and_leave_out_who_had_no_forecast():
    kept = Forecasts(worlds=1, horizon=4)
    kept.score(np.array([[0.05, 0.5, np.nan]]), np.array([[0.2, 0.4, np.nan]]))
    found = kept.score(np.array([[0.95, 0.5, np.nan]]), np.array([[0.6, np.nan, np.nan]]))
    assert found["below_p10"].item() == 1 / 4
    assert found["below_p90"].item() == 3 / 4
    assert found["forecast_error"].item() == pytest.approx(0.4)


def test_before_anything_has_matured_there_is_no_score():
    found = Forecasts(worlds=2, horizon=4).score(np.full((2, 3), np.nan), np.full((2, 3), np.nan))
    assert all(np.isnan(found[name]).all() for name in ("below_p10", "below_p90", "forecast_error"))


def test_a_forecast_is_scored_when_it_is_as_old_as_its_horizon_and_no_earlier():
    """The certain lab grows by nothing and says so: its median comes true a year later."""
    model = one_lab().run(6)
    places = model.record.series("labs", "forecast_pit")[..., 0]
    assert np.isnan(places[:, :4]).all()
    assert places[:, 4:] == pytest.approx(0.5)


def test_who_died_came_out_below_every_quantile():
    model = one_lab()
    kept = Forecasts(worlds=2, horizon=1)
    kept.note(model)
    model.labs.put(revenue=0.0, demand=0.0, alive=0.0)
    found = kept.note(model)
    assert found["forecast_pit"].tolist() == [[0], [0]]
    assert found["below_p10"].tolist() == [[1], [1]]
    assert isinstance(kept.open[0], Cone) and np.isnan(kept.note(model)["forecast_pit"]).all()


# Plans -----------------------------------------------------------------------------------------------------------------------


def noted(model, plans, revenue):
    """What `Plans` says of quarters with these plans and this revenue by lab, $bn a year, {name: [quarters]}, of one world."""
    kept, found = Plans(model), []
    for planned, earned in zip(plans, revenue, strict=True):
        model.labs.put(forecast_mid=np.array([planned]), revenue=np.array([earned]))
        found.append(kept.note(model))
    return {name: [float(each[name][0, 0]) for each in found] for name in found[0]}


def two_labs(**parameters):
    """Two labs that earn 3 and 1, as two years of earnings would grow by 4 a year; a certain future."""
    labs = [{"revenue": 3.0, "growth": np.log(4)}, {"revenue": 1.0, "growth": np.log(4)}]
    certain = {"cone.stall_belief": 0.0, **parameters}
    return industry(opening({"labs": labs, "clouds": [{}]}, people=wanting(spend=[3.0, 1.0]), parameters={**QUIET, **certain}))


def test_plans_meet_the_revenue_of_the_quarter_they_were_made_for():
    """A lag of 2 and 2 quarters beyond: plans of 6 + 2 for a quarter that brings 3 + 1 were twice too high; a dead lab's plan counts."""
    model = two_labs(**{"cloud.build_lag": 2})
    assert planning_horizon(model) == 4
    found = noted(model, [[6, 2], [6, 6]] + [[9, 1]] * 5, [[3, 1]] * 4 + [[3, 1], [4, 0], [0, 0]])["plans_over_outcome"]
    assert np.isnan(found[:4]).all()
    assert found[4:] == [2, 3, NEVER]


def test_plans_of_twice_the_neutral_forecast_are_twice_too_many():
    model = two_labs()
    neutral = of_industry(model, np.full((1, 1), np.log(4)), planning_horizon(model)).quantile(1 / 2).item()
    found = noted(model, [[neutral, neutral], [0, neutral / 2]], [[3, 1], [3, 1]])["plans_over_forecast"]
    assert found[0] == pytest.approx(2)
    assert found[1] > 1 / 2  # the sum stood still for a quarter, so the neutral forecast of the second is lower


def test_labs_of_one_mind_plan_together_what_a_neutral_observer_expects():
    """With the market's weight of past growth, and growing alike, the sum of medians is the median of the sum."""
    model = two_labs()
    model.labs.put(extrapolation=np.broadcast_to(model.funds.market_extrapolation, (1, 2)))
    model.step()
    assert model.indicators["plans_over_forecast"] == pytest.approx(1)


# The books -------------------------------------------------------------------------------------------------------------------


def test_a_ratio_to_nothing_is_without_bound_or_nothing():
    assert business.ratio(np.array([1.0, 1.0, 0.0, -1.0]), np.array([2.0, 0.0, 0.0, 0.0])).tolist() == [0.5, NEVER, 0, 0]


def test_the_gini_of_one_two_and_five_among_those_who_pay():
    """Mean absolute difference over twice the mean: (1 + 4 + 3) * 2 / 9 / (2 * 8 / 3) = 1 / 3; who does not pay does not count."""
    spend = np.array([[5.0, 0.0, 1.0, 2.0], [3.0, 3.0, 3.0, 3.0], [0.0, 0.0, 0.0, 0.0]])
    assert business.gini(spend)[:, 0] == pytest.approx([1 / 3, 0, 0])


def test_the_two_largest_buyers_make_seven_tenths():
    assert business.share_of_largest(np.array([[1.0, 4.0, 3.0]]), 2, np.array([[10.0]])).item() == pytest.approx(0.7)


def test_earnings_are_flattered_by_the_wear_that_the_books_leave_out():
    found = business.earnings_flattery(np.array([9.0, 5.0, 5.0]), np.array([5.0, 9.0, 1.0]), np.array([20.0, 20.0, 0.0]))
    assert found[:2].tolist() == [0.2, -0.2]
    assert np.isnan(found[2])


def test_compute_wears_as_chips_fall_behind_and_sites_age():
    """10 GW of the quarter before: chips at 35, worth exp(-ageing / 4) a quarter on, and 15 of site over 32 quarters."""
    model = one_lab()
    pace = np.asarray(model.fleet.ageing).ravel()[0]
    chips = 350 * (np.exp(-pace / 4) - np.exp(-pace / 2))
    assert model.fleet.wear(model.now)[:, 0] == pytest.approx([chips + 150 / 32] * 2)


def test_a_lab_burns_what_it_is_short_of_per_dollar_it_is_paid():
    """Paid 2 a quarter, opex 0.6, rent 3: it burns 1.6 of its cash, 0.8 a dollar, and that is its operating loss too."""
    model = one_lab(rent=12.0).run(1)
    assert model.measured["lab_burn_ratio"].tolist() == [[pytest.approx(0.8)]] * 2
    assert model.measured["burn_ratio"].tolist() == [[pytest.approx(0.8)]] * 2
    assert model.measured["operating_income"].tolist() == [[pytest.approx(-1.6)]] * 2


def test_prepaid_rent_is_a_cost_of_the_quarter_though_no_cash_moves():
    model = one_lab(rent=12.0, prepaid=100.0).run(1)
    assert model.measured["operating_income"][:, 0] == pytest.approx([-1.6] * 2)
    assert model.measured["lab_burn_ratio"][:, 0] == pytest.approx([-0.7] * 2)


def test_who_holds_a_promise_of_rent_and_a_prepayment_is_exposed_to_it():
    model = one_lab(rent=12.0, prepaid=5.0)
    exposed = exposures(model)
    lab, cloud = exposed.rows["labs"].start, exposed.rows["clouds"].start
    assert exposed.exposures[:, lab, cloud].tolist() == [5, 5]
    assert exposed.exposures[:, cloud, lab].tolist() == [12, 12]  # a year of rent, which is what a termination claim covers
    assert (debtranks(model) > 0).all()


# What a world came to --------------------------------------------------------------------------------------------------------


def test_over_extension_is_dated_to_the_first_quarter_short_after_one_that_was_covered():
    required = np.array([[3.0, 1.0, 1.0, 3.0], [3.0, 3.0, 3.0, 3.0], [1.0, 1.0, 1.0, 1.0]])
    dates = outcomes.over_extension_date(required, np.full((3, 4), 2.0))
    assert dates[0] == 1
    assert np.isnan(dates[1:]).all()


def test_break_even_is_the_end_of_the_first_four_quarters_that_earned():
    income = np.array([[-1.0, -1.0, 0.0, 1.0, 2.0, 0.0], [-1.0] * 6])
    years = outcomes.break_even_year(income)
    assert years[0] == 5 / 4
    assert np.isnan(years[1])
    assert np.isnan(outcomes.break_even_year(income[:, :3])).all()


def test_a_collapse_is_as_deep_as_the_worst_fall_from_the_peak_so_far():
    series = np.array([[1.0, 4.0, 3.0, 8.0, 2.0, 6.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.0] * 6])
    assert outcomes.collapse_depth(series).tolist() == [0.75, 0, 0]


def test_sums_over_a_year_begin_with_what_there_is():
    assert outcomes.over_a_year(np.array([[1.0, 0.0, 3.0, 0.0, 5.0]])).tolist() == [[1, 1, 4, 4, 8]]


def test_a_default_follows_if_another_came_within_the_window_before_it():
    fails = np.array([[2, 0, 1, 0, 0, 1], [0, 0, 0, 0, 0, 0], [1, 0, 0, 1, 0, 0]])
    shares = outcomes.following_share(fails, window=3)
    assert shares[0] == 1 / 4
    assert np.isnan(shares[1])
    assert shares[2] == 0


def test_contagion_is_the_share_of_defaults_that_vanishes_with_the_channels():
    assert outcomes.contagion_share(np.array([4, 0, 0]), np.array([1, 0, 0])) == 0.75
    assert outcomes.contagion_share(np.array([1]), np.array([2])) == -1
    assert np.isnan(outcomes.contagion_share(np.array([0]), np.array([0])))


# All together ----------------------------------------------------------------------------------------------------------------


def test_every_indicator_is_measured_in_its_scope_and_every_measured_one_is_declared():
    model = Industry(load_world("tutorial"), worlds=2).run(5)
    assert model.measured.keys() == INDICATORS.keys()
    wide = {"industry": 1, "labs": len(model.labs.names), "clouds": len(model.clouds.names)}
    assert {name for name, values in model.measured.items() if values.shape != (2, wide[INDICATORS[name].scope])} == set()
    assert all(item.reading and item.unit and item.label for item in FURTHER.values())
    table = model.record.outcomes(model)
    assert {"over_extension_date", "break_even_year", "collapse_depth", "following_share", "model_roi"} <= set(table.columns)
    assert str(model.opening.start + 4) == str(Quarter(model.now) - 1)
    release(model)


def test_a_model_is_in_the_books_once_it_is_withdrawn():
    """10 GW at a rent of 2 a quarter, of which 4 serve customers who pay 1 a quarter: training takes 1.2 and serving 0.8.

    The model released in the fourth quarter was trained for three, which is 3.6; it is on sale for four, earns 4 and leaves 0.8.
    """
    steady = {"technology.stall_hazard": 0, "technology.late_stall_hazard": 0, "technology.automated_share": 0}
    steady |= {"technology.release_period": 4, "technology.model_life": 4, "services.training_share_start": 0.5}
    flat = {
        "technology.chip_life": 1e9,
        "services.density_start": 1,
        "services.density_growth": 0,
        "services.scarcity_low": 1,
        "services.scarcity_high": 1,
    }
    lab = {"cash": 100.0, "revenue": 4.0, "opex_ratio": 0.3, "growth": 0.0}
    given = opening({"labs": [lab], "clouds": [{"cash": 1e3}]}, people=wanting(spend=4.0), parameters={**QUIET, **steady, **flat})
    model = industry(given, worlds=2)
    let(model, gw=10.0, rent=8.0, book=100.0)
    names = ("model_cost", "model_revenue", "model_profit", "lab_model_roi")
    model.run(7)
    assert model.measured["model_cost"][0, 0] == 0
    model.step()
    assert [model.measured[name][1, 0] for name in names] == pytest.approx([3.6, 4.0, 0.8, 0.8 / 3.6 - 1])
    release(model)
