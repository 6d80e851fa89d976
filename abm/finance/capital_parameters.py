"""What is assumed of investors: values, rounds, saving, crises [model.md 11, 19]."""

import numpy as np

from abm.parameters import Group, parameter
from abm.priors import between


class InvestorParameters(Group, name="investor"):
    """How investors price and ration equity [model.md 11.1 to 11.6]."""

    dilution = parameter(
        0.10,
        unit="share/quarter",
        low=0,
        high=0.2,
        source="calibrated to 2023-26, decisions.md",
        meaning="largest round, share of value a quarter",
        prior=between(0.065, 0.15),
    )
    listed_dilution = parameter(
        0.10,
        unit="share/quarter",
        low=0,
        high=0.2,
        source="calibrated to 2023-26, decisions.md",
        meaning="largest issue of a listed lab, share of value a quarter",
        prior=between(0.065, 0.15),
    )
    multiple = parameter(
        25.0,
        unit="x",
        low=12,
        high=60,
        source="trailing P/E of the largest tenth of US firms, 25.9 (Damodaran, January 2025)",
        meaning="price of a lab that has grown up over its profit",
        prior=between(18, 32),
    )
    margin = parameter(
        0.2,
        unit="share",
        low=0.02,
        high=0.6,
        source="assumption: .09 (Amazon), .29 (Alphabet), .36 (Microsoft) in 2024, .13 in the largest tenth of firms",
        meaning="profit over revenue of a lab that has grown up",
        prior=between(0.1, 0.3),
    )
    required_return = parameter(
        0.12,
        unit="1/year",
        low=0.09,
        high=0.5,
        source="assumption: between cost of listed equity and what venture funds ask",
        meaning="return that holders of labs ask for; minus one over the price multiple, it is the growth of a grown firm",
        prior=between(0.1, 0.16),
    )
    kept_growth = parameter(
        0.6,
        unit="share",
        low=0.05,
        high=0.95,
        source="assumption: OpenAI's plan of 2.3, 2.0 and 1.6 times in 2026 to 2028 keeps .8, then .7",
        meaning="part of a year's growth beyond a grown firm's that the next year keeps, in a valuation",
        prior=between(0.5, 0.75),
    )
    largest_market = parameter(
        6000.0,
        unit="$bn/year",
        low=100,
        high=100000,
        source="all IT spending of 2026 (Gartner, October 2025)",
        meaning="what all labs together could sell at most, in a valuation",
        prior=between(3000, 15000),
    )
    market_extrapolation = parameter(
        0.0,
        unit="weight",
        low=0,
        high=1,
        source="assumption",
        meaning="weight of momentum that never fades in the market's growth forecast",
        prior=between(0, 0.3),
    )
    growth_floor = parameter(
        -1.0, unit="1/year", low=-2, high=0, source="model.md 11.1", meaning="lowest growth the market prices", prior=between(-1.5, -0.6)
    )
    growth_cap = parameter(
        np.log(8), unit="1/year", low=0, high=4, source="model.md 11.1", meaning="highest growth the market prices", prior=between(1.6, 2.5)
    )
    value_spread = parameter(
        0.35,
        unit="ln",
        low=0,
        high=2,
        source="calibrated: a tenth of prices a year on lie below P10",
        meaning="uncertainty of the value of a lab a year on beyond that of its revenue",
        prior=between(0.25, 0.5),
    )
    value_floor = parameter(
        4.0,
        unit="$bn",
        low=0,
        high=50,
        source="model.md 11.1",
        meaning="least value of a growing frontier lab at normal sentiment",
        prior=between(2.5, 6),
    )
    premium_memory = parameter(
        0.9,
        unit="per quarter",
        low=0,
        high=1,
        source="assumption",
        meaning="part of what a public valuation says beyond the rule, or below it in logs, that lasts",
        prior=between(0.8, 0.95),
    )
    usual_round = parameter(
        0.05,
        unit="share/quarter",
        low=0,
        high=0.2,
        source="public rounds over values, October 2024 to May 2026: OpenAI .05, Anthropic .06, xAI .08 a quarter",
        meaning="what a lab raises without need when its shares cost what they are worth, share of value",
        prior=between(0.03, 0.08, "public rounds over values, October 2024 to May 2026"),
    )
    timing = parameter(
        2.0,
        unit="1",
        low=0,
        high=6,
        source="assumption: firms sell shares when these are dear (Baker and Wurgler 2002)",
        meaning="elasticity of a round without need to price over worth",
        prior=between(1, 4),
    )
    funding_sd = parameter(
        0.5, unit="log sd", low=0, high=2, source="model.md 10.2", meaning="uncertainty of funding capacity", prior=between(0.3, 0.75)
    )
    cash_share = parameter(
        0.25,
        unit="share/quarter",
        low=0,
        high=1,
        source="model.md 11.2",
        meaning="share of its cash that an investor of appetite 0.5 offers in a quarter",
        prior=between(0.15, 0.4),
    )
    market_share = parameter(
        0.05,
        unit="share",
        low=0,
        high=1,
        source="model.md 11.2",
        meaning="rounds a quarter over the value of all labs",
        prior=between(0.03, 0.075),
    )
    market_base = parameter(
        1.0,
        unit="$bn",
        low=0,
        high=10,
        source="model.md 11.2",
        meaning="rounds a quarter when labs are worth nothing",
        prior=between(0.6, 1.5),
    )
    crisis_level = parameter(
        0.45, unit="index", low=0, high=1, source="model.md 11.2", meaning="sentiment below which rounds shrink", prior=between(0.35, 0.6)
    )
    crisis_factor = parameter(
        0.3, unit="share", low=0, high=1, source="model.md 11.2", meaning="rounds in a crisis, share of normal", prior=between(0.2, 0.45)
    )
    rescue_limit = parameter(
        0.1,
        unit="share",
        low=0,
        high=1,
        source="model.md 11.3",
        meaning="largest rescue, share of the lab's value",
        prior=between(0.05, 0.2),
    )
    reserve_slope = parameter(
        0.6,
        unit="share",
        low=0,
        high=1,
        source="model.md 4",
        meaning="share of its cash that an investor without risk appetite keeps",
        prior=between(0.4, 0.8),
    )
    contrarian_fall = parameter(
        0.2,
        unit="index",
        low=0,
        high=1,
        source="model.md 11.5",
        meaning="fall of sentiment at which contrarians buy more",
        prior=between(0.13, 0.3),
    )
    contrarian_factor = parameter(
        2.0, unit="x", low=1, high=5, source="assumption", meaning="contrarians' supply after such a fall", prior=between(1.3, 3)
    )
    listing_revenue = parameter(
        10.0, unit="$bn/year", low=1, high=100, source="model.md 11.6", meaning="run-rate at which a lab may list", prior=between(6, 15)
    )
    listing_sentiment = parameter(
        0.9, unit="index", low=0, high=2, source="model.md 11.6", meaning="sentiment at which a lab may list", prior=between(0.75, 1)
    )
    listed_supply = parameter(
        2.0, unit="x", low=1, high=5, source="model.md 11.6", meaning="supply of money to a listed lab", prior=between(1.3, 3)
    )
    listed_noise = parameter(
        0.15, unit="log sd", low=0, high=0.5, source="model.md 11.6", meaning="quarterly noise of a listed price", prior=between(0.1, 0.22)
    )
    call_level = parameter(
        0.4,
        unit="index",
        low=0,
        high=1,
        source="model.md 26.1",
        meaning="sentiment below which nobody answers an equity call",
        prior=between(0.3, 0.5),
    )
    saving = parameter(
        3.0,
        unit="$bn/quarter",
        low=0,
        high=100,
        source="model.md B",
        meaning="saving that reaches the funds in any case",
        prior=between(2, 4.5),
    )
    saving_speed = parameter(
        0.25,
        unit="share/quarter",
        low=0,
        high=1,
        source="assumption: 237 went into labs in the first half of 2026, from funds of 395 that were not empty afterwards",
        meaning="speed at which funds are refilled",
        prior=between(0.1, 0.5),
    )
    returned = parameter(
        0.5,
        unit="share/quarter",
        low=0,
        high=1,
        source="assumption",
        meaning="part of what a fund cannot place that goes elsewhere in a quarter",
        prior=between(0.25, 1),
    )
    saving_target = parameter(
        400.0, unit="$bn", low=0, high=5000, source="model.md B", meaning="cash the funds are refilled to", prior=between(270, 600)
    )
    saving_per_value = parameter(
        0.2, unit="share", low=0, high=1, source="model.md B", meaning="target cash per value of the labs", prior=between(0.1, 0.3)
    )
