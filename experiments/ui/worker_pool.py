"""The processes that run a session's worlds: each holds some of them and moves them on by a quarter when told to.

What comes back is small: a few numbers a world. Worlds keep their order, so nothing depends on how many processes there are.
Workers are kept from one Reset to the next, because starting one takes longer than a quarter of two hundred worlds.
"""

import gc
import multiprocessing
import os
import threading
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from abm.errors import BadInput, BrokenRule
from abm.failure.crisis import Sizes, sizes
from abm.model import Industry, release
from experiments.pool import THREADS
from experiments.ui.firm_numbers import of_firms

FAILING = ("labs", "clouds", "lenders")
COLLECT_EVERY = 50_000  # new objects between two looks for garbage in a worker: arrays go by themselves
SHOWN = ("revenue_total", "required_revenue", "p10_coverage", "order_circularity", "sentiment", "ponzi_share", "commitment_ratio",
         "depreciation_gap")  # fmt: skip


class Stopped(Exception):
    """The worlds that were asked for a quarter are not there any more: the session ended, or Reset made others."""


class Failed(RuntimeError):
    """A quarter could not be run; says in which worlds and by which rule."""


class Lot:
    """Some worlds of a session under one setting or, to compare, two: the part of a session that one process holds."""

    def __init__(self, sides, world_ids):
        """sides: Inputs, one per setting."""
        self.industries = [built(inputs, world_ids, panel=False) for inputs in sides]

    def quarter(self, shocks):
        """Move on by a quarter. shocks: all of the run so far. Returns a reading per side."""
        return [self._step(industry, shocks) for industry in self.industries]

    def _step(self, industry, shocks):
        industry.shocks = shocks
        at, first, last = industry.quarter, industry.world_ids[0], industry.world_ids[-1]
        before, lost = sizes(industry), np.array(industry.lenders.credit_loss)
        try:
            industry.step()
        except BrokenRule as error:
            raise Failed(str(error) if str(at) in str(error) else f"{at}: {error}") from error
        except Exception as error:
            raise Failed(f"worlds {first} to {last}, {at}: {type(error).__name__}: {error}") from error
        return reading(industry, before, lost)

    def panel(self, keys, quarters):
        """Measures of the first side, {(kind, measure): [worlds, quarters, agents]}. Its worlds run again: Play keeps none."""
        shown = self.industries[0]
        again = Industry(shown.opening, world_ids=shown.world_ids, rng=shown.seed, shocks=shown.shocks)
        try:
            again.run(quarters)
            return {key: again.record.series(*key) for key in keys}
        finally:
            release(again)

    def end(self):
        """Let go of the worlds: models refer to themselves, and a session lives long."""
        for industry in self.industries:
            release(industry)
        self.industries = []
        gc.collect()


def built(inputs, world_ids, journal=False, panel=True):
    """The worlds of a session before their first quarter; journal, panel: as for Industry."""
    about = {"rng": inputs.seed, "shocks": inputs.read_shocks(), "journal": journal, "panel": panel}
    return Industry(inputs.opening(), world_ids=world_ids, **about)


class Reading(NamedTuple):
    """A quarter: {indicator: [worlds]}, {kind: who failed, bool, [worlds, firms]}, sizes before, loans lost, $bn, `firm_numbers`."""

    numbers: dict
    failed: dict
    before: Sizes
    lost: np.ndarray
    firms: dict


def reading(industry, before, lost):
    """The quarter as a Reading. before: sizes before it; lost: loans written down until then, $bn, [worlds, lenders]"""
    numbers = {name: np.ascontiguousarray(industry.measured[name][:, 0]) for name in SHOWN}
    failed = {kind: np.asarray(getattr(industry.news, kind)) > 0 for kind in FAILING}
    return Reading(numbers, failed, before, industry.lenders.credit_loss - lost, of_firms(industry))


def shares(worlds, workers):
    """Worlds 0 to worlds - 1 as equal parts in their order, at most one per worker."""
    parts = max(1, min(worlds, workers))
    ends = [worlds * part // parts for part in range(parts + 1)]
    return [tuple(range(first, end)) for first, end in pairwise(ends)]


class Bench:
    """A worker's orders, one after the other; used in this process by tests and inside each worker."""

    def __init__(self):
        self.lot, self.answers = None, []

    def tell(self, order, *about):
        """Do it, and keep the answer: (True, what came out) or (False, what went wrong)."""
        try:
            self.answers.append((True, self._do(order, *about)))
        except (Failed, BadInput) as error:
            self.answers.append((False, str(error)))
        except Exception as error:
            self.answers.append((False, f"{type(error).__name__}: {error}"))

    def _do(self, order, *about):
        if self.lot is not None and order in ("build", "end"):
            self.lot.end()
            self.lot = None
        if order == "build":
            self.lot = Lot(*about)
        elif order == "quarter":
            return self.lot.quarter(*about)
        elif order == "panel":
            return self.lot.panel(*about)
        return None

    def hear(self):
        """The oldest answer that was not heard yet."""
        return self.answers.pop(0)

    def stop(self):
        """End the worlds."""
        self.tell("end")

    def alive(self):
        """It cannot die alone."""
        return True


class Hand:
    """A worker process, spoken to over a pipe; it ends when the pipe closes, whatever became of this process."""

    def __init__(self):
        for name in THREADS:  # threads of linear algebra would only wait for each other
            os.environ.setdefault(name, "1")
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs,), daemon=True, name="overreach worlds")
        self.process.start()
        theirs.close()

    def tell(self, *order):
        """Send an order; the answer comes later. Raises Failed if the process is gone."""
        try:
            self.pipe.send(order)
        except OSError as error:
            raise Failed(f"a worker process is gone ({error}); Reset starts a new one") from error

    def hear(self):
        """Wait for the next answer. Raises Failed if the process is gone."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError) as error:
            raise Failed("a worker process died, perhaps for want of memory; Reset starts a new one") from error

    def stop(self):
        """End the process at once."""
        self.pipe.close()
        self.process.terminate()
        self.process.join()

    def alive(self):
        """Whether it still runs."""
        return self.process.is_alive()


def work(pipe):
    """What a worker process does until its pipe closes."""
    bench = Bench()
    gc.freeze()  # what was imported stays
    gc.set_threshold(COLLECT_EVERY, *gc.get_threshold()[1:])
    while True:
        try:
            bench.tell(*pipe.recv())
            pipe.send(bench.hear())
        except (EOFError, OSError, KeyboardInterrupt):  # the session is over
            return


class Crew:
    """The workers of one session."""

    def __init__(self, workers):
        """workers: processes; 0 does everything in this process."""
        self.workers, self.lock, self.job, self.ended = workers, threading.RLock(), 0, False
        self.hands = self._hired()
        self.waiting, self.begun = [], None  # begun: the next quarter; None, or True while it runs, or what came of it

    def _hired(self):
        return [Hand() for _ in range(self.workers)] if self.workers else [Bench()]

    def build(self, sides, worlds):
        """Begin to build worlds, without waiting until they are there. Returns the job's number, for `quarter`."""
        with self.lock:
            self._silence()
            self.job += 1
            parts = shares(worlds, len(self.hands))
            for hand in self.hands[len(parts) :]:
                hand.tell("end")
                hand.hear()
            self.waiting = self.hands[: len(parts)]
            for hand, part in zip(self.waiting, parts, strict=True):
                hand.tell("build", sides, part)
            self.built = False
            return self.job

    def _silence(self):
        """Hear what was not heard, and replace workers that are gone."""
        try:
            self._hear_all("" if getattr(self, "built", True) else "build")
            self._finish()
        except Failed:
            self.built = True  # a job nobody waits for any more
        self.begun = None
        if not all(hand.alive() for hand in self.hands):
            for hand in self.hands:
                hand.stop()
            self.hands = self._hired()

    def quarter(self, job, shocks, ahead=False):
        """A quarter of every world: [readings per side], worlds in order. Raises Failed or Stopped.

        ahead: begin the quarter after it before this one is looked at, so that the workers need not wait for the page
        """
        with self.lock:
            self._expect(job)
            if self.begun is None:
                self._begin(shocks)
            self._finish()
            answers, self.begun = self.begun, None
            if ahead and self.workers and all(good for good, _ in answers):
                self._begin(shocks)
            return self._good(answers)

    def _begin(self, shocks):
        for hand in self.waiting:
            hand.tell("quarter", shocks)
        self.begun = True

    def _finish(self):
        """Hear the quarter that was begun, if one was."""
        if self.begun is True:
            self.begun = None  # should a worker be gone, nobody asks again
            self.begun = [hand.hear() for hand in self.waiting]

    def panel(self, job, keys, quarters):
        """Measures of the first quarters, worlds in order. Raises Failed or Stopped."""
        parts = self._asked(job, "panel", keys, quarters)
        return {key: np.concatenate([part[key] for part in parts]) for key in keys}

    def _asked(self, job, order, *about):
        with self.lock:
            self._expect(job)
            self._finish()
            for hand in self.waiting:
                hand.tell(order, *about)
            return self._hear_all(order)

    def _expect(self, job):
        """Wait until this job's worlds are built. Raises Stopped if it is not the present one any more."""
        if self.ended or job != self.job:
            raise Stopped
        self._hear_all("build")

    def _hear_all(self, order):
        if not order or (order == "build" and self.built):
            return []
        answers = [hand.hear() for hand in self.waiting]
        self.built = True
        return self._good(answers)

    @staticmethod
    def _good(answers):
        wrong = [text for good, text in answers if not good]
        if wrong:
            raise Failed(wrong[0])
        return [found for _, found in answers]

    def stop(self):
        """End all workers, also in the middle of a quarter."""
        self.ended = True
        for hand in self.hands:
            hand.stop()
