"""What owners of compute will owe and earn at a quarter to come, if contracts and pipeline stay as they are signed."""

import numpy as np

from abm.clock import QUARTER
from abm.fleet import IDLE, OUTSIDE
from abm.markets.capital import loan_over_cost
from abm.vintages import over_vintages


def outside_rent(industry, quarter):
    """Rent of the outside tenants' compute that is in service by a quarter, $bn a year, [worlds, clouds]."""
    return industry.fleet.in_service(quarter)[:, OUTSIDE] * industry.outside_price


def power(industry, quarter):
    """Cost of power of the compute in service by a quarter, what is idle today being idle then, $bn a year, [worlds, clouds]."""
    service, p = industry.fleet.in_service(quarter), industry.compute
    return p.power * (service.sum(axis=1) - service[:, IDLE] * (1 - p.idle_power))


def debt_service(industry, quarter):
    """Interest and principal at a quarter, $bn a year, [worlds, lenders, clouds]: of today's loans and of those the pipeline will draw.

    Loans are repaid in equal parts until then, each vintage over its own life; compute that arrives draws the owner's usual part of
    its cost, over a new life.
    """
    fleet, clouds = industry.fleet, industry.clouds
    there = fleet.used("loan")
    principal = fleet.principal[..., there]
    to_repay = np.maximum(0, fleet.loan[..., there] - principal * (quarter - industry.now))
    left, repaid = over_vintages(to_repay), over_vintages(np.minimum(principal, to_repay)) / QUARTER
    arriving = (fleet.in_service(quarter) - fleet.in_service(industry.now)).sum(axis=1)
    drawn = industry.lender_mix * (loan_over_cost(industry) * industry.compute.capex * arriving)[:, None]
    return clouds.rate[:, None] * (left + drawn) + repaid + drawn / industry.lives()[:, None]
