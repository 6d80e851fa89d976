"""Which tenants rent from which owners: a register has a cell for each pair that ever had anything between them, and no other.

Most labs rent from few owners, so cells `[worlds, cells, ...]` are a part of the table `[worlds, tenants, owners, ...]`. What a world
holds does not depend on how many cells there are: those that only other worlds need are zero in it, and adding zero changes no bit.
"""

import numpy as np


class Cells:
    """Places of a table by tenant and owner, all of one tenant beside each other.

    rows, owners: tenant row and owner of each cell, [cells]; shape: tenant rows and owners of the table
    """

    def __init__(self, rows, owners, shape):
        self.rows, self.owners, self.shape, self.count = rows, owners, tuple(shape), len(rows)
        self._places = rows * self.shape[1] + owners
        ends = np.searchsorted(rows, np.arange(self.shape[0] + 1))
        blocks = [slice(start, stop) for start, stop in zip(ends, ends[1:]) if start < stop]
        everybody = np.arange(self.shape[1])
        self._blocks = [(block, slice(None) if np.array_equal(owners[block], everybody) else owners[block]) for block in blocks]

    @classmethod
    def where(cls, pairs):
        """A cell for each pair, bool, [tenants, owners]."""
        rows, owners = np.nonzero(pairs)
        return cls(rows, owners, pairs.shape)

    def and_rows(self, count):
        """These cells, and behind them those of so many more tenant rows that have one with every owner."""
        tenants, owners = self.shape
        more = np.repeat(np.arange(tenants, tenants + count), owners)
        return Cells(np.append(self.rows, more), np.append(self.owners, np.tile(np.arange(owners), count)), (tenants + count, owners))

    @property
    def pairs(self):
        """Which pairs have a cell, bool, [tenants, owners]."""
        found = np.zeros(self.shape, dtype=bool)
        found[self.rows, self.owners] = True
        return found

    def table(self, amounts):
        """[worlds, cells, ...] as a table, [worlds, tenants, owners, ...]."""
        found = np.zeros((len(amounts), self.shape[0] * self.shape[1], *amounts.shape[2:]))
        found[:, self._places] = amounts
        return found.reshape(len(amounts), *self.shape, *amounts.shape[2:])

    def of(self, table):
        """What a table holds in these cells: [worlds, tenants, owners, ...] to [worlds, cells, ...]."""
        return table.reshape(len(table), -1, *table.shape[3:])[:, self._places]

    def by_owner(self, amounts):
        """Sum over tenants, in the order of their rows: [worlds, cells, ...] to [worlds, owners, ...], laid out in memory alike."""
        found = np.zeros_like(amounts, shape=(len(amounts), self.shape[1], *amounts.shape[2:]))
        for block, owners in self._blocks:
            found[:, owners] += amounts[:, block]
        return found

    def at(self, tenant, owner):
        """Number of a cell. Raises IndexError if the pair has none. tenant: a row, from the end if negative."""
        place = range(self.shape[0])[tenant] * self.shape[1] + owner
        return np.flatnonzero(self._places == place)[0]
