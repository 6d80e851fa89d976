"""What labs pay for compute they hire beside their own: spot compute, and the pool outside [model.md 8.6, 9.4].

Owners ask less the more compute lies idle, and labs hire as long as a GWe earns more than it costs. Both are solved together: what is
hired makes what is left scarcer and so dearer.
"""

from dataclasses import dataclass

import numpy as np

from abm.services.shares import ratio, total


@dataclass(frozen=True)
class Market:
    """Compute for hire and what it is worth: earned is what a GWe brings a lab after opex, $bn a year, [worlds, labs].

    list_price, outside_price: $bn per GWe-year; floor: lowest spot price over list price; slope: how fast the spot price falls, per share
    of all compute that lies idle; in_service: all compute, GWe; all [worlds, 1]
    """

    earned: np.ndarray
    list_price: np.ndarray
    outside_price: np.ndarray
    floor: np.ndarray
    slope: np.ndarray
    in_service: np.ndarray

    def spot_ratio(self, left):
        """Spot over list price when so much is left that nobody hires, [worlds, 1]. left: GWe, [worlds, 1]"""
        return self.floor + (1 - self.floor) * np.exp(-self.slope * ratio(left, self.in_service))

    def left_at(self, price):
        """What is left unhired at this spot price, GWe: the inverse of `spot_ratio`. price: $bn per GWe-year, [worlds, labs]"""
        above = (price / self.list_price - self.floor) / np.where(self.floor < 1, 1 - self.floor, 1)
        shares = -np.log(np.clip(above, _TINY, 1)) / np.maximum(self.slope, _TINY)
        return np.where(price >= self.list_price, 0, np.where(above > 0, shares * self.in_service, np.inf))


_TINY = 1e-12
_ROUNDING = 1e-9  # prices settle where the pool just pays, and rounding must not decide whether it does


def cleared(shortage, idle, market):
    """Spot compute that labs hire, GWe, [worlds, labs]: all that is worth its price, those first to whom it is worth most.

    The price rises along `spot_ratio` as less is left. Of the labs to whom compute is worth at least v, all that they want is hired if the
    price does not reach v before; the largest such amount clears the market. Above list price all count alike.
    shortage: GWe, [worlds, labs]; idle: GWe, [worlds, 1]
    """
    capped = np.where(market.earned >= market.list_price * (1 - _ROUNDING), market.list_price, market.earned)
    worth = np.where(shortage > 0, capped, -np.inf)
    at_least = worth[:, None] >= worth[..., None]  # [worlds, lab, labs that value it as much]
    wanted = np.where(at_least, shortage[:, None], 0).sum(axis=2)
    reach = np.maximum(0, idle - market.left_at(worth))
    amounts = np.where(np.isfinite(worth), np.minimum(wanted, reach), 0)
    hired = amounts.max(axis=1, keepdims=True, initial=0)
    last = np.where(amounts >= hired, worth, -np.inf).max(axis=1, keepdims=True, initial=-np.inf)  # worth to who hires last
    first = np.where(worth > last, shortage, 0)
    rest = np.where(worth == last, shortage, 0)
    left = np.maximum(0, hired - total(first))
    return first * np.minimum(1, ratio(hired, total(first))) + rest * np.minimum(1, ratio(left, total(rest)))


def hire(shortage, idle, outside, market):
    """Spot compute, then compute of the pool outside, GWe, [worlds, labs] each: what earns at least what it costs.

    shortage: compute wanted, [worlds, labs]; idle, outside: what is for hire, [worlds, 1]; market: None where money is no limit
    """
    if market is None:
        spot = ratio(shortage, total(shortage)) * np.minimum(total(shortage), idle)
        wanted = np.maximum(0, shortage - spot)
    else:
        spot = cleared(shortage, idle, market)
        pays = market.earned >= market.outside_price * (1 - _ROUNDING)
        wanted = np.where(pays, np.maximum(0, shortage - spot), 0)
    return spot, ratio(wanted, total(wanted)) * np.minimum(total(wanted), outside)
