"""Reverse stress test: the smallest shock that breaks each world, found in all worlds at once, each with its own luck.

First a ladder of sizes, then bisection between the last rung that holds and the first that breaks. A larger shock can also save
a world (it stops a bet in time); the ladder shows how often, and below the first rung that breaks nothing is claimed finer
than its rungs.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.errors import BadInput, nearest
from experiments.analysis.conditions import Condition
from experiments.analysis.undefined import in_words
from experiments.summary import probability

RUNGS = 5  # sizes of the ladder, the smallest one included
STEPS = 6  # bisections: the interval of a rung divided by 64
TOGETHER = 96  # worlds that run at once


class Lever(NamedTuple):
    """What is turned: value `key` of a shock at a quarter, or a parameter where `shock` is empty; sizes from low to high."""

    shock: str
    key: str
    at: object
    low: float
    high: float
    unit: str
    meaning: str

    @property
    def name(self):
        """How a user writes it."""
        return f"{self.shock}.{self.key}" if self.shock else self.key


class Broken(NamedTuple):
    """Smallest sizes that break the worlds: NaN where even the largest rung does not.

    rungs: sizes of the ladder; broke: whether a world broke on a rung, bool, [worlds, rungs]
    """

    sizes: np.ndarray
    rungs: np.ndarray
    broke: np.ndarray

    @property
    def saved(self):
        """Worlds that some rung breaks and a larger one does not, [worlds]."""
        return (self.broke[:, :-1] & ~self.broke[:, 1:]).any(axis=1)


def smallest_shock(breaks, low, high, worlds, rungs=RUNGS, steps=STEPS):
    """The smallest size that breaks each world, to within (high - low) / (rungs - 1) / 2 ** steps, as the upper end.

    breaks: function of (sizes, which), [n] each, that says which of these worlds break at their sizes; worlds: how many.
    low and high may be in either order: high is the largest shock, not the largest number.
    """
    ladder = np.linspace(low, high, rungs)
    which = np.arange(worlds)
    broke = breaks(np.tile(ladder, worlds), np.repeat(which, rungs)).reshape(worlds, rungs)
    first = np.argmax(broke, axis=1)
    holds, fails = ladder[np.maximum(0, first - 1)], ladder[first]
    open_worlds = which[broke.any(axis=1) & (first > 0)]
    for _ in range(steps if open_worlds.size else 0):
        middle = (holds[open_worlds] + fails[open_worlds]) / 2
        broken = breaks(middle, open_worlds)
        fails[open_worlds] = np.where(broken, middle, fails[open_worlds])
        holds[open_worlds] = np.where(broken, holds[open_worlds], middle)
    return Broken(np.where(broke.any(axis=1), fails, np.nan), ladder, broke)


def read_lever(text, at=None, low=None, high=None):
    """A lever by name: a shock ("demand_shortfall", "open_weight.density") with its quarter, or a parameter ("cone.width").

    low, high: the smallest and the largest size; by default nothing, or the least allowed, up to the most allowed.
    Raises BadInput for an unknown name or a size that is not allowed.
    """
    from abm.clock import Quarter
    from abm.shocks import SHOCKS
    from experiments.engine.cases import is_structure, parameters

    shock, _, key = text.partition(".")
    if shock in SHOCKS:
        declared = SHOCKS[shock].declared()
        key = key or next(iter(declared), "")
        if key not in declared:
            raise BadInput(f"lever: {shock} has no size {key!r}; {nearest(key, declared)}".removesuffix("; "))
        if declared[key].text:
            raise BadInput(f"lever: {shock}.{key} is a name, and has no size to turn")
        if at is None:
            raise BadInput(f"lever: {shock} needs a quarter, such as --at 2027Q1")
        item, at = declared[key], at if isinstance(at, Quarter) else Quarter.parse(at, "--at: ")
    else:
        movable = [name for name in parameters() if not is_structure(name)]
        if text not in movable:
            raise BadInput(f"lever: no shock and no parameter is called {text!r}; {nearest(text, [*SHOCKS, *movable])}".removesuffix("; "))
        item, shock, key = parameters()[text], "", text
    low, high = max(0, item.low) if low is None else low, item.high if high is None else high
    for size in (low, high):
        item.checked(size, "lever")
    if low == high:
        raise BadInput(f"lever: the smallest and the largest size of {text} are both {low:g}")
    return Lever(shock, key, at, float(low), float(high), item.unit, item.meaning)


class Trial(NamedTuple):
    """Runs of an opening under a lever: quarters, seed of the run and other shocks that hold as well."""

    opening: object
    lever: Lever
    quarters: int
    rng: int = 0
    shocks: tuple = ()

    def outcomes(self, sizes, which):
        """Outcomes of worlds under sizes of the lever, a table with one row each. sizes, which: [n]."""
        from abm.shocks import Shock

        lever, parts = self.lever, []
        for first in range(0, len(which), TOGETHER):
            part = slice(first, first + TOGETHER)
            if lever.shock:
                shock = Shock.read({"name": lever.shock, "at": lever.at, lever.key: sizes[part]})
                parts.append(self._run(which[part], shocks=(*self.shocks, shock)))
            else:
                parts.append(self._run(which[part], {lever.key: sizes[part]}, self.shocks))
        return pd.concat(parts, ignore_index=True)

    def unshocked(self, worlds):
        """Outcomes of worlds 0, 1, ... without the lever: the baseline."""
        first = range(0, worlds, TOGETHER)
        return pd.concat([self._run(np.arange(k, min(worlds, k + TOGETHER)), shocks=self.shocks) for k in first], ignore_index=True)

    def _run(self, which, parameters=None, shocks=()):
        from abm.model import Industry, release

        worlds = tuple(int(world) for world in which)
        industry = Industry(self.opening, world_ids=worlds, rng=self.rng, parameters=parameters, shocks=shocks)
        try:
            return industry.run(self.quarters).record.outcomes(industry)
        finally:
            release(industry)


def breakpoints(trial, until, worlds, rungs=RUNGS, steps=STEPS):
    """(Broken, share of worlds that break without any shock) for a condition on outcomes, written as text or as a Condition.

    The share says under `unvalued`, in words, in which worlds an outcome has no value there: they do not meet the condition.
    Raises BadInput for an outcome that the model does not have, or a date outside the run.
    """
    if trial.lever.shock:
        start, last = trial.opening.start, trial.opening.start + (trial.quarters - 1)
        if not start <= trial.lever.at <= last:
            raise BadInput(f"lever: {trial.lever.at} lies outside the run, which goes from {start} to {last}")
    until = until if isinstance(until, Condition) else Condition.read(until)
    before = trial.unshocked(worlds)
    until.check([name for name in before.columns if name != "world"])

    def breaks(sizes, which):
        return until.holds(trial.outcomes(sizes, which))

    found = smallest_shock(breaks, trial.lever.low, trial.lever.high, worlds, rungs, steps)
    return found, {**probability(until.holds(before)), "unvalued": in_words(before, until.names, "they do not meet the condition")}


def share_broken(found, sizes=None):
    """Table: share of worlds whose smallest breaking shock is at most this size, with its Wilson interval, by size.

    sizes: the ladder by default, which includes the ends
    """
    sizes = found.rungs if sizes is None else np.asarray(sizes, dtype=float)
    toward = np.sign(found.rungs[-1] - found.rungs[0])
    broken = [probability(~np.isnan(found.sizes) & (toward * found.sizes <= toward * size)) for size in sizes]
    return pd.DataFrame([{"size": float(size), **row} for size, row in zip(sizes, broken)])
