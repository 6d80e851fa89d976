"""Worlds of random legal settings: every declared bound must be safe, alone and together with others, corners included."""

import traceback
import warnings
from typing import NamedTuple

import numpy as np

from abm.errors import BadInput
from abm.model import Industry
from abm.parameters import Parameter
from abm.shocks import SHOCKS, Shock
from agents.inhabitants import parameters
from agents.world_files.columns import ONE, settable
from agents.world_files.folder import load_world

WORLDS = ("tutorial", "archetypes-2023q1", "symmetric-2023q1", "industry-2026q3")
MOVED = 0.3  # part of all numbers that a draw moves
CORNER = 0.4  # part of those that stand at an end of their range
SHOCKED = 0.3  # part of the draws with a shock
QUARTERS = 14
READER = ("world", "deal")  # groups of the reader and of deals: no settings of a run
MOST_LABS = 20  # of a shipped world
MOST = {"customers.enterprises": 300, "customers.cohorts": 40}  # what takes only time above that


class Drawn(NamedTuple):
    """A draw: its world, settings by public name, and shocks as rows."""

    world: str
    settings: dict
    shocks: tuple


def numbers():
    """{public name: (low, high, choices, whole)} of everything that may be set with bounds on both sides."""
    found = {name: (item.low, item.high, item.choices, item.structural) for name, item in parameters().items()}
    for kind in ONE:
        for key, item in settable(kind).items():
            found[f"{ONE[kind]}.{key}"] = (item.low, item.high, (), item.unit in ("0/1", "code"))
    return {name: row for name, row in found.items() if row[2] or np.isfinite(row[:2]).all()}


def drawn(number, seed=0):
    """The draw of this number: the same for the same seed."""
    rng = np.random.default_rng((seed, number))
    world, known = WORLDS[number % len(WORLDS)], numbers()
    moved = [name for name in known if rng.random() < MOVED]
    return Drawn(world, _together({name: value(rng, name, *known[name]) for name in moved}), _shocks(rng, world))


def _together(settings):
    """What a sentence would refuse of two settings together is made to fit: it is the other draws that are wanted."""
    capex = settings.get("cloud.capex", parameters()["cloud.capex"].value)
    if settings.get("cloud.chip_cost", parameters()["cloud.chip_cost"].value) > capex:
        settings["cloud.chip_cost"] = min(capex, parameters()["cloud.chip_cost"].high)
    if "lab.revenue" in settings:
        spend = parameters()["customers.opening_spend"]
        settings["lab.revenue"] = float(np.clip(settings["lab.revenue"], spend.low, spend.high / MOST_LABS))
    settings.pop("lab.share", None)  # shares sum to one
    return settings


def corners():
    """One draw for each end of each number: every bound alone."""
    ends = [(name, end) for name, (low, high, choices, _) in numbers().items() for end in choices or (low, min(high, MOST.get(name, high)))]
    alone = [{name: end if isinstance(end, str) else float(end)} for name, end in ends]
    return [Drawn(WORLDS[k % len(WORLDS)], _together(settings), ()) for k, settings in enumerate(alone)]


def value(rng, name, low, high, choices=(), whole=False):
    """A value within its bounds: a choice, an end, or anything between."""
    if choices:
        return str(rng.choice(choices))
    high = min(high, MOST.get(name, high))
    if rng.random() < CORNER:
        return float(low if rng.random() < 1 / 2 else high)
    if whole:
        return float(rng.integers(int(np.ceil(low)), int(high) + 1))
    if low > 0 and high / low > 100 or low == 0 and high >= 1000:
        return float(np.clip(np.exp(rng.uniform(np.log(max(low, high * 1e-6)), np.log(high))), low, high))
    return float(rng.uniform(low, high))


def _shocks(rng, world):
    if rng.random() >= SHOCKED:
        return ()
    name = str(rng.choice(sorted(SHOCKS)))
    opening = load_world(world)
    row = {"name": name, "at": str(opening.start + int(rng.integers(QUARTERS)))}
    firms = [firm for names in opening.names.values() for firm in names]
    for key, item in SHOCKS[name].declared().items():
        if isinstance(item, Parameter):
            known = item.low is not None and item.high is not None
            row[key] = value(rng, key, item.low, item.high, item.choices, item.structural) if known else str(rng.choice(firms))
    return (row,)


def run(draw, quarters=QUARTERS):
    """What came of a draw: "ran", "refused: ..." in a sentence, or a traceback."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            opening = load_world(draw.world, draw.settings)
            industry = Industry(opening, worlds=2, rng=1, shocks=tuple(Shock.read(row, "shock") for row in draw.shocks)).run(quarters)
            industry.record.outcomes(industry)
    except BadInput as error:
        return f"refused: {error}"
    except Exception:
        return traceback.format_exc()
    return "ran"
