"""What lives, terms and costs of compute move, on the same futures: smoothly, and none of it halves the industry."""

import numpy as np
import pytest

from abm.clock import Quarter
from abm.model import Industry, release
from abm.services import operations
from abm.shocks import Shock
from agents.world_files.folder import load_world

FUTURES, QUARTERS = 24, 24
WORLDS = ("archetypes-2023q1", "industry-2026q3")


def outcome(world, futures=FUTURES, quarters=QUARTERS, **values):
    """Mean revenue ($bn a year) and compute in service (GW) at the end, and the part of futures in which each owner failed, by name."""
    given = {name.replace("__", "."): value for name, value in values.items()}
    model = Industry(load_world(world, given), worlds=futures, rng=4)
    model.run(quarters)
    fails = dict(zip(model.clouds.names, (model.clouds.reorganised > 0).mean(axis=0), strict=True))
    found = model.labs.revenue.sum(axis=1).mean(), model.fleet.in_service(model.now).sum(axis=(1, 2)).mean(), fails
    release(model)
    return found


def smooth(values, most=1.35):
    """No neighbour is further away than by a factor, nor the ends by more than two."""
    values = np.array(values)
    return (np.abs(np.diff(np.log(values))) < np.log(most)).all() and values.max() < 2 * values.min()


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_lives_on_the_books_move_nothing_but_books(world):
    revenue, gw, _ = zip(*(outcome(world, cloud__accounting_life=life) for life in (4, 6, 8, 10)), strict=True)
    assert max(revenue) < 1.05 * min(revenue) and max(gw) < 1.05 * min(gw)


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_believed_lives_move_the_industry_smoothly(world):
    revenue, gw, _ = zip(*(outcome(world, cloud__believed_life=life, lender__believed_life=life) for life in (4, 6, 8, 10)), strict=True)
    assert smooth(revenue) and smooth(gw)


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_terms_of_contracts_move_the_industry_smoothly(world):
    revenue, gw, _ = zip(*(outcome(world, cloud__contract_term=term) for term in (12, 16, 20, 24)), strict=True)
    assert smooth(revenue) and smooth(gw)


@pytest.mark.slow
def test_failures_rise_with_costs_without_a_cliff():
    """Eight levels, four points of CoreWeave's margin apart."""
    levels = [1.5 + 0.53 * step for step in range(8)]
    fails = [outcome("industry-2026q3", 48, 20, cloud__upkeep=upkeep)[2]["CoreWeave"] for upkeep in levels]
    assert (np.abs(np.diff(fails)) <= 0.25).all() and fails[-1] >= fails[0]


def test_a_leasing_owner_keeps_57_cents_of_a_dollar_at_the_opening_and_a_building_one_71():
    model = Industry(load_world("industry-2026q3"), worlds=2, rng=4).run(1)
    margin = dict(
        zip(model.clouds.names, (model.clouds.ebitda / np.where(model.clouds.revenue > 0, model.clouds.revenue, 1))[0], strict=True)
    )
    assert 0.55 <= margin["CoreWeave"] <= 0.60
    assert margin["Microsoft"] == pytest.approx(0.71, abs=0.02)
    release(model)


def test_a_gigawatt_with_its_site_in_price_and_in_cost_loses_money_and_without_it_in_price_earns_8_percent():
    """Six years at 57 % of a rent of 13.3: what is paid once must not be paid again every year."""

    def yearly_return(cost, flow, years=6):
        rates = np.linspace(-0.2, 0.3, 50_001)
        worth = sum(flow / (1 + rates) ** year for year in range(1, years + 1))
        return rates[np.argmin(np.abs(worth - cost))]

    assert yearly_return(50, 0.57 * 13.3) == pytest.approx(-0.025, abs=0.01)
    assert yearly_return(35, 0.57 * 13.3) == pytest.approx(0.08, abs=0.005)


def test_everybody_believes_eight_years_and_it_is_four():
    """The belief falls to the truth by a twenty-fifth of what is left of the error about the yearly loss of worth, every quarter."""
    given = {"cloud.believed_life": 8, "lender.believed_life": 8, "technology.chip_life": 4}
    model = Industry(load_world("archetypes-2023q1", given), worlds=2, rng=4)
    opened = model.fleet.decay(model.now + 4)[0, 0] / model.fleet.decay(model.now)[0, 0]
    assert opened == pytest.approx(np.exp(-2 / 4))
    model.run(12)
    left = 2 / 8 + (2 / 4 - 2 / 8) * (1 - 0.96**12)
    for holders in (model.clouds, model.lenders):
        assert holders.believed_life == pytest.approx(2 / left)
    release(model)


@pytest.mark.slow
def test_chips_that_wear_out_sooner_than_believed_leave_less_compute_that_serves():
    given = {"cloud.believed_life": 8, "lender.believed_life": 8}
    worth = []
    for true in (8, 4):
        model = Industry(load_world("archetypes-2023q1", {**given, "technology.chip_life": true}), worlds=FUTURES, rng=4).run(QUARTERS)
        worth.append(model.record.outcomes(model)[["welfare", "mean_serving_gw"]].mean())
        release(model)
    assert worth[1].welfare < worth[0].welfare and worth[1].mean_serving_gw < worth[0].mean_serving_gw


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_beyond_a_fifth_idle_compute_costs_a_fifth_to_a_half_of_its_list_price(world, monkeypatch):
    """After demand has fallen by four fifths, in the futures in which 20 to 30 % of all compute finds nobody who hires it."""
    seen: list = []

    def noted(industry, found, left, price=operations.spot_price):
        asked, share = price(industry, found, left), left / found.in_service
        seen.extend(industry.fleet.spot_ratio[(share > 0.2) & (share < 0.3)])
        return asked

    monkeypatch.setattr(operations, "spot_price", noted)
    shock = Shock.read({"name": "demand_shortfall", "at": "2028Q1", "size": 0.8})
    model = Industry(load_world(world), worlds=FUTURES, rng=4, shocks=(shock,), panel=False)
    release(model.run(Quarter.parse("2031Q1") - model.quarter))
    assert len(seen) > 5 and np.min(seen) >= 0.2 and np.max(seen) <= 0.5


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_a_fifth_of_demand_goes_unserved_only_where_prices_are_at_their_cap(world):
    """In no future for the industry; for a lab beyond a twentieth more in one of fifty quarters, since others' needs for hire move too."""
    model = Industry(load_world(world), worlds=FUTURES, rng=4)
    short = industry = counted = 0
    for _ in range(QUARTERS):
        model.step()
        labs, below = model.labs, model.scarcity < model.services.scarcity_high - 1e-9
        asked = labs.demand * below
        industry += ((labs.turned_away * below).sum(axis=1) > 0.2 * labs.demand.sum(axis=1)).sum()
        short += ((labs.turned_away * below > 0.25 * asked) & (labs.alive > 0) & (asked > 0)).sum()
        counted += ((labs.alive > 0) & (labs.demand > 0)).sum()
    release(model)
    assert industry == 0 and short <= 0.02 * counted
