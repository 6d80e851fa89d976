"""DebtRank beside what came true: does the network's exposure say beforehand whose default will hurt most? [Bardoscia2015]

Before every lab's default its DebtRank is read off the books of the quarter before; afterwards the losses and defaults of the
following quarters are added up. These follow the default, they need not be caused by it: a common cause hits many at once.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.clock import QUARTER
from abm.network import debtrank, leverage, system_loss

KINDS = ("labs", "clouds", "vendors", "investors", "lenders")
WINDOW = 4  # quarters after a default that count, its own included
LOSSES = ("credit_loss", "equity_lost", "termination")  # $bn


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
    for kind in KINDS:
        rows[kind] = slice(start, start + len(getattr(industry, kind).names))
        start = rows[kind].stop
    found = np.zeros((industry.worlds, start, start))
    found[:, rows["lenders"], rows["clouds"]] += fleet.total("loan")
    found[:, rows["labs"], rows["clouds"]] += fleet.total("prepaid")
    claim = sum(fleet.rent_due(now + 1 + ahead) for ahead in range(industry.contagion.termination_quarters)) * QUARTER
    found[:, rows["clouds"], rows["labs"]] += np.swapaxes(claim, 1, 2)
    for holder in KINDS:
        for issuer in ("labs", "clouds", "vendors", "lenders"):
            value = industry.cap.value(industry.rows[issuer])
            shares = industry.cap.shares[:, industry.rows[holder]][:, :, industry.rows[issuer]]
            found[:, rows[holder], rows[issuer]] += shares * value[:, None]
    worth = [industry.ledger.book_equity(industry.rows[kind]) for kind in KINDS]
    found *= 1 - np.eye(start)
    return Exposed(found, np.concatenate(worth, axis=1), rows)


def debtranks(industry):
    """Share of all equity that is lost beyond its own if a lab defaults now, [worlds, labs]."""
    exposed = exposures(industry)
    labs = exposed.rows["labs"]
    shocks = np.broadcast_to(np.eye(exposed.equity.shape[1])[labs], (industry.worlds, labs.stop - labs.start, exposed.equity.shape[1]))
    lost = debtrank(leverage(exposed.exposures, exposed.equity), shocks)
    return system_loss(lost, shocks, exposed.equity)


def run_with_debtranks(industry, quarters):
    """Run the model and keep every lab's DebtRank at the start of each quarter, [worlds, quarters, labs]."""
    kept = []
    for _ in range(quarters):
        kept.append(debtranks(industry))
        industry.step()
    return np.stack(kept, axis=1)


def after_defaults(record, ranks, names, window=WINDOW):
    """Table, one row per default of a lab: lab, debtrank before, losses and defaults of others in the window after, $bn and count.

    ranks: as `run_with_debtranks` gives them; losses of the quarter itself contain the lab's own
    """
    died = record.series("labs", "fails") > 0
    fails = sum((record.series(kind, "fails") > 0).sum(axis=2) for kind in ("labs", "clouds", "lenders"))
    lost = sum(record.series("industry", name)[..., 0] for name in LOSSES)
    rows = []
    for world, quarter, lab in np.argwhere(died):
        after = slice(quarter, quarter + window)
        losses, others = float(lost[world, after].sum()), int(fails[world, after].sum()) - 1
        rows.append((names[lab], float(ranks[world, quarter, lab]), losses, others))
    return pd.DataFrame(rows, columns=["lab", "debtrank", "losses", "other_defaults"])


def agreement(defaults):
    """How well the ranking beforehand fits what followed: Spearman's correlation and its p over all defaults, for each measure.

    p takes defaults as independent; those of one world are not. NaN with fewer than three defaults, or if nothing differs.
    """
    from scipy.stats import spearmanr

    rows = []
    for measure in ("losses", "other_defaults"):
        enough = len(defaults) > 2 and defaults["debtrank"].nunique() > 1 and defaults[measure].nunique() > 1
        found = spearmanr(defaults["debtrank"], defaults[measure]) if enough else (np.nan, np.nan)
        rows.append({"measure": measure, "spearman": float(found[0]), "p": float(found[1]), "defaults": len(defaults)})
    return pd.DataFrame(rows)


def by_lab(defaults):
    """Means by lab, the highest DebtRank first: lab, defaults, debtrank, losses, other_defaults."""
    means = defaults.groupby("lab").agg(
        defaults=("debtrank", "size"), debtrank=("debtrank", "mean"), losses=("losses", "mean"), other_defaults=("other_defaults", "mean")
    )
    return means.sort_values("debtrank", ascending=False).reset_index()
