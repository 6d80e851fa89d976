"""Books of a stored run: firms as rows, one firm from top to bottom, net worth with its own sign, and all of it as CSV."""

import csv
import io
import re

import pytest
from typer.testing import CliRunner

from abm.errors import BadInput
from agents.world_files.folder import load_world
from experiments.books import CHANGE, NET_WORTH, books
from experiments.cli import app
from experiments.industry import Industry
from experiments.inputs import Inputs
from experiments.runs import Work, run

QUARTER = "2026Q2"


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return run(Inputs("tutorial", worlds=1, quarters=3), root=tmp_path_factory.mktemp("runs"), work=Work(workers=1))


def test_firms_are_rows_and_net_worth_is_what_the_rest_adds_up_to(stored):
    found = books(stored, 0, QUARTER, by_firm=True)
    assert {"Lab", "Cloud", "Vendor", "Bank", "Fund"} <= set(found.balances.index)
    items = found.balances.drop(columns=NET_WORTH)
    assert found.balances[NET_WORTH].to_numpy() == pytest.approx(items.sum(axis=1).to_numpy(), abs=1e-6)
    flows = found.flows.drop(columns=CHANGE)
    assert found.flows[CHANGE].to_numpy() == pytest.approx(flows.sum(axis=1).to_numpy(), abs=1e-6)


@pytest.mark.slow
def test_a_fund_that_owes_nothing_has_a_positive_net_worth(stored):
    assert books(stored, 0, QUARTER, firm="Fund").balances.loc[NET_WORTH, "Fund"] > 0
    assert books(stored, 0, QUARTER).balances.loc[NET_WORTH, "Investors"] > 0


@pytest.mark.slow
def test_one_firm_is_a_column_of_what_it_has(stored):
    found = books(stored, 0, QUARTER, firm="Cloud")
    assert list(found.balances.columns) == ["Cloud"] and found.owners.loc["EBITDA", "Cloud"] > 0
    assert (found.balances["Cloud"].abs() > 0).all()
    assert len(books(stored, 0, QUARTER, firm="Bank").owners) == 0
    with pytest.raises(BadInput, match="did you mean 'Cloud'"):
        books(stored, 0, QUARTER, firm="Clod")


@pytest.mark.slow
@pytest.mark.parametrize("how", [(), ("--firms",), ("--firm", "Cloud")])
def test_books_fit_a_log_and_say_the_same_as_csv(stored, how):
    asked = ["books", str(stored.path), "--quarter", QUARTER, *how]
    said = CliRunner().invoke(app, asked)
    assert said.exit_code == 0, said.output
    assert max(map(len, said.output.splitlines())) <= 100
    rows = list(csv.DictReader(io.StringIO(CliRunner().invoke(app, [*asked, "--csv"]).output)))
    cash = next(float(row["usd_bn"]) for row in rows if row["item"] == "cash" and row["who"] in ("Cloud", "Clouds"))
    assert re.search(rf"\b{cash:.1f}\b", said.output)


@pytest.mark.slow
def test_books_and_story_of_an_industry_in_memory_are_those_of_the_stored_run(stored):
    industry = Industry(load_world("tutorial"), world_ids=[0], journal=True).run(2)
    here, there = industry.books(firm="Cloud"), stored.books(0, QUARTER, firm="Cloud")
    assert here.balances.equals(there.balances) and here.flows.equals(there.flows) and here.owners.equals(there.owners)
    assert (here.balances.attrs["unit"], here.owners.attrs["unit"]) == ("$bn", "$bn/year")
    assert repr(here) == f"<books of Cloud in world 0 at the end of {QUARTER}: .balances and .flows in $bn, .owners in $bn a year>"
    assert industry.run(1).story() == stored.story(0) and "2026" in stored.story(0)


def test_books_that_cannot_be_are_refused_in_a_sentence():
    industry = Industry(load_world("tutorial"), worlds=2)
    with pytest.raises(BadInput, match="no quarter was run yet"):
        industry.books()
    with pytest.raises(BadInput, match="world = 2 is not allowed; the industry has worlds 0 to 1"):
        industry.run(1).books(world=2)
    with pytest.raises(BadInput, match="did you mean 'Cloud'"):
        industry.books(firm="Clod")
