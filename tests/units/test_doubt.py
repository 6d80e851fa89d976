"""Doubt as an axis of a run: who draws what, whose luck stays, how variance is split, and what a user's file may say."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr
from typer.testing import CliRunner

from abm.errors import BadInput
from agents.world_files.folder import load_world
from experiments import cli
from experiments.analysis.doubt import carrying, split
from experiments.collect import collect
from experiments.doubt import NEXT_DRAW, OWN_DRAW, TOGETHER, doubts_of, drawn, in_doubt, levels, places, read_file, values_of
from experiments.inputs import Inputs
from experiments.runs import Work, open_run, reproduce, run

IN_DOUBT = Inputs("tutorial", 24, 6, seed=5, doubt=OWN_DRAW)
KEYS = (("industry", "revenue_total"),)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return run(IN_DOUBT, root=tmp_path_factory.mktemp("runs"), work=Work(workers=1))


def test_a_world_draws_the_same_alone_and_in_any_batch():
    opening = load_world("tutorial")
    (_, alone), (_, many) = drawn(IN_DOUBT, opening, (7,)), drawn(IN_DOUBT, opening, range(24))
    assert all(alone[name][0] == many[name][7] for name in many)
    assert not any(values[7] == values[8] for values in many.values())


@pytest.mark.slow
def test_batches_of_a_run_in_doubt_change_nothing():
    inputs = IN_DOUBT.checked()
    address = inputs.address(inputs.opening().fingerprint)
    whole = collect(inputs, address, tuple(range(4)), KEYS).arrays[KEYS[0]]
    parts = [collect(inputs, address, ids, KEYS).arrays[KEYS[0]] for ids in ((0,), (1, 2, 3))]
    assert np.array_equal(whole, np.concatenate(parts))


def test_the_neighbours_draw_is_that_of_the_world_after():
    opening = load_world("tutorial")
    (_, own), (_, following) = drawn(IN_DOUBT, opening, (3, 4)), drawn(replace(IN_DOUBT, doubt=NEXT_DRAW), opening, (2, 3))
    assert all(np.array_equal(own[name], following[name]) for name in own)


def test_numbers_go_together_as_declared():
    place, level = places(), levels(1, range(4000))
    for first, second, rank in TOGETHER:
        assert spearmanr(level[:, place[first]], level[:, place[second]]).statistic == pytest.approx(rank, abs=0.05)
    assert spearmanr(level[:, 0], level[:, 1]).statistic == pytest.approx(0, abs=0.05)


def test_what_a_world_or_the_user_gives_is_held_unless_the_world_states_a_prior():
    named, tutorial = load_world("industry-2026q3"), load_world("tutorial")
    drawn_there = {doubt.name for doubt in in_doubt(named, {"cone.width": 1})}
    assert "supply.late" in drawn_there and "technology.opening_frontier" not in drawn_there and "cone.width" not in drawn_there
    assert "supply.late" not in {doubt.name for doubt in in_doubt(tutorial)}
    assert "cloud.build_lag" not in drawn_there


def test_only_firms_whose_number_nobody_gives_draw_it():
    opening = load_world("industry-2026q3", overrides={"lab.OpenAI.risk_appetite": 0.9})
    opened, _ = values_of(opening, in_doubt(opening), 1, range(5))
    appetite = dict(zip(opening.names["labs"], opened.columns["labs"]["risk_appetite"].T))
    assert set(appetite["OpenAI"]) == {0.9} and np.ptp(appetite["Anthropic"]) > 0
    lenders = opened.columns["lenders"]["risk_appetite"]
    assert np.ptp(lenders[:, 0] - opening.columns["lenders"]["risk_appetite"][0]) > 0


@pytest.mark.slow
def test_a_run_in_doubt_has_its_band_beside_that_of_luck_alone(found):
    doubt = found.summary["doubt"]
    sure = open_run(doubt["luck_run"], found.path.parent)
    assert sure.inputs == replace(IN_DOUBT, doubt="") and doubt["fan"] == sure.summary["fans"]["revenue_total"]
    assert doubt["fan"] != found.summary["fans"]["revenue_total"] and doubt["drawn"] == len(doubts_of(found.inputs, load_world("tutorial")))
    page = found.report.read_text(encoding="utf-8")
    assert all(text in page for text in ('id="doubt"', "--doubt", "What every world draws"))
    assert 'id="doubt"' not in sure.report.read_text(encoding="utf-8")


@pytest.mark.slow
def test_any_world_of_a_run_in_doubt_can_be_run_again_alone(found):
    revenue = found.panel(measure="revenue_total", world=9)["value"].to_numpy()
    assert np.array_equal(reproduce(found, 9).record.series("industry", "revenue_total")[0, :, 0], revenue)


def test_doubt_and_its_priors_are_part_of_the_address():
    row = {"cone.width": {"low": 0.9, "high": 1.1, "source": "mine"}}
    asked = [replace(IN_DOUBT, doubt=""), IN_DOUBT, replace(IN_DOUBT, priors=row)]
    assert len({inputs.address("files") for inputs in asked}) == len(asked)


def test_variance_is_split_by_what_differs_between_the_lucks_of_a_draw():
    random = np.random.default_rng(1)
    doubt, luck = random.normal(size=2001), random.normal(size=2000)
    half = split(doubt[:-1] + luck, doubt[1:] + luck)
    assert half["doubt"] == pytest.approx(0.5, abs=0.05) and half["low"] < 0.5 < half["high"]
    assert split(doubt[:-1], doubt[1:])["doubt"] == pytest.approx(1)
    assert split(luck, luck)["doubt"] == pytest.approx(0, abs=0.05)
    assert split(luck[:10], luck[:10]) is None and split(np.zeros(50), np.zeros(50)) is None


@pytest.mark.slow
def test_numbers_that_carry_stand_out_of_chance_and_others_do_not():
    random = np.random.default_rng(2)
    draws, luck = random.random((301, 60)), random.normal(size=300)
    unit, labels = np.concatenate([draws[:-1], draws[1:]]), [f"n{k}" for k in range(60)]
    clear, rows = carrying(labels, unit, np.concatenate([3 * draws[:-1, 4] + luck / 3, 3 * draws[1:, 4] + luck / 3]))
    assert clear and rows[0]["name"] == "n4" and rows[0]["matters"] and not rows[2]["matters"]
    assert carrying(labels, unit, np.concatenate([luck, luck]))[0] is False
    assert carrying(labels, unit[:20], unit[:20, 0]) == (False, [])


def test_a_users_own_prior_replaces_the_declared_one(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '"cone.width" = { law = "discrete", values = [0.7, 0.8], source = "mine" }\nsupply.late = {low = 0, high = 0.1, source = "x"}'
    )
    inputs = replace(IN_DOUBT, priors=read_file(path))
    _, values = drawn(inputs, load_world("tutorial"), range(24))
    assert {*values["cone.width"]} == {0.7, 0.8} and 0 < np.ptp(values["supply.late"]) < 0.1


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "holds no prior"),
        ("cone", "is not valid TOML"),
        ('"cone.wdth" = {low = 1, high = 2, source = "x"}', "unknown name 'cone.wdth'; did you mean 'cone.width'"),
        ('"cloud.build_lag" = {low = 4, high = 8, source = "x"}', "cloud.build_lag can have no prior; it is structural"),
        ('"cone.width" = {low = 1, high = 9, source = "x"}', "cone.width: high = 9 is outside [0.25, 2]"),
        ('"lab.risk_appetite" = {low = 0.3, high = 1.5, source = "x"}', "lab.risk_appetite: high = 1.5 is outside [0.02, 0.98]"),
    ],
)
def test_a_bad_file_of_priors_is_one_sentence_and_exit_code_2(tmp_path, text, says):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    answer = CliRunner().invoke(cli.app, ["run", "tutorial", "--doubt", "--priors", str(path), "--out", str(tmp_path)])
    said = " ".join(answer.output.split())
    assert answer.exit_code == 2 and said.startswith(f"overreach: --priors {path}") and says in said and "Traceback" not in said


def test_priors_without_doubt_and_for_what_is_set_are_refused():
    row = {"cone.width": {"low": 0.9, "high": 1.1, "source": "mine"}}
    with pytest.raises(BadInput, match="'own' where every world draws"):
        Inputs("tutorial", priors=row).checked()
    with pytest.raises(BadInput, match="cone.width is set by --set as well"):
        replace(IN_DOUBT, priors=row, settings={"cone.width": 1.0}).opening()


@pytest.mark.slow
def test_progress_of_the_three_runs_adds_up(tmp_path):
    seen = []
    run(Inputs("tutorial", 2, 2, seed=1, doubt=OWN_DRAW), root=tmp_path, work=Work(workers=1, progress=seen.append))
    assert seen == sorted(seen) and seen[-1] == pytest.approx(2)
