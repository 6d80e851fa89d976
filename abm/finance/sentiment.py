"""Sentiment, marks and depreciation: losses are recognised before anyone signs anew (phase 10) [model.md 10, 11.8, 12.4]."""

import numpy as np

from abm.books.vintages import over_vintages
from abm.clock import QUARTER
from abm.engine.scales import NO_MONEY
from abm.finance.values import market_value
from abm.parameters import Group, parameter
from abm.priors import between


class SentimentParameters(Group, name="sentiment"):
    """How the mood moves [model.md 11.8]."""

    reversion = parameter(
        0.15, unit="per quarter", low=0, high=1, source="assumption", meaning="return of sentiment to 1", prior=between(0.075, 0.225)
    )
    surprise = parameter(
        0.8,
        unit="per ln",
        low=0,
        high=2,
        source="assumption",
        meaning="effect of revenue growth above what was expected",
        prior=between(0.4, 1.2),
    )
    surprise_cap = parameter(
        0.3, unit="ln", low=0, high=1, source="model.md 11.8", meaning="largest surprise that counts", prior=between(0.2, 0.45)
    )
    vendor_sales = parameter(
        0.05,
        unit="per ln",
        low=0,
        high=0.5,
        source="assumption",
        meaning="effect of vendor sales that grow faster than labs are expected to: the reflexive loop",
        prior=between(0.025, 0.075),
    )
    defaults = parameter(
        0.6,
        unit="per share",
        low=0,
        high=3,
        source="assumption",
        meaning="effect of the revenue share that defaults",
        prior=between(0.3, 0.9),
    )
    losses = parameter(
        2.0, unit="per share", low=0, high=10, source="assumption", meaning="effect of the share of loans lost", prior=between(1, 3)
    )
    stall_news = parameter(
        0.10, unit="index", low=0, high=1, source="assumption", meaning="fall when a stall is recognised", prior=between(0.05, 0.15)
    )
    breakthrough_news = parameter(
        0.15, unit="index", low=0, high=1, source="assumption", meaning="rise on a breakthrough", prior=between(0.075, 0.225)
    )
    down_round = parameter(
        0.02,
        unit="index",
        low=0,
        high=0.2,
        source="model.md 11.6",
        meaning="fall when a listed lab sells equity below its last price",
        prior=between(0.01, 0.03),
    )
    low = parameter(0.1, unit="index", low=0, high=1, source="model.md 11.8", meaning="lowest sentiment", prior=between(0.05, 0.2))
    high = parameter(2.0, unit="index", low=1, high=5, source="model.md 11.8", meaning="highest sentiment", prior=between(1.5, 3))
    disclosure = parameter(
        0.0, unit="0/1", low=0, high=1, source="policy switch", meaning="1: sentiment follows look-through instead of reported vendor sales"
    )


def next_sentiment(p, sentiment, surprise, sales_surprise, defaulted, loss_ratio, news):
    """Sentiment after the news of a quarter, [worlds, 1] [model.md 11.8].

    surprise: growth of industry revenue less what was expected, ln; sales_surprise: vendor sales over
    four quarters beyond what is expected of revenue, ln;
    defaulted: share of revenue; loss_ratio: share of loans; news: what stalls, breakthroughs and down rounds add
    """
    moved = (
        sentiment
        + p.reversion * (1 - sentiment)
        + p.surprise * np.clip(surprise, -p.surprise_cap, p.surprise_cap)
        + p.vendor_sales * np.clip(sales_surprise, -1, 1)
        - p.defaults * defaulted
        - p.losses * loss_ratio
        + news
    )
    return np.clip(moved, p.low, p.high)


def depreciate(industry):
    """Straight-line depreciation of every vintage in service, then impairment where used prices lie far below book for a year."""
    fleet, rows = industry.fleet, industry.rows["clouds"]
    there = slice(fleet.used("book").start, fleet.at(industry.now) + 1)
    written = np.minimum(fleet.book[..., there], fleet.depreciation[..., there])
    fleet.book[..., there] -= written
    industry.ledger.write_off("depreciation", rows, "fleet", over_vintages(written))
    book, value = over_vintages(fleet.book[..., there]), fleet.economic_value(industry.now)
    fleet.weak = np.where(value < fleet.parameters.impair_below * book, fleet.weak + 1, 0)
    impaired = fleet.weak >= 1 / QUARTER
    cut = np.where(impaired, 1 - value / np.where(book > 0, book, 1), 0)
    if impaired.any():
        fleet.book[..., there] *= 1 - cut[..., None]
        fleet.depreciation[..., there] *= 1 - cut[..., None]
        industry.ledger.write_off("impairment", rows, "fleet", book * cut)
    fleet.weak = np.where(impaired, 0, fleet.weak)


def mark(industry):
    """Mark all equity: labs at the market's forecast, vendors at earnings, clouds and lenders at book [model.md 26.6]."""
    rows, ledger, cap = industry.rows, industry.ledger, industry.cap
    lasts = industry.funds.premium_memory
    industry.labs.put(premium=industry.labs.premium**lasts, hope=industry.labs.hope * lasts)
    value = lab_values(industry)
    listed = (industry.labs.listed > 0) & (industry.labs.parent_row < 0)
    noise = np.exp(industry.funds.listed_noise * industry.luck_row("capital", industry.labs)) * industry.disruptions.listed_price
    value = np.where(listed, value * noise, value) * industry.labs.alive
    cap.mark(rows["labs"], value)
    earnings = industry.chips.earnings_multiple * industry.sentiment * industry.vendors.profit * industry.disruptions.listed_price
    cap.mark(rows["vendors"], np.maximum(ledger.book_equity(rows["vendors"]), earnings))
    cap.mark(rows["clouds"], ledger.book_equity(rows["clouds"]))
    cap.mark(rows["lenders"], ledger.book_equity(rows["lenders"]))


def lab_values(industry):
    """What the market pays for each lab, $bn, [worlds, labs] [model.md 11.1, 11.7]: its anchor in the mood of the day.

    A public valuation below the anchor is a part of it; what one says beyond it is hope, which no revenue makes larger. Both fade.
    """
    p, discount = industry.funds, discount_now(industry)
    anchor = market_value(p, industry.sentiment, industry.labs.revenue, industry.market_growth(), discount)
    value = (anchor * industry.labs.premium + industry.sentiment * discount * industry.labs.hope) * industry.labs.alive
    return value * industry.promises.trust(industry.promise_parameters)


def discount_now(industry):
    """The usual cost of capital over the present one with the fear premium, [worlds, 1]: what a rate shock and fear take off values."""
    lending = industry.lending
    return industry.usual_rate / (lending.rate + lending.fear_premium * np.maximum(0, 1 - industry.sentiment))


def feel(industry):
    """Update sentiment with the news of the quarter.

    What an announced cut costs in the quarter of its announcement is no surprise: the announcement itself has moved the mood.
    """
    p, news = industry.mood, industry.news
    revenue = industry.labs.revenue.sum(axis=1, keepdims=True)
    before = industry.labs.previous_revenue.sum(axis=1, keepdims=True)
    known = (before > NO_MONEY) & (revenue > NO_MONEY)
    growth = np.where(known, np.log(np.where(known, revenue, 1) / np.where(known, before, 1)), 0)
    surprise = np.where(known, growth - news.announced - industry.expected_growth, 0)
    industry.previous_sentiment = industry.sentiment.copy()
    told = news.mood(p) - industry.promises.news
    industry.sentiment = next_sentiment(
        p, industry.sentiment, surprise, industry.vendor_sales_surprise(), news.defaulted, news.loss_ratio(industry), told
    )
