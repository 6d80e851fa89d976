"""Rationing, prices and outages of the AI services market."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.compute.hire import Market
from abm.services import prices, serving
from abm.services.parameters import ServicesParameters
from abm.services.serving import Supply, ration

SPEC = {  # the numbers of model.md 8 and 19, whatever the shipped worlds are calibrated to
    "density_start": 20.0,
    "density_growth": 0.22,
    "density_growth_from": 2.0,
    "density_cap": 45.0,
    "substitution_start": 5.0,
    "substitution_end": 2.2,
    "substitution_time": 3.0,
    "demand_elasticity": 1.5,
    "scarcity_low": 0.65,
    "scarcity_high": 1.25,
    "scarcity_memory": 0.5,
    "spill": 0.6,
    "outage_memory": 0.7,
    "outside_pool": 0.04,
    "outside_growth": 0.18,
    "outside_cap": 2.0,
    "token_price": 30.0,
}
PLAIN = SPEC | {"consumer_density": 1.0}
LEAST = 0.25  # part of compute that trains however many ask


def parameters(worlds=1, **values):
    return ServicesParameters(worlds, PLAIN | values)


def supply(effective, density=20.0, alive=None, idle=0.0, outside=0.0, distressed=False):
    effective = np.atleast_2d(np.asarray(effective, dtype=float))
    full = np.ones_like(effective)
    one = np.ones((len(effective), 1))
    alive = np.ones(effective.shape, dtype=bool) if alive is None else np.atleast_2d(alive)
    return Supply(density * full, effective, alive, idle * one, outside * one, distressed & (full > 0), *[LEAST * full] * 2)


def consumers(*amounts):
    """Demand [1, labs, classes] of consumers only."""
    return np.array([[[0.0, 0.0, amount] for amount in amounts]])


def test_a_lab_with_room_serves_everybody_and_trains_with_the_rest():
    result = ration(consumers(10.0), supply([1.0]), parameters())
    assert result.served.tolist() == [[10.0]]
    assert result.turned_away.sum() == 0
    assert result.inference_gw.tolist() == [[0.5]]
    assert result.training_gw.tolist() == [[0.5]]


def test_scarcity_squeezes_training_down_to_its_least_share():
    result = ration(consumers(30.0), supply([1.0]), parameters())
    assert result.served.tolist() == [[15.0]]
    assert result.training_gw.tolist() == [[0.25]]
    assert result.outage(np.array([[0.0]]), parameters()).item() == pytest.approx(0.15)


def test_enterprises_are_served_before_developers_and_developers_before_consumers():
    result = ration(np.array([[[6.0, 6.0, 6.0]]]), supply([1.0], density=20 / 1.5), parameters())
    assert result.by_class[0, 0].tolist() == [6.0, pytest.approx(4.0), 0.0]
    assert result.turned_away[0, 0].tolist() == [0.0, pytest.approx(2.0), 6.0]


def test_a_dollar_from_a_consumer_takes_more_compute():
    result = ration(consumers(15.0), supply([2.0]), parameters(consumer_density=0.75))
    assert result.served.tolist() == [[15.0]]
    assert result.inference_gw.tolist() == [[1.0]]


def test_missing_compute_is_hired_on_the_spot_market_then_outside():
    result = ration(consumers(30.0), supply([1.0], idle=0.5, outside=1.0), parameters())
    assert result.spot_gw.tolist() == [[0.5]]
    assert result.outside_gw.tolist() == [[0.25]]
    assert result.served.tolist() == [[30.0]]
    assert result.inference_gw.tolist() == [[0.75]]  # of its own compute


def test_part_of_the_turned_away_goes_to_rivals_in_proportion_to_their_room():
    result = ration(consumers(25.0, 5.0, 0.0), supply([1.0, 1.0, 1.0]), parameters())
    assert result.turned_away[0, :, 2].tolist() == [10.0, 0.0, 0.0]
    assert result.served[0].tolist() == pytest.approx([15.0, 5 + 6 * 10 / 25, 6 * 15 / 25])
    assert result.moved_share[0, 2] == pytest.approx(0.6)


def test_a_lab_that_is_gone_serves_nobody_and_its_customers_reach_rivals():
    result = ration(consumers(10.0, 1.0), supply([1.0, 1.0], alive=[True, False], outside=1.0), parameters())
    assert result.served[0].tolist() == pytest.approx([10.6, 0.0])
    assert result.spot_gw.sum() == result.outside_gw.sum() == 0
    assert result.training_gw[0, 1] == 0


def test_no_labs_alive_means_no_flows():
    result = ration(consumers(10.0, 1.0), supply([1.0, 1.0], alive=[False, False], idle=1.0), parameters())
    assert result.served.sum() == result.inference_gw.sum() == result.training_gw.sum() == 0


amounts = st.floats(0, 100, allow_subnormal=False)


@st.composite
def situations(draw, labs=4):
    demand = np.array([[[draw(amounts) for _ in range(3)] for _ in range(labs)]])
    effective = [draw(amounts) / 20 for _ in range(labs)]
    density = np.array([[draw(st.floats(5, 60)) for _ in range(labs)]])
    alive = [draw(st.booleans()) for _ in range(labs)]
    return demand, supply(effective, density, alive, draw(amounts) / 50, draw(amounts) / 50)


@settings(max_examples=150, deadline=None)
@given(situations(), st.permutations(range(4)))
def test_the_order_of_labs_never_matters(situation, order):
    demand, given_supply = situation
    result = ration(demand, given_supply, parameters(consumer_density=0.75))
    s = given_supply
    shuffled = Supply(
        s.density[:, order],
        s.effective[:, order],
        s.alive[:, order],
        s.idle,
        s.outside,
        s.distressed[:, order],
        s.planned_training,
        s.least_training,
    )
    again = ration(demand[:, order], shuffled, parameters(consumer_density=0.75))
    for name in ("served", "by_class", "turned_away", "spot_gw", "outside_gw", "inference_gw", "training_gw", "sublet_gw", "guests"):
        assert np.allclose(getattr(result, name)[:, order], getattr(again, name), rtol=1e-9, atol=1e-9), name


@settings(max_examples=150, deadline=None)
@given(situations())
def test_nobody_is_served_beyond_demand_or_capacity_and_revenue_is_what_customers_pay(situation):
    demand, s = situation
    result = ration(demand, s, parameters(consumer_density=0.75))
    own = s.density * 0.75 * s.effective * s.alive
    assert np.all(result.by_class >= 0)
    assert np.all(result.turned_away >= 0)
    assert np.all(result.by_class.sum(axis=1) <= demand.sum(axis=1) + 1e-9)
    assert np.all(result.served <= own + s.density * (result.spot_gw + result.outside_gw) + 1e-9)
    assert np.all(result.spot_gw.sum(axis=1) <= s.idle[:, 0] + result.offered_gw.sum(axis=1) + 1e-9)
    assert np.all(result.sublet_gw <= result.offered_gw + 1e-9)
    assert np.all((result.spot_gw == 0) | (result.offered_gw == 0))  # nobody hires and lets
    whole = result.inference_gw + result.training_gw + result.sublet_gw
    assert np.allclose(whole, s.effective * s.alive)
    assert np.all(result.outside_gw.sum(axis=1) <= s.outside[:, 0] + 1e-9)
    assert np.all(result.training_gw >= 0.25 * s.effective * s.alive - 1e-9)
    assert (demand * result.paid_share).sum() == pytest.approx(result.served.sum(), abs=1e-9)


def test_a_world_is_rationed_alike_alone_and_in_a_crowd():
    random = np.random.default_rng(3)
    demand = random.uniform(0, 30, (16, 5, 3))
    alive, distressed = random.random((2, 16, 5)) < [[[0.8]], [[0.4]]]
    crowd = Supply(
        random.uniform(10, 40, (16, 5)),
        random.uniform(0, 2, (16, 5)),
        alive,
        *random.random((2, 16, 1)),
        distressed,
        *random.random((3, 16, 5)),
    )
    together = ration(demand, crowd, parameters(16))
    for world in range(16):
        one = Supply(*(values[world : world + 1] for values in vars(crowd).values()))
        alone = ration(demand[world : world + 1], one, parameters())
        assert all(np.array_equal(values[0], getattr(together, name)[world]) for name, values in vars(alone).items())


def test_prices_are_relative_to_the_mean_of_living_labs():
    alive = np.array([[True, True, False]])
    price = prices.relative_price(np.array([[1.2, 1.8, 9.0]]), alive)
    assert price[0].tolist() == pytest.approx([0.8, 1.2, 1.0])


def test_on_the_path_every_lab_has_the_same_price_and_the_density_of_the_date():
    p = parameters(mode="path")
    one = np.ones((1, 1))
    posted = prices.post_prices(p, 4.0, np.array([[3.0, 1.0]]), np.ones((1, 2), dtype=bool), (12.7 * one, one))
    assert posted.price.tolist() == [[1.0, 1.0]]
    assert posted.density[0].tolist() == pytest.approx([20 * np.exp(0.44)] * 2)
    assert prices.density_path(p, 1.0) == 20
    assert prices.density_path(p, 12.0) == 45


def test_a_bigger_lab_has_a_higher_markup_and_density():
    one = np.ones((1, 1))
    posted = prices.post_prices(parameters(), 0.0, np.array([[2.0, 1.0, 0.0]]), np.ones((1, 3), dtype=bool), (12.7 * one, one))
    assert posted.markup[0, 0] > posted.markup[0, 1] > posted.markup[0, 2] == pytest.approx(1.25)
    assert posted.density[0, 1] == pytest.approx(12.7 * 1.55172, rel=1e-5)


def test_a_token_of_fixed_capability_costs_ten_times_less_per_order_of_magnitude_of_progress():
    assert prices.token_price(parameters(), 1.0, 1.0) == pytest.approx(3.0)


def test_the_outside_pool_grows_to_its_ceiling():
    p = parameters()
    assert serving.outside_pool(p, 1) == pytest.approx(0.0472)
    assert serving.outside_pool(p, 100) == 2


def market(*earned, list_price=10.0, outside_price=13.0, floor=0.1, slope=7.0, in_service=10.0):
    """Compute for hire in one world; earned: what a GWe brings each lab after opex, $bn a year."""
    one = np.ones((1, 1))
    prices = (list_price, outside_price, floor, slope, in_service)
    return Market(np.array([earned], dtype=float), *(number * one for number in prices))


def test_idle_compute_is_cheap_and_never_cheaper_than_it_costs_to_let_it_work():
    """Half of the list price is asked with a tenth of all compute idle, a third beyond a fifth, and a tenth with everything idle."""
    ratios = [market(1.0).spot_ratio(np.array([[10.0 * idle]])).item() for idle in (0.0, 0.1, 0.2, 0.5, 1.0)]
    assert ratios == pytest.approx([1, *(0.1 + 0.9 * np.exp(-7 * idle) for idle in (0.1, 0.2, 0.5, 1.0))])
    assert ratios[1] == pytest.approx(0.547, abs=1e-3) and 0.2 < ratios[2] < 0.5 and ratios[4] > 0.1


def test_a_lab_hires_until_the_price_of_what_is_left_has_risen_to_what_compute_earns_it():
    """At 4 of a list price of 10 the price says that ln(.9 / .3) / 7 of 10 GWe are left idle."""
    left = 10 * np.log(0.9 / 0.3) / 7
    result = ration(consumers(200.0), supply([0.0], idle=5.0), parameters(), market(4.0))
    assert result.spot_gw.item() == pytest.approx(5 - left)


def test_who_earns_more_with_compute_is_served_first_and_who_earns_less_than_it_saves_to_stand_gets_none():
    result = ration(consumers(60.0, 200.0, 20.0), supply([0.0, 0.0, 0.0], idle=5.0), parameters(), market(8.0, 4.0, 0.9))
    left = 10 * np.log(0.9 / 0.3) / 7
    assert result.spot_gw[0].tolist() == pytest.approx([3.0, 2 - left, 0.0])


def test_compute_that_earns_its_list_price_is_shared_by_need_whatever_it_earns_beyond():
    result = ration(consumers(60.0, 20.0), supply([0.0, 0.0], idle=1.0), parameters(), market(30.0, 11.0))
    assert result.spot_gw[0].tolist() == pytest.approx([0.75, 0.25])


def test_the_dearer_pool_outside_is_hired_by_those_whom_it_pays():
    result = ration(consumers(20.0, 20.0), supply([0.0, 0.0], idle=1.0, outside=5.0), parameters(), market(12.0, 13.0))
    assert result.spot_gw.tolist() == [[0.5, 0.5]]
    assert result.outside_gw.tolist() == [[0, 0.5]]


@settings(max_examples=150, deadline=None)
@given(situations(), st.lists(st.floats(0, 30), min_size=4, max_size=4), st.permutations(range(4)))
def test_what_is_hired_clears_the_market_in_whatever_order_labs_stand(situation, earned, order):
    """Nobody pays more than compute earns it, and who is refused some would pay no more than the price."""
    demand, s = situation
    there = market(*earned, in_service=s.effective.sum() + s.idle.item() + 1e-9)
    result = ration(demand, s, parameters(), there)
    shuffled = Supply(
        s.density[:, order],
        s.effective[:, order],
        s.alive[:, order],
        s.idle,
        s.outside,
        s.distressed[:, order],
        s.planned_training,
        s.least_training,
    )
    again = ration(demand[:, order], shuffled, parameters(), market(*(earned[k] for k in order), in_service=there.in_service.item()))
    assert np.allclose(result.spot_gw[:, order], again.spot_gw, atol=1e-9)
    price = 10 * there.spot_ratio(np.maximum(0, s.idle - result.spot_gw.sum())).item()
    hirers = result.spot_gw[0] > 1e-9
    assert (np.array(earned)[hirers] >= price - 1e-6).all()
