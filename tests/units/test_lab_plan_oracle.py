"""The arrays of phase 11 against one plain object per lab: the same forecasts, the same orders, the same limits."""

import numpy as np
import pytest

from abm.compute import planning
from abm.model import Industry, release
from abm.shocks import Shock
from agents.world_files.folder import load_world
from benchmarks.plain_lab import PlainPlanner

CLOSE = {"rtol": 1e-8, "atol": 1e-8}
WORLDS = 3
CASES = {
    "archetypes": ("archetypes-2023q1", {}, {}, ()),
    "real firms": ("industry-2026q3", {}, {}, ()),
    "bold and naive": (
        "archetypes-2023q1",
        {"lab.risk_appetite": 0.95, "lab.extrapolation": 1.0, "lab.optimism": 0.2},
        {"cone.fading": 0.25},
        (),
    ),
    "cautious in a stall": (
        "archetypes-2023q1",
        {"lab.risk_appetite": 0.05},
        {"cone.believed_width": 0.6, "cone.growth_spread": 0.1, "cone.stall_belief": [0.0, 0.1, 0.2]},
        (Shock.read({"name": "stall", "at": "2023Q3"}),),
    ),
    "under a coverage rule": ("industry-2026q3", {}, {"lab.coverage_rule": [0.0, 0.5, 1.2], "services.mode": "path"}, ()),
    "shy": ("archetypes-2023q1", {}, {"lab.shy_level": [0.3, 0.9, 1.0]}, (Shock.read({"name": "open_weight", "at": "2023Q4"}),)),
}


def watched(monkeypatch, seen):
    """Let every plan be made twice, by arrays and by objects, before it is carried out; `seen` collects both."""
    carry_out = planning.plan

    def plan_twice(industry):
        view = planning.look_ahead(industry)
        orders = planning.lab_orders(industry, view)
        clouds = industry.clouds
        means = planning.at_counterparty(industry, view, clouds.risk_appetite, clouds.tenant_extrapolation)
        limits = clouds.tenant_limit(means, view.pair_rent, industry.weights, view.committed_rent)
        for world in range(industry.worlds):
            plain = PlainPlanner(industry, world)
            low = [lab.own_forecast(0.1) for lab in plain.labs]
            seen.append((orders[world], plain.orders(), limits[world], plain.limits(), industry.labs.forecast_low[world].copy(), low))
            release(plain)
        carry_out(industry)

    monkeypatch.setattr(planning, "plan", plan_twice)


@pytest.mark.parametrize("case", CASES)
def test_arrays_and_objects_agree_on_every_order_and_every_limit(monkeypatch, case):
    name, overrides, parameters, shocks = CASES[case]
    seen = []
    watched(monkeypatch, seen)
    release(Industry(load_world(name, overrides), worlds=WORLDS, rng=2, parameters=parameters, shocks=shocks).run(6))
    assert len(seen) == 6 * WORLDS
    for orders, plain_orders, limits, plain_limits, low, plain_low in seen:
        assert np.allclose(low, plain_low, **CLOSE)
        assert np.allclose(orders, plain_orders, **CLOSE)
        assert np.allclose(limits, plain_limits, **CLOSE)
    assert max(orders.max() for orders, *_ in seen) > 0 and max(part[2].max() for part in seen) > 0  # or the test would show nothing


@pytest.mark.slow
def test_arrays_and_objects_agree_after_defaults_and_entries(monkeypatch):
    seen = []
    world = load_world("industry-2026q3", {"lab.risk_appetite": 0.9})
    industry = Industry(world, worlds=1, rng=6, shocks=[Shock.read({"name": "loss", "at": "2028Q1", "firm": "OpenAI"})]).run(24)
    watched(monkeypatch, seen)
    industry.run(4)
    assert industry.record.series("labs", "fails").sum() > 0
    assert all(np.allclose(part[0], part[1], **CLOSE) and np.allclose(part[2], part[3], **CLOSE) for part in seen)
