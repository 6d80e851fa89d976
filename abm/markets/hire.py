"""What labs can pay for compute they hire beside their own: spot compute, and the pool outside [model.md 8.6]."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Purse:
    """What labs can lose on hired compute this quarter: cash ($bn), loss on a GWe of spot and of outside compute ($bn), [worlds, labs].

    A loss that is not positive means that the compute pays for itself.
    """

    cash: np.ndarray
    spot_loss: np.ndarray
    outside_loss: np.ndarray


def within_means(wanted, cash, loss):
    """Compute that can be hired, GWe, [worlds, labs]: all that pays for itself, else as much as cash can make up for."""
    return np.where(loss > 0, np.minimum(wanted, np.maximum(0, cash) / np.where(loss > 0, loss, 1)), wanted)
