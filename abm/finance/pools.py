"""Pools that end: what is committed to investors depends on what they earned, not on what they have spent [model.md 11.10].

Owners of money (limited partners, treasuries of states, boards, the public) commit so much a year. Who lost theirs is given less
for years; who spent theirs waits for the next commitments. Off, every fund is refilled to a target within a year (`funding.save`).
"""

import numpy as np

from abm.clock import QUARTER
from abm.engine.scales import NO_MONEY
from abm.engine.sums import ratio_or
from abm.parameters import Group, parameter
from abm.priors import between


class PoolParameters(Group, name="pool"):
    """How fast capital comes to investors, and how long losses are remembered [model.md 11.10]."""

    finite = parameter(0.0, unit="0/1", low=0, high=1, source="switch", meaning="1: pools end; 0: funds are refilled to a target")
    pace = parameter(
        0.45, unit="1/year", low=0, high=5, meaning="commitments of a usual year at the opening, over the cash of all investors then",
        source="assumption: equity of labs and suppliers, 27 in 2024, 105 in 2025, 314 in the first half of 2026, is 178 a year, over 395",
        prior=between(0.25, 0.8, "judgement: 105 of 2025 and 314 of the first half of 2026, each over 395"),
    )  # fmt: skip
    growth = parameter(
        0.08, unit="1/year", low=-0.2, high=0.3, meaning="growth of usual commitments",
        source="assumption: assets of sovereign funds grew by 43 % in the three years to 2025, gains of markets included (Global SWF)",
        prior=between(0.03, 0.13),
    )  # fmt: skip
    memory = parameter(
        0.93, unit="per quarter", low=0, high=1,
        meaning="part of past gains and losses that owners of money still hold for or against a pool",
        source="assumption: US venture funds raised 106.9 in 2000, 6.9 in 2002, 10.8 in 2003 and 17.6 in 2004 (NVCA)",
        prior=between(0.88, 0.97),
    )  # fmt: skip
    sensitivity = parameter(
        2.0, unit="per share", low=0, high=10, meaning="fall of the log of commitments for each part of a pool's stakes that is lost",
        source="assumption: with half of the stakes lost a tenth to a quarter is committed; US venture funds raised 6 % in 2002 of 2000",
        prior=between(1, 3),
    )  # fmt: skip
    lag = parameter(
        0.25, unit="share/quarter", low=0, high=1, meaning="part of the way to what returns say that commitments go in a quarter",
        source="assumption: funds are raised over a year", prior=between(0.15, 0.5),
    )  # fmt: skip
    paper = parameter(
        0.5, unit="share", low=0, high=1,
        meaning="weight of gains and losses on paper beside those that a round, a listing or a failure shows",
        source="assumption", prior=between(0.25, 1),
    )  # fmt: skip
    idle = parameter(
        2.0, unit="years", low=0.25, high=20, meaning="usual commitments that a pool may hold idle before money goes elsewhere",
        source="assumption: a fund is called over three to five years and followed by the next before it is spent", prior=between(1, 4),
    )  # fmt: skip


class Pools:
    """What owners of money remember of each investor.

    usual: commitments of all at the opening, $bn a quarter, [worlds, 1]; remembered: gains beyond what is asked for, share of stakes;
    willing: commitments over usual ones, x; distributed: dividends of the last quarter, $bn, all three [worlds, investors];
    shares, values: of the close of the last quarter
    """

    def __init__(self, industry):
        self.usual = industry.pools_parameters.pace * QUARTER * industry.investors.cash.sum(axis=1, keepdims=True)
        self.remembered, self.distributed = np.zeros_like(industry.investors.cash), np.zeros_like(industry.investors.cash)
        self.willing = np.ones_like(industry.investors.cash)
        self._keep(industry)

    def _keep(self, industry):
        mine, issuers = industry.rows["investors"], _issuers(industry)
        self.shares = [industry.cap.shares[:, mine, rows].copy() for rows in issuers]
        self.values = [industry.cap.value(rows) for rows in issuers]

    def committed(self, industry):
        """Usual commitments of the quarter to each investor, $bn, [worlds, investors]."""
        grown = (1 + industry.pools_parameters.growth * QUARTER) ** industry.age
        return self.usual * grown * industry.investors.saving_weight

    def learn(self, industry):
        """The quarter's returns are remembered, and commitments follow them with a lag; once everything is marked and signed."""
        p = industry.pools_parameters
        if not (p.finite > 0).any():
            return
        asked = industry.funds.required_return * QUARTER
        held = any(values.any() for values in self.values)
        self.remembered = p.memory * self.remembered + (self._returns(industry) - asked if held else 0)
        self.willing = self.willing + p.lag * (willingness(p.sensitivity, self.remembered) - self.willing)
        self._keep(industry)

    def _returns(self, industry):
        """Gains of each investor over its stakes, the larger of before and after, so between -1 and 1, [worlds, investors]."""
        gains, before = np.zeros_like(self.remembered), np.zeros_like(self.remembered)
        mine = industry.rows["investors"]
        kinds = zip(_issuers(industry), self.shares, self.values, _shown(industry), _FLOWS, strict=True)
        for rows, shares, values, (fails, shown), flow in kinds:
            now = industry.cap.shares[:, mine, rows]
            raised = sum(industry.ledger.flows[each][:, rows] for each in flow)
            change = np.where(fails, -values, industry.cap.value(rows) - values - raised)
            weight = np.where(fails | shown, 1, industry.pools_parameters.paper)
            gains += (np.where(fails[:, None], shares, now) * (change * weight)[:, None]).sum(axis=2)
            before += (shares * values[:, None]).sum(axis=2)
        self.distributed = np.maximum(0, industry.ledger.flows["dividend"][:, mine])
        gains += self.distributed
        base = before + np.maximum(0, gains)
        return ratio_or(gains, base, 0, NO_MONEY)


_FLOWS = (("lab_equity", "vendor_equity"), ("cloud_equity",), ())  # what each of the issuers sells new equity by


def _issuers(industry):
    return industry.rows["labs"], industry.rows["clouds"], industry.rows["vendors"]


def _shown(industry):
    """For labs, owners and vendors: which failed, and of which a price was paid or posted this quarter, bool."""
    news, labs = industry.news, industry.labs
    priced = (labs.listed > 0) | (industry.raised > NO_MONEY)
    return (news.labs, priced), (news.clouds, np.zeros_like(news.clouds)), (news.vendors, np.zeros_like(news.vendors))


def willingness(sensitivity, remembered):
    """Commitments over usual ones: 1 without gains or losses, towards 0 with losses, never more than twice as much.

    So flows follow returns, and gains draw less than losses drive out [KaplanSchoar2005]. remembered: share of stakes
    """
    return 2 / (1 + np.exp(-2 * sensitivity * remembered))


def commitments(industry, refilled, returned):
    """New money of the quarter and what goes elsewhere, $bn, [worlds, investors] each: those of pools that end, else as handed in."""
    p, pools = industry.pools_parameters, industry.pools
    usual = pools.committed(industry)
    paid_out = np.minimum(pools.distributed, np.maximum(0, industry.investors.cash))
    idle = np.maximum(0, industry.investors.cash - paid_out - p.idle / QUARTER * usual)
    back = paid_out + industry.funds.returned * idle  # dividends belong to the owners of money, who may commit them again
    ends = p.finite > 0
    return np.where(ends, usual * pools.willing * industry.saving_factor, refilled), np.where(ends, back, returned)
