"""The market for equity: how money is shared, as formulas."""

import numpy as np
import pytest

from abm.finance.capital import share_out


def row(*values):
    """One world, [1, n]."""
    return np.array(values, dtype=float)[None]


def test_scarce_money_is_spread_pro_rata_to_what_labs_ask():
    paid = share_out(row(6), row(10, 20), np.ones((1, 1, 2)))
    assert paid[0, 0] == pytest.approx([2, 4])


def test_nobody_gets_more_than_it_asked_and_all_pay_alike():
    paid = share_out(row(30, 10), row(4, 4), np.ones((1, 2, 2)))
    assert paid[0].sum(axis=0) == pytest.approx([4, 4])
    assert paid[0, 0] == pytest.approx(3 * paid[0, 1])


def test_an_investor_gives_only_to_labs_it_may_buy():
    paid = share_out(row(6, 6), row(6, 6), np.array([[[1, 0], [1, 1]]]))
    assert paid[0, 0, 1] == 0
    assert paid[0, 1, 1] == 3
    assert paid[0].sum(axis=0)[0] == pytest.approx(6)  # 6 and 3 were on offer: a third is left with each


def test_a_doubter_makes_good_only_part_of_its_offer():
    paid = share_out(row(6), row(10, 10), np.array([[[1, 0.5]]]))
    assert paid[0, 0] == pytest.approx([3, 1.5])


def test_without_asks_or_money_nothing_moves():
    assert share_out(row(6), row(0, 0), np.ones((1, 1, 2))).sum() == 0
    assert share_out(row(0), row(1, 1), np.ones((1, 1, 2))).sum() == 0
    assert share_out(np.zeros((1, 0)), row(1, 1), np.ones((1, 0, 2))).shape == (1, 0, 2)


def test_the_order_of_labs_and_investors_never_matters():
    random = np.random.default_rng(1)
    supply, asks, eager = random.uniform(0, 9, (2, 3)), random.uniform(0, 9, (2, 4)), random.uniform(0, 1, (2, 3, 4))
    paid = share_out(supply, asks, eager)
    turned = share_out(supply[:, ::-1], asks[:, ::-1], eager[:, ::-1, ::-1])
    assert np.allclose(paid, turned[:, ::-1, ::-1])
