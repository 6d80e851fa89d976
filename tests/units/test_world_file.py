"""A world file with a mistake in it: one sentence that names file, key, value and rule."""

import shutil

import pytest

from abm.errors import BadInput
from agents.world_files.columns import KINDS, writable
from agents.world_files.folder import load_world
from agents.world_files.schema import CSV_FILES
from agents.world_files.shipped import SHIPPED, shipped_names, worlds

WORLD = """
title = "Small"
start = "2026Q1"
kind = "named"
purpose = "test"
source = "assumption"
[structure]
entrants = 1
[parameters]
"customers.market_size" = { value = 300, source = "assumption" }
[[labs]]
name = "Open Lab"
cash = 6
revenue = 10
[[labs]]
name = "A.I. & Sons (UK)"
cash = 2
revenue = 5
[[clouds]]
name = "Cloud"
cash = 5
fleet_gw = 1.2
[[vendors]]
name = "Vendor"
cash = 10
sales = 28
[[investors]]
name = "Fund"
style = "public"
cash = 20
[[lenders]]
name = "Bank"
cash = 20
"""
FIGURES = "firm,key,value,unit,date,confidence,source,note\nOpen Lab,valuation,140,$bn,2026,reported,paper,\n"
CONTRACTS = (
    "tenant,owner,gw,usd_bn,years,first_delivery,full_delivery,prepaid,confidence,source,note\n"
    "Open Lab,Cloud,1,66.5,5,2025Q1,,,reported,paper,\n"
)
EQUITY = "holder,issuer,usd_bn,share,date,confidence,source,note\nVendor,Open Lab,14,,2026,reported,paper,\n"
DEBT = "lender,borrower,usd_bn,rate,quarters_left,confidence,source,note\nBank,Cloud,30,0.08,20,reported,paper,\n"
FILES = {"world.toml": WORLD, "figures.csv": FIGURES, "contracts.csv": CONTRACTS, "equity.csv": EQUITY, "debt.csv": DEBT}


def written(tmp_path, file="", old="", new=""):
    """The small world in a folder of its own, with one text replaced; without `old`, `new` is added at the end."""
    folder = tmp_path / "small"
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        if name == file:
            assert old in text
            text = text.replace(old, new) if old else text + new
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def complaint(folder):
    with pytest.raises(BadInput) as caught:
        load_world(folder)
    message = str(caught.value).replace(str(folder), "small")
    assert "\n" not in message
    return message


def test_the_small_world_has_no_mistake(tmp_path):
    opening = load_world(written(tmp_path))
    assert opening.name == "small"
    assert opening.names["labs"] == ["Open Lab", "A.I. & Sons (UK)", "entrant 1"]
    assert opening.columns["labs"]["cash"].tolist() == [6, 2, 0]


MISTAKES = {
    "unknown key of a firm": (
        "world.toml",
        "revenue = 10",
        "revnue = 10",
        "labs 'Open Lab': unknown key 'revnue'; did you mean 'revenue'?",
    ),
    "unknown key of the world": ("world.toml", "purpose", "purpos", "unknown key 'purpos'; did you mean 'purpose'?"),
    "unknown table": ("world.toml", "[[lenders]]", "[[lender]]", "did you mean 'lenders'?"),
    "missing key": ("world.toml", 'title = "Small"', "", "world.toml: 'title' is missing"),
    "missing number": ("world.toml", "cash = 6\n", "", "labs 'Open Lab' has no 'cash'"),
    "negative stock": ("world.toml", "cash = 6", "cash = -6", "cash = -6.0 is outside [0, 100000] $bn"),
    "not a number": ("world.toml", "cash = 6", "cash = nan", "labs 'Open Lab': cash = nan must be a finite number"),
    "infinite": ("world.toml", "cash = 6", "cash = inf", "labs 'Open Lab': cash = inf must be a finite number"),
    "text for a number": ("world.toml", "cash = 6", 'cash = "six"', "labs 'Open Lab': cash = 'six' must be a valid number"),
    "truth for a number": ("world.toml", "cash = 6", "cash = true", "cash = True is not a number"),
    "blank source": ("world.toml", 'source = "assumption"\n', 'source = " "\n', "source = ' ' must not be blank"),
    "no source of the world": ("world.toml", 'source = "assumption"\n', "", "world.toml: 'source' is missing"),
    "no source of a parameter": ("world.toml", ', source = "assumption"', "", "parameters.customers.market_size: 'source' is missing"),
    "parameter out of range": ("world.toml", "value = 300", "value = 1e9", "parameters: customers.market_size = 1000000000.0 is outside ["),
    "text for a parameter": ("world.toml", "value = 300", 'value = "big"', "parameters: customers.market_size = 'big' is not a number"),
    "unknown parameter": (
        "world.toml",
        "customers.market_size",
        "customers.market_sise",
        "parameters: unknown parameter 'customers.market_sise'; did you mean 'customers.market_size'?",
    ),
    "a parameter of a later release": (
        "world.toml",
        "customers.market_size",
        "policy.ai_tax",
        "parameters: 'policy.ai_tax' is extended, not in this release",
    ),
    "a parameter of firms": ("world.toml", "customers.market_size", "lab.cash", "'lab.cash' is a number of each lab"),
    "name used twice": ("world.toml", 'name = "Fund"', 'name = "cloud"', "investors 'cloud': the name is already taken by 'Cloud'"),
    "name of a passive agent": ("world.toml", 'name = "Fund"', 'name = "Economy"', "already taken by 'Economy'"),
    "name with a slash": ("world.toml", 'name = "Fund"', 'name = "../Fund"', "must consist of letters, digits, single spaces and .&'()-"),
    "name with a tag": ("world.toml", 'name = "Fund"', 'name = "<b>"', "must consist of letters"),
    "name kept for entrants": ("world.toml", 'name = "Fund"', 'name = "Entrant 1"', "is a name kept for the model itself"),
    "bad start": ("world.toml", "2026Q1", "2026-01", "start: quarter '2026-01' is not of the form 2026Q3"),
    "a start nobody can reach": ("world.toml", "2026Q1", "9999Q4", "start = '9999Q4' is not allowed; a quarter of the years 2000 to 2099"),
    "half a yes": ("world.toml", 'name = "Bank"', 'name = "Bank"\nnotes = 0.5', "notes = 0.5 is not allowed; it is 0 or 1"),
    "bad kind": ("world.toml", '"named"', '"real"', "kind = 'real' must be 'named', 'archetypes' or 'tutorial'"),
    "bad style": ("world.toml", 'style = "public"', 'style = "bold"', "investors 'Fund': style = 'bold' must be 'momentum'"),
    "bad structure": ("world.toml", "entrants = 1", "entrants = -1", "structure: entrants = -1 must be greater than or equal to 0"),
    "bad lag": ("world.toml", "entrants = 1", "build_lag = 99", "cloud.build_lag = 99 is outside [2, 12] quarters"),
    "not TOML": ("world.toml", 'title = "Small"', "title = ", "world.toml: is not valid TOML"),
    "no firm of a kind": ("world.toml", '[[lenders]]\nname = "Bank"\ncash = 20', "", "'lenders' is missing"),
    "unknown firm in figures": ("figures.csv", "Open Lab", "OpenLab", "line 2: no lab or cloud or"),
    "unknown key in figures": ("figures.csv", "valuation", "valuatoin", "labs have no key 'valuatoin'; did you mean 'valuation'?"),
    "wrong unit": ("figures.csv", "$bn", "EUR", "line 2: valuation of 'Open Lab' is in 'EUR'; the rule is '$bn'"),
    "given twice": ("figures.csv", "valuation", "cash", "cash of 'Open Lab' is given twice; it is 6 already"),
    "NaN in figures": ("figures.csv", "140", "nan", "line 2: value = 'nan' must be a finite number"),
    "text in figures": ("figures.csv", "140", "many", "line 2: value = 'many' must be a valid number"),
    "figure without a source": ("figures.csv", "reported,paper", "reported,", "figures.csv line 2: 'source' is missing"),
    "unknown confidence": ("figures.csv", "reported", "certain", "confidence = 'certain' must be 'reported'"),
    "unknown column": ("figures.csv", "confidence", "confidense", "unknown column 'confidense'; did you mean 'confidence'?"),
    "too many cells": ("figures.csv", "paper,", "paper,a,b", "line 2: has 9 cells for 8 columns"),
    "unknown tenant": ("contracts.csv", "Open Lab", "Open Lap", "no lab is called 'Open Lap'; did you mean 'Open Lab'?"),
    "unknown owner": ("contracts.csv", ",Cloud", ",Clod", "no cloud is called 'Clod'; did you mean 'Cloud'?"),
    "neither GW nor dollars": ("contracts.csv", "1,66.5", ",", "has neither gw nor usd_bn; give one of them"),
    "negative GW": ("contracts.csv", "1,66.5", "-1,66.5", "gw = '-1' must be greater than 0"),
    "full before first": ("contracts.csv", "2025Q1,", "2025Q1,2024Q1", "full_delivery 2024Q1 is before first_delivery 2025Q1"),
    "prepaid beyond the contract": (
        "contracts.csv",
        "2025Q1,,,",
        "2025Q1,,66.6,",
        "contracts.csv line 2: prepaid = 66.6 of 'Open Lab' with 'Cloud' is more than the whole contract; the rule is 66.5 $bn at most",
    ),
    "prepaid beyond a contract without dollars": (
        "contracts.csv",
        "66.5,5,2025Q1,,,",
        ",5,2025Q1,,99,",
        "is more than the whole contract; the rule is",
    ),
    "too far away": ("contracts.csv", "2025Q1,", "2025Q1,9999Q4", "full_delivery 9999Q4 is too far away; the rule is 2034Q1 at the latest"),
    "bad quarter": ("contracts.csv", "2025Q1", "2025Q5", "contracts.csv line 2: quarter '2025Q5' is not of the form 2026Q3"),
    "whole dollars": (
        "contracts.csv",
        "1,66.5,5",
        "1,300000000000,5",
        "line 2: 'Open Lab' with 'Cloud': comes to price = 6e+10 $bn/GW-year",
    ),
    "whole dollars without GW": (
        "contracts.csv",
        "1,66.5,5",
        ",300000000000,5",
        "comes to gw = 4.51128e+09 GW, with dollars in $bn; the rule is",
    ),
    "thousands of dollars": (
        "contracts.csv",
        "1,66.5,5",
        "1,66665,5",
        "comes to price = 13333 $bn/GW-year, with dollars in $bn; the rule is 0.1 to",
    ),
    "sixty years": (
        "contracts.csv",
        "1,66.5,5",
        "1,798,60",
        "comes to years = 60 years, with dollars in $bn; the rule is 0.25 to 20 years",
    ),
    "eight hundred GW": (
        "contracts.csv",
        "1,66.5,5",
        "800,53200,5",
        "comes to gw = 800 GW, with dollars in $bn; the rule is 0.001 to 100 GW",
    ),
    "a rent beyond all revenue": (
        "contracts.csv",
        "1,66.5,5",
        "90,5985,5",
        "rent of 1197 $bn a year is more than 30 times what the lab earns, 10; if that is meant, say `confirm = true` in that row",
    ),
    "a price too low to be true": (
        "contracts.csv",
        "1,66.5,5",
        "1,1,5",
        "its price of 0.2 $bn a GW-year is more than 30 times off the usual 13.3",
    ),
    "a loan beyond reason": ("debt.csv", "30", "1e30", "debt.csv line 2: usd_bn = '1e30' must be less than or equal to 100000"),
    "a stake in whole dollars": ("equity.csv", "14", "14000000000", "usd_bn = '14000000000' must be less than or equal to 100000"),
    "cash in whole dollars": ("world.toml", "cash = 6", "cash = 6e9", "cash = 6000000000.0 is outside [0, 100000] $bn"),
    "semicolons": (
        "figures.csv",
        FIGURES,
        FIGURES.replace(",", ";"),
        "figures.csv: its cells are parted by semicolons; the rule is commas",
    ),
    "tabs": ("debt.csv", DEBT, DEBT.replace(",", "\t"), "debt.csv: its cells are parted by tabs; the rule is commas"),
    "empty columns": (
        "debt.csv",
        "note\n",
        "note,,\n",
        "debt.csv: has 10 columns, the last without a name; remove the empty columns at its end",
    ),
    "an empty cell too many": (
        "debt.csv",
        "paper,",
        "paper,,,",
        "line 2: has 2 empty cells too many at its end; remove them (its last commas)",
    ),
    "unknown holder": ("equity.csv", "Vendor", "Vandor", "no holder is called 'Vandor'; did you mean 'Vendor'?"),
    "holder of itself": ("equity.csv", "Vendor,Open", "Open Lab,Open", "'Open Lab' cannot hold shares in itself"),
    "neither share nor dollars": ("equity.csv", "14,", ",", "has neither share nor usd_bn; give one of them"),
    "more than the whole": ("equity.csv", "", "Fund,Open Lab,,0.95,,reported,paper,\n", "stakes in 'Open Lab' add up to 1.05, more than 1"),
    "worth more than the issuer": ("equity.csv", "14", "150", "a stake of 150 $bn in 'Open Lab' exceeds the 140 $bn the issuer is worth"),
    "unknown lender": ("debt.csv", "Bank", "Bonk", "no lender is called 'Bonk'; did you mean 'Bank'?"),
    "loan to a lab": ("debt.csv", "Cloud", "Open Lab", "no cloud is called 'Open Lab'"),
    "negative loan": ("debt.csv", "30", "-30", "debt.csv line 2: usd_bn = '-30' must be greater than or equal to 0"),
    "unknown vendor in a mix": (
        "world.toml",
        "fleet_gw",
        "vendor_mix = { Vendr = 1 }\nfleet_gw",
        "vendor_mix: no vendor is called 'Vendr'",
    ),
    "a mix that is not whole": (
        "world.toml",
        "fleet_gw",
        "lender_mix = { Bank = 0.9 }\nfleet_gw",
        "lender_mix: the parts sum to 0.9; the rule is 1",
    ),
    "unknown parent": (
        "world.toml",
        "revenue = 5",
        'revenue = 5\nparent = "Clout"',
        "parent: no cloud is called 'Clout'; did you mean 'Cloud'?",
    ),
    "shares of demand": ("world.toml", "revenue = 5", "revenue = 5\nshare = 1.5", "share = 1.5 is outside [0, 1] share"),
    "unknown segment key": ("world.toml", "", '[[customers]]\nname = "firms"\nknd = 1\n', "segment 'firms' has an unknown key 'knd'"),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_sentence_with_file_key_value_and_rule(tmp_path, mistake):
    file, old, new, said = mistake
    message = complaint(written(tmp_path, file, old, new))
    assert message.startswith(f"small/{file}")
    assert said in message


def test_what_is_out_of_proportion_is_taken_once_it_is_confirmed(tmp_path):
    folder = written(tmp_path, "contracts.csv", "1,66.5,5", "90,5985,5")
    text = (folder / "contracts.csv").read_text(encoding="utf-8").splitlines()
    (folder / "contracts.csv").write_text(f"{text[0]},confirm\n{text[1]},true\n", encoding="utf-8")
    assert sum(part.gw for part in load_world(folder).tranches if part.tenant >= 0) == pytest.approx(90)


def test_a_message_does_not_repeat_a_file(tmp_path):
    assert len(complaint(written(tmp_path, "figures.csv", "Open Lab", "x" * 100_000))) < 1_100


def test_a_misspelt_file_is_not_left_out_in_silence(tmp_path):
    folder = written(tmp_path)
    (folder / "figure.csv").write_text(FIGURES, encoding="utf-8")
    assert complaint(folder) == "small/figure.csv: is not a file of a world; did you mean 'figures.csv'?"


def test_a_file_that_is_not_text_is_refused(tmp_path):
    folder = written(tmp_path)
    (folder / "debt.csv").write_bytes(b"\xff\xfe\x00")
    assert complaint(folder) == "small/debt.csv: is not UTF-8 text"


@pytest.mark.parametrize("name", ["..", "tutoriel", "", "C:tutorial", "world\0toml", "x" * 5000])
def test_a_name_is_looked_up_and_never_becomes_a_path(name):
    with pytest.raises(BadInput, match="no world is called"):
        load_world(name)


@pytest.mark.parametrize("path", ["../worlds", "./nowhere", "/etc/passwd", "nowhere.toml", "/dev/zero.toml", "a/" + "x" * 5000, "a/\0"])
def test_a_path_must_lead_to_a_world(path):
    with pytest.raises(BadInput, match="there is no world at"):
        load_world(path)


def test_a_world_can_be_named_by_its_folder_or_by_its_toml_file(tmp_path):
    folder = written(tmp_path)
    assert load_world(folder).fingerprint == load_world(str(folder / "world.toml")).fingerprint


def test_the_fingerprint_moves_with_any_byte_and_any_file(tmp_path):
    before = load_world(written(tmp_path)).fingerprint
    assert len(before) == 64
    assert load_world(written(tmp_path, "debt.csv", "30", "31")).fingerprint != before
    shutil.rmtree(tmp_path / "small")
    folder = written(tmp_path)
    assert load_world(folder).fingerprint == before
    (folder / "debt.csv").unlink()
    assert load_world(folder).fingerprint != before


def test_the_list_of_worlds_tells_title_start_firms_and_purpose():
    listed = {world.name: world for world in worlds()}
    assert set(listed) == set(shipped_names()) >= {"archetypes-2023q1", "industry-2026q3", "tutorial"}
    assert listed["tutorial"].start == "2026Q1"
    assert listed["tutorial"].firms["labs"] == ("Lab",)
    assert all(world.title and world.purpose and world.caveat for world in listed.values())


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_world_opens(name):
    opening = load_world(name)
    assert opening.name == name
    assert (SHIPPED / name / "world.toml").is_file()


def test_the_page_on_world_files_names_every_key_and_unit():
    page = (SHIPPED.parent / "docs" / "world_files.md").read_text(encoding="utf-8")
    for kind in KINDS:
        for key, item in writable(kind).items():
            assert f"`{key}`" in page
            assert key == "style" or f"| `{key}` | {item.unit} |" in page, key
    for file, form in CSV_FILES.items():
        header = page.partition(f"## {file}\n\n`")[2].partition("`")[0].split(", ")
        assert set(header) == set(form.model_fields), file
