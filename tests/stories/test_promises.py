"""A stack of signed compute ruins its tenant where the owner can build it, and stays a promise where the owner cannot.

The tutorial, where demand falls by four fifths in 2027 and no new money comes to funds, with 5, 10 or 20 GW signed beside what there is.
"""

import numpy as np
import pytest

from abm.model import Industry, release
from abm.shocks import Shock
from agents.world_files.deals import AddedDeal, with_deals
from agents.world_files.folder import load_world
from experiments.analysis.paired_effects import paired_share
from tests.worlds import industry, let, opening, wanting

WORLDS, QUARTERS = 96, 24
STACKS = (0.01, 5.0, 10.0, 20.0)  # GW
SHORTFALL = {"name": "demand_shortfall", "at": "2027Q1", "size": 0.8}
RICH = {"cloud.cash": 2000.0}  # $bn: it builds from its own cash


def lived(gw, settings):
    """{what: [worlds]} at the end of a run with so much signed: whether the lab fails, and GW and rent that were promised and not built."""
    opened = load_world("tutorial", {"investor.saving": 0.0, **settings})
    deal = AddedDeal.read({"tenant": "Lab", "owner": "Cloud", "gw": gw, "start": "2027Q3"}, "deal")
    model = Industry(with_deals(opened, (deal,)), worlds=WORLDS, rng=1, shocks=[Shock.read(SHORTFALL)]).run(QUARTERS)
    of_lab = {name: model.record.series("labs", name)[..., 0] for name in ("fails", "unbuilt_gw", "unbuilt_rent")}
    of_lab["total"] = model.record.series("industry", "unbuilt_gw")[..., 0]
    release(model)
    return {"fails": (of_lab.pop("fails") > 0).any(axis=1), **{name: values[:, -1] for name, values in of_lab.items()}}


@pytest.fixture(scope="module")
def outcomes():
    return {owner: [lived(gw, settings) for gw in STACKS] for owner, settings in (("poor", {}), ("rich", RICH))}


@pytest.mark.slow
def test_where_the_owner_can_build_the_odds_of_failure_rise_with_the_stack(outcomes):
    fails = [each["fails"] for each in outcomes["rich"]]
    shares = [found.mean() for found in fails]
    assert shares == sorted(shares)
    first, last = paired_share(fails[1], fails[0]), paired_share(fails[3], fails[1])
    assert first.low > 0.05 and last.low > 0


@pytest.mark.slow
def test_with_an_owner_that_cannot_build_what_was_promised_and_not_built_rises_instead(outcomes):
    unbuilt = [each["unbuilt_gw"].mean() for each in outcomes["poor"]]
    assert unbuilt == sorted(unbuilt) and unbuilt[3] > STACKS[3] / 4 > 2 > unbuilt[0]
    assert outcomes["poor"][3]["fails"].mean() < outcomes["rich"][3]["fails"].mean()
    assert outcomes["rich"][3]["unbuilt_gw"].mean() < 1
    assert np.array_equal(outcomes["poor"][3]["unbuilt_gw"], outcomes["poor"][3]["total"])


@pytest.mark.slow
def test_what_was_promised_keeps_its_rent(outcomes):
    """13.3 a GW-year, as the deal said; what the lab had ordered before cost about that."""
    many = outcomes["poor"][3]["unbuilt_gw"] > 10
    price = (outcomes["poor"][3]["unbuilt_rent"] / np.where(many, outcomes["poor"][3]["unbuilt_gw"], 1))[many]
    assert price == pytest.approx(np.full(price.shape, 13.3), rel=0.1)


@pytest.mark.parametrize(("given_up", "late", "stopped"), [(False, 1.5, 0.0), (True, 0.0, 1.5)])
def test_a_late_part_waits_until_it_is_given_up(given_up, late, stopped):
    """A quarter of a block of 6 GW at 10 a GW-year comes late: 1.5 GW, and 15 of rent."""
    model = industry(opening({"labs": [{}], "clouds": [{}]}, people=wanting()), worlds=2)
    let(model, gw=6.0, rent=60.0)
    part = np.array([[0.25], [0.0]])
    model.unbuilt.note_late(model.fleet, model.fleet.at(model.now - 1), part, np.full((2, 1), given_up))
    assert model.unbuilt.late.by_lab().gw.tolist() == [[late], [0]] and model.unbuilt.stopped.by_lab().gw.tolist() == [[stopped], [0]]
    assert model.unbuilt.promised(np.ones((2, 1))).by_lab().rent.tolist() == [[15], [0]]
    assert model.unbuilt.promised(np.zeros((2, 1))).by_lab().gw.tolist() == [[stopped], [0]]  # the dead wait for nothing


def test_orders_that_nobody_could_build_and_those_signed_are_no_more_than_labs_wanted():
    model = Industry(load_world("industry-2026q3"), worlds=4, rng=2).run(8)
    wanted, ordered, refused = (model.record.series("labs", name) for name in ("wanted_gw", "ordered_gw", "unfunded_gw"))
    release(model)
    assert (ordered + refused <= wanted * (1 + 1e-9) + 1e-12).all() and refused.sum() > 0


def test_without_slots_no_order_is_served_and_all_that_could_be_paid_for_is_counted():
    """A vendor without slots: nothing is signed, and an owner rich enough to fund everything refuses nothing itself."""
    opened = load_world("tutorial", {"vendor.slots_gw": 0.0, **RICH, "lab.prepaid_years": 0.0, "lab.risk_appetite": 0.95})
    model = Industry(opened, worlds=2, rng=1).run(1)
    ordered, refused = (model.record.series("labs", name)[:, 0, 0] for name in ("ordered_gw", "unfunded_gw"))
    release(model)
    assert (ordered == 0).all() and (refused > 0).all()
