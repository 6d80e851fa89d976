"""How far a sweep is: a bar with time left and workers on a terminal, plain lines elsewhere."""

import sys
import time
from contextlib import contextmanager

LINE_EVERY = 60  # s between lines off a terminal


@contextmanager
def reporter(name, total, stored, quiet=False):
    """Gives a function report(stored, failed, workers) for runs done so far."""
    if quiet:
        yield lambda stored, failed, workers: None
    elif sys.stderr.isatty():
        with _bar(name, total, stored) as report:
            yield report
    else:
        yield _Lines(name, total, stored)


@contextmanager
def _bar(name, total, stored):
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TextColumn("runs"), TimeElapsedColumn())
    left = (TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.fields[note]}", markup=False))
    with Progress(*columns, *left, console=Console(stderr=True, markup=False)) as progress:
        task = progress.add_task(name, total=total, completed=stored, note="starting")

        def report(stored, failed, workers):
            progress.update(task, completed=stored, note=_note(failed, workers))

        yield report


class _Lines:
    """Lines of a log: one at the start, one a minute, one at the end."""

    def __init__(self, name, total, stored):
        self.name, self.total, self.began_with = name, total, stored
        self.started = self.last = time.monotonic()
        self.stored = stored
        self._say(f"{stored} of {total} runs stored already" if stored else f"{total} runs")

    def __call__(self, stored, failed, workers):
        now = time.monotonic()
        if now - self.last < LINE_EVERY and (stored < self.total or stored == self.stored):
            return
        self.stored = stored
        self.last, speed = now, (stored - self.began_with) / max(now - self.started, 1e-9)
        left = f", {duration((self.total - stored) / speed)} left" if speed > 0 and stored < self.total else ""
        pace = f"{speed:.1f} a second{left}" if speed > 0 else "the first batches are under way"
        self._say(f"{stored} of {self.total} runs, {pace}; {_note(failed, workers)}")

    def _say(self, text):
        print(f"{self.name}: {text}", file=sys.stderr, flush=True)


def _note(failed, workers):
    people = "1 worker" if workers == 1 else f"{workers} workers"
    return people + (f", {failed} runs failed" if failed else "")


def duration(seconds):
    """Seconds as people say them."""
    minutes, seconds = divmod(round(seconds), 60)  # unit conversion
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
