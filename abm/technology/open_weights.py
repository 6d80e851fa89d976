"""An open-weight model that everybody may use: a cheap offer behind the frontier, served at cost on compute of the clouds.

It is nobody's firm. Customers weigh it against the labs in the same logit (price ratio, capability gap, outages, no appeal of its
own). A model without a price is not free: its users rent idle compute of the clouds and the pool outside at list price, without a lab's
margin, and pay for hosting, integration and trust beside it. Where no compute is free they are turned away like anybody else. The cheaper
it is to use, the more they use [model.md 8.8, 14, 16.17].
"""

from dataclasses import replace

import numpy as np

from abm.clock import QUARTER
from abm.failure.distress import for_hire, sublet_share
from abm.services.serving import Offers, Supply, ratio

_OF_LABS = ("served", "by_class", "demand", "turned_away", "guests", "spot_gw", "outside_gw", "offered_gw", "sublet_gw", "inference_gw",
            "training_gw")  # fmt: skip


class OpenWeights:
    """The offer beside the labs, a last column in what customers choose among; it is there from its shock on.

    offered: bool; gap: behind the frontier, OOM; price_ratio: of its compute over the labs' mean price; service: what else it costs, over
    that price too; outage: remembered, 0 to 1;
    revenue: what its users paid last quarter, $bn a year; all [worlds, 1]
    """

    def __init__(self, worlds, labs):
        self.labs = labs
        self.offered = np.zeros((worlds, 1), dtype=bool)
        self.gap, self.outage, self.price_ratio = np.zeros((worlds, 1)), np.zeros((worlds, 1)), np.ones((worlds, 1))
        self.service, self.revenue = np.zeros((worlds, 1)), np.zeros((worlds, 1))

    @property
    def price(self):
        """What its users pay in all, over the labs' mean price, [worlds, 1]."""
        return self.price_ratio + self.service

    @property
    def part_for_compute(self):
        """Part of it that pays for compute, [worlds, 1]."""
        return self.price_ratio / self.price

    def appear(self, values):
        """The model is published, or a better one takes its place; values of the shock, [worlds, 1] or [1, 1]."""
        now = values["offered"] > 0
        for name in ("gap", "price_ratio", "service"):
            setattr(self, name, np.where(now, values[name], getattr(self, name)))
        self.offered = self.offered | now

    def beside(self, offers, frontier):
        """The offers of labs and this one, an Offers of [worlds, labs + 1]. frontier: released, OOM, [worlds, 1]"""
        without_appeal = np.zeros_like(offers.quality[..., :1])
        return Offers(
            capability=np.concatenate([offers.capability, np.maximum(0, frontier - self.gap)], axis=1),
            quality=np.concatenate([offers.quality, without_appeal], axis=2),
            price=np.concatenate([offers.price, self.price], axis=1),
            outage=np.concatenate([offers.outage, self.outage], axis=1),
            alive=np.concatenate([offers.alive, self.offered], axis=1),
        )

    def supply(self, capacity, cost):
        """What labs can serve with and what open-weight users rent: no compute of their own. cost: list price, [worlds, 1]."""
        none = np.zeros_like(self.gap)
        return Supply(
            density=np.concatenate([capacity.density, cost / self.part_for_compute], axis=1),
            effective=np.concatenate([capacity.effective, none], axis=1),
            alive=np.concatenate([capacity.alive, self.offered], axis=1),
            idle=capacity.idle,
            outside=capacity.outside,
            distressed=np.concatenate([capacity.distressed, none > 0], axis=1),
            planned_training=np.concatenate([capacity.planned_training, none], axis=1),
            least_training=np.concatenate([capacity.least_training, none], axis=1),
            up=np.concatenate([capacity.up, none + 1], axis=1),
        )

    def among_bidders(self, market):
        """The Market of labs and of users, who pay what compute costs wherever it is."""
        return replace(market, earned=np.concatenate([market.earned, market.outside_price], axis=1))

    def remember(self, served, parameters):
        """Outages and revenue of this quarter, from a Rationing of labs and this offer."""
        mine = replace(served, demand=served.demand[:, self.labs :], turned_away=served.turned_away[:, self.labs :])
        self.outage = mine.outage(self.outage, parameters)
        self.revenue = served.served[:, self.labs :]


def published(industry):
    """The offer of an industry, which begins with its first shock: one more for customers to choose, whom nobody uses yet."""
    if industry.open_weights is None:
        industry.open_weights = OpenWeights(industry.worlds, len(industry.labs.names))
        industry.turned_away_share = np.pad(industry.turned_away_share, ((0, 0), (0, 1), (0, 0)))
        if industry.customers is not None:
            industry.customers.one_more_to_choose()
    return industry.open_weights


def of_labs(served, labs):
    """The labs' part of a Rationing of [worlds, labs + 1]."""
    return replace(served, **{name: getattr(served, name)[:, :labs] for name in _OF_LABS})


def pay_for_compute(industry, served):
    """Users of open weights pay the owners of the idle compute they use, labs that sublet, the pool outside and who serves them.

    Posts it and returns what enterprises and consumers pay, $bn a year, [worlds, 2].
    """
    labs, rows = len(industry.labs.names), industry.rows
    paid, consumer = served.served[:, labs:].sum(axis=1), served.by_class[:, labs:, -1].sum(axis=1)
    by_kind = np.stack([paid - consumer, consumer], axis=1)
    spot, outside = (amount[:, labs:].sum(axis=1)[:, None] for amount in (served.spot_gw, served.outside_gw))
    on_spot = by_kind * ratio(spot, spot + outside) * industry.open_weights.part_for_compute
    elsewhere = by_kind - on_spot
    industry.ledger.pay("budget", rows["Economy"], rows["customers"], by_kind[:, None] * QUARTER)
    for kind, share in (("clouds", idle_share(industry)), ("labs", sublet_share(industry))):
        industry.ledger.pay("open_weights", rows["customers"], rows[kind], on_spot[..., None] * share[:, None] * QUARTER)
    industry.ledger.pay("open_weights", rows["customers"], rows["Economy"], elsewhere[..., None] * QUARTER)
    return by_kind


def idle_share(industry):
    """Each owner's share of the compute that is for hire on the spot market, [worlds, owners]."""
    return for_hire(industry) / np.where(industry.idle_gw > 0, industry.idle_gw, 1)
