"""The build-out's own weight: incomes ahead while it grows, behind when it ends, and back once the economy is used to it."""

from types import SimpleNamespace

import numpy as np
import pytest

from abm.model import Industry, release
from abm.services.economy import Economy, build_out
from abm.settings import Settings
from abm.shocks import Shock
from agents.inhabitants import GROUPS
from agents.world_files.folder import load_world
from experiments.analysis.paired_effects import paired

NAMED = "industry-2026q3"


def alone(amounts, **settings):
    """The gap of incomes, part of output, after each quarter in which owners pay these amounts for compute, $bn a year."""
    given = {f"economy.{name}": value for name, value in {"weighs": 1.0, "growth": 0.0, **settings}.items()}
    parameters = Settings(1, given, GROUPS).groups["economy_parameters"]
    economy = Economy(SimpleNamespace(worlds=1))
    gaps = []
    for age, amount in enumerate(amounts):
        flows = {"construction": np.array([[-amount / 8]]), "chips": np.array([[-amount / 8]])}
        rest = {"rows": {"clouds": slice(0, 1)}, "ledger": SimpleNamespace(flows=flows), "age": age, "worlds": 1}
        economy.learn(SimpleNamespace(economy_parameters=parameters, **rest))
        gaps.append(economy.gap.item())
    return np.array(gaps), economy, parameters


def test_what_ends_is_missed_and_then_made_up_for():
    """600 a year stops. A year on, half of the 600 is missing from 30,000 but for what other demand makes up for: at first 1 %."""
    gaps, economy, _ = alone([600.0] * 8 + [0.0] * 80, output=30_000.0, carried=0.5, adapts=0.4)
    assert (gaps[:8] == 0).all()  # the usual weighs nothing
    at_once, *_ = alone([600.0] * 8 + [0.0] * 4, output=30_000.0, carried=0.5, adapts=0.0)
    assert at_once[-1] == pytest.approx(-0.01)
    assert -0.01 < gaps.min() < -0.006 and gaps.argmin() == 11  # the fourth quarter without it
    later = gaps[12:]
    assert later[1:] / later[:-1] == pytest.approx(np.exp(-0.1))  # .4 a year
    assert gaps[-1] == pytest.approx(0, abs=1e-5) and economy.share.item() == 0


def test_budgets_and_other_business_swing_more_than_incomes():
    gaps, economy, p = alone([600.0] * 8 + [0.0] * 4, output=30_000.0, budgets=2.0, business=3.0)
    assert economy.budgets(p).item() == pytest.approx(np.exp(2 * gaps[-1]))
    assert economy.business(p).item() == pytest.approx(np.exp(3 * gaps[-1]))


def test_its_part_of_investment_is_that_of_a_year():
    """600 beside 16 % of 30,000, which are 4,800."""
    _, economy, _ = alone([0.0, 400.0, 800.0, 400.0, 800.0], output=30_000.0, investment=0.16)
    assert economy.share.item() == pytest.approx(600 / 5400)


def lived(quarters, futures, shocks=(), **settings):
    """A run of the named world."""
    given = {f"economy.{name}": value for name, value in settings.items()}
    due = [Shock.read(shock) for shock in shocks]
    return Industry(load_world(NAMED), worlds=futures, rng=5, parameters=given, shocks=due).run(quarters)


def test_the_build_out_is_what_builders_and_chip_makers_are_paid():
    model = lived(3, 2)
    rows = model.rows
    paid = model.ledger.flows["construction"][:, rows["Economy"]].sum(axis=1) + model.ledger.flows["chips"][:, rows["vendors"]].sum(axis=1)
    assert build_out(model)[:, 0] == pytest.approx(4 * paid)
    assert (model.measured["build_out_share"] > 0.05).all() and (model.economy.gap == 0).all()
    release(model)


@pytest.mark.slow
def test_other_business_of_owners_follows_incomes():
    plain, weighed = lived(8, 2), lived(8, 2, weighs=1.0, business=3.0, budgets=0.0)
    before = weighed.economy.gap.copy()
    plain.step(), weighed.step()
    earning = plain.clouds.other_cash_flow > 0
    followed = np.where(earning, plain.clouds.other_cash_flow * np.exp(3 * before), plain.clouds.other_cash_flow)
    assert weighed.clouds.other_cash_flow == pytest.approx(followed)
    release(plain), release(weighed)


@pytest.mark.slow
def test_the_end_of_the_build_out_costs_labs_more_revenue_where_it_weighs():
    """Funding stops for three years from 2028 on. Revenue of 2029 and 2030 with and without the stop, in logs, of the same futures."""
    stop = ({"name": "funding_stop", "at": "2028Q1", "duration": 12},)
    fall = {}
    for weighs in (0.0, 1.0):
        revenue = []
        for shocks in ((), stop):
            model = lived(18, 64, shocks, weighs=weighs)
            revenue.append(model.record.series("labs", "revenue").sum(axis=2)[:, 10:].mean(axis=1))
            release(model)
        fall[weighs] = np.log(revenue[1] / revenue[0])
    assert paired(fall[1.0] - fall[0.0]).high < 0
