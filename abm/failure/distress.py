"""Labs in distress: who expects to be short this quarter trains as little as it can and lets the compute it then does not use.

What such a lab lets is for hire on the spot market beside the idle compute of owners, at the same price and hired pro rata to GWe on
offer. It still owes the whole take-or-pay rent, and receives the spot rent of what is hired; power is its owner's as before. What nobody
hires serves rivals' customers or trains: its rent is sunk, so letting it stand would save nothing. Who is short of compute has nothing to
let, so no lab hires its own [model.md 9.2, 10.8].
"""

import numpy as np

from abm.books.obligations import opex_due, prepaid_this_quarter
from abm.books.register import IDLE
from abm.books.vintages import over_vintages
from abm.clock import QUARTER
from abm.services.shares import ratio, total


def in_distress(industry):
    """Labs whose cash would not last at the present burn, bool, [worlds, labs].

    Judged before customers are served, by what is known then: this quarter's rents in cash, opex and revenue as of last quarter, and
    cash before any round. A lab that its owner holds is paid for by its owner and never in distress.
    """
    labs, fleet = industry.labs, industry.fleet
    rent = fleet.rent_due(industry.now) * QUARTER - fleet.pairs.table(over_vintages(prepaid_this_quarter(industry)[1]))
    burn = np.maximum(0, rent).sum(axis=2) + opex_due(industry) - labs.revenue * QUARTER
    return (labs.alive > 0) & (labs.parent_row < 0) & (labs.cash < industry.plans.distress_runway * burn)


def offer(industry, capacity, served):
    """Remember what was for hire on the spot market, GWe, what of it came from labs, nominal GW for used prices, and the part hired.

    capacity: the Supply of labs; served: the Rationing of everybody
    """
    fleet, now = industry.fleet, industry.now
    serving = fleet.in_service(now) * fleet.open_part(now)[:, None]
    service, effective = (found[:, : fleet.offered.shape[1]].sum(axis=2) for found in (serving, fleet.effective(now)))
    industry.idle_gw = capacity.idle + total(served.offered_gw)
    fleet.offered = served.offered_gw[:, : fleet.offered.shape[1]] * ratio(service, effective)
    stands = industry.idle_gw + total(fleet.withheld(now))
    fleet.hired = np.minimum(1, total(served.spot_gw) / np.where(stands > 0, stands, 1))


def for_hire(industry):
    """Each owner's idle compute that is switched on and for hire, GWe, [worlds, owners]."""
    fleet, now = industry.fleet, industry.now
    return np.where(industry.switched_off, 0, np.maximum(0, fleet.effective(now)[:, IDLE] - fleet.withheld(now)))


def sublet_share(industry):
    """Each lab's share of the compute that is for hire on the spot market, [worlds, labs]; the rest is owners' (`idle_share`)."""
    offered = industry.served.offered_gw[:, : len(industry.labs.names)]
    return offered / np.where(industry.idle_gw > 0, industry.idle_gw, 1)
