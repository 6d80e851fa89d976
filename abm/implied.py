"""Implied risk appetite, what implied volatility is to options: the quantile at which present commitments can just be paid.

In named worlds every firm starts with its implied appetite, read off its public commitments by one rule, never judged
[model.md 15.17, 26.16]. A firm without commitments, and one whose appetite a file states, keeps what it has.
"""

import numpy as np

from abm.clock import QUARTER
from abm.cone import cone, implied_quantile
from abm.obligations import debt_service, lenders_service, outside_rent, running_costs
from abm.planning import look_ahead
from abm.scales import NO_MONEY


def imply_appetites(industry):
    """Set the appetite of all firms marked as implied in the opening; keep what was found as `industry.implied`, by kind."""
    industry.implied = {}
    for kind, rule in (("labs", of_labs), ("clouds", of_clouds), ("lenders", of_lenders)):
        population, given = getattr(industry, kind), industry.opening.columns[kind]
        marked = np.asarray(given.get("implied", np.zeros(len(population.names)))) > 0
        if not marked.any():
            continue
        found, committed = rule(industry)
        applies = marked & committed
        population.put(risk_appetite=np.where(applies, found.quantile, population.risk_appetite))
        industry.implied[kind] = found._replace(quantile=np.where(applies, found.quantile, np.nan))
    if "labs" in industry.implied:
        _follow(industry)


def _follow(industry):
    """Character, and the forecasting weight where the file leaves it open, follow the implied appetite (w = q)."""
    labs = industry.labs
    stated = {figure.firm for figure in industry.opening.figures if figure.key == "extrapolation" and figure.confidence != "model"}
    free = np.array([name not in stated for name in labs.names]) & np.isfinite(industry.implied["labs"].quantile)
    labs.put(character=labs.risk_appetite, extrapolation=np.where(free, labs.risk_appetite, labs.extrapolation))


def of_labs(industry):
    """Labs: revenue, half of cash and a year of rounds at q against the rent due at the horizon. Returns found and who has commitments."""
    labs, view = industry.labs, look_ahead(industry)
    due = industry.fleet.rent_due(_horizon(industry)).sum(axis=2)

    def resources(q):
        seen = cone(view.base, labs.growth, q, view.horizon, industry.cone).quantile(q)
        return labs.means_to_pay(seen, q, view.funding, industry.plans, industry.funds.funding_sd) + view.backing

    return implied_quantile(resources, due), due > NO_MONEY


def of_clouds(industry):
    """Owners: what tenants could pay at q and the other business against debt service, running costs and instalments at the horizon."""
    fleet, clouds, p = industry.fleet, industry.clouds, industry.compute
    at = _horizon(industry)
    due = debt_service(industry, at).sum(axis=1) + running_costs(industry, at) + fleet.total("unbuilt") / (p.build_lag * QUARTER)
    rents, tenants = fleet.rent_due(at), _Tenants(industry, clouds.tenant_extrapolation)
    outside = outside_rent(industry, at)

    def resources(q):
        return (rents * tenants.part(q)).sum(axis=1) + clouds.other_cash_flow + outside

    return implied_quantile(resources, due), rents.sum(axis=1) > NO_MONEY


def of_lenders(industry):
    """Lenders: what borrowers could pay them at q, and no more than is due, against what they owe their own creditors at the horizon."""
    clouds, lenders, at = industry.clouds, industry.lenders, _horizon(industry)
    service = debt_service(industry, at)
    asked = service.sum(axis=1, keepdims=True)
    rest = (clouds.other_cash_flow + outside_rent(industry, at) - running_costs(industry, at))[:, None]
    tenants = _Tenants(industry, np.broadcast_to(industry.funds.market_extrapolation, lenders.cash.shape))
    rents = np.swapaxes(industry.fleet.rent_due(at), 1, 2)

    def resources(q):
        earned = np.swapaxes(np.matmul(rents, tenants.part(q)), 1, 2) + rest  # [worlds, lenders, clouds]
        return (service * np.clip(earned / np.where(asked > 0, asked, np.inf), 0, 1)).sum(axis=2)

    due = lenders_service(industry, at)
    return implied_quantile(resources, due), due > NO_MONEY


def _horizon(industry):
    return industry.now + industry.compute.build_lag + 2


class _Tenants:
    """Labs as their counterparties see them at the opening. weight: of past growth, by counterparty, [worlds, counterparties]"""

    def __init__(self, industry, weight):
        labs, view = industry.labs, look_ahead(industry)
        self.cone = cone(view.base[..., None], labs.growth[..., None], weight[:, None], view.horizon, industry.cone)
        self.margin = labs.margin_after_opex(0)[..., None]
        self.rest = (industry.plans.cash_in_plan * labs.cash + view.backing)[..., None]
        self.total = industry.fleet.rent_due(_horizon(industry)).sum(axis=2)[..., None]

    def part(self, q):
        """Part of its rent that each could pay at a counterparty's quantile, 0 to 1, [worlds, labs, counterparties]."""
        means = self.margin * self.cone.quantile(q[:, None]) + self.rest
        return np.clip(means / np.where(self.total > 0, self.total, np.inf), 0, 1)
