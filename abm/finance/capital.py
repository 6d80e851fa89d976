"""The market for equity: rounds and rescues of labs, and equity of clouds.

Rounds price at the mark of the quarter before [model.md 11, 26.6]; scarce money is shared pro rata, never by order.
"""

import numpy as np

from abm.engine.scales import NO_PART

_PUT_IN_BY_INVESTORS = ("cloud_equity", "lab_equity", "vendor_equity", "lab_loan")


def left_to_invest(industry):
    """What each investor may still put in this quarter, $bn, [worlds, investors]: one budget for owners and labs [model.md 11.2].

    The books know what it has put in already. Who comes first in the quarter is served first: owners' deliveries, parents of labs,
    rounds, owners' new compute, founders.
    """
    rows = industry.rows["investors"]
    bought = np.maximum(0, -industry.ledger.flows["shares_sold_on"][:, rows])
    put_in = bought - sum(industry.ledger.flows[flow][:, rows] for flow in _PUT_IN_BY_INVESTORS)
    return industry.investors.on_offer(put_in, industry.funds) * industry.disruptions.open_pools(industry.now)


def on_offer(industry):
    """What each investor offers owners of compute and founders, $bn, [worlds, investors], while it answers calls."""
    return left_to_invest(industry) * industry.equity_answers


def call_equity(industry, gap):
    """Clouds call new equity from investors for a gap, $bn, [worlds, owners]; pro rata to what each investor still offers."""
    supply = on_offer(industry)
    wanted = gap.sum(axis=1, keepdims=True)
    total = supply.sum(axis=1, keepdims=True)
    scale = np.minimum(1, total / np.where(wanted > 0, wanted, 1))
    weights = supply / np.where(total > 0, total, 1)
    paid = weights[:, :, None] * (gap * scale)[:, None]
    industry.cap.issue("cloud_equity", industry.rows["investors"], industry.rows["clouds"], paid)
    return paid.sum(axis=1)


def share_out(supply, asks, eligible):
    """Rounds: each investor spreads its supply over the labs it may buy, pro rata to what they ask; nobody gets more than asked.

    supply: $bn, [worlds, investors]; asks: $bn, [worlds, labs]; eligible: weights 0 to 1 (or more), [worlds, investors, labs]
    Returns $bn, [worlds, investors, labs].
    """
    wanted = asks[:, None] * (eligible > NO_PART)
    total = wanted.sum(axis=2, keepdims=True)
    offers = supply[..., None] * wanted / np.where(total > 0, total, 1) * eligible
    offered = offers.sum(axis=1, keepdims=True)
    return offers * np.minimum(1, asks[:, None] / np.where(offered > 0, offered, 1))
