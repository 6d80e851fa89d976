"""Phases 4 to 7: prices are posted, customers choose, capacity is rationed, and what everybody owes this quarter is computed.

Revenue is received in cash; what is owed is only written down, by seniority, and paid once in phase 9 [model.md 26.1].
"""

from dataclasses import dataclass, field

import numpy as np

from abm.books.loans import interest
from abm.books.obligations import opex_due, prepaid_this_quarter, service_now
from abm.books.ranks import SECURED, TRADE, WAGES
from abm.books.register import EXTRA_OUT
from abm.books.vintages import over_vintages
from abm.clock import QUARTER
from abm.compute.owners import earnings, running_now, spot_rent
from abm.engine.scales import NO_MONEY
from abm.engine.sums import by_row
from abm.failure.distress import for_hire, in_distress, offer, sublet_share
from abm.failure.guarantees import pay_rents
from abm.finance.lab_debt import owe_debts
from abm.services.prices import spent as spent_at
from abm.services.pricing import market, set_scarcity, spot_price, without_cut
from abm.services.refuge import refuge
from abm.services.serving import Offers, Supply, densities, outside_pool, ration
from abm.services.shares import total
from abm.technology.open_weights import idle_share, of_labs, pay_for_compute
from abm.technology.training import kept_for_training, planned_training


@dataclass
class Dues:
    """What is owed this quarter, $bn: by flow, with payer and payee kinds, in order of seniority."""

    claims: dict = field(default_factory=dict)

    def owe(self, flow, seniority, payer, payee, amount):
        """Add a claim: amount [worlds, payers, payees]."""
        self.claims[flow] = (seniority, payer, payee, amount)

    def amount(self, flow):
        """What is owed under a flow, $bn, [worlds, payers, payees]."""
        return self.claims[flow][3]

    def of(self, kind):
        """All that a kind owes, $bn, [worlds, payers]."""
        return sum(by_row(amount) for _, payer, _, amount in self.claims.values() if payer == kind)

    def to(self, kind):
        """All that a kind is owed, $bn, [worlds, payees]."""
        return sum(amount.sum(axis=1) for _, _, payee, amount in self.claims.values() if payee == kind)


def supply(industry):
    """What labs can serve with, a Supply; owners' idle compute is for hire on the spot market, and so is that of labs in distress."""
    effective = industry.fleet.effective(industry.now)
    density, planned = np.maximum(industry.labs.revenue_density, np.finfo(float).tiny), planned_training(industry)
    return Supply(
        density=density,
        effective=effective[:, :EXTRA_OUT].sum(axis=2),
        alive=industry.labs.alive > 0,
        idle=total(for_hire(industry)),
        outside=outside_pool(industry.services, industry.now),
        distressed=in_distress(industry),
        planned_training=planned,
        least_training=kept_for_training(industry, planned, density),
        up=industry.disruptions.up(industry.now),
    )


def demand(industry):
    """Phase 5: customers move on, wish and choose; spend asked for by lab and class, $bn a year, [worlds, labs, classes]."""
    customers, labs = industry.customers, industry.labs
    frontier = industry.frontier()
    customers.advance_stages(frontier)
    served = labs.revenue.sum(axis=1, keepdims=True)
    if industry.open_weights:
        served = served + industry.open_weights.revenue
    market = industry.technology.market_boost() * industry.demand_factor * industry.economy.budgets(industry.economy_parameters)
    customers.desired_spend(frontier, served, industry.demand_noise(), market)
    fit = np.stack([labs.enterprise_fit, labs.consumer_fit], axis=1) + labs.quality[:, None]
    offers = Offers(labs.released, fit, labs.price, labs.outage, labs.alive > 0)
    customers.choose(
        industry.open_weights.beside(offers, frontier) if industry.open_weights else offers,
        industry.turned_away_share,
        (industry.luck.customers("choice", industry.age, customers.n), industry.luck.customers("provider", industry.age, customers.n)),
        refuge(industry),
    )
    taken_in = customers.taken_in[:, : len(labs.names)]
    labs.put(taken_in=taken_in)
    industry.in_transit = customers.in_transit()
    industry.spend_lost = industry.spend_lost + customers.lost
    industry.rescue = industry.rescue + total(taken_in)
    industry.wanted = customers.spend.sum(axis=1, keepdims=True) - industry.in_transit
    industry.potential = customers.demand()
    spent = set_scarcity(industry, np.ascontiguousarray(industry.potential[:, : len(labs.names)]), supply(industry))
    if industry.open_weights:  # their users press on no lab's prices, and buy more because it is cheap
        users = spent_at(industry.services, industry.price_level * industry.open_weights.price)
        spent = np.concatenate([spent, users], axis=1)
    industry.spent_part = spent
    return industry.potential * spent[..., None]


def serve(industry, wanted):
    """Phase 6: rationing; what is served is this quarter's revenue, the rest of a lab's compute trains its next model."""
    labs, capacity = industry.labs, supply(industry)
    industry.served = _everybody(industry, wanted, capacity)
    industry.news.announced = announced_loss(industry, capacity, industry.served)
    offer(industry, capacity, industry.served)
    found = market(industry, wanted[:, : len(labs.names)], capacity.density)
    industry.spot = spot_price(industry, found, unhired(industry))
    served = of_labs(industry.served, len(labs.names))
    industry.turned_away_share = industry.served.turned_away_share
    labs.put(
        previous_revenue=labs.revenue + labs.bought,
        revenue=served.served,
        demand=served.demand.sum(axis=2),
        turned_away=served.turned_away.sum(axis=2),
        outage=served.outage(labs.outage, industry.services),
        inference_gw=served.inference_gw,
        training_gw=served.training_gw,
        sublet_gw=served.sublet_gw,
    )
    return served


def announced_loss(industry, capacity, served):
    """What the density that a shock cut this quarter does to revenue, ln, [worlds, 1]: announced with the cut, so no surprise to anybody.

    Found by serving the same customers at the prices before the cut; where customers are few, not compute, nothing is lost.
    """
    left = industry.news.extra.get("density_left", 1)
    if np.all(left == 1):
        return np.zeros((industry.worlds, 1))  # no cut in any world
    labs = len(industry.labs.names)
    uncut = _rationed(industry, *without_cut(industry, capacity, left))
    revenue, before = (total(of_labs(rationed, labs).served) for rationed in (served, uncut))
    known = (revenue > NO_MONEY) & (before > NO_MONEY)
    return np.log(np.where(known, revenue, 1) / np.where(known, before, 1))


def _everybody(industry, wanted, capacity):
    """Rationing of labs, and of the users of open weights beside them where there are any."""
    served = _rationed(industry, wanted, capacity)
    if industry.open_weights:
        industry.open_weights.remember(served, industry.services)
    return served


def _rationed(industry, wanted, capacity):
    """All share what can be hired."""
    found = market(industry, wanted[:, : len(industry.labs.names)], capacity.density)
    if not industry.open_weights:
        return ration(wanted, capacity, industry.services, found)
    users = industry.open_weights
    return ration(wanted, users.supply(capacity, found.list_price), industry.services, users.among_bidders(found))


def unhired(industry):
    """Compute for hire that nobody hires, GWe, [worlds, 1]. What can be hired only next quarter counts, as far as nobody is short of it."""
    withheld = total(industry.fleet.withheld(industry.now))
    return industry.idle_gw - total(industry.served.spot_gw) + np.maximum(0, withheld - _short(industry))


def _short(industry):
    """Compute that the customers whom labs turned away would have needed, GWe, [worlds, 1]."""
    turned_away = of_labs(industry.served, len(industry.labs.names)).turned_away / densities(industry.services)
    return total(turned_away.sum(axis=2) / np.maximum(industry.labs.revenue_density, np.finfo(float).tiny))


def receive(industry, served):
    """Phase 7, receipts: customers pay labs out of income from Economy, and everybody's outside business pays."""
    rows, ledger = industry.rows, industry.ledger
    paid = customers_pay(industry, served) * QUARTER
    ledger.pay("budget", rows["Economy"], rows["customers"], paid.sum(axis=2)[:, None])
    ledger.pay("services", rows["customers"], rows["labs"], paid)
    if industry.open_weights:
        pay_for_compute(industry, industry.served)
    clouds = industry.clouds
    ledger.pay("other_cash_flow", rows["Economy"], rows["clouds"], np.maximum(0, clouds.other_cash_flow)[:, None] * QUARTER)
    ledger.pay("outside_rent", rows["Economy"], rows["clouds"], clouds.outside_rent[:, None] * QUARTER)
    index = np.clip(industry.sentiment, industry.chips.other_low, industry.chips.other_high)
    path = industry.vendors.other_base * (1 + industry.chips.other_growth) ** industry.age
    wanted = path.sum(axis=1, keepdims=True)
    path = path * np.minimum(1, industry.chips.other_cap / np.where(wanted > 0, wanted, 1))
    selling = industry.losses.vendors_open(industry.now)
    industry.vendors.put(other_sales=path * index * selling, sales=industry.chip_sales)
    ledger.pay("other_chips", rows["Economy"], rows["vendors"], industry.vendors.other_sales[:, None])
    if industry.made_whole.rent[..., 0].any():
        industry.made_whole.pay(industry, spot_rent(industry, served) * QUARTER)
    if industry.guaranteed.rent[..., 0].any():
        pay_rents(industry, spot_rent(industry, served) * QUARTER)


def customers_pay(industry, served):
    """What enterprises and consumers pay each lab, $bn a year, [worlds, 2, labs]; settles customers one by one."""
    consumer = served.by_class[..., -1]
    if industry.customers is not None:
        industry.customers.settle(industry.served.paid_share * industry.spent_part[..., None])
    return np.stack([served.served - consumer, consumer], axis=1)


def consume_prepayments(industry):
    """Rents of the first year that were paid in advance: no cash moves. Returns them, $bn, [worlds, labs, owners]."""
    fleet, rows = industry.fleet, industry.rows
    there, used = prepaid_this_quarter(industry)
    fleet.prepaid[..., there] -= used
    used = fleet.pairs.table(over_vintages(used))
    industry.ledger.revalue("consumption", rows["labs"], "prepaid", rows["clouds"], "prepaid_owed", -used)
    return used


def dues(industry, served):
    """Phase 7, obligations: everything that falls due this quarter, a Dues."""
    labs, clouds, vendors, fleet = industry.labs, industry.clouds, industry.vendors, industry.fleet
    now, owed = industry.now, Dues()
    labs.put(opex=opex_due(industry))
    owed.owe("opex", WAGES, "labs", "Economy", labs.opex[..., None].copy())
    running = running_now(industry)
    owed.owe("running_costs", WAGES, "clouds", "Economy", (running * QUARTER)[..., None])
    negative = np.maximum(0, -clouds.other_cash_flow) * QUARTER
    owed.owe("other_loss", WAGES, "clouds", "Economy", negative[..., None])
    sales = vendors.sales + vendors.other_sales
    owed.owe("cost_of_goods", WAGES, "vendors", "Economy", ((1 - vendors.gross_margin + vendors.opex_ratio) * sales)[..., None])
    owed.owe("interest", SECURED, "clouds", "lenders", np.swapaxes(interest(industry) * QUARTER, 1, 2))
    principal = fleet.principal_due()
    owed.owe("principal", SECURED, "clouds", "lenders", np.swapaxes(principal, 1, 2))
    bonds = -industry.ledger.balances["borrowings"][:, industry.rows["lenders"]]
    funding = industry.lenders.funding_rate * bonds * QUARTER
    owed.owe("borrowing_interest", SECURED, "lenders", "Economy", funding[..., None])
    prepaid = consume_prepayments(industry)
    industry.prepaid_used = prepaid.sum(axis=2)
    owed.owe("rent", TRADE, "labs", "clouds", np.maximum(0, fleet.rent_due(now) * QUARTER - prepaid))
    hired = (industry.spot * served.spot_gw * QUARTER)[..., None]
    owed.owe("spot", TRADE, "labs", "clouds", hired * idle_share(industry)[:, None])
    owed.owe("sublet", TRADE, "labs", "labs", hired * sublet_share(industry)[:, None])
    pool = industry.list_price * industry.services.outside_premium * served.outside_gw * QUARTER
    owed.owe("outside_pool", TRADE, "labs", "Economy", pool[..., None])
    labs.put(obligations=owed.of("labs"))  # without the principal of its own debt, which it would rather roll over
    owe_debts(industry, owed)
    clouds.put(**earnings(industry, served, running), interest=interest(industry).sum(axis=1), debt_service=service_now(industry))
    industry.owed = owed
    return owed
