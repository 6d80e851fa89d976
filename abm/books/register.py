"""A register of contracts by cell and vintage: which cells there are, and sums over it that are kept until something changes."""

import numpy as np

from abm.books.cells import Cells
from abm.books.vintages import Vintages, empty_vintages

IDLE, OUTSIDE = -2, -1
EXTRA_TENANTS = 2
EXTRA_OUT = -EXTRA_TENANTS  # end of the labs' rows
BY_THEN = ("in service", "effective", "serving", "rent")  # sums of what is delivered by a quarter
LOANS = ("loans", "secured", "due", "principal")  # sums over loans


class Register(Vintages):
    """Contracts of tenants with owners, `gw`, `let`, `rent` and `prepaid`, as `Fleet` describes them, and the sums that were asked for."""

    gw: np.ndarray
    let: list
    rent: list
    prepaid: np.ndarray
    offered: np.ndarray

    def __init__(self, *about):
        super().__init__(*about)
        self._kept: dict = {}
        self.reopens = None  # quarter in which somebody has taken over an owner's sites, [worlds, owners]; None: all were always open

    def _number(self, pairs):
        self.pairs = Cells.where(pairs)
        self.cells = self.pairs.and_rows(EXTRA_TENANTS)
        self.idle, self.outside = (slice(end - pairs.shape[1], end) for end in (self.cells.count - pairs.shape[1], self.cells.count))

    def make_room(self, pairs):
        """Give labs and owners that deal with each other from now on a cell, those that have none yet. pairs: bool, [tenants, owners]"""
        before = self.pairs.pairs
        if not (pairs & ~before).any():
            return
        self.changed()
        self._number(pairs | before)
        kept = np.flatnonzero(before[self.pairs.rows, self.pairs.owners])
        self.gw = _spread(self.gw, np.append(kept, np.arange(self.pairs.count, self.cells.count)), self.cells.count)
        self.let, self.rent = ([_spread(amounts, kept, self.pairs.count) for amounts in classes] for classes in (self.let, self.rent))
        self.prepaid = _spread(self.prepaid, kept, self.pairs.count)

    def hand_over(self, buyer, part, now):
        """Running contracts of tenants pass to other tenants, with all that they say; sites to come and advances stay where they are.

        buyer: tenant to whom they pass, -1 for none; part: of its contracts that each tenant hands over; both [worlds, tenants]
        """
        sold = buyer >= 0
        pairs = np.zeros(self.pairs.shape, dtype=bool)
        for tenant in np.flatnonzero(sold.any(axis=0)):
            pairs[np.unique(buyer[sold[:, tenant], tenant])] |= self.pairs.pairs[tenant]
        self.make_room(pairs)
        self.changed()
        self.look_again()
        let = np.zeros_like(part)
        np.add.at(let, (np.nonzero(sold)[0], buyer[sold]), (part * self.offered)[sold])
        self.offered = self.offered * np.where(sold, 1 - part, 1) + let
        world, cell = np.nonzero(sold[:, self.pairs.rows])
        tenant, owner = self.pairs.rows[cell], self.pairs.owners[cell]
        places = np.zeros(self.pairs.shape, dtype=int)
        places[self.pairs.rows, self.pairs.owners] = np.arange(self.pairs.count)
        new, kept = places[buyer[world, tenant], owner], (1 - part[world, tenant])[:, None]
        delivered = slice(0, self.at(now) + 1)
        for amounts in (self.gw, *self.let, *self.rent):
            before = amounts[world, cell, delivered]
            amounts[world, cell, delivered] = before * kept
            np.add.at(amounts[..., delivered], (world, new), before * (1 - kept))

    def close(self, owners, until):
        """Sites of these owners serve nobody and earn nothing until a quarter, which may come in the midst of one.

        owners: bool, [worlds, owners]; until: quarter index, same shape
        """
        before = np.full(owners.shape, -np.inf) if self.reopens is None else self.reopens
        self.reopens = np.where(owners, until, before)
        self.changed()

    def open_part(self, quarter):
        """Part of a quarter in which each owner's sites are open, 0 to 1, [1 or worlds, owners]."""
        if self.reopens is None:
            return np.ones((1, self.pairs.pairs.shape[1]))
        return np.clip(quarter + 1 - self.reopens, 0, 1)

    def cell(self, tenant, owner):
        """Place of a tenant's contracts with an owner among the cells; makes room for it if need be."""
        if tenant >= 0:
            pair = np.zeros(self.pairs.shape, dtype=bool)
            pair[tenant, owner] = True
            self.make_room(pair)
        return self.cells.at(tenant, owner)

    def changed(self, first=None):
        """Forget sums that were kept; to be called by whoever changes contracts or compute.

        first: quarter before whose delivery nothing changed; sums of what is delivered until an earlier one stay
        """
        stays = {key for key in self._kept if key[0] in LOANS or (first is not None and key[0] in BY_THEN and key[1] < first)}
        self._kept = {key: self._kept[key] for key in stays}

    def _once(self, name, quarter, compute):
        """A sum over vintages, kept until something changes: many ask for the same one in a quarter. Read-only."""
        if (name, quarter) not in self._kept:
            found = compute(quarter)
            found.flags.writeable = False
            self._kept[name, quarter] = found
        return self._kept[name, quarter]


def _spread(amounts, places, count):
    """The same amounts in so many cells, the present ones at these places."""
    found = empty_vintages(len(amounts), count, amounts.shape[-1])
    found[:, places] = amounts
    return found
