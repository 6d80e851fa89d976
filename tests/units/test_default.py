"""What a default leaves behind: revenue that was earned, loans that are repaid over a new life, a mood that other channels move."""

import numpy as np
import pytest

from tests.worlds import QUIET, industry, let, opening, quarter, residuals, turn, wanting

# Labs ------------------------------------------------------------------------------------------------------------------------


def failing():
    """A lab without cash that is paid 2 and owes opex of 0.6 and rent of 3."""
    firms = {"labs": [{"cash": 0.0, "revenue": 8.0, "opex_ratio": 0.3}], "clouds": [{"cash": 100.0}]}
    model = industry(opening(firms, people=wanting(None), parameters=QUIET), worlds=2)
    let(model, gw=1.0, rent=12.0, book=50.0)
    return model


def test_revenue_of_the_quarter_of_a_default_was_earned_and_stays():
    model = failing()
    quarter(model, spend=8.0)
    assert model.news.labs.all()
    assert model.labs.revenue.tolist() == [[8], [8]]
    assert (model.ledger.flows["services"][:, model.rows["labs"]] * 4).tolist() == [[8], [8]]
    assert residuals(model) < 1e-9


def test_from_the_next_quarter_on_the_dead_earn_nothing_and_nobody_forecasts_from_what_they_earned():
    model = failing()
    quarter(model, spend=8.0)
    assert model.labs.forecast_base(0.8).tolist() == [[0], [0]]
    turn(model)
    quarter(model, spend=8.0)
    assert model.labs.revenue.tolist() == [[0], [0]]
    assert (model.ledger.flows["services"] == 0).all()


@pytest.mark.parametrize(("quarters", "friction"), [(1, 1), (2, 1), (0, 1), (1, 0)])
def test_the_compute_of_the_dead_is_back_with_its_owner_before_others_can_hire_it(quarters, friction):
    labs = [{"cash": 0.0, "revenue": 8.0, "opex_ratio": 0.3}, {"cash": 1e3, "revenue": 1.0, "opex_ratio": 0.3}]
    firms = {"labs": labs, "clouds": [{"cash": 100.0}]}
    given = {**QUIET, "contagion.release_quarters": quarters, "contagion.customers": friction, "services.outside_pool": 0.0}
    model = industry(opening(firms, people=wanting([0.0, 0.0]), parameters=given), worlds=2)
    let(model, gw=1.0, rent=12.0, book=50.0)
    quarter(model, spend=[8.0, 0.0])
    assert model.news.labs[:, 0].all()
    for late in range(3):
        turn(model)
        quarter(model, spend=[0.0, 1e3])
        assert (model.served.spot_gw[:, 1] > 0).all() == (late >= quarters * friction)
        assert (model.fleet.in_service(model.now)[:, -2, 0] == 1).all()  # it is idle, and its owner's


# Owners ----------------------------------------------------------------------------------------------------------------------


def owing(cash, life=5.0, **parameters):
    """An owner of 1 GW whose rent is prepaid: loan of 48, of which 2 fall due a quarter, and collateral of 36.4."""
    firms = {"labs": [{"cash": 10.0, "revenue": 20.0}], "clouds": [{"cash": cash, "accounting_life": life}], "lenders": [{"cash": 50.0}]}
    model = industry(opening(firms, debt=48.0, people=wanting(None), parameters={**QUIET, **parameters}), worlds=2)
    let(model, gw=1.0, rent=12.0, book=50.0, prepaid=12.0)
    return model


@pytest.mark.parametrize("quarters", [12, 20, 24])
def test_what_a_reorganisation_leaves_of_a_loan_is_repaid_over_a_new_tenor(quarters):
    model = owing(cash=0.325)
    model.lenders.put(tenor=quarters)
    quarter(model, spend=20.0)
    left = 0.9 * (35 * np.exp(-0.3 / 4) + 8)  # the collateral
    assert model.clouds.reorganised.all()
    assert model.fleet.loan.sum(axis=(1, 2, 3)) == pytest.approx([left] * 2)
    assert model.fleet.principal_due()[:, 0, 0] == pytest.approx([left / quarters] * 2)


def test_the_loan_of_an_owner_that_pays_goes_on_as_it_was_agreed():
    model = owing(cash=10.0)
    quarter(model, spend=20.0)
    assert model.fleet.principal_due()[:, 0, 0] == pytest.approx([2.0] * 2)


@pytest.mark.parametrize(("channel", "fails"), [(1, True), (0, False)])
def test_an_owner_misses_its_debt_service_over_a_tenants_arrears_only_while_the_channel_is_on(channel, fails):
    """The tenant pays 1.4 of a rent of 3; power, interest and principal need 0.325 + 0.96 + 2, beyond collateral of 36.4 for 48."""
    firms = {"labs": [{"cash": 0.0, "revenue": 8.0, "opex_ratio": 0.3}], "clouds": [{"cash": 0.5}], "lenders": [{"cash": 50.0}]}
    given = {**QUIET, "contagion.counterparty": channel}
    model = industry(opening(firms, debt=48.0, people=wanting(None), parameters=given), worlds=2)
    let(model, gw=1.0, rent=12.0, book=50.0)
    quarter(model, spend=8.0)
    assert model.news.labs.all()
    assert model.news.clouds.tolist() == [[fails]] * 2
    assert (model.ledger.flows["recapitalisation"][:, model.rows["clouds"]] >= 1.6 - 1e-9).all() == (not fails)
    assert residuals(model) < 1e-9


# The mood --------------------------------------------------------------------------------------------------------------------


def lived(cash, funding, quarters=2, **parameters):
    """Moods of a run in which nothing grows: loyal customers pay labs 30 and 10, and the second owes more rent than that; [quarters]."""
    steady = {"cone.lasting_growth": 0, "sentiment.vendor_sales": 0, "services.spill": 0, "technology.late_stall_hazard": 0}
    labs = [{"cash": 100.0, "revenue": 30.0, "growth": 0.0}, {"cash": cash, "revenue": 10.0, "growth": 0.0}]
    given = {**QUIET, **steady, "contagion.funding": funding, **parameters}
    model = industry(opening({"labs": labs, "clouds": [{"cash": 1e3}]}, people=wanting([30.0, 10.0]), parameters=given))
    fleet = model.fleet
    for lab, rent in ((0, 1.0), (1, 40.0)):
        fleet.cell(lab, 0)
        for amounts, much in ((fleet.gw, 10.0), (fleet.let[0], 10.0), (fleet.rent[0], rent)):
            amounts[:, fleet.cell(lab, 0), fleet.at(model.now - 1)] += much
    fleet.delivered[:, 0] += 20.0
    fleet.look_again()
    fleet.changed()
    moods = [model.step() or model.sentiment.item() for _ in range(quarters)]
    assert model.record.series("labs", "fails")[0, :, 1].tolist() == [float(cash == 0)] + [0.0] * (quarters - 1)
    return moods


def test_with_the_funding_channel_off_a_default_does_not_move_the_mood_of_its_quarter():
    assert lived(cash=0.0, funding=0)[0] == lived(cash=1e3, funding=0)[0] == 1


def test_with_the_funding_channel_off_only_revenue_that_is_really_lost_moves_the_mood_later():
    """A quarter later 10 of 40 are gone, a surprise of ln 0.75, and the mood follows eight tenths of it."""
    assert lived(cash=0.0, funding=0)[1] == pytest.approx(1 + 0.8 * np.log(0.75))
    assert lived(cash=1e3, funding=0)[1] == 1


def test_with_the_funding_channel_off_and_surprises_ignored_the_mood_is_the_same_for_ever():
    deaf = {"sentiment.surprise": 0}
    assert lived(0.0, 0, quarters=6, **deaf) == lived(1e3, 0, quarters=6, **deaf)


def test_with_the_funding_channel_on_the_mood_falls_at_once_by_the_share_of_revenue_that_defaults():
    assert lived(cash=0.0, funding=1)[0] == pytest.approx(1 - 0.6 * 10 / 40)
