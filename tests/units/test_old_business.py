"""The other business of owners of compute: what is read, what AI takes from it, and what is built out of fear [model.md 9.16]."""

import numpy as np
import pytest

from abm.books.obligations import before_debt_service
from abm.compute import old_business
from abm.compute.planning import look_ahead, parents_means
from abm.model import Industry, release
from agents.world_files.folder import load_world
from experiments.analysis.paired_effects import paired

NAMED = "industry-2026q3"
EXPOSED = {"cloud.Google.exposed": 0.6, "cloud.Microsoft.exposed": 0.3, "cloud.Meta.exposed": 0.3, "cloud.Amazon.exposed": 0.1}


def lived(quarters, futures=2, overrides=None, **parameters):
    """A run of the named world."""
    settings = {name.replace("__", "."): value for name, value in parameters.items()}
    return Industry(load_world(NAMED, overrides or {}), worlds=futures, rng=5, parameters=settings).run(quarters)


@pytest.mark.slow
def test_what_is_received_planned_with_and_lent_against_is_one_number_that_grows():
    """94 at the opening and 2.5 % more each quarter: after four of them it is 103.8, and the fifth pays a quarter of it."""
    model = lived(5, overrides={"cloud.Google.other_growth": 0.1})
    at, row = model.clouds.names.index("Google"), model.rows["clouds"].start + model.clouds.names.index("Google")
    now = 94 * 1.025**4
    assert model.clouds.other_cash_flow[:, at] == pytest.approx(now)
    assert model.ledger.flows["other_cash_flow"][:, row] == pytest.approx(now / 4)
    assert (before_debt_service(model) - model.clouds.ebitda)[:, at] == pytest.approx(now)
    means = parents_means(model)
    model.clouds.other_cash_flow[:, at] += 1.0
    assert np.ptp(parents_means(model) - means, axis=1) == pytest.approx(1.0)  # its lab could count on a dollar more
    release(model)


def test_a_dollar_of_rivals_takes_what_is_stated_and_later_ones_take_less():
    """Google alone is exposed, with .6 of 94. Rivals' revenue rises by 94: at a tenth a dollar they press on a sixth of what is exposed."""
    model = lived(0, overrides={"cloud.Google.exposed": 0.6}, incumbent__displaced=1.0, incumbent__taken=0.1)
    at = model.clouds.names.index("Google")
    rivals = model.labs.names.index("OpenAI")
    for more, pressed in ((94.0, 1 / 6), (940.0, 10 / 6), (1e6, np.inf)):
        revenue = model.labs.revenue.copy()
        revenue[:, rivals] += more
        lost = old_business.lost(model, revenue[..., None])
        assert lost[:, at] == pytest.approx(0.6 * (1 - np.exp(-pressed)))
        assert lost.sum() == lost[:, at].sum()  # from who is not exposed nothing is taken
    own = model.labs.revenue.copy()
    own[:, model.labs.names.index("Google DeepMind")] += 94.0
    assert (old_business.lost(model, own[..., None])[:, at] == 0).all()  # what its own lab earns it does not lose
    release(model)


def test_what_is_lost_goes_and_comes_back_with_rivals():
    model = lived(0, overrides={"cloud.Google.exposed": 1.0}, incumbent__displaced=1.0, incumbent__taken=1.0)
    at, first = model.clouds.names.index("Google"), model.labs.revenue.copy()
    model.labs.put(revenue=first * 1e6)
    old_business.advance(model)
    assert (model.clouds.other_cash_flow[:, at] == 0).all() and (model.old_business.lost[:, at] == 1).all()
    old_business.advance(model)  # nothing is left to divide by
    assert np.isfinite(model.clouds.other_cash_flow).all()
    release(model)


@pytest.mark.slow
def test_fear_orders_what_the_loss_would_cost():
    """What it expects to lose within the horizon, times what is spent a year for each dollar of it, a quarter of that a quarter."""
    model = lived(8, overrides=EXPOSED, incumbent__displaced=1.0, incumbent__defends=1.0, incumbent__spent=2.0)
    half = lived(8, overrides=EXPOSED, incumbent__displaced=1.0, incumbent__defends=1.0, incumbent__spent=2.0)
    half.incumbents.spent = half.incumbents.spent / 2
    gw = old_business.defended(model, look_ahead(model))
    assert (gw[:, model.clouds.names.index("Google")] > 0).all() and (gw[:, model.clouds.names.index("Oracle")] == 0).all()
    assert old_business.defended(half, look_ahead(half)) == pytest.approx(gw / 2)
    assert model.old_business.feared == pytest.approx(2 * half.old_business.feared)
    release(model), release(half)


@pytest.mark.slow
def test_who_is_not_exposed_or_has_it_switched_off_is_as_before():
    plain, off = lived(6), lived(6, overrides=EXPOSED)
    unexposed = lived(6, incumbent__displaced=1.0, incumbent__defends=1.0)
    for other in (off, unexposed):
        assert (plain.clouds.cash == other.clouds.cash).all() and (plain.labs.revenue == other.labs.revenue).all()
        release(other)
    release(plain)


@pytest.fixture(scope="module")
def futures():
    """GW built in ten years, and revenue of all labs in 2030, $bn, of 64 paired futures of three settings."""
    found = []
    for switches in ({}, {"incumbent__displaced": 1.0}, {"incumbent__displaced": 1.0, "incumbent__defends": 1.0}):
        model = lived(40, 64, overrides=EXPOSED, **switches)
        series = model.record.series
        found.append((series("clouds", "delivered_gw").sum(axis=(1, 2)), series("labs", "revenue").sum(axis=2)[:, 14:18].mean(axis=1)))
        release(model)
    return found


@pytest.mark.slow
def test_incumbents_that_lose_their_old_business_build_less_and_those_that_fear_it_build_more(futures):
    plain, losing, fearing = (built for built, _ in futures)
    assert paired(losing - plain).high < 0
    assert paired(fearing - losing).low > 0


@pytest.mark.slow
def test_what_is_built_for_fear_serves_customers_of_labs(futures):
    assert paired(futures[2][1] - futures[1][1]).low > 0
