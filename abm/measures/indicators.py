"""Over-extension measures: pure functions with unit and source. One list feeds the recorder, the report and the browser [model.md 15]."""

import numpy as np

from abm.beliefs.projection import neutral_cone
from abm.beliefs.views import planning_horizon
from abm.books.flows import EQUITY, FLOWS, LOAN, PURCHASE
from abm.books.vintages import over_vintages
from abm.clock import QUARTER
from abm.engine.scales import NO_MONEY
from abm.engine.sums import by_row
from abm.failure.crisis import credit_spread, new_loans
from abm.finance.lending import building_cost
from abm.limits import HEDGE, PONZI, SPECULATIVE
from abm.measures.deferred import Later, Measures
from abm.measures.network import circularity, origins
from abm.measures.welfare import gained

_YEAR = 4
HORIZON_OF_MINSKY = 8  # quarters of pipeline that count for the Minsky class [model.md 15.4]


def outlook(industry):
    """Median and bands of every lab's revenue at the planning horizon by one neutral rule, so that labs compare."""
    return neutral_cone(industry, planning_horizon(industry))


def coverage(margin, revenue, rent):
    """What is left of revenue over the rent due, x; 99 where nothing is due."""
    return np.where(rent > 0, np.minimum(99, margin * revenue / np.where(rent > 0, rent, 1)), 99)


def measure(industry):
    """All indicators of the quarter into `industry.measured`, a `later.Measures`; those of networks and books only for a panel."""
    found = {}
    _coverage(industry, found)
    _minsky(industry, found)
    _compute(industry, found)
    _vendor_equity(industry, found)
    if industry.keeps_panel or (industry.mood.disclosure > 0).any():  # what must be disclosed, the market reads
        _circles(industry, found)
    revenue = industry.labs.revenue
    total = revenue.sum(axis=1, keepdims=True)
    found["revenue_total"] = total
    found["concentration"] = ((revenue / np.where(total > 0, total, 1)) ** 2).sum(axis=1, keepdims=True)
    for name in ("in_transit", "spend_lost", "rescue"):
        found[name] = getattr(industry, name)
    found["sentiment"], found["frontier"] = industry.sentiment, industry.frontier()
    for name, amount in industry.unbuilt.seen(industry.labs.alive).items():
        found[f"{name}_gw"], found[f"{name}_rent"] = (by_lab.sum(axis=1, keepdims=True) for by_lab in amount.by_lab())
    found["build_out_share"] = industry.economy.share
    found["new_loans"], found["credit_spread"] = new_loans(industry), credit_spread(industry)
    found |= gained(industry)
    watched = industry.watch.measure(industry, found["safety_distance"]) if industry.keeps_panel else {}
    industry.measured = Measures({**found, **watched})


def _coverage(industry, found):
    labs, fleet = industry.labs, industry.fleet
    view, margin = outlook(industry), labs.margin_after_opex(0)
    due = fleet.rent_due(industry.now + planning_horizon(industry)).sum(axis=2) * labs.alive
    levels = dict(zip(("p10", "p50", "p90"), view.quantiles(0.1, 0.5, 0.9), strict=True))
    for name, revenue in levels.items():
        money = revenue * labs.alive
        found[f"{name}_coverage"] = coverage(1, (margin * money).sum(axis=1, keepdims=True), due.sum(axis=1, keepdims=True))
        if name == "p10":
            found["lab_p10_coverage"] = coverage(margin, money, due)
        if name == "p50":
            found["median_ahead"] = money.sum(axis=1, keepdims=True)
    fixed = industry.fixed_opex() / QUARTER * labs.alive
    now = fleet.rent_due(industry.now).sum(axis=2)
    found["required_revenue"] = ((now + fixed) / margin).sum(axis=1, keepdims=True)
    found["required_ahead"] = ((due + fixed) / margin).sum(axis=1, keepdims=True)
    left = fleet.remaining_rent(industry.now).sum(axis=(1, 2))[:, None]
    total = labs.revenue.sum(axis=1, keepdims=True)
    found["commitments"] = left
    found["commitment_ratio"] = np.where(total > 0, left / np.where(total > 0, total, 1), 0)
    burn = np.maximum(0, labs.obligations - labs.revenue * QUARTER)
    found["time_to_cash_out"] = np.where(burn > 0, np.minimum(99, labs.cash / np.where(burn > 0, burn, 1)), 99)
    buffer = np.maximum(due - labs.cash, np.finfo(float).tiny)
    lead = np.log(np.maximum(levels["p50"] * margin, np.finfo(float).tiny)) - np.log(buffer)
    found["safety_distance"] = np.clip(lead / view.spread, -99, 99) * labs.alive


def _minsky(industry, found):
    labs, clouds, fleet, now = industry.labs, industry.clouds, industry.fleet, industry.now
    income = labs.margin_after_opex(0) * labs.revenue
    rent = fleet.rent_due(now).sum(axis=2)
    at, coming = fleet.at(now), np.zeros((len(fleet.gw), fleet.pairs.count))
    for rents, there, _ in fleet.running("rent", now + 1, now + HORIZON_OF_MINSKY):
        coming += over_vintages(rents[..., max(at + 1, there.start) : there.stop])
    coming = fleet.pairs.table(coming).sum(axis=2)
    kind = np.where(income >= rent + coming, HEDGE_CODE, np.where(income >= rent, SPECULATIVE_CODE, PONZI_CODE))
    found["minsky_class"] = kind.astype(float)
    total = labs.revenue.sum(axis=1, keepdims=True)
    for code, name in enumerate(("hedge_share", "speculative_share", "ponzi_share")):
        found[name] = np.where(kind == code, labs.revenue, 0).sum(axis=1, keepdims=True) / np.where(total > 0, total, 1)
    flow = clouds.ebitda + clouds.other_cash_flow
    pays_interest = np.where(flow >= clouds.interest, SPECULATIVE_CODE, PONZI_CODE)
    found["cloud_minsky_class"] = np.where(flow >= clouds.debt_service, HEDGE_CODE, pays_interest).astype(float)


def _compute(industry, found):
    fleet, now, labs = industry.fleet, industry.now, industry.labs
    service = fleet.in_service(now).sum(axis=2)
    total = service.sum(axis=1, keepdims=True)
    pipeline = fleet.ordered(now).sum(axis=(1, 2))[:, None]
    found["utilisation"] = 1 - fleet.idle_ratio(now)
    found["supply_line"] = np.where(total > 0, pipeline / np.where(total > 0, total, 1), 0)
    wanted = labs.demand.sum(axis=1, keepdims=True)
    found["rationing"] = labs.turned_away.sum(axis=1, keepdims=True) / np.where(wanted > 0, wanted, 1)
    found["spot_ratio"] = industry.spot / industry.list_price
    book = fleet.total("book").sum(axis=1, keepdims=True)
    value = fleet.economic_value(now).sum(axis=1, keepdims=True)
    found["depreciation_gap"] = np.where(book > 0, (book - value) / np.where(book > 0, book, 1), 0)


def _vendor_equity(industry, found):
    """Vendor equity against orders of the quarter, and against sales over four."""
    rows, ledger = industry.rows, industry.ledger
    equity = ledger.payments("vendor_equity")[:, rows["vendors"]].sum(axis=(1, 2))[:, None]
    cost = by_row(industry.weights * building_cost(industry)[:, None])
    value = (cost * industry.labs.ordered_gw).sum(axis=1, keepdims=True)
    sales = industry.vendors.sales.sum(axis=1, keepdims=True)
    industry.past_circular = [*industry.past_circular[1:], (equity, sales)]
    put_in, sold = (sum(pair[k] for pair in industry.past_circular) for k in (0, 1))
    found["order_circularity"] = equity / np.where(value > 0, value, 1)
    found["flow_circularity"] = put_in / np.where(sold > 0, sold, 1)


def _circles(industry, found):
    """Cycle flow and look-through, once a year, over four quarters."""
    industry.past_payments = [*industry.past_payments[1:], payments_by_nature(industry.ledger)]
    if industry.age % _YEAR == _YEAR - 1:
        year = [sum(past[nature] for past in industry.past_payments) for nature in range(3)]
        industry.circle_share = Later(_circularity, _among_firms(industry, sum(year)), quarters=_YEAR)
        industry.look_through_share = look_through(industry, *year)
    found["circularity"], found["look_through"] = industry.circle_share, industry.look_through_share


def _circularity(payments):
    return {"circularity": circularity(payments)}


def payments_by_nature(ledger):
    """This quarter's payments as purchases, equity and loans, $bn, [worlds, agents, agents] each."""
    return [ledger.payments(*(flow for flow, kind in FLOWS.items() if kind.graph == nature)) for nature in (PURCHASE, EQUITY, LOAN)]


def _among_firms(industry, payments):
    """The payments among labs, clouds, vendors and lenders only; customers and Economy are outside the sector [model.md 15.5c]."""
    rows = industry.rows
    keep = np.r_[rows["labs"], rows["clouds"], rows["vendors"], rows["lenders"]]
    return _between(payments, keep, keep)


def _between(payments, payers, payees):
    """Payments of some agents to some, [worlds, payers, payees]; contiguous, so that sums do not depend on how many worlds there are."""
    return np.ascontiguousarray(payments[:, payers][:, :, payees])


def look_through(industry, purchases, equity, loans):
    """Share of vendor sales that originates with final customers, [worlds, 1] [model.md 15.6, 26.15].

    purchases, equity, loans: who paid whom in the year, $bn, [worlds, agents, agents]
    """
    rows = industry.rows
    firms = np.r_[rows["labs"], rows["clouds"], rows["vendors"]]
    outside = np.r_[rows["customers"], rows["Economy"]]
    bought, everybody = _between(purchases, firms, firms), slice(None)
    from_customers = _between(purchases, outside, firms).sum(axis=1)
    from_vendors = _between(equity, rows["vendors"], firms).sum(axis=1)
    from_equity = _between(equity, everybody, firms).sum(axis=1) - from_vendors
    from_debt = _between(loans, everybody, firms).sum(axis=1)
    injected = np.stack([from_customers, from_equity, from_debt, from_vendors], axis=-1)
    shares = origins(bought, injected)
    first = len(industry.labs.names) + len(industry.clouds.names)
    sales = industry.vendors.sales
    total = sales.sum(axis=1, keepdims=True)
    part = (shares[:, first:, 0] * sales).sum(axis=1, keepdims=True) / np.where(total > 0, total, 1)
    return np.where(total > NO_MONEY, part, industry.look_through_share)  # without sales the last known share stands


HEDGE_CODE, SPECULATIVE_CODE, PONZI_CODE = range(3)
CLASS_NAMES = (HEDGE, SPECULATIVE, PONZI)
