"""What labs charge when compute is scarce, what customers then spend, and what they gain: closed forms."""

import numpy as np
import pytest

from abm.services import prices
from abm.services.parameters import ServicesParameters
from abm.services.serving import Supply

ELASTICITY = 1.3
ALWAYS = [np.ones((1, 1)) * 0] * 2  # what is for hire pays at any price
NEVER = [np.full((1, 1), np.inf)] * 2


def parameters(**values):
    return ServicesParameters(1, {"demand_elasticity": ELASTICITY, "scarcity_low": 0.65, **values})


def supply(effective=0.75, idle=0.0, outside=0.0, planned=0.0):
    one = np.ones((1, 1))
    return Supply(20 * one, effective * one, one > 0, idle * one, outside * one, one < 0, planned * one, 0 * one)


def clears(need, pays=NEVER, **there):
    return prices.clearing_index(parameters(), np.full((1, 1), need), supply(**there), pays).item()


@pytest.mark.parametrize("need", [0.3, 0.75, 1.5, 4.0])
def test_the_index_is_where_isoelastic_demand_meets_what_a_lab_can_serve(need):
    """Where nothing is planned to train all of .75 GWe serves; at an index x customers want need / x^1.3 of work."""
    index = clears(need)
    assert need * index**-ELASTICITY == pytest.approx(0.75)


@pytest.mark.parametrize("need", [0.01, 0.3, 0.5, 0.6, 2.0, 40.0])
def test_a_lab_s_price_follows_what_a_gwe_is_worth_to_it_in_training(need):
    """Half of a GWe is planned to train; at an index x half / x does, and what is left of it serves."""
    index = clears(need, effective=1.0, planned=0.5)
    assert need * index**-ELASTICITY == pytest.approx(1 - 0.5 / index)
    assert (index > 1) == (need > 0.5) and index >= 0.5


def test_at_its_plan_a_lab_asks_its_usual_price():
    assert clears(0.5, effective=1.0, planned=0.5) == pytest.approx(1)
    assert clears(0.7, ALWAYS, effective=1.0, planned=0.5, idle=0.2) == pytest.approx(1)


def test_compute_that_is_hired_lowers_the_index_no_further_than_to_where_it_pays():
    alone, with_it = clears(1.5), clears(1.5, ALWAYS, idle=0.3)
    assert 1.5 * with_it**-ELASTICITY == pytest.approx(0.75 + 0.3)
    pays_from = [np.full((1, 1), (alone + with_it) / 2), np.full((1, 1), np.inf)]
    assert clears(1.5, pays_from, idle=0.3) == pytest.approx((alone + with_it) / 2)
    assert clears(1.5, [np.full((1, 1), 99.0)] * 2, idle=0.3, outside=1.0) == pytest.approx(alone)


def test_what_is_idle_beyond_all_need_presses_on_prices_even_if_nobody_hires_it():
    assert clears(0.5, idle=1.0) < clears(0.5) < 1


def test_nothing_to_serve_with_is_infinitely_scarce_and_nobody_asking_is_not_scarce():
    assert clears(1.0, effective=0.0) == np.inf
    assert clears(0.0) == 1


def test_prices_move_half_way_within_bounds():
    one, p = np.ones((1, 1)), parameters(scarcity_memory=0.5, scarcity_high=3.0)
    moved = [prices.scarcity_index(p, one, found * one, 0 * one).item() for found in (0.1, 1.0, 2.0, 99.0)]
    assert moved == pytest.approx([(1 + 0.65) / 2, 1, 1.5, 2])


@pytest.mark.parametrize("need", [1.0, 2.0, 3.0, 9.0])
def test_more_than_a_fifth_of_demand_stays_unserved_only_at_the_highest_price(need):
    one, p = np.ones((1, 1)), parameters(scarcity_memory=0.9)
    both = (prices.clearing_index(p, part * need * one, supply(), NEVER) for part in (1, 0.8))
    index = prices.scarcity_index(p, one, *both).item()
    unserved = max(0, 1 - 0.75 / (need * index**-ELASTICITY))
    assert unserved <= 0.2 + 1e-9 or index == 3


def test_a_price_a_third_higher_lowers_spend_by_three_tenths_of_its_log():
    assert prices.spent(parameters(), np.array([[1.35]])).item() == pytest.approx(1.35**-0.3)


def test_what_users_would_have_paid_is_the_area_under_their_demand():
    """Demand q = 10 P^-1.3 at a price of 1.2; 0.9 of it served: the area up to there, by small steps."""
    served = 0.9 * 10 * 1.2**-ELASTICITY
    steps = np.linspace(1e-4, 1, 200_001) * served ** (1 - 1 / ELASTICITY)  # q^(1 - 1/e) grows evenly, so that the steep end is seen
    quantity = steps ** (1 / (1 - 1 / ELASTICITY))
    area = np.trapezoid((quantity / 10) ** (-1 / ELASTICITY), quantity)
    worth = prices.worth(np.array(ELASTICITY), np.array(10.0), np.array(0.9), np.array(1.2))
    assert worth == pytest.approx(area, rel=1e-3)


def test_a_dearer_service_of_the_same_work_is_worth_the_same_and_of_less_work_less():
    """Half of demand served at a price of 1, or all of what is left of it at the price that clears: as much work, as much worth."""
    e, one = np.array(ELASTICITY), np.array(1.0)
    rationed, cleared = prices.worth(e, one, 0.5 * one, one), prices.worth(e, one, one, 2 ** (1 / e))
    assert rationed == pytest.approx(cleared)
    revenue = 0.5, 2 ** (1 / ELASTICITY) * 0.5
    assert revenue[1] > revenue[0] and prices.worth(e, one, one, 1.35 * one) < prices.worth(e, one, one, one)
