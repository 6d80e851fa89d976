"""Signs and smoothness of the phase diagram: six labs alike, cautious to bold, with and without circular finance [model.md 21.3, 21.4].

All settings live through the same futures, so differences are paired. Levels are not the exploratory core's, signs should be.
"""

from itertools import pairwise

import numpy as np
import pytest

from abm.model import Industry, release
from agents.world_files.folder import load_world
from experiments.analysis.paired_effects import paired, paired_share
from tests.validation.observed import at

WORLD, WORLDS, QUARTERS, SEED = "symmetric-2023q1", 128, 48, 0
APPETITES = (0.1, 0.3, 0.5, 0.7, 0.9)
CAUTIOUS, BOLD = APPETITES[0], APPETITES[-1]
INTENSITIES = (0.0, 1.0)
NO_STALLS = {"technology.stall_hazard": 0.0, "technology.late_stall_hazard": 0.0}
LABS = 6

pytestmark = pytest.mark.slow


def lived(appetite, intensity, **more):
    """{systemic event, bool; part of the six labs that failed; run-rate of 2028, $bn a year}, each [worlds]."""
    overrides = {"lab.risk_appetite": appetite, "vendor.circular_intensity": intensity, **more}
    model = Industry(load_world(WORLD, overrides), worlds=WORLDS, rng=SEED).run(QUARTERS)
    systemic = model.record.outcomes(model)["systemic_event"].to_numpy() > 0
    failed = (model.record.series("labs", "fails")[..., :LABS] > 0).any(axis=1)  # entrants stand behind
    revenue = model.record.series("labs", "revenue").sum(axis=2)[:, at(2028)]
    release(model)
    return {"systemic": systemic, "defaults": failed.mean(axis=1), "revenue": revenue}


@pytest.fixture(scope="module")
def cells():
    """{(appetite, circular intensity): what was lived}."""
    return {(appetite, intensity): lived(appetite, intensity) for intensity in INTENSITIES for appetite in APPETITES}


def riskier(cells, one, other):
    """Difference in P(systemic event) between two cells, with its paired interval."""
    return paired_share(cells[one]["systemic"], cells[other]["systemic"])


def test_bold_labs_on_their_vendors_money_are_riskier_than_cautious_ones_on_their_own(cells):
    assert riskier(cells, (BOLD, 1.0), (CAUTIOUS, 0.0)).low > 0


def test_with_circular_finance_bold_labs_are_riskier_than_cautious_ones(cells):
    assert riskier(cells, (BOLD, 1.0), (CAUTIOUS, 1.0)).low > 0


CUSHION = "labs sell shares while these are dear, before they promise more: vendors' money is then cash that cautious labs keep"


@pytest.mark.parametrize(
    "appetite", [pytest.param(each, marks=pytest.mark.xfail(reason=CUSHION, strict=False)) if each <= 0.5 else each for each in APPETITES]
)
def test_circular_finance_makes_no_appetite_safer(cells, appetite):
    assert riskier(cells, (appetite, 1.0), (appetite, 0.0)).mean >= 0


@pytest.mark.xfail(reason=CUSHION)
def test_over_all_appetites_circular_finance_adds_risk(cells):
    after, before = (np.stack([cells[appetite, intensity]["systemic"] for appetite in APPETITES]) for intensity in (1.0, 0.0))
    assert paired(after.astype(float).mean(axis=0) - before.mean(axis=0)).low > 0


@pytest.mark.parametrize("intensity", INTENSITIES)
def test_there_is_no_knife_edge_between_appetites(cells, intensity):
    """No step from one appetite to the next holds more than half of the whole rise, or is a fall, by more than luck allows.

    Even steps are not asked for: the last ones reach into the tail of the cone, where a quantile moves most.
    """
    whole = riskier(cells, (BOLD, intensity), (CAUTIOUS, intensity))
    for lower, higher in pairwise(APPETITES):
        step = riskier(cells, (higher, intensity), (lower, intensity))
        assert step.low <= whole.high / 2 and step.high >= 0, f"from {lower} to {higher}: {step}, in all {whole}"


@pytest.mark.parametrize("intensity", INTENSITIES)
def test_bold_labs_fail_more_often_than_cautious_ones(cells, intensity):
    assert paired(cells[BOLD, intensity]["defaults"] - cells[CAUTIOUS, intensity]["defaults"]).low > 0


@pytest.mark.parametrize("intensity", INTENSITIES)
def test_boldness_buys_growth(cells, intensity):
    """A tenth more revenue in 2028 at least, in logs and in the same futures."""
    gain = np.log(cells[BOLD, intensity]["revenue"] / cells[CAUTIOUS, intensity]["revenue"])
    assert paired(gain).low > np.log(1.1)


def test_circular_finance_buys_growth_at_every_appetite(cells):
    for appetite in APPETITES:
        gain = np.log(cells[appetite, 1.0]["revenue"] / cells[appetite, 0.0]["revenue"])
        assert paired(gain).low > 0, appetite


@pytest.mark.xfail(strict=True, reason="15 % of cautious lab-lives end in default, nearly all from 2032 on: the market saturates")
def test_without_stalls_cautious_labs_hardly_ever_fail():
    """In the exploratory core 0 of 480 lab-lives did, alone; 2 % with bold rivals."""
    assert lived(CAUTIOUS, 0.0, **NO_STALLS)["defaults"].mean() < 0.02
