"""Sale of a failed lab: its model, its customers and a part of its compute go to the highest bidder among the labs that live.

A lab that nobody saves is for sale before its bills are settled, so that the price goes to those it owes money, by their ranks. A buyer
takes over running contracts as far as a part of what the bought revenue leaves after wages pays for their rent, and bids so many years
of what is then left, within a part of its free cash and of its parent's. It turns the rest of the contracts down: that compute becomes
idle, and sites to come lose their tenant, as in any failure [model.md 13.11].
"""

from typing import NamedTuple

import numpy as np

from abm.engine.scales import A_DOLLAR
from abm.engine.sums import ratio_or
from abm.finance.funding import shortfall
from abm.parameters import Group, parameter
from abm.priors import between

NOBODY = -1
USES = ("training_gw", "inference_gw", "sublet_gw")  # of the compute of labs


class SaleParameters(Group, name="sale"):
    """What other labs pay for a lab that fails, and what they take over [model.md 13.11]."""

    open = parameter(
        0.0, unit="0/1", low=0, high=1, source="switch", meaning="1: a lab that fails is sold to the highest bidder among the others"
    )
    years = parameter(
        2.0, unit="years", low=0, high=20, source="assumption: firms in distress are sold for a fraction of the usual multiple of earnings",
        meaning="years of what it expects to earn from a failed lab's business that a buyer bids", prior=between(1, 4)
    )  # fmt: skip
    cash_part = parameter(
        0.25, unit="share", low=0, high=1, source="assumption",
        meaning="part of its own and its parent's cash beyond bills that a buyer bids at most", prior=between(0.1, 0.5)
    )  # fmt: skip
    rent_part = parameter(
        0.5, unit="share", low=0, high=1, source="assumption",
        meaning="part of what bought revenue leaves after wages for which a buyer takes over contracts of compute", prior=between(0.3, 0.8)
    )  # fmt: skip
    lost = parameter(
        0.5, unit="share", low=0, high=1, source="assumption",
        meaning="what customers give up when their lab is sold, as a part of what they give up when it fails", prior=between(0.2, 0.8)
    )  # fmt: skip


class Sale(NamedTuple):
    """Who buys which lab. buyer: row of the buyer, -1 for none, int; contracts: part of its running contracts that it takes over,
    revenue: what customers go on paying, $bn a year; all [worlds, labs sold]"""

    buyer: np.ndarray
    contracts: np.ndarray
    revenue: np.ndarray

    @property
    def sold(self):
        """Labs that are sold this quarter, bool, [worlds, labs]."""
        return self.buyer != NOBODY


def sell(industry, owed):
    """Labs that cannot pay, or that are lost, are auctioned; who wins pays at once. Returns a Sale, or None where nobody is sold."""
    industry.labs.put(bought=0.0)
    alive = industry.labs.alive > 0
    fails = alive & ((shortfall(industry, owed) > A_DOLLAR) | industry.losses.labs) & (industry.sale.open > 0)
    if not fails.any():
        return None
    customers_stay = 1 - industry.sale.lost * given_up(industry)
    revenue = np.where(fails, industry.labs.revenue * customers_stay, 0)
    offers, contracts = bids(industry, owed, revenue, alive & ~fails)
    best = offers.argmax(axis=1)
    price = np.take_along_axis(offers, best[:, None], axis=1)[:, 0]
    sold = price > A_DOLLAR
    if not sold.any():
        return None
    pay(industry, owed, (np.arange(offers.shape[1])[:, None] == best[:, None]) * np.where(sold, price, 0)[:, None])
    chosen = np.take_along_axis(contracts, best[:, None], axis=1)[:, 0]
    return Sale(np.where(sold, best, NOBODY), np.where(sold, chosen, 0), np.where(sold, revenue, 0))


def given_up(industry):
    """Part of a failed lab's business that customers give up for good, 0 to 1, [worlds, 1]; nothing with channel C6 off."""
    return industry.buyers.lost_with_lab * (industry.contagion.customers > 0)


def bids(industry, owed, revenue, able):
    """What each lab bids for each that is for sale, $bn, and the part of its running contracts that it would take over, 0 to 1.

    revenue: what is for sale, $bn a year, [worlds, labs sold]; able: who may buy, bool, [worlds, labs]. Both are [worlds, buyers, sold].
    """
    p, now = industry.sale, industry.now
    left = industry.labs.margin_after_opex(0)[..., None] * revenue[:, None]
    rent = industry.fleet.in_force("rent", now + 1, now).sum(axis=2)[:, None]
    contracts = np.minimum(1, ratio_or(p.rent_part[..., None] * left, rent, 1))
    worth = p.years[..., None] * np.maximum(0, left - contracts * rent) * (able[..., None] & (revenue > 0)[:, None])
    own, parents = free_cash(industry, owed)
    return worth * np.minimum(1, ratio_or(p.cash_part * (own + parents), worth.sum(axis=2), 1))[..., None], contracts


def free_cash(industry, owed):
    """Cash beyond this quarter's bills, of labs and of the owners of compute they belong to, $bn, both [worlds, labs]."""
    labs, clouds = industry.labs, industry.clouds
    parents = np.maximum(0, clouds.cash - owed.of("clouds"))
    held = labs.parent_row[..., None] == np.arange(len(clouds.names))
    return np.maximum(0, labs.cash - owed.of("labs")), (held * parents[:, None]).sum(axis=2)


def pay(industry, owed, price):
    """Buyers pay; what a lab would spend beyond its part of its own cash its parent puts in. price: $bn, [worlds, buyers, sold]"""
    labs, rows = industry.labs, industry.rows
    own, _ = free_cash(industry, owed)
    put_in = np.maximum(0, price.sum(axis=2) - industry.sale.cash_part * own)
    held = labs.parent_row[:, None, :] == np.arange(len(industry.clouds.names))[:, None]
    industry.cap.issue("lab_equity", rows["clouds"], rows["labs"], held * put_in[:, None])
    industry.ledger.pay("sale", rows["labs"], rows["labs"], price)


def hand_over(industry, sale):
    """Customers, model and contracts change hands. Labs remember what they bought, so that nobody takes it for growth of their own."""
    labs, sold = industry.labs, sale.sold
    theirs = np.arange(sold.shape[1])[:, None] == sale.buyer[:, None]  # [worlds, buyers, sold]
    if industry.customers is not None:
        lost = industry.sale.lost * given_up(industry)
        industry.spend_lost = industry.spend_lost + industry.customers.change_hands(sale.buyer, lost)
    industry.fleet.hand_over(sale.buyer, sale.contracts, industry.now)
    compute = {name: (theirs * (sale.contracts * getattr(labs, name))[:, None]).sum(axis=2) for name in USES}
    best = {name: np.where(theirs, getattr(labs, name)[:, None], 0).max(axis=2) for name in ("capability", "released")}
    labs.put(
        bought=(theirs * sale.revenue[:, None]).sum(axis=2) - sale.revenue,
        **{name: getattr(labs, name) + more for name, more in compute.items()},
        **{name: np.maximum(getattr(labs, name), bought) for name, bought in best.items()},
    )
    industry.research = np.maximum(industry.research, np.where(theirs, industry.research[:, None], 0).max(axis=2))
