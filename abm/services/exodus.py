"""What is left of revenue after labs die, in closed form: the frictions of customers that move [model.md 13.8].

Shares are of the revenue of an unharmed twin, who grows as survivors' own customers do. Compute is assumed to be there: where it is not,
less is served. Nothing in the economy depends on this room.
"""

import numpy as np


def without_refuge(shares, dead, single_homed):
    """Part of dead labs' spend whose customers pay no living lab, by labs' shares of spend, [...].

    A customer's other lab is drawn in proportion to the shares of all but its own. shares: [..., labs]; dead: bool, [..., labs];
    single_homed: part of customers that pay one lab only
    """
    lost = np.where(dead, shares, 0)
    other_dead = (lost.sum(axis=-1, keepdims=True) - lost) / np.maximum(1 - shares, np.finfo(float).tiny)
    alone = (lost * (single_homed + (1 - single_homed) * other_dead)).sum(axis=-1)
    return alone / np.maximum(lost.sum(axis=-1), np.finfo(float).tiny)


def requalified(low, high, quarters):
    """Part of customers that has taken on a new lab by each of so many quarters after a death, [..., quarters].

    low, high: bounds of the time it takes, whole quarters, all equally likely; who needs none buys in the first quarter
    """
    low, high = (np.asarray(bound, dtype=float)[..., None] for bound in (low, high))
    return np.clip((np.arange(1, quarters + 1) - low) / (high - low + 1), 0, 1)


def revenue_after(dead, alone, ready, *, lost, intake, growth=1.0):
    """Revenue over that of the unharmed twin in each quarter after labs died, [..., quarters].

    dead: their share of revenue; alone: `without_refuge`; ready: `requalified`, [..., quarters]; lost: part of their spend that nobody
    wins back; intake: most that survivors take in a quarter, over their revenue; growth: of the twin's revenue, x a quarter.
    With room enough it comes to 1 - dead x lost.
    """
    dead, alone, found = np.asarray(dead, dtype=float), np.asarray(alone, dtype=float), []
    moved = np.zeros(np.broadcast_shapes(dead.shape, alone.shape))
    for quarter in range(ready.shape[-1]):
        willing = dead * (1 - lost) * (1 - alone + alone * ready[..., quarter])
        moved = np.minimum(willing, moved + intake * (1 - dead + moved) / growth)
        found.append(1 - dead + moved)
    return np.stack(found, axis=-1)
