"""What a new lab begins with: money, a place behind the frontier, and a small part of demand [model.md 13.6]."""

import numpy as np
import pytest

from abm.model import Industry, release
from abm.services.entry import enter, entry_capital, founded
from abm.shocks import Shock
from agents.customer_adoption import DEPLOYED
from agents.world_files.folder import load_world


@pytest.fixture
def industry():
    model = Industry(load_world("archetypes-2023q1"), worlds=3, rng=2, parameters={"entry.delay": 1, "entry.sentiment": 0.0})
    yield model.run(4)
    release(model)


def spend_with(customers, lab):
    """Spend of those whose main lab it is, as far as it is their main lab's part, over all spend, [worlds]."""
    mine = (customers.main_provider == lab) & (customers.stage == DEPLOYED)
    return np.where(mine, customers.spend * customers.main_share, 0).sum(axis=1) / customers.spend.sum(axis=1)


def test_customers_worth_the_share_join_an_entrant_and_only_where_there_is_one(industry):
    customers, labs = industry.customers, len(industry.labs.names)
    entrants = np.zeros((3, labs), dtype=bool)
    entrants[:2, labs - 1] = True
    lots = industry.luck.customers("entrant", 4, customers.n, entrants.any(axis=1))
    before = customers.main_provider.copy()
    customers.join(entrants, np.full((3, 1), 0.05), lots)
    share = spend_with(customers, labs - 1)
    assert share[:2] == pytest.approx(0.05, abs=0.025)
    assert share[2] == 0 and np.array_equal(customers.main_provider[2], before[2])
    assert (customers.tenure[customers.main_provider == labs - 1] == 0).all()


def test_nobody_who_spends_more_than_the_whole_share_joins(industry):
    customers, labs = industry.customers, len(industry.labs.names)
    entrants = np.zeros((3, labs), dtype=bool)
    entrants[:, labs - 1] = True
    customers.join(entrants, np.full((3, 1), 1e-9), industry.luck.customers("entrant", 4, customers.n))
    assert (spend_with(customers, labs - 1) <= 1.5e-9).all()


def test_after_a_default_an_entrant_starts_with_half_a_percent_of_demand():
    default = Shock.read({"name": "loss", "at": "2024Q1", "firm": "follower"})
    model = Industry(load_world("archetypes-2023q1"), worlds=12, rng=0, shocks=(default,))
    found = []
    for _ in range(12):
        alive = model.labs.alive.copy()
        model.step()
        new = (model.labs.alive > alive).any(axis=0)
        for lab in np.flatnonzero(new):
            where = model.labs.alive[:, lab] > alive[:, lab]
            assert model.labs.cash[where, lab] == pytest.approx(3.0)
            found.extend(spend_with(model.customers, lab)[where])
    release(model)
    assert len(found) > 6
    assert np.median(found) == pytest.approx(0.005, abs=0.0005)
    assert found == pytest.approx([0.005] * len(found), abs=0.0025)  # who alone spends more than the share stays away


def waiting_for_an_entrant(industry, capital):
    """The industry with one entrant due in each world and so much on offer for it, $bn, [worlds]."""
    industry.begin()
    industry.entrants_waiting[...] = 1
    rows = industry.rows["investors"]
    cash = industry.ledger.balances["cash"]
    offered = industry.funds.cash_share * industry.investors.free_share(industry.funds)  # part of its cash that each puts on offer
    cash[:, rows] = np.array(capital)[:, None] / offered / len(industry.investors.names)
    return industry


def test_entry_capital_is_a_year_s_rent_of_half_a_gw_and_a_year_of_fixed_opex(industry):
    industry.clouds.put(contract_price=12.0)
    fixed = 0.03 * 1.1**4
    assert entry_capital(industry) == pytest.approx(0.5 * 12 + 4 * fixed)


def test_entry_capital_is_never_less_than_what_investors_pay_at_once(industry):
    industry.entry.deal = industry.entry.opex_quarters = np.zeros((3, 1))
    assert entry_capital(industry) == pytest.approx(3)


def test_a_lab_is_founded_only_where_the_whole_entry_capital_is_on_offer(industry):
    needed = entry_capital(industry)[0, 0]
    waiting_for_an_entrant(industry, [needed * 0.99, needed * 1.01, 0])
    alive = industry.labs.alive.sum(axis=1)
    enter(industry)
    assert (industry.labs.alive.sum(axis=1) - alive).tolist() == [0, 1, 0]
    assert industry.entrants_waiting[:, 0].tolist() == [1, 0, 1]  # the others wait for better times
    new = industry.labs.cash[1, np.flatnonzero(industry.spare)]
    assert sorted(new)[-1] == pytest.approx(3)


def test_nobody_is_founded_while_investors_answer_no_calls(industry):
    waiting_for_an_entrant(industry, [1e3, 1e3, 1e3])
    industry.sentiment[:, 0] = (0.3, 1, 1)
    industry.funding_stopped[:, 0] = (0, 2, 0)
    alive = industry.labs.alive.sum(axis=1)
    enter(industry)
    assert (industry.labs.alive.sum(axis=1) - alive).tolist() == [0, 0, 1]


@pytest.fixture(scope="module")
def founders():
    """How many of 400 worlds see a lab founded in a quarter, at a mood and at what a GWe earns over what it costs."""
    model = Industry(load_world("archetypes-2023q1"), worlds=400, rng=2, parameters={"entry.rate": 1.0}).run(1)

    def count(mood=1.0, price=2.0):
        model.sentiment = np.full_like(model.sentiment, mood)
        model.labs.put(revenue_density=model.compute_cost * price, revenue=1.0)
        return founded(model).sum()

    yield count
    release(model)


def test_at_a_normal_mood_and_margin_labs_are_founded_at_their_rate(founders):
    assert founders() / 400 == pytest.approx(1 - np.exp(-1 / 4), abs=3 * np.sqrt(0.22 * 0.78 / 400))


def test_easy_money_and_high_margins_found_labs_and_panic_does_not(founders):
    assert founders(mood=1.5) > founders() > founders(mood=0.3)
    assert founders(price=10.0) > founders() > founders(price=1.2)
    assert founders(price=1.0) == 0
