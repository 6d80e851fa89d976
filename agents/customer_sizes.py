"""How large customers are: the largest by rank, the rest around a mean, all scaled to the market [model.md 7.9]."""

import numpy as np

from abm.services.shares import total


def scaled_to(amounts, target):
    """Amounts [worlds, n] in proportion, with this sum, [worlds, 1]; zeros stay zeros."""
    now = total(amounts)
    return amounts * (target / np.where(now > 0, now, 1))


def large_parts(parameters):
    """Parts of enterprises' potential that the largest have, [worlds, largest]: by rank, the first enterprise the largest.

    So the tail of sizes does not depend on how many customers stand for the rest. They are at most a twentieth of all enterprises:
    where there are too few, the smallest of the largest are among the rest.
    """
    rank = np.arange(1, parameters.large_accounts + 1)
    size = np.exp(-parameters.large_fall * np.log(rank))  # a power would depend in its last digit on how many worlds there are
    parts = parameters.large_share * size / size.sum(axis=1, keepdims=True)
    return parts[:, : parameters.enterprises // 20]


def potentials(parameters, market, weight, large):
    """T_c: enterprises and consumers have fixed parts of the market; a kind without customers leaves its part to the other.

    weight: of customers, [worlds, n]; large: see `large_parts`
    """
    share, split, first = parameters.consumer_potential_share, parameters.enterprises, large.shape[1]
    rest = scaled_to(weight[:, first:split], 1 - large.sum(axis=1, keepdims=True))
    parts = by_kind(np.concatenate([large, rest, weight[:, split:]], axis=1), (1 - share, share), split)
    return scaled_to(parts, market.size)


def by_kind(amounts, targets, split):
    """Amounts with given sums over enterprises and over consumers."""
    return np.concatenate([scaled_to(amounts[:, :split], targets[0]), scaled_to(amounts[:, split:], targets[1])], axis=1)
