"""What a browser session runs: the same worlds as the model itself, whoever holds them, and a message where something is wrong."""

import numpy as np
import pytest

from abm.errors import BadInput, BrokenRule
from abm.failure.crisis import CRISIS, PARTS
from abm.model import Industry
from abm.shocks import SHOCKS
from agents.world_files.folder import load_world
from experiments.ui.live_ensemble import Laboratory
from experiments.ui.replay import LookingGlass
from experiments.ui.worker_pool import SHOWN, Crew, shares
from tests.marks import mostly_slow

WORLD, WORLDS = "tutorial", 5


@pytest.fixture
def laboratories():
    made = []

    def make(**changes):
        made.append(Laboratory(**{"world": WORLD, "worlds": WORLDS, "quarters": 6, "workers": 0, **changes}))
        return made[-1]

    yield make
    for laboratory in made:
        laboratory.close()


def played(laboratory):
    while laboratory.running:
        laboratory.step()
    return laboratory


def test_worlds_are_shared_out_in_order_and_none_is_lost():
    assert shares(5, 2) == [(0, 1), (2, 3, 4)]
    assert shares(1, 2) == [(0,)]


@pytest.mark.parametrize("workers", mostly_slow([0, 2], [0]))
def test_a_laboratory_shows_the_numbers_of_the_model_itself_whatever_its_workers(laboratories, workers):
    laboratory = played(laboratories(workers=workers, quarters=3))
    industry = Industry(load_world(WORLD), worlds=WORLDS, rng=0).run(3)
    for name in SHOWN:
        assert np.array_equal(laboratory.main.values(name), industry.indicators[name]), name


@pytest.mark.slow
def test_a_crisis_and_its_parts_so_far_are_those_of_the_outcomes(laboratories):
    laboratory = played(laboratories(world="archetypes-2023q1", quarters=44, worlds=12))
    industry = Industry(load_world("archetypes-2023q1"), worlds=12, rng=0).run(44)
    found = industry.record.outcomes(industry)
    for name in (CRISIS, *PARTS):
        assert np.array_equal(laboratory.main.happened(name).any(axis=1), found[name] > 0)
    assert any(0 < found[name].mean() < 1 for name in (CRISIS, *PARTS))


@pytest.mark.parametrize("disclosure", [0.0, 1.0])
def test_worlds_without_a_panel_live_as_those_with_one(disclosure):
    with_panel, without = (
        Industry(load_world(WORLD), 3, parameters={"sentiment.disclosure": disclosure}, panel=panel) for panel in (True, False)
    )
    for _ in range(6):
        with_panel.step()
        without.step()
        for name in SHOWN:
            assert np.array_equal(with_panel.measured[name], without.measured[name]), name
        assert all(np.array_equal(held, without.ledger.balances[account]) for account, held in with_panel.ledger.balances.items())
    assert without.record.measures == {} and "debtrank" not in without.measured


def test_the_run_ends_at_the_horizon_and_a_further_step_does_nothing(laboratories):
    laboratory = played(laboratories(quarters=2))
    laboratory.step()
    assert (laboratory.age, laboratory.running, laboratory.quarters[-1]) == (2, False, laboratory.horizon[-1])


def test_a_mistake_in_the_inputs_is_a_message_and_nothing_runs(laboratories):
    laboratory = laboratories(settings={"cone.widht": 1.0})
    assert "cone.widht" in laboratory.problem and "cone.width" in laboratory.problem
    laboratory.step()
    assert (laboratory.age, laboratory.running, laboratory.quarters) == (0, False, [])


def test_a_broken_rule_becomes_a_message_with_world_quarter_and_rule(laboratories, monkeypatch):
    laboratory = laboratories()
    laboratory.step()

    def breaks(industry):
        raise BrokenRule(f"world 3, {industry.quarter}: I4 net worth is real capital is violated by 2 $bn")

    monkeypatch.setattr("abm.model.apply_shocks", breaks)
    laboratory.step()
    assert laboratory.problem == f"world 3, {laboratory.horizon[1]}: I4 net worth is real capital is violated by 2 $bn"
    assert (laboratory.age, laboratory.running) == (1, False)


def test_any_other_error_names_worlds_quarter_and_kind(laboratories, monkeypatch):
    laboratory = laboratories()

    def breaks(industry):
        raise FloatingPointError("overflow")

    monkeypatch.setattr("abm.model.apply_shocks", breaks)
    laboratory.step()
    assert laboratory.problem == f"worlds 0 to 4, {laboratory.horizon[0]}: FloatingPointError: overflow"


@pytest.mark.slow
def test_a_shock_happens_in_the_next_quarter_and_changes_nothing_before(laboratories):
    shocked, calm = laboratories(), laboratories()
    for laboratory in (shocked, calm):
        laboratory.step()
    row = shocked.shock("demand_shortfall", size=0.9)
    assert row["at"] == shocked.horizon[1] and shocked.marks == [(shocked.horizon[1], "demand shortfall")]
    played(shocked), played(calm)
    revenue, without = (each.main.values("revenue_total") for each in (shocked, calm))
    assert np.array_equal(revenue[:, 0], without[:, 0])
    assert (revenue[:, 2:] < without[:, 2:]).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", mostly_slow(SHOCKS, ("loss", "stall")))
def test_a_shock_at_a_click_is_the_shock_of_a_run_that_knew_of_it_from_the_start(laboratories, name):
    clicked = laboratories(quarters=4)
    clicked.step()
    row = clicked.shock(name, **({"firm": "Cloud"} if name == "loss" else {}))
    known = laboratories(quarters=4, shocks=[row])
    played(clicked)
    played(known)
    assert clicked.problem == known.problem == "" and clicked.age == 4
    for measure in SHOWN:
        assert np.array_equal(clicked.main.values(measure), known.main.values(measure)), measure
    key = ("labs", "revenue")
    assert np.array_equal(clicked.panel([key])[key], known.panel([key])[key])


def test_a_shock_that_is_not_allowed_is_refused_in_words(laboratories):
    laboratory = laboratories(quarters=1)
    with pytest.raises(BadInput, match="outside"):
        laboratory.shock("demand_shortfall", size=2.0)
    played(laboratory)
    with pytest.raises(BadInput, match="no quarter is left"):
        laboratory.shock("stall")
    assert laboratory.inputs.shocks == ()


@pytest.mark.slow
def test_a_compared_setting_has_the_same_luck(laboratories):
    same = played(laboratories(compare={}, quarters=3))
    assert np.array_equal(same.main.values("revenue_total"), same.other.values("revenue_total"))
    other = played(laboratories(compare={"customers.market_size": 600.0}, quarters=3))
    assert not np.array_equal(other.main.values("revenue_total"), other.other.values("revenue_total"))


def test_after_reset_the_old_laboratory_takes_no_step_with_the_new_ones_worlds(laboratories):
    crew = Crew(0)
    old = laboratories(crew=crew)
    old.step()
    new = laboratories(crew=crew, seed=1)
    old.step()
    assert (old.age, old.running, new.age) == (1, False, 0)
    new.step()
    assert new.age == 1 and not np.array_equal(old.main.values("revenue_total"), new.main.values("revenue_total"))


@pytest.mark.slow
def test_workers_end_with_the_session_and_a_dead_one_is_replaced_on_reset(laboratories):
    crew = Crew(2)
    laboratory = laboratories(crew=crew, quarters=3)
    laboratory.step()
    crew.hands[0].process.kill()
    crew.hands[0].process.join()
    laboratory.step()
    assert "worker process" in laboratory.problem and not laboratory.running
    again = played(laboratories(crew=crew, quarters=1))
    assert (again.age, again.problem) == (1, "")
    processes = [hand.process for hand in crew.hands]
    crew.stop()
    assert not any(process.is_alive() for process in processes)


def test_two_sessions_share_nothing(laboratories):
    one, two = laboratories(seed=1), laboratories(seed=1)
    one.step()
    one.shock("stall")
    assert (two.age, two.inputs.shocks) == (0, ())
    assert one.crew is not two.crew


def test_the_picked_world_is_the_world_of_the_crowd_bit_for_bit(laboratories):
    laboratory = laboratories()
    for _ in range(2):
        laboratory.step()
    laboratory.shock("demand_shortfall", size=0.5)
    laboratory.step()
    glass = LookingGlass()
    pages = glass.catch_up(laboratory.inputs, 3, laboratory.age)
    alone = glass.industry.indicators["revenue_total"]
    assert np.array_equal(alone[0], laboratory.main.values("revenue_total")[3])
    assert [page.quarter for page in pages] == laboratory.quarters
    glass.stop()


def test_going_back_reads_a_snapshot_and_runs_nothing(laboratories, monkeypatch):
    laboratory = played(laboratories(quarters=3))
    glass = LookingGlass()
    glass.catch_up(laboratory.inputs, 0, 3)
    monkeypatch.setattr("abm.model.apply_shocks", None)  # a step would fail
    revenue = [page.columns["labs"]["revenue"].sum() for page in glass.catch_up(laboratory.inputs, 0, 3)]
    assert np.array_equal(revenue, laboratory.main.values("revenue_total")[0])
    assert glass.page(0).quarter == laboratory.quarters[0] and glass.page(3) is None
    glass.stop()
