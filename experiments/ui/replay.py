"""The picked world, looked at closely: run again alone with its journal, in the background, up to the quarter shown.

World w alone is world w of the crowd, bit for bit, so nothing of the crowd needs to be kept for it. Every quarter leaves a
snapshot of what the views need; going back to a quarter is reading its snapshot, not running it again.
"""

import threading

from abm.model import release
from experiments.stories.story import tell
from experiments.ui.snapshots import frame, snapshot
from experiments.ui.worker_pool import built


class Glimpse:
    """The picked world as one painting shows it: frame, and the snapshots of `age` quarters."""

    def __init__(self, glass, key, frame, pages):
        self.key, self.frame, self.pages, self.problem = key, frame, tuple(pages), glass.problem
        self.age, self.events = len(self.pages), glass.events

    def page(self, at):
        """The snapshot of a quarter, or None while it is not there yet."""
        return self.pages[at] if 0 <= at < self.age else None


class LookingGlass:
    """A thread that follows one world of a run; `pages` are its snapshots by quarter."""

    def __init__(self, notify=None):
        """notify: called when there is something new to see."""
        self.notify, self._lock, self._wanted = notify, threading.RLock(), threading.Event()
        self._target, self._done, self._thread = None, False, None
        self.problem = ""
        self._clear()

    def _clear(self):
        old = getattr(self, "industry", None)
        if old is not None:
            release(old)
        self.key, self.industry, self.frame, self.pages, self._events, self._told = None, None, None, [], [], 0
        self._held = (None, None, self.pages)  # what belongs together, replaced as one

    def forget(self):
        """Another run begins: what was seen of the last one goes."""
        with self._lock:
            self._target = None
            self._clear()

    def follow(self, inputs, world, age):
        """Look at this world of this run up to so many quarters, soon."""
        with self._lock:
            self._target = (inputs, world, age)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True, name="looking glass")
            self._thread.start()
        self._wanted.set()

    def catch_up(self, inputs, world, age):
        """The same at once, in this thread; for tests and downloads. Returns the snapshots."""
        with self._lock:
            self._target = (inputs, world, age)
            while self._step():
                pass
            return self.pages

    @property
    def age(self):
        """Quarters seen."""
        return len(self.pages)

    def page(self, at):
        """The snapshot of a quarter, or None while it is not there yet."""
        pages = self.pages
        return pages[at] if 0 <= at < len(pages) else None

    def glimpse(self):
        """What is there now, for a painting: a Glimpse, which stays as it is while the world goes on or begins anew."""
        return Glimpse(self, *self._held)

    def events(self):
        """All that happened so far in words, in order; told once per quarter reached."""
        with self._lock:
            if self.industry is not None and self._told != len(self.pages):
                self._events, self._told = tell(self.industry), len(self.pages)
            return self._events

    def stop(self):
        """End the thread and let the world go."""
        self._done = True
        self._wanted.set()
        self.forget()

    def _run(self):
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._done:
                return
            moved = False
            while not self._done and self._step():
                moved = True
            if moved and self.notify and not self._done:
                self.notify()

    def _step(self):
        """One quarter towards the target. Returns whether there is more to do."""
        with self._lock:
            if self._target is None:
                return False
            inputs, world, age = self._target
            key = _key(inputs, world)
            if key != self.key:
                self._clear()
                self.industry, self.key, self.problem = built(inputs, (world,), journal=True), key, ""
                self.frame = frame(self.industry)
                self._held = (key, self.frame, self.pages)
            if len(self.pages) >= age or self.problem:
                return False
            self.industry.shocks = inputs.read_shocks()
            try:
                self.industry.step()
                self.pages.append(snapshot(self.industry))
            except Exception as error:  # the run itself says what is wrong; here is only one world to look at
                self.problem = f"{type(error).__name__}: {error}"
                return False
            return len(self.pages) < age


def _key(inputs, world):
    """What decides a world but the shocks, which come while it runs."""
    return inputs.world, inputs.seed, tuple(sorted(inputs.settings.items())), repr(inputs.deals), world
