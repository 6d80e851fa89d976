"""A lab pays what its own project company lacks, and only from cash it does not need itself."""

import numpy as np
import pytest

from abm.compute import deliveries
from abm.finance.funding import labs_cover
from abm.measures.record import subsidiary_residuals
from abm.services import operations, pricing
from tests.worlds import ECONOMY, ONE_RATE, by_class, cash, industry, opening, quarter, turn, wanting

PLAIN = {"lab.fixed_opex": 0.0, **ONE_RATE, "investor.saving": 0, "investor.saving_speed": 0}
LACK = 1.48 - 0.4  # loan of 24 over 24 quarters at 8 %: 1 and 0.48 a quarter, and 0.4 in cash


def group(lab_cash, stakes=(1.0, 0.0), **parameters):
    """A lab that holds these parts of two owners without tenants; the first owes 1.48 a quarter on its loan and has 0.4."""
    firms = {"labs": [{"cash": lab_cash}], "clouds": [{"cash": 0.4}, {"cash": 0.0}], "lenders": [{"cash": 50.0}], "investors": [{}]}
    given = opening(firms, people=wanting(None), debt=24.0, parameters={**PLAIN, **parameters})
    given.shares["clouds"][0], given.shares["clouds"][ECONOMY] = stakes, 1 - np.array(stakes)
    return industry(given, worlds=2)


def covered(model):
    """What the lab pays to each owner once everybody knows what it owes, $bn, in the first of the worlds, all being alike."""
    model.begin()
    deliveries.deliver(model)
    pricing.post(model)
    served = operations.serve(model, by_class(model, 0.0))
    operations.receive(model, served)
    labs_cover(model, operations.dues(model, served))
    paid = model.ledger.payments("cloud_equity")[:, model.rows["labs"], model.rows["clouds"]][:, 0]
    assert np.array_equal(paid[0], paid[1])
    return paid[0].tolist()


@pytest.mark.parametrize(("lab_cash", "pays"), [(10.0, LACK), (0.3, 0.3), (0.0, 0.0)])
def test_a_lab_pays_what_its_project_company_lacks_as_far_as_its_cash_goes(lab_cash, pays):
    assert covered(group(lab_cash)) == pytest.approx([pays, 0])


@pytest.mark.parametrize(("lab_cash", "pays"), [(2.5, LACK), (0.7, 0.2), (0.4, 0.0)])
def test_what_a_lab_owes_itself_comes_first(lab_cash, pays):
    assert covered(group(lab_cash, **{"lab.fixed_opex": 0.5})) == pytest.approx([pays, 0])


@pytest.mark.parametrize("stake", [0.0, 0.4, 0.5])
def test_a_lab_pays_for_no_owner_that_it_does_not_control(stake):
    assert covered(group(10.0, stakes=(stake, 1.0))) == [0, 0]


def test_a_lab_pays_no_more_once_creditors_took_over():
    model = group(10.0)
    model.clouds.put(reorganised=1.0)
    assert covered(model) == [0, 0]


def test_a_dead_lab_pays_for_nobody():
    model = group(10.0)
    model.labs.put(alive=0.0)
    assert covered(model) == [0, 0]


@pytest.mark.parametrize(("lab_cash", "left", "fails"), [(5.0, 5 - LACK, False), (0.5, 0.0, True)])
def test_a_project_company_fails_only_where_its_lab_cannot_pay_and_the_books_balance(lab_cash, left, fails):
    model = group(lab_cash)
    quarter(model, spend=0.0)
    assert cash(model, "labs")[:, 0] == pytest.approx([left] * 2)
    assert model.clouds.reorganised[:, 0].tolist() == [float(fails)] * 2
    residuals = {**model.ledger.residuals(), **subsidiary_residuals(model)}
    assert {rule for rule, found in residuals.items() if found.max() > 1e-9} == set()


def test_a_lab_that_lost_its_project_company_keeps_its_money():
    model = group(0.5)
    quarter(model, spend=0.0)
    model.ledger.pay("dividend", model.rows["Economy"], model.rows["labs"], np.full((2, 1, 1), 10.0))
    turn(model)
    quarter(model, spend=0.0)
    assert cash(model, "labs").tolist() == [[10], [10]]
