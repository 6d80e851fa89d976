"""Who owns what: issues, marks, wipe-outs, and firms that own parts of each other."""

import numpy as np
import pytest

from abm.books.equity import CapTable
from abm.books.ledger import Ledger
from abm.measures.network import cross_held_values

VENDOR, INVESTOR, LAB = (slice(row, row + 1) for row in range(3))
HOLDERS, LABS = slice(0, 2), slice(2, 4)


@pytest.fixture
def table():
    """A vendor and an investor with 100 each; two labs worth 40 and 0, the first held 25 : 75, the second by the investor."""
    ledger = Ledger(2, ["vendor", "investor", "lab", "newcomer"])
    ledger.open("cash", HOLDERS, 100.0)
    shares = np.zeros((4, 4))
    shares[:2, 2:] = [[0.25, 0], [0.75, 1]]
    cap = CapTable(ledger, shares)
    cap.mark(LABS, np.array([[40.0, 0.0], [40.0, 0.0]]))
    return cap


def bought(amount, lab=0):
    """The vendor pays this in both worlds, [2, 2 holders, 2 labs]."""
    paid = np.zeros((2, 2, 2))
    paid[:, 0, lab] = amount
    return paid


def test_a_mark_moves_every_stake_with_the_issuer_and_is_zero_in_sum(table):
    stakes = table.ledger.balances["stakes"]
    assert stakes.tolist() == [[10, 30, 0, 0]] * 2
    table.mark(LABS, np.array([[80.0, 0.0], [20.0, 4.0]]))
    assert stakes.tolist() == [[20, 60, 0, 0], [5, 19, 0, 0]]
    assert table.value(LABS).tolist() == [[80, 0], [20, 4]]
    assert table.ledger.net_worth().sum(axis=1).tolist() == [200, 200]


def test_nothing_is_ever_worth_less_than_nothing(table):
    table.mark(LABS, np.array([[-5.0, 0.0]] * 2))
    assert table.value(LABS).tolist() == [[0, 0]] * 2


def test_an_issue_leaves_the_price_unchanged(table):
    existing = table.shares[:, 1, 2] * table.value(LAB)[:, 0]
    table.issue("lab_equity", HOLDERS, LABS, bought(10))
    assert table.value(LABS).tolist() == [[50, 0]] * 2  # post-money
    assert table.shares[:, 1, 2] * table.value(LAB)[:, 0] == pytest.approx(existing)  # who did not buy lost nothing
    assert table.shares[0, :2, 2] == pytest.approx([(10 + 10) / 50, 30 / 50])
    assert table.ledger.balances["stakes"][0, :2] == pytest.approx([20, 30])


def test_an_issue_costs_cash_and_brings_it(table):
    worth = table.ledger.net_worth()
    table.issue("vendor_equity", HOLDERS, LABS, bought(10))
    assert table.ledger.balances["cash"].tolist() == [[90, 100, 10, 0]] * 2
    assert np.allclose(table.ledger.net_worth(), worth)  # a stake for cash, equity for cash


def test_the_shares_of_every_issuer_sum_to_one_after_any_history(table):
    random = np.random.default_rng(3)
    for _ in range(50):
        table.issue("lab_equity", HOLDERS, LABS, random.uniform(0, 1, (2, 2, 2)) * random.integers(0, 2, (2, 2, 2)))
        table.mark(LABS, random.uniform(0, 50, (2, 2)))
    assert table.residual(LABS) == pytest.approx([0, 0], abs=1e-12)
    held = (table.shares[:, :, LABS] * table.value(LABS)[:, None]).sum(axis=2)
    assert np.allclose(held, table.ledger.balances["stakes"], atol=1e-9)


def test_an_issue_of_nothing_changes_nothing(table):
    before = table.shares.copy()
    table.issue("lab_equity", HOLDERS, LABS, bought(0))
    assert np.array_equal(table.shares, before)


def test_who_buys_a_firm_that_was_worth_nothing_owns_it(table):
    table.issue("lab_equity", HOLDERS, LABS, bought(3, lab=1))
    assert table.shares[0, :2, 3].tolist() == [1, 0]
    assert table.value(LABS)[0].tolist() == [40, 3]


def test_the_default_of_a_lab_worth_50_costs_the_holder_of_a_fifth_10():
    ledger = Ledger(2, ["vendor", "founders", "lab"])
    cap = CapTable(ledger, np.array([[0, 0, 0.2], [0, 0, 0.8], [0, 0, 0]]))
    cap.mark(LAB, np.full((2, 1), 50.0))
    cap.wipe_out(LAB, np.array([[True], [False]]))  # in the first world only
    assert ledger.net_worth().tolist() == [[0, 0, 0], [10, 40, -50]]
    assert cap.residual(LAB).tolist() == [0, 0]  # its table stands, at price 0


def test_a_replaced_issuer_belongs_to_its_new_holders_by_weight(table):
    gone = np.array([[True, False]] * 2)
    table.wipe_out(LABS, gone)
    table.hand_over(LABS, gone, HOLDERS, np.array([[0.3, 0.7]] * 2))
    assert table.shares[1, :, 2].tolist() == [0.3, 0.7, 0, 0]
    assert table.shares[1, :, 3].tolist() == [0, 1, 0, 0]


def test_two_firms_that_own_a_fifth_of_each_other_are_worth_a_quarter_more_on_paper():
    """Marked round after round through the real books, cross-holdings reach V = (I - S)^-1 e [model.md 16.20]."""
    ledger = Ledger(2, ["one", "other", "public"])
    ledger.open("cash", slice(0, 2), 10.0)
    shares = np.array([[0, 0.2, 0], [0.2, 0, 0], [0.8, 0.8, 0]])
    cap, firms = CapTable(ledger, shares), slice(0, 2)
    for _ in range(40):
        cap.mark(firms, ledger.book_equity(firms))
    assert np.allclose(cap.value(firms), 12.5, rtol=0, atol=1e-9)
    assert np.allclose(cross_held_values(shares[None, :2, :2], np.array([[10.0, 10.0]])), 12.5, rtol=0, atol=1e-9)
    assert np.allclose(ledger.balances["stakes"][:, 2], 20)  # outsiders own no more than there is
