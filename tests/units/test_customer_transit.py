"""Customers whose lab is gone: who moves, who waits, what is lost; against what can be worked out by hand and in closed form."""

import numpy as np
import pytest

from abm.errors import BadInput
from abm.services.exodus import requalified, revenue_after, without_refuge
from abm.services.refuge import Refuge
from agents.customer_adoption import DEPLOYED, UNAWARE
from agents.customer_birth import Segments
from benchmarks.customer_quarter import LABS, draws
from tests.units.test_customers import ALL, NONE_TURNED_AWAY, born, offers

ROOMY = Refuge(np.full((1, LABS), np.inf), np.ones((1, 1), dtype=bool))
FIRST_DEAD = ALL & (np.arange(LABS) > 0)


def room(amount):
    return Refuge(np.full((1, LABS), amount), np.ones((1, 1), dtype=bool))


def settled(single_homed=0.2, **values):
    """Many enterprises of all segments, all deployed alike, who choose anew only when they must."""
    customers, luck = born(enterprises=20_000, cohorts=0, single_homed=single_homed, **values)
    customers.segments.rechoice[:] = 0
    customers.stage[:], customers.spend[:] = DEPLOYED, 0.28 / customers.n
    customers.tenure[:] = 8
    return customers, luck


def quarters(customers, luck, count, alive=FIRST_DEAD, refuge=ROOMY, first=0):
    """So many quarters of choice without growth: demand of each, $bn a year, [quarters, labs]."""
    found = []
    for quarter in range(first, first + count):
        customers.choose(offers(alive), NONE_TURNED_AWAY, draws(luck, quarter, customers.n), refuge)
        found.append(customers.demand()[0].sum(axis=1))
    return np.array(found)


def before_death(customers):
    """Spend with each lab, $bn a year, [labs]."""
    main, second = (np.bincount(p[0], w[0], LABS) for p, w in (
        (customers.main_provider, customers.spend * customers.main_share),
        (customers.second_provider, customers.spend * (1 - customers.main_share)),
    ))  # fmt: skip
    return main + second


def test_a_fifth_pays_one_lab_only_and_old_draws_stay():
    some, none = born(enterprises=20_000, cohorts=0)[0], born(enterprises=20_000, cohorts=0, single_homed=0.0)[0]
    one = some.main_share == 1
    assert one.mean() == pytest.approx(0.2, abs=0.01)
    assert np.array_equal(some.main_share[~one], none.main_share[~one])
    assert (none.main_share < 1).all()
    for name in ("segment", "potential", "readiness", "patience", "procurement", "main_provider", "second_provider"):
        assert np.array_equal(getattr(some, name), getattr(none, name)), name


def test_requalification_is_drawn_from_whole_quarters_of_the_segment():
    customers, _ = born(enterprises=20_000, cohorts=2000)
    for number, (low, high) in enumerate(((0, 1), (1, 3), (2, 6), (0, 2))):
        drawn = customers.requalification[customers.segment == number]
        values, counts = np.unique(drawn, return_counts=True)
        assert values.tolist() == list(range(low, high + 1))
        assert counts / len(drawn) == pytest.approx(np.full(high - low + 1, 1 / (high - low + 1)), abs=0.05)


def test_who_pays_a_second_lab_moves_there_at_once_and_pays_nobody_else():
    customers, luck = settled(single_homed=0.0, lost_with_lab=0.0)
    second, mine = customers.second_provider.copy(), customers.main_provider == 0
    demand = quarters(customers, luck, 1)
    assert np.array_equal(customers.main_provider[mine], second[mine])
    assert np.array_equal(customers.second_provider[mine], second[mine])
    assert (customers.tenure[mine] == 1).all()
    assert demand[0, 0] == 0 and demand[0].sum() == pytest.approx(0.28)


def test_the_single_homed_buy_nothing_until_they_have_requalified():
    customers, luck = settled(single_homed=1.0, lost_with_lab=0.0)
    mine, takes = (customers.main_provider == 0)[0], customers.requalification[0].copy()
    for quarter in range(8):
        quarters(customers, luck, 1, first=quarter)
        buys = customers.waiting[0] == 0
        assert np.array_equal(buys[mine], takes[mine] <= quarter)
        assert buys[~mine].all()
        assert (customers.main_provider[0][buys] != 0).all()


def test_demand_comes_back_as_the_closed_form_says():
    customers, luck = settled()
    spend = before_death(customers)
    shares, dead = spend / spend.sum(), ~FIRST_DEAD
    takes = [requalified(low, high, 8) for low, high in ((0, 1), (1, 3), (2, 6))]
    ready = np.average(takes, axis=0, weights=np.bincount(customers.segment[0], minlength=4)[:3])
    expected = revenue_after(shares[0], without_refuge(shares, dead, 0.2), ready, lost=0.25, intake=np.inf)
    assert quarters(customers, luck, 8).sum(axis=1) / 0.28 == pytest.approx(expected, abs=0.005)
    assert expected[-1] == pytest.approx(1 - shares[0] / 4)


def test_labs_take_in_no_more_than_they_have_room_for_and_the_rest_waits_pro_rata():
    customers, luck = settled(single_homed=0.0, lost_with_lab=0.0)
    spend = before_death(customers)
    demand = quarters(customers, luck, 3, refuge=room(0.002))
    for quarter in range(3):
        assert demand[quarter, 1:] == pytest.approx(spend[1:] + 0.002 * (quarter + 1))
    waits = customers.waiting[0, (customers.main_provider == customers.second_provider)[0]]
    assert customers.in_transit()[0, 0] == pytest.approx(spend[0] - 3 * 5 * 0.002)
    assert waits[waits > 0].min() > 0
    assert customers.taken_in[0] == pytest.approx([0, *[0.002] * 5])


def test_the_lost_part_stays_lost_and_the_rest_is_as_big_as_it_was():
    customers, luck = settled(single_homed=0.0)
    spend = before_death(customers)
    quarters(customers, luck, 1)
    assert customers.lost[0, 0] == pytest.approx(spend[0] / 4)
    potential = customers.individual_potential(np.array([[5.0]])).copy()
    customers.spend[:] = potential * customers.kept  # each at its potential: nobody grows
    kept = customers.spend.copy()
    customers.desired_spend(np.array([[5.0]]), np.array([[1e9]]), np.zeros((1, 2)))
    assert np.allclose(customers.spend, kept, rtol=1e-12)
    assert quarters(customers, luck, 1, first=1).sum() == pytest.approx(kept.sum())
    assert customers.lost[0, 0] == 0


def test_who_loses_both_labs_requalifies_and_who_has_no_lab_left_waits_on():
    customers, luck = settled(single_homed=0.0, lost_with_lab=0.0)
    both = (customers.main_provider < 2) & (customers.second_provider < 2)
    quarters(customers, luck, 1, alive=np.arange(LABS) > 1)
    assert both.any() and np.array_equal(customers.requalifying[both], customers.requalification[both])
    quarters(customers, luck, 8, alive=~ALL, first=1)
    assert customers.waiting.min() == 1 and customers.demand().sum() == 0
    demand = quarters(customers, luck, 1, alive=np.arange(LABS) == 5, first=9)  # somebody new
    assert demand[0, 5] == pytest.approx(0.28)


def test_newcomers_lose_no_lab_that_they_never_paid():
    customers, luck = settled(single_homed=1.0)
    mine = np.flatnonzero(customers.main_provider[0] == 0)[:5]
    customers.newcomer[0, mine] = True
    quarters(customers, luck, 1)
    assert (customers.kept[0, mine] == 1).all() and (customers.waiting[0, mine] == 0).all()
    assert (customers.main_provider[0, mine] != 0).all()


def test_who_has_not_deployed_loses_nothing():
    customers, luck = settled()
    customers.stage[:] = UNAWARE
    quarters(customers, luck, 1)
    assert (customers.waiting == 0).all() and (customers.kept == 1).all() and customers.lost == 0


def test_an_endless_intake_is_the_limit_of_a_large_one():
    given = (0.8, 0.6, requalified(1, 3, 8))
    assert revenue_after(*given, lost=0.25, intake=100.0) == pytest.approx(revenue_after(*given, lost=0.25, intake=np.inf))


def test_two_leaders_of_four_fifths_leave_a_quarter_of_revenue_and_a_fifth_is_gone_in_the_end():
    path = revenue_after(0.8, 0.7, requalified(1, 3, 8), lost=0.25, intake=0.35, growth=1.15)
    assert path[0] == pytest.approx(0.2 + 0.35 * 0.2 / 1.15)
    assert path[-1] == pytest.approx(1 - 0.8 * 0.25)
    assert (np.diff(path) >= 0).all()


def test_the_other_lab_of_a_customer_may_be_dead_too():
    shares, dead = np.array([0.5, 0.25, 0.25]), np.array([True, True, False])
    assert without_refuge(shares, dead, 1.0) == pytest.approx(1)
    assert without_refuge(shares, np.array([True, False, False]), 0.2) == pytest.approx(0.2)
    assert without_refuge(shares, dead, 0.0) == pytest.approx((0.5 * 0.5 + 0.25 * 2 / 3) / 0.75)


def test_a_segment_that_requalifies_backwards_is_refused():
    row = {"name": "x", "kind": "consumer", "service_class": "consumer", "number_share": 1, "rechoice": 0.2, "price_sensitivity": 1}
    row |= {"stickiness": 0.1, "procurement_quarters": 0, "opening_deployed": 1, "quality_ceiling": 3, "integrates": 0}
    assert Segments.from_rows([row]).requalify_high.tolist() == [2]
    with pytest.raises(BadInput, match=r"segment 'x': requalify_high = 1 is below requalify_low = 4"):
        Segments.from_rows([row | {"requalify_low": 4, "requalify_high": 1}])
