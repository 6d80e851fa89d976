"""Physical and financial constants of compute, and the prices that follow from them [model.md 9]."""

import numpy as np

from abm.clock import QUARTERS_PER_YEAR
from abm.errors import BadInput
from abm.parameters import Group, parameter


class FleetParameters(Group, name="cloud"):
    """Physical and financial constants of compute; `cloud.` in public names."""

    build_lag = parameter(
        6, unit="quarters", low=2, high=12, structural=True, source="model.md 19", meaning="quarters from order to delivery"
    )
    contract_term = parameter(
        20, unit="quarters", low=4, high=32, structural=True, source="model.md 19", meaning="take-or-pay term from delivery"
    )
    physical_life = parameter(
        32, unit="quarters", low=20, high=40, structural=True, source="assumption", meaning="quarters until a block is scrapped"
    )
    capex = parameter(50.0, unit="$bn/GW", low=20, high=80, source="model.md 19", meaning="cost of a GW, chips and site")
    chip_cost = parameter(35.0, unit="$bn/GW", low=10, high=60, source="model.md 19", meaning="chips in the cost of a GW")
    power = parameter(1.3, unit="$bn/GW-year", low=0.3, high=3, source="assumption", meaning="power and running cost")
    idle_power = parameter(0.2, unit="share", low=0, high=1, source="model.md 26.2", meaning="running cost of idle compute, share of power")
    markup = parameter(0.10, unit="share", low=0, high=0.5, source="assumption", meaning="owner's mark-up on the cost of a contract")
    shell = parameter(8.0, unit="$bn/GW", low=0, high=20, source="model.md 9.2", meaning="value of site and power of a used block")
    fire_sale = parameter(
        1.5, unit="per share idle", low=0, high=5, source="assumption", meaning="fall of used-chip prices per share of compute idle"
    )
    fire_floor = parameter(
        0.15, unit="share", low=0, high=1, source="assumption", meaning="lowest fire-sale price, share of economic value"
    )
    slip_limit = parameter(
        4, unit="quarters", low=1, high=8, structural=True, source="model.md 26.1", meaning="quarters a delivery may slip"
    )
    wip_recovery = parameter(0.4, unit="share", low=0, high=1, source="model.md 12.4", meaning="value left of cancelled construction")
    spot_floor = parameter(
        0.2, unit="share", low=0, high=1, source="model.md 9.4", meaning="spot price over list price when nobody needs compute"
    )
    dividend = parameter(0.2, unit="share/quarter", low=0, high=1, source="model.md B", meaning="cash above the reserve paid out")
    reserve = parameter(10.0, unit="$bn", low=0, high=200, source="model.md B", meaning="cash an owner keeps in any case")
    reserve_per_debt = parameter(0.1, unit="share", low=0, high=1, source="model.md B", meaning="cash kept per loan")
    concentration_limit = parameter(
        1.0,
        unit="share",
        low=0.05,
        high=1,
        source="policy switch",
        meaning="most of an owner's contracted rent that new contracts with one lab may bring it to, if all that is asked for is signed",
    )
    renewal = parameter(
        1.0, unit="share", low=0, high=1, source="assumption", meaning="outside tenants' compute that is built anew when it is scrapped"
    )
    covenant = parameter(
        2,
        unit="quarters",
        low=1,
        high=40,
        structural=True,
        source="assumption; prior 1 to 4",
        meaning="quarters of breach of covenant after which nothing more is drawn",
    )
    sweep_after = parameter(
        4,
        unit="quarters",
        low=1,
        high=40,
        structural=True,
        source="assumption; prior 2 to 6",
        meaning="quarters of breach after which spare cash goes to lenders",
    )
    accelerate_after = parameter(
        8,
        unit="quarters",
        low=2,
        high=80,
        structural=True,
        source="assumption; prior 4 to 12",
        meaning="quarters of breach after which lenders call loans that are not covered",
    )
    impair_below = parameter(
        0.7, unit="share", low=0, high=1, source="model.md 12.4", meaning="economic value below this share of book for a year is impaired"
    )

    def __init__(self, worlds=1, values=None, where="parameters"):
        """As any group; chips are part of what a GW costs, so they cannot cost more. Raises BadInput."""
        super().__init__(worlds, values, where)
        if (self.chip_cost > self.capex).any():
            worst = (self.chip_cost - self.capex).argmax()
            chips, whole = self.chip_cost.flat[worst], self.capex.flat[worst]
            raise BadInput(f"{where}: cloud.chip_cost = {chips:g} is above cloud.capex = {whole:g}; chips are part of the cost of a GW")


def list_price(parameters, rate):
    """Price of a new GW-year on the open market, $bn [model.md 9.4]: five years straight line, half the interest, power."""
    years = 5
    return parameters.capex * (1 / years + rate / 2) + parameters.power


def contract_price(parameters, life, rate):
    """Take-or-pay price of a GW-year, $bn, [worlds, owners], at an accounting life in years [model.md 9.5]."""
    return parameters.capex * (1 / life + rate / 2) * (1 + parameters.markup) + parameters.power


def mean_price(posted, parameters, rate):
    """Mean of the owners' prices of a GW-year, $bn, [worlds, 1]; the list price where there is no owner. posted: [worlds, owners]"""
    return posted.mean(axis=1, keepdims=True) if posted.shape[1] else list_price(parameters, rate)


def quarters_of(years):
    """Quarters in a number of years, at least one."""
    return np.maximum(1, np.round(np.asarray(years) * QUARTERS_PER_YEAR))
