"""The capital market: rounds and rescues of labs, equity of clouds, credit to clouds and who funds the lenders.

Rounds price at the mark of the quarter before [model.md 11, 26.6]; scarce money is shared pro rata, never by order.
"""

import numpy as np

from abm.loans import draw
from abm.parameters import Group, parameter


class InvestorParameters(Group, name="investor"):
    """How investors price and ration equity [model.md 11.1 to 11.6]."""

    dilution = parameter(
        0.10,
        unit="share/quarter",
        low=0,
        high=0.2,
        source="calibrated to 2023-26, decisions.md",
        meaning="largest round, share of value a quarter",
    )
    listed_dilution = parameter(
        0.10,
        unit="share/quarter",
        low=0,
        high=0.2,
        source="calibrated to 2023-26, decisions.md",
        meaning="largest issue of a listed lab, share of value a quarter",
    )
    multiple = parameter(7.0, unit="x", low=2, high=15, source="model.md 19", meaning="value over next year's revenue at normal sentiment")
    market_extrapolation = parameter(
        0.4, unit="weight", low=0, high=1, source="model.md 19", meaning="weight of extrapolation in the market's growth forecast"
    )
    growth_floor = parameter(-1.0, unit="1/year", low=-2, high=0, source="model.md 11.1", meaning="lowest growth the market prices")
    growth_cap = parameter(np.log(8), unit="1/year", low=0, high=4, source="model.md 11.1", meaning="highest growth the market prices")
    value_floor = parameter(
        4.0, unit="$bn", low=0, high=50, source="model.md 11.1", meaning="least value of a growing frontier lab at normal sentiment"
    )
    premium_memory = parameter(
        0.9,
        unit="per quarter",
        low=0,
        high=1,
        source="assumption",
        meaning="part of a public valuation's log premium over the rule that lasts",
    )
    funding_sd = parameter(0.5, unit="log sd", low=0, high=2, source="model.md 10.2", meaning="uncertainty of funding capacity")
    cash_share = parameter(
        0.25, unit="share/quarter", low=0, high=1, source="model.md 11.2", meaning="investors' cash on offer in a quarter"
    )
    market_share = parameter(
        0.05, unit="share", low=0, high=1, source="model.md 11.2", meaning="rounds a quarter over the value of all labs"
    )
    market_base = parameter(1.0, unit="$bn", low=0, high=10, source="model.md 11.2", meaning="rounds a quarter when labs are worth nothing")
    crisis_level = parameter(0.45, unit="index", low=0, high=1, source="model.md 11.2", meaning="sentiment below which rounds shrink")
    crisis_factor = parameter(0.3, unit="share", low=0, high=1, source="model.md 11.2", meaning="rounds in a crisis, share of normal")
    rescue_limit = parameter(0.1, unit="share", low=0, high=1, source="model.md 11.3", meaning="largest rescue, share of the lab's value")
    reserve_slope = parameter(
        0.6, unit="share", low=0, high=1, source="model.md 4", meaning="cash kept by who dares nothing, where appetite sets the reserve"
    )
    contrarian_fall = parameter(
        0.2, unit="index", low=0, high=1, source="model.md 11.5", meaning="fall of sentiment at which contrarians buy more"
    )
    contrarian_factor = parameter(2.0, unit="x", low=1, high=5, source="assumption", meaning="contrarians' supply after such a fall")
    listing_revenue = parameter(10.0, unit="$bn/year", low=1, high=100, source="model.md 11.6", meaning="run-rate at which a lab may list")
    listing_sentiment = parameter(0.9, unit="index", low=0, high=2, source="model.md 11.6", meaning="sentiment at which a lab may list")
    listed_supply = parameter(2.0, unit="x", low=1, high=5, source="model.md 11.6", meaning="supply of money to a listed lab")
    listed_noise = parameter(0.15, unit="log sd", low=0, high=0.5, source="model.md 11.6", meaning="quarterly noise of a listed price")
    call_level = parameter(
        0.4, unit="index", low=0, high=1, source="model.md 26.1", meaning="sentiment below which nobody answers an equity call"
    )
    saving = parameter(3.0, unit="$bn/quarter", low=0, high=100, source="model.md B", meaning="saving that reaches the funds in any case")
    saving_speed = parameter(0.05, unit="share/quarter", low=0, high=1, source="model.md B", meaning="speed at which funds are refilled")
    saving_target = parameter(400.0, unit="$bn", low=0, high=5000, source="model.md B", meaning="cash the funds are refilled to")
    saving_per_value = parameter(0.2, unit="share", low=0, high=1, source="model.md B", meaning="target cash per value of the labs")


class LenderParameters(Group, name="lender"):
    """Credit to owners of compute [model.md 11.7, 11.9, 26.5]."""

    rate = parameter(0.08, unit="1/year", low=0.02, high=0.2, source="model.md 19", meaning="loan rate at normal sentiment")
    fear_premium = parameter(0.05, unit="1/year", low=0, high=0.3, source="model.md 11.7", meaning="rate per unit of sentiment below 1")
    leverage_premium = parameter(
        0.03, unit="1/year", low=0, high=0.2, source="model.md 11.7", meaning="rate per turn of debt over EBITDA above the norm"
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
        0.75, unit="share", low=0, high=0.95, source="model.md 19", meaning="loan at delivery over the cost of the block, at most"
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
        meaning="debt service coverage at the lender's quantile below which nothing new is financed",
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
    value_base = parameter(
        0.5, unit="share", low=0, high=1, source="model.md 4", meaning="largest loan over cost at appetite 0, by appetite"
    )
    value_slope = parameter(0.4, unit="share", low=0, high=1, source="model.md 4", meaning="what that gains at appetite 1")
    spread_base = parameter(0.05, unit="1/year", low=0, high=0.2, source="model.md 4", meaning="spread at appetite 0")
    spread_slope = parameter(0.03, unit="1/year", low=0, high=0.2, source="model.md 4", meaning="spread given up at appetite 1")
    dividend = parameter(0.3, unit="share/quarter", low=0, high=1, source="model.md B", meaning="cash above the reserve paid out")
    reserve = parameter(
        10.0, unit="$bn", low=0, high=500, source="model.md B, half for each of two lenders", meaning="cash a lender keeps in any case"
    )
    reserve_per_loan = parameter(0.15, unit="share", low=0, high=1, source="model.md B", meaning="cash kept per loan")
    recovery = parameter(0.9, unit="share", low=0.3, high=1, source="model.md 19", meaning="value of collateral to the lender")


def loan_rate(parameters, sentiment, leverage, base=None):
    """Annual rate of loans, [worlds, owners] [model.md 11.7].

    leverage: debt over EBITDA, 0 where there is none; base: rate to a sound borrower in normal times, `parameters.rate` by default
    """
    base = parameters.rate if base is None else base
    fear = parameters.fear_premium * np.maximum(0, 1 - sentiment)
    asked = base + fear + parameters.leverage_premium * np.maximum(0, leverage - parameters.leverage_norm)
    return np.minimum(asked, np.maximum(base, parameters.rate_cap))


def base_rates(industry):
    """What its lenders ask of each owner in normal times, per year, [worlds, owners]: by their parts in its loans."""
    return _of_lenders(industry, industry.lenders.base_rate(industry.lending), industry.lending.rate)


def loan_over_cost(industry):
    """Loan over the cost of a block, share, [worlds, owners]: what the owner seeks, within what its lenders allow [model.md 26.19]."""
    value = np.minimum(industry.clouds.loan_to_value[:, None], industry.lenders.most_lent(industry.lending)[..., None])
    return _of_lenders(industry, value, np.minimum(industry.clouds.loan_to_value, industry.lending.loan_to_value))


def _of_lenders(industry, values, usual):
    """Mean over an owner's lenders of values, [worlds, lenders(, owners)]; the usual one where all lenders are usual or there are none."""
    values = values if values.ndim > 2 else values[..., None]
    asked = (industry.lender_mix * (industry.lenders.from_appetite > 0)[..., None]).sum(axis=1) > 0
    return np.where(asked, (industry.lender_mix * values).sum(axis=1), usual)


def market_value(parameters, sentiment, revenue, growth, discount):
    """Value of labs at the market's growth forecast, $bn, [worlds, labs] [model.md 11.1].

    revenue: $bn a year; growth: ln per year; discount: usual over present cost of capital, [worlds, 1]
    """
    forward = np.exp(np.clip(growth, parameters.growth_floor, parameters.growth_cap))
    value = parameters.multiple * discount * sentiment * revenue * forward
    return np.maximum(value, np.where(growth > 0, parameters.value_floor * sentiment, 0))


def credit_limit(parameters, capital, loans, cash, capital_ratio, sentiment, answered):
    """New loans a lender can make this quarter, $bn, [worlds, lenders] [model.md 26.5].

    answered: bool, [worlds, 1], whether a capital call is answered; without it the lender's own part must be in cash
    """
    boom = np.minimum(sentiment, parameters.sentiment_cap) ** 2
    pace = parameters.credit_speed * (capital / capital_ratio + parameters.credit_base) * boom  # k = 1 is the pure fund
    room = capital / capital_ratio - loans
    fundable = np.where(answered, np.inf, cash / capital_ratio)
    return np.maximum(0, np.minimum(np.minimum(pace, room), fundable))


def offered_loans(industry, cost):
    """Loans on offer for what is delivered, $bn, [worlds, lenders, owners]: loan-to-value times cost, within credit limits.

    cost: $bn of the blocks at full price, [worlds, owners]
    """
    lenders, p = industry.lenders, industry.lending
    value = np.minimum(industry.clouds.loan_to_value[:, None], lenders.most_lent(p)[..., None])
    in_covenant = industry.clouds.breach < industry.compute.covenant
    wanted = industry.lender_mix * (value * (cost * in_covenant)[:, None])
    limit = industry.credit_limits()
    total = wanted.sum(axis=2)
    scale = np.where(total > limit, limit / np.where(total > 0, total, 1), 1)
    return wanted * np.where(lenders.banned > 0, 0, scale)[..., None]


def lend(industry, loans):
    """Fund and pay out loans: a capital call where it is answered, borrowings for the rest [model.md 26.5].

    loans: $bn, [worlds, lenders, owners]
    """
    rows, ledger, lenders = industry.rows, industry.ledger, industry.lenders
    amount = loans.sum(axis=2)
    own = lenders.capital_ratio * amount
    draw(industry, loans, amount - own)
    industry.cap.issue("capital_call", rows["Economy"], rows["lenders"], (own * industry.equity_answers)[:, None])
    ledger.pay("borrowing", rows["Economy"], rows["lenders"], (amount - own)[:, None])
    ledger.pay("loan", rows["lenders"], rows["clouds"], loans)


_EQUITY_OF_INVESTORS = ("cloud_equity", "lab_equity", "vendor_equity")


def left_to_invest(industry):
    """What each investor may still put in this quarter, $bn, [worlds, investors]: one budget for owners and labs [model.md 11.2].

    The books know what it has put in already. Who comes first in the quarter is served first: owners' deliveries, parents of labs,
    rounds, owners' new compute, founders.
    """
    rows = industry.rows["investors"]
    put_in = -sum(industry.ledger.flows[flow][:, rows] for flow in _EQUITY_OF_INVESTORS)
    return industry.investors.on_offer(put_in, industry.funds)


def on_offer(industry):
    """What each investor offers owners of compute and founders, $bn, [worlds, investors], while it answers calls."""
    return left_to_invest(industry) * industry.equity_answers


def call_equity(industry, gap):
    """Clouds call new equity from investors for a gap, $bn, [worlds, owners]; pro rata to what each investor still offers."""
    supply = on_offer(industry)
    wanted = gap.sum(axis=1, keepdims=True)
    total = supply.sum(axis=1, keepdims=True)
    scale = np.minimum(1, total / np.where(wanted > 0, wanted, 1))
    weights = supply / np.where(total > 0, total, 1)
    paid = weights[:, :, None] * (gap * scale)[:, None]
    industry.cap.issue("cloud_equity", industry.rows["investors"], industry.rows["clouds"], paid)
    return paid.sum(axis=1)


def share_out(supply, asks, eligible):
    """Rounds: each investor spreads its supply over the labs it may buy, pro rata to what they ask; nobody gets more than asked.

    supply: $bn, [worlds, investors]; asks: $bn, [worlds, labs]; eligible: weights 0 to 1 (or more), [worlds, investors, labs]
    Returns $bn, [worlds, investors, labs].
    """
    wanted = asks[:, None] * (eligible > 0)
    total = wanted.sum(axis=2, keepdims=True)
    offers = supply[..., None] * wanted / np.where(total > 0, total, 1) * eligible
    offered = offers.sum(axis=1, keepdims=True)
    return offers * np.minimum(1, asks[:, None] / np.where(offered > 0, offered, 1))
