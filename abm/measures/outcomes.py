"""What a world came to: dates, depths and shares read off the series of a whole run [model.md 15.2, 15.9, 15.13].

Pure functions of series `[worlds, quarters]`. What never happened has no date: NaN.
"""

import numpy as np

from abm.clock import QUARTER, QUARTERS_PER_YEAR
from abm.failure.crisis import CREDIT_STOP, Course, Sizes, before, credit_stops, parts
from abm.measures.binding import HOLDS


def years_until(happens):
    """Years from the opening to the end of the first quarter in which something holds, [worlds]; NaN where it never does."""
    happens = np.asarray(happens)
    return np.where(happens.any(axis=1), (happens.argmax(axis=1) + 1) * QUARTER, np.nan)


def over_extension_date(required, median):
    """Years until contracts first need more than the median forecast of their date, after they once needed less [model.md 15.2].

    Who starts out over-extended, as labs that live on equity do, has to have been covered first. required, median: revenue at the
    planning horizon, $bn a year, [worlds, quarters]
    """
    short = np.asarray(required) > median
    covered_before = np.logical_or.accumulate(~short, axis=1)
    return years_until(short & covered_before)


def break_even_year(income, window=QUARTERS_PER_YEAR):
    """Years until labs together have earned money over four quarters, [worlds] [model.md 15.9].

    income: operating income, $bn a quarter, [worlds, quarters]
    """
    if income.shape[1] < window:
        return np.full(len(income), np.nan)
    sums = np.stack([income[:, last - window : last].sum(axis=1) for last in range(window, income.shape[1] + 1)], axis=1)
    return years_until(sums > 0) + (window - 1) * QUARTER


def collapse_depth(series):
    """Deepest fall from the highest value so far, share of that value, [worlds] [model.md 15.13]. series: >= 0, [worlds, quarters]"""
    peak = np.maximum.accumulate(series, axis=1)
    return (1 - np.where(peak > 0, series / np.where(peak > 0, peak, 1), 1)).max(axis=1)


def over_a_year(flow):
    """Sums over four quarters, so that lumps of a quarter are no collapse, [worlds, quarters]; of fewer where the run begins."""
    return np.stack([flow[:, max(0, q + 1 - QUARTERS_PER_YEAR) : q + 1].sum(axis=1) for q in range(flow.shape[1])], axis=1)


def following_share(fails, window):
    """Share of defaults that come within so many quarters after another firm's default, [worlds]; NaN without defaults.

    Who follows need not have been pushed: a common cause hits many at once. What would not have happened without the others only
    a run without the channels can tell: `contagion_share`. fails: defaults of all firms, count, [worlds, quarters]
    """
    earlier = np.zeros_like(fails)
    for back in range(1, window):
        earlier[:, back:] += fails[:, :-back]
    followed = np.where(earlier > 0, fails, 0).sum(axis=1)
    total = fails.sum(axis=1)
    return np.where(total > 0, followed / np.where(total > 0, total, 1), np.nan)


def contagion_share(with_channels, without_channels):
    """Share of defaults that would not have happened with every channel of contagion switched off [model.md 13.7, 15.13].

    Defaults in the same worlds with and without the channels, [worlds]. Pooled over worlds, so that calm ones do not count as much
    as wild ones; negative where losses save more firms than they push. NaN without defaults.
    """
    total = np.sum(with_channels)
    return float(1 - np.sum(without_channels) / total) if total > 0 else np.nan


def events(record, industry):
    """{event: whether it is complete by then, bool, [worlds, quarters]} of a run: a crisis, its three parts, and a credit stop."""
    kept = (("labs", "revenue"), ("clouds", "financed_gw"), ("lenders", "loans"), ("lenders", "capital"))
    sizes = Sizes(*(before(first, record.series(*key)) for first, key in zip(industry.opening_sizes, kept, strict=True)))
    written_down = np.diff(record.series("lenders", "credit_loss"), axis=1, prepend=0)
    labs, clouds, lenders = (record.series(kind, "fails") > 0 for kind in ("labs", "clouds", "lenders"))
    lent, spread = (record.series("industry", name)[..., 0] for name in ("new_loans", "credit_spread"))
    return {**parts(Course(labs, clouds, lenders, sizes, written_down)), CREDIT_STOP: credit_stops(lent, spread, industry.opening_spread)}


def event_outcomes(record, industry):
    """{event: whether it ever happens, 0 or 1, and event_date: years until it does}, [worlds] each."""
    found = events(record, industry)
    happened = {name: happens.any(axis=1).astype(float) for name, happens in found.items()}
    return {**happened, **{f"{name}_date": years_until(happens) for name, happens in found.items()}}


def further_outcomes(record, industry):
    """{outcome: [worlds]} of a run, from its recorded series."""
    total = {name: record.series("industry", name)[..., 0] for name in ("required_ahead", "median_ahead", "revenue_total")}
    fails = sum((record.series(kind, "fails") > 0).sum(axis=2) for kind in ("labs", "clouds", "lenders"))
    return {
        "over_extension_date": over_extension_date(total["required_ahead"], total["median_ahead"]),
        "break_even_year": break_even_year(record.series("labs", "operating_income").sum(axis=2)),
        **{f"mean_{name}": record.series("industry", name)[..., 0].mean(axis=1) for name in HOLDS},
        "collapse_depth": collapse_depth(total["revenue_total"]),
        "sales_collapse": collapse_depth(over_a_year(record.series("vendors", "sales").sum(axis=2))),
        "value_collapse": collapse_depth(record.series("labs", "value").sum(axis=2)),
        "following_share": following_share(fails, industry.indicator_parameters.episode),
    }
