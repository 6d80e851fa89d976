"""What a run of many worlds says, in numbers: fans, probabilities with their intervals, the wall of commitments, the money graph.

Pure functions of recorded arrays `[worlds, quarters, agents]`. `summarise` gathers them into plain values for a JSON file, from
which the terminal, the report and later readers work. Money is $bn.
"""

import numpy as np

from abm.books.flows import EQUITY, LOAN, PURCHASE
from abm.clock import QUARTER, QUARTERS_PER_YEAR
from abm.failure.crisis import EVENTS
from abm.measures.binding import HOLDS
from abm.measures.network import cycle_flow
from abm.measures.readings import INDICATORS
from experiments.collect import PAYMENTS

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
LOW, MIDDLE, HIGH = 0, 2, 4  # places of P10, P50 and P90 in LEVELS
DIGITS = 6  # that are kept of a number
Z_95 = 1.959963984540054  # two-sided 95 %
PRESSURE = {"p10_coverage": np.min, "circularity": np.max, "look_through": np.min}  # measure: what its worst is
LABS_SHOWN = 6  # whose plans are drawn
YEARLY = ("circularity", "look_through")  # measured at the end of each year
FUNDED = ("labs", "clouds", "vendors", "investors", "lenders")
SMALLEST_LINK = 0.0015  # share of all payments below which a link of the money graph is left out
CLASSES = ("hedge_share", "speculative_share", "ponzi_share")
GAINED = ("welfare", "mean_serving_gw", "all_work_done", "frontier")  # what a run comes to for users


def wilson(successes, trials, z=Z_95):
    """Interval of a probability seen as so many successes in so many trials: (low, high); (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    share, spread = successes / trials, z**2 / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * np.sqrt(share * (1 - share) / trials + spread / (2 * 2 * trials))
    low, high = float(max(0, middle - half)), float(min(1, middle + half))
    return 0.0 if successes == 0 else low, 1.0 if successes == trials else high  # exactly, where rounding leaves a trace


def probability(happened):
    """How often something happened, with its Wilson interval. happened: one truth per world that could see it."""
    count, trials = int(np.sum(happened)), len(happened)
    low, high = wilson(count, trials)
    return {"count": count, "trials": trials, "share": count / trials if trials else 0.0, "low": low, "high": high}


def fan(values, levels=LEVELS):
    """Quantiles over worlds, [levels, quarters]. values: [worlds, quarters]."""
    return np.quantile(np.asarray(values), levels, axis=0)


def by_year(values, start, combine=np.mean):
    """Quarters of the last axis combined into calendar years: (years, [..., years]). start: the first Quarter."""
    years = np.array([(start + k).year for k in range(values.shape[-1])])
    found = np.unique(years)
    return found.tolist(), np.stack([combine(values[..., years == year], axis=-1) for year in found], axis=-1)


def last_of_year(values, axis):
    """The last quarter of a year, for `by_year`."""
    return np.take(values, -1, axis=axis)


def survival(fails):
    """Share of worlds in which a firm has not failed so far, [quarters, firms]. fails: [worlds, quarters, firms]."""
    return 1 - (np.cumsum(np.asarray(fails) > 0, axis=1) > 0).mean(axis=0)


def revenue_by_year(revenue, required, income, start):
    """Run-rate of the industry at the end of each year beside the revenue that would pay for its commitments, $bn a year.

    revenue, required, and operating income of labs, $bn a quarter: [worlds, quarters]. `short`: share of worlds in which revenue is the
    smaller one; `income`: of the year, at annual rate.
    """
    years, earned = by_year(revenue, start, last_of_year)
    _, needed = by_year(required, start, last_of_year)
    _, kept = by_year(income / QUARTER, start)
    rows = zip(years, fan(earned).T, fan(needed).T, (earned < needed).mean(axis=0), fan(kept).T)
    return [
        {"year": year, "revenue": a.tolist(), "required": b.tolist(), "short": float(short), "income": c.tolist()}
        for year, a, b, short, c in rows
    ]


def held_by_year(held, start):
    """What holds revenue back, by year: mean shares of revenue over futures and quarters. held: {measure: [worlds, quarters]}"""
    years = by_year(next(iter(held.values())), start)[0]
    means = {name: by_year(values, start)[1].mean(axis=0) for name, values in held.items()}
    return [{"year": year, **{name: float(mean[k]) for name, mean in means.items()}} for k, year in enumerate(years)]


def firms_failing(fails, lived, names, kind):
    """Probability of default of every firm, of the worlds in which it ever lived; entrants are marked by `entered` < 1.

    fails, lived: [worlds, quarters, firms]
    """
    failed = np.any(np.asarray(fails) > 0, axis=1)
    entered = failed | np.any(np.asarray(lived) > 0, axis=1)
    columns = zip(names, entered.T, failed.T)
    return [{"firm": n, "kind": kind, "entered": float(there.mean()), **probability(gone[there])} for n, there, gone in columns]


def pressure(values, worst, first):
    """An indicator now and at its worst: P10, P50, P90 over worlds, and the quarter by which half of the worlds have seen their worst.

    values: [worlds, quarters]; worst: np.min or np.max; first: the quarter in which it is first measured
    """
    values = np.asarray(values)[:, first:]
    extreme = worst(values, axis=1)
    seen = np.sort(np.argmax(values == extreme[:, None], axis=1))
    when = seen[(len(seen) - 1) // 2] + first
    return {"now": fan(values[:, :1])[:, 0].tolist(), "worst": fan(extreme[:, None])[:, 0].tolist(), "when": int(when), "first": first}


def wall(opening_rents, rent_due, left_after_opex, start):
    """The wall of commitments by calendar year, $bn at annual rate.

    opening_rents: under the contracts of the opening, $bn a quarter, [labs, quarters]; rent_due: $bn a year,
    [worlds, quarters]; left_after_opex: revenue less opex, $bn a year, [worlds, quarters]
    """
    years, opening = by_year(opening_rents / QUARTER, start)
    _, due = by_year(np.median(rent_due, axis=0), start)
    _, left = by_year(left_after_opex, start)
    later = np.maximum(0, due - opening.sum(axis=0))
    return {"years": years, "opening": opening.tolist(), "later": later.tolist(), "left": fan(left).tolist()}


def planned(arrays, revenue, names, horizon):
    """What labs planned and what came in the future whose revenue is the median one at the end, the largest labs of it first, $bn a year.

    revenue: [worlds, quarters, labs]; horizon: quarters from a plan to the quarter it is made for. Plans are told by the quarter in which
    they were made; None where a lab was not there to plan
    """
    last = revenue[:, -1].sum(axis=1)
    world = int(np.argsort(last, kind="stable")[(len(last) - 1) // 2])
    came, plans = revenue[world], {key: np.asarray(arrays["labs", f"forecast_{key}"][world]) for key in ("low", "mid", "high")}
    there = plans["mid"] > 0
    largest = sorted(np.flatnonzero(there.any(axis=0)), key=lambda lab: -came[:, lab].max())[:LABS_SHOWN]
    labs = [
        {"firm": names[lab], "came": came[:, lab].tolist()}
        | {key: [float(value) if now else None for value, now in zip(each[:, lab], there[:, lab])] for key, each in plans.items()}
        for lab in largest
    ]
    return {"world": world, "horizon": horizon, "labs": labs}


def money_graph(payments, names, rows, smallest=SMALLEST_LINK):
    """Who paid whom in the first year, mean over worlds, $bn, and which part of it only went round among the firms.

    payments: [natures, payers, payees] in the order purchase, equity, loan; names: of all agents; rows: {kind: slice}
    """
    among = np.zeros(len(names), dtype=bool)
    for kind in ("labs", "clouds", "vendors", "lenders"):
        among[rows[kind]] = True
    inside = np.where(among[:, None] & among[None], payments.sum(axis=0), 0)
    circling = cycle_flow(inside[None])[0]
    share = np.divide(circling, inside, out=np.zeros_like(inside), where=inside > 0)
    seen = payments * _is_shown(names, rows)
    least = smallest * seen.sum()
    links = [
        {"from": names[a], "to": names[b], "nature": nature, "amount": float(amount[a, b]), "circling": float(share[a, b])}
        for nature, amount in zip((PURCHASE, EQUITY, LOAN), seen)
        for a, b in np.argwhere(amount > least)
    ]
    kinds = {names[k]: kind for kind, part in rows.items() for k in range(part.start, part.stop)}
    used = dict.fromkeys(end for link in links for end in (link["from"], link["to"]))
    return {
        "nodes": [{"name": name, "kind": kinds[name]} for name in names if name in used],
        "links": sorted(links, key=lambda link: -link["amount"]),
        "left_out": float(seen.sum() - sum(link["amount"] for link in links)),
        "circling": float(circling.sum() / inside.sum()) if inside.sum() > 0 else 0.0,
    }


def _is_shown(names, rows):
    """Payments that reach a lab, a cloud or a vendor: what leaves for wages, power and building funds nobody here."""
    receives = np.zeros(len(names), dtype=bool)
    for kind in ("labs", "clouds", "vendors"):
        receives[rows[kind]] = True
    return np.broadcast_to(receives, (len(names), len(names))) & ~np.eye(len(names), dtype=bool)


def summarise(arrays, outcomes, opening, first):
    """All of the above as plain values. arrays: {(kind, measure): [worlds, quarters, agents]}; first: see `collect.First`."""
    industry = {name: arrays["industry", name][..., 0] for name, item in INDICATORS.items() if item.scope == "industry"}
    worlds, quarters = industry["revenue_total"].shape
    yearly = min(quarters, QUARTERS_PER_YEAR) - 1
    lab = {name: np.asarray(arrays["labs", name]) for name in ("revenue", "opex", "rent_due", "operating_income", "fails", "alive")}
    left = lab["revenue"].sum(axis=2) - lab["opex"].sum(axis=2) / QUARTER
    graph_rows = {kind: opening.rows(kind) for kind in FUNDED}
    last = len(opening.all_names)
    graph_rows |= {"customers": slice(last - 4, last - 2), "others": slice(last - 2, last)}
    found = {
        "worlds": worlds,
        "quarters": [str(opening.start + k) for k in range(quarters)],
        "levels": list(LEVELS),
        "implied": first.implied,
        "events": {name: probability(outcomes[name].to_numpy() > 0) for name in EVENTS},
        "fans": {name: fan(industry[name]).tolist() for name in ("revenue_total", "required_revenue", *PRESSURE)},
        "years": revenue_by_year(
            industry["revenue_total"], industry["required_revenue"], lab["operating_income"].sum(axis=2), opening.start
        ),
        "held": held_by_year({name: industry[name] for name in HOLDS}, opening.start),
        "firms": _firms(arrays, lab, opening),
        "survival": {kind: survival(arrays[kind, "fails"]).T.tolist() for kind in ("labs", "clouds", "lenders")},
        "names": {kind: list(opening.names[kind]) for kind in FUNDED},
        "pressure": {name: pressure(industry[name], worst, yearly if name in YEARLY else 0) for name, worst in PRESSURE.items()},
        "minsky": {name: industry[name].mean(axis=0).tolist() for name in CLASSES},
        "planned": planned(arrays, lab["revenue"], opening.names["labs"], first.horizon),
        "wall": wall(first.rents, lab["rent_due"].sum(axis=2), left, opening.start),
        "money": money_graph(np.asarray(arrays[PAYMENTS]).mean(axis=0), opening.all_names, graph_rows),
        "welfare": {name: fan(outcomes[[name]].to_numpy())[:, 0].tolist() for name in GAINED},
    }
    return rounded(found)


def _firms(arrays, lab, opening):
    rows = firms_failing(lab["fails"], lab["alive"], opening.names["labs"], "labs")
    for kind in ("clouds", "lenders"):
        fails = arrays[kind, "fails"]
        rows += firms_failing(fails, np.ones_like(fails), opening.names[kind], kind)
    return rows


def rounded(value, digits=DIGITS):
    """Plain values with so many significant digits, so that files are readable and small; raises ValueError on NaN."""
    if isinstance(value, dict):
        return {key: rounded(part, digits) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part, digits) for part in value]
    if isinstance(value, float):
        if not np.isfinite(value):
            raise ValueError(f"a summary cannot hold {value}")
        return float(f"{value:.{digits}g}")
    return value
