"""Clearing: what holds in every network of debts, whatever the amounts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from abm.failure.clearing import clear

AMOUNTS = st.one_of(st.just(0.0), st.floats(0.01, 100))
SURVIVES = st.sampled_from([0.5, 0.9, 1.0])
few_examples = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def networks(draw, classes=3, worlds=1):
    """Cash [worlds, n], due [classes, worlds, n, n] and default costs of some firms."""
    agents = draw(st.integers(2, 6))
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    crowded = draw(st.sampled_from([0.2, 0.5, 0.9]))
    poverty = draw(st.sampled_from([0.001, 0.3, 3]))
    shape = (classes, worlds, agents, agents)
    due = numbers.lognormal(1, 2, shape) * (numbers.random(shape) < crowded) * (1 - np.eye(agents))
    cash = numbers.lognormal(1, 1, (worlds, agents)) * poverty * (numbers.random((worlds, agents)) < 0.7)
    return cash, due, {"alpha": draw(SURVIVES), "beta": draw(SURVIVES)}


def slack(due):
    """What rounding may cost, $bn."""
    return 1e-9 * max(1.0, due.sum())


def received(result):
    return result.payments.sum(axis=(0, 2))


@few_examples
@given(networks())
def test_nobody_pays_more_than_it_owes_or_more_than_it_has(network):
    cash, due, costs = network
    result = clear(cash, due, **costs)
    assert (result.paid >= 0).all()
    assert (result.paid <= result.owed).all()
    left = cash + received(result) - result.deadweight - result.paid.sum(axis=0)
    assert left.min() >= -slack(due)


@few_examples
@given(networks())
def test_who_defaults_pays_all_it_has_left_and_who_does_not_pays_all_it_owes(network):
    cash, due, costs = network
    result = clear(cash, due, **costs)
    left = cash + received(result) - result.deadweight - result.paid.sum(axis=0)
    assert np.abs(left[result.defaulted]).max(initial=0) <= slack(due)
    assert result.unpaid.sum(axis=0)[~result.defaulted].max(initial=0) == 0
    short = cash + received(result) < result.owed.sum(axis=0) - slack(due)
    assert (short <= result.defaulted).all()


@few_examples
@given(networks())
def test_no_class_gets_anything_before_its_seniors_are_whole(network):
    cash, due, costs = network
    result = clear(cash, due, **costs)
    for junior in range(1, len(due)):
        seniors_unpaid = result.unpaid[:junior].sum(axis=0)
        assert np.minimum(seniors_unpaid, result.paid[junior]).max() <= slack(due)


@few_examples
@given(networks())
def test_claims_of_one_class_on_one_payer_get_the_same_share(network):
    cash, due, costs = network
    result = clear(cash, due, **costs)
    assert np.abs(result.payments * result.owed[..., None] - due * result.paid[..., None]).max() <= slack(due) * max(1, due.max())


@few_examples
@given(networks(), st.integers(0, 5), AMOUNTS)
def test_more_cash_for_anybody_lowers_no_payment(network, who, gift):
    cash, due, costs = network
    richer = cash.copy()
    richer[0, who % cash.shape[1]] += gift
    assert (clear(richer, due, **costs).paid - clear(cash, due, **costs).paid).min() >= -slack(due)


@few_examples
@given(networks())
def test_no_money_appears_or_disappears_but_what_default_destroys(network):
    cash, due, costs = network
    result = clear(cash, due, **costs)
    assert result.payments.sum() == pytest.approx(result.paid.sum(), abs=slack(due))
    assert result.deadweight.min() >= 0
    assert result.deadweight[~result.defaulted].sum() == 0


@few_examples
@given(networks(classes=1))
def test_without_default_costs_it_is_the_linear_programme_that_pays_most(network):
    cash, due, _ = network
    owed = due[0, 0].sum(axis=1)
    passed_on = np.divide(due[0, 0], owed[:, None], out=np.zeros_like(due[0, 0]), where=owed[:, None] > 0)
    best = linprog(-np.ones(len(owed)), A_ub=np.eye(len(owed)) - passed_on.T, b_ub=cash[0], bounds=list(zip(np.zeros(len(owed)), owed)))
    assert best.status == 0
    assert clear(cash, due).paid[0, 0] == pytest.approx(best.x, abs=1e-6 * max(1, owed.sum()))


@pytest.mark.slow
@few_examples
@given(networks())
def test_it_is_where_plain_downward_iteration_ends(network):
    cash, due, costs = network
    result = clear(cash, due, **costs)
    plain = iterate_down(cash[0], due[:, 0], costs["alpha"], costs["beta"])
    assert result.paid[:, 0] == pytest.approx(plain, abs=1e-7 * max(1, due.sum()))


def iterate_down(cash, due, alpha, beta, steps=1500):
    """The rule of model.md 13.2 as it is written, for one world and with no shortcut."""
    owed = due.sum(axis=2)
    senior = np.cumsum(owed, axis=0) - owed
    paid = owed.copy()
    for _ in range(steps):
        share = np.divide(paid, owed, out=np.zeros_like(owed), where=owed > 0)
        receipts = (share[..., None] * due).sum(axis=(0, 1))
        solvent = cash + receipts >= owed.sum(axis=0) - 1e-12 * max(1, owed.sum())
        paid = np.clip(np.where(solvent, cash + receipts, alpha * cash + beta * receipts) - senior, 0, owed)
    return paid


def same(result, world, alone):
    """Is this world of a crowd, in every bit, the world that was cleared alone?"""
    pairs = [(getattr(result, name)[:, world], getattr(alone, name)[:, 0]) for name in ("paid", "owed", "payments")]
    pairs += [(getattr(result, name)[world], getattr(alone, name)[0]) for name in ("defaulted", "deadweight", "rounds")]
    return all(in_crowd.tobytes() == by_itself.tobytes() for in_crowd, by_itself in pairs)


@few_examples
@given(networks(worlds=5))
def test_a_world_is_the_same_alone_or_in_a_crowd(network):
    cash, due, costs = network
    cash[0] += due.sum()  # at least one world without default
    crowd = clear(cash, due, **costs)
    for world in range(len(cash)):
        assert same(crowd, world, clear(cash[world : world + 1], due[:, world : world + 1], **costs))


def test_worlds_that_need_no_round_one_round_many_steps_and_a_leap_do_not_disturb_each_other():
    agents = 45
    numbers = np.random.default_rng(3)
    chain = np.diag(np.full(agents - 1, 10.0), 1)
    slow_ring = np.roll(np.eye(agents), 1, axis=1) * 10 + np.outer(np.arange(agents) == 0, np.arange(agents) == 2) * 1e-4
    crowd = numbers.random((agents, agents)) * (numbers.random((agents, agents)) < 0.2) * (1 - np.eye(agents))
    due = np.stack([chain, chain, slow_ring, crowd, crowd, np.zeros((agents, agents))])
    due = np.stack([0.1 * due, due, 0.3 * due])
    cash = np.array([1000, 0.5, 1e-6, 0.3, 2, 0.0])[:, None] * numbers.random((6, agents))
    result = clear(cash, due, alpha=0.9)
    assert len(set(result.rounds.tolist())) >= 3
    for world in range(len(cash)):
        assert same(result, world, clear(cash[world : world + 1], due[:, world : world + 1], alpha=0.9))
    backwards = clear(cash[::-1], due[:, ::-1], alpha=0.9)
    assert backwards.payments[:, ::-1].tobytes() == result.payments.tobytes()
