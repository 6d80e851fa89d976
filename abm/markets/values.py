"""What a lab is worth: what its profit will be worth once it has grown up, discounted; the anchor that prices come back to [model.md 11.1].

The growth of the year ahead fades, each year keeping a part of the last one's, down to that of a grown firm; a lab that grows faster has
further to go. Growth also shrinks with size, because all labs sell into one market that is not without end. Who holds a lab whose growth
fades as expected earns the required return, no more and no less. Money is $bn a year, growth logarithmic.
"""

import numpy as np


def grown_growth(parameters):
    """Growth of a firm that has grown up, 1/year, [worlds, 1]: at which its multiple of profit yields the required return (Gordon)."""
    return parameters.required_return - 1 / parameters.multiple


def years_to_grow(parameters, growth):
    """Years until the growth of the year ahead has faded to that of a grown firm, in the shape of `growth`: [worlds, ..., labs]."""
    grown = _as(grown_growth(parameters), growth)
    return np.log(np.maximum(growth, grown) / grown) / -np.log(_as(parameters.kept_growth, growth))


def grown_revenue(parameters, revenue, growth, industry):
    """Revenue of labs once they have grown up, $bn a year, in the shape of `revenue`.

    revenue, growth (of the year ahead): [worlds, ..., labs]; industry: revenue of all labs, [worlds, 1]. If all grew as this lab does, the
    market would fill up: it gets its part of what is left.
    """
    faded = (growth - _as(grown_growth(parameters), growth)) / (1 - _as(parameters.kept_growth, growth))
    filled = _as(industry / parameters.largest_market, revenue)
    return revenue * np.exp(faded) / (1 + filled * np.maximum(0, np.expm1(faded)))


def worth(parameters, revenue, growth, industry):
    """Present value of labs, $bn: margin times multiple of what they earn once they have grown up. Arguments as of `grown_revenue`."""
    growth = np.clip(growth, *(_as(limit, growth) for limit in (parameters.growth_floor, parameters.growth_cap)))
    price = _as(parameters.margin * parameters.multiple, revenue)
    discount = _as(1 + parameters.required_return, revenue) ** -years_to_grow(parameters, growth)
    return price * discount * grown_revenue(parameters, revenue, growth, industry)


def market_value(parameters, sentiment, revenue, growth, discount):
    """Value of labs at the market's growth forecast, $bn, [worlds, labs] [model.md 11.1].

    revenue: $bn a year; growth: of the year ahead, ln; discount: usual over present cost of capital, [worlds, 1]
    """
    value = discount * sentiment * worth(parameters, revenue, growth, revenue.sum(axis=-1, keepdims=True))
    return np.maximum(value, np.where(growth > 0, parameters.value_floor * sentiment, 0))


def _as(value, shaped):
    """A value per world, [worlds, 1], given as many axes as an array of worlds."""
    value = np.asarray(value, dtype=float)
    return value.reshape(value.shape + (1,) * (np.ndim(shaped) - value.ndim)) if 2 <= value.ndim < np.ndim(shaped) else value
