"""What labs owe: notes by tranche, creditor and quarter of maturity, and the rate on each.

A tranche has creditors of one kind and one rank. Coupons are paid each quarter and the principal on one day. A convertible is paid
in shares on that day, so it asks a lab for no cash but its coupon.
"""

from typing import NamedTuple

import numpy as np

from abm.books.loans import mean_rate
from abm.books.notes import Notes
from abm.books.ranks import CONVERTIBLE, SECURED, UNSECURED
from abm.clock import QUARTER

_AHEAD = 48  # quarters of maturities kept apart
INTEREST, PRINCIPAL = "lab_interest", "lab_principal"


class Tranche(NamedTuple):
    """A kind of debt of labs: its name, the kind of firm that holds it, and its rank in a clearing."""

    name: str
    creditors: str
    rank: int

    def claim(self, flow):
        """Name of a claim of this tranche in a quarter's dues; it is posted under the flow."""
        return f"{flow}:{self.name}"


LOANS_SECURED = Tranche("secured", "lenders", SECURED)
LOANS_UNSECURED = Tranche("unsecured", "lenders", UNSECURED)
VENDOR_LOANS = Tranche("vendor", "vendors", UNSECURED)
CONVERTIBLES = Tranche("convertible", "investors", CONVERTIBLE)
TRANCHES = (LOANS_SECURED, LOANS_UNSECURED, VENDOR_LOANS, CONVERTIBLES)
CREDITORS = tuple(dict.fromkeys(each.creditors for each in TRANCHES))
TRANCHE_OF = {each.claim(PRINCIPAL): each for each in TRANCHES}


def flow_of(claim):
    """The flow under which a claim is posted."""
    return claim.partition(":")[0]


class LabDebts:
    """Notes and rates of every tranche.

    notes: {tranche: Notes of [worlds, creditors, labs]}; rates: {tranche: per year, [worlds, creditors, labs]};
    ever: whether anybody has lent anything so far in any world
    """

    def __init__(self, worlds, labs, creditors):
        """creditors: {kind: how many}"""
        sizes = {each: (worlds, creditors[each.creditors], labs) for each in TRANCHES}
        self.notes = {each: Notes(*size, _AHEAD) for each, size in sizes.items()}
        self.rates = {each: np.zeros(size) for each, size in sizes.items()}
        self.ever = False

    def advance(self):
        """One quarter closer."""
        if self.ever:
            for notes in self.notes.values():
                notes.advance()

    def total(self, tranche):
        """What is owed in a tranche, $bn, [worlds, creditors, labs]."""
        return self.notes[tranche].total()

    def held_by(self, kind):
        """What labs owe a kind of firm, $bn, [worlds, firms, labs]."""
        return sum(self.total(each) for each in TRANCHES if each.creditors == kind)

    def to(self, kind):
        """What all labs owe each firm of a kind, $bn, [worlds, firms]; zero for all as long as nobody lent anything."""
        return self.held_by(kind).sum(axis=2) if self.ever else np.zeros((1, 1))

    def owed(self):
        """All that labs owe, $bn, [worlds, labs]."""
        return sum(self.total(each).sum(axis=1) for each in TRANCHES) if self.ever else 0.0

    def coupon(self, tranche):
        """Interest of a quarter, $bn, [worlds, creditors, labs]."""
        return self.rates[tranche] * self.total(tranche) * QUARTER

    def service(self, tenor):
        """Interest and principal as if repaid evenly over so many quarters, $bn a year, [worlds, labs]. Convertibles cost their coupon."""
        found = 0.0
        for each in TRANCHES:
            repaid = 0 if each.rank == CONVERTIBLE else self.total(each) / (tenor[..., None] * QUARTER)
            found = found + (self.coupon(each) / QUARTER + repaid).sum(axis=1)
        return found

    def issue(self, tranche, amount, rate, tenor):
        """New notes. amount: $bn, rate: per year, [worlds, creditors, labs]; tenor: quarters, [worlds, 1 or creditors]"""
        if not amount.any():
            return
        self.ever = True
        self.rates[tranche] = mean_rate(self.rates[tranche], self.total(tranche), rate, amount)
        self.notes[tranche].issue(amount, np.broadcast_to(tenor, amount.shape[:2]))

    def repay(self, tranche, paid):
        """Principal that fell due and is paid. paid: $bn, [worlds, creditors, labs]"""
        due = self.notes[tranche].maturing[..., 0]
        due -= np.minimum(due, paid)

    def forget(self, tranche, labs):
        """Nothing is owed any more by these labs. labs: bool, [worlds, labs]"""
        self.notes[tranche].maturing *= ~labs[:, None, :, None]
