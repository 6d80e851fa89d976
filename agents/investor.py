"""Investors: four temperaments, each with its own quantile of the forward revenue of a lab [model.md 11.1, 11.5]."""

import numpy as np

from abm.firm import Firm
from abm.population import column, rule

MOMENTUM, STRATEGIC, SOVEREIGN, PUBLIC = range(4)


class Investor(Firm):
    """A pool of equity money."""

    kind = "investor"
    style = column("0 momentum, 1 strategic, 2 sovereign contrarian, 3 public market", unit="code", low=0, high=3, default=0)
    saving_weight = column("share in the saving that reaches the funds", unit="share", low=0, high=1, default=0)

    @rule
    def supply(self, sentiment, fall, budget, funds):
        """Money on offer to labs this quarter, $bn, [worlds, investors].

        sentiment, fall since last quarter: [worlds, 1]; budget: the market's limit times its share of the cash, $bn
        """
        own = np.minimum(funds.cash_share * self.cash, budget)
        momentum = np.where(self.style == MOMENTUM, np.minimum(1, sentiment) ** 2, 1)
        contrarian = (self.style == SOVEREIGN) & (fall > funds.contrarian_fall)
        return own * momentum * np.where(contrarian, funds.contrarian_factor, 1)

    @rule
    def eagerness(self, own_value, price):
        """Part of an offer it makes good: less than all when its own value of the lab lies below the price, 0 to 1.

        own_value: [worlds, investors, labs]; price: [worlds, 1, labs]
        """
        return np.clip(own_value / np.where(price > 0, price, np.inf), 0, 1)
