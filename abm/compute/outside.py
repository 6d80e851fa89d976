"""Tenants outside the model follow the industry's fortunes: they default, do not renew, ask for lower rents, and come back.

Their fortunes are a common factor of their own, which lasts for a while, and the mood of the industry. What they leave is idle compute
of its owner, for hire on the spot market, until others take it. Parameters of the group `outside` [model.md 9.10].
"""

import numpy as np

from abm.books.vintages import over_vintages
from abm.clock import QUARTER
from abm.parameters import Group, parameter
from abm.priors import between


class OutsideParameters(Group, name="outside"):
    """How tenants outside the model follow the industry's fortunes."""

    dependence = parameter(
        1.0,
        unit="share",
        low=0,
        high=1,
        source="assumption",
        meaning="part of outside tenants that follow the fortunes of the industry; 0: they pay the same rent for ever",
        prior=between(0.5, 1),
    )
    spread = parameter(
        0.3, unit="ln", low=0, high=1, source="assumption", meaning="standard deviation of their common factor", prior=between(0.15, 0.5)
    )
    memory = parameter(
        0.85,
        unit="per quarter",
        low=0,
        high=0.99,
        source="assumption",
        meaning="part of the common factor that lasts",
        prior=between(0.75, 0.95),
    )
    mood = parameter(
        0.5,
        unit="ln per unit",
        low=0,
        high=3,
        source="assumption",
        meaning="effect of sentiment beyond 1 on their fortunes",
        prior=between(0.25, 1),
    )
    default_rate = parameter(
        0.03,
        unit="1/year",
        low=0,
        high=0.5,
        source="assumption: long-run default rates of speculative-grade firms",
        meaning="part of them that defaults a year in usual fortunes",
        prior=between(0.01, 0.05, "long-run default rates of speculative-grade firms"),
    )
    default_slope = parameter(
        3.0, unit="per ln", low=0, high=10, source="assumption", meaning="growth of that rate as fortunes fall", prior=between(2, 4)
    )
    term = parameter(
        12.0,
        unit="quarters",
        low=1,
        high=40,
        source="assumption",
        meaning="mean time after which their contracts end",
        prior=between(8, 20),
    )
    renewal_slope = parameter(
        1.0, unit="per ln", low=0, high=5, source="assumption", meaning="fall of what is renewed as fortunes fall", prior=between(0.5, 2)
    )
    rent_slope = parameter(
        0.5,
        unit="1",
        low=0,
        high=2,
        source="assumption",
        meaning="ln of the rent they agree to over ln of their fortunes",
        prior=between(0.25, 1),
    )
    renegotiated = parameter(
        0.15,
        unit="share per ln",
        low=0,
        high=1,
        source="assumption",
        meaning="part of running contracts renegotiated a quarter as fortunes fall",
        prior=between(0, 0.3),
    )
    relet = parameter(
        0.5,
        unit="share/quarter",
        low=0,
        high=1,
        source="assumption",
        meaning="part of what they left that others take in a quarter of usual fortunes",
        prior=between(0.25, 0.75),
    )


class Outsiders:
    """factor: their common factor, ln, [worlds, 1]; left: GW that they left and nobody took, index: their rent over the usual one,
    usual_price: that one, $bn per GW-year; all [worlds, owners]."""

    def __init__(self, industry):
        self.factor = np.zeros((industry.worlds, 1))
        self.usual_price = industry.outside_price
        self.left, self.index = np.zeros_like(self.usual_price), np.ones_like(self.usual_price)


def fortunes(industry):
    """Log of how they fare, 0 as usual, [worlds, 1]."""
    return industry.outsiders.factor + industry.outside.mood * (industry.sentiment - 1)


def wanted(industry):
    """Part of what they rent that they want to go on with, [worlds, owners]: all as long as fortunes are not below the usual."""
    p = industry.outside
    return 1 - following(industry) * -np.expm1(p.renewal_slope * np.minimum(0, fortunes(industry)))


def following(industry):
    """Part of each owner's outside tenants that follow the industry's fortunes, [worlds, owners]."""
    return industry.outside.dependence * industry.clouds.outside_follow


def follow(industry):
    """A quarter of outside tenants: what they leave becomes idle, what they left is let again, and rents are asked for anew."""
    p, state = industry.outside, industry.outsiders
    if not p.dependence.any():
        return
    news = industry.luck.firms("outside", industry.age, 1)
    state.factor = p.memory * state.factor + np.sqrt(1 - p.memory**2) * p.spread * news
    share, fares = following(industry), fortunes(industry)
    broken = -np.expm1(-p.default_rate * np.exp(-p.default_slope * fares) * QUARTER)
    ended = np.minimum(1, 1 / p.term)
    leaving = share * broken + (1 - share * broken) * ended * (1 - wanted(industry))
    _leave(industry, leaving)
    _let_again(industry, p.relet * wanted(industry))
    market = industry.fleet.spot_ratio * np.exp(p.rent_slope * fares)
    asked = np.minimum(1, ended + p.renegotiated * np.maximum(0, -fares)) * share
    state.index = state.index + asked * (market - state.index)
    industry.outside_price = state.usual_price * state.index
    industry.fleet.changed()


def _leave(industry, part):
    """Part of the compute let to outside tenants becomes idle. part: [worlds, owners]"""
    fleet = industry.fleet
    there = slice(0, fleet.at(industry.now))
    let = fleet.gw[:, fleet.outside, there]
    gone = let * part[..., None]
    fleet.gw[:, fleet.outside, there] = let - gone
    fleet.gw[:, fleet.idle, there] += gone
    industry.outsiders.left = industry.outsiders.left + over_vintages(gone)


def _let_again(industry, part):
    """Part of what outside tenants left, as far as it is still idle, is let to others of their kind. part: [worlds, owners]"""
    fleet, state = industry.fleet, industry.outsiders
    there = slice(0, fleet.at(industry.now))
    idle = fleet.gw[:, fleet.idle, there]
    total = over_vintages(idle)
    state.left = np.minimum(state.left, total)
    taken = idle * np.where(total > 0, part * state.left / np.where(total > 0, total, 1), 0)[..., None]
    fleet.gw[:, fleet.idle, there] = idle - taken
    fleet.gw[:, fleet.outside, there] += taken
    state.left = state.left - over_vintages(taken)
