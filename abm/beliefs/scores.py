"""Scores of a forecast against what came: where in the cone the outcome fell, and how far off it was [model.md 15.16]."""

import numpy as np
from scipy.special import ndtr

from abm.beliefs.cone import normal_density


def pit(forecast, outcome):
    """Probability integral transform: the quantile of its forecast that came true; NaN where there was no base [model.md 15.16]."""
    return np.where(forecast.base > 0, forecast.cdf(outcome), np.nan)


def coverage_below(transforms, level):
    """Share of forecasts whose outcome fell below their quantile `level`, per world, [worlds, 1]; NaN if there were none.

    A calibrated cone gives `level`. transforms: see `pit`, [worlds, forecasts], NaN where there was no forecast.
    """
    below = np.sum(np.less(transforms, level), axis=-1, keepdims=True)
    scored = np.sum(~np.isnan(transforms), axis=-1, keepdims=True)
    return np.where(scored > 0, below / np.maximum(scored, 1), np.nan)


def crps(forecast, outcome):
    """Continuous ranked probability score of a forecast of ln revenue, exact; 0 is perfect; NaN without base or outcome.

    In logarithms, so firms of any size compare: `E|Y - y| - E|Y - Y'| / 2` for a mixture of normals (Grimit et al.,
    Q. J. R. Meteorol. Soc. 2006, eq. 5). outcome: $bn a year.
    """
    scored = (forecast.base > 0) & np.greater(outcome, 0)
    distance = np.log(np.where(scored, outcome, 1) / np.where(scored, forecast.base, 1))
    stall, leap, spread, apart = forecast.stall_weight, forecast.leap_weight, forecast.spread, np.sqrt(2) * forecast.spread
    from_normal, from_stall = _distance(distance - forecast.growth, spread), _distance(distance - forecast.stalled_growth, spread)
    from_leap = _distance(distance - forecast.growth - forecast.leap, spread)
    to_outcome = (1 - stall) * from_normal + stall * from_stall
    to_outcome = to_outcome + leap * (from_leap - to_outcome)
    same, gap = _distance(0, apart), forecast.growth - forecast.stalled_growth
    itself = ((1 - stall) ** 2 + stall**2) * same + 2 * stall * (1 - stall) * _distance(gap, apart)
    between = (1 - stall) * _distance(forecast.leap, apart) + stall * _distance(gap + forecast.leap, apart)
    itself = (1 - leap) ** 2 * itself + leap**2 * same + 2 * leap * (1 - leap) * between
    return np.where(scored, to_outcome - itself / 2, np.nan)


def _distance(mean, spread):
    """Expected absolute value of a normal variable."""
    z = mean / spread
    return 2 * spread * normal_density(z) + mean * (2 * ndtr(z) - 1)
