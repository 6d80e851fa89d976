"""What follows from a firm's appetite besides the quantile at which it plans, and how it keeps in step [model.md 4]."""

import numpy as np

from agents.world_files.columns import ASSUMED

FROM_APPETITE = "from risk appetite, model.md 4"  # source of a number that no file gives
MAPPED = {
    "clouds": {
        "speculative_share": lambda appetite: np.maximum(0, appetite - ASSUMED["speculation_from"]),
        "accounting_life": lambda appetite: ASSUMED["life_floor"] + ASSUMED["life_slope"] * appetite,
        "loan_to_value": lambda appetite: ASSUMED["loan_floor"] + ASSUMED["loan_slope"] * appetite,
    },
}


def follows(key):
    """Name of the column that says whether a number follows the appetite, 0 where a file or a user gave it."""
    return f"{key}_follows"


class Followers:
    """Remembers each firm's appetite; where one has changed, what nobody gave is mapped from it anew."""

    def __init__(self, industry):
        self.seen = {kind: getattr(industry, kind).risk_appetite.copy() for kind in MAPPED}

    def follow(self, industry):
        """Keep in step with appetites as they are now. A number set during a run stays until its firm's appetite changes."""
        for kind, mappings in MAPPED.items():
            firms, seen = getattr(industry, kind), self.seen[kind]
            moved = firms.risk_appetite != seen
            if not moved.any():
                continue
            for key, mapping in mappings.items():
                here = moved & (getattr(firms, follows(key)) > 0)
                firms.put(**{key: np.where(here, mapping(firms.risk_appetite), getattr(firms, key))})
            seen[...] = firms.risk_appetite
