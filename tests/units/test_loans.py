"""An old loan pays the rate at which it was drawn, a new one the present rate; what floats follows the base rate."""

import numpy as np
import pytest

from abm.books.loans import borrow, draw, interest, mean_rate, reprice
from abm.finance.lending import lend
from abm.shocks import Shock
from tests.worlds import ONE_RATE, cash, industry, let, opening, quarter, turn, wanting


def owing(debt=40.0, rate=None, worlds=2, shocks=(), **parameters):
    """An owner with a loan of 40 over 20 quarters; market rate 8 %, lenders borrow 2 % below it, 80 cents of a dollar lent."""
    firms = {"labs": [{"cash": 50.0, "revenue": 20.0}], "clouds": [{"cash": 50.0}], "lenders": [{"cash": 20.0, "borrowings": 32.0}]}
    plain = {"lab.fixed_opex": 0.0, "cloud.upkeep": 0.0, **ONE_RATE, **parameters}
    given = opening(firms, debt=debt, debt_life=20, people=wanting(None), parameters=plain)
    if rate is not None:
        given = given.__class__(**{**vars(given), "debt_rate": np.array([[rate]])})
    model = industry(given, worlds=worlds, shocks=shocks)
    let(model, gw=1.0, rent=12.0, book=50.0)
    return model


def test_a_loan_of_the_opening_pays_what_the_files_say_and_the_market_rate_where_they_are_silent():
    assert owing(rate=0.05).loan_rates.tolist() == [[[0.05]]] * 2
    assert owing(rate=np.nan).loan_rates.tolist() == [[[0.08]]] * 2
    assert owing().loan_rates.tolist() == [[[0.08]]] * 2


def test_interest_due_is_the_contracted_one_whatever_the_present_rate():
    model = owing(rate=0.05)
    model.terms = model.terms._replace(rate=np.full((2, 1, 1), 0.14))
    owed = quarter(model, spend=20.0)
    assert owed.amount("interest")[:, 0, 0] == pytest.approx([40 * 0.05 / 4] * 2)


def test_a_lender_pays_for_what_it_owes_the_usual_distance_below_what_its_loans_earn():
    owed = quarter(owing(rate=0.05), spend=20.0)
    assert owed.amount("borrowing_interest")[:, 0, 0] == pytest.approx([32 * 0.03 / 4] * 2)
    assert quarter(owing(), spend=20.0).amount("borrowing_interest")[:, 0, 0] == pytest.approx([32 * 0.06 / 4] * 2)


def test_ten_at_twelve_beside_thirty_at_four_per_cent_cost_six():
    assert mean_rate(0.04, 30.0, 0.12, 10.0) == pytest.approx(0.06)
    assert mean_rate(0.04, 0.0, 0.12, 0.0) == 0.04  # nothing new, nothing moves


def test_a_drawing_adds_its_own_interest_and_no_more():
    model = owing(rate=0.05)
    model.terms = model.terms._replace(rate=np.array([[[0.10]], [[0.14]]]))
    before = interest(model).copy()
    new = np.full((2, 1, 1), 10.0)
    draw(model, new)
    borrow(model, np.full((2, 1), 8.0))
    at = model.fleet.at(model.now - 1)
    model.fleet.loan[..., at] += new
    model.fleet.changed_loans()
    assert (interest(model) - before)[:, 0, 0] == pytest.approx([1.0, 1.4])
    assert model.lenders.funding_rate[:, 0] == pytest.approx([(32 * 0.03 + 8 * 0.06) / 40] * 2)


def test_a_lender_whose_capital_call_nobody_answers_borrows_no_more_for_it():
    """Of a loan of 10 it borrows 8 in any case; who answers the call decides only whose cash the other 2 are."""
    model = owing(rate=0.05)
    model.sentiment = np.array([[1.0], [0.3]])
    model.begin()
    lend(model, np.full((2, 1, 1), 10.0))
    owed = -model.ledger.balances["borrowings"][:, model.rows["lenders"]][:, 0]
    assert owed == pytest.approx([40.0] * 2)
    assert model.lenders.funding_rate[:, 0] * owed == pytest.approx([32 * 0.03 + 8 * 0.06] * 2)


def test_repayment_leaves_the_rate_and_lowers_the_interest():
    model = owing(rate=0.05)
    quarter(model, spend=20.0)
    turn(model)
    assert model.loan_rates.tolist() == [[[0.05]]] * 2
    assert interest(model)[:, 0, 0] == pytest.approx([38 * 0.05] * 2)


def test_what_is_left_after_creditors_took_over_pays_the_present_rate():
    model = owing(rate=0.05)
    model.terms = model.terms._replace(rate=np.full((2, 1, 1), 0.13))
    reprice(model, np.array([[True], [False]]))
    assert model.loan_rates[:, 0, 0].tolist() == [0.13, 0.05]


@pytest.mark.parametrize(("floating", "paid"), [(0.0, 0.05), (0.25, 0.06), (1.0, 0.09)])
def test_a_rate_shock_of_four_points_reaches_the_floating_part_of_old_loans(floating, paid):
    shock = Shock.read({"name": "rate_shock", "at": "2023Q1", "size": 0.04}, "test")
    model = owing(rate=0.05, shocks=(shock,), **{"lender.floating": floating})
    owed = quarter(model, spend=20.0)
    assert owed.amount("interest")[:, 0, 0] == pytest.approx([40 * paid / 4] * 2)
    assert owed.amount("borrowing_interest")[:, 0, 0] == pytest.approx([32 * (paid - 0.02) / 4] * 2)


def test_interest_paid_is_what_left_the_owners_cash():
    model = owing(rate=0.05, worlds=1)
    start = cash(model, "clouds")[0, 0].copy()
    quarter(model, spend=20.0)
    assert cash(model, "clouds")[0, 0] - start == pytest.approx(12 / 4 - 1.3 / 4 - 2.0 - 0.5)  # rent, power, principal, interest
