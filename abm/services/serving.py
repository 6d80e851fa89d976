"""The market for AI services: what labs charge, and who is served when compute is short [model.md 8].

Money here is annualised, $bn a year. Compute is effective: GWe. Arrays are `[worlds, labs]`, or `[worlds, labs, classes]`
where the class of service matters; classes are in the order in which a lab serves them.
"""

from dataclasses import dataclass, field

import numpy as np

from abm.compute.hire import hire
from abm.services.shares import ratio, total

CLASSES = ("enterprise", "developer", "consumer")


@dataclass(frozen=True)
class Supply:
    """What labs can serve with: density ($bn per GWe-year) and effective compute (GWe) [worlds, labs], alive [worlds, labs],
    idle compute on the spot market and compute for hire outside (GWe) [worlds, 1], which labs let what they do not use, and the parts of
    its compute that a lab plans to train on and trains on however many customers ask, all [worlds, labs]; part of the quarter in which
    its service is up, 0 to 1, [worlds, labs]."""

    density: np.ndarray
    effective: np.ndarray
    alive: np.ndarray
    idle: np.ndarray
    outside: np.ndarray
    distressed: np.ndarray
    planned_training: np.ndarray
    least_training: np.ndarray
    up: np.ndarray = field(default_factory=lambda: np.ones((1, 1)))

    def serving(self, training):
        """Compute of its own that a lab serves with if this share of it trains, GWe, [worlds, labs]."""
        return (1 - training) * self.effective * self.alive


@dataclass(frozen=True)
class Rationing:
    """Who was served: money $bn a year, compute GWe.

    served [worlds, labs] is a lab's revenue, guests from rivals included; by_class splits it. demand and turned_away (before any
    rival takes them) are `[worlds, labs, classes]`; moved_share [worlds, classes] is the part of the turned away that rivals served;
    offered_gw, sublet_gw [worlds, labs]: own compute a lab offered on the spot market, and what of it was hired.
    """

    served: np.ndarray
    by_class: np.ndarray
    demand: np.ndarray
    turned_away: np.ndarray
    moved_share: np.ndarray
    guests: np.ndarray
    spot_gw: np.ndarray
    outside_gw: np.ndarray
    offered_gw: np.ndarray
    sublet_gw: np.ndarray
    inference_gw: np.ndarray
    training_gw: np.ndarray

    @property
    def turned_away_share(self):
        """Demand turned away over demand, 0 where there is none, [worlds, labs, classes]."""
        return ratio(self.turned_away, self.demand)

    @property
    def unserved_share(self):
        """Demand a lab turned away over its demand, all classes, [worlds, labs]."""
        return ratio(self.turned_away.sum(axis=-1), self.demand.sum(axis=-1))

    @property
    def paid_share(self):
        """What customers of a lab pay, to it or to the rival that served them, over what they asked for, [worlds, labs, classes]."""
        turned_away = self.turned_away_share
        return 1 - turned_away + turned_away * self.moved_share[:, None, :]

    def outage(self, previous, parameters):
        """Remembered outages, 0 to 1, [worlds, labs] [model.md 8.6]."""
        return parameters.outage_memory * previous + (1 - parameters.outage_memory) * self.unserved_share


def ration(demand, supply, parameters, market=None):
    """Serve each lab's demand in order of class; who is turned away may reach a rival with room.

    Who asks while the service is down is turned away. What a lab cannot serve beside the training it plans takes compute from training,
    down to the least, and compute for hire, each in proportion to what there is of it: spot compute, which is what owners have idle and
    what labs in distress have beyond serving and the least training, then the outside pool, if what it earns pays for it. Part of the
    rest is taken by rivals in proportion to their room, and what remains is lost [model.md 8.6-8.7, appendix A].
    Consumers need more compute per dollar [model.md 7.7], so all is counted in dollars at full revenue density. The order of labs never
    matters.

    demand: $bn a year, [worlds, labs, classes]; market: a Market, None where money is no limit. Returns a Rationing.
    """
    class_density = densities(parameters)
    need = demand / class_density
    reached = need * supply.up[..., None]
    asked = reached.sum(axis=-1)
    capacity = supply.density * supply.serving(supply.least_training)
    offered = supply.distressed * np.maximum(0, capacity - asked) / supply.density
    wanted = hire_wanted(asked / supply.density, supply, supply.idle + total(offered) + supply.outside)
    spot, outside = hire(wanted, supply.idle + total(offered), supply.outside, market)
    sublet = offered * ratio(total(spot), supply.idle + total(offered))
    hired = supply.density * (spot + outside)
    own = np.minimum(capacity, asked - hired)
    room = np.maximum(0, capacity - own - supply.density * sublet) * supply.up
    kept = in_order(reached, np.where(asked > capacity + hired, capacity + hired, np.inf))
    missed = need - kept
    moving = np.minimum(parameters.spill * total(missed.sum(axis=-1)), total(room))
    moved_share = np.repeat(ratio(moving, total(missed.sum(axis=-1))), len(CLASSES), axis=1)
    guests = ratio(room, total(room))[..., None] * (total(missed) * moved_share[:, None, :])
    working = np.maximum(0, (kept + guests).sum(axis=-1) - hired) / supply.density
    inference = np.minimum(supply.effective * supply.alive, working)
    by_class = (kept + guests) * class_density
    return Rationing(
        served=by_class.sum(axis=-1),
        by_class=by_class,
        demand=demand,
        turned_away=missed * class_density,
        moved_share=moved_share,
        guests=(guests * class_density).sum(axis=-1),
        spot_gw=spot,
        outside_gw=outside,
        offered_gw=offered,
        sublet_gw=sublet,
        inference_gw=inference,
        training_gw=np.maximum(0, supply.effective * supply.alive - inference - sublet),
    )


def hire_wanted(asked, supply, for_hire):
    """Compute that labs want to hire, GWe, [worlds, labs]: of what is short of the plan, the part that does not come from training.

    asked: GWe that customers ask for, [worlds, labs]; for_hire: all there is, GWe, [worlds, 1], for labs by what they are short of
    """
    least = supply.serving(supply.least_training)
    planned = np.minimum(least, supply.serving(supply.planned_training))
    short = supply.alive * np.maximum(0, asked - planned)
    squeezed, hired = least - planned, for_hire * ratio(short, total(short))
    return np.maximum(short * ratio(hired, squeezed + hired), np.maximum(0, short - squeezed))


def in_order(need, limit):
    """Serve classes one after the other up to a limit: need [worlds, labs, classes], limit [worlds, labs]."""
    served = np.empty_like(need)
    for number in range(need.shape[-1]):
        served[..., number] = np.minimum(need[..., number], limit)
        limit = limit - served[..., number]
    return served


def densities(parameters):
    """Dollars a class brings per dollar of full revenue density, [worlds, 1, classes] [model.md 7.7]."""
    density = np.ones((len(parameters.consumer_density), 1, len(CLASSES)))
    density[:, :, CLASSES.index("consumer")] = parameters.consumer_density
    return density


def outside_pool(parameters, quarters):
    """Compute for hire outside the clouds of the model, GWe, [worlds, 1]; quarters since 2023Q1."""
    return np.minimum(parameters.outside_pool * (1 + parameters.outside_growth) ** quarters, parameters.outside_cap)


@dataclass(frozen=True)
class Offers:
    """What customers see when they choose, [worlds, labs]: released capability [OOM], relative price [1], remembered outages [0 to 1],
    and which labs are alive; quality beyond scale [1] by kind of customer (enterprise, consumer), [worlds, kinds, labs]."""

    capability: np.ndarray
    quality: np.ndarray
    price: np.ndarray
    outage: np.ndarray
    alive: np.ndarray


def logit_weights(utility, alive):
    """Weights proportional to choice probabilities, 0 for labs that are gone; labs on the last axis."""
    best = np.where(alive, utility, -np.inf).max(axis=-1, keepdims=True)
    return np.where(alive, np.exp(utility - np.where(np.isfinite(best), best, 0)), 0.0)


def logit_shares(utility, alive):
    """Choice probabilities, closed form [model.md 8.1, 16.17]; labs on the last axis."""
    weights = logit_weights(utility, alive)
    return ratio(weights, weights.sum(axis=-1, keepdims=True))
