"""What labs were promised, or wanted and could pay for, and do not get: an indicator, which moves nothing.

A tenant owes nothing for compute that is not there, so a stack of contracts that no owner can finance does no harm in the books. It is
kept here instead: what is late because its owner cannot pay, what was given up, and orders that no owner could fund or no slot served.
"""

from typing import NamedTuple

import numpy as np


class Amount(NamedTuple):
    """Compute and its rent: GW, and $bn a year, both [worlds, labs, owners], or [worlds, labs]."""

    gw: np.ndarray
    rent: np.ndarray

    def and_more(self, gw, rent):
        """This and more."""
        return Amount(self.gw + gw, self.rent + rent)

    def by_lab(self):
        """Sums over owners, [worlds, labs]."""
        return Amount(self.gw.sum(axis=2), self.rent.sum(axis=2))


class Unbuilt:
    """late: signed, due, and waiting now; stopped: signed and given up so far; refused: orders of the quarter; Amounts by lab and owner."""

    def __init__(self, worlds, labs, owners):
        self.shape = (worlds, labs, owners)
        self.late, self.stopped, self.refused = (self._none() for _ in range(3))

    def _none(self):
        return Amount(np.zeros(self.shape), np.zeros(self.shape))

    def note_late(self, fleet, at, late, given_up):
        """Of the deliveries of a quarter this part is late, and of some owners it is given up, both [worlds, owners]; at: their place."""
        self.late = self._none()
        if not late.any():
            return
        pairs = fleet.pairs
        part = late[:, pairs.owners]
        stopped = part * given_up[:, pairs.owners]
        gw, rent = (sum(amounts[:, : pairs.count, at] for amounts in classes) for classes in (fleet.let, fleet.rent))
        self.late = Amount(*(pairs.table(amount * (part - stopped)) for amount in (gw, rent)))
        self.stopped = self.stopped.and_more(*(pairs.table(amount * stopped) for amount in (gw, rent)))

    def begin_orders(self):
        """A new quarter's orders."""
        self.refused = self._none()

    def refuse(self, pairs, pair_rent):
        """These orders nobody funds or serves. pairs: GW, pair_rent: $bn per GW-year, [worlds, labs, clouds]"""
        self.refused = self.refused.and_more(pairs, pairs * pair_rent)

    def promised(self, alive):
        """Signed and not built, an Amount: what living labs wait for now, and what was given up so far. alive: [worlds, labs]"""
        there = alive[..., None]
        return self.stopped.and_more(self.late.gw * there, self.late.rent * there)

    def seen(self, alive):
        """{"unbuilt", "unfunded"}: what was promised and is not built, and orders of the quarter that nobody could build, Amounts."""
        return {"unbuilt": self.promised(alive), "unfunded": self.refused}
