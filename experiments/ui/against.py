"""Two settings on the same seeds: what the one changes, future by future, as odds with an interval and as a fan of differences."""

import numpy as np
import solara

from abm.failure.crisis import CRISIS
from experiments.analysis.comparison import changed, event
from experiments.analysis.comparison_words import LUCK, MOST_CHANGES, change_words, points
from experiments.figures.data import MIDDLE, quantiles
from experiments.stories.events import listed
from experiments.ui.chart_parts import (
    LABEL_ROOM,
    NARROW_ROOM,
    THIN,
    Clock,
    axis_tooltip,
    base,
    line,
    marked,
    money_scale,
    named_at_ends,
    on_narrow,
    value_axis,
)
from experiments.ui.fan_parts import bands
from experiments.ui.palette import colours
from experiments.ui.parts import Chart, Words
from experiments.words import percent, signed_money

HEIGHT, PLANE = 250, 200  # pixels of the chart, and of its plane
MOST_FIRMS = 5  # named
READING = (
    "Each future of this setting less the same future of the other: the line is the median difference, and the bands hold 80 % and half "
    "of the futures."
)


@solara.component
def Against(session):
    """What the setting that runs changes, against the one it is compared with."""
    _ = session.pulse.value
    lab, at = session.picture, session.at()
    if lab.other is None or not lab.age:
        return
    Words("What the change does, on the same seeds", "h2")
    Words(odds_sentence(lab, at), classes=["headline", "paired"])
    Words(firms_sentence(lab, at), classes=["paired-firms"])
    gap = lab.main.values("revenue_total") - lab.other.values("revenue_total")
    option = difference_fan(lab.horizon, lab.inputs.quarters, gap, lab.marks, session.cursor.value, session.shade.value)
    Chart(option, f"Difference of industry revenue a year. {READING}", HEIGHT, "difference")


def what_differs(lab):
    """What was set differently, as the subject of a sentence."""
    said = [change_words(item) for item in changed(lab.other.inputs, lab.main.inputs)]
    return listed(said[:MOST_CHANGES]) if said else "running the same settings again"


def odds_sentence(lab, at):
    """What the change does to the odds of a crisis by a quarter, paired, with an interval."""
    row = event(CRISIS, *(side.happened(CRISIS)[:, at] for side in (lab.other, lab.main)))
    what = what_differs(lab)
    if not row.higher and not row.lower:
        return f"By {lab.quarters[at]}, {what} makes no difference to whether there is a crisis: {percent(row.before)} in both settings."
    doubt = "" if row.is_sure else f", {LUCK}"
    odds = f"moves the odds of a crisis from {percent(row.before)} to {percent(row.after)}"
    return f"By {lab.quarters[at]}, {what} {odds}: {points(row)}{doubt}."


def firms_sentence(lab, at):
    """Which firms' odds of failing change by more than luck."""
    before, after = lab.other.failed(), lab.main.failed()
    found = [event(name, before[name][:, at], after[name][:, at]) for name in after if name in before]
    moved = sorted((row for row in found if row.is_sure), key=lambda row: -abs(row.change.mean))[:MOST_FIRMS]
    if not moved:
        return "No firm's odds of failing change by more than luck."
    return "Odds of failing that change by more than luck: " + "; ".join(f"{row.name} {points(row)}" for row in moved) + "."


def difference_fan(quarters, horizon, gap, marks, now, theme):
    """Differences of revenue as bands over worlds. gap: $bn a year, [worlds, quarters]; the rest as for `charts.fan`."""
    clock, shades, found = Clock(quarters, horizon), colours(theme), quantiles(gap)
    scale = money_scale(float(np.abs(found).max()) if found.size else 0)
    texts = [
        f"{clock.names[k]}\nDifference: {signed_money(found[MIDDLE, k])} ({signed_money(found[0, k])} to {signed_money(found[-1, k])})"
        for k in range(found.shape[1])
    ]
    found = found * scale.factor
    zero = line("zero", [[0, 0], [len(clock.places) - 1, 0]], shades["muted"], THIN, tooltip={"show": False}, silent=True)
    series = [line("Difference", clock.points(found[MIDDLE], texts), shades["green"], label="median", z=4), zero]
    series += bands("Difference", found, clock, shades["green"], "difference")
    option = base(theme, right=LABEL_ROOM, top=22) | {"xAxis": clock.axis(theme), "yAxis": value_axis(theme, scale)}
    low = float(found.min()) if found.size else 0.0
    option["series"] = named_at_ends([*series, marked(clock, marks, now, theme)], PLANE, min(low, 0.0))
    return on_narrow(axis_tooltip(option, theme), grid={"right": NARROW_ROOM})
