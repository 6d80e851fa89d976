"""Whom a default would hurt: what everybody loses if somebody pays nothing, read off the books between two quarters [model.md 15.7]."""

from typing import NamedTuple

import numpy as np

from abm.books.lab_debts import CREDITORS
from abm.clock import QUARTER
from abm.measures.network import TOLERANCE, debtrank, leverage, system_loss
from abm.start.opening import FIRM_KINDS

_DUST = 1e-9  # $bn


class Exposed(NamedTuple):
    """Exposures of i to k, $bn, [worlds, agents, agents], book equity, $bn, [worlds, agents], and where each kind stands."""

    exposures: np.ndarray
    equity: np.ndarray
    rows: dict


def exposures(industry):
    """What each firm loses if another pays nothing: loans, prepayments, stakes at their mark, and rents to come.

    Of the rents only the quarters of a termination claim count, because freed compute is let again. Arrears are written off within
    the quarter and are never there between two quarters.
    """
    rows, fleet, now, start = {}, industry.fleet, industry.now, 0
    for kind in FIRM_KINDS:
        rows[kind] = slice(start, start + len(getattr(industry, kind).names))
        start = rows[kind].stop
    found = np.zeros((industry.worlds, start, start))
    found[:, rows["lenders"], rows["clouds"]] += fleet.loans()
    for kind in CREDITORS:
        found[:, rows[kind], rows["labs"]] += industry.lab_debts.held_by(kind)
    found[:, rows["labs"], rows["clouds"]] += fleet.pairs.table(fleet.total("prepaid"))
    claim = np.zeros((industry.worlds, len(industry.labs.names), len(industry.clouds.names)))
    for ahead in range(industry.contagion.termination_quarters):
        claim += fleet.rent_due(now + 1 + ahead)
    found[:, rows["clouds"], rows["labs"]] += np.swapaxes(claim * QUARTER, 1, 2)
    for holder in FIRM_KINDS:
        for issuer in ("labs", "clouds", "vendors", "lenders"):
            value = industry.cap.value(industry.rows[issuer])
            shares = industry.cap.shares[:, industry.rows[holder]][:, :, industry.rows[issuer]]
            found[:, rows[holder], rows[issuer]] += shares * value[:, None]
    worth = np.concatenate([industry.ledger.book_equity(industry.rows[kind]) for kind in FIRM_KINDS], axis=1)
    worth = np.where(np.abs(worth) > _DUST, worth, 0)  # a firm whose books hold a rounding error has nothing to lose or to pass on
    found *= 1 - np.eye(start)
    return Exposed(found, worth, rows)


def debtranks(industry, tolerance=TOLERANCE):
    """Share of all equity that is lost beyond its own if a lab defaults now, [worlds, labs]. tolerance: see `network.debtrank`."""
    exposed = exposures(industry)
    return ranks_of(exposed.exposures, exposed.equity, len(industry.labs.names), tolerance)


def ranks_of(exposed, equity, labs, tolerance=TOLERANCE):
    """The same from what firms lose by each other, as in `Exposed`. labs: how many of the firms they are, the first ones."""
    shocks = np.broadcast_to(np.eye(equity.shape[1])[:labs], (len(equity), labs, equity.shape[1]))
    lost = debtrank(leverage(exposed, equity), shocks, tolerance)
    return system_loss(lost, shocks, equity)
