"""What follows from an appetite where a world file writes `from_appetite = true`, and from nothing else [model.md 4, 26.19]."""

import numpy as np
import pytest
from scipy.special import ndtri

from abm import signing
from abm.markets.chips import build_capacity, growth_by_appetite, learn_orders
from abm.markets.lending import most_lent
from abm.model import Industry, release
from agents.world_file import SHIPPED, load_world


def world(tmp_path, **appetites):
    """The tutorial world in which firms of a kind, by the name of their table, have an appetite that sets the rest."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for file in (SHIPPED / "tutorial").iterdir():
        text = file.read_text(encoding="utf-8")
        for kind, appetite in appetites.items():
            text = text.replace(f"[[{kind}]]\n", f"[[{kind}]]\nfrom_appetite = true\nrisk_appetite = {appetite}\n")
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


def expecting(model, orders, growth, slots):
    """The model's vendors see these orders (GW a quarter, ln a year) and have these slots for sure, GW a quarter."""
    model.vendors.put(orders=orders, order_growth=growth)
    model.orders.slots[..., model.chips.known] = slots
    return growth_by_appetite(model)


def test_a_vendor_builds_towards_its_own_quantile_of_the_orders_of_a_year_on(tmp_path, opened):
    model = opened(world(tmp_path, vendors=0.25), parameters={"cone.stall_belief": 0.0})
    lasting, quarters = np.log(1.5), 6 + 4 - 4  # the lag and four watched quarters from now, of which four are fixed
    target = 2 * np.exp(lasting + 0.3575 * ndtri(0.25))
    assert expecting(model, 2.0, lasting, 2.5) == pytest.approx((target / 2.5) ** (1 / quarters) - 1)


def test_the_bolder_the_vendor_the_more_it_builds_and_never_faster_than_the_world_can(tmp_path, opened):
    model = opened(world(tmp_path, vendors=0.5))
    growth = []
    for appetite in (0.1, 0.5, 0.9):
        model.vendors.put(risk_appetite=appetite)
        growth.append(expecting(model, 2.0, 0.4, 2.5)[0, 0])
    assert growth == sorted(growth) and len(set(growth)) == 3
    assert expecting(model, 50.0, 0.4, 2.5) == pytest.approx(0.22)
    assert expecting(model, 0.0, 0.4, 2.5) == pytest.approx(-0.06)


def test_a_vendor_learns_orders_as_labs_learn_revenue(opened):
    model = opened(load_world("tutorial"))
    model.vendors.put(orders=1.0, order_growth=0.8)
    learn_orders(model.vendors, np.full((2, 1), 2.0), model.cone)
    assert model.vendors.orders == pytest.approx(0.75 + 0.5)
    assert model.vendors.order_growth == pytest.approx(0.75 * 0.8 + 0.25 * 4 * np.log(1.25))


def test_capacity_follows_utilisation_unless_the_file_says_otherwise(tmp_path, opened):
    usual, mapped = opened(load_world("tutorial")), opened(world(tmp_path, vendors=0.9))
    for model in (usual, mapped):
        model.orders.booked[...] = 0
        build_capacity(model, np.full((2, 1), 50.0))  # nothing is booked, much is asked
    ahead = usual.chips.known + 1
    assert (usual.orders.slots[..., ahead] < usual.orders.slots[..., ahead - 1]).all()
    assert (mapped.orders.slots[..., ahead] >= mapped.orders.slots[..., ahead - 1]).all()


def test_an_investor_that_dares_little_keeps_cash_and_extrapolates_little(tmp_path, opened):
    model = opened(world(tmp_path, investors=0.2))
    assert model.investors.free_share(model.funds) == pytest.approx(1 - 0.6 * 0.8)
    assert model.investors.on_offer(0, model.funds) == pytest.approx(0.25 * (1 - 0.6 * 0.8) * model.investors.cash)
    assert (model.investors.extrapolation(model.funds) == 0.2).all()


def test_a_bold_lender_lends_more_against_a_block_and_asks_less(tmp_path, opened):
    bold = opened(world(tmp_path, lenders=0.5))
    assert bold.lenders.most_lent(bold.lending) == pytest.approx(0.7)
    assert most_lent(bold) == pytest.approx(0.7)  # the owner seeks 0.75
    assert bold.lenders.base_rate(bold.lending) == pytest.approx(0.08 - 0.02 + 0.05 - 0.03 * 0.5)


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


def test_without_the_word_nothing_is_mapped(opened):
    model = opened(load_world("tutorial"))
    assert (model.investors.free_share(model.funds) == 1).all()
    assert (model.investors.extrapolation(model.funds) == model.funds.market_extrapolation).all()
    assert (model.lenders.base_rate(model.lending) == model.lending.rate).all()
    assert (most_lent(model) == 0.75).all()


def test_a_world_in_which_everybody_s_appetite_sets_the_rest_keeps_every_rule(tmp_path, opened):
    given = world(tmp_path, vendors=0.7, investors=0.6, lenders=0.8, clouds=0.7)
    opened(given).run(24)
