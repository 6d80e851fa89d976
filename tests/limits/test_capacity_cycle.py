"""A lab that ignores what it has already ordered builds in waves, whose length is set by the build lag [model.md 16.24, V17]."""

import numpy as np
import pytest

from tests.validation.capacity_cycle import LACK, TERM, gaps, marginal_strength, period, utilisation

LAGS = (4, 6, 8)  # quarters

pytestmark = pytest.mark.slow


def by_recursion(lag, strength):
    """The same gap as plain arithmetic: nothing arrives before the lag is over, then a part of the gap of then."""
    found = [LACK] * lag
    while len(found) < TERM + lag:
        found.append(found[-1] - strength * found[-lag])
    return found


@pytest.mark.parametrize("lag", LAGS)
@pytest.mark.parametrize("part", [0.5, 1.0])
def test_orders_arrive_a_lag_later_and_nowhere_is_a_gigawatt_lost_on_the_way(lag, part):
    strength = part * marginal_strength(lag)
    assert gaps(lag, strength) == pytest.approx(by_recursion(lag, strength), abs=1e-9)


@pytest.mark.parametrize("lag", LAGS)
def test_at_the_margin_waves_of_utilisation_last_four_lags_less_half_a_year(lag):
    seen = gaps(lag, marginal_strength(lag))
    assert period(utilisation(seen), 1) == pytest.approx(4 * lag - 2, rel=5e-3)
    half = 2 * lag - 1
    last = len(seen) - half
    assert np.abs(seen[last:]).max() == pytest.approx(np.abs(seen[last - half : last]).max(), rel=0.02)  # neither fade nor grow


def test_waves_fade_below_the_margin_and_grow_above_it():
    lag, swings = 4, []
    for part in (0.7, 1.1):
        seen = gaps(lag, part * marginal_strength(lag))
        swings.append(np.abs(seen[-14:]).max() / np.abs(seen[8:22]).max())
    assert swings[0] < 0.7 and swings[1] > 1.2


@pytest.mark.parametrize("lag", LAGS)
def test_a_lab_that_counts_what_is_on_the_way_never_builds_too_much(lag):
    seen = gaps(lag, marginal_strength(lag), counts_supply_line=True)
    assert (seen > 0).all() and (np.diff(seen) <= 1e-12).all()
    assert np.isnan(period(utilisation(seen), 1))
