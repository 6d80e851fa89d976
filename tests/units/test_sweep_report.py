"""The page of a sweep: the answer is computed from the runs, nothing is loaded, names are escaped, failures are told."""

import itertools
import json
import re
from html.parser import HTMLParser

import numpy as np
import pyarrow as pa
import pytest

from abm.errors import BadInput
from experiments.analysis import findings
from experiments.analysis.maps import axes_of, lead_figures
from experiments.analysis.outcomes import outcome, quoted, short
from experiments.analysis.picture import LARGEST, png
from experiments.analysis.sweep_answer import answer, gather, in_short
from experiments.analysis.sweep_report import sweep_report, write_sweep_report
from experiments.engine.question import Question
from experiments.engine.store import MANIFEST, QUESTION, Store, load
from experiments.words import CAVEAT

SEEDS = 40
ASKED = {
    "name": "planted",
    "question": "Does <it> break?",
    "world": "tutorial",
    "outcomes": ["systemic_event", "labs_defaulted"],
    "seeds": SEEDS,
    "quarters": 8,
    "levers": {"cone.width": [0.5, 1.0, 1.5], "n_yolo": {"0": {}, "6": {"lab.risk_appetite": 0.9}}},
    "labels": {"n_yolo": "number of bold labs"},
}
LUCK = (np.arange(SEEDS) + 0.5) / SEEDS


def planted(width, bold, seed):
    """Risk is 5 % of the futures at width 0.5, 25 % at 1 and 45 % at 1.5, 20 points more if bold; boldness serves $500bn more."""
    risk = 0.05 + 0.4 * (width - 0.5) + 0.2 * (bold == "6")
    return {
        "systemic_event": float(LUCK[seed] < risk),
        "labs_defaulted": 2.0 * (LUCK[seed] < risk),
        "welfare": 9000 + 500 * (bold == "6") + 1000 * LUCK[seed],
    }


def stored(folder, asked, rows, series=None):
    """A finished sweep of these rows, without running anything."""
    store, question = Store(folder), Question.read(asked)
    store.write_json(QUESTION, question.plain())
    table = pa.Table.from_pylist(
        [{"address": f"{k:016x}", "combination": 0, "sample": 0, "failure": None, **row} for k, row in enumerate(rows)]
    )
    points = {row["point"]: row for row in table.to_pylist()}
    store.write_points(pa.Table.from_pylist(list(points.values())))
    store.write_part(0, table, series)
    versions = {"worlds": {"tutorial": "f" * 64}, "versions": {"python": "3.11"}}
    store.write_json(MANIFEST, {"name": question.name, "code": "c0de", "runs": len(rows), "outcomes": [], **versions})
    return folder


def rows(outcomes=planted):
    places = [(width, bold) for width in ASKED["levers"]["cone.width"] for bold in ASKED["levers"]["n_yolo"]]
    return [
        {"point": point, "seed": seed, "cone.width": width, "n_yolo": bold, **outcomes(width, bold, seed)}
        for point, (width, bold) in enumerate(places)
        for seed in range(SEEDS)
    ]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return stored(tmp_path_factory.mktemp("planted"), ASKED, rows())


@pytest.fixture(scope="module")
def found(results):
    return gather(results)


@pytest.fixture(scope="module")
def page(found):
    return sweep_report(found)


class Seen(HTMLParser):
    """Tags, and what a browser would fetch by itself."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.fetched = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.fetched += [value for key, value in attrs if key in ("src", "data") or (tag == "link" and key == "href" and value != "data:,")]


def effect(found, lever, level, name="systemic_event"):
    return next(item.found for item in found.effects if (item.lever, item.level, item.outcome) == (lever, level, name))


def test_a_planted_effect_is_found_to_the_point_with_its_pairs(found):
    bold, wide = effect(found, "n_yolo", "6"), effect(found, "cone.width", "1.5")
    assert bold.mean == pytest.approx(0.2) and bold.runs == 3 * SEEDS and bold.clear
    assert wide.mean == pytest.approx(0.4) and wide.low < 0.4 < wide.high
    assert effect(found, "n_yolo", "6", "welfare").mean == pytest.approx(500)


def test_the_answer_names_the_strongest_lever_with_its_interval_and_welfare_beside_it(found):
    said = in_short(found)
    assert said.startswith("There is a systemic event in 35 % (")
    assert "The strongest lever is the cone width: setting it to 1.5 instead of 0.5 raises this share by 40 points (" in said
    parts = dict(answer(found))
    worth = "Setting the number of bold labs to 6 instead of 0 raises the worth to users over the run by $500bn ("
    assert any(text.startswith(worth) for text in parts["What is gained or lost beside it"])
    tolerable = parts["How much risk is tolerable"]
    assert tolerable[0].startswith("1 of the 6 settings keeps the share of runs with a systemic event at or below 10 %")
    assert "Where the number of bold labs is 0, the risk is tolerable at these values of the cone width: 0.5." in tolerable
    assert "Where the number of bold labs is 6, the risk is not tolerable at any value of the cone width." in tolerable
    assert parts["How sure"][0] == "The sweep ran 6 settings in 40 futures each: 240 runs of 8 quarters, none of which failed."


def test_nothing_is_claimed_where_nothing_differs(tmp_path):
    same = gather(stored(tmp_path, ASKED, rows(lambda width, bold, seed: planted(1.0, "0", seed))))
    assert "Nothing that was varied changes it" in in_short(same)
    assert not any(item.found.clear for item in same.effects)
    assert all(item.found.high > 0 for item in same.effects if item.outcome == "systemic_event")  # luck alone could hide as much


def test_one_lever_that_matters_only_beside_another_is_told(tmp_path):
    only = gather(stored(tmp_path, ASKED, rows(lambda width, bold, seed: planted(width if bold == "6" else 0.5, "0", seed))))
    first = only.interactions[0]
    assert first.before.mean == pytest.approx(0) and first.after.mean == pytest.approx(0.4)
    assert "The effect of the cone width depends on the number of bold labs." in " ".join(dict(answer(only))["What moves it"])


def test_the_page_leads_with_the_question_and_carries_answer_caveat_and_counts(found, page):
    assert "<h1>Does &lt;it&gt; break?</h1>" in page
    assert in_short(found) in page and CAVEAT in page and "240 runs" in page


def test_the_page_loads_nothing_and_every_chart_has_its_description(page):
    assert Seen(page).fetched == []
    charts, specs = re.findall(r'data-chart="([\w-]+)"', page), re.findall(r'id="spec-([\w-]+)"', page)
    assert sorted(charts) == sorted(specs) and len(set(specs)) == len(specs)
    assert {"lead-0", "welfare-0", "exchange", "tornado-0", "tornado-1", "along-systemic_event-0"} <= set(charts)
    assert page.count("</script>") == page.count("<script")


def test_a_map_has_a_line_where_the_tolerated_risk_is_crossed(found):
    risk, welfare = lead_figures(found.question, found.whole, found.axes)
    assert [name for name, _ in risk.colours] == ["P = 10 %", "P = 50 %"] and welfare.colours == ()
    lines = [layer for layer in risk.charts[0][1].to_dict()["layer"] if layer["mark"]["type"] == "line"]
    crossing = [row for row in lines[0]["data"]["values"] if row["y"] == 0 and row["x"] >= 0]
    assert crossing[0]["x"] == pytest.approx(0.25)  # 10 % lies a quarter of the way from 5 % to 25 %


def test_axes_are_chosen_by_the_question_or_by_the_design(results):
    runs = load(results)
    assert axes_of(Question.read(ASKED), runs)[:3] == ("cone.width", "n_yolo", None)
    chosen = Question.read({**ASKED, "figure": {"x": "n_yolo", "panels": "cone.width", "outcome": "labs_defaulted"}})
    assert axes_of(chosen, runs) == ("n_yolo", None, "cone.width", "labs_defaulted", "welfare")
    one = Question.read({**ASKED, "levers": {"cone.width": [0.5, 1.0, 1.5]}, "labels": {}})
    assert axes_of(one, runs)[:2] == ("cone.width", None)


@pytest.mark.slow
def test_many_levers_lead_with_what_each_one_changes(tmp_path):
    names = ["a", "b", "c", "d"]
    asked = {**ASKED, "levers": {name: {"off": {}, "on": {}} for name in names}, "labels": {}}
    corners = [dict(zip(names, corner)) for corner in itertools.product(["off", "on"], repeat=4)]
    many = [
        {"point": point, "seed": seed, **corner, **planted(0.5, "6" if corner["b"] == "on" else "0", seed)}
        for point, corner in enumerate(corners)
        for seed in range(SEEDS)
    ]
    found = gather(stored(tmp_path, asked, many))
    page = sweep_report(found)
    assert "The strongest lever is the b: setting it to on instead of off raises this share by 20 points (" in in_short(found)
    assert 'data-chart="tornado-0"' in page and 'data-chart="lead-0"' not in page and 'data-chart="along-systemic_event-3"' in page


@pytest.mark.slow
def test_the_picture_is_small_and_in_colour(found):
    content = png(lead_figures(found.question, found.whole, found.axes))
    assert content[:4] == b"\x89PNG" and 5_000 < len(content) < LARGEST


@pytest.mark.slow
def test_failed_runs_are_counted_and_their_reasons_told(tmp_path):
    broken = rows()
    for row in broken[:3]:
        row.update(dict.fromkeys(("systemic_event", "labs_defaulted", "welfare")), failure="BrokenRule: <cash> below 0")
    text = sweep_report(gather(stored(tmp_path, ASKED, broken)))
    assert "240 runs of 8 quarters, 3 of which failed" in text
    assert "BrokenRule: &lt;cash&gt; below 0" in text and "<cash>" not in text


def test_a_sweep_of_which_every_run_failed_still_has_a_page(tmp_path):
    broken = [{**row, "failure": "no", **dict.fromkeys(("systemic_event", "labs_defaulted", "welfare"), np.nan)} for row in rows()]
    assert "No run came to its end." in sweep_report(gather(stored(tmp_path, ASKED, broken)))


def test_a_question_that_varies_nothing_has_a_page(tmp_path):
    asked = {key: value for key, value in ASKED.items() if key not in ("levers", "labels")}
    only = [{key: value for key, value in row.items() if key not in ("cone.width", "n_yolo")} for row in rows()[:SEEDS]]
    path = write_sweep_report(stored(tmp_path, asked, only))
    assert path.name == "report.html" and 'data-chart="spread"' in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_unknowns_are_ranked_and_shown_one_by_one(tmp_path):
    ranges = {"cone.width": {"low": 0.5, "high": 1.5}, "customers.market_size": {"low": 700, "high": 3000, "scale": "log"}}
    asked = {key: value for key, value in ASKED.items() if key not in ("levers", "labels")} | {
        "uncertainties": ranges,
        "design": {"points": 64},
        "seeds": 4,
    }
    from experiments.engine.design import sample

    drawn = [
        {"point": k, "sample": k, "seed": seed, **point, **planted(point["cone.width"], "0", seed * 10)}
        for k, point in enumerate(sample(Question.read(asked)))
        for seed in range(4)
    ]
    unsure = gather(stored(tmp_path, asked, drawn))
    said = " ".join(dict(answer(unsure))["What moves it"])
    assert "the cone width matters: its PAWN index" in said and "matter no more than chance" in said and "customers market size" in said
    page = sweep_report(unsure)
    assert 'data-chart="pawn"' in page and 'data-chart="unknowns-1"' in page


def values(spec):
    """The first rows of data in a chart's description."""
    return json.loads(re.search(r'"values":(\[\{.*?\}\])', spec)[1])


@pytest.mark.slow
def test_survival_and_fans_come_from_the_stored_series(tmp_path):
    def line(point, seed, quarter, measure, kind, agent, value):
        return {"point": point, "seed": seed, "quarter": quarter, "kind": kind, "agent": agent, "measure": measure, "value": value}

    quarters = ["2026Q3", "2026Q4", "2027Q1"]
    series = []
    for row in rows():
        for k, quarter in enumerate(quarters):
            fails = float(k == 1 and row["systemic_event"])
            series.append(line(row["point"], row["seed"], quarter, "fails", "labs", "lab <A>", fails))
            series.append(line(row["point"], row["seed"], quarter, "revenue_total", "industry", "industry", 10.0 * k + row["seed"]))
    asked = {**ASKED, "series": ["fails", "revenue_total"]}
    page = sweep_report(gather(stored(tmp_path, asked, rows(), pa.Table.from_pylist(series))))
    specs = dict(re.findall(r'id="spec-([\w-]+)">(.*?)</script>', page))
    assert [row["alive"] for row in values(specs["survival-labs-0"])] == pytest.approx([1, 0.85, 0.85])  # 5 and 25 % of futures, half each
    assert [row["mid"] for row in values(specs["fan-revenue-total-2"])] == pytest.approx([19.5, 29.5, 39.5])
    assert "lab <A>" not in page


@pytest.mark.slow
def test_deals_and_shocks_of_the_question_are_listed_among_what_was_held(tmp_path):
    deals = [{"tenant": "Lab", "owner": "<Cloud>", "gw": 2, "start": "2026Q4"}, {"label": "new", "tenant": "Lab", "owner": "C", "gw": 1}]
    asked = {**ASKED, "deals": deals, "shocks": [{"name": "stall", "at": "2026Q4"}]}
    page = sweep_report(gather(stored(tmp_path, asked, rows())))
    assert "Lab with &lt;Cloud&gt;" in page and "tenant Lab, owner &lt;Cloud&gt;, gw 2, start 2026Q4" in page
    assert "tenant Lab, owner C, gw 1" in page and "at 2026Q4" in page and "<Cloud>" not in page


def test_names_and_numbers_are_said_as_people_say_them():
    assert [short(name) for name in ("cone.width", "lab.lab A.risk_appetite", "n_yolo")] == ["cone width", "lab A risk appetite", "n yolo"]
    assert quoted("all bold") == '"all bold"' and quoted("0.5") == "0.5"
    event, money = outcome("systemic_event"), outcome("welfare")
    assert event.change(findings.Estimate(-0.011, -0.025, 0.002, 9)) == "-1 point (-2 to +0.2)"
    assert money.change(findings.Estimate(988.0, 825.0, 1150.0, 9)) == "+$988bn (+$825bn to +$1.1tn)"
    assert outcome("never_heard_of").label == "Never heard of"


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(BadInput, match="there are no results of a sweep here"):
        write_sweep_report(tmp_path)
