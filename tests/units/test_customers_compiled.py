"""A quarter of compiled customers against the same quarter in whole arrays, from every state that shipped worlds pass through."""

import numpy as np
import pytest

from abm.model import Industry, release
from abm.shocks import Shock
from agents.world_files.folder import load_world
from tests.numpy_customers import NumpyCustomers

CLOSE = {"rtol": 1e-9, "atol": 1e-15}
CRISIS = (
    {"name": "loss", "at": "2026Q4", "firm": "OpenAI"},
    {"name": "open_weight", "at": "2027Q2"},
)
LOSS = ({"name": "loss", "at": "2024Q1", "firm": "integrated incumbent"},)


class Both:
    """Customers who do every quarter twice, compiled and in arrays, and compare."""

    def __init__(self, customers):
        self.customers, self.states = customers, 0

    def __getattr__(self, name):
        return getattr(self.customers, name)

    def advance_stages(self, frontier):
        self.oracle = NumpyCustomers.like(self.customers)
        self._same(self._twice("advance_stages", frontier))

    def desired_spend(self, *arguments):
        return self._same(self._twice("desired_spend", *arguments))

    def choose(self, *arguments):
        self._same(self._twice("choose", *arguments))
        np.testing.assert_allclose(self.customers.lost, self.oracle.lost, **CLOSE)
        np.testing.assert_allclose(self.customers.taken_in, self.oracle.taken_in, **CLOSE)

    def demand(self):
        return self._same(self._twice("demand"))

    def in_transit(self):
        return self._same(self._twice("in_transit"))

    def settle(self, paid_share):
        self.states += len(paid_share)
        return self._same(self._twice("settle", paid_share))

    def _twice(self, name, *arguments):
        return getattr(self.customers, name)(*arguments), getattr(self.oracle, name)(*arguments)

    def _same(self, answers):
        ours, theirs = answers
        if ours is not None:
            np.testing.assert_allclose(ours, theirs, **CLOSE)
        for name, values in self.customers.columns.items():
            np.testing.assert_allclose(values, self.oracle.columns[name], err_msg=name, **CLOSE)
        assert np.array_equal(np.flatnonzero(self.customers.newcomer), np.sort(self.oracle._newcomers))
        return ours


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "quarters", "shocks"),
    [
        pytest.param("industry-2026q3", 40, CRISIS, id="named, crisis", marks=pytest.mark.slow),
        pytest.param("industry-2026q3", 40, (), id="named", marks=pytest.mark.slow),
        pytest.param("archetypes-2023q1", 48, LOSS, id="archetypes, crisis"),
        pytest.param("archetypes-2023q1", 48, (), id="archetypes", marks=pytest.mark.slow),
    ],
)
def test_every_column_agrees_from_every_state(world, quarters, shocks):
    model = Industry(load_world(world), worlds=6, rng=4, shocks=[Shock.read(dict(row)) for row in shocks], panel=False)
    model.customers = both = Both(model.customers)
    model.run(quarters)
    release(model)
    assert both.states == 6 * quarters
    assert not shocks or both.customers.waiting.any() or (both.customers.kept < 1).any()
