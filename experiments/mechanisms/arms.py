"""Arms: settings of one world that are run on the same futures, many together where their structure allows."""

import numpy as np

from experiments.engine.batches import run
from experiments.engine.cases import case_of

TOGETHER = 256  # worlds in a batch
REVENUE = "revenue_total"
DAY = 2030  # calendar year of the revenue that is kept beside the outcomes
YEARLY = f"revenue_{DAY}"


def settings_of(world, quarters, chosen):
    """A point as the engine reads it. chosen: {public name, or "shock.NAME.key": value}"""
    return {"world": world, "quarters": float(quarters), **chosen}


def lived(points, futures, seed, report=None):
    """What came of each point: ({name: {outcome: [futures]}}, {name: why it failed}).

    points: {name: settings}; report: told after each batch how many runs are done
    """
    parts, failed, done = {name: [] for name in points}, {}, 0
    for names in _grouped(points):
        runs = [(name, future) for name in names for future in range(futures)]
        for start in range(0, len(runs), TOGETHER):
            some = runs[start : start + TOGETHER]
            outcome = run([points[name] for name, _ in some], [future for _, future in some], seed, (REVENUE,))
            for place, (name, _) in enumerate(some):
                if outcome.failures[place]:
                    failed[name] = outcome.failures[place]
                else:
                    parts[name].append(_of(outcome, place, points[name]))
            done += len(some)
            if report:
                report(done)
    return {name: _together(rows) for name, rows in parts.items() if name not in failed}, failed


def _grouped(points):
    """Names of points by structure, in their order: only those of one structure share a batch."""
    found: dict = {}
    for name, settings in points.items():
        found.setdefault(case_of(settings).structure, []).append(name)
    return found.values()


def _of(outcome, place, settings):
    """{outcome: number} of one run, the revenue of its year beside them."""
    values = {name: float(each[place]) for name, each in outcome.values.items()}
    revenue = outcome.series[place][("industry", REVENUE)][:, 0]
    start = case_of(settings).opening.start
    years = np.array([(start + quarter).year for quarter in range(len(revenue))])
    return {**values, **({YEARLY: revenue[years == DAY].mean()} if (years == DAY).any() else {})}


def _together(rows):
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
