"""Lenders: finance compute against its value, with other people's money, until they fail [model.md 11.9, 13.5, 26.5]."""

from abm.firm import Firm
from abm.population import column, rule


class Lender(Firm):
    """A bank, a bond market or a private credit fund."""

    kind = "lender"
    capital_ratio = column("own capital behind a loan", unit="share", low=0.08, high=1, default=0.2, source="model.md 26.5")
    banned = column("quarters it still gives no credit", unit="quarters", default=0)
    failed = column("times it failed", unit="count", default=0)
    credit_loss = column("loans written down so far", unit="$bn", default=0)
    died = column("quarter of its first failure, counted from 2023Q1; -1 before", unit="quarter", default=-1)

    @rule
    def finances(self, cash_flow, debt_service, coverage):
        """Whether a borrower's debt service is covered at the lender's quantile, bool [model.md 4].

        cash_flow, debt_service: $bn a year, [worlds, lenders, clouds]; coverage: x, [worlds, 1]
        """
        return cash_flow >= coverage[..., None] * debt_service
