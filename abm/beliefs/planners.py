"""What planners know of the market: its momentum, and how far their forecasts have been off [model.md 5.2, 5.7].

Every planner knows the same of the past. They differ in the quantile at which they plan, in the weight they give to momentum that does
not fade, and in how much they hope. `believed` is the one way from a lab to a cone of its revenue.
"""

from dataclasses import replace

import numpy as np

from abm.beliefs.cone import cone
from abm.beliefs.growth import Trend, lasting_growth, momentum_that_holds
from abm.beliefs.hype import hyped
from abm.beliefs.leap import arrival_weight, part_taken_up
from abm.clock import QUARTER, QUARTERS_PER_YEAR
from abm.engine.scales import NO_MONEY
from abm.engine.sums import weighted_mean, with_axes

_FARTHEST = 1.1  # ln, a factor of three: an error beyond counts as one of this size, so that one ruined lab does not widen all cones
_SPREADS_PER_MEAN = np.sqrt(np.pi / 2)  # of the absolute value of a normal variable: large errors count less than by their squares


def believed(industry, base, weight, horizon, *, labs=slice(None), optimism=0.0, planners=False):
    """Cone of revenue so many years ahead, in the eyes of somebody who gives this weight to momentum that does not fade.

    base: $bn a year; labs: which labs the columns of `base` are; optimism: growth added to what reason tells, 1/year; planners: True
    if `weight` has the planners on an axis behind the labs, and `base` has room for it
    """
    own = industry.labs.growth[:, labs]
    return cone(
        base,
        own[..., None] if planners else own,
        weight,
        horizon,
        industry.cone,
        trend=market_trend(industry.labs, industry.cone),
        optimism=optimism,
        uplift=uplift(industry, horizon),
        annual_spread=industry.errors_seen.spread,
    )


def market_trend(labs, parameters):
    """The trend of all labs together, by revenue; what lasts where nobody earns anything."""
    revenue = labs.revenue * (labs.alive > 0)
    total = revenue.sum(axis=1, keepdims=True)
    lasting = lasting_growth(total, parameters)
    return Trend(np.where(total > NO_MONEY, weighted_mean(labs.growth, revenue), lasting), lasting, momentum_that_holds(total, parameters))


def uplift(industry, horizon):
    """What planners expect within so many years beside momentum, ln, [worlds, 1]: demand of a breakthrough that has come, and hype."""
    return industry.still_to_come * -np.expm1(-industry.cone.breakthrough_speed * horizon) + hyped(industry, horizon)


def foresee(industry):
    """What a breakthrough will still add to demand in planners' eyes, ln, [worlds, 1]: all of it when it comes, less every quarter."""
    taken_up = np.exp(-industry.cone.breakthrough_speed * QUARTER)
    gain = np.log(industry.cone.breakthrough_gain) * industry.technology.breakthrough_begins
    industry.still_to_come = industry.still_to_come * taken_up + gain


def own_view(industry, base, horizon):
    """Every lab's cone of its own revenue so many years ahead, [worlds, labs]; base: $bn a year."""
    labs = industry.labs
    seen = believed(industry, base, labs.extrapolation, horizon, optimism=labs.optimism)
    return hoping(industry, seen, labs.breakthrough_odds, labs.breakthrough_within, horizon)


def hoping(industry, seen, odds, within, horizon):
    """A Cone with the branch of a breakthrough that may come, in the eyes of who gives it these odds within so many years.

    odds, within: in the shape of the cone or one that broadcasts; once it has come nobody waits for it, and where nobody believes in it
    the cone stays as it is [model.md 5.10]
    """
    if not np.any(odds):
        return seen
    p, wide = industry.cone, np.ndim(seen.base)
    to_come, gain, speed, years = (
        with_axes(each, wide) for each in (~industry.technology.breakthrough, np.log(p.breakthrough_gain), p.breakthrough_speed, horizon)
    )
    return replace(seen, leap_weight=arrival_weight(odds, within, years) * to_come, leap=gain * part_taken_up(odds, within, years, speed))


class ErrorsSeen:
    """How wide the cone turned out to be: planners score last year's neutral forecasts and learn the spread [model.md 5.7].

    spread: what they hold the spread of ln revenue a year ahead to be, 1/sqrt(year), [worlds, 1]
    """

    def __init__(self, parameters):
        self.spread = parameters.width * parameters.annual_spread
        self._open = [None] * QUARTERS_PER_YEAR

    def learn(self, industry, base):
        """Score the forecasts that come true this quarter, and file today's. base: $bn a year, [worlds, labs]."""
        matured, alive = self._open[0], industry.labs.alive > 0
        today = believed(industry, base * alive, np.zeros_like(base), 1.0)
        self._open = [*self._open[1:], today]
        if matured is None:
            return
        scored = (matured.base > NO_MONEY) & (industry.labs.revenue > NO_MONEY) & alive
        error = np.log(np.where(scored, industry.labs.revenue, 1) / np.where(scored, matured.base, 1)) - _middle(matured)
        count = np.maximum(scored.sum(axis=1, keepdims=True), 1)
        missed = np.minimum(np.abs(error), _FARTHEST)
        found, between = (np.where(scored, each, 0).sum(axis=1, keepdims=True) / count for each in (missed, _between(matured)))
        beside = between + (industry.cone.width * industry.cone.growth_spread) ** 2  # what planners count in beside the spread
        found = np.sqrt(np.maximum(0, (_SPREADS_PER_MEAN * found) ** 2 - beside))
        memory = np.where(scored.any(axis=1, keepdims=True), industry.cone.error_memory, 1)
        self.spread = memory * self.spread + (1 - memory) * found


def _middle(forecast):
    """Mean of ln revenue over base."""
    return forecast.growth + forecast.stall_weight * (forecast.stalled_growth - forecast.growth)


def _between(forecast):
    """Variance of ln revenue that comes from not knowing whether progress stalls."""
    return forecast.stall_weight * (1 - forecast.stall_weight) * (forecast.growth - forecast.stalled_growth) ** 2
