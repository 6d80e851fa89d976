"""Labs that owe: ranks in a clearing, swaps of debt into shares, and debt instead of equity at the same money [model.md 11.11, 13.10]."""

import numpy as np
import pytest

from abm.books.lab_debts import CONVERTIBLES, LOANS_SECURED, LOANS_UNSECURED, VENDOR_LOANS
from abm.compute import planning
from abm.finance import lab_debt
from abm.finance.lending import fund_loans
from abm.model import Industry
from abm.shocks import Shock
from agents.world_files.folder import load_world
from tests.worlds import industry, let, opening, quarter, residuals, wanting

NO_COSTS = {"contagion.cash_after_default": 1.0, "contagion.receipts_after_default": 1.0}


def in_debt(owed, cash_of_lab=0.0, due_in=1, rate=0.0, **parameters):
    """A lab that is paid 2 and owes opex of .6 and rent of 1, and that owes principal by tranche. owed: {tranche: $bn}"""
    firms = {
        "labs": [{"cash": cash_of_lab, "revenue": 8.0, "opex_ratio": 0.3}],
        "clouds": [{"cash": 10.0}],
        "vendors": [{"cash": 10.0}],
        "lenders": [{"cash": 100.0}],
        "investors": [{"cash": 0.0}],
    }
    given = {"lab.fixed_opex": 0.0, "services.mode": "path", "services.scarcity_low": 1, "services.scarcity_high": 1, **NO_COSTS}
    model = industry(opening(firms, people=wanting(None), parameters={**given, **parameters}), worlds=2)
    let(model, gw=2.0, rent=4.0)
    for tranche, amount in owed.items():
        notes = np.full((2, 1, 1), float(amount))
        model.lab_debts.issue(tranche, notes, np.full_like(notes, rate), np.full((2, 1), due_in))
        model.ledger.open("loans", model.rows[tranche.creditors], notes[:, :, 0], mirror=("debt", model.rows["labs"]))
    return model


def test_a_lab_pays_wages_then_secured_loans_then_rent_then_the_rest_pro_rata_then_convertibles():
    model = in_debt({LOANS_SECURED: 0.3, LOANS_UNSECURED: 0.3, VENDOR_LOANS: 0.1}, **{"debt.swap": 0})
    quarter(model, spend=8.0)
    assert model.news.labs.all()
    # 2.0 of revenue: .6 of wages, .3 secured, 1.0 of rent, and .1 for claims of .4
    np.testing.assert_allclose(model.ledger.flows["lab_principal"][:, model.rows["vendors"]], 0.025, rtol=1e-9)
    np.testing.assert_allclose(model.ledger.flows["lab_principal"][:, model.rows["lenders"]], 0.3 + 0.075, rtol=1e-9)
    np.testing.assert_allclose(model.labs.debt_lost, 0.7 - 0.4, rtol=1e-9)
    np.testing.assert_allclose(model.lenders.credit_loss, 0.225, rtol=1e-9)
    assert not model.lab_debts.owed().any()
    assert residuals(model) < 1e-9


def test_a_lab_that_can_pay_owes_less_and_lives():
    model = in_debt({LOANS_UNSECURED: 0.3}, rate=0.1)
    quarter(model, spend=8.0)
    assert not model.news.labs.any()
    np.testing.assert_allclose(model.ledger.flows["lab_interest"][:, model.rows["lenders"]], 0.3 * 0.1 / 4, rtol=1e-9)
    assert not model.lab_debts.owed().any()
    assert residuals(model) < 1e-9


def test_creditors_take_shares_where_that_saves_the_lab_and_pays_them_more():
    model = in_debt({LOANS_UNSECURED: 0.8}, **{"debt.swap": 1})
    worth = model.cap.value(model.rows["labs"]).copy()
    quarter(model, spend=8.0)
    assert not model.news.labs.any()
    np.testing.assert_allclose(model.labs.swapped, 0.8, rtol=1e-9)
    share = model.cap.shares[:, model.rows["lenders"], model.rows["labs"]][:, :, 0]
    np.testing.assert_allclose(share, 0.8 / (worth + 0.8), rtol=1e-9)
    assert residuals(model) < 1e-9


def test_nobody_swaps_a_part_that_would_not_save_the_lab():
    model = in_debt({LOANS_UNSECURED: 0.2}, **{"debt.swap": 1})
    model.labs.put(opex_ratio=0.9)  # 1.8 of wages and 1 of rent meet 2
    quarter(model, spend=8.0)
    assert model.news.labs.all()
    assert not model.labs.swapped.any()


def test_who_is_secured_and_covered_by_cash_does_not_swap():
    model = in_debt({LOANS_SECURED: 0.5}, cash_of_lab=0.4, **{"debt.swap": 1, "debt.mark_believed": 0.5})
    model.labs.put(opex_ratio=0.6)  # 1.2 of wages, .5 secured and 1 of rent meet 2.4
    quarter(model, spend=8.0)
    assert model.news.labs.all()
    np.testing.assert_allclose(model.lenders.credit_loss, 0.0, atol=1e-12)


def test_a_convertible_that_falls_due_becomes_shares_and_asks_for_no_cash():
    model = in_debt({CONVERTIBLES: 5.0}, due_in=1)
    planning.open_terms(model)
    model.begin()
    lab_debt.refinance(model)
    assert not model.lab_debts.owed().any()
    assert (model.cap.shares[:, model.rows["investors"], model.rows["labs"]] > 0).all()
    assert max(each.max() for each in model.ledger.residuals().values()) < 1e-9


@pytest.mark.slow
def test_labs_borrow_a_part_of_what_they_raise_and_the_books_of_every_creditor_agree():
    given = {"debt.share": 0.4, "debt.vendor_share": 0.05, "debt.collateral": 0.0}
    model = Industry(load_world("industry-2026q3"), worlds=4, rng=2, parameters=given).run(6)  # every quarter checks the invariants
    for tranche in (LOANS_UNSECURED, VENDOR_LOANS, CONVERTIBLES):
        assert (model.lab_debts.total(tranche).sum(axis=(1, 2)) > 0).all(), tranche.name
    without = Industry(load_world("industry-2026q3"), worlds=4, rng=2).run(6)
    raised = [each.record.series("labs", "raised").sum(axis=(1, 2)) for each in (model, without)]
    assert (raised[0] < raised[1]).all()


def with_money(how, worlds=48, quarters=20, part=0.05):
    """Failures, crises and lenders' losses by world, of labs that got money worth this part of their value at the opening: as equity or as
    notes of two years. Then investors stop and progress stalls."""
    durations = {"stall": 12, "funding_stop": 8}
    shocks = tuple(Shock.read({"name": name, "at": "2027Q4", "duration": length}) for name, length in durations.items())
    model = Industry(load_world("industry-2026q3"), worlds=worlds, rng=1, shocks=shocks)
    model.ledger.begin_quarter()
    rows = model.rows
    money = part * model.cap.value(rows["labs"])[:, None] * (model.labs.parent_row < 0)[:, None]
    if how == "equity":
        model.cap.issue("lab_equity", rows["Economy"], rows["labs"], money)
    else:
        creditors = getattr(model, how.creditors)
        amount = np.repeat(money, len(creditors.names), axis=1) / len(creditors.names)
        if how.creditors == "lenders":
            fund_loans(model, amount.sum(axis=2))
        else:
            model.ledger.pay("saving", rows["Economy"], rows[how.creditors], amount.sum(axis=2)[:, None])
        rate = np.full_like(amount, 0.11 if how.creditors == "lenders" else 0.03)
        model.lab_debts.issue(how, amount, rate, np.full((worlds, 1), 8))
        model.ledger.pay("lab_loan", rows[how.creditors], rows["labs"], amount)
    planning.open_terms(model)
    model.run(quarters)
    found = model.record.outcomes(model)
    return found["crisis"].to_numpy(), found["credit_loss"].to_numpy(), found["labs_defaulted"].to_numpy()


@pytest.mark.slow
def test_debt_instead_of_equity_makes_failures_and_losses_likelier_and_convertibles_do_not():
    equity, debt, convertible = (with_money(how) for how in ("equity", LOANS_UNSECURED, CONVERTIBLES))
    assert debt[0].mean() > equity[0].mean()
    assert debt[2].mean() >= equity[2].mean()
    lost = debt[1] - equity[1]
    assert lost.mean() - 1.96 * lost.std(ddof=1) / np.sqrt(len(lost)) > 0
    assert convertible[0].mean() < debt[0].mean()
    assert convertible[1].mean() < debt[1].mean()
