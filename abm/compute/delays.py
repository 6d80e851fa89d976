"""Supply has luck: deliveries that slip, and orders beyond those that were announced [model.md 9.12].

A site is late more often than its chips. What is late waits a quarter with its contract, its bills and its loan, and may be late again.
At the opening of a world of public contracts, vendors have sold more than anybody announced: owners who build with their own money
say what they spend in all, not for whom.
"""

import numpy as np
from scipy.special import expit, logit

from abm.books.vintages import over_vintages
from abm.engine.scales import NO_PART
from abm.parameters import Group, parameter
from abm.priors import between


class SupplyParameters(Group, name="supply"):
    """How deliveries slip, and what vendors have sold before the first quarter."""

    late = parameter(
        0.0,
        unit="share",
        low=0,
        high=0.5,
        source="switch, off: no delays beyond the build lag, which is measured from deliveries; announced dates need them",
        meaning="part of a quarter's deliveries that comes a quarter later, in usual luck",
    )
    late_spread = parameter(
        0.8, unit="logit", low=0, high=3, source="assumption", meaning="standard deviation of luck with deliveries", prior=between(0.4, 1.2)
    )
    late_together = parameter(
        0.5,
        unit="share",
        low=0,
        high=1,
        source="assumption: power, memory and packaging are short for all at once",
        meaning="part of the variance of that luck which all owners share",
        prior=between(0.25, 0.75),
    )
    sold_ahead = parameter(
        0.0,
        unit="share",
        low=0,
        high=1,
        source="switch, off: nothing is sold beyond what a world's files say",
        meaning="part of its slots that a vendor has sold at the opening; the part for each quarter further ahead is a higher power of it",
    )


def late_part(industry):
    """Part of what each owner was to deliver this quarter that comes later, [worlds, owners]; none where there are no delays at all."""
    p, owners = industry.supply, len(industry.clouds.names)
    row = industry.luck.firms("delivery", industry.age, owners + 1)
    luck = np.sqrt(p.late_together) * row[:, :1] + np.sqrt(1 - p.late_together) * row[:, 1 : owners + 1]
    usual = np.clip(p.late, NO_PART, 1 - NO_PART)
    return np.where(p.late > 0, expit(logit(usual) + p.late_spread * luck), 0)


def slip(industry):
    """What is late moves one quarter on, with everything that hangs on it, before anything is paid for."""
    late, fleet = late_part(industry), industry.fleet
    if not late.any():
        return
    at, by_cell = fleet.at(industry.now), fleet.cells.owners
    for amounts in (fleet.gw, *fleet.let, *fleet.rent, fleet.prepaid):
        _wait(amounts, at, late[:, by_cell[: amounts.shape[1]]])
    for amounts in (fleet.orphaned, fleet.wip, fleet.unbuilt):
        _wait(amounts, at, late)
    _wait(fleet.chips_due, at, late[..., None])
    _wait(fleet.facility, at, late[:, None])
    fleet.changed()


def _wait(amounts, at, late):
    """Move a part of what a quarter holds to the next one."""
    moved = amounts[..., at] * late
    amounts[..., at] -= moved
    amounts[..., at + 1] += moved


def orders_of_others(industry, announced):
    """Put what vendors have sold beyond what was announced into the pipeline of owners, by their own money.

    announced: chips already ordered, GW, [worlds, vendors, quarters from now on]. As much of it is for outside tenants as of what was
    announced; the rest has no tenant yet, and is for hire. Returns its chips, GW, [worlds, owners, vendors, quarters from now on].
    """
    fleet, lag, at = industry.fleet, industry.compute.build_lag, industry.fleet.at(industry.now)
    more = np.maximum(0, _due(industry, lag) - announced[..., :lag])
    weight = industry.vendor_mix * _own_money(industry)[..., None]
    total = weight.sum(axis=1, keepdims=True)
    chips = np.zeros((*industry.vendor_mix.shape, announced.shape[-1]))
    chips[..., :lag] = (weight / np.where(total > 0, total, 1))[..., None] * more[:, None]
    ahead, gw = slice(at, None), chips.sum(axis=2)
    outside, everything = (over_vintages(part).sum(axis=1) for part in (fleet.gw[:, fleet.outside, ahead], fleet.gw[..., ahead]))
    part = (outside / np.where(everything > 0, everything, 1))[:, None, None]
    fleet.gw[:, fleet.outside, ahead] += gw * part
    fleet.gw[:, fleet.idle, ahead] += gw * (1 - part)
    fleet.look_again()
    fleet.changed()
    return chips


def _own_money(industry):
    """Weight of each owner in what nobody announced, [worlds, owners]: cash flow of its other business; its compute where none has any."""
    earned = np.maximum(0, industry.clouds.other_cash_flow)
    return np.where(earned.sum(axis=1, keepdims=True) > 0, earned, over_vintages(industry.fleet.owned(slice(None))))


def _due(industry, quarters):
    """Chips due by quarter, of which in usual luck as many come as were sold, GW, [worlds, vendors, quarters]."""
    p, opening = industry.supply, industry.opening.columns["vendors"]
    other = np.asarray(opening.get("other_buyers_share", 0.0), dtype=float)
    sold = np.cumprod(np.broadcast_to(p.sold_ahead[..., None], (industry.worlds, 1, quarters)), axis=2)
    comes = sold * (1 - np.broadcast_to(other, industry.orders.slots.shape[1:2]))[None, :, None] * industry.orders.slots[..., :quarters]
    before = np.concatenate([np.zeros_like(comes[..., :1]), comes[..., :-1]], axis=2)
    late = p.late[..., None]
    return np.maximum(0, comes - late * before) / (1 - late)
