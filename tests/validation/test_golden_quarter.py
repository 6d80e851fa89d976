"""The golden quarter: one lab, one cloud, one lender, one block of compute, worked out by hand outside this project."""

import numpy as np
import pytest

from abm.books.register import IDLE
from abm.measures.record import subsidiary_residuals
from tests.worlds import cash, industry, let, opening, quarter, wanting

EXACT = 1e-9
ECONOMY = 1e5
M0 = ECONOMY + 10 + 2 + 20
GIVEN = {"lab.fixed_opex": 0.0, "lender.rate": 0.08, "cloud.power": 1.3, "cloud.upkeep": 2.5, "contagion.cash_after_default": 0.9}


def golden(worlds, lab_cash=10.0, cloud_cash=2.0, **parameters):
    """The world at the start of its quarter: 1 GW has just been delivered, let at $12bn a year, financed by a loan of 37.5."""
    firms = {
        "labs": [{"cash": lab_cash, "opex_ratio": 0.3, "revenue": 20.0}],
        "clouds": [{"cash": cloud_cash, "accounting_life": 6.0}],
        "lenders": [{"cash": 20.0}],
    }
    model = industry(
        opening(firms, debt=37.5, debt_life=24, people=wanting(None), parameters={**GIVEN, **parameters}),
        worlds=worlds,
    )
    let(model, gw=1.0, rent=12.0, book=50.0, life=24)
    return model


def everywhere(values, expected):
    """Every world shows the expected number."""
    assert np.asarray(values).reshape(-1) == pytest.approx(np.full(np.size(values), float(expected)), abs=EXACT)


@pytest.fixture(params=[1, 3], ids=["one world", "three worlds"])
def worlds(request):
    return request.param


def test_flows_of_the_golden_quarter(worlds):
    model = golden(worlds)
    quarter(model, spend=20.0)
    flows = model.ledger.flows
    expected = {"services": 5, "opex": 1.5, "rent": 3, "running_costs": 0.95, "interest": 0.75, "principal": 1.5625, "budget": 5}
    for flow, amount in expected.items():
        everywhere(np.maximum(0, flows[flow]).sum(axis=1), amount)
        everywhere(flows[flow].sum(axis=1), 0)
    for flow in flows.keys() - expected.keys():
        everywhere(flows[flow], 0)
    everywhere(-model.ledger.profit["depreciation"][:, model.rows["clouds"]], 50 / 24)


def test_closing_cash_of_the_golden_quarter(worlds):
    model = golden(worlds)
    quarter(model, spend=20.0)
    everywhere(cash(model, "labs"), 10.5)
    everywhere(cash(model, "clouds"), 1.7375)
    everywhere(cash(model, "lenders"), 22.3125)
    everywhere(cash(model, "Economy"), ECONOMY - 2.55)
    everywhere(cash(model, "customers"), 0)
    everywhere(cash(model, "MonetaryAuthority"), -M0)
    everywhere(model.ledger.balances["cash"][:, :-1].sum(axis=1), M0)


def test_closing_stocks_of_the_golden_quarter(worlds):
    model = golden(worlds)
    quarter(model, spend=20.0)
    everywhere(model.ledger.balances["fleet"].sum(axis=1), 47.916666666667)
    everywhere(model.ledger.balances["debt"][:, model.rows["clouds"]], -35.9375)
    everywhere(model.ledger.balances["loans"][:, model.rows["lenders"]], 35.9375)
    everywhere(model.fleet.book.sum(axis=2), 50 * 23 / 24)
    everywhere(model.fleet.loan.sum(axis=3), 35.9375)


def test_net_worth_of_the_golden_quarter_is_its_capital(worlds):
    model = golden(worlds)
    quarter(model, spend=20.0)
    worth = model.ledger.net_worth()
    everywhere(worth[:, :-1].sum(axis=1), 50 * 23 / 24 + M0)
    everywhere(worth.sum(axis=1), 50 * 23 / 24)
    everywhere(worth[:, -1], -M0)
    book = model.ledger.book_equity(slice(None))
    everywhere(book[:, model.rows["labs"]], 10.5)
    everywhere(book[:, model.rows["clouds"]], 1.7375 + 50 * 23 / 24 - 35.9375)
    everywhere(book[:, model.rows["lenders"]], 22.3125 + 35.9375)


def test_every_invariant_holds_in_the_golden_quarter(worlds):
    for spend, lab_cash in ((20.0, 10.0), (0.0, 1.0)):
        model = golden(worlds, lab_cash)
        quarter(model, spend)
        for rule, residual in {**model.ledger.residuals(), **subsidiary_residuals(model)}.items():
            assert (residual <= EXACT).all(), rule


def test_a_lab_without_customers_defaults_on_its_rent(worlds):
    model = golden(worlds, lab_cash=1.0)
    owed = quarter(model, spend=0.0)
    everywhere(owed.amount("rent"), 3)
    everywhere(model.ledger.payments("rent").sum(axis=(1, 2)), 0.9)
    everywhere(model.ledger.flows["default_cost"][:, model.rows["Economy"]], 0.1)
    everywhere(model.ledger.profit["arrears_lost"][:, model.rows["clouds"]], -2.1)
    everywhere(model.ledger.balances["receivable"], 0)
    everywhere(cash(model, "labs"), 0)
    everywhere(model.labs.alive, 0)
    assert model.news.labs.all()


def test_the_block_of_a_lab_in_default_becomes_idle(worlds):
    model = golden(worlds, lab_cash=1.0)
    quarter(model, spend=0.0)
    everywhere(model.fleet.in_service(model.now)[:, 0], 0)
    everywhere(model.fleet.in_service(model.now)[:, IDLE], 1)
    everywhere(model.fleet.rent_due(model.now), 0)
    everywhere(model.fleet.remaining_rent(model.now), 0)
    everywhere(model.fleet.idle_ratio(model.now), 1)


def test_the_cloud_pays_its_debts_from_what_the_dead_lab_left(worlds):
    model = golden(worlds, lab_cash=1.0, cloud_cash=3.0)
    quarter(model, spend=0.0)
    for flow, amount in {"running_costs": 0.95, "interest": 0.75, "principal": 1.5625}.items():
        everywhere(-model.ledger.flows[flow][:, model.rows["clouds"]], amount)
    everywhere(cash(model, "clouds"), 0.6375)
    assert not model.news.clouds.any()
    everywhere(model.ledger.balances["cash"][:, :-1].sum(axis=1), ECONOMY + 1 + 3 + 20)
