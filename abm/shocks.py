"""What an experiment or a policy does to the world: shocks at a date, and policy switches that hold throughout [model.md 14].

Shocks are small functions applied at one fixed place of the quarter. Switches that need a Government, two blocs or a chip
price market belong to a later release and are refused by name.
"""

from dataclasses import dataclass, field

import numpy as np

from abm.books.loans import float_with
from abm.clock import Quarter
from abm.disruptions import STRIKES
from abm.errors import BadInput, nearest
from abm.failure.lapse import buy_elsewhere
from abm.failure.loss import lose
from abm.failure.runoff import borrow_elsewhere
from abm.parameters import Group, parameter
from abm.shock_kinds import SHOCKS
from abm.technology.open_weights import published

# Names that the design gives to a Government, to two blocs, to prices of chips, and to blocks of a later release [model.md 14, 26.19].
EXTENDED = (
    *("ai_tax", "backstop", "export_control", "national_race", "chip_price", "second_vendor_prices", "upstream_obligations"),
    *("labour_feedback", "cost_cutting_share", "token_values", "tariffs", "outcome_share", "ecosystem", "talent", "domain_vector"),
    *("perceived_speed_up", "forecast_learning", "upside_weight", "rent_deferral", "strategic_rescue", "liquidation_sale", "lab_loans"),
)


def refuse_extended(name, what):
    """Raises BadInput where a name, or the last part of it, belongs to a later release; what: how the message calls it."""
    if str(name).rpartition(".")[2] in EXTENDED:
        raise BadInput(f"{what} is extended, not in this release")


class PolicyParameters(Group, name="policy"):
    """Rules that somebody could set; neutral by default [model.md 14]."""

    compliance_cost = parameter(
        0.0, unit="share of revenue", low=0, high=0.1, source="policy switch", meaning="cost of regulation for large labs"
    )
    compliance_from = parameter(0.5, unit="$bn/year", low=0, high=100, source="text S0", meaning="run-rate below which a lab is exempt")
    accounting_life_cap = parameter(
        12.0, unit="years", low=2, high=12, source="policy switch", meaning="longest life over which compute may be written off"
    )
    stop_training = parameter(0.0, unit="0/1", low=0, high=1, source="policy switch", meaning="1: nobody trains new models")


@dataclass(frozen=True)
class Shock:
    """A named event at a quarter, with its values in the units that `overreach shocks` lists. `Shock.read` makes one."""

    name: str
    at: Quarter
    values: dict = field(default_factory=dict)

    @classmethod
    def read(cls, row, where="shock"):
        """From a mapping, such as {"name": "stall", "at": "2027Q1", "duration": 8}; a value that is not given is the usual one.

        row: name, at (a quarter, as text or a Quarter), and values; where: what a message begins with
        Raises BadInput for an unknown name, key, date or value.
        """
        row = dict(row)
        name, at = row.pop("name", None), row.pop("at", None)
        refuse_extended(name, f"{where}: {name!r}")
        if name not in SHOCKS:
            raise BadInput(f"{where}: unknown shock {name!r}; {nearest(name, SHOCKS)}")
        allowed = SHOCKS[name].declared()
        for key in row.keys() - allowed.keys():
            raise BadInput(f"{where}: {name} has no value {key!r}; {nearest(key, allowed)}")
        values = {key: item.checked(row.get(key, item.value), f"{where} {name}") for key, item in allowed.items()}
        return cls(name, at if isinstance(at, Quarter) else Quarter.parse(at, f"{where} {name}: "), values)


def apply_shocks(industry):
    """Apply what is due this quarter, after nature's own luck would be drawn and before research uses it."""
    industry.news.extra = {}
    industry.disruptions.begin()
    industry.funding_stopped = np.maximum(0, industry.funding_stopped - 1)
    due = [shock for shock in industry.scheduled_shocks() if shock.at.index == industry.now]
    industry.forced = {shock.name: shock.values for shock in due}
    for shock in due:
        _apply(industry, shock.name, {key: np.reshape(value, (-1, 1)) for key, value in shock.values.items()})
    buy_elsewhere(industry)
    borrow_elsewhere(industry)


def _apply(industry, name, values):
    if name == "open_weight":
        industry.sentiment = np.maximum(industry.mood.low, industry.sentiment - values["sentiment"])
        industry.price_factor = industry.price_factor * values["density"]
        industry.news.extra["density_left"] = industry.news.extra.get("density_left", 1) * values["density"]
        published(industry).appear(values)
    elif name == "funding_stop":
        industry.funding_stopped = np.maximum(industry.funding_stopped, values["duration"])
    elif name == "rate_shock":
        before = industry.lending.rate
        industry.lending.rate = np.maximum(0, before + values["size"])
        industry.lending.best_rate = np.maximum(0, industry.lending.best_rate + values["size"])
        float_with(industry, industry.lending.rate - before)
    elif name == "demand_shortfall":
        industry.demand_factor = industry.demand_factor * (1 - values["size"])
    elif name == "stop_training":
        industry.training_stopped = np.ones_like(industry.training_stopped)
    elif name == "loss":
        lose(industry, values["firm"])
    elif name in STRIKES:
        STRIKES[name](industry, values)
