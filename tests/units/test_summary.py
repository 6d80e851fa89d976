"""The summary of a run: intervals, fans, years, survival and the money graph, on numbers small enough to check by hand."""

import numpy as np
import pytest

from abm.clock import Quarter
from experiments.summary import (
    LEVELS,
    by_year,
    fan,
    firms_failing,
    held_by_year,
    last_of_year,
    money_graph,
    pressure,
    probability,
    revenue_by_year,
    rounded,
    survival,
    wall,
    wilson,
)
from experiments.words import held_sentence, income_sentence


def test_the_wilson_interval_of_nothing_in_ten_ends_where_the_formula_says():
    low, high = wilson(0, 10, z=2.0)
    assert low == 0
    assert high == pytest.approx(4 / 14)  # z^2 / (n + z^2)


def test_the_wilson_interval_of_half_is_symmetric_around_it():
    low, high = wilson(5, 10, z=2.0)
    assert (low + high) / 2 == pytest.approx(1 / 2)
    assert high - low == pytest.approx(2 * 2 / 1.4 * np.sqrt(0.25 / 10 + 4 / 400))


def test_without_trials_every_probability_is_possible():
    assert wilson(0, 0) == (0.0, 1.0)
    assert probability(np.array([], dtype=bool))["share"] == 0


def test_the_fan_of_five_worlds_has_their_ranks_as_quantiles():
    values = np.array([[3.0, 30.0], [1.0, 10.0], [2.0, 20.0], [5.0, 50.0], [4.0, 40.0]])
    assert fan(values, (0.0, 0.25, 0.5, 0.75, 1.0)).T.tolist() == [[1, 2, 3, 4, 5], [10, 20, 30, 40, 50]]


def test_years_start_in_january_wherever_the_run_starts():
    values = np.array([[1.0, 3.0, 10.0, 20.0, 30.0, 40.0, 7.0]])
    years, means = by_year(values, Quarter.parse("2026Q3"))
    assert years == [2026, 2027, 2028]
    assert means.tolist() == [[2.0, 25.0, 7.0]]
    assert by_year(values, Quarter.parse("2026Q3"), last_of_year)[1].tolist() == [[3.0, 40.0, 7.0]]


def test_a_world_is_short_where_it_earns_less_than_required():
    (row,) = revenue_by_year(np.array([[10.0], [30.0]]), np.array([[20.0], [20.0]]), np.array([[-1.0], [2.0]]), Quarter.parse("2026Q4"))
    assert row["year"] == 2026
    assert row["short"] == 1 / 2
    assert row["revenue"][2] == 20
    assert row["income"][2] == 2  # half a billion a quarter


@pytest.mark.parametrize(
    ("income", "said"),
    [
        ([1, 2, 3], "is positive in every year."),
        ([-50, -80, 30], "turns positive in 2028. The largest loss is $80bn in 2027."),
        ([20, -80, 30], "turns positive for good in 2028. The largest loss is $80bn in 2027."),
        ([-50, 30, -80], "is negative again from 2028 on. The largest loss is $80bn in 2028."),
        ([-50, -80, -30], "is negative in every year, and investors and parents pay the difference. The largest loss is $80bn in 2027."),
    ],
)
def test_it_is_said_when_labs_together_earn_money(income, said):
    years = [{"year": 2026 + number, "income": [0, amount, 0]} for number, amount in enumerate(income)]
    whole = f"In the median future, the operating income of all labs together {said}"
    assert income_sentence({"years": years, "levels": LEVELS[:3], "worlds": 9}) == whole


def test_a_firm_that_failed_once_does_not_stand_again():
    fails = np.zeros((2, 4, 1))
    fails[0, 1] = fails[0, 3] = 1
    assert survival(fails)[:, 0].tolist() == [1, 0.5, 0.5, 0.5]


def test_an_entrant_fails_in_a_share_of_the_worlds_it_enters():
    fails, lived = np.zeros((4, 2, 1)), np.zeros((4, 2, 1))
    lived[:2, 1], fails[0, 1] = 1, 1
    (row,) = firms_failing(fails, lived, ["entrant"], "labs")
    assert (row["entered"], row["count"], row["trials"]) == (0.5, 1, 2)


def test_the_worst_of_a_measure_is_taken_in_each_world_at_its_own_time():
    values = np.array([[0.9, 0.2, 0.5], [0.9, 0.8, 0.4], [0.9, 0.6, 0.4]])
    found = pressure(values, np.min, 0)
    assert found["now"][2] == 0.9
    assert found["worst"][2] == 0.4
    assert found["when"] == 2


def test_the_wall_splits_rent_into_signed_before_and_later():
    opening = np.array([[1.0, 1.0]])  # $bn a quarter: 4 a year
    due, left = np.array([[4.0, 10.0]]), np.array([[3.0, 5.0]])
    found = wall(opening, due, left, Quarter.parse("2026Q3"))
    assert found["opening"] == [[4.0]]
    assert found["later"] == [3.0]
    assert found["left"][2] == [4.0]


def test_a_dollar_that_comes_back_is_marked_and_one_from_outside_is_not():
    names = ["lab", "cloud", "vendor", "fund"]
    rows = {kind: slice(k, k + 1) for k, kind in enumerate(("labs", "clouds", "vendors", "investors"))} | {"lenders": slice(4, 4)}
    purchases, equity, loans = np.zeros((3, 4, 4))
    purchases[0, 1], purchases[1, 2] = 10.0, 10.0
    equity[2, 0], equity[3, 0] = 4.0, 6.0
    money = money_graph(np.stack([purchases, equity, loans]), names, rows)
    circling = {(link["from"], link["to"]): link["circling"] for link in money["links"]}
    assert circling["lab", "cloud"] == pytest.approx(0.4)
    assert circling["vendor", "lab"] == pytest.approx(1)
    assert circling["fund", "lab"] == 0
    assert money["circling"] == pytest.approx(12 / 24)


def test_numbers_are_kept_to_six_digits_and_never_as_nan():
    assert rounded({"a": [1.23456789, 7]}) == {"a": [1.23457, 7]}
    with pytest.raises(ValueError, match="nan"):
        rounded([float("nan")])


def test_what_limits_revenue_is_said_of_the_first_whole_year_and_of_the_last():
    demand = np.array([[1.0] * 2 + [0.5] * 4 + [1.0] * 4])
    held = {"held_by_demand": demand, "held_by_compute": 1 - demand, "held_by_money": demand * 0}
    rows = held_by_year(held, Quarter.parse("2026Q3"))
    assert [row["held_by_demand"] for row in rows] == [1, 0.5, 1]
    said = held_sentence({"held": rows})
    assert said.startswith("In 2027, demand limits 50 % of revenue, compute 50 % and money 0 %. In 2028, demand limits 100 % of revenue")
