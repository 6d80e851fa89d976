"""Owners of compute: clouds, and the project companies of labs that build for themselves.

A cloud builds against contracts, borrows most of the cost and writes it off over a life it chooses. Whom it lets compute,
and how much, it decides at its own quantile of the tenant's revenue [model.md 9, 10.3].
"""

import numpy as np

from abm.beliefs.leap import belief
from abm.engine.firm import Firm
from abm.engine.population import column
from abm.engine.rules import rule_about_labs
from abm.priors import between


class Cloud(Firm):
    """An owner of compute."""

    kind = "cloud"
    accounting_life = column(
        "years over which its books write off compute; this acts on books and covenants (technology.chip_life says how long a chip earns)",
        unit="years", low=2, high=12, default=6, source="model.md 19", prior=between(4, 10)
    )  # fmt: skip
    believed_life = column(
        "years for which it believes that chips earn, which its prices rest on",
        unit="years",
        low=1,
        high=20,
        default=6,
        source="assumption: claims range from 2.5 to 6 years (shared figures on useful lives)",
        prior=between(4, 8, "claims range from 2.5 to 6 years (shared figures on useful lives)"),
    )
    leases_sites = column(
        "1 if it leases the sites of its compute, 0 if it builds and owns them", unit="0/1", low=0, high=1, default=0, source="assumption"
    )
    loan_to_value = column(
        "loan it seeks over the cost of a block",
        unit="share",
        low=0,
        high=0.95,
        default=0.75,
        source="model.md 19",
        prior=between(0.6, 0.85),
    )
    accounting_life_follows = column("1 if those years follow its appetite", unit="0/1", low=0, high=1, default=0)
    loan_to_value_follows = column("1 if that loan follows its appetite", unit="0/1", low=0, high=1, default=0)
    speculative_share_follows = column("1 if what it builds without a tenant follows its appetite", unit="0/1", low=0, high=1, default=0)
    self_funding = column(
        "part of its equity in new compute that may come from its own free cash",
        unit="share",
        low=0,
        high=1,
        default=1,
        source="assumption",
        prior=between(0.5, 1),
    )
    speculative_share = column(
        "compute it builds without a tenant, over what it builds for tenants", unit="share", low=0, high=1, default=0, source="assumption"
    )
    tenant_extrapolation = column(
        "weight of past growth that never fades when it judges a tenant",
        unit="weight",
        low=0,
        high=1,
        default=0,
        source="assumption",
        prior=between(0, 0.3),
    )
    breakthrough_odds, breakthrough_within = belief()

    other_cash_flow = column(
        "cash flow of its other business, net of tax", unit="$bn/year", low=-100, high=500, default=0, source="assumption"
    )
    other_growth = column("growth of that cash flow", unit="1/year", low=-0.5, high=0.5, default=0.0, source="assumption")
    exposed = column(
        "part of that cash flow which AI of others could take", unit="share", low=0, high=1, default=0, source="switch, off: none"
    )
    board_limit = column(
        "most that its board pours into AI from the rest of the firm, as equity; 10,000 is no limit",
        unit="$bn/year",
        low=0,
        high=10_000,
        default=10_000,
        source="switch, off: no limit",
    )
    outside_rent = column("rent of outside tenants for their compute in service", unit="$bn/year", low=0, default=0)
    outside_follow = column(
        "part of its outside tenants that follow the fortunes of the industry; its own products do not",
        unit="share",
        low=0,
        high=1,
        default=1,
        source="assumption",
        prior=between(0.5, 1),
    )
    contract_price = column("take-or-pay price it posts", unit="$bn/GW-year", default=0)
    rate = column("rate on its loans", unit="1/year", default=0)
    revenue = column("rents, of the spot market and of outside tenants too, at annual rate", unit="$bn/year", default=0)
    ebitda = column("revenue less running costs", unit="$bn/year", default=0)
    interest = column("interest on what it owes", unit="$bn/year", default=0)
    debt_service = column("interest and scheduled repayment, notes as if repaid over their tenor", unit="$bn/year", default=0)
    breach = column("quarters in a row in breach of covenant", unit="quarters", default=0)
    missed = column("quarters in a row in which it did not pay all debt service", unit="quarters", default=0)
    failing = column("1 if it could not pay last quarter", unit="0/1", low=0, high=1, default=0)
    reorganised = column("times its creditors took over", unit="count", default=0)
    rescue_paid = column("equity it paid in the quarter to keep labs alive that would have cost it more", unit="$bn/quarter", default=0)
    died = column("quarter of its first default, counted from 2023Q1; -1 before", unit="quarter", default=-1)

    @rule_about_labs
    def tenant_limit(self, resources, rent, weight, committed):
        """Rent a tenant may owe this cloud in all, less what it owes, as GW, [worlds, labs, clouds] [model.md 10.3, 26.12].

        resources: what the tenant could pay at the cloud's quantile, $bn a year, [worlds, labs, clouds];
        rent: $bn per GW-year, [worlds, 1, clouds]; weight: share of the cloud in the tenant's purchases;
        committed: rent owed, $bn a year, [worlds, labs, clouds]
        """
        return np.maximum(0, resources * weight - committed) / rent
