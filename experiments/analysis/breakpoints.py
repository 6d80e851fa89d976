"""Reverse stress test: the smallest shock that breaks each world, found in all worlds at once, each with its own luck.

First a ladder of sizes, then bisection between the last rung that holds and the first that breaks. A larger shock can also save
a world (it stops a bet in time); the ladder shows how often, and below the first rung that breaks nothing is claimed finer
than its rungs.
"""

from collections.abc import Callable
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.errors import BadInput
from experiments.analysis.conditions import Condition
from experiments.analysis.levers import Lever
from experiments.analysis.paired_effects import paired_share
from experiments.analysis.undefined import in_words
from experiments.summary import probability
from experiments.words import futures, interval

RUNGS = 5  # sizes of the ladder, the smallest one included
STEPS = 6  # bisections: the interval of a rung divided by 64
FEWEST, TOGETHER = 16, 96  # worlds that run at once, where several processes share them and at most


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


def smallest_shock(breaks, low, high, worlds, rungs=RUNGS, steps=STEPS, whole=False):
    """The smallest size that breaks each world, to within (high - low) / (rungs - 1) / 2 ** steps, as the upper end.

    breaks: function of (sizes, which), [n] each, that says which of these worlds break at their sizes; worlds: how many.
    low and high may be in either order: high is the largest shock, not the largest number. whole: only whole numbers are tried
    """
    ladder = np.linspace(low, high, rungs)
    if whole:
        ladder = np.unique(np.round(ladder))[:: -1 if high < low else 1]
    which, rungs = np.arange(worlds), len(ladder)
    broke = breaks(np.tile(ladder, worlds), np.repeat(which, rungs)).reshape(worlds, rungs)
    first = np.argmax(broke, axis=1)
    holds, fails = ladder[np.maximum(0, first - 1)], ladder[first]
    is_open = broke.any(axis=1) & (first > 0)
    for _ in range(steps):
        open_worlds = which[is_open & (np.abs(fails - holds) > (1 if whole else 0))]
        if not open_worlds.size:
            break
        middle = (holds[open_worlds] + fails[open_worlds]) / 2
        middle = np.round(middle) if whole else middle
        broken = breaks(middle, open_worlds)
        fails[open_worlds] = np.where(broken, middle, fails[open_worlds])
        holds[open_worlds] = np.where(broken, holds[open_worlds], middle)
    return Broken(np.where(broke.any(axis=1), fails, np.nan), ladder, broke)


class Trial(NamedTuple):
    """Runs of an opening under a lever: quarters, seed of the run and other shocks that hold as well; processes that share the work."""

    opening: object
    lever: Lever
    quarters: int
    rng: int = 0
    shocks: tuple = ()
    workers: int = 1
    remake: Callable | None = (
        None  # function of {name: value} that opens the world anew: in other processes, and for what its reader must know
    )

    def opening_at(self, size):
        """The opening with the lever at a size."""
        from agents.inhabitants import parameters
        from agents.world_files.folder import STRUCTURE
        from agents.world_files.overrides import with_overrides

        values = {self.lever.key: size}
        if self.lever.key in STRUCTURE and self.remake:
            return self.remake(values)
        return with_overrides(self.opening, values, parameters=parameters())

    def outcomes(self, sizes, which, pool=None):
        """Outcomes of worlds under sizes of the lever, a table with one row each. sizes, which: [n]; pool: of processes, or None"""
        each = TOGETHER if pool is None else int(np.clip(-(-len(which) // self.workers), FEWEST, TOGETHER))
        cuts = [slice(first, first + each) for first in range(0, len(which), each)]
        tasks = ([self] * len(cuts), [sizes[cut] for cut in cuts], [which[cut] for cut in cuts])
        if pool is None:
            return pd.concat(list(map(_part, *tasks)), ignore_index=True)
        sent = [self._replace(opening=None)] * len(cuts)  # an opening holds modules, which do not travel; each process opens its own
        return pd.concat(list(pool.map(_part, sent, *tasks[1:])), ignore_index=True)

    def unshocked(self, worlds):
        """Outcomes of worlds 0, 1, ... without the lever: the baseline."""
        first = range(0, worlds, TOGETHER)
        return pd.concat([self.run(np.arange(k, min(worlds, k + TOGETHER)), self.opening) for k in first], ignore_index=True)

    def run(self, which, opening, parameters=None, shocks=()):
        """Outcomes of these worlds of an opening, with shocks on top of those that hold anyway."""
        from abm.model import Industry, release

        worlds = tuple(int(world) for world in which)
        industry = Industry(opening, world_ids=worlds, rng=self.rng, parameters=parameters, shocks=(*self.shocks, *shocks))
        try:
            return industry.run(self.quarters).record.outcomes(industry)
        finally:
            release(industry)


def _part(trial, sizes, which):
    """Outcomes of a few worlds; what cannot differ within a model is run size by size, and the rows put back in their order."""
    from abm.shocks import Shock
    from experiments.engine.batches import together
    from experiments.engine.cases import case_like

    trial = trial if trial.opening is not None else trial._replace(opening=trial.remake({}))
    lever = trial.lever
    if lever.shock:
        return trial.run(which, trial.opening, shocks=[Shock.read({"name": lever.shock, "at": lever.at, lever.key: sizes})])
    distinct, row = np.unique(sizes, return_inverse=True)
    cases = [case_like(trial.opening_at(float(size)), trial.quarters) for size in distinct]
    alike: dict = {}
    for place, case in enumerate(cases):
        alike.setdefault(case.structure, []).append(place)
    parts = []
    for places in alike.values():
        rows = np.flatnonzero(np.isin(row, places))
        opening, values = together([cases[place] for place in places], np.searchsorted(places, row[rows]))
        parts.append(trial.run(which[rows], opening, values).set_axis(rows))
    return pd.concat(parts).sort_index()


@contextmanager
def _pool(workers):
    """Processes that share the work, or None for one."""
    if workers == 1:
        yield None
        return
    from experiments.pool import processes

    with processes(workers) as pool:
        yield pool


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

    with _pool(trial.workers if trial.remake else 1) as pool:

        def breaks(sizes, which):
            return until.holds(trial.outcomes(sizes, which, pool))

        found = smallest_shock(breaks, trial.lever.low, trial.lever.high, worlds, rungs, steps, trial.lever.whole)
    return found, {**probability(until.holds(before)), "unvalued": in_words(before, until.names, "They do not meet the condition")}


def share_at(found):
    """Table: share of worlds that break at each size of the ladder, with its Wilson interval: size, count, trials, share, low, high."""
    return pd.DataFrame([{"size": float(size), **probability(found.broke[:, k])} for k, size in enumerate(found.rungs)])


def verdict(found):
    """(the size of the ladder at which fewest worlds break, the first one beyond it at which surely more do or None): places."""
    shares = found.broke.mean(axis=0)
    safest = int(len(shares) - 1 - np.argmin(shares[::-1]))  # the boldest of equally safe ones
    more = (place for place in range(safest + 1, len(shares)) if paired_share(found.broke[:, place], found.broke[:, safest]).low > 0)
    return safest, next(more, None)


def answer(lever, until, found):
    """The sentence to remember: at which size fewest worlds break, and from which on surely more do."""
    table = share_at(found)
    safest, more = verdict(found)

    def said(place):
        row = table.iloc[place]
        return f"{interval(row)} of {futures(len(found.sizes))}"

    start = f"With {lever.name} at {found.rungs[safest]:.3g}, the condition {until} holds in {said(safest)}."
    if more is None:
        beyond = (
            "Larger sizes break no more futures than luck could."
            if safest < len(found.rungs) - 1
            else "No other size breaks fewer futures."
        )
        return f"{start} {beyond}"
    return f"{start} From {found.rungs[more]:.3g} on, more futures break than luck could explain: {interval(table.iloc[more])}."


def told(lever, found, worlds):
    """Further lines: how many worlds break, and what those need that break not at the smallest size."""
    broken = found.sizes[~np.isnan(found.sizes)]
    lines = [f"With the lever, {len(broken)} of {worlds} worlds break at some size."]
    needed = broken[broken != lever.low]
    if len(needed):
        least, middle = needed[np.argmin(np.abs(needed - lever.low))], np.median(needed)
        lines.append(
            f"{len(needed)} of them break{'s' if len(needed) == 1 else ''} only because of it. The smallest size that breaks one is "
            f"{least:.3g}, and the median is {middle:.3g}. They may lie between sizes of the tables, as each world is searched alone."
        )
    if found.saved.any():
        lines.append(
            f"In {futures(int(found.saved.sum()))} a larger size saves what a smaller one breaks, so a size is a first break and not a "
            "border."
        )
    return lines


def share_broken(found, sizes=None):
    """Table: share of worlds whose smallest breaking shock is at most this size, with its Wilson interval, by size.

    sizes: the ladder by default, which includes the ends
    """
    sizes = found.rungs if sizes is None else np.asarray(sizes, dtype=float)
    toward = np.sign(found.rungs[-1] - found.rungs[0])
    broken = [probability(~np.isnan(found.sizes) & (toward * found.sizes <= toward * size)) for size in sizes]
    return pd.DataFrame([{"size": float(size), **row} for size, row in zip(sizes, broken)])
