"""The charts of a moving ensemble: the fan of revenue, small indicators, default probabilities.

Pure functions of arrays `[worlds, quarters]` so far that return an ECharts option, which carries the sentence of `experiments.figures`.
"""

import numpy as np

from abm.measures.catalogue import of_indicator
from experiments.figures import data
from experiments.figures.data import MIDDLE, quantiles
from experiments.ui.chart_parts import (
    LABEL_ROOM,
    MIDTONE,
    NARROW_ROOM,
    NORMAL,
    PALE,
    PERCENT,
    SMALL,
    THICK,
    THIN,
    Clock,
    axis_tooltip,
    band,
    base,
    line,
    marked,
    money_scale,
    named_at_ends,
    on_narrow,
    safe,
    scale_of,
    value_axis,
)
from experiments.ui.fan_parts import bands, behind, full, in_doubt
from experiments.ui.palette import FIRMS, colours, firm_colours
from experiments.words import percent, signed_money, with_unit

READING = {
    "fan": data.REVENUE_READING,
    "lamp": f"{data.FAN_READING} The dashed line is where trouble begins.",
    "survival": data.SURVIVAL_READING,
}
MOST_NAMED = 10  # lines with a name at their end
FAN_PLANE, SURVIVAL_PLANE = 340, 290  # pixels from the axis to the highest line
CROWDED = 4  # times the largest median beyond which an indicator's axis does not follow its P90
DEPTHS = {0.1: 2, 0.25: 5, 0.5: 10, 1: 25}  # how far an axis of survival may reach below 1, and percent from label to label


def fan(quarters, horizon, revenue, required, picked, marks, now, theme, other=None, stored=None, doubt=None):
    """Industry revenue as bands over worlds, with the required revenue dashed, and one world drawn through both.

    revenue, required: $bn a year, [worlds, quarters]; picked: row of a world or None; marks: [(quarter, label)]; now: index of the
    quarter looked at or None; other: (revenue, required, label) of a compared setting, drawn in a second hue
    stored: (quantiles of revenue [levels, quarters], median required [quarters]) of the stored baseline, in full before the run begins and
    as outlines behind it; doubt: the same in doubt, drawn as a wider band, or None
    """
    clock, shades = Clock(quarters, horizon), colours(theme)
    earned, needed = quantiles(revenue), quantiles(required)
    second = None if other is None else (quantiles(other[0]), quantiles(other[1]), other[2])
    scale = money_scale(_largest([earned, needed, *(second[:2] if second else ()), *_picked_rows(revenue, required, picked),
                                  *(stored or ()), *(doubt or ())]))  # fmt: skip
    texts = _fan_texts(clock, earned, needed, revenue, required, picked, second)
    series = [line("Revenue", clock.points(earned[MIDDLE] * scale.factor, texts), shades["blue"], label="median", z=4)]
    series += bands("Revenue", earned * scale.factor, clock, shades["blue"])
    series += _required(needed * scale.factor, clock, shades["vermilion"])
    if stored:
        series = behind(stored, scale, clock, shades) + series if earned.shape[1] else full(stored, scale, clock, shades) + series
    if doubt:
        series += in_doubt(doubt, scale, clock, shades)
    if second:
        series += _second_fan(second, scale, clock, shades)
    if picked is not None:
        earned_here, needed_here = (values * scale.factor for values in _picked_rows(revenue, required, picked))
        series.append(line("Revenue of the picked world", clock.points(earned_here), shades["ink"], label="this world", z=6))
        series.append(line("Required in the picked world", clock.points(needed_here), shades["ink"], THIN, "dashed", z=6))
    option = base(theme, right=LABEL_ROOM, top=22)
    option |= {"xAxis": clock.axis(theme), "yAxis": value_axis(theme, scale, min=0)}
    option["series"] = named_at_ends([*series, marked(clock, marks, now, theme)], FAN_PLANE)
    return on_narrow(axis_tooltip(option, theme), grid={"right": NARROW_ROOM})


def _required(found, clock, colour, label="required"):
    quiet = {"tooltip": {"show": False}, "silent": True}
    edges = [line(f"{label} P{n}", clock.points(found[k]), colour, THIN / 2, "dotted", z=2, **quiet) for k, n in ((0, 10), (-1, 90))]
    return [line(label, clock.points(found[MIDDLE]), colour, THICK, "dashed", label, z=4), *edges]


def _second_fan(second, scale, clock, shades):
    earned, needed, label = second[0] * scale.factor, second[1] * scale.factor, str(second[2])
    wide = band(f"{label} P10 to P90", earned[0], earned[-1], clock, shades["green"], PALE, "second")
    middle = line(label, clock.points(earned[MIDDLE]), shades["green"], label=label, z=4)
    return [*wide, middle, line(f"{label}: required", clock.points(needed[MIDDLE]), shades["purple"], THICK, "dashed", z=4)]


def _fan_texts(clock, earned, needed, revenue, required, picked, second):
    texts = []
    for k in range(earned.shape[1]):
        low, middle, high = (signed_money(value) for value in np.nan_to_num(earned[[0, MIDDLE, -1], k]))
        lines = [
            clock.names[k],
            f"Revenue a year: {middle} ({low} to {high})",
            f"Required: {signed_money(np.nan_to_num(needed[MIDDLE, k]))}",
        ]
        if picked is not None:
            here = [signed_money(np.nan_to_num(values[picked, k])) for values in (revenue, required)]
            lines.append(f"This world: {here[0]}, required {here[1]}")
        if second and k < second[0].shape[1]:
            there = [signed_money(np.nan_to_num(values[MIDDLE, k])) for values in second[:2]]
            lines.append(f"{second[2]}: {there[0]}, required {there[1]}")
        texts.append("\n".join(lines))
    return texts


def _picked_rows(revenue, required, picked):
    return [] if picked is None else [np.asarray(values, dtype=float)[picked] for values in (revenue, required)]


def _largest(arrays):
    return max((float(np.nanmax(a)) for a in arrays if a.size and not np.isnan(a).all()), default=0.0)


def lamp(quarters, horizon, values, unit, label, picked, marks, now, theme, other=None, reference=None):
    """One indicator as a small fan under its name and its figures of the quarter looked at.

    values: [worlds, quarters]; unit: as in `INDICATORS`; reference: a level to compare with, or None; other: (values, label)
    """
    clock, shades = Clock(quarters, horizon), colours(theme)
    found = quantiles(values, (0.1, 0.5, 0.9))
    second = None if other is None else quantiles(other[0], (0.1, 0.5, 0.9))
    scale = scale_of(unit, _largest([found]))
    texts = [f"{clock.names[k]}\n{_figures(found[:, k], unit)}" for k in range(found.shape[1])]
    series = [line(label, clock.points(found[1] * scale.factor, texts), shades["blue"], z=4)]
    series += band(f"{label} P10 to P90", found[0] * scale.factor, found[2] * scale.factor, clock, shades["blue"], MIDTONE, "lamp")
    if second is not None:
        series.append(line(str(other[1]), clock.points(second[1] * scale.factor), shades["green"], z=4))
        series += band(f"{other[1]} P10 to P90", second[0] * scale.factor, second[2] * scale.factor, clock, shades["green"], PALE, "other")
    if picked is not None:
        series.append(line("this world", clock.points(np.asarray(values, dtype=float)[picked] * scale.factor), shades["ink"], THIN, z=6))
    if reference is not None:
        level = line(
            "reference", [[0, plainly(reference, scale)], [len(clock.places) - 1, plainly(reference, scale)]], shades["vermilion"], THIN
        )
        series.append({**level, "lineStyle": {**level["lineStyle"], "type": "dashed"}, "tooltip": {"show": False}, "silent": True})
    option = base(theme, right=12, top=48)
    option["title"] = _lamp_title(label, found, second, other, unit, now, shades)
    limit = _ceiling(found, reference, scale)
    axis = value_axis(theme, scale, splitNumber=3, **({} if limit is None else {"max": limit}))
    return axis_tooltip(option | {"xAxis": clock.axis(theme), "yAxis": axis, "series": [*series, marked(clock, marks, now, theme)]}, theme)


def plainly(value, scale):
    """A level as it stands on an axis."""
    return float(value) * scale.factor


def _figures(column, unit):
    low, middle, high = (with_unit(value, unit) for value in column)
    return f"{middle} (P10 {low}, P90 {high})"


def _lamp_title(label, found, second, other, unit, now, shades):
    last = found.shape[1] - 1
    at = last if now is None else min(int(now), last)
    words = _figures(found[:, at], unit) if last >= 0 else "not yet measured"
    if second is not None and 0 <= at < second.shape[1]:
        words += f"; {safe(other[1])}: {with_unit(second[1, at], unit)}"
    return {
        "text": safe(label),
        "subtext": words,
        "left": 6,
        "top": 0,
        "itemGap": 2,
        "textStyle": {"fontSize": NORMAL + 1, "lineHeight": 20, "fontWeight": 600, "color": shades["ink"]},
        "subtextStyle": {"fontSize": SMALL, "lineHeight": 16, "color": shades["muted"]},
    }


def _ceiling(found, reference, scale):
    """Where the axis must end because a few worlds lie far above all others (a ratio without anything due is 99); else None."""
    middle = max(_largest([found[1]]), reference or 0)
    if middle <= 0 or _largest([found[2]]) <= CROWDED * middle:
        return None
    return float(f"{2 * middle * scale.factor:.1g}")


def survival(quarters, horizon, failed, marks, now, theme, other=None):
    """Share of worlds in which a firm has not failed so far, of every firm that ever fails; the ten likeliest to fail have names.

    failed: {firm: whether it has failed by then, [worlds, quarters]}; other: ({firm: ...}, label) of a compared setting, dotted
    """
    clock, shades = Clock(quarters, horizon), colours(theme)
    shares = {firm: np.asarray(values, dtype=float).mean(axis=0) for firm, values in failed.items()}
    ranked = sorted((firm for firm in shares if shares[firm].size and shares[firm][-1] > 0), key=lambda firm: -shares[firm][-1])
    hues = dict(zip(ranked, [*firm_colours(theme, min(len(ranked), len(FIRMS))), *[shades["edge"]] * len(ranked)]))
    texts = _failure_texts(clock, shares, ranked)
    ground = line("any", clock.points(np.full(len(texts), PERCENT), texts), "transparent", 0, z=0)
    series = [ground, *(_fate(firm, shares[firm], clock, hues[firm], firm in ranked[:MOST_NAMED]) for firm in ranked)]
    then = {} if other is None else {firm: np.asarray(other[0][firm], dtype=float).mean(axis=0) for firm in ranked if firm in other[0]}
    series += [_fate(f"{firm}, {other[1]}", share, clock, hues[firm], False, "dotted") for firm, share in then.items()]
    top = _largest([*(shares[firm] for firm in ranked), *then.values()])
    depth = next(depth for depth in DEPTHS if top <= depth)
    bottom = PERCENT - depth * PERCENT
    axis = value_axis(theme, scale_of("share"), min=bottom, max=PERCENT, interval=DEPTHS[depth])
    option = base(theme, right=130, top=26)
    option["title"] = _survival_title(shares, ranked, shades)
    option |= {"xAxis": clock.axis(theme), "yAxis": axis}
    option["series"] = named_at_ends([*series, marked(clock, marks, now, theme)], SURVIVAL_PLANE, bottom, down=True)
    return on_narrow(axis_tooltip(option, theme), grid={"right": LABEL_ROOM})


def fan_sentence(quarters, revenue, required, now=None):
    """What stands under the fan: of the quarter looked at, or the last one. revenue, required: as for `fan`."""
    at = _looked_at(np.shape(revenue)[1], now)
    needed = quantiles(required[:, at])[MIDDLE]
    return data.fan(of_indicator("revenue_total"), quarters[at], quantiles(revenue[:, at]), needed).sentence


def lamp_sentence(name, quarters, values, now=None, reference=None):
    """What stands under an indicator: of the quarter looked at, or the last one."""
    at = _looked_at(np.shape(values)[1], now)
    sentence = data.fan(of_indicator(name), quarters[at], quantiles(values[:, at])).sentence
    return sentence if reference is None else f"{sentence} The dashed line is where trouble begins."


def survival_sentence(quarters, failed, now=None):
    """What stands under the lines of survival: of the quarter looked at, or the last one. failed: as for `survival`."""
    at = _looked_at(min((np.shape(values)[1] for values in failed.values()), default=0), now)
    standing = {firm: 1 - np.asarray(values, dtype=float)[:, at].mean(axis=0) for firm, values in failed.items()}
    return data.survival(quarters[at], standing).sentence


def _looked_at(length, now):
    """The quarter looked at as a slice of one place, of none before the first quarter."""
    at = length - 1 if now is None else min(int(now), length - 1)
    return slice(max(0, at), at + 1)


def _fate(firm, share, clock, colour, named, dash=None):
    label = f"{firm} {_standing(share[-1])}" if named else None
    return line(firm, clock.points((1 - share) * PERCENT), colour, THICK if named else THIN, dash, label, step="end")


def _standing(failed):
    """What is left of all worlds, so that the two percentages in words add up to a hundred."""
    said = percent(failed)
    opposite = {"<": ">99 %", ">": "<1 %"}
    return opposite.get(said[0]) or f"{PERCENT - int(said.split()[0])} %"


def _failure_texts(clock, shares, ranked):
    length = max((share.size for share in shares.values()), default=0)
    failing = [[f"{firm}: failed in {percent(shares[firm][k])}" for firm in ranked if shares[firm][k] > 0] for k in range(length)]
    return ["\n".join([clock.names[k], *(lines[:MOST_NAMED] or ["no firm has failed in any world"])]) for k, lines in enumerate(failing)]


def _survival_title(shares, ranked, shades):
    standing = len(shares) - len(ranked)
    words = f"{standing} of {len(shares)} firms have failed in no world so far" if standing else ""
    return {"text": words, "left": 6, "top": 0, "textStyle": {"fontSize": SMALL, "fontWeight": 400, "color": shades["muted"]}}
