"""An owner in trouble: covenants, what their breach brings, missed debt service, and books written down [model.md 12.4, 13.3, 28]."""

import numpy as np
import pytest

from abm.books.loans import interest
from abm.finance import sentiment
from abm.finance.credit import count_breaches, sweep
from abm.finance.lending import offered_loans
from tests.worlds import ONE_RATE, industry, let, opening, quarter, turn, wanting

PLAIN = {"lab.fixed_opex": 0.0, **ONE_RATE}
YEAR = 4  # quarters


def owner(debt, *, cloud_cash=100.0, book=50.0, **parameters):
    """An owner of 1 GW, let for 12 a year and just delivered; at used prices it is worth 35 exp(-delta) + 8."""
    firms = {"labs": [{"cash": 100.0, "revenue": 20.0}], "clouds": [{"cash": cloud_cash}], "lenders": [{"cash": 200.0}]}
    given = opening(firms, debt=debt, debt_life=40, people=wanting(None), parameters={**PLAIN, **parameters})
    model = industry(given, worlds=2)
    let(model, gw=1.0, rent=12.0, book=book)
    return model


# Covenant -----------------------------------------------------------------------------------------------------------------------


def breaches(model, quarters):
    """Quarters in breach counted so far, after each of so many tests, in the first of two worlds that are alike."""
    seen = []
    for _ in range(quarters):
        count_breaches(model)
        seen.append(model.clouds.breach[:, 0].tolist())
    assert all(one == other for one, other in seen)
    return [one for one, _ in seen]


def earning(model, ebitda, interest=0.0):
    """The model, in which the owner earns so much and pays so much interest, $bn a year."""
    model.clouds.put(ebitda=ebitda, interest=interest)
    return model


@pytest.mark.parametrize(("debt", "breach"), [(30.0, 0), (44.6, 0), (44.7, 1), (60.0, 1)])
def test_loans_may_exceed_the_chips_of_their_vintage_by_a_tenth_of_themselves(debt, breach):
    """A GW of a quarter ago is worth 35 exp(-2 / 6 / 4) + 8 = 40.20 at used prices: a tenth of 44.67 is beyond it."""
    assert breaches(earning(owner(debt=debt), 100.0), 3) == [breach, 2 * breach, 3 * breach]


@pytest.mark.parametrize(("ebitda", "breach"), [(6.1, 0), (5.9, 1)])
def test_cash_flow_must_cover_interest_and_repayment(ebitda, breach):
    """Loan of 40 over 40 quarters: 4 a year to repay and 2 of interest."""
    assert breaches(earning(owner(debt=40.0), ebitda, interest=2.0), 2) == [breach, 2 * breach]


def test_a_quarter_without_a_breach_starts_the_count_again():
    model = earning(owner(debt=40.0), 1.0)
    assert breaches(model, 2) == [1, 2]
    assert breaches(earning(model, 9.0), 1) == [0]


@pytest.mark.parametrize(("quarters", "lends"), [(0, True), (1, True), (2, False), (9, False)])
def test_two_quarters_in_breach_end_the_drawing_of_loans(quarters, lends):
    model = owner(debt=1.0)
    model.clouds.put(breach=quarters)
    loans = offered_loans(model, np.full((2, 1, 1), 7.5))
    assert loans[:, 0, 0] == pytest.approx([7.5 * lends] * 2)


def test_a_waived_breach_costs_a_point_on_all_loans():
    model = owner(debt=40.0)
    before = interest(model).copy()
    model.clouds.put(breach=1.0)
    assert (interest(model) - before)[:, 0, 0] == pytest.approx([0.4] * 2)


@pytest.mark.parametrize(("quarters", "swept"), [(3, 0.0), (4, 1.0), (7, 1.0)])
def test_after_a_year_in_breach_cash_beyond_the_reserve_repays_loans(quarters, swept):
    """Cash of 30; 5 and a tenth of the loan of 40 are kept: 21 repay."""
    model = owner(debt=40.0, cloud_cash=30.0, **{"cloud.reserve": 5.0, "cloud.reserve_per_debt": 0.1})
    model.begin()
    model.clouds.put(breach=quarters)
    sweep(model)
    assert model.fleet.loans()[:, 0, 0] == pytest.approx([40 - 21 * swept] * 2)
    assert all(np.max(gap) < 1e-9 for gap in model.ledger.residuals().values())


# Unpaid debt service ------------------------------------------------------------------------------------------------------------


def misses(quarters, debt=20.0, **columns):
    """Times taken over, after each of so many quarters in which an owner with good collateral can pay no debt service."""
    model = owner(debt=debt, cloud_cash=0.0, **{"investor.rescue_limit": 0.0, "technology.obsolescence": 0.0})
    model.fleet.rent[0][...] = 0  # its tenant pays nothing
    model.clouds.put(**columns)
    seen = []
    for _ in range(quarters):
        model.ledger.pay("other_cash_flow", model.rows["Economy"], model.rows["clouds"], np.full((2, 1, 1), 3.8 / 4))
        quarter(model, spend=0.0)
        seen.append(model.clouds.reorganised[0, 0])
        turn(model)
    return seen


def test_missed_debt_service_is_extended_against_good_collateral_for_two_quarters_and_no_longer():
    assert misses(4) == [0, 0, 1, 1]


def test_without_good_collateral_the_first_missed_payment_is_default():
    assert misses(1, debt=45.0) == [1]


# Impairment ---------------------------------------------------------------------------------------------------------------------


def old(book):
    """An owner whose used compute is worth 43 = 35 + 8 for ever and whose books lose nothing by the straight line."""
    model = owner(debt=0.0, book=book, **{"technology.chip_life": 1e9})
    model.fleet.depreciation[...] = 0
    return model


def books(model, quarters):
    """Book value after each of so many quarters, $bn, in the first of two worlds that are alike."""
    seen = []
    for _ in range(quarters):
        model.begin()
        sentiment.depreciate(model)
        seen.append(model.fleet.total("book")[:, 0].tolist())
    assert all(one == other for one, other in seen)
    return [one for one, _ in seen]


@pytest.mark.parametrize(("book", "after_a_year"), [(43 / 0.69, 43.0), (43 / 0.71, 43 / 0.71)])
def test_compute_worth_less_than_seven_tenths_of_its_book_for_a_year_is_written_down_to_what_it_is_worth(book, after_a_year):
    model = old(book)
    assert books(model, YEAR) == pytest.approx([book] * (YEAR - 1) + [after_a_year])
    assert model.ledger.profit["impairment"][:, model.rows["clouds"]][:, 0] == pytest.approx([after_a_year - book] * 2)
    assert model.ledger.balances["fleet"][:, model.rows["clouds"]][:, 0] == pytest.approx([after_a_year] * 2)


def test_after_an_impairment_the_rest_is_written_off_over_the_same_time():
    model = old(100.0)
    model.fleet.depreciation[..., model.fleet.at(model.now - 1)] = 100 / 40  # ten years
    assert books(model, YEAR)[-1] == pytest.approx(43.0)
    assert model.fleet.total("depreciation")[:, 0] == pytest.approx([43 / 36] * 2)  # nine years are left


def test_a_quarter_at_a_better_price_saves_the_books_for_another_year():
    model = old(100.0)
    assert books(model, YEAR - 1) == [100] * 3
    model.fleet.shell[...] = 40.0  # worth 75 for once
    assert books(model, 1) == [100]
    model.fleet.shell[...] = 8.0
    assert books(model, YEAR) == pytest.approx([100] * 3 + [43])
