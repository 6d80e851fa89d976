"""Limits on how much of a book may hang on one name: rents on a lab, loans on an owner or on a lab."""

import numpy as np
import pytest

from abm.compute.planning import look_ahead
from abm.finance.concentration import book_of_loans, borrowers_part, look_through_part, new_loans, part_within, tenants_room
from abm.model import Industry
from abm.start.opening import Tranche
from agents.world_files.folder import load_world
from tests.worlds import industry, opening, wanting

START = opening({}).start


def held(model):
    """All compute by tenant, owner and vintage."""
    return model.fleet.cells.table(model.fleet.gw)


def sector(debt=((30.0, 10.0),), mix=((1.0,), (1.0,)), worlds=3, value=0.5, **parameters):
    """Two labs, two owners with 1 GW each let to the lab of the same number at 12 a year; loans over half of the cost of 50 a GW."""
    firms = {
        "labs": [{"cash": 0.0, "revenue": 10.0}] * 2,
        "clouds": [{"cash": 100.0, "loan_to_value": value, "accounting_life": 5.0}] * 2,
        "vendors": [{"slots_gw": 1.0}],
        "investors": [{"cash": 100.0}],
        "lenders": [{"cash": 20.0}] * len(debt),
    }
    running = tuple(Tranche(n, n, START - 1, 1.0, 12.0, 20) for n in (0, 1))
    given = opening(firms, people=wanting(None), tranches=running, parameters=parameters)
    given.debt[...] = debt
    given.lender_mix[...] = mix
    return industry(given, worlds=worlds)


def test_what_is_asked_for_is_cut_to_the_room_there_is():
    room, new = np.array([5.0, 20.0, -1.0, 0.0]), np.array([10.0, 10.0, 10.0, 0.0])
    assert part_within(room, new).tolist() == [0.5, 1, 0, 1]


def test_a_lender_counts_what_its_borrowers_will_draw():
    model = sector()
    assert book_of_loans(model)[0].tolist() == [[30, 10]]
    model.fleet.make_room(np.array([[False, True], [False, False]]))
    model.fleet.gw[:, model.fleet.cell(0, 1), model.fleet.at(model.now + 3)] += 2.0
    model.fleet.facility[:, 0, 1, model.fleet.at(model.now + 3)] += 0.5 * 50 * 2
    model.fleet.look_again()
    model.fleet.changed()
    assert book_of_loans(model)[0].tolist() == [[30, 10 + 0.5 * 50 * 2]]
    assert new_loans(model, np.array([[0.4, 0.0]] * 3))[0].tolist() == [[10, 0]]


def test_without_a_limit_everything_is_left():
    model = sector()
    assert (borrowers_part(model, np.ones((3, 2))) == 1).all()
    assert (look_through_part(model, look_ahead(model), np.ones((3, 2, 2))) == 1).all()


@pytest.mark.parametrize(
    ("limit", "parts"), [(0.9, [1.0, 1.0]), (0.6, [0.6, 1.0]), (0.5, [0.0, 1.0]), (0.25, [0.0, 0.5]), (0.15, [0.0, 0.0])]
)
def test_a_lender_with_30_and_10_at_two_owners_lends_within_its_limit(limit, parts):
    """Both ask for a loan of 10, which makes a book of 60; at 0.6 of it, 36, the first has room for 6 of its 10."""
    model = sector(**{"lender.borrower_limit": limit})
    assert borrowers_part(model, np.array([[0.4, 0.4]] * 3)) == pytest.approx(np.array([parts] * 3))


def test_the_strictest_of_an_owners_lenders_decides_and_who_lends_it_nothing_has_no_say():
    """Both ask for 10. At 0.75 the first lender, 30 and 0, is full of the one owner, and the second, 0 and 40, of the other."""
    full = {"debt": ((30.0, 0.0), (0.0, 40.0)), "lender.borrower_limit": 0.75}
    asked = np.array([[0.4, 0.4]] * 3)
    assert borrowers_part(sector(mix=((0.5, 0.5), (0.5, 0.5)), **full), asked)[0].tolist() == [0, 0]
    assert borrowers_part(sector(mix=((0.0, 1.0), (1.0, 0.0)), **full), asked)[0].tolist() == [1, 1]


def test_compute_without_loans_meets_no_limit_of_lenders():
    model = sector(value=0.0, **{"lender.borrower_limit": 0.05, "lender.tenant_limit": 0.05})
    assert (borrowers_part(model, np.ones((3, 2))) == 1).all()
    assert (look_through_part(model, look_ahead(model), np.ones((3, 2, 2))) == 1).all()


@pytest.mark.parametrize(("limit", "parts"), [(0.9, [1.0, 1.0]), (0.65, [0.5, 1.0]), (0.6, [0.0, 1.0]), (0.25, [0.0, 0.5])])
def test_a_loan_hangs_on_the_lab_that_rents_what_it_pays_for(limit, parts):
    """Loans of 30 and 10 hang on a lab each. Each asks the second owner for 0.2 GW, a loan of 5: at 0.65 of 50 the first has 2.5 left."""
    model = sector(**{"lender.tenant_limit": limit})
    pairs = np.zeros((3, 2, 2))
    pairs[:, :, 1] = 0.2
    assert look_through_part(model, look_ahead(model), pairs)[:, :, 1] == pytest.approx(np.array([parts] * 3))


def test_what_outside_tenants_rent_hangs_on_nobody():
    """With 12 a year of other rent half of the first loan, 15, hangs on the first lab: at 0.35 of 50 there is room for 2.5."""
    model = sector(**{"lender.tenant_limit": 0.35})
    model.clouds.put(outside_rent=np.array([12.0, 0.0]))
    pairs = np.zeros((3, 2, 2))
    pairs[:, 0, 1] = pairs[:, 1, 1] = 0.2
    assert look_through_part(model, look_ahead(model), pairs)[:, 0, 1] == pytest.approx([0.5] * 3)


def test_an_owners_own_limit_is_on_the_rents_of_one_lab():
    """A rent of 12 stands, both labs ask for a GW at 10: half of 32 leaves the tenant 4, or 0.4 GW, and the other lab 16."""
    model = sector(**{"cloud.concentration_limit": 0.5})
    model.clouds.put(contract_price=10.0)
    room = tenants_room(model, look_ahead(model), np.ones((3, 2, 2)))
    assert room[0, :, 0] == pytest.approx([0.4, 1.6])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lender.borrower_limit", "lender.tenant_limit", "cloud.concentration_limit"])
def test_a_limit_binds_in_its_own_world_and_leaves_a_neighbour_as_it_was(name):
    world = load_world("industry-2026q3")
    plain = Industry(world, worlds=2, rng=3).run(6)
    mixed = Industry(world, worlds=2, rng=3, parameters={name: [1.0, 0.05]}).run(6)
    strict = Industry(world, world_ids=[1], rng=3, parameters={name: 0.05}).run(6)
    assert (held(mixed)[0] == held(plain)[0]).all()
    assert (held(mixed)[1] == held(strict)[0]).all()
    assert held(mixed)[1].sum() < held(plain)[1].sum()
