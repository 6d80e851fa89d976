"""Landlords and chip vendors pay a lab's bills where its failure would cost them more."""

import numpy as np
import pytest

from abm.books.register import IDLE
from abm.model import Industry
from abm.shocks import Shock
from abm.start.opening import Tranche
from agents.world_files.folder import load_world
from tests.worlds import QUIET, industry, let, opening, quarter, residuals, wanting

IDLE_GW = 10.0


def short_of_1_6(landlords_cash=100.0, **parameters):
    """A lab without cash that is paid 2 and owes opex of .6 and rent of 3 to a landlord, which would lose 12 of rents over a year."""
    firms = {"labs": [{"cash": 0.0, "revenue": 8.0, "opex_ratio": 0.3}], "clouds": [{"cash": landlords_cash}]}
    model = industry(opening(firms, people=wanting(None), parameters={**QUIET, **parameters}), worlds=2)
    let(model, gw=1.0, rent=12.0, book=50.0)
    empty = Tranche(IDLE, 0, model.quarter - 1, IDLE_GW, 0.0, model.fleet.terms[0])
    model.fleet.place(IDLE, 0, model.now - 1, empty, 0)  # nobody pays much for compute on the spot market
    model.fleet.delivered[:, 0] += IDLE_GW
    return model


def test_a_landlord_that_would_lose_more_than_the_cheque_pays_and_the_books_say_so():
    model = short_of_1_6(**{"lifeboat.exposed": 1})
    quarter(model, spend=8.0)
    assert not model.news.labs.any()
    np.testing.assert_allclose(model.labs.rescued, 1.6, rtol=1e-12)
    np.testing.assert_allclose(model.clouds.rescue_paid, 1.6, rtol=1e-12)
    assert residuals(model) < 1e-9


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"lifeboat.exposed": 1, "lifeboat.quarters": 8},  # 12 over 8 quarters is 1.5, less than the hole
        {"lifeboat.exposed": 1, "lifeboat.cash_part": 0.01},  # of cash of 100 less power of .325
    ],
)
def test_without_the_rule_the_loss_or_the_cash_for_it_nobody_pays_a_part(given):
    model = short_of_1_6(**given)
    quarter(model, spend=8.0)
    assert model.news.labs.all()
    assert not model.labs.rescued.any() and not model.ledger.flows["rescue"].any()


def run(exposed):
    shock = Shock.read({"name": "funding_stop", "at": "2026Q4", "duration": 16})
    given = {"lifeboat.exposed": exposed}
    return Industry(load_world("industry-2026q3"), worlds=32, rng=1, parameters=given, shocks=(shock,)).run(16)


@pytest.mark.slow
def test_with_funding_stopped_those_exposed_save_labs_and_the_record_says_whose_money_it_was():
    without, with_them = run(0), run(1)
    fell, falls = (model.record.series("labs", "fails").sum(axis=(1, 2)) for model in (without, with_them))
    assert falls.mean() < fell.mean()
    got = with_them.record.series("labs", "rescued").sum(axis=2)
    paid = sum(with_them.record.series(kind, "rescue_paid").sum(axis=2) for kind in ("clouds", "vendors"))
    np.testing.assert_allclose(got, paid, rtol=1e-9, atol=1e-9)
    assert not without.record.series("labs", "rescued").any()
