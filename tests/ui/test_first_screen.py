"""What stands on the screen before the page's own script has been read."""

import pytest
from playwright.sync_api import expect

from tests.ui.pages import NARROW, PATIENCE

pytestmark = pytest.mark.ui
SOON = 2000  # ms until something is to be seen, from a server that is warm
SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": NARROW}
WORLD = "?world=industry-2026q3&worlds=10&quarters=40"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shade", ["light", "dark"])
def test_question_answer_and_cone_are_there_at_once_and_give_way_to_the_page_in_place(browser, address, size, shade):
    context = browser.new_context(viewport=SIZES[size], color_scheme=shade)
    page = context.new_page()
    page.goto(f"{address}/{WORLD}", wait_until="commit")
    first = page.locator(".first")
    expect(first.locator(".answer")).to_contain_text("the industry has been in crisis in")
    expect(first.locator("path.required")).to_have_count(1)
    assert page.evaluate("getComputedStyle(document.querySelector('.first')).backgroundColor") == (
        "rgb(30, 30, 30)" if shade == "dark" else "rgb(255, 255, 255)"
    )
    expect(page.locator("#loader-container")).not_to_be_visible()
    before = first.locator(".plane").bounding_box()
    expect(first).to_have_count(0, timeout=PATIENCE)
    after = page.locator(".figure-fan canvas").bounding_box()
    assert after["y"] < before["y"] < after["y"] + 40  # the axis begins where it stood
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") < SOON
    context.close()
