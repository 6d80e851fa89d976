"""Contagion: the six channels with their switches, and the news of a quarter that others react to [model.md 13.7]."""

from dataclasses import dataclass, field

import numpy as np

from abm.parameters import Group, parameter
from abm.priors import between


class ContagionParameters(Group, name="contagion"):
    """Channels through which one firm's loss becomes another's, 1 on and 0 off [model.md 13.7], and what default costs."""

    counterparty = parameter(
        1.0, unit="0/1", low=0, high=1, source="switch", meaning="C1: unpaid and lost rents hit owners and their lenders"
    )
    cross_equity = parameter(1.0, unit="0/1", low=0, high=1, source="switch", meaning="C2: stakes in a dead lab are lost to their holders")
    fire_sale = parameter(
        1.0, unit="0/1", low=0, high=1, source="switch", meaning="C3: idle compute depresses spot prices, collateral and margins"
    )
    funding = parameter(1.0, unit="0/1", low=0, high=1, source="switch", meaning="C4: defaults and loan losses hurt sentiment")
    backlog = parameter(1.0, unit="0/1", low=0, high=1, source="switch", meaning="C5: cancelled orders are lost to vendors")
    customers = parameter(1.0, unit="0/1", low=0, high=1, source="switch", meaning="C6: customers of the dead move slowly, and some never")
    release_quarters = parameter(
        1, unit="quarters", low=0, high=8, source="assumption", structural=True,
        meaning="time in which a dead lab's compute is back with its owner and not for hire", prior=between(0, 2)
    )  # fmt: skip
    patience = parameter(
        0.5, unit="share/quarter", low=0, high=1, source="assumption",
        meaning="part of the sites of a dead lab, under construction and taken over by nobody, that owners still build on after a quarter",
        prior=between(0.25, 0.75),
    )  # fmt: skip
    cash_after_default = parameter(
        0.9,
        unit="share",
        low=0.5,
        high=1,
        source="model.md 19",
        meaning="alpha: cash that survives a lab's default",
        prior=between(0.7, 1),
    )
    receipts_after_default = parameter(
        1.0,
        unit="share",
        low=0.5,
        high=1,
        source="model.md 19",
        meaning="beta: receipts that survive it",
        prior=between(0.7, 1),
    )
    termination_quarters = parameter(
        4,
        unit="quarters",
        low=0,
        high=20,
        source="model.md 13.4",
        structural=True,
        meaning="most quarters of rent that a termination claim covers",
    )


@dataclass
class News:
    """What happened in a quarter that others react to; all [worlds, n] or [worlds, 1]."""

    labs: np.ndarray  # bool, defaulted now
    clouds: np.ndarray
    lenders: np.ndarray
    vendors: np.ndarray
    investors: np.ndarray
    defaulted: np.ndarray  # share of revenue
    credit_loss: np.ndarray  # $bn
    cancelled: np.ndarray  # $bn of chips, of all vendors
    termination: np.ndarray  # $bn, claims lost
    announced: np.ndarray  # revenue that a cut announced this quarter costs, ln, at most 0
    extra: dict = field(default_factory=dict)

    @classmethod
    def none(cls, worlds, labs, clouds, lenders, vendors=0, investors=0):
        """A quiet quarter of so many firms of each kind."""
        shape = [np.zeros((worlds, n), dtype=bool) for n in (labs, clouds, lenders, vendors, investors)]
        zero = [np.zeros((worlds, 1)) for _ in range(5)]
        return cls(*shape, *zero)

    def loss_ratio(self, industry):
        """Loans lost this quarter over loans, [worlds, 1]; nothing if the funding channel is off."""
        to_owners, to_labs = industry.fleet.loans().sum(axis=(1, 2))[:, None], industry.lab_debts.to("lenders").sum(axis=1, keepdims=True)
        loans = to_owners + to_labs + self.credit_loss
        return industry.contagion.funding * self.credit_loss / np.where(loans > 0, loans, 1)

    def mood(self, p):
        """What news adds to sentiment, [worlds, 1]."""
        parts = self.extra
        stall = -p.stall_news * parts.get("stall", 0) + p.breakthrough_news * parts.get("breakthrough", 0)
        return stall + parts.get("shock", 0) - p.down_round * parts.get("down_rounds", 0)
