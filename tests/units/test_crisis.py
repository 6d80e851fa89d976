"""Events on records made by hand: when labs, owners and creditors fail together, and when credit stops."""

import numpy as np
import pytest

from abm.failure import crisis
from abm.failure.crisis import Course, Sizes
from abm.measures import outcomes
from abm.model import Industry, release
from agents.world_files.folder import load_world
from tests.worlds import industry, let, opening, wanting

YEARS = 12  # quarters of a record


def nobody(firms, quarters=YEARS):
    """A record in which nobody fails."""
    return np.zeros((1, quarters, firms), dtype=bool)


def record(quarters=YEARS):
    """Two labs of revenue 60 and 40, two owners with 3 and 1 GW on debt, two lenders with loans of 80 and 20 and capital of 40 and 10."""
    alike = [np.tile(np.array(row, dtype=float), (1, quarters, 1)) for row in ([60, 40], [3, 1], [80, 20], [40, 10])]
    return Course(nobody(2, quarters), nobody(2, quarters), nobody(2, quarters), Sizes(*alike), np.zeros((1, quarters, 2)))


def dates(course):
    """{event: first quarter in which it is complete, or None}."""
    return {name: int(np.argmax(found[0])) if found.any() else None for name, found in crisis.parts(course).items()}


def test_where_nobody_fails_there_is_no_crisis():
    assert set(dates(record()).values()) == {None}


@pytest.mark.parametrize(("lab", "when"), [(0, 4), (1, 4)])
def test_labs_with_forty_per_cent_of_revenue_are_a_crisis(lab, when):
    course = record()
    course.labs[0, when, lab] = True
    assert dates(course) == {"crisis": when, "systemic_event": when, "owners_event": None, "creditors_event": None}


def test_an_owner_of_a_quarter_of_the_financed_compute_is_a_crisis_and_of_less_is_none():
    course = record()
    course.clouds[0, 5, 1] = True
    assert dates(course) == {"crisis": 5, "systemic_event": None, "owners_event": 5, "creditors_event": None}
    course.before.financed[..., 0] = 3.1
    assert dates(course)["owners_event"] is None


@pytest.mark.parametrize(("gap", "when"), [(5, 6), (6, None)])
def test_two_owners_of_an_eighth_count_together_within_six_quarters_and_no_longer(gap, when):
    course = record()
    course = course._replace(clouds=nobody(3), before=course.before._replace(financed=np.tile([6.0, 1.0, 1.0], (1, YEARS, 1))))
    course.clouds[0, 1, 1] = course.clouds[0, 1 + gap, 2] = True
    assert dates(course)["owners_event"] == when


def test_an_owner_that_is_taken_over_twice_counts_once():
    course = record()
    course.before.financed[:] = [9.0, 1.0]
    course.clouds[0, (2, 4, 6), 1] = True
    assert dates(course)["owners_event"] is None


@pytest.mark.parametrize(("loss", "when"), [(1.6, None), (1.7, 5)])
def test_a_tenth_of_all_loans_lost_within_six_quarters_is_a_crisis_of_creditors(loss, when):
    """Of loans of 100, 1.7 a quarter are 10.2 in six quarters; the lender that loses them has ample capital."""
    course = record()
    course.before.capital[..., 0] = 1000
    course.losses[0, :, 0] = loss
    assert dates(course)["creditors_event"] == when


@pytest.mark.parametrize(("lender", "loss", "when"), [(0, 9.9, None), (0, 10.0, 3), (1, 3.0, None)])
def test_lenders_of_a_quarter_of_the_loans_that_lose_a_quarter_of_their_capital_are_a_crisis(lender, loss, when):
    """Loans of 800 and 200: the larger lender loses 10 of 40, which is too little of all loans; the smaller one holds too few."""
    course = record()
    course.before.loans[:] = [800.0, 200.0]
    course.losses[0, 3, lender] = loss
    assert dates(course)["creditors_event"] == when


def test_a_lender_that_fails_has_lost_all_its_capital():
    course = record()
    course.lenders[0, 7, 0] = True
    assert dates(course)["creditors_event"] == 7
    small = record()
    small.lenders[0, 7, 1] = True
    assert dates(small)["creditors_event"] is None


def test_a_lender_that_fails_when_all_is_repaid_harms_nobody():
    course = record()
    course.before.loans[:, 6:] = 1e-15  # what rounding leaves
    course.lenders[0, 7] = True
    assert dates(course)["creditors_event"] is None


def test_capital_that_is_paid_out_is_not_lost():
    course = record()
    course.before.capital[:, 6:] /= 2
    assert dates(course)["crisis"] is None


def test_a_lender_counts_with_the_loans_it_held_before_its_losses():
    """It held 30 % when they began; written down to a tenth, it is still the lender of three in ten."""
    course = record()
    course.before.loans[:] = [7000.0, 3000.0]
    course.before.loans[:, 4:, 1] = 300
    course.losses[0, (3, 5), 1] = 1.5
    assert dates(course)["creditors_event"] == 5


def credit(*new, spread=0.03, before=20.0, quarters=8):
    """Whether credit stops: so many quarters of new loans at a spread of 2 %, then others at another spread; it opened at 1 %."""
    lent = np.array([[before] * quarters + list(new)])
    asked = np.array([[0.02] * quarters + [spread] * len(new)])
    return crisis.credit_stops(lent, asked, np.array([[0.01]]))[0]


def test_credit_stops_in_the_fourth_quarter_in_a_row_with_less_than_half_the_usual_loans():
    """Of the 20 a quarter before, half of the mean is 10, 9.4, 8.8, 8.1 after quarters of 5."""
    assert credit(5, 5, 5, 5).tolist() == [False] * 11 + [True]
    assert not credit(9.9, 9.3, 9, 9).any()
    assert not credit(5, 5, 5, 12, 5, 5, 5).any()


@pytest.mark.parametrize("spread", [0.02, 0.015, 0.005])
def test_quiet_deleveraging_is_no_credit_stop(spread):
    """Loans dry up at a spread no wider than before: nobody wants them."""
    assert not credit(1, 1, 1, 1, 1, spread=spread).any()


def test_without_two_years_to_compare_with_there_is_no_credit_stop():
    assert not credit(*[0.0] * 6, quarters=2).any()


@pytest.mark.slow
def test_the_crisis_of_a_run_is_any_of_its_three_parts_and_as_early_as_the_first():
    model = Industry(load_world("archetypes-2023q1", {"lab.risk_appetite": 0.9}), worlds=24, rng=3).run(40)
    table = model.record.outcomes(model)
    release(model)
    parts = table[list(crisis.PARTS)].to_numpy()
    assert np.array_equal(table["crisis"], parts.max(axis=1)) and 0 < table["crisis"].mean() < 1
    first = table[[f"{name}_date" for name in crisis.PARTS]].min(axis=1)
    assert np.array_equal(table["crisis_date"].fillna(0), first.fillna(0))
    for name in crisis.EVENTS:
        assert np.array_equal(table[f"{name}_date"].notna(), table[name] > 0)


def test_debt_finances_what_it_would_buy_new_and_no_more_than_is_there():
    """4 GW in service; 90 owed buys 2 at 45 a GW, and 900 more than there is."""
    found = []
    for debt in (90.0, 900.0):
        model = industry(
            opening({"labs": [{}], "clouds": [{}], "lenders": [{}]}, people=wanting(), debt=debt, parameters={"cloud.capex": 45})
        )
        let(model, gw=4.0, rent=10.0)
        found.append(crisis.financed(model).item())
    assert found == [2.0, 4.0]


def test_lenders_bear_losses_with_the_capital_of_their_other_business_too():
    model = industry(opening({"lenders": [{"cash": 7.0, "other_capital": 30.0}]}, people=wanting()))
    assert crisis.lenders_capital(model).item() == 37


@pytest.mark.slow
def test_events_do_not_depend_on_the_worlds_beside():
    models = [Industry(load_world("tutorial"), world_ids=ids, rng=1).run(16) for ids in ((0, 1, 2, 3), (2,))]
    one, two = (outcomes.events(model.record, model) for model in models)
    for name, happens in two.items():
        assert np.array_equal(happens[0], one[name][2])
    for model in models:
        release(model)
