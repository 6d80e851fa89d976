"""The atlas as an ECharts heat map: a cell is a setting, with the lines along which a chance reaches 10 % and 50 %."""

import numpy as np
from contourpy import contour_generator

from experiments.stories.events import said
from experiments.ui.chart_parts import NORMAL, SMALL, THICK, base, nothing, plain, safe
from experiments.ui.palette import RISK, colours, ink_on
from experiments.words import percent

READING = {
    "heat": (
        "Every cell is a setting of the experiment with its number, and a stronger colour means more. On a map of chances, lines show "
        "where 10 % and 50 % are crossed. A click opens the setting."
    )
}


def heat(x, y, z, x_label, y_label, z_label, theme, contours=(0.1, 0.5)):
    """Cells of z[y, x] over the values of two levers, as categories in their order.

    z: [len(y), len(x)], NaN where there was no run; contours: levels of a chance, empty where z is none
    """
    z = np.asarray(z, dtype=float)
    if not np.isfinite(z).any():
        return nothing("No runs at these settings", theme)
    shades, chance = colours(theme), len(contours) > 0
    low, high = (0.0, max(float(np.nanmax(z)), 1e-9)) if chance else (float(np.nanmin(z)), float(np.nanmax(z)))
    cells = [_cell(i, j, z[j, i], (z[j, i] - low) / ((high - low) or 1), chance, theme) for j in range(len(y)) for i in range(len(x))]
    option = base(theme, right=18, top=30) | {"title": _title(z_label, shades)}
    option["grid"] |= {"left": 30, "bottom": 26}
    option["tooltip"] |= {"formatter": "{b}"}
    option["xAxis"] = [_levers(x, x_label, shades, 30), _hidden(len(x))]
    option["yAxis"] = [_levers(y, y_label, shades, 46), _hidden(len(y))]
    option["visualMap"] = {
        "min": low,
        "max": high or 1,
        "show": False,
        "dimension": 2,
        "seriesIndex": 0,
        "inRange": {"color": list(RISK[theme])},
    }
    series = {"type": "heatmap", "data": cells, "itemStyle": {"borderColor": shades["card"], "borderWidth": 2}}
    return option | {"series": [series, *(part for level in contours for part in _contour(z, level, shades))]}


def _cell(i, j, value, share, chance, theme):
    text = "no run" if not np.isfinite(value) else percent(value) if chance else said(float(value))
    words = {"show": True, "formatter": text, "color": ink_on(theme, share if np.isfinite(share) else 0), "fontSize": NORMAL}
    return {"value": [i, j, plain(value)], "name": text, "label": words}


def _title(text, shades):
    return {"text": safe(text), "left": 6, "top": 0, "textStyle": {"fontSize": NORMAL + 1, "fontWeight": 600, "color": shades["ink"]}}


def _levers(values, label, shades, gap):
    words = {"color": shades["ink"], "fontSize": SMALL, "overflow": "break", "width": 96, "interval": 0}
    quiet = {"axisTick": {"show": False}, "axisLine": {"show": False}, "splitArea": {"show": False}}
    name = {"name": safe(label), "nameLocation": "middle", "nameGap": gap, "nameTextStyle": {"color": shades["muted"], "fontSize": SMALL}}
    return {"type": "category", "data": [safe(value) for value in values], "axisLabel": words, **quiet, **name}


def _hidden(count):
    """A scale of numbers on which a cell's middle is its place."""
    return {"type": "value", "min": -0.5, "max": count - 0.5, "show": False}


def _contour(z, level, shades):
    """Lines along which the level is crossed between the middles of cells; none where there is only one row or a gap in it."""
    if min(z.shape) < 2:
        return []
    found = contour_generator(z=np.ma.masked_invalid(z)).lines(level)
    words = {"show": True, "formatter": percent(level), "color": shades["ink"], "fontSize": SMALL, "fontWeight": 600}
    words |= {"backgroundColor": shades["card"], "padding": 2, "distance": 2}
    return [
        {
            "type": "line", "name": percent(level), "xAxisIndex": 1, "yAxisIndex": 1, "symbol": "none", "silent": True, "z": 5,
            "data": [[plain(a), plain(b)] for a, b in points], "lineStyle": {"color": shades["ink"], "width": THICK}, "endLabel": words,
        }
        for points in found
    ]  # fmt: skip
