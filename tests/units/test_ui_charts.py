"""The page's charts are plain, short and honest dictionaries: right numbers, marks where they belong, no name that becomes HTML."""

import json

import numpy as np
import pytest

from experiments.ui import atlas_charts, chart_parts, charts, firm_charts, graph
from experiments.ui.chart_parts import MOST_POINTS

QUARTERS = [f"{2026 + k // 4}Q{k % 4 + 1}" for k in range(8)]
EVIL = "<script>alert(1)</script>"
PLANS = {0.1: [np.nan, np.nan, 10.0, 11.0], 0.5: [np.nan, np.nan, 20.0, 22.0], 0.9: [np.nan, np.nan, 40.0, 44.0]}
WORLD = [
    ("fund", "investors"), ("bank", "lenders"), ("A", "labs"), (EVIL, "labs"),
    ("cloud", "clouds"), ("vendor", "vendors"), ("firms", "customers"),
]  # fmt: skip


def node(name, kind, value=10.0, minsky="hedge", failed_at=""):
    return {"name": name, "kind": kind, "value": value, "minsky": minsky, "alive": not failed_at, "failed_at": failed_at}


def edge(payer, payee, amount, circular=False, what="rent"):
    return {"payer": payer, "payee": payee, "amount": amount, "circular": circular, "what": what}


NODES = [node("A", "labs", 40), node(EVIL, "labs", 10, failed_at="2027Q1"), node("cloud", "clouds"), node("vendor", "vendors")]
EDGES = [edge("A", "cloud", 8), edge("cloud", "vendor", 4, True, EVIL), edge(EVIL, "cloud", 1)]


def options(theme):
    """One of every chart."""
    rising = np.arange(1.0, 25.0).reshape(3, 8)
    cone = {level: [10.0, 10 + 10 * level, 10 + 20 * level] for level in (0.1, 0.25, 0.5, 0.75, 0.9)}
    models = [{"model": 1, "from": "2026Q1", "cost": 2.0, "profit": 5.0}]
    return {
        "fan": charts.fan(QUARTERS, 40, rising, rising + 1, 1, [("2026Q3", EVIL)], 2, theme, (rising, rising, EVIL)),
        "lamp": charts.lamp(QUARTERS, 40, rising, "x", EVIL, 0, [("2026Q3", "stall")], 2, theme, (rising, EVIL), 1.0),
        "survival": charts.survival(QUARTERS, 40, {EVIL: rising > 5, "B": rising > 9}, [("2026Q3", "stall")], 2, theme),
        "money_graph": graph.money_graph(NODES, EDGES, "Payments", theme, WORLD),
        "cone_chart": firm_charts.cone_chart("2026Q1", QUARTERS[:3], cone, [10.0, 12.0], theme),
        "plans_chart": firm_charts.plans_chart(QUARTERS[:4], PLANS, [10.0, 12.0], theme),
        "wall": firm_charts.wall(["2027", "2028"], [3.0, 0.0], [], theme),
        "incomes": firm_charts.incomes(models, QUARTERS[:3], [-1.0, 0.0, 2.0], theme),
        "balance": firm_charts.balance({"cash": 5.0}, {EVIL: 3.0, "equity": 2.0}, theme),
        "heat": atlas_charts.heat(["0", EVIL], ["0", "1"], np.array([[0.0, 0.2], [0.2, 0.6]]), EVIL, "c", EVIL, theme),
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_chart_is_json_and_no_series_is_long(theme):
    for name, option in options(theme).items():
        json.dumps(option, allow_nan=False)
        assert all(len(series["data"]) <= MOST_POINTS for series in option["series"]), name


def test_the_two_themes_differ_in_every_chart():
    light, dark = options("light"), options("dark")
    assert [name for name in light if light[name] == dark[name]] == []


def test_every_chart_has_a_sentence_that_says_how_to_read_it():
    reading = {**charts.READING, **graph.READING, **firm_charts.READING, **atlas_charts.READING}
    assert set(options("light")) == set(reading)
    assert all(len(text.split()) > 8 and text.endswith(".") for text in reading.values())


def formatters(found):
    """Every formatter of a tooltip, which ECharts reads as HTML."""
    if isinstance(found, dict):
        own = [found["tooltip"]["formatter"]] if isinstance(found.get("tooltip"), dict) and "formatter" in found["tooltip"] else []
        return own + [text for value in found.values() for text in formatters(value)]
    return [text for value in found for text in formatters(value)] if isinstance(found, list) else []


def test_a_name_never_becomes_html_in_a_tooltip():
    said = [text for option in options("light").values() for text in formatters(option)]
    assert any("&lt;script&gt;" in text for text in said)
    assert not any("<script" in text for text in said)


def test_the_fan_draws_the_quantiles_of_the_worlds():
    revenue = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])
    option = charts.fan(["2026Q1"], 4, revenue, revenue, None, [], None, "light")
    by_name = {series["name"]: series["data"] for series in option["series"]}
    assert by_name["Revenue"][0]["value"] == [0, 3]
    assert by_name["Revenue P10 to P90 low"][0][1] == pytest.approx(1.4)  # a tenth of the way from the first to the last of five
    assert by_name["Revenue P10 to P90"][0][1] == pytest.approx(4.6 - 1.4)


def test_plans_stand_at_the_quarters_they_were_made_for_beside_what_came():
    option = firm_charts.plans_chart(QUARTERS[:4], PLANS, [10.0, 12.0], "light")
    by_name = {series["name"]: series["data"] for series in option["series"]}
    assert [point["value"] for point in by_name["Planned"]] == [[0, None], [1, None], [2, 20], [3, 22]]
    assert by_name["P10 to P90"][2:] == [[2, 30], [3, 33]] and by_name["P10 to P90 low"][2:] == [[2, 10], [3, 11]]
    assert [point["value"] for point in by_name["What came"]] == [[0, 10], [1, 12]]
    assert "Planned $20bn a year (P10 $10bn, P90 $40bn)" in by_name["Planned"][2]["name"]
    assert "planned nothing" in str(firm_charts.plans_chart(QUARTERS[:1], dict.fromkeys(PLANS, [np.nan]), [0.0], "light"))


def test_marks_and_the_quarter_looked_at_are_vertical_lines_at_their_place():
    for name in ("fan", "lamp", "survival"):
        option = options("light")[name]
        lines = [each for series in option["series"] if "markLine" in series for each in series["markLine"]["data"]]
        assert [(each["xAxis"], each["lineStyle"]["type"]) for each in lines] == [(2, "dashed"), (2, "solid")], name


def test_a_firm_keeps_its_place_whoever_else_is_drawn():
    few = graph.money_graph(NODES[:1] + NODES[2:3], EDGES[:1], "Payments", "light", WORLD)
    all_of_them = graph.money_graph(NODES, EDGES, "Payments", "light", WORLD)
    place = lambda option: {point["name"]: point["value"] for point in option["series"][0]["data"]}["A"]  # noqa: E731
    assert place(few) == place(all_of_them) == [0.25, 1]  # the first of two labs, in the second layer


def test_the_area_of_a_firm_grows_with_its_value_and_the_dead_are_ringed():
    points = {point["name"]: point for point in graph.money_graph(NODES, EDGES, "Payments", "light", WORLD)["series"][0]["data"]}
    assert points["A"]["symbolSize"] == graph.LARGEST
    grown = (points["cloud"]["symbolSize"] - graph.SMALLEST) / (graph.LARGEST - graph.SMALLEST)
    assert grown == pytest.approx(0.5, abs=0.01)  # a quarter of the value is half the width
    assert points[EVIL]["itemStyle"]["borderType"] == "dashed"
    assert "failed in 2027Q1" in points[EVIL]["tooltip"]["formatter"]


def test_the_widest_line_is_the_largest_amount_and_circles_stand_out():
    links = {
        (link["source"], link["target"]): link["lineStyle"]
        for link in graph.money_graph(NODES, EDGES, "x", "light", WORLD)["series"][0]["links"]
    }
    assert links["A", "cloud"]["width"] == graph.WIDEST
    assert links["cloud", "vendor"]["color"] != links["A", "cloud"]["color"]
    assert links["cloud", "vendor"]["opacity"] > links["A", "cloud"]["opacity"]


def test_both_sides_of_a_balance_sheet_add_up_to_the_same():
    right, left = options("light")["balance"]["series"]
    assert sum(point["value"] for point in right["data"]) == -sum(point["value"] for point in left["data"]) == 5


def test_a_contour_runs_between_cells_below_and_above_its_level():
    z = np.array([[0.0, 0.2], [0.0, 0.2]])
    lines = [
        series for series in atlas_charts.heat(["0", "1"], ["0", "1"], z, "x", "y", "z", "light")["series"] if series["type"] == "line"
    ]
    assert [series["name"] for series in lines] == ["10 %"]  # 50 % is crossed nowhere
    assert [point[0] for point in lines[0]["data"]] == pytest.approx([0.5, 0.5])  # half way from 0 to .2


def test_a_chart_without_anything_in_it_says_so():
    for option in (
        graph.money_graph([], [], "Loans outstanding", "light"),
        firm_charts.wall([], [], [], "light"),
        firm_charts.balance({}, {}, "light"),
        atlas_charts.heat(["0"], ["0"], np.array([[np.nan]]), "x", "y", "z", "light"),
    ):
        assert option["title"]["text"] and option["series"] == []


def test_names_at_the_ends_of_lines_stand_where_the_lines_end_and_not_on_each_other():
    ends = {"high": 100.0, "low": 50.0, "near": 51.0}
    series = [chart_parts.line(name, [[0, 1.0], [1, end]], "#000000", label=name) for name, end in ends.items()]
    drawn = chart_parts.named_at_ends(series, height=100)
    names = {item["label"]["formatter"]: (item["value"], item["label"]["offset"]) for item in drawn[-1]["data"]}
    assert names == {
        "high": ([1, 100.0], [0, 0]),
        "low": ([1, 50.0], [0, 0]),
        "near": ([1, 51.0], [0, -(chart_parts.LINE_OF_TEXT - 1)]),
    }
    assert not any("label_at_end" in one for one in drawn)
