"""Pools that end: commitments follow returns, and a pool that is spent waits."""

import numpy as np
import pytest

from abm.finance.pools import willingness
from abm.model import Industry, release
from abm.shocks import Shock
from agents.world_files.folder import load_world

WORLD, SEED = "industry-2026q3", 1
ENDS, REFILLED = {"pool.finite": 1.0}, {"pool.finite": 0.0}


def run(parameters, worlds=16, quarters=8):
    return Industry(load_world(WORLD), worlds=worlds, rng=SEED, parameters=parameters).run(quarters)


def test_commitments_are_usual_without_gains_vanish_with_losses_and_at_most_double():
    assert willingness(2.0, np.array([0.0, -0.5, -5.0, 5.0])) == pytest.approx([1, 0.238, 0, 2], abs=1e-3)
    assert willingness(0.0, np.array([-0.9, 0.9])) == pytest.approx([1, 1])


@pytest.mark.slow
def test_the_numbers_of_pools_move_nothing_while_the_switch_is_off():
    plain, other = run(REFILLED), run({"pool.pace": 0.1, "pool.memory": 0.5, "pool.idle": 0.5, "pool.finite": 0.0})
    assert plain.investors.cash.tobytes() == other.investors.cash.tobytes()
    assert plain.labs.cash.tobytes() == other.labs.cash.tobytes()


def test_a_pool_is_committed_the_same_whatever_it_has_spent():
    model = run({**ENDS, "pool.sensitivity": 0.0}, worlds=2, quarters=2)
    usual = 395 * 0.45 / 4 * 1.02**2 * model.investors.saving_weight
    before = model.pools.committed(model)
    model.ledger.pay("redemption", model.rows["investors"], model.rows["Economy"], 0.9 * model.investors.cash[..., None])
    assert model.pools.committed(model).tolist() == before.tolist()
    assert np.allclose(before, usual)
    release(model)


@pytest.mark.slow
def test_who_lost_a_lab_is_committed_less_for_years():
    calm = run(ENDS, quarters=6)
    shock = Shock.read({"name": "loss", "at": "2026Q4", "firm": "OpenAI"})
    hit = Industry(load_world(WORLD), worlds=16, rng=SEED, parameters=ENDS, shocks=(shock,)).run(6)
    sovereign = calm.investors.names.index("sovereign funds and SoftBank")  # the one that holds most of OpenAI
    after, before = hit.pools.willing[:, sovereign], calm.pools.willing[:, sovereign]
    assert np.all(after < before) and after.mean() < 0.8 * before.mean()


@pytest.mark.slow
def test_money_that_ends_makes_crises_more_likely():
    refilled, ended = (run(each, worlds=64, quarters=32) for each in (REFILLED, {**ENDS, "pool.pace": 0.25}))
    first, second = (each.record.outcomes(each)["crisis"] for each in (refilled, ended))
    assert np.mean(second - first) > 2 * np.std(second - first) / np.sqrt(64)
