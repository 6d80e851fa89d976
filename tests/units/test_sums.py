"""Sums over tables are right, and the same to the last bit whatever else is in the batch."""

import numpy as np
import pytest

from abm.engine.sums import by_column, by_row

SHAPES = [(1, 1), (1, 9), (9, 1), (2, 3), (8, 12), (37, 5), (5, 37), (64, 64)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("view", ["plain", "turned", "cut", "one for all"])
def test_a_world_alone_has_the_sums_it_has_in_a_batch(shape, view):
    amounts = np.random.default_rng(3).lognormal(0, 8, (50, *shape))
    tables = {
        "plain": amounts,
        "turned": np.swapaxes(np.ascontiguousarray(np.swapaxes(amounts, 1, 2)), 1, 2),
        "cut": np.repeat(amounts, 2, axis=2)[..., ::2],
        "one for all": np.broadcast_to(amounts[:1], amounts.shape),
    }[view]
    for total in (by_row, by_column):
        together = total(tables)
        for world in (0, 7, 49):
            assert np.array_equal(total(tables[world : world + 1])[0], together[world])
        assert np.array_equal(total(tables[:2]), together[:2])


def test_rows_and_columns_are_summed():
    table = np.array([[[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]]])
    assert by_row(table).tolist() == [[7, 56]]
    assert by_column(table).tolist() == [[9, 18, 36]]
