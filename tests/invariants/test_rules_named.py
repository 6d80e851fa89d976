"""Every quarter the rules of model.md 12.6 are checked, and the one that is broken is named with its unit."""

import pytest

from abm.errors import BrokenRule
from abm.model import Industry, release
from agents.world_files.folder import load_world


@pytest.fixture
def two_quarters():
    industry = Industry(load_world("archetypes-2023q1"), worlds=2, rng=3).run(2)
    industry.quarter = industry.quarter - 1  # as it was when the last quarter closed
    yield industry
    release(industry)


def test_untouched_books_keep_every_rule(two_quarters):
    two_quarters.record.check(two_quarters)


def test_customers_whose_choices_are_not_all_demand_stop_the_run(two_quarters):
    two_quarters.wanted[1] += 0.5
    with pytest.raises(BrokenRule, match=r"world 1, .*I12 choices are all demand is violated by 0\.5 \$bn"):
        two_quarters.record.check(two_quarters)


def test_purchases_that_are_spread_over_more_than_all_clouds_stop_the_run(two_quarters):
    two_quarters.weights[0, 2, 1] += 0.25
    with pytest.raises(BrokenRule, match=r"world 0, .*I12 weights sum to one is violated by 0\.25 shares"):
        two_quarters.record.check(two_quarters)


def test_revenue_that_nobody_paid_stops_the_run(two_quarters):
    two_quarters.labs.columns["revenue"][1, 0] += 2
    with pytest.raises(BrokenRule, match=r"world 1, .*labs' revenue is what customers paid them is violated by 0\.5 \$bn"):
        two_quarters.record.check(two_quarters)


def test_rent_of_outside_tenants_that_nobody_paid_stops_the_run(two_quarters):
    two_quarters.clouds.columns["outside_rent"][0, 1] += 4
    with pytest.raises(BrokenRule, match=r"world 0, .*owners' outside rent is what they were paid is violated by 1 \$bn"):
        two_quarters.record.check(two_quarters)


def test_compute_that_nobody_delivered_is_counted_in_gw(two_quarters):
    two_quarters.fleet.delivered[0, 0] -= 2
    with pytest.raises(BrokenRule, match=r"I10 GW in service are GW delivered is violated by 2 GW"):
        two_quarters.record.check(two_quarters)
