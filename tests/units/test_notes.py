"""Notes: principal that falls due on one day and must be refinanced, or paid, on that day [model.md 28]."""

import numpy as np
import pytest

from abm.books.notes import Notes
from abm.finance.credit import market_window, refinance
from tests.worlds import ONE_RATE, cash, industry, let, opening, quarter, turn, wanting

ONE = np.ones((1, 1, 1))


def issued(*maturities, span=12):
    """Notes of 10 due after so many quarters, one lender and one owner."""
    notes = Notes(1, 1, 1, span)
    for quarters in maturities:
        notes.issue(10 * ONE, np.array([[quarters]]))
    return notes


def test_a_note_falls_due_after_its_tenor_and_stays_due_until_it_is_paid():
    notes = issued(3)
    for due in (0, 0, 10, 10):
        assert notes.due()[0, 0, 0] == due
        notes.advance()


def test_what_matures_beyond_the_span_counts_as_of_its_end():
    assert issued(40).maturing[0, 0, 0].tolist() == [0] * 11 + [10]


def test_an_exchange_moves_the_day_and_leaves_the_amount():
    notes = issued(1, 2, 9)
    moved = notes.exchange(np.array([1.0, 0.5])[None, None, None], np.array([[8]]))
    assert moved[0, 0, 0] == 15
    assert notes.maturing[0, 0, 0].tolist() == [0, 5, 0, 0, 0, 0, 0, 15, 10, 0, 0, 0]
    assert notes.total()[0, 0, 0] == 30


def test_notes_of_a_reorganised_owner_start_anew():
    notes = issued(1, 5)
    notes.restart(np.array([[True]]), np.array([[6]]))
    assert notes.maturing[0, 0, 0].tolist() == [0] * 5 + [20] + [0] * 6


# In the model -------------------------------------------------------------------------------------------------------------------


def borrower(due=1, amount=20.0, cloud_cash=50.0, **parameters):
    """An owner of 1 GW let for 12 a year, and a note of 20 that falls due in the quarter that begins (1) or later."""
    firms = {
        "labs": [{"cash": 50.0, "revenue": 20.0, "opex_ratio": 0.2}],
        "clouds": [{"cash": cloud_cash}],
        "lenders": [{"cash": 50.0, "notes": 1.0, "tenor": 28.0}],
    }
    calm = {"lab.fixed_opex": 0.0, "cloud.upkeep": 0.0, **ONE_RATE, "lender.window_sd": 0.0}
    given = opening(firms, people=wanting(None), parameters={**calm, **parameters})
    given = given.__class__(**{**vars(given), "notes": ((0, 0, amount, due),)})
    model = industry(given, worlds=2)
    let(model, gw=1.0, rent=12.0, book=50.0)
    model.terms = model.terms._replace(cover=np.full((2, 1, 1), 3.0))  # lenders last looked before the block was let
    return model


def test_an_open_market_renews_the_note_of_a_sound_owner_without_any_cash():
    model = borrower()
    before = cash(model, "clouds").copy()
    model.begin()
    refinance(model)
    assert model.fleet.notes.maturing[:, 0, 0].nonzero()[1].tolist() == [27, 27]
    assert (cash(model, "clouds") == before).all()


@pytest.mark.parametrize(("mood", "renewed"), [(0.3, 0), (0.4, 0), (0.6, 0.5), (0.8, 1), (1.2, 1)])
def test_a_market_in_fear_renews_a_part_and_the_rest_is_paid_in_cash(mood, renewed):
    model = borrower()
    model.sentiment = np.full((2, 1), mood)
    assert market_window(model)[:, 0] == pytest.approx([renewed] * 2)
    before = cash(model, "clouds")[:, 0].copy()
    model.begin()
    refinance(model)
    owed = quarter(model, spend=20.0)
    assert owed.amount("principal")[:, 0, 0] == pytest.approx([20 * (1 - renewed)] * 2)
    earned = (12 - 1.3) / 4 - owed.amount("interest")[:, 0, 0]
    assert cash(model, "clouds")[:, 0] - before == pytest.approx(earned - 20 * (1 - renewed))


@pytest.mark.parametrize("opens", [0.6, 0.5])
@pytest.mark.parametrize(("mood", "is_open"), [(0.59, 0), (0.61, 1)])
def test_a_market_that_opens_no_later_than_it_shuts_opens_all_at_once(opens, mood, is_open):
    model = borrower(**{"lender.window_shut": 0.6, "lender.window_open": opens})
    model.sentiment = np.full((2, 1), mood)
    assert (market_window(model) == is_open).all()


def test_an_owner_that_earns_half_its_debt_service_renews_half_of_what_is_due():
    model = borrower()
    model.terms = model.terms._replace(cover=np.full((2, 1, 1), 0.5))
    model.begin()
    refinance(model)
    assert model.fleet.notes.due()[:, 0, 0] == pytest.approx([10] * 2)


def test_what_is_due_within_a_year_is_renewed_in_even_parts():
    model = borrower(due=4)
    shares = []
    for _ in range(4):
        model.begin()
        refinance(model)
        shares.append(model.fleet.notes.maturing[0, 0, 0, :8].sum())
        turn(model)
    assert shares == pytest.approx([20 * 3 / 4, 20 * 2 / 4, 20 / 4, 0])


@pytest.mark.parametrize(("amount", "fails"), [(15.0, 0), (60.0, 1)])
def test_an_owner_whose_note_is_not_renewed_and_who_has_neither_cash_nor_collateral_fails(amount, fails):
    model = borrower(amount=amount, cloud_cash=20.0)
    model.sentiment = np.full((2, 1), 0.2)
    model.begin()
    refinance(model)
    quarter(model, spend=20.0)
    assert model.clouds.reorganised[:, 0].tolist() == [fails] * 2


def test_a_shut_market_makes_owners_fail_and_an_open_one_does_not():
    """The same owner, notes and luck; only the mood of lenders at the day of maturity differs."""
    failures = []
    for mood in (1.0, 0.2):
        model = borrower(amount=60.0, cloud_cash=20.0)
        model.sentiment = np.full((2, 1), mood)
        model.begin()
        refinance(model)
        quarter(model, spend=20.0)
        failures.append(model.clouds.reorganised.sum())
    assert failures == [0, 2]
