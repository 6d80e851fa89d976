"""What goes wrong first gets a sentence."""

import pytest

from abm.errors import BadInput
from abm.model import Industry
from agents.world_files.folder import load_world


def test_a_world_is_what_load_world_gives_and_not_its_name():
    with pytest.raises(BadInput, match="load_world"):
        Industry(world="tutorial")


def test_a_shock_is_what_shock_read_gives_and_not_the_text_of_the_command_line():
    with pytest.raises(BadInput, match="Shock.read"):
        Industry(world=load_world("tutorial"), shocks=["stall@2027Q1"])


def test_a_measure_that_is_not_recorded_is_named_with_the_nearest_one():
    industry = Industry(world=load_world("tutorial")).run(1)
    with pytest.raises(BadInput, match="'revenue'"):
        industry.panel(measures=["revenu"])
    assert set(industry.panel(measures=["revenue"])["measure"]) == {"revenue"}


def test_quarters_meant_as_years_are_said_in_years_too_and_what_the_number_is():
    with pytest.raises(BadInput, match=r"physical_life = 16 is outside \[20, 40\] quarters, that is 5 to 10 years; .*technology.chip_life"):
        Industry(load_world("tutorial"), parameters={"cloud.physical_life": 16})


@pytest.mark.parametrize("quarters", [-1, 2.5, "ten", None])
def test_a_length_that_is_none_is_refused(quarters):
    with pytest.raises(BadInput, match="quarters = .* is not allowed; it is a whole number of at least 0"):
        Industry(load_world("tutorial")).run(quarters)
