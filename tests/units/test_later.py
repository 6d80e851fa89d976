"""Costly measures are worked out when somebody looks, together, and are what they would have been at once."""

import numpy as np
import pytest

from abm.measures.deferred import Later, Measures, Series
from abm.model import Industry
from agents.world_files.folder import load_world

calls = []


def doubled(values):
    calls.append(len(values))
    return {"twice": 2 * values}


@pytest.fixture(autouse=True)
def nothing_asked():
    calls.clear()


def test_nothing_is_worked_out_until_somebody_looks():
    measures = Measures({"twice": Later(doubled, np.ones((2, 1))), "now": np.zeros((2, 1))})
    assert measures["now"].tolist() == [[0], [0]]
    assert calls == []
    assert measures["twice"].tolist() == [[2], [2]]
    assert measures["twice"].tolist() == [[2], [2]]
    assert calls == [2]


def test_what_waits_is_worked_out_in_one_go_and_each_quarter_gets_its_own():
    series, lasting = Series("twice"), Later(doubled, np.full((2, 1), 5.0))
    for value in (Later(doubled, np.full((2, 1), 3.0)), lasting, lasting, np.full((2, 1), 7.0)):
        series.append(value)
    assert np.stack(series, axis=1)[..., 0].tolist() == [[6, 10, 10, 7]] * 2
    assert calls == [4]


def test_the_latest_quarter_alone_can_be_asked_for():
    series = Series("twice")
    for number in (1.0, 2.0):
        series.append(Later(doubled, np.full((1, 1), number)))
    assert series.last().tolist() == [[4]]
    assert calls == [1]


def test_what_waits_does_not_change_with_what_it_was_made_of():
    amounts = np.ones((1, 1))
    waiting = Later(doubled, amounts)
    amounts += 1
    assert waiting["twice"].tolist() == [[2]]


@pytest.mark.slow
def test_a_year_looked_at_at_once_equals_the_same_year_in_the_whole_run():
    model, names = Industry(load_world("tutorial"), worlds=3, rng=2), ("circularity", "debtrank", "largest_debtrank")
    at_once = []
    for _ in range(9):
        model.step()
        at_once.append({name: model.measured[name].copy() for name in names})
    whole = Industry(load_world("tutorial"), worlds=3, rng=2).run(9).indicators
    for name in names:
        assert np.array_equal(np.stack([quarter[name] for quarter in at_once], axis=1).squeeze(), whole[name].squeeze())
    assert whole["circularity"].max() > 0
