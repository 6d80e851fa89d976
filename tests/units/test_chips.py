"""Production slots: scarce ones are shared pro rata by weight, and nobody gets more than it needs or before another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.compute.chips import Orders, VendorParameters

LAG = 6


def orders(slots, worlds=1, growth=0.0, **values):
    """Slots of one or more vendors, GW a quarter, without growth."""
    parameters = VendorParameters(worlds, {"ceiling": 100.0, **values})
    return Orders(worlds, np.atleast_1d(np.array(slots, dtype=float)), np.full((worlds, 1), growth), parameters, 40)


def asked(*amounts):
    """Orders of one vendor in one world, GW, [1, orders, 1]."""
    return np.array(amounts, dtype=float)[None, :, None]


def by_order(filled):
    """What each order got in all, GW."""
    return filled.sum(axis=(2, 3))[0]


def test_everybody_gets_what_they_ask_while_there_is_room():
    market = orders(10)
    filled = market.allocate(asked(2, 3), asked(1, 1), LAG, 3)
    assert by_order(filled).tolist() == [2, 3]
    assert filled[0, :, 0, 0].tolist() == [2, 3]  # in the first quarter after the lag
    assert market.booked[0, 0, LAG] == 5


def test_scarce_slots_are_all_used_and_shared_pro_rata():
    market = orders(1)
    filled = market.allocate(asked(8, 4), asked(1, 1), LAG, 3)
    assert filled[0, :, 0, 0] == pytest.approx([2 / 3, 1 / 3])
    assert by_order(filled) == pytest.approx([4, 2])  # six quarters of one GW
    assert market.booked[0, 0, LAG : LAG + 6] == pytest.approx(np.ones(6))
    assert market.booked[0, 0, LAG + 6 :].sum() == market.booked[0, 0, :LAG].sum() == 0


def test_what_does_not_fit_spills_into_the_next_quarters():
    filled = orders(2).allocate(asked(5), asked(1), LAG, 2)
    assert filled[0, 0, 0].tolist() == [2, 2, 1, 0, 0, 0]


def test_financed_buyers_are_served_first_in_proportion_not_absolutely():
    filled = orders(3).allocate(asked(4, 4), asked(2, 1), LAG, 3)
    assert filled[0, :, 0, 0] == pytest.approx([2, 1])


def test_who_needs_little_leaves_the_rest_to_others():
    filled = orders(3).allocate(asked(0.5, 4, 4), asked(100, 1, 1), LAG, 4)
    assert filled[0, :, 0, 0] == pytest.approx([0.5, 1.25, 1.25])


def test_vendors_do_not_lend_each_other_slots():
    market = orders([1, 1])
    filled = market.allocate(np.array([[[3.0, 0.0], [3.0, 0.5]]]), np.ones((1, 2, 2)), LAG, 3)
    assert filled[0, :, 0, 0].tolist() == [0.5, 0.5]
    assert filled[0, 1, 1].tolist() == [0.5, 0, 0, 0, 0, 0]


def test_worlds_share_nothing():
    market = orders(1, worlds=2)
    filled = market.allocate(np.array([[[0.5]], [[9.0]]]), np.ones((2, 1, 1)), LAG, 2)
    assert filled.sum(axis=(1, 2, 3)).tolist() == [0.5, 6]


AMOUNTS = st.lists(st.floats(0, 20), min_size=1, max_size=7)


@settings(max_examples=60, deadline=None)
@given(needs=AMOUNTS, slots=st.floats(0, 5), seed=st.integers(0, 99))
def test_nobody_gets_more_than_needed_and_no_slot_stays_free_while_somebody_waits(needs, slots, seed):
    weights = 1 + np.random.default_rng(seed).uniform(0, 1, len(needs))
    market = orders(slots)
    filled = market.allocate(asked(*needs), weights[None, :, None], LAG, len(needs) + 1)
    assert (filled >= 0).all()
    assert (by_order(filled) <= np.array(needs) + 1e-9).all()
    assert (market.booked <= market.slots + 1e-9).all()  # I11
    assert by_order(filled).sum() == pytest.approx(min(sum(needs), 6 * slots), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(needs=AMOUNTS, slots=st.floats(0.01, 5), seed=st.integers(0, 99))
def test_the_order_of_labs_never_matters(needs, slots, seed):
    random = np.random.default_rng(seed)
    weights, mixed = 1 + random.uniform(0, 1, len(needs)), random.permutation(len(needs))
    straight = orders(slots).allocate(asked(*needs), weights[None, :, None], LAG, len(needs) + 1)
    shuffled = orders(slots).allocate(asked(*needs)[:, mixed], weights[None, mixed, None], LAG, len(needs) + 1)
    assert np.allclose(straight[:, mixed], shuffled, atol=1e-9)


def test_an_order_never_becomes_negative_however_small():
    random = np.random.default_rng(5)
    for _ in range(200):
        needs = 10.0 ** random.uniform(-50, 1, 8)
        filled = orders(random.uniform(0, 1)).allocate(asked(*needs), 1 + random.uniform(0, 1, (1, 8, 1)), LAG, 7)
        assert (filled >= 0).all()
        assert (by_order(filled) <= needs * (1 + 1e-12)).all()


def test_a_quarter_later_every_slot_is_one_quarter_closer():
    market = orders(2, growth=0.1)
    market.allocate(asked(3), asked(1), LAG, 2)
    slots, booked = market.slots.copy(), market.booked.copy()
    market.advance()
    assert np.array_equal(market.slots[..., :-1], slots[..., 1:])
    assert np.array_equal(market.booked[..., :-1], booked[..., 1:]) and market.booked[..., -1].sum() == 0


def test_slots_grow_to_the_ceiling_and_what_is_booked_is_always_there():
    market = orders(2, growth=0.2, ceiling=3.0)
    assert market.slots[0, 0, :4] == pytest.approx([2, 2.4, 2.88, 3])
    market.booked[..., 20] = 2.9
    market.plan_capacity(np.array([[-0.06]]))
    assert market.slots[0, 0, 4] == 3  # known quarters stay as they are
    assert market.slots[0, 0, 5] == pytest.approx(3 * 0.94)
    assert market.slots[0, 0, 20] == 2.9
    assert (market.slots >= market.booked).all()


def test_cancelled_deliveries_free_their_slots():
    market = orders(1)
    market.allocate(asked(3), asked(1), LAG, 2)
    cancelled = np.zeros((1, 1, 50))
    cancelled[0, 0, 30 + LAG] = 0.75  # the present quarter stands at position 30
    market.free(cancelled, 30)
    assert market.booked[0, 0, LAG : LAG + 3].tolist() == [0.25, 1, 1]
    filled = market.allocate(asked(1), asked(1), LAG, 2)
    assert filled[0, 0, 0, 0] == 0.75


def test_utilisation_is_booked_over_available_just_after_the_lag():
    market = orders(1)
    market.allocate(asked(3), asked(1), LAG, 2)
    assert market.utilisation(LAG)[0, 0] == pytest.approx(3 / 4)
    assert orders(0).utilisation(LAG)[0, 0] == 0
