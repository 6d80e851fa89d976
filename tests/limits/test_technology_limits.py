"""Technology in its limits: scaling, Amdahl, hazards, and what happens without spill-over, without luck, in a stall."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.clock import Quarter, hazard_per_quarter
from abm.technology.parameters import TechnologyParameters
from abm.technology.progress import (
    Technology,
    amdahl,
    breakthrough_chance,
    capability_of_compute,
    compute_of_capability,
    learn,
    research_speed_up,
    spill_over,
    stall_chance,
    stall_length,
    training_increment,
)

START, WINDOW = Quarter.parse("2023Q1"), Quarter.parse("2025Q3")
few = settings(max_examples=100, deadline=None)


@few
@given(st.floats(1, 12))
def test_ten_times_the_compute_is_one_order_of_magnitude_whatever_the_level(level):
    compute = compute_of_capability(np.array([[level]]), 0.01)
    more = capability_of_compute(10 * compute, 0.01).item() - level
    assert more == pytest.approx(1, abs=10**-level)


def test_seventy_percent_training_instead_of_fifty_is_worth_little():
    half, more = capability_of_compute(1e9 * np.array([0.5, 0.7]), 0.01)
    assert more - half == pytest.approx(np.log10(1.4), abs=1e-9)
    assert np.log10(1.4) == pytest.approx(0.1461, abs=5e-5)
    assert 12 * (more - half) / 1.1 == pytest.approx(1.6, abs=0.01)


@pytest.mark.parametrize(("share", "speed_up"), [(0.2, 1.1905), (0.05952, 1.05), (0.18617, 1.175)])
def test_automating_a_share_of_research_speeds_up_the_whole(share, speed_up):
    assert amdahl(share, 5) == pytest.approx(speed_up, abs=1e-4)


def test_even_infinitely_fast_automation_has_a_ceiling():
    assert amdahl(0.18617, np.inf) == pytest.approx(1.2288, abs=5e-5)
    parameters = TechnologyParameters(1, {"automated_speed": 1e9})
    assert research_speed_up(np.array([[100.0]]), parameters) == pytest.approx(1 / (1 - 0.6))


def test_the_frontier_of_2025_and_2026_speeds_research_up_as_observed():
    assert research_speed_up(np.array([[2.83, 3.24]]), TechnologyParameters()) == pytest.approx(np.array([[1.05, 1.175]]), abs=0.002)


def test_before_automation_research_goes_at_the_speed_of_people():
    assert research_speed_up(np.zeros((1, 1)), TechnologyParameters()) == pytest.approx(1, abs=1e-5)


def test_without_spill_over_the_gap_stays():
    parameters = TechnologyParameters(1, {"spill_over": 0})
    capability = np.array([[3.0, 1.0]])
    compute = compute_of_capability(capability, parameters.initial_compute)
    for _ in range(50):
        compute, capability = learn(compute, np.zeros((1, 2)), 0.0, np.array([[True, True]]), parameters)
    assert capability == pytest.approx(np.array([[3.0, 1.0]]), abs=1e-12)


def test_without_spill_over_whoever_trains_more_runs_away():
    def gap_after(spill, quarters=40):
        parameters = TechnologyParameters(1, {"spill_over": spill})
        compute = np.full((1, 2), 0.1)
        for quarter in range(quarters):
            increment = np.array([[1.2, 1.0]]) ** quarter
            compute, capability = learn(compute, increment, 0.0, np.array([[True, True]]), parameters)
        return (capability[0, 0] - capability[0, 1]).item()

    assert gap_after(0.3) < 0.3 < 1 < gap_after(0.0)


@few
@given(st.lists(st.floats(0, 8), min_size=2, max_size=6), st.floats(0, 1))
def test_spill_over_never_changes_the_order_nor_the_frontier(levels, share):
    before = np.array([sorted(levels)])
    after = spill_over(before, share)
    assert np.all(np.diff(after) >= -1e-12)
    assert np.all(after >= before)
    assert after.max() == pytest.approx(before.max())


def test_with_full_spill_over_all_are_at_the_frontier():
    assert spill_over(np.array([[1.0, 2.0, 3.0]]), 1.0) == pytest.approx(3)


def test_a_stall_freezes_training_and_nothing_else():
    technology = Technology(2, TechnologyParameters(2), WINDOW)
    technology.force_stall([[6], [0]])
    before = technology.algorithmic_index
    technology.nature(WINDOW + 1, np.full((2, 64), 5.0))
    added = training_increment(np.full((2, 3), 2.0), technology.algorithmic_index, 1.0, technology.stalled)
    assert added[0].tolist() == [0, 0, 0]
    assert np.all(added[1] > 0)
    assert np.all(technology.algorithmic_index > before)


def test_both_readings_of_the_breakthrough_are_one_hazard():
    assert np.log(2) / 3 == pytest.approx(0.231049, abs=5e-7)
    assert np.log(10) / 10 == pytest.approx(0.230259, abs=5e-7)
    assert hazard_per_quarter(np.log(10) / 10) == pytest.approx(0.055939, abs=5e-7)
    quarterly = breakthrough_chance(Quarter.parse("2026Q1"), TechnologyParameters()).item()
    assert 1 - (1 - quarterly) ** 12 == pytest.approx(0.5, abs=0.002)
    assert 1 - (1 - quarterly) ** 40 == pytest.approx(0.9, abs=0.001)


@pytest.mark.parametrize(("two_years", "quarterly"), [(0.225, 0.031359), (0.20, 0.027508), (0.25, 0.035321)])
def test_the_hazard_of_a_stall_follows_from_its_chance_in_two_years(two_years, quarterly):
    assert 1 - (1 - two_years) ** (1 / 8) == pytest.approx(quarterly, abs=5e-7)


def test_a_stall_comes_within_the_window_with_the_chance_the_seed_gives():
    parameters = TechnologyParameters()
    spared = np.prod([1 - stall_chance(START + t, parameters).item() for t in range(10 + 8)])
    assert 1 - spared == pytest.approx(0.225, abs=0.0005)
    assert stall_chance(WINDOW + 8, parameters).item() == 0.010


def test_drawn_worlds_stall_and_leap_as_often_as_the_hazards_say():
    worlds, rng = 20_000, np.random.default_rng(5)
    technology = Technology(worlds, TechnologyParameters(worlds, {"breakthrough_rate": 0}), WINDOW - 1)
    ever = np.zeros((worlds, 1), dtype=bool)
    for later in range(8):
        technology.nature(WINDOW + later, rng.standard_normal((worlds, 64)))
        ever |= technology.stall_begins
    assert ever.mean() == pytest.approx(0.225, abs=0.01)
    leaping = Technology(worlds, TechnologyParameters(worlds), Quarter.parse("2025Q4"))
    for later in range(12):
        leaping.nature(Quarter.parse("2026Q1") + later, rng.standard_normal((worlds, 64)))
    assert leaping.breakthrough.mean() == pytest.approx(0.5, abs=0.012)


def test_stalls_last_four_quarters_or_an_exponential_time():
    lengths = stall_length(np.random.default_rng(6).standard_normal((1, 200_000)), TechnologyParameters())
    assert lengths.min() == 4
    assert lengths.mean() == pytest.approx(4 + 12 * np.exp(-4 / 12), rel=0.01)
    assert (lengths > 12).mean() == pytest.approx(np.exp(-12.5 / 12), abs=0.005)


def test_without_hazards_nothing_ever_happens():
    parameters = TechnologyParameters(50, {"stall_hazard": 0, "late_stall_hazard": 0, "breakthrough_rate": 0})
    technology, rng = Technology(50, parameters, START), np.random.default_rng(1)
    for t in range(1, 60):
        technology.nature(START + t, rng.standard_normal((50, 64)))
        assert not technology.stalled.any()
        assert not technology.breakthrough.any()
