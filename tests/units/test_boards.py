"""What a board pours into AI: the budget in closed form, and less built where less is allowed, without a step."""

from types import SimpleNamespace

import numpy as np
import pytest

from abm.compute import boards
from abm.model import Industry, release
from agents.world_files.folder import load_world

NAMED = "industry-2026q3"


def owner(limit, ebitda=0.0, service=0.0, growth=0.0, age=0, for_labs=0.0, left=0.0):
    """An industry of one owner in one world, as far as boards look at it."""
    column = {name: np.array([[value]]) for name, value in
              {"board_limit": limit, "ebitda": ebitda, "debt_service": service, "other_growth": growth, "cash": 0.0}.items()}  # fmt: skip
    flows = {"lab_equity": np.array([[-for_labs]])}
    clouds, rows = SimpleNamespace(**column), {"clouds": slice(0, 1)}
    calm = SimpleNamespace(feared=0.0)
    books = SimpleNamespace(flows=flows)
    return SimpleNamespace(clouds=clouds, age=age, rows=rows, ledger=books, board_left=np.array([[left]]), old_business=calm)


@pytest.mark.parametrize(
    "about, left",
    [
        ({"limit": 40.0}, 10.0),  # a quarter of a year's
        ({"limit": 40.0, "ebitda": 30.0, "service": 10.0}, 15.0),  # and of what AI earns
        ({"limit": 40.0, "ebitda": 10.0, "service": 30.0}, 10.0),  # losses are the whole firm's
        ({"limit": 40.0, "left": 20.0}, 30.0),  # what was not used is kept
        ({"limit": 40.0, "left": 38.0}, 40.0),  # but no more than a year's
        ({"limit": 40.0, "for_labs": 4.0}, 6.0),  # labs that it holds come first
        ({"limit": 40.0, "for_labs": 14.0}, 0.0),
        ({"limit": 40.0, "growth": 0.4, "age": 2}, 12.1),  # 40 x 1.1 x 1.1 / 4
    ],
)
def test_a_budget_by_the_quarter(about, left):
    industry = owner(**about)
    boards.allow(industry)
    assert industry.board_left.item() == pytest.approx(left)


def test_what_is_signed_is_used():
    industry = owner(40.0, left=12.0)
    assert boards.allowed_part(industry, np.array([[16.0]])).item() == 0.75
    assert boards.allowed_part(industry, np.array([[0.0]])).item() == np.inf  # who needs nothing has no limit
    boards.spend(industry, np.array([[5.0]]))
    assert industry.board_left.item() == 7.0


LIMITS = np.arange(0.0, 281.0, 40.0)  # $bn a year, evenly apart, up to where the limit binds no more


@pytest.fixture(scope="module")
def built():
    """GW that Microsoft takes into service in six years by the limit, the last one as good as none, mean of 16 paired futures."""
    found = []
    for limit in (*LIMITS, 10_000.0):
        world = load_world(NAMED, {"cloud.Microsoft.board_limit": limit})
        industry = Industry(world, worlds=16, rng=2).run(24)
        found.append(industry.record.series("clouds", "delivered_gw")[:, :, world.names["clouds"].index("Microsoft")].sum(axis=1).mean())
        release(industry)
    return np.array(found)


@pytest.mark.slow
def test_a_lower_limit_lowers_what_is_built(built):
    assert (np.diff(built) >= 0).all() and built[0] < 0.7 * built[-1]


@pytest.mark.slow
def test_no_dollar_of_the_limit_moves_much_more_than_another(built):
    """$40bn a year more, somewhat less than its board allows today, move at most a sixth of what is built without a limit, and less than
    twice the mean of the range in which the limit binds. A cliff would move most of that range at once.
    """
    steps, whole = np.diff(built[:-1]), built[-1]
    assert built[-2] == pytest.approx(whole, rel=0.01)  # the grid covers the whole range
    bound = steps[steps > whole / 1000]  # further on the limit binds nobody
    assert (steps < whole / 6).all() and (steps < 2 * bound.mean()).all() and len(bound) > 2


def test_equity_for_new_compute_keeps_within_the_budget(monkeypatch):
    used, left = [], []

    def spend(industry, equity):
        left.append(industry.board_left.copy())
        used.append(equity)

    monkeypatch.setattr("abm.compute.signing.spend", spend)
    Industry(load_world(NAMED), worlds=2, rng=2).run(3)
    assert all((equity <= board * (1 + 1e-9)).all() for equity, board in zip(used, left, strict=True))


def test_a_firm_without_a_limit_is_as_it_was():
    free, at_most = (
        Industry(load_world("tutorial", overrides), worlds=2, rng=1).run(8) for overrides in ({}, {"cloud.board_limit": 10_000.0})
    )
    assert (free.labs.cash == at_most.labs.cash).all()
