"""DebtRank beside what came true: does the network's exposure say beforehand whose default will hurt most? [Bardoscia2015]

Before every lab's default its DebtRank is read off the books of the quarter before; afterwards the losses and defaults of the
following quarters are added up. These follow the default, they need not be caused by it: a common cause hits many at once.
"""

import numpy as np
import pandas as pd

from abm.systemic import debtranks

WINDOW = 4  # quarters after a default that count, its own included
LOSSES = ("credit_loss", "equity_lost", "termination")  # $bn


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
