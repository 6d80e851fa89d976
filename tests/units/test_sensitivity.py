"""Sensitivity against functions whose indices are known: Ishigami's and the G-function."""

import numpy as np
import pytest

from abm.errors import BadInput
from experiments.analysis.sensitivity import Sampled, analyse, morris, noise, pawn, sampled_from, sobol
from experiments.engine.design import unit_sample
from experiments.engine.question import Design, Question

ISHIGAMI_FIRST, ISHIGAMI_TOTAL = {"a": 0.3139, "b": 0.4424, "c": 0.0}, {"a": 0.5576, "b": 0.4424, "c": 0.2437}


def ishigami(unit):
    x = np.pi * (2 * unit - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def g_function(unit, weights):
    return np.prod((np.abs(4 * unit - 2) + weights) / (1 + weights), axis=1)


def g_indices(weights):
    """First-order and total indices of the G-function, from its formula."""
    parts = 1 / (3 * (1 + weights) ** 2)
    whole = np.prod(1 + parts) - 1
    return parts / whole, parts * np.prod(1 + parts) / (1 + parts) / whole


def drawn(method, points, function, names="abc", seeds=1, luck=0.0):
    """A sample of a function seen through the luck of some seeds, which is the same at every point but for a part of it."""
    unit = unit_sample(Design(method=method, points=points), len(names))
    rng = np.random.default_rng(1)
    values = function(unit)[:, None] + rng.normal(size=(1, seeds)) + luck * rng.normal(size=(len(unit), seeds))
    return Sampled(tuple(names), unit, values)


def test_sobol_finds_the_known_indices_of_ishigami_within_its_intervals():
    table = sobol(drawn("sobol", 1024, ishigami, seeds=3)).set_index("input")
    for name in "abc":
        assert table.S1[name] == pytest.approx(ISHIGAMI_FIRST[name], abs=0.03)
        assert table.ST[name] == pytest.approx(ISHIGAMI_TOTAL[name], abs=0.03)
        assert table.S1_low[name] - 0.01 <= ISHIGAMI_FIRST[name] <= table.S1_high[name] + 0.01
        assert table.ST_low[name] - 0.01 <= ISHIGAMI_TOTAL[name] <= table.ST_high[name] + 0.01


def test_sobol_finds_the_known_indices_of_the_g_function():
    weights = np.array([0.0, 1.0, 9.0, 99.0])
    table = sobol(drawn("sobol", 1024, lambda unit: g_function(unit, weights), "abcd")).set_index("input")
    first, total = g_indices(weights)
    assert table.S1[list("abcd")].to_numpy() == pytest.approx(first, abs=0.03)
    assert table.ST[list("abcd")].to_numpy() == pytest.approx(total, abs=0.03)


def test_few_noisy_seeds_widen_the_interval_of_an_index():
    quiet, noisy = (sobol(drawn("sobol", 128, ishigami, seeds=4, luck=luck)).set_index("input") for luck in (0.0, 4.0))
    assert (noisy.ST_high - noisy.ST_low)["c"] > 1.5 * (quiet.ST_high - quiet.ST_low)["c"]


def test_luck_that_moves_every_point_alike_is_no_noise_and_luck_of_its_own_is():
    same = drawn("lhs", 200, ishigami, seeds=5)
    own = drawn("lhs", 200, lambda unit: np.zeros(len(unit)), seeds=5, luck=1.0)
    assert noise(same.values) == pytest.approx(0, abs=1e-9)
    assert noise(own.values) == pytest.approx(1, abs=0.15)


def test_morris_orders_the_inputs_of_the_g_function_and_gives_nothing_to_an_idle_one():
    weights = np.array([0.0, 1.0, 9.0])
    sample = drawn("morris", 40, lambda unit: g_function(unit[:, :3], weights), "abcd", seeds=2)
    table = morris(sample, levels=4)
    assert table.input.tolist() == ["a", "b", "c", "d"]  # d is not part of the function
    assert table.mu_star.iloc[-1] == pytest.approx(0, abs=1e-9)


def test_pawn_shows_what_an_idle_input_reaches_by_chance():
    table = pawn(drawn("lhs", 400, ishigami, "abcd")).set_index("input")
    assert table.matters["a"] and table.matters["b"]
    assert not table.matters["d"]
    assert 0 < table.floor["a"] < 0.5


def test_an_outcome_that_never_moves_has_indices_of_nothing():
    table = sobol(drawn("sobol", 16, lambda unit: np.zeros(len(unit))))
    assert table.ST.tolist() == [0, 0, 0]


def asked(method, points):
    ranges = {"cone.width": {"low": 0.5, "high": 1.5}, "cloud.capex": {"low": 35, "high": 60}}
    design = {"method": method, "points": points}
    return Question.read({"question": "?", "world": "tutorial", "outcomes": ["x"], "uncertainties": ranges, "design": design})


def rows(samples, seeds):
    import pandas as pd

    return pd.DataFrame([{"combination": 0, "sample": s, "seed": k, "x": float(s)} for s in range(samples) for k in range(seeds)])


def test_stored_runs_are_analysed_on_the_seeds_that_every_point_has():
    runs = rows(8, 3).assign(failure=None)
    runs.loc[(runs["sample"] == 2) & (runs["seed"] == 1), ["x", "failure"]] = np.nan, "BrokenRule: a rule"
    sampled = sampled_from(asked("sobol", 2), runs, "x")
    assert sampled.values.shape == (8, 2)
    assert sampled.means.tolist() == list(range(8))


def test_a_sweep_that_is_not_finished_is_refused_in_words():
    with pytest.raises(BadInput, match="2 of 8 points have no run yet"):
        sampled_from(asked("sobol", 2), rows(6, 2), "x")


def test_sobol_refuses_a_sample_that_was_not_drawn_for_it():
    question = asked("lhs", 8)
    with pytest.raises(BadInput, match="sobol needs design.method"):
        analyse(question, sampled_from(question, rows(8, 1), "x"), "sobol")


def test_morris_gives_the_slopes_of_a_straight_line_their_sign_and_no_curvature():
    table = morris(drawn("morris", 20, lambda unit: 3 * unit[:, 0] - 2 * unit[:, 1], "abc", seeds=2), levels=4).set_index("input")
    assert table.mu_star[list("abc")].tolist() == pytest.approx([3, 2, 0])
    assert table.mu[list("abc")].tolist() == pytest.approx([3, -2, 0])
    assert table.sigma.tolist() == pytest.approx([0, 0, 0], abs=1e-9)
    assert (table.low <= table.mu_star + 1e-9).all() and (table.mu_star <= table.high + 1e-9).all()


def test_pawn_of_the_outcome_itself_is_what_slices_of_a_tenth_give():
    """Within slice i of ten, the cdf is furthest from the whole one by max(i, 9 - i) / 10; the median over slices is 0.7."""
    table = pawn(drawn("lhs", 1000, lambda unit: unit[:, 0], "ab")).set_index("input")
    assert table.pawn["a"] == pytest.approx(0.7, abs=0.02)
    assert not table.matters["b"]


def test_more_base_points_narrow_the_interval_of_an_index():
    few, many = (sobol(drawn("sobol", points, ishigami)).set_index("input") for points in (64, 1024))
    assert (few.ST_high - few.ST_low).mean() > 1.5 * (many.ST_high - many.ST_low).mean() and (many.ST_high > many.ST_low).all()


@pytest.mark.slow
def test_nineteen_of_twenty_intervals_or_nearly_hold_the_known_index():
    weights, held = np.array([0.0, 1.0, 9.0]), []
    _, total = g_indices(weights)
    for seed in range(20):
        unit = unit_sample(Design(method="sobol", points=128, seed=seed), 3)
        table = sobol(Sampled(tuple("abc"), unit, g_function(unit, weights)[:, None]), resamples=100).set_index("input").loc[list("abc")]
        held += ((table.ST_low <= total) & (total <= table.ST_high)).tolist()
    assert np.mean(held) >= 0.85
