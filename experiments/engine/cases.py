"""A case: what the settings of one design point mean to the model. A pure function of the settings.

Settings are {public name: value} with everything in them that decides a run but the seed: `world`, `quarters`, parameters, firm
columns, shocks as `shock.<label>.name`, `.at` and values, and deals as `deal.<label>.tenant`, `.owner`, `.start` and numbers.
"""

import functools
import hashlib
from typing import NamedTuple

from abm.clock import Quarter
from abm.engine.population import declared
from abm.errors import BadInput, nearest
from abm.failure.loss import check_firm
from abm.model import Industry, release
from abm.shocks import Shock
from abm.start.opening import Opening
from agents.inhabitants import KINDS, parameters
from agents.world_files.deals import AddedDeal, with_deals
from agents.world_files.folder import STRUCTURE, load_world
from agents.world_files.overrides import with_overrides
from experiments.engine.question import NEVER

SHOCK, DEAL = "shock.", "deal."
NEEDED = {SHOCK: "name and at", DEAL: "tenant, owner, gw and start"}
DATES = {SHOCK: "at", DEAL: "start"}  # what says when, and with "never" leaves it out
# Opening columns that the founding of a model reads as they are, and not through the population: worlds of a batch share them.
SHARED_COLUMNS = {
    "cash", "alive", "listed", "share", "consumer_share", "capability_gap", "valuation", "revenue",
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
    """All settings of a point: the question's own, then what the point chose. Raises BadInput for a shock or deal nobody declared."""
    settings = {"world": question.world, "quarters": float(question.quarters), **question.settings}
    labels = {SHOCK: _declare(settings, SHOCK, question.shocks), DEAL: _declare(settings, DEAL, question.deals)}
    settings.update(chosen)
    for prefix, known in labels.items():
        one, many = prefix.removesuffix("."), f"{prefix.removesuffix('.')}s"
        for name in (name for name in settings if name.startswith(prefix)):
            label = name.removeprefix(prefix).rpartition(".")[0]
            if label not in known:
                raise BadInput(f"{name}: no {one} is called {label!r}; {nearest(label, known) or f'the question has no [[{many}]]'}")
    gone = [f"{prefix}{label}." for prefix, known in labels.items() for label in known]
    absent = tuple(start for start in gone if settings.get(start + DATES[start.partition(".")[0] + "."]) == NEVER)
    return {name: value for name, value in sorted(settings.items()) if not absent or not name.startswith(absent)}


def deal_label(row):
    """What levers call a deal: its label, else "OpenAI with Oracle"."""
    return str(row.get("label", f"{row.get('tenant', '')} with {row.get('owner', '')}"))


def _declare(settings, prefix, rows):
    """Put the rows of [[shocks]] or [[deals]] among the settings. Returns their labels. BadInput for an empty row, or two of one label."""
    labels: list = []
    for number, row in enumerate(rows, 1):
        if not row.keys() - {"label"}:
            raise BadInput(f"{prefix.removesuffix('.')}s: row {number} says nothing; give it {NEEDED[prefix]}, or remove it")
        label = str(row.get("label", row.get("name", ""))) if prefix == SHOCK else deal_label(row)
        if label in labels:
            raise BadInput(f"{prefix.removesuffix('.')}s: there are two called {label!r}; give one of them a `label`")
        labels.append(label)
        settings.update({f"{prefix}{label}.{key}": value for key, value in row.items() if key != "label"})
    return labels


@functools.lru_cache(maxsize=64)
def _base(world, structure):
    """A world before anything is set but its structure, which its reader must know."""
    return load_world(world, overrides=dict(structure))


def case_of(settings):
    """The case of these settings. Raises BadInput naming what is unknown, missing or out of bounds."""
    own = {name: value for name, value in settings.items() if name not in ("world", "quarters") and not name.startswith((SHOCK, DEAL))}
    structure = tuple((name, own[name]) for name in STRUCTURE if name in own)
    try:
        opening = _base(str(settings["world"]), structure)
        opening = with_overrides(opening, own, parameters=parameters()) if own else opening
        deals = tuple(AddedDeal.read(row, f"deal {label!r}") for label, row in _rows(settings, DEAL).items())
        opening = with_deals(opening, deals)
        for name, value in opening.parameters.items():
            if name in parameters():
                parameters()[name].checked(value)
    except BadInput as error:
        raise BadInput(str(error).removeprefix("--set ").removeprefix("value: ")) from None
    quarters = whole("quarters", settings["quarters"])
    shocks = _shocks(settings, opening, quarters)
    return Case(opening, quarters, shocks, _structure(opening, quarters, shocks, deals))


def case_like(opening, quarters):
    """The case of an opening as it is, without shocks."""
    return Case(opening, quarters, {}, _structure(opening, quarters, {}, ()))


def whole(name, value):
    """A whole number of at least 1. Raises BadInput."""
    if isinstance(value, str) or value < 1 or value != int(value):
        raise BadInput(f"{name} = {value!r} is not allowed; it is a whole number of at least 1")
    return int(value)


def _shocks(settings, opening, quarters):
    found = {label: Shock.read(row, f"shock {label!r}") for label, row in _rows(settings, SHOCK).items()}
    start, last = opening.start, opening.start + (quarters - 1)
    for label, shock in found.items():
        check_firm(shock, opening.names, f"shock {label!r}:")
        if not start <= shock.at <= last:
            raise BadInput(f"shock {label!r}: at = {shock.at} lies outside the run, which goes from {start} to {last}")
    return found


def _rows(settings, prefix):
    """{label: {key: value}} of the shocks or deals among the settings."""
    rows: dict = {}
    for name in (name for name in settings if name.startswith(prefix)):
        label, _, key = name.removeprefix(prefix).rpartition(".")
        rows.setdefault(label, {})[key] = settings[name]
    return rows


def mixable(kind):
    """Columns of a kind in which the worlds of a batch may differ."""
    return declared(KINDS[kind]).keys() - SHARED_COLUMNS


def is_structure(name):
    """Whether the worlds of a batch must share a parameter."""
    item = parameters().get(name)
    return item is None or item.structural or bool(item.choices)


def is_whole(name):
    """Whether only whole numbers make sense for a setting."""
    item = parameters().get(name)
    return name == "quarters" or (item is not None and item.structural)


def _structure(opening, quarters, shocks, deals):
    """A hash of everything that the worlds of a batch have in common."""
    digest = hashlib.sha256(f"{opening.fingerprint} {quarters}".encode())
    digest.update(repr(deals).encode() if deals else b"")
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
    kept = sum(values.nbytes for values in industry.record.measures.values())
    outcomes = tuple(name for name in industry.record.outcomes(industry).columns if name != "world")
    measures = tuple(dict.fromkeys(name for _, name in industry.record.measures))
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
