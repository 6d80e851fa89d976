"""The mechanisms of the source texts as `mechanisms.toml` lists them: what each does, where, what switches it, and its test."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from experiments.inputs import read_shock

PLANNED = "planned"
STATUS = ("in", "part", PLANNED)
FILE = Path(__file__).with_name("mechanisms.toml")
SHOCK = "shock"


@dataclass(frozen=True)
class Mechanism:
    """One mechanism. with_it, without: settings of the two sides that are compared, of the world as shipped; equal without a switch."""

    name: str
    source: str
    status: str
    does: str = ""
    lacks: str = ""
    where: tuple = ()
    test: str = ""
    with_it: dict = field(default_factory=dict)
    without: dict = field(default_factory=dict)

    @property
    def is_switched(self):
        """Whether there are two sides to compare."""
        return self.with_it != self.without


@cache
def mechanisms():
    """{id: Mechanism}, in the order of the file."""
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: _read(row) for name, row in raw.items()}


def _read(row):
    sides = {"with_it": row.pop("with", {}), "without": row.pop("without", {})}
    return Mechanism(**{**row, "where": tuple(row.get("where", ()))}, **sides)


def settings(side):
    """A side as the engine reads it: its shock taken apart under one label."""
    rest = {name: value for name, value in side.items() if name != SHOCK}
    row = read_shock(side[SHOCK]) if SHOCK in side else {}
    return {**rest, **{f"{SHOCK}.it.{key}": value for key, value in row.items()}}
