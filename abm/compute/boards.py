"""What the board of an owner will pour into AI: AI earnings after debt service, and at most so much a year from the rest of the firm.

Counted is equity, its own cash or new shares: for compute that is ordered, and for labs that it holds and that could not pay. What is not
used in a quarter can be used within a year. Debt and bills are the whole firm's, so its other business pays these without a limit
[model.md 9.10, 11.3].
"""

import numpy as np

from abm.clock import QUARTER
from abm.engine.scales import NO_MONEY


def yearly(industry):
    """What the board allows in a year, $bn, [worlds, owners]."""
    clouds = industry.clouds
    growth = (1 + clouds.other_growth * QUARTER) ** industry.age
    return clouds.board_limit * growth + np.maximum(0, clouds.ebitda - clouds.debt_service)


def open_budgets(industry):
    """Nothing has been used or saved at the opening."""
    industry.board_left = np.zeros_like(industry.clouds.cash)


def allow(industry):
    """A quarter's part is added, at most a year's is kept, and what labs that the owner holds needed this quarter is taken from it."""
    year = yearly(industry) + industry.old_business.feared  # what it is afraid for, its board pays beside the rest
    rows = industry.rows["clouds"]
    for_labs = np.maximum(0, -industry.ledger.flows["lab_equity"][:, rows])
    industry.board_left = np.maximum(0, np.minimum(year, industry.board_left + QUARTER * year) - for_labs)


def allowed_part(industry, need):
    """What the board allows now over the equity that new compute needs, [worlds, owners]; above 1 it is no limit. need: same shape, $bn"""
    return np.where(need > NO_MONEY, industry.board_left / np.maximum(need, NO_MONEY), np.inf)


def spend(industry, equity):
    """What was signed is used. equity: $bn, [worlds, owners]"""
    industry.board_left = np.maximum(0, industry.board_left - equity)
