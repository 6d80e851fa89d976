"""A lab that dares everything signs a stack of compute on its vendor's money, and takes its cloud and its bank along when demand
disappoints; in the same world, but for one number, a cautious lab signs what it can pay for and hardly anybody fails.

The order is the same in all worlds. How far it goes is luck: of 300, the lab fails in 93 %, its cloud in 87 and its bank in 76.
"""

import csv

import numpy as np
import pytest

from abm.clock import Quarter
from abm.model import Industry, release
from abm.shocks import Shock
from agents.world_files.folder import load_world
from agents.world_files.shipped import SHIPPED
from experiments.stories.story import tell

QUARTERS = 20
WORLDS = 40
BOLD, CAUTIOUS = 0.95, 0.1
SHORTFALL = {"name": "demand_shortfall", "at": "2026Q3", "size": 0.75}
PARAMETERS = {
    "vendor.circular_intensity": 1.0,  # the vendor pays what the lab must pay in advance, and is paid for the chips
    "lab.down_payment": "vendor_equity",
    "lab.prepaid_years": 0.25,
    "investor.dilution": 0.02,  # funds that cannot carry a lab for ever
    "investor.usual_round": 0.0,  # and a lab that asks them only in need
    "investor.listed_dilution": 0.02,
    "investor.saving": 1.0,
    "investor.saving_speed": 0,
    "lender.recovery": 0.55,  # nobody else here wants so many chips: creditors get little more than half of what they are worth in use
    "technology.stall_hazard": 0,  # no luck with technology
    "technology.late_stall_hazard": 0,
    "technology.breakthrough_rate": 0,
    "services.training_share": 0.7,  # and much is planned to train
    "customers.enterprises": 100,  # many customers, alike in what they need, who learn slowly
    "customers.cohorts": 12,
    "customers.midpoint_sd": 0.1,
    "customers.diffusion_speed": 0.5,
    "customers.market_size_sd": 0,
    "customers.capability_power_sd": 0,
    "customers.diffusion_speed_sd": 0,
}
DARING = {
    "cloud.risk_appetite": 0.95,  # the lab decides alone how much is too much
    "lender.risk_appetite": 0.95,
    "cloud.loan_to_value": 0.75,  # and what would follow from appetites is given, so that nothing else differs
    "cloud.speculative_share": 0.0,
    "lab.extrapolation": 0.4,
    "lender.value_slope": 0.0,
    "lender.spread_slope": 0.0,
    "investor.reserve_slope": 0.0,
}
# the tutorial with a small running contract, free slots at a rich vendor, a thin cloud and a thin bank, and a fund that can pay
# the cloud's own part of what the lab dares to sign: nobody signs what nobody funds
FIRMS = {
    "cash = 5.0\nfleet_gw = 1.2 ": "cash = 10.0\nfleet_gw = 0.6 ",
    "book = 50.0 ": "book = 25.0 ",
    "other_cash_flow = 3.0": "other_cash_flow = 0.0",
    "cash = 10.0\nsales = 28.0": "cash = 200.0\nsales = 28.0",
    "slots_gw = 0.2": "slots_gw = 2.0",
    "cash = 20.0\nborrowings = 24.0": "cash = 9.0\nborrowings = 12.0",
    "capital_ratio = 0.2": "capital_ratio = 0.08",
    "cash = 20.0\nrisk_appetite = 0.8": "cash = 40.0\nrisk_appetite = 0.8",
}
RUNNING = ["Lab", "Cloud", 0.4, 26.6, 5, "2025Q1", "2025Q1"]  # rent of 5.3 a year out of revenue of 10
LOAN = ["Bank", "Cloud", 12, 20]
NOTE = ["assumption", "assumption: invented for a test"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A function that opens the one world at a lab's appetite."""
    folder = tmp_path_factory.mktemp("stacked")
    text = (SHIPPED / "tutorial" / "world.toml").read_text(encoding="utf-8")
    for old, new in FIRMS.items():
        assert text.count(old) == 1, f"the tutorial no longer says {old!r}"
        text = text.replace(old, new)
    (folder / "world.toml").write_text(text, encoding="utf-8")
    (folder / "equity.csv").write_bytes((SHIPPED / "tutorial" / "equity.csv").read_bytes())
    write_table(folder / "contracts.csv", "tenant owner gw usd_bn years first_delivery full_delivery", RUNNING)
    write_table(folder / "debt.csv", "lender borrower usd_bn quarters_left", LOAN)
    return lambda appetite: load_world(folder, overrides={**PARAMETERS, **DARING, "lab.risk_appetite": appetite})


def write_table(path, header, row):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*header.split(), "confidence", "source"], [*row, *NOTE]])


def lived(opening, world_ids, parameters=None, journal=False):
    """A finished run."""
    shocks = [Shock.read(SHORTFALL)]
    return Industry(opening, world_ids=world_ids, rng=11, parameters=parameters, shocks=shocks, journal=journal).run(QUARTERS)


@pytest.fixture(scope="module")
def bold(world):
    yield (run := lived(world(BOLD), range(WORLDS)))
    release(run)


@pytest.fixture(scope="module")
def cautious(world):
    yield (run := lived(world(CAUTIOUS), range(WORLDS)))
    release(run)


@pytest.fixture(scope="module")
def told(world):
    """The bold lab in the first world, with all that a story needs."""
    yield (run := lived(world(BOLD), [0], journal=True))
    release(run)


def failures(run, kind):
    """The quarter, counted from the opening, in which the only firm of a kind first failed, [worlds]; infinity if it never did."""
    failed = run.record.series(kind, "fails")[:, :, 0] > 0
    return np.where(failed.any(axis=1), failed.argmax(axis=1), np.inf)


def test_nothing_but_the_appetite_differs_at_the_opening(world):
    bold, cautious = world(BOLD), world(CAUTIOUS)
    assert bold.tranches == cautious.tranches and bold.parameters == cautious.parameters
    assert np.array_equal(bold.debt, cautious.debt)
    differ = {
        (kind, key) for kind in bold.columns for key, given in bold.columns[kind].items() if (given != cautious.columns[kind][key]).any()
    }
    assert differ == {("labs", "risk_appetite")}


def before_the_shortfall(run, measure):
    """Sum of a measure of the only lab over the quarters before demand disappoints, [worlds]."""
    quarters = Quarter.parse(SHORTFALL["at"]) - run.record.quarters[0]
    return run.record.series("labs", measure)[:, :quarters, 0].sum(axis=1)


def test_the_bold_lab_stacks_four_times_what_it_runs_on_its_vendors_money_while_the_going_is_good(bold, cautious):
    stack, modest = (before_the_shortfall(run, "ordered_gw") for run in (bold, cautious))
    assert (stack > 4 * RUNNING[2]).all() and (modest < stack).all() and modest.mean() < 0.75 * stack.mean()
    assert (before_the_shortfall(bold, "signed_equity") > before_the_shortfall(cautious, "signed_equity")).all()


def test_the_bold_lab_owes_more_rent_than_the_cautious_one_at_its_peak(bold, cautious):
    peaks = [run.record.series("labs", "rent_due")[:, :, 0].max(axis=1) for run in (bold, cautious)]
    assert (peaks[0] > peaks[1]).mean() > 0.75


def test_a_stacked_yolo_lab_fails_and_takes_its_cloud_and_its_bank_along_in_that_order(bold):
    lab, cloud, bank = (failures(bold, kind) for kind in ("labs", "clouds", "lenders"))
    assert (lab > Quarter.parse(SHORTFALL["at"]) - bold.record.quarters[0]).all()
    assert (lab <= cloud).all() and (cloud <= bank).all()
    assert np.isfinite(lab).mean() > 0.8 and np.isfinite(cloud).mean() > 0.7 and np.isfinite(bank).mean() > 0.55  # three standard errors


def test_in_the_same_worlds_a_cautious_lab_and_those_around_it_hardly_ever_fail(cautious):
    assert all(np.isfinite(failures(cautious, kind)).mean() < 0.35 for kind in ("labs", "clouds", "lenders"))


@pytest.mark.slow
def test_with_the_arrears_channel_off_the_same_labs_fail_alone(world, bold):
    run = lived(world(BOLD), range(WORLDS), {"contagion.counterparty": 0})
    lab, cloud, bank = (failures(run, kind) for kind in ("labs", "clouds", "lenders"))
    assert np.array_equal(lab, failures(bold, "labs"))
    assert np.isinf(cloud).all() and np.isinf(bank).all()
    release(run)


def first_event(run, kind):
    return next(event for event in tell(run) if event.kind == kind)


def test_the_story_tells_whom_the_lab_took_along(told):
    assert first_event(told, "default").firms == ("Lab",)
    assert first_event(told, "reorganised").firms == ("Cloud", "Lab")
    assert first_event(told, "lender fails").firms == ("Bank", "Cloud")
    assert first_event(told, "taken along").firms == ("Lab", "Cloud", "Bank")


def test_the_hole_a_failed_bank_leaves_is_explained_by_what_it_lost(told):
    a = first_event(told, "lender fails").amounts
    earned = a["interest_earned"] - a["interest_owed"]
    assert a["hole"] == pytest.approx(a["written_off"] - a["capital_before"] - a["capital_called"] - earned)
    assert a["creditors"] + a["rescue"] == pytest.approx(a["hole"])
