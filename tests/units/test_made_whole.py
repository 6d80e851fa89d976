"""With channel C1 off the default of a tenant costs its owner nothing and brings it nothing."""

import numpy as np
import pytest

from abm.failure.orphans import give_up
from tests.worlds import cash, industry, let, opening, quarter, turn, wanting

STEADY = {
    "lab.fixed_opex": 0.0, "technology.chip_life": 1e9, "services.outside_pool": 0.0, "services.mode": "path",
    "services.scarcity_low": 1, "services.scarcity_high": 1.0, "contagion.cash_after_default": 1.0, "contagion.receipts_after_default": 1.0,
}  # fmt: skip


def sector(tenants_cash, worlds=3, prepaid=0.0, channel=0, **parameters):
    """An owner without debt lets a GW at 12 a year to a lab without customers; another lab has customers and no compute."""
    firms = {
        "labs": [{"cash": tenants_cash, "revenue": 0.0}, {"cash": 1e3, "revenue": 1.0}],
        "clouds": [{"cash": 50.0}],
        "vendors": [{}],
        "lenders": [{}],
    }
    given = {**STEADY, "contagion.counterparty": channel, **parameters}
    model = industry(opening(firms, people=wanting([0.0, 0.0]), parameters=given), worlds=worlds)
    let(model, gw=1.0, rent=12.0, book=50.0, prepaid=prepaid)
    return model


def owners_cash(model, spend=0.0, quarters=4):
    """Cash of the owner in the first world, quarter by quarter, while the second lab's customers want to spend so much a year."""
    seen = []
    for _ in range(quarters):
        quarter(model, [0.0, spend])
        assert all(np.max(gap) < 1e-9 for gap in model.ledger.residuals().values())
        seen.append(cash(model, "clouds")[0, 0].copy())
        turn(model)
    return np.array(seen)


@pytest.mark.parametrize("spend", [0.0, 2.0, 10.0, 15.0])
def test_an_owner_gets_what_it_would_have_got_from_a_living_tenant_whatever_its_compute_earns_meanwhile(spend):
    alive, dead = sector(tenants_cash=1e3), sector(tenants_cash=0.0)
    assert owners_cash(dead, spend) == pytest.approx(owners_cash(alive, spend))
    assert dead.labs.alive[:, 0].tolist() == [0] * 3 and alive.labs.alive[:, 0].tolist() == [1] * 3


def test_compute_that_is_hired_at_list_price_pays_better_than_the_contract_did_and_nobody_adds_to_it():
    """What a new GW costs on the spot market against a rent of 12, both with full running costs: 1.3 of power and 2.5 of upkeep."""
    model = sector(tenants_cash=0.0, **{"technology.belief_speed": 0.0, "contagion.release_quarters": 0})
    seen = owners_cash(model, spend=1e3)
    price = 1.1 * (35 * (1 / 6 + model.clouds.rate[0, 0] / 2) + 15 * (1 / 15 + model.clouds.rate[0, 0] / 2)) + 1.3 + 2.5
    assert price > 12 and np.diff(seen) == pytest.approx([(price - 3.8) / 4] * 3)
    assert (model.ledger.flows["recapitalisation"] == 0).all()


def test_nobody_hires_so_economy_pays_the_rent_less_four_fifths_of_power_and_three_tenths_of_upkeep_that_idle_compute_saves():
    model = sector(tenants_cash=0.0)
    owners_cash(model, quarters=1)
    quarter(model, [0.0, 0.0])
    paid = model.ledger.flows["recapitalisation"][:, model.rows["clouds"]][:, 0]
    assert paid == pytest.approx([(12 - 0.8 * 1.3 - 0.3 * 2.5) / 4] * 3)


@pytest.mark.parametrize("spend", [0.0, 2.0, 15.0])
def test_its_earnings_by_which_creditors_judge_it_stay_what_they_were(spend):
    """A rent of 12 less power of 1.3 and upkeep of 2.5 at full load."""
    model = sector(tenants_cash=0.0)
    owners_cash(model, spend)
    assert model.clouds.ebitda[:, 0] == pytest.approx([12 - 3.8] * 3)


def test_what_the_dead_had_paid_in_advance_is_not_paid_again():
    """A rent of 3 a quarter, 4 of it paid ahead: nothing is due in the first quarter, and 1 less in the second."""
    alive, dead = sector(tenants_cash=1e3, prepaid=4.0), sector(tenants_cash=0.0, prepaid=4.0)
    assert owners_cash(dead, quarters=6) == pytest.approx(owners_cash(alive, quarters=6))


def test_the_promise_ends_with_the_contract():
    model = sector(tenants_cash=0.0)
    owners_cash(model, quarters=1)
    left = model.made_whole.rent[0, 0].tolist()  # 20 quarters from delivery, of which two are over with the present one
    assert left == [0.0, *[12.0] * 18, *[0.0] * (len(left) - 19)]


def test_work_that_is_lost_with_a_cancelled_order_is_paid_and_rent_for_compute_that_never_comes_is_not():
    model = sector(tenants_cash=0.0)
    model.contagion.patience[...] = 0.0
    fleet, at, rows = model.fleet, model.fleet.at(model.now + 3), model.rows["clouds"]
    for amounts, much in ((fleet.gw, 1.0), (fleet.let[0], 1.0), (fleet.rent[0], 12.0)):
        amounts[:, fleet.cell(0, 0), at] += much
    fleet.wip[:, 0, at] += 5.0
    fleet.look_again()
    fleet.changed()
    model.ledger.open("wip", rows, np.array([5.0]))
    quarter(model, [0.0, 0.0])
    give_up(model)
    assert model.ledger.profit["cancellation"][:, rows][:, 0] == pytest.approx([-3.0] * 3)  # 0.4 of the work keeps its value
    arrears = 12 / 4
    assert model.ledger.flows["recapitalisation"][:, rows][:, 0] == pytest.approx([arrears + 3.0] * 3)
    assert model.made_whole.rent[..., 1].tolist() == [[12.0]] * 3


def test_a_world_with_the_channel_on_pays_nothing_beside_one_with_it_off():
    both = sector(tenants_cash=0.0, channel=[1.0, 0.0, 1.0])
    owners_cash(both)
    assert (both.made_whole.rent[[0, 2]] == 0).all() and (both.made_whole.rent[1] > 0).any()
    on = sector(tenants_cash=0.0, channel=1)
    owners_cash(on)
    assert (cash(both, "clouds")[0] == cash(on, "clouds")[0]).all()
