"""A told world says what the record and the journal say: the dead, their quarter, the cause, the losses of others, in plain words."""

import re

import numpy as np
import pandas as pd
import pytest

from abm.clock import Quarter
from abm.errors import BadInput
from abm.model import Industry
from abm.shocks import Shock
from agents.world_files.folder import load_world
from experiments.stories.events import Event, by_name, each, money, said
from experiments.stories.story import ALWAYS, CHANNELS, KINDS, chosen_of, narrate, tell, worst_world

QUARTERS = 40
WORLDS = 8
RUN = {
    "rng": 7,
    "parameters": {"vendor.circular_intensity": 1.0, "customers.adoption_pace": 0.6},
    "shocks": [Shock.read({"name": "stall", "at": "2027Q1", "duration": 24})],
}


def opening():
    return load_world("archetypes-2023q1", overrides={"lab.risk_appetite": 0.9})


@pytest.fixture(scope="module")
def industry():
    """The worst of some worlds of bold labs in a long stall, run again alone with its journal."""
    many = Industry(opening(), worlds=WORLDS, **RUN).run(QUARTERS)
    world = worst_world(many.record.outcomes(many))
    return Industry(opening(), world_ids=[world], journal=True, **RUN).run(QUARTERS)


@pytest.fixture(scope="module")
def events(industry):
    return tell(industry)


def of_kind(events, *kinds):
    return [event for event in events if event.kind in kinds]


def age(industry, event):
    return event.quarter - industry.opening.start


def row(industry, kind, firm):
    return getattr(industry, kind).names.index(firm)


def recorded(industry, kind, name, event, firm=None):
    values = industry.record.series(kind, name)[0][age(industry, event)]
    return values[row(industry, kind, firm)] if firm else values[0]


def journal(industry, event, flow, payers, payees):
    """Sum of a flow in the event's quarter between two kinds, $bn, [payers, payees]."""
    sides = industry.rows[payers], industry.rows[payees]
    entries = industry.record.journals[age(industry, event)]
    return sum(amount[0] for name, left, right, amount in entries if name == flow and (left, right) == sides)


def failures(industry, kind):
    quarters, firms = np.nonzero(industry.record.series(kind, "fails")[0])
    return {(industry.record.quarters[q], getattr(industry, kind).names[firm]) for q, firm in zip(quarters, firms)}


def test_the_story_names_every_firm_that_failed_in_the_quarter_of_the_record_and_no_other(industry, events):
    told = {
        "labs": of_kind(events, "default"),
        "clouds": of_kind(events, "reorganised", "reorganised again"),
        "lenders": of_kind(events, "lender fails", "lender fails again"),
    }
    assert told["labs"], "the world should have a default"
    for kind, found in told.items():
        assert {(event.quarter, event.firms[0]) for event in found} == failures(industry, kind)
        assert all(event.firms[0] in event.text for event in found)


def test_what_a_dead_lab_owed_was_more_than_it_had(industry, events):
    for event in of_kind(events, "default"):
        a, name = event.amounts, event.firms[0]
        lab = row(industry, "labs", name)
        assert a["rent"] == recorded(industry, "labs", "rent_billed", event, name)
        assert a["rent"] + a["other_due"] == pytest.approx(recorded(industry, "labs", "obligations", event, name))
        assert a["revenue"] == pytest.approx(journal(industry, event, "services", "customers", "labs")[:, lab].sum())
        before = industry.record.series("labs", "cash")[0][age(industry, event) - 1, lab]
        assert a["cash"] == pytest.approx(before, abs=1e-6)
        assert a["rent"] + a["other_due"] > a["revenue"] + a["cash"] + a["raised"]
        assert event.cause.startswith("rent above revenue") == (a["rent"] > a["revenue"])


def test_a_plan_that_failed_is_quoted_as_it_was_recorded(industry, events):
    quoted = 0
    for event in of_kind(events, "default"):
        plan = re.search(r"planned in (\d{4}Q\d)(?:, when it ordered most \([^)]* GW\),)? on (\$[^ ]+) at its P90", event.cause)
        if plan:
            then = Quarter.parse(plan[1]) - industry.opening.start
            forecast = industry.record.series("labs", "forecast")[0][then, row(industry, "labs", event.firms[0])]
            assert plan[2] == money(forecast)
            quoted += 1
    assert quoted


def test_what_each_channel_says_was_lost_adds_up_to_the_ledger(industry, events):
    dead = of_kind(events, "default")
    for quarter in {event.quarter for event in dead}:
        one = next(event for event in dead if event.quarter == quarter)
        arrears = sum(sum(event.amounts.values()) for event in of_kind(events, "C1") if event.quarter == quarter)
        assert arrears == pytest.approx(journal(industry, one, "arrears", "clouds", "labs").sum(), abs=0.02)
        stakes = sum(sum(event.amounts.values()) for event in of_kind(events, "C2") if event.quarter == quarter)
        assert stakes == pytest.approx(value_of_the_dead(industry, one), abs=0.02)
        for event in of_kind(events, "C5"):
            assert event.amounts["cancelled"] == recorded(industry, "industry", "cancelled", event)
    assert of_kind(events, "C1")
    assert of_kind(events, "C2")


def value_of_the_dead(industry, event):
    """Last mark of the labs that died in the quarter plus the equity they sold in it, $bn."""
    now = age(industry, event)
    gone = industry.record.series("labs", "fails")[0][now] > 0
    sold = journal(industry, event, "lab_equity", "investors", "labs").sum(axis=0)
    return (industry.record.series("labs", "value")[0][now - 1] + sold)[gone].sum()


def test_creditors_write_off_what_the_journal_says(industry, events):
    for event in of_kind(events, "reorganised", "reorganised again", "written down"):
        written = -journal(industry, event, "write_down", "lenders", "clouds")[:, row(industry, "clouds", event.firms[0])].sum()
        assert event.amounts["written_down"] == pytest.approx(written, abs=0.002)
    told = sum(event.amounts["written_down"] for event in of_kind(events, "reorganised", "reorganised again", "written down"))
    assert told == pytest.approx(industry.record.series("industry", "credit_loss").sum(), abs=0.02)


def test_orders_and_rounds_are_those_of_the_record(industry, events):
    for event in of_kind(events, "order"):
        for key in ("ordered_gw", "wanted_gw", "forecast", "forecast_low", "forecast_mid"):
            assert event.amounts[key] == recorded(industry, "labs", key, event, event.firms[0])
    told = sum(event.amounts["ordered_gw"] for event in of_kind(events, "order"))
    assert told == pytest.approx(industry.record.series("labs", "ordered_gw").sum(), rel=1e-3)
    for event in of_kind(events, "round"):
        assert event.amounts["raised"] == pytest.approx(recorded(industry, "labs", "raised", event, event.firms[0]))
        if age(industry, event) > 0:
            before = industry.record.series("labs", "value")[0][age(industry, event) - 1, row(industry, "labs", event.firms[0])]
            assert event.amounts["value"] == pytest.approx(before, rel=1e-6)


def test_a_round_and_a_loan_are_the_sum_of_who_paid(events):
    for event in of_kind(events, "round", "loan", "equity call"):
        total = next(event.amounts[key] for key in ("raised", "lent", "called") if key in event.amounts)
        assert sum(event.amounts[name] for name in event.firms[1:]) == pytest.approx(total, abs=0.01)


def test_the_stall_and_its_end_are_told_when_they_happen(industry, events):
    stalled = industry.record.series("industry", "stalled")[0, :, 0] > 0
    turns = np.flatnonzero(np.diff(np.concatenate([[False], stalled]).astype(int)))
    assert [age(industry, event) for event in of_kind(events, "stall")] == turns.tolist()
    assert of_kind(events, "shock")[0].quarter == Quarter.parse("2027Q1")


def test_sentences_are_for_humans(events):
    for event in events:
        words = f"{event.text} {event.cause}"
        assert event.text.endswith(".")
        assert not re.search(r"\bnan\b|\binf\b|None|array|\[|\]|\{|e[+-]\d|(?<![\d\w])-0|\d\.\d{3}|  ", words), words
        assert all(np.isfinite(list(event.amounts.values())))


def test_events_come_in_order_and_every_kind_is_explained(events):
    quarters = [event.quarter for event in events]
    assert quarters == sorted(quarters)
    assert {event.kind for event in events} <= set(KINDS)


def test_the_narration_keeps_every_default_and_is_short(events):
    text = narrate(events, limit=8)
    for event in of_kind(events, "default"):
        assert f"{event.firms[0]} defaults" in text
    for year in {event.quarter.year for event in events}:
        chosen = chosen_of([event for event in events if event.quarter.year == year], limit=3)
        assert sum(event.kind not in (*ALWAYS, *CHANNELS) for event in chosen) <= 3
    assert max(map(len, text.splitlines())) <= 120


def test_firms_that_do_the_same_are_named_together():
    twins = [Event(Quarter(0), "default", (name,), {}, f"{name} defaults.") for name in ("A", "B", "C")]
    assert [event.text for event in chosen_of(twins)] == ["A defaults; so do B and C."]


def test_numbers_are_said_as_people_say_them():
    assert [money(x) for x in (0, 1e-4, 0.456, 3.21, 45.6, 1234.5, -1e-12)] == [
        "nothing",
        "less than $1m",
        "$456m",
        "$3.2bn",
        "$46bn",
        "$1.2tn",
        "nothing",
    ]
    assert [said(x) for x in (0, -0.0, 0.0456, 9.96, 123.4)] == ["0", "0", "0.05", "10.0", "123"]
    assert each({"a": 3.0, "b": 2.0, "c": 1.0, "d": 0.5}) == "a $3.0bn, b $2.0bn and two others $1.5bn"
    assert by_name(["a", "b", "c"], [0.0, 1.0, 2.0]) == {"c": 2.0, "b": 1.0}


def test_the_worst_world_is_the_one_in_which_most_firms_fail():
    table = {"world": [5, 6, 7], "labs_defaulted": [1, 2, 2], "clouds_defaulted": [0, 1, 1], "lenders_failed": [0, 0, 0]}
    outcomes = pd.DataFrame({**table, "credit_loss": [9.0, 1.0, 2.0], "crisis": [1.0, 0.0, 0.0]})
    assert worst_world(outcomes) == 7


@pytest.mark.parametrize("keywords", [{"worlds": 2, "journal": True}, {"worlds": 1}])
def test_a_story_needs_one_world_and_a_journal(keywords):
    run = Industry(load_world("tutorial"), **keywords).run(1)
    with pytest.raises(BadInput, match="story"):
        tell(run)


@pytest.mark.parametrize("name", ["tutorial", "industry-2026q3"])
def test_shipped_worlds_can_be_told_from_their_first_quarter(name):
    told = tell(Industry(load_world(name), rng=1, journal=True).run(6))
    assert of_kind(told, "order")
    assert of_kind(told, "year")
    test_sentences_are_for_humans(told)


def test_a_crisis_is_told_in_the_quarter_that_completes_it():
    from abm.model import Industry, release
    from abm.shocks import Shock
    from agents.world_files.folder import load_world

    loss = Shock.read({"name": "loss", "at": "2026Q4", "firm": "Lab"})
    industry = Industry(load_world("tutorial"), shocks=[loss], journal=True).run(6)
    told = [event for event in tell(industry) if event.kind == "crisis"]
    release(industry)
    assert [str(event.quarter) for event in told] == ["2026Q4"]
    assert told[0].text == "Systemic event: labs with 40 % of industry revenue fail within six quarters. This is a crisis."
