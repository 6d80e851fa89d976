"""Labs, clouds, customers and the rest are Mesa agents: Mesa's own tools find them, count them and let them go."""

import copy
import gc
import weakref

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet

from abm.compute.deliveries import cancel
from abm.engine.living import Living
from abm.errors import BadInput
from abm.model import Industry, release
from agents.chip_vendor import ChipVendor
from agents.cloud import Cloud
from agents.customers import ConsumerCohort, EnterpriseCustomer
from agents.investor import Investor
from agents.lab import Lab
from agents.lender import Lender
from agents.world_files.folder import load_world
from tests import worlds

KINDS = {"labs": Lab, "clouds": Cloud, "vendors": ChipVendor, "investors": Investor, "lenders": Lender}


@pytest.fixture
def industry():
    return Industry(load_world("archetypes-2023q1"), worlds=2, rng=1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_firm_is_a_mesa_agent_found_by_its_type(industry, kind):
    found = industry.agents_by_type[KINDS[kind]]
    population = getattr(industry, kind)
    assert isinstance(found, AgentSet) and isinstance(population, AgentSet)
    assert all(isinstance(agent, mesa.Agent) and agent.model is industry for agent in population)
    assert {agent.name for agent in found} == set(population.names)
    assert [agent.row for agent in population] == list(range(len(population.names)))


def test_every_customer_is_an_agent_one_per_row(industry):
    enterprises, cohorts = (industry.agents_by_type[kind] for kind in (EnterpriseCustomer, ConsumerCohort))
    assert (len(enterprises), len(cohorts)) == (3000, 2500)
    assert len(enterprises) + len(cohorts) == industry.customers.n
    some, row = next(iter(cohorts)), industry.buyers.enterprises
    assert np.array_equal(some.spend, industry.customers.spend[:, row])
    industry.step()
    assert np.array_equal(some.spend, industry.customers.spend[:, row])  # a view, not a copy


def test_looking_twice_creates_nobody_twice(industry):
    firms = sum(len(getattr(industry, kind).names) for kind in KINDS)
    assert len(industry.agents) == len(industry.agents) == firms + 5500
    assert len({agent.unique_id for agent in industry.agents}) == firms + 5500


def test_customers_become_agents_only_when_somebody_looks():
    one, other = (Industry(load_world("archetypes-2023q1"), rng=3) for _ in range(2))
    assert len(one.agents) > 5500
    for industry in (one, other):
        industry.run(3)
    assert np.array_equal(one.labs.revenue, other.labs.revenue)  # looking changes nothing


def test_the_sets_mesa_makes_can_be_selected_and_summed(industry):
    labs = industry.agents_by_type[Lab]
    bold = labs.select(lambda lab: lab.risk_appetite[0] > 0.7)
    assert {lab.name for lab in bold} == {"consumer yolo", "newcomer yolo"}
    total = labs.agg("cash", lambda amounts: np.sum(amounts, axis=0))
    assert total == pytest.approx(industry.labs.cash.sum(axis=1))
    assert len(labs.do("margin_after_opex", 0.0)) == len(industry.labs)


def test_a_data_collector_reports_on_model_and_agents():
    industry = Industry(load_world("archetypes-2023q1"), rng=1)
    collector = mesa.DataCollector(
        model_reporters={"revenue": lambda model: model.labs.revenue.sum(), "quarter": lambda model: str(model.quarter)},
        agenttype_reporters={Lab: {"cash": "cash", "name": "name"}},
    )
    for _ in range(3):
        industry.step()
        collector.collect(industry)
    model, labs = collector.get_model_vars_dataframe(), collector.get_agenttype_vars_dataframe(Lab)
    assert model["quarter"].tolist() == ["2023Q2", "2023Q3", "2023Q4"]  # the quarter that comes next
    assert len(labs) == 3 * len(industry.labs)
    last = labs.loc[3].set_index("name")["cash"]
    assert last["open weight"] == industry.labs["open weight"].cash == pytest.approx(industry.record.series("labs", "cash")[0, -1, 4])


def test_an_agent_reporter_reads_every_agent():
    industry = Industry(load_world("archetypes-2023q1"), rng=1)
    collector = mesa.DataCollector(agent_reporters={"appetite": "risk_appetite"})
    industry.step()
    collector.collect(industry)
    table = collector.get_agent_vars_dataframe()
    assert len(table) == len(industry.agents) and table["appetite"].between(0, 1).all()


def test_mesa_counts_steps_and_keeps_the_seed(industry):
    industry.run(3)
    assert industry.steps == 3
    assert str(industry.quarter) == "2023Q4"


@pytest.mark.parametrize("look", [False, True], ids=["firms only", "customers met"])
def test_a_finished_model_is_collected_once_released(look):
    industry = Industry(load_world("archetypes-2023q1"), rng=1).run(2)
    if look:
        assert len(industry.agents) > 5500
    lab, gone = weakref.ref(industry.labs[0]), weakref.ref(industry)
    release(industry)
    del industry
    gc.collect()
    assert gone() is None and lab() is None


def test_the_panel_of_a_world_with_several_vendors_holds_every_measure_and_counts_what_all_of_them_lose():
    industry = Industry(load_world("industry-2026q3"), worlds=2, rng=1)
    assert len(industry.vendors.names) > 1
    industry.step()
    part = np.zeros((2, len(industry.clouds.names), industry.fleet.gw.shape[-1]))
    part[1] = 1
    industry.news.cancelled, ordered = np.zeros((2, 1)), industry.fleet.chips_due[1].sum()
    cancel(industry, part)
    assert industry.news.cancelled.shape == (2, 1)
    np.testing.assert_allclose(industry.news.cancelled[:, 0], [0, ordered])
    assert ordered > 0
    panel = industry.panel()
    assert len(panel[panel["measure"] == "cancelled"]) == 2
    assert {"token_price", "gw", "below_p10"} <= set(panel["measure"])


def test_releasing_twice_or_a_model_without_agents_does_no_harm():
    industry = Industry(load_world("archetypes-2023q1"), rng=1)
    release(industry)
    release(industry)


def test_a_model_without_a_panel_says_so_and_keeps_no_journal():
    with pytest.raises(BadInput, match="journal = True and panel = False"):
        Industry(load_world("tutorial"), panel=False, journal=True)
    model = Industry(load_world("tutorial"), panel=False).run(1)
    for ask in (model.panel, lambda: model.indicators, lambda: model.record.outcomes(model)):
        with pytest.raises(BadInput, match="keeps no measures; panel = True keeps them"):
            ask()
    release(model)


def test_a_world_without_owners_of_compute_runs():
    firms = {"labs": [{"cash": 5.0, "revenue": 1.0}], "investors": [{"cash": 100.0}]}
    model = worlds.industry(worlds.opening(firms, people=worlds.wanting()), worlds=2).run(3)
    assert np.isfinite(model.labs.cash).all()
    release(model)


@pytest.mark.parametrize("look", [False, True], ids=["firms only", "customers met"])
def test_a_model_that_nobody_holds_is_collected_without_being_released(look):
    industry = Industry(load_world("archetypes-2023q1"), rng=1).run(2)
    if look:
        assert len(industry.agents) > 162
    lab, gone = weakref.ref(industry.labs[0]), weakref.ref(industry)
    del industry
    gc.collect()
    assert gone() is None and lab() is None


def test_a_loop_of_models_holds_a_few_of_them_and_not_all(monkeypatch):
    opening, living = load_world("tutorial"), Living(least=64)
    monkeypatch.setattr("abm.model.LIVING", living)
    gc.disable()  # Python counts small objects, and would look after many more models than memory can hold of large ones
    try:
        for _ in range(6):
            Industry(opening, worlds=32)
            assert living.worlds() <= 64
        kept = [Industry(opening, worlds=32) for _ in range(3)]  # somebody holds these
        assert living.worlds() <= 2 * 32 * (len(kept) + 1)
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rng": None}, {"rng": -1}, {"rng": 1.5}, {"rng": "x"}, {"rng": True},
        {"worlds": -1}, {"worlds": 0}, {"worlds": 2.0}, {"worlds": None},
        {"world_ids": [1.5]}, {"world_ids": [-1]}, {"world_ids": []}, {"world_ids": ["a"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_number_of_worlds_or_a_seed_that_is_none_is_refused_in_one_sentence(wrong):
    name = next(iter(wrong))
    with pytest.raises(BadInput, match=rf"^{name} = .* is not allowed; "):
        Industry(load_world("tutorial"), **wrong)


def test_whole_numbers_of_numpy_are_whole_numbers():
    one = Industry(load_world("tutorial"), rng=np.int64(3), world_ids=np.arange(2)).run(2)
    other = Industry(load_world("tutorial"), rng=3, worlds=2).run(2)
    assert np.array_equal(one.labs.revenue, other.labs.revenue)


@pytest.mark.parametrize("copying", [copy.copy, copy.deepcopy, lambda model: model.__reduce_ex__(5)], ids=["copy", "deepcopy", "pickle"])
def test_a_copy_of_a_model_is_refused_with_the_way_to_an_equal_one(copying, industry):
    with pytest.raises(BadInput, match="build it again from the same world, world_ids, rng, parameters and shocks"):
        copying(industry)


def test_a_firm_is_not_removed_behind_the_back_of_its_books(industry):
    with pytest.raises(BadInput, match="open weight cannot be removed from a model"):
        industry.labs["open weight"].remove()
    with pytest.raises(BadInput, match="cannot be removed"):
        industry.remove_all_agents()
    industry.step()
    assert industry.labs["open weight"] in industry.agents


@pytest.mark.parametrize("name", ["lab.alive", "lab.open weight.alive", "cloud.implied"])
def test_a_state_is_not_a_setting(name):
    with pytest.raises(BadInput, match="is a state that the model keeps, not a setting"):
        load_world("archetypes-2023q1", {name: 0})
