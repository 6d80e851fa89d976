"""Warning lamps: one that is perfect, one that is useless, one that only knows the date."""

import numpy as np
import pandas as pd
import pytest

from abm.errors import BadInput
from abm.failure.crisis import first_quarters, labs_fail
from experiments.analysis import ranking, warning
from experiments.inputs import Inputs

WORLDS, QUARTERS, LEAD = 60, 20, 4


@pytest.fixture(scope="module")
def event():
    """In every other world something breaks, at a quarter of its own."""
    found = np.zeros((WORLDS, QUARTERS), dtype=bool)
    when = np.random.default_rng(6).integers(6, QUARTERS, size=WORLDS)
    found[np.arange(0, WORLDS, 2), when[::2]] = True
    return found


def seen_coming(event, lead):
    """A lamp that is lit in the quarters before an event and in no other."""
    lamp = np.zeros(event.shape)
    for ahead in range(1, lead + 1):
        lamp[:, :-ahead] = np.maximum(lamp[:, :-ahead], event[:, ahead:])
    return lamp


def test_a_perfect_lamp_is_always_right(event):
    watched = warning.watch(seen_coming(event, LEAD), event, LEAD)
    assert warning.auc_with_interval(watched, resamples=20) == (1, 1, 1)
    assert warning.auc_at_same_date(watched) == 1
    assert warning.false_alarms(watched.lamp, watched.coming) == (0, 1)


def test_a_useless_lamp_is_right_half_of_the_time(event):
    lamp = np.random.default_rng(7).normal(size=event.shape)
    watched = warning.watch(lamp, event, LEAD)
    middle, low, high = warning.auc_with_interval(watched)
    assert low < 0.5 < high and middle == pytest.approx(0.5, abs=0.1)
    assert warning.false_alarms(watched.lamp, watched.coming)[0] == pytest.approx(warning.HITS, abs=0.15)


def test_a_lamp_that_is_never_lit_is_worth_a_coin():
    assert warning.auc(np.zeros(10), np.arange(10) < 3) == 0.5


def test_the_auc_counts_pairs_and_halves_ties():
    assert warning.auc(np.array([3, 1, 2, 1]), np.array([True, True, False, False])) == pytest.approx((1 + 1 + 0 + 0.5) / 4)


def test_a_lamp_that_only_knows_the_date_is_found_out():
    event = np.zeros((WORLDS, QUARTERS), dtype=bool)
    event[::2, 15] = True
    clock = np.broadcast_to(np.arange(QUARTERS, dtype=float), event.shape)
    watched = warning.watch(clock, event, LEAD)
    assert warning.auc(watched.lamp, watched.coming) > 0.7
    assert warning.auc_at_same_date(watched) == 0.5


def test_only_quarters_before_the_event_whose_lead_ends_within_the_run_are_watched():
    event = np.array([[0, 0, 1, 0, 0], [0, 0, 0, 0, 0]], dtype=bool)
    watched = warning.watch(np.zeros(event.shape), event, lead=2)
    assert list(zip(watched.world, watched.quarter, watched.coming)) == [
        (0, 0, True), (0, 1, True), (1, 0, False), (1, 1, False), (1, 2, False),
    ]  # fmt: skip


def test_a_warning_is_a_lamp_that_stays_lit_until_the_event_and_calm_worlds_count_it_as_lit_for_nothing():
    lamp = np.array([[0, 1, 1, 0], [1, 0, 1, 1], [1, 0, 0, 0], [0, 0, 0, 0]])
    event = np.array([[0, 0, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]], dtype=bool)
    assert warning.first_warning(lamp, event, threshold=1) == (0.5, 0.5, 2)


def test_firms_that_were_never_there_are_not_counted_as_calm():
    lamp, event = np.zeros((1, 3, 2)), np.zeros((1, 3, 2), dtype=bool)
    lamp[0, 0, 0] = 1
    present = np.zeros((1, 3, 2), dtype=bool)
    present[:, :, 0] = True
    assert warning.first_warning(lamp, event, 1, present)[0] == 1


def test_the_table_puts_the_better_lamp_first_and_knows_that_low_coverage_is_danger(event):
    useless = np.random.default_rng(8).normal(size=event.shape)
    table = warning.lamps({"sentiment": useless, "p10_coverage": 1 - seen_coming(event, LEAD)}, event, leads=(LEAD,), resamples=10)
    assert table.indicator.tolist() == ["p10_coverage", "sentiment"]
    assert table.auc[0] == 1 and table.false_alarms[0] == 0 and table.lit_for_nothing[0] == 0 and table.lit_before[0] == 1


def test_without_an_event_no_lamp_can_be_judged():
    with pytest.raises(BadInput, match="no event comes"):
        warning.lamps({"sentiment": np.zeros((2, 4))}, np.zeros((2, 4), dtype=bool))


def test_a_systemic_event_is_dated_to_the_quarter_that_completes_it():
    died = np.zeros((1, 5, 3), dtype=bool)
    died[0, 1, 0] = died[0, 3, 1] = True
    revenue = np.ones((1, 5, 3))
    assert first_quarters(labs_fail(died, revenue))[0].tolist() == [False, False, False, True, False]


def test_every_lamp_of_the_model_can_be_read_off_a_run_and_debtrank_beside_it():
    from abm.failure.systemic import exposures
    from abm.measures.readings import INDICATORS
    from abm.model import Industry, release
    from agents.world_files.folder import load_world

    assert warning.DANGER.keys() <= INDICATORS.keys()
    industry = Industry(load_world("tutorial"), worlds=2)
    ranks = ranking.run_with_debtranks(industry, 3)
    exposed = exposures(industry)
    assert ranks.shape == (2, 3, len(industry.labs.names)) and (ranks >= 0).all() and (ranks <= 1).all()
    assert exposed.exposures[:, exposed.rows["lenders"]].sum() >= industry.fleet.loan.sum() - 1e-9
    release(industry)


def test_realised_losses_are_those_of_the_window_after_a_default():
    class Record:
        def series(self, kind, name):
            values = np.zeros((1, 6, 2 if kind != "industry" else 1))
            if (kind, name) == ("labs", "fails"):
                values[0, 1, 0] = values[0, 2, 1] = 1
            if name == "credit_loss":
                values[0, :, 0] = [100, 1, 2, 4, 8, 16]
            return values

    table = ranking.after_defaults(Record(), np.full((1, 6, 2), 0.3), ["A", "B"], window=3)
    assert table.values.tolist() == [[0, "A", 0.3, 7.0, 1], [0, "B", 0.3, 14.0, 0]]
    assert np.isnan(ranking.agreement(table).spearman).all()
    assert ranking.by_lab(table).lab.tolist() == ["A", "B"]


def test_a_table_on_few_events_says_so_and_what_its_columns_mean(event):
    few = event.copy()
    few[8:] = False
    for happened, caution in ((event, False), (few, True)):
        table = warning.lamps({"sentiment": -seen_coming(happened, LEAD)}, happened, (LEAD,), resamples=10)
        words = warning.in_words("toy", table, LEAD)
        assert ("4 events are few, so ask for more worlds" in words) is caution
        assert "lit_for_nothing is the share of worlds without any event" in words and "quarters_watched" not in words


@pytest.mark.slow
def test_the_number_of_workers_changes_no_lamp():
    fall = ({"name": "demand_shortfall", "at": "2026Q3", "size": 0.9},)
    inputs = Inputs("tutorial", worlds=40, quarters=12, shocks=fall)
    alone, together = (warning.of_world(inputs, labs=True, leads=(2,), resamples=5, workers=workers) for workers in (1, 2))
    pd.testing.assert_frame_equal(alone, together)
    assert alone["events"].max() > 0
