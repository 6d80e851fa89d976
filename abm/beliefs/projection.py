"""What signed contracts cost in the quarters ahead, beside what the neutral cone says will be earned [model.md 15.2, 15.8, 15.9].

Nothing is raised, signed or cancelled in a projection: it shows where the present promises lead.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from abm.beliefs.cone import Cone, believed_spread
from abm.beliefs.planners import believed
from abm.clock import QUARTER

NEVER = 99.0  # shown where something does not happen within the projection, and where a ratio has no bound
LOW, MIDDLE = 0.1, 0.5


class Projection(NamedTuple):
    """Quarters ahead, one per place of the last axis, [worlds, labs, quarters].

    required: revenue that would pay rents and fixed opex, $bn a year; low, middle: P10 and P50 of revenue, $bn a year;
    due: rents beyond what is prepaid, and fixed opex, $bn a quarter; margin: of revenue after opex, [worlds, labs]
    """

    required: np.ndarray
    low: np.ndarray
    middle: np.ndarray
    due: np.ndarray
    margin: np.ndarray


def neutral_cone(industry, quarters):
    """Every lab's revenue so many quarters ahead by one neutral rule, so that labs compare: a Cone, [worlds, labs]."""
    labs = industry.labs
    base = labs.forecast_base(industry.plans.demand_floor)
    weight = np.broadcast_to(industry.funds.market_extrapolation, base.shape)
    return believed(industry, base, weight, quarters * QUARTER)


def project(industry, quarters):
    """The Projection of the next so many quarters under the contracts of today."""
    labs, alive = industry.labs, industry.labs.alive[..., None]
    rents, prepaid_used = rents_ahead(industry, quarters)
    margin = labs.margin_after_opex(0)
    fixed = industry.fixed_opex()[..., None] * alive
    views = [neutral_cone(industry, ahead) for ahead in range(1, quarters + 1)]
    view = _side_by_side(views)
    low, middle = (revenue * alive for revenue in view.quantiles(LOW, MIDDLE))
    required = (rents + fixed / QUARTER) / margin[..., None]
    return Projection(required, low, middle, rents * QUARTER - prepaid_used + fixed, margin)


def _side_by_side(cones):
    """Cones of one shape as one Cone with one more axis, the last: asking it once is faster than asking each."""
    shape = cones[0].base.shape
    return Cone(**{name: np.stack([np.broadcast_to(getattr(each, name), shape) for each in cones], axis=-1) for name in vars(cones[0])})


def rents_ahead(industry, quarters):
    """Rents by quarter ahead, $bn a year, and the part of them that was prepaid, $bn a quarter, [worlds, labs, quarters] each.

    From delivery on the rent of a block is taken from what was prepaid for it until nothing is left, as in
    `operations.consume_prepayments`.
    """
    fleet, now = industry.fleet, industry.now
    due = np.stack([fleet.rent_due(now + ahead).sum(axis=2) for ahead in range(1, quarters + 1)], axis=-1)
    there = fleet.used("prepaid")
    blocks = np.nonzero(fleet.prepaid[..., there])
    delivery = fleet.first + there.start + blocks[-1]
    rents = [(rent[..., there][blocks] * QUARTER, delivery + term) for rent, term in zip(fleet.rent, fleet.terms, strict=True)]
    left, used = fleet.prepaid[..., there][blocks], np.zeros_like(due)
    for ahead in range(quarters):
        quarter = now + 1 + ahead
        rent = sum(rent * (quarter < end) for rent, end in rents) * (delivery <= quarter)
        paid = np.minimum(left, rent)
        left = left - paid
        np.add.at(used[..., ahead], (blocks[0], fleet.pairs.rows[blocks[1]]), paid)
    return due, used


def first_quarter(happens):
    """Quarters until something first happens, NEVER if it does not: 1 if in the next one. happens: bool, [..., quarters]."""
    return np.where(happens.any(axis=-1), happens.argmax(axis=-1) + 1.0, NEVER)


def in_years(quarters):
    """Quarters ahead as years ahead; NEVER stays."""
    return np.where(quarters < NEVER, quarters * QUARTER, NEVER)


def over_extension(required, revenue):
    """Years until what is required first exceeds revenue. $bn a year, [..., quarters]; NEVER if not within them [model.md 15.2]."""
    return in_years(first_quarter(required > revenue))


def break_even(required, revenue):
    """Years until revenue first pays for what is required. $bn a year, [..., quarters]; NEVER if not within them [model.md 15.9]."""
    return in_years(first_quarter((revenue >= required) & (required > 0)))


def cash_out(cash, receipts, due):
    """Quarters until cash is gone without new money, NEVER if it lasts [model.md 15.9].

    cash: $bn, [worlds, labs]; receipts, due: $bn a quarter, [worlds, labs, quarters]
    """
    return first_quarter(cash[..., None] + np.cumsum(receipts - due, axis=-1) < 0)


def critical_width(lead, years, survival):
    """Widest cone that a lab survives with this probability, 1/sqrt(year), 0 to NEVER [model.md 15.8].

    lead: ln of median revenue after opex over what cash leaves to be paid; years: to the date when it is due. At a survival of one half
    the median decides, whatever the width
    """
    deviations = ndtri(survival) * np.sqrt(years)
    certain = np.where(lead > 0, NEVER, 0)
    return np.where(deviations > 0, np.clip(lead / np.where(deviations > 0, deviations, 1), 0, NEVER), certain)


def look_ahead(industry):
    """The indicators that look ahead, {name: [worlds, n]}."""
    labs, seen = industry.labs, project(industry, industry.indicator_parameters.look_ahead)
    all_required, all_middle = seen.required.sum(axis=1, keepdims=True), seen.middle.sum(axis=1, keepdims=True)
    receipts = seen.margin[..., None] * QUARTER
    found = {
        "over_extension_ahead": over_extension(all_required, all_middle),
        "lab_over_extension_ahead": over_extension(seen.required, seen.middle),
        "break_even_ahead": break_even(all_required, all_middle),
        "cash_out_p10": cash_out(labs.cash, receipts * seen.low, seen.due),
        "cash_out_p50": cash_out(labs.cash, receipts * seen.middle, seen.due),
    }
    return found


def critical_widths(industry, safety_distance):
    """Critical width of every lab from its safety distance at the planning horizon, [worlds, labs].

    safety_distance: how far the median lies above what is owed, in spreads of the believed cone
    """
    years = (industry.compute.build_lag + 2) * QUARTER
    lead = safety_distance * believed_spread(years, industry.cone, industry.errors_seen.spread)
    return np.where(safety_distance < NEVER, critical_width(lead, years, industry.indicator_parameters.survival), NEVER)
