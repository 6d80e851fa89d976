"""What theory says exactly: every number of model.md 16.2 to 16.9, 16.11, 16.13 to 16.15, 16.18, 16.23 and 16.24."""

import numpy as np
import pytest

from abm import limits
from abm.limits import Bet, Deal, LognormalDemand

LOG_MEAN, SPREAD = 3.453878, 0.357493  # the cone whose P10 is 20 and whose P90 is 50 [model.md 16.1]
CONE = LognormalDemand(LOG_MEAN, SPREAD)
RENT = {"capex": 50, "rate": 0.08, "power": 1.3}


def test_the_cone_has_its_quantiles():
    assert [CONE.quantile(q) for q in (0.1, 0.5, 0.9)] == pytest.approx([20, 31.6228, 50], abs=1e-4)


@pytest.mark.parametrize(("margin", "quantile", "profit"), [(0.5, 0.5, 12.148), (0.8, 0.8, 23.120), (0.8, 0.1, 15.706), (0.8, 0.9, 22.718)])
def test_newsvendor_profit_on_the_cone(margin, quantile, profit):
    assert limits.expected_profit(CONE, CONE.quantile(quantile), 1, 1 - margin) == pytest.approx(profit, abs=5e-4)


def test_the_newsvendor_orders_at_its_margin_and_nothing_pays_better():
    assert limits.critical_fractile(1, 0.2) == pytest.approx(0.8)
    assert CONE.quantile(0.5) == pytest.approx(31.623, abs=5e-4)
    assert CONE.quantile(0.8) == pytest.approx(42.724, abs=5e-4)
    orders = CONE.quantile(np.linspace(0.5, 0.95, 46))
    assert np.argmax(limits.expected_profit(CONE, orders, 1, 0.2)) == 30


@pytest.mark.parametrize(
    ("quantile", "cost_ratio", "survival", "digits"),
    [
        *[(0.1, 1, 0.9, 4), (0.5, 1, 0.5, 4), (0.9, 1, 0.1, 4)],
        *[(0.1, 0.4, 0.99994, 5), (0.5, 0.4, 0.99481, 5), (0.9, 0.4, 0.9, 5)],
        *[(0.1, 0.2, 1, 6), (0.5, 0.2, 0.999997, 6), (0.9, 0.2, 0.99936, 5)],
    ],
)
def test_survival_of_a_lab_that_buys_at_a_quantile(quantile, cost_ratio, survival, digits):
    assert Bet(quantile, cost_ratio, SPREAD).survival() == pytest.approx(survival, abs=0.6 * 10**-digits)


@pytest.mark.parametrize(
    ("buffer", "survival"), [(0.1, (0.9425, 0.6159, 0.1619)), (0.2, (0.9717, 0.7337, 0.2555)), (0.3, (0.9887, 0.8408, 0.3883))]
)
def test_a_buffer_buys_survival(buffer, survival):
    bet = Bet(np.array([0.1, 0.5, 0.9]), 1, SPREAD, buffer=buffer)
    assert bet.survival() == pytest.approx(survival, abs=6e-5)


def test_rent_above_the_revenue_it_can_serve_kills_unless_training_gives_way():
    assert Bet(0.1, 1.33, SPREAD).survival() == 0
    assert limits.stretch(0.5, 0.25) == 1.5
    assert Bet(0.1, 1.33, SPREAD, stretch=1.5).survival() == pytest.approx(0.6857, abs=6e-5)


def test_a_buffer_larger_than_the_rent_makes_survival_certain():
    assert Bet(0.9, 0.4, SPREAD, buffer=0.5).survival() == 1


def test_opex_raises_the_bar_like_rent_does():
    assert Bet(0.5, 0.4, SPREAD, opex_ratio=0.2).survival() == pytest.approx(Bet(0.5, 0.5, SPREAD).survival())


def test_a_lab_may_serve_p90_and_be_solvent_at_p10_up_to_rent_of_p10_over_p90():
    assert np.exp(-2 * 1.2815516 * SPREAD) == pytest.approx(20 / 50, abs=1e-6)
    assert Bet(0.9, 20 / 50, SPREAD).survival() == pytest.approx(0.9, abs=1e-5)


def test_survival_agrees_with_drawn_worlds():
    revenue = np.random.default_rng(1).lognormal(LOG_MEAN, SPREAD, 400_000)
    planned = CONE.quantile(0.5)
    alive = 0.8 * np.minimum(revenue, 1.5 * planned) + 0.1 * planned >= 0.9 * planned
    bet = Bet(0.5, 0.9, SPREAD, opex_ratio=0.2, buffer=0.1, stretch=1.5)
    assert alive.mean() == pytest.approx(bet.survival(), abs=0.003)


def test_compute_of_20_supports_revenue_of_100_at_a_margin_of_80_percent():
    assert limits.supported_revenue(20, 0.8) == pytest.approx(100)
    assert limits.cost_ratio(0.8, 0) == pytest.approx(0.2)


def test_the_gigawatt_deal():
    deal = Deal(capex=50, life=5)
    assert (deal.yearly, deal.vendor_equity) == (10, 10)
    assert deal.vendor_equity / deal.capex == 0.2
    assert deal.own_cash_by_year().tolist() == [0, 10, 10, 10, 10]
    assert deal.own_cash_by_year().sum() == 40


def test_deals_stack():
    assert Deal(capex=50, life=5).stack(20) == (200, 200, 1000)
    assert Deal(capex=50, life=5).stack(28)[2] == 1400


def test_a_trillion_committed_on_eight_tenths_of_revenue():
    growing = 0.8 * (1 + np.array([[0], [0.1], [0.25], [0.5]])) ** np.arange(5)
    assert limits.cumulative_gap(growing[0], np.ones(5)) == pytest.approx(1)
    assert limits.max_drawdown(growing, np.ones(5)) == pytest.approx([1, 0.352, 0.2, 0.2])
    assert limits.max_drawdown([2, 2], [1, 1]) == 0


def test_every_model_earns_while_the_company_loses():
    training, revenue = [0.1, 1, 10], [0, 0.2, 2]
    assert limits.company_profit(training, revenue) == pytest.approx([-0.1, -0.8, -8])
    models = limits.model_profit(training, revenue)
    assert models == pytest.approx([0.1, 1])
    assert models / training[:2] == pytest.approx([1, 1])


def test_the_ladder_pays_when_training_stops():
    training, revenue = [0.1, 1, 10, 0], [0, 0.2, 2, 20]
    assert limits.company_profit(training, revenue)[-1] == 20
    assert limits.model_profit(training, revenue)[-1] == 10


def test_two_years_before_completion_a_sixteenth_is_done():
    assert limits.share_before_completion(24, 6) == 1 / 16


def test_profit_is_forecast_accuracy():
    assert limits.cost_ratio(0.5, 0.5) == 1
    profit = limits.forecast_profit(np.array([1.5, 1, 0.8, 2]), 1, stretch=1.5)
    assert profit == pytest.approx([0.5, 0, -0.2, 0.5])
    assert limits.break_even_ratio(limits.cost_ratio(0.8, 0.5)) == pytest.approx(0.4)
    assert limits.forecast_profit(0.5, 0.4, stretch=1.5, opex_ratio=0.2) == pytest.approx(0)
    assert limits.break_even_ratio(0.4, 0.2) == pytest.approx(0.5)


def test_a_heavy_subscriber_costs_more_than_the_plan():
    assert 6000 / 200 == 30
    assert 6000 * (1 - 0.5) == 3000
    assert limits.plan_loss(6000, 200, 0.5) == 2800
    assert limits.break_even_usage(200, 0.5) == 400
    assert limits.plan_loss(400, 200, 0.5) == 0


@pytest.mark.parametrize(
    ("life", "age", "gap"), [(4, 0.61, 0.0147), (5, 1.35, 0.0630), (6, 1.96, 0.1179), (8, 2.92, 0.2186), (10, 3.66, 0.3005)]
)
def test_books_flatter_most_at_an_age_that_grows_with_accounting_life(life, age, gap):
    widest = limits.age_of_widest_gap(life, 0.3)
    assert widest == pytest.approx(age, abs=5e-3)
    assert limits.depreciation_gap(widest, life, 0.3) == pytest.approx(gap, abs=5e-5)
    assert limits.depreciation_gap(np.linspace(0, life, 999), life, 0.3).max() <= limits.depreciation_gap(widest, life, 0.3) + 1e-12


@pytest.mark.parametrize(("life", "rent"), [(4, 17.25), (5, 14.50), (6, 12.67), (8, 10.375), (10, 9.00)])
def test_rent_falls_with_accounting_life(life, rent):
    assert limits.contract_rent(life=life, markup=0.1, **RENT) == pytest.approx(rent, abs=5e-3)


def test_rent_without_mark_up_is_the_public_price():
    assert limits.contract_rent(life=5, markup=0, **RENT) == pytest.approx(13.30)
    public = 300 / 5 / 4.5
    assert public == pytest.approx(13.33, abs=5e-3)


def test_cournot_with_three_firms():
    quantity, price, profit = limits.cournot(100, [10, 10, 10])
    assert quantity.tolist() == [22.5] * 3
    assert price.tolist() == [32.5] * 3
    assert profit.tolist() == [506.25] * 3


def test_cournot_with_differentiated_goods():
    quantity, price, profit = limits.cournot(100, [10, 10, 10], cross=0.5)
    assert quantity == pytest.approx([30] * 3)
    assert price == pytest.approx([40] * 3)
    assert profit == pytest.approx([900] * 3)


def test_a_firm_that_cannot_cover_its_cost_sells_nothing():
    quantity, price, _ = limits.cournot(100, [[70, 10], [10, 200], [120, 110]])
    assert quantity.tolist() == [[0, 45], [45, 0], [0, 0]]
    assert price[:, 0].tolist() == [55, 55, 100]


@pytest.mark.parametrize(("entry_cost", "firms"), [(500, 3), (506.25, 3), (506.26, 2), (2025, 1), (2026, 0), (1e9, 0)])
def test_firms_enter_while_all_cover_the_cost_of_entry(entry_cost, firms):
    assert limits.free_entry(100, 10, 1, entry_cost) == firms


def test_spend_trails_a_growing_potential_and_works_it_off_after_a_stall():
    growth, speed = np.log(4), 1.5
    assert limits.gompertz_gap(growth, speed) == pytest.approx(2.5198, abs=5e-5)
    assert limits.growth_after_stall(growth, speed, 1) == pytest.approx(2.0503, abs=5e-5)
    assert limits.growth_after_stall(growth, speed, 2) == pytest.approx(1.1737, abs=5e-5)


def test_bass_adoption_peaks_when_the_curve_is_steepest():
    time, share, rate = limits.bass_peak(0.03, 0.38)
    assert time == pytest.approx(6.1926, abs=5e-5)
    around = limits.bass_share(time + np.array([-1e-4, 0, 1e-4]), 0.03, 0.38)
    assert (around[2] - around[0]) / 2e-4 == pytest.approx(rate, abs=1e-8)
    assert around[1] == pytest.approx(share)
    assert limits.bass_peak(0.5, 0.1) == (0, 0, 0.5)


def test_more_training_compute_is_worth_little_and_costs_much_inference():
    gain = np.log10(0.7 / 0.5)
    assert gain == pytest.approx(0.1461, abs=5e-5)
    assert gain / 1.1 * 12 == pytest.approx(1.6, abs=0.05)
    inference_lost = (0.5 - 0.3) / 0.5
    assert inference_lost == pytest.approx(0.4)


def test_what_is_not_automated_limits_the_speed_up():
    assert limits.amdahl_speedup(0.2, 5) == pytest.approx(1.1905, abs=5e-5)
    assert limits.automated_share(1.05, 5) == pytest.approx(0.05952, abs=5e-6)
    assert limits.automated_share(1.175, 5) == pytest.approx(0.18617, abs=5e-6)
    assert limits.amdahl_speedup(limits.automated_share(1.175, 5), np.inf) == pytest.approx(1.2288, abs=5e-5)


def periods(gap, step):
    """Time between downward crossings of zero, interpolated."""
    at = np.flatnonzero((gap[:-1] > 0) & (gap[1:] <= 0))
    return np.diff((at + gap[at] / (gap[at] - gap[at + 1])) * step)


def test_a_correction_on_old_news_swings_with_a_period_of_four_delays():
    measured = periods(limits.delayed_correction(np.pi / 2, 1, 0.001, 24_000), 0.001)
    assert measured == pytest.approx(np.full(len(measured), 4), abs=5e-3)
    assert measured[:5].mean() == pytest.approx(4.002, abs=5e-4)


def test_swings_are_sustained_at_half_pi_fade_below_and_grow_above():
    def amplitudes(strength):
        gap = limits.delayed_correction(strength, 1, 0.001, 40_000)
        return np.abs(gap[8_000:12_000]).max(), np.abs(gap[36_000:]).max()

    for strength, last_over_first in ((np.pi / 2, (0.98, 1.02)), (1.2, (0, 0.1)), (1.8, (5, np.inf))):
        first, last = amplitudes(strength)
        assert last_over_first[0] <= last / first <= last_over_first[1]


def test_slow_correction_never_overshoots():
    assert limits.delayed_correction(0.99 / np.e, 1, 0.001, 30_000).min() > 0
    assert limits.delayed_correction(1.2 / np.e, 1, 0.001, 30_000).min() < 0
