"""Phases 4 to 7: prices are posted, customers choose, capacity is rationed, and what everybody owes this quarter is computed.

Revenue is received in cash; what is owed is only written down, by seniority, and paid once in phase 9 [model.md 26.1].
"""

from dataclasses import dataclass, field, replace

import numpy as np

from abm.clock import QUARTER
from abm.compute_prices import contract_price, list_price, mean_price
from abm.distress import for_hire, in_distress, offer, sublet_share
from abm.loans import interest
from abm.markets.hire import Purse
from abm.markets.refuge import refuge
from abm.markets.services import Offers, Supply, densities, outside_pool, post_prices, ratio, ration, scarcity_index, total
from abm.obligations import opex_due, prepaid_this_quarter, service_now
from abm.open_weights import idle_share, of_labs, pay_for_compute
from abm.register import EXTRA_OUT, IDLE
from abm.scales import NO_MONEY
from abm.sums import by_row
from abm.vintages import over_vintages

WAGES, SECURED, TRADE = range(3)
CLASSES_OF_CLAIMS = 3


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


def post(industry):
    """Phase 4: relative prices and revenue density of labs, contract prices of clouds, from last quarter's shares."""
    labs, clouds, compute = industry.labs, industry.clouds, industry.compute
    clouds.put(contract_price=contract_price(compute, industry.lives(), clouds.rate))
    due = industry.fleet.rent_due(industry.now)
    let = industry.fleet.in_service(industry.now)[:, :EXTRA_OUT]
    posted_mean = mean_price(clouds.contract_price, compute, industry.lending.rate)
    let_gw = let.sum(axis=(1, 2))[:, None]
    rent = np.where(let_gw > 0, due.sum(axis=(1, 2))[:, None] / np.where(let_gw > 0, let_gw, 1), posted_mean)
    posted = post_prices(industry.services, industry.years, labs.revenue, labs.alive > 0, (rent, industry.scarcity))
    industry.switched_off = switched_off(industry)
    labs.put(price=posted.price * industry.price_ratio, revenue_density=posted.density * industry.price_factor)


def switched_off(industry):
    """Owners that switch their idle compute off, bool, [worlds, owners].

    It earned less on the spot market than its power costs, and neither cash nor this quarter's rents can pay for that. What is off
    costs nothing and serves nobody, until a tighter market pays for its power.
    """
    fleet, clouds, p, now = industry.fleet, industry.clouds, industry.compute, industry.now
    cost = p.idle_power * p.power * fleet.in_service(now)[:, IDLE]
    earned = industry.spot * fleet.hired * fleet.effective(now)[:, IDLE]
    income = fleet.rent_due(now).sum(axis=1) + clouds.outside_rent + np.maximum(0, clouds.other_cash_flow)
    return (earned < cost) & (clouds.cash + income * QUARTER < cost * QUARTER)


def supply(industry):
    """What labs can serve with, a Supply; owners' idle compute is for hire on the spot market, and so is that of labs in distress."""
    effective = industry.fleet.effective(industry.now)
    return Supply(
        density=np.maximum(industry.labs.revenue_density, np.finfo(float).tiny),
        effective=effective[:, :EXTRA_OUT].sum(axis=2),
        alive=industry.labs.alive > 0,
        idle=total(for_hire(industry)),
        outside=outside_pool(industry.services, industry.now),
        distressed=in_distress(industry),
    )


def demand(industry):
    """Phase 5: customers move on, wish and choose; spend asked for by lab and class, $bn a year, [worlds, labs, classes]."""
    customers, labs = industry.customers, industry.labs
    frontier = industry.frontier()
    customers.advance_stages(frontier)
    served = labs.revenue.sum(axis=1, keepdims=True)
    if industry.open_weights:
        served = served + industry.open_weights.revenue
    customers.desired_spend(frontier, served, industry.demand_noise(), industry.technology.market_boost() * industry.demand_factor)
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
    return customers.demand()


def serve(industry, wanted):
    """Phase 6: rationing; what is served is this quarter's revenue, the rest of a lab's compute trains its next model."""
    labs, s = industry.labs, industry.services
    capacity = supply(industry)
    industry.served = _everybody(industry, wanted, capacity)
    industry.news.announced = announced_loss(industry, wanted, capacity, industry.served)
    offer(industry, capacity, industry.served)
    served = of_labs(industry.served, len(labs.names))
    of_customers = np.ascontiguousarray(wanted[:, : len(labs.names)])  # users of open weights press on no lab's prices
    industry.scarcity = scarcity_index(s, industry.scarcity, of_customers.sum(axis=(1, 2))[:, None], _for_prices(industry, capacity))
    industry.turned_away_share = industry.served.turned_away_share
    labs.put(
        previous_revenue=labs.revenue,
        revenue=served.served,
        demand=served.demand.sum(axis=2),
        turned_away=served.turned_away.sum(axis=2),
        outage=served.outage(labs.outage, s),
        inference_gw=served.inference_gw,
        training_gw=served.training_gw,
        sublet_gw=served.sublet_gw,
    )
    return served


def announced_loss(industry, wanted, capacity, served):
    """What the density that a shock cut this quarter does to revenue, ln, [worlds, 1]: announced with the cut, so no surprise to anybody.

    Found by serving the same customers at the density before the cut; where customers are few, not compute, nothing is lost.
    """
    left = industry.news.extra.get("density_left", 1)
    if np.all(left == 1):
        return np.zeros((industry.worlds, 1))  # no cut in any world
    labs = len(industry.labs.names)
    uncut = _rationed(industry, wanted, replace(capacity, density=capacity.density / left))
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
    money = purse(industry, wanted[:, : len(industry.labs.names)], capacity.density)
    if not industry.open_weights:
        return ration(wanted, capacity, industry.services, money)
    cost = list_price(industry.compute, industry.lending.rate)
    return ration(wanted, industry.open_weights.supply(capacity, cost), industry.services, industry.open_weights.purse(money))


def purse(industry, wanted, density):
    """What labs can lose on hired compute, a Purse: at list price, the most that spot compute costs, less what it earns after opex.

    wanted: $bn a year, [worlds, labs, classes]; density: $bn per GWe-year, [worlds, labs]. A lab that an owner holds can lose its
    owner's money [model.md 8.6].
    """
    labs, s = industry.labs, industry.services
    per_need = ratio(wanted.sum(axis=-1), (wanted / densities(s)).sum(axis=-1))
    earned = density * per_need * labs.margin_after_opex(industry.opex_relief())
    price = list_price(industry.compute, industry.lending.rate)
    spot, outside = (QUARTER * (rent - earned) for rent in (price, price * s.outside_premium))
    return Purse(np.where(labs.parent_row >= 0, np.inf, labs.cash), spot, outside)


def _for_prices(industry, capacity):
    """Compute that presses on prices: idle compute does so only through the fire-sale channel."""
    idle = capacity.idle * industry.contagion.fire_sale
    return replace(capacity, idle=idle)


def spot_price(industry):
    """Price of idle compute, $bn per GWe-year, [worlds, 1] [model.md 9.4]: from a fifth of list price when nobody needs it.

    What can be hired only next quarter weighs on the price already, as far as nobody is short of it now.
    """
    p = industry.compute
    withheld = total(industry.fleet.withheld(industry.now))
    idle, needed = industry.idle_gw + withheld, total(industry.served.spot_gw) + np.minimum(withheld, _short(industry))
    used = np.where(idle > 0, needed / np.where(idle > 0, idle, 1), 1)
    tightness = np.where(industry.contagion.fire_sale > 0, np.minimum(1, used), 1)
    return list_price(p, industry.lending.rate) * (p.spot_floor + (1 - p.spot_floor) * tightness)


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
    growth = (1 + clouds.other_growth * QUARTER) ** industry.age
    other = clouds.other_cash_flow * growth * QUARTER
    ledger.pay("other_cash_flow", rows["Economy"], rows["clouds"], np.maximum(0, other)[:, None])
    ledger.pay("outside_rent", rows["Economy"], rows["clouds"], clouds.outside_rent[:, None] * QUARTER)
    index = np.clip(industry.sentiment, industry.chips.other_low, industry.chips.other_high)
    path = industry.vendors.other_base * (1 + industry.chips.other_growth) ** industry.age
    wanted = path.sum(axis=1, keepdims=True)
    path = path * np.minimum(1, industry.chips.other_cap / np.where(wanted > 0, wanted, 1))
    industry.vendors.put(other_sales=path * index, sales=industry.chip_sales)
    ledger.pay("other_chips", rows["Economy"], rows["vendors"], industry.vendors.other_sales[:, None])
    if industry.made_whole.rent[..., 0].any():
        hired = spot_price(industry) * total(served.spot_gw) * idle_share(industry) * QUARTER
        hired = hired + ledger.flows["open_weights"][:, rows["clouds"]]
        industry.made_whole.pay(industry, hired)


def customers_pay(industry, served):
    """What enterprises and consumers pay each lab, $bn a year, [worlds, 2, labs]; settles customers one by one."""
    consumer = served.by_class[..., -1]
    if industry.customers is not None:
        industry.customers.settle(industry.served.paid_share)
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
    p, now, owed = industry.compute, industry.now, Dues()
    labs.put(opex=opex_due(industry))
    owed.owe("opex", WAGES, "labs", "Economy", labs.opex[..., None].copy())
    service = fleet.in_service(now)
    hired = fleet.hired * ~industry.switched_off  # what is switched off serves nobody
    standing = (1 - hired) * (1 - p.idle_power * ~industry.switched_off)  # part of the power that idle compute saves
    running = service.sum(axis=1) - service[:, IDLE] * standing
    owed.owe("power", WAGES, "clouds", "Economy", (p.power * running * QUARTER)[..., None])
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
    industry.spot = spot_price(industry)
    hired = (industry.spot * served.spot_gw * QUARTER)[..., None]
    owed.owe("spot", TRADE, "labs", "clouds", hired * idle_share(industry)[:, None])
    owed.owe("sublet", TRADE, "labs", "labs", hired * sublet_share(industry)[:, None])
    pool = list_price(p, industry.lending.rate) * industry.services.outside_premium * served.outside_gw * QUARTER
    owed.owe("outside_pool", TRADE, "labs", "Economy", pool[..., None])
    labs.put(obligations=owed.of("labs"))
    earned = fleet.rent_due(now).sum(axis=1) + clouds.outside_rent - p.power * running
    clouds.put(
        ebitda=earned + industry.made_whole.lost_earnings(industry),  # creditors of who is made whole see no loss
        interest=interest(industry).sum(axis=1),
        debt_service=service_now(industry),
    )
    industry.owed = owed
    return owed
