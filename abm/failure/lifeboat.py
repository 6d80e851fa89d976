"""Rescue by those exposed: landlords and chip vendors keep a lab alive whose failure would cost them more than the cheque.

A hole that investors and parents leave is filled if those exposed can fill all of it, each within what it would lose spread over the
quarters for which it expects to pay, and within a part of its free cash. They share the hole pro rata to what each would give, and get
equity at the last mark. A part of the hole saves nobody, so nobody pays a part [model.md 11.4].
"""

import numpy as np

from abm.books.register import EXTRA_OUT
from abm.engine.scales import A_DOLLAR, NO_MONEY
from abm.engine.sums import ratio_or
from abm.finance.funding import shortfall
from abm.parameters import Group, parameter
from abm.priors import between

RESCUERS = ("clouds", "vendors")


class LifeboatParameters(Group, name="lifeboat"):
    """When landlords and chip vendors pay a lab's bills rather than lose it [model.md 11.4]."""

    exposed = parameter(
        0.0,
        unit="0/1",
        low=0,
        high=1,
        source="switch",
        meaning="1: landlords and vendors rescue a lab that would cost them more if it failed",
    )
    quarters = parameter(
        4.0,
        unit="quarters",
        low=1,
        high=20,
        source="assumption",
        meaning="time for which a rescuer expects to go on paying: a cheque a quarter is at most its loss over this time",
        prior=between(2, 8),
    )
    cash_part = parameter(
        0.25,
        unit="share",
        low=0,
        high=1,
        source="assumption",
        meaning="part of its cash beyond its own bills that a rescuer pays in a quarter",
        prior=between(0.1, 0.5),
    )


def rescue(industry, owed):
    """Fill the holes that are worth filling to those exposed, before anything is paid; labs and rescuers remember who paid."""
    p, rows, cap = industry.lifeboat, industry.rows, industry.cap
    _forget(industry)
    gap = shortfall(industry, owed)
    short = np.where((industry.labs.alive > 0) & ~industry.losses.labs, gap, 0) * (p.exposed > 0)
    short = np.where(short > A_DOLLAR, short, 0)
    if not short.any():
        return
    offers = {kind: offered(industry, owed, kind, loss, gap) * (short > 0)[:, None] for kind, loss in losses(industry).items()}
    total = sum(offer.sum(axis=1) for offer in offers.values())
    saved = (short > 0) & (total >= short)
    part = np.where(saved, ratio_or(short, total, 0), 0)
    for kind, offer in offers.items():
        paid = offer * part[:, None]
        cap.issue("rescue", rows[kind], rows["labs"], paid)
        getattr(industry, kind).put(rescue_paid=paid.sum(axis=2))
    industry.labs.put(rescued=np.where(saved, short, 0))


def _forget(industry):
    industry.labs.put(rescued=0.0)
    for kind in RESCUERS:
        getattr(industry, kind).put(rescue_paid=0.0)


def losses(industry):
    """What each landlord and vendor would lose if a lab failed now, $bn, {kind: [worlds, rescuers, labs]}.

    A landlord: its stake, and the rents of the coming quarters that a termination claim would cover beyond what the same compute earns on
    the spot market of today, less what the lab has paid in advance; a project company does not save its own lab. A vendor: its stake, and
    the gross margin on chips still to be delivered to the lab's owners for it.
    """
    fleet, rows, vendors = industry.fleet, industry.rows, industry.vendors
    value = industry.cap.value(rows["labs"])[:, None]
    stakes = {kind: industry.cap.shares[:, rows[kind], rows["labs"]] * value for kind in RESCUERS}
    rents = fleet.pairs.table(fleet.rent_to_come_by_pair(industry.now, industry.contagion.termination_quarters))
    relet = np.clip(ratio_or(industry.spot, industry.list_price, 0), 0, 1)[..., None]
    prepaid = fleet.pairs.table(fleet.total("prepaid"))
    landlords = np.where(industry.projects, 0, np.maximum(0, rents * (1 - relet) - prepaid) + np.swapaxes(stakes["clouds"], 1, 2))
    chips = np.matmul(fleet.ordered(industry.now)[:, :EXTRA_OUT], industry.vendor_mix) * industry.compute.chip_cost[..., None]
    margin = vendors.gross_margin[..., None] * np.swapaxes(chips, 1, 2)
    return {"clouds": np.swapaxes(landlords, 1, 2), "vendors": stakes["vendors"] + margin}


def offered(industry, owed, kind, loss, gap):
    """What each rescuer would pay for each lab this quarter, $bn, [worlds, rescuers, labs]. loss: in that shape; gap: [worlds, labs]"""
    p, firms = industry.lifeboat, getattr(industry, kind)
    willing = np.where((gap > A_DOLLAR)[:, None], loss, 0) / p.quarters[..., None]
    total = willing.sum(axis=2)
    able = p.cash_part * np.maximum(0, firms.cash - owed.of(kind))
    if kind == "vendors":
        able = np.where(industry.losses.vendors, 0, able)
    return willing * np.minimum(1, ratio_or(able, total, 1, NO_MONEY))[..., None]
