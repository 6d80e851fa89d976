"""The loss of a named firm: closed forms of what follows at once, and the right sign of what follows later."""

import numpy as np
import pytest

from abm.clock import Quarter
from abm.errors import BadInput
from abm.failure.lapse import move_on, quarters_moved
from abm.model import Industry, release
from abm.shocks import Shock
from abm.start.opening import FIRM_KINDS
from agents.world_files.folder import load_world
from agents.world_files.shipped import shipped_names
from experiments.engine.batches import build, run
from experiments.engine.cases import case_of
from experiments.inputs import Inputs, read_shock, shock_text
from experiments.stories.story import tell

NAMED = "industry-2026q3"
SLOW = pytest.mark.slow
FIRMS = [  # of every kind the first one is lost in the quick suite too
    pytest.param(world, firm, marks=() if firm == names[0] else SLOW)
    for world in shipped_names() for names in load_world(world).names.values() for firm in names
]  # fmt: skip


def loss(firm, at):
    return Shock.read({"name": "loss", "at": at, "firm": firm})


def soon(world, quarters=2):
    return str(load_world(world).start + quarters)


@pytest.mark.parametrize("world, firm", FIRMS)
def test_every_rule_holds_when_any_firm_is_lost(world, firm):
    industry = Industry(load_world(world), worlds=2, rng=3, shocks=[loss(firm, soon(world))]).run(8)  # checks all rules every quarter
    kind = next(kind for kind in FIRM_KINDS if firm in industry.opening.names[kind])
    row = industry.opening.names[kind].index(firm)
    fails = industry.record.series(kind, "fails")[:, 2, row] > 0
    was_there = kind != "labs" or industry.record.series("labs", "alive")[:, 1, row] > 0  # an entrant may have come by then
    assert (fails == was_there).all()
    release(industry)


@pytest.fixture(scope="module")
def twins():
    """{firm: [worlds, quarters, ...] measures of 64 futures} of the named world, the unharmed one under ""."""
    found = {}
    for firm in ("", "OpenAI", "CoreWeave", "Nvidia", "banks", "public market"):
        shocks = [loss(firm, "2027Q3")] if firm else []
        industry = Industry(load_world(NAMED), worlds=64, rng=11, shocks=shocks).run(10)
        series = industry.record.series
        found[firm] = {
            "receipts": series("clouds", "ebitda"),
            "serves": series("labs", "inference_gw").sum(axis=2) + series("labs", "training_gw").sum(axis=2),
            "delivered": series("clouds", "delivered_gw").sum(axis=2),
            "debt": series("clouds", "debt").sum(axis=2),
            "loans": series("lenders", "loans"),
            "sales": series("vendors", "sales"),
            "raised": series("labs", "raised").sum(axis=2),
        }
        release(industry)
    return found


def change(twins, firm, measure, quarters):
    """Mean over futures and quarters with the loss over that without it, less 1."""
    with_loss, without = (twins[name][measure][:, quarters].mean() for name in (firm, ""))
    return with_loss / without - 1


AFTER = slice(4, 10)  # from the quarter of the loss on
CLOSED = slice(4, 6)  # nobody has taken over an owner yet


@pytest.mark.slow
def test_nothing_differs_before_the_loss(twins):
    for firm in twins:
        assert all((twins[firm][measure][:, :4] == twins[""][measure][:, :4]).all() for measure in twins[""])


@pytest.mark.slow
def test_the_loss_of_a_leading_lab_lowers_what_its_landlords_receive(twins):
    names = load_world(NAMED).names["clouds"]
    for landlord in ("Microsoft", "Oracle"):
        receipts, usual = (twins[firm]["receipts"][:, 5:, names.index(landlord)].mean() for firm in ("OpenAI", ""))
        assert receipts < 0.95 * usual, landlord


@pytest.mark.slow
def test_the_loss_of_an_owner_lowers_what_serves_until_somebody_takes_over(twins):
    assert -0.15 < change(twins, "CoreWeave", "serves", CLOSED) < -0.03
    closed, later = (change(twins, "CoreWeave", "serves", quarters) for quarters in (CLOSED, slice(7, 10)))
    assert abs(later) < abs(closed) / 2
    coreweave = load_world(NAMED).names["clouds"].index("CoreWeave")
    assert (twins["CoreWeave"]["receipts"][:, CLOSED, coreweave] == 0).all()
    assert (twins["CoreWeave"]["receipts"][:, 6:, coreweave] > 0).all()


@pytest.mark.slow
def test_the_loss_of_the_largest_vendor_lowers_deliveries_until_a_successor_delivers(twins):
    assert -0.9 < change(twins, "Nvidia", "delivered", slice(4, 8)) < -0.4
    nvidia = load_world(NAMED).names["vendors"].index("Nvidia")
    sales = twins["Nvidia"]["sales"][..., nvidia]
    assert (sales[:, 4:8] == 0).all() and (sales[:, 8:] > 0).all()
    assert change(twins, "Nvidia", "delivered", slice(8, 10)) > change(twins, "Nvidia", "delivered", slice(4, 8)) + 0.1


@pytest.mark.slow
def test_the_loss_of_banks_lowers_loans_to_owners(twins):
    assert -0.3 < change(twins, "banks", "debt", slice(7, 10)) < -0.02
    banks = load_world(NAMED).names["lenders"].index("banks")
    called = twins["banks"]["loans"][:, 9, banks] / np.maximum(1e-9, twins["banks"]["loans"][:, 3, banks])
    assert (called < 0.1).all()


@pytest.mark.slow
def test_the_loss_of_the_largest_investor_shrinks_rounds(twins):
    assert -0.3 < change(twins, "public market", "raised", slice(4, 8)) < -0.02


def test_nobody_pays_into_a_lab_that_is_lost_and_its_estate_pays_its_landlords():
    industry = Industry(load_world(NAMED), worlds=4, rng=2, shocks=[loss("OpenAI", "2027Q1")]).run(3)
    lab, flows = industry.rows["labs"].start + industry.opening.names["labs"].index("OpenAI"), industry.ledger.flows
    assert (flows["lab_equity"][:, lab] == 0).all()
    claimed = -flows["termination"][:, lab]
    assert (claimed > 0).all() and np.allclose(flows["termination"][:, industry.rows["clouds"]].sum(axis=1), claimed)


def test_a_block_moves_on_by_the_quarters_nobody_delivers():
    amounts = np.array([[1.0, 2.0, 4.0, 0.0, 0.0], [1.0, 2.0, 4.0, 0.0, 0.0]])
    move_on(amounts, np.array([[1.0], [0.5]]), quarters_moved(np.array([1.5, 2.0])))
    assert amounts[0].tolist() == [0, 0.5, 1.5, 3, 2]  # half by one quarter, half by two
    assert amounts[1].tolist() == [0.5, 1, 2.5, 1, 2]
    late = np.array([[0.0, 1.0, 2.0]])
    move_on(late, np.ones((1, 1)), quarters_moved(np.array([2.0])))
    assert late.tolist() == [[0, 0, 3]]  # what would leave the axis waits in its last quarter


def test_a_wait_of_no_quarters_costs_no_service():
    soon_again = {"takeover.owner": 0.0}
    shocks = [loss("CoreWeave", "2027Q1")]
    lost = Industry(load_world(NAMED), worlds=2, rng=1, shocks=shocks, parameters=soon_again).run(4)
    twin = Industry(load_world(NAMED), worlds=2, rng=1, parameters=soon_again).run(4)
    assert (lost.record.series("labs", "inference_gw")[:, 2] == twin.record.series("labs", "inference_gw")[:, 2]).all()
    assert lost.record.series("clouds", "fails")[:, 2].sum() == 2


@pytest.mark.parametrize(
    "kind, firm", [("labs", "Lab"), ("clouds", "Cloud"), ("vendors", "Vendor"), ("lenders", "Bank"), ("investors", "Fund")]
)
def test_who_is_gone_already_cannot_be_lost_again(kind, firm):
    once, twice = (
        Industry(load_world("tutorial"), worlds=2, rng=1, shocks=[loss(firm, at) for at in dates]).run(7)
        for dates in (["2026Q3"], ["2026Q3", "2026Q4"])
    )
    assert (once.record.series(kind, "fails") == twice.record.series(kind, "fails")).all()
    assert (once.record.series("labs", "cash") == twice.record.series("labs", "cash")).all()


def test_an_investor_s_money_is_gone_and_its_stakes_are_others():
    industry = Industry(load_world(NAMED), worlds=2, rng=1, shocks=[loss("public market", "2026Q4")]).run(3)
    row = industry.opening.names["investors"].index("public market")
    at = industry.rows["investors"].start + row
    assert np.abs(industry.investors.cash[:, row]).max() < 1e-9 and np.abs(industry.cap.shares[:, at]).max() == 0
    assert np.allclose(industry.investors.saving_weight.sum(axis=1), 1) and (industry.investors.saving_weight[:, row] == 0).all()


@pytest.mark.slow
def test_worlds_of_a_batch_lose_their_own_firm_as_they_would_alone():
    base = {"world": NAMED, "quarters": 6.0, "shock.loss.name": "loss", "shock.loss.at": "2026Q4"}
    cases = [{**base, "shock.loss.firm": firm} for firm in ("OpenAI", "Oracle", "Nvidia", "banks", "public market", "entrant 1")]
    together = run(cases, [7] * len(cases), 5)
    assert not any(together.failures)
    for row, case in enumerate(cases):
        alone = run([case], [7], 5)
        assert all(alone.values[name][0] == values[row] or np.isnan(values[row]) for name, values in together.values.items()), case
    industry = build(cases, [7] * len(cases), 5)
    assert len({case_of(case).structure for case in cases}) == 1
    release(industry)


def test_a_firm_that_the_world_does_not_have_is_refused_everywhere():
    with pytest.raises(BadInput, match="did you mean 'OpenAI'"):
        Industry(load_world(NAMED), shocks=[loss("OpenAi", "2027Q1")])
    with pytest.raises(BadInput, match="--shock loss: no firm is called 'Quux'; the nearest are "):
        Inputs(NAMED, quarters=4, shocks=(read_shock("loss@2026Q4,firm=Quux"),)).opening()
    with pytest.raises(BadInput, match="shock 'loss': loss: no firm"):
        case_of({"world": NAMED, "quarters": 4.0, "shock.loss.name": "loss", "shock.loss.at": "2026Q4", "shock.loss.firm": "Oracel"})
    for row, words in (({}, "loss.firm is missing"), ({"firm": 3.0}, "is not a name")):
        with pytest.raises(BadInput, match=words):
            Shock.read({"name": "loss", "at": "2027Q1", **row})


def test_a_loss_can_be_written_and_read():
    row = read_shock("loss@2028Q1,firm=sovereign funds and SoftBank")
    assert row == {"name": "loss", "at": "2028Q1", "firm": "sovereign funds and SoftBank"} and read_shock(shock_text(row)) == row
    assert Shock("loss", Quarter.parse("2028Q1"), {"firm": "OpenAI"}).values["firm"] == "OpenAI"


@pytest.mark.parametrize(
    "firm, words",
    [
        ("OpenAI", ("takes OpenAI away: it fails with the bills of this quarter", "OpenAI fails because the experiment says so")),
        ("CoreWeave", ("serve nobody and earn nothing", "CoreWeave fails because the experiment says so, and its creditors take over")),
        ("Nvidia", ("a successor, which delivers in 4 quarters",)),
        ("banks", ("calls its loans over 6 quarters", "banks can lend no more, because the experiment says so")),
        ("public market", ("its stakes pass to other investors",)),
        ("entrant 1", ("nothing happens, because it is gone already",)),
    ],
)
def test_the_story_says_who_is_lost_and_what_follows(firm, words):
    nobody_new = {"entry.rate": 0.0}  # or the first entrant might be there by then
    industry = Industry(load_world(NAMED), rng=2, parameters=nobody_new, shocks=[loss(firm, "2027Q1")], journal=True).run(4)
    told = " ".join(event.text for event in tell(industry) if str(event.quarter) == "2027Q1")
    assert all(part in told for part in words), told
