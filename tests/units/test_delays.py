"""Supply has luck from the first quarter, and no seam where the public record ends [model.md 9.12]."""

import numpy as np
import pytest

from abm.clock import Quarter
from abm.compute.delays import late_part
from abm.model import Industry, release
from abm.start.opening import Tranche
from agents.world_files.folder import load_world
from tests.worlds import industry, opening, wanting

NAMED, QUARTERS, FUTURES = "industry-2026q3", 12, 64
MOST = 1.3  # times the quarter before, or its inverse
RELEASES = "the two leaders and two others bring out a model in the same quarter; revenue grew by a third a quarter before the opening"
MOMENTUM = "what leads up to the opening: public run-rates of the two largest grow by 30 and 44 % a quarter"
NAMED_CAUSES = {
    ("revenue", 1): RELEASES,
    ("value", 1): RELEASES,
    ("revenue", 2): MOMENTUM,
}  # medians that may move more in a quarter of the run, and why


def one_owner(late, **parameters):
    """A GW let to a lab that is due now; its owner can pay for it."""
    firms = {
        "labs": [{"cash": 100.0}], "clouds": [{"cash": 500.0}], "vendors": [{"cash": 10.0, "slots_gw": 2.0}], "lenders": [{"cash": 50.0}],
    }  # fmt: skip
    given = {"supply.late": late, "supply.late_spread": 0.0, **parameters}
    block = Tranche(0, 0, Quarter.parse("2023Q1"), 1.0, 12.0, 20)
    return industry(opening(firms, people=wanting(10.0), tranches=(block,), parameters=given), worlds=2)


def test_what_is_late_comes_a_quarter_later_with_its_rent_and_its_bills():
    model = one_owner(0.2)
    came, rents, chips = [], [], []
    for _ in range(3):
        model.step()
        came.append(model.delivered_gw[0, 0])
        rents.append(model.owed.amount("rent")[0, 0, 0])
        chips.append(model.chip_sales[0, 0])
    assert came == pytest.approx([0.8, 0.16, 0.032])
    assert rents == pytest.approx([0.8 * 3, 0.96 * 3, 0.992 * 3])
    assert chips == pytest.approx([35 * gw for gw in came])


def test_without_delays_nothing_waits_and_luck_is_shared_in_part():
    model = one_owner(0.0)
    assert not late_part(model).any()
    model.supply.late[...], model.supply.late_spread[...] = 0.2, 0.8
    parts = late_part(model)
    assert parts.shape == (2, 1) and len(np.unique(parts)) == 2


@pytest.fixture(scope="module")
def paths():
    """Medians of what a reader looks at first, and P10 and P90 of compute, by quarter from before the first one on."""
    model = Industry(load_world(NAMED), worlds=FUTURES, rng=0, panel=False)
    sold = np.asarray(model.opening.columns["vendors"]["sales"]) * (1 - np.asarray(model.opening.columns["vendors"]["other_buyers_share"]))
    gw = [model.fleet.in_service(model.now - 1).sum(axis=(1, 2))]
    seen = {"revenue": [model.labs.revenue.sum(axis=1)], "value": [model.cap.value(model.rows["labs"]).sum(axis=1)]}
    seen |= {"chips": [np.full(FUTURES, sold.sum())], "price": [], "capex": []}
    for _ in range(QUARTERS):
        model.step()
        seen["revenue"].append(model.labs.revenue.sum(axis=1))
        seen["value"].append(model.cap.value(model.rows["labs"]).sum(axis=1))
        seen["chips"].append(model.chip_sales.sum(axis=1))
        seen["price"].append(model.list_price[:, 0])
        spent = -sum(model.ledger.flows[flow][:, model.rows["clouds"]].sum(axis=1) for flow in ("construction", "chips"))
        seen["capex"].append(spent)
        gw.append(model.fleet.in_service(model.now - 1).sum(axis=(1, 2)))
    release(model)
    return {**{name: np.array(path) for name, path in seen.items()}, "gw": np.array(gw)}


@pytest.mark.parametrize("name", ["revenue", "value", "chips", "price", "capex", "gw"])
def test_no_median_jumps_in_the_first_three_years_without_a_named_cause(paths, name):
    middle = np.median(paths[name], axis=1)
    moved = middle[1:] / middle[:-1]
    jumps = {(name, quarter) for quarter in np.flatnonzero((moved > MOST) | (moved < 1 / MOST))}
    assert jumps <= NAMED_CAUSES.keys(), moved.round(2)


def test_compute_delivered_differs_between_futures_from_the_first_quarter_on(paths):
    low, high = np.percentile(paths["gw"], [10, 90], axis=1)
    added = np.median(paths["gw"], axis=1) - np.median(paths["gw"][0])
    assert (high - low)[1:].min() > 0 and ((high - low) / np.maximum(added, 1e-9))[1] > 0.1


@pytest.mark.slow
def test_later_deliveries_mean_less_compute_and_less_revenue_in_the_years_after():
    ends = {}
    for late in (0.0, 0.5):
        model = Industry(load_world(NAMED), worlds=24, rng=0, parameters={"supply.late": late, "supply.sold_ahead": 0.0}, panel=False)
        delivered = sum(model.run(1).delivered_gw.sum(axis=1) for _ in range(6))
        ends[late] = delivered.mean(), np.median(model.labs.revenue.sum(axis=1))
        release(model)
    assert ends[0.5][0] < 0.92 * ends[0.0][0]
    assert 0.8 * ends[0.0][1] < ends[0.5][1] < ends[0.0][1]


@pytest.mark.slow
def test_what_nobody_announced_fills_slots_and_leaves_what_was_announced_alone():
    models = [Industry(load_world(NAMED), worlds=1, parameters={"supply.sold_ahead": part, "supply.late": 0.0}) for part in (0.0, 0.9)]
    plain, sold = (model.orders.booked[0].sum(axis=0)[:7] for model in models)
    lag = models[0].compute.build_lag
    assert (sold[:lag] >= plain[:lag] - 1e-12).all() and sold[2:lag].sum() > 1.15 * plain[2:lag].sum()
    assert sold[lag:] == pytest.approx(plain[lag:])
    let = [model.fleet.rent_to_come(model.now, 12, model.labs.alive > 0) for model in models]
    assert np.array_equal(*let), "no lab owes rent for it"
    for model in models:
        release(model)
