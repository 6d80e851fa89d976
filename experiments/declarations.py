"""All declared numbers as one table: groups of parameters, and what every firm of a kind has. Nothing here is written by hand."""

import fnmatch
from typing import NamedTuple

import numpy as np

from abm.errors import BadInput, nearest
from abm.settings import GROUPS
from agents.inhabitants import GROUPS as OWN
from agents.world_files.columns import COLUMNS, ONE, settable

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

    @property
    def allowed(self):
        """The range, or the choices, in words."""
        if isinstance(self.low, tuple):
            return ", ".join(self.low)
        low, high = (None if bound is None or not np.isfinite(bound) else f"{bound:g}" for bound in (self.low, self.high))
        if low is None and high is None:
            return "any"
        return f"{low} to {high}" if low and high else f"{low} or more" if low else f"{high} or less"


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
    for group in {**GROUPS, **OWN}.values():
        for item in group.declared().values():
            low = item.choices or item.low
            value = given.get(item.name, item.value)
            value = value if isinstance(value, str) else float(np.ravel(value)[0])
            yield Declaration(item.name, value, item.unit, low, item.high, item.source, item.meaning, item.name in given)


def _columns():
    """Numbers of firms: for all of a kind under "lab.cash", for one under "lab.OpenAI.cash"."""
    for kind in COLUMNS:
        for key, item in settable(kind).items():
            value = FIRM_SAYS if item.default is None else float(item.default)
            source = item.source or "the world's files"
            yield Declaration(f"{ONE[kind]}.{key}", value, item.unit, item.low, item.high, source, item.meaning)


def _fits(row, pattern):
    if any(sign in pattern for sign in "*?["):
        return fnmatch.fnmatchcase(row.name.lower(), pattern.lower())
    return pattern.lower() in row.name.lower() or pattern.lower() in row.meaning.lower()
