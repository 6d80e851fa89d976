"""Closed forms of the services market and of diffusion [model.md 16.16-16.18, 16.25; 7.9; 26.3]."""

import numpy as np
import pytest

from abm.engine.luck import Luck
from abm.services import prices, serving
from abm.services.parameters import ServicesParameters
from abm.services.serving import Offers, Supply
from agents import customer_adoption, customer_choice, customer_market, customer_spending
from agents.customer_birth import Segments
from agents.customer_market import KINDS
from agents.customers import Customers, weights_of
from agents.customers_parameters import CustomersParameters

ONE = np.ones((1, 1))
DIFFUSION = {  # the numbers of model.md 7 and 19, whatever the shipped worlds are calibrated to
    "market_size": 1500.0,
    "diffusion_speed": 1.5,
    "capability_power": 0.60,
    "fastest_growth": 10.0,
    "fastest_decline": 0.5,
    "opening_spend": 0.28,
    "opening_growth": 4.0,
    "bass_innovation": 0.03,
    "bass_imitation": 0.38,
    "served_multiple": 1.6,
    "served_floor": 0.2,
    "capability_weight": 1.0,
}


def customers_of(**values):
    """The spec's customers of one world."""
    return CustomersParameters(1, DIFFUSION | values)


@pytest.mark.parametrize(
    ("share", "substitution", "expected"), [(1 / 3, 5, 1.55172), (1 / 2, 5, 1.76471), (0, 5, 1.25), (1 / 3, 1e12, 1 / (1 - 2 / 9))]
)
def test_markups_of_atkeson_and_burstein(share, substitution, expected):
    assert prices.markup(share, substitution, 1.5) == pytest.approx(expected, rel=1e-5)


def test_substitution_falls_from_five_to_its_long_run_value():
    p = ServicesParameters(1, {"substitution_start": 5.0, "substitution_end": 2.2, "substitution_time": 3.0})
    assert prices.substitution(p, 0) == pytest.approx(5)
    assert prices.substitution(p, 3) == pytest.approx(2.2 + 2.8 / np.e)
    assert prices.substitution(p, 300) == pytest.approx(2.2)


def test_density_with_shares_of_a_third_and_a_half_is_the_observed_one():
    assert 12.7 * prices.markup(np.array([1 / 3, 1 / 2]), 5, 1.5) == pytest.approx([19.7, 22.4], abs=0.05)


def test_a_cheap_entrant_with_weaker_models_takes_a_quarter_of_the_market():
    utility = np.array([[0.0, 0.0, 0.3 * np.log(40) - 1.5]])
    shares = serving.logit_shares(utility, np.ones((1, 3), dtype=bool))
    assert shares[0] == pytest.approx([0.37386, 0.37386, 0.25228], abs=5e-6)
    assert shares[0, 2] / shares[0, 0] == pytest.approx(0.67480, abs=5e-6)


def test_choices_of_many_customers_have_the_shares_of_the_closed_form():
    p, segments = customers_of(), Segments.default()
    capability, price = np.array([[0.0, 0.0, -1.5]]), np.array([[1.0, 1.0, 1 / 40]])
    offers = Offers(capability, np.zeros((1, len(KINDS), 3)), price, np.zeros((1, 3)), alive=np.ones((1, 3), dtype=bool))
    weights, segment = weights_of(p, segments, offers)[0], segments.name.index("enterprise")
    line, bonus = (weights, np.cumsum(weights, axis=1), segment), 0.0
    lots = (np.arange(100_000) + 0.5) / 100_000
    lab, recycled = np.array([customer_choice.choose_main(*line, 0, bonus, lot) for lot in lots]).T
    lab = lab.astype(int)
    assert np.bincount(lab) / 100_000 == pytest.approx([0.37386, 0.37386, 0.25228], abs=2e-5)
    assert np.quantile(recycled, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=1e-3)
    second = np.array([customer_choice.choose_second(*line, main, 0, bonus, lot) for main, lot in zip(lab, recycled, strict=True)])
    assert not np.any(second == lab)
    assert np.mean(second[lab == 0] == 1) == pytest.approx(0.37386 / 0.62614, abs=1e-3)


def grown(p, speed, spend, potential):
    bounds = np.log(p.fastest_growth).item(), p.fastest_decline.item()
    return spend * np.exp(customer_spending.growth(speed, *bounds, spend, potential))


def test_with_steady_growth_of_the_potential_the_gap_to_it_is_permanent():
    p, potential, spend = customers_of(fastest_growth=20), 1.0, 1.0
    for _ in range(200):
        potential *= 4**0.25
        gap, spend = potential / spend, grown(p, 1.5, spend, potential)
    assert gap == pytest.approx(2.5198, abs=5e-5)


def test_after_a_stall_the_gap_is_worked_off_over_two_years():
    p, spend, steps = customers_of(), [1.0], 10_000
    for _ in range(2 * steps):  # many short steps: the closed form is in continuous time
        spend.append(grown(p, 1.5 * 4 / steps, spend[-1], 4 ** (1 / 1.5)))
    assert spend[steps] / spend[0] == pytest.approx(2.0503, abs=2e-4)
    assert spend[2 * steps] / spend[steps] == pytest.approx(1.1737, abs=2e-4)


def test_the_bass_hazard_peaks_where_theory_says():
    p, share, adopted, step = customers_of(), 0.0, [], 0.001
    for _ in range(int(8 / step)):
        rate = customer_adoption.trial_hazard(p.bass_innovation.item(), p.bass_imitation.item(), share) / 0.25 * (1 - share)
        adopted.append((rate, share))
        share += rate * step
    peak = max(range(len(adopted)), key=lambda number: adopted[number][0])
    assert peak * step == pytest.approx(6.1926, abs=0.01)
    assert adopted[peak] == pytest.approx((0.110592, 0.46053), abs=2e-4)


def aggregate_world(n=40, quarters=24):
    """All deployed, potential of one shape, one common noise: customers and the aggregate recursion side by side."""
    rows = [dict(row) for row in SEGMENT_ROWS]
    segments = Segments.from_rows([row | {"opening_deployed": 1.0} for row in rows])
    shares = {"consumer_opening_share": 0.35, "consumer_potential_share": 0.35}
    p = customers_of(enterprises=n, cohorts=5, midpoint_sd=0, **shares)
    market = customer_market.market(p, np.zeros((1, 64)), ONE)
    luck = Luck(5, [0])
    customers = Customers.born(p, segments, market, luck, (0 * ONE, np.full((1, len(segments), 3), 1 / 3)))
    noise = np.random.default_rng(4).normal(0, 0.05, quarters)
    return customers, p, market, luck, noise


SEGMENT_ROWS = [
    {
        "name": segments_name,
        "kind": kind,
        "service_class": service,
        "number_share": 1.0,
        "rechoice": 0.1,
        "price_sensitivity": 0.3,
        "stickiness": 0.8,
        "procurement_quarters": 0,
        "opening_deployed": 1,
        "quality_ceiling": 1000,
        "integrates": 0,
    }
    for segments_name, kind, service in (("firms", "enterprise", "enterprise"), ("people", "consumer", "enterprise"))
]


@pytest.mark.parametrize("served_factor", [1.0, 0.3])
def test_customers_add_up_to_the_aggregate_recursion(served_factor):
    customers, p, market, luck, noise = aggregate_world()
    aggregate = 0.28
    for quarter, shock in enumerate(noise):
        frontier, served = (0.25 * quarter) * ONE, served_factor * aggregate
        customers.advance_stages(frontier)
        customers.desired_spend(frontier, served * ONE, np.array([[shock, shock]]))
        rate = np.clip(1.5 * np.log(market.potential(frontier).item() / aggregate), -0.5, np.log(10)) * 0.25 + shock
        aggregate = min(aggregate * np.exp(rate), 1.6 * served + 0.2)
        assert customers.spend.sum() == pytest.approx(aggregate, rel=1e-9)


def test_demand_opens_on_its_steady_diffusion_path():
    market = customer_market.market(customers_of(), np.zeros((1, 64)), ONE)
    assert market.potential(0).item() == pytest.approx(0.7056, rel=1e-3)
    later = market.opening_at(3 * ONE, 100 * ONE, np.log(2.0) * ONE)
    assert later.potential(3).item() == pytest.approx(100 * 2 ** (1 / 1.5))
    full = market.opening_at(3 * ONE, 5000 * ONE, np.log(2.0) * ONE)
    assert np.isfinite(full.midpoint).all()


def test_while_small_the_potential_grows_by_the_power_of_capability():
    market = customer_market.market(customers_of(), np.zeros((1, 64)), ONE)
    assert (market.potential(1) / market.potential(0)).item() == pytest.approx(10**0.6, rel=2e-3)
    assert market.potential(50).item() == pytest.approx(1500)


def test_a_day_without_demand_has_no_flows():
    nobody = np.zeros((1, 2), dtype=bool)
    supply = Supply(np.full((1, 2), 20.0), np.ones((1, 2)), ~nobody, 0 * ONE, 0 * ONE, nobody, *np.zeros((2, 1, 2)))
    result = serving.ration(np.zeros((1, 2, 3)), supply, ServicesParameters())
    assert result.served.sum() == result.turned_away.sum() == result.unserved_share.sum() == 0
