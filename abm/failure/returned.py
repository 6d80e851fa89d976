"""Compute that came back from tenants that are gone, and that nobody can hire yet [model.md 13.8]."""

from typing import NamedTuple

import numpy as np

from abm.books.vintages import weighed
from abm.clock import QUARTER


class Returned(NamedTuple):
    """Compute that came back: GW, [worlds, owners, vintages]; quarter of the first vintage; last quarter without hire, [worlds, 1]."""

    gw: np.ndarray
    first: int
    until: np.ndarray


def withheld(returned, shape, now, ageing, life):
    """What is idle and not for hire yet, GWe, [worlds, owners].

    returned: a list of Returned; shape: of the answer; ageing: fall of the worth of chips, per year, [worlds, 1]; life: quarters
    """
    found = np.zeros(shape)
    for gw, first, until in returned:
        age = now - first - np.arange(gw.shape[-1])
        decay = np.exp(-ageing * age * QUARTER) * (age < life)
        found += weighed(gw, decay) * (now <= until)
    return found
