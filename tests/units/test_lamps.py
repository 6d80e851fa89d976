"""What lamps are said to be worth: one that knows, one that guesses, one that lies; thresholds are scored where they were not found."""

import json

import numpy as np
import pandas as pd
import pytest

from abm.errors import BadInput
from experiments.analysis import lamps, lamps_answer, lamps_combined, lamps_words
from experiments.analysis.lamp_readings import INDUSTRY, LABS, LAMPS, OF_INDUSTRY, OWNERS, Run, over, share_of
from experiments.inputs import Inputs

WORLDS, QUARTERS = 120, 30
LEAD = lamps.Lead(4, 8)


@pytest.fixture(scope="module")
def toy():
    """In every third future a crisis, which one lamp sees coming, one sees coming the wrong way round, and the others do not."""
    rng = np.random.default_rng(1)
    event = np.zeros((WORLDS, QUARTERS), dtype=bool)
    event[np.arange(0, WORLDS, 3), rng.integers(12, QUARTERS, size=WORLDS)[::3]] = True
    ahead = np.zeros(event.shape)
    for quarters in range(1, LEAD.latest + 1):
        ahead[:, :-quarters] = np.maximum(ahead[:, :-quarters], event[:, quarters:])
    readings = {name: rng.normal(size=event.shape) for name in ("commitments", "plans_over_outcome", "credit_spread")}
    knows, lies = ahead + rng.normal(size=event.shape) * 0.3, -ahead + rng.normal(size=event.shape)
    return lamps.Seen({**readings, "labs_short": knows, "concentration": lies}, {"crisis": event}, None)


def test_a_lamp_that_knows_works_one_that_guesses_is_a_coin_and_one_that_lies_misleads(toy):
    table = lamps.judged(toy, INDUSTRY, "crisis", LEAD).set_index("lamp")
    assert table["verdict"].to_dict() == {
        "labs_short": lamps.WORKS, "concentration": lamps.MISLEADS,
        **dict.fromkeys(("commitments", "plans_over_outcome", "credit_spread"), lamps.COINLIKE),
    }  # fmt: skip
    assert table.index[0] == "labs_short" and table["same_date"].iloc[0] > 0.95
    knows, guesses = table.loc["labs_short"], table.loc["commitments"]
    assert knows["hits"] > 0.65 and knows["precision"] > 0.75
    assert guesses["precision"] == pytest.approx(guesses["base_rate"], abs=0.05)
    assert guesses["hits"] == pytest.approx(guesses["false_alarms"], abs=0.15)


def test_hits_and_false_alarms_are_of_futures_that_did_not_choose_the_threshold(toy):
    """Odd futures with readings a step higher: all quarters are lit there, although even futures are told apart well."""
    raised = toy.lamps["labs_short"] + 3 * (np.arange(WORLDS) % 2)[:, None]
    table = lamps.judged(lamps.Seen({"labs_short": raised}, toy.events, None), INDUSTRY, "crisis", LEAD)
    assert table["hits"].item() == table["false_alarms"].item() == 1
    assert table["precision"].item() == table["base_rate"].item()


def test_lamps_against_few_events_are_not_judged(toy):
    few = np.where(np.arange(WORLDS)[:, None] < 15, toy.events["crisis"], False)
    found = toy._replace(events={"crisis": few})
    table = lamps.judged(found, INDUSTRY, "crisis", LEAD)
    assert set(table["verdict"]) == {lamps.FEW}
    assert lamps_words.headline(table, INDUSTRY, "crisis").startswith("Of all futures 5 see a crisis, which is too few")
    assert lamps_combined.combined(found, "crisis", LEAD) is None


def test_the_combined_lamp_says_odds_that_come_true(toy):
    """It weighs the lamp that knows most, its odds beat the base rate, and what it says comes about as often as it says."""
    found = lamps_combined.combined(toy, "crisis", LEAD)
    assert found.same_date > 0.95 and found.brier < found.base_brier / 2
    assert max(found.weights, key=lambda name: abs(found.weights[name])) == "labs_short"
    table = found.reliability
    assert table["quarters"].sum() > 500 and table["said"].is_monotonic_increasing
    assert np.abs(table["said"] - table["came"]).max() < 0.15


def test_a_combined_lamp_of_guesses_is_no_better_than_the_base_rate(toy):
    guesses = {name: toy.lamps[name] for name in ("commitments", "plans_over_outcome", "credit_spread")}
    found = lamps_combined.combined(toy._replace(lamps=guesses), "crisis", LEAD)
    assert found.low < 0.55 and found.brier == pytest.approx(found.base_brier, rel=0.1)


def test_amounts_over_nothing_are_the_worst_and_nothing_over_nothing_is_calm():
    assert over(np.array([2.0, 2.0, 0.0, 0.0, 3.0]), np.array([4.0, 0.0, 0.0, 5.0, -1.0])).tolist() == [0.5, 1e6, 0, 0, 1e6]
    assert share_of(np.array([[[True, False]]]), np.array([[[3.0, 1.0]]])).item() == 0.75
    assert share_of(np.array([[[True, False]]]), np.zeros((1, 1, 2))).item() == 0


@pytest.mark.parametrize("whose", LAMPS)
def test_every_lamp_reads_something_off_a_run(whose):
    found = lamps.seen((Inputs("tutorial", worlds=2, quarters=6), (0, 1), whose))
    assert set(found.lamps) == set(LAMPS[whose])
    firms = () if whose == INDUSTRY else (1,)
    for name, values in found.lamps.items():
        assert values.shape == (2, 6, *firms), name
        assert np.isfinite(values[:, -1]).all() or name == "plans_over_outcome", name  # no plan has come due in so short a run


def test_refinancing_sets_notes_of_the_coming_year_against_what_bears_losses():
    zeros = np.zeros((1, 1, 1))
    held = {("lenders", "capital"): np.array([[[30.0, 10.0]]]), ("clouds", "ebitda"): np.array([[[4.0, 0.0]]])}
    run = Run(lambda kind, name: held.get((kind, name), zeros), np.array([[[6.0, 2.0]]]))
    assert OF_INDUSTRY["refinancing"].read(run).item() == 0.2
    assert LAMPS[OWNERS]["refinancing"].read(run).tolist() == [[[1.5, 1e6]]]


def test_the_answer_names_what_works_and_what_does_not(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(lamps, "of_world", lambda *_: toy)
    inputs = Inputs("tutorial", WORLDS, QUARTERS)
    said = lamps_answer.answer(inputs, INDUSTRY, LEAD, tmp_path)
    assert "1 of 5 lamps tell a crisis ahead better than a coin. The best is “Revenue of labs whose dues exceed their P10”" in said
    assert "Misleading, because they stand higher where nothing happens: “" in said and "All lamps combined reach an AUC" in said
    page = (tmp_path / lamps_answer.PAGE).read_text(encoding="utf-8")
    assert "Odds said and what came" in page and "overreach lamps tutorial --worlds=120" in page
    assert len(pd.read_csv(tmp_path / lamps_answer.TABLE)) == len(toy.lamps)
    plain = json.loads(lamps_answer.answer(inputs, INDUSTRY, LEAD, as_json=True))
    assert plain["combined"]["crisis"]["brier"] < plain["combined"]["crisis"]["base_brier"]


@pytest.mark.parametrize(
    ("quarters", "lead", "named"),
    [(12, lamps.Lead(4, 12), "--lead 12 is not allowed in a run of 12"), (40, lamps.Lead(9, 8), "1 <= soonest <= lead")],
)
def test_a_lead_that_does_not_fit_is_refused(quarters, lead, named):
    with pytest.raises(BadInput, match=named):
        lamps_answer.answer(Inputs("tutorial", 4, quarters), INDUSTRY, lead)


@pytest.mark.slow
def test_the_number_of_workers_changes_no_lamp():
    fall = ({"name": "demand_shortfall", "at": "2026Q3", "size": 0.9},)
    inputs = Inputs("tutorial", worlds=40, quarters=12, shocks=fall)
    alone, together = (lamps.judged(lamps.of_world(inputs, LABS, workers), LABS, "fails", lamps.Lead(1, 2), 5) for workers in (1, 2))
    pd.testing.assert_frame_equal(alone, together)
    assert alone["events"].max() > 0


def test_labels_of_lamps_differ():
    for group in (OF_INDUSTRY, LAMPS[LABS], LAMPS[OWNERS]):
        assert len({lamp.label for lamp in group.values()}) == len(group)
