"""What an indicator is, and how far indicators look ahead [model.md 15].

`abm.measures.readings` lists them all, each with its meaning.
"""

from typing import NamedTuple

from abm.parameters import Group, parameter


class Indicator(NamedTuple):
    """What a measure is called in words, its unit, what it is measured for, and how to read it in one sentence."""

    label: str
    unit: str
    scope: str
    reading: str


class IndicatorParameters(Group, name="indicator"):
    """How far indicators look and what they call an event; they change what is measured and nothing that happens."""

    survival = parameter(
        0.95,
        unit="probability",
        low=0.5,
        high=0.999,
        source="definition; model.md 15.8",
        meaning="survival at which the critical width is read",
    )
    look_ahead = parameter(
        8, unit="quarters", low=4, high=24, source="model.md 10: lag and half a year", structural=True,
        meaning="quarters that projections look ahead",
    )  # fmt: skip
    forecast_horizon = parameter(
        4, unit="quarters", low=1, high=12, source="model.md 5.5: text S0 is about one year", structural=True,
        meaning="age at which labs' forecasts are scored",
    )  # fmt: skip
    largest_buyers = parameter(
        2, unit="count", low=1, high=10, source="model.md 15.10", structural=True, meaning="buyers of chips whose share is shown"
    )
    episode = parameter(
        6, unit="quarters", low=1, high=20, source="model.md 15.13: window of a systemic event", structural=True,
        meaning="quarters after a default in which the next one belongs to the same episode",
    )  # fmt: skip
