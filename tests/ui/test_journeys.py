"""What users do on the page, in a real Chromium: nothing here waits for time to pass, and no request leaves the machine."""

import json
import re
import zipfile

import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.ui.pages import NARROW, PATIENCE, QUARTERS, WORLDS, Visit

pytestmark = pytest.mark.ui


def test_play_ends_at_the_horizon_and_reset_begins_again(visit):
    page = visit()
    page.step(2)
    page.drawn("fan")
    page.play()
    assert page.age() == QUARTERS
    page.says(".headline", "futures")
    page.reset()


def test_the_first_screen_answers_from_the_stored_result_and_nothing_moves_when_the_run_begins(visit):
    page = visit(size={"width": 1280, "height": 800}, query="?world=industry-2026q3&worlds=10&quarters=6")
    page.says(".headline", re.compile(r"By 2027Q4 the industry has been in crisis in \d+ of 256 futures; OpenAI"))
    page.says(".stored-note", "Stored result")
    page.drawn("fan")
    before = page.find(".figure-fan canvas").bounding_box()
    assert before["y"] + before["height"] <= 800
    page.step()
    page.says(".headline", re.compile(r"By 2026Q3 .* of 10 futures"))
    assert page.find(".figure-fan canvas").bounding_box() == before


def test_the_page_without_a_link_plays_by_itself(browser, address):
    page = Visit(browser, address)
    expect(page.probe).not_to_have_attribute("data-age", "0", timeout=PATIENCE)
    page.leave()


def test_the_end_of_a_run_is_said_and_offers_what_to_try_next(visit):
    page = visit()
    page.play()
    page.says(".ending", "The run is over")
    page.find(".ending-worst").click()
    page.shown(".event-quarter")


def test_doubt_is_a_switch_and_a_band(visit):
    page = visit(query="?world=industry-2026q3&worlds=10&quarters=6")
    page.drawn("fan")
    page.find(".doubt .v-input--selection-controls__input").click()
    page.says(".doubt-reading", "wide band")
    assert any(one.get("name") == "Luck and doubt, P10 to P90" for one in page.option_of("fan")["series"])


def test_a_preset_waits_for_reset_and_then_runs(visit):
    page = visit()
    page.more()
    page.choose(".dial-preset", "Bold, with circular finance")
    page.shown(".pending")
    page.reset_with()
    page.says(".settings", "lab.risk_appetite = 0.9")
    page.step()
    page.says(".headline", "futures")


def test_a_dial_can_be_moved_with_the_keyboard_alone(visit):
    page = visit()
    page.button("More dials and presets").focus()
    page.page.keyboard.press("Enter")
    page.button("Circular finance").focus()
    page.page.keyboard.press("Enter")
    slider = page.find(".dial-vendor-circular_intensity .v-slider__thumb-container").first
    slider.focus()
    page.page.keyboard.press("ArrowRight")
    page.shown(".pending")
    page.button("Step").focus()
    page.page.keyboard.press("Enter")
    page.reached(1)
    page.find(".tab-story").focus()
    page.page.keyboard.press("Enter")
    page.shown(".story, .hint")


def test_two_settings_are_compared_on_the_same_seeds(visit):
    page = visit()
    page.find(".compare").first.click()
    page.more()
    page.choose(".dial-preset", "Bold, with circular finance")
    page.reset_with()
    page.step(2)
    page.says(".beside", "Compared setting")


def test_a_world_is_picked_and_its_story_leads_back_in_time(visit):
    page = visit()
    page.step(4)
    page.find(".pick-worst").click()
    page.says(".picked-world", "is drawn through the fan")
    page.tab("story")
    page.shown(".event-quarter")
    quarter = page.find(".event-quarter").first.inner_text()
    page.find(".event-quarter").first.click()
    page.says(".rewind", re.compile(quarter, re.IGNORECASE))
    assert page.age() == 4


def test_a_click_on_the_fan_picks_the_world_nearest_to_it(visit):
    page = visit()
    page.step(4)
    page.says(".picked-world", "No world is picked")
    page.drawn("fan")
    page.click_on_series("fan", "Revenue", 3)
    page.says(".picked-world", "is drawn through the fan")


def test_the_money_graph_opens_a_firm(visit):
    page = visit()
    page.step(3)
    page.find(".pick-median").click()
    page.tab("money")
    page.drawn("money")
    page.click_on_node("money", "consumer yolo")
    page.says(".headline", "consumer yolo")
    for name in ("balance", "cone", "plans", "wall", "incomes"):
        page.drawn(name)


def test_a_shock_comes_in_the_next_quarter_and_is_marked(visit):
    page = visit()
    page.step()
    page.find(".shock-stall").click()
    page.step(2)
    marks = next(one for one in page.option_of("fan")["series"] if one.get("name") == "marks")["markLine"]["data"]
    assert any("stall" in json.dumps(mark).lower() for mark in marks)


def test_a_firm_that_is_picked_is_lost_in_the_next_quarter(visit):
    page = visit()
    page.step()
    page.choose(".loss-firm", "enterprise cautious")
    page.find(".shock-loss").click()
    page.step(2)
    page.says(".marks", "loss of enterprise cautious")


def test_the_deal_desk_says_what_a_deal_requires(visit):
    page = visit()
    page.step(4)
    page.tab("deal-desk")
    page.find(".deal-add").click()
    page.says(".desk, .overreach", "of revenue")


def test_a_cell_of_the_atlas_opens_its_setting(visit):
    page = visit()
    page.tab("atlas")
    page.drawn("atlas")
    before = int(page.probe.get_attribute("data-generation"))
    page.click_on_cell("atlas", 0, 0)
    page.begins(before)
    page.says(".settings", "=")


def test_what_is_taken_along_can_be_read(visit):
    page = visit()
    page.step(2)
    page.tab("about")
    panel = pd.read_parquet(page.downloaded(re.compile("parquet", re.IGNORECASE)))
    assert set(panel["world"]) == set(range(WORLDS))
    plain = pd.read_csv(page.downloaded(re.compile("csv", re.IGNORECASE)), compression="gzip")
    assert len(plain) == len(panel)
    with zipfile.ZipFile(page.downloaded("Settings as a world file")) as found:
        assert any(name.endswith("world.toml") for name in found.namelist())


def test_a_link_opens_the_same_view_again(visit):
    page = visit(query=f"?worlds={WORLDS}&quarters={QUARTERS}&set=lab.risk_appetite=0.9")
    page.says(".settings", "lab.risk_appetite = 0.9")


def test_a_link_that_is_wrong_is_said_and_the_page_lives(visit):
    page = visit(query="?worlds=12&quarters=6&set=lab.risk_apetite=0.9")
    page.says(".message", "lab.risk_appetite")
    page.step()


HOSTILE = {
    "evil.toml": (b"name = '<img src=x onerror=alert(1)>'\nlab = 1\n", "evil.toml"),
    "bomb.zip": (b"PK\x03\x04 not really a zip", "bomb.zip"),
    "huge.toml": (b"#" * (5 << 20), "more than"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_world_is_refused_in_a_sentence_and_the_page_lives(visit, name):
    data, said = HOSTILE[name]
    page = visit()
    page.tab("about")
    page.find(".upload input").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})
    page.says(".message", said)
    assert page.find(".message img").count() == 0
    page.step()


def test_a_worker_that_dies_is_said_and_reset_begins_anew(visit, address):
    page = visit()
    page.step()
    kill_a_worker_of(address)
    page.button("Step").click()
    page.says(".problem", "Reset")
    page.reset()
    page.step()


def kill_a_worker_of(address):
    """End the newest process that the server has started."""
    psutil = pytest.importorskip("psutil")
    port = int(address.rpartition(":")[2])
    server = next(p for p in psutil.process_iter(["cmdline"]) if ["--port", str(port)] == (p.info["cmdline"] or [])[-3:-1])
    max(server.children(), key=lambda child: (child.create_time(), child.pid)).kill()


def test_two_browsers_never_share_a_model(visit):
    one, two = visit(), visit()
    one.step(2)
    assert (one.age(), two.age()) == (2, 0)
    two.step()
    assert (one.age(), two.age()) == (2, 1)


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_a_narrow_screen_needs_no_scrolling_sideways(visit, shade):
    page = visit(size=NARROW, shade=shade)
    page.step()
    page.drawn("fan")
    assert page.width() <= NARROW["width"]
    page.find(".open-dials").click()
    expect(page.find(".sidebar-open")).to_be_visible()
    assert page.width() <= NARROW["width"]


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_on_a_phone_the_dials_hide_neither_the_picture_nor_their_own_button(visit, shade):
    page = visit(size=NARROW, shade=shade)
    page.step()
    page.find(".open-dials").click()
    expect(page.find(".sidebar-open")).to_be_visible()
    button, sheet = page.find(".open-dials").bounding_box(), page.find(".sidebar").bounding_box()
    assert button["y"] >= 0 and button["y"] + button["height"] <= sheet["y"]
    page.find(".figure-fan").scroll_into_view_if_needed()
    canvas = page.drawn("fan")
    button = page.find(".open-dials").bounding_box()
    assert button["y"] >= 0 and button["y"] + button["height"] <= sheet["y"]  # also when scrolled
    assert 0 <= canvas["y"] < sheet["y"] <= NARROW["height"]
    page.find(".open-dials").click()
    expect(page.find(".sidebar-open")).to_have_count(0)


def test_unfolding_a_group_changes_no_setting_and_what_is_set_can_be_undone(visit):
    page = visit()
    page.more()
    for fold in page.find(".more .fold .fold-head").all():
        if fold.text_content().strip() != "All other parameters":
            fold.click()
    expect(page.find(".dial-cone-annual_spread")).to_be_visible()
    page.step()  # whatever a slider sends back has come by then
    expect(page.find(".settings")).to_have_count(0)
    expect(page.find(".pending")).to_have_count(0)
    slider = page.find(".dial-cone-width .v-slider__thumb-container")
    slider.focus()
    slider.press("ArrowRight")
    page.says(".settings", "cone.width = ")
    page.find(".clear").click()
    expect(page.find(".settings")).to_have_count(0)
    expect(page.find(".pending")).to_have_count(0)
