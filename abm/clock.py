"""Calendar quarters, and the one place where annual becomes quarterly.

A step is a quarter. Every rate in the model is annual; a flow posted in a quarter is `rate * QUARTER`.
Time `t` counts quarters from 2023Q1 in every world, whenever it opens [model.md 26.18].
"""

import re
from dataclasses import dataclass

import numpy as np

from abm.errors import BadInput

QUARTER = 0.25
QUARTERS_PER_YEAR = 4
EPOCH_YEAR = 2023


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter, held as the number of quarters since 2023Q1 (which may be negative).

    A quarter plus 4 is the same quarter a year later; the difference of two quarters is a number of quarters; earlier is less.
    """

    index: int

    @classmethod
    def parse(cls, text, where=""):
        """Read "2026Q3"; where: what a message begins with. Raises BadInput if the text has another form."""
        match = re.fullmatch(r"(\d{4})Q([1-4])", str(text))
        if not match:
            raise BadInput(f"{where}quarter {text!r} is not of the form 2026Q3")
        return cls((int(match[1]) - EPOCH_YEAR) * QUARTERS_PER_YEAR + int(match[2]) - 1)

    def __repr__(self):
        return str(self)

    def __str__(self):
        return f"{self.year}Q{self.index % QUARTERS_PER_YEAR + 1}"

    def __add__(self, quarters):
        return Quarter(self.index + int(quarters))

    def __sub__(self, other):
        """Quarters between two quarters, or the quarter that lies `other` quarters earlier."""
        return self.index - other.index if isinstance(other, Quarter) else Quarter(self.index - int(other))

    @property
    def year(self):
        """The calendar year."""
        return EPOCH_YEAR + self.index // QUARTERS_PER_YEAR

    @property
    def years(self):
        """Years since the start of 2023, the `y` of the equations."""
        return self.index * QUARTER


def per_quarter(annual_probability):
    """Probability per quarter of an event with this probability per year (constant hazard)."""
    return 1 - (1 - annual_probability) ** QUARTER


def hazard_per_quarter(rate):
    """Probability per quarter of an event that arrives at this annual rate [model.md 16.10]."""
    return -np.expm1(-np.asarray(rate) * QUARTER)
