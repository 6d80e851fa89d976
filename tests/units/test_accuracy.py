"""Profit against forecast accuracy: labs of which the identity is exactly true, and one of which it is not."""

import pandas as pd
import pytest

from abm.errors import BadInput
from experiments.analysis import accuracy, opener_accuracy

LAG, STRETCH, OPEX, RENT = 2, 1.5, 0.25, 0.5


def series(demand, served, agents=("A",)):
    """Two forecasts of 10, then quarters of this demand and revenue, $bn a year, for each lab."""
    rows = []
    for agent in agents:
        for quarter, (wanted, sold) in enumerate(zip([10.0] * LAG + demand, [10.0] * LAG + served)):
            values = {"forecast": 10.0, "demand": wanted, "revenue": sold, "opex": OPEX * sold / 4, "rent_due": RENT * 10, "alive": 1.0}
            rows += [
                {"point": 0, "seed": 0, "agent": agent, "kind": "labs", "quarter": f"2023Q{quarter + 1}", "measure": m, "value": v}
                for m, v in values.items()
            ]
    return pd.DataFrame(rows)


def test_a_lab_that_bought_for_one_forecast_earns_what_the_identity_says():
    found = accuracy.matched(series([5.0, 20.0], [5.0, 15.0]), LAG, STRETCH)
    assert found.table.x.tolist() == [0.5, 2.0]
    assert found.table.profit.tolist() == pytest.approx([0.75 * 0.5 - 0.5, 0.75 * 1.5 - 0.5])
    assert found.table.identity.tolist() == pytest.approx(found.table.profit.tolist())
    assert accuracy.verdict(accuracy.matched(series([5.0, 8.0], [5.0, 8.0]), LAG, STRETCH)) == pytest.approx((2, 0, 1, 0.75, 0.75, 1))


def test_a_lab_whose_compute_came_late_falls_short_of_the_identity():
    found = accuracy.matched(series([12.0, 13.0], [6.0, 6.5]), LAG, STRETCH)
    said = accuracy.verdict(found)
    assert (found.table.profit < found.table.identity).all()
    assert said.slope == pytest.approx(0.75 / 2) and said.expected_slope == pytest.approx(0.75)
    assert said.right == 0  # it says profit, and there was a loss


def test_a_forecast_is_compared_with_its_own_lab_and_its_own_time():
    both = series([5.0], [5.0], agents=("A", "B"))
    both.loc[(both.agent == "B") & (both.measure == "forecast"), "value"] = [4.0, 8.0, 16.0]
    table = accuracy.matched(both, LAG, STRETCH).table.set_index("agent")
    assert table.x.to_dict() == {"A": 0.5, "B": 5.0 / 4.0}


def test_the_figure_shows_what_was_earned_beside_what_the_identity_says():
    found = accuracy.matched(series([5.0, 7.0, 20.0, 20.0, 90.0], [5.0, 7.0, 15.0, 10.0, 80.0]), LAG, STRETCH)
    rows = accuracy.binned(found)
    assert rows["count"].tolist() == [1, 1, 2]  # the last quarter is beyond reach
    assert rows.middle.tolist() == pytest.approx([0.75 * 0.5, 0.75 * 0.7, 0.75 * 1.25])  # before rent
    assert accuracy.verdict(found).beyond == pytest.approx(1 / 5)
    item = opener_accuracy.figures(found)[0]
    kinked = item.charts[0][1].to_dict()["layer"][-1]["data"]["values"]
    assert [(row["x"], row["earned"]) for row in kinked][0] == (0, 0) and all(row["earned"] <= 0.75 * STRETCH for row in kinked)
    assert "4 of 5" not in item.reading and "(1 - o) min(x, 1.5) - k" in item.reading


def test_the_interval_knows_that_the_quarters_of_one_future_share_its_luck():
    right, wrong = series([5.0, 8.0], [5.0, 8.0]), series([12.0, 13.0], [6.0, 6.5]).assign(seed=1)
    alike = pd.concat([right.assign(seed=seed) for seed in range(8)])
    ends = accuracy.intervals(accuracy.matched(alike, LAG, STRETCH))
    assert ends["right"] == (1, 1) and ends["slope"] == pytest.approx((0.75, 0.75))
    low, high = accuracy.intervals(accuracy.matched(pd.concat([right, wrong]), LAG, STRETCH))["right"]
    assert (low, high) == (0, 1)  # of two futures one is right throughout and one wrong


def test_the_answer_in_words_has_an_interval_for_each_number():
    many = pd.concat([series([4.0 + seed / 4, 9.0], [4.0 + seed / 4, 9.0]).assign(seed=seed) for seed in range(8)])
    first, cases, second, *_ = opener_accuracy.sentences(accuracy.matched(many, LAG, STRETCH))
    assert first.startswith("Largely: ") and "explains 100 % (100 to 100 %)" in first and "in 100 % (100 to 100 %) of 16 cases" in cases
    assert "adds $0.75 (0.75 to 0.75) of profit, and the accounting identity of the model says $0.75" in second


def test_what_was_not_kept_or_not_lived_is_said():
    kept = series([5.0, 8.0], [5.0, 8.0])
    with pytest.raises(BadInput, match="did not keep demand"):
        accuracy.matched(kept[kept.measure != "demand"], LAG, STRETCH)
    with pytest.raises(BadInput, match="run more quarters"):
        accuracy.verdict(accuracy.matched(kept, 30, STRETCH))


def test_a_figure_of_no_known_kind_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(BadInput, match="ends in '.doc'; allowed: .html"):
        opener_accuracy.answer(tmp_path, tmp_path / "figure.doc")
