"""What labs promise to investors: a falling burn and a year in which it ends. Missed, it costs mood, terms of rounds, and control.

A promise is a path of burn over revenue. Who burns more than that over a year is behind by the difference. That is news for all,
investors pay less for its shares while they remember, and those who own it let it sign less. Who makes up for it is trusted again.
"""

import numpy as np

from abm.clock import EPOCH_YEAR, QUARTER, QUARTERS_PER_YEAR
from abm.engine.scales import NO_MONEY, NO_TIME
from abm.engine.sums import ratio_or, weighted_mean
from abm.parameters import Group, parameter
from abm.priors import between

HALF = 1 / 2  # of a year: a year is judged by its middle


class PromiseParameters(Group, name="promise"):
    """What a missed promise costs a lab [model.md 11.12]."""

    binds = parameter(0.0, unit="0/1", low=0, high=1, source="switch", meaning="1: promises of labs to investors are held against them")
    memory = parameter(
        0.8, unit="per quarter", low=0, high=1, meaning="part of a missed promise that investors still remember a quarter later",
        source="assumption: guidance is given by the year, and one year's is forgotten after the next", prior=between(0.6, 0.9),
    )  # fmt: skip
    mood = parameter(
        0.5, unit="index per share", low=0, high=3, prior=between(0.2, 1),
        meaning="fall of sentiment when all labs fall behind by all of their revenue",
        source="assumption: a lab with half of all revenue that misses by a tenth is as bad as a down round (model.md 11.6)",
    )  # fmt: skip
    terms = parameter(
        1.0, unit="ln per share", low=0, high=5, meaning="fall of the log price of a lab's shares for each part of revenue it is behind",
        source="assumption: growth shares lose a tenth to a fifth when they disappoint (Skinner and Sloan 2002)", prior=between(0.5, 2),
    )  # fmt: skip
    control = parameter(
        1.5, unit="ln per share", low=0, high=10, meaning="fall of the log of what it may order for each part of revenue it is behind",
        source="assumption: investors in start-ups take control as these do worse (Kaplan and Strömberg 2003)", prior=between(0.5, 3),
    )  # fmt: skip


class Promises:
    """How far labs are behind what they promised, parts of revenue, [worlds, labs].

    missed: over the last year; fault: what investors remember of it; news: what the quarter takes from the mood, [worlds, 1]
    """

    def __init__(self, industry):
        self.year, self.opening = [], industry.quarter.years  # (burned, earned) of the last quarters, $bn
        self.missed, self.fault = np.zeros_like(industry.labs.cash), np.zeros_like(industry.labs.cash)
        self.news = np.zeros((industry.worlds, 1))

    def judge(self, industry):
        """After the quarter's bills: a year's burn against the promise; before a year has passed nobody judges."""
        p, labs = industry.promise_parameters, industry.labs
        if not (p.binds > 0).any():
            return
        earned = labs.revenue * QUARTER
        self.year = [*self.year, (labs.obligations - earned, earned)][-QUARTERS_PER_YEAR:]
        if len(self.year) == QUARTERS_PER_YEAR:
            burned, earned = (sum(each) for each in zip(*self.year, strict=True))
            beyond = ratio_or(burned, earned, 0, NO_MONEY) - promised(labs, self.opening, industry.years + QUARTER - HALF)
            bound = (p.binds > 0) & (labs.break_even > 0) & (labs.alive > 0)
            self.missed = np.where(bound, np.clip(beyond, 0, 1), 0)
        before = self.fault
        self.fault = np.where(labs.alive > 0, p.memory * before + (1 - p.memory) * self.missed, 0)
        self.news = p.mood * weighted_mean((self.fault - before) * labs.alive, labs.revenue)

    def trust(self, p):
        """Price of a lab's shares over that of one whose promises are kept, x, [worlds, labs]. p: PromiseParameters"""
        return np.exp(-p.terms * self.fault)

    def free_hand(self, p):
        """What its owners let it order over what it would, x, [worlds, labs]."""
        return np.exp(-p.control * self.fault)


def promised(labs, opening, now):
    """Burn over revenue that labs promised for a date: in a straight line to nothing in the middle of the year of break-even.

    opening, now: years since the start of 2023. [worlds, labs]
    """
    end = labs.break_even - EPOCH_YEAR + HALF
    return labs.promised_burn * np.clip((end - now) / np.maximum(end - opening, NO_TIME), 0, 1)
