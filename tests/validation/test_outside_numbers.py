"""Worked cases from textbooks and papers that small pure functions must reproduce."""

import numpy as np
import pytest

from abm import limits
from abm.limits import HEDGE, PONZI, SPECULATIVE, NormalDemand


@pytest.mark.parametrize(
    ("costs", "quantities", "price", "profit"),
    [([10] * 2, [30] * 2, 40, 900), ([10] * 5, [15] * 5, 25, 225), ([10, 20, 30], [30, 20, 10], 40, 900)],
)
def test_cournot_competition(costs, quantities, price, profit):
    quantity, prices, profits = limits.cournot(100, costs)
    assert quantity == pytest.approx(quantities, abs=1e-9)
    assert prices == pytest.approx([price] * len(costs), abs=1e-9)
    assert profits[0] == pytest.approx(profit, abs=1e-9)


def test_the_textbook_newsvendor():
    demand = NormalDemand(500, 100)
    fractile = limits.critical_fractile(10, 4, 2)
    order = demand.quantile(fractile)
    assert fractile == 0.75
    assert order == pytest.approx(567.449, abs=5e-4)
    assert limits.expected_profit(demand, order, 10, 4, 2) == pytest.approx(2745.779, abs=5e-4)


def test_bass_diffusion_of_the_average_durable():
    time, share, rate = limits.bass_peak(0.03, 0.38)
    assert time == pytest.approx(6.1926, abs=5e-5)
    assert share == pytest.approx(0.46053, abs=5e-6)
    assert rate == pytest.approx(0.110592, abs=5e-7)


def test_wrights_law_at_20_percent_per_doubling():
    assert limits.learning_exponent(0.2) == pytest.approx(0.321928, abs=5e-7)
    assert limits.learned_cost(2**3, 0.2) == pytest.approx(0.512, abs=1e-9)
    assert limits.learned_cost(10, 0.2) == pytest.approx(0.47651, abs=5e-6)


def test_cobweb_cycles_fade_last_or_grow_with_the_ratio_of_slopes():
    assert limits.cobweb(np.array([0.5, 1, 1.5]), 1).tolist() == ["damped", "perpetual", "explosive"]
    assert limits.cobweb(1, -2) == "damped"


def test_minskys_three_kinds_of_debtor():
    kinds = limits.minsky_class(np.array([20, 12, 6]), 100, 0.08, 10)
    assert kinds.tolist() == [HEDGE, SPECULATIVE, PONZI]
    assert limits.minsky_class(np.array([18, 8]), 100, 0.08, 10).tolist() == [HEDGE, SPECULATIVE]


def test_money_in_a_circle_brings_profit_and_loses_cash():
    revenue, gross_profit, net_cash = limits.money_in_a_circle(10, 0.8, 0.75)
    assert (revenue, gross_profit, net_cash) == pytest.approx((8, 6, -2), abs=1e-9)
