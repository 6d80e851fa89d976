"""Shares of named labs at the opening last: appeal is what capability and price leave of them."""

import numpy as np
import pytest

from abm.model import Industry
from abm.services.prices import post_prices
from abm.services.serving import Offers
from agents.world_files.folder import load_world

NAMED, WORLDS = "industry-2026q3", 12
ALIKE = 0.03  # segments of a kind differ in how they see prices, and a lab has one appeal to all of them


def opened(overrides=None):
    return Industry(load_world(NAMED, overrides), worlds=1, rng=2, panel=False)


def chosen(industry, kind):
    """Shares of labs in what a kind of customer would choose afresh at the opening, at the prices that labs post then, [labs]."""
    labs, people = industry.labs, industry.customers
    posted = post_prices(industry.services, industry.years, labs.revenue, labs.alive > 0, (1.0, 1.0)).price
    fit = np.stack([labs.enterprise_fit, labs.consumer_fit], axis=1)
    weights = people.weights(Offers(labs.released, fit, posted, labs.outage, labs.revenue > 0))[0]
    spend = np.array([people.spend[people.segment == number].sum() for number in range(len(people.segments))])
    spend = spend * (people.segments.kind == kind)
    return spend @ (weights / weights.sum(axis=1, keepdims=True)) / spend.sum()


@pytest.mark.parametrize("kind", [0, 1], ids=["enterprises", "consumers"])
def test_customers_who_chose_afresh_would_split_as_they_do(kind):
    industry = opened()
    consumers = np.asarray(industry.opening.columns["labs"]["consumer_share"])
    spent = industry.labs.revenue[0] * (consumers if kind else 1 - consumers)
    np.testing.assert_allclose(chosen(industry, kind), spent / spent.sum(), atol=ALIKE)


def test_an_appeal_that_the_user_states_is_kept_and_the_others_are_still_revealed():
    usual, stated = opened(), opened({"lab.OpenAI.consumer_fit": 0.1})
    assert stated.labs["OpenAI"].consumer_fit == 0.1
    others = slice(1, None)
    np.testing.assert_array_equal(stated.labs.consumer_fit[:, others], usual.labs.consumer_fit[:, others])
    np.testing.assert_array_equal(stated.labs.enterprise_fit[:, others], usual.labs.enterprise_fit[:, others])


def test_what_is_revealed_may_be_written_back():
    industry = opened()
    for lab in industry.labs:
        lab.enterprise_fit, lab.consumer_fit = lab.enterprise_fit, lab.consumer_fit  # within the declared bounds


def test_a_small_lab_does_not_multiply_its_share_in_the_first_year():
    model = Industry(load_world(NAMED), worlds=WORLDS, rng=2, panel=False)
    before = model.labs.revenue / model.labs.revenue.sum(axis=1, keepdims=True)
    model.run(5)
    after = model.labs.revenue / model.labs.revenue.sum(axis=1, keepdims=True)
    change = np.median(after / np.where(before > 0, before, np.nan), axis=0)[:6]
    assert (change < 3).all(), change  # eight- to sixteenfold before, in a market that trebled
    assert (change > 1 / 3).all(), change
