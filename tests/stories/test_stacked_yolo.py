"""One lab stacks commitments far beyond its revenue, and takes its cloud and its bank along; the same world with caution stands."""

import csv

import numpy as np
import pytest

from abm.clock import Quarter
from abm.model import Industry
from abm.shocks import Shock
from agents.world_file import SHIPPED, load_world
from experiments.story import tell

QUARTERS = 12
SEEDS = (0, 1, 2)
BOLD, CAUTIOUS = 0.95, 0.1
SHORTFALL = {"name": "demand_shortfall", "at": "2026Q2", "share": 0.7}
PLAIN = {  # no luck with technology, and funds that cannot carry a lab for ever
    "technology.stall_hazard": 0,
    "technology.late_stall_hazard": 0,
    "technology.breakthrough_rate": 0,
    "investor.dilution": 0.01,
    "investor.listed_dilution": 0.01,
    "investor.saving": 1.0,
    "investor.saving_speed": 0,
}
RUNNING = (0.4, 26.6, "2025Q1")  # GW, $bn over five years, in service since: rent of 5.3 a year out of revenue of 10
STACK = ((1.0, 66.5, "2025Q2"), (1.0, 66.5, "2025Q3"), (1.0, 66.5, "2025Q4"))  # 40 a year more
NOTE = ["assumption", "assumption: invented for a test"]


@pytest.fixture
def world(tmp_path):
    """A function that writes the world for these contracts and opens it at an appetite.

    It is the tutorial with a thin cloud, which has borrowed 30 for each GW that cost 50, and a thin bank: 8 of capital for each
    100 it lent. Who has no stack has no cloud that built for it.
    """

    def write(contracts, appetite):
        gw = sum(contract[0] for contract in contracts)
        debt = 30 * gw
        firms = {
            "cash = 5.0\nfleet_gw = 1.2 ": f"cash = 1.0\nfleet_gw = {gw + 0.2:.2f} ",
            "book = 50.0 ": f"book = {50 * (gw + 0.2) * 5 / 6:.2f} ",
            "other_cash_flow = 3.0": "other_cash_flow = 0.0",
            "cash = 20.0\nborrowings = 24.0": f"cash = {debt / 10:.2f}\nborrowings = {1.02 * debt:.2f}",
            "capital_ratio = 0.2": "capital_ratio = 0.08",
        }
        text = (SHIPPED / "tutorial" / "world.toml").read_text(encoding="utf-8")
        for old, new in firms.items():
            assert text.count(old) == 1, f"the tutorial no longer says {old!r}"
            text = text.replace(old, new)
        (tmp_path / "world.toml").write_text(text, encoding="utf-8")
        (tmp_path / "equity.csv").write_bytes((SHIPPED / "tutorial" / "equity.csv").read_bytes())
        rows = [["Lab", "Cloud", gw, bn, 5, since, since, *NOTE] for gw, bn, since in contracts]
        write_table(tmp_path / "contracts.csv", "tenant owner gw usd_bn years first_delivery full_delivery", rows)
        write_table(tmp_path / "debt.csv", "lender borrower usd_bn quarters_left", [["Bank", "Cloud", debt, 20, *NOTE]])
        return load_world(tmp_path, overrides={**PLAIN, "lab.risk_appetite": appetite})

    return write


def write_table(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*header.split(), "confidence", "source"], *rows])


def lived(opening, seed, parameters=None):
    """One world of the run, with its journal."""
    return Industry(opening, world_ids=[seed], rng=11, parameters=parameters, shocks=[Shock.read(SHORTFALL)], journal=True).run(QUARTERS)


def first_failure(industry, kind):
    """The quarter, counted from the opening, in which the only firm of a kind first failed; None if it never did."""
    failed = np.flatnonzero(industry.record.series(kind, "fails")[0, :, 0])
    return int(failed[0]) if failed.size else None


def first_event(industry, kind):
    return next(event for event in tell(industry) if event.kind == kind)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stacked_yolo_lab_fails_and_takes_its_cloud_and_its_bank_along_in_that_order(world, seed):
    industry = lived(world((RUNNING, *STACK), BOLD), seed)
    lab, cloud, bank = (first_failure(industry, kind) for kind in ("labs", "clouds", "lenders"))
    assert industry.record.quarters[lab] >= Quarter.parse(SHORTFALL["at"])
    assert lab < cloud <= bank


@pytest.mark.parametrize("seed", SEEDS)
def test_in_the_same_world_a_cautious_lab_without_the_stack_survives_and_so_does_everybody(world, seed):
    industry = lived(world((RUNNING,), CAUTIOUS), seed)
    assert [first_failure(industry, kind) for kind in ("labs", "clouds", "lenders")] == [None, None, None]


def test_with_the_arrears_channel_off_the_same_lab_fails_alone(world):
    industry = lived(world((RUNNING, *STACK), BOLD), SEEDS[0], {"contagion.counterparty": 0})
    assert first_failure(industry, "labs") is not None
    assert [first_failure(industry, kind) for kind in ("clouds", "lenders")] == [None, None]


def test_the_story_tells_whom_the_lab_took_along(world):
    industry = lived(world((RUNNING, *STACK), BOLD), SEEDS[0])
    assert first_event(industry, "default").firms == ("Lab",)
    assert first_event(industry, "reorganised").firms == ("Cloud", "Lab")
    assert first_event(industry, "lender fails").firms == ("Bank", "Cloud")
    assert first_event(industry, "taken along").firms == ("Lab", "Cloud", "Bank")


def test_the_hole_a_failed_bank_leaves_is_explained_by_what_it_lost(world):
    a = first_event(lived(world((RUNNING, *STACK), BOLD), SEEDS[0]), "lender fails").amounts
    earned = a["interest_earned"] - a["interest_owed"]
    assert a["hole"] == pytest.approx(a["written_off"] - a["capital_before"] - earned)
    assert a["creditors"] + a["rescue"] == pytest.approx(a["hole"])
