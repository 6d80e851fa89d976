"""Amounts by vintage: [..., vintages] to whoever reads them, in memory one block per vintage.

A quarter's column is then one piece of memory, and a sum over vintages adds whole blocks, one after the other. That order
is the same for one world and for many, and blocks without anything in them may be left out without changing a bit.
"""

import math

import numpy as np

BY_CLASS = ("let", "rent")
OF_THE_DELIVERED = ("book", "depreciation", "loan", "principal")


class Vintages:
    """What every register of amounts by vintage can do; `first` is the quarter at the start of the last axis.

    today: the quarter that was last opened; reach: quarters ahead of it in which anything new may be delivered;
    terms: quarters, one per class of contracts
    """

    def __init__(self, first, today, reach, terms):
        self.first, self.today, self.reach, self.terms = first, today, reach, tuple(terms)
        self._opening = {}

    def at(self, quarter):
        """Position of a delivery quarter on the last axis."""
        return int(quarter) - self.first

    def used(self, name, term_class=0):
        """The vintages outside which there is nothing under this name, as a slice of the last axis.

        What the opening holds, and from then on what can have been added: orders up to `reach`, contracts of other terms by a
        delay of the quarter's deliveries, money by the deliveries themselves.
        """
        if (name, term_class) not in self._opening:
            self._opening[name, term_class] = self._extent(name, term_class)
        first, last = self._opening[name, term_class]
        ahead = 0 if name in OF_THE_DELIVERED else self.reach if term_class == 0 else 1
        return slice(max(0, self.at(first)), self.at(max(last, self.today + ahead)) + 1)

    def look_again(self):
        """Forget where there was anything: for whoever puts amounts into vintages that neither orders nor deliveries reach."""
        self._opening = {}

    def _extent(self, name, term_class):
        """First and last vintage in which there is anything now, or may soon be: today's is always among them."""
        amounts = getattr(self, name)
        blocks = np.moveaxis(amounts[term_class] if name in BY_CLASS else amounts, -1, 0)
        filled = self.first + np.flatnonzero(blocks.reshape(len(blocks), -1).any(axis=1))
        return int(min(filled.min(initial=self.today), self.today)), int(filled.max(initial=self.today))

    def total(self, name):
        """Sum of these amounts over vintages, [worlds, ...]."""
        return over_vintages(getattr(self, name)[..., self.used(name)])

    def running(self, name, at, last=None):
        """Each class that has contracts delivered until `last` which still run at a quarter: amounts, vintages as a slice, term."""
        for term_class, (amounts, term) in enumerate(zip(getattr(self, name), self.terms, strict=True)):
            used = self.used(name, term_class)
            start, stop = max(used.start, self.at(at - term + 1)), used.stop if last is None else min(used.stop, self.at(last) + 1)
            if start < stop:
                yield amounts, slice(start, stop), term


def empty_vintages(*shape):
    """Zeros of a shape whose last axis is vintages."""
    return np.moveaxis(np.zeros((shape[-1], *shape[:-1])), 0, -1)


def over_vintages(amounts):
    """Sum over the last axis, oldest first, [...]."""
    if math.prod(amounts.shape[:-1]) == 1:
        return over_vintages(_twice(amounts))[:1]
    return _blocks(amounts).sum(axis=0)


def weighed(amounts, weights):
    """Sum over vintages with weights that differ between worlds: [worlds, ..., vintages] by [worlds, vintages]."""
    if math.prod(amounts.shape[:-1]) == 1:
        return weighed(_twice(amounts), _twice(weights))[:1]
    return np.einsum("vw...,vw->w...", _blocks(amounts), _blocks(weights))


def _blocks(amounts):
    """One block per vintage, [vintages, ...], in memory too: NumPy lays out what it works out anew by size, and adds in that order."""
    return np.ascontiguousarray(np.moveaxis(amounts, -1, 0))


def _twice(amounts):
    """A single row beside itself: NumPy would add the vintages of one row in pairs, but those of many one after the other."""
    return np.moveaxis(np.repeat(np.moveaxis(amounts, -1, 0), 2, axis=1), 0, -1)


def rows_of(amounts, *where):
    """A copy of the rows at these positions of the first axes, [rows, ..., vintages], again one block per vintage."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(amounts, -1, 0)[:, *where]), 0, -1)


def move(amounts, used, quarters):
    """Bring amounts so many vintages nearer to the start, in place; what falls off is dropped. used: where there is anything."""
    start, stop = max(used.start, quarters), max(quarters, min(used.stop, amounts.shape[-1]))
    amounts[..., start - quarters : stop - quarters] = amounts[..., start:stop]
    amounts[..., stop - quarters : stop] = 0
