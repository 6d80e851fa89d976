"""Every kind's forecasts against what came: how many outcomes fell below their P10, P50 and P90, and the sum of all plans.

A forecast is asked of everybody at the end of every quarter, scored `indicator.forecast_horizon` quarters later, and counted in the year
in which it was made. One whose time holds a stall or a breakthrough is counted apart. A lab that dies comes out at nothing.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.beliefs import views
from abm.beliefs.scores import pit
from abm.engine.scales import NO_MONEY
from abm.errors import BadInput
from abm.finance.funding import eligible
from abm.finance.valuations import values_ahead
from abm.measures.business import ratio
from abm.measures.indicator import IndicatorParameters
from abm.model import Industry, release
from experiments.analysis.futures import done, opening_of, parts
from experiments.summary import by_year, wilson

LEVELS = {"below_p10": 0.1, "below_p50": 0.5, "below_p90": 0.9}
RIGHT = {"below_p10": (0.07, 0.14), "below_p50": (0.40, 0.60), "below_p90": (0.86, 0.93)}  # shares that a right cone may show
KINDS = ("labs", "clouds", "market", "investors", "values")
TIMES = ("calm", "stall", "breakthrough")  # what happened between forecast and outcome
PLANS, ALL = "plans_over_outcome", "all"
COLUMNS = ("kind", "time", "year", "measure", "value", "low", "high", "count")


class Seen(NamedTuple):
    """What came of some futures; quarters of issue first where there are any.

    scored: forecasts by kind, and below: of them the outcomes below every level, {kind: [issues, worlds]} and [levels, issues, worlds];
    time: place in TIMES, [issues, worlds]; planned: sum of the plans for a quarter, NaN where none is known, and revenue, $bn a year,
    [quarters, worlds]
    """

    scored: dict
    below: dict
    time: np.ndarray
    planned: np.ndarray
    revenue: np.ndarray


class Open:
    """Forecasts of one quarter, until their outcome is known."""

    def __init__(self, industry, quarters):
        """quarters: until they are scored."""
        alive = industry.labs.alive[..., None] > 0
        tenants, buyers = industry.weights > 0, np.swapaxes(eligible(industry), 1, 2)
        self.asked = {
            "labs": (views.of_labs(industry, quarters), alive[..., 0]),
            "clouds": (views.of_owners(industry, quarters), alive & tenants),
            "market": (views.of_market(industry, quarters), alive[..., 0]),
            "investors": (views.of_investors(industry, quarters), alive & buyers),
            "values": (values_ahead(industry, quarters), alive & buyers),
        }
        self.died = np.zeros_like(industry.labs.revenue, dtype=bool)
        self.time = np.zeros(industry.worlds, dtype=int)

    def pass_quarter(self, industry):
        """Remember who died and what happened in the quarter that ends."""
        self.died |= industry.news.labs > 0
        stalled = industry.technology.stalled | industry.stall_known()
        happened = np.where(industry.technology.breakthrough_begins, 2, np.where(stalled, 1, 0))  # places in TIMES
        self.time = np.maximum(self.time, happened[:, 0])

    def score(self, revenue, value):
        """{kind: (forecasts, [worlds]; outcomes below every level, [levels, worlds])}, of what came.

        revenue, value: of labs, $bn a year and $bn, [worlds, labs]
        """
        came, worth = (np.where(self.died, 0, each) for each in (revenue, value))
        outcomes = {**dict.fromkeys(self.asked, came), "values": worth}
        return {
            kind: tally(view, counted, outcomes[kind] if counted.ndim == 2 else outcomes[kind][..., None])
            for kind, (view, counted) in self.asked.items()
        }


def tally(view, counted, outcome):
    """Forecasts that were made, [worlds], and outcomes below each of LEVELS, [levels, worlds].

    view: Cone; counted: bool, which of its forecasts count, and outcome: $bn a year, both [worlds, ...]. Who earns nothing has no
    forecast
    """
    with np.errstate(over="ignore"):  # next to nothing may grow by any factor
        transforms = np.where(counted & (view.base > NO_MONEY), pit(view, outcome), np.nan).reshape(len(counted), -1)
    return (~np.isnan(transforms)).sum(axis=1), np.stack([(transforms < level).sum(axis=1) for level in LEVELS.values()])


def ask(inputs):
    """The inputs, checked. Raises BadInput for a run that ends before a forecast comes true."""
    inputs = inputs.checked()
    least = horizon(inputs.opening().parameters) + 1
    if inputs.quarters < least:
        raise BadInput(f"--quarters = {inputs.quarters} is not allowed; {least} or more, to see what came of a forecast")
    return inputs


def horizon(parameters):
    """Quarters after which a forecast is scored. parameters: of an opening, {name: value}"""
    return int(parameters.get("indicator.forecast_horizon", IndicatorParameters.declared()["forecast_horizon"].value))


def run(task):
    """Some futures watched from quarter to quarter. task: (inputs, world ids). Returns Seen."""
    inputs, ids = task
    model = Industry(opening_of(inputs), world_ids=ids, rng=inputs.seed, shocks=inputs.read_shocks(), panel=False)
    quarters = int(model.indicator_parameters.forecast_horizon)
    waiting, scores, times = [], [], []
    planned, revenue = [np.full(len(ids), np.nan)] * views.planning_horizon(model), []
    for _ in range(inputs.quarters):
        model.step()
        for each in waiting:
            each.pass_quarter(model)
        if len(waiting) == quarters:
            oldest = waiting.pop(0)
            scores.append(oldest.score(model.labs.revenue, model.cap.value(model.rows["labs"])))
            times.append(oldest.time)
        waiting.append(Open(model, quarters))
        planned.append(model.labs.forecast_mid.sum(axis=1))
        revenue.append(model.labs.revenue.sum(axis=1))
    release(model)
    scored = {kind: np.stack([score[kind][0] for score in scores]) for kind in KINDS}
    below = {kind: np.stack([score[kind][1] for score in scores], axis=1) for kind in KINDS}
    return Seen(scored, below, np.stack(times), np.stack(planned[: inputs.quarters]), np.stack(revenue))


def watched(inputs, workers=0, progress=None):
    """All futures: Seen. progress: called with the number of futures done."""
    found = []
    for seen in done(run, [(inputs, ids) for ids in parts(inputs.worlds)], workers):
        found.append(seen)
        if progress:
            progress(sum(each.time.shape[1] for each in found))
    scored, below = ({kind: np.concatenate([getattr(seen, name)[kind] for seen in found], axis=-1) for kind in KINDS}
                     for name in ("scored", "below"))  # fmt: skip
    return Seen(scored, below, *(np.concatenate([getattr(seen, name) for seen in found], axis=-1) for name in Seen._fields[2:]))


def shares(seen, start):
    """Tidy table of COLUMNS: of every kind, time and year of issue, and of all years, the share of outcomes below P10, P50 and P90.

    low, high: 95 % interval over futures, because forecasts of one future share its luck; count: forecasts; start: the first Quarter
    """
    years = np.array([(start + age).year for age in range(len(seen.time))])
    spans = [(ALL, years > 0), *((year, years == year) for year in np.unique(years).tolist())]
    rows = [
        (kind, time, year, measure, *row)
        for kind in KINDS
        for place, time in enumerate(TIMES)
        for year, within in spans
        for measure, row in _share(seen, kind, (seen.time == place) & within[:, None])
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _share(seen, kind, there):
    """(measure, (share, low, high, count)) of the forecasts that are there, bool, [issues, worlds]; none if there are none."""
    scored = (seen.scored[kind] * there).sum(axis=0)
    if scored.any():
        for measure, below in zip(LEVELS, (seen.below[kind] * there).sum(axis=1), strict=True):
            yield measure, share_of(below, scored)


def share_of(below, scored):
    """(share, low, high, count): a share of clusters with its 95 % interval. below, scored: by future, [worlds]

    The interval is Wilson's for as many independent forecasts as would vary like the futures do; where they do not vary, all fell below
    or none, or there is only one of them, a future counts as one.
    """
    total, futures = scored.sum(), np.count_nonzero(scored)
    share = below.sum() / total
    variance = ((below - share * scored) ** 2).sum() / total**2 * futures / max(1, futures - 1)
    varied = futures > 1 and 0 < share < 1
    independent = share * (1 - share) / max(variance, share * (1 - share) / total) if varied else futures
    return float(share), *wilson(share * independent, independent), int(total)


def plans(seen, start):
    """The same table of the sum of all labs' plans over the revenue that came, x, by the year they were made for.

    value, low, high: median, P10 and P90 of futures; count: futures
    """
    known = ~np.isnan(seen.planned)
    both = np.stack([np.where(known, each, 0).T for each in (seen.planned, seen.revenue)])
    years, (asked, got) = by_year(both, start, np.sum)
    there = by_year(known.T, start, np.any)[1].any(axis=0)
    rows = [
        ("labs", ALL, year, PLANS, *np.quantile(ratio(asked[:, k], got[:, k]), (0.5, 0.1, 0.9)).tolist(), len(asked))
        for k, year in enumerate(years)
        if there[k]
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
