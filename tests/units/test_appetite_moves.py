"""What moves appetite and hope: a rival's leap, own squeezes, own errors, and hype that all share [model.md 4.2, 5.11, 5.12]."""

import numpy as np
import pytest

from abm.beliefs import appetites
from abm.beliefs.hope import OwnErrors
from abm.beliefs.hype import hyped
from abm.model import Industry, release
from agents.world_files.folder import load_world
from experiments.analysis.paired_effects import paired

NAMED = "industry-2026q3"


def lived(quarters, futures, **parameters):
    """Compute wanted in the first three years, GW, mean appetite of all labs, and labs failed, by future.

    Funds are refilled: where they end, money and not hope decides what is ordered, and hope ruins nobody by more than luck.
    """
    settings = {"pool.finite": 0.0, **{name.replace("__", "."): value for name, value in parameters.items()}}
    model = Industry(load_world(NAMED), worlds=futures, rng=5, parameters=settings).run(quarters)
    series = model.record.series
    found = {
        "wanted": series("labs", "wanted_gw")[:, :12].sum(axis=(1, 2)),
        "bold": series("labs", "risk_appetite").mean(axis=(1, 2)),
        "failed": model.record.outcomes(model)["labs_defaulted"].to_numpy().astype(float),
    }
    release(model)
    return found


def standing(**parameters):
    """Six independent labs at their opening, in two futures."""
    settings = {name.replace("__", "."): value for name, value in parameters.items()}
    return Industry(load_world("archetypes-2023q1"), worlds=2, rng=1, parameters=settings)


def test_a_leap_is_what_a_rivals_release_adds_to_all_that_was_known():
    """Best model before: 1.0. The second lab goes from 0.5 to 1.4, which is 0.4 beyond the first and, to the third at 0.2, as much news."""
    model = standing()
    n = len(model.labs.names)
    before, now = np.zeros((2, n)), np.zeros((2, n))
    before[:, :3], now[:, :3] = (1.0, 0.5, 0.2), (1.0, 1.4, 0.2)
    model.released_before = before
    model.labs.put(released=now)
    assert appetites.leaps(model)[0, :3] == pytest.approx([0.4, 0.0, 0.4])
    assert (appetites.leaps(model) == 0).all()  # nobody released anything since
    release(model)


def test_who_has_half_the_runway_it_wants_is_squeezed_by_half():
    model = standing()
    labs, there = model.labs, model.labs.alive > 0
    runway = model.plans.runway_base - model.plans.runway_slope * labs.risk_appetite  # quarters
    labs.put(obligations=2 * labs.cash / runway + labs.revenue / 4)
    assert appetites.squeezed(model)[there] == pytest.approx(0.5)
    labs.put(obligations=labs.revenue / 4)
    assert (appetites.squeezed(model) == 0).all()  # who burns nothing wants no runway
    release(model)


@pytest.mark.parametrize("start", [0.5, 0.95])
def test_an_alarm_fades_and_leaves_appetite_where_it_was(start):
    model = standing(lab__code_red=0.5)
    model.labs.put(risk_appetite=start + 0 * model.labs.risk_appetite)
    model.begin()
    model.labs.released[:, 1] += 0.3
    path = []
    for _ in range(60):
        appetites.move_appetites(model)  # the second lab's model is news once
        path.append(model.labs.risk_appetite[0, 0])
    assert path[0] > start and path[-1] == pytest.approx(start, abs=1e-6)
    assert all(later <= earlier for earlier, later in zip(path, path[1:], strict=False))
    release(model)


def test_hope_learns_from_forecasts_of_a_year_ago_only():
    model = standing()
    errors, revenue = OwnErrors(model.labs), np.ones_like(model.labs.revenue)
    assert [errors.mature(2 * revenue, revenue).max() for _ in range(4)] == [0, 0, 0, 0]
    assert errors.mature(revenue, 4 * revenue) == pytest.approx(np.log(2) * revenue)
    release(model)


@pytest.mark.slow
def test_hype_is_as_large_as_stated_fades_in_forecasts_and_is_a_worlds_own():
    model = Industry(load_world("tutorial"), worlds=200, rng=1, parameters={"cone.hype": 0.2, "cone.hype_memory": 0.8})
    alone = Industry(load_world("tutorial"), world_ids=(7,), rng=1, parameters={"cone.hype": 0.2, "cone.hype_memory": 0.8})
    model.run(16), alone.run(16)
    assert model.hype.std() == pytest.approx(0.2, rel=0.15)
    assert model.hype[7] == alone.hype[0]
    assert hyped(model, 0.25) == pytest.approx(model.hype / 4)
    assert hyped(model, 40.0) == pytest.approx(model.hype / 4 / 0.2)
    release(model), release(alone)


@pytest.mark.slow
def test_what_is_switched_off_has_no_memory_either():
    plain = standing()
    other = standing(lab__code_red_memory=0.5, lab__caution_memory=0.5, cone__hype_memory=0.5)
    plain.run(8), other.run(8)
    for name in ("revenue", "cash", "risk_appetite", "wanted_gw"):
        assert (plain.labs.columns[name] == other.labs.columns[name]).all()
    release(plain), release(other)


SIGNS = {  # what a mover does to appetite and to compute wanted
    "pressure": ({"lab__pressure": 0.2}, 1),
    "fear": ({"lab__fear": 0.05}, -1),
    "code red": ({"lab__code_red": 0.3}, 1),
    "caution": ({"lab__caution": 0.2}, -1),
}


@pytest.mark.slow
@pytest.mark.parametrize("mover", SIGNS)
def test_each_mover_of_appetite_has_its_sign_in_the_same_futures(mover):
    settings, sign = SIGNS[mover]
    fixed, moved = lived(12, 64), lived(12, 64, **settings)
    for what in ("bold", "wanted"):
        assert paired(sign * (moved[what] - fixed[what])).low > 0, what


@pytest.mark.slow
@pytest.mark.parametrize("belief", [{"lab__hope_learning": 0.1}, {"cone__hype": 0.15}], ids=["learned hope", "hype"])
def test_hope_that_learns_and_hype_leave_appetite_alone_and_ruin_labs(belief):
    plain, hoping = lived(40, 256), lived(40, 256, **belief)
    assert paired(hoping["failed"] - plain["failed"]).low > 0


@pytest.mark.slow
def test_all_movers_together_ruin_more_labs_than_none():
    together = {
        "lab__reversion": 0.1, "lab__herding": 0.1, "lab__pressure": 0.2, "lab__mood": 0.1, "lab__fear": 0.05, "lab__code_red": 0.3,
        "lab__caution": 0.2, "lab__hope_learning": 0.1, "cone__hype": 0.15,
    }  # fmt: skip
    fixed, moved = lived(40, 128), lived(40, 128, **together)
    assert paired(moved["failed"] - fixed["failed"]).low > 0
