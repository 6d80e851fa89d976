"""Physical and financial constants of compute, and the prices that follow from them [model.md 9]."""

from typing import NamedTuple

import numpy as np

from abm.clock import QUARTER, QUARTERS_PER_YEAR
from abm.errors import BadInput
from abm.parameters import Group, parameter
from abm.priors import between

USUAL_LIFE = 6.0  # years that chips are believed to earn where nobody says otherwise


class FleetParameters(Group, name="cloud"):
    """Physical and financial constants of compute; `cloud.` in public names."""

    build_lag = parameter(
        6,
        unit="quarters",
        low=2,
        high=12,
        structural=True,
        source="model.md 19",
        meaning="quarters from order to delivery",
        prior=between(4, 8),
    )
    contract_term = parameter(
        20,
        unit="quarters",
        low=4,
        high=32,
        structural=True,
        source="model.md 19",
        meaning="take-or-pay term from delivery",
        prior=between(4, 28),
    )
    physical_life = parameter(
        32,
        unit="quarters",
        low=20,
        high=40,
        structural=True,
        source="assumption",
        meaning="quarters until a block of compute is scrapped (technology.chip_life says how long it earns)",
        prior=between(20, 40),
    )
    capex = parameter(
        50.0,
        unit="$bn/GW",
        low=20,
        high=80,
        source="model.md 19",
        meaning="cost of a GW, chips and site",
        prior=between(35, 60, "public: 35 to 60 for a GW"),
    )
    chip_cost = parameter(
        35.0,
        unit="$bn/GW",
        low=10,
        high=60,
        source="model.md 19",
        meaning="chips in the cost of a GW",
        prior=between(14, 35, "public: 14 to 35 of a GW"),
    )
    power = parameter(1.3, unit="$bn/GW-year", low=0.3, high=3, source="assumption", meaning="power", prior=between(0.6, 2))
    upkeep = parameter(
        2.5,
        unit="$bn/GW-year",
        low=0,
        high=6,
        source="public: CoreWeave's EBITDA of 57.5 % (2026H1) leaves 42.5 % of 13.3 = 5.65, less power 1.3, site 1.8",
        meaning="upkeep, staff and overheads of a GW",
        prior=between(2, 3),
    )
    site_rent = parameter(
        1.8,
        unit="$bn/GW-year",
        low=0,
        high=6,
        source="assumption: 150 $ a kW-month for a leased site",
        meaning="rent of the site of a GW, where its owner leases sites",
        prior=between(1.4, 2.2),
    )
    site_life = parameter(
        15.0, unit="years", low=5, high=40, source="assumption", meaning="time over which a site earns its price", prior=between(10, 20)
    )
    idle_power = parameter(
        0.2,
        unit="share",
        low=0,
        high=1,
        source="model.md 26.2",
        meaning="part of its power that idle compute costs",
        prior=between(0.1, 0.4),
    )
    idle_upkeep = parameter(
        0.7,
        unit="share",
        low=0,
        high=1,
        source="assumption",
        meaning="part of its upkeep that idle compute still costs",
        prior=between(0.5, 0.9),
    )
    markup = parameter(
        0.10,
        unit="share",
        low=0,
        high=0.5,
        source="assumption",
        meaning="owner's mark-up on the cost of a contract",
        prior=between(0.05, 0.2),
    )
    shell = parameter(
        8.0, unit="$bn/GW", low=0, high=20, source="model.md 9.2", meaning="value of site and power of a used block", prior=between(5, 12)
    )
    fire_sale = parameter(
        0.6,
        unit="per share",
        low=0,
        high=2,
        source="assumption: a glut is not expected to last as long as a chip",
        meaning="fall of used-chip prices per fall of the spot price below list",
        prior=between(0.4, 1),
    )
    fire_floor = parameter(
        0.15,
        unit="share",
        low=0,
        high=1,
        source="assumption",
        meaning="lowest fire-sale price, share of economic value",
        prior=between(0.08, 0.3),
    )
    slip_limit = parameter(
        4, unit="quarters", low=1, high=8, structural=True, source="model.md 26.1", meaning="quarters a delivery may slip"
    )
    wip_recovery = parameter(
        0.4, unit="share", low=0, high=1, source="model.md 12.4", meaning="value left of cancelled construction", prior=between(0.2, 0.6)
    )
    spot_slope = parameter(
        7.0,
        unit="per share idle",
        low=0,
        high=30,
        source="assumption: half of list price beyond a tenth idle, a third beyond a fifth",
        meaning="how fast the spot price falls to its floor as more of all compute lies idle",
        prior=between(5, 10),
    )
    dividend = parameter(
        0.2, unit="share/quarter", low=0, high=1, source="model.md B", meaning="cash above the reserve paid out", prior=between(0.1, 0.3)
    )
    reserve = parameter(
        10.0, unit="$bn", low=0, high=200, source="model.md B", meaning="cash an owner keeps in any case", prior=between(6, 16)
    )
    reserve_per_debt = parameter(
        0.1, unit="share", low=0, high=1, source="model.md B", meaning="cash kept per loan", prior=between(0.05, 0.2)
    )
    concentration_limit = parameter(
        1.0,
        unit="share",
        low=0.05,
        high=1,
        source="policy switch",
        meaning="most of an owner's contracted rent that new contracts with one lab may bring it to, if all that is asked for is signed",
    )
    renewal = parameter(
        1.0,
        unit="share",
        low=0,
        high=1,
        source="assumption",
        meaning="outside tenants' compute that is built anew when it is scrapped",
        prior=between(0.7, 1),
    )
    covenant = parameter(
        2,
        unit="quarters",
        low=1,
        high=40,
        structural=True,
        source="assumption",
        meaning="quarters of breach of covenant after which nothing more is drawn",
        prior=between(1, 4),
    )
    sweep_after = parameter(
        4,
        unit="quarters",
        low=1,
        high=40,
        structural=True,
        source="assumption",
        meaning="quarters of breach after which spare cash goes to lenders",
        prior=between(2, 6),
    )
    accelerate_after = parameter(
        8,
        unit="quarters",
        low=2,
        high=80,
        structural=True,
        source="assumption",
        meaning="quarters of breach after which lenders call loans that are not covered",
        prior=between(4, 12),
    )
    impair_below = parameter(
        0.7,
        unit="share",
        low=0,
        high=1,
        source="model.md 12.4",
        meaning="economic value below this share of book for a year is impaired",
        prior=between(0.5, 0.9),
    )

    def __init__(self, worlds=1, values=None, where="parameters"):
        """As any group; chips are part of what a GW costs, so they cannot cost more. Raises BadInput."""
        super().__init__(worlds, values, where)
        if (self.chip_cost > self.capex).any():
            worst = (self.chip_cost - self.capex).argmax()
            chips, whole = self.chip_cost.flat[worst], self.capex.flat[worst]
            raise BadInput(f"{where}: cloud.chip_cost = {chips:g} is above cloud.capex = {whole:g}; chips are part of the cost of a GW")


def site_cost(parameters, leases):
    """Cost of the site of a GW, $bn, [worlds, owners]: nothing for an owner that leases sites. leases: 0 or 1, [worlds, owners]"""
    return (parameters.capex - parameters.chip_cost) * (1 - leases)


def running_cost(parameters, leases):
    """Power, upkeep, staff and overheads of a GW that works, and the rent of its site where it is leased, $bn a year, [worlds, owners]."""
    return parameters.power + parameters.upkeep + parameters.site_rent * leases


def saved_when_idle(parameters):
    """What a GW that stands idle does not cost, $bn a year, [worlds, 1]: the running cost that can be avoided."""
    return parameters.power * (1 - parameters.idle_power) + parameters.upkeep * (1 - parameters.idle_upkeep)


def saved_when_off(parameters):
    """What a GW that is switched off does not cost, $bn a year, [worlds, 1]: all but the rent of its site."""
    return parameters.power + parameters.upkeep


def capital_cost(parameters, owners):
    """What a new GW costs before it runs, $bn a year, [worlds, owners]: its price over the years it is believed to earn, half the interest.

    owners: believed_life (years that chips earn), leases_sites (0 or 1) and rate, [worlds, owners]
    """
    chips = parameters.chip_cost * (1 / owners.believed_life + owners.rate / 2)
    return chips + site_cost(parameters, owners.leases_sites) * (1 / parameters.site_life + owners.rate / 2)


def contract_price(parameters, owners):
    """Take-or-pay price of a GW-year, $bn, [worlds, owners] [model.md 9.5]: capital with the owner's mark-up, and running costs."""
    return capital_cost(parameters, owners) * (1 + parameters.markup) + running_cost(parameters, owners.leases_sites)


class Usual(NamedTuple):
    """An owner as the price list has it where a world has none: believed_life in years, leases_sites 0 or 1, rate per year."""

    believed_life: float
    leases_sites: float
    rate: np.ndarray


def list_price(posted, parameters, rate):
    """Price of a new GW-year on the open market, $bn, [worlds, 1] [model.md 9.4]: the mean of what owners ask.

    posted: [worlds, owners]; rate: of loans, where there is no owner, [worlds, 1]
    """
    if posted.shape[1]:
        return posted.mean(axis=1, keepdims=True)
    return contract_price(parameters, Usual(USUAL_LIFE, 0.0, rate))


def cost_of_service(parameters, price, ageing):
    """What a GWe costs over a contract, $bn a year, [worlds, 1]: the price stays and the chips age, so it is more than that of a new GW.

    price: of a new GW-year, $bn, [worlds, 1]; ageing: loss of worth, share a year, [worlds, 1]
    """
    lost = ageing * parameters.contract_term * QUARTER
    return price * np.where(lost > 0, lost / -np.expm1(-np.where(lost > 0, lost, 1)), 1)


def quarters_of(years):
    """Quarters in a number of years, at least one."""
    return np.maximum(1, np.round(np.asarray(years) * QUARTERS_PER_YEAR))
