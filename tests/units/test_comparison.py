"""Two runs compared: the same futures pair by pair, what was set, what luck could make, and refusals where futures are not the same."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from abm.errors import BadInput
from experiments.analysis import comparison_words as words
from experiments.analysis.comparison import NOISE, _amount, _edited, changed, compare
from experiments.analysis.comparison_page import comparison_page
from experiments.cli import app
from experiments.inputs import Inputs
from experiments.inputs import changed as with_changes
from experiments.runs import Work, run

ONE = Work(workers=1)
BASE = Inputs("tutorial", worlds=6, quarters=6)
BIG = "Lab,Cloud,gw=5,start=2026Q2"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def found(root):
    less = with_changes(BASE, ["demand_shortfall@2026Q2,size=0.9"])
    return compare(run(BASE, root=root, work=ONE), run(less, root=root, work=ONE))


def test_demand_that_goes_missing_costs_revenue_in_every_future(found):
    served = next(row for row in found.amounts if row.name == "served_revenue")
    assert served.lower == found.futures == 6 and served.higher == 0
    assert served.change.high < 0 and served.is_sure
    assert served.change.mean == pytest.approx(served.after - served.before)
    year, last = found.years()[-1]
    assert year == 2027 and last.change.mean < 0


def test_it_says_what_was_set_and_what_came_of_it(found):
    assert [tuple(item) for item in found.changed] == [("shock", "-", "demand_shortfall@2026Q2,size=0.9")]
    assert words.headline(found).startswith(
        "In 6 futures on the same seeds, a demand shortfall in 2026Q2 (size=0.9) makes no difference to whether there is a crisis"
    )
    assert any(line.startswith("Revenue of labs over the run changes by -$") for line in words.sentences(found))
    page = comparison_page(found)
    assert 'id="spec-fans"' in page and 'id="spec-gaps"' in page and "What was set" in page and "overreach compare" in page


@pytest.mark.slow
def test_futures_of_a_smaller_run_are_the_first_of_a_larger_one(root):
    some = run(Inputs("tutorial", worlds=3, quarters=6, settings={"lab.risk_appetite": 0.5}), root=root, work=ONE)
    both = compare(run(BASE, root=root, work=ONE), some)
    assert both.futures == 3
    assert not any(row.higher or row.lower for row in both.amounts)  # 0.5 is what the world has
    assert "makes no difference to whether there is a crisis" in words.headline(both)


def test_what_the_order_of_a_sum_does_is_no_result():
    noisy = _amount("welfare", [1.0, 2.0], [1.0 + NOISE / 2, 2.0])
    assert noisy.higher == noisy.lower == 0 and noisy.change.mean == 0
    assert _amount("x", [1.0, np.nan], [2.0, 3.0]).change.pairs == 1
    assert np.isnan(_amount("x", [np.nan], [1.0]).change.mean)


def test_changes_are_read_as_settings_shocks_and_deals():
    inputs = with_changes(BASE, ["cone.width=1.2", "stall@2026Q3,duration=4", BIG])
    assert inputs.settings == {"cone.width": 1.2} and inputs.shocks[0]["name"] == "stall" and inputs.deals[0]["gw"] == 5
    assert [item.what for item in changed(BASE, inputs)] == ["cone.width", "shock", "deal"]
    assert changed(BASE, inputs)[0].before == "1"
    with pytest.raises(BadInput, match="--against cone.width is given twice"):
        with_changes(BASE, ["cone.width=1.2", "cone.width=1.3"])
    with pytest.raises(BadInput, match="--against 'cone' is not of the form"):
        with_changes(BASE, ["cone"])


@pytest.mark.slow
def test_runs_of_other_futures_are_refused(root):
    first = run(BASE, root=root, work=ONE)
    with pytest.raises(BadInput, match="both are run"):
        compare(first, first)
    for key, value in (("seed", 1), ("quarters", 5)):
        other = run(Inputs(**{**BASE.plain(), "shocks": (), "deals": (), key: value}), root=root, work=ONE)
        with pytest.raises(BadInput, match=f"--{key} .* so their futures are not the same"):
            compare(first, other)


@pytest.mark.slow
def test_one_command_runs_both_and_another_compares_them_again(root, tmp_path):
    asked = ["run", "tutorial", "--worlds", "3", "--quarters", "4", "--workers", "1", "--out", str(tmp_path), "--against", BIG]
    said = CliRunner().invoke(app, asked)
    assert said.exit_code == 0, said.output
    assert "In 3 futures on the same seeds, the deal Lab,Cloud,gw=5,start=2026Q2 " in " ".join(said.output.split())
    page = next((tmp_path / "comparisons").glob("*.html"))
    first, second = page.stem.split("-")
    again = CliRunner().invoke(app, ["compare", first, second, "--runs", str(tmp_path), "--json"])
    found = json.loads(again.output)
    assert found["changed"] == [{"what": "deal", "before": "-", "after": BIG}] and found["page"] == str(page)
    refused = CliRunner().invoke(app, ["run", "tutorial", "--against", "con.width=1", "--out", str(tmp_path / "no")])
    assert refused.exit_code == 2 and "did you mean 'cone.width'" in refused.output and not (tmp_path / "no").exists()


def test_what_the_files_say_of_firms_is_said_too():
    one = Inputs("industry-2026q3", settings={"cloud.accounting_life": 4, "lab.OpenAI.cash": 70})
    said = {item.what: item for item in changed(Inputs("industry-2026q3"), one)}
    assert " to " in said["cloud.accounting_life"].before and said["lab.OpenAI.cash"].before == "73"


def test_a_world_whose_files_were_edited_between_two_runs_is_said_to_differ():
    before, after = (SimpleNamespace(inputs=SimpleNamespace(world="mine"), manifest={"fingerprint": 10 * mark}) for mark in "ab")
    assert _edited(before, after) == (("files of the world", "a" * 8, "b" * 8),)
    assert _edited(before, before) == ()
