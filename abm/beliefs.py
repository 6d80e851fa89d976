"""What each kind of agent believes of the labs' revenue some time ahead: asked here by all who decide, score or draw.

So a forecast that is scored is the forecast that was acted on. Horizons are years; every answer is a Cone of revenue, $bn a year
[model.md 5, 10.3, 11.1].
"""

import numpy as np

from abm.clock import QUARTER
from abm.cone import cone

TO_LOOK_BEYOND = 2  # quarters of earning after delivery that a plan looks at


def forecast_base(industry):
    """Revenue that forecasts start from, $bn a year, [worlds, labs]; 0 for the dead."""
    return industry.labs.forecast_base(industry.plans.demand_floor)


def planning_horizon(industry):
    """Quarters from a plan to the quarter it is made for: compute that is ordered arrives, and earns for a while."""
    return int(industry.compute.build_lag) + TO_LOOK_BEYOND


def believed(industry, extrapolation, years):
    """Labs' revenue as seen by somebody with this weight of past growth: [worlds, labs], or [worlds, labs or 1, planners]."""
    wide = (..., *[None] * (np.ndim(extrapolation) - 2))
    return cone(forecast_base(industry)[wide], industry.labs.growth[wide], extrapolation, years, industry.cone)


def of_labs(industry, years):
    """What every lab believes of itself, [worlds, labs]."""
    return believed(industry, industry.labs.extrapolation, years)


def of_market(industry, years):
    """What lenders and vendors believe of every lab, and a neutral observer, so that labs compare, [worlds, labs]."""
    weight = np.broadcast_to(industry.funds.market_extrapolation, industry.labs.revenue.shape)
    return believed(industry, weight, years)


def of_owners(industry, years):
    """What every owner of compute believes of every lab, tenant or not, [worlds, labs, owners]."""
    return believed(industry, industry.clouds.tenant_extrapolation[:, None], years)


def of_investors(industry, years):
    """What every investor believes of every lab's sales, [worlds, investors, labs]: a valuation starts from what was earned."""
    labs, weight = industry.labs, industry.investors.extrapolation(industry.funds)
    return cone(labs.revenue[:, None], labs.growth[:, None], weight[..., None], years, industry.cone)


def of_industry(industry, growth, quarters):
    """What a neutral observer believes of all labs' revenue together, who looks at their sum and not at each, [worlds, 1].

    growth: of that sum, as the observer extrapolates it, ln per year, [worlds, 1]
    """
    labs = industry.labs
    earned, wanted = (np.sum(each * labs.alive, axis=1, keepdims=True) for each in (labs.revenue, labs.demand))
    base = np.maximum(earned, industry.plans.demand_floor * wanted)
    return cone(base, growth, np.broadcast_to(industry.funds.market_extrapolation, base.shape), quarters * QUARTER, industry.cone)
