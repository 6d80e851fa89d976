"""Implied risk appetite, what implied volatility is to options: the quantile at which present commitments can just be paid.

It is read off the public commitments of named firms, and nobody obeys it: how a firm decides is a declared prior [model.md 15.17, 26.16].
Counted are revenue, what cash will be left at the horizon, and an owner's means; rounds that nobody has signed are not. Beside it
stands the quantile at which revenue alone would pay.
"""

from typing import NamedTuple

import numpy as np

from abm.beliefs.planners import believed
from abm.beliefs.projection import rents_ahead
from abm.books.obligations import debt_service, lenders_service, outside_rent, running_costs
from abm.clock import QUARTER
from abm.compute.planning import look_ahead
from abm.engine.scales import NO_MONEY

HALVINGS = 30  # of a scale from 0 to 1: more digits than anybody reads


class ImpliedQuantile(NamedTuple):
    """A firm's implied risk appetite, and where it lies beyond the ends: "at most `low`", "at least `high`"."""

    quantile: np.ndarray
    at_most: np.ndarray
    at_least: np.ndarray


def implied_quantile(resources_at, obligations, low=0.02, high=0.98, steps=60):
    """The quantile at which what a firm has committed to can just be paid [model.md 15.17, 26.16].

    resources_at: function of an array of quantiles, rising in it, that returns resources of the shape of `obligations`.
    The number of halvings is fixed. An end is reported where even `low` pays more than is due or `high` less.
    """
    obligations = np.asarray(obligations, dtype=float)
    lower, upper = np.full(obligations.shape, float(low)), np.full(obligations.shape, float(high))
    at_most, at_least = resources_at(lower) >= obligations, resources_at(upper) <= obligations
    for _ in range(steps):
        middle = (lower + upper) / 2
        enough = resources_at(middle) >= obligations
        lower, upper = np.where(enough, lower, middle), np.where(enough, middle, upper)
    quantile = np.where(at_most, low, np.where(at_least, high, (lower + upper) / 2))
    return ImpliedQuantile(quantile, at_most, at_least & ~at_most)


class Reading(NamedTuple):
    """What firms of a kind imply, [worlds, firms] each.

    found: with everything that is theirs or signed; by_revenue: labs pay from the revenue of the year alone; committed: bool, who owes
    anything
    """

    found: ImpliedQuantile
    by_revenue: ImpliedQuantile
    committed: np.ndarray


def implied_appetites(industry):
    """{kind: Reading} of labs, owners of compute and lenders of a world as it stands."""
    seen = Seen(industry)
    return {"labs": of_labs(industry, seen), "clouds": of_clouds(industry, seen), "lenders": of_lenders(industry, seen)}


class Seen:
    """Labs as somebody with a quantile and a weight of past growth sees them at the horizon."""

    def __init__(self, industry):
        self.industry, view = industry, look_ahead(industry)
        self.at = industry.now + industry.compute.build_lag + 2
        self.base, self.backing = view.base, view.backing
        rents, prepaid = rents_ahead(industry, self.at - industry.now)
        fixed = industry.fixed_opex() * industry.labs.alive
        self.paid_until = (rents * QUARTER - prepaid).sum(axis=-1) + fixed * rents.shape[-1]  # until the horizon, $bn
        self.due = rents[..., -1] + fixed / QUARTER
        self.margin = industry.labs.margin_after_opex(0)

    def revenue(self, q, weight, quarters, axis=0):
        """Revenue so many quarters ahead, $bn a year, [worlds, labs], or with `axis` 1 for every counterparty, [worlds, labs, n]."""
        base = self.base[(..., *[None] * axis)]
        return believed(self.industry, base, weight, quarters * QUARTER, planners=axis > 0).quantile(q)

    def means(self, q, weight, axis=0):
        """What a lab has to pay a year's dues with at the horizon, $bn: revenue, cash that is left by then, an owner's means."""
        wide, ahead = (..., *[None] * axis), self.at - self.industry.now
        earned = [self.margin[wide] * self.revenue(q, weight, quarters, axis) for quarters in range(1, ahead + 1)]
        left = self.industry.labs.cash[wide] + sum(earned) * QUARTER - self.paid_until[wide]
        return earned[-1] + left + self.backing[wide]

    def part(self, q, weight, alone):
        """Part of its dues that each lab could pay in a counterparty's eyes, 0 to 1, [worlds, labs, counterparties].

        alone: from revenue of the year alone
        """
        q, weight, due = q[:, None], weight[:, None], self.due[..., None]
        if alone:
            means = self.margin[..., None] * self.revenue(q, weight, self.at - self.industry.now, axis=1)
        else:
            means = self.means(q, weight, axis=1)
        return np.clip(means / np.where(due > 0, due, np.inf), 0, 1)


def of_labs(industry, seen):
    """Labs: revenue of the year, cash left at the horizon and an owner's means at q against rents and fixed opex of that year.

    The cone is the neutral one: what a lab hopes beyond it shows as appetite.
    """
    due, ahead, neutral = seen.due, seen.at - industry.now, np.zeros_like(seen.base)
    found = implied_quantile(lambda q: seen.means(q, neutral), due, steps=HALVINGS)
    alone = implied_quantile(lambda q: seen.margin * seen.revenue(q, neutral, ahead), due, steps=HALVINGS)
    return Reading(found, alone, industry.fleet.rent_due(seen.at).sum(axis=2) > NO_MONEY)


def of_clouds(industry, seen):
    """Owners: what tenants could pay at q, and the other business, against debt service, running costs and instalments at the horizon."""
    fleet, clouds, p, at = industry.fleet, industry.clouds, industry.compute, seen.at
    due = debt_service(industry, at).sum(axis=1) + running_costs(industry, at) + fleet.total("unbuilt") / (p.build_lag * QUARTER)
    rents, outside = fleet.rent_due(at), outside_rent(industry, at)

    def resources(q, alone):
        return (rents * seen.part(q, clouds.tenant_extrapolation, alone)).sum(axis=1) + outside + clouds.other_cash_flow

    return _reading(resources, due, rents.sum(axis=1) > NO_MONEY)


def of_lenders(industry, seen):
    """Lenders: what borrowers could pay them at q, and no more than is due, against what they owe their own creditors at the horizon."""
    clouds, lenders, at = industry.clouds, industry.lenders, seen.at
    service = debt_service(industry, at)
    asked = service.sum(axis=1, keepdims=True)
    rest = (clouds.other_cash_flow + outside_rent(industry, at) - running_costs(industry, at))[:, None]
    weight = np.broadcast_to(industry.funds.market_extrapolation, lenders.cash.shape)
    rents = np.swapaxes(industry.fleet.rent_due(at), 1, 2)

    def resources(q, alone):
        earned = np.swapaxes(np.matmul(rents, seen.part(q, weight, alone)), 1, 2) + rest  # [worlds, lenders, clouds]
        return (service * np.clip(earned / np.where(asked > 0, asked, np.inf), 0, 1)).sum(axis=2)

    due = lenders_service(industry, at)
    return _reading(resources, due, due > NO_MONEY)


def _reading(resources, due, committed):
    found, alone = (implied_quantile(lambda q, alone=alone: resources(q, alone), due, steps=HALVINGS) for alone in (False, True))
    return Reading(found, alone, committed)
