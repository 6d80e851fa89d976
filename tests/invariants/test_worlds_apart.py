"""A world is the same alone or in a crowd, today or tomorrow, and whoever else may enter it: bit for bit."""

import functools
import shutil

import numpy as np
import pytest

from abm.model import Industry, release
from agents.world_files.folder import load_world
from agents.world_files.shipped import SHIPPED as FOLDER

QUARTERS = 36
SHIPPED = ("archetypes-2023q1", pytest.param("industry-2026q3", marks=pytest.mark.slow))
SEED = 10
CROWDS = {8: tuple(range(8)), 16: tuple(np.random.default_rng(0).permutation(16).tolist())}


def measured(name, world_ids, quarters=QUARTERS, seed=SEED, **overrides):
    """Every recorded measure of a run, {(kind, measure): [worlds, quarters, agents]}, and its outcomes."""
    model = Industry(load_world(name, overrides), rng=seed, world_ids=world_ids).run(quarters)
    found = {key: model.record.series(*key) for key in model.record.measures}
    found["books", "balances"] = np.stack(list(model.ledger.balances.values()), axis=1)
    found["books", "shares"], found["compute", "gw"] = model.cap.shares, model.fleet.cells.table(model.fleet.gw)
    outcomes = model.record.outcomes(model)
    release(model)
    return found, outcomes


@functools.cache
def crowd(name, size):
    return measured(name, CROWDS[size])


def differences(one, other):
    """Names of measures that differ in any bit."""
    assert one.keys() == other.keys()
    return [key for key in one if not np.array_equal(one[key], other[key], equal_nan=True)]


def of_world(found, row):
    """One world of a crowd."""
    return {key: values[row : row + 1] for key, values in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_a_world_is_the_same_in_two_crowds_of_other_size_and_order(name):
    few, many = crowd(name, 8)[0], crowd(name, 16)[0]
    assert {world: differences(of_world(few, row), of_world(many, CROWDS[16].index(world))) for row, world in enumerate(CROWDS[8])} == {
        world: [] for world in CROWDS[8]
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_a_world_alone_equals_the_world_in_a_crowd(name):
    found, outcomes = crowd(name, 16)
    hit = [int(outcomes["world"][row]) for row in np.argsort(-outcomes["labs_defaulted"].to_numpy(), kind="stable")[:2]]
    calm = int(outcomes["world"][outcomes["labs_defaulted"].argmin()])
    assert outcomes["labs_defaulted"].max() > 0  # or the test would show little
    for world in {*hit, calm}:
        alone, _ = measured(name, (world,))
        assert differences(alone, of_world(found, CROWDS[16].index(world))) == []


@pytest.mark.slow
def test_a_crowd_so_large_that_numpy_lays_out_its_arrays_in_another_way_changes_no_sum():
    """From about 48 worlds on NumPy works out large products in place, and keeps the order in memory of what it overwrites."""
    name, world, quarters = "industry-2026q3", 37, 2
    alone, many = measured(name, (world,), quarters)[0], measured(name, tuple(range(64)), quarters)[0]
    assert differences(alone, of_world(many, world)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_worlds_differ_in_luck(name):
    revenue = crowd(name, 8)[0]["labs", "revenue"][:, -1].sum(axis=1)
    assert len(np.unique(revenue)) == 8


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(name):
    one, again, other = (measured(name, (0, 5), quarters=12, seed=seed)[0] for seed in (3, 3, 4))
    assert differences(one, again) == []
    assert ("labs", "revenue") in differences(one, other)


@pytest.mark.slow
def test_a_run_in_two_stretches_is_the_run_in_one():
    model = Industry(load_world("archetypes-2023q1"), rng=SEED, world_ids=(2,)).run(5)
    model.run(7)
    whole = measured("archetypes-2023q1", (2,), quarters=12)[0]
    assert all(np.array_equal(model.record.series(*key), whole[key], equal_nan=True) for key in model.record.measures)


def with_entrants(tmp_path, number):
    """The archetypes with so many seats for entrants, from a file of their own."""
    folder = tmp_path / f"seats-{number}"
    shutil.copytree(FOLDER / "archetypes-2023q1", folder)
    text = (folder / "world.toml").read_text()
    assert "entrants = 2" in text
    (folder / "world.toml").write_text(text.replace("entrants = 2", f"entrants = {number}"))
    return load_world(str(folder))


@pytest.mark.slow
def test_one_more_firm_at_the_end_changes_nobodys_luck(tmp_path):
    """Sums over one more lab that is not there may round differently; that is all that may differ."""
    few, more = (
        Industry(with_entrants(tmp_path, number), rng=SEED, worlds=8, parameters={"lab.memo_noise": 0.05}).run(8) for number in (2, 3)
    )
    assert more.labs.names[:-1] == few.labs.names
    for name in ("revenue", "capability", "wanted_gw", "cash", "value"):
        one, other = few.record.series("labs", name), more.record.series("labs", name)
        assert np.allclose(one, other[..., :-1], rtol=1e-6, atol=1e-9), name
        assert name in ("capability", "value") or not other[..., -1].any()
    assert np.allclose(few.record.series("industry", "sentiment"), more.record.series("industry", "sentiment"), rtol=1e-9)


FEW = {"customers.enterprises": 60, "customers.cohorts": 12, "entry.rate": 1.0}  # and labs founded, so that customers join them


@functools.cache
def small(worlds):
    return measured("archetypes-2023q1", worlds, quarters=10, **FEW)[0]


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 7, 64, pytest.param(512, marks=pytest.mark.slow)])
def test_a_world_is_the_same_in_a_batch_of_any_size(size):
    """Also where a batch begins elsewhere: rules that are compiled take worlds one by one."""
    begins = 1000 - size // 3
    batch, alone = small(tuple(range(begins, begins + size))), small((1000,))
    assert differences(alone, of_world(batch, 1000 - begins)) == []
