"""All declared numbers as one table: groups of parameters, and what every firm of a kind has. Nothing here is written by hand."""

import fnmatch
from typing import NamedTuple

import numpy as np

from abm.errors import BadInput, nearest
from abm.parameters import KNOWN, STRUCTURAL, SWITCH, SWITCHES, UNCERTAIN
from abm.priors import JUDGEMENT, Prior
from agents.inhabitants import parameters
from agents.world_files.columns import settable_by_name

FIRM_SAYS = "per firm"


class Declaration(NamedTuple):
    """A line of the table; value: the default, or what the world gives; low, high: None without a bound."""

    name: str
    value: object
    unit: str
    low: float | None
    high: float | None
    source: str
    meaning: str
    changed: bool = False
    status: str = KNOWN
    prior: Prior | None = None

    @property
    def allowed(self):
        """The range, or the choices, in words."""
        if isinstance(self.low, tuple):
            return ", ".join(self.low)
        low, high = (None if bound is None or not np.isfinite(bound) else f"{bound:g}" for bound in (self.low, self.high))
        if low is None and high is None:
            return "any"
        return f"{low} to {high}" if low and high else f"{low} or more" if low else f"{high} or less"


def prior_of(name, opening):
    """The declared prior of a number: that of the world's own file, else that of its parameter or column."""
    item = parameters().get(name) or settable_by_name()[name][1]
    return opening.priors.get(name) or item.prior


def declarations(pattern="", given=None):
    """The table, in order of declaration. Raises BadInput if nothing fits.

    pattern: part of a name or of its meaning, or a wildcard such as "lab.*"; given: {name: value} that a world sets
    """
    rows = [*_parameters(given or {}), *_columns()]
    found = [row for row in rows if _fits(row, pattern)]
    if not found:
        raise BadInput(f"no parameter fits {pattern!r}; {nearest(pattern, [row.name for row in rows])}".removesuffix("; "))
    return found


def _parameters(given):
    for item in parameters().values():
        low = item.choices or item.low
        value = given.get(item.name, item.value)
        value = value if isinstance(value, str) else float(np.ravel(value)[0])
        yield Declaration(
            item.name, value, item.unit, low, item.high, item.source, item.meaning, item.name in given, item.status, item.prior
        )


def _columns():
    """Numbers of firms: for all of a kind under "lab.cash", for one under "lab.OpenAI.cash"."""
    for name, (_, item) in settable_by_name().items():
        value = FIRM_SAYS if item.default is None else float(item.default)
        source, status = item.source or "the world's files", column_status(item)
        yield Declaration(name, value, item.unit, item.low, item.high, source, item.meaning, status=status, prior=item.prior)


def column_status(item):
    """Why a number of firms is in doubt or not: a default of 0 is something that no firm has unless a file says so."""
    if item.prior is not None:
        return UNCERTAIN
    return SWITCH if item.default == 0 or item.source.startswith(SWITCHES) else KNOWN


class Belief(NamedTuple):
    """A line of the table of priors; kind: whether the bounds are a judgement or have a source; drawn: whether a run draws it."""

    name: str
    value: object
    unit: str
    law: str
    bounds: str
    kind: str
    source: str
    drawn: str


def priors(pattern=""):
    """Every number that has a prior, in order of declaration, as a Belief each. Raises BadInput if nothing fits."""
    rows = [row for row in declarations(pattern) if row.prior is not None]
    if not rows:
        raise BadInput(f"no parameter that fits {pattern!r} has a prior: it is known, a switch or structural")
    return [_belief(row) for row in rows]


def _belief(row):
    prior, kind = row.prior, JUDGEMENT if row.prior.is_judgement else "source"
    drawn = "no: structural, the same in all worlds of a batch" if row.status == STRUCTURAL else "yes"
    return Belief(row.name, row.value, row.unit, prior.law, prior.bounds, kind, prior.source, drawn)


def _fits(row, pattern):
    if any(sign in pattern for sign in "*?["):
        return fnmatch.fnmatchcase(row.name.lower(), pattern.lower())
    return pattern.lower() in row.name.lower() or pattern.lower() in row.meaning.lower()
