"""The belief that a breakthrough may come in time: a third branch of the cone, apart from appetite [model.md 5.10]."""

import numpy as np
import pytest

from abm.beliefs.cone import Cone
from abm.beliefs.leap import arrival_weight, part_taken_up
from abm.beliefs.planners import own_view
from abm.beliefs.scores import crps
from abm.model import Industry, release
from agents.world_files.folder import load_world
from experiments.analysis.paired_effects import paired, paired_share

TWO = {"base": np.full((1, 3), 10.0), "growth": 0.5, "stalled_growth": 0.1, "stall_weight": 0.2, "spread": 0.3}


def believing(odds, quarters, futures):
    """Crisis by future, and compute that labs wanted in the first four quarters, GW, where labs and owners give these odds."""
    model = Industry(
        load_world("industry-2026q3", {"lab.breakthrough_odds": odds, "cloud.breakthrough_odds": odds}),
        worlds=futures, rng=5, parameters={"technology.breakthrough_rate": 0.0, "cone.breakthrough_gain": 5.0},
    ).run(quarters)  # fmt: skip
    wanted = model.record.series("labs", "wanted_gw")[:, :4].sum(axis=(1, 2))
    found = model.record.outcomes(model)["crisis"].to_numpy(), wanted
    release(model)
    return found


def test_odds_of_nine_tenths_within_ten_years_are_even_odds_within_three():
    assert arrival_weight(0.9, 10.0, np.log(2) / np.log(10) * 10) == pytest.approx(0.5)
    assert arrival_weight(0.5, 3.0, 3.0) == pytest.approx(0.5)


@pytest.mark.parametrize("odds", [1e-9, 0.3, 0.9])
def test_what_is_taken_up_is_the_mean_over_the_dates_at_which_it_may_come(odds):
    dates = (np.arange(200_000) + 0.5) / 100_000  # of two years
    weight = np.exp(np.log1p(-odds) / 3 * dates)
    assert part_taken_up(odds, 3.0, 2.0, 0.6) == pytest.approx(np.average(-np.expm1(-0.6 * (2 - dates)), weights=weight))


def test_a_cone_with_three_branches_undoes_its_quantiles_and_lies_above_the_one_with_two():
    two, three = Cone(**TWO), Cone(**TWO, leap_weight=np.array([[0.0, 0.1, 0.9]]), leap=1.2)
    for q in (0.02, 0.1, 0.5, 0.9, 0.98):
        found = three.quantile(q)
        assert three.cdf(found) == pytest.approx(q, abs=1e-12)
        assert found[0, 0] == two.quantile(q)[0, 0] < found[0, 1] < found[0, 2]
    assert np.diff(three.mean()).min() > 0


def test_the_score_of_a_cone_with_three_branches_is_that_of_its_definition():
    three = Cone(**TWO, leap_weight=0.3, leap=1.2)
    grid = np.linspace(-3, 5, 80_001)
    above = grid >= np.log(2.0)  # the outcome is twice the base
    gaps = np.array([(three.cdf(10 * np.exp(x))[0, 0] - seen) ** 2 for x, seen in zip(grid[::20], above[::20], strict=True)])
    assert crps(three, np.full((1, 3), 20.0)) == pytest.approx(gaps.sum() * (grid[20] - grid[0]), rel=2e-3)


@pytest.mark.slow
def test_odds_of_nothing_leave_every_number_as_it_was():
    for name in ("revenue", "cash", "forecast"):
        plain, zero = (Industry(load_world("tutorial", given), worlds=2, rng=1).run(6) for given in ({}, {"lab.breakthrough_odds": 0.0}))
        assert (plain.labs.columns[name] == zero.labs.columns[name]).all()
        release(plain), release(zero)


def test_who_believes_in_one_world_moves_no_other():
    alone, crowd = (
        Industry(load_world("tutorial"), world_ids=ids, rng=1) for ids in ((0,), (0, 1))
    )  # fmt: skip
    crowd.labs.breakthrough_odds[1] = 0.5
    alone.run(4), crowd.run(4)
    assert (alone.labs.forecast[0] == crowd.labs.forecast[0]).all()
    release(alone), release(crowd)


def test_once_it_has_come_nobody_waits_for_it():
    model = Industry(load_world("tutorial", {"lab.breakthrough_odds": 0.9}), worlds=2, rng=1).run(1)
    model.technology.force_breakthrough(np.array([[True], [False]]))
    weight = own_view(model, model.labs.revenue, 2.0).leap_weight
    assert (weight[0] == 0).all() and (weight[1] > 0.5).all()
    release(model)


@pytest.mark.slow
def test_the_same_boldness_with_more_faith_wants_more_compute():
    wanted = [believing(odds, 4, 32)[1] for odds in (0.1, 0.5, 0.9)]
    for less, more in zip(wanted, wanted[1:]):
        assert paired(more - less).low > 0


@pytest.mark.slow
def test_faith_that_is_disappointed_makes_crises_likelier():
    """It never comes; the interval is that of the same futures with and without the belief."""
    without, with_faith = (believing(odds, 32, 64)[0] for odds in (0.0, 0.9))
    assert paired_share(with_faith, without).low > 0
