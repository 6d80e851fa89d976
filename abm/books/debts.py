"""What owners of compute owe: loans by vintage, repaid quarter by quarter, and notes that fall due at once [model.md 28]."""

import numpy as np

from abm.books.notes import Notes
from abm.books.register import LOANS, Register
from abm.books.vintages import over_vintages
from abm.engine.sums import ratio_or


class Debts(Register):
    """The debt of a `Fleet`, which describes these amounts."""

    loan: np.ndarray
    principal: np.ndarray
    facility: np.ndarray
    notes: Notes

    def changed_loans(self):
        """Forget sums over loans; to be called by whoever changes loans or what falls due of them."""
        self._kept = {key: kept for key, kept in self._kept.items() if key[0] not in LOANS}

    def loans(self):
        """What is owed under loans and notes, $bn, [worlds, lenders, owners]."""
        return self._once("loans", 0, lambda _: self.secured() + self.notes.total())

    def secured(self):
        """What is owed under loans on compute, which are repaid quarter by quarter, $bn, [worlds, lenders, owners]."""
        return self._once("secured", 0, lambda _: self.total("loan"))

    def principal_due(self):
        """Principal that falls due this quarter, maturing notes included, $bn, [worlds, lenders, owners]."""
        return self.amortisation() + self.notes.due()

    def amortisation(self):
        """Principal of loans that falls due this quarter, $bn, [worlds, lenders, owners]."""
        return self._once("principal", 0, lambda _: over_vintages(self._due()))

    def due_by_vintage(self):
        """Principal of loans that falls due this quarter, $bn, [worlds, lenders, owners, vintages from the first to the present one]."""
        return self._due()

    def _due(self):
        """Principal that falls due this quarter by vintage, where there are loans."""
        used = self.used("loan")
        return self._once("due", 0, lambda _: np.minimum(self.principal[..., used], self.loan[..., used]))

    def repay(self, paid, due):
        """Principal that is paid lowers the loans and notes it was due on, pro rata. paid, due: $bn, [worlds, lenders, owners]"""
        part = ratio_or(paid, due, 0)
        self.loan[..., self.used("loan")] -= self._due() * part[..., None]
        self.notes.maturing[..., 0] *= 1 - part
        self.changed_loans()

    def advance_notes(self):
        """Notes fall due one quarter sooner."""
        self.notes.advance()
        self.changed_loans()

    def scale_loans(self, factor):
        """All that a pair owes grows or shrinks alike. factor: [worlds, lenders, owners] or what broadcasts to it."""
        self.loan[..., self.used("loan")] *= np.asarray(factor)[..., None]
        self.notes.scale(factor)
        self.changed_loans()

    def prepay(self, amount):
        """Loans are paid back before they are due, pro rata over vintages. amount: $bn, [worlds, lenders, owners]"""
        owed = self.secured()
        self.loan[..., self.used("loan")] *= (1 - ratio_or(amount, owed, 0))[..., None]
        self.changed_loans()

    def reschedule(self, owners, tenor):
        """What these owners still owe is repaid over a new tenor. owners: bool, [worlds, owners]; tenor: quarters, [worlds, lenders]"""
        world, owner = np.nonzero(owners)
        self.principal[world, :, owner] = self.loan[world, :, owner] / tenor[world][..., None]
        self.notes.restart(owners, tenor)
        self.changed_loans()

    def draws(self, first, last):
        """Loans promised for what is delivered from one quarter to another, $bn, [worlds, lenders, owners]."""
        return over_vintages(self.facility[..., self.at(first) : self.at(last) + 1])
