"""What is believed of an uncertain number before any data: a law between two bounds, and where the bounds come from.

A prior stands beside the value of its parameter: `parameter(0.2, ..., prior=between(0.1, 0.3))`. A source that is not given is
JUDGEMENT: ours, and to be replaced by whoever knows better. Nothing in the model reads a prior; experiments draw from it.
"""

from dataclasses import dataclass, replace
from math import isclose

import numpy as np

from abm.errors import BadInput, nearest

JUDGEMENT = "judgement"
LAWS = ("uniform", "log-uniform", "triangular", "pert", "normal", "discrete")
WIDE = 3  # times the lower bound from which a range is drawn by its orders of magnitude
PERT_WEIGHT = 4  # of the most likely value beside each bound, as the method has it
SPREADS = 4  # bounds of a normal law that gives no deviation lie two deviations on either side


@dataclass(frozen=True)
class Prior:
    """A law between bounds. `centre`: most likely value of triangular and pert, mean of normal; `deviation`: of normal;
    `values`, `weights`: of discrete; `is_shift`: what is drawn is added to each firm's own value."""

    low: float
    high: float
    source: str = JUDGEMENT
    law: str = ""
    centre: float | None = None
    deviation: float | None = None
    values: tuple = ()
    weights: tuple = ()
    is_shift: bool = False

    @property
    def is_judgement(self):
        """Whether nothing but judgement stands behind the bounds."""
        return self.source.startswith(JUDGEMENT)

    def around(self, value, whole=False):
        """The same prior with its law settled, for a parameter of this value; whole: only whole numbers make sense.

        Whole numbers are equally likely. A positive range that spans a factor of WIDE or more is log-uniform; a narrower one is
        triangular with its tip at the value, and uniform where the value lies on a bound or outside.
        """
        if self.law or self.values:
            return self._settled(value)
        if whole:
            return replace(self, law="discrete", values=tuple(range(int(self.low), int(self.high) + 1)))
        if self.low > 0 and (self.high / self.low > WIDE or isclose(self.high / self.low, WIDE)):
            return replace(self, law="log-uniform")
        inside = self.low < value < self.high
        return replace(self, law="triangular" if inside else "uniform", centre=float(value) if inside else None)

    def _settled(self, value):
        """A law that was named, with what it needs beside its bounds taken from the value where it is not given."""
        law = self.law or "discrete"
        middle = (self.low + self.high) / 2
        centre = self.centre if self.centre is not None else float(value) if self.low <= value <= self.high else middle
        deviation = self.deviation if self.deviation is not None else (self.high - self.low) / SPREADS
        if law in ("triangular", "pert"):
            return replace(self, law=law, centre=centre)
        return replace(self, law=law, centre=centre, deviation=deviation) if law == "normal" else replace(self, law=law)

    def quantile(self, level):
        """The value below which this share of the law lies. level: array in [0, 1]."""
        level = np.asarray(level, dtype=float)
        if self.law == "discrete":
            weights = np.array(self.weights or (1,) * len(self.values), dtype=float)
            place = np.searchsorted(np.cumsum(weights) / weights.sum(), level, side="right")
            return np.array(self.values, dtype=float)[np.minimum(place, len(self.values) - 1)]
        if self.high == self.low:
            return np.full_like(level, self.low)
        return np.clip(self._between(level), self.low, self.high)

    def _between(self, level):
        from scipy import stats

        width = self.high - self.low
        if self.law == "log-uniform":
            return stats.loguniform.ppf(level, self.low, self.high)
        if self.law == "triangular":
            return stats.triang.ppf(level, (self.centre - self.low) / width, self.low, width)
        if self.law == "pert":
            tip = PERT_WEIGHT * (self.centre - self.low) / width
            return stats.beta.ppf(level, 1 + tip, 1 + PERT_WEIGHT - tip, self.low, width)
        if self.law == "normal":
            a, b = ((bound - self.centre) / self.deviation for bound in (self.low, self.high))
            return stats.truncnorm.ppf(level, a, b, self.centre, self.deviation)
        return stats.uniform.ppf(level, self.low, width)

    @property
    def bounds(self):
        """In words."""
        sign = "+" if self.is_shift else ""
        return f"{self.low:{sign}.4g} to {self.high:{sign}.4g}{' around the value of each' if self.is_shift else ''}"

    def checked(self, item, where):
        """The prior, if it is one of this parameter or column. Raises BadInput naming key, value and rule."""
        name = f"{where}: {item.name}"
        if self.law not in LAWS:
            raise BadInput(f"{name}: law = {self.law!r} is not allowed; {nearest(self.law, LAWS)}")
        if not (np.isfinite([self.low, self.high]).all() and self.low <= self.high):
            raise BadInput(f"{name}: low = {self.low:g} and high = {self.high:g} are not allowed; low must not be above high")
        for key, value in (("low", self.low), ("high", self.high)):
            if not self.is_shift and not item.low <= value <= item.high:
                raise BadInput(f"{name}: {key} = {value:g} is outside [{item.low:g}, {item.high:g}], which the number itself must keep")
        if self.law == "log-uniform" and self.low <= 0:
            raise BadInput(f"{name}: low = {self.low:g} is not allowed; a log-uniform law needs a positive one")
        if self.centre is not None and not self.low <= self.centre <= self.high:
            raise BadInput(f"{name}: centre = {self.centre:g} is outside [{self.low:g}, {self.high:g}], its own bounds")
        if self.law == "normal" and self.deviation <= 0:
            raise BadInput(f"{name}: deviation = {self.deviation:g} is not allowed; a positive number")
        if self.law == "discrete":
            self._check_values(name)
        return self

    def _check_values(self, name):
        if not self.values or not all(self.low <= value <= self.high for value in self.values):
            raise BadInput(f"{name}: values = {list(self.values)} is not allowed; at least one, each from low to high")
        if self.weights and (len(self.weights) != len(self.values) or min(self.weights) < 0 or sum(self.weights) <= 0):
            raise BadInput(f"{name}: weights = {list(self.weights)} is not allowed; one for each value, none negative, not all 0")


KEYS = ("law", "low", "high", "source", "centre", "deviation", "values", "weights")


def read_prior(row, item, value, where):
    """A prior from a table of a file, {law, low, high, source, ...}, for a parameter or column of this value.

    Where no law is named it is chosen as by `Prior.around`; a discrete law needs values and no bounds. Raises BadInput naming
    file, key, value and rule.
    """
    name = f"{where}: {item.name}"
    if not isinstance(row, dict):
        raise BadInput(f"{name} = {row!r} is not a table; for example {{ law = 'uniform', low = 1, high = 2, source = '...' }}")
    for key in row:
        if key not in KEYS:
            raise BadInput(f"{name}: unknown key {key!r}; {nearest(key, KEYS)}")
    law, source = (_text(row.get(key, usual), key, name) for key, usual in (("law", ""), ("source", "")))
    if not source.strip():
        raise BadInput(f"{name}: 'source' is missing; say where the bounds come from, or 'judgement'")
    if law and law not in LAWS:
        raise BadInput(f"{name}: law = {law!r} is not allowed; {nearest(law, LAWS)}")
    values, weights = (tuple(_numbers(row.get(key, []), key, name)) for key in ("values", "weights"))
    ends = {"low": min(values), "high": max(values)} if values else {}
    for key in ("low", "high"):
        if key not in {**ends, **row}:
            raise BadInput(f"{name}: {key!r} is missing")
    given = {key: _number(row[key], key, name) for key in ("low", "high", "centre", "deviation") if key in row}
    prior = Prior(**{**ends, **given}, source=source, law=law, values=values, weights=weights)
    return prior.around(value, getattr(item, "structural", False)).checked(item, where)


def _text(value, key, name):
    if not isinstance(value, str):
        raise BadInput(f"{name}: {key} = {value!r} is not text")
    return value


def _number(value, key, name):
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise BadInput(f"{name}: {key} = {value!r} is not a finite number")
    return float(value)


def _numbers(values, key, name):
    if not isinstance(values, list):
        raise BadInput(f"{name}: {key} = {values!r} is not a list of numbers")
    return [_number(value, key, name) for value in values]


def between(low, high, source=JUDGEMENT, law=""):
    """A prior between two bounds; the law is chosen by `Prior.around` unless it is named."""
    return Prior(low, high, source, law)


def shifted(by):
    """A prior for numbers that differ between firms: up to so much less or more than each firm's own value."""
    return Prior(-by, by, law="uniform", is_shift=True)
