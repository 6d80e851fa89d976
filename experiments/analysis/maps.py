"""The first figure of a question: how an outcome lies over what was varied, a line along one thing or a map over two, with intervals."""

from typing import NamedTuple

import altair as alt
import numpy as np

from experiments.analysis.findings import LIKELY, TOLERATED, WIDE_BINS, axis, cells, importance, label, levels, sampled_names
from experiments.analysis.outcomes import RISK, WELFARE, called, outcome
from experiments.figures.drawn import FRAME, LOW_HEIGHT, MIDTONE, PALE, ROW_HEIGHT, THICK, THIN, sized
from experiments.words import percent

CELL_HEIGHT, MOST_PANELS, TICKED, ROOMY = (
    44,
    6,
    8,
    4,
)  # pixels; panels; places along a line each with a tick; columns up to which a cell has room for its interval in large type
CONTOURS = {TOLERATED: ("@blue", [5, 3]), LIKELY: ("@ink", [1, 0])}  # level: colour, dash
LINE = "|"  # where a row's name goes on in its second line
RISK_HUE, GAIN_HUE, PLAIN_HUE = "@vermilion", "@green", "@blue"
WORTH, ODDS = "welfare", "crisis"  # what is shown beside risk, and beside welfare


class Multiples(NamedTuple):
    """Several charts of one figure: key, title, how to read it, charts as (name, chart), and what colours mean."""

    key: str
    title: str
    reading: str
    charts: tuple
    colours: tuple = ()


class Axes(NamedTuple):
    """What the first figure shows: names of x, y (or None) and panels (or None), the outcome, and what stands beside it (or None)."""

    x: str | None
    y: str | None
    panels: str | None
    outcome: str
    welfare: str | None


def axes_of(question, runs):
    """The axes that the question chose, else those of its design: levers with most values first, then the uncertainties that matter."""
    chosen, known = question.figure, levels(question, runs)
    lead = chosen.outcome or question.outcomes[0]
    free = sorted(known, key=lambda name: -len(known[name])) + _by_importance(question, runs, lead)
    free = [name for name in free if name not in chosen.axes.values()]
    x = chosen.x or (free.pop(0) if free else None)
    y = chosen.y or (free.pop(0) if free and not chosen.x else None)
    if y and not chosen.x and is_long(axis(question, runs, x)) and not is_long(axis(question, runs, y)):
        x, y = y, x  # names stand better in rows
    panels = chosen.panels or next((name for name in free if name in known and not chosen.x), None)
    return Axes(x, y, panels if y or chosen.panels else None, lead, _beside(question, runs, lead))


def _by_importance(question, runs, lead):
    names = [name for name in sampled_names(question) if runs[name].nunique() > 1]
    found = importance(question, runs, lead) if not levels(question, runs) else None
    return names if found is None else [name for name in found["input"] if name in names]


def _beside(question, runs, lead):
    """What was chosen to stand beside the outcome, else the first welfare that is asked for or worth to users; beside welfare, a risk."""
    role, usual = (RISK, ODDS) if outcome(lead).role == WELFARE else (WELFARE, WORTH)
    asked = [name for name in question.outcomes if outcome(name).role == role]
    found = question.figure.welfare or next(iter(asked), usual)
    return found if found in runs.columns and found != lead else None


def lead_figures(question, runs, axes):
    """The outcome over the axes, and the welfare beside it: [Multiples]; none where nothing was varied."""
    if axes.x is None:
        return []
    found = [_lead(question, runs, axes, axes.outcome, "lead")]
    return found + ([_lead(question, runs, axes, axes.welfare, "welfare")] if axes.welfare else [])


def _lead(question, runs, axes, name, key):
    """One outcome over the axes, a chart for each panel."""
    item = outcome(name)
    parts = _panels(question, runs, axes)
    names = [axes.x, axes.y] if axes.y else [axes.x]
    bins = {"bins": WIDE_BINS} if axes.y else {}
    lying = [[axis(question, part, each, **bins) for each in names] for _, part in parts]
    over = [cells(part, each, name) for (_, part), each in zip(parts, lying)]
    draw = heat if axes.y else along
    span = _span(over, item)
    charts = tuple((title, draw(found, each, item, span)) for (title, _), found, each in zip(parts, over, lying))
    runs_each = sorted({found.runs for part in over for found in part.values()})
    counted = f"{runs_each[0]:,}" if len(runs_each) == 1 else f"{runs_each[0]:,} to {runs_each[-1]:,}"
    contours = CONTOURS if axes.y and item.is_event and _has_order(lying[0]) else ()
    drawn = tuple((f"P = {percent(level)}", CONTOURS[level][0]) for level in contours if _is_crossed(over, level))
    absent = [percent(level) for level in contours if not _is_crossed(over, level)]
    what = "Share of runs" if item.is_event else f"Mean, {'$tn' if axes.y and item.is_trillions(span[1]) else item.unit}"
    left = _left(question, runs, [*names, axes.panels])
    reading = f"{what} with its 95 % interval, {counted} runs each{f'; averaged over {left}' if left else ''}."
    reading += f" No line at {' and '.join(absent)}: it is crossed nowhere." if absent else ""
    title = f"{item.label}: {' and '.join(called(question, name) for name in names)}"
    return Multiples(key, title, reading, charts, drawn)


def _panels(question, runs, axes):
    """[(title, runs)] of each value of the panels' lever; the first and last ones if there are too many."""
    if not axes.panels:
        return [("", runs)]
    known = levels(question, runs)[axes.panels]
    kept = known if len(known) <= MOST_PANELS else [known[k] for k in np.linspace(0, len(known) - 1, MOST_PANELS).round().astype(int)]
    return [(f"{called(question, axes.panels)}: {label(value)}", runs[runs[axes.panels] == value]) for value in kept]


def _left(question, runs, names):
    """What the picture averages over, in words."""
    varied = [*levels(question, runs), *sampled_names(question)]
    return ", ".join(called(question, name) for name in varied if name not in names)


def _span(over, item):
    """Least and largest mean over all panels; risk begins at 0."""
    means = [found.mean for part in over for found in part.values() if found.runs]
    low, high = (min(means), max(means)) if means else (0, 1)
    low = 0 if item.is_event else low
    return (low, high) if high > low else (low, low + 1)


def hue(item):
    """The colour of an outcome: risks warm, welfare green."""
    return {RISK: RISK_HUE, WELFARE: GAIN_HUE}.get(item.role, PLAIN_HUE)


def heat(found, axes, item, span):
    """A map over two axes: a cell's mean, its interval below, and the contours of risk where both axes have an order."""
    across, up = axes
    rows = [_cell(place, each, item, span) for place, each in found.items()]
    base = alt.Chart(alt.Data(values=rows))
    x = alt.X("left:Q", scale=_whole(across), axis=_names(across, labelAngle=-40 if is_long(across) else 0))
    y = alt.Y("low:Q", scale=_upright(up), axis=_names(up))
    pale = span[0] if item.is_event else span[0] - (span[1] - span[0]) * MIDTONE
    # the colour is relative within the map, so that a narrow range is seen as well; the number says how large it is
    colour = alt.Color("mean:Q", scale=alt.Scale(domain=[pale, span[1]], range=["@card", hue(item)], interpolate="rgb"), legend=None)
    tips = [alt.Tooltip("said:N", title=item.label), alt.Tooltip("between:N", title="95 % interval"), alt.Tooltip("runs:Q", title="runs")]
    boxes = base.mark_rect(stroke="@card", strokeWidth=2).encode(x=x, x2="right:Q", y=y, y2="high:Q", color=colour, tooltip=tips)
    ink = alt.condition("datum.dark", alt.value("@card"), alt.value("@ink"))
    middle = {"x": alt.X("x:Q", scale=_whole(across)), "y": alt.Y("y:Q", scale=_upright(up)), "color": ink}
    roomy = len(across) <= ROOMY
    number = base.mark_text(fontSize=13 if roomy else 11.5, dy=-6).encode(text="said:N", **middle)
    interval = base.mark_text(fontSize=11 if roomy else 9, dy=8).encode(text="between:N" if roomy else "narrow:N", **middle)
    lines = [_contour(found, axes, level) for level in CONTOURS] if item.is_event and _has_order(axes) else []
    chart = alt.layer(boxes, *[line for line in lines if line is not None], number, interval)
    return sized(chart, max(LOW_HEIGHT, CELL_HEIGHT * len(up) + (FRAME if is_long(across) else 0)))


def _cell(place, found, item, span):
    x, y = place
    half = 1 / 2
    said, low, high = (item.cell(value, span[1]) if found.runs else "" for value in found[:3])
    between = item.between(found.low, found.high) if item.is_event and found.runs else f"{low} to {high}" if found.runs else ""
    shown = {"said": said, "between": between}
    dark = bool(found.mean - span[0] > (span[1] - span[0]) * 3 * MIDTONE)
    at = {"x": x, "y": y, "left": x - half, "right": x + half, "low": y - half, "high": y + half}
    narrow = shown["between"].replace(" to ", "–").removesuffix(" %")
    if found.runs and not item.is_event:
        narrow = f"±{item.cell((found.high - found.low) / 2, span[1])}"
    return {**at, **shown, "narrow": narrow, "mean": found.mean, "runs": found.runs, "dark": dark}


def _whole(axis):
    """Room for all places of an axis."""
    return alt.Scale(domain=[-1 / 2, len(axis) - 1 / 2], nice=False)


def _upright(axis):
    """The same from the bottom up, but names without an order are read from the top down."""
    return alt.Scale(domain=[-1 / 2, len(axis) - 1 / 2], nice=False, reverse=axis.numbers is None)


def is_long(axis):
    """Whether the names of its places are too long to stand side by side."""
    return len(axis) * max(map(len, axis.labels)) > 36  # letters that fit beside each other on a narrow screen


def _names(axis, **more):
    """An axis of places, named."""
    words = "[" + ",".join(f"'{_safe(text)}'" for text in axis.labels) + "][datum.value]"
    bare = {"grid": False, "ticks": False, "domain": False, "labelLimit": 130}
    return alt.Axis(values=list(range(len(axis))), labelExpr=words, title=axis.title, **bare, **more)


def _safe(text):
    """A label inside an expression of Vega."""
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ")


def _has_order(axes):
    return all(axis.numbers is not None and len(axis) > 1 for axis in axes)


def _is_crossed(over, level):
    """Whether some mean is below a level and some other above it, within a panel."""
    means = [[found.mean for found in part.values() if found.runs] for part in over]
    return any(min(part) < level < max(part) for part in means if part)


def _contour(found, axes, level):
    """Where a share crosses a level, by linear interpolation between the middles of cells; None if it never does."""
    from contourpy import contour_generator

    across, up = axes
    grid = np.full((len(up), len(across)), np.nan)
    for (x, y), each in found.items():
        grid[y, x] = each.mean
    ends = [np.r_[-1 / 2, np.arange(len(axis)), len(axis) - 1 / 2] for axis in axes]  # to the rim of the map as at its outermost cells
    lines = contour_generator(x=ends[0], y=ends[1], z=np.ma.masked_invalid(np.pad(grid, 1, mode="edge"))).lines(level)
    rows = [{"x": float(x), "y": float(y), "line": number, "k": k} for number, line in enumerate(lines) for k, (x, y) in enumerate(line)]
    if not rows:
        return None
    colour, dash = CONTOURS[level]
    base = alt.Chart(alt.Data(values=rows)).mark_line(color=colour, strokeWidth=THICK, strokeDash=dash)
    return base.encode(x=alt.X("x:Q", scale=_whole(across)), y=alt.Y("y:Q", scale=_upright(up)), detail="line:N", order="k:Q")


def along(found, axes, item, span=None):
    """Along one axis: a line with a band where it has an order, else a row for each value."""
    rows = [
        {
            "at": axes[0].numbers[place] if axes[0].numbers else place,
            "name": axes[0].labels[place],
            "mean": each.mean, "low": each.low, "high": each.high, "runs": each.runs,
            "said": f"{item.amount(each.mean)} ({item.between(each.low, each.high)})",
        }
        for (place,), each in found.items() if each.runs
    ]  # fmt: skip
    tips = [alt.Tooltip("name:N", title=axes[0].title), alt.Tooltip("said:N", title=item.label), alt.Tooltip("runs:Q", title="runs")]
    if not axes[0].numbers or len(rows) < 2:
        return dots(rows, item, tips)
    ticks = {"values": list(axes[0].numbers)} if len(rows) < TICKED else {"tickCount": 5}
    x = alt.X("at:Q", title=axes[0].title, scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(labelOverlap=True, **ticks))
    base = alt.Chart(alt.Data(values=rows)).encode(x=x)
    tall = alt.Scale(zero=item.is_event)
    band = base.mark_area(opacity=PALE, color=hue(item)).encode(
        y=alt.Y("low:Q", scale=tall, axis=alt.Axis(format=item.format), title=item.axis), y2="high:Q"
    )
    line = base.mark_line(color=hue(item), strokeWidth=THICK, point={"filled": True, "size": 50, "color": hue(item)})
    return sized(alt.layer(band, line.encode(y="mean:Q", tooltip=tips)), LOW_HEIGHT)


def dots(rows, item, tips, change=False):
    """A row for each value: its mean and its interval. change: rows are differences, with a colour each and names of two lines."""
    axis = alt.Axis(labelLimit=200, labelExpr=f"split(datum.label, '{LINE}')")
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("name:N", sort=None, title=None, axis=axis))
    scale = alt.Scale(zero=item.is_event or change)
    shade = {"color": alt.Color("colour:N", scale=None)} if change else {}
    mark = {} if change else {"color": hue(item)}
    title = f"change in {item.axis}" if change and item.is_event else f"change, {item.unit}" if change else item.axis
    across = alt.X("low:Q", scale=scale, axis=alt.Axis(format=item.format, tickCount=4, labelOverlap=True), title=title)
    bars = base.mark_rule(strokeWidth=THICK, opacity=1 / 2, **mark).encode(x=across, x2="high:Q", **shade)
    points = base.mark_point(filled=True, size=70, opacity=1, **mark).encode(x="mean:Q", tooltip=tips, **shade)
    nothing = alt.Chart(alt.Data(values=[{}])).mark_rule(color="@muted", strokeWidth=THIN).encode(x=alt.datum(0))
    height = ROW_HEIGHT * 3 / 2 if change else ROW_HEIGHT
    return sized(alt.layer(*([nothing] if change else []), bars, points), FRAME + height * max(2, len(rows)))
