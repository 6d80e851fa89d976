"""Every case on the page of numbers from outside comes out as its source has it."""

import pytest

from tests.validation.cases import everything

CASES = everything()


@pytest.mark.parametrize("case", CASES, ids=[f"{case.group}: {case.what}" for case in CASES])
def test_our_number_is_the_one_from_outside(case):
    assert case.agrees, f"expected {case.expected}, ours {case.ours}, {case.difference:g} apart"
