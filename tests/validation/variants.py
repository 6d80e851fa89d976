"""Stylised facts of model.md 17 that need runs of their own: with and without circular finance, a shock, a ceiling."""

import numpy as np

from abm.failure.crisis import systemic_event
from abm.measures.outcomes import collapse_depth
from abm.model import Industry, release
from abm.shocks import Shock
from agents.world_files.folder import load_world
from tests.validation import capacity_cycle
from tests.validation.history import Fact, one
from tests.validation.observed import SEED, WORLD, at

SYMMETRIC, BOLD, QUARTERS = "symmetric-2023q1", 0.9, 48
OPEN_WEIGHT = {"name": "open_weight", "at": "2025Q1"}
DEMAND_INTACT = {"offered": 0, "density": 1.0}  # the news alone: nobody changes, and prices hold
AFTER = 12  # quarters that are watched after the shock
MORE = 1.05  # V11: what counts as more
FALL = 0.12, 0.22  # V18: 17 %, give or take five points
FOUR_LAGS = 3.4, 4.6  # V17: what counts as about four
LAGS = (4, 6, 8)  # V17: quarters


def facts(worlds):
    """{number: [Fact]} of all that is seen in runs of so many worlds."""
    return {"V11": list(circular_finance(worlds)), "V17": list(cycle()), "V18": list(open_weights(worlds))}


def circular_finance(worlds):
    """V11: six bold labs whose down-payments the vendor funds, over the same labs in the same futures who pay themselves."""
    without, with_it = (_bold_labs(worlds, intensity) for intensity in (0.0, 1.0))
    ahead = with_it["revenue"][:, at(2028)] / without["revenue"][:, at(2028)]
    peaks = with_it["revenue"].max(axis=1) / without["revenue"].max(axis=1)
    fall, systemic = (one(with_it[name].mean() / without[name].mean()) for name in ("fall", "systemic"))
    yield Fact("V11", "run-rate of 2028, six bold labs, with circular finance over without", 1.3, 1.6, ahead, "x")
    for what, values in (("highest run-rate", peaks), ("mean deepest fall of run-rate", fall), ("systemic events", systemic)):
        yield Fact("V11", f"{what}, six bold labs, with circular finance over without", MORE, np.inf, values, "x", in_words=True)


def _bold_labs(worlds, intensity):
    """Run-rate, $bn a year, [worlds, quarters], systemic events, bool [worlds], and deepest falls, share, [worlds]."""
    overrides = {"lab.risk_appetite": BOLD, "vendor.circular_intensity": intensity}
    model = Industry(load_world(SYMMETRIC, overrides), worlds=worlds, rng=SEED).run(QUARTERS)
    by_lab, died = model.record.series("labs", "revenue"), model.record.series("labs", "fails") > 0
    before = np.concatenate([model.opening_revenue[:, None], by_lab[:, :-1]], axis=1)
    release(model)
    revenue = by_lab.sum(axis=2)
    return {"revenue": revenue, "systemic": systemic_event(died, before) > 0, "fall": collapse_depth(revenue)}


def cycle():
    """V17: waves of utilisation at the stability margin, when a lab ignores what it has ordered."""
    strengths = {lag: capacity_cycle.marginal_strength(lag) for lag in LAGS}
    periods = {lag: capacity_cycle.period(capacity_cycle.utilisation(capacity_cycle.gaps(lag, strengths[lag])), 1) for lag in LAGS}
    for lag, period in periods.items():
        yield Fact("V17", f"period of utilisation over a build lag of {lag} quarters", *FOUR_LAGS, one(period / lag), "x", in_words=True)
    rise = np.diff(list(periods.values())).min()
    yield Fact("V17", "rise of the period from each build lag to the next", 1, np.inf, one(rise), "quarters", in_words=True)


def open_weights(worlds):
    """V18: what vendors are worth after a cheap open-weight model appears, against the same worlds without it."""
    calm, shocked, news = (_vendor_value(worlds, shock) for shock in (None, OPEN_WEIGHT, OPEN_WEIGHT | DEMAND_INTACT))
    when = at(2025, 1)
    for what, values in (("as shipped", shocked), ("demand intact", news)):
        fall = 1 - values[:, when] / calm[:, when]
        yield Fact("V18", f"fall of vendors' value in the quarter of an open-weight shock, {what}", *FALL, fall, "share", in_words=True)
    back = quarters_until(news[:, when + 1 :] >= news[:, when - 1, None])
    yield Fact("V18", "quarters until vendors are worth what they were before, demand intact", 2, 6, back, "quarters")
    lost = 1 - news[:, when:] / calm[:, when:]
    half = quarters_until(lost[:, 1:] <= lost[:, :1] / 2)
    yield Fact("V18", "quarters until half the gap to the same world without the news is closed", 2, 6, half, "quarters", in_words=True)


def quarters_until(happens):
    """Quarters from the shock to the first in which something holds, [worlds]; one more than were watched where it never does."""
    return np.where(happens.any(axis=1), happens.argmax(axis=1) + 1, happens.shape[1] + 1).astype(float)


def _vendor_value(worlds, shock):
    """Value of all vendors, $bn, [worlds, quarters]."""
    shocks = [Shock.read(shock)] if shock else ()
    model = Industry(load_world(WORLD), worlds=worlds, rng=SEED, shocks=shocks).run(at(2025, 1) + 1 + AFTER)
    value = model.record.series("vendors", "value").sum(axis=2)
    release(model)
    return value
