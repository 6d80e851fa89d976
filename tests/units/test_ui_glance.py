"""The table of firms and the paired comparison, by hand."""

import numpy as np
import pytest

from experiments.ui import firm_table
from experiments.ui.against import difference_fan, odds_sentence
from experiments.ui.live_ensemble import Laboratory

WORLDS, QUARTERS = 6, 3


@pytest.fixture(scope="module")
def laboratory():
    found = Laboratory("archetypes-2023q1", WORLDS, quarters=QUARTERS, settings={"customers.adoption_pace": 2.0}, compare={}, workers=0)
    for _ in range(QUARTERS):
        found.step()
    yield found.picture()
    found.close()


def test_a_row_has_odds_with_an_interval_and_medians_of_the_futures(laboratory):
    rows = {row["name"]: row for row in firm_table.rows(laboratory.main, QUARTERS - 1)}
    names = laboratory.main.opening.names
    assert list(rows) == [name for kind in ("labs", "clouds", "lenders") for name in names[kind]]
    row = rows["consumer yolo"]
    assert row["low"] <= row["odds"] <= row["high"]
    here = laboratory.main.of_firms("labs", "revenue")[:, QUARTERS - 1, names["labs"].index("consumer yolo")]
    assert row["revenue"] == pytest.approx(np.median(here), rel=1e-3)
    lender = rows[names["lenders"][0]]
    assert lender["revenue"] is None and lender["band"] == "" and lender["said"]["cover"] == "–"


def test_revenue_of_labs_in_the_table_adds_up_to_that_of_the_industry(laboratory):
    labs = np.nansum(laboratory.main.of_firms("labs", "revenue"), axis=2)
    np.testing.assert_allclose(labs, laboratory.main.values("revenue_total"), rtol=1e-5)


def test_the_comparison_names_what_differs_and_a_fan_of_nothing_is_flat(laboratory):
    assert "setting customers.adoption_pace to 2 instead of 1" in odds_sentence(laboratory, QUARTERS - 1)
    option = difference_fan(laboratory.horizon, QUARTERS, np.zeros((WORLDS, QUARTERS)), [], None, "light")
    middle = next(one for one in option["series"] if one["name"] == "Difference")
    assert [point["value"][1] for point in middle["data"]] == [0, 0, 0]
