"""Cells by tenant and owner: a table and its cells say the same, whatever other cells there are."""

import numpy as np
import pytest

from abm.books.cells import Cells
from abm.books.vintages import empty_vintages

PAIRS = np.array([[True, False, True], [False, False, False], [False, True, True]])


def test_a_table_holds_its_cells_and_zeros():
    cells = Cells.where(PAIRS)
    amounts = np.arange(1.0, 9.0).reshape(2, 4)
    table = cells.table(amounts)
    assert table[0].tolist() == [[1, 0, 2], [0, 0, 0], [0, 3, 4]]
    assert np.array_equal(cells.of(table), amounts)
    assert np.array_equal(cells.pairs, PAIRS)


@pytest.mark.parametrize("more", [(), (7,)])
def test_sums_by_owner_are_those_of_the_table(more):
    cells = Cells.where(PAIRS).and_rows(2)
    amounts = np.random.default_rng(0).uniform(0, 1, (5, cells.count, *more))
    assert np.allclose(cells.by_owner(amounts), cells.table(amounts).sum(axis=1), rtol=1e-15)


def test_rows_that_deal_with_every_owner_come_behind_the_others():
    cells = Cells.where(PAIRS).and_rows(2)
    assert cells.count == 4 + 6 and cells.shape == (5, 3)
    assert (cells.at(0, 2), cells.at(-2, 0), cells.at(-1, 2)) == (1, 4, 9)
    with pytest.raises(IndexError):
        cells.at(1, 1)


def test_a_sum_by_owner_stays_one_block_per_vintage():
    cells = Cells.where(PAIRS)
    amounts = empty_vintages(2, cells.count, 6)
    assert cells.by_owner(amounts).strides[-1] == max(cells.by_owner(amounts).strides)


def test_cells_of_others_change_no_bit_of_a_sum():
    few, many = Cells.where(PAIRS), Cells.where(np.ones_like(PAIRS))
    table = few.table(np.random.default_rng(1).uniform(0, 1, (1, few.count)))
    assert np.array_equal(few.by_owner(few.of(table)), many.by_owner(many.of(table)))
