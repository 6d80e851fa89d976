"""Luck does not come from a coarse grain: ten times as many customers move no headline by more than its error."""

import numpy as np
import pytest

from experiments.markdown import table
from tests.validation.convergence import ARCHETYPES, DEFAULT, NAMED, TEXT, headlines, histories, rows, section, share_luck

FUTURES, QUARTERS = 48, 13
META_AI = "Meta AI"


@pytest.mark.slow
@pytest.mark.parametrize("world", [NAMED, ARCHETYPES])
def test_ten_times_the_customers_leave_the_luck_of_shares_as_it_is(world):
    luck, more = (share_luck(*histories(world, FUTURES, QUARTERS, {k: m * n for k, n in DEFAULT.items()}))[0] for m in (1, 10))
    assert luck == pytest.approx(more, rel=0.15)


@pytest.mark.slow
def test_a_few_dozen_customers_were_a_lottery():
    luck, few = (headlines(NAMED, FUTURES, QUARTERS, customers)[0] for customers in (DEFAULT, {"enterprises": 150, "cohorts": 12}))
    assert few.mean > 1.5 * luck.mean


@pytest.mark.slow
def test_every_lab_with_customers_earns_something_after_one_quarter():
    revenue, _ = histories(NAMED, 96, 1, DEFAULT)
    assert (revenue[:, 0, :6] > 0.01).all()


def test_the_luck_of_shares_by_hand():
    revenue = np.ones((2, 5, 2))
    revenue[:, 4, 0] = 2, 0.5  # of two labs one doubles or halves
    share = np.array([[2 / 3, 1 / 3], [1 / 3, 2 / 3]])
    found, _ = share_luck(revenue, np.ones(revenue.shape, dtype=bool))
    assert found == pytest.approx(np.std(np.log(share / 0.5), axis=0).mean())


@pytest.mark.slow
def test_the_section_is_written():
    small = [("few", {"enterprises": 40, "cohorts": 4})]
    lines = list(rows(4, 5, small))
    assert [line[:4] for line in lines] == [(world, "few", "40", "4") for world in (NAMED, ARCHETYPES)]
    assert "(" in lines[0][4] and table(["a"] * 8, lines)
    assert callable(section) and "{worlds}" in TEXT
