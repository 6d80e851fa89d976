"""Entry of labs: in the place of dead ones, and beside living ones when money is easy and margins are high [model.md 8.8, 13.6]."""

import numpy as np
from scipy.special import ndtr

from abm.beliefs.planners import market_trend
from abm.clock import QUARTER
from abm.engine.scales import NO_MONEY
from abm.finance.capital import on_offer
from abm.parameters import Group, parameter
from abm.priors import between
from abm.services.shares import total
from abm.technology import progress

NORMAL_MARGIN = 0.5  # what labs keep of a dollar of service when founding is as usual
FOUNDERS_DRAWS, FOUNDING_DRAW = 2, slice(2, 3)  # of a quarter's row of luck; the first two are the founder's own


class EntryParameters(Group, name="entry"):
    """New labs in the place of dead ones, and beside living ones when money is easy and margins are high [model.md 13.6]."""

    delay = parameter(
        6, unit="quarters", low=1, high=40, structural=True, source="model.md 13.6", meaning="quarters from a default to an entry"
    )
    rate = parameter(
        0.3,
        unit="1/year",
        low=0,
        high=1,
        source="assumption",
        meaning="labs founded a year at normal sentiment and half a margin",
        prior=between(0, 1),
    )
    sentiment = parameter(
        0.6,
        unit="index",
        low=0,
        high=2,
        source="model.md 13.6",
        meaning="sentiment below which nobody founds a lab",
        prior=between(0.45, 0.75),
    )
    cash = parameter(
        3.0, unit="$bn", low=0, high=100, source="model.md 13.6", meaning="what investors pay for a new lab", prior=between(2, 4.5)
    )
    deal = parameter(
        0.5,
        unit="GW",
        low=0,
        high=10,
        source="model.md 8.8",
        meaning="first order, of whose rent a founder must be able to raise a year",
        prior=between(0.3, 0.75),
    )
    opex_quarters = parameter(
        4,
        unit="quarters",
        low=0,
        high=20,
        source="model.md 8.8",
        meaning="quarters of fixed opex a founder must be able to raise",
        prior=between(2, 6),
    )
    gap = parameter(
        0.4,
        unit="OOM",
        low=0,
        high=3,
        source="model.md 13.6",
        meaning="how far an entrant is behind the frontier",
        prior=between(0.25, 0.6),
    )
    demand = parameter(
        0.005,
        unit="share",
        low=0,
        high=0.1,
        source="model.md 13.6",
        meaning="part of what customers ask for that comes to an entrant",
        prior=between(0.003, 0.0075),
    )
    mutation = parameter(
        0.1,
        unit="quantile",
        low=0,
        high=0.5,
        source="model.md 4",
        meaning="sd by which an entrant's appetite differs from its model's",
        prior=between(0.05, 0.15),
    )


def entry_capital(industry):
    """What a new lab must be able to raise, $bn, [worlds, 1] [model.md 8.8]: its first deal's first year of rent and its first opex.

    Rent is what owners ask on average for new compute; opex is what does not depend on revenue, which an entrant hardly has yet.
    """
    p, prices = industry.entry, industry.clouds.contract_price
    rent = prices.mean(axis=1, keepdims=True) if prices.shape[1] else np.zeros((industry.worlds, 1))
    return np.maximum(p.cash, p.deal * rent + p.opex_quarters * industry.fixed_opex())


def founded(industry):
    """1 where somebody founds a lab this quarter, [worlds, 1]: likelier where money is easy and labs keep much of a dollar of service.

    A margin of one half counts as normal; the mood counts squared, as it does for momentum money.
    """
    labs = industry.labs
    earned = total(labs.revenue_density * labs.revenue) / np.maximum(total(labs.revenue), NO_MONEY)
    margin = np.where(earned > 0, np.maximum(0, 1 - industry.compute_cost / np.maximum(earned, NO_MONEY)), 0)
    hazard = industry.entry.rate * QUARTER * industry.sentiment**2 * margin / NORMAL_MARGIN
    return (ndtr(industry.luck.firms("entry", industry.age, FOUNDING_DRAW.stop)[:, FOUNDING_DRAW]) < -np.expm1(-hazard)).astype(float)


def enter(industry):
    """A spare row becomes a new lab some quarters after a default, or when one is founded, as mood and capital allow [model.md 8.8, 13.6].

    Capital is raised in stages, as venture capital is: nobody founds a lab unless investors have the whole entry capital on offer,
    but at the opening they pay `entry.cash` for all of it [26.9, posting 26]; the rest comes in rounds, once orders need it. Paying all
    at once would buy a lab that the market values at about that cash for twice its value.
    """
    labs, p, rows = industry.labs, industry.entry, industry.rows
    due = ((labs.died >= 0) & (industry.now - labs.died == p.delay)).sum(axis=1, keepdims=True)
    industry.entrants_waiting = np.minimum(industry.entrants_waiting + due, industry.spare.sum())
    waiting = industry.entrants_waiting + founded(industry)  # who is founded at a bad time comes to nothing
    if not waiting.any():
        return
    free = industry.spare & (labs.alive == 0) & (labs.died < 0)
    first = free & (np.cumsum(free, axis=1) == 1)
    offered = on_offer(industry)
    capital = offered.sum(axis=1, keepdims=True)
    opens = first & (waiting > 0) & (industry.sentiment > p.sentiment) & (capital >= entry_capital(industry))
    industry.entrants_waiting = np.maximum(0, industry.entrants_waiting - opens.any(axis=1, keepdims=True))
    if not opens.any():
        return
    open_new_lab(industry, opens)
    weights = offered / np.where(capital > 0, capital, 1)
    industry.cap.hand_over(rows["labs"], opens, rows["investors"], weights)
    industry.cap.issue("lab_equity", rows["investors"], rows["labs"], weights[..., None] * (p.cash * opens)[:, None])


def open_new_lab(industry, opens):
    """Give an entrant its state: close behind the frontier, with the appetite of a survivor drawn by value, and a mutation."""
    labs, p = industry.labs, industry.entry
    row = industry.luck.firms("entry", industry.age, FOUNDERS_DRAWS)
    value = industry.cap.value(industry.rows["labs"]) * (labs.alive > 0)
    total = value.sum(axis=1, keepdims=True)
    ends = np.cumsum(value / np.where(total > 0, total, 1), axis=1)
    chosen = np.minimum((ndtr(row[:, 0:1]) >= ends).sum(axis=1), len(labs.names) - 1)[:, None]
    inherited = ("character", "extrapolation", "optimism", "breakthrough_odds", "breakthrough_within")
    copied = {name: np.take_along_axis(labs.columns[name], chosen, axis=1) for name in inherited}
    character = np.clip(copied["character"] + p.mutation * row[:, 1:2], 0.02, 0.98)
    capability = np.maximum(0, progress.frontier(labs.capability, labs.alive > 0) - p.gap)
    new = {
        "alive": 1, **copied, "risk_appetite": character, "character": character, "capability": capability, "released": capability,
        "quality": 0, "outage": 0, "growth": market_trend(labs, industry.cone).momentum,
    }  # fmt: skip
    for name, values in new.items():
        labs.columns[name][...] = np.where(opens, values, labs.columns[name])
    compute = progress.compute_of_capability(labs.capability, industry.technology_parameters.initial_compute)
    industry.research = np.where(opens, compute, industry.research)
    if industry.customers is not None:
        lots = industry.luck.customers("entrant", industry.age, industry.customers.n, opens.any(axis=1))
        industry.customers.join(opens, p.demand, lots)
