"""Sums and shares that markets are made of."""

import numpy as np


def ratio(part, whole):
    """part / whole, and 0 where the whole is 0."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def total(amounts):
    """Sum over labs, [worlds, 1]."""
    return amounts.sum(axis=1, keepdims=True)
