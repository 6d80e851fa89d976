"""What a lab is worth: the profit it may earn once it has grown up, discounted; the anchor that prices come back to [model.md 11.1].

Growth of the year ahead fades year by year, and shrinks with size, because all labs sell into one market that is not without end. Money is
$bn a year, growth logarithmic.
"""

import numpy as np


def years_of_growth(parameters):
    """Growth up to the end of the horizon over growth of the year ahead, years, [worlds, 1]: each year keeps a part of the last one's."""
    kept, years = parameters.kept_growth, parameters.grown_up
    return np.where(kept < 1, (1 - kept**years) / np.where(kept < 1, 1 - kept, 1), years)


def grown_up(parameters, revenue, growth, industry):
    """Revenue of labs that have grown up, $bn a year, in the shape of `revenue`.

    revenue, growth (of the year ahead, ln): [worlds, ..., labs]; industry: revenue of all labs, [worlds, 1]. If all grew as this lab does,
    the market would fill up: it gets its part of what is left, so that growth shrinks with the size of the industry.
    """
    times = np.exp(np.clip(growth, _as(parameters.growth_floor, revenue), _as(parameters.growth_cap, revenue)) * _as(years_of_growth(parameters), revenue))
    filled = _as(industry / parameters.largest_market, revenue)
    return revenue * times / (1 + filled * np.maximum(0, times - 1))


def worth(parameters, revenue, growth, industry):
    """Present value of what labs are worth once they have grown up, $bn: margin times multiple, discounted. Arguments as of `grown_up`."""
    price = parameters.margin * parameters.multiple * (1 + parameters.required_return) ** -parameters.grown_up
    return _as(price, revenue) * grown_up(parameters, revenue, growth, industry)


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
