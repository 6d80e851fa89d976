"""Compute that owners let to tenants outside the model: it wears out block by block, and is built anew while its rent pays for that.

Customers of a cloud go on when a machine is scrapped. What will be scrapped when an order arrives is therefore ordered now, as far as
the rent of the owner's outside tenants covers the cost of a new one over the years that the owner believes chips earn; it waits for
lenders, equity and chips like any other order. What is not renewed is lost, and its rent with it [model.md 9.10].
"""

import numpy as np

from abm.compute.outside import wanted
from abm.compute.prices import capital_cost, running_cost


def let_outside(ages, gw, mean_age, oldest_allowed):
    """GW let to outside tenants at the opening by vintage, [owners, vintages]: the same each quarter, back to twice the mean age.

    ages: quarters since delivery, [vintages]; gw, mean_age (quarters): by owner; oldest_allowed: quarters
    """
    oldest = np.clip(np.round(2 * mean_age - 1), 1, oldest_allowed)[:, None]
    return gw[:, None] / oldest * ((ages >= 1) & (ages <= oldest))


def renewals(industry):
    """GW that owners want to order for outside tenants whose compute will be scrapped when it arrives, [worlds, clouds]."""
    fleet, p = industry.fleet, industry.compute
    ending = fleet.gw[:, fleet.outside, fleet.at(industry.now + p.build_lag - fleet.life)]
    return p.renewal * ending * kept_part(industry) * wanted(industry) * fleet.open_part(industry.now)


def kept_part(industry):
    """Part of the outside tenants' compute that owners build anew, 0 to 1, [worlds, clouds]: what its rent leaves over its capital cost.

    Where the spot market asks less, tenants pay less for a new block: a tenth less than their rent if spot is a tenth below list.
    """
    p, owners = industry.compute, industry.clouds
    rent = industry.outside_price * industry.fleet.spot_ratio
    return np.clip((rent - running_cost(p, owners.leases_sites)) / capital_cost(p, owners), 0, 1)
