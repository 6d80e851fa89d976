"""What the benchmark of sweeps measures: the plain peer does its quarters, and the clocks of the engine account for all the time."""

import pytest

from benchmarks import sweep_speed
from benchmarks.plain_model import PlainIndustry, customers_of_the_world


@pytest.mark.slow
def test_the_peer_serves_customers_orders_compute_and_grows():
    plain = PlainIndustry(seed=3)
    before = sum(len(lab.contracts) for lab in plain.labs.labs)
    revenue = []
    for _ in range(12):
        plain.step()
        revenue.append(plain.revenue)
    assert len(plain.market.agents) == sum(customers_of_the_world())
    assert 0 < revenue[0] < revenue[-1]
    assert sum(len(lab.contracts) for lab in plain.labs.labs) > before
    assert plain.revenue == pytest.approx(sum(lab.revenue for lab in plain.labs.labs))


def test_batch_run_makes_one_step_more_than_it_is_told_and_so_is_told_one_less():
    assert sweep_speed.plain_seconds(1, 3, cores=1) > 0  # raises if a run has another number of quarters


@pytest.mark.slow
def test_the_clocks_of_a_sweep_add_up_to_all_of_it():
    wall, parts = sweep_speed.split(sweep_speed.question(5, 3))
    assert all(seconds >= 0 for seconds in parts.values())
    assert parts["their quarters"] > parts["plan"]
    found = sweep_speed.Swept(5, 3, 1, 2, wall, wall, wall, 1.0, parts)
    assert 0 < found.overhead < 1
    assert found.ours_per_core == pytest.approx(5 / wall / 2)
