"""Notes: bonds and bridge loans whose whole principal falls due on one day, kept by the quarter of that day.

Unlike a loan on chips, which is paid back quarter by quarter, a note must be refinanced. Whoever cannot refinance on that day must have
the cash [model.md 28].
"""

import numpy as np


class Notes:
    """Principal of notes by quarter of maturity, $bn, [worlds, lenders, owners, quarters]; the first one falls due this quarter."""

    def __init__(self, worlds, lenders, owners, span):
        """span: quarters ahead that are kept apart; what matures later counts as of the last one."""
        self.maturing = np.zeros((worlds, lenders, owners, span))

    @property
    def span(self):
        """Quarters ahead that are kept apart."""
        return self.maturing.shape[-1]

    def advance(self):
        """One quarter closer; what was due and is still owed falls due again."""
        still_due = self.maturing[..., 0].copy()
        self.maturing[..., :-1] = self.maturing[..., 1:].copy()
        self.maturing[..., -1] = 0
        self.maturing[..., 0] += still_due

    def due(self):
        """Principal that falls due this quarter, $bn, [worlds, lenders, owners]."""
        return self.maturing[..., 0]

    def total(self):
        """All that is owed under notes, $bn, [worlds, lenders, owners]."""
        return self.maturing.sum(axis=-1)

    def issue(self, amount, tenor):
        """New notes that mature after so many quarters. amount: $bn, [worlds, lenders, owners]; tenor: quarters, [worlds, lenders]."""
        at = np.clip(np.round(tenor).astype(int) - 1, 0, self.span - 1)[..., None]
        at = np.broadcast_to(at, amount.shape)[..., None]
        np.put_along_axis(self.maturing, at, np.take_along_axis(self.maturing, at, axis=-1) + amount[..., None], axis=-1)

    def exchange(self, share, tenor):
        """Notes that are due or will be soon are exchanged for new ones; returns what was exchanged, $bn, [worlds, lenders, owners].

        share: part exchanged by quarter of maturity, [worlds, lenders, owners, quarters from the present one on]
        """
        ahead = slice(0, share.shape[-1])
        moved = self.maturing[..., ahead] * share
        self.maturing[..., ahead] -= moved
        moved = moved.sum(axis=-1)
        self.issue(moved, tenor)
        return moved

    def scale(self, factor):
        """All notes of a pair grow or shrink alike. factor: [worlds, lenders, owners] or what broadcasts to it."""
        self.maturing *= np.asarray(factor)[..., None]

    def restart(self, owners, tenor):
        """Notes of these owners mature anew after a whole tenor. owners: bool, [worlds, owners]; tenor: quarters, [worlds, lenders]"""
        owed = np.where(owners[:, None], self.total(), 0)
        self.maturing *= ~owners[:, None, :, None]
        self.issue(owed, tenor)
