"""Deals that a user adds: what is due when, who pays in advance, and what is refused."""

import numpy as np
import pytest

from abm.clock import Quarter
from abm.errors import BadInput
from abm.model import Industry, release
from agents.world_files.deals import AddedDeal, with_deals
from agents.world_files.folder import load_world
from experiments.engine.cases import case_of, resolved
from experiments.engine.design import design
from experiments.engine.question import Question
from experiments.inputs import Inputs, deal_text, read_deal

ROW = {"tenant": "OpenAI", "owner": "Oracle", "gw": 2.0, "price": 12.0, "years": 5.0, "start": "2027Q1"}
VENDOR = {"vendor": "Nvidia", "share": 0.2}
OPENAI = 0


@pytest.fixture(scope="module")
def world():
    return load_world("industry-2026q3")


def dues(opening, quarters):
    """Rent that OpenAI owes under the contracts of the opening, $bn a year, quarter by quarter."""
    industry = Industry(opening, worlds=1)
    found = [float(industry.fleet.rent_due(industry.now + k)[0, OPENAI].sum()) for k in range(quarters)]
    release(industry)
    return np.array(found)


def test_rent_falls_due_for_five_years_from_the_first_delivery(world):
    added = dues(with_deals(world, [AddedDeal.read(ROW, "")]), 24) - dues(world, 24)
    assert added == pytest.approx([0] * 2 + [24] * 20 + [0] * 2)


def test_deliveries_come_evenly_between_two_quarters(world):
    spread = with_deals(world, [AddedDeal.read({**ROW, "start": "2026Q3", "full": "2026Q4"}, "")])
    added = spread.tranches[len(world.tranches) :]
    assert [(str(part.delivery), part.gw, part.rent, part.term) for part in added] == [("2026Q3", 1, 12, 20), ("2026Q4", 1, 12, 20)]


def test_a_vendor_buys_shares_and_the_lab_hands_the_money_on_as_prepayment(world):
    after = with_deals(world, [AddedDeal.read({**ROW, **VENDOR}, "")])
    money = 0.2 * 120
    for kind, name, change in (("vendors", "Nvidia", -money), ("clouds", "Oracle", money)):
        at = world.names[kind].index(name)
        assert after.columns[kind]["cash"][at] - world.columns[kind]["cash"][at] == pytest.approx(change)
    assert after.columns["labs"]["cash"].tolist() == world.columns["labs"]["cash"].tolist()
    value, nvidia = world.columns["labs"]["valuation"][OPENAI], world.rows("vendors").start + world.names["vendors"].index("Nvidia")
    before, now = world.shares["labs"][nvidia, OPENAI], after.shares["labs"][nvidia, OPENAI]
    assert now == pytest.approx((before * value + money) / (value + money))
    assert after.shares["labs"].sum(axis=0) == pytest.approx(np.ones(len(world.names["labs"])))
    assert sum(part.prepaid for part in after.tranches) - sum(part.prepaid for part in world.tranches) == pytest.approx(money)


def test_what_is_prepaid_is_not_paid_again_and_all_books_balance(world):
    deal = {**ROW, **VENDOR, "start": "2026Q3", "owner": "Nebius"}  # with whom it has no other contract
    industry = Industry(with_deals(world, [AddedDeal.read(deal, "")]), worlds=2, parameters={"supply.late": 0.0})
    nebius, at = world.names["clouds"].index("Nebius"), industry.fleet.at(Quarter.parse("2026Q3").index)
    cell = industry.fleet.cell(OPENAI, nebius)
    left = [float(industry.run(1).fleet.prepaid[1, cell, at]) for _ in range(4)]  # every rule is asserted every quarter
    assert left == pytest.approx([18, 12, 6, 0])  # 24 prepaid, 24 a year due
    release(industry)


def test_a_deal_leaves_other_firms_and_the_world_it_came_from_as_they_were(world):
    cash = world.columns["clouds"]["cash"].copy()
    after = with_deals(world, [AddedDeal.read({**ROW, **VENDOR}, "")])
    assert world.columns["clouds"]["cash"].tolist() == cash.tolist()
    assert after.weights is world.weights
    assert after.tranches[: len(world.tranches)] == world.tranches


def test_the_deal_is_listed_among_the_assumptions_of_the_report(world):
    added = with_deals(world, [AddedDeal.read(ROW, "")]).figures[len(world.figures) :]
    first = added[0]
    assert (first.firm, first.key, first.value, first.source) == ("OpenAI", "gw with Oracle from 2027Q1", 2, "set by the user")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tenant": "OpenAl"}, "no lab is called 'OpenAl'; did you mean 'OpenAI'"),
        ({"owner": "Orakel"}, "no cloud is called 'Orakel'; did you mean 'Oracle'"),
        ({"tenant": "entrant 1"}, "does not exist yet"),
        ({"vendor": "Nvidea", "share": 0.1}, "no vendor is called 'Nvidea'; did you mean 'Nvidia'"),
        ({"vendor": "Nvidia"}, "vendor and share belong together"),
        ({"share": 0.1}, "vendor and share belong together"),
        ({"gw": 90, "vendor": "Nvidia", "share": 0.9}, "would pay 4860 .bn in advance"),
        ({"tenant": "Google DeepMind", "vendor": "Nvidia", "share": 0.1}, "belongs wholly to its parent"),
        ({"gw": 0}, "deal.gw = 0"),
        ({"gw": "two"}, "gw = 'two' is not a number"),
        ({"start": "soon"}, "start: "),
        ({"start": "2025Q1"}, "must lie between 2026Q3"),
        ({"full": "2026Q4"}, "full = 2026Q4 is before start = 2027Q1"),
        ({"GW": 2}, "a deal has no 'GW'"),
        ({"start": ""}, "a deal needs 'start'"),
    ],
)
def test_a_deal_that_cannot_be_is_refused_in_one_sentence(world, change, message):
    with pytest.raises(BadInput, match=message):
        with_deals(world, [AddedDeal.read({**ROW, **change}, "--deal")])


def test_the_command_line_says_a_deal_in_one_word():
    row = read_deal("OpenAI,Oracle,gw=2,price=12,years=5,start=2027Q1")
    assert row == ROW
    assert read_deal(deal_text(row)) == row
    for text in ("OpenAI", "OpenAI,gw=2", "OpenAI,Oracle,gw", "OpenAI,Oracle,gw=2,gw=3,start=2027Q1"):
        with pytest.raises(BadInput, match="--deal"):
            read_deal(text)


def test_a_deal_is_an_input_with_an_address_of_its_own():
    plain = Inputs("industry-2026q3", quarters=8)
    added = Inputs("industry-2026q3", quarters=8, deals=(ROW,))
    assert plain.address("files") != added.address("files")
    assert Inputs.of(added.plain()) == added
    assert len(added.opening().tranches) == len(plain.opening().tranches) + 1


def question(**more):
    return Question.read({"question": "?", "world": "industry-2026q3", "outcomes": ["required_ahead"], "quarters": 8, "seeds": 2, **more})


def test_a_question_turns_a_deal_like_any_other_lever():
    asked = question(deals=[{**ROW, "label": "new"}], levers={"deal.new.gw": [1.0, 2.0], "deal.new.start": ["never", "2027Q1"]})
    points = design(asked)
    added = [len(case_of(point.settings).opening.tranches) for point in points]
    assert [added[k] - added[0] for k in range(4)] == [0, 1, 0, 1]
    assert points[1].structure != points[3].structure  # contracts are shared by a batch
    assert points[0].structure == points[2].structure


def test_questions_without_deals_keep_their_folder_and_labels_are_checked():
    assert question().fingerprint == question(deals=[]).fingerprint != question(deals=[ROW]).fingerprint
    assert resolved(question(deals=[ROW]), {})["deal.OpenAI with Oracle.gw"] == 2
    with pytest.raises(BadInput, match="no deal is called 'old'; did you mean 'OpenAI with Oracle'|no deal is called 'old'"):
        design(question(deals=[ROW], levers={"deal.old.gw": [1.0, 2.0]}))
    with pytest.raises(BadInput, match="there are two called"):
        design(question(deals=[ROW, ROW]))
