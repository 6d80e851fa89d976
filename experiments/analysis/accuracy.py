"""Is profit forecast accuracy? Every lab and quarter of a sweep against the identity of model.md 5.9.

A lab bought compute for the revenue that it forecast a lag ago. With demand x times that forecast, rent due k times it and opex a share
o of revenue, it earns (1 - o) min(x, X) - k per dollar of forecast, where X says how far training can make room.
That is exact for compute of one vintage, bought for one forecast at one price. In a run vintages, prices and forecasts mix, orders are
cut by what clouds accept and chips allow, and the difference is what the identity leaves open.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm import limits
from abm.clock import QUARTERS_PER_YEAR
from abm.errors import BadInput
from abm.fleet import FleetParameters
from abm.markets.services import ServicesParameters
from abm.parameters import Group, parameter

MEASURES = ("forecast", "revenue", "demand", "opex", "rent_due", "alive")
RUN = ["point", "seed", "agent"]
FIGURES = (".html", ".png", ".svg")


class AccuracyParameters(Group, name="accuracy"):
    """How lab-quarters are looked at."""

    least = parameter(0.1, unit="$bn/year", low=0, high=100, source="assumption", meaning="forecasts below are of labs hardly there")
    bins = parameter(20, unit="count", low=2, high=200, structural=True, source="assumption", meaning="bins of the figure")
    reach = parameter(2.5, unit="1", low=1, high=10, source="assumption", meaning="demand over forecast up to which quarters are judged")


class Found(NamedTuple):
    """What the identity says and what happened, one row a lab-quarter.

    table: point, seed, agent, quarter, x (demand over forecast), k (rent over forecast), o (opex over revenue), profit and identity (both
    over the forecast); stretch: X; lag: quarters between forecast and outcome
    """

    table: pd.DataFrame
    stretch: float
    lag: int


def matched(series, lag=None, stretch=None):
    """Each lab's outcome beside the forecast it made so many quarters before; series: as `engine.store.load(folder, "series")` gives it.

    lag: by default the planning horizon, build lag + 2 quarters; stretch: X, by default of the declared training shares.
    Raises BadInput if the sweep did not keep what is needed.
    """
    missing = sorted(set(MEASURES) - set(series["measure"].unique()))
    if missing:
        raise BadInput(f"the sweep did not keep {', '.join(missing)}; name it under `series` in the question")
    lag = FleetParameters.declared()["build_lag"].value + 2 if lag is None else lag
    kept = series[(series["kind"] == "labs") & series["measure"].isin(MEASURES)]
    wide = kept.pivot(index=[*RUN, "quarter"], columns="measure", values="value").sort_index()
    wide["forecast"] = wide.groupby(level=RUN, observed=True)["forecast"].shift(lag)
    least = AccuracyParameters().least.item()
    there = (wide["alive"] > 0) & (wide["forecast"] >= least) & (wide["revenue"] > 0) & (wide["rent_due"] > 0)
    stretch = _stretch() if stretch is None else stretch
    return Found(_ratios(wide[there], stretch).reset_index(), float(stretch), int(lag))


def _stretch():
    """How far training can make room for service: (1 - least training share) / (1 - usual one)."""
    shares = ServicesParameters.declared()
    return (1 - shares["minimum_training_share"].value) / (1 - shares["training_share"].value)


def _ratios(wide, stretch):
    """Everything over the forecast. wide: columns in $bn a year, but opex in $bn a quarter."""
    expected, revenue, opex = wide["forecast"], wide["revenue"], QUARTERS_PER_YEAR * wide["opex"]
    x, k, o = wide["demand"] / expected, wide["rent_due"] / expected, opex / revenue
    profit = (revenue - opex - wide["rent_due"]) / expected
    identity = limits.forecast_profit(x.to_numpy(), k.to_numpy(), stretch=stretch, opex_ratio=o.to_numpy())
    return pd.DataFrame({"x": x, "k": k, "o": o, "profit": profit, "identity": identity})


class Verdict(NamedTuple):
    """How far the identity goes, in lab-quarters whose demand was not beyond reach of the forecast.

    quarters: how many; beyond: part of all that is out of reach; explained: part of the variance of profit; slope: of profit plus rent on
    x below X, which should be 1 - o; right: how often it tells profit from loss
    """

    quarters: int
    beyond: float
    explained: float
    slope: float
    expected_slope: float
    right: float


def verdict(found):
    """A Verdict. Raises BadInput if no lab-quarter is there to be judged."""
    table = _within_reach(found)
    below = table[table["x"] < found.stretch]
    if len(below) < 2:
        raise BadInput("no lab lived long enough to see what it had forecast; run more quarters")
    off, varied = (table["profit"] - table["identity"]).var(), table["profit"].var()
    slope = np.polyfit(below["x"], below["profit"] + below["k"], 1)[0]
    right = (table["profit"] > 0) == (table["identity"] > 0)
    beyond = 1 - len(table) / len(found.table)
    return Verdict(len(table), beyond, float(1 - off / varied), float(slope), float(1 - below["o"].mean()), float(right.mean()))


def _within_reach(found):
    return found.table[found.table["x"] <= AccuracyParameters().reach.item()]


def in_words(found):
    """The verdict as lines of text."""
    said, reach = verdict(found), AccuracyParameters().reach.item()
    break_even = (found.table["k"] / (1 - found.table["o"])).median()
    return "\n".join(
        [
            f"{said.quarters:,} lab-quarters, each beside the lab's forecast of {found.lag} quarters before",
            f"the identity explains {said.explained:.0%} of the variance of profit, and tells profit from loss in {said.right:.0%} of them",
            f"a dollar of demand more is worth {said.slope:.2f}; the identity says {said.expected_slope:.2f}, what opex leaves",
            f"the median lab-quarter breaks even at {break_even:.2f} times its forecast",
            f"left out are {said.beyond:.0%} with more than {reach:g} times the demand that was forecast: their compute was bought later",
        ]
    )


def binned(found):
    """By demand over forecast, a table for a figure: quantiles of profit over forecast, and the median of what the identity says."""
    p, table = AccuracyParameters(), _within_reach(found)
    width = p.reach.item() / p.bins
    groups = table.groupby(np.minimum(table["x"] // width, p.bins - 1))
    rows = groups["profit"].quantile([0.1, 0.5, 0.9]).unstack().set_axis(["low", "middle", "high"], axis=1)
    middle = (rows.index.to_numpy() + 1 / 2) * width
    return rows.assign(identity=groups["identity"].median(), count=groups.size(), x=middle).reset_index(drop=True)


def chart(found):
    """The figure: what labs earned (median, P10 to P90) and the identity's line, by demand over forecast; an Altair chart."""
    import altair as alt

    base = alt.Chart(binned(found)).encode(x=alt.X("x", title="demand over forecast, x"))
    band = base.mark_area(opacity=0.3).encode(y=alt.Y("low", title="profit over forecast, a year"), y2="high")
    return band + base.mark_line(point=True).encode(y="middle") + base.mark_line(strokeDash=[4, 4], color="black").encode(y="identity")


def answer(results, figure=None):
    """How far profit is forecast accuracy in the stored series of a sweep, as text; figure: a path to draw it to, by its ending."""
    from experiments.engine.store import load

    if figure is not None and figure.suffix not in FIGURES:
        raise BadInput(f"--figure {figure}: ends in {figure.suffix!r}; allowed: {', '.join(FIGURES)}")
    found = matched(load(results, "series"))
    said = in_words(found)
    if figure is not None:
        chart(found).save(str(figure), inline=figure.suffix == ".html")  # needs no network
    return said
