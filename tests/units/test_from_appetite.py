"""What follows from an appetite besides the quantile: nothing changes at the middling one, the rest by a slope [model.md 4]."""

import numpy as np
import pytest
from scipy.special import ndtri

from abm.compute import signing
from abm.compute.chips import build_capacity, growth_by_appetite, learn_orders
from abm.finance.lending import most_lent
from abm.model import Industry, release
from agents.world_files.folder import load_world
from agents.world_files.shipped import SHIPPED


def world(tmp_path, **appetites):
    """The tutorial world in which firms of a kind, by the name of their table, have another appetite."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for file in (SHIPPED / "tutorial").iterdir():
        text = file.read_text(encoding="utf-8")
        for kind, appetite in appetites.items():
            text = text.replace(f"[[{kind}]]\n", f"[[{kind}]]\nrisk_appetite = {appetite}\n")
        lines = text.splitlines()
        kept = [line for n, line in enumerate(lines) if not (line.startswith("risk_appetite") and _twice(lines, n))]
        (folder / file.name).write_text("\n".join(kept) + "\n", encoding="utf-8")
    return load_world(folder)


def _twice(lines, number):
    """Whether the table has said its appetite in a line before."""
    start = max(n for n in range(number + 1) if lines[n].startswith("[") or n == 0)
    return any(line.startswith("risk_appetite") for line in lines[start:number])


@pytest.fixture
def opened():
    models = []

    def model(given, **options):
        models.append(Industry(given, worlds=2, rng=1, **options))
        return models[-1]

    yield model
    for each in models:
        release(each)


def test_a_vendor_s_budget_follows_its_appetite_up_to_all_its_cash(tmp_path, opened):
    vendors = opened(world(tmp_path, vendors=0.25)).vendors
    assert vendors.finance_budget(vendors[0].model.chips, np.full((2, 1), 1e6)) == pytest.approx(0.3 * vendors.cash)
    vendors.put(risk_appetite=0.95)
    assert vendors.finance_budget(vendors[0].model.chips, np.full((2, 1), 1e6)) == pytest.approx(vendors.cash)


def test_a_vendor_funds_the_usual_part_of_a_down_payment_at_middling_appetite_and_never_more_than_all(opened):
    model = opened(load_world("tutorial"))
    for appetite, part in ((0.1, 0.1), (0.5, 0.5), (0.9, 0.9)):
        model.vendors.put(risk_appetite=appetite)
        assert model.vendors.part_offered(model.chips) == pytest.approx(part)
    model.chips.circular_intensity[...] = 0.8
    assert model.vendors.part_offered(model.chips) == pytest.approx(1)


def test_what_a_vendor_dares_adds_to_the_growth_of_its_slots_what_its_quantile_lies_above_the_median(tmp_path, opened):
    model = opened(world(tmp_path, vendors=0.25), parameters={"cone.stall_belief": 0.0})
    quarters = 6 + 4 - 4  # the lag and four watched quarters from now, of which four are fixed
    assert growth_by_appetite(model) == pytest.approx(np.exp(0.3575 * ndtri(0.25)) ** (1 / quarters) - 1)
    model.vendors.put(risk_appetite=0.5)
    assert growth_by_appetite(model) == pytest.approx(0)


def test_capacity_follows_utilisation_faster_where_a_vendor_dares_more_and_never_faster_than_the_world_can(opened):
    model, growth = opened(load_world("tutorial")), []
    for appetite in (0.1, 0.5, 0.9):
        model.vendors.put(risk_appetite=appetite, utilisation=0.5)
        growth.append(model.vendors.slot_growth(0.22, -0.06, 0.5, 0.4, growth_by_appetite(model))[0, 0])
    assert growth[0] == -0.06 and growth[1] == pytest.approx(0) and 0 < growth[2] < 0.22
    model.vendors.put(utilisation=0.95)
    assert model.vendors.slot_growth(0.22, -0.06, 0.5, 0.4, growth_by_appetite(model)) == pytest.approx(0.22)


def test_a_vendor_learns_orders_as_labs_learn_revenue(opened):
    model = opened(load_world("tutorial"))
    model.vendors.put(orders=1.0, order_growth=0.8)
    learn_orders(model.vendors, np.full((2, 1), 2.0), model.cone)
    assert model.vendors.orders == pytest.approx(0.75 + 0.5)
    assert model.vendors.order_growth == pytest.approx(0.75 * 0.8 + 0.25 * 4 * np.log(1.25))


def test_capacity_shrinks_where_nothing_is_booked_whatever_is_dared(opened):
    model = opened(load_world("tutorial"))
    model.vendors.put(risk_appetite=0.9)
    model.orders.booked[...] = 0
    build_capacity(model, np.full((2, 1), 50.0))
    ahead = model.chips.known + 1
    assert (model.orders.slots[..., ahead] < model.orders.slots[..., ahead - 1]).all()


def test_an_investor_that_dares_little_keeps_cash_and_extrapolates_little(tmp_path, opened):
    model = opened(world(tmp_path, investors=0.2))
    part = (1 - 0.6 * 0.8) / (1 - 0.6 * 0.5)
    assert model.investors.free_share(model.funds) == pytest.approx(part)
    assert model.investors.on_offer(0, model.funds) == pytest.approx(0.25 * part * model.investors.cash)
    assert (model.investors.extrapolation(model.funds) == 0).all()


def test_a_bold_lender_lends_more_against_a_block_and_asks_less(tmp_path, opened):
    timid = opened(world(tmp_path, lenders=0.1))
    assert timid.lenders.most_lent(timid.lending) == pytest.approx(0.75 * (1 - 0.5 * 0.4))
    assert most_lent(timid) == pytest.approx(0.6)  # the owner seeks more
    assert timid.lenders.base_rate(timid.lending) == pytest.approx(0.08 + 0.03 * 0.4)


def test_lenders_share_what_an_owner_seeks_by_what_they_would_lend(opened):
    model = opened(load_world("archetypes-2023q1"))
    model.lenders.put(risk_appetite=[[0.9, 0.5]])
    model.clouds.put(loan_to_value=0.66)
    assert most_lent(model)[0, :, 0] == pytest.approx([0.9 * 0.8, 0.75 * 0.8])  # half of each, 0.825 on offer
    model.clouds.put(loan_to_value=0.9)
    assert most_lent(model)[0, :, 0] == pytest.approx([0.9, 0.75])


def test_an_owner_builds_without_a_tenant_as_far_as_it_dares_more_than_even(tmp_path):
    assert world(tmp_path, clouds=0.8).columns["clouds"]["speculative_share"] == pytest.approx([0.3])


def test_nobody_builds_on_speculation_what_nobody_funds(monkeypatch):
    """Investors offer 3 % of their cash a quarter, so their money decides: what owners call for at signing they get."""
    missing = []
    call = signing.call_equity

    def counted(industry, gap):
        got = call(industry, gap)
        missing.append((gap - got).max())
        return got

    monkeypatch.setattr(signing, "call_equity", counted)
    model = Industry(load_world("archetypes-2023q1"), worlds=3, rng=1, parameters={"investor.cash_share": 0.03})
    model.clouds.put(speculative_share=0.4)
    model.run(12)
    release(model)
    assert max(missing) < 1e-9


def test_at_middling_appetite_everybody_does_what_the_common_parameters_say(opened):
    model = opened(load_world("tutorial"))
    for firms in (model.investors, model.lenders, model.vendors):
        firms.put(risk_appetite=0.5)
    assert model.investors.free_share(model.funds) == pytest.approx(1)
    assert model.investors.extrapolation(model.funds) == pytest.approx(model.funds.market_extrapolation)
    assert model.lenders.base_rate(model.lending) == pytest.approx(model.lending.rate)
    assert model.lenders.most_lent(model.lending) == pytest.approx(0.75)
    assert model.vendors.part_offered(model.chips) == pytest.approx(model.chips.circular_intensity)


def test_a_world_in_which_everybody_is_bold_keeps_every_rule(tmp_path, opened):
    opened(world(tmp_path, vendors=0.7, investors=0.6, lenders=0.8, clouds=0.7)).run(24)
