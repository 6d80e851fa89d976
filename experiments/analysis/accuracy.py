"""Is profit forecast accuracy? Every lab and quarter of a sweep against the identity of model.md 5.9.

A lab bought compute for the revenue that it forecast a lag ago. With demand x times that forecast, rent due k times it and opex a share
o of revenue, it earns (1 - o) min(x, X) - k per dollar of forecast, where X says how far training makes room: until the last GWe is worth
as much there as it earns in service.
That is exact for compute of one vintage, bought for one forecast at one price. In a run vintages, prices and forecasts mix, orders are
cut by what clouds accept and chips allow, and the difference is what the identity leaves open.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm import limits
from abm.clock import QUARTERS_PER_YEAR
from abm.compute.prices import FleetParameters
from abm.errors import BadInput
from abm.parameters import Group, parameter
from abm.services.parameters import ServicesParameters
from experiments.words import percent

MEASURES = ("forecast", "revenue", "demand", "opex", "rent_due", "alive")
RUN = ["point", "seed", "agent"]
RESAMPLES, TAIL = 200, 0.025  # of futures, for intervals; on each side of one


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

    lag: by default the planning horizon, build lag + 2 quarters; stretch: X, by default of the declared training share at the median cost.
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
    stretch = _stretch(wide[there]) if stretch is None else stretch
    return Found(_ratios(wide[there], stretch).reset_index(), float(stretch), int(lag))


def _stretch(wide):
    """How far training makes room for service: (1 - least training share) / (1 - planned one), at the median rent and opex.

    Of what compute for the forecast costs, the part 1 - planned serves: that over what it earns after opex is least over planned.
    """
    planned = ServicesParameters.declared()["training_share"].value
    cost = np.nanmedian(wide["rent_due"] / wide["forecast"]) * (1 - planned)
    kept = np.nanmedian(1 - QUARTERS_PER_YEAR * wide["opex"] / wide["revenue"])
    return limits.stretch(planned, limits.least_training(planned, cost, kept))


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
    table = within_reach(found)
    below = table[table["x"] < found.stretch]
    if len(below) < 2:
        raise BadInput("no lab lived long enough to see what it had forecast; run more quarters")
    beyond = 1 - len(table) / len(found.table)
    explained, slope, right = _judged(table, found.stretch, np.ones(len(table)))
    return Verdict(len(table), beyond, explained, slope, float(1 - below["o"].mean()), right)


def _judged(table, stretch, weight):
    """Explained part of the variance, slope, and how often profit is told from loss, of weighted lab-quarters."""
    off, varied = (_variance(values.to_numpy(), weight) for values in (table["profit"] - table["identity"], table["profit"]))
    below = (table["x"] < stretch).to_numpy() & (weight > 0)
    earned = (table["profit"] + table["k"]).to_numpy()
    slope = np.polyfit(table["x"].to_numpy()[below], earned[below], 1, w=np.sqrt(weight[below]))[0]
    right = np.average((table["profit"] > 0) == (table["identity"] > 0), weights=weight)
    return float(1 - off / varied), float(slope), float(right)


def _variance(values, weight):
    return np.average((values - np.average(values, weights=weight)) ** 2, weights=weight)


def intervals(found, resamples=RESAMPLES, seed=0):
    """{"explained", "slope", "right": (low, high)}: 95 % intervals by drawing futures anew, because quarters of one share their luck."""
    table = within_reach(found)
    _, future = np.unique(table["seed"], return_inverse=True)
    count, rng = future.max() + 1, np.random.default_rng(seed)
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
    again = np.array([_judged(table, found.stretch, times[future].astype(float)) for times in drawn])
    low, high = np.quantile(again, (TAIL, 1 - TAIL), axis=0)
    return {name: (float(low[k]), float(high[k])) for k, name in enumerate(("explained", "slope", "right"))}


def reach():
    """Demand over forecast up to which lab-quarters are judged."""
    return AccuracyParameters().reach.item()


def within_reach(found):
    """Lab-quarters that are judged."""
    return found.table[found.table["x"] <= reach()]


def in_words(found):
    """The verdict as lines of text."""
    said = verdict(found)
    break_even = (found.table["k"] / (1 - found.table["o"])).median()
    return "\n".join(
        [
            f"{said.quarters:,} cases are compared with the forecast of {found.lag} quarters before; a case is one lab in one quarter.",
            f"The accounting identity explains {percent(said.explained)} of the variance of profit, and it tells profit from loss in "
            f"{percent(said.right)} of cases.",
            f"A dollar of demand beyond the forecast adds ${said.slope:.2f} of profit. The identity says ${said.expected_slope:.2f}, "
            "which is what "
            "operating costs leave.",
            f"The median case breaks even if demand is {break_even:.2f} times its forecast.",
            f"{percent(said.beyond)} of cases are left out, because demand was more than {reach():g} times the forecast and their "
            "compute was "
            "bought later.",
        ]
    )


def binned(found):
    """By demand over forecast, a table for a figure: x, quantiles of profit before rent over forecast (low, middle, high), count."""
    p, table = AccuracyParameters(), within_reach(found)
    width = p.reach.item() / p.bins
    groups = table.assign(earned=table["profit"] + table["k"]).groupby(np.minimum(table["x"] // width, p.bins - 1))
    rows = groups["earned"].quantile([0.1, 0.5, 0.9]).unstack().set_axis(["low", "middle", "high"], axis=1)
    middle = (rows.index.to_numpy() + 1 / 2) * width
    return rows.assign(count=groups.size(), x=middle).reset_index(drop=True)
