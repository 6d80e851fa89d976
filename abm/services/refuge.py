"""What survivors can take in of the customers of labs that are gone [model.md 13.8]."""

from dataclasses import dataclass

import numpy as np

from abm.services.shares import total


@dataclass(frozen=True)
class Refuge:
    """room: most of dead labs' customers that each lab can take in this quarter, $bn a year, [worlds, labs]; infinite without friction;
    friction: whether moving takes time and loses anything, bool, [worlds, 1]"""

    room: np.ndarray
    friction: np.ndarray


def refuge(industry):
    """The Refuge of a quarter. A lab takes in a share of its revenue; one that has hardly any counts as one of the least share.

    With channel C6 off everybody moves at once and nothing is lost. Open weights are nobody's firm: what limits their users is compute.
    """
    revenue, friction = industry.labs.revenue, industry.contagion.customers > 0
    room = industry.plans.intake * np.maximum(revenue, industry.buyers.least_share * total(revenue))
    if industry.open_weights:
        room = np.concatenate([room, np.full_like(friction, np.inf, dtype=float)], axis=1)
    return Refuge(np.where(friction, room, np.inf), friction)
