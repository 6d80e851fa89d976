"""What is left of the order book of a chip vendor that is lost: slots lapse until a successor delivers [model.md 9.10, 14].

Who waited for its chips takes those of other vendors as far as these have free slots in the quarter of delivery. The rest of the
block, its site, its contracts and its loans, waits until the successor has worked off what was ordered before: it starts where the lost
vendor stopped, so that book and slots move on by the quarters that nobody delivers. A quarter in part moves that part.
"""

import numpy as np

from abm.books.vintages import over_vintages


def lapse(industry, vendor, lost):
    """The vendor in this row is lost in these worlds. lost: bool, [worlds]"""
    fleet, orders, now, losses = industry.fleet, industry.orders, industry.now, industry.losses
    wait = np.where(lost, industry.takeover.vendor[:, 0], 0.0)
    losses.vendors_reopen[:, vendor] = np.where(lost, now + wait, losses.vendors_reopen[:, vendor])
    moves = quarters_moved(wait)
    at = fleet.at(now)
    found = _elsewhere(industry, vendor, lost, at)
    chips = fleet.chips_due[..., at:]
    total = chips.sum(axis=2)
    part = np.where(lost[:, None, None], chips[:, :, vendor] / np.where(total > 0, total, 1), 0)
    for amounts in (fleet.gw, *fleet.let, *fleet.rent, fleet.prepaid):
        owners = fleet.cells.owners[: amounts.shape[1]]
        move_on(amounts[..., at:], part[:, owners], moves)
    for amounts in (fleet.wip, fleet.unbuilt, fleet.orphaned):
        move_on(amounts[..., at:], part, moves)
    move_on(fleet.facility[..., at:], part[:, None], moves)
    move_on(fleet.chips_due[:, :, vendor, at:], np.where(lost[:, None, None], 1.0, 0.0), moves)
    kept = np.ones(orders.booked[:, vendor].shape)
    kept[:, : found.shape[1]] -= found
    orders.booked[:, vendor] *= np.where(lost[:, None], kept, 1)
    for amounts in (orders.booked, orders.slots):
        move_on(amounts[:, vendor], np.where(lost[:, None], 1.0, 0.0), moves)
    orders.slots = np.maximum(orders.slots, orders.booked)
    fleet.look_again()
    fleet.changed()


def _elsewhere(industry, vendor, lost, at):
    """Chips of other vendors for what the lost one was to deliver; the part found by quarter from now on, 0 to 1, [worlds, quarters]."""
    fleet, orders, cost = industry.fleet, industry.orders, industry.compute.chip_cost
    span = min(orders.booked.shape[-1], fleet.chips_due.shape[-1] - at)
    ahead = slice(at, at + span)
    lapsed = np.where(lost[:, None, None], fleet.chips_due[:, :, vendor, ahead], 0)
    wanted = lapsed.sum(axis=1) / cost
    free = np.maximum(0, orders.slots - orders.booked)[..., :span]
    selling = (industry.losses.vendors_open(industry.now) >= 1)[..., None]
    free = np.where(selling, free, 0)
    offered = free.sum(axis=1)
    found = np.where(wanted > 0, np.minimum(1, offered / np.where(wanted > 0, wanted, 1)), 0)
    split = free / np.where(offered > 0, offered, 1)[:, None]
    orders.booked[..., :span] += split * (found * wanted)[:, None]
    fleet.chips_due[..., ahead] += split[:, None] * (lapsed * found[:, None])[:, :, None]
    fleet.chips_due[:, :, vendor, ahead] -= lapsed * found[:, None]
    return found


def quarters_moved(wait):
    """[(quarters, part of what moves by them, [worlds])] for a wait in quarters, [worlds]: between two whole numbers in proportion."""
    whole = np.floor(wait)
    over = wait - whole
    return [(k, np.where(whole == k, 1 - over, np.where(whole + 1 == k, over, 0))) for k in range(int(whole.max(initial=0)) + 2)]


def move_on(amounts, part, moves):
    """Part of these amounts comes later, in place: [worlds, ..., quarters]; what would leave the axis stays in its last quarter.

    part: 0 to 1, what broadcasts to the amounts; moves: of `quarters_moved`
    """
    moving = amounts * part
    amounts *= 1 - part
    last = amounts.shape[-1]
    for quarters, weight in moves:
        if not weight.any():
            continue
        theirs = moving * weight.reshape(-1, *[1] * (amounts.ndim - 1))
        k = min(quarters, last)
        amounts[..., k:] += theirs[..., : last - k]
        amounts[..., -1] += over_vintages(theirs[..., last - k :]) if k else 0


def buy_elsewhere(industry):
    """Owners order from vendors that sell: the usual ones that are left by their usual weight, else all others by their slots."""
    losses = industry.losses
    if not losses.vendors.any():
        return
    industry.orders.frozen = losses.vendors_open(industry.now) < 1
    selling = losses.vendors_open(industry.now)[:, None]
    left = losses.usual_vendors * selling
    ahead = industry.orders.slots[..., industry.compute.build_lag][:, None] * selling
    has_any = losses.usual_vendors.sum(axis=2, keepdims=True) > 0
    mix = np.where(left.sum(axis=2, keepdims=True) > 0, left, ahead * has_any)
    total = mix.sum(axis=2, keepdims=True)
    shut = (selling < 1).any(axis=2, keepdims=True)
    industry.vendor_mix = np.where(shut, mix / np.where(total > 0, total, 1), losses.usual_vendors)
