"""What stands on the dials and travels in links and files: it comes back as it went, or is refused in a sentence."""

import io
import json
import re
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from abm.clock import Quarter
from abm.errors import BadInput
from abm.model import Industry
from agents.world_files.folder import load_world
from experiments.inputs import Inputs
from experiments.ui import atlas, deal_desk, deal_tab, dials, main_dials, takeaway
from experiments.ui.commands import start, start_from
from experiments.ui.links import query, read_query
from experiments.ui.rail import SIZES, resize, turn
from experiments.ui.session import Session

START = Inputs("tutorial", 20, 8, 0)


@pytest.mark.parametrize("world", ["tutorial", "industry-2026q3"])
def test_every_dial_stands_within_its_bounds(world):
    for dial in dials.dials(world).values():
        if dial.bounded and dial.value is not None:
            assert dial.low <= dial.value <= dial.high, dial.name
    assert all(dials.groups(world).values())


def test_a_dial_moved_back_is_no_setting():
    dial = dials.dials("tutorial")["cone.width"]
    moved = dials.put({}, dial, 1.5)
    assert moved == {"cone.width": 1.5} and dials.put(moved, dial, dial.value) == {}


def test_the_presets_are_the_points_of_the_shipped_questions_and_all_can_be_run():
    titles = dials.presets()
    assert "yolo-capacity: n_yolo 3" in titles and "Bold, with circular finance" in titles
    kinds = {}  # one of each question and lever is enough here
    for title, preset in titles.items():
        kinds.setdefault(title.split(":")[0], preset)
    for preset in kinds.values():
        dials.checked(dials.applied(Inputs("industry-2026q3", 20, 8), preset))


def test_a_preset_for_all_labs_clears_the_appetite_of_one():
    own = replace(START, settings={"lab.Lab.risk_appetite": 0.3, "cone.width": 1.2})
    preset = {"lab.risk_appetite": 0.9}
    assert dials.applied(own, preset).settings == {"cone.width": 1.2, "lab.risk_appetite": 0.9}


def test_a_link_brings_back_what_went_into_it():
    shocks = ({"name": "stall", "at": "2026Q3", "duration": 6.0},)
    inputs = replace(START, seed=7, settings={"lab.Lab.risk_appetite": 0.9, "lab.down_payment": "waived"}, shocks=shocks)
    assert read_query(query(inputs), START) == (inputs, None)
    assert read_query(query(inputs, {"cone.width": 0.5}), START) == (inputs, {"cone.width": 0.5})
    assert read_query("", START) == (START, None)


@pytest.mark.parametrize(
    "text",
    [
        "world=../../etc/passwd",
        "world=nowhere",
        "set=cone.width=99",
        "set=__import__('os')=1",
        "worlds=1000000",
        "worlds=1e9",
        "quarters=0",
        "shock=stall@never",
        "seed=-1",
        "set=cone.width=nan",
        "x" * 9000,
    ],
)
def test_a_link_is_refused_in_a_sentence(text):
    with pytest.raises(BadInput):
        read_query(f"world=tutorial&{text}" if "world" not in text[:5] else text, START)


def test_a_world_file_taken_along_is_read_again_and_gives_the_same_first_quarter(tmp_path):
    settings = {"lab.Lab.risk_appetite": 0.9, "cone.width": 1.3, "cloud.build_lag": 4.0, "lab.down_payment": "waived"}
    inputs = replace(START, settings=settings, quarters=2)
    brought, _ = takeaway.unpacked("mine.zip", takeaway.world_zip(inputs), tmp_path)
    assert (brought.worlds, brought.quarters, brought.settings) == (20, 2, {})
    there, here = (Industry(each.opening(), worlds=3, rng=0).run(1) for each in (inputs, brought))
    for name, values in there.indicators.items():
        assert np.array_equal(values, here.indicators[name], equal_nan=True), name  # what nobody could measure yet is no number


def test_settings_of_a_world_file_give_way_to_those_of_the_command_line(tmp_path):
    (tmp_path / "world.toml").write_text("")
    takeaway_zip = zipfile.ZipFile(io.BytesIO(takeaway.world_zip(replace(START, settings={"cone.width": 1.3}))))
    takeaway_zip.extractall(tmp_path)
    assert load_world(str(tmp_path)).parameters["cone.width"] == 1.3
    assert load_world(str(tmp_path), {"cone.width": 0.7}).parameters["cone.width"] == 0.7
    twice = takeaway.with_settings((tmp_path / "world.toml").read_text(encoding="utf-8"), {"cone.annual_spread": 0.3})
    assert twice.count("[settings]") == 1 and "cone.annual_spread" in twice and '"cone.width" = 1.3' in twice


def zipped(**contents):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not toml [", "not valid TOML"),
        (b"x" * 5_000_000, "more than"),
        (zipped(**{"..__..__evil.py": "1"}), "not part of a world"),
        (zipped(**{"debt.csv": ""}), "no world.toml"),
        (zipped(**{"a__world.toml": "", "b__debt.csv": ""}), "more than one folder"),
        (zipped(**{"world.toml": "x" * 4_500_000}), "more than"),
        (b'title = "x"', "missing"),
    ],
)
def test_an_upload_that_is_no_world_is_refused_in_a_sentence(tmp_path, data, words):
    with pytest.raises(BadInput, match=words) as refused:
        takeaway.unpacked("mine.zip", data, tmp_path)
    assert str(tmp_path) not in str(refused.value)


def test_a_session_file_with_nonsense_is_refused(tmp_path):
    archive = zipfile.ZipFile(io.BytesIO(takeaway.world_zip(START)))
    contents = {name: archive.read(name) for name in archive.namelist()} | {"session.json": json.dumps({"worlds": 1, "evil": 2}).encode()}
    with pytest.raises(BadInput, match=r"session\.json"):
        takeaway.unpacked("mine.zip", zipped(**contents), tmp_path)


def test_the_command_begins_with_a_world_or_a_run_and_refuses_anything_else(tmp_path):
    assert start("tutorial", worlds=3, quarters=2) == Inputs("tutorial", 3, 2)
    assert start_from(json.dumps(START.plain())) == START
    with pytest.raises(BadInput, match="neither a world"):
        start("nowhere", runs=tmp_path)


def test_a_deal_raises_the_requirement_by_its_rent_over_the_margin():
    rows = [{"tenant": "Lab", "owner": "Cloud", "gw": 2.0, "price": 10.0, "years": 1.0, "start": "2026Q2"}]
    required = np.full((3, 8), 5.0)
    more = deal_desk.required_with(required, deal_desk.read(rows), {"Lab": 0.5}, Quarter.parse("2026Q1"))
    assert more[0].tolist() == [5, 45, 45, 45, 45, 5, 5, 5]  # 2 GW x $10bn / 0.5 for four quarters


def test_a_vendors_share_is_not_asked_of_customers_and_deliveries_come_evenly():
    rows = [{"tenant": "Lab", "owner": "Cloud", "gw": 2.0, "price": 10.0, "years": 5.0, "start": "2026Q1", "full": "2026Q2"}]
    rent = deal_desk.added_rent(deal_desk.read(rows), [Quarter.parse("2026Q1").index + k for k in range(3)])
    assert rent["Lab"].tolist() == [10, 20, 20]
    paid = deal_desk.added_rent(deal_desk.read([{**rows[0], "vendor": "Vendor", "share": 0.25}]), [Quarter.parse("2026Q2").index])
    assert paid["Lab"].tolist() == [15]


def test_the_first_year_that_cannot_be_met_is_named_by_path():
    revenue = np.linspace(10, 45, 8)[None].repeat(3, axis=0)  # 25 at the end of 2026, 45 at the end of 2027
    one = deal_desk.read([{"tenant": "Lab", "owner": "Cloud", "gw": 1.0, "price": 10.0, "start": "2027Q1"}])
    found = deal_desk.verdict(revenue, np.full((3, 8), 20.0), one, {"Lab": 0.2}, Quarter.parse("2026Q1"))
    assert (found.first["median"], found.first_before["median"]) == (2027, None)  # 20 + 10 / 0.2 = 70 > 45
    assert "2027 is the first year that cannot be met; without the deals none so far." in deal_desk.words(found)[0]


def test_a_deal_out_of_proportion_is_asked_about_and_taken_once_it_is_ticked():
    session = Session(START, workers=0)
    form = {**deal_tab.FIRST, "tenant": "Lab", "owner": "Cloud", "gw": 90.0, "start": "2027Q1", "vendor": deal_tab.NOBODY}
    deal_tab.add(session, form)
    assert f"tick {deal_tab.MEANT!r}" in session.message.peek() and "confirm = true" not in session.message.peek()
    assert session.inputs.peek().deals == ()
    deal_tab.add(session, {**form, "confirm": True})
    assert (session.message.peek(), [row["gw"] for row in session.inputs.peek().deals]) == ("", [90.0])
    session.close()


@pytest.mark.slow
def test_every_cell_of_the_committed_results_opens_a_setting_that_can_be_run():
    assert "yolo-capacity" in atlas.known()
    for name in atlas.known():
        sheet = atlas.sheet(name)
        for row in (sheet.rows[0], sheet.rows[-1]):
            dials.checked(replace(atlas.cell(sheet, {lever: row[lever] for lever in sheet.levers}), worlds=1))


def test_a_map_holds_the_other_levers_where_they_stand():
    sheet = atlas.sheet("yolo-capacity")
    held = {"vendor.circular_intensity": "0", "cone.width": "0.5", "n_yolo": "0"}
    found = atlas.grid(sheet, "n_yolo", "cone.width", "systemic_event", held)
    row = next(row for row in sheet.rows if all(row[lever] == value for lever, value in {**held, "n_yolo": "1"}.items()))
    assert found.shape == (3, 7) and found[0, 1] == float(row["systemic_event"])


def test_results_of_levers_that_a_question_has_no_more_are_not_shown(tmp_path):
    for name, levers in (("yolo-capacity", "vendor.circular_intensity,cone.width,n_yolo"), ("circular-finance", "population,gone")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "table.csv").write_text(f"{levers},runs,systemic_event_share\n")
    assert atlas.known(tmp_path) == ["yolo-capacity"]


@pytest.mark.parametrize("outcome", ["systemic_event_share", "systemic_event"])
def test_a_table_may_call_a_chance_by_its_old_or_its_new_name(tmp_path, outcome):
    (tmp_path / "yolo-capacity").mkdir()
    head, row = "vendor.circular_intensity,cone.width,n_yolo,runs", "0.0,0.5,3,100"
    text = f"{head},{outcome},systemic_event_low,systemic_event_high\n{row},0.1,0.05,0.2\n"
    (tmp_path / "yolo-capacity" / "table.csv").write_text(text)
    sheet = atlas.sheet("yolo-capacity", tmp_path)
    assert sheet.outcomes == (outcome,) and atlas.is_chance(outcome)
    assert sheet.words(outcome) == "Systemic event, share of runs"
    assert atlas.grid(sheet, "n_yolo", "cone.width", outcome, sheet.start()).tolist() == [[0.1]]
    assert atlas.cell(sheet, sheet.start()).settings["lab.lab C.risk_appetite"] == 0.9


def test_a_preset_of_the_deal_desk_brings_its_deal_and_its_shock():
    found = dials.applied(START, dials.presets()["deal-desk: 5 GW, 20 % by the vendor"])
    assert [(deal["gw"], deal["vendor"]) for deal in found.deals] == [(5, "Nvidia")]
    assert [shock["name"] for shock in found.shocks] == ["demand_shortfall"]
    assert dials.applied(START, dials.presets()["deal-desk: none"]).deals == ()


@pytest.mark.parametrize("world", ["industry-2026q3", "archetypes-2023q1", "tutorial"])
def test_a_slider_that_says_where_it_stands_changes_nothing(world):
    """A slider puts its number on its grid and sends that back when it is first shown."""
    session = Session(Inputs(world, 7, 90, 1234), workers=0)
    try:
        for dial in dials.dials(world).values():
            if dial.bounded and isinstance(dial.value, int | float):
                steps = np.floor((dial.value - dial.low) / dial.step + 1 / 2)
                turn(session, dial, min(dial.low + steps * dial.step, dial.high))
        for name, (_, low, high, step) in SIZES.items():
            now = min(max(getattr(session.inputs.peek(), name), low), high)
            resize(session, name, min(high, low + np.floor((now - low) / step + 1 / 2) * step))
        assert session.inputs.peek() == Inputs(world, 7, 90, 1234) and not session.pending
    finally:
        session.close()


@pytest.mark.parametrize("world", ["industry-2026q3", "archetypes-2023q1", "symmetric-2023q1", "tutorial"])
def test_the_five_dials_slide_over_all_that_is_plausible_and_over_where_the_world_stands(world):
    session = Session(Inputs(world, 7, 8), workers=0)
    try:
        for main in main_dials.main_dials(world):
            dial = main.dial
            assert dial.low <= main.low < main.high <= dial.high and dial.low <= dial.value <= dial.high
            assert 0 <= main.place(main.low) < main.place(main.high) <= 100
            steps = np.floor((dial.value - dial.low) / dial.step + 1 / 2)
            turn(session, dial, dial.low + steps * dial.step)
        assert session.inputs.peek().settings == {}
    finally:
        session.close()


def test_a_dial_says_what_it_does_to_the_odds_with_an_interval_and_only_where_that_is_stored():
    grow = next(main for main in main_dials.main_dials("industry-2026q3") if main.dial.name == "customers.adoption_pace")
    assert re.search(r"\d+ % \(\d+ to \d+\) at 0\.50× usual, \d+ % \(\d+ to \d+\) at 2\.00× usual", main_dials.sentence(grow))
    assert 'class="interval"' in main_dials.picture(grow, 1.0)
    elsewhere = main_dials.main_dials("tutorial")[0]
    assert main_dials.sentence(elsewhere) == "" and 'class="odds"' not in main_dials.picture(elsewhere, 1.0)


def test_a_slider_that_is_moved_by_one_step_moves_the_number():
    session = Session(Inputs("tutorial", 20, 8), workers=0)
    dial = dials.dials("tutorial")["cone.width"]
    try:
        turn(session, dial, dial.value + dial.step)
        assert session.inputs.peek().settings == {"cone.width": dial.value + dial.step}
        turn(session, dial, dial.value)
        assert session.inputs.peek().settings == {}
        resize(session, "worlds", 30)
        assert session.inputs.peek().worlds == 30
    finally:
        session.close()
