"""Workers hired before anybody comes: a session that finds them ready plays at once, and does not share its first seconds with their start.

To start a process, read the package and load the compiled quarter takes many seconds; a page must not wait for that.
"""

import threading
from dataclasses import replace

from experiments.ui.live_ensemble import WORKERS
from experiments.ui.worker_pool import Crew, Failed, Stopped

LATER = 20  # s after one crew was taken until the next is hired: the first seconds belong to whoever came
FEW = 2  # worlds, of which a warm crew has run a quarter


class Spare:
    """One crew ready for the next session, once `begin` was called; before that, and while none is ready, `taken` gives None."""

    def __init__(self):
        self._crew, self._inputs, self._lock, self._timer = None, None, threading.Lock(), None

    def begin(self, inputs):
        """Hire from now on. inputs: of the world that sessions mostly begin with."""
        self._inputs = replace(inputs, worlds=FEW)
        self._hire_in(0)

    def taken(self):
        """The crew that is ready, which belongs to whoever asked; another follows some time later."""
        with self._lock:
            crew, self._crew = self._crew, None
        if crew is not None:
            self._hire_in(LATER)
        return crew

    def end(self):
        """Hire no more."""
        self._inputs = None
        if self._timer is not None:
            self._timer.cancel()
        crew = self.taken()
        if crew is not None:
            crew.stop()

    def _hire_in(self, seconds):
        if self._inputs is not None:
            self._timer = threading.Timer(seconds, self._hire)
            self._timer.daemon = True
            self._timer.start()

    def _hire(self):
        inputs = self._inputs
        if inputs is None:
            return
        crew = Crew(WORKERS)
        try:
            crew.quarter(crew.build((inputs,), FEW), inputs.read_shocks())
        except (Failed, Stopped):  # the session that comes will say what is wrong
            crew.stop()
            return
        with self._lock:
            wanted = self._inputs is not None
            if wanted:
                self._crew = crew
        if not wanted:
            crew.stop()


SPARE = Spare()
