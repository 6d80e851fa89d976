"""What leads a page instead of an outcome: model ladders, contagion channels and required revenue, on runs that are known."""

import pandas as pd
import pytest

from abm.errors import BadInput
from experiments import reference
from experiments.analysis import opener_requirement, opener_statements, ranking
from experiments.analysis.openers import LEADING
from experiments.analysis.sweep_answer import answer, gather, in_short
from experiments.analysis.sweep_report import sweep_report
from experiments.engine.forms import LEADS
from experiments.engine.question import Question, shipped
from experiments.engine.sweep import sweep

LEADING_NOW = {
    "forecast-accuracy": "accuracy",
    "two-income-statements": "income_statements",
    "contagion-channels": "attribution",
    "deal-desk": "required_revenue",
}


def quarters(count, start=2027):
    return [f"{start + k // 4}Q{k % 4 + 1}" for k in range(count)]


def lab(income, cost, profit, seed=0):
    """A lab's quarters as of_models and of_companies take them."""
    rows = {"operating_income": income, "model_cost": cost, "model_profit": profit}
    return pd.DataFrame({"point": 0, "seed": seed, "agent": "A", "quarter": quarters(len(income)), "alive": 1.0, **rows})


def test_every_analysis_that_may_lead_is_there_and_questions_lead_with_what_the_design_names():
    assert LEADING.keys() == LEADS.keys()
    assert {name: lead for name in shipped() if (lead := Question.read(name).leads_with)} == LEADING_NOW


def test_a_model_counts_once_when_it_is_withdrawn_and_a_company_by_its_whole_years():
    wide = lab([-1.0] * 4 + [2.0] * 3, [0, 0, 1, 1, 10, 10, 10], [0, 0, 2, 2, 5, 5, 5])
    models, years = opener_statements.of_models(wide), opener_statements.of_companies(wide)
    assert models[["quarter", "cost", "profit", "paid"]].values.tolist() == [["2027Q3", 1, 2, True], ["2028Q1", 10, 5, False]]
    assert years[["year", "income", "last_paid"]].values.tolist() == [[2027, -4.0, True]]  # 2028 is not whole


def test_both_income_statements_are_counted_together():
    paying = lab([-1.0] * 4, [0, 1, 1, 1], [0, 2, 2, 2])
    wide = pd.concat([paying, paying.assign(seed=1)])
    first, counted, both, *_ = opener_statements.sentences(opener_statements.of_models(wide), opener_statements.of_companies(wide), "")
    assert first.startswith("100 % (100 to 100 %) of models") and "companies lose money in 100 % (100 to 100 %) of their years" in first
    assert "2 models and 2 years of labs in 2 futures" in counted and "100 % (100 to 100 %) of 2 years of a lab" in both


def test_the_overlay_is_the_ladder_whose_models_pay_while_the_company_loses_more_each_year():
    models, company = opener_statements._example()
    assert models[["cost", "profit"]].values.tolist() == [[0.1, 0.2], [1, 2]]
    assert company["income"].tolist() == pytest.approx([-0.1, -0.8, -8])


def test_the_first_impossible_year_is_the_first_whose_end_requires_more_than_comes():
    rows = pd.DataFrame({"quarter": quarters(12), "p50": 10.0, "p90": 20.0, "required": [30.0, 5, 5, 5, *[11.0] * 4, *[21.0] * 4]})
    assert opener_requirement.first_impossible(rows, "p50", 2027) == 2028  # only year ends count
    assert opener_requirement.first_impossible(rows, "p90", 2027) == 2029
    assert opener_requirement.first_impossible(rows, "p50", 2029) == 2029
    assert opener_requirement.first_impossible(rows.assign(required=1), "p50", 2027) is None


def test_impossible_years_are_told_setting_by_setting():
    part = pd.DataFrame({"quarter": quarters(8), "p25": 1.0, "p50": 10.0, "p75": 1.0, "p90": 20.0, "p10": 1.0, "runs": 7})
    table = pd.concat([part.assign(deal="none", required=9.0), part.assign(deal="5 GW", required=12.0)])
    shown = opener_requirement.Shown({"deal": ["none", "5 GW"]}, "deal", None, {"deal": "new deal"})
    said = opener_requirement.sentences(table, shown, 2027)
    assert (
        'On the median path the first impossible year is 2027 if the new deal is "5 GW"; otherwise no year to 2028 is impossible.'
        in said[0]
    )
    assert "On the lucky path (P90) no year to 2028 is impossible, whatever the new deal." in said[0]
    assert "7 runs" in said[1] and "Years count from 2027" in said[2]
    assert 'required revenue is 90 % of median revenue if the new deal is none, and 120 % if it is "5 GW"' in said[3]


def test_settings_without_runs_yet_are_left_out_of_what_is_said():
    names = quarters(4)
    rows = {"deal": "none", "stall": "never", "quarter": names, "p50": [9.0] * 4, "p90": [9.0] * 4, "required": [1.0] * 4, "runs": 2}
    table = pd.concat([pd.DataFrame(rows), pd.DataFrame({**rows, "deal": "5 GW"}), pd.DataFrame({**rows, "stall": "2027Q1"})])
    known = {"deal": ["none", "5 GW"], "stall": ["never", "2027Q1"]}
    said = opener_requirement.sentences(table, opener_requirement.Shown(known, "deal", "stall", {"deal": "deal", "stall": "stall"}), 0)
    assert "Suppose that the stall is never." in said[0] and "no year to 2027 is impossible, whatever the deal" in said[0]


def test_debtrank_of_the_quarter_before_stands_beside_what_followed():
    def kept(measure, kind, agent, values):
        return [
            {"seed": 4, "quarter": quarter, "kind": kind, "measure": measure, "agent": agent, "value": value}
            for quarter, value in zip(quarters(3), values)
        ]

    rows = kept("fails", "labs", "A", [0, 1, 0]) + kept("fails", "labs", "B", [0, 0, 1]) + kept("debtrank", "labs", "B", [0.0, 0.1, 0.2])
    rows += kept("debtrank", "labs", "A", [0.3, 0.9, 0.9]) + kept("credit_loss", "industry", "industry", [9, 2, 3])
    rows += kept("equity_lost", "industry", "industry", [0, 0, 1]) + kept("termination", "industry", "industry", [0, 0, 0])
    found = ranking.of_series(pd.DataFrame(rows))
    assert found.values.tolist() == [[4, "A", 0.3, 6.0, 1], [4, "B", 0.1, 4.0, 0]]


@pytest.fixture(scope="module")
def channels(tmp_path_factory):
    levers = {name: {"off": {f"contagion.{name}": 0.0}, "on": {}} for name in ("fire_sale", "customers")}
    asked = {
        "question": "Through which <channel>?", "world": "tutorial", "outcomes": ["labs_defaulted", "clouds_defaulted", "lenders_failed"],
        "seeds": 2, "quarters": 4, "levers": levers, "series": ["fails"], "leads_with": "attribution",
    }  # fmt: skip
    return sweep(asked, tmp_path_factory.mktemp("led"), workers=1, quiet=True).folder


@pytest.mark.slow
def test_the_page_leads_with_the_analysis_and_what_was_not_kept_is_said(channels):
    found = gather(channels)
    head, sentences = answer(found)[0]
    assert head == "What was asked" and sentences == found.lead.sentences and in_short(found) == sentences[0]
    assert "Nobody fails in any of 2 futures, although every channel of contagion is on." in sentences
    assert "add debtrank, credit_loss, equity_lost, termination to `series`" in sentences[-1]
    page = sweep_report(found)
    assert page.index('<section id="answer">') < page.index('<section id="lead">') < page.index('<section id="map">')
    assert "although every channel of contagion is on" in page and "<channel>" not in page


@pytest.mark.slow
def test_a_page_is_there_where_an_analysis_has_no_answer(channels, monkeypatch):
    def none(found):
        raise BadInput("no lab lived")

    monkeypatch.setitem(LEADING, "attribution", none)
    found = gather(channels)
    assert found.lead.sentences == ["There is no answer by attribution: no lab lived."] and not found.lead.figures
    assert sweep_report(found)


def test_the_reference_page_leads_with_the_analysis_and_still_says_how_sure(channels):
    first, parts = reference._parted(gather(channels))
    assert first.startswith("Nobody fails in any of 2 futures")
    assert "What happens" in parts and "4 settings in 2 futures each: 8 runs of 4 quarters" in parts["How sure"][0]
