"""How each kind of agent sees the labs some quarters ahead, as it would if it planned now: what is scored against what came.

Every answer is a Cone of revenue, $bn a year. Planning asks at its own horizon and with its own base; here all are asked alike
[model.md 10.1, 10.3, 11.1].
"""

import numpy as np

from abm.beliefs.cone import cone
from abm.beliefs.growth import Trend, lasting_growth, momentum_that_holds
from abm.beliefs.planners import believed, hoping, own_view, uplift
from abm.clock import QUARTER

BEYOND_DELIVERY = 2  # quarters of service that a plan looks at


def planning_horizon(industry):
    """Quarters from a plan to the quarter it is made for: the compute that is ordered has arrived, and earns."""
    return int(industry.compute.build_lag) + BEYOND_DELIVERY


def of_labs(industry, quarters):
    """What every lab believes of itself, [worlds, labs]."""
    return own_view(industry, _base(industry), quarters * QUARTER)


def of_market(industry, quarters):
    """What lenders and vendors believe of every lab, [worlds, labs]."""
    base = _base(industry)
    return believed(industry, base, np.broadcast_to(industry.funds.market_extrapolation, base.shape), quarters * QUARTER)


def of_owners(industry, quarters):
    """What every owner of compute believes of every lab, tenant or not, [worlds, labs, owners]."""
    weight = industry.clouds.tenant_extrapolation[:, None]
    clouds, years = industry.clouds, quarters * QUARTER
    seen = believed(industry, _base(industry)[..., None], weight, years, planners=True)
    return hoping(industry, seen, clouds.breakthrough_odds[:, None], clouds.breakthrough_within[:, None], years)


def of_investors(industry, quarters):
    """What every investor believes of every lab, [worlds, labs, investors]: a valuation starts from what is earned, not from demand."""
    weight = industry.investors.extrapolation(industry.funds)[:, None]
    earned = industry.labs.revenue * industry.labs.alive  # a copy: the view must stand when revenue has moved on
    return believed(industry, earned[..., None], weight, quarters * QUARTER, planners=True)


def of_industry(industry, growth, quarters):
    """What a neutral observer believes of all labs' revenue together, who looks at the sum and not at each, [worlds, 1].

    growth: of that sum, as the observer extrapolates it, ln per year, [worlds, 1]
    """
    labs = industry.labs
    earned, wanted = (np.sum(each * labs.alive, axis=1, keepdims=True) for each in (labs.revenue, labs.demand))
    base = np.maximum(earned, industry.plans.demand_floor * wanted)
    weight = np.broadcast_to(industry.funds.market_extrapolation, base.shape)
    p, years = industry.cone, quarters * QUARTER
    trend = Trend(growth, lasting_growth(earned, p), momentum_that_holds(earned, p))  # the sum has no lead over itself
    return cone(base, growth, weight, years, p, trend=trend, uplift=uplift(industry, years), annual_spread=industry.errors_seen.spread)


def _base(industry):
    return industry.labs.forecast_base(industry.plans.demand_floor)
