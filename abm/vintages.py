"""Amounts by vintage: [..., vintages] to whoever reads them, in memory one block per vintage.

A quarter's column is then one piece of memory, and a sum over vintages adds whole blocks, one after the other. That order
is the same for one world and for many, and blocks without anything in them may be left out without changing a bit.
"""

import numpy as np


def empty_vintages(*shape):
    """Zeros of a shape whose last axis is vintages."""
    return np.moveaxis(np.zeros((shape[-1], *shape[:-1])), 0, -1)


def over_vintages(amounts):
    """Sum over the last axis, oldest first, [...]."""
    if np.prod(amounts.shape[:-1]) == 1:  # NumPy would add a single row pairwise, many rows one after the other
        return sum(np.moveaxis(amounts, -1, 0), np.zeros(amounts.shape[:-1]))
    return amounts.sum(axis=-1)


def weighed(amounts, weights):
    """Sum over vintages with weights that differ between worlds: [worlds, ..., vintages] by [worlds, vintages]."""
    axes = (slice(None), *[None] * (amounts.ndim - 2))
    return over_vintages(amounts * weights[axes])


def rows_of(amounts, *where):
    """A copy of the rows at these positions of the first axes, [rows, ..., vintages], again one block per vintage."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(amounts, -1, 0)[:, *where]), 0, -1)


def moved(amounts, quarters):
    """The same amounts so many vintages nearer to the start; what falls off is dropped."""
    found = np.zeros_like(amounts)
    found[..., :-quarters] = amounts[..., quarters:]
    return found
