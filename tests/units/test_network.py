"""The graph of money: circles, origins, and whom a loss reaches."""

import networkx as nx
import numpy as np
import pytest

from abm.measures.network import (
    SOURCES,
    circularity,
    cross_held_values,
    cycle_flow,
    debtrank,
    leverage,
    origins,
    payment_graph,
    system_loss,
    ultimate_ownership,
)

VENDOR, LAB, CLOUD = range(3)
CUSTOMERS, OUTSIDE_DEBT, FROM_VENDOR = map(SOURCES.index, ("customers", "outside_debt", "vendor"))


def matrix(agents, amounts):
    """[1, agents, agents] from {(row, column): amount}."""
    filled = np.zeros((1, agents, agents))
    for pair, amount in amounts.items():
        filled[(0, *pair)] = amount
    return filled


FINANCED_CHIPS = matrix(3, {(VENDOR, LAB): 10, (LAB, CLOUD): 10, (CLOUD, VENDOR): 35})


def test_vendor_money_that_returns_for_chips_goes_round():
    assert cycle_flow(FINANCED_CHIPS)[0].tolist() == [[0, 10, 0], [0, 0, 10], [10, 0, 0]]
    assert circularity(FINANCED_CHIPS)[0, 0] == pytest.approx(30 / 55, abs=1e-12)


def test_a_chain_without_return_has_no_circle_and_no_payments_have_none_either():
    assert cycle_flow(matrix(3, {(0, 1): 5, (1, 2): 5})).sum() == 0
    assert circularity(np.zeros((2, 3, 3))).tolist() == [[0], [0]]


def test_a_pure_circle_is_all_circle_whatever_its_length():
    ring = np.roll(np.eye(7), 1, axis=1)[None] * 2.5
    assert circularity(ring).tolist() == [[1]]


def test_payments_to_oneself_are_not_a_circle():
    assert cycle_flow(matrix(2, {(0, 0): 3, (0, 1): 2})).sum() == 0
    assert circularity(matrix(2, {(0, 0): 3, (0, 1): 2, (1, 0): 1}))[0, 0] == pytest.approx(2 / 3)


def test_the_longer_of_two_circles_that_share_a_payment_is_kept():
    shared = {(0, 1): 1, (1, 0): 1, (1, 2): 1, (2, 0): 1}
    assert cycle_flow(matrix(3, shared)).sum() == 3


def random_payments(worlds, agents, density, seed=1):
    numbers = np.random.default_rng(seed)
    shape = (worlds, agents, agents)
    return numbers.lognormal(1, 1.5, shape) * (numbers.random(shape) < density) * (1 - np.eye(agents))


def greatest_circulation(flows):
    """The same total by networkx, on whole $m."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(flows)))
    for payer, payee in np.argwhere(flows > 0).tolist():
        graph.add_edge(payer, payee, weight=-1, capacity=round(flows[payer, payee] * 1000))
    return -nx.network_simplex(graph)[0] / 1000


@pytest.mark.parametrize(("agents", "density"), [(4, 0.6), (9, 0.4), (15, 0.2)])
def test_the_circulating_part_is_the_greatest_there_is(agents, density):
    flows = random_payments(20, agents, density)
    circulating = cycle_flow(flows)
    assert circulating.min() >= 0
    assert (circulating <= flows + 0.0005).all()
    assert circulating.sum(axis=1) == pytest.approx(circulating.sum(axis=2), abs=1e-9)
    assert circulating.sum(axis=(1, 2)) == pytest.approx([greatest_circulation(world) for world in flows], abs=1e-9)


def test_a_world_circulates_the_same_alone_or_in_a_crowd():
    flows = random_payments(6, 12, 0.3, seed=2)
    crowd = cycle_flow(flows)
    assert all(cycle_flow(flows[w : w + 1])[0].tobytes() == crowd[w].tobytes() for w in range(6))


def test_the_payment_graph_of_a_world_carries_names_and_both_amounts():
    graph = payment_graph(FINANCED_CHIPS[0], ["vendor", "lab", "cloud"])
    assert graph.edges["cloud", "vendor"] == {"paid": 35, "circulating": 10}
    assert set(graph.nodes) == {"vendor", "lab", "cloud"}


def test_chips_bought_with_vendor_money_and_debt_bring_the_vendor_nothing_from_customers():
    purchases = matrix(3, {(LAB, CLOUD): 10, (CLOUD, VENDOR): 35})
    injected = np.zeros((1, 3, len(SOURCES)))
    injected[0, LAB, FROM_VENDOR] = 10
    injected[0, CLOUD, OUTSIDE_DEBT] = 25
    shares = origins(purchases, injected)
    assert shares[0, VENDOR] == pytest.approx([0, 0, 25 / 35, 10 / 35], abs=1e-12)
    assert shares[0, LAB] == pytest.approx([0, 0, 0, 1], abs=1e-12)


def test_origins_sum_to_one_where_anything_was_received():
    purchases = random_payments(3, 6, 0.5)
    injected = np.abs(np.random.default_rng(3).normal(size=(3, 6, len(SOURCES))))
    purchases[:, :, 0], purchases[:, 0], injected[:, 0] = 0, 0, 0
    shares = origins(purchases, injected)
    assert shares[:, 1:].sum(axis=2) == pytest.approx(np.ones((3, 5)), abs=1e-9)
    assert shares[:, 0].sum() == 0


def test_what_is_paid_from_cash_held_before_has_no_origin():
    injected = np.zeros((1, 3, len(SOURCES)))
    injected[0, CLOUD, CUSTOMERS] = 30
    shares = origins(matrix(3, {(LAB, CLOUD): 10}), injected)
    assert shares[0, CLOUD] == pytest.approx([0.75, 0, 0, 0])
    assert shares[0, LAB].tolist() == [0, 0, 0, 0]


def test_money_in_a_closed_circle_comes_from_nowhere():
    shares = origins(matrix(3, {(0, 1): 5, (1, 0): 5}), np.zeros((1, 3, len(SOURCES))))
    assert np.abs(shares).max() == 0


def test_a_default_halves_at_each_step_of_a_chain():
    chain = matrix(3, {(1, 0): 0.5, (2, 1): 0.5})  # B holds A, C holds B
    lost = debtrank(chain)
    assert lost[0, 0].tolist() == [1, 0.5, 0.25]
    first = np.eye(3)[None]
    assert system_loss(lost, first, np.ones((1, 3)))[0].tolist() == pytest.approx([0.25, 0.5 / 3, 0])


def test_distress_goes_round_a_ring_of_loans_again_and_again():
    equity = np.array([[1.0, 2.0, 4.0]])
    ring = leverage(matrix(3, {(0, 1): 0.5, (1, 2): 0.5, (2, 0): 0.5}), equity)
    lost = debtrank(ring, np.array([[[0, 0, 2 / 4]]]))
    assert (equity * (1 - lost[:, 0]))[0] == pytest.approx([59 / 63, 110 / 63, 124 / 63], abs=1e-9)


def by_rounds(leverage, shock, rounds):
    """The recursion as published, for one world and one case."""
    before, lost = np.zeros_like(shock), np.minimum(1, shock)
    for _ in range(rounds):
        before, lost = lost, np.minimum(1, lost + leverage @ (lost - before))
    return lost


@pytest.mark.parametrize("strength", [0.05, 0.4, 2.0])
def test_distress_is_the_end_of_the_published_recursion(strength):
    numbers = np.random.default_rng(4)
    exposures = strength * numbers.random((5, 6, 6)) * (numbers.random((5, 6, 6)) < 0.5) * (1 - np.eye(6))
    shocks = 0.1 * numbers.random((5, 2, 6)) * (numbers.random((5, 2, 6)) < 0.4)
    lost = debtrank(exposures, shocks)
    for world, case in np.ndindex(5, 2):
        assert lost[world, case] == pytest.approx(by_rounds(exposures[world], shocks[world, case], 3000), abs=1e-9)
        alone = debtrank(exposures[world : world + 1], shocks[world : world + 1])
        assert alone[0].tobytes() == lost[world].tobytes()


def test_distress_that_hardly_fades_is_followed_to_its_end():
    slow = matrix(3, {(0, 1): 0.9999, (1, 0): 0.9999})
    lost = debtrank(slow, np.array([[[1e-6, 0, 0]]]))
    first = 1e-6 / (1 - 0.9999**2)
    assert lost[0, 0] == pytest.approx([first, 0.9999 * first, 0], abs=1e-12)


def test_a_firm_without_equity_has_none_left_to_lose():
    assert leverage(np.ones((1, 2, 2)), np.array([[0.0, -3.0]])).tolist() == [[[0, 0], [0, 0]]]


def test_a_dead_lab_costs_its_owner_the_share_it_held():
    stake = matrix(2, {(VENDOR, LAB): 0.2})
    before = cross_held_values(stake, np.array([[100.0, 50.0]]))
    after = cross_held_values(stake, np.array([[100.0, 0.0]]))
    assert (before - after)[0, VENDOR] == pytest.approx(10)


def test_firms_that_own_a_fifth_of_each_other_are_counted_a_quarter_too_high():
    values = cross_held_values(matrix(2, {(0, 1): 0.2, (1, 0): 0.2}), np.array([[10.0, 10.0]]))
    assert values[0] == pytest.approx([12.5, 12.5])


def test_ultimate_ownership_of_two_firms_that_own_half_of_each_other():
    shares = matrix(2, {(0, 1): 0.5, (1, 0): 0.5})
    assert ultimate_ownership(shares)[0].tolist() == [pytest.approx([2 / 3, 1 / 3]), pytest.approx([1 / 3, 2 / 3])]


def test_all_assets_belong_in_the_end_to_outside_owners():
    shares = np.random.default_rng(5).random((3, 4, 4)) * (1 - np.eye(4)) / 4
    assert ultimate_ownership(shares).sum(axis=1) == pytest.approx(np.ones((3, 4)))
