"""The cone: what a planner believes, what it refuses to believe, and how it is scored."""

import numpy as np
import pytest

from abm.beliefs.cone import Cone, believed_spread, cone, mixture_quantile
from abm.beliefs.growth import Trend, lasting_growth, momentum_that_holds, realised_growth, reasoned_growth, update_extrapolation
from abm.beliefs.implied import implied_quantile
from abm.beliefs.parameters import ConeParameters
from abm.beliefs.scores import coverage_below, crps, pit

SHAPE = (3, 3)
SPEC = {  # the numbers of model.md 5, whatever the shipped worlds are calibrated to
    "annual_spread": 0.3575,
    "growth_spread": 0.0,
    "momentum_share": 0.45,
    "lasting_growth": np.log(1.5),
    "stalled_growth": 0.40,
    "stall_belief": 0.031,
    "fading": 0.0,
    "lead_share": 0.1,
    "growth_memory": 0.75,
    "growth_floor": -2.0,
    "growth_ceiling": np.log(20),
}
TENFOLD = np.log(10)


def seen(base=9.0, growth=TENFOLD, extrapolation=0.0, horizon=2.0, **values):
    """The cone of three labs in three worlds."""
    beliefs = {name: values.pop(name) for name in ("optimism",) if name in values}
    filled = [np.broadcast_to(np.asarray(item, dtype=float), SHAPE) for item in (base, growth, extrapolation)]
    return cone(*filled, horizon, ConeParameters(3, SPEC | values), **beliefs)


def test_growth_is_annual_and_logarithmic():
    assert realised_growth(np.array([[1.1]]), np.array([[1.0]]), ConeParameters(1, SPEC)) == pytest.approx(4 * np.log(1.1))


def test_growth_beyond_belief_is_cut_and_silence_is_no_growth():
    revenue, previous = np.array([[100.0, 1.0, 0.0, 1.0, 0.0]]), np.array([[1.0, 100.0, 1.0, 0.0, 0.0]])
    assert realised_growth(revenue, previous, ConeParameters(1, SPEC)).tolist() == [[np.log(20), -2, -2, np.log(20), 0]]


def test_the_extrapolative_estimate_moves_a_quarter_of_the_way():
    assert update_extrapolation(np.array([[1.0]]), np.array([[2.0]]), ConeParameters(1, SPEC)) == pytest.approx(1.25)


def test_momentum_that_fades_adds_up_to_less_and_the_first_year_is_the_seeds():
    parameters = ConeParameters(1, SPEC | {"fading": 0.25})
    trend = Trend(*np.full((3, 1, 1), [[[1.0]], [[0.1]], [[0.45]]]))
    one, two = (reasoned_growth(np.full((1, 1), 1.0), trend, years, parameters).item() for years in (1.0, 2.0))
    assert one == pytest.approx(0.1 + 0.45 * 0.9)
    assert two == pytest.approx(0.2 + 0.45 * 0.9 * (1 - np.exp(-0.5)) / (1 - np.exp(-0.25)))


def test_of_a_lead_over_the_market_little_holds():
    parameters, trend = ConeParameters(1, SPEC), Trend(*np.full((3, 1, 1), [[[0.5]], [[0.1]], [[0.45]]]))
    assert reasoned_growth(np.full((1, 1), 1.5), trend, 1.0, parameters).item() == pytest.approx(0.1 + 0.45 * 0.4 + 0.1 * 1.0)


def test_the_larger_an_industry_the_less_growth_lasts():
    """At the three known sizes, half way between two of them in logs, and beyond."""
    parameters = ConeParameters(1)
    sizes = np.array([[0.5, 2.0, np.sqrt(60), 30.0, np.sqrt(60_000), 2_000.0, 50_000.0]])
    young, proven, mature = np.log(4), np.log(1.5), 0.05
    expected = [young, young, (young + proven) / 2, proven, (proven + mature) / 2, mature, mature]
    assert lasting_growth(sizes, parameters)[0] == pytest.approx(expected)


def test_momentum_holds_less_in_a_mature_industry():
    sizes = np.array([[1.0, 30.0, np.sqrt(60_000), 2_000.0, 9_000.0]])
    assert momentum_that_holds(sizes, ConeParameters(1))[0] == pytest.approx([0.45, 0.45, 0.325, 0.2, 0.2])


def test_only_planners_who_reason_let_growth_fade():
    assert seen(extrapolation=1, fading=0.25).growth == pytest.approx(2 * np.log(10))
    assert np.all(seen(extrapolation=0, fading=0.25).growth < seen(extrapolation=0).growth)


def test_hope_lifts_every_branch_alike():
    sober, hopeful = seen(), seen(optimism=0.2)
    assert hopeful.growth - sober.growth == pytest.approx(0.4) and hopeful.stalled_growth - sober.stalled_growth == pytest.approx(0.4)
    assert hopeful.quantile(0.1) / sober.quantile(0.1) == pytest.approx(np.exp(0.4))


def test_a_believed_width_scales_what_was_learned():
    parameters = ConeParameters(1, SPEC | {"believed_width": 0.5, "width": 1.0})
    assert believed_spread(1.0, parameters, np.full((1, 1), 0.2)) == pytest.approx(0.1)
    assert believed_spread(1.0, ConeParameters(1, SPEC | {"width": 2.0})) == pytest.approx(2 * 0.3575)


def test_a_planner_mixes_momentum_and_what_lasts():
    bottom_up = 0.45 * np.log(10) + 0.55 * np.log(1.5)
    assert seen(extrapolation=0.3, horizon=1).growth == pytest.approx(0.3 * np.log(10) + 0.7 * bottom_up)


def test_the_stall_has_the_probability_of_beginning_in_time():
    assert seen(extrapolation=0.25).stall_weight == pytest.approx(0.75 * (1 - 0.969**8))


def test_a_pure_extrapolator_sees_no_stall():
    forecast = seen(extrapolation=1)
    assert np.all(forecast.stall_weight == 0)
    assert forecast.quantile(0.1) == pytest.approx(9 * 100 * np.exp(-1.2815516 * 0.3575 * np.sqrt(2)))


def test_the_tenth_percentile_of_a_bottom_up_planner_lies_inside_the_stall_branch():
    forecast = seen(extrapolation=0)
    stall, normal = (Cone(forecast.base, growth, growth, 0.0, forecast.spread) for growth in (forecast.stalled_growth, forecast.growth))
    low = forecast.quantile(0.1)
    assert np.all((stall.quantile(0.1) < low) & (low < stall.quantile(0.9)))
    assert np.all(normal.cdf(low) < 0.01)


def test_a_stall_never_promises_more_than_normal_progress():
    shrinking = seen(growth=-1.0)
    assert np.all(shrinking.gap == 0)
    assert shrinking.quantile(0.5) == pytest.approx(9 * np.exp(shrinking.growth))


def test_the_cdf_undoes_the_quantile():
    forecast = seen(base=[1.0, 9.0, 100.0], growth=[0.0, 1.0, 3.0], extrapolation=[0.0, 0.3, 0.9])
    for q in (0.02, 0.1, 0.2, 0.5, 0.9, 0.98):
        assert forecast.cdf(forecast.quantile(q)) == pytest.approx(q, abs=1e-12)


def test_a_quantile_between_far_branches_is_found_too():
    weight = np.array([[0.1, 0.1, 0.1]])
    q = np.array([[0.1, 0.1 - 1e-9, 0.1 + 1e-9]])
    for gap in (1.0, 5.0, 10.0, 40.0):
        found = mixture_quantile(q, weight, gap)
        stalled = weight * (found <= gap / 2)
        assert np.all((found >= -1.3) & (found <= gap - 1.2) & (stalled <= q + 1e-8))


def test_nothing_comes_of_nothing():
    forecast = seen(base=[0.0, 1.0, 2.0])
    assert forecast.quantile(0.9)[:, 0].tolist() == [0, 0, 0]
    assert forecast.cdf(np.zeros(SHAPE))[0].tolist() == [1, 0, 0]
    assert forecast.mean()[:, 0].tolist() == [0, 0, 0]


def test_today_is_known():
    assert seen(horizon=0.0).quantile(0.9) == pytest.approx(9)


def test_a_cone_without_width_holds_its_two_branches():
    narrow = Cone(np.full((1, 3), 10.0), 1.0, 0.5, 0.2, np.finfo(float).eps)
    assert narrow.quantile(np.array([[0.1, 0.19, 0.21]])) == pytest.approx(10 * np.exp([[0.5, 0.5, 1.0]]))


def test_planners_who_believe_in_a_narrower_cone_are_over_precise():
    assert seen(width=2.0).spread == pytest.approx(2 * seen().spread)
    assert seen(width=2.0, believed_width=0.5).spread == pytest.approx(0.5 * seen().spread)


def test_doubt_about_the_rate_of_growth_widens_the_cone_in_proportion_to_time():
    assert seen(growth_spread=0.3, horizon=3.0).spread == pytest.approx(np.sqrt(0.3575**2 * 3 + 0.9**2))


def test_the_mean_is_what_drawn_worlds_earn():
    forecast = Cone(np.array([[10.0]]), 0.8, 0.2, 0.3, 0.4)
    rng = np.random.default_rng(1)
    growth = np.where(rng.random(400_000) < 0.3, 0.2, 0.8)
    drawn = 10 * np.exp(growth + 0.4 * rng.standard_normal(400_000))
    assert forecast.mean().item() == pytest.approx(drawn.mean(), rel=0.005)
    assert [forecast.quantile(q).item() for q in (0.1, 0.5, 0.9)] == pytest.approx(np.quantile(drawn, [0.1, 0.5, 0.9]), rel=0.01)


def test_the_fan_has_its_levels_last():
    fan = seen().fan((0.1, 0.5, 0.9))
    assert fan.shape == (3, 3, 3)
    assert np.all(np.diff(fan, axis=-1) > 0)


def test_several_planners_look_at_the_same_tenants_each_in_its_own_way():
    base, growth, weight = np.array([[1.0, 5.0]] * 3), np.array([[1.0, 2.0]] * 3), np.array([[0.0, 0.5, 1.0, 0.2]] * 3)
    parameters = ConeParameters(3, {"width": [0.5, 1.0, 2.0]})
    together = cone(base[:, :, None], growth[:, :, None], weight[:, None, :], 2.0, parameters).quantile(0.1)
    assert together.shape == (3, 2, 4)
    alone = cone(base, growth, weight[:, [2]], 2.0, parameters).quantile(0.1)
    assert together[:, :, 2].tolist() == alone.tolist()


def test_a_world_alone_equals_itself_in_a_crowd_bit_for_bit():
    rng = np.random.default_rng(7)
    base, growth, weight = rng.lognormal(size=(17, 5, 1)), rng.normal(1, 1, (17, 5, 1)), rng.uniform(size=(17, 1, 3))
    width, level = rng.uniform(0.25, 2, 17), rng.uniform(0.02, 0.98, (17, 1, 3))

    def run(rows):
        forecast = cone(base[rows], growth[rows], weight[rows], 2.0, ConeParameters(len(width[rows]), {"width": width[rows]}))
        low = forecast.quantile(level[rows])
        return low, forecast.cdf(base[rows]), forecast.mean(), crps(forecast, low)

    for crowd, alone in zip(run(slice(None)), run(slice(11, 12)), strict=True):
        assert crowd[11].tobytes() == alone[0].tobytes()


def test_what_came_true_is_a_quantile_and_a_lab_without_revenue_had_no_forecast():
    forecast = seen(base=[0.0, 1.0, 2.0])
    transforms = pit(forecast, forecast.quantile(0.3))
    assert np.isnan(transforms[:, 0]).all()
    assert transforms[:, 1:] == pytest.approx(0.3)


def test_coverage_counts_forecasts_that_were_undercut():
    transforms = np.array([[0.05, 0.2, 0.9, np.nan], [np.nan] * 4, [0.01, 0.02, 0.03, 0.5]])
    np.testing.assert_allclose(coverage_below(transforms, 0.1), [[1 / 3], [np.nan], [3 / 4]])


def test_the_score_of_a_normal_forecast_is_the_known_one():
    at_the_median = crps(seen(extrapolation=1, horizon=1.0), np.full(SHAPE, 90.0))
    assert at_the_median == pytest.approx(0.3575 * (np.sqrt(2) - 1) / np.sqrt(np.pi))


def test_the_score_is_twice_the_mean_pinball_loss_over_all_quantiles():
    forecast = Cone(np.array([[10.0]]), 0.8, 0.2, 0.3, 0.4)
    levels = (np.arange(20_000) + 0.5) / 20_000
    for outcome in (5.0, 15.0, 40.0):
        error = np.log(outcome) - np.log(forecast.quantile(levels[None, :]))
        pinball = np.where(error > 0, levels * error, (levels - 1) * error)
        assert crps(forecast, np.array([[outcome]])).item() == pytest.approx(2 * pinball.mean(), rel=1e-4)


def test_no_outcome_no_score():
    assert np.isnan(crps(seen(base=[0.0, 1.0, 1.0]), np.array([[1.0, 0.0, 1.0]] * 3))).tolist() == [[True, True, False]] * 3


def test_the_implied_appetite_is_the_quantile_at_which_the_rent_can_just_be_paid():
    forecast = seen(base=[1.0, 2.0, 3.0])
    rent = forecast.quantile(np.array([[0.1, 0.5, 0.9]]))
    found = implied_quantile(forecast.quantile, rent)
    assert found.quantile == pytest.approx(np.array([[0.1, 0.5, 0.9]] * 3), abs=1e-12)
    assert not found.at_most.any()
    assert not found.at_least.any()


def test_beyond_the_ends_the_implied_appetite_says_so():
    found = implied_quantile(lambda q: 100 * q, np.array([[1.0, 50.0, 99.0]]))
    assert found.quantile == pytest.approx(np.array([[0.02, 0.5, 0.98]]))
    assert found.at_most.tolist() == [[True, False, False]]
    assert found.at_least.tolist() == [[False, False, True]]
