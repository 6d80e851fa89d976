"""A lab that fails is sold: who bids most takes its customers, its model and as much compute as these pay for [model.md 13.11]."""

import numpy as np
import pytest

from abm.books.register import IDLE
from abm.model import Industry
from abm.shocks import Shock
from agents.world_files.folder import load_world
from tests.worlds import QUIET, industry, let, opening, quarter, residuals, turn, wanting

NO_COSTS = {"contagion.cash_after_default": 1.0, "contagion.receipts_after_default": 1.0}


def short_of_0_8(*others, **parameters):
    """A lab without cash that is paid 2 and owes opex of 1.8 and rent of 1, beside others that owe no rent. others: columns of labs"""
    labs = [{"cash": 0.0, "revenue": 8.0, "opex_ratio": 0.9}, *({"revenue": 8.0, "opex_ratio": 0.3, **each} for each in others)]
    given = {**QUIET, **NO_COSTS, "sale.open": 1, "sale.lost": 0.0, "services.outside_pool": 0.0, **parameters}
    model = industry(opening({"labs": labs, "clouds": [{"cash": 50.0}]}, people=wanting(None), parameters=given), worlds=2)
    let(model, gw=2.0, rent=4.0)
    return model


def test_the_buyer_pays_for_what_it_expects_to_earn_and_takes_the_compute_that_this_pays_for():
    model = short_of_0_8({"cash": 100.0})
    quarter(model, spend=[8.0, 0.0])
    # 5.6 of 8 are left after wages, half of which pays .7 of the rent of 4; two years of the other 2.8 are bid
    np.testing.assert_allclose(model.ledger.flows["sale"][:, model.rows["labs"]], [[5.6, -5.6]] * 2, rtol=1e-9)
    np.testing.assert_allclose(model.fleet.rent_due(model.now + 1)[:, :, 0], [[0.0, 2.8]] * 2, rtol=1e-9)
    np.testing.assert_allclose(model.fleet.in_service(model.now)[:, [0, 1, IDLE], 0], [[0.0, 1.4, 0.6]] * 2, rtol=1e-9)
    np.testing.assert_allclose(model.labs.bought, [[-8.0, 8.0]] * 2, rtol=1e-9)
    assert model.labs.alive.tolist() == [[0, 1]] * 2
    assert residuals(model) < 1e-9


def test_the_price_pays_bills_first_then_contracts_turned_down_and_what_is_left_is_the_shareholders():
    model = short_of_0_8({"cash": 100.0})
    quarter(model, spend=[8.0, 0.0])
    np.testing.assert_allclose(model.ledger.flows["rent"][:, model.rows["labs"]][:, 0], -1.0, rtol=1e-9)
    np.testing.assert_allclose(model.ledger.flows["termination"][:, model.rows["labs"]][:, 0], -0.3 * 4.0, rtol=1e-9)
    np.testing.assert_allclose(model.ledger.flows["dividend"][:, model.rows["labs"]][:, 0], -(5.6 - 0.8 - 1.2), rtol=1e-9)


def test_the_highest_of_the_survivors_wins_and_cash_limits_a_bid():
    model = short_of_0_8({"cash": 100.0}, {"cash": 100.0, "opex_ratio": 0.1}, {"cash": 1.0, "opex_ratio": 0.0})
    quarter(model, spend=[8.0, 0.0, 0.0, 0.0])
    assert (model.labs.bought > 0).tolist() == [[False, False, True, False]] * 2


@pytest.mark.parametrize("given", [{"sale.open": 0}, {"sale.cash_part": 0.0}, {"sale.years": 0.0}])
def test_without_the_rule_or_a_bid_the_lab_fails_as_any_other(given):
    model = short_of_0_8({"cash": 100.0}, **given)
    quarter(model, spend=[8.0, 0.0])
    assert not model.ledger.flows["sale"].any() and not model.labs.bought.any()
    np.testing.assert_allclose(model.fleet.in_service(model.now)[:, IDLE, 0], 2.0, rtol=1e-9)


def test_what_a_lab_bought_is_no_growth_of_its_own():
    model = short_of_0_8({"cash": 100.0})
    quarter(model, spend=[8.0, 0.0])
    turn(model)
    quarter(model, spend=[0.0, 8.0])
    np.testing.assert_allclose(model.labs.previous_revenue[:, 1], 8.0, rtol=1e-9)


def sold_or_not(worlds, quarters):
    """The same futures in which the largest lab is lost, without a sale and with one."""
    shock = Shock.read({"name": "loss", "at": "2028Q1", "firm": "OpenAI"})
    world = load_world("industry-2026q3")
    return [Industry(world, worlds=worlds, rng=1, parameters={"sale.open": on}, shocks=(shock,)).run(quarters) for on in (0, 1)]


@pytest.mark.slow
def test_customers_of_a_lab_that_is_sold_go_on_with_the_buyer_at_once():
    without, sold = sold_or_not(worlds=4, quarters=8)
    assert (without.labs.alive == sold.labs.alive).all()
    people, lost = sold.customers, sold.labs.names.index("OpenAI")
    assert not ((people.main_provider == lost) & (people.spend > 0)).any()
    assert (sold.spend_lost < without.spend_lost).all()
    assert (sold.in_transit < without.in_transit).all()


@pytest.mark.slow
def test_a_sale_keeps_customers_and_tenants_so_revenue_is_higher_and_creditors_lose_less():
    without, sold = sold_or_not(worlds=48, quarters=16)
    found = [model.record.outcomes(model) for model in (without, sold)]
    revenue = sold.labs.revenue.sum(axis=1) - without.labs.revenue.sum(axis=1)
    lost = (found[1]["credit_loss"] - found[0]["credit_loss"]).to_numpy()
    for effect in (revenue, -lost):
        assert effect.mean() - 1.96 * effect.std(ddof=1) / np.sqrt(len(effect)) > 0
