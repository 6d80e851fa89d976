"""What a user sees at the prompt and in a notebook: names and numbers with units, and no addresses of objects."""

import re

import numpy as np
import pytest

from abm.engine.shown import PUBLIC
from abm.errors import BadInput
from abm.measures.catalogue import catalogue, keys_at_first
from abm.measures.readings import INDICATORS
from abm.model import Industry
from agents.customers import EnterpriseCustomer
from agents.lab import Lab
from agents.world_files.folder import load_world


def catalogue_of_a_run():
    return catalogue(Industry(load_world("tutorial"), journal=True).run(1))  # a journal keeps some measures more


@pytest.fixture(scope="module")
def industry():
    return Industry(load_world("archetypes-2023q1"), worlds=3, rng=7).run(2)


def test_an_industry_says_world_worlds_seed_quarter_and_agents(industry):
    text = repr(industry)
    for words in (
        "archetypes-2023q1",
        "3 worlds",
        "seed 7",
        "2 quarters run",
        "2023Q3 is next",
        "5,500 customers",
        f"{len(industry.labs)} labs",
    ):
        assert words in text
    assert "seed" in industry._repr_html_() and "<table" in industry._repr_html_()


def test_a_kind_of_firms_is_a_table_of_medians_with_units(industry):
    text = repr(industry.labs)
    assert all(name in text for name in industry.labs.names) and "revenue [$bn/year]" in text and "medians over 3 worlds" in text
    assert f"{np.median(industry.labs.revenue[:, 0]):,.3g}" in text
    assert "object at" not in text + repr(industry.clouds) + repr(industry.vendors) + repr(industry.investors) + repr(industry.lenders)
    assert "<table" in industry.labs._repr_html_()


def test_a_firm_says_name_kind_appetite_cash_revenue_and_whether_it_lives(industry):
    first = industry.labs.names[0]
    text = repr(industry.labs[first])
    assert text.startswith(f"<Lab {first}: risk_appetite") and "cash" in text and "revenue" in text and "alive in 100 % of 3 worlds" in text
    alone = Industry(load_world("tutorial")).run(1)
    assert repr(alone.labs["Lab"]).endswith(", alive>")
    assert "meaning" in industry.labs[first]._repr_html_()


def test_a_customer_says_who_it_is(industry):
    some = next(iter(industry.agents_by_type[EnterpriseCustomer]))
    assert repr(some).startswith(f"<EnterpriseCustomer {some.name}: ") and "spend" in repr(some)
    crowd = repr(some.population)
    assert "2,980 more" in crowd and len(crowd.splitlines()) < 30


def test_whatever_a_user_is_handed_says_what_it_is_in_a_line(industry):
    assert repr(industry.opening).startswith("<World archetypes-2023q1: ") and "opens 2023Q1" in repr(industry.opening)
    assert repr(industry.quarter) == "2023Q3"
    assert repr(industry.customers).startswith("<5,500 customers who want to spend ")
    assert repr(industry.settings).startswith("<Settings: ")
    handed = [
        getattr(industry, name) for name in PUBLIC if name not in ("agents", "agents_by_type") and not callable(getattr(industry, name))
    ]
    assert [repr(each) for each in handed if "object at" in repr(each) or len(repr(each)) > 2500] == []


def test_a_name_with_markup_is_text_in_a_notebook(industry):
    names, industry.labs.names = industry.labs.names, ("<b>bold</b>", *industry.labs.names[1:])
    try:
        assert "&lt;b&gt;bold" in industry.labs._repr_html_() and "<b>bold" not in industry.labs._repr_html_()
    finally:
        industry.labs.names = names


def test_one_of_a_kind_is_said_in_the_singular():
    alone = Industry(load_world("tutorial"))
    for text in (repr(alone), repr(alone.opening)):
        assert "1 lab, 1 cloud, 1 vendor, 1 investor, 1 lender" in text


def test_agents_by_type_say_who_is_in_them(industry):
    assert industry.agents_by_type[Lab] is industry.labs
    text = repr(industry.agents_by_type)
    assert "object at" not in text and "of the kind Lab" in text and "of the kind ConsumerCohort" in text


@pytest.mark.parametrize("item", [*catalogue_of_a_run().values()], ids=lambda item: f"{item.kind}.{item.name}")
def test_the_meaning_of_a_measure_stands_by_itself(item):
    assert item.unit and item.shape.startswith("[worlds, quarters") and item.label[0].isupper() and "gw" not in item.label
    assert len(item.meaning.split()) > 1
    leans = re.search(r"\b(as above|the same|as before|see above|ditto|likewise)\b|^(of|for|to) ", item.meaning)
    assert not leans, f"{item.kind}.{item.name} needs another line to be understood: {item.meaning}"


def test_a_table_names_the_unit_of_each_kind_where_they_differ(industry):
    attrs = industry.panel(measures=["credit_loss", "cash"]).attrs
    assert attrs["units"] == {"cash": "$bn", "credit_loss": "lenders: $bn; industry: $bn/quarter"}
    assert "lenders: loans written down so far" in attrs["meanings"]["credit_loss"]


def test_indicators_say_what_they_hold_in_a_line_and_stay_a_dictionary(industry):
    assert len(repr(industry.indicators)) < 250 and f"{len(INDICATORS)} indicators" in repr(industry.indicators)
    assert industry.indicators["p10_coverage"].shape == (3, 2)


@pytest.mark.parametrize("name", ["archetypes-2023q1", "industry-2026q3"])
def test_every_measure_that_a_run_keeps_has_a_unit_a_shape_and_a_meaning(name):
    industry = Industry(load_world(name), worlds=2)
    known = set(keys_at_first())
    assert set(industry.run(1).record.measures) == known
    for (kind, measure), item in catalogue(industry).items():
        assert item.unit and item.meaning and item.label, measure
        axes = {"[worlds, quarters]": 2}.get(item.shape, 3)
        assert np.squeeze(industry.record.series(kind, measure), axis=2 if kind == "industry" else ()).ndim == axes


def test_measures_of_a_run_with_a_journal_are_described_too():
    industry = Industry(load_world("tutorial"), journal=True).run(1)
    assert all(item.meaning for item in catalogue(industry).values()) and len(catalogue(industry)) == len(industry.record.measures)


def test_a_measure_is_described_by_name_or_by_label(industry):
    item = industry.describe("p10_coverage")
    assert (item.unit, item.shape) == ("x", "[worlds, quarters]") and "below 1" in item.meaning and "below 1" in repr(item)
    assert industry.describe("industry_revenue")[0].name == "revenue_total"
    assert {each.kind for each in industry.describe("cash")} == {"labs", "clouds", "vendors", "investors", "lenders"}
    assert [each.kind for each in industry.describe("cash", "labs")] == ["labs"]
    with pytest.raises(BadInput, match="'p10_coverage'"):
        industry.describe("p10_coverag")
    assert list(industry.measures("coverage").index) == ["p10_coverage", "lab_p10_coverage", "p50_coverage", "p90_coverage"]
    assert len(industry.measures()) == len(industry.record.measures)


def test_an_unknown_indicator_is_named_with_those_that_are_like_it(industry):
    with pytest.raises(BadInput, match="no indicator is called 'p10_coverag'; did you mean 'p10_coverage'"):
        industry.indicators["p10_coverag"]


def test_a_panel_of_one_measure_takes_its_name_alone(industry):
    assert industry.panel("revenue").equals(industry.panel(["revenue"]))


def test_a_panel_carries_units_and_meanings(industry):
    panel = industry.panel(["revenue", "p10_coverage"])
    assert panel.attrs["units"] == {"revenue": "$bn/year", "p10_coverage": "x"} and set(panel.attrs["meanings"]) == {
        "revenue",
        "p10_coverage",
    }


def test_tab_completion_lists_firms_and_what_a_user_needs(industry):
    assert industry.labs._ipython_key_completions_() == list(industry.labs.names)
    public = [name for name in dir(industry) if not name.startswith("__")]
    assert {"labs", "run", "step", "panel", "indicators", "measures", "describe", "quarter"} <= set(public) and len(public) < 30
    assert all(hasattr(industry, name) for name in public)
