"""What a cloud cannot pay on its loan: interest is capitalised while collateral covers it, otherwise creditors take over."""

import numpy as np
import pytest

from tests.worlds import cash, industry, let, opening, quarter, wanting

PLAIN = {"lab.fixed_opex": 0.0, "lender.rate": 0.08, "cloud.upkeep": 0.0}


def owing(debt, cloud_cash):
    """A cloud whose 1 GW is let but prepaid, so that it must pay power .325, interest debt x .02 and principal debt / 24 from cash."""
    firms = {"labs": [{"cash": 10.0, "revenue": 20.0}], "clouds": [{"cash": cloud_cash}], "lenders": [{"cash": 20.0}]}
    model = industry(
        opening(firms, debt=debt, people=wanting(None), parameters=PLAIN),
        worlds=2,
    )
    let(model, gw=1.0, rent=12.0, book=50.0, prepaid=12.0)
    return model


def debt_of(model):
    """Loans of the cloud, $bn, [worlds]; the same in the books and in the fleet."""
    assert np.allclose(-model.ledger.balances["debt"][:, model.rows["clouds"]], model.fleet.loan.sum(axis=(1, 3)), atol=1e-9)
    return model.fleet.loan.sum(axis=(1, 2, 3))


@pytest.mark.parametrize(("cloud_cash", "left"), [(5.0, 24 - 1), (0.325 + 1.0, 24 + 0.48 - 1), (0.325 + 0.3, 24 + 0.48 - 0.3)])
def test_a_loan_grows_by_its_interest_and_falls_by_what_is_paid(cloud_cash, left):
    model = owing(debt=24.0, cloud_cash=cloud_cash)  # interest .48, principal 1, collateral about 40
    quarter(model, spend=20.0)
    assert debt_of(model) == pytest.approx([left] * 2, abs=1e-9)
    assert cash(model, "clouds")[:, 0] == pytest.approx([max(0, cloud_cash - 0.325 - 1.48)] * 2, abs=1e-9)
    assert not model.news.clouds.any()


def test_a_loan_beyond_the_collateral_is_cut_to_it_when_service_is_missed():
    model = owing(debt=48.0, cloud_cash=0.325)  # .9 x (35 exp(-.075) + 8) = 36.42
    quarter(model, spend=20.0)
    assert debt_of(model) == pytest.approx([0.9 * (35 * np.exp(-0.3 / 4) + 8)] * 2, abs=1e-9)
    assert model.news.clouds.all() and (model.news.credit_loss > 11).all()


def test_a_cloud_that_pays_keeps_its_loan_whatever_its_collateral_is_worth():
    model = owing(debt=48.0, cloud_cash=10.0)
    quarter(model, spend=20.0)
    assert debt_of(model) == pytest.approx([46.0] * 2, abs=1e-9)
    assert not model.news.clouds.any()
