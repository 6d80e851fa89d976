"""An open-weight model beside the labs: who chooses it, what compute serves it, and who is paid [model.md 8.8, 14, 16.17]."""

import numpy as np
import pytest

from abm.compute import deliveries
from abm.model import Industry, release
from abm.services import operations, pricing
from abm.services.serving import Offers, logit_shares
from abm.shocks import Shock
from abm.technology.open_weights import OpenWeights, published
from agents.world_files.folder import load_world

QUARTERS, AT, START = 14, "2025Q1", 8  # the shock comes in the ninth quarter


def run(worlds=3, world_ids=None, **values):
    shock = Shock.read({"name": "open_weight", "at": AT, **values})
    return Industry(load_world("archetypes-2023q1"), worlds, rng=5, world_ids=world_ids, shocks=(shock,))


def test_at_a_fortieth_of_the_price_and_a_gap_of_an_oom_and_a_half_a_quarter_of_the_choices_are_open():
    open_weights = OpenWeights(1, 2)
    values = {"offered": 1.0, "gap": 1.5, "price_ratio": 1 / 40, "service": 0.0}
    open_weights.appear({name: np.full((1, 1), value) for name, value in values.items()})
    assert open_weights.part_for_compute.item() == 1
    labs = Offers(np.array([[2.0, 2.0]]), np.zeros((1, 2, 2)), np.ones((1, 2)), np.zeros((1, 2)), np.ones((1, 2), dtype=bool))
    offers = open_weights.beside(labs, frontier=np.array([[2.0]]))
    assert offers.capability.tolist() == [[2, 2, 0.5]]
    shares = logit_shares(offers.capability - 0.3 * np.log(offers.price), offers.alive)
    assert shares == pytest.approx(np.array([[0.37386, 0.37386, 0.25228]]), abs=1e-5)


@pytest.mark.slow
def test_before_it_is_published_nothing_differs_and_afterwards_labs_lose_revenue():
    with_it, without = run().run(QUARTERS), Industry(load_world("archetypes-2023q1"), 3, rng=5).run(QUARTERS)
    shocked, calm = (model.record.series("labs", "revenue") for model in (with_it, without))
    assert np.array_equal(shocked[:, :START], calm[:, :START])
    assert (shocked[:, -1].sum(axis=1) < calm[:, -1].sum(axis=1)).all()
    release(with_it)
    release(without)


@pytest.mark.slow
def test_its_users_pay_clouds_for_idle_compute_and_the_rest_to_the_pool_outside():
    model = run().run(QUARTERS)
    paid = -model.ledger.flows["open_weights"][:, model.rows["customers"]].sum(axis=1)
    to_clouds, to_pool = (model.ledger.flows["open_weights"][:, model.rows[kind]].sum(axis=1) for kind in ("clouds", "Economy"))
    assert (paid > 0).all()
    assert paid * 4 == pytest.approx(model.open_weights.revenue[:, 0])
    assert to_clouds + to_pool == pytest.approx(paid)
    hired = model.served.spot_gw[:, -1], model.served.outside_gw[:, -1]
    for_compute = 1 / 40 / (1 / 40 + 0.5)  # the rest pays for hosting and the like
    assert to_clouds / paid == pytest.approx(for_compute * hired[0] / (hired[0] + hired[1]))
    release(model)


def test_it_is_served_at_cost_on_no_more_compute_than_is_free():
    model = run(gap=0.0, price_ratio=0.01, service=0.0).run(QUARTERS)
    assert (model.served.spot_gw.sum(axis=1) <= model.idle_gw[:, 0] + 1e-12).all()
    assert (model.open_weights.outage > 0).all()
    gw = model.served.spot_gw[:, -1] + model.served.outside_gw[:, -1]
    assert (model.open_weights.revenue[:, 0] <= gw * model.list_price[:, 0] + 1e-9).all()
    release(model)


def test_its_users_do_not_press_on_the_prices_of_labs():
    """Prices are what they are without open weights, although these are asked for 50 times as much."""
    scarcity = []
    for asked in (0.0, 50.0):
        model = run()
        model.begin()
        published(model).offered[:] = True
        deliveries.deliver(model)
        pricing.post(model)
        wanted = np.zeros((3, len(model.labs.names) + 1, 3))
        wanted[:, 0, 0], wanted[:, -1, 0] = 0.01, asked
        model.customers.demand = lambda wanted=wanted: wanted
        operations.demand(model)
        scarcity.append(model.scarcity)
        release(model)
    assert np.array_equal(*scarcity)
    assert (scarcity[0][:, 0] < 1).all()  # and 50 times as much would make compute dear


@pytest.mark.slow
def test_a_larger_gap_leaves_more_to_the_labs():
    sold = []
    for gap in (0.0, 3.0):
        model = run(gap=gap, density=1.0, sentiment=0.0).run(QUARTERS)
        demand = model.served.demand.sum(axis=2)
        sold.append(demand[:, -1] / demand.sum(axis=1))
        release(model)
    assert (sold[1] < sold[0]).all()


def test_without_the_offer_only_margins_and_mood_fall():
    model = run(offered=0.0).run(QUARTERS)
    assert not model.open_weights.revenue.any()
    assert (model.price_factor == 0.75).all()
    release(model)


@pytest.mark.slow
def test_a_world_with_open_weights_is_the_same_alone_and_in_a_crowd():
    crowd, alone = run(worlds=3).run(QUARTERS), run(world_ids=[2]).run(QUARTERS)
    assert np.array_equal(crowd.labs.revenue[2], alone.labs.revenue[0] if np.ndim(alone.labs.revenue) > 1 else alone.labs.revenue)
    assert np.array_equal(crowd.open_weights.revenue[2], alone.open_weights.revenue[0])
    release(crowd)
    release(alone)


@pytest.mark.slow
def test_its_news_moves_the_mood_once_although_its_cut_of_margins_costs_revenue_at_once():
    """Where nobody changes to it the mood is that of the news alone, whatever the cut does to revenue.

    Where compute is scarce it costs up to what prices fall by, and the pool outside that no longer pays; where it is plentiful, customers
    buy more than prices fall by: spend rises by .75 ** -.3, which is 9 %.
    """
    moods, revenue = [], []
    for density in (1.0, 0.75):
        model = run(worlds=8, offered=0.0, density=density).run(START + 1)
        moods.append(model.sentiment)
        revenue.append(model.labs.revenue.sum(axis=1))
        release(model)
    assert moods[1] == pytest.approx(moods[0])
    lost = 1 - revenue[1] / revenue[0]
    assert -0.01 > lost.min() >= 1 - 0.75**-0.3 - 1e-9
    assert (abs(lost) > 0.01).all()
    assert lost.max() <= 1 - 0.75


@pytest.mark.slow
def test_what_the_cut_costs_is_known_in_a_world_alone_as_in_a_crowd_in_which_others_cut_less():
    def moods(density, world_ids):
        model = run(world_ids=world_ids, density=density).run(START + 2)
        release(model)
        return model.sentiment

    crowd = moods(np.array([0.75, 1.0]), [0, 1])
    assert np.array_equal(crowd, np.concatenate([moods(0.75, [0]), moods(1.0, [1])]))


@pytest.mark.slow
def test_what_it_takes_from_labs_it_gives_to_users():
    """Ten years on labs earn less and live on; users, who pay half and use more, gain."""
    shock = (Shock.read({"name": "open_weight", "at": AT}),)
    shocked, calm = (Industry(load_world("archetypes-2023q1"), 48, rng=3, shocks=given).run(40) for given in (shock, ()))
    after, before = (model.record.outcomes(model) for model in (shocked, calm))
    release(shocked), release(calm)
    assert 0.5 * before["served_revenue"].mean() < after["served_revenue"].mean() < 0.95 * before["served_revenue"].mean()
    assert after["welfare"].mean() > before["welfare"].mean()
    assert after["labs_defaulted"].mean() < before["labs_defaulted"].mean() + 1
