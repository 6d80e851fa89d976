"""Many worlds of the archetypes, observed quarter by quarter: what the comparison with history is made of."""

import numpy as np

from abm.clock import EPOCH_YEAR, QUARTERS_PER_YEAR
from abm.failure.crisis import systemic_event
from abm.model import Industry, release
from agents.world_files.folder import load_world

WORLD, SEED, BATCH = "archetypes-2023q1", 0, 50
BY_LAB = ("revenue", "value", "gw", "training_gw", "inference_gw", "released", "alive", "fails", "commitments", "forecast", "demand",
          "opex", "rent_due")  # fmt: skip
BY_INDUSTRY = ("ponzi_share", "rationing")
YEAR_AHEAD = 1.0


class Observed:
    """Series of many worlds by name, [worlds, quarters] or [worlds, quarters, firms]; the worlds start with 2023Q1."""

    def __init__(self, worlds, quarters):
        """Run the worlds in batches, which changes nothing but memory. worlds, quarters: how many."""
        self.worlds, self.quarters = worlds, quarters
        parts = [_batch(range(first, min(worlds, first + BATCH)), quarters) for first in range(0, worlds, BATCH)]
        self.series = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def __getitem__(self, name):
        return self.series[name]

    def total(self, name):
        """Sum over firms, [worlds, quarters]."""
        return self.series[name].sum(axis=2)

    def systemic(self):
        """Worlds in which labs with much of the revenue failed at about the same time, bool [worlds]."""
        before = np.concatenate([self["opening_revenue"], self["revenue"][:, :-1]], axis=1)
        return systemic_event(self["fails"] > 0, before) > 0


def at(year, quarter=QUARTERS_PER_YEAR):
    """Where a quarter of a year stands in the series; by default the last one."""
    return (year - EPOCH_YEAR) * QUARTERS_PER_YEAR + quarter - 1


def _batch(world_ids, quarters):
    """Run these worlds: {name: series}."""
    industry = Industry(load_world(WORLD), world_ids=tuple(world_ids), rng=SEED)
    opening_revenue = industry.opening_revenue[:, None].copy()
    seen: dict = {}
    for _ in range(quarters):
        industry.step()
        for name, value in _now(industry).items():
            seen.setdefault(name, []).append(np.array(value, dtype=float))
    found = {name: np.stack(values, axis=1) for name, values in seen.items()}
    found |= {name: industry.record.series("labs", name) for name in BY_LAB}
    found |= {name: industry.record.series("industry", name)[..., 0] for name in BY_INDUSTRY}
    found |= {"opening_revenue": opening_revenue, "pit": _transforms(industry)}
    release(industry)
    return found


def _now(industry):
    """What the record does not keep: prices, purchases of chips, and returns on models."""
    labs, ledger, rows = industry.labs, industry.ledger, industry.rows
    inference = labs.inference_gw.sum(axis=1)
    density = (labs.revenue_density * labs.inference_gw).sum(axis=1)
    return {
        "density": density / np.where(inference > 0, inference, np.nan),
        "spot": (industry.spot / industry.list_price)[:, 0],
        "unused": _unused(industry)[:, 0],
        "hired": (industry.served.spot_gw + industry.served.outside_gw).sum(axis=1),
        "frontier": industry.frontier()[:, 0],
        "lab_sales": -ledger.flows["chips"][:, rows["clouds"]].sum(axis=1),
        "chips": -ledger.flows["chips"][:, rows["clouds"]],
        "all_sales": (ledger.flows["chips"] + ledger.flows["other_chips"])[:, rows["vendors"]].sum(axis=1),
        "model_roi": np.where(industry.models.withdrawn & (labs.alive > 0), industry.models.model_roi, np.nan),
        "loses_money": (labs.revenue / QUARTERS_PER_YEAR < labs.obligations) & (labs.alive > 0),
    }


def _unused(industry):
    """Share of compute that nobody contracts and nobody hired on the spot market either, [worlds, 1]."""
    idle, hired = industry.idle_gw, industry.served.spot_gw.sum(axis=1, keepdims=True)
    return industry.fleet.idle_ratio(industry.now) * (1 - hired / np.where(idle > 0, idle, 1))


def _transforms(industry):
    """Where revenue a year later fell in each lab's own cone, 0 to 1, [worlds, quarters, labs]; NaN without a forecast or a year later."""
    scored = industry.record.series("labs", "forecast_pit")  # in the quarter in which the forecast matured
    assert industry.indicator_parameters.forecast_horizon == QUARTERS_PER_YEAR
    nothing = np.full_like(scored[:, :QUARTERS_PER_YEAR], np.nan)
    return np.concatenate([scored[:, QUARTERS_PER_YEAR:], nothing], axis=1)
