"""What investors think labs will be worth: the view they buy on, a year ahead [model.md 11.1, 11.5]."""

import numpy as np

from abm.beliefs.cone import Cone
from abm.beliefs.views import of_investors
from abm.clock import QUARTER
from abm.engine.scales import NO_MONEY
from abm.finance.sentiment import discount_now
from abm.finance.values import later_growth, worth

YEAR = 4  # quarters


def values_ahead(industry, quarters=YEAR):
    """Every investor's cone of the price of every lab so many quarters on, $bn, [worlds, labs, investors].

    Its revenue at the investor's weight of past growth, worth what it is worth then in the mood and at the rates of today. Beside
    revenue, mood and prices move in ways that nobody foresees, and that earn nothing on average.
    """
    labs, seen, years = industry.labs, of_investors(industry, quarters), quarters * QUARTER
    price = industry.cap.value(industry.rows["labs"])[..., None]
    usual, stalled = (_log_price(industry, seen.base * np.exp(growth), price, quarters) for growth in (seen.growth, seen.stalled_growth))
    return Cone(
        base=np.broadcast_to(np.where(labs.alive[..., None] > 0, price, 0), usual.shape),
        growth=usual - _noise(industry, years),
        stalled_growth=np.minimum(stalled, usual) - _noise(industry, years),
        stall_weight=seen.stall_weight,
        spread=np.sqrt(seen.spread**2 + industry.funds.value_spread[..., None] ** 2 * years),
    )


def investors_values(industry):
    """What each investor thinks a lab is worth now, $bn, [worlds, investors, labs]: its value in a year at its own quantile, discounted.

    Who is neutral pays what it expects on average.
    """
    p, appetite = industry.funds, industry.investors.risk_appetite
    in_a_year = values_ahead(industry).quantile(appetite[:, None]) * np.exp(_noise(industry, 1))
    return np.swapaxes(in_a_year, 1, 2) / (1 + p.required_return[..., None])


def _noise(industry, years):
    """Log of mean over median of what moves prices beside revenue in so many years, [worlds, 1, 1]."""
    return industry.funds.value_spread[..., None] ** 2 * years / 2


def _log_price(industry, revenue, price, quarters):
    """Log of the price of labs so many quarters on over the price now, [worlds, labs, investors].

    revenue: what each may earn then, $bn a year, in that shape; price: $bn, [worlds, labs, 1]. Growth has faded by then, the market is
    fuller, and what a public valuation says beyond the anchor or below it has faded too.
    """
    p, labs, growth = industry.funds, industry.labs, industry.market_growth()
    years = quarters * QUARTER
    then = (labs.revenue * np.exp(growth * years)).sum(axis=1, keepdims=True)
    lasts = p.premium_memory**quarters
    anchor = np.swapaxes(worth(p, np.swapaxes(revenue, 1, 2), later_growth(p, growth, years)[:, None], then), 1, 2)
    trust = industry.promises.trust(industry.promise_parameters)  # as now, because nobody knows who will make up for what
    value = (industry.sentiment * discount_now(industry) * trust)[..., None] * (
        anchor * (labs.premium**lasts)[..., None] + (labs.hope * lasts)[..., None]
    )
    known = (price > NO_MONEY) & (value > NO_MONEY)
    return np.log(np.where(known, value, 1) / np.where(known, price, 1))
