"""The calibrated archetypes against the stylised facts of model.md 17: medians of 100 worlds over twelve years."""

import pytest

from tests.validation.history import facts
from tests.validation.misfits import MISFITS
from tests.validation.observed import Observed

pytestmark = pytest.mark.slow  # half a minute of runs
WORLDS, QUARTERS = 200, 48
NUMBERS = ("V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "V12", "V13", "V14", "V15", "V16")
KNOWN = {key: reason for key, reason in MISFITS.items() if key[0] in NUMBERS}


@pytest.fixture(scope="module")
def found():
    """{number: [Fact]}."""
    return facts(Observed(WORLDS, QUARTERS))


def test_every_fact_that_is_measured_is_tested_and_every_misfit_is_measured(found):
    assert tuple(found) == NUMBERS
    assert KNOWN.keys() <= {(number, fact.what) for number in found for fact in found[number]}


@pytest.mark.parametrize("number", NUMBERS)
def test_the_median_world_is_in_band_where_no_misfit_is_declared(found, number):
    out = [str(fact) for fact in found[number] if (number, fact.what) not in KNOWN and not fact.in_band]
    assert not out, "; ".join(out)


@pytest.mark.parametrize(
    ("number", "what"),
    [pytest.param(*key, marks=pytest.mark.xfail(reason=reason, strict=True), id=" ".join(key)) for key, reason in KNOWN.items()],
)
def test_the_median_world_is_in_band_where_we_know_that_it_is_not_yet(found, number, what):
    (fact,) = (fact for fact in found[number] if fact.what == what)
    assert fact.in_band, str(fact)
