"""Stylised facts of model.md 17 that need runs of their own: circular finance, cycles of capacity, an open-weight shock."""

import pytest

from tests.validation.misfits import MISFITS
from tests.validation.variants import facts

WORLDS = 100
NUMBERS = ("V11", "V17", "V18")
KNOWN = {key: reason for key, reason in MISFITS.items() if key[0] in NUMBERS}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found():
    """{number: [Fact]}."""
    return facts(WORLDS)


def test_every_fact_that_is_measured_is_tested_and_every_misfit_is_measured(found):
    assert tuple(found) == NUMBERS
    assert KNOWN.keys() <= {(number, fact.what) for number in found for fact in found[number]}


@pytest.mark.parametrize("number", NUMBERS)
def test_the_fact_is_in_band_where_no_misfit_is_declared(found, number):
    out = [str(fact) for fact in found[number] if (number, fact.what) not in KNOWN and not fact.in_band]
    assert not out, "; ".join(out)


@pytest.mark.parametrize(
    ("number", "what"),
    [pytest.param(*key, marks=pytest.mark.xfail(reason=reason, strict=True), id=" ".join(key)) for key, reason in KNOWN.items()],
)
def test_the_fact_is_in_band_where_we_know_that_it_is_not_yet(found, number, what):
    (fact,) = (fact for fact in found[number] if fact.what == what)
    assert fact.in_band, str(fact)
