"""Worlds in which almost nothing happens: what remains must be exactly right."""

import numpy as np
import pytest

from tests.worlds import cash, industry, let, opening, wanting

QUIET = {
    "lab.fixed_opex": 0.0,
    "services.mode": "path",
    "services.scarcity_low": 1,
    "services.scarcity_high": 1,
}  # no other opex, and one price


def alone(lab, people, worlds=2, rent=0.0, gw=10.0, **parameters):
    """One lab with plenty of compute at one cloud; no vendor, so no orders are filled, and no investor, so no rounds."""
    model = industry(opening({"labs": [lab], "clouds": [{"cash": 1e3}]}, people=people, parameters={**QUIET, **parameters}), worlds=worlds)
    let(model, gw=gw, rent=rent)
    return model


def test_without_labs_no_money_moves_for_ten_quarters():
    model = industry(opening({"clouds": [{"cash": 5.0}], "lenders": [{"cash": 5.0}]}, people=wanting(), parameters=QUIET), worlds=2)
    for _ in range(10):
        model.step()
        assert all(not amounts.any() for amounts in model.ledger.flows.values())
    assert cash(model, "clouds").tolist() == [[5], [5]]


def test_a_lab_without_rent_keeps_its_margin_every_quarter():
    model = alone({"cash": 1.0, "revenue": 8.0, "opex_ratio": 0.3}, wanting(spend=8.0))
    for quarters in range(1, 13):
        model.step()
        assert cash(model, "labs")[:, 0] == pytest.approx([1 + 0.7 * 8 / 4 * quarters] * 2, abs=1e-9)
    assert (model.labs.revenue == 8).all()


@pytest.mark.slow
@pytest.mark.parametrize(("rent_share", "survives"), [(0.69, True), (0.71, False)])
def test_a_lab_with_a_certain_future_lives_if_and_only_if_rent_is_below_its_margin(rent_share, survives):
    model = alone({"cash": 0.01, "revenue": 8.0, "opex_ratio": 0.3}, wanting(spend=8.0), rent=8.0 * rent_share)
    model.run(12)
    assert (model.labs.alive == survives).all()


@pytest.mark.slow
def test_who_knows_the_future_and_believes_in_no_width_errs_by_nothing():
    """W = 0, w = 0, growth known and certain: every forecast comes true, at every quantile [model.md 16.25]."""
    growth = np.log(1.5)
    lab = {"cash": 50.0, "revenue": 1.0, "opex_ratio": 0.3, "extrapolation": 0.0, "growth": growth}
    certain = {"cone.stall_belief": 0.0, "cone.lasting_growth": growth, "cone.young_growth": growth}
    model = alone(lab, wanting(spend=np.exp(growth / 4), growth=growth), gw=100.0, **certain)
    model.errors_seen.spread[...] = 0  # narrower than a run may be set
    model.run(24)
    ahead = model.compute.build_lag + 2
    revenue = model.record.series("labs", "revenue")
    for name in ("forecast", "forecast_low", "forecast_mid", "forecast_high"):
        forecast = model.record.series("labs", name)
        assert np.allclose(forecast[:, :-ahead], revenue[:, ahead:], rtol=1e-9), name
    assert (model.labs.alive == 1).all()


@pytest.mark.slow
def test_with_no_vendors_and_no_investors_every_kind_of_nobody_is_allowed():
    """The real customers, one lab that can serve few of them, and nobody to buy chips or equity from."""
    model = industry(opening({"labs": [{"cash": 5.0, "revenue": 0.28}], "clouds": [{"cash": 5.0}], "lenders": [{"cash": 5.0}]}), worlds=2)
    let(model, gw=0.1, rent=0.5)
    model.run(16)
    assert (model.labs.ordered_gw == 0).all() and (model.labs.revenue > 0).all()
    assert model.vendors.cash.shape == (2, 0) and model.investors.cash.shape == (2, 0)
