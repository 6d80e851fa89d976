"""What labs owe this quarter in any case, and what owners of compute will owe and earn at a quarter to come, as contracts are signed."""

import numpy as np

from abm.clock import QUARTER
from abm.fleet import IDLE, OUTSIDE
from abm.markets.capital import loan_over_cost


def outside_rent(industry, quarter):
    """Rent of the outside tenants' compute that is in service by a quarter, $bn a year, [worlds, clouds]."""
    return industry.fleet.in_service(quarter)[:, OUTSIDE] * industry.outside_price


def power(industry, quarter):
    """Cost of power of the compute in service by a quarter, what is idle today being idle then, $bn a year, [worlds, clouds]."""
    service, p = industry.fleet.in_service(quarter), industry.compute
    return p.power * (service.sum(axis=1) - service[:, IDLE] * (1 - p.idle_power))


def debt_service(industry, quarter):
    """Interest and principal at a quarter, $bn a year, [worlds, lenders, clouds]: of today's loans and of those the pipeline will draw.

    Loans are repaid in equal parts until then; compute that arrives draws the owner's usual part of its cost, over a new life.
    """
    fleet, clouds = industry.fleet, industry.clouds
    principal = fleet.total("principal") / QUARTER
    left = np.maximum(0, fleet.total("loan") - principal * (quarter - industry.now) * QUARTER)
    arriving = (fleet.in_service(quarter) - fleet.in_service(industry.now)).sum(axis=1)
    drawn = industry.lender_mix * (loan_over_cost(industry) * industry.compute.capex * arriving)[:, None]
    repaid = np.minimum(principal, left / QUARTER) + drawn / industry.lives()[:, None]
    return clouds.rate[:, None] * (left + drawn) + repaid


def opex_due(industry):
    """Opex of a quarter at the revenue labs have, $bn, [worlds, labs]."""
    labs, policy = industry.labs, industry.policy
    opex = (np.maximum(0, labs.opex_ratio - industry.opex_relief()) * labs.revenue * QUARTER + industry.fixed_opex()) * labs.alive
    return opex + policy.compliance_cost * np.where(labs.revenue > policy.compliance_from, labs.revenue, 0) * QUARTER


def prepaid_this_quarter(industry):
    """Vintages with prepayments, a slice, and what of this quarter's rent these cover, $bn, [worlds, labs, owners, vintages there]."""
    fleet = industry.fleet
    there = slice(fleet.used("prepaid").start, fleet.at(industry.now) + 1)
    rent = sum(rents[..., there] for rents in fleet.rent) * QUARTER
    return there, np.minimum(fleet.prepaid[..., there], rent)
