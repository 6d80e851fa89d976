"""Each kind of agent acts at its own quantile: a bolder one does more, from the quarter in which it is made so [model.md 4].

Paired experiments: the same futures, in which one firm, or all enterprises, have another appetite from the ninth quarter on.
"""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from abm.books.vintages import over_vintages
from abm.finance.lending import loan_over_cost
from abm.model import Industry, release
from agents.customer import EnterpriseCustomer
from agents.customer_adoption import DEPLOYED
from agents.world_files.folder import load_world
from tests.marks import mostly_slow

LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)
CALM, AFTER, FUTURES = 8, 16, 4
FIRMS = {"labs": "follower", "clouds": "cloud A", "vendors": "chip vendor", "lenders": "bank", "investors": "momentum"}


class Done:
    """What a firm of each kind did since it was made bold, mean of the futures."""

    def __init__(self):
        self.ordered = self.given = self.slots = self.put_in = 0.0

    def note(self, model):
        """Add a quarter."""
        flows = model.ledger.flows
        self.ordered += model.labs["follower"].ordered_gw.mean()
        self.given -= flows["vendor_equity"][:, model.rows["vendors"]].sum() / FUTURES
        self.slots += model.orders.slots[:, 0, model.chips.known + 2].mean()
        first = model.rows["investors"].start
        self.put_in -= sum(flows[flow][:, first].mean() for flow in ("cloud_equity", "lab_equity", "vendor_equity"))

    def of(self, kind, model):
        """{what: how much} a kind is judged by."""
        enterprises = model.customers.stage[:, : model.buyers.enterprises]
        return {
            "labs": lambda: {"GW ordered": self.ordered},
            "clouds": lambda: {"GW owned": over_vintages(model.fleet.owned(slice(None)))[:, 0].mean()},
            "vendors": lambda: {"equity in customers": self.given, "slots": self.slots},
            "lenders": lambda: {"loans": model.fleet.loans()[:, 0].sum(axis=1).mean()},
            "investors": lambda: {"equity bought": self.put_in},
            "customers": lambda: {"deployed": (enterprises == DEPLOYED).sum(axis=1).mean()},
        }[kind]()


def embolden(model, kind, appetite):
    """Set the attribute of one firm, or of all enterprises, as a user does."""
    if kind == "customers":
        for enterprise in model.agents_by_type[EnterpriseCustomer]:
            enterprise.risk_appetite = appetite
    else:
        getattr(model, kind)[FIRMS[kind]].risk_appetite = appetite


def after(kind, appetite, quarters=AFTER):
    """What the kind did in the quarters after it was given an appetite; None leaves it as it was."""
    model, done = Industry(load_world("archetypes-2023q1"), worlds=FUTURES, rng=1, panel=False).run(CALM), Done()
    if appetite is not None:
        embolden(model, kind, appetite)
    for _ in range(quarters):
        model.step()
        done.note(model)
    found, books = done.of(kind, model), model.ledger.balances["cash"].tobytes() + model.customers.spend.tobytes()
    release(model)
    return found, books


@cache
def untouched():
    """The books after three quarters in which nobody was given an appetite."""
    return after("labs", None, quarters=3)[1]


# part by which a firm of appetite .9 does more than the same firm at .1, at least
SIZES = {
    "labs": {"GW ordered": 0.5},
    "clouds": {"GW owned": 0.2},
    "vendors": {"equity in customers": 5.0, "slots": 0.2},
    "lenders": {"loans": 0.2},
    "investors": {"equity bought": 0.3},
    "customers": {"deployed": 0.3},
}


@pytest.mark.parametrize("kind", mostly_slow(SIZES, ("vendors",)))
def test_the_bolder_the_more_at_every_level_and_by_a_size_that_matters(kind):
    paths = [after(kind, appetite)[0] for appetite in LEVELS]
    for what, least in SIZES[kind].items():
        path = [found[what] for found in paths]
        assert all(low < high for low, high in pairwise(path)), (what, path)
        assert path[-1] / path[0] - 1 > least, (what, path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", mostly_slow(SIZES, ("customers",)))
def test_an_appetite_set_during_a_run_acts_and_the_present_one_changes_nothing(kind):
    if kind != "customers":
        model = Industry(load_world("archetypes-2023q1"), worlds=1, rng=1)
        present = getattr(model, kind)[FIRMS[kind]].risk_appetite
        release(model)
        assert after(kind, present, quarters=3)[1] == untouched()
    assert after(kind, 0.15, quarters=3)[1] != untouched()
    assert after(kind, 0.95, quarters=3)[1] != untouched()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in SIZES if kind != "customers"])
def test_at_the_opening_too_the_bolder_does_more(kind):
    paths = []
    for appetite in (0.1, 0.5, 0.9):
        given = load_world("archetypes-2023q1", {f"{kind.removesuffix('s')}.{FIRMS[kind]}.risk_appetite": appetite})
        model, done = Industry(given, worlds=FUTURES, rng=1, panel=False), Done()
        for _ in range(AFTER):
            model.step()
            done.note(model)
        paths.append(done.of(kind, model))
        release(model)
    for what in SIZES[kind]:
        assert paths[0][what] < paths[1][what] < paths[2][what], (what, paths)


def deployed_after(quarters, **parameters):
    """Part of the enterprises that have deployed since the opening, and the model."""
    settings = {f"customers.{name}": value for name, value in parameters.items()}
    model = Industry(load_world("archetypes-2023q1"), worlds=FUTURES, rng=1, panel=False, parameters=settings).run(quarters)
    part = (model.customers.stage[:, : model.buyers.enterprises] == DEPLOYED).mean()
    release(model)
    return part


@pytest.mark.slow
def test_customers_born_bolder_adopt_earlier():
    path = [deployed_after(12, appetite_low=appetite - 0.02, appetite_high=appetite) for appetite in LEVELS]
    assert all(low < high for low, high in pairwise(path))
    assert path[-1] / path[0] - 1 > 0.15


@pytest.mark.slow
def test_within_one_run_the_bold_adopt_before_the_timid():
    model = Industry(load_world("archetypes-2023q1"), worlds=24, rng=1, panel=False)
    people, split = model.customers, model.buyers.enterprises
    waiting = people.stage[:, :split] != DEPLOYED
    model.run(16)
    bold, timid = people.risk_appetite[:, :split] > 0.7, people.risk_appetite[:, :split] < 0.3
    done = people.stage[:, :split] == DEPLOYED
    release(model)
    assert done[waiting & bold].mean() > 1.5 * done[waiting & timid].mean()


def test_what_follows_from_an_appetite_keeps_in_step_and_a_number_set_by_hand_stays():
    model = Industry(load_world("tutorial"), worlds=2, rng=1)
    cloud, lab = model.clouds["Cloud"], model.labs["Lab"]
    model.clouds.put(speculative_share=0.3)
    model.step()
    assert (model.clouds.speculative_share == 0.3).all()
    cloud.risk_appetite, lab.risk_appetite = 0.9, 0.8
    model.step()
    assert model.clouds.loan_to_value == pytest.approx(0.5 + 0.4 * 0.9)
    assert model.clouds.speculative_share == pytest.approx(0.4)
    assert (model.clouds.accounting_life == 6).all()  # the file says so
    assert (model.labs.extrapolation == 0).all()  # how bold a lab is says nothing of what it believes
    release(model)


def test_a_customer_made_bold_sees_value_sooner_and_relies_more_on_one_lab():
    model = Industry(load_world("archetypes-2023q1"), worlds=2, rng=1).run(1)
    people = model.customers
    both = np.nonzero((people.main_share < 1).all(axis=0))[0][0]
    enterprise = model.agents_by_type[EnterpriseCustomer][int(both)]
    enterprise.risk_appetite = 0.5
    model.step()
    assert people.readiness[:, both] == pytest.approx(people.usefulness[:, both])
    assert people.main_share[:, both] == pytest.approx(0.75)
    release(model)


@pytest.mark.slow
def test_a_wish_for_compute_that_nobody_can_fund_does_not_make_credit_scarce():
    """All labs want much more at .9 than at .5; what lenders lend of the cost of a GW hardly moves."""
    lent, wanted = [], []
    for appetite in (0.5, 0.9):
        model = Industry(load_world("archetypes-2023q1"), worlds=FUTURES, rng=1, panel=False).run(CALM)
        for name in model.labs.names:
            model.labs[name].risk_appetite = appetite
        model.step()
        lent.append(loan_over_cost(model).mean())
        wanted.append(model.labs.wanted_gw.sum(axis=1).mean())
        release(model)
    assert wanted[1] > 1.5 * wanted[0]
    assert lent[1] > 0.9 * lent[0]
