"""The seed's deal, 1 GW for 50 of which the vendor puts up the first year, through the real books, contracts and graph of money."""

from dataclasses import replace

import numpy as np
import pytest

from abm.compute import planning, signing
from abm.measures import indicators
from abm.measures.network import circularity, cycle_flow, origins
from tests.worlds import cash, industry, opening, quarter, turn, wanting

RENT, LAG = 10.0, 6


@pytest.fixture
def parties():
    """A lab with 5, a cloud, a vendor and a lender with 100 each, in two worlds; nobody spends anything."""
    firms = {
        "labs": [{"cash": 5.0}], "clouds": [{"cash": 100.0}], "vendors": [{"cash": 100.0, "slots_gw": 2.0}], "lenders": [{"cash": 100.0}],
    }  # fmt: skip
    model = industry(opening(firms, people=wanting(None), parameters={"lab.fixed_opex": 0.0}), worlds=2)
    model.begin()
    return model


def sign(model, equity=10.0):
    """The lab reserves 1 GW at 10 a year; the first year is paid in advance, out of this much vendor equity."""
    view = planning.look_ahead(model)
    view = replace(view, pair_rent=np.full((2, 1, 1), RENT))
    signing.sign(model, view, np.ones((2, 1, 1)), np.full((2, 1), RENT), np.full((2, 1, 1), equity))


def balances(model, kind, account):
    return model.ledger.balances[account][:, model.rows[kind]][:, 0].copy()


def test_vendor_equity_covers_year_one_in_every_book(parties):
    accounts = [
        ("labs", "cash", 0), ("labs", "prepaid", 10), ("labs", "equity", -10),
        ("vendors", "cash", -10), ("vendors", "stakes", 10),
        ("clouds", "cash", 10), ("clouds", "prepaid_owed", -10),
    ]  # fmt: skip
    before = {(kind, account): balances(parties, kind, account) for kind, account, _ in accounts}
    sign(parties)
    for kind, account, change in accounts:
        assert balances(parties, kind, account) - before[kind, account] == pytest.approx([change] * 2, abs=1e-9), (kind, account)
    assert parties.ledger.flows["vendor_equity"].sum(axis=1) == pytest.approx([0, 0], abs=1e-12)
    assert parties.fleet.committed_rent(parties.now + LAG)[:, 0, 0] == pytest.approx([RENT] * 2)
    assert parties.fleet.remaining_rent(parties.now)[:, 0, 0] == pytest.approx([5 * RENT] * 2)  # off the balance sheet


def test_the_lab_pays_no_cash_rent_for_four_quarters_and_all_of_it_afterwards(parties):
    sign(parties)
    paid, prepaid = [], []
    for _ in range(LAG + 5):
        if parties.age > 0:
            quarter(parties, spend=0.0)
            paid.append(parties.ledger.payments("rent").sum(axis=(1, 2)))
            prepaid.append(parties.prepaid_used.sum(axis=1))
        turn(parties)
    assert parties.fleet.in_service(parties.now)[:, 0, 0] == pytest.approx([1, 1])
    assert np.array(prepaid)[-5:, 0] == pytest.approx([2.5, 2.5, 2.5, 2.5, 0])
    assert np.array(paid)[:-1].sum() == 0
    assert np.array(paid)[-1] == pytest.approx([2.5, 2.5])
    assert cash(parties, "labs")[:, 0] == pytest.approx([2.5, 2.5])


def test_without_vendor_money_the_lab_pays_year_one_itself(parties):
    parties.ledger.open("cash", parties.rows["labs"], 20.0)
    sign(parties, equity=0.0)
    assert balances(parties, "labs", "cash") == pytest.approx([15, 15])
    assert balances(parties, "clouds", "prepaid_owed") == pytest.approx([-10, -10])


@pytest.mark.parametrize("left_over", [0.0, -1e-17, 1e-300])
def test_an_empty_till_signs_nothing_and_never_less_than_nothing(parties, left_over):
    parties.ledger.balances["cash"][:, parties.rows["labs"]] = left_over
    view = replace(planning.look_ahead(parties), pair_rent=np.full((2, 1, 1), RENT))
    orders, prepaid, equity = planning.financed(parties, view, np.ones((2, 1, 1)))
    assert all((amounts >= 0).all() and amounts.sum() < 1e-12 for amounts in (orders, prepaid, equity))


# the same money as a graph -------------------------------------------------------------------------------------------------


@pytest.fixture
def paid(parties):
    """Vendor to lab 10, lab to cloud 10, lender to cloud 25, cloud to vendor 35, in the quarter that closes a year."""
    rows, ledger = parties.rows, parties.ledger
    amount = np.ones((2, 1, 1))
    parties.cap.issue("vendor_equity", rows["vendors"], rows["labs"], 10 * amount)
    ledger.pay("prepayment", rows["labs"], rows["clouds"], 10 * amount)
    ledger.pay("loan", rows["lenders"], rows["clouds"], 25 * amount)
    ledger.pay("chips", rows["clouds"], rows["vendors"], 35 * amount)
    parties.vendors.put(sales=35.0, other_sales=0.0)
    parties.labs.put(ordered_gw=1.0)
    parties.age = 3
    indicators.measure(parties)
    return parties


def test_a_fifth_of_the_order_and_two_sevenths_of_the_chips_are_the_vendors_own_money(paid):
    equity = paid.ledger.payments("vendor_equity").sum(axis=(1, 2))
    assert equity / paid.vendors.sales[:, 0] == pytest.approx([10 / 35] * 2)
    assert paid.measured["order_circularity"][:, 0] == pytest.approx([10 / 50] * 2)
    assert paid.measured["flow_circularity"][:, 0] == pytest.approx([10 / 35] * 2)


def test_ten_go_round_on_three_edges(paid):
    purchases, equity, loans = indicators.payments_by_nature(paid.ledger)
    three = purchases + equity
    circle = cycle_flow(three)
    assert circle.sum(axis=(1, 2)) == pytest.approx([30, 30])
    assert sorted(circle[0][circle[0] > 0]) == pytest.approx([10, 10, 10])
    assert circularity(three)[:, 0] == pytest.approx([30 / 55] * 2)
    assert paid.measured["circularity"][:, 0] == pytest.approx([30 / (55 + 25)] * 2)  # the recorded sector counts the loan too


def test_no_vendor_dollar_comes_from_a_customer(paid):
    assert paid.measured["look_through"][:, 0] == pytest.approx([0, 0], abs=1e-9)
    purchases, equity, loans = indicators.payments_by_nature(paid.ledger)
    vendor = paid.rows["vendors"].start
    injected = np.stack([0 * equity.sum(axis=1), loans.sum(axis=1), equity.sum(axis=1)], axis=-1)  # customers, debt, vendor
    shares = origins(purchases, injected)[:, vendor]
    assert shares[0] == pytest.approx([0, 25 / 35, 10 / 35], abs=1e-9)
