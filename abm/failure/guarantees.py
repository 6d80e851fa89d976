"""Guarantees of rent: the maker of the chips in a site promises its owner a part of what tenants owe, and pays if a tenant fails.

An owner and its lenders therefore look at a tenant for the rest only, so they let and lend more. When the tenant fails, its vendors pay
their part of the arrears before the owner must pay its own bills, and then of each quarter's rent less what the compute earns instead,
for so many quarters. They pay from cash beyond their bills: a guarantee is as good as who gives it [model.md 13.12].
"""

import numpy as np

from abm.books.ranks import TRADE
from abm.clock import QUARTER
from abm.engine.sums import ratio_or
from abm.failure.creditors import unpaid_claims
from abm.parameters import Group, parameter
from abm.priors import between


class GuaranteeParameters(Group, name="guarantee"):
    """What chip vendors promise to the owners of compute in case a tenant fails [model.md 13.12]."""

    vendor = parameter(
        0.0, unit="share", low=0, high=0.9,
        source="switch, off; public: Google stands behind 3.2 of leases that Fluidstack took from TeraWulf in 2025",
        meaning="part of the rent of tenants that a vendor of appetite 0.5 guarantees to owners that bought its chips",
    )  # fmt: skip
    quarters = parameter(
        8, unit="quarters", low=0, high=40, source="assumption", structural=True,
        meaning="time after a tenant's failure for which a guarantor pays", prior=between(4, 20)
    )  # fmt: skip


def by_vendor(industry):
    """Part of the rents due to each owner that each vendor guarantees, 0 to 1, [worlds, owners, vendors]; nothing of lost vendors."""
    parts = np.where(industry.losses.vendors, 0, industry.vendors.part_guaranteed(industry.guarantee))
    return industry.vendor_mix * parts[:, None]


def guaranteed(industry):
    """Part of the rents due to each owner that vendors guarantee, 0 to 1, [worlds, owners]."""
    return by_vendor(industry).sum(axis=2)


def guaranteed_rents(industry):
    """Rents that vendors would pay if a tenant failed and nobody hired its compute, $bn, [worlds, labs, vendors]."""
    fleet = industry.fleet
    rents = fleet.pairs.table(fleet.rent_to_come_by_pair(industry.now, industry.guarantee.quarters))
    return np.matmul(rents, by_vendor(industry))


def called(industry):
    """The same as far as anybody loses by a failure: with channel C1 off Economy pays instead."""
    return guaranteed(industry) * industry.contagion.counterparty


def pay_arrears(industry, owed, claims, result):
    """Guarantors pay owners their part of the rent that labs leave unpaid this quarter; whether there was any.

    owed: Dues, of which guarantors pay their own bills first
    """
    if not (industry.guarantee.vendor > 0).any():
        return False
    unpaid = unpaid_claims(industry, claims, result, TRADE, "labs", "clouds").sum(axis=1)
    return _pay(industry, unpaid * called(industry), owed.of("vendors"))


def pay_rents(industry, relet):
    """Guarantors pay their part of what tenants that failed had promised for this quarter, less what the compute brings instead.

    relet: what owners get for all their idle compute, $bn, [worlds, owners]
    """
    promises = industry.guaranteed
    due = promises.after_advances(promises.paid_instead(industry, relet / QUARTER) * QUARTER)
    _pay(industry, due, 0)


def _pay(industry, due, bills):
    """Vendors share what is due by what they guarantee, as far as their cash beyond bills goes; whether anybody paid.

    due: $bn, [worlds, owners]; bills: $bn, [worlds, vendors]
    """
    parts = by_vendor(industry)
    asked = due[..., None] * ratio_or(parts, parts.sum(axis=2, keepdims=True), 0)
    able = np.maximum(0, industry.vendors.cash - bills)
    paid = asked * np.minimum(1, ratio_or(able, asked.sum(axis=1), 1))[:, None]
    industry.ledger.pay("guarantee", industry.rows["vendors"], industry.rows["clouds"], np.swapaxes(paid, 1, 2))
    return paid.any()
