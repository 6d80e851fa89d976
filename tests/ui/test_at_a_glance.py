"""All firms in one table, and two settings as one difference."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.ui


def test_the_table_of_firms_sorts_and_a_firm_opens(visit):
    page = visit()
    page.step(2)
    page.tab("firms")
    page.shown(".firms-table tbody tr")
    page.find(".sort-name").click()
    names = page.find(".open-firm").all_inner_texts()
    assert names == sorted(names, key=str.casefold) and len(names) > 6
    page.find(".sort-name").click()
    assert page.find(".open-firm").all_inner_texts() == names[::-1]
    expect(page.find("th[aria-sort=descending]")).to_have_count(1)
    page.find(".open-firm", has_text="consumer yolo").press("Enter")
    page.says(".headline", "consumer yolo")
    page.find(".all-firms").click()
    page.shown(".firms-table tbody tr")


def test_a_comparison_says_what_the_change_does_with_an_interval_and_draws_the_difference(visit):
    page = visit(query="?worlds=12&quarters=6&set=customers.adoption_pace=2&compare=1")
    page.step(2)
    page.says(".paired", re.compile(r"By 2023Q2, setting customers.adoption_pace to 2 instead of 1"))
    page.shown(".paired-firms")
    page.drawn("difference")
    assert any(one.get("name") == "Difference" for one in page.option_of("difference")["series"])
