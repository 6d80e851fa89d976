"""A design takes every combination of levers, and the same sample of the uncertainties at each."""

import numpy as np
import pytest
from scipy.stats import qmc

from abm.errors import BadInput
from agents.inhabitants import parameters
from experiments.engine.cases import is_structure
from experiments.engine.design import design, sample, size
from experiments.engine.question import Question

ASKED = {"question": "?", "world": "archetypes-2023q1", "outcomes": ["systemic_event"], "seeds": 2, "quarters": 12}
WIDTH = {"cone.width": {"low": 0.5, "high": 1.5}}
MARKET = {"customers.market_size": {"low": 700, "high": 2800, "scale": "log"}}


def asked(**more):
    return Question.read({**ASKED, **more})


def test_without_uncertainties_the_levers_alone_are_the_design():
    points = design(asked(levers={"cone.width": [0.5, 1.0], "vendor.circular_intensity": [0.0, 1.0]}))
    assert [tuple(point.shown.values()) for point in points] == [(0.5, 0), (0.5, 1), (1, 0), (1, 1)]
    assert [point.number for point in points] == [point.combination for point in points] == [0, 1, 2, 3]


def test_every_combination_of_levers_sees_the_same_sample():
    points = design(asked(levers={"vendor.circular_intensity": [0.0, 1.0]}, uncertainties=WIDTH, design={"points": 3}))
    widths = [point.shown["cone.width"] for point in points]
    assert len(points) == 6 and widths[:3] == widths[3:]
    assert [point.sample for point in points] == [0, 1, 2, 0, 1, 2]
    assert len({round(3 * (width - 0.5)) for width in widths}) >= 2


def test_a_lever_of_named_settings_shows_its_name_and_sets_what_is_behind_it():
    levers = {"population": {"nobody": {}, "two": {"lab.follower.risk_appetite": 0.9, "lab.open weight.risk_appetite": 0.9}}}
    first, second = design(asked(levers=levers))
    assert first.shown == {"population": "nobody"} and "lab.follower.risk_appetite" not in first.settings
    assert second.shown == {"population": "two"} and second.settings["lab.open weight.risk_appetite"] == 0.9
    assert first.structure == second.structure  # they can share a batch


def test_a_grid_has_so_many_values_on_each_axis():
    found = sample(asked(uncertainties={**WIDTH, **MARKET}, design={"method": "grid", "points": 3}))
    assert sorted({round(row["cone.width"], 9) for row in found}) == [0.5, 1.0, 1.5]
    assert sorted({round(row["customers.market_size"], 6) for row in found}) == [700, 1400, 2800]  # equal ratios on a log scale
    assert len(found) == 9


def test_a_latin_hypercube_puts_one_point_in_every_slice():
    found = sample(asked(uncertainties=WIDTH, design={"method": "lhs", "points": 10, "seed": 3}))
    assert sorted(int((row["cone.width"] - 0.5) * 10) for row in found) == list(range(10))


def test_sobol_and_morris_have_the_sizes_their_analyses_need():
    both = {**WIDTH, **MARKET}
    for method, points, expected in (("sobol", 8, 8 * (2 + 2)), ("morris", 5, 5 * (2 + 1))):
        question = asked(uncertainties=both, design={"method": method, "points": points})
        assert len(sample(question)) == size(question) == expected


def test_a_sample_is_the_same_for_the_same_seed_and_fills_the_range_evenly():
    ask = {"method": "lhs", "points": 64, "seed": 5}
    one, two = (sample(asked(uncertainties={**WIDTH, **MARKET}, design=ask)) for _ in range(2))
    assert one == two
    unit = [[row["cone.width"] - 0.5, np.log(row["customers.market_size"] / 700) / np.log(4)] for row in one]
    assert qmc.discrepancy(unit) < 0.01


def test_whole_numbers_and_quarters_stay_whole_and_are_equally_likely():
    shock = [{"name": "stall", "at": "2023Q2"}]
    ranges = {"cloud.build_lag": {"low": 4, "high": 7}, "shock.stall.at": {"low": "2023Q2", "high": "2024Q1"}}
    found = sample(asked(uncertainties=ranges, shocks=shock, design={"method": "lhs", "points": 40}))
    lags, dates = [row["cloud.build_lag"] for row in found], [row["shock.stall.at"] for row in found]
    assert [lags.count(lag) for lag in (4, 5, 6, 7)] == [10] * 4
    assert [dates.count(date) for date in ("2023Q2", "2023Q3", "2023Q4", "2024Q1")] == [10] * 4


def test_structure_decides_which_points_can_share_a_batch():
    structure = design(asked(levers={"cloud.build_lag": [4, 6], "cone.width": [0.5, 1.0]}))
    assert [point.structure == structure[0].structure for point in structure] == [True, True, False, False]
    dated = design(asked(levers={"shock.stall.at": ["2023Q2", "2023Q3", "never"]}, shocks=[{"name": "stall", "at": "2023Q2"}]))
    assert len({point.structure for point in dated}) == 3
    long = design(asked(levers={"shock.stall.duration": [4, 8]}, shocks=[{"name": "stall", "at": "2023Q2"}]))
    assert len({point.structure for point in long}) == 1


def test_listed_points_are_taken_as_they_are():
    rows = [{"cone.width": 0.5, "vendor.circular_intensity": 0}, {"cone.width": 1.5, "vendor.circular_intensity": 1}]
    points = design(asked(design={"method": "list", "points": rows}))
    assert [point.shown for point in points] == rows


def test_a_design_that_nobody_could_run_is_refused_at_once():
    levers = {f"lab.follower.{name}": [k / 100 for k in range(100)] for name in ("risk_appetite", "cash", "extrapolation", "growth")}
    with pytest.raises(BadInput, match="100,000,000 points"):
        size(asked(levers=levers))


def test_the_ends_of_a_range_are_exact_for_every_parameter_on_both_scales():
    movable = {name: item for name, item in parameters().items() if not is_structure(name) and np.isfinite([item.low, item.high]).all()}
    positive = [name for name, item in movable.items() if item.low > 0]
    assert len(positive) > 50
    for name, item in movable.items():
        for scale in ("linear", "log") if item.low > 0 else ("linear",):
            ends = {"low": item.low, "high": item.high, "scale": scale}
            grid = Question.read({**ASKED, "uncertainties": {name: ends}, "design": {"method": "grid", "points": 5}})
            values = [row[name] for row in sample(grid)]
            assert (values[0], values[-1]) == (item.low, item.high)
            assert all(item.low <= value <= item.high for value in values)


def test_a_log_range_over_a_parameters_own_bounds_is_designed():
    item = parameters()["customers.market_size"]
    whole = {"customers.market_size": {"low": item.low, "high": item.high, "scale": "log"}}
    assert len(design(asked(uncertainties=whole, design={"method": "grid", "points": 3}))) == 3


@pytest.mark.parametrize("others", [{}, WIDTH], ids=["alone", "beside another"])
def test_a_range_partly_outside_is_reported_by_the_number_that_was_written(others):
    item = parameters()["cloud.capex"]
    for low, high, wrong in ((item.low / 2, item.high, item.low / 2), (item.low, item.high * 3, item.high * 3)):
        with pytest.raises(BadInput, match=rf"uncertainties: cloud.capex = {float(wrong)} is outside"):
            design(asked(uncertainties={"cloud.capex": {"low": low, "high": high}, **others}))
