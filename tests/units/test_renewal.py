"""Compute let to outside tenants opens in equal vintages, wears out block by block, and is built anew while its rent pays for it."""

import numpy as np
import pytest

from abm.books.obligations import outside_rent, running_costs
from abm.books.register import OUTSIDE
from abm.compute.planning import plan
from abm.compute.renewal import let_outside, renewals
from tests.worlds import ONE_RATE, industry, opening, quarter, turn, wanting

LIFE, LAG = 32, 6
CALM = {"lab.fixed_opex": 0.0, **ONE_RATE, "outside.dependence": 0.0, "cloud.upkeep": 0.0}


def owner(price=13.0, years=1.0, worlds=3, **parameters):
    """An owner with 0.7 GW let outside, of a mean age of so many years, at so many $bn per GW-year; six years of book life."""
    cloud = {"cash": 100.0, "fleet_age": years, "outside_gw": 0.7, "outside_rent": 0.7 * price, "accounting_life": 6.0}
    firms = {
        "labs": [{"cash": 1.0, "revenue": 1.0}],
        "clouds": [cloud],
        "vendors": [{"slots_gw": 1.0}],
        "investors": [{"cash": 100.0}],
        "lenders": [{"cash": 50.0}],
    }
    return industry(opening(firms, people=wanting(None), parameters={**CALM, **parameters}), worlds=worlds)


def outside(model):
    """GW let outside by age, quarters from 1 on, of world 0."""
    at = model.fleet.at(model.now)
    return model.fleet.gw[0, model.fleet.cell(OUTSIDE, 0), :at][::-1]


def test_a_mean_age_of_a_year_is_seven_equal_vintages():
    found = let_outside(np.arange(10), np.array([0.7]), np.array([4.0]), 26)[0]
    assert found.tolist() == pytest.approx([0, *[0.1] * 7, 0, 0])
    assert found @ np.arange(10) / 0.7 == pytest.approx(4.0)


def test_no_block_opens_so_old_that_its_renewal_would_come_too_late():
    assert np.flatnonzero(let_outside(np.arange(40), np.array([1.0]), np.array([60.0]), LIFE - LAG)[0]).max() == LIFE - LAG


def test_the_opening_lets_in_vintages_and_is_paid_for_all_of_them():
    model = owner()
    assert outside(model)[:7] == pytest.approx([0.1] * 7) and outside(model)[7:].sum() == 0
    assert outside_rent(model, model.now)[:, 0] == pytest.approx([0.7 * 13] * 3)


@pytest.mark.slow
def test_what_will_be_scrapped_when_an_order_arrives_is_ordered_now():
    model = owner(years=LIFE)  # back to 26 quarters: the oldest is scrapped in six
    assert renewals(model)[:, 0] == pytest.approx([0.7 / 26] * 3)
    assert renewals(owner(years=LIFE, **{"cloud.renewal": 0.5}))[:, 0] == pytest.approx([0.35 / 26] * 3)
    assert not renewals(owner()).any()  # nothing is old enough


@pytest.mark.parametrize("price", [1.2, 5.0, 9.0, 13.0])
def test_it_is_renewed_as_far_as_its_rent_pays_for_a_new_block_over_the_life_that_its_owner_believes_in(price):
    """35 of chips over 6 years and 15 of site over 15, with half the interest, beside 1.3 of power."""
    model = owner(price=price, years=LIFE)
    capital = 35 / 6 + 15 / 15 + 50 * model.clouds.rate[:, 0] / 2
    assert renewals(model)[:, 0] == pytest.approx(0.7 / 26 * np.clip((price - 1.3) / capital, 0, 1))


def test_a_spot_price_a_fifth_below_list_counts_as_a_rent_a_fifth_lower():
    cheap, same = owner(price=10.0, years=LIFE), owner(price=8.0, years=LIFE)
    cheap.fleet.spot_ratio = np.full((3, 1), 0.8)
    assert renewals(cheap)[:, 0] == pytest.approx(renewals(same)[:, 0]) and (renewals(cheap) > 0).all()


def run(model, quarters):
    """GW let outside and its rent, quarter by quarter, of world 0; the owner plans, the lab wants nothing."""
    seen = []
    for _ in range(quarters):
        quarter(model, 0.0)
        plan(model)
        seen.append((model.fleet.in_service(model.now)[0, OUTSIDE, 0], model.clouds.outside_rent[0, 0]))
        assert all(np.max(gap) < 1e-6 for gap in model.ledger.residuals().values())
        turn(model)
    return np.array(seen).T


@pytest.mark.slow
def test_a_renewed_fleet_and_its_rent_stay_what_they_were():
    gw, rent = run(owner(years=LIFE), LIFE)
    assert gw == pytest.approx([0.7] * LIFE)
    assert rent == pytest.approx([0.7 * 13] * LIFE)


def test_what_is_not_renewed_goes_block_by_block_and_takes_its_rent_along():
    gw, rent = run(owner(price=1.2, years=LIFE), LIFE)
    assert gw[:LAG] == pytest.approx([0.7] * LAG)
    assert -np.diff(gw[LAG - 1 :]) == pytest.approx([0.7 / 26] * (LIFE - LAG))
    assert gw[-1] == pytest.approx(0, abs=1e-12) and rent == pytest.approx(1.2 * gw)


def test_nobody_counts_on_rent_of_compute_that_will_be_scrapped_by_then():
    model = owner(years=LIFE)
    assert outside_rent(model, model.now + LAG)[:, 0] == pytest.approx([0.7 * 25 / 26 * 13] * 3)
    assert running_costs(model, model.now + LAG)[:, 0] == pytest.approx([0.7 * 25 / 26 * 1.3] * 3)


@pytest.mark.slow
def test_a_world_renews_alone_as_it_does_in_a_crowd():
    assert run(owner(years=LIFE), 10).tolist() == run(owner(years=LIFE, worlds=1), 10).tolist()


def test_the_opening_books_of_a_lone_owner_are_the_same_alone_and_in_a_crowd():
    given = {"clouds": [{"cash": 1.0, "fleet_age": 3.7, "outside_gw": 0.7, "outside_rent": 9.0, "book": 23.1}], "lenders": [{}]}
    alone, crowd = (industry(opening(given, people=wanting(None)), worlds=worlds) for worlds in (1, 3))
    assert (alone.fleet.book[0] == crowd.fleet.book[2]).all()
