"""The market for credit to owners of compute: what lenders ask, what they can lend, and who funds them [model.md 11.7, 11.9, 26.5, 28]."""

import numpy as np

from abm.books.loans import borrow, draw
from abm.compute.prices import site_cost
from abm.engine.sums import ratio_or


def most_lent(industry):
    """Largest loan over the cost of a block, share, [worlds, lenders, owners]: what each lender ever lends, within what the owner seeks.

    The owner fills what it seeks from all its lenders in proportion, so a bold lender takes business from a timid one.
    """
    own = industry.lenders.most_lent(industry.lending)[..., None]
    total = (industry.lender_mix * own).sum(axis=1)
    return own * np.minimum(1, ratio_or(industry.clouds.loan_to_value, total, 1))[:, None]


def loan_over_cost(industry):
    """Loan over the cost of a block at the present terms, share, [worlds, owners]: its lenders' by their parts in its loans."""
    return (industry.lender_mix * industry.terms.value).sum(axis=1)


def mean_rate_asked(industry):
    """What an owner's lenders now ask for new credit, per year, [worlds, owners]; the common rate where it has no lenders."""
    asked = (industry.lender_mix * industry.terms.rate).sum(axis=1)
    return np.where(industry.lender_mix.sum(axis=1) > 0, asked, industry.lending.rate)


def building_cost(industry):
    """Cost of a GW, $bn, [worlds, owners]: chips, and the site of who does not lease it."""
    return industry.compute.chip_cost + site_cost(industry.compute, industry.clouds.leases_sites)


def credit_limit(parameters, capital, loans, cash, capital_ratio, sentiment, answered, behind=0.0):
    """New loans a lender can make this quarter, $bn, [worlds, lenders] [model.md 26.5, 28].

    A lender whose capital has shrunk below what its loans ask for lends less, and nothing once half of it is gone. Capital of its
    other business counts for that, but makes it lend no faster.
    behind: that capital, $bn; answered: bool, [worlds, 1], whether a capital call is answered; if not, the lender's own part must be
    in cash
    """
    boom = np.minimum(sentiment, parameters.sentiment_cap) ** 2
    carried = np.maximum(0, capital) / capital_ratio  # k = 1 is the pure fund
    sound = np.clip(2 * ratio_or(np.maximum(0, capital + behind) / capital_ratio, loans, 1) - 1, 0, 1)
    pace = parameters.credit_speed * (np.maximum(carried, loans) + parameters.credit_base) * boom * sound
    return np.maximum(0, np.minimum(pace, np.where(answered, np.inf, cash / capital_ratio)))


def offered_loans(industry, promised):
    """Loans on offer for what is delivered, $bn, [worlds, lenders, owners]: what was promised, within covenants and credit limits.

    promised: facilities for these deliveries, $bn, [worlds, lenders, owners]
    """
    lenders = industry.lenders
    in_covenant = industry.clouds.breach < industry.compute.covenant
    wanted = promised * in_covenant[:, None]
    limit = industry.credit_limits()
    total = wanted.sum(axis=2)
    scale = np.where(total > limit, limit / np.where(total > 0, total, 1), 1)
    return wanted * np.where(lenders.banned > 0, 0, scale)[..., None]


def lend(industry, loans, flow="loan"):
    """Fund and pay out loans. loans: $bn, [worlds, lenders, owners]; flow: what it is for, "loan" or "taken_over"."""
    draw(industry, loans)
    fund_loans(industry, loans.sum(axis=2))
    industry.ledger.pay(flow, industry.rows["lenders"], industry.rows["clouds"], loans)


def fund_loans(industry, amount):
    """A capital call where it is answered, borrowings for the rest [model.md 26.5]. amount: to be lent, $bn, [worlds, lenders]"""
    rows, lenders = industry.rows, industry.lenders
    own = lenders.capital_ratio * amount
    borrow(industry, amount - own)
    industry.cap.issue("capital_call", rows["Economy"], rows["lenders"], (own * industry.equity_answers)[:, None])
    industry.ledger.pay("borrowing", rows["Economy"], rows["lenders"], (amount - own)[:, None])
