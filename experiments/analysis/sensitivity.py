"""Which inputs matter: Morris screening, Sobol indices and PAWN, by SALib, on means over the same block of seeds at every point.

What is analysed is the mean over worlds as a function of the inputs. The same seeds at every point keep luck from looking like
an input; what is left of it is reported as `noise`. An input is a lever or a parameter within its stated range: a wider range
makes it matter more, and inputs that were not varied do not appear at all.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.errors import BadInput
from experiments.analysis.undefined import ended, filled
from experiments.summary import Z_95

RESAMPLES = 300  # of the bootstrap
DUMMIES = 40  # inputs that do nothing, for PAWN's floor
SLICES = 10  # conditioning intervals of PAWN
FLOOR = 0.95  # quantile of the dummies
LEVEL = 0.95  # of SALib's own intervals
METHODS = ("morris", "sobol", "pawn")


class Sampled(NamedTuple):
    """A sample of inputs and what came of it: unit, [samples, inputs] in [0, 1]; values, [samples, seeds]."""

    names: tuple
    unit: np.ndarray
    values: np.ndarray

    @property
    def means(self):
        """Over seeds, [samples]."""
        return self.values.mean(axis=1)

    @property
    def problem(self):
        """The inputs as SALib has them."""
        return problem(self.names)


def problem(names):
    """SALib's description of inputs on the unit cube."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0, 1]] * len(names)}


def noise(values):
    """Part of the variance of the means that is luck which a finite block of seeds left over, 0 to 1. values: [samples, seeds].

    Luck that moves all samples alike cancels; it is the interaction of seed and sample that stays.
    """
    samples, seeds = values.shape
    between = values.mean(axis=1).var(ddof=1) if samples > 1 else 0.0
    if between <= 0 or seeds < 2:
        return 0.0
    left = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0, keepdims=True) + values.mean()
    return float(min(1, (left**2).sum() / ((samples - 1) * (seeds - 1)) / seeds / between))


def morris(sampled, levels, seed=0):
    """Elementary effects over the whole range, in units of the outcome: `mu_star` their mean size, `mu`, `sigma`, low, high.

    sampled: trajectories of SALib's sampler on a grid of `levels`. sigma beside mu_star tells curvature or interaction. The
    interval comes from resampling trajectories.
    """
    from SALib.analyze import morris as salib

    found = salib.analyze(
        sampled.problem, sampled.unit, sampled.means, num_levels=levels, conf_level=LEVEL, num_resamples=RESAMPLES, seed=seed
    )
    star, half = np.asarray(found["mu_star"]), np.asarray(found["mu_star_conf"])
    columns = {"input": sampled.names, "mu_star": star, "low": star - half, "high": star + half, "mu": found["mu"], "sigma": found["sigma"]}
    return _sorted(columns, "mu_star")


def sobol(sampled, seed=0, resamples=RESAMPLES):
    """First-order (`S1`) and total (`ST`) indices, shares of the variance of the means, with intervals: S1_low, ..., ST_high.

    sampled: base points of Saltelli's design without second order, all rows of one base point together. The interval comes from
    resampling base points and seeds together, so it knows both the finite design and the finite block of worlds.
    """
    inputs = len(sampled.names)
    blocks = sampled.values.reshape(-1, inputs + 2, sampled.values.shape[1])
    base, _, seeds = blocks.shape
    rng = np.random.default_rng(seed)
    first, total = _indices(blocks.mean(axis=2))
    again = np.array(
        [_indices(blocks[rng.integers(base, size=base)][..., rng.integers(seeds, size=seeds)].mean(axis=2)) for _ in range(resamples)]
    )
    half = Z_95 * again.std(axis=0, ddof=1)
    columns = {"input": sampled.names, "S1": first, "S1_low": first - half[0], "S1_high": first + half[0]}
    return _sorted({**columns, "ST": total, "ST_low": total - half[1], "ST_high": total + half[1]}, "ST")


def _indices(blocks):
    """First-order and total indices, [inputs] each; 0 where nothing varies. blocks: [base points, inputs + 2]."""
    from SALib.analyze.sobol import first_order, total_order

    blocks = blocks - blocks.mean()
    a, mixed, b = blocks[:, 0], blocks[:, 1:-1], blocks[:, -1]
    if np.ptp(np.r_[a, b]) <= np.finfo(float).eps:
        return np.zeros(mixed.shape[1]), np.zeros(mixed.shape[1])
    columns = mixed.T
    return np.array([first_order(a, one, b) for one in columns]), np.array([total_order(a, one, b) for one in columns])


def pawn(sampled, seed=0, slices=SLICES):
    """How far the distribution of the outcome moves when an input is held within a slice of its range: `pawn`, 0 to 1.

    Works on any sample. `floor` is what inputs that do nothing reach on as many points; only what is clearly above it matters
    (`matters`). Raises BadInput for a sample too small to slice.
    """
    if len(sampled.unit) < 2 * slices:
        raise BadInput(f"{len(sampled.unit)} points are too few for PAWN with {slices} slices; at least {2 * slices}")
    own, dummies = pawn_medians(sampled, np.random.default_rng(seed).random((len(sampled.unit), DUMMIES)), slices)
    floor = float(np.quantile(dummies, FLOOR))
    return _sorted({"input": sampled.names, "pawn": own, "floor": floor, "matters": own > floor}, "pawn")


def pawn_medians(sampled, dummies, slices=SLICES):
    """PAWN's median over slices of each input, and of inputs that do nothing. dummies: their values, [samples, dummies]"""
    from SALib.analyze import pawn as salib

    own = len(sampled.names)
    names = (*sampled.names, *(f"dummy {k}" for k in range(dummies.shape[1])))
    x = np.column_stack([sampled.unit, dummies])
    medians = np.nan_to_num(np.asarray(salib.analyze(problem(names), x, sampled.means, S=slices)["median"], dtype=float))
    return medians[:own], medians[own:]


def _sorted(columns, by):
    return pd.DataFrame(columns).sort_values(by, ascending=False, ignore_index=True, kind="stable")


def sampled_from(question, runs, outcome, combination=0):
    """What a sweep says of an outcome at one combination of its levers, as a Sampled of the seeds that came to their end at every point.

    Where a run has no value the mean of its point stands, and a point without a mean is NaN (`undefined.filled`).
    question: an `engine.question.Question`; runs: as `engine.store.load` gives them. Raises BadInput if the question samples
    nothing, the outcome is unknown, or points are missing.
    """
    from abm.errors import nearest
    from experiments.engine.design import unit_sample

    if not question.uncertainties:
        raise BadInput(f"{question.name}: there are no uncertainties to be sensitive to")
    known = [name for name in runs.columns if runs[name].dtype.kind == "f"]
    if outcome not in known:
        raise BadInput(f"unknown outcome {outcome!r}; {nearest(outcome, known)}".removesuffix("; "))
    unit = unit_sample(question.design, len(question.uncertainties))
    here = runs[runs["combination"] == combination]
    values = _everywhere(question, here, len(unit)).pivot(index="sample", columns="seed", values=outcome).reindex(range(len(unit)))
    return Sampled(tuple(question.uncertainties), unit, filled(values.to_numpy(dtype=float)))


def _everywhere(question, here, points):
    """The runs of the seeds that came to their end at every point. Raises BadInput if there are none."""
    whole = ended(here)
    seeds = whole.groupby("seed")["sample"].nunique()
    kept = whole[whole["seed"].isin(seeds.index[seeds == points])]
    if kept.empty and len(here) < points * here["seed"].nunique() or here.empty:
        missing = points - here["sample"].nunique()
        raise BadInput(f"{question.name}: {missing} of {points} points have no run yet, or no seed ran everywhere; finish the sweep")
    if kept.empty:
        raise BadInput(f"{question.name}: {len(here) - len(whole)} of {len(here)} runs failed, so that no seed ran at every point")
    return kept


def refuse_without_value(sampled, outcome):
    """Indices need a mean at every point. Raises BadInput if an outcome has none at some, with the condition that can be asked for."""
    lacking = int(np.isnan(sampled.means).sum())
    if lacking:
        raise BadInput(
            f"{outcome} has no value in most runs of {lacking} of {len(sampled.means)} points, so there is no number to be sensitive; "
            f"--method regional --outcome '{outcome} < 6' asks about a condition, which a run without a value does not meet"
        )


def check(question, method):
    """Raises BadInput if a question's design does not suit a method: one of METHODS, or regional, which takes any sample."""
    if method not in (*METHODS, "regional"):
        raise BadInput(f"no method is called {method!r}; allowed: {', '.join(METHODS)}, regional")
    drawn, points = question.design.method, question.design.points
    if method in ("morris", "sobol") and drawn != method:
        raise BadInput(f"{question.name}: {method} needs design.method = {method!r}, not {drawn!r}; pawn and regional take any sample")
    if method == "pawn" and drawn == "lhs" and points < 2 * SLICES:
        raise BadInput(f"{question.name}: {points} points are too few for pawn with {SLICES} slices; at least {2 * SLICES}")


def analyse(question, sampled, method):
    """The table of a method for a sample drawn by the question's design. Raises BadInput if the design does not suit it."""
    check(question, method)
    if method == "morris":
        return morris(sampled, question.design.levels)
    return sobol(sampled) if method == "sobol" else pawn(sampled)
