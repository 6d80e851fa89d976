"""Figures: one function makes the data and the sentence, and the notebook, the report and the page show the same."""

import json

import numpy as np
import pytest

import overreach
from abm.clock import Quarter
from abm.errors import BadInput
from abm.measures.catalogue import of_indicator
from experiments.analysis.figures import figures
from experiments.figures import data
from experiments.figures.drawn import notebook_chart
from experiments.runs import Work
from experiments.ui import charts

QUARTERS = ["2026Q3", "2026Q4", "2027Q1"]


@pytest.fixture(scope="module")
def industry():
    return overreach.Industry(overreach.load_world("tutorial"), worlds=6, rng=3).run(6)


def values_of(chart):
    """All rows in the data of a chart."""
    found = chart.to_dict()
    return [row for part in [found, *found.get("layer", [])] for row in part.get("data", {}).get("values", [])]


def test_a_fan_holds_the_quantiles_of_the_worlds_and_says_where_they_end(industry):
    drawing = overreach.fan(industry, "industry_revenue")
    revenue = industry.indicators["revenue_total"]
    assert [row["p50"] for row in drawing.rows] == pytest.approx(np.median(revenue, axis=0))
    assert [row["p90"] for row in drawing.rows] == pytest.approx(np.quantile(revenue, 0.9, axis=0))
    assert [row["required"] for row in drawing.rows] == pytest.approx(np.median(industry.indicators["required_revenue"], axis=0))
    assert drawing.finding.startswith(f"In {industry.record.quarters[-1]} the median is $")
    assert "a year; eight worlds of ten" in drawing.finding
    assert drawing.frame.attrs["unit"] == "$bn/year" and list(drawing.frame["quarter"]) == [str(q) for q in industry.record.quarters]


def test_a_fan_leaves_out_quarters_without_a_number():
    found = np.array([[np.nan, 1, 2]] * 5)
    drawing = data.fan(of_indicator("p10_coverage"), QUARTERS, found)
    assert [row["quarter"] for row in drawing.rows] == QUARTERS[1:] and "below 1" in drawing.reading.lower()


def test_a_fan_of_one_firm_is_that_firms(industry):
    drawing = overreach.fan(industry, "revenue", "Lab")
    assert drawing.title == "Revenue of Lab"
    assert drawing.rows[-1]["p50"] == pytest.approx(np.median(industry.labs.revenue[:, 0]))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("revenue",), "'Lab'"),
        (("revenue", "Lob"), "'Lab'"),
        (("p10_coverage", "Lab"), "whole industry"),
        (("industry_revenu",), "'industry_revenue'"),
    ],
)
def test_a_fan_of_what_is_not_there_is_a_sentence(industry, arguments, words):
    with pytest.raises(BadInput, match=words):
        industry.plot.fan(*arguments)


def test_a_figure_before_the_first_quarter_is_a_sentence():
    fresh = overreach.Industry(overreach.load_world("tutorial"))
    for ask in (lambda: fresh.plot.fan("industry_revenue"), fresh.plot.survival, fresh.plot.money):
        with pytest.raises(BadInput, match="no quarter was run yet"):
            ask()
    assert fresh.plot.commitments("Lab").to_dict()


def test_survival_is_the_share_of_worlds_in_which_a_firm_has_not_failed():
    drawing = data.survival(QUARTERS, {"A": [1, 1, 1], "B": [1, 0.9, 0.75], "C": [1, 1, 0.9]}, "Labs")
    assert drawing.finding == "By 2027Q1 B has failed in 25 % of worlds and C in 10 %; 1 of 3 firms fail in none."
    assert drawing.rows[0]["firm"] == "B" and [row["alive"] for row in drawing.rows if row["firm"] == "B"] == [1, 0.9, 0.75]
    assert data.survival(QUARTERS, {"A": [1, 1, 1]}).finding == "By 2027Q1 no firm has failed in any world."


def test_commitments_add_up_to_what_is_still_to_be_paid(industry):
    drawing = overreach.commitments(industry, "Lab")
    left = industry.fleet.remaining_rent(industry.now - 1)[:, 0].sum(axis=1).mean()
    assert drawing.frame["amount"].sum() == pytest.approx(left) and "Lab still has to pay $" in drawing.finding
    with pytest.raises(BadInput, match="no lab is called 'Lob'"):
        industry.plot.commitments("Lob")
    assert data.commitments("A", [], []).finding == "A has signed nothing that is still to be paid."


def test_a_calendar_year_is_the_sum_of_its_quarters():
    assert data.by_calendar_year([1, 2, 3], Quarter.parse("2026Q4")) == ([2026, 2027], [1.0, 5.0])


def test_money_is_what_was_paid_in_the_last_four_quarters(industry):
    drawing = overreach.money(industry)
    paid = {(row["payer"], row["payee"]): row["amount"] for row in drawing.rows if row["what"].startswith("purchases")}
    a, b = (industry.opening.all_names.index(name) for name in ("Lab", "Cloud"))
    year = np.mean(sum(past[0] for past in industry.past_payments), axis=0)
    assert paid["Lab", "Cloud"] == pytest.approx(year[a, b]) and drawing.finding.startswith("The widest line goes from ")


@pytest.mark.parametrize("ask", ["fan", "survival", "money", "commitments"])
def test_a_plot_is_an_altair_chart_of_plain_colours_with_its_sentence(industry, ask):
    drawing = {"fan": lambda: overreach.fan(industry, "industry_revenue")}.get(ask, lambda: getattr(overreach, ask)(industry))()
    chart = getattr(industry.plot, ask)(*(["industry_revenue"] if ask == "fan" else []))
    text = json.dumps(chart.to_dict())
    assert '"@' not in text and " ".join(chart.to_dict()["title"]["subtitle"]) == drawing.sentence
    assert chart.to_dict() == drawing.chart().to_dict()


def test_a_figure_with_nothing_in_it_says_so():
    assert notebook_chart(data.commitments("A", [], [])).to_dict()["title"]["subtitle"][0].startswith("A has signed nothing")


@pytest.mark.slow
def test_report_page_and_notebook_show_the_same_numbers_and_sentence(tmp_path):
    inputs = overreach.Inputs("tutorial", worlds=6, quarters=6, seed=3)
    summary = overreach.run(inputs, root=tmp_path, work=Work(workers=1)).summary
    industry = overreach.Industry(overreach.load_world("tutorial"), worlds=6, rng=3).run(6)
    drawing, quarters = overreach.fan(industry, "industry_revenue"), [str(each) for each in industry.record.quarters]
    report = figures(summary)["revenue"]
    shown = [row["p50"] for row in values_of(report.chart)]
    assert shown[: len(drawing.rows)] == pytest.approx([row["p50"] for row in drawing.rows], rel=1e-5)
    revenue, required = (industry.indicators[name] for name in ("revenue_total", "required_revenue"))
    assert report.reading == charts.fan_sentence(quarters, revenue, required) == drawing.sentence
    gone = np.cumsum(industry.record.series("labs", "fails"), axis=1) > 0
    failed = {name: gone[..., row] for row, name in enumerate(industry.labs.names)}
    lived = {row["firm"]: failed[row["firm"]] for row in summary["firms"] if row["kind"] == "labs" and row["entered"] == 1}
    assert figures(summary)["survival"].reading == charts.survival_sentence(quarters, lived) == overreach.survival(industry).sentence
    assert data.money("", data.edges_of(summary["money"], "")).finding.startswith("The widest line")


def test_the_pages_lines_of_survival_fall_where_firms_fail():
    failed = {"A": np.array([[0, 0, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]]), "B": np.zeros((4, 3))}
    option = charts.survival(QUARTERS, 8, failed, [], None, "light")
    by_name = {series["name"]: series["data"] for series in option["series"]}
    assert [value for _, value in by_name["A"]] == [100, 100, 75] and option["yAxis"]["min"] == 75 and option["yAxis"]["max"] == 100
    assert option["series"][-1]["data"][0]["label"]["formatter"] == "A 75 %" and "B" not in by_name


def test_the_sentence_under_a_chart_of_the_page_follows_the_quarter_looked_at():
    revenue, required = np.array([[1.0, 10.0, 100.0]]), np.array([[2.0, 20.0, 200.0]])
    assert "In 2026Q4 the median is $10bn a year" in charts.fan_sentence(QUARTERS, revenue, required, 1)
    assert "In 2027Q1 the median is $100bn a year" in charts.fan_sentence(QUARTERS, revenue, required)
    assert charts.fan_sentence(QUARTERS, revenue[:, :0], required[:, :0]) == data.REVENUE_READING
    assert charts.lamp_sentence("p10_coverage", QUARTERS, revenue, 0, 1.0).endswith("The dashed line is where trouble begins.")
    assert charts.survival_sentence(QUARTERS, {"A": np.zeros((2, 0))}) == data.SURVIVAL_READING
