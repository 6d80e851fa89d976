"""Did the labs know their cone? Their own forecasts of a year ago beside what came true [model.md 15.16].

A lab that died had a forecast too: its revenue came out at nothing, below every quantile.
"""

import numpy as np

from abm.beliefs import of_labs
from abm.clock import QUARTER
from abm.cone import crps, pit

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
        self.open = [*self.open[1:], of_labs(industry, self.horizon * QUARTER)]
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


def _mean(total, count):
    """total / count, NaN where nothing was counted."""
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
