"""The command line: every mistake is one sentence and exit code 2, nothing is written, and help is instant."""

import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from experiments.cli import app

BAD_WORLD = {
    "negative cash": (('name = "Lab"\n', 'name = "Lab"\n', "cash = 6.0", "cash = -6.0"), "cash = -6.0"),
    "not a number": (("cash = 6.0", "cash = nan"), "cash"),
    "unknown key": (("cash = 6.0", "csh = 6.0"), "csh"),
    "duplicate firm": (('name = "Vendor"', 'name = "Cloud"'), "Cloud"),
    "bad name": (('name = "Lab"', 'name = "<b>"'), "<b>"),
}


def called(*arguments):
    return CliRunner().invoke(app, [str(part) for part in arguments])


def refused(tmp_path, *arguments):
    """The one sentence of a refusal, after checking that it is one, with exit code 2, and that nothing was written."""
    result = called(*arguments, "--runs", tmp_path / "runs")
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert result.output.count("\n") == 1
    assert not (tmp_path / "runs").exists()
    return result.output


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("run", "nowhere"), "nowhere"),
        (("run", "tutorail"), "did you mean 'tutorial'"),
        (("run", "../nowhere/"), "nowhere"),
        (("run", ""), "''"),
        (("run", "tutorial", "--set", "lab.risk_apetite=0.5"), "did you mean 'lab.risk_appetite'"),
        (("run", "tutorial", "--set", "con.width=1"), "did you mean 'cone.width'"),
        (("run", "tutorial", "--set", "lab.risk_appetite=7"), "[0.02, 0.98]"),
        (("run", "tutorial", "--set", "lab.risk_appetite=nan"), "lab.risk_appetite"),
        (("run", "tutorial", "--set", "lab.risk_appetite=bold"), "lab.risk_appetite"),
        (("run", "tutorial", "--set", "cone.width=9"), "cone.width = 9"),
        (("run", "tutorial", "--set", "cone.width"), "name=value"),
        (("run", "tutorial", "--set", "cone.width=1", "--set", "cone.width=1.1"), "given twice"),
        (("run", "tutorial", "--set", "lab.Nobody.cash=1"), "Nobody"),
        (("run", "tutorial", "--deal", "Lob,Cloud,gw=1,start=2026Q4"), "did you mean 'Lab'"),
        (("run", "tutorial", "--deal", "Lab,Cloud"), "needs 'gw'"),
        (("run", "tutorial", "--worlds", "0"), "--worlds = 0"),
        (("run", "tutorial", "--worlds", "-3"), "--worlds = -3"),
        (("run", "tutorial", "--quarters", "0"), "--quarters = 0"),
        (("run", "tutorial", "--seed", "-1"), "--seed = -1"),
        (("run", "tutorial", "--workers", "-1"), "--workers = -1"),
        (("run", "tutorial", "--worlds", "1.5"), "--worlds = '1.5' is not allowed; it must be a whole number"),
        (("run", "tutorial", "--worlds", "abc"), "--worlds = 'abc'"),
        (("run", "tutorial", "--quarters=x"), "--quarters = 'x'"),
        (("run", "tutorial", "--memory", "inf"), "--memory = inf"),
        (("run", "tutorial", "--memory", "big"), "--memory = 'big' is not allowed; it must be a number"),
        (("run", "tutorial", "--wrlds", "5"), "no option --wrlds; did you mean '--worlds'"),
        (("run",), "WORLD is missing"),
        (("run", "tutorial", "more"), "unexpected extra argument"),
        (("runn", "tutorial"), "did you mean 'run'"),
        (("books", "nothing"), "--quarter is missing"),
        (("run", "tutorial", "--set", "customers.market_size=nan"), "--set customers.market_size = nan"),
        (("run", "tutorial", "--set", "customers.market_size=inf"), "--set customers.market_size = inf"),
        (("run", "tutorial", "--set", "customers.market_size=1"), "--set: customers.market_size = 1"),
        (("run", "tutorial", "--set", "cloud.build_lag=4.5"), "--set: cloud.build_lag = 4.5"),
        (("run", "tutorial", "--set", "services.mode=cornot"), "did you mean 'cournot'"),
        (("run", "tutorial", "--set", "policy.ai_tax=0.1"), "--set policy.ai_tax is extended, not in this release"),
        (("run", "tutorial", "--set", "lab.national_race=1"), "extended, not in this release"),
        (("run", "tutorial", "--shock", "ai_tax@2026Q2"), "extended, not in this release"),
        (("run", "tutorial", "--shock", "stall@2026Q2,duration=nan"), "--shock stall: duration = nan"),
        (("run", "tutorial", "--measures", "revenu"), "did you mean 'revenue'"),
        (("run", "tutorial", "--shock", "stal@2026Q2"), "did you mean 'stall'"),
        (("run", "tutorial", "--shock", "stall"), "name@2027Q1"),
        (("run", "tutorial", "--shock", "stall@2020Q1"), "outside the run"),
        (("run", "tutorial", "--shock", "stall@soon"), "soon"),
        (("run", "tutorial", "--shock", "stall@2026Q2,duration=900"), "duration"),
        (("books", "nothing", "--quarter", "2026Q2"), "nothing"),
        (("story", "nothing"), "nothing"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_it(tmp_path, arguments, named):
    assert named in refused(tmp_path, *arguments)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("sweep", "yolo-capacty"), "did you mean 'yolo-capacity'"),
        (("sweep", "yolo-capacity", "--worlds", "abc"), "--worlds = 'abc'"),
        (("sweep", "yolo-capacity", "--engine", "slurmm"), "slurmm"),
        (("query", "nowhere"), "SQL is missing"),
        (("query", "nowhere", "select 1"), "nowhere"),
        (("open", "nowhere", "--run", "0"), "nowhere"),
        (("open", "nowhere"), "--run is missing"),
        (("sensitivity", "tutorail"), "did you mean 'tutorial'"),
        (("sensitivity", "tutorial", "--points", "-1"), "--points = '-1'"),
        (("sensitivity", "tutorial", "--vary", "cone.width=nan:1"), "--vary cone.width"),
        (("discover", "nowhere", "--boxes", "0"), "--boxes = '0'"),
        (("attribute", "tutorial", "--mechanism", "a:contagion.funding=nan"), "--mechanism a:contagion.funding = nan"),
        (("exposures", "tutorial"), "--to is missing"),
        (("run", "tutorial", "--against"), "--against needs a value; overreach --help"),
        (("exposures", "tutorial", "--to", "Labb"), "--to Labb: no firm is called 'Labb'; did you mean 'Lab'"),
        (("exposures", "tutorial", "--to", "Lab", "--at", "2020Q1"), "--at = 2020Q1 is not allowed; the world opens in 2026Q1"),
        (("exposures", "tutorial", "--to", "Lab", "--at", "soon"), "--at: quarter 'soon'"),
        (("exposures", "tutorial", "--to", "Lab", "--worlds", "0"), "--worlds = 0"),
        (("losses", "tutorial"), "--at is missing"),
        (("losses", "tutorial", "--at", "soon"), "--at: quarter 'soon'"),
        (("losses", "tutorial", "--at", "2020Q1"), "--at = 2020Q1 is not allowed; the world opens in 2026Q1"),
        (("losses", "tutorial", "--at", "2026Q4", "--quarters", "9"), "--quarters = 9 is not allowed; 12 or more"),
        (("losses", "tutorial", "--at", "2026Q4", "--worlds", "0"), "--worlds = 0"),
        (("losses", "tutorail", "--at", "2026Q4"), "did you mean 'tutorial'"),
        (("forecasts", "tutorail"), "did you mean 'tutorial'"),
        (("forecasts", "tutorial", "--quarters", "4"), "--quarters = 4 is not allowed; 5 or more"),
        (("forecasts", "tutorial", "--json", "--csv"), "--json and --csv are not allowed together"),
        (("breakpoint", "tutorial", "--lever", "demand_shortfall"), "--until is missing"),
        (("breakpoint", "tutorial", "--lever", "demand_shortfal", "--until", "labs_defaulted > 0"), "did you mean 'demand_shortfall'"),
        (("breakpoint", "tutorial", "--lever", "stall", "--until", "labs_defaulted > 0", "--at", "soon"), "--at: quarter 'soon'"),
        (("lamps", "tutorial", "--worlds", "0"), "--worlds = '0'"),
        (("lamps", "tutorial", "--seeds", "4"), "did you mean '--worlds'"),
    ],
)
def test_the_other_commands_say_a_mistake_in_one_sentence_too(tmp_path, monkeypatch, arguments, named):
    monkeypatch.chdir(tmp_path)
    result = called(*arguments)
    assert result.exit_code == 2, result.output
    assert result.output.count("\n") == 1
    assert named in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_nothing_can_be_written_to_is_named_before_any_work(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for arguments in (("run", "tutorial", "--out"), ("sweep", "yolo-capacity", "--out")):
        result = called(*arguments, tmp_path / "file")
        assert result.exit_code == 2, result.output
        assert f"{arguments[-1]} {tmp_path / 'file'}: nothing can be written there" in result.output


def edited_world(tmp_path, edits, extra_contract=""):
    """A copy of the tutorial world with some text replaced."""
    from agents.world_files.shipped import SHIPPED

    folder = tmp_path / "mine"
    folder.mkdir()
    for file in (SHIPPED / "tutorial").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    text = (folder / "world.toml").read_text(encoding="utf-8")
    for old, new in zip(edits[::2], edits[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    (folder / "world.toml").write_text(text, encoding="utf-8")
    if extra_contract:
        with (folder / "contracts.csv").open("a", encoding="utf-8") as contracts:
            contracts.write(extra_contract)
    return folder


@pytest.mark.parametrize(("edits", "named"), BAD_WORLD.values(), ids=BAD_WORLD.keys())
def test_a_mistake_in_a_world_file_names_file_and_key(tmp_path, edits, named):
    sentence = refused(tmp_path, "run", edited_world(tmp_path, edits))
    assert named in sentence
    assert "world.toml" in sentence


def test_a_deal_with_an_unknown_firm_names_the_line(tmp_path):
    header = (edited_world(tmp_path, ()) / "contracts.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    cells = {
        "tenant": "Nobody",
        "owner": "Cloud",
        "gw": "1",
        "first_delivery": "2027Q1",
        "confidence": "assumption",
        "source": "assumption",
    }
    with (tmp_path / "mine" / "contracts.csv").open("a", encoding="utf-8") as contracts:
        contracts.write(",".join(cells.get(name, "") for name in header) + "\n")
    sentence = refused(tmp_path, "run", tmp_path / "mine")
    assert "Nobody" in sentence
    assert "contracts.csv" in sentence


def test_a_small_run_says_its_summary_and_can_be_asked_for_books_and_story(tmp_path):
    where = ("--runs", tmp_path)
    result = called("run", "tutorial", "--worlds", 3, "--quarters", 5, "--workers", 1, *where)
    assert result.exit_code == 0, result.output
    assert "Of 3 futures from 2026Q1" in result.output
    assert "scenarios, not forecasts" in result.output
    address = re.search(r"story (\S+)", result.output)[1]
    assert "Loans drawn" in called("books", address, "--world", 1, "--quarter", "2026Q4", *where).output
    books = called("books", address, "--world", 1, "--quarter", "2026Q4", *where).output
    owners = books.partition("Owners of compute at the annual rate")[2]
    assert "EBITDA" in owners and "debt service" in owners and "Cloud" in owners
    assert "2026" in called("story", address, "--world", 1, *where).output
    assert "lies outside run" in called("books", address, "--quarter", "2031Q4", *where).output


def test_worlds_are_listed_with_date_and_firms():
    result = called("worlds")
    assert result.exit_code == 0
    assert "industry-2026q3" in result.output
    assert "2026Q3" in result.output
    assert "OpenAI" in result.output


def test_parameters_are_found_by_a_part_of_their_name():
    assert "cone.width" in called("parameters", "cone.w").output
    assert "cone.width" in called("parameters", "cone.*").output
    missing = called("parameters", "cone.widht")
    assert missing.exit_code == 2
    assert "cone.width" in missing.output


def test_help_is_instant_for_it_imports_nothing_heavy():
    ask = "import sys; import experiments.cli; print(*(set(sys.modules) & {'mesa', 'scipy', 'pandas', 'numpy', 'altair'}))"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""
