"""What one browser session runs: an ensemble of worlds, or two on the same seeds, as one Mesa model that moves by quarters.

`step` asks the session's workers for a quarter and keeps what the charts need, `[worlds, quarters]` per indicator. Whatever goes
wrong becomes a message; the page stays.
"""

import threading
import time
from dataclasses import dataclass, replace
from typing import NamedTuple

import mesa
import numpy as np

from abm.errors import BadInput
from abm.failure.crisis import CRISIS, PARTS, RULE, Course, Sizes, parts
from abm.failure.loss import check_firm
from abm.model import release
from abm.shocks import Shock
from experiments.inputs import Inputs
from experiments.ui.firm_numbers import OF_FIRMS
from experiments.ui.worker_pool import FAILING, SHOWN, Crew, Failed, Stopped

WORKERS = 2
BRISK = 0.1  # seconds between two quarters below which the page is playing, not stepping


class Kept(NamedTuple):
    """What is kept of each quarter, with room for the whole run: a quarter that has been written does not change.

    numbers: {indicator: [worlds, quarters]}; failed (so far) and fails (in the quarter): {kind: bool, [worlds, quarters, firms]}; before:
    Sizes in the quarter before; lost: loans written down, $bn, [worlds, quarters, lenders]; happened: {event: whether it has happened so
    far, bool, [worlds, quarters]}; firms: {(kind, what): [worlds, quarters, firms]} NaN of labs not in business
    """

    numbers: dict
    failed: dict
    fails: dict
    before: Sizes
    lost: np.ndarray
    happened: dict
    firms: dict

    @classmethod
    def empty(cls, worlds, quarters, names):
        """Nothing yet. names: {kind: names of firms}"""
        shape = (worlds, quarters)
        failed = {kind: np.zeros((*shape, len(names[kind])), dtype=bool) for kind in FAILING}
        before = Sizes(*(np.zeros((*shape, len(names[kind]))) for kind in (*FAILING, "lenders")))
        return cls(
            {name: np.zeros(shape) for name in SHOWN},
            failed,
            {kind: np.zeros_like(kept) for kind, kept in failed.items()},
            before,
            np.zeros((*shape, len(names["lenders"]))),
            {name: np.zeros(shape, dtype=bool) for name in (CRISIS, *PARTS)},
            {key: np.zeros((*shape, len(names[key[0]])), dtype=np.float32) for key in OF_FIRMS},
        )


class Seen:
    """One setting's worlds up to a quarter: what a painting shows of them. It stays as it is while the worlds move on.

    kept: a Kept, of which `age` quarters are there
    """

    def __init__(self, inputs, opening, age, kept):
        self.inputs, self.opening, self.age, self._kept = inputs, opening, age, kept

    def values(self, name):
        """An indicator so far, [worlds, quarters]."""
        return self._kept.numbers[name][:, : self.age]

    def failed(self):
        """{firm: whether it has failed by then, bool, [worlds, quarters]}, labs first."""
        age, failed = self.age, self._kept.failed
        return {name: failed[kind][:, :age, row] for kind in FAILING for row, name in enumerate(self.opening.names[kind])}

    def of_firms(self, kind, what):
        """A number of all firms of a kind so far, [worlds, quarters, firms], NaN where a lab is not in business; None where it has none."""
        kept = self._kept.firms.get((kind, what))
        return None if kept is None else kept[:, : self.age]

    def happened(self, event):
        """Whether a crisis, or one of its parts, has happened by then, bool, [worlds, quarters]."""
        return self._kept.happened[event][:, : self.age]

    def fallen(self):
        """How many firms have failed so far, [worlds]; zero before the first quarter."""
        age = self.age
        if not age:
            return np.zeros(self.inputs.worlds)
        return sum(kept[:, age - 1].sum(axis=1) for kept in self._kept.failed.values())


class Side(Seen):
    """One setting's worlds so far, as they grow by a quarter at a time."""

    def __init__(self, inputs):
        """Raises BadInput for a name or value that is not allowed."""
        opening = inputs.opening()
        super().__init__(inputs, opening, 0, Kept.empty(inputs.worlds, inputs.quarters, opening.names))

    def keep(self, readings):
        """Append a quarter. readings: one per worker, in the order of worlds."""
        age, kept = self.age, self._kept
        for name in SHOWN:
            kept.numbers[name][:, age] = np.concatenate([each.numbers[name] for each in readings])
        for kind, failed in kept.failed.items():
            now = np.concatenate([each.failed[kind] for each in readings])
            kept.fails[kind][:, age] = now
            failed[:, age] = now | failed[:, age - 1] if age else now
        for sizes, parts_of in zip(kept.before, zip(*(each.before for each in readings)), strict=True):
            sizes[:, age] = np.concatenate(parts_of)
        for key, values in kept.firms.items():
            values[:, age] = np.concatenate([each.firms[key] for each in readings])
        kept.lost[:, age] = np.concatenate([each.lost for each in readings])
        for name, happens in parts(self._recent(age)).items():
            so_far = kept.happened[name]
            so_far[:, age] = happens[:, -1] | so_far[:, age - 1] if age else happens[:, -1]
        self.age += 1

    def _recent(self, age):
        """The window of quarters that decides whether an event is complete in this one."""
        kept, window = self._kept, slice(max(0, age - RULE.window + 1), age + 1)
        labs, clouds, lenders = (kept.fails[kind][:, window] for kind in FAILING)
        return Course(labs, clouds, lenders, Sizes(*(sizes[:, window] for sizes in kept.before)), kept.lost[:, window])

    def seen(self):
        """As it is now."""
        return Seen(self.inputs, self.opening, self.age, self._kept)


class Worlds:
    """What can be said of some sides, all at the same quarter."""

    sides: list | tuple
    inputs: Inputs

    @property
    def main(self):
        """The first ensemble; None if the inputs are wrong."""
        return self.sides[0] if self.sides else None

    @property
    def other(self):
        """The ensemble it is compared with, or None."""
        return self.sides[1] if len(self.sides) > 1 else None

    @property
    def age(self):
        """Quarters run."""
        return self.main.age if self.main else 0

    @property
    def quarters(self):
        """The quarters run, as text."""
        return [str(self.main.opening.start + k) for k in range(self.age)]

    @property
    def horizon(self):
        """All quarters of the run, as text."""
        return [str(self.main.opening.start + k) for k in range(self.inputs.quarters)] if self.main else []

    @property
    def marks(self):
        """[(quarter, label)] of the shocks."""
        return [(row["at"], " of ".join([row["name"].replace("_", " "), *filter(None, [row.get("firm")])])) for row in self.inputs.shocks]


@dataclass(frozen=True)
class Picture(Worlds):
    """A laboratory as one painting shows it: every part of the same quarter."""

    inputs: Inputs
    sides: tuple
    running: bool
    problem: str


class Laboratory(Worlds, mesa.Model):
    """The worlds of one session: Mesa's ModelController steps it and, on Reset, makes another with these arguments.

    world: name or path; worlds: futures; quarters: horizon; settings: {public name: value}; shocks: rows {name, at, ...}
    deals: rows {tenant, owner, gw, start, ...}; compare: settings of a second ensemble on the same seeds, or None
    workers: processes, 0 for none (tests)
    crew: the session's workers, kept over a Reset; notify: called after every quarter and whenever something changed
    A mistake in the arguments does not raise: it becomes `problem`, and nothing runs.
    """

    def __init__(
        self, world="industry-2026q3", worlds=200, seed=0, quarters=40, settings=None, shocks=(), deals=(),
        compare=None, workers=WORKERS, crew=None, notify=None,
    ):  # fmt: skip
        super().__init__(rng=seed)
        self.running, self.kept = True, threading.Lock()  # kept: while a quarter is added, or a picture taken
        self.inputs = Inputs(world, worlds, quarters, seed, dict(settings or {}), tuple(shocks), tuple(deals))
        self.owns_crew, self.notify, self.problem, self.sides = crew is None, notify, "", []
        self.crew = Crew(workers) if crew is None else crew
        self.job, self.stepped = None, -BRISK
        try:
            checked = self.inputs.checked()
            others = [] if compare is None else [replace(checked, settings=dict(compare))]
            self.sides = [Side(inputs) for inputs in (checked, *others)]
            self.job = self.crew.build(tuple(side.inputs for side in self.sides), worlds)
        except (BadInput, Failed) as error:
            self._stop_with(str(error))

    def picture(self):
        """Everything at one quarter, for a painting, whatever is added meanwhile."""
        with self.kept:
            sides = tuple(side.seen() for side in self.sides)
            return Picture(self.inputs, sides, self.running, self.problem)

    def step(self):
        """A quarter of every world; nothing once the horizon is reached, something went wrong, or the session ended."""
        if not self.running:
            return
        try:
            with self.crew.lock:
                playing = time.monotonic() - self.stepped < BRISK and self.age + 1 < self.inputs.quarters
                readings = self.crew.quarter(self.job, self.inputs.read_shocks(), playing)
                with self.kept:
                    for k, side in enumerate(self.sides):
                        side.keep([of_worker[k] for of_worker in readings])
        except Failed as error:
            self._stop_with(str(error))
        except Stopped:
            self.running = False
        if self.age >= self.inputs.quarters:
            self.running = False
        self._tell()
        self.stepped = time.monotonic()

    def shock(self, name, **values):
        """Let something happen from the next quarter on that has not begun: during Play the one that comes next already has.

        Raises BadInput for a value that is not allowed, or at the horizon.
        """
        with self.crew.lock:
            first = self.age + (self.crew.begun is not None)
            if not self.main or first >= self.inputs.quarters:
                raise BadInput("the run is over: no quarter is left for a shock; Reset, and press one while it plays or between steps")
            row = {"name": name, "at": str(self.main.opening.start + first), **values}
            check_firm(Shock.read(row, "shock"), self.main.opening.names)
            if row in self.inputs.shocks:  # pressed twice
                return row
            self.inputs = replace(self.inputs, shocks=(*self.inputs.shocks, row))
        self._tell()
        return row

    def panel(self, measures):
        """{(kind, measure): [worlds, quarters, agents]} of the first ensemble so far. Raises Failed or Stopped."""
        with self.crew.lock:
            return self.crew.panel(self.job, tuple(measures), self.age)

    def close(self):
        """Let go of everything: nothing steps this model again."""
        self.running = False
        if self.owns_crew:
            self.crew.stop()
        release(self)

    def _stop_with(self, problem):
        self.problem, self.running = problem, False

    def _tell(self):
        if self.notify is not None:
            self.notify()
