"""Compute that owners let to tenants outside the model: it wears out block by block, and is built anew while its rent pays for that.

Customers of a cloud go on when a machine is scrapped. What will be scrapped when an order arrives is therefore ordered now, if the
rent of the owner's outside tenants, which it earns until the block is scrapped in turn, covers the cost of a new one over its physical
life; it waits for lenders, equity and chips like any other order. What is not renewed is lost, and its rent with it [model.md 9.10].
"""

import numpy as np

from abm.clock import QUARTER
from abm.outside import wanted

RELUCTANCE = 4.0  # nothing is renewed at a rent of three quarters of the cost, all at the whole cost


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
    cost = p.capex * (1 / (fleet.life * QUARTER) + industry.clouds.rate / 2) + p.power
    paying = np.clip(1 - RELUCTANCE * (1 - industry.outside_price / cost), 0, 1)
    return p.renewal * ending * paying * wanted(industry) * fleet.open_part(industry.now)
