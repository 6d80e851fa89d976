"""What follows from a firm's appetite besides the quantile at which it plans, and how it keeps in step [model.md 4]."""

import numpy as np

from agents.world_columns import ASSUMED

FROM_APPETITE = "from risk appetite, model.md 4"  # source of a number that no file gives
MAPPED = {
    "labs": {"extrapolation": lambda appetite: appetite},
    "clouds": {
        "speculative_share": lambda appetite: np.maximum(0, appetite - ASSUMED["speculation_from"]),
        "accounting_life": lambda appetite: ASSUMED["life_floor"] + ASSUMED["life_slope"] * appetite,
        "loan_to_value": lambda appetite: ASSUMED["loan_floor"] + ASSUMED["loan_slope"] * appetite,
    },
}


class Followers:
    """Remembers each firm's appetite; where one has changed, what no file gave is mapped from it anew."""

    def __init__(self, industry):
        given = {(figure.firm, figure.key) for figure in industry.opening.figures if figure.source == FROM_APPETITE}
        names = {kind: getattr(industry, kind).names for kind in MAPPED}
        self.mapped = {kind: {key: np.array([(name, key) in given for name in names[kind]]) for key in MAPPED[kind]} for kind in MAPPED}
        self.seen = {kind: getattr(industry, kind).risk_appetite.copy() for kind in MAPPED}

    def follow(self, industry):
        """Keep in step with appetites as they are now. A number set by hand stays until its firm's appetite changes."""
        for kind, mappings in MAPPED.items():
            firms, seen = getattr(industry, kind), self.seen[kind]
            moved = firms.risk_appetite != seen
            if not moved.any():
                continue
            for key, mapping in mappings.items():
                new = mapping(firms.risk_appetite)
                firms.put(**{key: np.where(moved & self.mapped[kind][key], new, getattr(firms, key))})
            seen[...] = firms.risk_appetite
