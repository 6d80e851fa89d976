"""How much of its compute a lab trains on: what it plans, and what it keeps for training when customers ask for more [model.md 8.7]."""

import numpy as np

from abm import limits


def planned_by_date(parameters, years):
    """Share of compute that a usual lab plans to train on, [worlds, 1]: high in the race to the first useful models, then less.

    parameters: of services; years: since 2023, [worlds, 1]
    """
    end = parameters.training_share
    return end + (parameters.training_share_start - end) * np.exp(-years / parameters.training_share_time)


def leaning(share, lean):
    """A usual share as a lab has it whose odds of training over serving differ from the usual ones as those of `lean` do from even ones."""
    return share * lean / (share * lean + (1 - share) * (1 - lean))


def planned_training(industry):
    """Share of compute that each lab plans to train on, [worlds, labs]: by date and by its own leaning; less in a recognised stall."""
    s = industry.services
    usual = leaning(planned_by_date(s, industry.years), industry.labs.training_share)
    return np.where(industry.stall_known(), np.minimum(s.stall_training_share, usual), usual)


def least_training(planned, earned, cost):
    """Share of compute that trains however many customers ask, [worlds, labs].

    Capability grows with the logarithm of what is spent on it, so a GWe more of training is worth the less the more trains already. At the
    planned share it is worth what compute costs, or less would be planned. A lab serves with what it trains on until the last GWe is
    worth as much in training as it earns in service.
    planned: share, [worlds, labs]; earned: by a GWe that serves, after opex, [worlds, labs]; cost: of a GWe, [worlds, 1]; $bn a year
    """
    return limits.least_training(planned, cost, np.where(earned > 0, earned, cost))


def kept_for_training(industry, planned, density):
    """`least_training` of every lab at these prices. planned: share; density: $bn per GWe-year; [worlds, labs]"""
    earned = density * industry.labs.margin_after_opex(industry.opex_relief())
    return least_training(planned, earned, industry.compute_cost)
