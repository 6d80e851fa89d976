"""Idle compute that does not earn its power is switched off by an owner that cannot pay for it; an owner without tenants fails once."""

import numpy as np
import pytest

from abm.books.register import IDLE
from abm.services.operations import idle_share, supply
from abm.services.pricing import post
from tests import worlds

STEADY = {
    "technology.chip_life": 1e9, "services.mode": "path", "services.scarcity_low": 1, "services.scarcity_high": 1,
    "services.outside_pool": 0,
}  # fmt: skip


def owner(*cash, **parameters):
    """Three worlds with an owner for each of these amounts of cash, who has a GW of the quarter before that nobody rents."""
    firms = {"labs": [{"cash": 5.0, "revenue": 1.0}], "clouds": [{"cash": each} for each in cash], "vendors": [{}], "lenders": [{}]}
    given = {"cloud.upkeep": 0.0, **parameters}
    model = worlds.industry(worlds.opening(firms, people=worlds.wanting(), parameters=given), worlds=3)
    model.fleet.gw[:, model.fleet.idle, model.fleet.at(model.now - 1)] += 1.0
    model.fleet.delivered += 1.0
    model.fleet.look_again()
    model.fleet.changed()
    return model


def test_a_penniless_owner_of_compute_nobody_hires_switches_it_off_and_owes_no_power():
    model = owner(0.0)
    owed = worlds.quarter(model, 0.0)
    assert model.switched_off.all()
    assert supply(model).idle.tolist() == [[0], [0], [0]]
    assert (owed.amount("running_costs") == 0).all()
    assert (model.clouds.reorganised == 0).all()


def test_an_owner_with_cash_keeps_it_ready_and_pays_the_power_of_idle_compute():
    model = owner(1.0)
    owed = worlds.quarter(model, 0.0)
    assert not model.switched_off.any()
    assert supply(model).idle == pytest.approx(np.exp(-0.3 * 0.25))
    assert owed.amount("running_costs")[:, 0, 0] == pytest.approx(0.2 * 1.3 / 4)


@pytest.mark.parametrize(("spend", "hired", "power"), [(0.0, 0.0, 0.065), (10.0, 0.5, 0.195), (20.0, 1.0, 0.325), (90.0, 1.0, 0.325)])
def test_idle_compute_pays_a_fifth_of_its_power_and_all_of_it_as_far_as_it_is_hired(spend, hired, power):
    """A GW that serves 20 a year and needs power of 1.3, which is 0.325 a quarter."""
    model = owner(1.0, **STEADY)
    owed = worlds.quarter(model, spend)
    assert model.fleet.hired == pytest.approx(np.full((3, 1), hired))
    assert owed.amount("running_costs")[:, 0, 0] == pytest.approx([power] * 3)


def test_what_is_switched_off_owes_no_power_while_a_neighbours_idle_compute_is_hired():
    model = owner(0.0, 1.0, **STEADY)
    owed = worlds.quarter(model, 90.0)
    assert model.switched_off.tolist() == [[True, False]] * 3
    assert (model.fleet.hired == 1).all()
    assert owed.amount("running_costs")[:, :, 0] == pytest.approx(np.array([[0, 0.325]] * 3))


def test_it_comes_back_where_the_spot_market_pays_for_its_power():
    model = owner(0.0)
    model.spot[1], model.fleet.hired[1] = 4.0, 0.5  # earns 2 a GWe-year against 0.26 of power
    post(model)
    assert model.switched_off[:, 0].tolist() == [True, False, True]
    model.idle_gw = supply(model).idle
    assert idle_share(model)[:, 0].tolist() == [0, 1, 0]


def test_an_owner_without_tenants_fails_once_while_its_creditors_write_it_down():
    firms = {
        "labs": [{"cash": 5.0, "revenue": 1.0}],
        "clouds": [{"cash": 0.0}],
        "vendors": [{}],
        "investors": [],
        "lenders": [{"cash": 50.0}],
    }
    model = worlds.industry(worlds.opening(firms, people=worlds.wanting(), debt=40.0), worlds=2)
    fleet = model.fleet
    fleet.gw[:, fleet.cell(IDLE, 0), fleet.at(model.now - 1)] += 1.0
    fleet.delivered[:, 0] += 1.0
    fleet.look_again()
    fleet.changed()
    loans = []
    for _ in range(5):
        worlds.quarter(model, 0.0)
        loans.append(fleet.loan.sum(axis=(1, 2, 3))[0])
        worlds.turn(model)
    assert (np.diff(loans) < 0).all()
    assert (model.clouds.reorganised == 1).all()
    assert (model.clouds.died == 0).all()
