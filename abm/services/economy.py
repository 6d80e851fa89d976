"""The build-out's own weight: what it adds to incomes around it, and what its end takes from budgets and other business.

Who builds compute pays builders, power works and chip makers, who spend in their turn. While it grows, incomes run ahead of what
the economy is used to. When it stops, they fall behind until other demand has taken its place. What is usual weighs nothing.
"""

import numpy as np

from abm.clock import QUARTER, QUARTERS_PER_YEAR
from abm.parameters import Group, parameter
from abm.priors import between


class EconomyParameters(Group, name="economy"):
    """The economy around the industry, and how much of it the build-out carries [model.md 8.10]."""

    weighs = parameter(
        0.0, unit="0/1", low=0, high=1, source="switch", meaning="1: budgets and other business feel the build-out and its end"
    )
    output = parameter(
        32_000.0, unit="$bn/year", low=1000, high=200_000,
        meaning="output at the opening of the economy in which compute is built and its customers live",
        source="public: GDP of the United States was 30,500 in 2025 (BEA, rounded), a year on at the growth below",
        prior=between(28_000, 60_000, "from the United States alone to all rich countries"),
    )  # fmt: skip
    growth = parameter(
        0.045, unit="1/year", low=-0.05, high=0.15, meaning="growth of that output", prior=between(0.03, 0.06),
        source="public: nominal GDP of the United States, mean of 2015 to 2025, rounded",
    )  # fmt: skip
    investment = parameter(
        0.16, unit="share", low=0.01, high=0.5, prior=between(0.14, 0.18),
        meaning="other private fixed investment over output, for the build-out's share of all",
        source="public: 17 % of GDP of the United States in 2025 (BEA, rounded), some of it compute",
    )  # fmt: skip
    carried = parameter(
        0.5, unit="$ per $", low=0, high=3,
        meaning="income that a dollar of build-out beyond the usual adds, net of what it crowds out",
        source="public: half of what it added would have come without it, from lower rates and power prices (Furman, 2025)",
        prior=between(0.25, 1.2, "half by Furman's guess; a dollar of public spending adds .6 to 1.5 in most studies"),
    )  # fmt: skip
    adapts = parameter(
        0.4, unit="1/year", low=0, high=4, prior=between(0.2, 0.8),
        meaning="rate at which other demand makes up for a difference to the usual build-out",
        source="assumption: most recessions are made up for within two to four years",
    )  # fmt: skip
    budgets = parameter(
        2.0, unit="1", low=0, high=6, meaning="elasticity of customers' budgets to incomes", prior=between(1, 3.5),
        source="public: IT spending grew by 6.2 % in 2008 and fell by 6 % in 2009 (Gartner), output was 5 % below the usual",
    )  # fmt: skip
    business = parameter(
        2.0, unit="1", low=0, high=6, meaning="elasticity of owners' other business to incomes", prior=between(1, 3.5),
        source="assumption: advertising and cloud services swing as budgets do",
    )  # fmt: skip


class Economy:
    """What incomes owe to the build-out.

    year: build-out of the last four quarters; usual: what the economy is used to, both $bn a year; the first quarter is usual by
    definition, and usual is None before it; gap: income beyond the usual, part of output; share: part of all investment;
    [worlds, 1] each
    """

    def __init__(self, industry):
        self.year, self.usual = [], None
        self.gap, self.share = np.zeros((industry.worlds, 1)), np.zeros((industry.worlds, 1))

    def learn(self, industry):
        """The build-out of the quarter is counted, and the economy gets used to it; once the quarter's bills are paid."""
        p, now = industry.economy_parameters, build_out(industry)
        self.year = [*self.year, now][-QUARTERS_PER_YEAR:]
        level = sum(self.year) / len(self.year)
        usual = level if self.usual is None else self.usual
        self.usual = usual + (1 - np.exp(-p.adapts * QUARTER)) * (level - usual)
        output = p.output * (1 + p.growth * QUARTER) ** industry.age
        self.share = level / (level + p.investment * output)
        self.gap = np.where(p.weighs > 0, p.carried * (level - self.usual) / output, 0)

    def budgets(self, p):
        """What customers would spend at these incomes over what they would at usual ones, x, [worlds, 1]. p: EconomyParameters"""
        return np.exp(p.budgets * self.gap)

    def business(self, p):
        """The same of the other business of owners, x, [worlds, 1]."""
        return np.exp(p.business * self.gap)


def build_out(industry):
    """What owners of compute pay for sites and chips in the quarter, at annual rate, $bn a year, [worlds, 1]."""
    rows, flows = industry.rows["clouds"], industry.ledger.flows
    return -(flows["construction"][:, rows] + flows["chips"][:, rows]).sum(axis=1, keepdims=True) / QUARTER
