"""What regulation costs, how long anybody may write off, and what contrarian investors do in a fall: solved by hand."""

import numpy as np
import pytest

from abm.finance.capital_parameters import InvestorParameters
from abm.services import pricing
from agents.investor import MOMENTUM, PUBLIC, SOVEREIGN, STRATEGIC
from tests.worlds import ONE_RATE, industry, let, opening, quarter, wanting

PLAIN = {"lab.fixed_opex": 0.0, **ONE_RATE, "investor.saving": 0, "investor.saving_speed": 0}


# What regulation costs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("revenue", "cost"), [(0.4, 0.0), (0.5, 0.0), (0.6, 0.006), (40.0, 0.4)])
def test_regulation_costs_a_share_of_all_revenue_of_labs_above_the_exemption_and_nothing_below(revenue, cost):
    """1 % of revenue from a run-rate of 0.5 on: a lab at 0.6 pays for its first dollar too."""
    firms = {"labs": [{"cash": 100.0, "opex_ratio": 0.0}], "clouds": [{"cash": 10.0}]}
    parameters = {**PLAIN, "policy.compliance_cost": 0.01, "policy.compliance_from": 0.5}
    model = industry(opening(firms, people=wanting(None), parameters=parameters), worlds=2)
    let(model, gw=20.0, rent=240.0)  # more than enough to serve with
    quarter(model, spend=revenue)
    assert model.labs.revenue[:, 0] == pytest.approx([revenue] * 2)
    assert model.ledger.payments("opex")[:, model.rows["labs"], model.rows["Economy"]].ravel() == pytest.approx([cost / 4] * 2)


# The cap on accounting lives ----------------------------------------------------------------------------------------------------


def lives_under(cap):
    firms = {"labs": [{}], "clouds": [{"accounting_life": 4.0}, {"accounting_life": 10.0}], "lenders": [{}], "vendors": [{}]}
    return industry(opening(firms, people=wanting(None), parameters={**PLAIN, "policy.accounting_life_cap": cap}), worlds=2)


@pytest.mark.parametrize(("cap", "years"), [(12.0, [4, 10]), (6.0, [4, 6]), ([12.0, 3.0], [[4, 10], [3, 3]])])
def test_nobody_writes_off_over_longer_than_the_cap(cap, years):
    model = lives_under(cap)
    assert model.lives().tolist() == np.broadcast_to(np.array(years, dtype=float), (2, 2)).tolist()


def test_a_cap_on_lives_moves_books_and_no_price():
    prices = []
    for cap in (12.0, 6.0):
        model = lives_under(cap)
        model.begin()
        pricing.post(model)
        prices.append(model.clouds.contract_price[0].tolist())
    assert prices[0] == prices[1]


# Contrarian money ---------------------------------------------------------------------------------------------------------------

FUNDS = {"cash_share": 0.25, "contrarian_fall": 0.2, "contrarian_factor": 2.0}


def supplies(fall, mood=0.8, budget=10.0):
    """What each temperament offers that may put in 20 this quarter, $bn, [4], in two worlds of which only the second falls."""
    firms = {"investors": [{"cash": 40.0, "style": style} for style in (MOMENTUM, STRATEGIC, SOVEREIGN, PUBLIC)]}
    model = industry(opening(firms, people=wanting(None), parameters=PLAIN), worlds=2)
    fell, most = np.array([[0.0], [fall]]), np.full((2, 4), 20.0)
    found = model.investors.supply(np.full((2, 1), mood), fell, np.full((2, 4), budget), most, InvestorParameters(2, FUNDS))
    calm = min(20, budget)
    assert found[0].tolist() == pytest.approx([calm * mood**2, calm, calm, calm])
    return found[1].tolist()


def test_sovereign_contrarians_alone_buy_twice_as_much_after_a_fall_of_the_mood_by_more_than_a_fifth():
    assert supplies(fall=0.21) == pytest.approx([6.4, 10, 20, 10])
    assert supplies(fall=0.2) == pytest.approx([6.4, 10, 10, 10])
    assert supplies(fall=-0.5) == pytest.approx([6.4, 10, 10, 10])


def test_a_contrarian_doubles_what_its_budget_allows_and_offers_no_more_than_it_may_put_in():
    assert supplies(fall=0.3, mood=0.5, budget=4.0) == pytest.approx([1, 4, 8, 4])
    assert supplies(fall=0.3, mood=0.5, budget=15.0) == pytest.approx([3.75, 15, 20, 15])
