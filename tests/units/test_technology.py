"""Technology: compute becomes capability, progress stalls and leaps, models are released and have books of their own."""

import numpy as np
import pytest

from abm.clock import Quarter
from abm.technology.generations import ModelBooks, opening_release_clock, tick_release_clock
from abm.technology.parameters import TechnologyParameters
from abm.technology.progress import (
    Technology,
    capability_of_compute,
    compute_of_capability,
    frontier,
    hardware_index,
    learn,
    quality_step,
    research_speed_up,
    solve_speedup,
    spill_over,
    stall_length,
    training_increment,
)

WINDOW = Quarter.parse("2025Q3")
CALM, HIT = 5.0, -5.0  # standard normals whose uniforms are near 1 and near 0


def row(stall=CALM, duration=0.0, breakthrough=CALM, worlds=3):
    """A quarter's row of luck, the same in every world unless arrays are given."""
    luck = np.zeros((worlds, 64))
    luck[:, 0], luck[:, 1], luck[:, 2] = stall, duration, breakthrough
    return luck


def opened(quarter=WINDOW - 1, worlds=3, **values):
    return Technology(worlds, TechnologyParameters(worlds, values), quarter)


def test_a_quarter_of_training_adds_its_gigawatt_years():
    added = training_increment(np.array([[4.0, 0.0]]), worth=2.0, speed_up=1.5, stalled=np.array([[False]]))
    assert added.tolist() == [[3.0, 0.0]]


def test_hardware_of_three_years_later_gives_more_for_the_same_gigawatt():
    assert hardware_index(3, TechnologyParameters()) == pytest.approx(np.exp(0.9))


def test_algorithms_improve_with_the_calendar_wherever_the_world_opens():
    assert opened(Quarter.parse("2023Q1")).algorithmic_index == pytest.approx(1)
    technology = opened(Quarter.parse("2025Q1"))
    assert technology.algorithmic_index == pytest.approx(10**0.9)
    technology.nature(Quarter.parse("2025Q2"), row())
    assert technology.algorithmic_index == pytest.approx(10 ** (0.45 * 2.25))


def test_capability_and_compute_are_inverse():
    capability = np.array([[0.0, 0.5, 3.0, 7.0]])
    assert capability_of_compute(compute_of_capability(capability, 0.01), 0.01) == pytest.approx(capability)
    assert capability_of_compute(np.array([[0.0, 0.09]]), 0.01) == pytest.approx(np.array([[0, 1]]))


def test_followers_close_part_of_the_gap_and_the_leader_gains_nothing():
    assert spill_over(np.array([[1.0, 2.0, 3.0]]), 0.5) == pytest.approx(np.array([[2.0, 2.5, 3.0]]))


def test_the_dead_neither_lead_nor_learn():
    active = np.array([[True, True, False, False]])
    capability = np.array([[1.0, 2.0, 3.0, 0.0]])
    assert frontier(capability, active).tolist() == [[2.0]]
    assert spill_over(capability, 0.5, active) == pytest.approx(np.array([[1.5, 2.0, 3.0, 0.0]]))


def test_a_quarter_of_research_trains_leaps_and_learns():
    parameters = TechnologyParameters(3, {"spill_over": 0.5, "initial_compute": 1})
    compute, increment = np.array([[0.0, 9.0, 9.0]] * 3), np.array([[9.0, 90.0, 90.0]] * 3)
    after, capability = learn(compute, increment, np.array([[0.0], [0.4], [0.0]]), np.array([[True, True, False]]), parameters)
    assert capability == pytest.approx(np.array([[1.5, 2.0, 1.0], [1.9, 2.4, 1.0], [1.5, 2.0, 1.0]]))
    assert after == pytest.approx(np.where([True, True, False], 10**capability - 1, 9.0))


def test_a_stall_begins_lasts_and_ends():
    technology = opened(stall_duration=6)
    technology.nature(WINDOW, row(stall=[HIT, CALM, HIT], duration=[0.0, 0.0, 1.0]))  # 6 ln 2 = 4.2, 6 * 1.84 = 11.05
    assert technology.stall_begins[:, 0].tolist() == [True, False, True]
    assert technology.stall_left[:, 0].tolist() == [4, 0, 11]
    stalled = []
    for later in range(1, 12):
        technology.nature(WINDOW + later, row())
        assert not technology.stall_begins.any()
        stalled.append(technology.stalled[:, 0].tolist())
    assert [s[0] for s in stalled] == [True] * 3 + [False] * 8
    assert [s[2] for s in stalled] == [True] * 10 + [False]


def test_labs_recognise_a_stall_after_two_quarters_and_forget_it_when_it_is_over():
    technology = opened()
    technology.force_stall(4)
    seen = [technology.stall_recognised.all()]
    for later in range(5):
        technology.nature(WINDOW + later, row())
        seen.append(bool(technology.stall_recognised.all()))
    assert seen == [False, False, True, True, False, False]


def test_a_stall_cannot_begin_before_the_window_and_seldom_does_after_it():
    luck = row(stall=-2.0)  # uniform .0228, between the two hazards
    technology = opened()
    for quarter, begins in ((WINDOW - 1, False), (WINDOW, True), (WINDOW + 7, True), (WINDOW + 8, False)):
        technology.stall_left[:] = 0
        technology.nature(quarter, luck)
        assert technology.stall_begins.all() == begins


def test_a_stalled_world_does_not_stall_again_meanwhile():
    technology = opened()
    technology.nature(WINDOW, row(stall=HIT, duration=-9.0))
    technology.nature(WINDOW + 1, row(stall=HIT, duration=2.0))
    assert technology.stall_left[:, 0].tolist() == [3, 3, 3]


def test_a_breakthrough_leaps_once_enlarges_the_market_and_ends_stalls_for_good():
    technology = opened(Quarter.parse("2025Q4"))
    technology.force_stall(10)
    technology.nature(Quarter.parse("2026Q1"), row(stall=HIT, breakthrough=[HIT, CALM, HIT]))
    assert technology.jump[:, 0].tolist() == [0.4, 0.0, 0.4]
    assert technology.market_boost()[:, 0].tolist() == [1.5, 1.0, 1.5]
    assert technology.stalled[:, 0].tolist() == [False, True, False]
    technology.nature(Quarter.parse("2026Q2"), row(stall=HIT, breakthrough=HIT))
    assert technology.jump[:, 0].tolist() == [0.0, 0.4, 0.0]
    assert not technology.stalled.any()
    assert technology.breakthrough.all()


def test_no_breakthrough_before_2026():
    technology = opened()
    technology.nature(Quarter.parse("2025Q4"), row(breakthrough=-20.0))
    assert not technology.breakthrough.any()


def test_a_scenario_can_force_events_in_some_worlds():
    technology = opened()
    technology.nature(WINDOW, row())
    technology.force_stall([[0], [6], [2]])
    technology.force_breakthrough([[True], [False], [False]])
    assert technology.stall_left[:, 0].tolist() == [0, 6, 2]
    assert technology.stall_begins[:, 0].tolist() == [False, True, True]
    assert technology.jump[:, 0].tolist() == [0.4, 0.0, 0.0]


def test_a_forced_stall_never_shortens_one_and_a_second_breakthrough_is_none():
    technology = opened()
    technology.force_stall(8)
    technology.nature(WINDOW, row())
    technology.force_stall(3)
    assert technology.stall_left[0, 0] == 7
    technology.force_breakthrough()
    technology.nature(WINDOW + 1, row())
    technology.force_breakthrough()
    assert not technology.jump.any()


def test_a_world_alone_equals_itself_in_a_crowd_bit_for_bit():
    rng = np.random.default_rng(3)
    luck = rng.standard_normal((40, 64, 64))
    hazard = rng.uniform(0, 0.2, 64)

    def run(worlds):
        technology = opened(worlds=len(hazard[worlds]), stall_hazard=hazard[worlds])
        compute = np.zeros((len(hazard[worlds]), 5))
        for later in range(40):
            technology.nature(WINDOW + later, luck[later, worlds])
            speed_up = research_speed_up(frontier(capability_of_compute(compute, 0.01)), technology.parameters)
            increment = training_increment(np.abs(luck[later, worlds, 5:10]), technology.algorithmic_index, speed_up, technology.stalled)
            compute, capability = learn(compute, increment, technology.jump, np.ones((1, 5), dtype=bool), technology.parameters)
        return np.hstack([capability, technology.stall_left, technology.market_boost()])

    assert run(slice(None))[17].tobytes() == run(slice(17, 18))[0].tobytes()


def test_a_stall_is_whole_quarters_long_and_never_short():
    lengths = stall_length(np.array([[-9.0, 0.0, 9.0]]), TechnologyParameters())
    assert lengths[0, :2].tolist() == [4, 8]  # 12 ln 2 = 8.3
    assert lengths[0, 2] == pytest.approx(525, abs=3)  # the far tail is finite


def test_the_speed_up_is_solved_from_two_observations():
    slope, midpoint = solve_speedup((2.83, 3.24), (1.05, 1.175), TechnologyParameters())
    assert slope.item() == pytest.approx(3.43, abs=0.005)
    assert midpoint.item() == pytest.approx(3.47, abs=0.005)


def test_another_scale_of_capability_gives_the_same_speed_up_at_its_own_frontier():
    slope, midpoint = solve_speedup((1.0, 1.8), (1.05, 1.175), TechnologyParameters())
    parameters = TechnologyParameters(1, {"automation_slope": slope.item(), "automation_midpoint": midpoint.item()})
    assert research_speed_up(np.array([[1.0, 1.8]]), parameters) == pytest.approx(np.array([[1.05, 1.175]]))


def test_quality_fades_and_keeps_its_spread():
    parameters = TechnologyParameters(1, {"quality_spread": 0.45, "quality_memory": 0.85})
    assert quality_step(np.array([[1.0]]), np.array([[0.0]]), parameters) == pytest.approx(0.85)
    quality, rng = np.zeros((1, 20_000)), np.random.default_rng(2)
    for _ in range(40):
        quality = quality_step(quality, rng.standard_normal(quality.shape), parameters)
    assert quality.std() == pytest.approx(0.45, rel=0.02)


def test_labs_take_turns_in_releasing():
    parameters = TechnologyParameters()
    clock = opening_release_clock(2, 4, parameters)
    turns = []
    for _ in range(6):
        clock, released = tick_release_clock(clock, 1.0, parameters)
        turns.append(np.flatnonzero(released[1]).tolist())
    assert turns == [[2], [1], [0, 3]] * 2


def test_faster_research_releases_sooner():
    parameters = TechnologyParameters()
    clock, count = opening_release_clock(2, 3, parameters), 0
    for _ in range(24):
        clock, released = tick_release_clock(clock, np.array([[1.0], [1.5]]), parameters)
        count = count + released
    assert count.tolist() == [[8, 8, 8], [12, 12, 12]]


def test_every_model_pays_though_the_company_loses_more_each_year():
    books, company, roi = ModelBooks.opening(1, 1, 1), [], []  # withdrawn as the next one comes
    for outlay, profit in ((0.1, 0.0), (1.0, 0.2), (10.0, 2.0)):
        books = books.book(outlay, profit).next_quarter(np.array([[True]]))
        company.append(profit - outlay)
        roi.append(books.model_roi.item())
    assert company == pytest.approx([-0.1, -0.8, -8])
    assert np.isnan(roi[0])
    assert roi[1:] == pytest.approx([1.0, 1.0])
    assert books.payback.item() == pytest.approx(2)
    assert books.cost.item() == 10


def test_a_lab_that_does_not_release_keeps_its_books_open():
    books = ModelBooks.opening(1, 2, 1).book(np.array([[1.0, 2.0]]), 0.0).next_quarter(np.array([[True, False]])).book(0.5, 0.25)
    assert books.in_training.tolist() == [[0.5, 2.5]]
    assert books.cost[..., 0].tolist() == [[1.0, 0.0]]
    assert books.profit[..., 0].tolist() == [[0.25, 0.25]]
    assert np.isnan(books.model_roi).all()


def test_a_model_earns_less_and_less_until_it_is_withdrawn():
    """Over six quarters its weight falls from 6 to 1; an older model has one less, a newer one comes with 6 after three quarters."""
    yes, no = np.array([[True]]), np.array([[False]])
    books, old = ModelBooks.opening(1, 1, 6).book(8.0, 0.0).next_quarter(yes), []
    for quarter in range(6):
        before = books.profit[0, 0, min(quarter, 5)]
        books = books.book(0.0, 1.0)
        old.append(books.profit[0, 0, quarter] - before)
        assert not books.withdrawn.any() or quarter == 5
        books = books.next_quarter(yes if quarter == 2 else no)
    assert old == pytest.approx([6 / 11, 5 / 9, 4 / 7, 3 / 11, 2 / 8, 1 / 5])
    assert books.withdrawn.all()
    assert books.last_profit.item() == pytest.approx(sum(old))
    assert books.payback.item() == pytest.approx(sum(old) / 8)


def test_the_last_model_stays_on_sale_until_a_newer_one_is_there():
    yes, no = np.array([[True]]), np.array([[False]])
    books = ModelBooks.opening(1, 1, 2).book(1.0, 0.0).next_quarter(yes).next_quarter(no)
    for _ in range(5):
        books = books.next_quarter(no).book(0.0, 1.0)
        assert not books.withdrawn.any()
    books = books.next_quarter(yes)
    assert books.withdrawn.all()
    assert books.last_profit.item() == pytest.approx(5)
