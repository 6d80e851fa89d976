"""Charts of one firm as ECharts options: its cone against what came, its wall of commitments, its models' income, its balance sheet."""

import numpy as np

from experiments.figures.data import COMMITMENTS_READING
from experiments.ui.chart_parts import (
    MIDTONE,
    NORMAL,
    PALE,
    SMALL,
    THICK,
    THIN,
    Clock,
    axis_tooltip,
    band,
    base,
    line,
    money_scale,
    named_at_ends,
    nothing,
    plain,
    safe,
    value_axis,
)
from experiments.ui.palette import colours
from experiments.words import signed_money

READING = {
    "balance": "Bars to the right are what the firm owns, in $. Bars to the left are what it owes and its capital, and add up to the same.",
    "cone_chart": (
        "This is what the lab believed in the quarter looked at, in $ a year. The darker band holds half of its futures and the pale one "
        "80 %. The black line is the revenue that came."
    ),
    "plans_chart": (
        "This is what the lab planned for each quarter when it ordered the compute for it, in $ a year. The line is its median and the "
        "band holds 80 % of its futures. The black line is the revenue that came."
    ),
    "wall": COMMITMENTS_READING,
    "incomes": (
        "The upper chart shows what each model cost to train and what it earned while on sale, in $. The lower chart shows the result "
        "of the company in the same quarters. Models can pay although the company does not."
    ),
}
LABEL_ROOM, ROW = 74, 26  # pixels
PLANE = 230  # pixels from the axis to the highest line


def titled(text, theme, top=0):
    """A short title at the left."""
    style = {"fontSize": NORMAL + 1, "fontWeight": 600, "color": colours(theme)["ink"]}
    return {"text": safe(text), "left": 6, "top": top, "textStyle": style}


def cone_chart(made_at, quarters, quantiles, happened, theme):
    """A forecast and what came of it: place 0 is the quarter it was made in.

    quarters: names; quantiles: {level: [quarters]} for .1, .25, .5, .75, .9; happened: revenue of the quarters that came; $bn a year
    """
    clock, shades = Clock(quarters, len(quarters)), colours(theme)
    rows = {level: np.asarray(values, dtype=float) for level, values in quantiles.items()}
    scale = money_scale(max(float(np.nanmax(values)) for values in rows.values()))
    rows, came = {level: values * scale.factor for level, values in rows.items()}, np.asarray(happened, dtype=float) * scale.factor
    texts = [_believed(clock.names[k], quantiles, happened, k) for k in range(len(quarters))]
    series = [line("Median", clock.points(rows[0.5], texts), shades["blue"], label="P50", z=4)]
    series += band("P10 to P90", rows[0.1], rows[0.9], clock, shades["blue"], PALE, "wide")
    series += band("P25 to P75", rows[0.25], rows[0.75], clock, shades["blue"], MIDTONE, "half")
    series += [
        line(f"P{round(level * 100)}", clock.points(rows[level]), shades["blue"], 0, label=f"P{round(level * 100)}") for level in (0.1, 0.9)
    ]
    series.append(line("What came", clock.points(came), shades["ink"], THICK + 1, label="came" if len(came) > 1 else None, z=6))
    option = base(theme, right=LABEL_ROOM, top=34) | {"title": titled(f"Forecast made in {made_at}", theme)}
    named = {"series": named_at_ends(series, PLANE)}
    return axis_tooltip(option | {"xAxis": clock.axis(theme), "yAxis": value_axis(theme, scale, min=0)} | named, theme)


def plans_chart(quarters, quantiles, happened, theme):
    """Plans at the quarters they were made for, and what came.

    quarters: names; quantiles: {level: [quarters]} for .1, .5, .9, NaN where nothing was planned; happened: revenue of the quarters that
    came; $bn a year
    """
    rows = {level: np.asarray(values, dtype=float) for level, values in quantiles.items()}
    if np.isnan(rows[0.5]).all():
        return nothing("It has planned nothing", theme)
    clock, shades = Clock(quarters, len(quarters)), colours(theme)
    scale = money_scale(max(float(np.nanmax(rows[0.9])), *happened))
    texts = [_planned(clock.names[k], quantiles, happened, k) for k in range(len(quarters))]
    low, middle, high = (rows[level] * scale.factor for level in (0.1, 0.5, 0.9))
    series = [
        line("Planned", clock.points(middle, texts), shades["blue"], label="P50", z=4),
        line("What came", clock.points(np.asarray(happened) * scale.factor, texts), shades["ink"], THICK + 1, z=6),
        *band("P10 to P90", low, high, clock, shades["blue"], MIDTONE, "wide"),
        *(line(name, clock.points(values), shades["blue"], 0, label=name) for name, values in (("P10", low), ("P90", high))),
    ]
    option = base(theme, right=LABEL_ROOM, top=34) | {"title": titled("Plans, at the quarters they were made for", theme)}
    named = {"series": named_at_ends(series, PLANE)}
    return axis_tooltip(option | {"xAxis": clock.axis(theme), "yAxis": value_axis(theme, scale, min=0)} | named, theme)


def _planned(name, quantiles, happened, k):
    low, middle, high = (signed_money(quantiles[level][k]) for level in (0.1, 0.5, 0.9))
    plan = "No plan is known" if np.isnan(quantiles[0.5][k]) else f"Planned {middle} a year (P10 {low}, P90 {high})"
    came = f"\nCame: {signed_money(happened[k])} a year" if k < len(happened) else ""
    return f"{name}\n{plan}{came}"


def _believed(name, quantiles, happened, k):
    low, middle, high = (signed_money(quantiles[level][k]) for level in (0.1, 0.5, 0.9))
    came = f"\nCame: {signed_money(happened[k])} a year" if k < len(happened) else ""
    return f"{name}\nBelieved: {middle} a year (P10 {low}, P90 {high}){came}"


def _category(names, theme, **more):
    shades = colours(theme)
    words = {"color": shades["muted"], "fontSize": SMALL, "hideOverlap": True}
    lines = {"lineStyle": {"color": shades["grid"], "width": THIN}}
    return {
        "type": "category",
        "data": [safe(name) for name in names],
        "axisTick": {"show": False},
        "axisLine": lines,
        "axisLabel": words,
        **more,
    }


def _bar(values, amounts, colour, position, shades, **more):
    """Bars with what they stand for written at their ends. values: as drawn; amounts: $bn."""
    words = {"position": position, "color": shades["muted"], "fontSize": SMALL}
    data = [
        {"value": plain(v), "label": {**words, "show": a > 0, "formatter": signed_money(a)}} for v, a in zip(values, amounts, strict=True)
    ]
    return {"type": "bar", "data": data, "itemStyle": {"color": colour}, "barMaxWidth": 42, "labelLayout": {"hideOverlap": True}, **more}


def wall(quarters_due, amounts, labels, theme):
    """Commitments by year. quarters_due: names of years; amounts: $bn; labels: more words for the title."""
    if not len(amounts) or max(amounts) <= 0:
        return nothing("No commitments are signed", theme)
    shades, scale = colours(theme), money_scale(max(amounts))
    bars = _bar([a * scale.factor for a in amounts], amounts, shades["vermilion"], "top", shades, name="due")
    option = base(theme, top=40) | {"title": titled(" ".join(["Commitments by year", *labels]), theme)}
    option["tooltip"] |= {"trigger": "axis", "axisPointer": {"type": "none"}, "formatter": "{b0}"}
    return option | {"xAxis": _category(quarters_due, theme), "yAxis": value_axis(theme, scale, min=0), "series": [bars]}


def incomes(models, quarters, company, theme):
    """Two income statements. models: rows {model, from, cost, profit} in $bn; quarters, company: result by quarter, $bn."""
    shades = colours(theme)
    largest = max((abs(row[key]) for row in models for key in ("cost", "profit")), default=0)
    above, below = money_scale(largest), money_scale(max(map(abs, company), default=0))
    words = {"show": False}
    bars = [
        _models(models, "cost", "cost to train", shades["edge"], above) | {"label": words},
        _models(models, "profit", "earned while on sale", shades["green"], above) | {"label": words},
    ]
    result = {
        "type": "bar", "name": "company's result", "xAxisIndex": 1, "yAxisIndex": 1, "barMaxWidth": 14,
        "data": [{"value": plain(v * below.factor), "itemStyle": {"color": shades["blue" if v >= 0 else "vermilion"]}} for v in company],
    }  # fmt: skip
    grid = {"left": 8, "right": 16, "containLabel": True}
    option = base(theme) | {"grid": [{**grid, "top": 46, "height": "34%"}, {**grid, "top": "66%", "bottom": 6}]}
    option["title"] = [titled("Model by model", theme), {**titled("The company, by quarter", theme), "top": "56%"}]
    option["legend"] = {"top": 20, "left": 2, "itemWidth": 12, "itemHeight": 10, "textStyle": {"color": shades["muted"], "fontSize": SMALL},
                        "data": ["cost to train", "earned while on sale"]}  # fmt: skip
    option["tooltip"] |= {"trigger": "axis", "axisPointer": {"type": "none"}}
    names = [f"{row['model']}, from {row['from']}" for row in models]
    option["xAxis"] = [_category(names, theme), _category(quarters, theme, gridIndex=1)]
    option["yAxis"] = [value_axis(theme, above, splitNumber=3), value_axis(theme, below, splitNumber=2, gridIndex=1)]
    return option | {"series": [*bars, result]}


def _models(models, key, name, colour, scale):
    data = [plain(row[key] * scale.factor) for row in models]
    return {"type": "bar", "name": name, "data": data, "itemStyle": {"color": colour}, "barMaxWidth": 26}


def balance(assets, liabilities, theme):
    """What is owned to the right, what stands against it to the left. assets, liabilities: {name: $bn}, both positive."""
    if not assets and not liabilities:
        return nothing("It owns and owes nothing", theme)
    shades = colours(theme)
    scale = money_scale(max([*assets.values(), *liabilities.values()]))
    names = [*assets, *liabilities]
    owned = [amount * scale.factor for amount in assets.values()]
    owed = [-amount * scale.factor for amount in liabilities.values()]
    right = _bar(
        [*owned, *([0] * len(owed))], [*assets.values(), *([0] * len(owed))], shades["blue"], "right", shades, name="owns", stack="one"
    )
    left = _bar(
        [*([0] * len(owned)), *owed],
        [*([0] * len(owned)), *liabilities.values()],
        shades["vermilion"],
        "left",
        shades,
        name="owes",
        stack="one",
    )
    option = base(theme, right=58, top=34) | {"title": titled("Owns and owes", theme)}
    option["grid"] |= {"left": 12}
    axis = value_axis(theme, scale, boundaryGap=["24%", "24%"])
    axis["axisLabel"] |= {"show": False}
    return option | {"yAxis": _category(names, theme, inverse=True, axisLabel=_outside(shades)), "xAxis": axis, "series": [right, left]}


def _outside(shades):
    return {"color": shades["ink"], "fontSize": SMALL, "width": 110, "overflow": "break", "lineHeight": NORMAL}
