"""The opening of a run: populations, books that balance, fleets, contracts, slots [model.md B, 26.17, 26.18]."""

import numpy as np

from abm.books.equity import CapTable
from abm.books.fleet import Fleet
from abm.books.ledger import Ledger
from abm.books.register import IDLE, OUTSIDE
from abm.books.vintages import over_vintages
from abm.clock import QUARTERS_PER_YEAR
from abm.compute.chips import Orders, open_orders
from abm.compute.delays import orders_of_others
from abm.compute.prices import site_cost
from abm.compute.renewal import let_outside
from abm.engine.population import Population, declared
from abm.engine.sums import ratio_or
from abm.finance.lab_debt import open_lab_debts
from abm.finance.lending import building_cost, most_lent
from abm.start.opening import FIRM_KINDS
from abm.technology.progress import ageing

ECONOMY_CASH = 1e5  # large enough never to bind; its size is irrelevant to all others
_AHEAD = 40  # quarters of chip slots kept in view


def found(industry):
    """Fill an industry from its opening."""
    opening, worlds = industry.opening, industry.worlds
    industry.ledger = Ledger(worlds, opening.all_names)
    last = len(opening.all_names)
    industry.rows = {kind: opening.rows(kind) for kind in FIRM_KINDS}
    industry.rows["customers"] = slice(last - 4, last - 2)
    industry.rows["Economy"], industry.rows["MonetaryAuthority"] = slice(last - 2, last - 1), slice(last - 1, last)
    industry.weights = np.repeat(opening.weights[None], worlds, axis=0)
    industry.vendor_mix = np.repeat(opening.vendor_mix[None], worlds, axis=0)
    industry.lender_mix = np.repeat(opening.lender_mix.T[None], worlds, axis=0)
    industry.cleared = _cleared(opening)
    for kind, inhabitant in industry.inhabitants.KINDS.items():
        setattr(industry, kind, _population(industry, kind, inhabitant, industry.own_agents[kind]))
    open_lab_debts(industry)
    _open_fleet(industry)
    _open_slots(industry)
    _open_cash(industry)


def _population(industry, kind, inhabitant, own):
    """Rows of one kind: opening columns that the class declares, one copy per world; cash is a view of the books. own: {row: class}"""
    opening = industry.opening
    given = opening.columns[kind]
    wanted = declared(inhabitant).keys() & given.keys() - {"cash"}
    shape = industry.worlds, len(opening.names[kind])
    columns = {name: np.array(np.broadcast_to(np.asarray(given[name], dtype=float), shape), order="C") for name in wanted}
    cash = industry.ledger.balances["cash"][:, industry.rows[kind]]
    cash.flags.writeable = False
    return Population(industry, inhabitant, opening.names[kind], {**columns, "cash": cash}, industry.worlds, own)


def _cleared(opening):
    """Where each kind stands in the clearing problem, and how many take part."""
    where, start = {}, 0
    for kind in ("labs", "clouds", "vendors", "lenders"):
        where[kind] = slice(start, start + len(opening.names[kind]))
        start = where[kind].stop
    where["Economy"] = slice(start, start + 1)
    return {**where, "investors": where["Economy"], "n": start + 1}  # investors owe nobody, so they stand where Economy does


def _open_fleet(industry):
    opening, p, now = industry.opening, industry.compute, industry.now
    terms = [p.contract_term, *sorted({t.term for t in opening.tranches if t.tenant >= 0} - {p.contract_term})]
    sizes = [len(opening.names[k]) for k in ("labs", "clouds", "vendors", "lenders")]
    industry.fleet = fleet = Fleet((industry.worlds, *sizes), now, p, terms, ageing(industry.technology_parameters))
    fleet.site_cost = site_cost(p, industry.clouds.leases_sites)
    fleet.shell = p.shell * (1 - industry.clouds.leases_sites)
    fleet.reach = p.build_lag + industry.chips.spill
    last = fleet.gw.shape[-1] - 1
    fleet.make_room(_pairs_with_contracts(opening))
    for tranche in opening.tranches:
        tenant = IDLE if tranche.tenant == -1 else OUTSIDE if tranche.tenant < -1 else tranche.tenant
        vintage = int(np.clip(tranche.delivery.index, fleet.first, fleet.first + last))
        fleet.place(tenant, tranche.owner, vintage, tranche, terms.index(tranche.term) if tenant >= 0 else 0)
    _open_outside(industry)


def _pairs_with_contracts(opening):
    """Labs and owners that have a contract at the opening, bool, [labs, owners]."""
    found = np.zeros(opening.weights.shape, dtype=bool)
    for tranche in opening.tranches:
        if tranche.tenant >= 0:
            found[tranche.tenant, tranche.owner] = True
    return found


def _open_outside(industry):
    """Compute let to outside tenants, in equal vintages around the owner's mean age, none so old that it could not be renewed."""
    fleet, given, p = industry.fleet, industry.opening.columns["clouds"], industry.compute
    gw = np.asarray(given.get("outside_gw", np.zeros(len(industry.clouds.names))))
    age = np.broadcast_to(QUARTERS_PER_YEAR * np.asarray(given.get("fleet_age", 0.0)), gw.shape)
    ages = industry.now - fleet.first - np.arange(fleet.gw.shape[-1])
    fleet.gw[:, fleet.outside] += let_outside(ages, gw, age, fleet.life - p.build_lag)
    industry.outside_price = industry.clouds.outside_rent / np.where(gw > 0, gw, 1)


def _open_books_of_fleet(industry, chips):
    """Book value, depreciation, work in progress and coming bills of the opening fleet and pipeline.

    chips: GW ordered before the opening, [worlds, owners, vendors, quarters from now on]
    """
    fleet, p, now = industry.fleet, industry.compute, industry.now
    gw = fleet.owned(slice(None))
    ages = now - fleet.first - np.arange(gw.shape[-1])
    life = 4 * industry.clouds.accounting_life[..., None]
    line = np.where(ages > 0, np.clip(1 - ages / life, 0, 1), 0) * building_cost(industry)[..., None] * gw
    given = np.asarray(industry.opening.columns["clouds"].get("book", np.zeros(gw.shape[1])))
    delivered = np.where(ages > 0, gw, 0)
    total = over_vintages(delivered)[..., None]
    spread = given[None, :, None] * delivered / np.where(total > 0, total, 1)
    fleet.book[...] = np.where(given[None, :, None] > 0, spread, line)
    fleet.depreciation[...] = fleet.book / np.maximum(1, life - np.maximum(0, ages))
    coming = np.where(ages <= 0, gw, 0)
    site = fleet.site_cost[..., None] * coming
    done = np.clip(1 - (-ages) / p.build_lag, 0, 1)
    fleet.wip[...] = site * np.where(ages < 0, done, np.clip(1 - 1 / p.build_lag, 0, 1) * (ages == 0))
    fleet.unbuilt[...] = site - fleet.wip
    fleet.chips_due[..., fleet.at(now) :] = p.chip_cost[..., None, None] * chips
    fleet.facility[...] = (industry.lender_mix * most_lent(industry) * building_cost(industry)[:, None])[..., None] * coming[:, None]
    _open_debts(industry)


def _open_debts(industry):
    """Loans of the opening hang on the blocks in service by what these are worth; notes fall due when the files say."""
    fleet, at = industry.fleet, industry.fleet.at(industry.now)
    worth = fleet.value_by_vintage(industry.now)
    total = over_vintages(worth)[..., None]
    last = np.zeros_like(worth)
    last[..., at - 1] = 1  # an owner of debt without compute
    part = np.where(total > 0, ratio_or(worth, total, 0), last)
    fleet.loan[...] = industry.opening.debt[..., None] * part[:, None]
    fleet.principal[...] = fleet.loan / np.maximum(1, industry.opening.debt_life)[..., None]
    for lender, owner, amount, quarters in industry.opening.notes:
        fleet.notes.maturing[:, lender, owner, int(np.clip(quarters, 1, fleet.notes.span)) - 1] += amount


def _open_slots(industry):
    """Production slots: what vendors can deliver a quarter now, growing; opening orders are booked, those that nobody announced too."""
    p, fleet = industry.chips, industry.fleet
    slots = np.asarray(industry.opening.columns["vendors"]["slots_gw"], dtype=float)
    industry.orders = orders = Orders(industry.worlds, slots, p.opening_growth, p, _AHEAD)
    chips = fleet.owned(slice(fleet.at(industry.now), None))[:, :, None] * industry.vendor_mix[..., None]
    chips = chips + orders_of_others(industry, chips.sum(axis=1))
    _open_books_of_fleet(industry, chips)
    ahead = chips.sum(axis=1)
    span = min(_AHEAD, ahead.shape[-1])
    orders.booked[..., :span] = ahead[..., :span]
    orders.slots = np.maximum(orders.slots, orders.booked)
    open_orders(industry)
    fleet.delivered += fleet.delivered_between(fleet.first, industry.now - 1)
    sales = np.asarray(industry.opening.columns["vendors"].get("sales", slots * 0), dtype=float)
    other = np.asarray(industry.opening.columns["vendors"].get("other_buyers_share", slots * 0), dtype=float)
    industry.vendors.put(sales=sales * (1 - other), other_sales=sales * other, other_base=sales * other)
    cost = industry.vendors.gross_margin - industry.vendors.opex_ratio
    industry.vendors.put(profit=4 * sales * cost)


def _open_cash(industry):
    """Opening balances of every book, mirrored; equity is marked once everything else stands."""
    ledger, rows, opening, fleet = industry.ledger, industry.rows, industry.opening, industry.fleet
    for kind in FIRM_KINDS:
        ledger.open("cash", rows[kind], np.asarray(opening.columns[kind]["cash"], dtype=float))
    ledger.open("cash", rows["clouds"], _called_equity(industry))
    ledger.open("cash", rows["Economy"], ECONOMY_CASH)
    industry.ledger.opening_cash = ledger.balances["cash"][:, :-1].sum(axis=1, keepdims=True)
    ledger.open("cash", rows["MonetaryAuthority"], -ledger.opening_cash)
    ledger.open("fleet", rows["clouds"], over_vintages(fleet.book))
    ledger.open("wip", rows["clouds"], over_vintages(fleet.wip))
    ledger.balances["prepaid"][:, rows["labs"]] += fleet.pairs.table(over_vintages(fleet.prepaid)).sum(axis=2)
    ledger.balances["prepaid_owed"][:, rows["clouds"]] -= fleet.pairs.by_owner(over_vintages(fleet.prepaid))
    ledger.balances["loans"][:, rows["lenders"]] += fleet.loans().sum(axis=2)
    ledger.balances["debt"][:, rows["clouds"]] -= fleet.loans().sum(axis=1)
    bonds = np.asarray(opening.columns["lenders"].get("borrowings", np.zeros(len(opening.names["lenders"]))), dtype=float)
    ledger.open("borrowings", rows["lenders"], -bonds)
    ledger.open("bonds", rows["Economy"], bonds.sum())
    shares = np.zeros((len(ledger.names),) * 2)
    for kind in ("labs", "clouds", "vendors", "lenders"):
        shares[:, rows[kind]] = opening.shares[kind]
    industry.cap = CapTable(ledger, shares)


def _called_equity(industry):
    """Equity already called for what is under construction in an archetype world, less what was spent [model.md 26.18], $bn."""
    if industry.opening.kind != "archetypes":
        return 0
    own = 1 - (industry.lender_mix * most_lent(industry)).sum(axis=1)
    fleet, at = industry.fleet, industry.fleet.at(industry.now)
    coming = over_vintages(fleet.owned(slice(at, None)))
    return own * building_cost(industry) * coming - over_vintages(fleet.wip)
