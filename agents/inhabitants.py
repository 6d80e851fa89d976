"""Who lives in the world: the classes, their parameters and how customers are born. Handed to the model, which knows no agent by name."""

import functools

from abm.engine.sums import weighted_mean
from abm.settings import GROUPS as ABM_GROUPS
from agents.appetite import Followers
from agents.chip_vendor import ChipVendor
from agents.cloud import Cloud
from agents.customer_birth import Segments
from agents.customer_market import KINDS as KINDS_OF_DEMAND
from agents.customer_market import MARKET_DRAWS, market, next_noise
from agents.customers import Customers
from agents.customers_parameters import CustomersParameters
from agents.investor import Investor
from agents.lab import Lab
from agents.lab_parameters import LabParameters
from agents.lender import Lender

KINDS = {"labs": Lab, "clouds": Cloud, "vendors": ChipVendor, "investors": Investor, "lenders": Lender}
FOLLOWERS = Followers  # keeps what is mapped from appetites in step with them
GROUPS = {"plans": LabParameters, "buyers": CustomersParameters}


@functools.cache
def parameters():
    """{public name: Parameter} of everything that is not a firm's, in order of declaration."""
    return {item.name: item for group in {**ABM_GROUPS, **GROUPS}.values() for item in group.declared().values()}


def people(industry, shares):
    """The customers of every world at the opening.

    shares: labs' shares of customers' spend by segment kind (enterprise, consumer), [kinds, labs]
    """
    opening, parameters, luck = industry.opening, industry.buyers, industry.luck
    segments = Segments.from_rows(opening.segments) if opening.segments else Segments.default()
    size = market(parameters, luck.firms("market", 0, MARKET_DRAWS), industry.cone.width)
    frontier = industry.frontier()
    if opening.kind != "archetypes":
        spend, growth = parameters.opening_spend, weighted_mean(industry.labs.growth, industry.labs.revenue)
        size = size.opening_at(frontier, spend, growth)
    by_segment = shares[segments.kind][None].repeat(industry.worlds, axis=0)
    return Customers.born(parameters, segments, size, luck, (frontier, by_segment))


def noise(industry, previous):
    """Demand noise of enterprises and consumers this quarter, [worlds, 2]."""
    return next_noise(industry.buyers, previous, industry.luck.firms("demand", industry.age, len(KINDS_OF_DEMAND)), industry.cone.width)
