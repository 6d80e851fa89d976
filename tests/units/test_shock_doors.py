"""A shock can be set off from a world's file, from the command line, from Python and from the page, and its line stands in the story."""

import shutil

import numpy as np
import pytest

import overreach
from abm.clock import Quarter
from abm.errors import BadInput
from abm.failure.loss import check_firm
from abm.model import Industry
from abm.shock_kinds import FIRMS_OF, LARGEST, SHOCKS
from abm.shocks import Shock
from agents.world_files.folder import load_world
from agents.world_files.shipped import SHIPPED
from experiments.inputs import Inputs, read_shock
from experiments.stories.business import SHOCKS as LINES
from experiments.stories.business import shocks as chapter
from experiments.ui.controls import SHOCK_WORDS

OF_ITS_OWN = {"loss"}  # its firm is picked on the page, and a chapter of its own tells of it


@pytest.fixture
def world_with(tmp_path):
    """A copy of the tutorial with rows of shocks in its file."""

    def write(*rows):
        folder = tmp_path / "world"
        shutil.copytree(SHIPPED / "tutorial", folder, dirs_exist_ok=True)
        with open(folder / "world.toml", "a", encoding="utf-8") as file:
            file.writelines(f"\n[[shocks]]\n{row}\n" for row in rows)
        return folder

    return write


def test_every_shock_has_a_button_on_the_page_and_a_line_in_the_story():
    assert SHOCK_WORDS.keys() | OF_ITS_OWN == LINES.keys() | OF_ITS_OWN == SHOCKS.keys()


@pytest.mark.parametrize("name", sorted(SHOCKS.keys() - OF_ITS_OWN))
def test_a_shock_is_the_same_from_the_command_line_and_from_python_and_is_told(name):
    by_command, by_python = Shock.read(read_shock(f"{name}@2027Q1")), overreach.Shock.read({"name": name, "at": "2027Q1"})
    assert by_command == by_python
    industry = Industry(load_world("tutorial"), shocks=[by_python])
    page = type("Page", (), {"industry": industry, "quarter": Quarter.parse("2027Q1")})
    assert next(chapter(page)).text.startswith("The experiment intervenes: ")


def test_a_shock_of_a_worlds_file_is_that_of_a_run(world_with):
    start = load_world("tutorial").start
    path = world_with(f'name = "demand_shortfall"\nat = "{start + 1}"\nsize = 0.5')
    in_file = Industry(load_world(path), worlds=2, rng=1).run(4)
    given = Industry(
        load_world("tutorial"), worlds=2, rng=1, shocks=[Shock.read({"name": "demand_shortfall", "at": start + 1, "size": 0.5})]
    )
    assert np.array_equal(in_file.labs.cash, given.run(4).labs.cash)
    assert Inputs(str(path), 1, 2).opening().shocks == given.shocks


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ('name = "stal"\nat = "2027Q1"', "did you mean 'stall'"),
        ('name = "stall"', "is not of the form 2026Q3"),
        ('name = "stall"\nat = "2001Q1"', "the world opens in"),
        ('name = "downgrade"\nat = "2040Q1"\nfirm = "Lab"', "no owner of compute is called 'Lab'"),
    ],
)
def test_a_wrong_shock_in_a_file_is_refused_in_a_sentence(world_with, row, words):
    with pytest.raises(BadInput, match=words):
        load_world(world_with(row))


def test_only_firms_of_its_kind_or_the_largest_may_be_struck():
    names = load_world("industry-2026q3").names
    for name, kind in FIRMS_OF.items():
        check_firm(Shock.read({"name": name, "at": "2027Q1"}), names)
        check_firm(Shock.read({"name": name, "at": "2027Q1", "firm": names[kind][0]}), names)
        with pytest.raises(BadInput, match="is called 'Nvidia'"):
            check_firm(Shock.read({"name": name, "at": "2027Q1", "firm": "Nvidia"}), names)
    with pytest.raises(BadInput, match="no firm is called 'largest'"):
        check_firm(Shock.read({"name": "loss", "at": "2027Q1", "firm": LARGEST}), names)
