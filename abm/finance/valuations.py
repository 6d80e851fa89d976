"""What investors think labs will be worth in a year: the view they buy on [model.md 11.1, 11.5]."""

import numpy as np

from abm.beliefs.cone import Cone
from abm.beliefs.views import of_investors
from abm.engine.scales import NO_MONEY
from abm.finance.sentiment import discount_now
from abm.finance.values import next_growth, worth

YEAR = 4  # quarters


def values_in_a_year(industry):
    """Every investor's cone of the price of every lab a year on, [worlds, labs, investors].

    Its revenue at the investor's weight of past growth, worth what it is worth then in the mood and at the rates of today. Beside
    revenue, mood and prices move in ways that nobody foresees, and that earn nothing on average.
    """
    labs, seen = industry.labs, of_investors(industry, YEAR)
    price = industry.cap.value(industry.rows["labs"])[..., None]
    usual, stalled = (_log_price(industry, seen.base * np.exp(growth), price) for growth in (seen.growth, seen.stalled_growth))
    return Cone(
        base=np.broadcast_to(np.where(labs.alive[..., None] > 0, price, 0), usual.shape),
        growth=usual - _noise(industry),
        stalled_growth=np.minimum(stalled, usual) - _noise(industry),
        stall_weight=seen.stall_weight,
        spread=np.sqrt(seen.spread**2 + industry.funds.value_spread[..., None] ** 2),
    )


def investors_values(industry):
    """What each investor thinks a lab is worth now, $bn, [worlds, investors, labs]: its value in a year at its own quantile, discounted.

    Who is neutral pays what it expects on average.
    """
    p, appetite = industry.funds, industry.investors.risk_appetite
    in_a_year = values_in_a_year(industry).quantile(appetite[:, None]) * np.exp(_noise(industry))
    return np.swapaxes(in_a_year, 1, 2) / (1 + p.required_return[..., None])


def _noise(industry):
    """Log of mean over median of what moves prices beside revenue, [worlds, 1, 1]."""
    return industry.funds.value_spread[..., None] ** 2 / 2


def _log_price(industry, revenue, price):
    """Log of the price of labs a year on over the price now, [worlds, labs, investors].

    revenue: what each may earn then, $bn a year, in that shape; price: $bn, [worlds, labs, 1]. Growth has faded by then, the market is
    fuller, and what a public valuation says beyond the anchor or below it has faded too.
    """
    p, labs, growth = industry.funds, industry.labs, industry.market_growth()
    then = (labs.revenue * np.exp(growth)).sum(axis=1, keepdims=True)
    lasts = p.premium_memory**YEAR
    anchor = np.swapaxes(worth(p, np.swapaxes(revenue, 1, 2), next_growth(p, growth)[:, None], then), 1, 2)
    value = (industry.sentiment * discount_now(industry))[..., None] * (
        anchor * (labs.premium**lasts)[..., None] + (labs.hope * lasts)[..., None]
    )
    known = (price > NO_MONEY) & (value > NO_MONEY)
    return np.log(np.where(known, value, 1) / np.where(known, price, 1))
