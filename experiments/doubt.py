"""Doubt as an axis: which numbers of a run are uncertain, and what each of its worlds draws for them.

A world draws by the run's seed and its own number, apart from its luck: the same whatever batch or worker it runs in, and with the
same luck as in a run without doubt. What a world's files or the user give is held, unless the file states a prior of its own, or the
user's file of priors names it. Structural numbers shape the arrays that worlds share, so they keep their value.
"""

import functools
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from abm.data import toml_of
from abm.errors import BadInput, nearest
from abm.parameters import UNCERTAIN
from abm.priors import Prior, read_prior
from agents.appetite import MAPPED, follows
from agents.inhabitants import parameters
from agents.world_files.columns import ONE, settable_by_name

NO_DOUBT, OWN_DRAW, NEXT_DRAW = "", "own", "next"  # each world plays no draw, its own, or that of the world after it
DOUBTS = (NO_DOUBT, OWN_DRAW, NEXT_DRAW)
STREAM = 2000  # of a world's seed, beyond those of its luck
TOGETHER = (  # numbers whose draws go together: the second leans on the first by this rank correlation; judgements all
    ("technology.obsolescence", "technology.chip_life", -0.8),  # the faster chips progress, the sooner old ones earn nothing
    ("technology.chip_life", "cloud.believed_life", 0.5),  # owners see something of how long chips earn
    ("cloud.believed_life", "lender.believed_life", 0.7),  # and lenders what owners see
    ("technology.chip_life", "services.reference_rent", -0.5),  # chips that earn longer need less rent a year
    ("cloud.capex", "cloud.chip_cost", 0.8),  # chips are most of the cost of a GW
    ("cloud.chip_cost", "vendor.gross_margin", 0.5),  # dear chips are dear for the vendor's margin
    ("services.demand_elasticity", "services.substitution_end", 0.5),  # both set the mark-up of labs
    ("investor.margin", "investor.multiple", -0.3),  # thin margins are expected to grow
    ("lender.rate", "lender.best_rate", 0.5),  # money is dear for all at once
)


@dataclass(frozen=True)
class Doubt:
    """A number in doubt: its prior and the bounds of its parameter; `firms`: (kind, column, rows) of a number of firms, or None."""

    name: str
    prior: Prior
    low: float
    high: float
    firms: tuple | None = None


@functools.cache
def places():
    """{name: place of its draw} of all numbers a prior may be of, in an order that no run changes."""
    drawn = (name for name, item in parameters().items() if not item.structural and not item.choices and not item.text)
    return {name: place for place, name in enumerate([*drawn, *settable_by_name()])}


def read_own(rows, where):
    """The user's own priors: {name: Prior}. rows: {name: table}, as a file has them. Raises BadInput naming file, key, value and rule."""
    known, found = places(), {}
    for name, row in rows.items():
        item = parameters().get(name) or settable_by_name().get(name, ("", None))[1]
        if item is None:
            raise BadInput(f"{where}: unknown name {name!r}; {nearest(name, known)}".removesuffix("; "))
        if name not in known:
            raise BadInput(f"{where}: {name} can have no prior; it is structural or a choice, the same in all worlds of a batch")
        value = getattr(item, "value", None) if name in parameters() else item.default
        named = item if name in parameters() else _Bounds(name, item.low, item.high)
        found[name] = read_prior(row, named, (value if value is not None else np.nan), where)
    return found


@dataclass(frozen=True)
class _Bounds:
    """What `read_prior` needs to know of a column, under its public name."""

    name: str
    low: float
    high: float


def in_doubt(opening, settings=(), own=None):
    """What a run from this opening draws, as a Doubt each. settings: names that the user sets; own: {name: Prior} of the user's file.

    Raises BadInput for a number that the user both sets and is in doubt about, or of which no firm here leaves anything open.
    """
    own, found = own or {}, []
    twice = [name for name in own if name in settings]
    if twice:
        raise BadInput(f"--priors: {twice[0]} is set by --set as well; leave one of the two")
    for name in places():
        doubt = _parameter(name, opening, settings, own) if name in parameters() else _column(name, opening, own)
        if doubt:
            found.append(doubt)
        elif name in own:
            raise BadInput(f"--priors: {name} is given by the files of {opening.name} for every firm; nothing is left to draw")
    return found


def _parameter(name, opening, settings, own):
    item = parameters()[name]
    given = opening.priors.get(name) if name in opening.parameters else item.prior if item.status == UNCERTAIN else None
    prior = own.get(name) or given
    return Doubt(name, prior, item.low, item.high) if prior and name not in settings else None


def _column(name, opening, own):
    """Numbers of firms of which neither a file nor the user says anything: those that took the default of their kind."""
    kind, item = settable_by_name()[name]
    prior = own.get(name) or item.prior
    if prior is None:
        return None
    open_ = {
        figure.firm for figure in opening.figures if (figure.key, figure.source, figure.confidence) == (item.name, item.source, "model")
    }
    rows = tuple(row for row, firm in enumerate(opening.names[kind]) if firm in open_)
    return Doubt(name, prior, item.low, item.high, (kind, item.name, rows)) if rows else None


def levels(seed, world_ids):
    """Where in its prior each world's draw of each number lies, 0 to 1: [worlds, names].

    Standard normals, of which the second of each pair in TOGETHER leans on the first: a Gaussian copula. They are read as shares of
    the law below them; a rank correlation r is 2 sin(pi r / 6) between the normals.
    """
    from scipy.special import ndtr

    place = places()
    draws = [np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(world), STREAM))) for world in world_ids]
    normals = np.stack([generator.standard_normal(len(place)) for generator in draws])
    for first, second, rank in TOGETHER:
        slope = 2 * np.sin(np.pi * rank / 6)
        normals[:, place[second]] = slope * normals[:, place[first]] + np.sqrt(1 - slope**2) * normals[:, place[second]]
    return ndtr(normals)


def values_of(opening, doubts, seed, world_ids):
    """(opening, parameters) of these worlds: numbers of firms as columns [worlds, rows], all others as {name: [worlds]}."""
    place, level = places(), levels(seed, world_ids)
    found, firms = {}, {kind: dict(cells) for kind, cells in opening.columns.items()}
    for doubt in doubts:
        drawn = doubt.prior.quantile(level[:, place[doubt.name]])
        if doubt.firms is None:
            found[doubt.name] = np.clip(drawn, doubt.low, doubt.high)
            continue
        kind, key, rows = doubt.firms
        cells = np.broadcast_to(firms[kind][key], (len(drawn), np.shape(firms[kind][key])[-1])).copy()
        cells[:, rows] = np.clip(drawn[:, None] + (cells[:, rows] if doubt.prior.is_shift else 0), doubt.low, doubt.high)
        firms[kind][key] = cells
    _follow(firms, doubts)
    return replace(opening, columns=firms), found


def _follow(firms, doubts):
    """What a kind of firm maps from its appetite keeps in step with the appetite that was drawn [model.md 4]."""
    drawn_kinds = {doubt.firms[0] for doubt in doubts if doubt.firms and doubt.firms[1] == "risk_appetite"}
    for kind in drawn_kinds & MAPPED.keys():
        cells = firms[kind]
        for key, mapping in MAPPED[kind].items():
            cells[key] = np.where(cells[follows(key)] > 0, mapping(cells["risk_appetite"]), cells[key])


def draws_as_settings(opening, settings, seed, number):
    """So many draws of what is in doubt as settings of a sweep, {public name: number} each; firm by firm where firms draw.

    opening: with all that is set, which is held; settings: the names of that. Draw k is that of world k of a run of this seed.
    """
    doubts = in_doubt(opening, settings)
    opened, found = values_of(opening, doubts, seed, range(number))
    for doubt in doubts:
        if doubt.firms:
            kind, key, rows = doubt.firms
            cells = opened.columns[kind][key]
            found |= {f"{ONE[kind]}.{opening.names[kind][row]}.{key}": cells[:, row] for row in rows}
    return [{name: float(values[k]) for name, values in found.items()} for k in range(number)]


def drawn(inputs, opening, world_ids):
    """(opening, parameters) of these worlds of a run; as they are without doubt. inputs: `experiments.inputs.Inputs`. Raises BadInput."""
    if inputs.doubt == NO_DOUBT:
        return opening, {}
    ahead = 1 if inputs.doubt == NEXT_DRAW else 0
    return values_of(opening, doubts_of(inputs, opening), inputs.seed, [world + ahead for world in world_ids])


def doubts_of(inputs, opening):
    """What the worlds of a run draw. Raises BadInput."""
    return in_doubt(opening, inputs.settings, read_own(inputs.priors, "--priors"))


def beside_of(inputs):
    """What is run beside a run in doubt, on the same seeds: luck alone, and every luck with the draw of the world after it."""
    if inputs.doubt != OWN_DRAW:
        return []
    return [replace(inputs, doubt=NO_DOUBT, priors={}), replace(inputs, doubt=NEXT_DRAW)]


def part(inputs, work, number):
    """How one of the parts of a run in doubt is done: its progress is part of the whole."""
    tell, parts = work.progress, len(beside_of(inputs)) + 1
    return work._replace(progress=tell and (lambda done: tell((done + number * inputs.worlds) / parts)))


def read_file(path):
    """The rows of a user's file of priors, {name: table}, each checked. Raises BadInput naming file, key, value and rule."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise BadInput(f"--priors {path}: cannot be read: {error.strerror}") from None
    rows = _flat(toml_of(content, f"--priors {path}"))
    if not rows:
        raise BadInput(f"--priors {path}: holds no prior; a line is \"cone.width\" = {{ low = 0.5, high = 1.5, source = '...' }}")
    read_own(rows, f"--priors {path}")
    return rows


def _flat(rows):
    """Names without quotes are tables inside tables: cone.width is read like "cone.width"."""
    found = {}
    for name, row in rows.items():
        inner = isinstance(row, dict) and row and all(isinstance(part, dict) for part in row.values())
        found |= {f"{name}.{key}": part for key, part in _flat(row).items()} if inner else {name: row}
    return found
