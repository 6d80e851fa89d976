"""The stored baseline of a world: what the page shows before its own run is ready, and what each main dial does to the odds.

`experiments.baseline` makes the files. They are runs of a stated code with stated seeds, and everything drawn from them says so.
"""

import functools
import json
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from abm.failure.crisis import CRISIS
from experiments.engine.provenance import code

FOLDER = files("experiments.ui").joinpath("stored")
MIDDLE = 2  # place of the median among the quantiles


@functools.cache
def baseline(world):
    """The stored baseline of a shipped world as plain values, or None where there is none."""
    path = FOLDER.joinpath(f"{world}.json")
    if not world.replace("-", "").isalnum() or not path.is_file():
        return None
    return json.loads(path.read_text(encoding="utf-8"))


def for_run(inputs):
    """The baseline that stands behind a run of these inputs, cut to its horizon; None without one, or if it starts elsewhere."""
    stored = baseline(inputs.world)
    return stored if stored and inputs.quarters <= len(stored["quarters"]) else None


def band(stored, side, quarters):
    """(revenue quantiles [levels, quarters], median required [quarters]) of a side, "luck" or "doubt", $bn a year."""
    found = stored[side]
    return np.array(found["revenue"])[:, :quarters], np.array(found["required"])[:quarters]


class Tally(NamedTuple):
    """In how many of some futures something has happened by a quarter.

    futures: how many there are; quarter: its name; crises, short: how many had a crisis so far, and fall short of what is required;
    fallen: {firm: how many futures it has failed in}
    """

    futures: int
    quarter: str
    crises: int
    short: int
    fallen: dict


def tally(stored, side, place):
    """The Tally of a side of a baseline at a place of its quarters."""
    found = stored[side]
    fallen = {name: counts[place] for name, counts in found["failed"].items()}
    return Tally(found["futures"], stored["quarters"][place], found["events"][CRISIS][place], found["short"][place], fallen)


def tally_of(side, quarters, place):
    """The Tally of a running side (`live_ensemble.Seen`) at a place of its quarters."""
    fallen = {name: int(failed[:, place].sum()) for name, failed in side.failed().items()}
    short = side.values("revenue_total")[:, place] < side.values("required_revenue")[:, place]
    return Tally(side.inputs.worlds, quarters[place], int(side.happened(CRISIS)[:, place].sum()), int(short.sum()), fallen)


def answer(found, principal):
    """One sentence on who fails: the industry, the lab that has promised most, and who fails most often. principal: that lab, or ""."""
    whole = found.futures
    parts = [f"By {found.quarter} the industry has been in crisis in {found.crises} of {whole} futures"]
    if principal:
        parts.append(f"{principal}, which has promised most, has failed in {_number(found.fallen.get(principal, 0))}")
    most = max(found.fallen, key=found.fallen.get, default="")
    if most and most != principal and found.fallen[most]:
        parts.append(f"{most} fails most often, in {found.fallen[most]}")
    return "; ".join(parts) + "."


def _number(how_many):
    return str(how_many) if how_many else "none"


def shortfall(found):
    """One sentence on what the picture shows: revenue against what is required."""
    return f"Revenue is below what commitments require in {found.short} of {found.futures}."


def opening_words(stored, place, opening):
    """Two sentences before the first quarter: the stored answer, and how sure it is."""
    found = tally(stored, "luck", place)
    return answer(found, principal(opening)), f"{shortfall(found)} {in_doubt(stored, place)}"


def principal(opening):
    """The lab that has promised most rent at the opening; "" where none has."""
    promised = dict.fromkeys(range(len(opening.names["labs"])), 0.0)
    for each in opening.tranches:
        if each.tenant in promised:
            promised[each.tenant] += each.rent
    most = max(promised, key=promised.get, default=None)
    return opening.names["labs"][most] if most is not None and promised[most] > 0 else ""


def in_doubt(stored, place):
    """One sentence on the same odds where what is assumed is in doubt too."""
    found = tally(stored, "doubt", place)
    return f"If we also doubt what we assume, there is a crisis in {found.crises} of {found.futures}."


def provenance(stored):
    """Where a stored picture comes from, in a sentence."""
    made = "the present model" if stored["code"] == code() else f"an earlier version of the model ({stored['code'][:8]})"
    size = f"{stored['luck']['futures']} futures"
    return f"Stored result: {size} from seed {stored['seed']}, made with {made}."
