"""What leaves the page: a link, and a chart as picture and as numbers. And what the page is to those who do not see it, or see it still."""

import importlib.util
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.ui.pages import NARROW, PATIENCE, WIDE

pytestmark = pytest.mark.ui
GRAVE = ("serious", "critical")


def test_the_link_of_a_setting_is_copied_and_opens_it_again(visit):
    page = visit(query="?worlds=12&quarters=6&set=lab.risk_appetite=0.9")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.find(".copy-link button").click()
    page.says(".copied", "Copied")
    address = page.page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(page.address) and "set=lab.risk_appetite%3D0.9" in address and "worlds=12" in address


def test_a_chart_is_taken_along_as_picture_and_numbers_with_title_source_and_caveat(visit):
    page = visit()
    page.step(2)
    page.drawn("fan")
    found = {kind: page.downloaded(re.compile(f"Revenue of AI labs against .* as {kind}")).read_bytes() for kind in ("PNG", "SVG", "CSV")}
    assert found["PNG"].startswith(b"\x89PNG")
    drawn, numbers = found["SVG"].decode(), found["CSV"].decode()
    for text in (drawn, numbers):
        assert "Revenue of AI labs against" in text and "Source: Overreach" in text and "not forecasts" in text
    head, first = [line.split(",") for line in numbers.splitlines() if not line.startswith("#")][:2]
    assert head[0] == "quarter" and "Revenue" in head and first[0] == "2023Q1" and float(first[head.index("Revenue")]) > 0


@pytest.mark.parametrize(("size", "shade"), [("wide", "light"), ("wide", "dark"), ("narrow", "dark")])
def test_no_serious_fault_is_found_by_axe(visit, size, shade):
    spec = importlib.util.find_spec("axe_playwright_python")
    if spec is None:
        pytest.skip("axe-core is not installed (it comes with axe-playwright-python, of the extra `dev`)")
    page = visit(size=WIDE if size == "wide" else NARROW, shade=shade)
    page.step(2)
    page.drawn("fan")
    if size == "narrow":
        page.find(".open-dials").click()
    page.page.evaluate(Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8"))
    for tab in ("futures", "firms") if size == "wide" else ("futures",):
        page.tab(tab)
        page.shown(".figure-fan canvas" if tab == "futures" else ".firms-table")
        faults = page.page.evaluate("axe.run({resultTypes: ['violations']}).then((found) => found.violations)")
        told = [(one["id"], one["help"], [node["html"][:160] for node in one["nodes"][:4]]) for one in faults if one["impact"] in GRAVE]
        assert told == []


def test_whoever_asks_for_less_motion_gets_none_and_the_focus_is_seen(browser, address):
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".figure-fan canvas")).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("getComputedStyle(document.querySelector('.v-btn')).transitionDuration") == "0s"
    expect(page.locator(".probe")).to_have_attribute("data-age", "0")  # it does not play by itself
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    context.close()
