"""A lender that is lost lends no more: its notes are not renewed, its loans are called, its promises lapse.

Others lend what falls due to it where they find the owner good and have the means; in new business they take its place little by
little. What nobody takes over the owners of compute must pay from their cash [model.md 14, 28].
"""

import numpy as np

from abm.compute.deliveries import take_up
from abm.engine.sums import ratio_or
from abm.finance.credit import market_window
from abm.finance.lending import lend

FOR_GOOD = 1000.0  # quarters without credit: longer than any run


def start(industry, lost):
    """These lenders stop lending and call their loans. lost: bool, [worlds, lenders]

    What they had promised for compute to come others promise by the place they will have taken when it is delivered.
    """
    fleet, lenders, time = industry.fleet, industry.lenders, industry.takeover.loans
    lenders.put(banned=np.where(lost, FOR_GOOD, lenders.banned), other_capital=np.where(lost, 0, lenders.other_capital))
    called = np.maximum(fleet.principal, fleet.loan / time[..., None, None])
    fleet.principal[...] = np.where(lost[..., None, None], called, fleet.principal)
    promised = np.where(lost[..., None, None], fleet.facility, 0)
    ahead = np.maximum(0, np.arange(promised.shape[-1]) + fleet.first - industry.now)
    place = np.minimum(1, ahead / time)[:, None, None]
    again = (mix_of_the_others(industry) * willing(industry))[..., None] * place * promised.sum(axis=1)[:, None]
    fleet.facility[...] = fleet.facility - promised + again
    fleet.look_again()
    fleet.changed_loans()


def mix_of_the_others(industry):
    """Shares of the lenders that are left in an owner's new loans, [worlds, lenders, owners]; where none is left, all by their books."""
    lost, usual = industry.losses.lenders[..., None], industry.losses.usual_lenders
    left = np.where(lost, 0, usual)
    books = np.where(lost, 0, industry.fleet.loans().sum(axis=2)[..., None]) * (usual.sum(axis=1, keepdims=True) > 0)
    mix = np.where(left.sum(axis=1, keepdims=True) > 0, left, books)
    return ratio_or(mix, mix.sum(axis=1, keepdims=True), 0)


def borrow_elsewhere(industry):
    """In new lending others take a lost lender's place, all of it once its loans are called; until then nobody fills the rest."""
    losses = industry.losses
    if not losses.lenders.any():
        return
    place = np.clip((industry.now - losses.lenders_since) / industry.takeover.loans, 0, 1)
    kept = losses.usual_lenders * np.where(losses.lenders, 1 - place, 1)[..., None]
    freed = (losses.usual_lenders - kept).sum(axis=1, keepdims=True)
    others = mix_of_the_others(industry)
    filled = kept + freed * others
    alone = others.sum(axis=1, keepdims=True) <= 0
    hit = losses.lenders.any(axis=1)[:, None, None]
    industry.lender_mix = np.where(hit & ~alone, filled, losses.usual_lenders)


def willing(industry):
    """Part of a lost lender's loans that each of the others finds good enough to take over, 0 to 1, [worlds, lenders, owners]."""
    lenders = industry.lenders
    good = lenders.refinanced(industry.terms.cover, industry.lending) * (lenders.banned <= 0)[..., None]
    in_market = np.where((lenders.notes > 0)[..., None], market_window(industry)[..., None], 1)
    return good * in_market * (industry.clouds.breach < industry.compute.covenant)[:, None]


def take_over(industry):
    """Others lend what falls due this quarter to lenders that are lost, as far as they find it good and have the means."""
    lost = industry.losses.lenders
    if not lost.any():
        return
    fleet = industry.fleet
    due = np.where(lost[..., None], fleet.principal_due(), 0).sum(axis=1)
    offered = mix_of_the_others(industry) * willing(industry) * due[:, None]
    lent = -industry.ledger.flows["loan"][:, industry.rows["lenders"]]
    left = np.maximum(0, industry.credit_limits() - lent)
    total = offered.sum(axis=2)
    loans = offered * ratio_or(np.minimum(left, total), total, 0)[..., None]
    if not loans.any():
        return
    lend(industry, loans, "taken_over")
    secured = np.where(lost[..., None], fleet.amortisation(), 0).sum(axis=1)
    by_vintage = np.where(lost[:, :, None, None], fleet.due_by_vintage(), 0).sum(axis=1)
    where = ratio_or(by_vintage, secured[..., None], 0)
    where[..., -1] += secured <= 0  # of notes only: as of the present
    take_up(industry, loans[..., None] * where[:, None], fleet.used("loan"))
    fleet.changed_loans()
