"""The five dials that matter most, by plain names: how far each slides, what of that is plausible, and what it does to the odds.

What is plausible is the declared prior. The odds are stored (`experiments.baseline`), because a page cannot run a sweep while one looks.
"""

import math
from dataclasses import dataclass, replace

from agents.world_files.columns import settable_by_name
from agents.world_files.folder import load_world
from experiments.declarations import prior_of
from experiments.ui import dials, stored
from experiments.ui.dials import Dial
from experiments.words import PERCENT, percent

WIDER = 0.25  # of the plausible stretch by which a slider goes on at either end
SLACK = 1e-6  # of a step: what a number is off by
WIDE, HIGH = 100, 30  # of the plane of a small picture


@dataclass(frozen=True)
class Asked:
    """How a dial is asked for.

    question: its plain name; low, high: what its ends mean; said: its value times `factor` in words, a format
    """

    question: str
    low: str
    high: str
    said: str
    factor: float = 1.0


MAIN = {
    "lab.risk_appetite": Asked("How bold are the labs?", "cautious", "bold", "plan with P{:.0f}", PERCENT),
    "vendor.circular_intensity": Asked("How much do vendors pay?", "nothing", "the first year", "{:.0f} %", PERCENT),
    "technology.chip_life": Asked("How long do chips last?", "short", "long", "{:.1f} years"),
    "customers.adoption_pace": Asked("How fast does demand grow?", "slowly", "fast", "{:.2f}× usual"),
    "investor.multiple": Asked("How easy is money?", "dear", "easy", "{:.0f}× earnings"),
}


@dataclass(frozen=True)
class MainDial:
    """One of the five in a world. dial: with the ends of its slider; low, high: what is plausible; odds: stored, or None."""

    dial: Dial
    asked: Asked
    low: float
    high: float
    odds: dict | None

    def place(self, value):
        """Where a value stands on the slider, percent of its width."""
        part = (value - self.dial.low) / (self.dial.high - self.dial.low)
        return WIDE * min(max(part, 0), 1)

    def said(self, value):
        """A value in words; "" where firms differ."""
        return "" if value is None else self.asked.said.format(self.asked.factor * value)


def stretch(name, opening):
    """(low, high) of what is plausible for a number; around its value where the prior is a shift."""
    prior = prior_of(name, opening)
    if not prior.is_shift:
        return prior.low, prior.high
    item = settable_by_name()[name][1]
    return max(item.low, item.default + prior.low), min(item.high, item.default + prior.high)


def main_dials(world):
    """The five of a world. Raises BadInput."""
    known, opening, kept = dials.dials(world), load_world(world), stored.baseline(world)
    found = []
    for name, asked in MAIN.items():
        low, high = stretch(name, opening)
        dial, room = known[name], WIDER * (high - low)
        within = _on_grid(replace(dial, low=max(dial.low, low - room), high=min(dial.high, high + room)))
        found.append(MainDial(within, asked, low, high, kept["dials"].get(name) if kept else None))
    return found


def _on_grid(dial):
    """The same with ends that are whole steps, so that round numbers are places of the slider."""
    step = dial.step
    low, high = step * math.floor(dial.low / step + SLACK), step * math.ceil(dial.high / step - SLACK)
    return replace(dial, low=float(f"{low:.6g}"), high=float(f"{high:.6g}"))


def sentence(main):
    """What a dial does to the odds of a crisis, in words; "" where nothing is stored."""
    if main.odds is None:
        return ""
    first, last = main.odds["points"][0], main.odds["points"][-1]
    return (
        f"Odds of a crisis: {_odds(first)} at {main.said(first[0])}, {_odds(last)} at {main.said(last[0])} "
        f"(stored, {main.odds['futures']} futures each, all else in doubt)."
    )


def short(main):
    """The same in a few words."""
    if main.odds is None:
        return "shaded: plausible"
    first, last = main.odds["points"][0], main.odds["points"][-1]
    return f"crisis {percent(first[1])} to {percent(last[1])}"


def _odds(point):
    _, share, low, high = point
    return f"{percent(share)} ({PERCENT * low:.0f} to {PERCENT * high:.0f})"


def picture(main, top):
    """SVG of a dial's plausible stretch, its default, and the odds of a crisis with their interval. top: odds at the upper edge."""
    low, high = main.place(main.low), main.place(main.high)
    drawn = f'<rect class="plausible" x="{low:.1f}" y="0" width="{high - low:.1f}" height="{HIGH}"/>'
    if main.odds is not None:
        at = [(main.place(value), *(HIGH * (1 - odds / top) for odds in rest)) for value, *rest in main.odds["points"]]
        upper, lower = ([(x, each[k]) for x, *each in at] for k in (2, 1))
        drawn += f'<path class="interval" d="M{_path(upper)}L{_path(lower[::-1])}Z"/><path class="odds" d="M{_path([a[:2] for a in at])}"/>'
    if main.dial.value is not None:
        x = main.place(main.dial.value)
        drawn += f'<path class="usual" d="M{x:.1f} 0V{HIGH}"/>'
    return f'<svg viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'


def _path(points):
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def highest(found):
    """The largest odds of all dials: their small pictures share one scale."""
    return max((high for main in found if main.odds for *_, high in main.odds["points"]), default=1.0)
