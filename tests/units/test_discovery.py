"""Scenario discovery against a box that was planted."""

import numpy as np
import pandas as pd
import pytest

from abm.errors import BadInput
from experiments.analysis import discovery
from experiments.analysis.conditions import Condition

LOW, HIGH = 0.6, 0.3  # the planted box: a >= 0.6 and b <= 0.3; c says nothing


@pytest.fixture(scope="module")
def planted():
    points = np.random.default_rng(3).random((1200, 3))
    table = pd.DataFrame(points, columns=["a", "b", "c"])
    return table, (points[:, 0] >= LOW) & (points[:, 1] <= HIGH)


def test_prim_finds_the_planted_box(planted):
    table, hit = planted
    box = discovery.choose(discovery.prim(table.to_numpy(), hit))
    assert box.coverage > 0.9 and box.density > 0.9
    assert box.low[0] == pytest.approx(LOW, abs=0.03)
    assert box.high[1] == pytest.approx(HIGH, abs=0.03)


def test_peeling_begins_with_everything_and_takes_thin_slices(planted):
    table, hit = planted
    trace = discovery.prim(table.to_numpy(), hit)
    assert trace[0].mass == 1 and trace[0].coverage == 1
    steps = [after.mass / before.mass for before, after in zip(trace, trace[1:]) if after.mass < before.mass]
    assert len(steps) > 10 and min(steps) > 0.94


def test_pasting_gives_back_what_peeling_took_too_much():
    x = np.arange(100.0)[:, None]
    tight = discovery.Box(np.array([40.0]), np.array([49.0]), 0.5, 0.9, 0.1)
    hit = (x[:, 0] >= 41) & (x[:, 0] < 60)
    wider = discovery._paste(x, hit, tight, 0.05)
    assert (wider.low[0], wider.high[0]) == (40, 50)
    assert wider.density == pytest.approx(10 / 11)


def test_two_planted_boxes_are_found_one_after_the_other():
    x = np.random.default_rng(4).random((1500, 2))
    left, right = np.all(x < 0.3, axis=1), np.all(x > 0.75, axis=1)
    found = discovery.boxes(x, left | right, most=2)
    assert len(found) == 2
    assert sum(box.coverage for box in found) > 0.85
    assert {bool(box.low[0] > 0.5) for box in found} == {True, False}


def test_a_box_is_told_in_words_and_the_idle_input_is_not_in_them(planted):
    table, hit = planted
    inputs = discovery.inputs(table, ["a", "b", "c"])
    words = discovery.box_in_words(inputs, hit, discovery.boxes(inputs.x, hit, 1)[0])
    assert "a >= 0.6" in words and "b <= 0.3" in words and "coverage" in words
    assert "c <=" not in words and "c >=" not in words


def test_where_hits_are_a_coin_no_box_is_claimed():
    draw = np.random.default_rng(9)
    assert discovery.boxes(draw.random((300, 6)), draw.random(300) < 0.3) == []


def test_a_limit_around_two_points_of_ten_may_be_chance():
    x = np.linspace(0, 1, 10)[:, None]
    hit = np.array([1, 0, 1, 0, 1, 0, 1, 0, 1, 1], dtype=bool)
    box = discovery.Box(np.array([x[8, 0]]), np.array([1.0]), 2 / 6, 1.0, 0.2)
    assert discovery.restrictions(x, hit, box) == [(0, True, pytest.approx(8 / 9), pytest.approx(0.36))]


def test_a_named_setting_is_told_by_its_name():
    population = np.tile(["all cautious", "as they are", "all bold"], 40)
    table = pd.DataFrame({"population": population, "c": np.tile([0.0, 1.0], 60)})
    hit = (table.population == "all bold").to_numpy()
    inputs = discovery.inputs(table, ["population", "c"])
    assert discovery.box_in_words(inputs, hit, discovery.boxes(inputs.x, hit, 1)[0]).startswith(
        "population is 'all bold': coverage 100 %, density 100 %, 40 of 120 points"
    )
    assert discovery.tree_in_words(inputs, hit) == ["population is 'all bold': coverage 100 %, density 100 %, 40 of 120 points"]


def test_the_tree_finds_the_planted_box(planted):
    table, hit = planted
    leaf = discovery.tree_in_words(discovery.inputs(table, ["a", "b", "c"]), hit)[0]
    assert "a >= 0.598" in leaf and "b <= 0.299" in leaf and "density 100 %" in leaf


def test_regional_sensitivity_puts_the_idle_input_last(planted):
    table, hit = planted
    found = discovery.regional(discovery.inputs(table, ["a", "b", "c"]), hit)
    assert found.input.tolist() == ["b", "a", "c"]
    assert found.p.iloc[0] < 1e-6 < 0.01 < found.p.iloc[-1]


def test_two_inputs_whose_sum_decides_are_half_apart_and_an_idle_one_is_not():
    """Where a + b > 1 the distribution of a is a^2, elsewhere 2a - a^2: furthest apart at a = 1/2, by 1/2."""
    x = np.random.default_rng(3).random((4000, 3))
    found = discovery.regional(discovery.Inputs(x, ("a", "b", "c"), (None,) * 3), x[:, 0] + x[:, 1] > 1).set_index("input")
    assert found.distance[["a", "b"]].to_numpy() == pytest.approx([0.5, 0.5], abs=0.03)
    assert found.hits["a"] == pytest.approx(1 / np.sqrt(2), abs=0.02)  # the median of a^2
    assert found.p["c"] > 0.01


def test_nothing_to_discover_is_said_in_words(planted):
    table, _ = planted
    with pytest.raises(BadInput, match="holds at no point"):
        discovery.prim(table.to_numpy(), np.zeros(len(table)))
    with pytest.raises(BadInput, match="no lever and no uncertainty varies"):
        discovery.inputs(pd.DataFrame({"a": [1.0, 1.0]}), ["a"])


def test_a_condition_is_read_without_being_run():
    values = {"labs_defaulted": np.array([0, 2, 3]), "x": np.array([5.0, 5.0, np.nan])}
    assert Condition.read("labs_defaulted >= 2").holds(values).tolist() == [False, True, True]
    assert Condition.read("labs_defaulted >= 2 and x > 1").holds(values).tolist() == [False, True, False]
    assert Condition.read("labs_defaulted == 0 or labs_defaulted>2 and x < -1e3").holds(values).tolist() == [True, False, False]


@pytest.mark.parametrize("text", ["", "labs_defaulted", "__import__('os')", "x > y", "x > 1; y", "x >> 1", "x > 1 and"])
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(BadInput, match="is not a condition"):
        Condition.read(text)


def test_a_misspelt_outcome_gets_a_hint():
    with pytest.raises(BadInput, match="did you mean 'labs_defaulted'"):
        Condition.read("lab_defaulted > 1", ["labs_defaulted", "x"])
