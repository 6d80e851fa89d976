"""What all charts of the page share: axes of time and money, marks, the cursor, tooltips, bands, and numbers in words.

Charts are plain dictionaries for ECharts 5.4, without a line of script. Names come from world files and are not trusted: in
tooltips, which are HTML, they are escaped; on the canvas they cannot become HTML.
"""

from html import escape
from typing import NamedTuple

import numpy as np

from abm.clock import Quarter
from abm.errors import BadInput
from experiments.stories.events import THOUSAND
from experiments.ui.palette import SANS, colours

MOST_POINTS = 500  # of a series
THIN, THICK, PALE, MIDTONE = 1, 2, 0.16, 0.24  # line widths in pixels, opacities
SMALL, NORMAL = 11, 12  # pixels of letters
LINE_OF_TEXT = 13  # pixels from one line of small letters to the next
NARROW = 520  # pixels of width below which a chart leaves out what is not needed
LABEL_ROOM, NARROW_ROOM = 112, 74  # pixels at the right for names of lines, on a wide and on a narrow screen
PERCENT = 100
TRILLIONS_FROM = 2000  # $bn on an axis from which it counts in trillions
LABEL_EVERY = ((8, 1), (16, 2), (40, 5), (10**6, 10))  # years shown at most, and then a label every so many years


class Scale(NamedTuple):
    """How an axis counts: its numbers are multiplied by `factor` and written as `format` says."""

    factor: float
    format: str


def plain(number, digits=4):
    """A number for JSON, short; None if there is none."""
    if number is None or not np.isfinite(number):
        return None
    return float(f"{float(number):.{digits}g}")


def safe(text):
    """A name that can stand in an ECharts template on the canvas: without the braces and bars that mean something there."""
    return str(text).translate({ord("{"): "(", ord("}"): ")", ord("|"): "/"})


def tip(head, *lines):
    """The HTML of a tooltip, everything in it escaped."""
    body = "".join(f"<br/>{escape(safe(line))}" for line in lines if line)
    return f"<b>{escape(safe(head))}</b>{body}"


class Clock:
    """The axis of time: every quarter to the horizon, at most 500 of them, named by year."""

    def __init__(self, quarters, horizon):
        """quarters: names of those that are over, or of all; horizon: how many there will be."""
        self.length = max(int(horizon), len(quarters), 1)
        self.places = list(range(0, self.length, -(-self.length // MOST_POINTS)))
        self.names = _names(quarters, self.length)

    def axis(self, theme):
        """The ECharts axis: labelled at the first quarter of a year."""
        return {
            "type": "category",
            "data": [self._label(place) for place in self.places],
            "boundaryGap": False,
            "axisTick": {"show": False},
            "axisLine": {"onZero": False, "lineStyle": {"color": colours(theme)["grid"], "width": THIN}},
            "axisLabel": {"interval": 0, "color": colours(theme)["muted"], "fontSize": SMALL, "hideOverlap": True},
        }

    def points(self, values, texts=None):
        """Data of a series: [place, value], with a text for the tooltip as its name. values: [quarters]."""
        kept = [(k, place) for k, place in enumerate(self.places) if place < len(values)]
        if texts is None:
            return [[k, plain(values[place])] for k, place in kept]
        return [{"value": [k, plain(values[place])], "name": texts[place]} for k, place in kept]

    def place(self, quarter):
        """Where a quarter stands on the axis, by name or number; None if it is not on it."""
        index = self.names.index(quarter) if quarter in self.names else quarter
        if isinstance(index, str) or index is None or not 0 <= index < self.length:
            return None
        return int(index) * (len(self.places) - 1) // max(1, self.places[-1]) if self.length > MOST_POINTS else int(index)

    def _label(self, place):
        name, years = self.names[place], self.length // 4
        step = next(every for most, every in LABEL_EVERY if years <= most)
        if not name.endswith("Q1"):
            return ""
        return name[:-2] if int(name[:-2]) % step == 0 else ""


def _names(quarters, length):
    names = [str(quarter) for quarter in quarters[:length]]
    if not names:
        return [""] * length
    try:
        start = Quarter.parse(names[0])
    except BadInput:
        return names + [""] * (length - len(names))
    return names + [str(start + k) for k in range(len(names), length)]


def base(theme, right=16, top=16):
    """What every chart begins with: no animation, since a page of many charts redraws many times a second; a quiet frame."""
    shades = colours(theme)
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": SANS, "color": shades["ink"], "fontSize": NORMAL},
        "grid": {"left": 8, "right": right, "top": top, "bottom": 6, "containLabel": True},
        "tooltip": {
            "trigger": "item",
            "confine": True,
            "backgroundColor": shades["card"],
            "borderColor": shades["grid"],
            "borderWidth": 1,
            "padding": [6, 10],
            "textStyle": {"color": shades["ink"], "fontSize": NORMAL, "fontFamily": SANS},
            "extraCssText": "white-space: pre-line; max-width: 320px; line-height: 1.45; box-shadow: 0 2px 10px rgba(0,0,0,.14);",
        },
    }


def axis_tooltip(option, theme):
    """Let the chart show, anywhere above a quarter, the text that its first series carries there as a name (ECharts escapes it)."""
    pointer = {"type": "line", "lineStyle": {"color": colours(theme)["muted"], "width": THIN, "type": "dotted"}, "label": {"show": False}}
    option["tooltip"] |= {"trigger": "axis", "formatter": "{b0}", "axisPointer": pointer}
    return option


def value_axis(theme, scale, **more):
    """An axis of values: hair lines across, no line along."""
    shades = colours(theme)
    return {
        "type": "value",
        "splitNumber": 4,
        "axisLabel": {"formatter": scale.format, "color": shades["muted"], "fontSize": SMALL, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": shades["rule"], "width": THIN}},
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        **more,
    }


def money_scale(largest):
    """Counts in $bn, or in $tn once the largest number asks for it."""
    return Scale(1 / THOUSAND, "${value}tn") if largest >= TRILLIONS_FROM else Scale(1, "${value}bn")


def scale_of(unit, largest=1.0):
    """How an axis of a unit counts."""
    if unit.startswith("$bn"):
        return money_scale(largest)
    if unit.startswith("share"):
        return Scale(PERCENT, "{value} %")
    return Scale(1, "{value}x" if unit == "x" else "{value}")


def band(name, low, high, clock, colour, opacity, stack):
    """An area between two lines as two stacked series. low, high: [quarters]."""
    bare = {"type": "line", "symbol": "none", "silent": True, "stack": stack, "stackStrategy": "all", "lineStyle": {"width": 0}, "z": 1}
    bare |= {"tooltip": {"show": False}, "emphasis": {"disabled": True}}
    return [
        {**bare, "name": f"{name} low", "data": clock.points(low)},
        {**bare, "name": name, "data": clock.points(high - low), "areaStyle": {"color": colour, "opacity": opacity}},
    ]


def line(name, data, colour, width=THICK, dash=None, label=None, **more):
    """A line; `label` is what `named_at_ends` writes at its end."""
    style = {"color": colour, "width": width, **({"type": dash} if dash else {})}
    return {
        "type": "line",
        "name": name,
        "data": data,
        "symbol": "none",
        "lineStyle": style,
        "itemStyle": {"color": colour},
        "emphasis": {"disabled": True},
        "z": 3,
        **({"label_at_end": label} if label else {}),
        **more,
    }


def named_at_ends(series, height, bottom=0, down=False):
    """The series, with the names of lines at their ends as one more: ECharts' own end labels stay behind when a chart is redrawn.

    height: of the plane, pixels, roughly; bottom: value at its foot; names that would lie on each other are moved apart, up or down
    """
    ends = [one for one in series if one.get("label_at_end") and one["data"]]
    places = [one["data"][-1]["value"] if isinstance(one["data"][-1], dict) else one["data"][-1] for one in ends]
    top = max(_top(series) - bottom, np.finfo(float).tiny)
    heights = [height * ((value or 0) - bottom) / top for _, value in places]
    shifts = [-shift for shift in _apart([height - each for each in heights])] if down else _apart(heights)
    names = [
        _name_at(place, one["label_at_end"], one["itemStyle"]["color"], shift)
        for one, place, shift in zip(ends, places, shifts, strict=True)
    ]
    quiet = {"type": "scatter", "name": "names", "symbolSize": 0, "silent": True, "clip": False, "tooltip": {"show": False}, "z": 7}
    bare = [{key: value for key, value in one.items() if key != "label_at_end"} for one in series]
    return [*bare, {**quiet, "itemStyle": {"opacity": 1}, "data": names}]


def _top(series):
    """The largest value that is drawn as a line."""
    points = (point["value"] if isinstance(point, dict) else point for one in series if "stack" not in one for point in one["data"])
    return max((value for _, value in points if value is not None), default=0)


def _apart(heights):
    """Pixels by which each name moves up so that, from the lowest on, each lies a line above the one below."""
    moved, least = {}, -np.inf
    for place in sorted(range(len(heights)), key=heights.__getitem__):
        least = max(heights[place], least)
        moved[place] = least - heights[place]
        least += LINE_OF_TEXT
    return [moved[place] for place in range(len(heights))]


def _name_at(place, text, colour, shift):
    words = {"show": True, "position": "right", "formatter": safe(text), "color": colour, "fontSize": SMALL, "distance": 5}
    return {"value": place, "label": {**words, "offset": [0, -plain(shift)]}}


def marked(clock, marks, now, theme):
    """The vertical lines of a chart of time: what happened, and the quarter one looks at, as a series that holds nothing else."""
    shades, at = colours(theme), {}
    for quarter, label in marks or ():
        place = clock.place(quarter)
        if place is not None:
            at.setdefault(place, []).append(safe(label))
    lines = [_mark(place, ", ".join(labels), shades["muted"], "dashed") for place, labels in sorted(at.items())]
    place = None if now is None else clock.place(now)
    if place is not None:
        lines.append(_mark(place, clock.names[int(now)], shades["ink"], "solid"))
    quiet = {"type": "line", "name": "marks", "data": [], "silent": True, "symbol": "none", "tooltip": {"show": False}}
    return {**quiet, "markLine": {"silent": True, "symbol": "none", "animation": False, "data": lines, "z": 5}}


def _mark(place, label, colour, dash):
    words = {"formatter": label, "position": "insideEndTop", "color": colour, "fontSize": SMALL, "distance": 3}
    return {"xAxis": place, "label": words, "lineStyle": {"color": colour, "type": dash, "width": THIN, "opacity": 0.8}}


def on_narrow(option, **changes):
    """Say what is different below 520 pixels of width."""
    option["media"] = [{"query": {"maxWidth": NARROW}, "option": changes}]
    return option


def nothing(text, theme):
    """A chart that says why there is none."""
    title = {"text": safe(text), "left": "center", "top": "middle", "textStyle": {"color": colours(theme)["muted"], "fontSize": NORMAL}}
    return {**base(theme), "title": title, "series": []}
