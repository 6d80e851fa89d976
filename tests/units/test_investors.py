"""Who buys into which lab, and for how much at most in a quarter [model.md 11.2, 11.5]."""

import numpy as np
import pytest

from abm.clock import Quarter
from abm.funding import eligible, rounds
from abm.opening import Tranche
from abm.operations import Dues
from agents.investor import MOMENTUM, PUBLIC, SOVEREIGN, STRATEGIC
from tests.worlds import industry, opening, wanting

STYLES = (MOMENTUM, STRATEGIC, SOVEREIGN, PUBLIC)


def model_with(cash=100.0, **options):
    """Two labs, of which the second has a GW to come and the first one in service; one investor of each style."""
    firms = {
        "labs": [{"cash": 1.0}, {"cash": 1.0}],
        "clouds": [{"cash": 100.0}],
        "vendors": [{"cash": 10.0, "slots_gw": 1.0}],
        "investors": [{"cash": cash, "style": style} for style in STYLES],
    }
    start = Quarter.parse("2023Q1")
    blocks = (Tranche(0, 0, start - 2, 1.0, 10.0, 20), Tranche(1, 0, start + 3, 1.0, 10.0, 20))
    return industry(opening(firms, people=wanting(0.0), tranches=blocks), **options)


def supply(model, mood, fall=0.0, budget=4.0):
    """Offers of the four investors in the first world."""
    worlds = np.ones((model.worlds, 1))
    return model.investors.supply(mood * worlds, fall * worlds, budget * np.ones((model.worlds, 4)), model.funds)[0].tolist()


def test_momentum_money_goes_with_the_square_of_the_mood_up_and_down():
    model = model_with()
    assert supply(model, 1.0) == pytest.approx([4, 4, 4, 4])
    assert supply(model, 0.5) == pytest.approx([1, 4, 4, 4])
    assert supply(model, 1.5) == pytest.approx([9, 4, 4, 4])


def test_contrarians_double_their_offer_after_a_fall_only():
    model = model_with()
    assert supply(model, 1.0, fall=0.25)[SOVEREIGN] == pytest.approx(8)
    assert supply(model, 1.0, fall=0.15)[SOVEREIGN] == pytest.approx(4)


def test_in_no_mood_does_anybody_offer_more_than_a_quarter_of_its_cash():
    assert supply(model_with(cash=20.0), 2.0, fall=0.5) == pytest.approx([5, 4, 5, 4])


def test_strategic_money_buys_labs_with_compute_to_come_only_and_the_public_s_listed_ones_only():
    model = model_with(worlds=2)
    model.labs.put(listed=[[1, 0], [0, 0]])
    first, second = eligible(model).tolist()
    assert first == [[True, True], [False, True], [True, True], [True, False]]
    assert second == [[True, True], [False, True], [True, True], [False, False]]


def test_a_lab_without_a_deal_gets_no_strategic_money_and_one_with_a_deal_does():
    model = model_with()
    model.begin()
    model.cap.mark(model.rows["labs"], np.array([[100.0, 100.0]]))
    model.labs.put(unmet_prepayment=5.0, revenue=100.0)  # both ask, and are worth their price
    rounds(model, Dues())
    held = model.cap.shares[0, model.rows["investors"], model.rows["labs"]]
    assert held[MOMENTUM].min() > 0
    assert held[STRATEGIC, 0] == 0 and held[STRATEGIC, 1] > 0
