"""What holds revenue back, quarter by quarter: demand, compute, or the money that compute would have cost [model.md 15].

An indicator; it moves nothing. Where labs can serve all who want to buy at the price of new compute, demand holds revenue back. Where they
cannot, compute does. As much of that as investors, lenders and boards stopped of the orders when that compute would have had to be
ordered counts as money.
"""

import numpy as np

from abm.beliefs.views import planning_horizon
from abm.measures.business import ratio

SCARCE = 0.02  # price above that of new compute, and demand turned away, from which compute is short


HOLDS = ("held_by_demand", "held_by_compute", "held_by_money")


class Binding:
    """Remembers how much of their orders labs could not have funded, a planning horizon back."""

    def __init__(self, industry):
        self.unfunded = [np.zeros((industry.worlds, 1))] * planning_horizon(industry)

    def note(self, industry):
        """The indicators of the quarter, {name: [worlds, 1]}: shares of revenue, which add up to 1; nothing where nobody earns."""
        labs = industry.labs
        weight = ratio(labs.revenue, labs.revenue.sum(axis=1, keepdims=True))
        turned_away = ratio(labs.turned_away, labs.demand)
        short = np.where((industry.scarcity > 1 + SCARCE) | (turned_away > SCARCE), weight, 0).sum(axis=1, keepdims=True)
        no_money = self.unfunded[0]
        self.unfunded = [*self.unfunded[1:], industry.unfunded_part]
        parts = weight.sum(axis=1, keepdims=True) - short, (1 - no_money) * short, no_money * short
        return dict(zip(HOLDS, parts, strict=True))
