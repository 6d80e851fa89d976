"""A parent pays what its lab cannot: from free cash, then from its own investors while the hole is small [model.md 11.3, 26.17b]."""

import numpy as np
import pytest

from abm.compute import deliveries
from abm.finance import funding
from abm.model import Industry, release
from abm.services import operations, pricing
from agents.world_files.folder import load_world
from tests.worlds import ONE_RATE, by_class, industry, let, opening, wanting

PLAIN = {
    "lab.fixed_opex": 0.5,
    **ONE_RATE,
    "cloud.power": 0.4,
    "cloud.upkeep": 0,
    "investor.saving": 0,
    "investor.saving_speed": 0,
}
HOLE = 3.5  # of the first lab, which rents a GW for 12 a year and has opex of .5 a quarter, but neither cash nor revenue
SMALL = 0.5  # of any other lab: opex alone


def family(parent_cash, *, labs=1, investors=0.0, value=1000.0, parent=0, loss=0.0):
    """Labs of one parent. The first owner of two lets the GW, whose power costs it .1 a quarter; the parent is the first or the second.

    investors: their cash, $bn; value: of each lab, $bn; loss: of the parent's other business, $bn a quarter
    """
    clouds = [{"cash": parent_cash * mine, "other_cash_flow": -4 * loss * mine} for mine in (parent == 0, parent == 1)]
    firms = {"labs": [{"cash": 0.0}] * labs, "clouds": clouds, "investors": [{"cash": investors}]}
    given = opening(firms, people=wanting(None), parameters=PLAIN)
    given.parent[...] = parent
    model = industry(given, worlds=2)
    model.cap.mark(model.rows["labs"], np.full((2, labs), value))
    let(model, gw=1.0, rent=12.0)
    return model


def covered(model):
    """(what its parent pays into each lab, what it calls from investors for that), $bn, in the first of two worlds that are alike."""
    model.begin()
    deliveries.deliver(model)
    pricing.post(model)
    served = operations.serve(model, by_class(model, 0.0))
    operations.receive(model, served)
    funding.parents_cover(model, operations.dues(model, served))
    paid = model.ledger.payments("lab_equity")[:, model.rows["clouds"], model.rows["labs"]].sum(axis=1)
    called = model.ledger.payments("cloud_equity")[:, model.rows["investors"], model.rows["clouds"]].sum(axis=(1, 2))
    assert np.array_equal(paid[0], paid[1]) and called[0] == called[1]
    return paid[0].tolist(), float(called[0])


@pytest.mark.parametrize(("parent_cash", "pays"), [(10.0, HOLE), (2.0, 2.0), (0.0, 0.0)])
def test_a_parent_pays_what_its_lab_lacks_as_far_as_its_cash_goes(parent_cash, pays):
    assert covered(family(parent_cash)) == (pytest.approx([pays]), 0)


@pytest.mark.parametrize(("loss", "pays"), [(0.0, 2.5), (1.0, 1.5), (3.0, 0.0)])
def test_a_parent_pays_its_own_dues_first(loss, pays):
    """The lab rents from somebody else here, so that none of what the parent pays comes back to it."""
    assert covered(family(2.5, parent=1, loss=loss))[0] == pytest.approx([pays])


def test_rent_that_comes_back_pays_the_parents_own_dues():
    """Cash of 3.4 and 3 of rent against 3.1 of its own: 3.3 are free. The same owner of somebody else's tenant has .3."""
    assert covered(family(3.4, loss=3.0))[0] == pytest.approx([3.3])
    assert covered(family(3.3, parent=1, loss=3.0))[0] == pytest.approx([0.3])


def test_labs_of_one_parent_share_what_it_has_by_what_they_lack():
    assert covered(family(2.0, labs=2))[0] == pytest.approx([2 * HOLE / (HOLE + SMALL), 2 * SMALL / (HOLE + SMALL)])


def test_a_dead_lab_gets_nothing():
    model = family(10.0, labs=2)
    model.labs.put(alive=[0.0, 1.0])
    assert covered(model)[0] == pytest.approx([0, SMALL])


@pytest.mark.parametrize(("investors", "called"), [(100.0, 1.5), (4.0, 1.0), (0.0, 0.0)])
def test_what_a_parent_lacks_it_calls_from_its_investors_up_to_a_quarter_of_their_cash(investors, called):
    assert covered(family(2.0, investors=investors)) == (pytest.approx([2 + called]), pytest.approx(called))


@pytest.mark.parametrize(("value", "called"), [(35.1, 1.5), (34.9, 0.0)])
def test_nobody_answers_for_a_hole_above_a_tenth_of_the_labs_value(value, called):
    assert covered(family(2.0, investors=100.0, value=value)) == (pytest.approx([2 + called]), pytest.approx(called))


@pytest.mark.parametrize(("mood", "called"), [(0.41, 1.5), (0.39, 0.0)])
def test_nobody_answers_in_a_panic(mood, called):
    model = family(2.0, investors=100.0)
    model.sentiment[...] = mood
    assert covered(model) == (pytest.approx([2 + called]), pytest.approx(called))


def test_a_lab_without_a_parent_is_left_alone():
    model = family(10.0)
    model.labs.put(parent_row=-1.0)
    assert covered(model) == ([0], 0)


def test_what_an_owner_can_pay_needs_no_down_payment():
    model = family(2.0)
    labs, one = model.labs, np.ones((model.worlds, len(model.labs.names)))
    labs.put(revenue=5.0)
    assert labs.prepayment_due(one, 12.0, 3.0 * one, 0.0 * one, 1.0, 1.0) == pytest.approx(10.0 * one)  # of 15 revenue covers 5
    assert labs.prepayment_due(one, 12.0, 3.0 * one, 6.0 * one, 1.0, 1.0) == pytest.approx(4.0 * one)
    assert labs.prepayment_due(one, 12.0, 3.0 * one, 20.0 * one, 1.0, 1.0) == pytest.approx(0.0 * one)


def test_a_lab_that_a_rich_owner_holds_orders_although_it_has_no_cash_of_its_own():
    given = {f"lab.{name}.risk_appetite": 0.5 for name in ("Google DeepMind", "Meta AI")}
    model, ordered = Industry(load_world("industry-2026q3", given), worlds=4, rng=1, panel=False), 0.0
    rows = [model.labs.names.index(name) for name in ("Google DeepMind", "Meta AI")]
    for _ in range(16):
        model.step()
        ordered = ordered + model.labs.ordered_gw[:, rows].mean(axis=0)
    release(model)
    assert (ordered > (2, 0.1)).all()  # GW in four years, in the mean of the futures; Meta AI sells little and holds compute for years
