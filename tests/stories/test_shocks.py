"""Every shock does what its line says, in the same futures with and without it: right sign, plausible size [model.md 14]."""

from functools import cache

import numpy as np
import pytest

from abm.model import Industry, release
from abm.shock_kinds import SHOCKS
from abm.shocks import Shock
from agents.world_files.folder import load_world
from experiments.analysis.paired_effects import paired
from tests.marks import mostly_slow

WORLD, FUTURES, QUARTERS, AT = "industry-2026q3", 24, 11, "2027Q1"
NOW = 2  # place of that quarter in a run


@cache
def lived(*shock):
    """What came of a run: measures by quarter, [futures, quarters, firms]. shock: name and values as pairs; nothing: the run without."""
    shocks = [Shock.read({"at": AT, **dict(shock)})] if shock else []
    run = Industry(load_world(WORLD), worlds=FUTURES, rng=5, shocks=shocks).run(QUARTERS)
    wanted = {
        "revenue": ("labs", "revenue"), "value": ("labs", "value"), "raised": ("labs", "raised"), "capability": ("labs", "capability"),
        "vendors": ("vendors", "value"), "sales": ("vendors", "sales"), "owners": ("clouds", "value"), "loans": ("clouds", "debt"),
    }  # fmt: skip
    found = {name: run.record.series(*key).copy() for name, key in wanted.items()}
    release(run)
    return found


def total(measure, first, last):
    """Its sum over firms, averaged over some quarters after the shock."""
    return lambda found: found[measure][:, NOW + first : NOW + last].sum(axis=2).mean(axis=1)


def largest_by(size):
    """The firm with the most of it just before the shock, [futures]."""
    return lived()[size][:, NOW - 1].argmax(axis=1)


def of_largest(measure, first, last, size="revenue"):
    """That of the firm that was the largest before the shock."""

    def read(found):
        largest = largest_by(size)
        return found[measure][np.arange(FUTURES), NOW + first : NOW + last, largest].mean(axis=1)

    return read


EFFECTS = {  # shock: what moves, and between which bounds, over what it is without the shock
    "rate_shock": (total("value", 0, 1), -0.5, -0.1),
    "downgrade": (of_largest("loans", 4, 9, size="loans"), -0.1, -0.001),
    "useful_life": (total("owners", 0, 4), -0.1, -0.0005),
    "index_exclusion": (total("vendors", 0, 1), -0.25, -0.1),
    "site_delay": (total("revenue", 1, 5), -0.1, -0.005),
    "chip_cut": (total("sales", 0, 4), -0.35, -0.15),
    "outage": (of_largest("revenue", 0, 1), -0.34, -0.15),
    "lone_breakthrough": (of_largest("revenue", 2, 8), 0.02, 0.6),
    "pool_closes": (total("raised", 0, 8), -0.8, -0.05),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", mostly_slow(EFFECTS, ("outage", "pool_closes")))
def test_a_shock_moves_what_it_should_by_a_plausible_part(name):
    read, low, high = EFFECTS[name]
    before, after = read(lived()), read(lived(("name", name)))
    moved = paired((after - before) / before.mean())
    assert low < moved.low <= moved.high < high, moved


@pytest.mark.slow
def test_who_asks_a_lab_that_is_down_goes_to_rivals_or_goes_without():
    """Rivals gain less than the lab loses, and customers remember for a while."""
    down, usual = lived(("name", "outage")), lived()
    lost = of_largest("revenue", 0, 1)
    assert paired(total("revenue", 0, 1)(down) - total("revenue", 0, 1)(usual)).high < 0
    assert paired((total("revenue", 0, 1)(down) - lost(down)) - (total("revenue", 0, 1)(usual) - lost(usual))).low > 0
    later = of_largest("revenue", 1, 3)
    assert paired(later(down) - later(usual)).high < 0


@pytest.mark.slow
def test_ideas_spread_after_a_breakthrough_of_one_lab():
    """What the leader gains on all labs together is the leap less what spills over at once, and less a year on."""
    gain = lived(("name", "lone_breakthrough"))["capability"] - lived()["capability"]
    mine = gain[np.arange(FUTURES), :, largest_by("revenue")]
    assert mine[:, NOW].mean() == pytest.approx(SHOCKS["lone_breakthrough"].declared()["size"].value, abs=0.05)
    ahead = mine - gain.mean(axis=2)
    assert 0 < ahead[:, NOW + 4].mean() < ahead[:, NOW].mean()


@pytest.mark.slow
def test_an_index_whose_money_moves_no_price_takes_nothing_from_vendors():
    sold = lived(("name", "index_exclusion"), ("size", 0.9), ("impact", 0.0))
    assert np.array_equal(sold["vendors"][:, NOW], lived()["vendors"][:, NOW])


@pytest.mark.slow
@pytest.mark.parametrize("name", mostly_slow([name for name in EFFECTS if "size" in SHOCKS[name].declared()], ("downgrade", "chip_cut")))
def test_a_shock_without_size_changes_nothing(name):
    values = {"size": 0.0, **({"withheld": 0.0} if name == "downgrade" else {})}
    run, usual = lived(("name", name), *values.items()), lived()
    assert all(np.array_equal(run[measure], usual[measure]) for measure in usual)
