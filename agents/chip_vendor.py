"""Chip vendors: sell production slots, and buy equity in the labs that spend the money on their chips [model.md 9.4, 9.5]."""

import numpy as np

from abm.engine.firm import NEUTRAL, Firm
from abm.engine.population import column
from abm.engine.rules import rule, rule_about_labs
from abm.priors import between


class ChipVendor(Firm):
    """A maker of accelerators."""

    kind = "vendor"
    gross_margin = column(
        "gross margin",
        unit="share",
        low=0.2,
        high=0.95,
        default=0.70,
        source="model.md B",
        prior=between(0.6, 0.77, "public: Nvidia earned 73 to 76 %, with one dip to 60.5 %"),
    )
    opex_ratio = column("opex over sales", unit="share", low=0, high=0.5, default=0.12, source="model.md B", prior=between(0.08, 0.18))
    sales = column("sales of the quarter to clouds of the model", unit="$bn", default=0)
    other_sales = column("sales of the quarter to everybody else", unit="$bn", default=0)
    profit = column("net profit of the last four quarters", unit="$bn", default=0)
    utilisation = column("booked over available slots after the lag", unit="share", default=0)
    orders = column("chips customers ask for in a quarter, moving average", unit="GW/quarter", default=0)
    order_growth = column("extrapolated growth of what they ask for", unit="ln/year", default=0)
    other_base = column("sales a quarter to other buyers at the opening", unit="$bn", default=0)
    rescue_paid = column("equity it paid in the quarter to keep labs alive that would have cost it more", unit="$bn/quarter", default=0)
    died = column("quarter in which it was lost, counted from 2023Q1; -1 before", unit="quarter", default=-1)

    @rule
    def finance_budget(self, vendor, sales_per_quarter):
        """Equity it can put into customers this quarter, $bn: a share of its cash by appetite, within the policy cap on sales.

        vendor: the parameters of all vendors; sales_per_quarter: $bn, [worlds, vendors]
        """
        share = np.minimum(1, vendor.finance_share * self.risk_appetite / NEUTRAL)
        return np.maximum(0, np.minimum(share * self.cash, vendor.finance_cap * sales_per_quarter))

    @rule
    def part_offered(self, vendor):
        """Part of a down-payment it offers to fund: the common one at middling appetite, in proportion to what it dares, at most all."""
        return np.minimum(1, vendor.circular_intensity * self.risk_appetite / NEUTRAL)

    @rule
    def part_lent(self, debt):
        """Part of its sales for a lab that it lends to the lab: the common one at middling appetite, in proportion to what it dares."""
        return debt.vendor_share * self.risk_appetite / NEUTRAL

    @rule
    def part_guaranteed(self, guarantee):
        """Part of the rents of tenants that it guarantees: the common one at middling appetite, none of who dares nothing, never all."""
        return 1 - (1 - guarantee.vendor) ** (self.risk_appetite / NEUTRAL)

    @rule_about_labs
    def accepts(self, resources, rent, new_rent):
        """Part of a deal it finances: as much as keeps the customer's coverage at the vendor's quantile at 1 [model.md 4].

        resources, rent, new_rent: what the customer could pay, owes already and would owe on top, $bn a year, [worlds, labs, vendors]
        """
        return np.clip((resources - rent) / np.where(new_rent > 0, new_rent, np.inf), 0, 1)

    @rule
    def slot_growth(self, fastest, slowest, neutral, span, bolder):
        """Growth of capacity by utilisation, per quarter [model.md 9.10]: none at `neutral`, the fastest at `neutral + span`.

        bolder: what its appetite adds or takes away, per quarter, [worlds, vendors]
        """
        return np.clip(fastest * (self.utilisation - neutral) / span + bolder, slowest, fastest)
