"""Conditions on outcomes as people write them, `labs_defaulted >= 2 and welfare < 500`, read without ever running them.

`and` binds before `or`; there are no brackets. A condition is a list of alternatives, each a list of comparisons.
"""

import operator
import re
from typing import NamedTuple

import numpy as np

from abm.errors import BadInput, nearest

OPERATORS = {">=": operator.ge, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt}
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_COMPARISON = re.compile(rf"\s*([A-Za-z_][\w.]*)\s*(>=|<=|==|!=|>|<)\s*({_NUMBER})\s*")


class Comparison(NamedTuple):
    """A name, an operator and a number."""

    name: str
    sign: str
    number: float

    def holds(self, values):
        """Where it holds; never where the value is missing. values: {name: array}."""
        found = np.asarray(values[self.name], dtype=float)
        return OPERATORS[self.sign](found, self.number) & ~np.isnan(found)


class Condition(NamedTuple):
    """Alternatives, of which one at least must hold; `text` as it was written."""

    text: str
    alternatives: tuple

    @classmethod
    def read(cls, text, known=None):
        """From text. known: names that are allowed, if they are known. Raises BadInput naming the part that is wrong."""
        text = " ".join(str(text).split())
        split = (re.split(r"\band\b", part) for part in re.split(r"\bor\b", text))
        found = cls(text, tuple(tuple(map(_comparison, parts)) for parts in split))
        found.check(known if known is not None else found.names)
        return found

    def check(self, known):
        """Refuse names that are not known. Raises BadInput."""
        for name in self.names:
            if name not in known:
                raise BadInput(f"{self.text!r}: unknown outcome {name!r}; {nearest(name, known)}".removesuffix("; "))

    @property
    def names(self):
        """Names of the outcomes it looks at, each once."""
        return list(dict.fromkeys(item.name for parts in self.alternatives for item in parts))

    def holds(self, values):
        """Where it holds. values: {name: array}, all of one shape."""
        return np.any([np.all([item.holds(values) for item in parts], axis=0) for parts in self.alternatives], axis=0)


def _comparison(text):
    match = _COMPARISON.fullmatch(text)
    if not match:
        raise BadInput(f"{text.strip()!r} is not a condition; write for example 'labs_defaulted >= 2', joined by 'and' or 'or'")
    number = float(match[3])
    if not np.isfinite(number):
        raise BadInput(f"{text.strip()!r} is not a condition: its number is beyond all that a computer counts")
    return Comparison(match[1], match[2], number)
