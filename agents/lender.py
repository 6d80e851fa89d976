"""Lenders: finance compute against its value, with other people's money, until they fail [model.md 11.9, 13.5, 26.5]."""

import numpy as np

from abm.firm import Firm
from abm.population import column, rule


class Lender(Firm):
    """A bank, a bond market or a private credit fund."""

    kind = "lender"
    capital_ratio = column("own capital behind a loan", unit="share", low=0.08, high=1, default=0.2, source="model.md 26.5")
    from_appetite = column("1 if its appetite sets more than its quantile, as model.md 4 maps it", unit="0/1", low=0, high=1, default=0)
    banned = column("quarters it still gives no credit", unit="quarters", default=0)
    funding_rate = column("mean rate of what it owes", unit="1/year", default=0)
    failed = column("times it failed", unit="count", default=0)
    credit_loss = column("loans written down so far", unit="$bn", default=0)
    died = column("quarter of its first failure, counted from 2023Q1; -1 before", unit="quarter", default=-1)

    @rule
    def most_lent(self, lending):
        """Largest loan over the cost of a block, share: what all lenders allow, or by appetite where that sets it [model.md 4]."""
        mapped = lending.value_base + lending.value_slope * self.risk_appetite
        return np.where(self.from_appetite > 0, mapped, lending.loan_to_value)

    @rule
    def base_rate(self, lending):
        """Its rate to a sound borrower in normal times, per year: its spread on what it pays itself falls with appetite [model.md 4]."""
        mapped = lending.rate - lending.funding_spread + lending.spread_base - lending.spread_slope * self.risk_appetite
        return np.where(self.from_appetite > 0, mapped, lending.rate)

    @rule
    def finances(self, cash_flow, debt_service, coverage):
        """Whether a borrower's debt service is covered at the lender's quantile, bool [model.md 4].

        cash_flow, debt_service: $bn a year, [worlds, lenders, clouds]; coverage: x, [worlds, 1]
        """
        return cash_flow >= coverage[..., None] * debt_service
