"""The tables of a question file: ranges, how they are sampled, and three about the page of its results that do not change what is run."""

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from abm.clock import Quarter


def _plain(value):
    """Numbers as floats, so that 1 and 1.0 ask the same question. Raises ValueError for what is not a finite number or a text."""
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float) or not _is_finite(value):
        raise ValueError("must be a number or a text")
    return float(value)


def _is_finite(number):
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number of hundreds of digits
        return False


Value = Annotated[object, AfterValidator(_plain)]
Settings = dict[str, Value]

DRAW = "draw"  # the column that says which draw of what is uncertain a point has; no setting
LABEL = "name"  # what a listed point may be called; no setting

# What may lead the page instead of an outcome, and the series that it is computed from.
LEADS = {
    "accuracy": ("forecast", "revenue", "demand", "opex", "rent_due", "alive"),
    "attribution": ("fails",),
    "income_statements": ("operating_income", "model_cost", "model_profit", "alive"),
    "required_revenue": ("required_revenue", "revenue_total"),
}


class Form(BaseModel):
    """A table of a question file; keys that nobody declared are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Uncertainty(Form):
    """A range that is sampled; numbers, or quarters for the date of a shock."""

    low: Value
    high: Value
    scale: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _not_empty(self):
        if type(self.low) is not type(self.high):
            raise ValueError("low and high must both be numbers, or both quarters")
        low, high = self.bounds
        if low >= high:
            raise ValueError(f"the range from {self.low} to {self.high} is empty; low must be below high")
        if self.scale == "log" and (self.dates or low <= 0):
            raise ValueError("a log scale needs numbers above 0")
        return self

    @property
    def dates(self):
        """Whether the range is one of quarters."""
        return isinstance(self.low, str)

    @property
    def bounds(self):
        """Low and high as numbers; quarters count from 2023Q1."""
        return tuple(Quarter.parse(end).index if self.dates else end for end in (self.low, self.high))


class Design(Form):
    """How the uncertainties are sampled.

    points: lhs: design points; grid: values along each axis; sobol: base points of a Saltelli sample, points x (uncertainties + 2)
    in all; morris: trajectories, points x (uncertainties + 1) in all; list: the points themselves, as tables of settings, each
    with a `name` if results shall call it by one
    seed: of the sampler; levels: of the grid of morris
    """

    method: Literal["grid", "lhs", "sobol", "morris", "list"] = "lhs"
    points: Annotated[int, Field(ge=1)] | list[Settings] = 64
    seed: Annotated[int, Field(ge=0)] = 0
    levels: Annotated[int, Field(ge=2)] = 4

    @model_validator(mode="after")
    def _points_fit(self):
        if isinstance(self.points, list) != (self.method == "list"):
            raise ValueError("points must be a list of settings for method = 'list', and a whole number otherwise")
        if isinstance(self.points, list):
            if len({frozenset(point) for point in self.points}) != 1:
                raise ValueError("every listed point must set the same names, and there must be one at least")
            _refuse_twice(self.points)
        elif self.method == "sobol" and self.points & (self.points - 1):
            raise ValueError("points of method = 'sobol' must be a power of 2")
        elif self.method == "morris" and self.levels % 2:
            raise ValueError(f"levels of method = 'morris' must be an even number, not {self.levels}")
        return self


def _refuse_twice(points):
    """A point, or the name of one, that is listed twice. Raises ValueError."""
    seen, names = {}, {}
    for number, point in enumerate(points, start=1):
        same = seen.setdefault(frozenset(point.items()), number)
        if same < number:
            raise ValueError(f"point {number} sets what point {same} does; each must be another")
        name = point.get(LABEL, number)
        if LABEL in point and not isinstance(name, str):
            raise ValueError(f"the {LABEL} of point {number} must be a text, not {name!r}")
        if names.setdefault(name, number) < number:
            raise ValueError(f"point {number} is called {name!r} as point {names[name]} is; each must be another")


class Figure(Form):
    """What the first figure shows; what is left out is chosen from the design.

    x, y: levers or uncertainties; without y it is a line along x, with it a heat map; panels: a lever, one picture for each of its
    values; outcome: an outcome of the question, its first one by default; welfare: what stands beside it, worth to users by default
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


class Step(Form):
    """A change that the answer of a question rests on, everything else and the luck the same, and the sentence for each sign of it.

    lever, base, to: a lever and two of its values (base is written `from`); outcome: an outcome of the question, that of the figure by
    default; where: values of other levers, averaged over where they are left out
    rises, falls, open: the sentence if the outcome clearly rises, clearly falls, or if luck could explain the difference
    limit: instead of two values, the most that a share may be; `some` then names {last}, the last value of the lever within it, and
    {first}, the first one beyond it; `all` and `none` are the sentences if every value or no value is within it
    draws: settings drawn from all that is uncertain in which the change is looked at again, six futures each
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    lever: str
    base: Value | None = Field(None, alias="from")
    to: Value | None = None
    outcome: str | None = None
    where: Settings = {}
    rises: str = ""
    falls: str = ""
    open: str = ""
    limit: Annotated[float, Field(gt=0, lt=1)] | None = None
    some: str = ""
    all: str = ""
    none: str = ""
    draws: Annotated[int, Field(ge=0, le=10_000)] = 0

    @model_validator(mode="after")
    def _whole(self):
        if self.limit is not None and not (self.some and self.all and self.none):
            raise ValueError("a step with a limit needs the sentences some, all and none")
        if self.limit is None and not (self.rises and self.falls and self.open):
            raise ValueError("a step needs the sentences rises, falls and open")
        return self


class Reference(Form):
    """The size of the committed reference result: seeds at a point, and points of the design, instead of the question's own."""

    seeds: Annotated[int, Field(ge=2)] | None = None
    points: Annotated[int, Field(ge=1)] | None = None
