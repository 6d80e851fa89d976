"""A case: what the settings of one design point mean to the model. A pure function of the settings.

Settings are {public name: value} with everything in them that decides a run but the seed: `world`, `quarters`, parameters, firm
columns, and shocks as `shock.<label>.name`, `.at` and values.
"""

import functools
import hashlib
from typing import NamedTuple

from abm.clock import Quarter
from abm.errors import BadInput, nearest
from abm.model import Industry, release
from abm.opening import Opening
from abm.population import declared
from abm.settings import GROUPS
from abm.shocks import Shock
from agents import inhabitants
from agents.world_file import STRUCTURE, load_world
from agents.world_overrides import with_overrides
from experiments.engine.question import NEVER

SHOCK = "shock."
# Opening columns that the founding of a model reads as they are, and not through the population: worlds of a batch share them.
SHARED_COLUMNS = {
    "cash", "alive", "implied", "listed", "share", "consumer_share", "capability_gap", "valuation", "revenue",
    "enterprise_fit", "consumer_fit", "fleet_gw", "fleet_age", "book", "outside_gw", "pipeline_gw", "slots_gw", "sales",
    "other_buyers_share", "borrowings",
}  # fmt: skip


class Case(NamedTuple):
    """What runs: the opening, for so many quarters, with these shocks; cases of the same structure can share a batch."""

    opening: Opening
    quarters: int
    shocks: dict  # {label: Shock}
    structure: str


def resolved(question, chosen):
    """All settings of a point: the question's own, then what the point chose. Raises BadInput for a shock nobody declared."""
    settings = {"world": question.world, "quarters": float(question.quarters), **question.settings}
    labels = []
    for row in question.shocks:
        label = str(row.get("label", row.get("name", "")))
        if label in labels:
            raise BadInput(f"shocks: there are two called {label!r}; give one of them a `label`")
        labels.append(label)
        settings.update({f"{SHOCK}{label}.{key}": value for key, value in row.items() if key != "label"})
    settings.update(chosen)
    for name in filter(_of_shock, settings):
        label = name.removeprefix(SHOCK).rpartition(".")[0]
        if label not in labels:
            raise BadInput(f"{name}: no shock is called {label!r}; {nearest(label, labels) or 'the question has no [[shocks]]'}")
    absent = tuple(f"{SHOCK}{label}." for label in labels if settings.get(f"{SHOCK}{label}.at") == NEVER)
    return {name: value for name, value in sorted(settings.items()) if not absent or not name.startswith(absent)}


def _of_shock(name):
    return name.startswith(SHOCK)


@functools.cache
def parameters():
    """{public name: Parameter} of everything that is not a firm's."""
    groups = {**GROUPS, **inhabitants.GROUPS}.values()
    return {item.name: item for group in groups for item in group.declared().values()}


@functools.lru_cache(maxsize=64)
def _base(world, structure):
    """A world before anything is set but its structure, which its reader must know."""
    return load_world(world, overrides=dict(structure))


def case_of(settings):
    """The case of these settings. Raises BadInput naming what is unknown, missing or out of bounds."""
    own = {name: value for name, value in settings.items() if name not in ("world", "quarters") and not name.startswith(SHOCK)}
    structure = tuple((name, own[name]) for name in STRUCTURE if name in own)
    try:
        opening = _base(str(settings["world"]), structure)
        opening = with_overrides(opening, own, parameters=parameters()) if own else opening
        for name, value in opening.parameters.items():
            if name in parameters():
                parameters()[name].checked(value)
    except BadInput as error:
        raise BadInput(str(error).removeprefix("--set ").removeprefix("value: ")) from None
    quarters = whole("quarters", settings["quarters"])
    shocks = _shocks(settings, opening.start, quarters)
    return Case(opening, quarters, shocks, _structure(opening, quarters, shocks))


def whole(name, value):
    """A whole number of at least 1. Raises BadInput."""
    if isinstance(value, str) or value < 1 or value != int(value):
        raise BadInput(f"{name} = {value!r} is not allowed; it is a whole number of at least 1")
    return int(value)


def _shocks(settings, start, quarters):
    rows = {}
    for name in filter(_of_shock, settings):
        label, _, key = name.removeprefix(SHOCK).rpartition(".")
        rows.setdefault(label, {})[key] = settings[name]
    found = {label: Shock.read(row, f"shock {label!r}") for label, row in rows.items()}
    last = start + (quarters - 1)
    for label, shock in found.items():
        if not start <= shock.at <= last:
            raise BadInput(f"shock {label!r}: at = {shock.at} lies outside the run, which goes from {start} to {last}")
    return found


def mixable(kind):
    """Columns of a kind in which the worlds of a batch may differ."""
    return declared(inhabitants.KINDS[kind]).keys() - SHARED_COLUMNS


def is_structure(name):
    """Whether the worlds of a batch must share a parameter."""
    item = parameters().get(name)
    return item is None or item.structural or bool(item.choices)


def is_whole(name):
    """Whether only whole numbers make sense for a setting."""
    item = parameters().get(name)
    return name == "quarters" or (item is not None and item.structural)


def _structure(opening, quarters, shocks):
    """A hash of everything that the worlds of a batch have in common."""
    digest = hashlib.sha256(f"{opening.fingerprint} {quarters}".encode())
    for label in sorted(shocks):
        digest.update(f"{label} {shocks[label].name} {shocks[label].at}\n".encode())
    for name in sorted(filter(is_structure, opening.parameters)):
        digest.update(f"{name} {opening.parameters[name]!r}\n".encode())
    for kind, columns in sorted(opening.columns.items()):
        for key in sorted(columns.keys() - mixable(kind)):
            digest.update(f"{kind} {key}\n".encode() + columns[key].tobytes())
    return digest.hexdigest()[:16]


class Probe(NamedTuple):
    """What one world and one quarter show: the names of outcomes and of measures, and the memory a world takes, bytes."""

    outcomes: tuple
    measures: tuple
    bytes_opening: int
    bytes_per_quarter: int


def probe(case):
    """Run one world for one quarter, to know before a sweep what it can answer and how large it is."""
    industry = Industry(case.opening, worlds=1, shocks=tuple(case.shocks.values()))
    size = _bytes(industry, set())
    industry.step()
    outcomes = tuple(name for name in industry.record.outcomes(industry).columns if name != "world")
    measures = tuple(dict.fromkeys(name for _, name in industry.record.measures))
    kept = sum(values[0].nbytes for values in industry.record.measures.values())
    release(industry)
    return Probe(outcomes, measures, size, kept)


def _bytes(thing, seen):
    """Bytes of all arrays that can be reached from an object of ours."""
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if hasattr(thing, "nbytes"):
        return thing.nbytes
    if isinstance(thing, dict):
        return sum(_bytes(part, seen) for part in thing.values())
    if isinstance(thing, list | tuple):
        return sum(_bytes(part, seen) for part in thing)
    ours = type(thing).__module__.split(".")[0] in ("abm", "agents") and not isinstance(thing, type | Opening | Quarter)
    return _bytes(vars(thing), seen) if ours and hasattr(thing, "__dict__") else 0
