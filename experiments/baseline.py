"""The stored baseline of the browser page: what it shows before a run of its own is ready, and what each main dial does to the odds.

    python -m experiments.baseline        writes experiments/ui/stored/<world>.json; part of `make results`

It is a run of the world with luck alone, one in which every future also draws what is uncertain, and runs of the second kind with one
dial held at some points of its prior. All have the same seeds. The file names the code of the model that made it.
"""

import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from abm.errors import BadInput
from abm.failure.crisis import CRISIS, PARTS
from abm.measures.outcomes import events
from abm.model import Industry, release
from experiments.doubt import OWN_DRAW, drawn
from experiments.engine.provenance import code
from experiments.engine.store import write_whole
from experiments.inputs import Inputs
from experiments.pool import batches, cores, processes
from experiments.summary import wilson
from experiments.ui.main_dials import MAIN, stretch

STORED = Path(__file__).parent / "ui" / "stored"
WORLD, WORLDS, QUARTERS, SEED = "industry-2026q3", 256, 40, 0
WORLDS_OF_A_DIAL = 128
MOST_TOGETHER = 64  # futures in a batch
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
POINTS = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the way between the bounds of a dial's prior
KINDS = ("labs", "clouds", "vendors", "lenders")
DIGITS = 5


def course(inputs, world_ids):
    """{"revenue", "required": $bn a year, "events": {name: bool}, "failed": {firm: bool}}, so far, each [worlds, quarters]."""
    opening, uncertain = drawn(inputs, inputs.opening(), world_ids)
    industry = Industry(opening, world_ids=world_ids, rng=inputs.seed, parameters=uncertain)
    industry.run(inputs.quarters)
    record = industry.record
    happens = events(record, industry)
    found = {
        "revenue": record.series("industry", "revenue_total")[..., 0],
        "required": record.series("industry", "required_revenue")[..., 0],
        "events": {name: so_far(happens[name]) for name in (CRISIS, *PARTS)},
        "failed": {name: failed for kind in KINDS for name, failed in _failed(record, kind, opening.names[kind])},
    }
    release(industry)
    return found


def _failed(record, kind, names):
    """(firm, whether it has failed by then, bool, [worlds, quarters]) of a kind; none where the kind cannot fail."""
    if (kind, "fails") not in record.measures:
        return []
    fails = record.series(kind, "fails") > 0
    return [(name, so_far(fails[:, :, row])) for row, name in enumerate(names)]


def so_far(happens):
    """Whether something has happened by then. happens: bool, [worlds, quarters]"""
    return np.logical_or.accumulate(happens, axis=1)


def _whole(parts):
    """Batches put together."""
    first = parts[0]
    if isinstance(first, dict):
        return {name: _whole([part[name] for part in parts]) for name in first}
    return np.concatenate(parts)


def futures(pool, inputs):
    """`course` of all futures of some inputs, on many processes."""
    return _whole(list(pool.map(partial(course, inputs), batches(inputs.worlds, 1, MOST_TOGETHER))))


def plain(values):
    """Numbers for JSON, short."""
    return [float(f"{value:.{DIGITS}g}") for value in np.ravel(values)]


def shares(happened):
    """In how many futures something has happened by each quarter, as whole numbers."""
    return [int(number) for number in happened.sum(axis=0)]


def told(found):
    """A side of the baseline as plain values: quantiles of revenue by quarter, the median required, and counts of futures by quarter."""
    return {
        "futures": len(found["revenue"]),
        "revenue": [plain(np.quantile(found["revenue"], level, axis=0)) for level in LEVELS],
        "required": plain(np.median(found["required"], axis=0)),
        "short": shares(found["revenue"] < found["required"]),
        "events": {name: shares(happened) for name, happened in found["events"].items()},
        "failed": {name: shares(happened) for name, happened in found["failed"].items() if happened.any()},
        "firms": list(found["failed"]),
    }


def dial(pool, inputs, name):
    """Odds of a crisis by the value a dial is held at: {"low", "high", "points": [[value, share, low, high]]}."""
    low, high = stretch(name, inputs.opening())
    points = []
    for part in POINTS:
        value = float(f"{low + part * (high - low):.4g}")
        held = replace(inputs, worlds=WORLDS_OF_A_DIAL, settings={name: value})
        crises = futures(pool, held)["events"][CRISIS][:, -1]
        points.append([value, *plain([crises.mean(), *wilson(int(crises.sum()), len(crises))])])
    return {"low": low, "high": high, "futures": WORLDS_OF_A_DIAL, "points": points}


def make(world=WORLD, worlds=WORLDS, quarters=QUARTERS, workers=None, say=print):
    """Run everything and return the baseline as plain values. Raises BadInput."""
    luck = Inputs(world, worlds, quarters, SEED).checked()
    doubted, opening = replace(luck, doubt=OWN_DRAW), luck.opening()
    with processes(workers or cores()) as pool:
        found = {"luck": told(futures(pool, luck)), "doubt": told(futures(pool, doubted))}
        say(f"crises: {found['luck']['events'][CRISIS][-1]} with luck alone, {found['doubt']['events'][CRISIS][-1]} in doubt, of {worlds}")
        dials = {}
        for name in MAIN:
            dials[name] = dial(pool, doubted, name)
            say(f"{name}: {dials[name]['points']}")
    about = {"world": world, "title": opening.title, "seed": SEED, "code": code(), "levels": LEVELS}
    return {**about, "quarters": [str(opening.start + k) for k in range(quarters)], **found, "dials": dials}


def main(workers: Annotated[int, typer.Option(help="Processes; 0 is one per core.")] = 0):
    """Make the stored baseline of the browser page again: some minutes."""
    path = STORED / f"{WORLD}.json"
    text = json.dumps(make(workers=workers or None, say=typer.echo), ensure_ascii=False, separators=(",", ":"))
    write_whole(path, f"{text}\n".encode())
    typer.echo(path)


if __name__ == "__main__":
    try:
        typer.run(main)
    except BadInput as error:
        sys.exit(f"overreach: {error}")
