"""How much of its compute a lab trains on, and what that does: closed forms, and futures that differ in nothing else."""

import numpy as np
import pytest

from abm.clock import Quarter
from abm.compute.prices import FleetParameters, cost_of_service
from abm.model import Industry, release
from abm.services.parameters import ServicesParameters
from abm.technology import training
from agents.world_files.folder import load_world

FUTURES, QUARTERS = 24, 20
COST = np.full((1, 1), 20.0)


def test_labs_plan_to_train_less_as_years_go_by_and_half_in_the_end():
    planned = [training.planned_by_date(ServicesParameters(), years).item() for years in (0, 1.5, 2.5, 50)]
    assert planned == pytest.approx([0.75, 0.5 + 0.25 / np.e, 0.5 + 0.25 * np.exp(-2.5 / 1.5), 0.5])
    assert 0.51 < planned[2] < 0.6  # of compute spend in 2025, OpenAI and Anthropic


def test_a_leaning_multiplies_the_odds():
    assert training.leaning(0.5, 0.6) == pytest.approx(0.6)
    assert training.leaning(0.6, 0.6) == pytest.approx(1.5 * 1.5 / (1 + 1.5 * 1.5))
    assert training.leaning(0.3, 0.5) == pytest.approx(0.3)


def test_training_makes_room_until_a_unit_is_worth_as_much_there_as_it_earns_in_service():
    """What half of compute was planned for is worth 20 at the margin; worth falls as one over the share."""
    earned = np.array([[10.0, 20.0, 25.0, 40.0, 80.0]])
    kept = training.least_training(np.array([[0.5]]), earned, COST)
    assert kept[0] == pytest.approx([0.5, 0.5, 0.4, 0.25, 0.125])
    assert COST * 0.5 / kept[0, 1:] == pytest.approx(earned[:, 1:])


def test_a_gwe_costs_more_over_a_contract_than_in_its_first_quarter_because_chips_age():
    """Over five years at .3 a year a GW is worth (1 - e^-1.5) / 1.5 GWe on average."""
    cost = cost_of_service(FleetParameters(), np.full((1, 1), 13.3), np.full((1, 1), 0.3))
    assert cost.item() == pytest.approx(13.3 * 1.5 / (1 - np.exp(-1.5)))
    assert cost_of_service(FleetParameters(), 13.3, np.zeros((1, 1))).item() == 13.3


@pytest.fixture(scope="module")
def usual():
    return seen()


def seen(**values):
    """A run of the archetypes from 2023Q1 to the end of 2027."""
    parameters = {name.replace("__", "."): value for name, value in values.items()}
    model = Industry(load_world("archetypes-2023q1"), worlds=FUTURES, rng=1, parameters=parameters).run(QUARTERS)
    found = {name: model.record.series("labs", name) for name in ("revenue", "training_gw", "inference_gw", "operating_income", "alive")}
    found["frontier"] = model.frontier()[:, 0]
    release(model)
    return found


def share(found, labs=slice(None)):
    """Part of compute that trains, [worlds, quarters, labs]."""
    trained, served = found["training_gw"][..., labs], found["inference_gw"][..., labs]
    return trained / np.maximum(trained + served, np.finfo(float).tiny)


def test_no_two_labs_train_on_the_same_share_and_none_sits_on_a_floor(usual):
    at = Quarter.parse("2026Q4").index
    last = share(usual)[:, at:]
    there = (usual["alive"][:, at:] > 0) & (usual["training_gw"] + usual["inference_gw"] > 1e-3)[:, at:]
    values = last[there]
    assert np.unique(values.round(6)).size > 0.9 * values.size
    assert np.quantile(values, 0.1) > 0.1 and np.quantile(values, 0.9) - np.quantile(values, 0.1) > 0.1


@pytest.mark.slow
def test_who_plans_to_train_more_does_and_pays_for_it(usual):
    """A tenth more of compute: a better frontier, and less income, in the same futures."""
    more = seen(services__training_share=0.6, services__training_share_start=0.8)
    trained = [found["training_gw"].sum((1, 2)) / (found["training_gw"] + found["inference_gw"]).sum((1, 2)) for found in (usual, more)]
    assert np.median(trained[1] - trained[0]) > 0.02
    assert np.median(more["frontier"] - usual["frontier"]) > 0
    assert np.median((more["operating_income"] - usual["operating_income"]).sum((1, 2))) < 0


@pytest.mark.slow
def test_what_more_customers_ask_for_takes_compute_from_training(usual):
    """Customers who spend more from the start pay more, and labs train on less of the same compute."""
    eager = seen(customers__opening_spend=1.0)
    year = slice(Quarter.parse("2024Q1").index, Quarter.parse("2024Q4").index + 1)
    shares = [np.median(found["training_gw"][:, year].sum((1, 2)) / (found["training_gw"] + found["inference_gw"])[:, year].sum((1, 2)))
              for found in (usual, eager)]  # fmt: skip
    assert np.median(eager["revenue"][:, year].sum((1, 2)) / usual["revenue"][:, year].sum((1, 2))) > 1.1
    assert shares[1] < shares[0] - 0.02
