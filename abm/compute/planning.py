"""Planning and contracting: each lab looks at its cone and orders; clouds, vendors and lenders say how much they accept (phase 11).

Labs decide simultaneously on what was known before the phase. Scarce slots and scarce vendor money are shared pro rata.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from abm.beliefs.planners import believed, hoping, own_view
from abm.books.obligations import equity_needed, service_now
from abm.clock import QUARTER
from abm.compute.boards import allow, allowed_part
from abm.compute.chips import build_capacity
from abm.compute.old_business import defended
from abm.compute.renewal import renewals
from abm.compute.signing import sign
from abm.engine.scales import NO_MONEY, NO_POWER
from abm.engine.sums import ratio_or
from abm.failure.guarantees import guaranteed
from abm.failure.orphans import give_up, part_on_orphans, take_over
from abm.finance.capital import left_to_invest, on_offer
from abm.finance.concentration import to_build, within_limits
from abm.finance.credit import offer, seen_by_lenders
from abm.finance.lab_debt import debt_service, judge, labs_borrow
from abm.finance.lending import mean_rate_asked
from abm.services.prices import spent
from abm.technology.training import planned_training

P10, P50, P90 = 0.1, 0.5, 0.9


@dataclass
class Outlook:
    """What a planning round knows: forecasts, means to pay and what is already owed.

    base: revenue to forecast from, $bn a year; funding: a year's rounds at the last mark, $bn; backing: what a parent could add,
    $bn a year; rent, committed_rent: $bn per GW-year and $bn a year; pair_rent: by owner; all [worlds, labs(, clouds)]
    """

    horizon: float
    base: np.ndarray
    funding: np.ndarray
    backing: np.ndarray
    rent: np.ndarray
    pair_rent: np.ndarray
    committed_rent: np.ndarray
    renewed: float | np.ndarray = 0.0  # GW that owners build anew for outside tenants, [worlds, clouds]
    defence: float | np.ndarray = 0.0  # GW that owners build for fear for their old business, [worlds, clouds]
    taken_over: float | np.ndarray = 0.0  # GW of orphaned sites that labs take over, [worlds, labs, clouds]
    lenders_see: np.ndarray | None = None  # what tenants could pay at each lender's quantile, $bn a year, [worlds, labs, lenders]

    @property
    def lab_rent(self):
        """Rent each lab owes beyond the lag, $bn a year, [worlds, labs]."""
        return self.committed_rent.sum(axis=2)


def look_ahead(industry):
    """The outlook at the start of phase 11."""
    labs, p, fleet, now = industry.labs, industry.plans, industry.fleet, industry.now
    lag = industry.compute.build_lag
    held = labs.parent_row >= 0
    per_quarter = np.where(labs.listed > 0, industry.funds.listed_dilution, industry.funds.dilution)
    funding = np.where(held, 0, p.funded_quarters * per_quarter * industry.cap.value(industry.rows["labs"]))
    return Outlook(
        horizon=(lag + 2) * QUARTER,
        base=labs.forecast_base(p.demand_floor),
        funding=funding,
        backing=parents_means(industry),
        rent=price_of_new(industry),
        pair_rent=np.broadcast_to(industry.clouds.contract_price[:, None, :], industry.weights.shape),
        committed_rent=fleet.committed_rent(now + lag),
    )


def price_of_new(industry):
    """What each lab pays for new compute by its mix of owners, $bn per GW-year, [worlds, labs]; the list price where there is none."""
    prices = industry.clouds.contract_price
    if not prices.shape[1]:
        return np.broadcast_to(industry.list_price, industry.labs.cash.shape)
    return (industry.weights * prices[:, None, :]).sum(axis=2)


def parents_means(industry):
    """What an owner could pay a year for its labs: half its cash, and its other cash flow after debt service, $bn, [worlds, labs]."""
    labs, clouds = industry.labs, industry.clouds
    free = np.maximum(0, industry.plans.cash_in_plan * clouds.cash + clouds.other_cash_flow - service_now(industry))
    held = (labs.parent_row[..., None] == np.arange(len(clouds.names))) & (labs.alive[..., None] > 0)
    siblings = np.maximum(1, held.sum(axis=1, keepdims=True))
    return (held * (free[:, None] / siblings)).sum(axis=2)


def plan(industry):
    """Labs want, counterparties allow, slots are shared, contracts are signed."""
    view = look_ahead(industry)
    view.defence = defended(industry, view)
    allow(industry)
    industry.unbuilt.begin_orders()
    wanted = lab_orders(industry, view)
    pairs = accepted(industry, view, wanted)
    pairs, prepayment, vendor_money = financed(industry, view, pairs)
    take_over(industry, view.taken_over, view.pair_rent)
    asked = sign(industry, view, pairs, prepayment, vendor_money)
    give_up(industry)
    build_capacity(industry, asked)
    creditors_look(industry, view)


def lab_orders(industry, view):
    """What each lab wants to order, GW, [worlds, labs] [model.md 10.1 to 10.6]."""
    labs, p, funds = industry.labs, industry.plans, industry.funds
    forecast = own_view(industry, view.base, view.horizon)
    rho, density = labs.risk_appetite, labs.revenue_density / industry.scarcity  # scarcity will not last until the compute arrives
    serve_at = labs.serving_quantile(view.rent * industry.compute_cost / industry.list_price, density)
    own, low, mid, high, to_meet = forecast.quantiles(rho, P10, P50, P90, serve_at)
    labs.put(forecast=own, forecast_low=low, forecast_mid=mid, forecast_high=high)
    per_gw = density * (1 - planned_training(industry))
    to_serve = to_meet / spent(industry.services, industry.scarcity) / np.where(per_gw > 0, per_gw, np.inf)
    payable = labs.means_to_pay(own, rho, view.funding, p, funds.funding_sd) + view.backing - debt_service(industry)
    effective = industry.fleet.committed_effective(industry.now + industry.compute.build_lag).sum(axis=2)
    order = labs.compute_to_order(to_serve, effective, payable, view.lab_rent, view.rent)
    ruled = p.coverage_rule > 0
    room = labs.margin_after_opex(0) * low / np.where(ruled, p.coverage_rule, 1) - view.lab_rent
    order = np.where(ruled, np.minimum(order, np.maximum(0, room / view.rent)), order)
    order = order * hasty(industry) * industry.promises.free_hand(industry.promise_parameters)
    return np.where(industry.sentiment < p.shy_level, 0, order)


def hasty(industry):
    """Error of orders decided in two minutes, 1 for all others [model.md 4.2]."""
    p = industry.plans
    row = industry.luck_row("memo", industry.labs, spare=1)
    n, half = len(industry.labs.names), row.shape[1] // 2  # a fixed place, so that one more lab changes nobody's luck
    chance, size = ndtr(row[:, :n]), row[:, half : half + n]
    return np.where(chance < p.memo_noise, np.exp(p.memo_sd * size), 1)


def accepted(industry, view, wanted):
    """Orders of new compute by lab and cloud after every counterparty's limit, GW, [worlds, labs, clouds] [model.md 10.3, 26.12].

    What orphaned sites can serve is taken over instead, and noted in the view. Lenders set their terms for what an owner can find equity
    for, not for all that labs wish for: else a bold wish makes credit scarce.
    """
    labs, clouds = industry.labs, industry.clouds
    belief = clouds.breakthrough_odds, clouds.breakthrough_within
    resources = at_counterparty(industry, view, clouds.risk_appetite, clouds.tenant_extrapolation, industry.weights > 0, belief)
    for_the_rest = resources / (1 - guaranteed(industry))[:, None]  # a tenant need not be good for what vendors guarantee
    limit = clouds.tenant_limit(for_the_rest, view.pair_rent, industry.weights, view.committed_rent)
    pairs = np.minimum(limit, industry.weights * wanted[..., None]) * industry.fleet.open_part(industry.now)[:, None]
    labs.put(wanted_gw=wanted)
    renewed = renewals(industry)
    own = renewed + view.defence
    for_tenants = ratio_or(renewed, own, 1)
    set_terms(industry, view, pairs)
    set_terms(industry, view, pairs * fundable_part(industry, to_build(industry, pairs, own))[:, None])  # not for a wish
    pairs, own = within_limits(industry, view, pairs, own)
    view.taken_over = pairs * part_on_orphans(industry, pairs.sum(axis=1))[:, None]
    pairs = pairs - view.taken_over
    funded = fundable_part(industry, to_build(industry, pairs, own))
    industry.unbuilt.refuse(pairs * (1 - funded[:, None]), view.pair_rent)
    view.renewed, view.defence = own * funded * for_tenants, own * funded * (1 - for_tenants)
    industry.unfunded_part = unfunded_part(pairs, funded)
    return pairs * funded[:, None]


def unfunded_part(pairs, funded):
    """Part of what labs and owners agreed on that nobody funds, [worlds, 1]. pairs: GW, [worlds, labs, clouds]; funded: [worlds, clouds]"""
    agreed = pairs.sum(axis=(1, 2))[:, None]
    return np.where(agreed > NO_POWER, (pairs * (1 - funded[:, None])).sum(axis=(1, 2))[:, None] / np.maximum(agreed, NO_POWER), 0)


def set_terms(industry, view, pairs):
    """Lenders look at owners with the compute they want to build, and set the terms of credit until the next round.

    pairs: new compute wanted, GW, [worlds, labs, clouds]
    """
    if view.lenders_see is None:  # what tenants could pay does not depend on what is wanted
        weight = np.zeros_like(industry.lenders.cash) + industry.funds.market_extrapolation
        view.lenders_see = at_counterparty(industry, view, industry.lenders.risk_appetite, weight)
    industry.terms = offer(industry, seen_by_lenders(industry, view.lenders_see, pairs, view.pair_rent))
    industry.clouds.put(rate=mean_rate_asked(industry))


def open_terms(industry):
    """The terms of credit at the opening, before anybody wants anything new."""
    nothing_new = np.zeros(industry.weights.shape)
    view = look_ahead(industry)
    set_terms(industry, view, nothing_new)
    creditors_look(industry, view)


def creditors_look(industry, view):
    """Those who may lend to labs look at what labs could pay of their rents and debts."""
    if labs_borrow(industry) or industry.lab_debts.ever:
        vendors = industry.vendors
        weight = np.zeros_like(vendors.cash) + industry.funds.market_extrapolation
        means = {"lenders": view.lenders_see, "vendors": at_counterparty(industry, view, vendors.risk_appetite, weight)}
        closed = (view.funding * (1 - industry.equity_answers * industry.filled))[..., None]  # who repays from a next round needs one
        means = {kind: np.maximum(0, seen - closed) for kind, seen in means.items()}
        judge(industry, means, industry.fleet.rent_due(industry.now + industry.compute.build_lag).sum(axis=2))


def fundable_part(industry, gw):
    """Part of the new compute for which owners find equity now, 0 to 1, [worlds, clouds]: nobody signs what nobody funds.

    An owner spends its free cash first; what it lacks must come from the money that investors offer, shared pro rata. Its board allows
    so much and no more.
    gw: [worlds, clouds]
    """
    need, from_cash = equity_needed(industry, gw)
    called = need - from_cash
    supply = on_offer(industry).sum(axis=1, keepdims=True)
    total = called.sum(axis=1, keepdims=True)
    found = from_cash + called * np.minimum(1, supply / np.where(total > 0, total, 1))
    return np.minimum(allowed_part(industry, need), np.where(need > NO_MONEY, found / np.maximum(need, NO_MONEY), 1))


def at_counterparty(industry, view, quantile, extrapolation, asked=True, belief=None):
    """A tenant's resources as a counterparty sees them, $bn a year, [worlds, labs, counterparties] [model.md 10.3].

    quantile, extrapolation: the counterparty's own, [worlds, counterparties]; asked: pairs that may deal at all, bool, in the
    shape of what is returned; others in no world are left at 0; belief: odds of a breakthrough and years within which, as these,
    None for who does not count on one
    """
    labs, found = industry.labs, np.zeros((*view.base.shape, quantile.shape[1]))
    tenant, judge = np.nonzero(np.broadcast_to(asked, found.shape).any(axis=0))
    seen = believed(industry, view.base[:, tenant], extrapolation[:, judge], view.horizon, labs=tenant)
    if belief is not None:
        odds, within = (each[:, judge] for each in belief)
        seen = hoping(industry, seen, odds, within, view.horizon)
    rest = industry.plans.cash_in_plan * labs.cash + view.funding + view.backing
    found[:, tenant, judge] = seen.quantile(quantile[:, judge]) + rest[:, tenant]
    return found


def financed(industry, view, pairs):
    """Down-payments, who funds them, and the orders that liquidity allows [model.md 9.7, 9.8, 10.5].

    Returns orders, GW, [worlds, labs, clouds]; down-payments, $bn, [worlds, labs]; equity that funds part of them,
    $bn, [worlds, funders, labs], the funders being vendors, or investors under `outside_equity`.
    """
    labs, p = industry.labs, industry.plans
    order = pairs.sum(axis=2)
    mean_rent = (pairs * view.pair_rent).sum(axis=2) / np.where(order > 0, order, 1)
    years = p.prepaid_years * (p.down_payment != "waived")
    prepayment = labs.prepayment_due(order, mean_rent, view.lab_rent, view.backing, p.covered, years)
    equity = vendor_money(industry, view, pairs, prepayment, mean_rent * order)
    own = np.maximum(0, prepayment - equity.sum(axis=1))
    scale = np.minimum(1, (p.cash_in_prepayment * np.maximum(0, labs.cash)) / np.where(own > 0, own, np.inf))
    scale = np.where(own > NO_MONEY, scale, 1)
    labs.put(unmet_prepayment=p.cash_in_prepayment * (1 - scale) * own)
    return pairs * scale[..., None], prepayment * scale, equity * scale[:, None]


def vendor_money(industry, view, pairs, prepayment, new_rent):
    """Equity a vendor puts into labs that spend the money on its chips, $bn, [worlds, vendors, labs] [model.md 9.8]."""
    vendors, p = industry.vendors, industry.plans
    by_vendor = np.matmul(pairs, industry.vendor_mix)
    share = by_vendor / np.where(pairs.sum(axis=2) > 0, pairs.sum(axis=2), 1)[..., None]
    wanted = vendors.part_offered(industry.chips)[:, None] * prepayment[..., None] * share
    means = at_counterparty(industry, view, vendors.risk_appetite, np.zeros_like(vendors.cash) + industry.funds.market_extrapolation)
    wanted = wanted * vendors.accepts(means, view.lab_rent[..., None], new_rent[..., None])
    wanted = np.where(industry.labs.parent_row[..., None] >= 0, 0, wanted)
    budget = vendors.finance_budget(industry.chips, vendors.sales + vendors.other_sales)
    total = wanted.sum(axis=1)
    given = wanted * np.minimum(1, budget / np.where(total > 0, total, 1))[:, None]
    given = np.swapaxes(given, 1, 2) * (p.down_payment in ("vendor_equity", "outside_equity"))
    if p.down_payment != "outside_equity":
        return given
    return outside_money(industry, view, pairs, given.sum(axis=1))


def outside_money(industry, view, pairs, wanted):
    """The same equity from investors, $bn, [worlds, investors, labs]: as far as the quarter's budget goes beyond owners' calls.

    pairs: orders, GW, [worlds, labs, clouds]; wanted: $bn, [worlds, labs]
    """
    left = left_to_invest(industry)
    need, from_cash = equity_needed(industry, to_build(industry, pairs, view.renewed + view.defence))
    total, asked = left.sum(axis=1, keepdims=True), wanted.sum(axis=1, keepdims=True)
    calls = (need - from_cash).sum(axis=1, keepdims=True) * industry.equity_answers
    part = np.minimum(1, np.maximum(0, total - calls) / np.where(asked > 0, asked, 1))
    weights = left / np.where(total > 0, total, 1)
    return weights[..., None] * (wanted * part)[:, None]
