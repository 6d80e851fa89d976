"""Growth as planners see it: what it was of late, what lasts, and how much of momentum goes on [model.md 5.1 to 5.3].

Growth rates are logarithmic and annual, money is $bn a year, horizons are years.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import exprel

from abm.clock import QUARTERS_PER_YEAR


def realised_growth(revenue, previous, parameters):
    """Annual logarithmic growth since the quarter before, within what is believed; 0 where nothing was sold twice [model.md 5.1]."""
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = QUARTERS_PER_YEAR * np.log(revenue / previous)
    return np.clip(np.nan_to_num(growth, nan=0, posinf=np.inf, neginf=-np.inf), parameters.growth_floor, parameters.growth_ceiling)


def update_extrapolation(old, realised, parameters):
    """The extrapolative estimate of growth after one more quarter [1/year], [worlds, labs] [model.md 5.1]."""
    return parameters.growth_memory * old + (1 - parameters.growth_memory) * realised


class Trend(NamedTuple):
    """What planners know of a market: growth of late and the growth it will return to, 1/year, and the part of momentum that goes on for
    a year, all [worlds, 1]."""

    momentum: np.ndarray
    lasting: np.ndarray
    holds: np.ndarray


def lasting_growth(revenue, parameters):
    """Growth that an industry of this size returns to [1/year]: it falls with every tenfold [model.md 5.2]. revenue: $bn a year"""
    p = parameters
    grown_up, aged = _way(revenue, p.young, p.proven), _way(revenue, p.proven, p.mature)
    young, late = np.maximum(p.young_growth, p.lasting_growth), np.minimum(p.mature_growth, p.lasting_growth)
    return young + (p.lasting_growth - young) * grown_up + (late - p.lasting_growth) * aged


def momentum_that_holds(revenue, parameters):
    """Part of momentum that goes on for a year in an industry of this size: less in a mature one [model.md 5.2]. revenue: $bn a year"""
    p, aged = parameters, _way(revenue, parameters.proven, parameters.mature)
    return p.momentum_share + (np.minimum(p.mature_momentum, p.momentum_share) - p.momentum_share) * aged


def _way(size, start, end):
    """How far a size is from start to end, in logs, 0 to 1."""
    return np.log(np.clip(size, start, end) / start) / np.log(end / start)


def reasoned_growth(own, trend, horizon, parameters):
    """Logarithmic growth to a horizon of a planner who knows base rates [model.md 5.2, 5.3].

    A part of momentum goes on and fades towards what lasts; of a lead over the market less goes on, because rivals plan as well.
    own: 1/year; trend: of the market; parameters: with as many axes as these
    """
    first_year = exprel(-parameters.fading)
    held = horizon * exprel(-parameters.fading * horizon) / first_year
    ahead, excess = own - trend.momentum, trend.momentum - trend.lasting
    return trend.lasting * horizon + held * (trend.holds * excess + parameters.lead_share * ahead)
