"""Parts of the fan of revenue: its bands, and the stored baseline as a picture of its own, as outlines behind a run, and in doubt."""

from experiments.figures.data import MIDDLE
from experiments.ui.chart_parts import MIDTONE, PALE, THICK, THIN, band, line
from experiments.words import signed_money


def bands(name, found, clock, colour, stack="fan"):
    """The bands of 80 % and of half of the worlds, with names at their ends. found: quantiles, [levels, quarters]"""
    low, quarter, _, three, high = found
    ends = [
        line(f"{name} P{level}", clock.points(values), colour, 0, label=f"P{level}", z=3, tooltip={"show": False}, silent=True)
        for level, values in ((90, high), (10, low))
    ]
    wide = band(f"{name} P10 to P90", low, high, clock, colour, PALE, f"{stack} wide")
    return [*wide, *band(f"{name} P25 to P75", quarter, three, clock, colour, MIDTONE, f"{stack} half"), *ends]


def full(stored, scale, clock, shades):
    """The stored baseline in full, while no run has begun: bands, median and what is required, each named as stored."""
    earned, needed = (values * scale.factor for values in stored)
    texts = _stored_texts(clock, *stored)
    middle = line("Stored revenue", clock.points(earned[MIDDLE], texts), shades["blue"], label="median", z=4)
    return [
        middle,
        *bands("Stored revenue", earned, clock, shades["blue"], "stored"),
        line("stored: required", clock.points(needed), shades["vermilion"], THICK, "dashed", "required", z=4),
    ]


def behind(stored, scale, clock, shades):
    """The stored baseline behind a run: where its band ends, and its median."""
    earned = stored[0] * scale.factor
    quiet = {"tooltip": {"show": False}, "silent": True}
    return [
        line(f"stored P{level}", clock.points(earned[k]), shades["behind"], THIN + THIN / 2, "dotted", z=1, **quiet)
        for k, level in ((0, 10), (MIDDLE, 50), (-1, 90))
    ]


def in_doubt(doubt, scale, clock, shades):
    """The band of luck and doubt together, from the stored baseline."""
    earned = doubt[0] * scale.factor
    return band("Luck and doubt, P10 to P90", earned[0], earned[-1], clock, shades["purple"], PALE, "doubt")


def _stored_texts(clock, earned, needed):
    return [
        f"{clock.names[k]}, stored\nRevenue a year: {signed_money(earned[MIDDLE, k])} "
        f"({signed_money(earned[0, k])} to {signed_money(earned[-1, k])})\nRequired: {signed_money(needed[k])}"
        for k in range(earned.shape[1])
    ]
