"""What lenders and investors fund of new compute: arrays against one plain object per firm, in plans and at deliveries."""

import numpy as np
import pytest

from abm.compute import deliveries, planning
from abm.model import Industry, release
from abm.shocks import Shock
from agents.world_files.folder import load_world
from tests.marks import mostly_slow
from tests.plain_lenders import PlainCredit

CLOSE = {"rtol": 1e-8, "atol": 1e-8}
WORLDS = 3
STALL = Shock.read({"name": "stall", "at": "2023Q3"})
CASES = {
    "archetypes": ("archetypes-2023q1", {}, {}, ()),
    "real firms": ("industry-2026q3", {}, {}, ()),
    "strict lenders": ("industry-2026q3", {}, {"lender.coverage": [1.0, 2.0, 3.0], "investor.cash_share": [0.01, 0.05, 0.25]}, ()),
    "little credit": (
        "archetypes-2023q1",
        {"lab.risk_appetite": 0.9},
        {"lender.credit_base": [0.0, 1.0, 5.0], "lender.credit_speed": 0.05},
        (),
    ),
    "in a panic": ("archetypes-2023q1", {}, {"contagion.funding": [0, 1, 1], "investor.call_level": [0.4, 0.4, 1.0]}, (STALL,)),
}


def both(function, plain, seen, name):
    """A function that answers as before and notes its own answer beside the plain one, world by world."""

    def answer(industry, *given):
        planned = [plain(PlainCredit(industry, world), world, *given) for world in range(industry.worlds)]
        found = function(industry, *given)
        answers = np.stack(industry.terms[:3], axis=-1) if name == "set_terms" else found
        seen.extend((name, answers[world].copy(), np.array(planned[world])) for world in range(industry.worlds))
        return found

    return answer


def terms(credit, world, view, pairs):
    """Loan over cost, rate and cover of every lender for every owner, by objects."""
    asked, prices = pairs[world].tolist(), view.pair_rent[world].tolist()
    return [[credit.terms(lender, number, asked, prices) for number in range(len(credit.owners))] for lender in credit.lenders]


@pytest.fixture
def seen(monkeypatch):
    """[(question, by arrays, by objects)] of all that is asked from now on."""
    asked = []
    for room, name, plain in (
        (planning, "set_terms", terms),
        (planning, "fundable_part", lambda credit, world, gw: credit.fundable(gw[world].tolist())),
        (deliveries, "offered_loans", lambda credit, world, promised: credit.offers(promised[world].tolist())),
    ):
        monkeypatch.setattr(room, name, both(getattr(room, name), plain, asked, name))
    return asked


def agree(seen, quarters, worlds, more=0):
    """Every answer is the same both ways, and all questions were asked every quarter. more: times terms were set besides"""
    for name in ("set_terms", "fundable_part", "offered_loans"):
        answers = [(arrays, objects) for asked, arrays, objects in seen if asked == name]
        rounds = quarters if name == "offered_loans" else 2 * quarters  # first for all that is wished for, then for what can be built
        assert len(answers) == (rounds + (more if name == "set_terms" else 0)) * worlds
        for arrays, objects in answers:
            assert np.allclose(arrays, objects, **CLOSE), name


def parts(seen, name):
    return np.concatenate([arrays.ravel() for asked, arrays, _ in seen if asked == name])


@pytest.mark.slow
@pytest.mark.parametrize("case", mostly_slow(CASES, ("archetypes", "little credit", "in a panic")))
def test_arrays_and_objects_agree_on_what_lenders_finance_what_investors_fund_and_what_is_lent(seen, case):
    name, overrides, parameters, shocks = CASES[case]
    release(Industry(load_world(name, overrides), worlds=WORLDS, rng=2, parameters=parameters, shocks=shocks).run(6))
    agree(seen, 6, WORLDS, more=1)  # the terms of the opening
    assert parts(seen, "offered_loans").max() > 0  # or the test would show nothing


@pytest.mark.slow
def test_strict_lenders_lend_some_owners_less_and_scarce_money_funds_some_in_part(seen):
    name, overrides, parameters, _ = CASES["strict lenders"]
    release(Industry(load_world(name, overrides), worlds=WORLDS, rng=2, parameters=parameters).run(6))
    agree(seen, 6, WORLDS, more=1)
    lent = np.stack([arrays for asked, arrays, _ in seen if asked == "set_terms"])[..., 0]
    assert ((lent > 0) & (lent < 0.2)).any() and (lent > 0.5).any()
    funded = parts(seen, "fundable_part")
    assert ((funded > 0) & (funded < 1)).any()


@pytest.mark.slow
def test_arrays_and_objects_agree_after_loans_were_repaid_owners_failed_and_credit_stopped(monkeypatch, request):
    bold = {"lab.risk_appetite": 0.9, "lender.capital_ratio": 0.08, "customers.market_size": 400}
    world = load_world("archetypes-2023q1", bold)
    industry = Industry(world, worlds=WORLDS, rng=5, shocks=[Shock.read({"name": "stall", "at": "2027Q3"})]).run(36)
    repaid = (industry.fleet.principal > 0) & (industry.fleet.loan <= 0)
    assert repaid.any() and industry.clouds.reorganised.any() and (industry.sentiment < industry.funds.call_level).any()
    asked = request.getfixturevalue("seen")
    industry.run(6)
    agree(asked, 6, WORLDS)
