"""The other business of owners of compute: how it grows, what AI takes from it, and what its owner spends out of fear [model.md 9.16].

An incumbent that lives on search or seats loses part of that to rivals' AI. It builds compute beside what anybody ordered, because it
fears to lose more. Both are switched off by default.
"""

import numpy as np

from abm.beliefs.planners import believed
from abm.clock import QUARTER
from abm.engine.scales import NO_MONEY
from abm.engine.sums import ratio_or
from abm.finance.lending import building_cost
from abm.parameters import Group, parameter
from abm.priors import between

MEDIAN = 0.5


class IncumbentParameters(Group, name="incumbent"):
    """What AI does to the old business of who owns compute, and what its owner does about it [model.md 9.16]."""

    displaced = parameter(0.0, unit="0/1", low=0, high=1, source="switch", meaning="1: rivals' AI takes from the other business of owners")
    taken = parameter(
        0.1, unit="$ per $", low=0, high=1, prior=between(0.03, 0.3),
        meaning="other cash flow of all owners that the first dollars of rivals' AI revenue take, for each of these",
        source="assumption: none was lost by 2026 (search of the largest still grew); money of users that moves to AI was partly its own",
    )  # fmt: skip
    defends = parameter(0.0, unit="0/1", low=0, high=1, source="switch", meaning="1: owners build compute for fear of that loss")
    spent = parameter(
        1.0, unit="$ per $", low=0, high=5, source="assumption", prior=between(0.3, 3),
        meaning="what an owner puts into compute a year for each dollar a year that it expects to lose by the time this compute serves",
    )  # fmt: skip


class OldBusiness:
    """path: other cash flow as if nothing were taken, $bn a year; lost: part of it that rivals' AI took; kept: what it is of its path
    after that and in the incomes of the day; all [worlds, owners].

    feared: what owners would put into compute for fear of losing more, $bn a year; rivals: AI revenue of all labs but their own at the
    opening, $bn a year
    """

    def __init__(self, industry):
        self.path = industry.clouds.other_cash_flow.copy()
        self.lost, self.feared = np.zeros_like(self.path), np.zeros_like(self.path)
        self.kept = np.ones_like(self.path)
        self.rivals = of_rivals(industry, industry.labs.revenue[..., None])


def advance(industry):
    """Other cash flow of the quarter that begins, so that planners, lenders and indicators read what is earned now."""
    clouds, old = industry.clouds, industry.old_business
    growth = 1 + clouds.other_growth * QUARTER
    old.path = old.path * growth
    old.lost = lost(industry, industry.labs.revenue[..., None])
    before, tide = old.kept, industry.economy.business(industry.economy_parameters)
    old.kept = (1 - old.lost) * np.where(old.path > 0, tide, 1)
    clouds.put(other_cash_flow=clouds.other_cash_flow * growth * ratio_or(old.kept, before, 0))


def of_rivals(industry, revenue):
    """AI revenue of all labs that an owner does not hold, $bn a year, [worlds, owners]. revenue: [worlds, labs, owners or 1]"""
    own = industry.labs.parent_row[..., None] == np.arange(len(industry.clouds.names))
    return (np.where(own, 0, revenue) * industry.labs.alive[..., None]).sum(axis=1)


def lost(industry, revenue):
    """Part of other cash flow that AI takes at this revenue of labs, 0 to 1, [worlds, owners]: more slowly as less of it is left.

    A dollar of rivals' AI revenue beyond that of the opening takes from every owner in proportion to what AI can displace there.
    revenue: $bn a year, [worlds, labs, owners or 1]
    """
    p, old = industry.incumbents, industry.old_business
    exposed = industry.clouds.exposed * np.maximum(0, old.path)
    more = np.maximum(0, of_rivals(industry, revenue) - old.rivals)
    pressed = ratio_or(p.taken * more, np.broadcast_to(exposed.sum(axis=1, keepdims=True), more.shape), 0, NO_MONEY)
    return np.where(p.displaced > 0, industry.clouds.exposed * -np.expm1(-pressed), 0)


def defended(industry, view):
    """GW that owners want to build for fear of what they will lose by the planning horizon, [worlds, owners].

    view: the Outlook of a planning round. What they fear is the median of what they expect of labs.
    """
    p, old, clouds = industry.incumbents, industry.old_business, industry.clouds
    if not np.any((p.defends > 0) & (p.displaced > 0)):
        return np.zeros_like(old.path)
    seen = believed(industry, view.base[..., None], clouds.tenant_extrapolation[:, None], view.horizon, planners=True)
    more = np.maximum(0, lost(industry, seen.quantile(MEDIAN)) - old.lost) * np.maximum(0, old.path)
    old.feared = np.where(p.defends > 0, p.spent * more, 0)
    return old.feared * QUARTER / building_cost(industry)
