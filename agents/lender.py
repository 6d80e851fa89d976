"""Lenders: finance compute against its value and the cash flow it brings, with other people's money, until they fail [model.md 11.9, 28].

What a lender lends, at what price, and whether it renews a note, are smooth functions of how well debt service is covered at the
lender's own quantile of what tenants can pay.
"""

import numpy as np

from abm.engine.firm import NEUTRAL, Firm
from abm.engine.population import column
from abm.engine.rules import rule
from abm.priors import between


class Lender(Firm):
    """A bank, a bond market or a private credit fund."""

    kind = "lender"
    capital_ratio = column(
        "own capital behind a loan", unit="share", low=0.08, high=1, default=0.2, source="model.md 26.5", prior=between(0.1, 0.36)
    )
    other_capital = column(
        "capital of its other business, which bears losses that its own cannot",
        unit="$bn",
        low=0,
        high=5000,
        default=0,
        source="assumption",
    )
    notes = column("1 if it lends by notes that fall due at once, 0 by loans", unit="0/1", low=0, high=1, default=0, source="assumption")
    tenor = column("time until a note falls due, or over which a loan is repaid", unit="quarters", low=1, high=48, default=20,
                   source="public: draws of CoreWeave's delayed-draw loans mature after five years")  # fmt: skip
    believed_life = column(
        "years for which it believes that chips earn, which its view of collateral and the time it lends for rest on",
        unit="years",
        low=1,
        high=20,
        default=6,
        source="assumption, as owners",
        prior=between(4, 8, "as owners"),
    )
    spread = column(
        "what it asks above the common rate, for its kind of money", unit="1/year", low=-0.02, high=0.1, default=0, source="assumption"
    )
    banned = column("quarters it still gives no credit", unit="quarters", default=0)
    funding_rate = column("mean rate of what it owes", unit="1/year", default=0)
    failed = column("times it failed", unit="count", default=0)
    credit_loss = column("loans written down so far", unit="$bn", default=0)
    died = column("quarter of its first failure, counted from 2023Q1; -1 before", unit="quarter", default=-1)

    @rule
    def most_lent(self, lending):
        """Largest loan over the cost of a block, share: the usual one, more or less by appetite [model.md 4]."""
        return np.minimum(1, lending.loan_to_value * (1 + lending.value_slope * (self.risk_appetite - NEUTRAL)))

    @rule
    def base_rate(self, lending):
        """Its rate to a borrower with just the required cover, per year: who dares more asks for less above what it pays [model.md 4]."""
        return np.maximum(0, lending.rate - lending.spread_slope * (self.risk_appetite - NEUTRAL))

    @rule
    def financed(self, cover, most, mood, lending):
        """Part of the cost of new compute it lends, share, [worlds, lenders, owners] [model.md 28].

        All that it ever lends where debt service would be covered as required, less in proportion where it would not, and less in fear.
        cover: cash flow over debt service at its own quantile, x; most: its largest loan over cost; mood: [worlds, 1]
        """
        tight = 1 - lending.tightening * np.clip(1 - mood, 0, 1)
        return most * np.minimum(1, cover / lending.coverage[..., None]) * tight[..., None]

    @rule
    def rate_asked(self, cover, leverage, mood, lending):
        """Rate it asks of an owner, per year, [worlds, lenders, owners]: the best one and a premium that falls with cover [model.md 28].

        cover: x; leverage: debt over earnings, x, [worlds, 1, owners]; mood: [worlds, 1]
        """
        at_required = self.base_rate(lending)[..., None]
        best = np.minimum(lending.best_rate[..., None], at_required)
        thinness = lending.coverage[..., None] / np.maximum(cover, LEAST_COVER)
        fear = lending.fear_premium * np.maximum(0, 1 - mood)
        turns = np.maximum(0, leverage - lending.leverage_norm[..., None])
        risk = (at_required - best) * thinness ** lending.rate_slope[..., None] + lending.leverage_premium[..., None] * turns
        return np.maximum(0, best + risk + self.spread[..., None] + fear[..., None])

    @rule
    def refinanced(self, cover, lending):
        """Part of maturing notes it exchanges for new ones while the market is open, share, [worlds, lenders, owners]."""
        return np.minimum(1, cover / lending.refinancing_cover[..., None])


LEAST_COVER = 0.05  # below it any rate would be beyond the cap
