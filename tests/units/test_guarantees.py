"""Vendors guarantee a part of the rents due to owners that bought their chips, and pay when a tenant fails [model.md 13.12]."""

import numpy as np
import pytest

from abm.failure.guarantees import guaranteed
from abm.model import Industry
from abm.shocks import Shock
from agents.world_files.folder import load_world
from tests.units.test_made_whole import STEADY
from tests.worlds import industry, let, opening, quarter, turn, wanting


def sector(vendors_cash=100.0, **parameters):
    """An owner lets a GW at 12 a year, 3 a quarter, to a lab without cash or customers; one vendor made the chips."""
    firms = {
        "labs": [{"cash": 0.0, "revenue": 0.0}, {"cash": 1e3, "revenue": 1.0}],
        "clouds": [{"cash": 50.0}],
        "vendors": [{"cash": vendors_cash}],
        "lenders": [{}],
    }
    model = industry(opening(firms, people=wanting([0.0, 0.0]), parameters={**STEADY, **parameters}), worlds=2)
    let(model, gw=1.0, rent=12.0, book=50.0)
    return model


def paid(model, quarters):
    """What the vendor pays to the owner, quarter by quarter, $bn, in the first world."""
    seen = []
    for _ in range(quarters):
        quarter(model, [0.0, 0.0])
        assert all(np.max(gap) < 1e-9 for gap in model.ledger.residuals().values())
        seen.append(model.ledger.flows["guarantee"][0, model.rows["clouds"]][0])
        turn(model)
    return seen


def test_the_vendor_pays_its_part_of_arrears_and_then_of_each_rent_less_what_idle_compute_saves_until_the_time_is_over():
    saved = 0.8 * 1.3 + 0.3 * 2.5
    model = sector(**{"guarantee.vendor": 0.4, "guarantee.quarters": 3})
    assert paid(model, 5) == pytest.approx([0.4 * 3, *[0.4 * (12 - saved) / 4] * 3, 0.0])


def test_a_vendor_pays_no_more_than_it_has():
    assert paid(sector(vendors_cash=1.0, **{"guarantee.vendor": 0.4}), 3) == pytest.approx([1.0, 0.0, 0.0])


def test_nobody_pays_twice_with_channel_c1_off_and_nobody_pays_without_a_guarantee():
    assert paid(sector(**{"guarantee.vendor": 0.4, "contagion.counterparty": 0}), 3) == [0, 0, 0]
    assert paid(sector(), 3) == [0, 0, 0]


@pytest.mark.parametrize(("appetite", "part"), [(0.0, 0.0), (0.5, 0.4), (1.0, 0.64)])
def test_a_bolder_vendor_guarantees_more_and_never_all(appetite, part):
    model = sector(**{"guarantee.vendor": 0.4})
    model.vendors.put(risk_appetite=appetite)
    np.testing.assert_allclose(guaranteed(model), part, rtol=1e-12)


def futures(part, worlds, quarters, *shocks):
    """Futures of the named world in which vendors guarantee this part of rents."""
    given = {"guarantee.vendor": part}
    return Industry(load_world("industry-2026q3"), worlds=worlds, rng=1, parameters=given, shocks=shocks).run(quarters)


@pytest.mark.slow
def test_when_a_leader_is_lost_guarantees_spare_owners_and_lenders_and_vendors_pay():
    """Vendors guarantee 30 % of rents, and OpenAI is lost two quarters after the opening."""
    loss = Shock.read({"name": "loss", "at": "2027Q1", "firm": "OpenAI"})
    with_it, without = (futures(part, 48, 12, loss) for part in (0.3, 0.0))
    runs = [(model.record.outcomes(model)["credit_loss"].to_numpy(), (model.clouds.died >= 0).sum(axis=1)) for model in (with_it, without)]
    lost, failed = (there - not_there for there, not_there in zip(*runs, strict=True))
    assert lost.mean() + 1.96 * lost.std(ddof=1) / np.sqrt(len(lost)) < 0
    assert failed.mean() < 0
    cash = [model.record.series("vendors", "cash").sum(axis=2)[:, -1] for model in (with_it, without)]
    assert (cash[0] - cash[1]).mean() < 0
    ordered = [model.record.series("labs", "ordered_gw").sum(axis=(1, 2)) for model in (with_it, without)]
    more = ordered[0] - ordered[1]  # who need not be good for all of its rent is let more when counterparties have become careful
    assert more.mean() - 1.96 * more.std(ddof=1) / np.sqrt(len(more)) > 0
