"""What loans cost: an old loan pays the rate at which it was drawn, a new one the owner's present rate [model.md 11.7].

Kept is one rate by lender and owner, the mean of the loans outstanding weighted by balance, so that the interest due of a quarter
is exact while old and new loans are repaid alike. A drawing moves the mean, a repayment and a write-down leave it, an owner whose
creditors took over pays the present rate on all that is left. Of the old loans a part floats: it follows the base rate, not the
borrower's premium. Lenders fund themselves to match: what they owe keeps its rate, and floats, in the same way.
"""

import numpy as np

from abm.engine.scales import NO_MONEY


def open_rates(industry):
    """Rates of the opening: what the world's files say of its loans, else the owner's present rate.

    What a lender owes at the opening costs it the usual distance below what its loans earn.
    """
    fleet, lenders, p = industry.fleet, industry.lenders, industry.lending
    given, asked = industry.opening.debt_rate, industry.terms.rate
    industry.loan_rates = asked.copy() if given is None else np.where(np.isnan(given), asked, given)
    loans = fleet.loans()
    total = loans.sum(axis=2)
    earned = np.where(total > NO_MONEY, (loans * industry.loan_rates).sum(axis=2) / np.maximum(total, NO_MONEY), p.rate)
    lenders.put(funding_rate=np.maximum(0, earned - p.funding_spread))


def mean_rate(rate, amount, new_rate, new):
    """Mean rate of what is owed after more is borrowed, weighted by balance; the old one where nothing is new."""
    total = amount + new
    return np.where(new > NO_MONEY, (rate * amount + new_rate * new) / np.maximum(total, NO_MONEY), rate)


def draw(industry, loans):
    """New loans at the rates that lenders now ask. loans: $bn, [worlds, lenders, owners]; to be called before they are in the books"""
    industry.loan_rates = mean_rate(industry.loan_rates, industry.fleet.loans(), industry.terms.rate, loans)


def borrow(industry, borrowed):
    """What lenders borrow costs the present rate of the market. borrowed: $bn, [worlds, lenders]; not yet in the books"""
    p, lenders = industry.lending, industry.lenders
    bonds = -industry.ledger.balances["borrowings"][:, industry.rows["lenders"]]
    market = np.maximum(0, p.rate - p.funding_spread)
    lenders.put(funding_rate=mean_rate(lenders.funding_rate, bonds, market, borrowed))


def held(industry):
    """Loans that lenders hold, to owners of compute and to labs, $bn, [worlds, lenders]."""
    return industry.fleet.loans().sum(axis=2) + industry.lab_debts.to("lenders")


def interest(industry):
    """Interest on what is owed, $bn a year, [worlds, lenders, owners]; loans in breach of covenant cost what the waiver does on top."""
    in_breach = (industry.clouds.breach > 0)[:, None]
    waived = np.where(in_breach, industry.lending.waiver[..., None] * industry.fleet.secured(), 0)
    return industry.loan_rates * industry.fleet.loans() + waived


def reprice(industry, owners):
    """All that these owners still owe pays what lenders now ask. owners: bool, [worlds, owners]"""
    industry.loan_rates = np.where(owners[:, None], industry.terms.rate, industry.loan_rates)


def float_with(industry, rise):
    """The floating part of what is owed follows a rise of the base rate. rise: per year, [worlds, 1]"""
    moved = industry.lending.floating * rise
    industry.loan_rates = np.maximum(0, industry.loan_rates + moved[..., None])
    industry.lenders.put(funding_rate=np.maximum(0, industry.lenders.funding_rate + moved))
