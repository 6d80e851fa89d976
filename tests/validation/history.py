"""Stylised facts of model.md 17: what each one asks for, and what the calibrated archetypes give."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from abm.beliefs.scores import coverage_below
from abm.clock import QUARTERS_PER_YEAR
from experiments.analysis.accuracy import MEASURES, matched
from tests.validation.observed import Observed, at

BUST_SHARE_IDLE = 0.2  # V12: how much compute lies idle in a crash
WINDOW = 6  # V10: quarters
TOP = 4  # V13: labs
CAUTIOUS, FIRST_MOVER = 0, 1  # V1: rows of the archetypes
TRAINED, GIVE_OR_TAKE = {2024: 0.70, 2025: 0.54}, 0.15  # V4: the width of the band is that of model.md 17
ABOUT_ONE = 0.8, 1.2  # V15: what "about" means of a ratio


@dataclass(frozen=True)
class Fact:
    """One number of a stylised fact: the band of the median, and the values, by world or pooled; NaN where there is nothing to see."""

    number: str
    what: str
    low: float
    high: float
    values: np.ndarray
    unit: str = ""
    in_words: bool = False  # model.md gives the band in words only, and the numbers are ours

    @property
    def median(self):
        """The middle of what was seen, NaN if nothing was."""
        return self.quantiles[1]

    @property
    def quantiles(self):
        """P10, P50 and P90 over worlds, or three times the one number there is."""
        seen = self.values[~np.isnan(self.values)]
        return np.percentile(seen, [10, 50, 90]) if seen.size else np.full(3, np.nan)

    @property
    def in_band(self):
        """Whether the median lies in the band."""
        return bool(self.low <= self.median <= self.high)

    def __str__(self):
        low, median, high = self.quantiles
        return f"{self.number} {self.what}: {median:.3g} [{low:.3g}, {high:.3g}], band {self.low:g} to {self.high:g}"


def in_order(found):
    """{number: [Fact]} by number."""
    return dict(sorted(found.items(), key=lambda item: int(item[0][1:])))


def facts(seen: Observed):
    """{number: [Fact]} of all that can be measured in these worlds."""
    found: dict = {}
    for rule in (revenue, density, tokens, training, ponzi, models, values, commitments, busts, leaders, buyers, accuracy, calibration):
        for fact in rule(seen):
            found.setdefault(fact.number, []).append(fact)
    return in_order(found)


def share(part, whole):
    """part / whole, NaN where the whole is 0."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)


def one(number):
    """A single number as values."""
    return np.array([float(number)])


def revenue(seen):
    """V1: run-rate of all labs at the end of the year."""
    total = seen.total("revenue")
    for year, low, high in ((2023, 2, 4), (2024, 6, 13), (2025, 25, 40), (2026, 110, 180)):
        yield Fact("V1", f"run-rate of all labs, end of {year}", low, high, total[:, at(year)], "$bn/year")
    multiple = share(total[:, QUARTERS_PER_YEAR:], total[:, :-QUARTERS_PER_YEAR])
    slower = multiple[:, at(2029)] / multiple[:, at(2025)]  # the first multiple is that of 2024
    yield Fact("V1", "annual multiple of run-rate, 2030 over 2026: falls", 0, 1, slower, "x", in_words=True)
    cautious, first = seen["revenue"][:, at(2026), CAUTIOUS], seen["revenue"][:, at(2026), FIRST_MOVER]
    yield Fact("V1", "cautious lab over first mover, end of 2026: has overtaken", 1, 2, share(cautious, first), "x", in_words=True)


def density(seen):
    """V2: run-rate over all compute that labs use, under contract or hired for the quarter, as what labs publish counts both."""
    ratio = share(seen.total("revenue"), seen.total("gw") + seen["hired"])
    for year in (2023, 2024, 2025):
        yield Fact("V2", f"run-rate per GW, end of {year}", 6.5, 13.5, ratio[:, at(year)], "$bn/GW-year")


def tokens(seen):
    """V3: a token of fixed capability gets cheaper while revenue density hardly moves [model.md 8.5].

    Models come every three quarters, so that one or two fall into a year by accident: prices are means over a year's quarters.
    """
    dense, logs = seen["density"], np.log(seen["density"]) - np.log(10) * seen["frontier"]
    mean = {year: logs[:, at(year, 1) : at(year) + 1].mean(axis=1) for year in (2023, 2024, 2025)}
    for year in (2024, 2025):
        fall = np.exp(mean[year - 1] - mean[year])
        yield Fact("V3", f"price of a token of fixed capability falls in {year} by a factor", 5, 50, fall, "x")
    yield Fact("V3", "revenue density, end of 2025 over end of 2023", 0.7, 1.3, dense[:, at(2025)] / dense[:, at(2023)], "x")


def training(seen):
    """V4: part of compute that trains, and whether it falls when customers are turned away.

    Public of the two largest labs together: .70 of their spending on compute in 2024, .54 in 2025. No other year is known.
    """
    trained, served = seen.total("training_gw"), seen.total("inference_gw") + seen["hired"]
    part = share(trained, trained + served)
    for year, public in TRAINED.items():
        yield Fact(
            "V4",
            f"training share of compute, end of {year}",
            public - GIVE_OR_TAKE,
            public + GIVE_OR_TAKE,
            part[:, at(year)],
            in_words=True,
        )
    boom = slice(0, at(2026) + 1)
    together = [np.corrcoef(*pair)[0, 1] for pair in zip(part[:, boom], seen["rationing"][:, boom])]
    yield Fact("V4", "correlation of training share and rationing, 2023 to 2026", -1, -0.1, np.array(together), in_words=True)


def ponzi(seen):
    """V5: labs that do not cover their rents, by revenue."""
    part = seen["ponzi_share"]
    yield Fact("V5", "revenue of labs that do not cover their rents, end of 2023", 0.5, 1, part[:, at(2023)], "share", in_words=True)
    below = np.median(part, axis=0)[at(2025, 1) :] < 1 / 2
    first = 2025 + np.argmax(below) / QUARTERS_PER_YEAR if below.any() else np.nan
    yield Fact("V5", "first quarter from 2025 in which the median share is below one half", 2025, 2028.75, one(first), "quarter")


def models(seen):
    """V6: withdrawn models of labs that were losing money, which nevertheless paid for themselves."""
    returns = seen["model_roi"][seen["loses_money"] > 0]
    paid = np.where(np.isnan(returns), np.nan, returns > 0)
    yield Fact("V6", "withdrawn models that had paid, of labs that lose money", 0.8, 1, one(np.nanmean(paid)), "share")


def values(seen):
    """V7: value of all labs over their run-rate."""
    ratio = share(seen.total("value"), seen.total("revenue"))
    for year in (2024, 2025, 2026):
        yield Fact("V7", f"value over run-rate, end of {year}", 15, 45, ratio[:, at(year)], "x")
    fall = ratio[:, at(2033)] / ratio[:, at(2025)]
    yield Fact("V7", "the same, end of 2033 over end of 2025: falls with growth", 0, 0.6, fall, "x", in_words=True)


def commitments(seen):
    """V8: take-or-pay still to be paid."""
    yield Fact("V8", "take-or-pay commitments of all labs, end of 2025", 700, 1600, seen.total("commitments")[:, at(2025)], "$bn")


def drawdown(path):
    """Deepest fall from any peak before, as a share of it, [worlds]; path: [worlds, quarters]."""
    peak = np.maximum.accumulate(path, axis=1)
    return np.nanmax(1 - share(path, peak), axis=1)


def over_a_year(path):
    """Sums over four quarters, [worlds, quarters - 3]."""
    return np.lib.stride_tricks.sliding_window_view(path, QUARTERS_PER_YEAR, axis=1).sum(axis=2)


def busts(seen):
    """V9, V10 and V12: what a crash does to vendors, when labs fail, and what idle compute fetches."""
    bust = seen.systemic()
    sales, run_rate = (np.median(drawdown(over_a_year(path)[bust])) for path in (seen["lab_sales"], seen.total("revenue")))
    yield Fact("V9", "fall of chip sales over fall of run-rate, worlds with a systemic event", 2, np.inf, one(sales / run_rate), "x")
    failures = (seen["fails"] > 0).sum(axis=2)
    many = failures[failures.sum(axis=1) > 1]
    inside = np.lib.stride_tricks.sliding_window_view(many, WINDOW, axis=1).sum(axis=2).max(axis=1, initial=0)
    clustered = share(one(inside.sum()), one(many.sum()))
    yield Fact("V10", "failures inside one six-quarter window, worlds with at least two", 0.5, 1, clustered, "share")
    idle = seen["unused"] > BUST_SHARE_IDLE
    yield Fact("V12", "spot over list price of compute while more than 20 % is idle", 0.2, 0.5, seen["spot"][idle], "x")


def leaders(seen):
    """V13: who is ahead, and how much of the market the largest have."""
    ahead = np.where(seen["alive"] > 0, seen["released"], -1).argmax(axis=2)
    changes = (np.diff(ahead, axis=1) != 0).sum(axis=1) / (seen.quarters / QUARTERS_PER_YEAR / 2)
    yield Fact("V13", "changes of the best model's lab in two years", 1, np.inf, changes)
    largest = np.sort(seen["revenue"], axis=2)[..., -TOP:].sum(axis=2)
    part = share(largest, seen.total("revenue"))
    for year in (2025, 2030):
        yield Fact("V13", f"revenue of the four largest labs, end of {year}", 0.75, 1, part[:, at(year)], "share")


def buyers(seen):
    """V14: part of all chip sales that the two largest owners bought in 2025."""
    year = slice(at(2025, 1), at(2025) + 1)
    bought = np.sort(seen["chips"][:, year].sum(axis=1), axis=1)[:, -2:].sum(axis=1)
    part = share(bought, seen["all_sales"][:, year].sum(axis=1))
    yield Fact("V14", "chip sales to the two largest owners, 2025", 0.30, 0.45, part, "share")


def accuracy(seen):
    """V15: what a dollar of demand beyond the forecast earns, over what opex leaves of it [model.md 5.9]."""
    found = matched(tidy(seen, MEASURES))
    table = found.table
    for what, part in (("below break-even", table["k"] / (1 - table["o"])), ("up to all that training can make room for", found.stretch)):
        below = table[table["x"] < np.minimum(part, found.stretch)]
        slope = np.polyfit(below["x"], below["profit"] + below["k"], 1)[0]
        name = f"slope of profit in demand over forecast, {what}, over 1 - opex ratio"
        yield Fact("V15", name, *ABOUT_ONE, one(slope / (1 - below["o"].mean())), "x", in_words=True)


def tidy(seen, names):
    """Series of labs as `experiments.analysis.accuracy` wants them: point, seed, agent, kind, quarter, measure, value."""
    parts = []
    for name in names:
        values = seen[name]
        world, quarter, lab = (index.ravel() for index in np.indices(values.shape))
        parts.append(pd.DataFrame({"seed": world, "quarter": quarter, "agent": lab, "value": values.ravel(), "measure": name}))
    return pd.concat(parts, ignore_index=True).assign(point=0, kind="labs")


def calibration(seen):
    """V16: how often revenue a year later fell below the labs' own P10."""
    last = seen.quarters - QUARTERS_PER_YEAR - 1
    for what, quarters, low, high, in_words in (
        ("all forecasts", slice(0, last + 1), 0.05, 0.15, True),
        ("forecasts of 2023 to 2025, the take-off", slice(0, at(2025) + 1), 0, 0.05, True),
        ("forecasts from 2031 on, near saturation", slice(at(2031, 1), last + 1), 0.05, 0.15, True),
    ):
        below = coverage_below(seen["pit"][:, quarters].reshape(1, -1), 0.1)[0]
        yield Fact("V16", f"outcomes below P10 a year ahead, {what}", low, high, below, "share", in_words)
