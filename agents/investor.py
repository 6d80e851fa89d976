"""Investors: four temperaments, each with its own quantile of the forward revenue of a lab [model.md 11.1, 11.5]."""

import numpy as np

from abm.engine.firm import NEUTRAL, Firm
from abm.engine.population import column
from abm.engine.rules import rule

MOMENTUM, STRATEGIC, SOVEREIGN, PUBLIC = range(4)


class Investor(Firm):
    """A pool of equity money."""

    kind = "investor"
    style = column("0 momentum, 1 strategic, 2 sovereign contrarian, 3 public market", unit="code", low=0, high=3, default=0)
    saving_weight = column("share in the saving that reaches the funds", unit="share", low=0, high=1, default=0)
    died = column("quarter in which it was lost, counted from 2023Q1; -1 before", unit="quarter", default=-1)

    @rule
    def free_share(self, funds):
        """Its cash beyond its reserve over that of an investor of middling appetite, x: who dares less keeps more [model.md 4]."""
        return (1 - funds.reserve_slope * (1 - self.risk_appetite)) / (1 - funds.reserve_slope * (1 - NEUTRAL))

    @rule
    def on_offer(self, put_in, funds):
        """What it may still put in this quarter, $bn: a part of the free cash it had, less what it has put in [model.md 11.2]."""
        had = self.free_share(funds) * (self.cash + put_in)
        return np.clip(funds.cash_share * had - put_in, 0, np.maximum(0, self.cash))

    @rule
    def extrapolation(self, funds):
        """Weight of past growth in its forecasts, 0 to 1: the market's, and more where it dares more [model.md 4]."""
        return np.clip(funds.market_extrapolation + self.risk_appetite - NEUTRAL, 0, 1)

    @rule
    def supply(self, sentiment, fall, budget, most, funds):
        """Money on offer to labs this quarter, $bn, [worlds, investors].

        sentiment, fall since last quarter: [worlds, 1]; budget: the market's limit times its share of the cash, of which it takes more
        or less by appetite; most: what it may still put in this quarter, $bn
        Momentum money goes with the square of the mood, up and down; contrarians double theirs after a fall. In any mood nobody
        offers more than it may still put in [model.md 11.2, 11.5].
        """
        momentum = np.where(self.style == MOMENTUM, sentiment**2, 1)
        contrarian = np.where((self.style == SOVEREIGN) & (fall > funds.contrarian_fall), funds.contrarian_factor, 1)
        return np.minimum(most, np.minimum(most, self.free_share(funds) * budget) * momentum * contrarian)

    @rule
    def eagerness(self, own_value, price):
        """Part of an offer it makes good: less than all when its own value of the lab lies below the price, 0 to 1.

        own_value: [worlds, investors, labs]; price: [worlds, 1, labs]
        """
        return np.clip(own_value / np.where(price > 0, price, np.inf), 0, 1)
