"""Going public: a pool that opens late, an offering of new shares, and a lock-in after which holders before it sell on [model.md 11.6].

Off, a lab that may list is listed at once, raises what it needs as before, and nobody ever sells a share.
"""

import numpy as np

from abm.engine.scales import NO_MONEY
from abm.engine.sums import by_column, by_row, ratio_or
from abm.parameters import Group, parameter
from abm.priors import between


class ListingParameters(Group, name="listing"):
    """How a lab goes public [model.md 11.6]."""

    offered = parameter(
        0.0, unit="0/1", low=0, high=1, source="switch", meaning="1: labs list by an offering, and holders before it sell after a lock-in"
    )
    preparation = parameter(
        2.0, unit="quarters", low=0, high=12, meaning="quarters from a lab's being large enough to the first day that it may list",
        source="assumption: half a year from the first confidential filing, accounts and hearings included", prior=between(1, 4),
    )  # fmt: skip
    size = parameter(
        0.04, unit="share", low=0, high=0.5, meaning="new shares that it sells on that day beside what it asks for anyway, share of value",
        source="assumption: press of 2026 names 60 and more at values of 1,000 to 2,000", prior=between(0.02, 0.1),
    )  # fmt: skip
    lock_in = parameter(
        2.0, unit="quarters", low=0, high=12, meaning="quarters after that day in which holders before it sell nothing",
        source="model.md 11.6: two quarters, 180 days by custom", prior=between(1, 4),
    )  # fmt: skip
    sold = parameter(
        0.05, unit="share/quarter", low=0, high=1, meaning="part of their shares that funds want to sell in a quarter from then on",
        source="assumption: a fund lives for ten years and hands back what it holds over some five", prior=between(0.02, 0.15),
    )  # fmt: skip


class Listings:
    """prepared: quarters in which a lab was large enough; since: quarters since it listed, -1 before; both [worlds, labs]."""

    def __init__(self, industry):
        self.prepared = np.zeros_like(industry.labs.cash)
        self.since = np.where(industry.labs.listed > 0, np.inf, -1.0)  # who was public at the opening sells as it likes

    def admit(self, industry, large, ripe):
        """Which labs list now, bool, [worlds, labs]; large: those that may prepare; ripe: those that could list on this day."""
        p, listed = industry.listing_parameters, industry.labs.listed > 0
        self.since = np.where(listed, self.since + 1, -1.0)
        lists = ripe & ~listed & ((p.offered == 0) | (self.prepared >= p.preparation))
        self.prepared = np.where(large, self.prepared + 1, 0)
        self.since = np.where(lists, 0.0, self.since)
        return lists

    def offering(self, industry, value):
        """New shares that a lab sells on its first day, $bn, [worlds, labs]. value: its last mark, $bn"""
        p = industry.listing_parameters
        return np.where((p.offered > 0) & (self.since == 0), p.size * value, 0)


def sell_on(industry, supply, asked, eager, public):
    """Funds sell shares of listed labs to the public, which has so much less for new ones. Returns what each investor pays, $bn.

    The money of the public is offered for old and new shares alike, pro rata, and buys at the last mark as eagerly as in a round.
    supply: $bn, [worlds, investors]; asked: new shares, $bn, [worlds, labs]; eager: [worlds, investors, labs]; public: bool, investors
    """
    p, labs, mine = industry.listing_parameters, industry.rows["labs"], industry.rows["investors"]
    if not (p.offered > 0).any():
        return np.zeros_like(supply)
    free = (p.offered > 0) & (industry.listings.since >= p.lock_in) & (industry.labs.alive > 0)
    value = industry.cap.value(labs)
    held = industry.cap.shares[:, mine, labs] * ~public[..., None]
    wish = p.sold[..., None] * held * (value * free)[:, None]
    wished = by_column(wish)
    wanted = np.zeros_like(wished) + (wished + asked * (industry.labs.listed > 0)).sum(axis=1, keepdims=True)
    offers = (supply * public)[..., None] * np.minimum(1, eager) * ratio_or(wished, wanted, 0, NO_MONEY)[:, None]
    offers = offers * np.minimum(1, ratio_or(wished, by_column(offers), 1, NO_MONEY))[:, None]
    parts = ratio_or(wish, np.broadcast_to(wished[:, None], wish.shape), 0, NO_MONEY)
    industry.cap.trade(mine, labs, offers, parts)
    return by_row(offers)
