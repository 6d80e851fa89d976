"""What labs owe this quarter in any case, and what owners of compute will owe and earn at a quarter to come, as contracts are signed."""

import numpy as np

from abm.books.loans import interest
from abm.books.register import IDLE, OUTSIDE
from abm.books.vintages import over_vintages
from abm.clock import QUARTER
from abm.compute.prices import running_cost, saved_when_idle
from abm.finance.lending import building_cost, loan_over_cost


def outside_rent(industry, quarter):
    """Rent of the outside tenants' compute that is in service by a quarter, $bn a year, [worlds, clouds]."""
    return industry.fleet.in_service(quarter)[:, OUTSIDE] * industry.outside_price * industry.fleet.open_part(quarter)


def running_costs(industry, quarter):
    """Running costs of the compute in service by a quarter, what is idle today being idle then, $bn a year, [worlds, clouds]."""
    service, p = industry.fleet.in_service(quarter), industry.compute
    return running_cost(p, industry.clouds.leases_sites) * service.sum(axis=1) - saved_when_idle(p) * service[:, IDLE]


def debt_ahead(industry, quarter):
    """What is left of today's debt at a quarter and what the pipeline will have drawn, $bn, and repayment of both, $bn a year.

    Each [worlds, lenders, clouds]. Loans are repaid in equal parts until then, each vintage over its own tenor. Notes are counted as
    renewed until then, and as repaid evenly over a tenor: what a lender asks for that looks at whether they can be paid at all.
    """
    fleet = industry.fleet
    there = fleet.used("loan")
    principal = fleet.principal[..., there]
    to_repay = np.maximum(0, fleet.loan[..., there] - principal * (quarter - industry.now))
    notes, years = fleet.notes.total(), industry.lenders.tenor[..., None] * QUARTER
    left, repaid = over_vintages(to_repay) + notes, over_vintages(np.minimum(principal, to_repay)) / QUARTER
    drawn = fleet.draws(industry.now + 1, quarter)
    return left, drawn, repaid + (notes + drawn) / years


def debt_service(industry, quarter):
    """Interest and principal at a quarter, $bn a year, [worlds, lenders, clouds]: of today's debt and of what the pipeline will draw.

    Old debt costs what it was drawn at, new debt what lenders now ask.
    """
    left, drawn, repaid = debt_ahead(industry, quarter)
    return industry.loan_rates * left + industry.terms.rate * drawn + repaid


def service_now(industry):
    """Interest and scheduled repayment at the present rate of both, $bn a year, [worlds, clouds]; notes count as repaid over a tenor."""
    years = industry.lenders.tenor[..., None] * QUARTER
    repaid = industry.fleet.amortisation() / QUARTER + industry.fleet.notes.total() / years
    return (interest(industry) + repaid).sum(axis=1)


def lenders_service(industry, quarter):
    """What lenders pay their own creditors at a quarter, $bn a year, [worlds, lenders]: interest and repayment of the borrowed part."""
    (left, drawn, repaid), p, lenders = debt_ahead(industry, quarter), industry.lending, industry.lenders
    market = np.maximum(0, p.rate - p.funding_spread)
    return (1 - lenders.capital_ratio) * (lenders.funding_rate * left.sum(axis=2) + market * drawn.sum(axis=2) + repaid.sum(axis=2))


def bound_cash(industry):
    """What an owner's pipeline will still cost after the loans it will draw, $bn, [worlds, clouds]: equity that was called for it."""
    fleet = industry.fleet
    loans_to_come = over_vintages(fleet.facility[..., fleet.at(industry.now) + 1 :]).sum(axis=1)
    return np.maximum(0, fleet.to_pay() - loans_to_come)


def equity_needed(industry, gw):
    """An owner's equity in new compute, and what of it comes from its free cash, $bn, [worlds, clouds]. gw: [worlds, clouds].

    Cash is free beyond the reserve and beyond what the pipeline will still cost after its loans.
    """
    clouds, compute, fleet = industry.clouds, industry.compute, industry.fleet
    need = (1 - loan_over_cost(industry)) * building_cost(industry) * gw
    reserve = compute.reserve + compute.reserve_per_debt * fleet.loans().sum(axis=1)
    return need, np.clip(clouds.cash - reserve - bound_cash(industry), 0, clouds.self_funding * need)


def before_debt_service(industry):
    """What an owner earns before debt service, $bn a year, [worlds, clouds]: on compute, and in its other business if it earns there."""
    return industry.clouds.ebitda + np.maximum(0, industry.clouds.other_cash_flow)


def opex_due(industry):
    """Opex of a quarter at the revenue labs have, $bn, [worlds, labs]."""
    labs, policy = industry.labs, industry.policy
    opex = (np.maximum(0, labs.opex_ratio - industry.opex_relief()) * labs.revenue * QUARTER + industry.fixed_opex()) * labs.alive
    return opex + policy.compliance_cost * np.where(labs.revenue > policy.compliance_from, labs.revenue, 0) * QUARTER


def prepaid_this_quarter(industry):
    """Vintages with prepayments, a slice, and what of this quarter's rent these cover, $bn, [worlds, pairs, vintages there]."""
    fleet = industry.fleet
    there = slice(fleet.used("prepaid").start, fleet.at(industry.now) + 1)
    blocks = np.moveaxis(fleet.prepaid, -1, 0)[there]
    filled = np.flatnonzero(blocks.reshape(len(blocks), -1).any(axis=1))
    there = slice(there.start + filled.min(initial=len(blocks)), there.stop)  # what is prepaid lasts for a year or so
    rent = sum(rents[..., there] for rents in fleet.rent) * QUARTER * fleet.open_part(industry.now)[:, fleet.pairs.owners, None]
    return there, np.minimum(fleet.prepaid[..., there], rent)
