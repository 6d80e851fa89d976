"""What owners will owe and earn at a quarter to come, and who finances and who dares on that: solved by hand."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtr

from abm.beliefs.implied import Seen, implied_appetites, of_clouds, of_labs, of_lenders
from abm.books.obligations import debt_service, equity_needed, lenders_service, outside_rent, running_costs
from abm.compute.planning import look_ahead, parents_means, set_terms
from abm.model import Industry, release
from abm.start.opening import Tranche
from agents.world_files.folder import load_world
from tests.worlds import ONE_RATE, industry, opening, wanting

NOBODY, OTHERS = -1, -2  # tenants of tranches that are no labs
SOON, HORIZON = 4, 8  # quarters from now: when the pipeline is delivered, and where an owner looks
CERTAIN = {"cone.stall_belief": 0, "cone.lasting_growth": 0, "cone.young_growth": 0, "cone.width": 1,
           "lab.fixed_opex": 0, "lab.funded_quarters": 0,
           "cloud.upkeep": 0.0}  # fmt: skip
UPKEEP = {"cloud.upkeep": 2.5}


def owner(debt=10.0, revenue=20.0, coming=None, *, other=0.0, worlds=2, **parameters):
    """An owner that lets 1 GW at 12 a year to a lab which keeps 70 cents of a dollar, with loans at 8 % over 20 quarters.

    It owns its sites, and its compute costs nothing to run but power, 1.3 a GW-year, unless upkeep is given.
    coming: (tenant, GW, rent) of what will be delivered a year from now; other: its other cash flow, $bn a year
    """
    lab = {"cash": 0.0, "revenue": revenue, "opex_ratio": 0.3, "growth": 0.0}
    cloud = {"cash": 0.0, "accounting_life": 5.0, "other_cash_flow": other, "outside_gw": 0.2, "outside_rent": 2.6}
    given = opening({"labs": [lab], "clouds": [cloud], "vendors": [{}], "lenders": [{"cash": 50.0, "risk_appetite": 0.5}]},
                    people=wanting(None), debt=debt, debt_life=20, parameters={**ONE_RATE, **CERTAIN, **parameters},
                    tranches=tranches(coming))  # fmt: skip
    return industry(given, worlds=worlds)


def tranches(coming):
    start = opening({}).start
    running = Tranche(0, 0, start - 1, 1.0, 12.0, 20)
    return (running, Tranche(coming[0], 0, start + SOON, *coming[1:], 20)) if coming else (running,)


# What is owed and earned -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead", "service"),
    [(0, 10 * 0.08 + 2), (4, 8 * 0.08 + 2), (8, 6 * 0.08 + 2), (19, 0.5 * 0.08 + 2), (20, 0), (30, 0)],
)
def test_a_loan_of_10_over_20_quarters_costs_2_a_year_and_interest_on_what_is_left(ahead, service):
    model = owner()
    assert debt_service(model, model.now + ahead)[:, 0, 0] == pytest.approx([service] * 2)


@pytest.mark.parametrize(
    ("ahead", "service"),
    [(0, 14 * 0.08 + 6), (3, (8.5 + 1) * 0.08 + 6), (4, 8 * 0.08 + 2), (8, 6 * 0.08 + 2), (12, 4 * 0.08 + 2), (20, 0)],
)
def test_a_loan_that_has_been_repaid_costs_nothing_whatever_other_loans_do(ahead, service):
    """Beside the loan of 10 over 20 quarters one of 4 over 4, so 1.5 a quarter in all for a year and .5 from then on."""
    model = owner()
    earlier = model.fleet.at(model.now - 2)
    model.fleet.loan[..., earlier], model.fleet.principal[..., earlier] = 4.0, 1.0
    model.fleet.look_again()
    model.fleet.changed_loans()
    assert debt_service(model, model.now + ahead)[:, 0, 0] == pytest.approx([service] * 2)


def test_an_owner_that_repaid_its_loan_can_back_its_lab_with_all_its_cash_flow():
    """Other cash flow of 3 a year: 2 of it repay the loan of 10 over 20 quarters and .8 are interest, until nothing is owed."""
    model = owner(other=3.0)
    model.labs.put(parent_row=0.0)
    assert parents_means(model)[:, 0] == pytest.approx([0.2] * 2)
    model.fleet.loan[...] = 0.0
    model.fleet.changed_loans()
    assert parents_means(model)[:, 0] == pytest.approx([3.0] * 2)


@pytest.mark.parametrize(("ahead", "drawn"), [(3, 0.0), (4, 37.5), (8, 37.5)])
def test_a_gigawatt_of_the_pipeline_brings_three_quarters_of_its_cost_as_a_loan_over_a_whole_life(ahead, drawn):
    """0.75 x 50 = 37.5 from its delivery on, over 5 years, beside the loan of 10 that has been repaid for some quarters."""
    model = owner(coming=(NOBODY, 1.0, 0.0))
    old = (10 - 0.5 * ahead) * 0.08 + 2
    assert debt_service(model, model.now + ahead)[:, 0, 0] == pytest.approx([old + drawn * 0.08 + drawn / 5] * 2)


def test_an_owner_that_seeks_no_loan_owes_nothing_for_its_pipeline():
    model = owner(debt=0.0, coming=(NOBODY, 1.0, 0.0), **{"lender.loan_to_value": 0.0})
    assert (debt_service(model, model.now + HORIZON) == 0).all()


@pytest.mark.parametrize(("ahead", "rent"), [(0, 2.6), (3, 2.6), (4, 2.6 + 0.5 * 13)])
def test_outside_tenants_pay_the_price_of_what_they_rent_for_what_is_in_service_by_then(ahead, rent):
    model = owner(coming=(OTHERS, 0.5, 0.0))
    assert outside_rent(model, model.now + ahead)[:, 0] == pytest.approx([rent] * 2)


@pytest.mark.parametrize(
    ("tenant", "leases", "later"), [(0, 0, 3.8), (OTHERS, 0, 3.8), (NOBODY, 0, 0.26 + 1.75), (0, 1, 5.6), (NOBODY, 1, 0.26 + 1.75 + 1.8)]
)
def test_compute_costs_power_upkeep_and_rent_of_a_leased_site_and_saves_but_part_of_the_first_two_where_nobody_rents_it(
    tenant, leases, later
):
    """1.3 of power and 2.5 of upkeep, of which a fifth and 70 % go on in idle compute; who leases the site pays 1.8 for it in any case."""
    model = owner(coming=(tenant, 1.0, 12.0), **UPKEEP)
    model.clouds.put(leases_sites=leases)
    now = 1.2 * (3.8 + 1.8 * leases)
    assert running_costs(model, model.now + SOON - 1)[:, 0] == pytest.approx([now] * 2)
    assert running_costs(model, model.now + SOON)[:, 0] == pytest.approx([now + later] * 2)


@pytest.mark.parametrize(("leases", "cost"), [(0, 50.0), (1, 35.0)])
def test_an_owner_needs_equity_for_a_quarter_of_what_it_pays_for_which_is_chips_alone_where_it_leases_sites(leases, cost):
    model = owner(debt=0.0)
    model.clouds.put(leases_sites=leases)
    need, from_cash = equity_needed(model, np.full((2, 1), 2.0))
    assert need[:, 0] == pytest.approx([0.25 * cost * 2.0] * 2)
    assert (from_cash == 0).all()  # it has no cash


# What lenders see in it --------------------------------------------------------------------------------------------------------


def seen(wanted=0.0, *, leases=0.0, believed_life=6.0, notes=0.0, **case):
    """The one lender's terms for the one owner where the future is certain and the lab wants so many GW more at 12 a year.

    leases: 1 if the owner leases its sites; believed_life: of chips in the lender's eyes, years; notes: 1 if it lends by notes
    """
    model = owner(**case)
    model.clouds.put(leases_sites=leases)
    model.lenders.put(believed_life=believed_life, notes=notes)
    model.cone.annual_spread[...] = 0
    view = look_ahead(model)
    view.pair_rent = np.full_like(view.pair_rent, 12.0)
    set_terms(model, view, np.full(view.pair_rent.shape, wanted))
    assert (model.terms.cover == model.terms.cover[:1]).all()
    return model.terms.value[0, 0, 0], model.terms.rate[0, 0, 0], model.terms.cover[0, 0, 0]


def test_a_lender_counts_receipts_over_the_debt_service_of_the_horizon():
    """12 + 2.6 less 1.56 of power is 13.04; in six quarters 0.7 of a loan is left, a service of 0.7 x 0.08 + 0.2 for each."""
    assert seen(debt=40.0)[2] == pytest.approx(13.04 / (40 * 0.256))


def test_a_lender_counts_a_tenant_for_no_more_than_it_could_pay():
    """Revenue of 6 for a rent of 12: 6 + 2.6 - 1.56 = 7.04."""
    assert seen(debt=40.0, revenue=6.0)[2] == pytest.approx(7.04 / (40 * 0.256))


def test_a_lender_counts_the_debt_the_power_and_the_rent_that_the_pipeline_brings():
    """The pipeline draws 37.5, a service of 0.28 each, and needs 0.26 of power idle, or 1.3 and pays 12 where it is let."""
    service = 10 * 0.256 + 37.5 * 0.28
    assert seen(debt=10.0, coming=(NOBODY, 1.0, 0.0))[2] == pytest.approx((13.04 - 0.26) / service)
    assert seen(debt=10.0, revenue=30.0, coming=(0, 1.0, 12.0))[2] == pytest.approx((13.04 + 12 - 1.3) / service)


def test_a_lender_to_a_project_looks_at_the_better_of_project_and_firm():
    """A GW at 12 a year less 1.3 of power pays for a loan of 37.5 at 0.28: 10.7 / 10.5, whatever the firm owes; holders of notes add up."""
    project = 10.7 / (37.5 * 0.28)
    assert seen(debt=80.0, revenue=40.0, wanted=1.0)[2] == pytest.approx(project)
    both = (13.04 + 10.7) / (80 * 0.256 + 37.5 * 0.28)
    assert seen(debt=80.0, revenue=40.0, wanted=1.0, notes=1.0)[2] == pytest.approx(both)


def test_a_lender_judges_a_loan_as_if_it_ran_no_longer_than_chips_earn():
    """The loan of 37.5 runs for five years; who gives the chips four counts 0.25 + 0.08 a year for it, who gives them six 0.2 + 0.08."""
    for life, part in ((4.0, 0.25), (5.0, 0.2), (6.0, 0.2)):
        assert seen(debt=80.0, revenue=40.0, wanted=1.0, believed_life=life)[2] == pytest.approx(10.7 / (37.5 * (part + 0.08)))


def test_an_owner_that_leases_its_site_asks_for_a_loan_on_chips_alone_and_pays_rent_for_the_site():
    """12 less 1.3 of power, 2.5 of upkeep and 1.8 of site rent, over a loan of 0.75 x 35 at 0.28 a year."""
    leased = seen(debt=80.0, revenue=40.0, wanted=1.0, leases=1.0, **UPKEEP)
    assert leased[2] == pytest.approx((12 - 1.3 - 2.5 - 1.8) / (0.75 * 35 * 0.28))


def test_what_covers_too_little_gets_a_smaller_loan_at_a_higher_rate():
    good, thin = seen(debt=40.0), seen(debt=80.0)
    assert good[:2] == pytest.approx((0.75, 0.08))
    assert thin[0] == pytest.approx(0.75 * thin[2] / 1.2)
    assert thin[1] == pytest.approx(0.08)  # one rate for all here: best and usual are alike


# Who dares on that -----------------------------------------------------------------------------------------------------------


def implied(**case):
    model = owner(**case)
    reading = of_clouds(model, Seen(model))
    assert reading.committed.all()
    return reading.by_revenue


def test_the_implied_appetite_of_an_owner_is_the_quantile_at_which_its_tenant_just_pays_for_its_debt_and_power():
    """Two years ahead 6 of the loan of 10 is left: 0.48 + 2 of service and 1.56 of power, less 2.6 of other rent, is 1.44.

    The tenant pays 0.7 x 20 x exp(spread x normal), so the normal is ln(1.44 / 14) / spread, the spread being 0.8 x sqrt(2).
    """
    found = implied(**{"cone.annual_spread": 0.8})
    assert found.quantile[:, 0] == pytest.approx([ndtr(np.log(1.44 / 14) / (0.8 * np.sqrt(2)))] * 2)


def test_with_its_tenant_s_cash_an_owner_s_appetite_is_where_two_years_leave_enough_for_what_is_due():
    """The tenant has no cash. It earns 0.7 x 20 x exp(0.8 x sqrt(years) x normal) a year and pays 24 in two years.

    What that leaves and the earnings of one more year have to be the 1.44 of above.
    """

    def missing(normal):
        earned = [14 * np.exp(0.8 * np.sqrt(quarters / 4) * normal) for quarters in range(1, HORIZON + 1)]
        return sum(earned) / 4 - 24 + earned[-1] - 1.44

    model = owner(**{"cone.annual_spread": 0.8})
    found = of_clouds(model, Seen(model)).found.quantile
    assert found[:, 0] == pytest.approx([ndtr(brentq(missing, -3, 3))] * 2)


def test_an_owner_with_a_pipeline_dares_more_by_its_debt_its_power_and_what_is_left_to_build():
    """10.5 of service, 0.26 of power, and 10 of building left over a year and a half, less 10 of other cash flow: 1.44 + 7.427."""
    found = implied(coming=(NOBODY, 1.0, 0.0), other=10.0, **{"cone.annual_spread": 0.8})
    due = 1.44 + 10.5 + 0.26 + 10 / 1.5 - 10
    assert found.quantile[:, 0] == pytest.approx([ndtr(np.log(due / 14) / (0.8 * np.sqrt(2)))] * 2)


def test_an_owner_whose_tenants_whole_rent_does_not_pay_for_it_dares_at_least_the_highest_quantile():
    found = implied(coming=(NOBODY, 1.0, 0.0))
    assert found.quantile.tolist() == [[0.98], [0.98]]
    assert found.at_least.all()


def test_a_lender_owes_interest_two_points_below_its_loans_and_four_fifths_of_what_is_repaid():
    """Of a loan of 40 two years ahead 24 are left and 8 a year are repaid: 0.8 x (24 x 0.06 + 8); the pipeline brings 37.5 over 5 years."""
    old, new = 0.8 * (24 * 0.06 + 8), 0.8 * (37.5 * 0.06 + 37.5 / 5)
    model = owner(debt=40.0, coming=(NOBODY, 1.0, 0.0))
    assert lenders_service(owner(debt=40.0), model.now + HORIZON)[:, 0] == pytest.approx([old] * 2)
    assert lenders_service(model, model.now + HORIZON)[:, 0] == pytest.approx([old + new] * 2)


def test_the_implied_appetite_of_a_lender_is_the_quantile_at_which_borrowers_just_pay_for_what_it_owes():
    """It owes 7.552; its borrower has 1.04 of other rent after power, so the tenant has to pay 6.512 of 0.7 x 20 x exp(spread x normal)."""
    model = owner(debt=40.0, worlds=3, **{"cone.annual_spread": 0.8})
    reading = of_lenders(model, Seen(model))
    assert reading.committed.all()
    assert reading.by_revenue.quantile[:, 0] == pytest.approx([ndtr(np.log(6.512 / 14) / (0.8 * np.sqrt(2)))] * 3)


def test_a_rich_borrower_pays_a_lender_no_more_than_is_due():
    """The first owner pays its own service whatever its tenant does, 9.92 of a loan of 40; the second has nothing and owes as much."""
    rich, poor = ({"cash": 0.0, "accounting_life": 5.0, "other_cash_flow": other} for other in (100.0, 0.0))
    given = opening({"labs": [{"cash": 0.0, "revenue": 20.0}], "clouds": [rich, poor], "lenders": [{"cash": 50.0}]},
                    people=wanting(None), debt=40.0, debt_life=20, parameters={**ONE_RATE, **CERTAIN})  # fmt: skip
    given.debt[0, 1] = 40.0
    model = industry(given, worlds=2)
    found = of_lenders(model, Seen(model)).by_revenue  # it owes 15.1 in all and gets 9.92 at every quantile
    assert found.quantile.tolist() == [[0.98], [0.98]] and found.at_least.all()


def test_a_lender_without_loans_and_pipeline_implies_nothing():
    model = owner(debt=0.0)
    assert not of_lenders(model, Seen(model)).committed.any()


# What is promised is read off, not obeyed ------------------------------------------------------------------------------------


def lab_that(cash=0.0, revenue=20.0, **parameters):
    """A lab that keeps 14 of 20 a year and owes 12, as somebody sees it who is sure of revenue but for its spread."""
    lab = {"cash": cash, "revenue": revenue, "opex_ratio": 0.3, "growth": 0.0, "risk_appetite": 0.3}
    given = opening({"labs": [lab], "clouds": [{"cash": 0.0}], "vendors": [{}], "lenders": [{"cash": 50.0}]}, people=wanting(None),
                    parameters={**ONE_RATE, **CERTAIN, "cone.annual_spread": 0.8, **parameters}, tranches=tranches(None))  # fmt: skip
    model = industry(given, worlds=2)
    return model, of_labs(model, Seen(model))


def test_by_revenue_alone_a_lab_implies_the_quantile_at_which_the_year_s_revenue_pays_the_year_s_rent():
    _, reading = lab_that(cash=50.0)
    assert reading.by_revenue.quantile[:, 0] == pytest.approx([ndtr(np.log(12 / 14) / (0.8 * np.sqrt(2)))] * 2)


def test_cash_counts_as_what_is_left_of_it_at_the_horizon():
    """At the quantile found, two years of revenue and the cash pay two years of rent and one more year's rent is just covered."""
    model, reading = lab_that(cash=10.0)
    q = reading.found.quantile
    seen, earned = Seen(model), 0.0
    for quarters in range(1, HORIZON + 1):
        earned = earned + 0.7 * seen.revenue(q, q, quarters) / 4
    assert 10 + earned + 0.7 * seen.revenue(q, q, HORIZON) == pytest.approx(np.full((2, 1), 12.0 * 3))
    assert lab_that(cash=20.0)[1].found.quantile[0, 0] < q[0, 0] < lab_that(cash=0.0)[1].found.quantile[0, 0]


def test_rounds_that_nobody_has_signed_do_not_count():
    plain, promising = lab_that()[1], lab_that(**{"lab.funded_quarters": 8.0})[1]
    assert plain.found.quantile.tolist() == promising.found.quantile.tolist()


def test_nobody_obeys_what_its_promises_imply():
    model = Industry(load_world("industry-2026q3"), worlds=1, rng=1)
    before = {kind: getattr(model, kind).risk_appetite.copy() for kind in ("labs", "clouds", "lenders")}
    readings = implied_appetites(model)
    assert all(np.array_equal(getattr(model, kind).risk_appetite, before[kind]) for kind in before)
    assert all((appetite >= 0.1).all() for appetite in before.values())  # nobody sits on the floor
    release(model)
    named = readings["labs"].found
    assert named.at_most[0, 4] and readings["labs"].by_revenue.quantile[0, 4] > 0.5  # Meta AI: its owner pays, its revenue does not
