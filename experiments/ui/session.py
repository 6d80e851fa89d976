"""What one browser holds: the inputs the dials stand at, the laboratory that runs, the world picked, the quarter looked at.

Two browsers never share any of it. Quarters arrive in the thread that plays; the page is painted in another, as often as it can
and no more, so that drawing never holds up the worlds. During Play most paintings are of the fan alone.
"""

import shutil
import tempfile
import threading
import time
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import solara

from abm.errors import BadInput
from experiments.pool import cores
from experiments.ui.live_ensemble import WORKERS, Laboratory
from experiments.ui.replay import LookingGlass
from experiments.ui.worker_pool import Crew

PAUSE = 1  # milliseconds between two quarters beside what they take themselves
FRAME = 0.1  # seconds from one painting to the next, at least
REST = 20 if cores() <= WORKERS else 2  # times a painting's processor time until the next one: few cores belong to the worlds
MOST_IN_PART = 3  # paintings of the fan alone between two of everything
CALM = 0.4  # seconds without a new quarter after which everything is painted
TABS = ("Futures", "Money", "Firms", "Story", "Deal desk", "Atlas", "About")


class Painter:
    """A thread that paints when asked: many requests while it paints become one, and the last is never lost.

    Of requests in quick succession most are for the fan alone, `paint(False)`; what stands still is painted whole, `paint(True)`.
    """

    def __init__(self, paint):
        self._paint, self._asked, self._hurry, self._done, self._in_part = paint, threading.Event(), threading.Event(), False, 0
        self._thread = threading.Thread(target=self._run, daemon=True, name="painter")
        self._thread.start()

    def ask(self, whole=False, now=False):
        """Paint soon. whole: all of it; now: without a rest before."""
        if whole:
            self._in_part = MOST_IN_PART
        self._asked.set()
        if now:
            self._hurry.set()

    def stop(self):
        """No more painting."""
        self._done = True
        self._asked.set()
        self._hurry.set()

    def _run(self):
        self._in_part, moving = MOST_IN_PART, False  # how often in a row it was painted in part
        while True:
            asked = self._asked.wait(CALM if moving and self._in_part else None)
            self._asked.clear()
            if self._done:
                return
            whole = not asked or not moving or self._in_part >= MOST_IN_PART
            self._in_part = 0 if whole else self._in_part + 1
            began, busy = time.monotonic(), time.thread_time()
            self._paint(whole)
            took, busy = time.monotonic() - began, time.thread_time() - busy
            moving = asked
            self._hurry.wait(max(0, FRAME - took, REST * busy))
            self._hurry.clear()


class Session:
    """One browser's state. Reactive values are what the page redraws for; `close` ends everything it started."""

    def __init__(self, inputs, compare=None, message="", workers=WORKERS, plays=False, crew=None):
        """inputs: what to run first; compare: settings of a second ensemble, or None; message: a sentence to show at once; plays: whether
        the first run begins by itself; crew: workers that are there already."""
        self.crew, self.plays = crew or Crew(workers), plays
        self.inputs, self.compare = solara.reactive(inputs), solara.reactive(compare)
        self.pulse, self.beat, self.generation = solara.reactive(0), solara.reactive(0), solara.reactive(0)  # beat: for the fan
        self.message, self.tab = solara.reactive(message), solara.reactive(0)
        self.picked, self.cursor = solara.reactive(None), solara.reactive(None)
        self.doubt = solara.reactive(False)  # whether the band of doubt is drawn
        self.firm, self.edges = solara.reactive(""), solara.reactive("payments")
        self.pace = {"play_interval": solara.reactive(PAUSE), "render_interval": solara.reactive(1), "use_threads": solara.reactive(False)}
        self.folder = tempfile.mkdtemp(prefix="overreach-")  # of worlds that are brought
        self.together = nullcontext()  # the page's render context: what changes inside is drawn in one pass, not one per reader
        self._held = (None, -1, None)  # the last picture, and of which laboratory and painting
        self.begun, self.shade = False, solara.reactive("light")
        self.painter = Painter(self._paint)
        self.glass = LookingGlass(self.painter.ask)
        self.parameters = solara.reactive(self.arguments())
        self.model = solara.reactive(Laboratory(**self.arguments()))

    def moved(self):
        """A quarter is over, or something else happened: paint soon, where no fan is in sight all of it."""
        over = not self.model.peek().running
        self.painter.ask(whole=over or self.tab.peek() != TABS.index("Futures"), now=over)

    def arguments(self):
        """What ModelController makes the next laboratory of."""
        now = self.inputs.peek()
        return {
            "world": now.world, "worlds": now.worlds, "seed": now.seed, "quarters": now.quarters, "settings": now.settings,
            "shocks": now.shocks, "deals": now.deals, "compare": self.compare.peek(), "crew": self.crew, "notify": self.moved,
        }  # fmt: skip

    @property
    def laboratory(self):
        """What runs; whoever reads it is redrawn when it is replaced."""
        _ = self.generation.value
        return self.model.value

    @property
    def picture(self):
        """What runs as the present painting shows it: a `laboratory.Picture`, the same for every part of the page until the next one."""
        lab, beat = self.laboratory, self.beat.peek()
        held = self._held
        if held[0] is not lab or held[1] != beat:
            held = self._held = (lab, beat, lab.picture())
        return held[2]

    @property
    def pending(self):
        """Whether the dials stand elsewhere than what runs."""
        here, lab = self.inputs.value, self.picture
        given = (lab.inputs.world, lab.inputs.worlds, lab.inputs.quarters, lab.inputs.seed, lab.inputs.settings, lab.inputs.deals)
        other = lab.other.inputs.settings if lab.other else None
        return given != (here.world, here.worlds, here.quarters, here.seed, here.settings, here.deals) or other != self.compare.value

    def change(self, compare="as it is", **changes):
        """Move dials: they act on Reset. compare: settings of the second ensemble, or None."""
        with self.together:
            self.inputs.set(replace(self.inputs.peek(), **changes))
            if compare != "as it is":
                self.compare.set(compare)
            self.parameters.set(self.arguments())

    def changed_inputs(self, **changes):
        """What the dials would stand at."""
        return replace(self.inputs.peek(), **changes)

    def open(self, inputs):
        """Set all dials at once, begin again, and show the futures."""
        with self.together:
            self.inputs.set(inputs)
            self.compare.set(None)
            self.reset()
            self.show("Futures")

    def bring(self, inputs):
        """Open a world that was brought: as many worlds and quarters as it says, or as the dials stand."""
        now = self.inputs.peek()
        sizes = {} if inputs.quarters > 1 else {"worlds": now.worlds, "quarters": now.quarters, "seed": now.seed}
        self.open(replace(inputs, **sizes))

    def seen(self, dark):
        """The browser says whether its page is dark."""
        self.shade.set("dark" if dark else "light")

    def show(self, name):
        """Turn to a tab."""
        self.tab.set(TABS.index(name))

    def reset(self):
        """Begin again with the dials as they are; the controls begin again too."""
        arguments = self.arguments()
        with self.together:
            self.parameters.set(arguments)
            self.model = solara.reactive(Laboratory(**arguments))
            self.generation.set(self.generation.peek() + 1)

    def began(self, laboratory):
        """A laboratory is on the page now: forget what belonged to the one before. Returns what to do when it goes."""
        self.cursor.set(None)
        row = self.picked.peek()
        if row is not None and row >= laboratory.inputs.worlds:
            self.picked.set(None)
        self.glass.forget()
        if self.begun:
            self.message.set("")
        self.begun = True
        return laboratory.close

    def shock(self, name, **values):
        """Let something happen from the next quarter on, or say why not."""
        try:
            self.laboratory.shock(name, **values)
            self.painter.ask(whole=True, now=True)
        except BadInput as error:
            self.message.set(str(error))

    def pick(self, how):
        """Pick a world: its row, or "worst", "median", "best" or "none" as things stand."""
        lab = self.model.peek().picture()
        if how == "none" or lab.main is None:
            self.picked.set(None)
            return
        self.picked.set(how if isinstance(how, int) else chosen(lab.main, how))

    def look(self):
        """A glimpse of the picked world, which is asked to follow the run; picks the median world if none is picked."""
        lab = self.picture
        if lab.main is None or lab.age == 0:
            return None
        if self.picked.value is None:
            self.pick("median")
        self.glass.follow(lab.inputs, self.picked.peek(), lab.age)
        return self.glass.glimpse()

    def at(self):
        """Place of the quarter looked at, from 0: the cursor, or the last one; -1 before the first."""
        age, cursor = self.picture.age, self.cursor.value
        return age - 1 if cursor is None else min(cursor, age - 1)

    def close(self):
        """End loops, threads and processes."""
        self.model.peek().close()
        self.glass.stop()
        self.painter.stop()
        self.crew.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _paint(self, whole):
        with self.together:
            self.beat.set(self.beat.peek() + 1)
            if whole:
                self.pulse.set(self.pulse.peek() + 1)


def chosen(side, how):
    """Row of the world that did worst, best or as most: by firms failed, then by revenue over what was required, so far."""
    if not side.age:
        return 0
    revenue, required = side.values("revenue_total"), side.values("required_revenue")
    cushion = (np.log(np.maximum(revenue, 1e-9)) - np.log(np.maximum(required, 1e-9))).mean(axis=1)
    if how == "median":
        last = revenue[:, -1]
        return int(np.argmin(np.abs(last - np.median(last))))
    order = np.lexsort((cushion, -side.fallen()))
    return int(order[0] if how == "worst" else order[-1])
