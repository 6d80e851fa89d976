"""Warning lamps: one that is perfect, one that is useless, one that only knows the date."""

import numpy as np
import pytest

from abm.failure.crisis import first_quarters, labs_fail
from experiments.analysis import ranking, warning

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
    assert warning.same_date_with_interval(watched, resamples=20) == (1, 1, 1)
    assert warning.auc(watched.lamp, watched.coming) == 1
    assert warning.false_alarms(watched.lamp, watched.coming) == (0, 1)


def test_a_useless_lamp_is_right_half_of_the_time(event):
    lamp = np.random.default_rng(7).normal(size=event.shape)
    watched = warning.watch(lamp, event, LEAD)
    middle, low, high = warning.same_date_with_interval(watched)
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
    watched = warning.watch(np.zeros(event.shape), event, latest=2)
    assert list(zip(watched.world, watched.quarter, watched.coming)) == [
        (0, 0, True), (0, 1, True), (1, 0, False), (1, 1, False), (1, 2, False),
    ]  # fmt: skip


def test_a_systemic_event_is_dated_to_the_quarter_that_completes_it():
    died = np.zeros((1, 5, 3), dtype=bool)
    died[0, 1, 0] = died[0, 3, 1] = True
    revenue = np.ones((1, 5, 3))
    assert first_quarters(labs_fail(died, revenue))[0].tolist() == [False, False, False, True, False]


def test_debtrank_of_every_lab_can_be_read_off_a_run():
    from abm.failure.systemic import exposures
    from abm.model import Industry, release
    from agents.world_files.folder import load_world

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
