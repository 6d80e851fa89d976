"""The compute market: what is under construction is built, delivered, paid and financed; contracts end; blocks are scrapped.

Phase 3 of the quarter [model.md 9.3, 9.5, 26.1]. Everything is paid from cash in hand after the loan draw and the equity
call. An owner that is short delivers the affordable part; the rest slips a quarter, and is cancelled after a year.
"""

import numpy as np

from abm.books.obligations import outside_rent
from abm.books.vintages import over_vintages, rows_of
from abm.clock import QUARTERS_PER_YEAR
from abm.compute.delays import slip
from abm.compute.outside import follow
from abm.engine.scales import A_DOLLAR, NO_PART
from abm.finance.capital import call_equity
from abm.finance.lending import lend, offered_loans


def affordable_fraction(cash, cost, loan):
    """Part of a plan that can be paid when the loan comes in proportion: fraction x cost <= cash + fraction x loan.

    cash, cost, loan: $bn, [worlds, owners]
    """
    own = cost - loan
    return np.where(own > A_DOLLAR, np.clip(cash / np.maximum(own, A_DOLLAR), 0, 1), 1)


def deliver(industry):
    """Deliveries, construction, expiries and retirements of this quarter."""
    fleet, now = industry.fleet, industry.now
    fleet.move_window(now)
    fleet.expire(now)
    retire(industry)
    follow(industry)
    slip(industry)
    at = fleet.at(now)
    instalments = _instalments(fleet, at)
    chips = fleet.chips_due[..., at].copy()
    arriving = fleet.owned(at)
    works = np.broadcast_to(fleet.open_part(now), arriving.shape)  # nobody builds on sites that are closed
    cost = (over_vintages(instalments) + chips.sum(axis=2)) * works
    offered = offered_loans(industry, fleet.facility[..., at] * works[:, None])
    call_equity(industry, np.maximum(0, cost - industry.clouds.cash - offered.sum(axis=1)))
    paid = affordable_fraction(industry.clouds.cash, cost, offered.sum(axis=1))
    loans, share = offered * paid[:, None], paid * works
    lend(industry, loans)
    _pay(industry, at, instalments * share[..., None], chips * share[..., None])
    _take_into_service(industry, at, share, loans)
    fleet.orphaned[..., at] = 0  # what is in service is no site any more
    fleet.changed()
    fleet.changed_loans()
    industry.delivered_gw = arriving * share
    fleet.delivered += industry.delivered_gw
    industry.clouds.put(outside_rent=outside_rent(industry, now))
    industry.chip_sales = (chips * share[..., None]).sum(axis=1)


def retire(industry):
    """Scrap what has reached its physical life; what is left in the books is lost."""
    fleet, rows = industry.fleet, industry.rows["clouds"]
    oldest = fleet.at(industry.now - fleet.life)
    if oldest >= 0:
        fleet.delivered -= fleet.owned(oldest)
        industry.ledger.write_off("retirement", rows, "fleet", fleet.book[..., oldest])
        for amounts in (fleet.gw, fleet.book, fleet.depreciation, *fleet.let, *fleet.rent):
            amounts[..., oldest] = 0
        fleet.changed()


def cancel(industry, part):
    """Cancel part of what is in the pipeline: most of the work in progress is lost, slots and chips are freed.

    part: share of each owner's cell, [worlds, owners, vintages]; the GW must already have been taken out
    Returns the chips that are cancelled, $bn, [worlds, vendors]. Only worlds in which something is cancelled are worked on.
    """
    fleet, compute = industry.fleet, industry.compute
    hit = np.flatnonzero(part.any(axis=(1, 2)))
    part = rows_of(part, hit)
    lost, work_lost = np.zeros(fleet.slipped.shape), rows_of(fleet.wip, hit) * part * (1 - compute.wip_recovery[hit][..., None])
    lost[hit] = over_vintages(work_lost)
    industry.ledger.write_off("cancellation", industry.rows["clouds"], "wip", lost)
    cancelled = rows_of(fleet.chips_due, hit) * part[:, :, None, :]
    fleet.wip[hit] -= work_lost
    fleet.unbuilt[hit] *= 1 - part
    fleet.chips_due[hit] -= cancelled
    fleet.facility[hit] *= 1 - part[:, None]
    by_vendor = cancelled.sum(axis=1)
    industry.orders.free(by_vendor / compute.chip_cost[hit][..., None], fleet.at(industry.now), hit)
    chips = np.zeros((industry.worlds, by_vendor.shape[1]))
    chips[hit] = over_vintages(by_vendor)
    fleet.changed()
    industry.news.cancelled = industry.news.cancelled + chips.sum(axis=1, keepdims=True)
    return chips


def _instalments(fleet, at):
    """Construction due now, equal parts over what is left of the lag, $bn, [worlds, owners, vintages from the present one on]."""
    coming = fleet.unbuilt[..., at : fleet.used("unbuilt").stop]
    return coming / np.arange(1, coming.shape[-1] + 1)


def _pay(industry, at, instalments, chips):
    fleet, rows = industry.fleet, industry.rows
    industry.ledger.pay("construction", rows["clouds"], rows["Economy"], over_vintages(instalments)[..., None])
    industry.ledger.pay("chips", rows["clouds"], rows["vendors"], chips)
    coming = slice(at, at + instalments.shape[-1])
    fleet.unbuilt[..., coming] -= instalments
    fleet.wip[..., coming] += instalments


def _take_into_service(industry, at, share, loans):
    """Book the delivered part as fleet with its loan; the rest waits for the next quarter or is cancelled."""
    fleet, rows = industry.fleet, industry.rows
    quarters = QUARTERS_PER_YEAR * industry.lives()
    chips = fleet.chips_due[..., at].sum(axis=2) * share
    late = np.where(share < 1 - NO_PART, 1 - share, 0)
    # work done for the delivered part becomes book value; the waiting part keeps its own share of the work
    kept = np.where(late > 0, np.clip(_waiting_work(fleet, at, late), 0, fleet.wip[..., at]), 0)
    book = fleet.wip[..., at] - kept + chips
    industry.ledger.reclassify(rows["clouds"], "wip", "fleet", book)
    fleet.book[..., at] += book
    fleet.depreciation[..., at] += book / quarters
    take_up(industry, loans[..., None], slice(at, at + 1))
    fleet.facility[..., at] *= late[:, None]
    fleet.wip[..., at] = kept
    fleet.chips_due[..., at] *= late[..., None]
    fleet.unbuilt[..., at] *= late > 0  # what the last instalment leaves is a rounding, and would wait wherever anybody waits
    _postpone(industry, at, late)


def take_up(industry, loans, vintages):
    """Enter new borrowing: lenders that lend by notes get one maturity, the others are repaid evenly over their tenor.

    loans: $bn, [worlds, lenders, owners, vintages]; vintages: places of the blocks it hangs on, a slice
    """
    fleet, lenders = industry.fleet, industry.lenders
    notes = (lenders.notes > 0)[..., None, None]
    secured = np.where(notes, 0, loans)
    fleet.loan[..., vintages] += secured
    fleet.principal[..., vintages] += secured / lenders.tenor[..., None, None]
    fleet.notes.issue(over_vintages(np.where(notes, loans, 0)), lenders.tenor)


def _waiting_work(fleet, at, late):
    """Work in progress of the part that waits, $bn, [worlds, owners]: its share of all work less what it still has to pay."""
    whole = fleet.wip[..., at] + fleet.unbuilt[..., at]
    return late * whole - fleet.unbuilt[..., at]


def _postpone(industry, at, late):
    """Move the late part one quarter on, with its contracts; after too many delays it is cancelled."""
    fleet, rows = industry.fleet, industry.rows
    fleet.slipped = np.where(late > 0, fleet.slipped + fleet.open_part(industry.now), 0)  # a closed site is not given up for that
    given_up = fleet.slipped > fleet.parameters.slip_limit
    industry.unbuilt.note_late(fleet, at, late, given_up)
    if not late.any():
        return
    waits = late * ~given_up
    # what a tenant paid for compute that will never come is lost to it: the owner has no cash to return it
    dropped = fleet.pairs.table(fleet.prepaid[..., at]) * (late * given_up)[:, None, :]
    industry.ledger.revalue("forfeit", rows["labs"], "prepaid", rows["clouds"], "prepaid_owed", -dropped)
    for amounts in (fleet.gw, *fleet.let, *fleet.rent, fleet.prepaid):
        owners = fleet.cells.owners[: amounts.shape[1]]
        amounts[..., at + 1] += amounts[..., at] * waits[:, owners]
        amounts[..., at] *= 1 - late[:, owners]
    fleet.orphaned[..., at + 1] += fleet.orphaned[..., at] * waits
    part = np.zeros_like(fleet.wip)
    part[..., at] = given_up
    cancel(industry, part)
    for amounts in (fleet.wip, fleet.unbuilt, fleet.chips_due, fleet.facility):
        amounts[..., at + 1] += amounts[..., at]
        amounts[..., at] = 0
    fleet.slipped = np.where(given_up, 0, fleet.slipped)
