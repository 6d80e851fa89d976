"""Shares of named labs at the opening last: appeal is what capability and price leave of them."""

import numpy as np
import pytest

from abm.model import Industry
from abm.services.prices import post_prices
from agents.world_files.folder import load_world

NAMED, WORLDS = "industry-2026q3", 12


@pytest.fixture(scope="module")
def opened():
    return Industry(load_world(NAMED), worlds=1, rng=2, panel=False)


@pytest.mark.parametrize(("kind", "fit"), [(0, "enterprise_fit"), (1, "consumer_fit")])
def test_the_logit_gives_back_the_opening_shares(opened, kind, fit):
    labs, segments = opened.labs, opened.customers.segments
    consumers = np.asarray(opened.opening.columns["labs"]["consumer_share"])
    spent = labs.revenue * (consumers if kind else 1 - consumers)
    there = spent[0] > 0
    posted = post_prices(opened.services, opened.years, labs.revenue, labs.alive > 0, (1.0, 1.0)).price
    sensitivity = np.average(segments.price_sensitivity[segments.kind == kind], weights=segments.number_share[segments.kind == kind])
    utility = opened.buyers.capability_weight * labs.released + labs.columns[fit] - sensitivity * np.log(posted)
    weights = np.exp(utility[0, there])
    np.testing.assert_allclose(weights / weights.sum(), spent[0, there] / spent[0, there].sum(), rtol=1e-9)


def test_a_small_lab_does_not_multiply_its_share_in_the_first_year():
    model = Industry(load_world(NAMED), worlds=WORLDS, rng=2, panel=False)
    before = model.labs.revenue / model.labs.revenue.sum(axis=1, keepdims=True)
    model.run(5)
    after = model.labs.revenue / model.labs.revenue.sum(axis=1, keepdims=True)
    change = np.median(after / np.where(before > 0, before, np.nan), axis=0)[:6]
    assert (change < 3).all(), change  # eight- to sixteenfold before, in a market that trebled
    assert (change > 1 / 3).all(), change
