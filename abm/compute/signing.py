"""Signing: slots are shared, contracts enter the register, equity and down-payments are paid (end of phase 11) [model.md 12.5]."""

import numpy as np

from abm.books.obligations import equity_needed
from abm.books.register import EXTRA_OUT, EXTRA_TENANTS
from abm.compute.boards import spend
from abm.finance.capital import call_equity
from abm.finance.lending import building_cost


def sign(industry, view, pairs, prepayment, equity):
    """Slots are shared, contracts enter the register, equity and down-payments are paid [model.md 12.5, postings 3 to 5].

    Returns the chips that were asked for, delivered or not, GW, [worlds, vendors].
    """
    rows, mix = industry.rows, industry.vendor_mix
    speculative = industry.clouds.speculative_share * pairs.sum(axis=1) + view.defence
    own = np.stack([speculative, np.broadcast_to(view.renewed, speculative.shape)], axis=1)
    everything = np.concatenate([pairs, own], axis=1)
    favour = 1 + equity.sum(axis=1) / np.where(prepayment > 0, prepayment, np.inf)
    favour = np.concatenate([favour, np.ones((len(favour), EXTRA_TENANTS))], axis=1)
    filled = industry.orders.share(everything, mix, favour, industry.compute.build_lag)
    by_order = everything[..., None] * np.matmul(mix[:, None], filled)
    chips = mix[..., None] * np.matmul(np.swapaxes(everything, 1, 2)[:, None], np.swapaxes(filled, 1, 2)).swapaxes(1, 2)
    built = by_order.sum(axis=3)
    industry.unbuilt.refuse(pairs - built[:, :EXTRA_OUT], view.pair_rent)
    signed, asked = built[:, :EXTRA_OUT].sum(axis=2), pairs.sum(axis=2)
    part = signed / np.where(asked > 0, asked, 1)
    prepayment, equity = prepayment * part, equity * part[:, None]
    need, from_cash = equity_needed(industry, built.sum(axis=1))
    spend(industry, need)
    call_equity(industry, need - from_cash)
    rents = built[:, :EXTRA_OUT] * view.pair_rent
    in_advance = prepaid_years(rents, prepayment)
    register(industry, view, by_order, chips, in_advance)
    funders = "investors" if industry.plans.down_payment == "outside_equity" else "vendors"
    industry.cap.issue("vendor_equity", rows[funders], rows["labs"], equity)
    industry.ledger.pay("prepayment", rows["labs"], rows["clouds"], np.maximum(0, rents * in_advance[..., None]))
    industry.labs.put(ordered_gw=signed + industry.sites_taken.sum(axis=2))
    industry.signed_equity = equity.sum(axis=1)
    return np.matmul(everything, mix).sum(axis=1)


def register(industry, view, by_order, chips, in_advance):
    """Enter what was signed into the fleet's pipeline.

    by_order: GW, [worlds, tenant rows, clouds, quarters]; chips: GW, [worlds, clouds, vendors, quarters]; in_advance: years of its rent
    that each lab has prepaid, [worlds, labs]
    """
    fleet, first = industry.fleet, industry.fleet.at(industry.now + industry.compute.build_lag)
    cells = slice(first, first + by_order.shape[-1])
    site = fleet.site_cost[..., None]
    signed = by_order[:, :EXTRA_OUT].any(axis=(0, 3))
    new = (signed & ~fleet.pairs.pairs).any(axis=1, keepdims=True)  # labs that deal with an owner for the first time, in some world
    fleet.make_room(signed | new & (industry.weights > 0).any(axis=0))
    by_cell = fleet.cells.of(by_order)
    by_pair = by_cell[:, : fleet.pairs.count]
    rent = by_pair * fleet.pairs.of(view.pair_rent)[..., None]
    fleet.gw[..., cells] += by_cell
    fleet.let[0][..., cells] += by_pair
    fleet.rent[0][..., cells] += rent
    fleet.prepaid[..., cells] += rent * in_advance[:, fleet.pairs.rows, None]
    fleet.unbuilt[..., cells] += site * by_order.sum(axis=1)
    fleet.chips_due[..., cells] += industry.compute.chip_cost[..., None, None] * chips
    promised = industry.lender_mix * industry.terms.value * building_cost(industry)[:, None]  # loan for a GW
    fleet.facility[..., cells] += promised[..., None] * by_order.sum(axis=1)[:, None]
    fleet.changed(industry.now + industry.compute.build_lag)


def prepaid_years(rents, prepayment):
    """Each lab's down-payment in years of the rent it signed, [worlds, labs]: it is spread pro rata to rent.

    rents: $bn a year, [worlds, labs, clouds]; prepayment: $bn, [worlds, labs]
    """
    total = rents.sum(axis=2)
    return prepayment / np.where(total > 0, total, 1)
