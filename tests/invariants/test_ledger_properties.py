"""Whatever is posted, the books balance: random payments and revaluations among random agents in several worlds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.books.flows import FLOWS, PAIRS
from abm.books.ledger import Ledger
from abm.errors import BrokenRule, UnbalancedEntry

WORLDS, AGENTS = 3, 5
AMOUNTS = st.lists(st.floats(0, 1e4), min_size=WORLDS * 4, max_size=WORLDS * 4)
PAYMENTS = st.tuples(st.sampled_from(sorted(FLOWS)), st.booleans(), AMOUNTS)
REVALUATIONS = st.tuples(st.sampled_from(PAIRS), AMOUNTS)
LEFT, RIGHT = slice(0, 2), slice(2, 4)


def opened():
    """Books of five agents, the last of whom is the monetary authority, with cash for everybody."""
    books = Ledger(WORLDS, [f"agent {k}" for k in range(AGENTS)])
    books.open("cash", slice(0, AGENTS - 1), 1e6)
    books.open("cash", slice(AGENTS - 1, AGENTS), -1e6 * (AGENTS - 1))
    books.opening_cash = books.balances["cash"][:, :-1].sum(axis=1, keepdims=True)
    books.begin_quarter()
    return books


@settings(deadline=None, max_examples=60)
@given(st.lists(PAYMENTS, max_size=8), st.lists(REVALUATIONS, max_size=8))
def test_every_rule_holds_after_any_postings(payments, revaluations):
    books = opened()
    for flow, forward, amounts in payments:
        payers, payees = (LEFT, RIGHT) if forward else (RIGHT, LEFT)
        books.pay(flow, payers, payees, np.reshape(amounts, (WORLDS, 2, 2)))
    for (asset, liability), amounts in revaluations:
        books.revalue("revaluation", LEFT, asset, RIGHT, liability, np.reshape(amounts, (WORLDS, 2, 2)) - 5e3)
    books.refuse("2026Q1", books.residuals(), range(WORLDS))


@settings(deadline=None, max_examples=30)
@given(st.floats(1e-3, 1e3), st.integers(0, WORLDS - 1), st.integers(0, AGENTS - 2))
def test_a_one_sided_change_of_cash_is_found_with_its_world(amount, world, agent):
    books = opened()
    books.balances["cash"][world, agent] += amount
    with pytest.raises(BrokenRule, match=f"world {world}, 2026Q1"):
        books.refuse("2026Q1", books.residuals(), range(WORLDS))


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(sorted(FLOWS)), st.floats(max_value=-1e-9) | st.just(np.nan))
def test_negative_amounts_and_nan_never_enter_the_books(flow, amount):
    books = opened()
    before = {name: balance.copy() for name, balance in books.balances.items()}
    with pytest.raises(UnbalancedEntry):
        books.pay(flow, LEFT, RIGHT, np.full((WORLDS, 2, 2), amount))
    assert all(np.array_equal(before[name], balance) for name, balance in books.balances.items())
