"""What a lab is worth: what it will be worth once it has grown up, less the profit it does not pay until then; prices come back to it.

Growth fades: each year keeps a part of what the last one had beyond the growth of a grown firm. It also shrinks with size, because all labs
sell into one market that is not without end. Who holds a lab whose growth fades as expected earns the required return: by its price alone
while it grows, by price and profit later. Money is $bn a year, growth logarithmic [model.md 11.1].
"""

import numpy as np


def grown_growth(parameters):
    """Growth of a firm that has grown up, 1/year, [worlds, 1]: with it and its profit a multiple yields the required return (Gordon)."""
    return parameters.required_return - 1 / parameters.multiple


def next_growth(parameters, growth):
    """Growth of the year after next, in the shape of `growth`: [worlds, ..., labs]."""
    grown = _as(grown_growth(parameters), growth)
    return grown + _as(parameters.kept_growth, growth) * (growth - grown)


def years_to_grow(parameters, growth):
    """Years until a lab has grown up and pays a profit, in the shape of `growth`: none below the growth of a grown firm."""
    grown = _as(grown_growth(parameters), growth)
    return np.log(np.maximum(growth, grown) / grown) / -np.log(_as(parameters.kept_growth, growth))


def grown_revenue(parameters, revenue, growth, industry):
    """Revenue of labs less what a grown firm's growth adds, once they have grown up, $bn a year, in the shape of `revenue`.

    revenue, growth (of the year ahead): [worlds, ..., labs]; industry: revenue of all labs, [worlds, 1]. If all grew as this lab does, the
    market would fill up: it gets its part of what is left.
    """
    beyond = (growth - _as(grown_growth(parameters), growth)) / (1 - _as(parameters.kept_growth, growth))
    filled = _as(industry / parameters.largest_market, revenue)
    return revenue * np.exp(beyond) / (1 + filled * np.maximum(0, np.expm1(beyond)))


def worth(parameters, revenue, growth, industry):
    """Present value of labs, $bn: margin times multiple of what they earn grown up. Arguments as of `grown_revenue`."""
    growth = np.clip(growth, *(_as(limit, growth) for limit in (parameters.growth_floor, parameters.growth_cap)))
    unpaid = np.exp(-years_to_grow(parameters, growth) / _as(parameters.multiple, growth))
    return _as(parameters.margin * parameters.multiple, revenue) * unpaid * grown_revenue(parameters, revenue, growth, industry)


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
