"""Credit as a supply curve: how much, at what rate, and how fast lenders lend, as formulas [model.md 11.9, 26.5, 28]."""

import mesa
import numpy as np
import pytest

from abm.engine.population import Population
from abm.finance.lending import credit_limit
from abm.finance.lending_parameters import LenderParameters
from agents.lender import Lender

# the numbers of the model's text, whatever the shipped worlds are calibrated to
LAW = {
    "rate": 0.08,
    "best_rate": 0.05,
    "rate_slope": 1.0,
    "coverage": 1.2,
    "tightening": 0.5,
    "loan_to_value": 0.75,
    "fear_premium": 0.05,
    "leverage_premium": 0.01,
    "leverage_norm": 3.0,
    "refinancing_cover": 1.0,
    "credit_speed": 0.25,
    "credit_base": 15.0,
    "sentiment_cap": 1.3,
}
LENDING = LenderParameters(1, LAW)
YES, NO = np.array([[True]]), np.array([[False]])


def row(*values):
    """One world, [1, n]."""
    return np.array(values, dtype=float)[None]


def lender(**columns):
    """One lender of no appetite, by its columns."""
    usual = {"risk_appetite": 0.5, "capital_ratio": 0.2, "notes": 0.0, "tenor": 20.0, "spread": 0.0, "cash": 10.0}
    given = {name: np.array([[value]]) for name, value in {**usual, **columns}.items()}
    return Population(mesa.Model(rng=1), Lender, ["lender"], given, 1)


# Pace ---------------------------------------------------------------------------------------------------------------------------


def test_a_pure_fund_lends_a_quarter_of_its_means_at_most_and_more_in_a_boom():
    pace = 0.25 * (100 + 15)
    at = [credit_limit(LENDING, row(100), row(0), row(100), row(1.0), row(mood), YES)[0, 0] for mood in (0.5, 1, 1.2, 1.3, 2)]
    assert at == pytest.approx([pace / 4, pace, pace * 1.44, pace * 1.69, pace * 1.69])


@pytest.mark.parametrize(("capital", "part"), [(20, 1.0), (18, 0.8), (15, 0.5), (12, 0.2), (10, 0.0), (5, 0.0), (-3, 0.0)])
def test_a_lender_lends_less_as_its_capital_falls_below_what_its_loans_ask_for_and_nothing_at_half_of_it(capital, part):
    """Loans of 100 ask for a capital of 20."""
    pace = 0.25 * (100 + 15)
    assert credit_limit(LENDING, row(capital), row(100), row(50), row(0.2), row(1), YES)[0, 0] == pytest.approx(part * pace)


def test_capital_of_another_business_keeps_a_lender_lending_but_makes_it_no_faster():
    pace = 0.25 * (100 + 15)
    assert credit_limit(LENDING, row(5), row(100), row(50), row(0.2), row(1), YES, row(20))[0, 0] == pytest.approx(pace)
    assert credit_limit(LENDING, row(20), row(100), row(50), row(0.2), row(1), YES, row(900))[0, 0] == pytest.approx(pace)


def test_without_an_answered_call_a_lender_puts_up_its_own_part_in_cash():
    assert credit_limit(LENDING, row(100), row(0), row(2), row(0.2), row(1), NO)[0, 0] == pytest.approx(10)
    assert credit_limit(LENDING, row(100), row(0), row(0), row(0.2), row(1), NO)[0, 0] == 0


# Terms --------------------------------------------------------------------------------------------------------------------------


def cover(*values):
    """One world, one lender, one owner for each cover."""
    return np.array(values, dtype=float)[None, None]


def test_the_loan_is_the_usual_one_at_the_required_cover_and_falls_in_proportion_below_it():
    lent = lender().financed(cover(0, 0.3, 0.6, 1.2, 5), 0.75, row(1), LENDING)[0, 0]
    assert lent.tolist() == pytest.approx([0, 0.75 / 4, 0.75 / 2, 0.75, 0.75])


def test_fear_costs_a_part_of_every_loan():
    lent = [lender().financed(cover(2), 0.75, row(mood), LENDING)[0, 0, 0] for mood in (1.5, 1, 0.6, 0)]
    assert lent == pytest.approx([0.75, 0.75, 0.75 * 0.8, 0.75 * 0.5])


def test_the_rate_is_the_common_one_at_the_required_cover_and_nears_the_best_one_as_cover_rises():
    """At three times the required cover a third of the premium of three points is left, at half of it twice the premium."""
    asked = lender().rate_asked(cover(1.2, 3.6, 0.6), np.zeros((1, 1, 3)), row(1), LENDING)[0, 0]
    assert asked.tolist() == pytest.approx([0.08, 0.06, 0.11])


def test_spread_fear_and_leverage_cost():
    kind = lender(spread=0.015)
    calm = kind.rate_asked(cover(1.2), np.zeros((1, 1, 1)), row(1), LENDING)[0, 0, 0]
    afraid = kind.rate_asked(cover(1.2), np.zeros((1, 1, 1)), row(0.6), LENDING)[0, 0, 0]
    indebted = kind.rate_asked(cover(1.2), np.full((1, 1, 1), 5.0), row(1), LENDING)[0, 0, 0]
    assert [calm, afraid, indebted] == pytest.approx([0.095, 0.095 + 0.02, 0.095 + 2 * 0.01])


def test_notes_are_renewed_as_far_as_debt_service_is_covered():
    assert lender().refinanced(cover(0, 0.4, 1, 3), LENDING)[0, 0].tolist() == [0, 0.4, 1, 1]


def test_terms_have_no_step():
    """Over covers from nothing to ample no step of a hundredth moves the loan by more than a hundredth of itself or the rate by a point."""
    covers = np.arange(0.3, 3, 0.01)[None, None]
    lent = lender().financed(covers, 0.75, row(1), LENDING)[0, 0]
    asked = lender().rate_asked(covers, np.zeros_like(covers), row(1), LENDING)[0, 0]
    assert np.abs(np.diff(lent)).max() < 0.0075 and np.abs(np.diff(asked)).max() < 0.01
    assert (np.diff(lent) >= 0).all() and (np.diff(asked) <= 0).all()
