"""Owners as firms: what they open with beside what is public, and credit without an edge."""

import numpy as np
import pytest

from abm.clock import QUARTER
from abm.model import Industry, release
from agents.world_files.folder import load_world

NAMED, ARCHETYPES = "industry-2026q3", "archetypes-2023q1"
COVERS = (0.8, 1.0, 1.2, 1.35, 1.5)


@pytest.fixture(scope="module")
def opened():
    model = Industry(load_world(NAMED), worlds=2, rng=4)
    yield model
    release(model)


def of(model, name):
    return model.opening.names["clouds"].index(name)


def test_coreweave_opens_with_the_debt_service_of_its_published_schedule(opened):
    """Interest of .64 a quarter in 2026Q2. Principal: 2.1 in the second half of 2026 and 1.4 in the first of 2027 by the schedule of June
    2025, and .52 a year of the loan of July 2025, which matures after five years."""
    row = of(opened, "CoreWeave")
    assert opened.clouds.interest[0, row] == pytest.approx(4 * 0.64, rel=0.15)
    assert opened.fleet.amortisation()[0, :, row].sum() / QUARTER == pytest.approx(2.1 + 1.4 + 0.52, rel=0.15)
    assert opened.fleet.notes.maturing[0, :, row, :4].sum() == 0  # its first note falls due in 2030


def test_oracle_carries_the_interest_of_the_debt_that_serves_ai_and_no_more(opened):
    assert opened.fleet.loans()[0, :, of(opened, "Oracle")].sum() == pytest.approx(52.4)
    assert opened.clouds.interest[0, of(opened, "Oracle")] == pytest.approx(2.9, abs=0.1)


def test_coreweaves_interest_is_covered_two_to_two_and_six_tenths_times():
    model = Industry(load_world(NAMED), worlds=4, rng=4).run(1)
    row = of(model, "CoreWeave")
    cover = model.clouds.ebitda[:, row] / model.clouds.interest[:, row]
    release(model)
    assert ((cover >= 2.0) & (cover <= 2.6)).all()


def test_lenders_hold_the_capital_of_their_kind(opened):
    ratios = dict(zip(opened.opening.names["lenders"], opened.lenders.capital_ratio[0].tolist(), strict=True))
    assert ratios == {"banks": 0.1, "bond market": 1.0, "private credit": 0.36, "vendor credit": 1.0}


def ordered(world, cover, futures=24, quarters=24):
    """GW that labs ordered over a run, mean of futures."""
    model = Industry(load_world(world), worlds=futures, rng=4, parameters={"lender.coverage": cover}, panel=False)
    found = 0.0
    for _ in range(quarters):
        model.step()
        found += model.labs.ordered_gw.sum(axis=1).mean()
    release(model)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("world", [ARCHETYPES, NAMED])
def test_a_stricter_cover_lowers_orders_smoothly_and_switches_nothing_off(world):
    gw = np.array([ordered(world, cover) for cover in COVERS])
    steps = gw[1:] / gw[:-1]
    assert (steps < 1.02).all() and (steps > 0.75).all() and gw[-1] > 0.5 * gw[0]
