"""What owners are paid in place of a tenant that failed: with channel C1 off, so that its default costs them nothing and brings them
nothing [model.md 13.7], or a part of that by who has guaranteed its rent [model.md 13.12].

For compute that stands Economy pays what the dead had promised until the contract ends, less what the owner gets for the same compute
on the spot market and the running costs it saves while it is idle. For compute that was still to come it pays the work that is lost with
it. What the dead had paid in advance stays with the owner and counts first. Compute that hire pays better than the contract did is the
owner's luck: nobody pays anything back.
"""

import numpy as np

from abm.books.register import IDLE
from abm.books.vintages import over_vintages
from abm.clock import QUARTER
from abm.compute.prices import saved_when_idle, saved_when_off


class MadeWhole:
    """Promises of the dead by quarter to come, the present one first.

    rent: $bn a year; gw, gwe: the compute that was promised for, nominal and frontier-equivalent; all [worlds, owners, quarters];
    forfeited: what the dead had paid in advance and did not use, $bn, [worlds, owners]
    """

    def __init__(self, worlds, owners, quarters):
        self.rent, self.gw, self.gwe = (np.zeros((worlds, owners, quarters)) for _ in range(3))
        self.forfeited = np.zeros((worlds, owners))

    def advance(self):
        """One quarter closer."""
        for amounts in (self.rent, self.gw, self.gwe):
            amounts[..., :-1] = amounts[..., 1:].copy()
            amounts[..., -1] = 0

    def promise(self, industry, dead, prepaid, part, quarters):
        """Take over a part of what labs that die now had promised for compute that stands, for so many quarters.

        dead: bool, [worlds, labs]; prepaid: what they had paid in advance, $bn, [worlds, labs, owners]; part: 0 to 1, [worlds, 1 or owners]
        """
        if not part.any():
            return  # nothing to add in any world
        fleet, now, theirs = industry.fleet, industry.now, dead[:, :, None]
        for ahead in range(1, min(self.rent.shape[-1], quarters + 1)):  # this quarter's page is turned before the next one is paid
            at = now + ahead
            promised = fleet.in_force("rent", at, now), fleet.in_force("let", at, now), fleet.in_force_effective(at, now)
            for amounts, given in zip((self.rent, self.gw, self.gwe), promised, strict=True):
                amounts[..., ahead] += np.where(theirs, given, 0).sum(axis=1) * part
        self.forfeited = self.forfeited + prepaid.sum(axis=1) * part

    def pay_for_work(self, industry, part):
        """Pay the work that is lost where this part of the pipeline is cancelled with its tenants. part: [worlds, owners, vintages]"""
        off = not_lost(industry)
        if off.any():
            lost = over_vintages(industry.fleet.wip * part) * (1 - industry.compute.wip_recovery) * off
            self._pay(industry, lost)

    def pay(self, industry, relet):
        """Pay what is promised for this quarter less what the compute brings instead.

        relet: what owners get for all their idle compute, $bn, [worlds, owners]
        """
        self._pay(industry, self.paid_instead(industry, relet / QUARTER) * QUARTER)

    def paid_instead(self, industry, relet):
        """What is paid in place of the dead this quarter, forfeited advances included, $bn a year, [worlds, owners].

        relet: what owners get for all their idle compute, $bn a year, [worlds, owners]
        """
        idle = industry.fleet.effective(industry.now)[:, IDLE]
        earned = relet * np.minimum(1, self.gwe[..., 0] / np.where(idle > 0, idle, np.inf))
        return np.maximum(0, self.lost_earnings(industry) - earned)

    def lost_earnings(self, industry):
        """What is promised for this quarter less the running costs that are saved while compute is idle, $bn a year, [worlds, owners]."""
        fleet, p, on = industry.fleet, industry.compute, ~industry.switched_off
        saved = self.gw[..., 0] * (1 - fleet.hired * on) * np.where(on, saved_when_idle(p), saved_when_off(p))
        return self.rent[..., 0] - saved

    def _pay(self, industry, due):
        """Economy pays what is due. due: $bn, [worlds, owners]"""
        left = self.after_advances(due)
        industry.ledger.pay("recapitalisation", industry.rows["Economy"], industry.rows["clouds"], left[:, None])

    def after_advances(self, due):
        """What forfeited advances do not cover; what they cover is used up. due: $bn, [worlds, owners]"""
        covered = np.minimum(due, self.forfeited)
        self.forfeited = self.forfeited - covered
        return due - covered


def not_lost(industry):
    """Part of a default that costs owners nothing, 0 to 1, [worlds, 1]: what is left of channel C1 when it is turned down."""
    return (1 - industry.contagion.counterparty) * np.ones((industry.worlds, 1))
