"""Declared numbers. One declaration feeds bounds, documentation, sweeps and the sliders of the browser.

A room declares its parameters beside their use, in a `Group`:

    class ConeParameters(Group, name="cone"):
        width = parameter(1.0, unit="1", low=0.5, high=1.5, source="assumption", meaning="true width", prior=between(0.5, 1.5))

An instance holds the values of one model: every number as an array `[worlds, 1]`, so that worlds may differ in it,
except structure (whole numbers that shape arrays) and choices, which are plain values shared by the batch.
"""

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from abm.clock import QUARTERS_PER_YEAR
from abm.errors import BadInput, nearest
from abm.priors import Prior

KNOWN, SWITCH, STRUCTURAL, UNCERTAIN = "known", "switch", "structural", "uncertain"
SWITCHES = ("switch", "policy switch")  # how the source of a rule that is on or off begins


@dataclass(frozen=True)
class Parameter:
    """One declared number: its default, unit, allowed range, source and meaning."""

    value: object
    unit: str
    low: float | None
    high: float | None
    source: str
    meaning: str
    structural: bool = False
    choices: tuple = ()
    name: str = ""
    text: bool = False
    prior: Prior | None = None

    @property
    def status(self):
        """Why it is in doubt or not: STRUCTURAL and SWITCH are the same in all worlds of a batch, KNOWN needs no prior."""
        if self.structural:
            return STRUCTURAL
        if self.choices or self.text or self.source.startswith(SWITCHES):
            return SWITCH
        return KNOWN if self.prior is None else UNCERTAIN

    def checked(self, value, where="value"):
        """The value as the right type. Raises BadInput naming key, value and range."""
        if self.choices:
            if value not in self.choices:
                raise BadInput(f"{where}: {self.name} = {value!r} is not allowed; {nearest(value, self.choices)}")
            return value
        if self.text:
            return self._checked_text(value, where)
        try:
            number = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            raise BadInput(f"{where}: {self.name} = {value!r} is not a number") from None
        if not np.all((number >= self.low) & (number <= self.high)):
            raise BadInput(f"{where}: {self.name} = {value} is outside [{self.low:g}, {self.high:g}] {self.unit}{self._in_years()}")
        if not self.structural:
            return number
        if number.size != 1 or number.item() != int(number.item()):
            raise BadInput(f"{where}: {self.name} = {value} must be one whole number for all worlds")
        return int(number.item())

    def _in_years(self):
        """What a number of quarters means, where years may have been meant."""
        if self.unit != "quarters":
            return ""
        low, high = (end / QUARTERS_PER_YEAR for end in (self.low, self.high))
        return f", that is {low:g} to {high:g} years; it means: {self.meaning}"

    def _checked_text(self, value, where):
        """A name, or one per world."""
        if value in ("", None) if np.ndim(value) == 0 else np.size(value) == 0:
            raise BadInput(f"{where}: {self.name} is missing; {self.meaning}")
        if np.asarray(value).dtype.kind not in "UT":
            raise BadInput(f"{where}: {self.name} = {value!r} is not a name; {self.meaning}")
        return value


def parameter(value, *, unit, low=None, high=None, source, meaning, structural=False, choices=(), text=False, prior=None):
    """Declare a parameter; bounds are required unless it is a choice between names, or a name itself (text).

    prior: what is believed of it, see `abm.priors`; every assumption has one
    """
    if not choices and not text and (low is None or high is None):
        raise BadInput(f"parameter {meaning!r} has no bounds")
    prior = prior and prior.around(value, structural)
    return Parameter(value, unit, low, high, source, meaning, structural, tuple(choices), text=text, prior=prior)


class Group:
    """Parameters that belong together, read as attributes: `[worlds, 1]` arrays, or plain structural values."""

    name = ""

    def __init_subclass__(cls, name):
        cls.name = name

    def __init__(self, worlds=1, values=None, where="parameters"):
        """Build the values of one model.

        values: {short name: number or one number per world}; what is not named keeps its default.
        Raises BadInput for an unknown name, a value out of range, or the wrong number of worlds.
        """
        declared = self.declared()
        values = dict(values or {})
        for key in values.keys() - declared.keys():
            raise BadInput(f"{where}: unknown parameter '{self.name}.{key}'; {nearest(key, declared)}")
        for key, item in declared.items():
            setattr(self, key, _spread(item, item.checked(values.get(key, item.value), where), worlds, where))

    @classmethod
    @cache
    def declared(cls):
        """{short name: Parameter} with full public names, in order of declaration."""
        own = {key: item for key, item in vars(cls).items() if isinstance(item, Parameter)}
        return MappingProxyType({key: Parameter(**{**vars(item), "name": f"{cls.name}.{key}"}) for key, item in own.items()})


def _spread(item, value, worlds, where):
    if item.structural or item.choices:
        return value
    if value.ndim > 0 and value.size not in (1, worlds):
        raise BadInput(f"{where}: {item.name} has {value.size} values for {worlds} worlds")
    return np.ascontiguousarray(np.broadcast_to(value.reshape(-1, 1), (worlds, 1)))
