"""What is kept of a quarter of the picked world: small arrays, from which `experiments.ui.pictures` derives every view of it.

Going back to a quarter is reading its snapshot: the model itself has moved on. Money is $bn; rows of agents are those of `Frame`.
"""

from typing import NamedTuple

import numpy as np

from abm.beliefs.planners import own_view
from abm.beliefs.views import planning_horizon
from abm.books.flows import FLOWS
from abm.books.register import IDLE
from abm.clock import QUARTER, QUARTERS_PER_YEAR
from experiments.summary import FUNDED as KINDS

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
CONE_QUARTERS = 12  # how far ahead a cone is drawn
WALL_QUARTERS = 32  # how far ahead commitments are listed
ISSUERS = ("labs", "clouds", "vendors", "lenders")
NATURES = 3  # purchases, equity, loans


class Frame(NamedTuple):
    """Who is who in a world: names of all agents, {kind: rows among them}, names by kind."""

    agents: tuple
    rows: dict
    names: dict


class Snapshot(NamedTuple):
    """One quarter of one world.

    payments: of four quarters, [natures, agents, agents]; stakes: at market, and shares: parts, [agents, agents]
    loans: [lenders, clouds]; commitments: still to be paid, and due: $bn a year, [labs, clouds]
    columns: {kind: {column: [firms]}}; balances: {account: [agents]}; minsky: {kind: [firms]}; cones: $bn a year,
    [levels, labs, quarters ahead]; wall: $bn a quarter, [labs, quarters ahead]; models: {book: [labs]}; company: $bn in the
    quarter, [labs]; idle: GW, [clouds]; horizon: quarters from a plan to the quarter it is made for
    """

    quarter: str
    payments: np.ndarray
    stakes: np.ndarray
    shares: np.ndarray
    loans: np.ndarray
    commitments: np.ndarray
    due: np.ndarray
    columns: dict
    balances: dict
    minsky: dict
    cones: np.ndarray
    wall: np.ndarray
    models: dict
    company: np.ndarray
    idle: np.ndarray
    covenant: int
    horizon: int


def frame(industry):
    """Of a model."""
    rows = {kind: industry.rows[kind] for kind in KINDS} | {"customers": industry.rows["customers"]}
    last = len(industry.ledger.names)
    rows["others"] = slice(last - 2, last)
    return Frame(tuple(industry.ledger.names), rows, {kind: tuple(getattr(industry, kind).names) for kind in KINDS})


def snapshot(industry):
    """Of an industry of one world, at the end of a quarter."""
    fleet, now, labs = industry.fleet, industry.now - 1, industry.labs
    shares = industry.cap.shares[0]
    stakes = np.zeros_like(shares)
    for kind in ISSUERS:
        rows = industry.rows[kind]
        stakes[:, rows] = shares[:, rows] * industry.cap.value(rows)[0]
    recent = industry.past_payments[-QUARTERS_PER_YEAR:]
    return Snapshot(
        quarter=str(industry.quarter - 1),
        payments=np.stack([sum(past[nature][0] for past in recent) for nature in range(NATURES)]),
        stakes=stakes,
        shares=shares.copy(),
        loans=fleet.loans()[0],
        commitments=fleet.remaining_rent(now)[0],
        due=fleet.rent_due(now)[0].copy(),
        columns={kind: {key: values[0].copy() for key, values in getattr(industry, kind).columns.items()} for kind in KINDS},
        balances={account: values[0].copy() for account, values in industry.ledger.balances.items()},
        minsky={"labs": industry.measured["minsky_class"][0].copy(), "clouds": industry.measured["cloud_minsky_class"][0].copy()},
        cones=_cones(industry),
        wall=fleet.rent_schedule(now, WALL_QUARTERS)[0],
        models={book: values[0].copy() for book, values in industry.models._asdict().items()},
        company=sum(industry.ledger.profit[flow][0, industry.rows["labs"]] for flow in FLOWS),
        idle=fleet.in_service(now)[0, IDLE].copy() if len(labs.names) else np.zeros(0),
        covenant=industry.compute.covenant,
        horizon=planning_horizon(industry),
    )


def _cones(industry):
    """What every lab believes of its revenue, quarter by quarter ahead, [levels, labs, quarters]."""
    labs = industry.labs
    base = labs.forecast_base(industry.plans.demand_floor)
    ahead = np.arange(1, CONE_QUARTERS + 1) * QUARTER
    views = [own_view(industry, base, horizon) for horizon in ahead]
    return np.stack([np.stack([view.quantile(level)[0] for view in views], axis=-1) for level in LEVELS])
