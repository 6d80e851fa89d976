"""The arrays of customers against one plain Mesa object per customer: the same choices, the same money."""

import numpy as np
import pytest

from benchmarks.customer_quarter import array_quarter, circumstances, draws, plain_quarter, populated
from benchmarks.plain_mesa import PlainMarket

QUARTERS = 16
CHOICES = {"main": "main_provider", "second": "second_provider", "tenure": "tenure", "stage": "stage"}


@pytest.mark.parametrize("world", [0, 2])
@pytest.mark.parametrize("served", [1.0, 100.0])
def test_arrays_and_objects_agree_on_every_choice_and_every_dollar(world, served):
    customers, luck = populated(400, 30, worlds=3, rng=11)
    plain = PlainMarket(customers, world)
    objects = sorted(plain.agents, key=lambda customer: customer.number)
    moved, in_transit = set(), set()
    for quarter in range(QUARTERS):
        given, uniforms = circumstances(3, quarter), draws(luck, quarter, customers.n)
        demand, paid = array_quarter(customers, given, uniforms, served)
        plain_demand, plain_paid = plain_quarter(plain, given, uniforms, served, world)
        for ours, theirs in CHOICES.items():
            assert [getattr(one, ours) for one in objects] == getattr(customers, theirs)[world].tolist(), (quarter, ours)
        assert np.allclose([one.spend for one in objects], customers.spend[world], rtol=1e-9, atol=0)
        for part in ("waiting", "kept", "requalifying"):
            assert np.allclose([getattr(one, part) for one in objects], getattr(customers, part)[world], rtol=1e-9, atol=1e-12), part
        assert np.allclose([one.paid for one in objects], paid[world], rtol=1e-9, atol=1e-12)
        assert np.allclose(plain_demand, demand[world], rtol=1e-9, atol=1e-12)
        assert plain_paid == pytest.approx(paid[world].sum(), rel=1e-9)
        moved |= {one.number for one in objects if one.tenure == 0 and one.stage == 4}
        in_transit |= {one.number for one in objects if one.waiting > 0}
    assert len(moved) > 100 and len(in_transit) > 20  # or the test would show nothing
