"""Scenario discovery: under which conditions does it happen? Boxes, trees and one-by-one comparisons, in words.

Boxes come from the patient rule induction method [FriedmanFisher1999]: peel off a thin slice where the rest gains most, again and
again, then paste back what the peeling took too much. A box has a coverage (the part of all hits that lies in it) and a density
(the part of its points that are hits). What is found is where hits are, not why, and on few points chance looks like a rule.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.errors import BadInput
from experiments.words import percent

ALPHA = 0.05  # part of a box that one peel takes off
LEAST = 0.05  # part of all points that a box keeps at least
DEPTH, LEAF = 3, 0.05  # of a tree: levels, and the part of all points in a leaf at least
BOXES = 3
BY_CHANCE = 0.05  # probability above which the limits of a box may be chance, all that were tried taken together


class Box(NamedTuple):
    """Limits of a box, both inclusive, [inputs] each, and what lies in it."""

    low: np.ndarray
    high: np.ndarray
    coverage: float
    density: float
    mass: float  # part of all points


def inside(x, box):
    """Points of x, [points, inputs], that lie in the box."""
    return np.all((x >= box.low) & (x <= box.high), axis=1)


def prim(x, y, alpha=ALPHA, least=LEAST):
    """Trace of one box: the whole space, then peel after peel, then what pasting adds to the best of them.

    x: [points, inputs]; y: 0/1, or a number of at least 0 that is to be high, [points]
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if len(x) == 0 or y.sum() <= 0:
        raise BadInput("there is nothing to discover: the condition holds at no point")
    trace = [_box(x, y, x.min(axis=0), x.max(axis=0))]
    while (peeled := _peel(x, y, trace[-1], alpha, least)) is not None:
        trace.append(peeled)
    pasted = choose(trace)
    while (pasted := _paste(x, y, pasted, alpha)) is not None:
        trace.append(pasted)
    return trace


def _box(x, y, low, high):
    kept = np.all((x >= low) & (x <= high), axis=1)
    return Box(low, high, float(y[kept].sum() / y.sum()), float(y[kept].mean()), float(kept.mean()))


def _peel(x, y, box, alpha, least):
    """Without the slice whose loss is best for the density, per point taken; None if too little would be left, or nothing can be gained.

    A slice may also cost density: two clusters in opposite corners have hits at every edge, and one of them must go first.
    """
    here = inside(x, box)
    points, hits = x[here], y[here]
    best, gain = None, -np.inf
    if hits.min() == hits.max():
        return None
    for column in range(x.shape[1]):
        values = np.sort(points[:, column])
        cut = int(np.ceil(alpha * len(values)))
        above, below = values[values > values[cut - 1]], values[values < values[-cut]]  # ties go with the slice
        for low, high in ((above[:1], values[-1:]), (values[:1], below[-1:])):
            if not (low.size and high.size):
                continue
            kept = (points[:, column] >= low[0]) & (points[:, column] <= high[0])
            if kept.sum() < max(1, least * len(x)):
                continue
            better = (hits[kept].mean() - hits.mean()) / (~kept).sum()
            if better > gain:
                best, gain = (column, low[0], high[0]), better
    return None if best is None else _moved(x, y, box, *best)


def _moved(x, y, box, column, low, high):
    lows, highs = box.low.copy(), box.high.copy()
    lows[column], highs[column] = low, high
    return _box(x, y, lows, highs)


def _paste(x, y, box, alpha):
    """The slice whose return keeps the density highest, if that raises it; None if none does."""
    count, best = int(inside(x, box).sum()), None
    for column in range(x.shape[1]):
        open_box = box._replace(low=box.low.copy(), high=box.high.copy())
        open_box.low[column], open_box.high[column] = -np.inf, np.inf
        values = np.sort(x[inside(x, open_box), column])
        step = int(np.ceil(alpha * count))
        below, above = values[values < box.low[column]][-step:], values[values > box.high[column]][:step]
        for low, high in ((below[:1], box.high[column : column + 1]), (box.low[column : column + 1], above[-1:])):
            if low.size and high.size:
                found = _moved(x, y, box, column, low[0], high[0])
                best = found if found.density > (best or box).density else best
    return best


def choose(trace):
    """The box of a trace with the best balance, the harmonic mean of coverage and density; ties go to the larger box."""
    return max(trace, key=lambda box: (2 * box.coverage * box.density / max(box.coverage + box.density, np.finfo(float).tiny), box.mass))


def boxes(x, y, most=BOXES, alpha=ALPHA, least=LEAST):
    """One box after another, each on the points that no box before it covers, without limits that may be chance.

    It ends when nothing but chance limits the next box.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    left, found = np.ones(len(x), dtype=bool), []
    while len(found) < most and y[left].sum() > 0 and left.sum() * least >= 1:
        box = prune(x[left], y[left], choose(prim(x[left], y[left], alpha, least)))
        if not restrictions(x[left], y[left], box):
            break
        found.append(_box(x, y, box.low, box.high))
        left &= ~inside(x, box)
    return found


def restrictions(x, y, box):
    """What limits a box: [(input, side is low, limit, p)].

    p: the chance that as many points, drawn from the box without this limit, hold as many hits (the quasi-p-value of Bryant and
    Lempert). It flatters, because the limit was chosen on the same points.
    """
    from scipy.stats import binom

    here, found = inside(x, box), []
    for column in range(x.shape[1]):
        for is_low, limit in ((True, box.low[column]), (False, box.high[column])):
            wide = without(box, column, is_low)
            if (limit > x[:, column].min()) if is_low else (limit < x[:, column].max()):
                hits, density = np.sum(y[here] > 0), np.mean(y[inside(x, wide)] > 0)
                found.append((column, is_low, float(limit), float(binom.sf(hits - 1, here.sum(), density))))
    return found


def without(box, column, is_low):
    """The box without one of its limits."""
    low, high = box.low.copy(), box.high.copy()
    if is_low:
        low[column] = -np.inf
    else:
        high[column] = np.inf
    return box._replace(low=low, high=high)


def prune(x, y, box, level=BY_CHANCE):
    """The box without the limits that may be chance, the least sure one first; what stays is surer than `level` for all limits tried."""
    tried = 2 * x.shape[1]
    while limits := restrictions(x, y, box):
        column, is_low, _, chance = max(limits, key=lambda limit: limit[-1])
        if chance <= level / tried:
            break
        wide = without(box, column, is_low)
        box = _box(x, y, wide.low, wide.high)
    return box


class Inputs(NamedTuple):
    """Inputs as numbers: x, [points, inputs], with their names; a named setting is one 0/1 input for each of its names."""

    x: np.ndarray
    names: tuple
    choices: tuple  # per input: (column, value) of a named setting, or None

    def words(self, column, is_low, limit):
        """A limit in words."""
        if self.choices[column]:
            name, value = self.choices[column]
            return f"{name} is {'' if is_low else 'not '}{value!r}"
        return f"{self.names[column]} {'>=' if is_low else '<='} {limit:.3g}"


def inputs(table, columns):
    """Columns of a table of points as numbers; columns that do not vary are left out. Raises BadInput if none varies."""
    parts, names, choices = [], [], []
    for name in columns:
        values = table[name]
        if values.nunique() < 2:
            continue
        numeric = pd.api.types.is_numeric_dtype(values)
        for value in [None] if numeric else sorted(values.unique()):
            parts.append(values.to_numpy(dtype=float) if numeric else (values == value).to_numpy(dtype=float))
            names.append(name if numeric else f"{name} is {value!r}")
            choices.append(None if numeric else (name, value))
    if not parts:
        raise BadInput("there is nothing to discover: no lever and no uncertainty varies between the points")
    return Inputs(np.stack(parts, axis=1), tuple(names), tuple(choices))


def box_in_words(found, y, box):
    """One line: when it happens, in what part of the hits, and how often there."""
    said = [found.words(*limit[:3]) for limit in restrictions(found.x, y, box)]
    count = int(inside(found.x, box).sum())
    return f"{' and '.join(said) or 'always'}: coverage {percent(box.coverage)}, density {percent(box.density)}, {count} of {len(y)} points"


def tree_in_words(found, y, depth=DEPTH, leaf=LEAF):
    """Leaves of a classification tree where hits are denser than overall, densest first, one line each."""
    from sklearn.tree import DecisionTreeClassifier

    y = np.asarray(y, dtype=bool)
    if y.all() or not y.any():
        raise BadInput("there is nothing to discover: the condition holds at all points or at none")
    fitted = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=max(1, int(leaf * len(y))), random_state=0).fit(found.x, y)
    at, leaves = fitted.apply(found.x), []
    for node, path in _paths(fitted.tree_):
        here = at == node
        if y[here].mean() > y.mean():
            leaves.append((y[here].mean(), y[here].sum() / y.sum(), int(here.sum()), " and ".join(found.words(*limit) for limit in path)))
    return [
        f"{said}: coverage {percent(share)}, density {percent(dense)}, {n} of {len(y)} points"
        for dense, share, n, said in sorted(leaves)[::-1]
    ]


def _paths(tree, node=0, path=()):
    """Leaves of a fitted tree and the limits on the way to each."""
    if tree.children_left[node] < 0:
        yield node, path
        return
    column, limit = int(tree.feature[node]), float(tree.threshold[node])
    yield from _paths(tree, tree.children_left[node], (*path, (column, False, limit)))
    yield from _paths(tree, tree.children_right[node], (*path, (column, True, limit)))


def regional(found, y):
    """Which inputs differ between points that hit and points that miss: a table of Kolmogorov-Smirnov distances, largest first.

    distance: 0 to 1; p: of a distance as large by chance; hits, misses: medians of the input. Raises BadInput.
    """
    from scipy.stats import ks_2samp

    y = np.asarray(y, dtype=bool)
    if y.all() or not y.any():
        raise BadInput("there is nothing to compare: the condition holds at all points or at none")
    rows = []
    for column, name in enumerate(found.names):
        hits, misses = found.x[y, column], found.x[~y, column]
        test = ks_2samp(hits, misses)
        rows.append((name, float(test.statistic), float(test.pvalue), float(np.median(hits)), float(np.median(misses))))
    table = pd.DataFrame(rows, columns=["input", "distance", "p", "hits", "misses"])
    return table.sort_values("distance", ascending=False, ignore_index=True)
