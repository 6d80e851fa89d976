"""What labs charge for AI services, how scarce compute moves it, and what customers spend and gain at that price [model.md 8.2 to 8.5].

Prices are mark-ups on what new compute costs, times an index at which demand and capacity meet. Money is annualised, $bn a year.
"""

from dataclasses import dataclass

import numpy as np

from abm.services.shares import ratio, total

_TINY = np.finfo(float).tiny


def substitution(parameters, years):
    """Elasticity of substitution between labs, falling as they differentiate; years since 2023, [worlds, 1] [model.md 8.2]."""
    fading = np.exp(-years / parameters.substitution_time)
    return parameters.substitution_end + (parameters.substitution_start - parameters.substitution_end) * fading


def markup(revenue_share, substitution_elasticity, demand_elasticity):
    """Price over marginal cost of a lab with this share of revenue, nested CES in quantities [AtkesonBurstein2008; model.md 8.2]."""
    perceived = 1 / ((1 - revenue_share) / substitution_elasticity + revenue_share / demand_elasticity)
    return perceived / (perceived - 1)


def relative_price(markups, alive):
    """Price over the mean price of living labs, [worlds, labs] [model.md 26.2]; 1 for a lab that is gone."""
    mean = ratio(total(markups * alive), total(alive.astype(float)))
    return np.where(alive, ratio(markups, mean), 1)


def density_path(parameters, years):
    """Revenue density by date alone, mode `path`, $bn per GWe-year, [worlds, 1] [model.md 8.3]."""
    growing = np.maximum(0, years - parameters.density_growth_from)
    return np.minimum(parameters.density_start * np.exp(parameters.density_growth * growing), parameters.density_cap)


@dataclass(frozen=True)
class Posted:
    """What labs post in a quarter: relative price [1], mark-up [1] and revenue density [$bn per GWe-year], [worlds, labs]."""

    price: np.ndarray
    markup: np.ndarray
    density: np.ndarray


def post_prices(parameters, years, revenue, alive, rent_and_scarcity):
    """Prices from last quarter's revenue shares (mode `cournot`), or one price and a density by date (mode `path`).

    years: since 2023; revenue: last quarter's, $bn a year, [worlds, labs]; alive: [worlds, labs];
    rent_and_scarcity: what new compute costs ($bn per GW-year) and the scarcity index, each [worlds, 1]
    """
    rent, scarcity = rent_and_scarcity
    shares = ratio(revenue * alive, total(revenue * alive))
    markups = markup(shares, substitution(parameters, years), parameters.demand_elasticity)
    if parameters.mode == "path":
        density = np.broadcast_to(density_path(parameters, years) * scarcity, markups.shape)
        return Posted(np.ones_like(markups), markups, np.ascontiguousarray(density))
    return Posted(relative_price(markups, alive), markups, rent * markups * scarcity)


def clearing_index(parameters, need, supply, pays):
    """Price index at which isoelastic demand meets what each lab serves, [worlds, labs]; infinite where it cannot, 1 if nobody asks.

    A lab's price is a mark-up on what a GWe is worth to it, which is what compute costs where it trains as planned: an index of 1. Where
    it trains on less, a GWe is worth planned over actual share of that, as in `training.least_training`. It hires once its price pays for
    that: idle compute first, then the pool outside, labs by what they are short of. What is idle beyond all that presses on all prices
    alike. need: GWe at the prices of `supply` and an index of 1, [worlds, labs]; pays: the indices from which each of the two pays,
    [worlds, labs] each
    """
    short = short_of_plan(need, supply)
    all_short = total(short)
    pressing = np.maximum(0, supply.idle - all_short) * ratio(need, total(need))
    part = ratio(short, all_short)
    idle, outside = (np.minimum(all_short, hired) * part for hired in (supply.idle, supply.idle + supply.outside))
    clears = _index(parameters, need, supply, pressing)
    for hired, worth_it in zip((idle, outside), pays, strict=True):
        clears = np.maximum(_index(parameters, need, supply, pressing + hired), np.minimum(clears, worth_it))
    return np.where(need > 0, clears, 1)


def short_of_plan(need, supply):
    """What customers need beyond the compute that a lab plans to serve with, GWe, [worlds, labs]."""
    return np.maximum(0, need - supply.serving(supply.planned_training))


_STEPS = 6  # of Newton's method: the equation is all but straight in logarithms, so rounding is reached


def _index(parameters, need, supply, beside):
    """Index x at which need / x^elasticity is served and planned share / x of own compute trains. beside: other compute, GWe."""
    own = supply.effective * supply.alive
    whole = own + beside
    asked, trained = ratio(np.where(need > 0, need, 1), whole), ratio(supply.planned_training * own, whole)
    slope = parameters.demand_elasticity
    x = np.maximum(np.log(np.maximum(asked, _TINY)) / slope, np.log(np.maximum(trained, _TINY)))  # below the solution: one alone fills all
    for _ in range(_STEPS):
        serves, trains = asked * np.exp(-slope * x), trained * np.exp(-x)
        x = x + np.log(np.maximum(serves + trains, _TINY)) * (serves + trains) / np.maximum(slope * serves + trains, _TINY)
    return np.where(whole > 0, np.exp(x), np.inf)


def scarcity_index(parameters, previous, clears, at_once):
    """Price index of scarce or plentiful compute, [worlds, labs] [model.md 8.4]: it moves towards what clears the market.

    It moves at once as far as more than a part of demand would stay unserved. previous: last quarter's; clears, at_once: `clearing_index`
    of all demand, and of all but the part that may stay unserved
    """
    now = np.clip(clears, parameters.scarcity_low, parameters.scarcity_high)
    slowly = parameters.scarcity_memory * previous + (1 - parameters.scarcity_memory) * now
    return np.minimum(np.maximum(slowly, at_once), parameters.scarcity_high)


def paid_on_average(values, revenue, alive):
    """Mean of labs' mark-ups or prices that customers pay, weighted by revenue, [worlds, 1]; of all alike where nothing is sold."""
    sold = revenue * alive
    weights = np.where(total(sold) > 0, sold, alive.astype(float))
    return ratio(total(values * weights), total(weights))


def spent(parameters, price):
    """What customers spend over what they would at the reference price: isoelastic demand. price: over reference"""
    return np.where(price > 0, price, 1) ** (1 - parameters.demand_elasticity)


def worth(elasticity, potential, served, price):
    """What users would have paid for what is served, $bn a year: the area under isoelastic demand up to there [model.md 15.15].

    potential: spend at the reference price, $bn a year; served: part of the work wanted at this price that is done; price: over reference;
    all of one shape
    """
    quantity = np.maximum(0, served) * np.where(price > 0, price, 1) ** -elasticity
    return elasticity / (elasticity - 1) * potential * quantity ** (1 - 1 / elasticity)


def token_price(parameters, density_ratio, progress):
    """Price of a token of fixed capability, $ per million [model.md 8.5].

    density_ratio: revenue density over that at the reference date; progress: frontier capability since then, OOM
    """
    return parameters.token_price * density_ratio * 10.0**-progress
