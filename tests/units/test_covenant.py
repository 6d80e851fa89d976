"""An owner of compute at market value: when its lenders stop lending, and when its books are written down [model.md 12.4, 13.3]."""

import numpy as np
import pytest

from abm import sentiment
from abm.markets.capital import offered_loans
from abm.planning import lenders_finance, look_ahead
from tests.worlds import industry, let, opening, wanting

PLAIN = {"lab.fixed_opex": 0.0, "lender.rate": 0.08}
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
    """Quarters in breach counted so far, after each of so many depreciations, in the first of two worlds that are alike."""
    seen = []
    for _ in range(quarters):
        model.begin()
        sentiment.depreciate(model)
        seen.append(model.clouds.breach[:, 0].tolist())
    assert all(one == other for one, other in seen)
    return [one for one, _ in seen]


def test_an_owner_is_in_breach_while_its_debt_exceeds_its_cash_and_its_compute_at_used_prices():
    """Cash of 10 and compute worth 40.47 = 35 exp(-.3 / 4) + 8, whatever the books say: debt of 50 is covered, of 51 is not."""
    assert breaches(owner(debt=50.0, cloud_cash=10.0), 3) == [0, 0, 0]
    assert breaches(owner(debt=51.0, cloud_cash=10.0), 3) == [1, 2, 3]
    assert breaches(owner(debt=51.0, cloud_cash=10.0, book=500.0), 3) == [1, 2, 3]


def test_a_quarter_without_a_breach_starts_the_count_again():
    model = owner(debt=60.0, cloud_cash=10.0)
    assert breaches(model, 2) == [1, 2]
    model.ledger.pay("dividend", model.rows["Economy"], model.rows["clouds"], np.full((2, 1, 1), 20.0))
    assert breaches(model, 1) == [0]


@pytest.mark.parametrize(("quarters", "lends"), [(0, True), (3, True), (4, False), (9, False)])
def test_four_quarters_in_breach_end_new_credit_for_deliveries_and_for_plans(quarters, lends):
    model = owner(debt=1.0)
    model.clouds.put(breach=quarters)
    loans = offered_loans(model, np.full((2, 1), 10.0))
    assert loans[:, 0, 0] == pytest.approx([7.5 * lends] * 2)
    assert lenders_finance(model, look_ahead(model)).tolist() == [[lends]] * 2


def test_a_covenant_may_be_written_more_patiently():
    model = owner(debt=1.0, **{"cloud.covenant": 5})
    model.clouds.put(breach=4.0)
    assert offered_loans(model, np.full((2, 1), 10.0))[:, 0, 0] == pytest.approx([7.5] * 2)


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
    model.compute.shell[...] = 40.0  # worth 75 for once
    assert books(model, 1) == [100]
    model.compute.shell[...] = 8.0
    assert books(model, YEAR) == pytest.approx([100] * 3 + [43])
