"""Who buys into which lab, and for how much at most in a quarter [model.md 11.2, 11.5]."""

import numpy as np
import pytest

from abm.clock import Quarter
from abm.finance.capital import call_equity, left_to_invest
from abm.finance.funding import eligible, rounds
from abm.model import Industry, release
from abm.services.operations import Dues
from abm.start.opening import Tranche
from agents.investor import MOMENTUM, PUBLIC, SOVEREIGN, STRATEGIC
from agents.world_files.folder import load_world
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
    one, most = np.ones((model.worlds, 1)), left_to_invest(model)
    return model.investors.supply(mood * one, fall * one, budget * np.ones(most.shape), most, model.funds)[0].tolist()


def test_momentum_money_goes_with_the_square_of_the_mood_up_and_down():
    model = model_with()
    assert supply(model, 1.0) == pytest.approx([4, 4, 4, 4])
    assert supply(model, 0.5) == pytest.approx([1, 4, 4, 4])
    assert supply(model, 1.5) == pytest.approx([9, 4, 4, 4])


def test_contrarians_double_their_offer_after_a_fall_only():
    model = model_with()
    assert supply(model, 1.0, fall=0.25)[SOVEREIGN] == pytest.approx(8)
    assert supply(model, 1.0, fall=0.15)[SOVEREIGN] == pytest.approx(4)


@pytest.mark.slow
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


def test_owners_calls_and_rounds_draw_on_one_budget_a_quarter():
    """Four investors of 100 have 25 each for the quarter, however often they are asked."""
    model = model_with()
    model.begin()
    model.cap.mark(model.rows["labs"], np.array([[1000.0, 1000.0]]))
    model.labs.put(unmet_prepayment=50.0, revenue=1000.0, listed=1)
    assert call_equity(model, np.array([[60.0]])).item() == pytest.approx(60)
    assert left_to_invest(model)[0] == pytest.approx([10, 10, 10, 10])
    rounds(model, Dues())
    assert model.raised.sum() == pytest.approx(40)
    assert call_equity(model, np.array([[60.0]])).item() == pytest.approx(0)
    assert model.investors.cash[0] == pytest.approx([75, 75, 75, 75])
    model.begin()
    assert left_to_invest(model)[0] == pytest.approx([75 / 4] * 4)


def test_a_call_falls_on_who_has_something_left():
    model = model_with()
    model.begin()
    rows = model.rows["investors"]
    model.cap.issue("lab_equity", slice(rows.start, rows.start + 1), model.rows["labs"], np.array([[[25.0, 0.0]]]))
    assert call_equity(model, np.array([[30.0]])).item() == pytest.approx(30)
    assert model.investors.cash[0] == pytest.approx([75, 90, 90, 90])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "rule"), [("archetypes-2023q1", "vendor_equity"), ("archetypes-2023q1", "outside_equity"), ("tutorial", "outside_equity")]
)
def test_in_no_quarter_of_a_run_does_an_investor_put_in_more_than_a_quarter_of_its_cash(world, rule):
    """Owners of the tutorial build anew for outside tenants, and call for that too."""
    model = Industry(load_world(world), worlds=6, rng=1, parameters={"lab.down_payment": rule})
    flows, rows, bound = model.ledger.flows, model.rows["investors"], False
    for _ in range(32):
        model.step()
        put_in = -sum(flows[flow][:, rows] for flow in ("cloud_equity", "lab_equity", "vendor_equity"))
        had = model.investors.free_share(model.funds) * (model.investors.cash + put_in - flows["redemption"][:, rows])
        assert (put_in <= 0.25 * had + 1e-9).all()
        bound = bound or (put_in > 0.15 * had).any()
    release(model)
    assert bound  # or the test would show nothing
