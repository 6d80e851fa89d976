"""Policy switches on how much of one book may hang on one name: an owner's rents on a lab, a lender's loans on an owner or on a lab.

Each caps new business when it is signed, against the book as it would be with all that is asked for now; nothing that stands is
called back. Lenders' parts in an owner's loans are fixed, so the strictest of them decides. A limit of 1 is off [model.md 14].
"""

import numpy as np

from abm.finance.lending import building_cost, loan_over_cost


def within_limits(industry, view, pairs, anyway):
    """What may be signed: GW by lab and owner, [worlds, labs, clouds], and what owners build for no lab, [worlds, clouds]."""
    pairs = np.minimum(pairs, tenants_room(industry, view, pairs))
    part = borrowers_part(industry, to_build(industry, pairs, anyway))
    pairs = pairs * part[:, None]
    return pairs * look_through_part(industry, view, pairs), anyway * part


def to_build(industry, pairs, anyway):
    """All that owners build if so much is signed, GW, [worlds, clouds]: for labs, on speculation beside that, and anyway."""
    return pairs.sum(axis=1) * (1 + industry.clouds.speculative_share) + anyway


def tenants_room(industry, view, pairs):
    """GW by lab and cloud that keep one lab's share of the cloud's contracted rent within the policy limit."""
    limit = industry.compute.concentration_limit[..., None]
    total = (view.committed_rent + pairs * view.pair_rent).sum(axis=1, keepdims=True) + industry.clouds.outside_rent[:, None]
    room = np.maximum(0, limit * total - view.committed_rent) / view.pair_rent
    return np.where(limit < 1, room, pairs)


def borrowers_part(industry, gw):
    """Part of an owner's new compute that lenders' limits on one borrower leave, 0 to 1, [worlds, clouds]. gw: [worlds, clouds]"""
    limit = industry.lending.borrower_limit[..., None]
    if (limit >= 1).all():
        return np.ones_like(gw)
    held, new = book_of_loans(industry), new_loans(industry, gw)
    total = (held + new).sum(axis=2, keepdims=True)
    part = np.where(lends(industry) & (limit < 1), part_within(limit * total - held, new), 1)
    return part.min(axis=1, initial=1)


def look_through_part(industry, view, pairs):
    """Part of a lab's new compute at an owner that lenders' limits on one lab leave, 0 to 1, [worlds, labs, clouds].

    A loan hangs on the labs that rent what it pays for, in proportion to their part of the owner's contracted rent.
    """
    limit = industry.lending.tenant_limit[..., None]
    if (limit >= 1).all():
        return np.ones_like(pairs)
    rent = view.committed_rent.sum(axis=1) + industry.clouds.outside_rent
    let = view.committed_rent / np.where(rent > 0, rent, 1)[:, None]
    held, new = book_of_loans(industry), new_loans(industry, pairs.sum(axis=1))
    price = loan_over_cost(industry) * building_cost(industry)
    by_lab = np.matmul(industry.lender_mix, np.swapaxes(pairs * price[:, None], 1, 2))  # new loans, [worlds, lenders, labs]
    room = limit * (held + new).sum(axis=2, keepdims=True) - np.matmul(held, np.swapaxes(let, 1, 2))
    part = part_within(room, by_lab)[..., None]
    bound = lends(industry)[:, :, None] & (limit[..., None] < 1)
    return np.where(bound, part, 1).min(axis=1, initial=1)


def part_within(room, new):
    """Part of what is asked for that there is room for, 0 to 1; all where nothing is asked for."""
    return np.where(new > 0, np.clip(room / np.where(new > 0, new, 1), 0, 1), 1)


def lends(industry):
    """Whether a lender takes part in new loans to an owner, bool, [worlds, lenders, clouds]."""
    return (industry.lender_mix > 0) & (loan_over_cost(industry) > 0)[:, None]


def book_of_loans(industry):
    """Loans outstanding and those that the pipeline will draw, $bn, [worlds, lenders, clouds]."""
    return industry.fleet.loans() + industry.fleet.draws(industry.now + 1, industry.now + industry.fleet.reach + 1)


def new_loans(industry, gw):
    """Loans that compute will draw at delivery, $bn, [worlds, lenders, clouds]. gw: [worlds, clouds]"""
    return industry.lender_mix * industry.terms.value * (building_cost(industry) * gw)[:, None]
