"""Tenants outside the model: a quarter in closed form, what is neutral, and what a bust among them does to owners."""

import numpy as np
import pytest

from abm.books.obligations import outside_rent
from abm.books.register import IDLE
from abm.model import Industry, release
from agents.world_files.folder import load_world

NAMED = "industry-2026q3"
STILL = {"outside.spread": 0.0, "outside.mood": 0.0}  # fortunes are as usual for ever


def run(quarters, parameters=None, *, world=NAMED, worlds=2, bust=None, at=4, **columns):
    industry = Industry(load_world(world, columns), worlds=worlds, rng=5, parameters=parameters or {})
    for quarter in range(quarters):
        if bust is not None and quarter == at:
            industry.outsiders.factor[...] = bust
        industry.step()
    return industry


def let(industry):
    """GW let to outside tenants by owner, in service or to come, [worlds, owners]."""
    return industry.fleet.gw[:, industry.fleet.outside].sum(axis=-1)


@pytest.mark.slow
def test_without_dependence_nothing_of_theirs_matters():
    plain = run(8, {"outside.dependence": 0.0})
    wild = {"outside.spread": 1.0, "outside.default_rate": 0.5, "outside.term": 1.0, "outside.rent_slope": 2.0, "outside.mood": 3.0}
    other = run(8, {"outside.dependence": 0.0, **wild}, bust=-2.0)
    assert (plain.labs.revenue == other.labs.revenue).all() and (plain.clouds.cash == other.clouds.cash).all()
    for industry in (plain, other):
        assert (industry.outsiders.index == 1).all() and (industry.outsiders.left == 0).all()


@pytest.mark.slow
def test_own_products_follow_nobody():
    before = Industry(load_world(NAMED), worlds=2, rng=5)
    meta = before.opening.names["clouds"].index("Meta")
    opening = let(before)[:, meta]
    bust = run(8, bust=-2.0)
    assert np.allclose(let(bust)[:, meta], opening, rtol=1e-12) and (bust.outsiders.index[:, meta] == 1).all()


@pytest.mark.slow
def test_in_usual_fortunes_some_default_and_half_of_what_they_left_is_let_again():
    rate, relet = 0.2, 0.5
    first, second = (
        run(quarters, {**STILL, "outside.default_rate": rate, "outside.relet": relet}, world="tutorial") for quarters in (1, 2)
    )
    gone = 1 - np.exp(-rate / 4)
    gw = 0.2
    left = gw * gone * (1 - relet)
    assert first.outsiders.left == pytest.approx(left)
    assert second.outsiders.left == pytest.approx((left + (gw - left) * gone) * (1 - relet))
    assert let(second) == pytest.approx(gw - second.outsiders.left)
    assert (second.outsiders.index <= 1).all()


@pytest.mark.slow
def test_a_bust_in_closed_form():
    p = {**STILL, "outside.default_rate": 0.04, "outside.default_slope": 2.0, "outside.term": 10.0, "outside.renewal_slope": 1.0}
    p |= {"outside.relet": 0.0, "outside.renegotiated": 0.2, "outside.rent_slope": 0.5, "outside.memory": 0.99}
    industry = run(1, p, world="tutorial", bust=-1.0, at=0)
    fares = -0.99  # one quarter later
    broken = 1 - np.exp(-0.04 * np.exp(-2 * fares) / 4)
    leaving = broken + (1 - broken) * 0.1 * (1 - np.exp(fares))
    index = 1 + (0.1 - 0.2 * fares) * (np.exp(0.5 * fares) - 1)
    assert industry.outsiders.left == pytest.approx(0.2 * leaving)
    assert industry.outsiders.index == pytest.approx(index)
    assert outside_rent(industry, industry.now - 1) == pytest.approx(0.2 * (1 - leaving) * 13.3 * index, rel=1e-6)
    assert industry.fleet.in_service(industry.now - 1)[:, IDLE] == pytest.approx(industry.outsiders.left)  # it is idle, not gone


@pytest.mark.slow
def test_each_world_has_its_own_fortunes_whoever_else_is_there():
    crowd = Industry(load_world(NAMED), world_ids=(3, 8, 11), rng=5).run(6)
    alone = Industry(load_world(NAMED), world_ids=(8,), rng=5).run(6)
    assert (crowd.outsiders.factor[1] == alone.outsiders.factor[0]).all() and (crowd.outsiders.left[1] == alone.outsiders.left[0]).all()
    assert len(np.unique(crowd.outsiders.factor)) == 3


@pytest.fixture(scope="module")
def busts():
    """{bust: (rents of owners by quarter, owners failed a world)} of 48 futures in which running costs leave owners little."""
    found = {}
    for bust in (None, -1.0, -2.0):
        industry = Industry(load_world(NAMED), worlds=48, rng=5, parameters={"cloud.power": 2.9})
        rents = []
        for quarter in range(20):
            if bust and quarter == 4:
                industry.outsiders.factor[...] = bust
            industry.step()
            rents.append(industry.clouds.outside_rent.sum(axis=1).mean())
        found[bust] = np.array(rents), (industry.clouds.reorganised > 0).sum(axis=1).mean()
        release(industry)
    return found


@pytest.mark.slow
def test_a_bust_lowers_owners_rents_and_recovers(busts):
    usual = busts[None][0]
    for bust, least, most in ((-1.0, 0.03, 0.25), (-2.0, 0.15, 0.6)):
        lost = 1 - busts[bust][0] / usual
        assert (lost[:4] == 0).all() and (lost[4:] > 0).all()
        assert least < lost[4:12].mean() < most
        assert lost[-1] < lost[4:].max()


@pytest.mark.slow
def test_a_bust_raises_owners_failures(busts):
    failed = [busts[bust][1] for bust in (None, -1.0, -2.0)]
    assert failed[0] <= failed[1] < failed[2] and failed[2] > failed[0] + 0.1


@pytest.mark.slow
def test_rents_fall_on_smoothly_as_the_bust_deepens():
    rents = [run(6, worlds=4, bust=bust).clouds.outside_rent.sum(axis=1).mean() for bust in np.linspace(0, -2, 9)]
    steps = -np.diff(rents) / rents[0]
    assert (steps > 0).all() and (steps < 0.1).all()
