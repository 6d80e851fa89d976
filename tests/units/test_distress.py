"""A lab that expects to be short lets the compute it can do without, and keeps its rent to pay [model.md 9.2, 10.8]."""

import numpy as np
import pytest

from abm.books.register import IDLE
from abm.clock import Quarter
from abm.failure.distress import in_distress
from abm.services.parameters import ServicesParameters
from abm.services.serving import Supply, ration
from abm.start.opening import Tranche
from tests import worlds

PLAIN = {"consumer_density": 1.0, "spill": 0.0}
STEADY = {
    "technology.chip_life": 1e9, "services.mode": "path", "services.scarcity_low": 1, "services.scarcity_high": 1,
    "services.outside_pool": 0, "lab.fixed_opex": 0.0, "contagion.cash_after_default": 1.0,
}  # fmt: skip
LIST = 1.1 * (35 * (1 / 6 + 0.04) + 15 * (1 / 15 + 0.04)) + 1.3 + 2.5  # of a new GW over six and fifteen years at 8 %
STEADY |= dict.fromkeys(("services.training_share", "services.training_share_start"), 20 / LIST / 4)  # a quarter trains, a GWe earns 20
START = Quarter.parse("2023Q1")


def rationed(*wanted, distressed=(True, False), idle=0.0, **values):
    """Labs of a GWe each at 20 a year, so that 15 fill what must not train."""
    demand = np.array([[[spend, 0.0, 0.0] for spend in wanted]])
    full = np.ones((1, len(wanted)))
    given = Supply(20 * full, full, full > 0, np.array([[idle]]), np.zeros((1, 1)), np.array([distressed]), full / 4, full / 4)
    return ration(demand, given, ServicesParameters(1, PLAIN | values))


def test_a_lab_in_distress_lets_what_it_neither_serves_nor_must_train_with():
    result = rationed(5, 25)
    assert result.offered_gw[0] == pytest.approx([0.5, 0])
    assert result.sublet_gw[0] == pytest.approx([0.5, 0])
    assert result.spot_gw[0] == pytest.approx([0, 0.5])
    assert result.training_gw[0] == pytest.approx([0.25, 0.25])
    assert result.served[0] == pytest.approx([5, 25])


def test_it_shares_what_is_hired_with_idle_compute_by_what_each_offers():
    result = rationed(5, 25, idle=1.5)
    assert result.sublet_gw[0] == pytest.approx([0.5 * 0.5 / 2, 0])
    assert result.training_gw[0, 0] == pytest.approx(0.75 - 0.125)


def test_what_nobody_hires_trains_and_may_serve_a_rival_s_customers():
    assert rationed(5, 10).training_gw[0] == pytest.approx([0.75, 0.5])
    result = rationed(5, 25, distressed=(False, False), spill=1.0)
    assert result.guests[0, 0] == pytest.approx(10)  # nobody lets: the rival serves them itself
    assert rationed(5, 25, spill=1.0).guests[0, 0] == pytest.approx(0)


def test_who_is_short_of_compute_lets_nothing_however_great_its_distress():
    result = rationed(25, 25, distressed=(True, True), idle=0.1)
    assert (result.offered_gw == 0).all() and (result.sublet_gw == 0).all()


def pair(cash, second=1e3, rents=(40.0, 4.0), parameters=(), number=1):
    """Two labs of a GW each at one owner, with this cash and these rents a year."""
    firms = {
        "labs": [{"cash": cash, "opex_ratio": 0.0, "revenue": 8.0}, {"cash": second, "opex_ratio": 0.0, "revenue": 20.0}],
        "clouds": [{"cash": 100.0}],
        "vendors": [{"cash": 10.0, "slots_gw": 1.0}],
    }
    blocks = [Tranche(row, 0, START - 1, 1.0, rent, 20) for row, rent in enumerate(rents)]
    given = worlds.opening(firms, tranches=blocks, people=worlds.wanting(0.0), parameters={**STEADY, **dict(parameters)})
    return worlds.industry(given, number)


@pytest.mark.parametrize(("cash", "distressed"), [(0.0, True), (7.9, True), (8.1, False)])
def test_a_lab_is_in_distress_when_cash_and_revenue_do_not_cover_this_quarters_rent(cash, distressed):
    """Rent of 40 a year is 10 a quarter, revenue of 8 a year is 2."""
    assert in_distress(pair(cash)).tolist() == [[distressed, False]]


def test_prepaid_rent_needs_no_cash():
    model = pair(0.0)
    cell, at = model.fleet.cell(0, 0), model.fleet.at(START.index - 1)
    model.fleet.prepaid[:, cell, at] = 7.9
    assert in_distress(model)[0, 0]
    model.fleet.prepaid[:, cell, at] = 8.1
    assert not in_distress(model)[0, 0]


def test_two_quarters_of_burn_may_be_asked_for_and_with_none_nobody_ever_lets():
    assert in_distress(pair(15.9, parameters={"lab.distress_runway": 2.0}))[0, 0]
    assert not in_distress(pair(16.1, parameters={"lab.distress_runway": 2.0}))[0, 0]
    assert not in_distress(pair(0.0, parameters={"lab.distress_runway": 0.0})).any()


def test_the_lab_of_an_owner_and_the_dead_are_never_in_distress():
    model = pair(0.0)
    model.labs.put(parent_row=[[0, -1]])
    assert not in_distress(model).any()
    model.labs.put(parent_row=-1, alive=[[0, 1]])
    assert not in_distress(model).any()


def test_it_receives_the_spot_rent_and_still_owes_its_rent():
    """Half a GWe at list price, all for hire being hired: 13.5167 a year."""
    model = pair(7.2, number=2)
    owed = worlds.quarter(model, [5.0, 25.0])
    rent = LIST * 0.5 / 4
    assert owed.amount("sublet")[:, 1, 0] == pytest.approx(rent)
    assert owed.amount("rent")[:, 0, 0] == pytest.approx(10)
    assert owed.amount("spot").sum() == 0
    assert model.ledger.flows["sublet"][:, model.rows["labs"]] == pytest.approx(np.array([[rent, -rent]] * 2))
    assert model.labs.sublet_gw[:, 0] == pytest.approx([0.5, 0.5])


def test_what_it_earns_can_save_it():
    """It has 8.2 and earns 5 / 4; the rent of 10 is met with the 1.69 that others pay for its compute, and not without."""
    saved, lost = pair(7.2), pair(7.2, parameters={"lab.distress_runway": 0.0})
    for model in (saved, lost):
        worlds.quarter(model, [5.0, 25.0])
    assert saved.labs.alive[0].tolist() == [1, 1]
    assert lost.labs.alive[0].tolist() == [0, 1]
    assert saved.labs.cash[0, 0] == pytest.approx(7.2 + 1.25 + LIST / 8 - 10)


def test_power_of_sublet_compute_is_its_owner_s():
    usual, sublet = pair(1e3), pair(0.0)
    due = [worlds.quarter(model, [5.0, 25.0]).amount("running_costs").sum() for model in (usual, sublet)]
    assert due[0] == due[1]


@pytest.mark.parametrize("channel", [1.0, 0.0])
def test_an_unpaid_spot_rent_is_lost_and_made_whole_where_the_channel_is_off(channel):
    """The second lab hires, but owes a rent of 100 a quarter: it fails, and pays its debts in the same proportion."""
    model = pair(7.2, second=0.0, rents=(40.0, 400.0), parameters={"contagion.counterparty": channel})
    worlds.quarter(model, [5.0, 25.0])
    books = model.ledger
    received, part = books.flows["sublet"][0, model.rows["labs"]][0], 25 / 4 / (100 + LIST / 8)
    assert received == pytest.approx(LIST / 8 * part)
    assert books.flows["recapitalisation"][0, model.rows["labs"]][0] == pytest.approx((LIST / 8 - received) * (1 - channel))
    assert books.balances["receivable"] == pytest.approx(0)
    assert max(residual.max() for residual in books.residuals().values()) < 1e-9
    assert model.labs.alive[0].tolist() == [1 - channel, 0]


def test_compute_on_offer_that_nobody_hires_weighs_on_used_prices_until_its_tenant_is_gone():
    model = pair(0.0)
    fleet = model.fleet
    worlds.quarter(model, [5.0, 10.0])
    alone = pair(1e3)
    worlds.quarter(alone, [5.0, 10.0])
    assert alone.fleet.unused(alone.now) == pytest.approx(0)
    fleet.offered[...] = [[0.5, 0.0]]
    fleet.hired[...] = 0.2
    idle = fleet.in_service(model.now)[:, IDLE].sum() / 2
    assert fleet.unused(model.now) == pytest.approx((idle + 0.25) * 0.8)
    fleet.release(np.array([[True, False]]), model.now)
    assert fleet.offered.sum() == 0
