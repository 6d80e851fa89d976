"""Hope that learns: a lab's optimism follows the errors of its own forecasts [model.md 5.12]."""

import numpy as np

from abm.beliefs.planners import own_view
from abm.clock import QUARTERS_PER_YEAR
from abm.engine.scales import NO_MONEY

_FARTHEST = 1.1  # ln, a factor of three: an error beyond counts as one of this size
LEAST, MOST = -1.0, 2.0  # of optimism, 1/year, as a file may state it


class OwnErrors:
    """What each lab forecast of itself in the last four quarters, and how far it was off.

    open: ln of the revenue expected in a year, NaN where nobody forecast anything, [worlds, labs] each
    """

    def __init__(self, labs):
        self.open = [np.full_like(labs.revenue, np.nan)] * QUARTERS_PER_YEAR

    def mature(self, expected, revenue):
        """Error of the forecast that comes true, ln, 0 where there is none; today's is filed. expected, revenue: $bn a year."""
        there = (revenue > NO_MONEY) & np.isfinite(self.open[0])
        error = np.where(there, np.log(np.where(there, revenue, 1)) - np.where(there, self.open[0], 0), 0)
        known = expected > NO_MONEY
        today = np.where(known, np.log(np.where(known, expected, 1)), np.nan)
        self.open = [*self.open[1:], today]
        return np.clip(error, -_FARTHEST, _FARTHEST)


def learn_hope(industry):
    """Labs that erred too low hope more, those that erred too high less [model.md 5.12]."""
    labs, gain = industry.labs, industry.plans.hope_learning
    if not np.any(gain > 0):
        return
    median = own_view(industry, labs.forecast_base(industry.plans.demand_floor), 1.0).quantile(0.5)
    error = industry.own_errors.mature(median, labs.revenue * labs.alive)
    labs.put(optimism=np.clip(labs.optimism + gain * error, LEAST, MOST))
