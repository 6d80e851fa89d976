"""All firms at a glance: a row each, of all futures at the quarter looked at.

Medians are of the futures in which the firm is in business then. Odds have a 95 % interval.
"""

import numpy as np

from experiments.summary import wilson
from experiments.ui.chart_parts import plain
from experiments.ui.firm_numbers import NONE_DUE
from experiments.ui.pictures import ONE_OF
from experiments.ui.worker_pool import FAILING
from experiments.words import PERCENT, percent, signed_money

WIDE, HIGH = 100, 24  # of the plane of a small picture
HEADS = (
    ("name", "Firm", "Its name; a click opens it"),
    ("kind", "Kind", "What it is"),
    ("odds", "Has failed in", "Share of futures in which it has failed by this quarter, with its 95 % interval"),
    ("cover", "Cover", "Labs: what the forecast's P10 leaves after costs over the rents due then. Owners: cash flow over debt service"),
    ("runway", "Runway", "Quarters until a lab's cash is gone at its present burn; none where a parent pays"),
    ("promised", "Promised", "Years of its own forecast revenue (P50) that a lab has promised in rents"),
)
SPARKS = "Revenue a year, P10 to P90"


def caption(quarter, futures):
    """What the table shows."""
    return (
        f"{quarter}, {futures} futures. Medians are of those in which the firm is in business. Sort by a heading; open a firm by its name."
    )


def heads():
    """The headings as the page wants them."""
    return [{"key": key, "label": label, "meaning": meaning} for key, label, meaning in HEADS]


def rows(side, at):
    """A row a firm as plain values. side: a `live_ensemble.Seen`; at: place of the quarter looked at."""
    failed = side.failed()
    firms = [(kind, row, name) for kind in FAILING for row, name in enumerate(side.opening.names[kind])]
    revenue = {kind: side.of_firms(kind, "revenue") for kind in ("labs", "clouds")}
    top = {kind: float(np.nanmax(values)) if np.isfinite(values).any() else 1.0 for kind, values in revenue.items()}
    return [_row(side, kind, row, name, failed[name][:, at], at, top) for kind, row, name in firms]


def _row(side, kind, row, name, fallen, at, top):
    odds, (low, high) = float(fallen.mean()), wilson(int(fallen.sum()), len(fallen))
    found = {key: _median(side, kind, row, key, at) for key in ("cover", "runway", "promised", "revenue")}
    said = {
        "odds": f"{percent(odds)} ({PERCENT * low:.0f} to {PERCENT * high:.0f})",
        "cover": _said(found["cover"], "{:.1f}×", "nothing due"),
        "runway": _said(found["runway"], "{:.0f} quarters", "burns none"),
        "promised": _said(found["promised"], "{:.1f} years", ""),
        "revenue": "–" if found["revenue"] is None else signed_money(found["revenue"]),
    }
    band, middle = _spark(side, kind, row, at, top[kind]) if found["revenue"] is not None else ("", "")
    about = {"name": name, "kind": ONE_OF[kind], "odds": odds, "low": low, "high": high, "band": band, "middle": middle}
    return {**about, **found, "said": said}


def _median(side, kind, row, key, at):
    """Of the futures in which it is in business; None where it is in none, or has no such number."""
    values = side.of_firms(kind, key)
    if values is None:
        return None
    here = values[:, at, row]
    here = here[np.isfinite(here)]
    return plain(np.median(here)) if here.size else None


def _said(value, form, most):
    if value is None:
        return "–"
    return most if most and value >= NONE_DUE else form.format(value)


def _spark(side, kind, row, at, top):
    """Paths of the band of revenue and of its median up to the quarter; one scale for firms of a kind, as square roots so that small
    firms are seen."""
    values = side.of_firms(kind, "revenue")[:, : at + 1, row]
    there = np.isfinite(values).any(axis=0)
    levels = np.nanquantile(values[:, there], (0.1, 0.5, 0.9), axis=0)
    across = WIDE * np.flatnonzero(there) / max(1, side.inputs.quarters - 1)
    low, middle, high = ([(x, y) for x, y in zip(across, HIGH * (1 - np.sqrt(level / top)), strict=True)] for level in levels)
    return f"M{_path(high)}L{_path(low[::-1])}Z", f"M{_path(middle)}"


def _path(points):
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
