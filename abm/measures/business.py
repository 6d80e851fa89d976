"""Measures read off the books of the quarter: burn, flattered earnings, who buys the chips, who spends, two income statements.

Pure functions of amounts by firm; `Statements` remembers a year of purchases [model.md 6.8, 15.9 to 15.11].
"""

import numpy as np

from abm.beliefs.projection import NEVER
from abm.books.flows import EQUITY, FLOWS, LOAN
from abm.clock import QUARTER, QUARTERS_PER_YEAR


def ratio(part, whole):
    """part / whole within +-NEVER; where whole is not positive, NEVER if part is positive and 0 otherwise."""
    return np.where(whole > 0, np.clip(part / np.where(whole > 0, whole, 1), -NEVER, NEVER), np.where(part > 0, NEVER, 0))


def earnings_flattery(economic, accounting, ebitda):
    """Depreciation that the books leave out, over EBITDA; $bn a year each. NaN where there are no earnings to flatter.

    Negative: the books write off faster than compute wears.
    """
    return np.where(ebitda > 0, ratio(economic - accounting, ebitda), np.nan)


def share_of_largest(amounts, count, total):
    """Share of a total that the largest few amounts make, [worlds, 1]; 0 without a total. amounts: $bn, [worlds, n]; total: [worlds, 1]"""
    largest = np.sort(amounts, axis=1)[:, ::-1][:, :count].sum(axis=1, keepdims=True)
    return np.where(total > 0, largest / np.where(total > 0, total, 1), 0)


def gini(spend):
    """Gini coefficient among those who spend anything, 0 to 1, [worlds, 1]; 0 where nobody does. spend: [worlds, customers]"""
    ordered, n = np.sort(spend, axis=1), spend.shape[1]
    paying = (ordered > 0).sum(axis=1, keepdims=True)
    total = ordered.sum(axis=1, keepdims=True)
    rank = np.arange(1, n + 1) - (n - paying)  # among those who pay; the others have nothing to weigh
    weighed = ((2 * rank - paying - 1) * ordered).sum(axis=1, keepdims=True)
    return np.where(total > 0, weighed / np.where(total > 0, paying * total, 1), 0)


class Statements:
    """What was read off the books, and the chips bought in the last four quarters."""

    def __init__(self, industry):
        owners, vendors = industry.clouds.cash, industry.vendors.cash
        self.bought = [(np.zeros(owners.shape), np.zeros(vendors.shape[:1] + (1,)))] * QUARTERS_PER_YEAR

    def read(self, industry):
        """The indicators of the quarter, {name: [worlds, n]}."""
        return {**_burn(industry), **_flattery(industry), **_two_statements(industry), "largest_buyers": self._buyers(industry)}

    def _buyers(self, industry):
        flows, rows = industry.ledger.flows, industry.rows
        by_owner = -flows["chips"][:, rows["clouds"]]
        sales = (flows["chips"] + flows["other_chips"])[:, rows["vendors"]].sum(axis=1, keepdims=True)
        self.bought = [*self.bought[1:], (by_owner, sales)]
        bought, sold = (sum(pair[k] for pair in self.bought) for k in (0, 1))
        return share_of_largest(bought, industry.indicator_parameters.largest_buyers, sold)


def _burn(industry):
    """Cash flow before new equity, as paid: revenue, opex, compute and down-payments."""
    flows, labs = industry.ledger.flows, industry.rows["labs"]
    free = sum(amounts[:, labs] for name, amounts in flows.items() if FLOWS[name].graph not in (EQUITY, LOAN))
    paid = flows["services"][:, labs]
    total_paid, total_free = paid.sum(axis=1, keepdims=True), free.sum(axis=1, keepdims=True)
    return {"lab_burn_ratio": ratio(-free, paid), "burn_ratio": ratio(-total_free, total_paid)}


def _flattery(industry):
    economic = industry.fleet.wear(industry.now) / QUARTER
    accounting = -industry.ledger.profit["depreciation"][:, industry.rows["clouds"]] / QUARTER
    ebitda = industry.clouds.ebitda
    all_three = (amounts.sum(axis=1, keepdims=True) for amounts in (economic, accounting, ebitda))
    return {
        "cloud_earnings_flattery": earnings_flattery(economic, accounting, ebitda),
        "earnings_flattery": earnings_flattery(*all_three),
    }


def _two_statements(industry):
    """The company's quarter beside the newest model that has run its course [model.md 6.8]."""
    labs, models = industry.labs, industry.models
    return {
        "operating_income": labs.revenue * QUARTER - labs.obligations - industry.prepaid_used,
        "model_cost": models.last_cost,
        "model_revenue": models.last_revenue,
        "model_profit": models.last_profit,
        "lab_model_roi": models.model_roi,
        "model_roi": models.roi_of_all,
    }
