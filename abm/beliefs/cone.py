"""The cone of uncertainty: what a planner believes revenue will be, as a distribution and not as a number.

A forecast is a mixture, in the logarithm of revenue, of a branch in which progress goes on, a branch in which it stalls and, for
who believes in it, one in which a breakthrough comes in time; so the tenth percentile of somebody who is not a pure extrapolator
knows that progress can stop [model.md 5, 5.10].
Money is $bn a year, horizons are years, growth rates are logarithmic and annual. Shapes are `[worlds, firms]`, or
`[worlds, firms, planners]` when each planner weighs momentum in its own way.
"""

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import logit, ndtr, ndtri

from abm.beliefs.growth import Trend, reasoned_growth
from abm.beliefs.leap import raised_quantile
from abm.clock import QUARTERS_PER_YEAR
from abm.engine.sums import with_axes

_TINY = np.finfo(float).tiny
_STEPS = 6  # at most, of third order: the error of one step is about the cube of its length
_SETTLED = 1e-5
_PER_ROOT = 1 / np.sqrt(2 * np.pi)
_LEAST_SPREAD = np.finfo(float).eps  # a cone without width is still a (very narrow) distribution


@dataclass(frozen=True)
class Cone:
    """Distribution of revenue at one horizon: a normal branch and a stall branch of equal spread in logs [model.md 5.4].

    base: revenue now, $bn a year; growth, stalled_growth: logarithmic growth to the horizon in the two branches, the
    second never above the first; stall_weight: probability given to the stall branch; spread: standard deviation in logs.
    leap_weight, leap: probability that a breakthrough comes in time, and what it adds to the normal branch, ln; 0 without such a belief.
    """

    base: np.ndarray
    growth: np.ndarray
    stalled_growth: np.ndarray
    stall_weight: np.ndarray
    spread: np.ndarray
    leap_weight: float | np.ndarray = 0.0
    leap: float | np.ndarray = 0.0

    @property
    def gap(self):
        """Distance between the medians of the branches, in spreads."""
        return (self.growth - self.stalled_growth) / self.spread

    def quantile(self, q):
        """Revenue [$bn a year] that is undercut with probability q, 0 < q < 1; 0 where the base is 0 [model.md 5.6]."""
        shape = np.broadcast_shapes(*(np.shape(each) for each in (q, self.base, self.growth, self.spread, self.leap_weight)))
        there = np.broadcast_to(self.base != 0, shape)  # a firm that is gone has no revenue to guess
        above_stall = np.zeros(shape)
        above_stall[there] = mixture_quantile(*(np.broadcast_to(each, shape)[there] for each in (q, self.stall_weight, self.gap)))
        hoped = there & np.broadcast_to(np.greater(self.leap_weight, 0), shape)
        if hoped.any():
            above_stall[hoped] = raised_quantile(np.broadcast_to(q, shape)[hoped], self._at(hoped, shape), above_stall[hoped])
        return self.base * np.exp(self.stalled_growth + self.spread * above_stall)

    def _at(self, rows, shape):
        """The same cone of some rows only."""
        return Cone(*(np.broadcast_to(getattr(self, each.name), shape)[rows] for each in fields(self)))

    def quantiles(self, *levels):
        """Several quantiles, each as `quantile` gives it; asking for them together is faster."""
        return tuple(self.quantile(np.stack([np.broadcast_to(level, self.base.shape) for level in levels])))

    def cdf(self, x):
        """Probability that revenue is at most x [$bn a year]."""
        with np.errstate(divide="ignore"):
            distance = np.log(np.maximum(x, 0) / np.maximum(self.base, _TINY))
        below_normal = ndtr((distance - self.growth) / self.spread)
        below_stall = ndtr((distance - self.stalled_growth) / self.spread)
        mixed = below_normal + self.stall_weight * (below_stall - below_normal)
        mixed = mixed + self.leap_weight * (ndtr((distance - self.growth - self.leap) / self.spread) - mixed)
        return np.where(self.base > 0, mixed, np.greater_equal(x, 0))

    def mean(self):
        """Expected revenue [$bn a year]."""
        branches = np.exp(self.growth) + self.stall_weight * (np.exp(self.stalled_growth) - np.exp(self.growth))
        branches = branches + self.leap_weight * (np.exp(self.growth + self.leap) - branches)
        return self.base * np.exp(self.spread**2 / 2) * branches

    def fan(self, levels):
        """Quantiles for a fan chart [$bn a year]; the levels become the last axis."""
        return np.stack(self.quantiles(*levels), axis=-1)


def cone(base, extrapolated_growth, extrapolation, horizon, parameters, *, trend=None, optimism=0.0, uplift=0.0, annual_spread=None):
    """What a planner believes about revenue at a horizon [model.md 5.2-5.5].

    base: `max(R, 0.8 D)`, $bn a year; extrapolated_growth: 1/year; extrapolation: weight w of momentum that does not fade, 0 to 1;
    horizon: years, a number or `[worlds, 1]`; trend: of the market, a small one that grows like the firm if None; optimism: growth a
    planner adds to what reason tells, 1/year; uplift: what it adds in all, for demand that is known to come; annual_spread: what
    planners have learned to be the spread a year ahead. They broadcast: give `[worlds, firms, 1]` and `[worlds, 1, planners]` when
    planners differ. A pure extrapolator (w = 1) sees no stall and no fading of growth.
    """
    axes = max(np.ndim(base), np.ndim(extrapolated_growth), np.ndim(extrapolation))
    p = _Wide(parameters, axes)

    def own(value):
        return with_axes(value, axes)

    h = own(horizon)
    market = Trend(extrapolated_growth, p.lasting_growth, p.momentum_share) if trend is None else Trend(*(own(each) for each in trend))
    growth = extrapolation * extrapolated_growth * h + (1 - extrapolation) * reasoned_growth(extrapolated_growth, market, h, p)
    hope = own(optimism) * h + own(uplift)
    return Cone(
        base=np.asarray(base, dtype=float),
        growth=growth + hope,
        stalled_growth=np.minimum(p.stalled_growth * h, growth) + hope,
        stall_weight=stall_probability(p.stall_belief, h) * (1 - extrapolation),
        spread=own(believed_spread(horizon, parameters, annual_spread)),
    )


class _Wide:
    """Parameters per world, read with more axes."""

    def __init__(self, parameters, axes):
        self.parameters, self.axes = parameters, axes

    def __getattr__(self, name):
        return with_axes(getattr(self.parameters, name), self.axes)


def stall_probability(hazard, horizon):
    """Chance that a stall of this probability per quarter begins within a horizon of so many years [model.md 5.4]."""
    return -np.expm1(QUARTERS_PER_YEAR * horizon * np.log1p(-hazard))


def believed_spread(horizon, parameters, annual_spread=None):
    """Standard deviation of ln revenue that planners believe in at a horizon [years], [worlds, 1] [model.md 5.5].

    annual_spread: what they have learned from their errors; None before anybody has learned. Who believes in too narrow a cone is as
    far off whatever was learned.
    """
    learned = parameters.width * parameters.annual_spread if annual_spread is None else annual_spread
    believed = np.where(parameters.believed_width > 0, parameters.believed_width / parameters.width, 1)
    spread = believed * np.sqrt(learned**2 * horizon + (parameters.width * parameters.growth_spread * horizon) ** 2)
    return np.maximum(spread, _LEAST_SPREAD)


def mixture_quantile(q, weight, gap):
    """Quantile of the mixture `weight * N(0, 1) + (1 - weight) * N(gap, 1)`, gap >= 0, to 1e-10, or as well as q itself is known.

    The quantiles of the branches bracket it, and the branch that q falls into narrows the bracket further. Halley's steps,
    kept inside the bracket, start where the two densities cross. What has not settled, each by its own last move and never by
    its neighbours', takes another one.
    """
    low, high = _bracket(q, weight, gap)
    with np.errstate(over="ignore"):
        x = np.clip(gap / 2 + logit(weight) / np.maximum(gap, _TINY), low, high)
        shape, given = np.shape(x), [np.broadcast_to(each, np.shape(x)).reshape(-1) for each in (q, weight, gap, low, high)]
        x = np.reshape(x, -1).copy()
        rest, before = np.arange(x.size), x
        for _ in range(_STEPS):
            after = _halley(before, *given)
            x[rest], unsettled = after, np.flatnonzero(np.abs(after - before) > _SETTLED)
            rest, before, given = rest[unsettled], after[unsettled], [each[unsettled] for each in given]
            if not rest.size:
                break
    return x.reshape(shape)


def _bracket(q, weight, gap):
    own = ndtri(q)
    in_stall = q < weight
    as_if_alone = ndtri(np.where(in_stall, q, q - weight) / np.where(in_stall, weight, 1 - weight))
    alone = np.clip(np.where(in_stall, as_if_alone, gap + as_if_alone), own, own + gap)
    return np.where(in_stall, own, alone), np.where(in_stall, alone, own + gap)


def _halley(x, q, weight, gap, low, high):
    """One of Halley's steps."""
    y = x - gap
    stall, normal = weight * normal_density(x), (1 - weight) * normal_density(y)
    slope = np.maximum(stall + normal, _TINY)
    newton = (weight * ndtr(x) + (1 - weight) * ndtr(y) - q) / slope
    bend = newton * (x * stall + y * normal) / slope
    return np.clip(x - newton / np.maximum(1 + bend / 2, 1 / 2), low, high)


def normal_density(z):
    """Density of the standard normal law."""
    return np.exp(z * z * -0.5) * _PER_ROOT
