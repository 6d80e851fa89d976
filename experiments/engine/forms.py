"""What the tables of a question file have in common, and those about the page of its results, which do not change what is run."""

import math
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _plain(value):
    """Numbers as floats, so that 1 and 1.0 ask the same question. Raises ValueError for what is not a finite number or a text."""
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("must be a number or a text")
    return float(value)


Value = Annotated[object, AfterValidator(_plain)]
Settings = dict[str, Value]


class Form(BaseModel):
    """A table of a question file; keys that nobody declared are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(Form):
    """What the first figure shows; what is left out is chosen from the design.

    x, y: levers or uncertainties; without y it is a line along x, with it a heat map; panels: a lever, one picture for each of its
    values; outcome: an outcome of the question, its first one by default; welfare: what stands beside it, served revenue by default
    """

    x: str | None = None
    y: str | None = None
    panels: str | None = None
    outcome: str | None = None
    welfare: str | None = None

    @property
    def axes(self):
        """{key: name} of the axes that were chosen."""
        return {key: name for key in ("x", "y", "panels") if (name := getattr(self, key)) is not None}


class Table(Form):
    """Which levers make the rows of the table of settings, averaged over the others, and which outcomes its columns; all by default."""

    rows: list[str] = []
    outcomes: list[str] = []


class Reference(Form):
    """The size of the committed reference result: seeds at a point, and points of the design, instead of the question's own."""

    seeds: Annotated[int, Field(ge=2)] | None = None
    points: Annotated[int, Field(ge=1)] | None = None
