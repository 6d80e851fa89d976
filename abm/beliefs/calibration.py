"""Did the labs know their cone? Their own forecasts of a year ago beside what came true, and the sum of their plans [model.md 15.16].

A lab that died had a forecast too: its revenue came out at nothing, below every quantile. Its plan counts as well.
"""

import numpy as np

from abm.beliefs.growth import realised_growth, update_extrapolation
from abm.beliefs.planners import own_view
from abm.beliefs.scores import crps, pit
from abm.beliefs.views import of_industry, planning_horizon
from abm.clock import QUARTER
from abm.engine.scales import NO_MONEY
from abm.engine.sums import weighted_mean
from abm.measures.business import ratio

LEVELS = {"below_p10": 0.1, "below_p90": 0.9}


class Forecasts:
    """The labs' forecasts that have not matured yet, and the scores of those that have.

    open: Cones of the last quarters, oldest first, None where there was none; below, scored, error: sums so far, [worlds, 1]
    """

    def __init__(self, worlds, horizon):
        """horizon: quarters after which a forecast is scored."""
        self.horizon, self.open = horizon, [None] * horizon
        zero = np.zeros((worlds, 1))
        self.below = dict.fromkeys(LEVELS, zero)
        self.scored, self.error, self.errors = zero, zero, zero

    def note(self, industry):
        """Score the forecasts that mature this quarter and file today's. Returns the indicators, {name: [worlds, n]}."""
        matured, labs = self.open[0], industry.labs
        base = labs.forecast_base(industry.plans.demand_floor) * labs.alive
        today = own_view(industry, base, self.horizon * QUARTER)
        self.open = [*self.open[1:], today]
        if matured is None:
            nothing = np.full(labs.revenue.shape, np.nan)
            return self.score(nothing, nothing)
        outcome = np.where(matured.base > 0, labs.revenue, 0)
        return self.score(pit(matured, outcome), crps(matured, outcome))

    def score(self, transforms, errors):
        """Add the scores of a quarter, [worlds, labs], NaN where there was no forecast; returns the indicators so far."""
        there = ~np.isnan(transforms)
        self.scored = self.scored + there.sum(axis=1, keepdims=True)
        for name, level in LEVELS.items():
            self.below[name] = self.below[name] + (there & (transforms < level)).sum(axis=1, keepdims=True)
        known = ~np.isnan(errors)
        self.errors = self.errors + known.sum(axis=1, keepdims=True)
        self.error = self.error + np.where(known, errors, 0).sum(axis=1, keepdims=True)
        shares = {name: _mean(count, self.scored) for name, count in self.below.items()}
        return {"forecast_pit": transforms, "forecast_crps": errors, "forecast_error": _mean(self.error, self.errors), **shares}


class Plans:
    """The sum of all labs' plans, each lab's own median at the planning horizon, beside what came and what one neutral forecast says.

    open: sums of the last quarters, $bn a year, [worlds, 1] each, oldest first, None where there was none; growth: of the industry's
    revenue as an observer extrapolates it, ln per year, and revenue: of the quarter before, $bn a year, [worlds, 1]
    """

    def __init__(self, industry):
        labs = industry.labs
        self.open = [None] * planning_horizon(industry)
        self.revenue = labs.revenue.sum(axis=1, keepdims=True)
        self.growth = weighted_mean(labs.growth, labs.revenue)

    def note(self, industry):
        """File the plans of this quarter, and compare those made for it. Returns the indicators, {name: [worlds, 1]}."""
        revenue, planned = (np.sum(each, axis=1, keepdims=True) for each in (industry.labs.revenue, industry.labs.forecast_mid))
        neutral = of_industry(industry, self.growth, len(self.open)).quantile(1 / 2)  # growth as labs knew it when they planned
        for_now, self.open = self.open[0], [*self.open[1:], planned]
        known = (self.revenue > NO_MONEY) & (revenue > NO_MONEY)
        realised = realised_growth(np.where(known, revenue, 1), np.where(known, self.revenue, 1), industry.cone)
        self.growth = np.where(known, update_extrapolation(self.growth, realised, industry.cone), self.growth)
        self.revenue = revenue
        outcome = np.full_like(revenue, np.nan) if for_now is None else ratio(for_now, revenue)
        return {"plans_over_outcome": outcome, "plans_over_forecast": ratio(planned, neutral)}


def _mean(total, count):
    """total / count, NaN where nothing was counted."""
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
