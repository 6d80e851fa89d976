"""Labs borrow: from vendors for what they buy of them, from lenders, and by convertible notes [model.md 11.11].

A lab would rather borrow a part of what it raises while debt is cheap against its shares, and creditors go no further than
shareholders: what investors left unfilled of the last round counts for nothing. Lenders give a part of their room for new loans, less
where the lab's means at their own quantile cover its rents and debts less than they ask. What a lab is not lent it asks of shareholders.
"""

import numpy as np

from abm.books.lab_debts import (
    CONVERTIBLES,
    CREDITORS,
    INTEREST,
    LOANS_SECURED,
    LOANS_UNSECURED,
    PRINCIPAL,
    TRANCHES,
    VENDOR_LOANS,
    LabDebts,
)
from abm.books.register import EXTRA_OUT
from abm.engine.scales import NO_MONEY
from abm.engine.sums import ratio_or
from abm.finance.capital import share_out
from abm.finance.credit import FREE_OF_DEBT, market_window
from abm.finance.lending import fund_loans

JUDGES = ("lenders", "vendors")


def open_lab_debts(industry):
    """No lab owes anything at the opening; what a lab's project company owes is debt of an owner of compute."""
    sizes = {kind: len(getattr(industry, kind).names) for kind in CREDITORS}
    industry.lab_debts = LabDebts(industry.worlds, len(industry.labs.names), sizes)
    industry.labs_covered = {}


def labs_borrow(industry):
    """Whether labs borrow in any world."""
    return bool(np.any(industry.debt.share > 0) or np.any(industry.debt.vendor_share > 0))


def debt_service(industry):
    """Interest and principal of labs' debt as if repaid evenly, $bn a year, [worlds, labs]; 0 where nobody lent anything."""
    return industry.lab_debts.service(industry.debt.tenor + np.zeros((industry.worlds, 1))) if industry.lab_debts.ever else 0.0


def judge(industry, means, rents):
    """Remember how far each creditor sees a lab's rents and debt service covered, x, {kind: [worlds, creditors, labs]}.

    means: {kind: what a lab could pay at the creditor's quantile, $bn a year, [worlds, labs, creditors]}; rents: [worlds, labs]
    """
    due = (rents + debt_service(industry))[:, None]
    industry.labs_covered = {
        kind: np.minimum(FREE_OF_DEBT, ratio_or(np.swapaxes(seen, 1, 2), due, FREE_OF_DEBT, NO_MONEY)) for kind, seen in means.items()
    }


def rates(industry):
    """{tranche: what its creditors ask for new money, per year, [worlds, creditors, labs]}."""
    p, mood = industry.debt, industry.credit_mood()
    asked = industry.lenders.rate_asked(industry.labs_covered["lenders"], np.zeros((industry.worlds, 1, 1)), mood, industry.lending)
    secured = np.minimum(asked, np.maximum(industry.lending.rate_cap, industry.lending.rate)[..., None])
    vendors = industry.lending.rate[..., None] + np.zeros_like(industry.labs_covered["vendors"])
    premium = p.unsecured_premium[..., None]
    notes = p.coupon[..., None] + np.zeros((*industry.investors.cash.shape, len(industry.labs.names)))
    return {LOANS_SECURED: secured, LOANS_UNSECURED: secured + premium, VENDOR_LOANS: vendors + premium, CONVERTIBLES: notes}


def tenors(industry):
    """{tranche: quarters until new notes fall due, [worlds, creditors]}."""
    common = industry.debt.tenor + np.zeros((industry.worlds, 1))
    of_lenders = np.broadcast_to(industry.lenders.tenor, industry.lenders.cash.shape)
    return {LOANS_SECURED: of_lenders, LOANS_UNSECURED: of_lenders, VENDOR_LOANS: common, CONVERTIBLES: common}


def borrow(industry, wanted):
    """Labs borrow part of what they want to raise. wanted: $bn, [worlds, labs]

    Returns what is left to raise of investors, and how much of that as convertible notes, $bn, [worlds, labs].
    """
    if not labs_borrow(industry):
        return wanted, np.zeros_like(wanted)
    asked, p = rates(industry), industry.debt
    lent = vendors_lend(industry, wanted)
    _pay_out(industry, VENDOR_LOANS, lent, asked)
    wanted = np.maximum(0, wanted - lent.sum(axis=1))
    room = lenders_room(industry)
    part = ratio_or(room, room.sum(axis=1, keepdims=True), 0)[..., None]
    followed = wanted * (1 - p.beside * (1 - industry.filled))  # whom investors did not fund lenders do not fund alone
    debt = industry.labs.part_borrowed((part * asked[LOANS_UNSECURED]).sum(axis=1), p) * followed
    convertible = p.convertible_share * debt
    loans = share_out(room, debt - convertible, lenders_accept(industry))
    fund_loans(industry, loans.sum(axis=2))
    secured = np.maximum(0, p.collateral * industry.labs.revenue - industry.lab_debts.total(LOANS_SECURED).sum(axis=1))
    first = np.minimum(1, ratio_or(secured, loans.sum(axis=1), 0))[:, None]
    _pay_out(industry, LOANS_SECURED, loans * first, asked)
    _pay_out(industry, LOANS_UNSECURED, loans * (1 - first), asked)
    return np.maximum(0, wanted - loans.sum(axis=1)), convertible


def lenders_room(industry):
    """What each lender has for labs this quarter, $bn, [worlds, lenders]: a part of what it can still lend after owners drew theirs."""
    lent = -industry.ledger.flows["loan"][:, industry.rows["lenders"]]
    open_for_it = (industry.lenders.banned <= 0) & ~industry.losses.lenders
    return np.where(open_for_it, industry.debt.lender_part * np.maximum(0, industry.credit_limits() - lent), 0)


def lenders_accept(industry):
    """Part of what a lab asks that each lender finds good, 0 to 1, [worlds, lenders, labs]: by cover and mood, as for owners."""
    return industry.lenders.financed(industry.labs_covered["lenders"], 1.0, industry.credit_mood(), industry.lending)


def vendors_lend(industry, wanted):
    """What vendors lend to labs for the chips that their owners take this quarter, $bn, [worlds, vendors, labs].

    A part of the sales for a lab, by the vendor's appetite, as far as it finds the lab good for it and its budget for customers goes.
    """
    vendors, fleet = industry.vendors, industry.fleet
    ordered = np.matmul(fleet.ordered(industry.now), industry.vendor_mix)
    ours = ratio_or(ordered, ordered.sum(axis=1, keepdims=True), 0)[:, :EXTRA_OUT]
    part = np.minimum(1, vendors.part_lent(industry.debt))[..., None] * np.minimum(1, industry.labs_covered["vendors"])
    offer = part * vendors.sales[..., None] * np.swapaxes(ours, 1, 2)
    offer = np.where(industry.losses.vendors[..., None], 0, offer)
    budget = vendors.finance_budget(industry.chips, vendors.sales + vendors.other_sales)
    offer = offer * np.minimum(1, ratio_or(budget, offer.sum(axis=2), 1))[..., None]
    return offer * np.minimum(1, ratio_or(wanted, offer.sum(axis=1), 0))[:, None]


def sell_convertibles(industry, paid, convertible):
    """Of what investors pay, this part buys convertible notes; returns what buys shares, $bn, [worlds, investors, labs].

    paid: $bn, in that shape; convertible: what labs want to sell as notes, $bn, [worlds, labs]
    """
    if not convertible.any():
        return paid
    total = paid.sum(axis=1)
    notes = paid * np.minimum(1, ratio_or(convertible, total, 0))[:, None]
    _pay_out(industry, CONVERTIBLES, notes, rates(industry))
    return paid - notes


def _pay_out(industry, tranche, amount, asked):
    """New notes of a tranche. amount: $bn, [worlds, creditors, labs]; asked: rates by tranche"""
    industry.lab_debts.issue(tranche, amount, asked[tranche], tenors(industry)[tranche])
    industry.ledger.pay("lab_loan", industry.rows[tranche.creditors], industry.rows["labs"], amount)


def refinance(industry):
    """What falls due this quarter: convertibles become shares, lenders and vendors renew as they find the lab good for it."""
    debts = industry.lab_debts
    if not debts.ever:
        return
    due = debts.notes[CONVERTIBLES].due().copy()
    industry.cap.swap(industry.rows["investors"], industry.rows["labs"], due)
    debts.repay(CONVERTIBLES, due)
    asked, tenor = rates(industry), tenors(industry)
    for tranche in (LOANS_SECURED, LOANS_UNSECURED, VENDOR_LOANS):
        before = debts.total(tranche)
        taken = renewed(industry, tranche.creditors) * (industry.labs.alive > 0)[:, None]
        moved = debts.notes[tranche].exchange(taken[..., None], np.broadcast_to(tenor[tranche], before.shape[:2]))
        debts.rates[tranche] = debts.rates[tranche] + (asked[tranche] - debts.rates[tranche]) * ratio_or(moved, before, 0)


def renewed(industry, kind):
    """Part of maturing notes that creditors renew, 0 to 1, [worlds, creditors, labs]: by cover, lenders of notes as the market is open."""
    cover = industry.labs_covered[kind]
    if kind == "vendors":
        return np.where(industry.losses.vendors[..., None], 0, np.minimum(1, cover))
    in_market = np.where((industry.lenders.notes > 0)[..., None], market_window(industry)[..., None], 1)
    able = (industry.lenders.banned <= 0) & ~industry.losses.lenders
    return industry.lenders.refinanced(cover, industry.lending) * in_market * able[..., None]


def owe_debts(industry, owed):
    """Interest and principal of labs' debt that fall due this quarter, in their ranks. owed: Dues"""
    debts = industry.lab_debts
    if not debts.ever:
        return
    for tranche in TRANCHES:
        if not debts.total(tranche).any():
            continue
        for flow, amount in ((INTEREST, debts.coupon(tranche)), (PRINCIPAL, debts.notes[tranche].due())):
            owed.owe(tranche.claim(flow), tranche.rank, "labs", tranche.creditors, np.swapaxes(amount, 1, 2).copy())
    interest = sum(owed.amount(tranche.claim(INTEREST)).sum(axis=2) for tranche in TRANCHES if tranche.claim(INTEREST) in owed.claims)
    industry.labs.put(obligations=industry.labs.obligations + interest)
