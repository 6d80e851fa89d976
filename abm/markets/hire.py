"""What labs can pay for compute they hire beside their own: spot compute, and the pool outside [model.md 8.6]."""

from dataclasses import dataclass

import numpy as np

from abm.markets.shares import ratio, total


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


def hire(shortage, idle, outside, purse):
    """Spot compute, then compute of the pool outside, GWe, [worlds, labs] each: in proportion to what each can pay for.

    shortage: compute wanted, [worlds, labs]; idle, outside: what is for hire, [worlds, 1]; purse: None where money is no limit
    """
    wanted = within_means(shortage, purse.cash, purse.spot_loss) if purse else shortage
    spot = ratio(wanted, total(wanted)) * np.minimum(total(wanted), idle)
    wanted = np.maximum(0, shortage - spot)
    if purse:
        wanted = within_means(wanted, purse.cash - spot * np.maximum(0, purse.spot_loss), purse.outside_loss)
    return spot, ratio(wanted, total(wanted)) * np.minimum(total(wanted), outside)
