"""What labs are worth, what investors think of it, when labs sell shares, and where money goes that finds none [model.md 11.1 to 11.5]."""

import numpy as np
import pytest

from abm.clock import Quarter
from abm.finance.capital_parameters import InvestorParameters
from abm.finance.funding import save, usual_round, war_chest
from abm.finance.sentiment import lab_values
from abm.finance.valuations import investors_values, values_ahead
from abm.finance.values import grown_growth, later_growth, market_value, worth, years_to_grow
from abm.start.opening import Tranche
from tests.worlds import industry, opening, wanting

ROUND = {"multiple": 20.0, "margin": 0.2, "required_return": 0.1, "kept_growth": 0.5, "value_floor": 4.0}
FUNDS = InvestorParameters(1, ROUND)  # a grown firm grows by .1 - 1/20 = .05 a year and is worth four times its revenue
NOTHING, ENDLESS = np.zeros((1, 1)), 1e-9 * np.ones((1, 1))


def row(*values):
    """One world, [1, n]."""
    return np.array(values, dtype=float)[None]


def test_a_grown_firm_is_worth_margin_times_multiple_of_its_revenue():
    assert grown_growth(FUNDS)[0, 0] == pytest.approx(0.05)
    assert worth(FUNDS, row(10), row(0.05), NOTHING)[0, 0] == pytest.approx(0.2 * 20 * 10)


def test_growth_that_halves_every_year_is_grown_up_after_as_many_years():
    """From .4 to .05 in three years, for each of which a holder forgoes a profit of a twentieth; growth beyond .05 is .35 + .175 + ..."""
    assert years_to_grow(FUNDS, row(0.4))[0, 0] == pytest.approx(3)
    assert worth(FUNDS, row(10), row(0.4), NOTHING)[0, 0] == pytest.approx(40 * np.exp(0.7 - 3 / 20))


@pytest.mark.parametrize(("growth", "least"), [(0.05, 0.05), (0.1, 0.05), (0.4, 0.09), (0.9, 0.095)])
def test_the_price_of_a_lab_whose_growth_fades_as_expected_earns_the_required_return_until_profit_does(growth, least):
    """Of the return of a tenth the price earns a half once the lab has grown up, because profit is the other half, and all before."""
    now = worth(FUNDS, row(10), row(growth), ENDLESS)
    in_a_year = worth(FUNDS, row(10 * np.exp(growth)), later_growth(FUNDS, row(growth), 1), ENDLESS)
    assert least - 1e-9 <= np.log(in_a_year / now).item() <= 0.1 + 1e-9


def test_growth_shrinks_with_the_size_of_the_industry():
    small, large = (worth(FUNDS, row(10), row(0.6), row(revenue))[0, 0] for revenue in (100, 3000))
    grown = worth(FUNDS, row(10), row(0.05), row(3000))[0, 0]
    assert grown == pytest.approx(40), "who does not grow beyond the rest is worth as much in any market"
    assert grown < large < 0.8 * small


def test_a_shrinking_lab_is_worth_less_than_a_grown_one_without_a_cliff():
    growth = np.linspace(-0.6, 0.6, 200)
    value = worth(FUNDS, np.full((1, 200), 10.0), growth[None], NOTHING)[0]
    assert (np.diff(value) > 0).all() and np.diff(np.log(value)).max() < 0.02


def test_the_price_goes_with_mood_and_cost_of_capital():
    usual = market_value(FUNDS, row(1), row(10), row(0.4), row(1))[0, 0]
    assert market_value(FUNDS, row(0.5), row(10), row(0.4), row(0.8))[0, 0] == pytest.approx(0.4 * usual)


def test_growth_beyond_eightfold_or_below_a_fall_to_a_third_is_not_priced():
    assert market_value(FUNDS, row(1), row(1), row(5), row(1)) == market_value(FUNDS, row(1), row(1), row(np.log(8)), row(1))
    assert market_value(FUNDS, row(1), row(100), row(-5), row(1)) == market_value(FUNDS, row(1), row(100), row(-1), row(1))


def test_a_growing_frontier_lab_has_a_floor_and_a_shrinking_one_has_none():
    assert market_value(FUNDS, row(0.5), row(0), row(0.1), row(1))[0, 0] == pytest.approx(4 * 0.5)
    assert market_value(FUNDS, row(1), row(0), row(-0.1), row(1))[0, 0] == 0


def model_with(valuation=100.0, **options):
    """One lab that earns 5 of the 20 a year it has promised, and two investors."""
    firms = {
        "labs": [{"cash": 1.0, "revenue": 5.0, "growth": 0.5, "valuation": valuation, "opex_ratio": 0.2}],
        "clouds": [{"cash": 100.0}],
        "vendors": [{"cash": 10.0, "slots_gw": 1.0}],
        "investors": [{"cash": 100.0, "style": 2, "risk_appetite": 0.5}, {"cash": 300.0, "style": 2, "risk_appetite": 0.8}],
    }
    start = Quarter.parse("2026Q3")
    return industry(opening(firms, people=wanting(5.0), tranches=(Tranche(0, 0, start - 2, 2.0, 20.0, 20),), start="2026Q3"), **options)


@pytest.mark.parametrize("valuation", [20.0, 400.0])
def test_a_public_valuation_is_the_first_mark_and_fades_into_the_anchor(valuation):
    model = model_with(valuation)
    marks = [model.cap.value(model.rows["labs"]).item()]
    anchor = worth(model.funds, model.labs.revenue, model.market_growth(), model.labs.revenue).item()
    lasts = model.funds.premium_memory.item()
    premium, hope = min(1, valuation / anchor), max(0, valuation - anchor)
    assert marks == [pytest.approx(valuation)]
    assert model.labs.premium.item() == pytest.approx(premium) and model.labs.hope.item() == pytest.approx(hope)
    model.step()
    assert model.labs.premium.item() == pytest.approx(premium**lasts) and model.labs.hope.item() == pytest.approx(hope * lasts)


def test_hope_is_no_multiple_of_revenue():
    """A lab valued at far more than it may earn does not double in value because its small revenue does."""
    model = model_with(400.0)
    hope = 400 - worth(model.funds, model.labs.revenue, model.market_growth(), model.labs.revenue).item()
    model.labs.put(revenue=2 * model.labs.revenue)
    anchor = worth(model.funds, model.labs.revenue, model.market_growth(), model.labs.revenue).item()
    assert lab_values(model).item() == pytest.approx(hope + anchor)


def test_a_lab_likes_to_have_half_a_year_of_its_promises_in_cash():
    """Of 20 a year."""
    assert war_chest(model_with()).item() == pytest.approx(10)


def test_shares_are_sold_when_they_are_dear():
    """At what they are worth a twentieth of value a quarter; with an elasticity of 2 four times as much at double the price."""
    model = model_with()
    anchor = worth(model.funds, model.labs.revenue, model.market_growth(), model.labs.revenue)
    usual, dear, cheap = (usual_round(model, times * anchor).item() for times in (1, 2, 0.5))
    assert usual == pytest.approx(0.05 * anchor.item())
    assert (dear / usual, cheap / usual) == (pytest.approx(8), pytest.approx(1 / 8))  # of a price that has doubled, and its square


def test_a_fund_returns_what_it_cannot_place_and_is_filled_where_it_lacks():
    """Both want 100 each with equal weights: the first is short of 60 and the second has 200 too much."""
    model = model_with(parameters={"investor.saving_target": 200.0, "investor.saving_per_value": 0.0, "investor.saving": 0.0})
    model.investors.put(saving_weight=[[0.5, 0.5]])
    model.ledger.pay("saving", model.rows["investors"], model.rows["Economy"], np.array([[[60.0], [0.0]]]))
    p, before = model.funds, model.investors.cash.copy()
    save(model)
    gained = (model.investors.cash - before)[0]
    assert gained == pytest.approx([60 * p.saving_speed.item(), -200 * p.returned.item()])


def test_bolder_investors_think_more_of_a_lab_and_all_expect_its_hope_to_fade():
    modest, hopeful = model_with(20.0), model_with(400.0)
    cautious, bold = investors_values(modest)[0, :, 0]
    assert cautious < bold
    view = values_ahead(hopeful)
    low, middle, high = (view.quantile(level)[0, 0, 0] for level in (0.1, 0.5, 0.9))
    assert low < middle < high and middle < 400
