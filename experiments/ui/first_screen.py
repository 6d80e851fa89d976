"""The first screen as plain HTML: question, answer and the stored cone, there before a line of the page's own script has been read.

The page's toolkit needs seconds until it draws. Until then this stands in its place, in the same layout, and goes when the page comes.
"""

import asyncio
import functools
from html import escape
from importlib.resources import files

import numpy as np

from abm.errors import BadInput
from agents.world_files.folder import load_world
from experiments.figures.data import MIDDLE
from experiments.ui import stored
from experiments.ui.chart_parts import Clock, money_scale
from experiments.ui.links import read_query

QUESTION = "AI labs order compute before they know who will pay for it. Does the money come?"
TEMPLATE = files("experiments.ui").joinpath("first_screen.html")
BODY, HEAD, PLAIN, LOCKED = "<body", "<head>", "<html>", ", maximum-scale=1, user-scalable=no, minimal-ui"
PAGE = "text/html"
WIDE, HIGH = 1000, 1000  # of the drawing's own plane
ROUND = ((1.5, 1), (2.5, 2), (4, 3), (7, 5), (np.inf, 10))  # as ECharts rounds the step of an axis
STEPS = 4  # of an axis, about


class FirstScreen:
    """An ASGI application in front of the page: its HTML names a language, lets people zoom, and begins with the first screen."""

    def __init__(self, app, start):
        """start: gives the Inputs that a session without a link begins with."""
        self.app, self.start = app, start

    async def __call__(self, scope, receive, send):
        """Pass on; only the page itself is changed."""
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name.lower() != b"accept-encoding"]
        held: list = []

        async def hold(message):
            held.append(message)

        await self.app({**scope, "headers": plain}, receive, hold)
        await self._pass_on(scope, held, send)

    async def _pass_on(self, scope, held, send):
        begin = held[0]
        head = {name.lower(): value for name, value in begin["headers"]}
        body = b"".join(message.get("body", b"") for message in held[1:])
        if head.get(b"content-type", b"").decode().startswith(PAGE):
            above = await asyncio.to_thread(screen, scope["query_string"].decode("latin-1"), self.start())
            body = with_screen(body.decode(), above).encode()
        kept = [(name, value) for name, value in begin["headers"] if name.lower() != b"content-length"]
        await send({**begin, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})


def with_screen(page, above):
    """The toolkit's HTML with a language, free zoom, and the first screen at the head of its body."""
    place = page.index(">", page.index(BODY)) + 1
    page = page[:place] + above + page[place:]
    return page.replace(PLAIN, '<html lang="en">', 1).replace(LOCKED, "", 1)


def screen(search, start):
    """The HTML of the first screen. search: the query string of the address; start: Inputs without one."""
    try:
        inputs, _ = read_query(search, start)
    except BadInput:
        inputs = start
    return _screen(inputs.world, inputs.quarters)


@functools.lru_cache(maxsize=32)
def _screen(world, quarters):
    kept = stored.baseline(world)
    template = TEMPLATE.read_text(encoding="utf-8").replace("%QUESTION%", escape(QUESTION))
    if kept is None or quarters > len(kept["quarters"]):
        told = {"CAVEAT": "", "ANSWER": "The page is getting ready.", "BESIDE": "", "FAN": ""}
    else:
        opening = load_world(world)
        first, second = stored.opening_words(kept, quarters - 1, opening)
        caveat = escape(f"{opening.title}. {opening.caveat or opening.purpose}")
        told = {"CAVEAT": caveat, "ANSWER": escape(first), "BESIDE": escape(second), "FAN": cone(kept, quarters)}
    for name, text in told.items():
        template = template.replace(f"%{name}%", text)
    return template


def cone(kept, quarters):
    """The stored fan as SVG, its axes as HTML that does not stretch with it."""
    earned, needed = stored.band(kept, "luck", quarters)
    scale = money_scale(max(earned.max(), needed.max()))
    earned, needed = earned * scale.factor, needed * scale.factor
    step = _step(max(earned.max(), needed.max()))
    top = step * np.ceil(max(earned.max(), needed.max()) / step)
    ticks = np.arange(0, top + step / 2, step)
    across = np.linspace(0, WIDE, quarters)
    line = functools.partial(_points, across, top=top)
    drawn = "".join(f'<path class="rule" d="M0 {_y(tick, top)}H{WIDE}"/>' for tick in ticks)
    for low, high, name in ((0, -1, "wide"), (1, -2, "half")):
        drawn += f'<path class="{name}" d="M{line(earned[high])}L{_points(across[::-1], earned[low][::-1], top)}Z"/>'
    drawn += f'<path class="median" d="M{line(earned[MIDDLE])}"/><path class="required" d="M{line(needed)}"/>'
    words = "".join(_at(f"left:0;top:{_percent(tick, top)}", "tick", scale.format.replace("{value}", f"{tick:g}")) for tick in ticks)
    years = Clock(kept["quarters"][:quarters], quarters).axis("light")["data"]
    words += "".join(_at(f"left:{100 * k / max(1, quarters - 1):.2f}%", "year", year) for k, year in enumerate(years) if year)
    ends = (("median", earned[MIDDLE, -1]), ("required", needed[-1]), ("P90", earned[-1, -1]), ("P10", earned[0, -1]))
    words += "".join(_at(f"top:{_percent(value, top)}", f"end {name}", name) for name, value in ends)
    return f'<svg viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>{words}'


def _step(largest):
    """Between two labels of the axis, as ECharts would have it."""
    raw = largest / STEPS
    ten = 10.0 ** np.floor(np.log10(raw))
    return ten * next(step for below, step in ROUND if raw / ten < below)


def _y(value, top):
    return f"{HIGH * (1 - value / top):.1f}"


def _percent(value, top):
    return f"{100 * (1 - value / top):.2f}%"


def _points(across, values, top):
    return "L".join(f"{x:.1f} {_y(value, top)}" for x, value in zip(across, values, strict=True))


def _at(place, name, text):
    return f'<span class="{name}" style="{place}">{escape(text)}</span>'
