"""The cone in its limits: the seed's numbers, survival in closed form, and what must rise or fall with what."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from abm.beliefs.cone import Cone, cone
from abm.beliefs.parameters import ConeParameters

SPREAD = np.log(50 / 20) / (2 * ndtri(0.9))
SEED = {"annual_spread": SPREAD, "stall_belief": 0, "momentum_share": np.log(np.sqrt(1000) / 9 / 1.5) / np.log(10 / 1.5)}
SPEC = {"annual_spread": 0.3575, "momentum_share": 0.45, "lasting_growth": np.log(1.5), "stalled_growth": 0.40, "stall_belief": 0.031}
TENFOLD = np.log(10)
LEVEL = st.floats(0.02, 0.98)
GROWTH = st.floats(-2, 3)
SHARE = st.floats(0, 1)
few = settings(max_examples=150, deadline=None)


def seen(extrapolation=0.0, growth=TENFOLD, horizon=1.0, **values):
    """The cone of a lab with 9 $bn a year."""
    return cone(np.array([[9.0]]), np.array([[growth]]), np.array([[extrapolation]]), horizon, ConeParameters(1, SPEC | values))


def test_the_seed_gives_20_and_50_as_tenth_and_ninetieth_percentile():
    forecast = seen(**SEED)
    assert [forecast.quantile(q).item() for q in (0.1, 0.5, 0.9)] == pytest.approx([20, 31.6228, 50], abs=5e-5)
    assert forecast.mean().item() == pytest.approx(33.7094, abs=5e-5)
    assert np.log(forecast.quantile(0.5)).item() == pytest.approx(3.453878, abs=5e-7)
    assert forecast.spread.item() == pytest.approx(0.357493, abs=5e-7)


def test_the_seed_fixes_the_share_of_momentum_in_a_bottom_up_forecast():
    assert SEED["momentum_share"] == pytest.approx(0.44867, abs=5e-6)
    assert (seen(**SEED).quantile(0.5) / 9).item() == pytest.approx(3.5136, abs=5e-5)


def test_ten_times_in_a_year_lies_far_outside_the_bottom_up_cone():
    forecast = seen(**SEED)
    assert ((np.log(100) - np.log(forecast.quantile(0.5))) / forecast.spread).item() == pytest.approx(3.2205, abs=5e-5)
    assert (1 - forecast.cdf(100.0)).item() == pytest.approx(0.00064, abs=5e-6)


@pytest.mark.parametrize(("horizon", "ratio"), [(1.0, 2.500), (1.5, 3.072), (2.0, 3.654)])
def test_the_cone_opens_with_the_root_of_time(horizon, ratio):
    forecast = seen(horizon=horizon, **SEED)
    assert (forecast.quantile(0.9) / forecast.quantile(0.1)).item() == pytest.approx(ratio, abs=5e-4)


@pytest.mark.parametrize(
    ("cost_ratio", "survival"), [(1.0, (0.9, 0.5, 0.1)), (0.4, (0.99994, 0.99481, 0.9)), (0.2, (1.0, 0.999997, 0.99936))]
)
def test_a_lab_that_buys_at_a_quantile_survives_as_often_as_theory_says(cost_ratio, survival):
    forecast = seen(**SEED)
    quantiles = np.array([[0.1, 0.5, 0.9]])
    alive = 1 - forecast.cdf(cost_ratio * forecast.quantile(quantiles))
    assert alive == pytest.approx(ndtr(-ndtri(quantiles) - np.log(cost_ratio) / SPREAD), abs=1e-12)
    assert alive[0] == pytest.approx(survival, abs=1e-5)


def test_serving_p90_while_solvent_at_p10_needs_a_cost_ratio_of_p10_over_p90():
    forecast = seen(**SEED)
    affordable = (forecast.quantile(0.1) / forecast.quantile(0.9)).item()
    assert affordable == pytest.approx(np.exp(-2 * ndtri(0.9) * SPREAD))
    assert affordable == pytest.approx(0.4)
    assert (1 - forecast.cdf(affordable * forecast.quantile(0.9))).item() == pytest.approx(0.9)


def test_an_extrapolator_gives_the_stall_no_weight_whatever_he_believes_of_it():
    assert seen(extrapolation=1.0, stall_belief=0.2).quantile(0.02) == seen(extrapolation=1.0, stall_belief=0).quantile(0.02)


@few
@given(LEVEL, LEVEL, GROWTH, SHARE, st.floats(0.25, 2))
def test_a_bolder_quantile_is_never_lower(one, other, growth, extrapolation, width):
    forecast = seen(extrapolation, growth, 2.0, width=width)
    low, high = (forecast.quantile(q).item() for q in sorted((one, other)))
    assert low <= high * (1 + 1e-9)


@few
@given(LEVEL, GROWTH, SHARE, st.floats(0.25, 2), st.floats(0, 3), st.floats(0, 0.2))
def test_the_quantile_and_the_cdf_are_inverse(q, growth, extrapolation, width, horizon, stall_belief):
    forecast = seen(extrapolation, growth, horizon, width=width, stall_belief=stall_belief)
    if horizon > 0.01:
        assert forecast.cdf(forecast.quantile(q)).item() == pytest.approx(q, abs=1e-11)


@few
@given(st.floats(0.66, 0.98), GROWTH, SHARE, st.floats(0.25, 2), st.floats(0.25, 2))
def test_a_wider_cone_has_a_higher_top(q, growth, extrapolation, one, other):
    narrow, wide = (seen(extrapolation, growth, 2.0, width=width).quantile(q).item() for width in sorted((one, other)))
    assert narrow <= wide * (1 + 1e-9)


@few
@given(st.floats(0.02, 0.5), GROWTH, st.floats(0.25, 2), st.floats(0.25, 2))
def test_a_wider_cone_has_a_lower_bottom(q, growth, one, other):
    narrow, wide = (seen(1.0, growth, 2.0, width=width).quantile(q).item() for width in sorted((one, other)))
    assert wide <= narrow * (1 + 1e-9)


@few
@given(LEVEL, SHARE, SHARE, st.floats(np.log(1.5), 3))
def test_momentum_above_what_lasts_makes_bolder_who_trusts_it_more(q, one, other, growth):
    less, more = (seen(weight, growth, 2.0).quantile(q).item() for weight in sorted((one, other)))
    assert less <= more * (1 + 1e-9)


@few
@given(LEVEL, SHARE, st.floats(0, 40))
def test_a_mixture_lies_between_its_branches(q, weight, gap):
    quantile = np.log(Cone(np.ones((1, 1)), np.full((1, 1), gap), 0.0, np.full((1, 1), weight), 1.0).quantile(q)).item()
    assert ndtri(q) - 1e-12 <= quantile <= ndtri(q) + gap + 1e-12
