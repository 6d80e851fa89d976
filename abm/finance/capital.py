"""The market for equity: rounds and rescues of labs, and equity of clouds.

Rounds price at the mark of the quarter before [model.md 11, 26.6]; scarce money is shared pro rata, never by order.
"""

import numpy as np

from abm.engine.scales import NO_PART
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
    multiple = parameter(
        25.0,
        unit="x",
        low=12,
        high=60,
        source="trailing P/E of the largest tenth of US firms, 25.9 (Damodaran, January 2025); prior 18 to 32",
        meaning="price of a lab that has grown up over its profit",
    )
    margin = parameter(
        0.2,
        unit="share",
        low=0.02,
        high=0.6,
        source="assumption: .09 (Amazon), .29 (Alphabet), .36 (Microsoft) in 2024, .13 in the largest tenth of firms; prior .1 to .3",
        meaning="profit over revenue of a lab that has grown up",
    )
    required_return = parameter(
        0.12,
        unit="1/year",
        low=0.09,
        high=0.5,
        source="assumption: between cost of listed equity and what venture funds ask; prior .1 to .16",
        meaning="return that holders of labs ask for; minus one over the price multiple, it is the growth of a grown firm",
    )
    kept_growth = parameter(
        0.6,
        unit="share",
        low=0.05,
        high=0.95,
        source="assumption: OpenAI's plan of 2.3, 2.0 and 1.6 times in 2026 to 2028 keeps .8, then .7; prior .5 to .75",
        meaning="part of a year's growth beyond a grown firm's that the next year keeps, in a valuation",
    )
    largest_market = parameter(
        6000.0,
        unit="$bn/year",
        low=100,
        high=100000,
        source="all IT spending of 2026 (Gartner, October 2025); prior 3000 to 15000",
        meaning="what all labs together could sell at most, in a valuation",
    )
    market_extrapolation = parameter(
        0.0,
        unit="weight",
        low=0,
        high=1,
        source="assumption",
        meaning="weight of momentum that never fades in the market's growth forecast",
    )
    growth_floor = parameter(-1.0, unit="1/year", low=-2, high=0, source="model.md 11.1", meaning="lowest growth the market prices")
    growth_cap = parameter(np.log(8), unit="1/year", low=0, high=4, source="model.md 11.1", meaning="highest growth the market prices")
    value_spread = parameter(
        0.35,
        unit="ln",
        low=0,
        high=2,
        source="calibrated: a tenth of prices a year on lie below P10; prior .25 to .5",
        meaning="uncertainty of the value of a lab a year on beyond that of its revenue",
    )
    value_floor = parameter(
        4.0, unit="$bn", low=0, high=50, source="model.md 11.1", meaning="least value of a growing frontier lab at normal sentiment"
    )
    premium_memory = parameter(
        0.9,
        unit="per quarter",
        low=0,
        high=1,
        source="assumption",
        meaning="part of what a public valuation says beyond the rule, or below it in logs, that lasts",
    )
    usual_round = parameter(
        0.05,
        unit="share/quarter",
        low=0,
        high=0.2,
        source="public rounds over values, October 2024 to May 2026: OpenAI .05, Anthropic .06, xAI .08 a quarter; prior .03 to .08",
        meaning="what a lab raises without need when its shares cost what they are worth, share of value",
    )
    timing = parameter(
        2.0,
        unit="1",
        low=0,
        high=6,
        source="assumption; prior 1 to 4: firms sell shares when these are dear (Baker and Wurgler 2002)",
        meaning="elasticity of a round without need to price over worth",
    )
    funding_sd = parameter(0.5, unit="log sd", low=0, high=2, source="model.md 10.2", meaning="uncertainty of funding capacity")
    cash_share = parameter(
        0.25,
        unit="share/quarter",
        low=0,
        high=1,
        source="model.md 11.2",
        meaning="share of its cash that an investor of appetite 0.5 offers in a quarter",
    )
    market_share = parameter(
        0.05, unit="share", low=0, high=1, source="model.md 11.2", meaning="rounds a quarter over the value of all labs"
    )
    market_base = parameter(1.0, unit="$bn", low=0, high=10, source="model.md 11.2", meaning="rounds a quarter when labs are worth nothing")
    crisis_level = parameter(0.45, unit="index", low=0, high=1, source="model.md 11.2", meaning="sentiment below which rounds shrink")
    crisis_factor = parameter(0.3, unit="share", low=0, high=1, source="model.md 11.2", meaning="rounds in a crisis, share of normal")
    rescue_limit = parameter(0.1, unit="share", low=0, high=1, source="model.md 11.3", meaning="largest rescue, share of the lab's value")
    reserve_slope = parameter(
        0.6, unit="share", low=0, high=1, source="model.md 4", meaning="share of its cash that an investor without risk appetite keeps"
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
    saving_speed = parameter(
        0.25,
        unit="share/quarter",
        low=0,
        high=1,
        source="assumption; prior .1 to .5: 237 went into labs in the first half of 2026, from funds of 395 that were not empty afterwards",
        meaning="speed at which funds are refilled",
    )
    returned = parameter(
        0.5,
        unit="share/quarter",
        low=0,
        high=1,
        source="assumption; prior .25 to 1",
        meaning="part of what a fund cannot place that goes elsewhere in a quarter",
    )
    saving_target = parameter(400.0, unit="$bn", low=0, high=5000, source="model.md B", meaning="cash the funds are refilled to")
    saving_per_value = parameter(0.2, unit="share", low=0, high=1, source="model.md B", meaning="target cash per value of the labs")


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
    wanted = asks[:, None] * (eligible > NO_PART)
    total = wanted.sum(axis=2, keepdims=True)
    offers = supply[..., None] * wanted / np.where(total > 0, total, 1) * eligible
    offered = offers.sum(axis=1, keepdims=True)
    return offers * np.minimum(1, asks[:, None] / np.where(offered > 0, offered, 1))
