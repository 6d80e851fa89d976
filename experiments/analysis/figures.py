"""The charts of a report, each a pure function of a summary that returns an Altair chart with units on its axes.

Figures that a notebook and the browser page show too come from `experiments.figures`.
"""

from typing import NamedTuple

import altair as alt

from abm.clock import Quarter
from abm.measures.catalogue import of_indicator
from experiments.console import KIND_NAMES
from experiments.figures import data
from experiments.figures.data import place_of
from experiments.figures.drawn import (
    FIRM_COLOURS,
    FRAME,
    HEIGHT,
    LOW_HEIGHT,
    ROW_HEIGHT,
    THICK,
    THIN,
    fan_chart,
    sized,
    survival_chart,
    years,
)
from experiments.summary import HIGH, LOW, MIDDLE
from experiments.words import appetite, between, level, percent

MINSKY = {"hedge_share": ("Hedge", "@green"), "speculative_share": ("Speculative", "@orange"), "ponzi_share": ("Ponzi", "@vermilion")}
KIND_COLOURS = {"labs": "@blue", "clouds": "@orange", "lenders": "@purple"}
REVENUE_COLOURS = (("Revenue: median, half and 80 % of worlds", "@blue"), ("Required revenue, median", "@vermilion"))
WORD_ROOM = 0.3  # the same for words beyond 100 %, share of the axis to there
LATER = "signed later (median world)"


class Figure(NamedTuple):
    """A chart with its title, one sentence that says how to read it, and what its colours mean: (name, colour)."""

    key: str
    title: str
    reading: str
    chart: object
    colours: tuple = ()


def figures(summary):
    """All charts of a report, {key: Figure}, in the order of the page."""
    found = [
        _revenue(summary),
        Figure("failures", "Probability of default by the end", FAILURES_READING, failures(summary), kind_colours(summary)),
        _survival(summary),
        Figure("wall", "The wall of commitments", WALL_READING, wall(summary), wall_colours(summary)),
        Figure("minsky", "How labs pay their rents", MINSKY_READING, minsky(summary), tuple(MINSKY.values())),
        *(_indicator(summary, name) for name in summary["pressure"]),
    ]
    if summary["implied"]:
        found.append(Figure("implied", "Risk appetite implied by commitments", IMPLIED_READING, implied(summary)))
    return {figure.key: figure for figure in found}


FAILURES_READING = (
    "A dot is the share of worlds in which the firm fails, and the bar is its 95 % interval. An entrant counts only in the worlds that "
    "it enters."
)
WALL_READING = (
    "Bars are rent due. Where a bar tops the mark, the median industry cannot pay it out of revenue less operating costs; the line is "
    "P10 to P90."
)
MINSKY_READING = (
    "Areas are shares of revenue, as means over worlds. Green labs pay their rents now and soon, orange ones only now, and red ones "
    "live on new money."
)
IMPLIED_READING = (
    "At P10 a firm can pay what it promised, from revenue, the cash left by then and its owner's means, even if revenue comes out at the "
    "10th percentile of the cone; further right is bolder. Rings: by the revenue of the year alone."
)


def points(summary):
    """Quarters as places on an axis of years: [(year and fraction, name)]."""
    return [(place_of(name), str(Quarter.parse(name))) for name in summary["quarters"]]


def _revenue(summary):
    """Fan of industry revenue with the median required revenue, $bn a year."""
    needed = summary["fans"]["required_revenue"][MIDDLE]
    drawing = data.fan(of_indicator("revenue_total"), summary["quarters"], summary["fans"]["revenue_total"], needed)
    return Figure("revenue", "Industry revenue against required revenue", drawing.sentence, fan_chart(drawing), REVENUE_COLOURS)


def failures(summary):
    """Probability of default of labs, and of owners and lenders that ever fail, with intervals."""
    rows = [{**row, "kind": KIND_NAMES[row["kind"]], "said": percent(row["share"]), "range": between(row)} for row in failing(summary)]
    kinds = [KIND_NAMES[kind] for kind in KIND_COLOURS]
    colour = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=list(KIND_COLOURS.values())), legend=None)
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("firm:N", title=None, sort=[row["firm"] for row in _ranked(rows)]), color=colour)
    across = alt.Scale(domain=[0, 1 + WORD_ROOM], nice=False)
    axis = alt.Axis(format="%", values=[0, 1 / 4, 1 / 2, 3 / 4, 1], title="share of worlds in which it fails")
    tips = [alt.Tooltip("firm:N"), alt.Tooltip("said:N", title="fails in"), alt.Tooltip("range:N", title="95 % interval")]
    bars = base.mark_rule(strokeWidth=THICK, opacity=1 / 2).encode(x=alt.X("low:Q", scale=across, axis=axis), x2="high:Q")
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x=alt.X("share:Q", scale=across), tooltip=tips)
    words = base.mark_text(align="left", dx=8, color="@ink").encode(x="high:Q", text="said:N", color=alt.value("@ink"))
    return sized(alt.layer(bars, dots, words), _failing_height(summary))


def failing(summary):
    """Labs that ever lived, and whoever else ever fails."""
    return [row for row in summary["firms"] if row["trials"] and (row["kind"] == "labs" or row["count"])]


def _failing_height(summary):
    return max(LOW_HEIGHT, FRAME + ROW_HEIGHT * len(failing(summary)))


def _survival(summary):
    """Share of worlds in which each lab has not failed so far."""
    lived = [row["firm"] for row in summary["firms"] if row["kind"] == "labs" and row["entered"] == 1]
    curves = dict(zip(summary["names"]["labs"], summary["survival"]["labs"]))
    drawing = data.survival(summary["quarters"], {firm: curves[firm] for firm in lived})
    return Figure("survival", "Labs still standing", drawing.sentence, survival_chart(drawing, _failing_height(summary)))


def wall(summary):
    """Rent due by calendar year, by lab where signed before the opening, beside revenue less opex, $bn at annual rate."""
    found, colours = summary["wall"], wall_colours(summary)
    series = _wall_series(summary)
    rows = [
        {"year": y, "who": who, "rent": rents[k], "order": n} for n, (who, rents) in enumerate(series) for k, y in enumerate(found["years"])
    ]
    left = [
        {"year": y, "low": found["left"][LOW][k], "mid": found["left"][MIDDLE][k], "high": found["left"][HIGH][k]}
        for k, y in enumerate(found["years"])
    ]
    names, hues = zip(*colours)
    colour = alt.Color("who:N", scale=alt.Scale(domain=names, range=hues), legend=None)
    year = alt.X("year:O", title="calendar year", axis=alt.Axis(labelAngle=0, labelOverlap=True))
    tips = [alt.Tooltip("year:O"), alt.Tooltip("who:N"), alt.Tooltip("rent:Q", format=",.0f", title="$bn a year")]
    bars = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(x=year, y=alt.Y("sum(rent):Q", title="$bn a year"), color=colour, order="order:Q", tooltip=tips)
    )
    base = alt.Chart(alt.Data(values=left)).encode(x=year)
    tips = [alt.Tooltip("year:O"), *(alt.Tooltip(f"{key}:Q", format=",.0f") for key in ("low", "mid", "high"))]
    spread = base.mark_rule(color="@ink", strokeWidth=THIN).encode(y="low:Q", y2="high:Q", tooltip=tips)
    middle = base.mark_tick(color="@ink", thickness=3, size=18).encode(y="mid:Q", tooltip=tips)
    return sized(alt.layer(bars, spread, middle), HEIGHT)


def _wall_series(summary):
    """(who, $bn a year by year): labs with contracts at the opening, then all that is signed later."""
    found = summary["wall"]
    signed = [(lab, rents) for lab, rents in zip(summary["names"]["labs"], found["opening"]) if any(rents)]
    return [*signed, (LATER, found["later"])]


def wall_colours(summary):
    """(name, colour) of the parts of the wall."""
    names = [who for who, _ in _wall_series(summary)]
    return (*zip(names[:-1], FIRM_COLOURS * len(names)), (LATER, "@grid"))


def kind_colours(summary):
    """(name, colour) of the kinds of firm that fail."""
    kinds = {row["kind"] for row in failing(summary)}
    return tuple((KIND_NAMES[kind], hue) for kind, hue in KIND_COLOURS.items() if kind in kinds)


def minsky(summary):
    """Shares of revenue of labs that are hedge, speculative and Ponzi."""
    rows = [
        {"x": x, "quarter": q, "kind": name, "share": summary["minsky"][key][k], "order": n}
        for n, (key, (name, _)) in enumerate(MINSKY.items())
        for k, (x, q) in enumerate(points(summary))
    ]
    names, colours = zip(*MINSKY.values())
    colour = alt.Color("kind:N", scale=alt.Scale(domain=names, range=colours), legend=None)
    tall = alt.Y(
        "share:Q", stack="zero", title="share of lab revenue", scale=alt.Scale(domain=[0, 1], nice=False), axis=alt.Axis(format="%")
    )
    tips = [alt.Tooltip("quarter:N"), alt.Tooltip("kind:N"), alt.Tooltip("share:Q", format=".0%")]
    across = years([x for x, _ in points(summary)])
    chart = alt.Chart(alt.Data(values=rows)).mark_area().encode(x=across, y=tall, color=colour, order="order:Q", tooltip=tips)
    return sized(chart, _implied_height(summary))


def implied(summary):
    """Each named firm's implied appetite on the axis from hoarding to betting."""
    rows = [
        {"firm": item["firm"], "quantile": item["quantile"], "said": appetite(item), "zero": 0,
         "alone": item["by_revenue"]["quantile"], "alone_said": appetite(item["by_revenue"]), "decides": level(item["plans_at"])}
        for item in summary["implied"]
    ]  # fmt: skip
    tips = ["firm:N", "said:N", alt.Tooltip("alone_said:N", title="by revenue alone"), alt.Tooltip("decides:N", title="decides at")]
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("firm:N", title=None, sort=None))
    scale = alt.Scale(domain=[0, 1 + WORD_ROOM], nice=False)
    across = alt.X("quantile:Q", title="quantile of the cone", scale=scale, axis=alt.Axis(values=[0, 1 / 2, 1]))
    line = base.mark_rule(strokeWidth=THIN, opacity=1 / 2, color="@blue").encode(x=alt.X("zero:Q", scale=scale), x2="quantile:Q")
    dots = base.mark_point(filled=True, size=90, opacity=1, color="@blue").encode(x=across, tooltip=tips)
    rings = base.mark_point(filled=False, size=90, opacity=1, color="@orange").encode(x=alt.X("alone:Q", scale=scale), tooltip=tips)
    words = base.mark_text(align="left", dx=9, color="@ink").encode(x=across, text="said:N")
    return sized(alt.layer(dots, line, rings, words), _implied_height(summary))


def _implied_height(summary):
    return max(LOW_HEIGHT, FRAME + ROW_HEIGHT * len(summary["implied"]))


def _indicator(summary, name):
    """Fan of an indicator of the industry; a ratio that must not fall below 1 shows that line."""
    item, quarters = of_indicator(name), summary["quarters"]
    drawing = data.fan(item, quarters, summary["fans"][name], first=summary["pressure"][name]["first"])
    chart = fan_chart(drawing, HEIGHT if item.unit == "x" else LOW_HEIGHT, [x for x, _ in points(summary)])
    return Figure(name, item.label, drawing.sentence, chart)


def _ranked(rows):
    kinds = list(KIND_NAMES.values())
    return sorted(rows, key=lambda row: (kinds.index(row["kind"]), -row["share"]))
