"""DebtRank beside what came true: does the network's exposure say beforehand whose default will hurt most? [Bardoscia2015]

Before every lab's default its DebtRank is read off the books of the quarter before; afterwards the losses and defaults of the
following quarters are added up. These follow the default, they need not be caused by it: a common cause hits many at once.
"""

import numpy as np
import pandas as pd

from abm.failure.systemic import debtranks

WINDOW = 4  # quarters after a default that count, its own included
KINDS = ("labs", "clouds", "lenders")  # of firms that fail
RESAMPLES, TAIL = 200, 0.025  # of futures, for an interval; on each side of it
LOSSES = ("credit_loss", "equity_lost", "termination")  # $bn


def run_with_debtranks(industry, quarters):
    """Run the model and keep every lab's DebtRank at the start of each quarter, [worlds, quarters, labs]."""
    kept = []
    for _ in range(quarters):
        kept.append(debtranks(industry))
        industry.step()
    return np.stack(kept, axis=1)


def after_defaults(record, ranks, names, window=WINDOW):
    """Table, one row per default of a lab: seed (row of its world), lab, debtrank before, losses and defaults of others after, $bn, count.

    ranks: as `run_with_debtranks` gives them; losses of the quarter itself contain the lab's own
    """
    died = record.series("labs", "fails") > 0
    fails = sum((record.series(kind, "fails") > 0).sum(axis=2) for kind in KINDS)
    lost = sum(record.series("industry", name)[..., 0] for name in LOSSES)
    return _followed(died, ranks, fails, lost, names, window)


def _followed(died, ranks, fails, lost, names, window, seeds=None):
    """The table of `after_defaults`. died, ranks: [worlds, quarters, labs]; fails, count, and lost, $bn: [worlds, quarters]."""
    rows = []
    for world, quarter, lab in np.argwhere(died):
        after = slice(quarter, quarter + window)
        losses, others = float(lost[world, after].sum()), int(fails[world, after].sum()) - 1
        rows.append((int(world if seeds is None else seeds[world]), names[lab], float(ranks[world, quarter, lab]), losses, others))
    return pd.DataFrame(rows, columns=["seed", "lab", "debtrank", "losses", "other_defaults"])


def of_series(series, window=WINDOW):
    """The same table from stored series of one design point: DebtRank as it stood at the end of the quarter before, measured yearly."""
    names = series.loc[(series["kind"] == "labs") & (series["measure"] == "debtrank"), "agent"].astype(str).unique()
    wide = series.astype({"agent": str}).pivot(index=["seed", "quarter"], columns=["kind", "measure", "agent"], values="value").sort_index()
    seeds = wide.index.get_level_values("seed").unique()

    def cube(kind, measure, agents=slice(None)):
        return wide[kind][measure][agents].to_numpy().reshape(len(seeds), -1, wide[kind][measure][agents].shape[1])

    ranks = cube("labs", "debtrank", list(names))
    before = np.concatenate([np.full_like(ranks[:, :1], np.nan), ranks[:, :-1]], axis=1)
    kinds = set(series.loc[series["measure"] == "fails", "kind"])
    fails = sum((cube(kind, "fails") > 0).sum(axis=2) for kind in KINDS if kind in kinds)
    lost = sum(cube("industry", name)[..., 0] for name in LOSSES)
    died = cube("labs", "fails", list(names)) > 0
    return _followed(died, before, fails, lost, names, window, seeds).dropna(ignore_index=True)


def correlation_interval(defaults, resamples=RESAMPLES, seed=0):
    """95 % interval of Spearman's correlation with losses, by drawing futures anew; None with fewer than three of them."""
    seeds = defaults["seed"].unique()
    if len(seeds) < 3:
        return None
    parts, rng = dict(list(defaults.groupby("seed"))), np.random.default_rng(seed)
    again = [agreement(pd.concat([parts[key] for key in rng.choice(seeds, len(seeds))]))["spearman"].iloc[0] for _ in range(resamples)]
    low, high = np.nanquantile(again, (TAIL, 1 - TAIL))
    return float(low), float(high)


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
