"""What beliefs do that appetite does not: hope, habit, a narrow cone, and demand that comes later than the technology [model.md 5]."""

import numpy as np
import pytest

from abm.measures.binding import HOLDS, Binding
from abm.model import Industry, release
from abm.shocks import Shock
from agents.world_files.folder import load_world
from experiments.analysis.paired_effects import paired_share

NAMED, ALIKE = "industry-2026q3", "symmetric-2023q1"


def lived(world, quarters, futures, overrides=None, shocks=(), **parameters):
    """A finished run: crisis by future, labs and owners failed, and industry revenue by quarter."""
    settings = {name.replace("__", "."): value for name, value in parameters.items()}
    run = Industry(load_world(world, overrides or {}), worlds=futures, rng=5, parameters=settings, shocks=shocks).run(quarters)
    found = run.record.outcomes(run)
    kept = {name: found[name].to_numpy() for name in ("crisis", "labs_defaulted", "clouds_defaulted", *(f"mean_{each}" for each in HOLDS))}
    kept["revenue"] = run.record.series("industry", "revenue_total")[..., 0]
    kept["plans"] = run.record.series("industry", "plans_over_forecast")[..., 0]
    release(run)
    return kept


@pytest.mark.slow
def test_adoption_at_a_third_of_its_pace_takes_more_than_a_fifth_off_the_revenue_of_2030():
    usual, slow = (lived(NAMED, 18, 24, customers__adoption_pace=pace)["revenue"][:, -1].mean() for pace in (1.0, 1 / 3))
    assert slow < 0.8 * usual


def test_hope_of_a_tenth_a_year_lifts_the_sum_of_plans_by_a_tenth_a_year():
    """Two years from a plan to what it is for: the build lag and two quarters."""
    sober, hopeful = (lived(NAMED, 1, 4, {"lab.optimism": optimism}) for optimism in (0.0, 0.1))
    years = (load_world(NAMED).parameters.get("cloud.build_lag", 6) + 2) / 4
    assert hopeful["plans"] / sober["plans"] == pytest.approx(np.exp(0.1 * years))


@pytest.mark.slow
def test_what_holds_revenue_back_adds_up_and_changes_hands():
    """At first compute that was not ordered in time; then money; in the end, for most, demand."""
    found = lived(NAMED, 40, 24)
    shares = {name: found[f"mean_{name}"].mean() for name in HOLDS}
    assert sum(shares.values()) == pytest.approx(1)
    assert all(share > 0.05 for share in shares.values()), shares


def test_who_is_short_of_compute_for_want_of_money_was_refused_it_a_planning_horizon_ago():
    run = Industry(load_world("tutorial"), worlds=2, rng=1).run(1)
    binding = Binding(run)
    run.labs.put(turned_away=0.5 * run.labs.demand)
    run.unfunded_part = np.array([[0.5], [0.0]])
    found = [binding.note(run) for _ in range(len(binding.unfunded) + 1)]
    assert [found[0][name].tolist() for name in HOLDS] == [[[0], [0]], [[1], [1]], [[0], [0]]]
    assert [found[-1][name].tolist() for name in HOLDS] == [[[0], [0]], [[0.5], [1]], [[0.5], [0]]]
    release(run)


@pytest.mark.slow
def test_a_breakthrough_that_customers_take_up_slowly_ruins_who_built_for_it():
    """Capability leaps in 2027, planners expect demand to multiply, and customers adopt at a third of their pace."""
    given = {"customers__adoption_pace": 0.3, "technology__breakthrough_rate": 0.0, "cone__breakthrough_gain": 5.0}
    never = lived(NAMED, 36, 96, **given)
    early = lived(NAMED, 36, 96, shocks=[Shock.read({"name": "breakthrough", "at": "2027Q3"})], **given)
    assert paired_share(early["crisis"], never["crisis"]).low > 0
    assert early["labs_defaulted"].mean() > never["labs_defaulted"].mean()
    assert early["revenue"][:, -1].mean() > never["revenue"][:, -1].mean()  # the technology was there


@pytest.mark.slow
def test_a_breakthrough_that_customers_take_up_at_once_saves_labs():
    given = {"customers__adoption_pace": 2.0, "technology__breakthrough_rate": 0.0}
    never = lived(NAMED, 36, 96, **given)
    early = lived(NAMED, 36, 96, shocks=[Shock.read({"name": "breakthrough", "at": "2027Q3"})], **given)
    assert early["labs_defaulted"].mean() <= never["labs_defaulted"].mean()


@pytest.mark.slow
@pytest.mark.parametrize("belief", [{"lab.optimism": 0.5}, {"lab.extrapolation": 1.0}], ids=["hope", "no sums"])
def test_at_the_same_caution_hope_and_habit_raise_the_odds_of_a_crisis(belief):
    sober, hopeful = lived(ALIKE, 44, 128), lived(ALIKE, 44, 128, belief)
    assert paired_share(hopeful["crisis"], sober["crisis"]).low > 0
    assert hopeful["labs_defaulted"].mean() > sober["labs_defaulted"].mean()


@pytest.mark.slow
def test_who_is_cautious_in_a_cone_that_is_too_narrow_promises_more():
    """All plan at P10; the narrower they believe the cone to be, the nearer that is to the median."""
    promised = []
    for width in (0.5, 1.0, 1.5):
        run = Industry(load_world(NAMED, {"lab.risk_appetite": 0.1}), worlds=16, rng=5, parameters={"cone.believed_width": width}).run(4)
        promised.append(run.record.series("labs", "wanted_gw").sum(axis=(1, 2)).mean())
        release(run)
    assert promised[0] > 1.02 * promised[1] > 1.02 * 1.02 * promised[2], promised
