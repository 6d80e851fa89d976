"""A breakthrough that may come: how likely a planner holds it within a horizon, and what demand it would bring by then [model.md 5.10].

Belief is apart from appetite. The odds are those of a constant hazard, so that as long as nothing has come the same odds hold for
the years ahead as before.
"""

import numpy as np
from scipy.special import exprel, ndtr, ndtri

from abm.engine.population import column

_HALVINGS = 60  # of a bracket a few spreads wide: to the last digits of a float


def belief():
    """The two columns of a kind of firm that may count on a breakthrough: its odds, and the years within which it gives them."""
    odds = column(
        "probability that it gives to a breakthrough within breakthrough_within years; 0: it does not count on one",
        unit="probability", low=0, high=0.99, default=0, source="switch, off: nobody counts on a breakthrough before it has come",
    )  # fmt: skip
    within = column(
        "years within which it expects a breakthrough with those odds",
        unit="years", low=0.25, high=40, default=3, source="text S2: even odds within one to three years",
    )  # fmt: skip
    return odds, within


def hazard(odds, within):
    """Rate per year at which something arrives that comes within so many years with these odds, 0 <= odds < 1."""
    return -np.log1p(-odds) / within


def arrival_weight(odds, within, horizon):
    """Probability that it comes within the horizon [years]."""
    return -np.expm1(-hazard(odds, within) * horizon)


def part_taken_up(odds, within, horizon, speed):
    """Part of a breakthrough's demand that customers have taken up at the horizon, on average over the dates at which it may come before.

    speed: per year. The mean of `1 - exp(-speed (horizon - date))` over an exponential date no later than the horizon
    """
    rate = hazard(odds, within)
    return 1 - np.exp(-speed * horizon) * exprel((speed - rate) * horizon) / exprel(-rate * horizon)


def raised_quantile(q, cone, without):
    """Distance from the stall branch, in spreads, that is undercut with probability q when a third branch lies above the two others.

    q, without: probability, and the same distance as the two branches alone give it; all of one shape. The quantile lies between that
    of the two branches and that of the third one or of the normal branch, whichever is farther.
    """
    gap, leap = cone.gap, cone.gap + cone.leap / cone.spread
    low, high = without, leap + ndtri(q)
    high = np.maximum(low, high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        two = ndtr(middle - gap) + cone.stall_weight * (ndtr(middle) - ndtr(middle - gap))
        below = two + cone.leap_weight * (ndtr(middle - leap) - two)
        low, high = np.where(below < q, middle, low), np.where(below < q, high, middle)
    return (low + high) / 2
