"""The worked examples: their arithmetic is exact, the engine meets it where nothing else plays a part, and the page is the one written."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.validation.example_bets import ALONE, buffer, carried, paid_for_one_deal
from tests.validation.example_forms import everything
from tests.validation.example_outlooks import late_by
from tests.validation.example_words import OFTEN, against, odds, spread
from tests.validation.examples import TOLD, paragraph, written

FORMS = [(number, case) for number, cases in everything().items() for case in cases]
PAGE = Path(__file__).parents[2] / "docs" / "examples.md"
DEFAULT_WORLDS = 200

NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.mark.parametrize(("number", "case"), FORMS, ids=[f"{number} {case.what}" for number, case in FORMS])
def test_the_closed_form_is_the_text(number, case):
    assert 1 <= number <= len(TOLD) == 10
    assert case.agrees, f"expected {case.expected}, ours {case.ours}, {case.difference:g} apart"


def test_one_deal_costs_the_lab_nothing_in_its_first_year():
    assert paid_for_one_deal() == pytest.approx([0, 10, 10, 10, 10], abs=1e-9)


@pytest.mark.parametrize(("growth", "needed"), [(0.0, 1000), (0.1, 352), (0.25, 200)])
def test_a_lab_alone_needs_the_buffer_of_the_closed_form(growth, needed):
    assert buffer(growth) == (pytest.approx(needed, abs=1e-6), [False, True])


def test_compute_of_20_carries_100_where_nobody_trains_and_nothing_ages():
    trains, serves, lasts = (carried(values) for values in ALONE.values())
    assert lasts == pytest.approx((100, 100), abs=1e-6)
    assert trains[0] < serves[0] < 100 and serves[1] < serves[0]


def test_words_follow_numbers():
    rising = np.array([1.0, 2.0, 3.0, 2.0])
    assert [against(sign * rising, *OFTEN) for sign in (-1, 0, 1)] == list(OFTEN)
    assert against(np.array([-1.0, 1.0, -1.0, 1.0]), *OFTEN) == OFTEN[1]
    assert spread(np.full(5, 12.34)) == "12.3 [12.3 to 12.3]"
    assert odds(np.array([True, False])).startswith("50 % (")
    assert late_by(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 4.0) == "0.75" and late_by(np.ones(5), 2.0) == "over 1"
    assert max(map(len, paragraph("word " * 100).splitlines())) <= 140


@pytest.mark.slow
def test_the_page_committed_is_the_page_written():
    """Line by line, but for last digits: another processor may add up in another order."""
    there, made = (text.splitlines() for text in (PAGE.read_text(encoding="utf-8"), written(DEFAULT_WORLDS)))
    assert [NUMBER.sub("#", line) for line in there] == [NUMBER.sub("#", line) for line in made]
    close = [
        (float(old), float(new))
        for a, b in zip(there, made, strict=True)
        for old, new in zip(NUMBER.findall(a), NUMBER.findall(b), strict=True)
    ]
    assert all(new == pytest.approx(old, rel=0.02, abs=0.02) for old, new in close)
