"""What owners of compute earn in a quarter and what it costs them to run it [model.md 9.4, 9.14]."""

import numpy as np

from abm.books.register import IDLE
from abm.clock import QUARTER
from abm.compute.prices import running_cost, saved_when_idle, saved_when_off
from abm.services.shares import total
from abm.technology.open_weights import idle_share


def switched_off(industry):
    """Owners that switch their idle compute off, bool, [worlds, owners].

    It earned less on the spot market than it would cost them beyond the rent of its site, and neither cash nor this quarter's rents can
    pay for that. What is off costs no more than its site and serves nobody, until a tighter market pays for it.
    """
    fleet, clouds, p, now = industry.fleet, industry.clouds, industry.compute, industry.now
    cost = (saved_when_off(p) - saved_when_idle(p)) * fleet.in_service(now)[:, IDLE]
    earned = industry.spot * fleet.hired * fleet.effective(now)[:, IDLE]
    income = fleet.rent_due(now).sum(axis=1) + clouds.outside_rent + np.maximum(0, clouds.other_cash_flow)
    return (earned < cost) & (clouds.cash + income * QUARTER < cost * QUARTER)


def running_now(industry):
    """Running costs of this quarter, $bn a year, [worlds, owners]: less for what stands idle, and less again for what is switched off."""
    fleet, p, off = industry.fleet, industry.compute, industry.switched_off
    service = fleet.in_service(industry.now)
    saved = np.where(off, saved_when_off(p), saved_when_idle(p) * (1 - fleet.hired))  # what is switched off serves nobody
    costs = running_cost(p, industry.clouds.leases_sites) * service.sum(axis=1) - saved * service[:, IDLE]
    return costs * fleet.open_part(industry.now)  # nobody runs a site that is closed


def spot_rent(industry, served):
    """What owners earn on the spot market, $bn a year, [worlds, owners]: from labs, and from the users of open weights."""
    of_users = industry.ledger.flows["open_weights"][:, industry.rows["clouds"]] / QUARTER
    return industry.spot * total(served.spot_gw) * idle_share(industry) + of_users


def earnings(industry, served, running):
    """Revenue and EBITDA of owners at annual rate, {column: $bn a year, [worlds, owners]}. running: running costs, $bn a year.

    What guarantors, or with channel C1 off Economy, pay in place of the dead counts as earned: creditors see no loss of that.
    """
    spot = spot_rent(industry, served)
    revenue = industry.fleet.rent_due(industry.now).sum(axis=1) + industry.clouds.outside_rent + spot
    instead = industry.made_whole.paid_instead(industry, spot) + industry.guaranteed.paid_instead(industry, spot)
    return {"revenue": revenue, "ebitda": revenue - running + instead}
