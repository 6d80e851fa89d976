"""The other figures of a sweep: what each lever changes, risk beside welfare, which unknowns matter, and how it went over time."""

import altair as alt
import numpy as np

from abm.measures.readings import INDICATORS
from experiments.analysis.figures import Figure
from experiments.analysis.findings import axis, cells, estimate, importance, levels, sampled_names
from experiments.analysis.maps import LINE, Multiples, along, dots, hue, lead_figures
from experiments.analysis.outcomes import RISK, WELFARE, called, outcome
from experiments.analysis.trajectories import MOST, fans, lives, shown_values, stored_series
from experiments.console import KIND_NAMES
from experiments.figures.data import place_of
from experiments.figures.drawn import FIRM_COLOURS, FRAME, LOW_HEIGHT, MIDTONE, ROW_HEIGHT, THICK, THIN, sized
from experiments.summary import wilson
from experiments.words import percent

MOST_ROWS, MOST_CELLS, MOST_MAPPED = 24, 400, 3  # rows of a tornado; dots of a scatter; levers that a map can show


def first_figures(question, runs, axes, found):
    """What leads the page: a line or a map; what each lever changes, where a map would hide most of them; else how an outcome is spread."""
    if len(levels(question, runs)) > MOST_MAPPED and not question.figure.axes:
        return [tornado(found, [name for name in (axes.outcome, axes.welfare) if name])]
    return lead_figures(question, runs, axes) or [spread(runs, axes.outcome)]


def tornado(found, names):
    """What every lever changes, outcome by outcome, rows in the order of the first one. found: effects; names: of outcomes."""
    first = sorted((item for item in found if item.outcome == names[0] and item.found.runs), key=lambda item: -abs(item.found.mean))
    order = [(item.lever, item.level) for item in first[:MOST_ROWS]]
    known = {(item.outcome, item.lever, item.level): item for item in found}
    charts = []
    for name in names:
        item = outcome(name)
        rows = [_tornado_row(known[name, *place], item) for place in order]
        tips = [alt.Tooltip("name:N"), alt.Tooltip("said:N", title="change"), alt.Tooltip("runs:Q", title="pairs of runs")]
        charts.append((f"{item.label}{', points of probability' if item.is_event else ''}", dots(rows, item, tips, change=True)))
    reading = (
        "A dot is the mean change in the same futures with all other settings alike, and a bar is its 95 % interval. Grey bars include "
        "zero."
    )
    return Multiples("tornado", "What each lever changes", reading, tuple(charts))


def _tornado_row(effect, item):
    found = effect.found
    name = f"{effect.title}{LINE}{effect.base} → {effect.level}"
    colour = hue(item) if found.clear else "@muted"
    said = {"said": item.change(found), "colour": colour, "runs": found.runs}
    return {"name": name, "mean": found.mean, "low": found.low, "high": found.high, **said}


def multiples(question, runs, name):
    """An outcome along each lever alone, averaged over the others."""
    item = outcome(name)
    charts = []
    for lever in levels(question, runs):
        lying = axis(question, runs, lever)
        charts.append((lying.title, along(cells(runs, [lying], name), [lying], item)))
    reading = "Each lever alone, averaged over all settings of the others, with 95 % intervals."
    return Multiples(f"along-{name}", f"{item.label}, lever by lever", reading, tuple(charts))


def exchange(question, runs, axes):
    """A risk (or another outcome) against welfare, a dot for every setting; colours: values of the first axis if they are few."""
    if axes.welfare is None:
        return None
    lying = [axis(question, runs, name) for name in levels(question, runs)]
    if outcome(axes.outcome).role == WELFARE:
        axes = axes._replace(outcome=axes.welfare, welfare=axes.outcome)
    risk, gain = (cells(runs, lying, name) for name in (axes.outcome, axes.welfare))
    if not 2 < len(risk) <= MOST_CELLS:
        return None
    names = [each.name for each in lying]
    shade = lying[names.index(axes.x)] if axes.x in names and len(lying[names.index(axes.x)]) <= len(FIRM_COLOURS) else None
    rows = [_dot(place, found, gain[place], lying, shade, axes) for place, found in risk.items() if found.runs]
    colours = tuple((f"{shade.title} {text}", colour) for text, colour in zip(shade.labels, FIRM_COLOURS)) if shade else ()
    lead, gained = outcome(axes.outcome), outcome(axes.welfare)
    reading = "A dot is a setting, and bars are 95 % intervals. A setting further right gains more"
    reading += ", and one further down risks less." if lead.role == RISK else "."
    return Figure("exchange", f"{lead.label} beside {gained.label.lower()}", reading, _scatter(rows, lead, gained), colours)


def _dot(place, found, gain, lying, shade, axes):
    setting = ", ".join(f"{each.title} {each.labels[k]}" for each, k in zip(lying, place))
    colour = FIRM_COLOURS[place[lying.index(shade)]] if shade else "@blue"
    risk, welfare = outcome(axes.outcome), outcome(axes.welfare)
    said = {
        "risk": f"{risk.amount(found.mean)} ({risk.between(found.low, found.high)})",
        "gain": f"{welfare.amount(gain.mean)} ({welfare.between(gain.low, gain.high)})",
    }
    sides = {"y": found.mean, "low": found.low, "high": found.high, "x": gain.mean, "left": gain.low, "right": gain.high}
    return {"setting": setting, **sides, **said, "runs": found.runs, "colour": colour}


def _scatter(rows, risk, gain):
    tips = [alt.Tooltip("setting:N"), alt.Tooltip("risk:N", title=risk.label), alt.Tooltip("gain:N", title=gain.label), "runs:Q"]
    base = alt.Chart(alt.Data(values=rows)).encode(color=alt.Color("colour:N", scale=None), tooltip=tips)
    x = alt.X("x:Q", scale=alt.Scale(zero=False), axis=alt.Axis(format=gain.format), title=gain.axis)
    y = alt.Y("y:Q", scale=alt.Scale(zero=risk.is_event), axis=alt.Axis(format=risk.format), title=risk.axis)
    upright = base.mark_rule(opacity=MIDTONE, strokeWidth=THIN).encode(x=x, y=alt.Y("low:Q", title=risk.axis), y2="high:Q")
    level = base.mark_rule(opacity=MIDTONE, strokeWidth=THIN).encode(x=alt.X("left:Q", title=gain.axis), x2="right:Q", y=y)
    points = base.mark_point(filled=True, size=60, opacity=1).encode(x=x, y=y)
    return sized(alt.layer(upright, level, points), LOW_HEIGHT + 2 * FRAME)


def unknowns(question, runs, name):
    """Which sampled inputs matter: PAWN against its floor, and the outcome along each of them. [Figure or Multiples]."""
    names = [each for each in sampled_names(question) if runs[each].nunique() > 1]
    if not names:
        return []
    item, found, table = outcome(name), [], importance(question, runs, name)
    if table is not None:
        found.append(
            Figure("pawn", f"Which unknowns decide: {item.label}", _PAWN.format(points=runs["sample"].nunique()), _pawn(table, question))
        )
    charts = []
    for each in names:
        lying = axis(question, runs, each)
        charts.append((lying.title, along(cells(runs, [lying], name), [lying], item)))
    reading = (
        "Each range is cut into parts with equally many points. The line is the mean of each part, averaged over everything else, and the "
        "band is its 95 % interval."
    )
    return [*found, Multiples("unknowns", f"{item.label}, unknown by unknown", reading, tuple(charts))]


_PAWN = (
    "The PAWN index, from 0 to 1, says how far the distribution of the outcome moves when an input is held fixed. It is computed from "
    "{points} sampled points and has no interval of its own. Left of the dashed line, chance alone could explain it."
)


def _pawn(table, question):
    rows = [
        {"name": called(question, row.input), "pawn": row.pawn, "colour": "@blue" if row.matters else "@muted"}
        for row in table.itertuples(index=False)
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("name:N", sort=None, title=None))
    bars = base.mark_bar(height=10).encode(
        x=alt.X("pawn:Q", title="PAWN index", axis=alt.Axis(tickCount=5)),
        color=alt.Color("colour:N", scale=None),
        tooltip=["name:N", "pawn:Q"],
    )
    floor = (
        alt.Chart(alt.Data(values=[{}])).mark_rule(strokeDash=[6, 4], color="@vermilion").encode(x=alt.datum(float(table["floor"].iloc[0])))
    )
    return sized(alt.layer(bars, floor), FRAME + ROW_HEIGHT * max(2, len(rows)))


def spread(runs, name):
    """How an outcome is spread over the runs, where nothing was varied."""
    item = outcome(name)
    base = alt.Chart(alt.Data(values=[{"value": float(value)} for value in runs[name].dropna()]))
    bars = base.mark_bar(color=hue(item)).encode(
        x=alt.X("value:Q", bin=alt.Bin(maxbins=30), title=item.axis), y=alt.Y("count()", title="runs")
    )
    found = estimate(runs, name)
    reading = f"Mean {item.amount(found.mean)} (95 % interval {item.between(found.low, found.high)}), {found.runs:,} runs."
    return Figure("spread", item.label, reading, sized(bars, LOW_HEIGHT))


def over_time(question, runs, results, lever):
    """Fans of the stored measures and survival curves of firms, for values of a lever: [Multiples]."""
    series, values = stored_series(results), shown_values(question, runs, lever)
    measures = [name for name in question.series if name in series and name != "fails"][:MOST]
    title = called(question, lever) if lever else ""
    found = [_fan(results, name, values, title, series[name]) for name in measures]
    if "fails" in series:
        kinds = [kind for kind in KIND_NAMES if kind in ("labs", "clouds", "lenders")]
        found += [curves for kind in kinds if (curves := _survival(results, kind, values, title)) is not None]
    return found


def _fan(results, measure, values, title, kind):
    known = INDICATORS.get(measure)
    name = known.label if known else measure.replace("_", " ").capitalize()
    unit = known.unit if known else ""
    by_value = fans(results, measure, kind, values)
    top = [max(row["high"] for row in rows) for rows in by_value.values() if rows]
    low = [min(row["low"] for row in rows) for rows in by_value.values() if rows]
    span = [min(0, *low, 0), max(*top, 0)] if top else [0, 1]
    charts = tuple((f"{title}: {text}" if title else "", _one_fan(rows, unit, span)) for text, rows in by_value.items() if rows)
    counted = max((row["runs"] for rows in by_value.values() for row in rows), default=0)
    whose = "" if kind == "industry" else f" A run counts with the mean over its {KIND_NAMES.get(kind, kind).lower()}."
    reading = f"The line is the median run and the band goes from P10 to P90, over up to {counted:,} runs each.{whose}"
    return Multiples(f"fan-{measure.replace('_', '-')}", f"{name}{f', {unit}' if unit else ''}", reading, charts)


def _one_fan(rows, unit, span):
    rows = [{**row, "x": place_of(row["quarter"])} for row in rows]
    base = alt.Chart(alt.Data(values=rows)).encode(x=alt.X("x:Q", title=None, scale=alt.Scale(zero=False, nice=False), axis=_year_axis()))
    tips = [alt.Tooltip("quarter:N"), *(alt.Tooltip(f"{key}:Q", format=",.3~r") for key in ("low", "mid", "high")), alt.Tooltip("runs:Q")]
    tall = alt.Y("low:Q", title=unit or None, scale=alt.Scale(domain=span), axis=alt.Axis(tickCount=5, format=",.3~r"))
    band = base.mark_area(opacity=MIDTONE, color="@blue").encode(y=tall, y2="high:Q")
    return sized(alt.layer(band, base.mark_line(color="@blue", strokeWidth=THICK).encode(y="mid:Q", tooltip=tips)), LOW_HEIGHT)


def _year_axis():
    return alt.Axis(format="d", grid=False, tickMinStep=1, tickCount=6)


def _survival(results, kind, values, title):
    """Share of runs in which each firm has not failed so far; None if none of the kind ever fails."""
    by_value = lives(results, kind, values)
    ever = {row["agent"] for rows in by_value.values() for row in rows if row["failed"] > 0}
    if not ever:
        return None
    last = {agent: max(row["failed"] for rows in by_value.values() for row in rows if row["agent"] == agent) for agent in ever}
    firms = sorted(ever, key=lambda agent: -last[agent])[: len(FIRM_COLOURS)]
    firms.sort()
    colours = tuple(zip(firms, FIRM_COLOURS))
    floor = min(1 - row["failed"] / row["runs"] for rows in by_value.values() for row in rows if row["agent"] in firms)
    bottom = float(np.floor(floor * 4) / 4)
    charts = tuple((f"{title}: {text}" if title else "", _one_survival(rows, colours, bottom)) for text, rows in by_value.items() if rows)
    counted = max((row["runs"] for rows in by_value.values() for row in rows), default=0)
    half = wilson(counted // 2, counted)[1] - 1 / 2
    reading = (
        f"Each line is the share of {counted:,} runs in which a firm has not failed so far. Its 95 % interval is {percent(half)} either "
        "way or less."
    )
    return Multiples(f"survival-{kind}", f"{KIND_NAMES[kind]} still standing", reading, charts, colours)


def _one_survival(rows, colours, bottom):
    firms, hues = zip(*colours)
    shown = [_standing(row) for row in rows if row["agent"] in firms]
    colour = alt.Color("firm:N", scale=alt.Scale(domain=list(firms), range=list(hues)), legend=None)
    tall = alt.Y("alive:Q", title="share of runs", scale=alt.Scale(domain=[bottom, 1], nice=False), axis=alt.Axis(format="%", tickCount=5))
    tips = [alt.Tooltip("firm:N"), alt.Tooltip("quarter:N"), alt.Tooltip("said:N", title="still standing")]
    base = alt.Chart(alt.Data(values=shown)).encode(
        x=alt.X("x:Q", title=None, scale=alt.Scale(zero=False, nice=False), axis=_year_axis()), color=colour, tooltip=tips
    )
    return sized(base.mark_line(interpolate="step-after", strokeWidth=THICK).encode(y=tall), LOW_HEIGHT)


def _standing(row):
    count, runs = int(row["failed"]), int(row["runs"])
    low, high = wilson(runs - count, runs)
    said = f"{percent(1 - count / runs)} ({percent(low)} to {percent(high)})"
    return {"firm": row["agent"], "quarter": row["quarter"], "x": place_of(row["quarter"]), "alive": 1 - count / runs, "said": said}
