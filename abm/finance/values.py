"""What a lab is worth: what it will be worth once it has grown up, less the profit it does not pay until then; prices come back to it.

Growth fades: each year keeps a part of what the last one had beyond the growth of a grown firm. It also shrinks with size, because all labs
sell into one market that is not without end. Who holds a lab whose growth fades as expected earns the required return: by its price alone
while it grows, by price and profit later. Money is $bn a year, growth logarithmic [model.md 11.1].
"""

import numpy as np

from abm.engine.sums import with_axes


def grown_growth(parameters):
    """Growth of a firm that has grown up, 1/year, [worlds, 1]: with it and its profit a multiple yields the required return (Gordon)."""
    return parameters.required_return - 1 / parameters.multiple


def later_growth(parameters, growth, years):
    """Growth of a year that begins so many years after the one of `growth`, in its shape: [worlds, ..., labs]."""
    axes = np.ndim(growth)
    grown = with_axes(grown_growth(parameters), axes)
    return grown + with_axes(parameters.kept_growth, axes) ** years * (growth - grown)


def years_to_grow(parameters, growth):
    """Years until a lab has grown up and pays a profit, in the shape of `growth`: none below the growth of a grown firm."""
    axes = np.ndim(growth)
    grown = with_axes(grown_growth(parameters), axes)
    return np.log(np.maximum(growth, grown) / grown) / -np.log(with_axes(parameters.kept_growth, axes))


def grown_revenue(parameters, revenue, growth, industry):
    """Revenue of labs less what a grown firm's growth adds, once they have grown up, $bn a year, in the shape of `revenue`.

    revenue, growth (of the year ahead): [worlds, ..., labs]; industry: revenue of all labs, [worlds, 1]. If all grew as this lab does, the
    market would fill up: it gets its part of what is left.
    """
    axes = np.ndim(revenue)
    beyond = (growth - with_axes(grown_growth(parameters), axes)) / (1 - with_axes(parameters.kept_growth, axes))
    filled = with_axes(industry / parameters.largest_market, axes)
    return revenue * np.exp(beyond) / (1 + filled * np.maximum(0, np.expm1(beyond)))


def worth(parameters, revenue, growth, industry):
    """Present value of labs, $bn: margin times multiple of what they earn grown up. Arguments as of `grown_revenue`."""
    axes = np.ndim(growth)
    growth = np.clip(growth, *(with_axes(limit, axes) for limit in (parameters.growth_floor, parameters.growth_cap)))
    unpaid = np.exp(-years_to_grow(parameters, growth) / with_axes(parameters.multiple, axes))
    return with_axes(parameters.margin * parameters.multiple, axes) * unpaid * grown_revenue(parameters, revenue, growth, industry)


def market_value(parameters, sentiment, revenue, growth, discount):
    """Value of labs at the market's growth forecast, $bn, [worlds, labs] [model.md 11.1].

    revenue: $bn a year; growth: of the year ahead, ln; discount: usual over present cost of capital, [worlds, 1]
    """
    value = discount * sentiment * worth(parameters, revenue, growth, revenue.sum(axis=-1, keepdims=True))
    return np.maximum(value, np.where(growth > 0, parameters.value_floor * sentiment, 0))
