"""Compute by tenant, owner and vintage: what is in force, what it is worth, what happens when contracts end."""

import numpy as np
import pytest

from abm.books.fleet import Fleet
from abm.books.register import IDLE, OUTSIDE
from abm.compute.prices import (
    FleetParameters,
    Usual,
    contract_price,
    list_price,
    quarters_of,
    running_cost,
    saved_when_idle,
    saved_when_off,
)
from abm.errors import BadInput
from abm.start.opening import Tranche

NOW = 40
DECAY = np.array([[0.3], [0.0]])  # ageing in two worlds
# the numbers of model.md 9 and 19
SPEC = {"capex": 50.0, "chip_cost": 35.0, "power": 1.3, "markup": 0.10, "shell": 8.0, "fire_sale": 0.6, "fire_floor": 0.15}
NAMES = ("gw", "prepaid", "book", "depreciation", "wip", "unbuilt", "chips_due", "loan", "principal")


def fleet(terms=(20,), **values):
    """Two worlds, two labs, two owners, one vendor, one lender, at quarter 40."""
    return Fleet((2, 2, 2, 1, 1), NOW, FleetParameters(2, SPEC | values), terms, DECAY)


def block(gw=2.0, rent=24.0, prepaid=0.0):
    return Tranche(0, 1, None, gw, rent, 20, prepaid)


def test_a_placed_contract_is_seen_from_its_delivery_on():
    some = fleet()
    some.place(0, 1, NOW + 3, block(), 0)
    assert some.in_service(NOW + 2).sum() == 0
    assert some.in_service(NOW + 3)[:, 0, 1].tolist() == [2, 2]
    assert some.rent_due(NOW + 2).sum() == 24 * 2 or some.rent_due(NOW + 2).sum() == 0
    assert some.rent_due(NOW + 3)[:, 0, 1].tolist() == [24, 24]


def test_rent_is_in_force_for_exactly_its_term():
    some = fleet(terms=(4,))
    some.place(0, 1, NOW, block(), 0)
    due = [some.rent_due(NOW + quarter)[0, 0, 1] for quarter in range(-1, 6)]
    assert due == [0, 24, 24, 24, 24, 0, 0]


def test_committed_counts_what_still_runs_at_a_date_and_what_comes_later():
    some = fleet(terms=(4, 20))
    some.place(0, 1, NOW - 2, block(gw=1, rent=10), 0)  # ends with NOW + 1
    some.place(0, 1, NOW + 5, block(gw=2, rent=24), 1)
    assert [some.committed(NOW + quarter)[0, 0, 1] for quarter in (0, 1, 2, 24, 25)] == [3, 3, 2, 2, 0]
    assert [some.committed_rent(NOW + quarter)[0, 0, 1] for quarter in (0, 1, 2, 25)] == [34, 34, 24, 0]
    assert some.committed_rent(NOW)[0, 0, 1] != some.rent_due(NOW)[0, 0, 1] == 10  # the coming one is not due yet


def test_compute_ages_from_its_delivery_in_each_world_at_its_own_rate():
    some = fleet()
    some.place(0, 1, NOW - 4, block(gw=2), 0)
    assert some.effective(NOW)[:, 0, 1] == pytest.approx([2 * np.exp(-0.3), 2])
    assert some.decay(NOW)[0, some.at(NOW + 3)] == 1  # what is yet to come is not old
    assert some.committed_effective(NOW + 4)[:, 0, 1] == pytest.approx([2 * np.exp(-0.6), 2])


def test_an_expired_contract_leaves_its_compute_idle_at_the_owner():
    some = fleet(terms=(4,))
    some.place(0, 1, NOW - 4, block(gw=2), 0)
    some.place(1, 1, NOW - 3, block(gw=5), 0)
    some.expire(NOW)
    assert some.in_service(NOW)[0, :, 1].tolist() == [0, 5, 2, 0]  # lab, lab, idle, outside
    assert some.rent_due(NOW)[0, :, 1].tolist() == [0, 24]
    assert some.committed(NOW).sum(axis=(1, 2)).tolist() == [5, 5]
    assert some.gw.sum(axis=(1, 2)).tolist() == [7, 7]  # no compute was lost


def test_the_dead_leave_what_was_delivered_idle_and_what_was_coming_without_a_tenant():
    some = fleet()
    some.place(0, 1, NOW - 2, block(gw=2), 0)
    some.place(0, 0, NOW + 2, block(gw=3, prepaid=1), 0)
    some.place(1, 0, NOW + 2, block(gw=4), 0)
    some.release(np.array([[True, False], [False, False]]), NOW)
    orphaned = some.orphaned
    assert some.in_service(NOW)[:, IDLE, 1].tolist() == [2, 0]
    assert orphaned[0, :, some.at(NOW + 2)].tolist() == [3, 0]
    assert orphaned[1].sum() == 0 and orphaned.sum() == 3
    assert some.committed_rent(NOW)[0].sum(axis=1).tolist() == [0, 24]
    assert some.committed_rent(NOW)[1].sum(axis=1).tolist() == [48, 24]  # the other world goes on
    assert some.prepaid.sum(axis=(1, 2)).tolist() == [0, 1]


def test_what_comes_back_is_withheld_until_its_quarter_is_over_and_ages_meanwhile():
    some = fleet()
    some.place(0, 1, NOW - 2, block(gw=2), 0)
    some.release(np.array([[True, False], [True, False]]), NOW, until=np.array([[NOW + 2], [NOW]]))
    assert [some.withheld(NOW + ahead)[0, 1] for ahead in (1, 2, 3)] == pytest.approx([2 * np.exp(-0.225), 2 * np.exp(-0.3), 0])
    assert some.withheld(NOW + 1)[1].tolist() == [0, 0]  # the other world has no such delay
    some.move_window(NOW + 2)
    assert some.withheld(NOW + 2)[0, 1] == pytest.approx(some.effective(NOW + 2)[0, IDLE, 1])


def test_what_remains_to_be_paid_is_quarters_left_times_rent():
    some = fleet()
    some.place(0, 1, NOW - 3, block(rent=24), 0)  # this is its fourth quarter: 16 are left after it
    some.place(0, 0, NOW + 9, block(rent=4), 0)  # all 20 lie ahead
    assert some.remaining_rent(NOW)[0, 0].tolist() == [20 * 4 / 4, 16 * 24 / 4]
    schedule = some.rent_schedule(NOW, 40)
    assert schedule[0, 0].sum() == pytest.approx(some.remaining_rent(NOW)[0, 0].sum())
    assert schedule[0, 0, [0, 7, 8, 15, 16, 27, 28]].tolist() == [6, 6, 7, 7, 1, 1, 0]


def test_a_first_contract_with_an_owner_makes_room_and_moves_nothing_else():
    some = fleet()
    some.place(1, 0, NOW - 1, block(gw=5, prepaid=2), 0)
    before = [some.in_service(NOW).copy(), some.rent_due(NOW).copy(), some.remaining_rent(NOW).copy()]
    some.make_room(np.array([[True, True], [True, False]]))
    after = [some.in_service(NOW), some.rent_due(NOW), some.remaining_rent(NOW)]
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))
    some.place(0, 1, NOW, block(gw=3), 0)
    assert some.in_service(NOW)[0].tolist() == [[0, 3], [5, 0], [0, 0], [0, 0]]
    assert some.pairs.count == 3


def test_used_compute_is_worth_chips_after_ageing_plus_the_site_and_less_when_much_is_idle():
    some = fleet()
    some.place(0, 1, NOW - 4, block(gw=2), 0)
    assert some.economic_value(NOW)[:, 1] == pytest.approx([2 * (35 * np.exp(-0.3) + 8), 2 * (35 + 8)])
    some.spot_ratio = np.array([[0.5], [0.5]])  # used chips fall by six tenths of what the spot price lies below list
    assert some.economic_value(NOW)[:, 1] == pytest.approx([2 * (35 * np.exp(-0.3) * 0.7 + 8), 2 * (35 * 0.7 + 8)])
    assert some.value_by_vintage(NOW)[:, 1].sum(axis=-1) == pytest.approx(some.economic_value(NOW)[:, 1])
    some.parameters.fire_sale = np.array([[2.0], [2.0]])
    assert some.economic_value(NOW)[1, 1] == pytest.approx(2 * (35 * 0.15 + 8))  # a fire sale has a floor


def test_who_leases_the_site_can_sell_chips_only_and_who_believes_in_longer_lives_sees_more_in_them():
    some = fleet()
    some.place(0, 1, NOW - 4, block(gw=2), 0)
    some.shell[:, 1] = 0
    assert some.economic_value(NOW)[:, 1] == pytest.approx([2 * 35 * np.exp(-0.3), 2 * 35])
    believed = some.value_by_vintage(NOW, ageing=np.full((2, 2), 2 / 8))
    assert believed[:, 1].sum(axis=-1) == pytest.approx([2 * 35 * np.exp(-2 / 8)] * 2)


def test_compute_in_the_pipeline_is_worth_nothing_yet():
    some = fleet()
    some.place(0, 1, NOW + 1, block(), 0)
    assert some.economic_value(NOW).sum() == 0 and some.idle_ratio(NOW).sum() == 0


def test_tenants_that_never_default_hold_compute_without_a_contract_in_the_register():
    some = fleet()
    some.place(OUTSIDE, 1, NOW - 1, block(gw=3), 0)
    assert some.in_service(NOW)[0, OUTSIDE, 1] == 3
    assert some.rent_due(NOW).sum() == 0


@pytest.mark.parametrize(
    ("life", "owns", "leases"), [(4, 16.725, 16.765), (6, 13.5167, 13.5567), (8, 11.9125, 11.9525), (10, 10.95, 10.99)]
)
def test_rent_by_the_life_that_an_owner_believes_in(life, owns, leases):
    """1.1 x [35 (1 / life + .04) + 15 (1 / 15 + .04)] + 1.3 + 2.5, or without the site and with 1.8 of rent for it."""
    owners = Usual(np.full((1, 2), float(life)), np.array([[0.0, 1.0]]), 0.08)
    assert contract_price(FleetParameters(1, SPEC), owners)[0] == pytest.approx([owns, leases], abs=5e-5)


def test_list_price_is_what_owners_ask_on_average_and_that_of_usual_owners_where_there_are_none():
    p, nobody = FleetParameters(1, SPEC), np.zeros((1, 0))
    assert list_price(np.array([[12.0, 14.0]]), p, 0.08).tolist() == [[13.0]]
    assert list_price(nobody, p, 0.08)[0, 0] == pytest.approx(13.5167, abs=5e-5)


def test_what_stands_idle_or_is_switched_off_saves_what_can_be_avoided():
    """A fifth of power and seven tenths of upkeep go on while compute is idle, the rent of its site even while it is off."""
    p = FleetParameters(1, SPEC)
    assert running_cost(p, np.array([[0.0, 1.0]]))[0] == pytest.approx([3.8, 5.6])
    assert saved_when_idle(p)[0, 0] == pytest.approx(0.8 * 1.3 + 0.3 * 2.5)
    assert saved_when_off(p)[0, 0] == pytest.approx(3.8)


def test_years_are_whole_quarters_and_at_least_one():
    assert quarters_of([6, 4.6, 0.1]).tolist() == [24, 18, 1]


def test_moving_the_window_changes_no_answer():
    some = fleet(terms=(4, 20))
    random = np.random.default_rng(2)
    for vintage in range(NOW - 20, NOW + 12):
        some.place(0, 1, vintage, block(*random.uniform(0, 2, 3)), vintage % 2)
        some.place(IDLE, 0, vintage, block(gw=random.uniform(0, 2)), 0)
        for name in NAMES[2:]:
            getattr(some, name)[..., some.at(vintage)] = random.uniform(0, 2)
    later = NOW + 11
    before, first = answers(some, later), some.first
    some.move_window(later)
    assert some.first > first
    assert all(np.allclose(a, b, rtol=1e-14, atol=0) for a, b in zip(before, answers(some, later), strict=True))


def answers(some, now):
    """Everything that can be asked of a fleet."""
    asked = [some.in_service, some.effective, some.rent_due, some.committed, some.committed_rent, some.committed_effective]
    asked += [some.remaining_rent, some.idle_ratio, some.economic_value, lambda at: some.rent_schedule(at, 12)]
    sums = [getattr(some, name)[..., some.at(now - some.life) + 1 :].sum(axis=-1) for name in NAMES if name not in ("loan", "principal")]
    cell = some.at(now)
    return (
        [ask(now) for ask in asked] + sums + [some.loan.sum(axis=-1), some.principal.sum(axis=-1), some.gw[..., cell - 8 : cell + 4].copy()]
    )


def test_the_window_keeps_a_loan_that_outlives_its_block():
    some = fleet(physical_life=20)
    some.loan[..., some.at(NOW - 20)], some.principal[..., some.at(NOW - 20)] = 12.0, 0.5
    for now in range(NOW, NOW + 48):
        some.move_window(now)
    assert some.at(NOW + 47) < some.gw.shape[-1]
    assert some.loan.sum(axis=(1, 2, 3)).tolist() == [24, 24]
    assert some.principal.sum(axis=(1, 2, 3)).tolist() == [1, 1]


def test_chips_cannot_cost_more_than_the_whole():
    with pytest.raises(BadInput, match="cloud.chip_cost = 35 is above cloud.capex = 30; chips are part of the cost of a GW"):
        FleetParameters(2, {"capex": [50, 30], "chip_cost": 35})
