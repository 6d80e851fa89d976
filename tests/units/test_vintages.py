"""Sums over vintages: the same bits for one world and for many, and nothing lost where nothing is looked at."""

import numpy as np
import pytest

from abm.books.vintages import Vintages, empty_vintages, move, over_vintages, rows_of, weighed


def drawn(*shape, seed=0):
    """Amounts kept vintage by vintage."""
    amounts = empty_vintages(*shape)
    amounts[...] = np.random.default_rng(seed).uniform(0, 1, shape)
    return amounts


@pytest.mark.parametrize("cells", [(1, 1), (3, 1), (1, 2), (8, 12), (5, 7)])
@pytest.mark.parametrize("part", [slice(0, 62), slice(7, 41), slice(3, 4), slice(9, 9)])
def test_the_sums_of_one_world_are_those_of_the_world_in_a_crowd_to_the_last_bit(cells, part):
    crowd, weights = drawn(37, *cells, 62), np.random.default_rng(1).uniform(0, 1, (37, 62))
    for few in (1, 2, 5):
        some = empty_vintages(few, *cells, 62)
        some[...] = crowd[:few]
        assert np.array_equal(over_vintages(some[..., part]), over_vintages(crowd[..., part])[:few])
        assert np.array_equal(weighed(some[..., part], weights[:few, part]), weighed(crowd[..., part], weights[:, part])[:few])


def test_the_sums_are_sums():
    amounts, weights = np.array([[[1.0, 2.0, 4.0]], [[8.0, 16.0, 32.0]]]), np.array([[1.0, 10.0, 100.0], [1.0, 0.0, 0.0]])
    assert over_vintages(amounts).tolist() == [[7], [56]]
    assert weighed(amounts, weights).tolist() == [[421], [8]]
    assert weighed(amounts[:1], weights[:1]).tolist() == [[421]]


def test_rows_are_copied_and_stay_blocks():
    amounts = drawn(4, 3, 2, 9)
    taken = rows_of(amounts, [3, 0], [1, 1])
    assert np.array_equal(taken, amounts[[3, 0], [1, 1]])
    assert taken.strides[-1] == max(taken.strides)
    taken[...] = 0
    assert amounts.all()


@pytest.mark.parametrize("used", [slice(0, 9), slice(2, 5), slice(4, 8), slice(6, 20)])
def test_moving_drops_what_falls_off_and_leaves_the_end_empty(used):
    amounts = np.zeros((1, 9))
    amounts[:, used] = 1 + np.arange(9)[used]
    wanted = np.append(amounts[:, 3:], np.zeros((1, 3)), axis=1)
    move(amounts, used, 3)
    assert np.array_equal(amounts, wanted)


def test_what_may_be_used_begins_with_the_opening_and_ends_where_orders_or_deliveries_can():
    register = Vintages(first=10, today=20, reach=4, terms=(5,))
    register.gw, register.loan, register.let = np.zeros((1, 30)), np.zeros((1, 30)), [np.zeros((1, 30))]
    register.gw[0, 7] = 1
    assert register.used("gw") == slice(7, 15)
    assert register.used("loan") == slice(10, 11)
    register.today = 23
    assert register.used("gw") == slice(7, 18)
    assert register.used("loan") == slice(10, 14)
