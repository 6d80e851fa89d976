"""Clearing: worked cases small enough to check by hand, in one world and in three at once."""

import numpy as np
import pytest

from abm.errors import BrokenRule
from abm.failure.clearing import clear

FINNET = [[0, 0.1, 0.7], [2, 0, 10.5], [0, 8.4, 0]]


def debts(agents, owed):
    """A matrix from {(payer, payee): amount}."""
    matrix = np.zeros((agents, agents))
    for pair, amount in owed.items():
        matrix[pair] = amount
    return matrix


CHAIN = debts(3, {(0, 1): 10, (1, 2): 8})  # lab owes cloud, cloud owes lender
CYCLE = debts(3, {(0, 1): 10, (1, 2): 8, (2, 0): 3})


def one_world(cash, *classes, **default_costs):
    return clear(np.array([cash], dtype=float), np.array(classes, dtype=float)[:, None], **default_costs)


def equity(cash, result):
    """Cash and receipts less everything owed, paid or not: what is left to owners, negative in default."""
    return cash + result.payments.sum(axis=(0, 2)) - result.owed.sum(axis=0)


@pytest.mark.parametrize("agents", [3, 5])
def test_nobody_short_means_everybody_pays_all(agents):
    ring = np.roll(np.eye(agents), 1, axis=1)
    result = one_world([0] * agents, ring)
    assert result.paid.tolist() == result.owed.tolist() == [[[1] * agents]]
    assert result.payments.tolist() == [[ring.tolist()]]
    assert result.rounds.tolist() == [0]
    assert not result.defaulted.any()


@pytest.mark.parametrize(
    ("cash", "paid", "left"),
    [((1, 1, 1), (0.8, 9.5, 8.4), (1.72, 0, 1.28)), ((0, 0, 0.1), (0.8, 5.625, 5.525), None)],
)
def test_the_published_eisenberg_noe_case(cash, paid, left):
    result = one_world(cash, FINNET)
    assert result.paid[0, 0] == pytest.approx(paid, abs=1e-9)
    if left:
        assert np.maximum(0, equity(cash, result))[0] == pytest.approx(left, abs=1e-9)


@pytest.mark.parametrize(
    ("survives", "paid", "defaulted"),
    [(0.9, (0.8, 8.55, 8.4), [False, True, False]), (0.5, (0.8, 1.234177, 1.368354), [False, True, True])],
)
def test_the_published_rogers_veraart_case(survives, paid, defaulted):
    result = one_world((1, 1, 1), FINNET, alpha=survives, beta=survives)
    assert result.paid[0, 0] == pytest.approx(paid, abs=1e-6)
    assert result.defaulted[0].tolist() == defaulted


def test_of_two_solutions_the_greatest_is_taken():
    ring, cash, least = [[0, 1], [1, 0]], np.array([0.1, 0.1]), np.array([0.1, 0.1])
    assert (0.5 * cash + 0.5 * least == least).all()  # paying .1 each is consistent too, with both in default
    assert one_world(cash, ring, alpha=0.5, beta=0.5).paid.tolist() == [[[1, 1]]]


@pytest.mark.parametrize(
    ("assets", "left", "paid"),
    [((10, 5, 1.8), (1, 0.96, -0.2), (9.5, 4.5, 2.3)), ((10, 3.6, 1.6), (0.946667, -0.48, -0.40), None)],
)
def test_debt_to_the_outside_shares_a_loss_with_the_ring(assets, left, paid):
    a, b, c, outside = range(4)
    lent = debts(4, {(b, a): 0.5, (c, b): 0.5, (a, c): 0.5, (a, outside): 9, (b, outside): 4, (c, outside): 2})
    result = one_world((*assets, 0), lent)
    assert equity((*assets, 0), result)[0, :3] == pytest.approx(left, abs=1e-6)
    if paid:
        assert result.paid[0, 0, :3] == pytest.approx(paid, abs=1e-9)


@pytest.mark.parametrize(
    ("cash", "owed", "costs", "paid"),
    [
        ((6, 1, 0), CHAIN, {}, (6, 7, 0)),
        ((6, 1, 0), CHAIN, {"alpha": 0.8, "beta": 0.9}, (4.8, 5.12, 0)),
        ((4, 1, 0), CYCLE, {}, (7, 8, 3)),
        ((4, 1, 0), CYCLE, {"alpha": 0.8, "beta": 0.9}, (5.9, 6.11, 3)),
        ((6, 1, 0.5, 3), debts(4, {(0, 1): 10, (1, 2): 8, (1, 3): 2, (2, 3): 1}), {}, (6, 7, 1, 0)),
    ],
)
def test_chains_and_cycles_by_hand(cash, owed, costs, paid):
    assert one_world(cash, owed, **costs).paid[0, 0] == pytest.approx(paid, abs=1e-9)


def test_the_lender_of_a_broken_chain_receives_seven_of_eight():
    result = one_world((6, 1, 0), CHAIN)
    assert result.payments[0, 0].tolist() == [[0, 6, 0], [0, 0, 7], [0, 0, 0]]
    assert result.unpaid[0, 0].tolist() == [4, 1, 0]


def test_a_senior_claim_is_paid_in_full_before_a_junior_one_gets_anything():
    wages, rent, notes = debts(2, {(0, 1): 3}), debts(2, {(0, 1): 4}), debts(2, {(0, 1): 5})
    result = one_world((5, 0), wages, rent, notes)
    assert result.paid[:, 0, 0].tolist() == [3, 2, 0]


def test_claims_of_one_class_are_paid_pro_rata():
    result = one_world((5, 0, 0), debts(3, {(0, 1): 8, (0, 2): 2}))
    assert result.payments[0, 0, 0].tolist() == [0, 4, 1]


def test_the_golden_quarter_without_revenue():
    lab, cloud, lender, economy = range(4)
    first, debt, rent = debts(4, {(cloud, economy): 0.325}), debts(4, {(cloud, lender): 2.3125}), debts(4, {(lab, cloud): 3})
    result = one_world((1, 2, 20, 1e5), first, debt, rent, alpha=[[0.9, 1, 1, 1]])
    assert result.paid[2, 0, lab] == pytest.approx(0.9, abs=1e-12)
    assert result.deadweight[0].tolist() == pytest.approx([0.1, 0, 0, 0], abs=1e-12)
    assert result.unpaid[2, 0, lab] == pytest.approx(2.1, abs=1e-12)
    assert result.defaulted[0].tolist() == [True, False, False, False]
    assert 2 + 0.9 - result.paid[:, 0, cloud].sum() == pytest.approx(0.2625, abs=1e-12)


def test_default_costs_may_differ_between_agents():
    result = one_world((6, 1, 0), CHAIN, alpha=[[0.5, 1, 1]])
    assert result.paid[0, 0].tolist() == [3, 4, 0]
    assert result.deadweight[0].tolist() == [3, 0, 0]


def test_a_later_round_takes_down_an_agent_that_an_earlier_one_spared():
    result = one_world((6, 1, 0), debts(3, {(0, 1): 10, (1, 2): 7.5}), alpha=0.9)
    assert result.defaulted[0].tolist() == [True, True, False]
    assert result.rounds.tolist() == [2]


def test_three_worlds_keep_apart():
    cash = np.array([[10, 8, 0], [6, 1, 0], [0, 0, 0]], dtype=float)
    result = clear(cash, np.broadcast_to(CHAIN, (1, 3, 3, 3)))
    assert result.paid[0].tolist() == [[10, 8, 0], [6, 7, 0], [0, 0, 0]]
    assert result.defaulted.tolist() == [[False] * 3, [True, True, False], [True, True, False]]
    assert result.rounds.tolist() == [0, 2, 2]


def test_a_nearly_closed_ring_that_leaks_slowly_is_solved_exactly():
    leak = 1e-4
    ring = debts(3, {(0, 1): 10, (1, 0): 10, (0, 2): leak})
    result = one_world((leak / 4, leak / 4, 0), ring)
    first = result.paid[0, 0, 0]
    second = leak / 4 + first * 10 / (10 + leak)
    assert result.defaulted[0].tolist() == [True, True, False]
    assert second == pytest.approx(result.paid[0, 0, 1], abs=1e-9)
    assert first == pytest.approx(leak / 4 + second, abs=1e-9)
    assert first == pytest.approx(leak / 2 * (10 + leak) / leak, rel=1e-6)


def test_a_ring_that_owes_wages_it_cannot_earn_pays_the_ring_nothing():
    wages, ring = debts(3, {(0, 2): 1e-3}), debts(3, {(0, 1): 10, (1, 0): 10})
    result = one_world((0, 0, 0), wages, ring)
    assert result.paid.max() == pytest.approx(0, abs=1e-9)


def test_an_agent_short_by_a_rounding_error_has_not_defaulted():
    result = one_world((0.1 + 0.2 - 1e-14, 0), debts(2, {(0, 1): 0.3}))
    assert not result.defaulted.any()


@pytest.mark.parametrize("bad", [-1, float("nan")])
def test_negative_amounts_and_non_numbers_are_refused(bad):
    with pytest.raises(BrokenRule, match=r"cash\[0, 1\]"):
        one_world((0, bad), np.zeros((2, 2)))
    with pytest.raises(BrokenRule, match=r"due\[0, 0, 0, 1\]"):
        one_world((0, 0), debts(2, {(0, 1): bad}))


@pytest.mark.parametrize("more", [{"alpha": 1.1}, {"beta": 1.5}, {"alpha": -0.1}, {"alpha": np.nan}, {"beta": np.array([[0.5, np.nan]])}])
def test_a_share_that_survives_default_is_a_share(more):
    with pytest.raises(BrokenRule, match="must be a share from 0 to 1"):
        clear(np.ones((1, 2)), np.zeros((1, 1, 2, 2)), **more)


@pytest.mark.parametrize("value", [np.inf, np.nan, -1])
@pytest.mark.parametrize("which", ["cash", "due"])
def test_dues_and_cash_without_end_are_refused(which, value):
    cash, due = np.ones((1, 2)), np.zeros((1, 1, 2, 2))
    (cash if which == "cash" else due).flat[1] = value
    with pytest.raises(BrokenRule, match=rf"clearing: {which}\["):
        clear(cash, due)
