"""The data of each figure and its sentence, made once for the notebook, the report (both drawn by Altair) and the page (ECharts).

A function takes numbers over worlds and returns a Drawing; nothing here knows colours or pixels.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.clock import QUARTER, Quarter
from experiments.stories.events import listed
from experiments.words import NATURES, percent, signed_money, with_unit

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
NAMES = ("p10", "p25", "p50", "p75", "p90")  # of the quantiles in the rows of a fan
LOW, MIDDLE, HIGH = 0, 2, 4  # places of P10, P50 and P90
MOST_SAID = 3  # firms in a sentence
A_YEAR = " a year"
LAYERS = (("investors", "lenders"), ("labs",), ("clouds",), ("vendors",), ("customers", "others"))  # of the money graph
TITLES = ("Money from outside", "Labs", "Owners of compute", "Chip vendors", "Customers and others")
FAN_READING = "The line is the median world; the outer band holds 80 % of the worlds."
REVENUE_READING = (
    "The pale band holds 80 % of the worlds, the darker one half of them, and the line is the median. Where the dashed line of required "
    "revenue runs above the band, even a lucky industry does not earn what its contracts and fixed costs need."
)
SURVIVAL_READING = "A line falls where a firm fails: at 80 % it has failed in one world of five."
COMMITMENTS_READING = "Bars are take-or-pay rents still to come, by calendar year, under the contracts signed so far, in $."
MONEY_READING = (
    "A circle is a firm; a line is money in $, from payer to payee, and wider if it is more; lines in the strong colour go in a circle "
    "among firms."
)


class Drawing(NamedTuple):
    """What a figure shows: title, what is found in it, how to read it, unit of its values, and its marks as plain rows.

    agents: [(name, kind)] of the money graph, in the order that gives them their places
    """

    key: str
    title: str
    finding: str
    reading: str
    unit: str
    rows: list
    agents: tuple = ()

    @property
    def sentence(self):
        """What stands under the figure."""
        return f"{self.finding} {self.reading}".strip()

    @property
    def frame(self):
        """The rows as a pandas frame; title, sentence and unit in `attrs`."""
        table = pd.DataFrame(self.rows)
        table.attrs |= {"title": self.title, "sentence": self.sentence, "unit": self.unit}
        return table

    def __repr__(self):
        return f"<{self.title}: {self.finding or 'nothing to show'} ({len(self.rows)} rows, see .frame; .chart() draws it)>"

    def chart(self):
        """The figure as an Altair chart, for a notebook."""
        from experiments.figures.drawn import notebook_chart

        return notebook_chart(self)


def place_of(name):
    """A quarter's place on an axis of years: year and fraction."""
    quarter = Quarter.parse(str(name))
    return quarter.year + (quarter.index % (1 / QUARTER)) * QUARTER


def quantiles(values, levels=LEVELS):
    """Quantiles over worlds, worlds without a number left out, [levels, quarters]; NaN where none has one. values: [worlds, quarters]."""
    values = np.asarray(values, dtype=float)
    values = np.where(np.isfinite(values), values, np.nan)
    found = np.full((len(levels), values.shape[1]), np.nan)
    missing = np.isnan(values).sum(axis=0)
    full, some = missing == 0, (missing > 0) & (missing < len(values))
    if len(values) and full.any():
        found[:, full] = np.quantile(values[:, full], levels, axis=0)
    if some.any():  # slow: NumPy takes these one by one
        found[:, some] = np.nanquantile(values[:, some], levels, axis=0)
    return found


def fan(measure, quarters, found, required=None, whose="", first=0):
    """A measure over worlds as a fan.

    measure: an `abm.measures.catalogue.Measure`; quarters: their names; found: its quantiles, [5 levels, quarters]; required: the median
    of what it must reach, [quarters]; whose: the firm, if it is one's; first: place of the quarter from which it is measured
    """
    rows = [
        {"quarter": str(name), "x": place_of(name), **{key: _plain(found[j][k]) for j, key in enumerate(NAMES)}}
        | ({} if required is None else {"required": _plain(required[k])})
        for k, name in enumerate(quarters)
        if k >= first
    ]
    rows = [row for row in rows if row["p50"] is not None]
    title = f"{measure.label} of {whose}" if whose else measure.label
    reading = REVENUE_READING if required is not None else f"{title}: {measure.meaning}. {FAN_READING}"
    return Drawing("fan", title, _fan_finding(measure.unit, rows), reading, measure.unit, rows)


def _fan_finding(unit, rows):
    if not rows:
        return ""
    last = rows[-1]
    low, high = (with_unit(last[key], unit).removesuffix(A_YEAR) for key in ("p10", "p90"))
    middle = with_unit(last["p50"], unit)
    text = f"In {last['quarter']} the median is {middle}; eight worlds of ten lie between {low} and {high}."
    needed = last.get("required")
    return text if needed is None else f"{text} What is promised requires {with_unit(needed, unit)} then."


def survival(quarters, standing, who="Firms"):
    """Share of worlds in which each firm has not failed so far. standing: {firm: [quarters]}; the rows begin with who fails most."""
    ranked = sorted(standing, key=lambda firm: standing[firm][-1] if len(standing[firm]) else 1)
    rows = [
        {"quarter": str(name), "x": place_of(name), "firm": firm, "alive": float(standing[firm][k])}
        for firm in ranked
        for k, name in enumerate(quarters)
    ]
    failing = [firm for firm in ranked if len(standing[firm]) and standing[firm][-1] < 1]
    finding = _survival_finding(quarters, standing, failing)
    return Drawing("survival", f"{who} still standing", finding, SURVIVAL_READING, "share of worlds", rows)


def _survival_finding(quarters, standing, failing):
    if not len(quarters):
        return ""
    shares = [percent(1 - standing[firm][-1]) for firm in failing[:MOST_SAID]]
    others = [f"{firm} in {share}" for firm, share in zip(failing[1:], shares[1:])]
    said = listed([f"{failing[0]} has failed in {shares[0]} of worlds", *others]) if failing else ""
    safe = len(standing) - len(failing)
    if not failing:
        return f"By {quarters[-1]} no firm has failed in any world."
    rest = f"; {safe} of {len(standing)} firms fail in none" if safe else ""
    return f"By {quarters[-1]} {said}{rest}."


def by_calendar_year(amounts, start):
    """Amounts of quarters as sums of calendar years: (years, amounts). amounts: [quarters]; start: the first Quarter."""
    years = [(start + k).year for k in range(len(amounts))]
    found = sorted(set(years))
    return found, [float(sum(amount for year, amount in zip(years, amounts) if year == each)) for each in found]


def commitments(who, years, amounts):
    """Take-or-pay rents still to come. who: a lab, or "" for all of them; years: names or numbers; amounts: $bn in each."""
    rows = [{"year": str(year), "amount": float(amount)} for year, amount in zip(years, amounts)]
    total = sum(amounts)
    most, when = max(zip(amounts, years), default=(0, ""))
    finding = f"{who or 'No lab'} has signed {'nothing' if who else 'anything'} that is still to be paid."
    if total > 0:
        subject = f"{who} still has" if who else "All labs together still have"
        finding = f"{subject} to pay {signed_money(total)}; the most in a year is {signed_money(most)}, in {when}."
    return Drawing("commitments", f"Commitments of {who or 'all labs'}", finding, COMMITMENTS_READING, "$bn", rows if total > 0 else [])


def edges_of(graph, when):
    """Lines of the money graph as rows {payer, payee, amount, circular, what}. graph: as `summary.money_graph` gives it; when: in words."""
    return [
        {
            "payer": link["from"],
            "payee": link["to"],
            "amount": float(link["amount"]),
            "circular": link["circling"] > 0,
            "what": f"{NATURES[link['nature']].lower()}, {when}"
            + (f"; {percent(link['circling'])} of what the two pay goes in a circle" if link["circling"] > 0 else ""),
        }
        for link in graph["links"]
    ]


def money(title, edges, circling=None, agents=()):
    """Who pays, owns or owes whom.

    edges: rows {payer, payee, amount ($bn), circular, what}; circling: share of payments among firms that go in a circle, if known;
    agents: as in Drawing
    """
    finding = "There is nothing to draw."
    if edges:
        largest = max(edges, key=lambda edge: edge["amount"])
        finding = f"The widest line goes from {largest['payer']} to {largest['payee']}: {signed_money(largest['amount'])}."
        if circling is not None:
            finding += f" Of payments among firms, {percent(circling)} come back to where they started."
    return Drawing("money", title, finding, MONEY_READING, "$bn", edges, tuple(agents))


def places(agents):
    """{name: [along, layer]}: the agents of a layer of the money graph spread evenly over its length, 0 to 1. agents: [(name, kind)]."""
    rows = [[name for name, kind in agents if kind in layer] for layer in LAYERS]
    return {name: [round((k + 0.5) / len(names), 4), depth] for depth, names in enumerate(rows) for k, name in enumerate(names)}


def _plain(value):
    """A number for JSON; None for what is none."""
    return float(value) if np.isfinite(value) else None
