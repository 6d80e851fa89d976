"""Going public: the first day, the offering, the lock-in, and shares that funds sell on to the public."""

import numpy as np
import pytest

from abm.finance import funding
from abm.finance.listings import sell_on
from abm.model import Industry, release
from agents.world_files.folder import load_world
from experiments.analysis.paired_effects import paired

NAMED = "industry-2026q3"
OPENAI, PUBLIC = 0, 3


def lived(quarters, futures=2, **parameters):
    """A run of the named world."""
    settings = {f"listing.{name}": value for name, value in parameters.items()}
    return Industry(load_world(NAMED), worlds=futures, rng=5, parameters=settings).run(quarters)


@pytest.mark.slow
def test_a_lab_lists_when_its_preparation_is_over():
    """OpenAI is large enough from the first quarter on: with two quarters of preparation it lists in the third, else at once."""
    model = lived(4, offered=1.0, preparation=2.0, lock_in=2.0)
    plain = lived(4)
    assert model.record.series("labs", "listed")[0, :, OPENAI].tolist() == [0, 0, 1, 1]
    assert plain.record.series("labs", "listed")[0, :, OPENAI].tolist() == [1, 1, 1, 1]
    assert (model.listings.since[:, OPENAI] == 1).all()
    release(model), release(plain)


@pytest.mark.slow
def test_on_its_first_day_it_asks_for_the_offering_beside_the_rest():
    model = lived(0, offered=1.0, size=0.04)
    value = model.cap.value(model.rows["labs"])
    model.listings.since[:, OPENAI] = 0
    assert model.listings.offering(model, value)[:, OPENAI] == pytest.approx(0.04 * value[:, OPENAI])
    assert (model.listings.offering(model, value)[:, OPENAI + 1 :] == 0).all()
    release(model)


def selling(since, asked, supply=60.0):
    """What the public pays for old shares of OpenAI so many quarters after its listing, and who holds how much before and after."""
    model = lived(0, offered=1.0, lock_in=2.0, sold=0.05)
    model.labs.listed[:, OPENAI], model.listings.since[:, OPENAI] = 1, since
    mine = model.rows["investors"]
    offered = np.zeros_like(model.investors.cash)
    offered[:, PUBLIC] = supply
    asks = np.zeros_like(model.labs.cash)
    asks[:, OPENAI] = asked
    eager = np.ones((2, offered.shape[1], asks.shape[1]))
    model.ledger.begin_quarter()
    before, value = model.cap.shares[0, mine, OPENAI].copy(), model.cap.value(model.rows["labs"])[0, OPENAI]
    paid = sell_on(model, offered, asks, eager, model.investors.style == funding.MONEY_OF_THE_PUBLIC)
    after = model.cap.shares[0, mine, OPENAI].copy()
    for residual in model.ledger.residuals().values():
        assert np.abs(residual).max() < 1e-6
    release(model)
    return paid[0], before, after, value


def test_nobody_sells_before_the_lock_in_ends():
    paid, before, after, _ = selling(since=1, asked=40.0)
    assert paid.sum() == 0 and (before == after).all()


def test_the_publics_money_is_shared_by_old_and_new_shares_and_funds_sell_alike():
    paid, before, after, value = selling(since=2, asked=40.0)
    wish = 0.05 * before[:PUBLIC].sum() * value
    spent = min(wish, 60 * wish / (wish + 40))
    assert paid[PUBLIC] == pytest.approx(spent) and paid[:PUBLIC].sum() == 0
    assert after.sum() == pytest.approx(before.sum())
    assert after[PUBLIC] - before[PUBLIC] == pytest.approx(spent / value)
    held = before[:PUBLIC] > 0
    assert (1 - after[:PUBLIC][held] / before[:PUBLIC][held]) == pytest.approx(0.05 * spent / wish)


def test_who_gets_all_it_wants_buys_no_more_than_is_for_sale():
    paid, before, _, value = selling(since=8, asked=0.0, supply=1e6)
    assert paid[PUBLIC] == pytest.approx(0.05 * before[:PUBLIC].sum() * value)


def test_the_books_balance_while_shares_change_hands():
    model = lived(8, offered=1.0, sold=0.15, lock_in=1.0)  # a broken rule raises
    assert model.ledger.flows["shares_sold_on"].any()
    release(model)


def ordered(futures, quarters, **parameters):
    """GW that all labs sign in the first three years, and GW built in the whole run, by future."""
    model = lived(quarters, futures, **parameters)
    signed, built = model.record.series("labs", "ordered_gw"), model.record.series("clouds", "delivered_gw")
    release(model)
    return signed[:, :12].sum(axis=(1, 2)), built.sum(axis=(1, 2))


@pytest.mark.slow
def test_a_pool_that_opens_later_lets_labs_sign_less():
    early, late = (ordered(64, 12, offered=1.0, sold=0.0, preparation=wait)[0] for wait in (0.0, 4.0))
    assert paired(late - early).high < 0


@pytest.mark.slow
def test_old_shares_take_the_publics_money_from_new_ones():
    kept, sold = (ordered(64, 40, offered=1.0, sold=part)[1] for part in (0.0, 0.1))
    assert paired(sold - kept).high < 0
