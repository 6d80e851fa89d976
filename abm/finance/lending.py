"""The market for credit to owners of compute: what lenders ask, what they can lend, and who funds them [model.md 11.7, 11.9, 26.5, 28]."""

import numpy as np

from abm.books.loans import draw
from abm.compute.prices import site_cost
from abm.engine.sums import ratio_or
from abm.parameters import Group, parameter


class LenderParameters(Group, name="lender"):
    """Credit to owners of compute [model.md 11.7, 11.9, 26.5]."""

    rate = parameter(
        0.08, unit="1/year", low=0.02, high=0.2, source="model.md 19", meaning="rate to a borrower with just the cover that is required"
    )
    best_rate = parameter(
        0.048,
        unit="1/year",
        low=0.01,
        high=0.15,
        source="public: 4.2 to 5.75 % for the strongest owners (shared figures on borrowing, 2025-26); prior .042 to .0575",
        meaning="rate to a borrower with ample cover",
    )
    rate_slope = parameter(
        1.2,
        unit="1",
        low=0,
        high=3,
        source="assumption; prior 1 to 1.6: spreads over interest cover in published synthetic ratings fall about so",
        meaning="elasticity of the premium over the best rate to required over actual cover",
    )
    fear_premium = parameter(0.05, unit="1/year", low=0, high=0.3, source="model.md 11.7", meaning="rate per unit of sentiment below 1")
    leverage_premium = parameter(
        0.005,
        unit="1/year",
        low=0,
        high=0.2,
        source="assumption; prior .0025 to .01",
        meaning="rate per turn of debt over EBITDA above the norm",
    )
    leverage_norm = parameter(3.0, unit="x", low=0, high=10, source="model.md 11.7", meaning="debt over EBITDA without a premium")
    rate_cap = parameter(
        0.15,
        unit="1/year",
        low=0.05,
        high=1,
        source="public: GPU loans at 7 to 15 %",
        meaning="highest rate at which anybody still borrows",
    )
    loan_to_value = parameter(
        0.75,
        unit="share",
        low=0,
        high=0.95,
        source="model.md 19",
        meaning="most that a lender of appetite 0.5 lends on a block, share of its cost",
    )
    funding_spread = parameter(
        0.02, unit="1/year", low=0, high=0.1, source="model.md 26.5", meaning="lenders borrow this far below the loan rate"
    )
    credit_speed = parameter(0.25, unit="share/quarter", low=0, high=1, source="model.md 11.9", meaning="new loans a quarter over capital")
    credit_base = parameter(
        15.0, unit="$bn", low=0, high=500, source="model.md 11.9, half for each of two lenders", meaning="added to each lender's capital"
    )
    sentiment_cap = parameter(
        1.3, unit="index", low=1, high=2, source="model.md 11.9", meaning="sentiment above which credit grows no more"
    )
    coverage = parameter(
        1.2,
        unit="x",
        low=0.5,
        high=3,
        source="model.md 4",
        meaning="debt service cover at the lender's quantile below which it finances less and asks for more",
    )
    tightening = parameter(
        0.5,
        unit="share per unit",
        low=0,
        high=1,
        source="assumption; prior .25 to .75",
        meaning="part of the usual loan that a unit of lost sentiment costs",
    )
    refinancing_cover = parameter(
        1.0,
        unit="x",
        low=0.5,
        high=2,
        source="assumption; prior .8 to 1.2",
        meaning="cover below which maturing notes are only partly renewed",
    )
    refinanced_ahead = parameter(
        4,
        unit="quarters",
        low=0,
        high=12,
        structural=True,
        source="assumption; prior 2 to 6",
        meaning="time before maturity to refinance in",
    )
    window_shut = parameter(
        0.4, unit="index", low=0, high=1, source="assumption; model.md 26.1 for equity", meaning="sentiment at which nobody buys notes"
    )
    window_open = parameter(
        0.8, unit="index", low=0, high=2, source="assumption; prior .7 to .9", meaning="sentiment from which notes are bought freely"
    )
    window_sd = parameter(
        0.2, unit="log sd", low=0, high=1, source="assumption; prior .1 to .3", meaning="common luck of the market for notes in a quarter"
    )
    covenant_cover = parameter(
        1.0, unit="x", low=0, high=2, source="assumption; prior .9 to 1.2", meaning="cash flow over interest and repayment a loan asks for"
    )
    covenant_value = parameter(
        1.0, unit="x", low=0.3, high=5, source="assumption; prior .8 to 1.2", meaning="loan over value of the chips of its vintage, at most"
    )
    covenant_excess = parameter(
        0.1, unit="share", low=0, high=1, source="assumption; prior .05 to .2", meaning="part of loans above that value that is tolerated"
    )
    waiver = parameter(
        0.01,
        unit="1/year",
        low=0,
        high=0.1,
        source="assumption; prior .005 to .02",
        meaning="what a waived breach adds to the rate of loans",
    )
    grace = parameter(
        2,
        unit="quarters",
        low=0,
        high=12,
        structural=True,
        source="assumption; prior 1 to 4",
        meaning="quarters for which unpaid debt service is extended against good collateral",
    )
    borrower_limit = parameter(
        1.0,
        unit="share",
        low=0.05,
        high=1,
        source="policy switch",
        meaning="share of a lender's book that new loans to one owner may bring it to; 1 is off",
    )
    tenant_limit = parameter(
        1.0,
        unit="share",
        low=0.05,
        high=1,
        source="policy switch",
        meaning="share of a lender's book that new loans may make hang on one lab, by who rents the compute; 1 is off",
    )
    ban = parameter(
        4, unit="quarters", low=0, high=20, structural=True, source="model.md 26.5", meaning="quarters without credit after a lender failed"
    )
    floating = parameter(
        0.25,
        unit="share",
        low=0,
        high=1,
        source="assumption: banks' and private credit's part of the loans in worlds/industry-2026q3/debt.csv",
        meaning="part of old loans, and of what lenders owe, that follows the base rate",
    )
    value_slope = parameter(
        0.5,
        unit="1",
        low=0,
        high=2,
        source="model.md 4; prior .3 to .7",
        meaning="relative gain of the largest loan as appetite goes from 0 to 1",
    )
    spread_slope = parameter(
        0.03, unit="1/year", low=0, high=0.2, source="model.md 4", meaning="fall of the rate at required cover as appetite goes from 0 to 1"
    )
    dividend = parameter(0.3, unit="share/quarter", low=0, high=1, source="model.md B", meaning="cash above the reserve paid out")
    reserve = parameter(
        10.0, unit="$bn", low=0, high=500, source="model.md B, half for each of two lenders", meaning="cash a lender keeps in any case"
    )
    reserve_per_loan = parameter(0.15, unit="share", low=0, high=1, source="model.md B", meaning="cash kept per loan")
    recovery = parameter(0.9, unit="share", low=0.3, high=1, source="model.md 19", meaning="value of collateral to the lender")


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
    """Fund and pay out loans: a capital call where it is answered, borrowings for the rest [model.md 26.5].

    loans: $bn, [worlds, lenders, owners]; flow: what it is for, "loan" or "taken_over"
    """
    rows, ledger, lenders = industry.rows, industry.ledger, industry.lenders
    amount = loans.sum(axis=2)
    own = lenders.capital_ratio * amount
    draw(industry, loans, amount - own)
    industry.cap.issue("capital_call", rows["Economy"], rows["lenders"], (own * industry.equity_answers)[:, None])
    ledger.pay("borrowing", rows["Economy"], rows["lenders"], (amount - own)[:, None])
    ledger.pay(flow, rows["lenders"], rows["clouds"], loans)
