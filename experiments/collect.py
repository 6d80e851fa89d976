"""A batch of worlds of a run: simulate them, keep what was asked for, let go of the rest.

Memory is bounded twice: a batch is as many worlds as fit its budget, and what is kept goes to disk, where a whole run is an
array `[worlds, quarters, agents]` per measure that is read piece by piece.
"""

import gc
from typing import NamedTuple

import numpy as np

from abm.beliefs.implied import implied_appetites
from abm.beliefs.views import planning_horizon
from abm.clock import QUARTER, QUARTERS_PER_YEAR
from abm.errors import BadInput
from abm.measures.indicators import payments_by_nature
from abm.measures.readings import INDICATORS
from abm.model import Industry, release
from experiments.doubt import drawn

PAYMENTS = ("graph", "payments")  # purchases, equity, loans of the first year, $bn, [worlds, 3, payers, payees]
NEEDED = (
    *((kind, "fails") for kind in ("labs", "clouds", "lenders")),
    *(
        ("labs", name)
        for name in ("revenue", "opex", "rent_due", "operating_income", "alive", "forecast_low", "forecast_mid", "forecast_high")
    ),
    *(("industry", name) for name, item in INDICATORS.items() if item.scope == "industry"),
)
NUMBER_BYTES, MEGABYTE = 8, 1e6  # unit conversions


class Batch(NamedTuple):
    """What a batch brings back: its worlds, {(kind, measure): [worlds, quarters, agents]}, and one row of outcomes per world."""

    world_ids: tuple
    arrays: dict
    outcomes: object


class First(NamedTuple):
    """What is the same in all worlds: names of measures, implied appetites, and what the opening's contracts cost.

    measures: {name: kinds}; implied: a dict per firm of a named world that owes anything; rents: $bn a quarter, [labs, quarters]
    kept: numbers that one world leaves behind every quarter; horizon: quarters from a plan to the quarter it is made for
    """

    measures: dict
    implied: list
    rents: np.ndarray
    kept: int
    horizon: int


def first_look(inputs, opening):
    """Open one world as it is declared, without doubt, and take one step, so that every mistake shows before the work begins."""
    industry = Industry(opening, worlds=1, rng=inputs.seed, shocks=inputs.read_shocks())
    labs = industry.labs.names
    implied = read_off(industry) if opening.kind == "named" else []
    due = [industry.fleet.rent_due(industry.now + k)[0].sum(axis=1) * QUARTER for k in range(inputs.quarters)]
    rents = np.stack(due, axis=-1)[: len(labs)]
    industry.step()
    measures: dict = {}
    for kind, name in industry.record.measures:
        measures.setdefault(name, []).append(kind)
    kept = sum(values[0].size for values in industry.record.measures.values())
    horizon = planning_horizon(industry)
    release(industry)
    return First(measures, implied, rents, kept, horizon)


def read_off(industry):
    """What the promises of every firm imply in the first world, beside how it decides: [{firm, quantile, ..., by_revenue, plans_at}]."""
    rows = []
    for kind, reading in implied_appetites(industry).items():
        firms = getattr(industry, kind)
        for row in np.flatnonzero(reading.committed[0]):
            all_of_it, alone = (_quantile(found, row) for found in (reading.found, reading.by_revenue))
            rows.append({"firm": firms.names[row], **all_of_it, "by_revenue": alone, "plans_at": float(firms.risk_appetite[0, row])})
    return rows


def _quantile(found, row):
    return {"quantile": float(found.quantile[0, row]), "at_most": bool(found.at_most[0, row]), "at_least": bool(found.at_least[0, row])}


def collect(inputs, address, world_ids, keys, tick=None):
    """Run these worlds alone and keep these measures. tick: called with their number after every quarter.

    Raises BadInput if the world's files or the code are not what they were.
    """
    opening = inputs.opening()
    if inputs.address(opening.fingerprint) != address:
        raise BadInput(f"{inputs.world}: its files, or the model, changed while the run was going on; start it again")
    opening, parameters = drawn(inputs, opening, world_ids)
    industry = Industry(opening, world_ids=world_ids, rng=inputs.seed, shocks=inputs.read_shocks(), parameters=parameters)
    paid = _run(industry, inputs.quarters, tick)
    arrays = {PAYMENTS: paid, **{key: industry.record.series(*key) for key in keys}}
    outcomes = industry.record.outcomes(industry)
    release(industry)
    del industry
    gc.collect()  # models refer to themselves, and a worker runs one batch after the other
    return Batch(tuple(world_ids), arrays, outcomes)


def _run(industry, quarters, tick):
    """Step to the end. Returns who paid whom in the first year, $bn, [worlds, natures, payers, payees]."""
    paid = np.zeros(())
    for age in range(quarters):
        industry.step()
        if age < QUARTERS_PER_YEAR:
            paid = paid + np.stack(payments_by_nature(industry.ledger), axis=1)
        if tick:
            tick(industry.worlds)
    return paid


def world_bytes(inputs, opening, kept):
    """About how much memory a world takes while it runs, bytes. kept: numbers that its record keeps every quarter."""
    agents, customers = len(opening.all_names), _customers(opening)
    matrices, columns = 80, 40  # tables of who paid whom in a year, and numbers of a customer and its draws: measured, then rounded up
    vintages = 60 + 2 * len(opening.names["lenders"])
    cells = 6 * len(opening.names["labs"]) * len(opening.names["clouds"]) * vintages
    return NUMBER_BYTES * (inputs.quarters * kept + matrices * agents**2 + columns * customers + cells)


def _customers(opening):
    declared = opening.inhabitants.GROUPS["buyers"].declared()
    names = ("enterprises", "cohorts")
    return sum(float(opening.parameters.get(f"customers.{name}", declared[name].value)) for name in names if name in declared)


class Arrays:
    """Measures of a whole run, kept in files of a folder while the run goes on: {(kind, measure): [worlds, quarters, agents]}."""

    def __init__(self, folder, worlds):
        self.folder, self.worlds, self.files = folder, worlds, {}
        folder.mkdir()

    def put(self, batch):
        """Write a batch where its worlds belong."""
        first = batch.world_ids[0]
        for key, values in batch.arrays.items():
            if key not in self.files:
                path = self.folder / f"{len(self.files)}.npy"
                self.files[key] = path
                np.lib.format.open_memmap(path, mode="w+", dtype=float, shape=(self.worlds, *values.shape[1:])).flush()
            whole = np.load(self.files[key], mmap_mode="r+")
            whole[first : first + len(values)] = values

    def __getitem__(self, key):
        return np.load(self.files[key], mmap_mode="r")

    def __contains__(self, key):
        return key in self.files
