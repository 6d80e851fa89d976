"""The reverse stress test against toys whose breaking size is known, and a small run of the model."""

import numpy as np
import pytest

from abm.errors import BadInput
from agents.world_files.folder import load_world
from experiments.analysis.breakpoints import Broken, Trial, breakpoints, share_broken, smallest_shock
from experiments.analysis.levers import read_lever


def test_every_world_has_its_own_smallest_shock():
    limits = np.array([0.0, 0.1, 0.37, 0.9, 2.0])  # the last one never breaks, the first one needs no shock
    found = smallest_shock(lambda sizes, which: sizes >= limits[which], 0, 1, len(limits), rungs=5, steps=10)
    assert found.sizes[0] == 0
    assert found.sizes[1:4] == pytest.approx(limits[1:4], abs=0.25 / 2**10)
    assert (found.sizes[1:4] >= limits[1:4]).all()  # the size that is named does break the world
    assert np.isnan(found.sizes[4])
    assert not found.saved.any()


def test_a_lever_can_be_turned_down_instead_of_up():
    found = smallest_shock(lambda sizes, which: sizes <= 0.7, 1.0, 0.1, 1, rungs=4, steps=12)
    assert found.sizes[0] == pytest.approx(0.7, abs=1e-3)
    assert share_broken(found, [0.9, 0.6]).share.tolist() == [0, 1]


def test_a_larger_shock_that_saves_a_world_is_reported():
    found = smallest_shock(lambda sizes, which: (sizes > 0.4) & (sizes < 0.8), 0, 1, 2, rungs=5, steps=8)
    assert found.sizes == pytest.approx([0.4, 0.4], abs=0.01)
    assert found.saved.tolist() == [True, True]


def test_the_share_of_broken_worlds_grows_with_size_and_has_an_interval():
    found = Broken(np.array([0.1, 0.6, np.nan, np.nan]), np.array([0.0, 0.5, 1.0]), np.zeros((4, 3), dtype=bool))
    table = share_broken(found)
    assert table.share.tolist() == [0, 0.25, 0.5]
    assert table.trials.tolist() == [4, 4, 4] and (table.low <= table.share).all() and (table.high >= table.share).all()


def test_a_lever_is_read_by_name_and_its_bounds_are_those_of_its_declaration():
    lever = read_lever("demand_shortfall", "2027Q1")
    assert (lever.shock, lever.key, lever.low, lever.high, lever.name) == ("demand_shortfall", "size", 0, 0.95, "demand_shortfall.size")
    assert read_lever("open_weight.density", "2027Q1", 1, 0.2)[3:5] == (1.0, 0.2)
    assert read_lever("rate_shock", "2027Q1").low == 0
    assert read_lever("cone.width", None, 1, 2)[:2] == ("", "cone.width")


@pytest.mark.parametrize(
    ("text", "at", "sizes", "message"),
    [
        ("demand_shortfal", "2027Q1", (), "did you mean 'demand_shortfall'"),
        ("demand_shortfall.share", "2027Q1", (), "has no size 'share'"),
        ("demand_shortfall", None, (), "needs a quarter"),
        ("demand_shortfall", "2027Q1", (0, 2), "outside"),
        ("breakthrough", "2027Q1", (), "has no size"),
        ("customers.enterprise", None, (), "no shock and no parameter"),
        ("services.mode", None, (), "is a choice between path, cournot"),
        ("cone.width", None, (1, 1), "are both 1"),
    ],
)
def test_a_lever_that_cannot_be_turned_is_refused(text, at, sizes, message):
    with pytest.raises(BadInput, match=message):
        read_lever(text, at, *sizes)


@pytest.mark.slow
def test_in_the_model_the_named_size_breaks_its_world_and_worlds_do_not_depend_on_each_other():
    trial = Trial(load_world("tutorial"), read_lever("demand_shortfall", "2026Q3"), quarters=5)
    until = f"served_revenue < {0.8 * trial.unshocked(1).served_revenue[0]}"
    found, before = breakpoints(trial, until, worlds=2, rungs=3, steps=3)
    alone, _ = breakpoints(trial, until, worlds=1, rungs=3, steps=3)
    assert before["trials"] == 2
    assert 0 < found.sizes[0] < 0.95
    assert alone.sizes[0] == found.sizes[0]
    again = trial.outcomes(found.sizes[:1], np.array([0]))
    assert again.served_revenue[0] < float(until.rpartition("<")[2])


def test_a_shock_after_the_end_of_the_run_is_refused():
    trial = Trial(load_world("tutorial"), read_lever("demand_shortfall", "2040Q1"), quarters=4)
    with pytest.raises(BadInput, match="lies outside the run"):
        breakpoints(trial, "labs_defaulted >= 1", worlds=1)
