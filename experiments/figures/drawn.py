"""How Altair draws the figures of `experiments.figures.data`, and what all charts of a report share.

Colours written "@name" are filled in by the page, so that one chart serves a light and a dark screen; a notebook gets the light ones.
All are of the Okabe-Ito palette, which colour-blind readers can tell apart.
"""

import altair as alt

from abm.clock import QUARTER
from experiments.figures.data import LAYERS, NAMES, TITLES, places

FIRM_COLOURS = ("@blue", "@vermilion", "@green", "@purple", "@orange", "@sky", "@ink", "@muted")
HEIGHT, LOW_HEIGHT, ROW_HEIGHT, FRAME = 320, 200, 26, 50  # pixels
NOTEBOOK = 640  # pixels across
THIN, THICK, PALE, MIDTONE = 1.5, 2.5, 0.18, 0.3  # line widths in pixels, opacities
LABEL_ROOM, NOTEBOOK_ROOM = 0.42, 0.2  # of a chart's width, for names at the ends of lines
LABEL_GAP = 16  # pixels, least distance between two names
WIDEST, SMALLEST_DOT, LARGEST_DOT = 12, 60, 900  # pixels, square pixels
LINE_LENGTH = 105  # letters of a line of a notebook's sentence
DASHED = [6, 4]


def sized(chart, height):
    """As wide as the page leaves room for; height: pixels."""
    return chart.properties(width="container", height=height)


def years(xs, room=0):
    """The axis of time. xs: places of quarters, see `data.place_of`; room: share of the width left free at its end."""
    span = max(xs[-1] - xs[0], QUARTER)
    whole = [year for year in range(int(xs[0]), int(xs[-1]) + 1) if year >= xs[0]] or [int(xs[0])]
    scale = alt.Scale(domain=[xs[0], xs[-1] + span * room / (1 - room)], nice=False)
    return alt.X("x:Q", title=None, scale=scale, axis=alt.Axis(values=whole, format="d", labelOverlap=True, labelSeparation=6, grid=False))


def apart(ends, least):
    """Move names that would overlap apart, from the top down. ends: rows with a place `at`; least: distance on the axis."""
    last = None
    for end in sorted(ends, key=lambda end: -end["at"]):
        end["at"] = end["at"] if last is None else min(end["at"], last - least)
        last = end["at"]
    return ends


def fan_chart(drawing, height=HEIGHT, xs=None):
    """Bands and median of a measure, with what it must reach, dashed. xs: places of quarters on the axis, those of the rows by default."""
    rows, money = drawing.rows, drawing.unit.startswith("$bn")
    format = ",.0f" if money else ".3~g"
    title = drawing.unit.replace("$bn/year", "$bn a year, annual rate")
    base = alt.Chart(alt.Data(values=rows)).encode(x=years(xs or [row["x"] for row in rows]))
    known = [*NAMES, *(["required"] if rows and "required" in rows[0] else [])]
    tips = [alt.Tooltip("quarter:N"), *(alt.Tooltip(f"{name}:Q", format=format) for name in known)]
    outer = base.mark_area(opacity=PALE, color="@blue").encode(y=alt.Y("p10:Q", title=title), y2="p90:Q")
    inner = base.mark_area(opacity=MIDTONE, color="@blue").encode(y="p25:Q", y2="p75:Q")
    layers = [outer, inner, base.mark_line(strokeWidth=THICK, color="@blue").encode(y="p50:Q", tooltip=tips)]
    if "required" in known:
        layers.append(base.mark_line(strokeWidth=THICK, strokeDash=DASHED, color="@vermilion").encode(y="required:Q", tooltip=tips))
    if drawing.unit == "x":
        level = alt.Chart(alt.Data(values=[{}]))
        layers.append(level.mark_rule(strokeDash=DASHED, color="@vermilion").encode(y=alt.datum(1)))
    return sized(alt.layer(*layers), height)


def survival_chart(drawing, height=HEIGHT, room=LABEL_ROOM):
    """A line for each firm, with its name at the end; at most as many as there are colours."""
    firms = list(dict.fromkeys(row["firm"] for row in drawing.rows))[: len(FIRM_COLOURS)]
    rows = [row for row in drawing.rows if row["firm"] in firms]
    least = min((row["alive"] for row in rows), default=0)
    bottom = 0 if least < 1 / 2 else 1 / 2
    colour = alt.Color("firm:N", scale=alt.Scale(domain=firms, range=list(FIRM_COLOURS[: len(firms)])), legend=None)
    tall = alt.Y(
        "alive:Q", title="share of worlds", scale=alt.Scale(domain=[bottom, 1], nice=False), axis=alt.Axis(format="%", tickCount=5)
    )
    tips = [alt.Tooltip("firm:N"), alt.Tooltip("quarter:N"), alt.Tooltip("alive:Q", format=".1%", title="still standing")]
    xs = list(dict.fromkeys(row["x"] for row in drawing.rows))
    base = alt.Chart(alt.Data(values=rows)).encode(x=years(xs, room), color=colour, tooltip=tips)
    lines = base.mark_line(interpolate="step-after", strokeWidth=THICK).encode(y=tall)
    ends = [{"firm": row["firm"], "x": row["x"], "at": row["alive"]} for row in rows if row["x"] == xs[-1]]
    names = alt.Chart(alt.Data(values=apart(ends, LABEL_GAP / height * (1 - bottom))))
    words = names.mark_text(align="left", dx=6).encode(x="x:Q", y="at:Q", text="firm:N", color=colour)
    return sized(alt.layer(lines, words), height)


def commitments_chart(drawing, height=LOW_HEIGHT):
    """A bar for each calendar year."""
    year = alt.X("year:O", title="calendar year", axis=alt.Axis(labelAngle=0, labelOverlap=True))
    tips = [alt.Tooltip("year:O"), alt.Tooltip("amount:Q", format=",.1f", title="$bn")]
    bars = alt.Chart(alt.Data(values=drawing.rows)).mark_bar(color="@vermilion")
    return sized(bars.encode(x=year, y=alt.Y("amount:Q", title="$bn"), tooltip=tips), height)


def money_chart(drawing, height=HEIGHT):
    """Firms in layers by kind, money between them."""
    kinds, at = dict(drawing.agents), places(drawing.agents)
    largest = max(edge["amount"] for edge in drawing.rows)
    ends = {name: 0.0 for edge in drawing.rows for name in (edge["payer"], edge["payee"])}
    for edge in drawing.rows:
        ends[edge["payer"]] += edge["amount"]
        ends[edge["payee"]] += edge["amount"]
    lines = [
        {**edge, "width": max(THIN / 2, WIDEST * edge["amount"] / largest), "tone": 2 * MIDTONE if edge["circular"] else MIDTONE}
        | {"y": at[edge["payer"]][0], "x": at[edge["payer"]][1], "y2": at[edge["payee"]][0], "x2": at[edge["payee"]][1]}
        for edge in sorted(drawing.rows, key=lambda edge: (edge["circular"], edge["amount"]))
    ]
    dots = [{"name": name, "kind": kinds[name], "amount": amount, "y": at[name][0], "x": at[name][1]} for name, amount in ends.items()]
    nobody = alt.Axis(labels=False, ticks=False, domain=False, grid=False)
    across = alt.X("x:Q", title=None, axis=nobody, scale=alt.Scale(domain=[-1 / 2, len(LAYERS) - 1 / 2], nice=False))
    down = alt.Y("y:Q", title=None, axis=nobody, scale=alt.Scale(domain=[1, -LABEL_GAP / height], nice=False))
    tips = [*(alt.Tooltip(f"{key}:N", title=word) for key, word in (("payer", "from"), ("payee", "to"), ("what", "what")))]
    tips.append(alt.Tooltip("amount:Q", format=",.1f", title="$bn"))
    colour = alt.Color("circular:N", scale=alt.Scale(domain=[False, True], range=["@muted", "@vermilion"]), legend=None)
    rules = alt.Chart(alt.Data(values=lines)).mark_rule().encode(
        across, down, x2="x2:Q", y2="y2:Q", color=colour, tooltip=tips,
        strokeWidth=alt.StrokeWidth("width:Q", scale=None), opacity=alt.Opacity("tone:Q", scale=None),
    )  # fmt: skip
    circles = alt.Chart(alt.Data(values=dots)).encode(across, down)
    size = alt.Size("amount:Q", scale=alt.Scale(range=[SMALLEST_DOT, LARGEST_DOT]), legend=None)
    about = ["name:N", "kind:N", alt.Tooltip("amount:Q", format=",.1f", title="paid and received, $bn")]
    firms = circles.mark_circle(color="@blue", opacity=1).encode(size=size, tooltip=about)
    names = circles.mark_text(dy=LABEL_GAP, color="@ink").encode(text="name:N")
    heads = alt.Chart(alt.Data(values=[{"x": k, "y": -LABEL_GAP / height, "title": title} for k, title in enumerate(TITLES)]))
    words = heads.mark_text(color="@muted", baseline="bottom").encode(across, down, text="title:N")
    return sized(alt.layer(rules, firms, names, words), height)


def notebook_chart(drawing):
    """The figure as a chart of its own: light colours, a width in pixels, its title, and its sentence below the title."""
    if not drawing.rows:
        chart = alt.Chart(alt.Data(values=[{}])).mark_text(text="nothing to show")
    elif drawing.key == "money":
        chart = money_chart(drawing, 2 * HEIGHT)
    elif drawing.key == "survival":
        chart = survival_chart(drawing, room=NOTEBOOK_ROOM)
    else:
        chart = (fan_chart if drawing.key == "fan" else commitments_chart)(drawing)
    title = alt.Title(drawing.title, subtitle=_wrapped(drawing.sentence), anchor="start", subtitleColor="@muted")
    return _painted(chart.properties(width=NOTEBOOK, title=title))


def _wrapped(sentence):
    """A sentence in lines that fit above a chart."""
    lines = [""]
    for word in sentence.split():
        if len(lines[-1]) + len(word) > LINE_LENGTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _painted(chart):
    from experiments.analysis.picture import painted

    return type(chart).from_dict(painted(chart.to_dict(validate=False)), validate=False)
