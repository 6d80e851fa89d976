"""Sites whose tenant is gone: taken over by other labs, the next to be finished first, or given up bit by bit [model.md 13.4]."""

import numpy as np
import pytest

from abm.books.register import IDLE
from abm.failure.orphans import give_up, part_on_orphans, take_over
from abm.model import Industry, release
from abm.shocks import Shock
from abm.start.opening import Tranche
from agents.world_files.folder import load_world
from tests.worlds import industry, opening, quarter, turn, wanting

START = opening({}).start


def building(patience=0.5, worlds=2):
    """Three labs; the first one's owner builds 2 GW and 4 GW for it, due in two quarters and in four, and it is gone."""
    firms = {
        "labs": [{"cash": 10.0, "revenue": 10.0}] * 3,
        "clouds": [{"cash": 300.0}],
        "vendors": [{"slots_gw": 9.0}],
        "lenders": [{"cash": 100.0}],
    }
    coming = tuple(Tranche(0, 0, START + ahead, gw, 12.0 * gw, 20) for ahead, gw in ((2, 2.0), (4, 4.0)))
    model = industry(opening(firms, people=wanting(None), tranches=coming, parameters={"contagion.patience": patience}), worlds=worlds)
    model.begin()
    gone = np.zeros((worlds, 3), dtype=bool)
    gone[:, 0] = True
    model.fleet.release(gone, model.now)
    return model


def orders(*gw, worlds=2):
    """GW that the labs want of the one owner, [worlds, labs, 1]."""
    return np.repeat(np.array(gw, dtype=float)[None, :, None], worlds, axis=0)


def sites(model, row):
    """GW under construction for a tenant row, by quarters ahead."""
    at = model.fleet.at(model.now)
    return model.fleet.cells.table(model.fleet.gw)[0, row, 0, at : at + 6].tolist()


@pytest.mark.parametrize(("wanted", "part"), [(0.0, 0), (3.0, 1), (6.0, 1), (12.0, 0.5)])
def test_orphans_serve_what_is_wanted_as_far_as_they_go(wanted, part):
    assert part_on_orphans(building(), np.full((2, 1), wanted))[:, 0].tolist() == [part] * 2


def test_what_is_finished_next_is_taken_first_and_shared_pro_rata():
    model = building()
    take_over(model, orders(0, 2, 1), orders(13, 13, 13))
    assert sites(model, 1) == pytest.approx([0, 0, 4 / 3, 0, 2 / 3, 0])
    assert sites(model, 2) == pytest.approx([0, 0, 2 / 3, 0, 1 / 3, 0])
    assert sites(model, IDLE) == pytest.approx([0, 0, 0, 0, 3, 0])
    assert model.fleet.committed_rent(model.now + 5)[0, :, 0].tolist() == pytest.approx([0, 26, 13])
    assert model.fleet.total("orphaned")[:, 0] == pytest.approx([3] * 2)


@pytest.mark.parametrize(("patience", "left"), [(1.0, 6.0), (0.5, 3.0), (0.0, 0.0)])
def test_a_part_of_what_nobody_takes_is_given_up_each_quarter_with_its_chips(patience, left):
    model = building(patience)
    chips = model.fleet.chips_due.sum(axis=(1, 2, 3)).copy()
    give_up(model)
    assert model.fleet.total("orphaned")[:, 0] == pytest.approx([left] * 2)
    assert sum(sites(model, IDLE)) == pytest.approx(left)
    assert model.fleet.chips_due.sum(axis=(1, 2, 3)) == pytest.approx(chips * left / 6)
    assert all(np.max(gap) < 1e-9 for gap in model.ledger.residuals().values())


def test_a_site_that_is_finished_is_an_orphan_no_longer():
    model = building()
    seen = []
    for _ in range(5):
        quarter(model, spend=[0.0, 0.0, 0.0])
        seen.append((model.fleet.total("orphaned")[0, 0], model.fleet.in_service(model.now)[0, IDLE, 0]))
        turn(model)
    assert seen == [(6, 0), (6, 0), (4, 2), (4, 2), (0, 6)]


@pytest.mark.slow
def test_the_longer_owners_wait_the_more_compute_is_left_after_two_leaders_are_gone():
    """Paired futures of the named world: compute in service eight quarters on rises with patience."""
    shocks = [Shock.read({"name": "loss", "at": "2028Q1", "firm": firm}) for firm in ("OpenAI", "Anthropic")]
    compute = []
    for patience in (0.0, 0.5, 0.75):
        model = Industry(load_world("industry-2026q3"), worlds=24, rng=1, shocks=shocks, parameters={"contagion.patience": patience})
        compute.append(model.run(14).fleet.in_service(model.now - 1).sum(axis=(1, 2)))
        release(model)
    assert (compute[1] - compute[0]).mean() > 0 and (compute[2] - compute[1]).mean() > 0
