"""Credit to owners of compute as a supply curve: how much of the cost lenders finance, at what rate, and what breach of covenant brings.

A lender looks at an owner two years ahead, at its own quantile of what tenants can pay. Cover of debt service moves amount and rate
smoothly: nobody is switched on or off [model.md 28].
"""

from typing import NamedTuple

import numpy as np

from abm.books.obligations import before_debt_service, bound_cash, debt_service, outside_rent, running_costs
from abm.clock import QUARTER
from abm.compute.prices import running_cost
from abm.engine.scales import NO_MONEY
from abm.engine.sums import ratio_or
from abm.failure.guarantees import guaranteed
from abm.finance.lending import building_cost, most_lent
from abm.technology.progress import ageing, ageing_over

ALL_AT_ONCE = 1e-9  # narrowest stretch of moods over which the market for notes opens


class Terms(NamedTuple):
    """What each lender offers each owner, [worlds, lenders, owners]: loan over cost, annual rate, and cover at the lender's quantile."""

    value: np.ndarray
    rate: np.ndarray
    cover: np.ndarray


class Borrowers(NamedTuple):
    """Owners as each lender sees them at the horizon, $bn a year, [worlds, lenders, owners].

    flow: cash flow of the whole firm before debt service; service: of all it owes and will draw; new_flow, new_service: of the compute
    it wants to build, financed as far as the lender ever goes
    """

    flow: np.ndarray
    service: np.ndarray
    new_flow: np.ndarray
    new_service: np.ndarray

    def cover_of_firm(self):
        """Cash flow over debt service of the firm with its new compute; very large where nothing is owed."""
        return ratio_or(self.flow + self.new_flow, self.service + self.new_service, FREE_OF_DEBT, NO_MONEY)

    def cover_of_project(self):
        """The same of the new compute alone, which a lender to a company of its own looks at; 0 where none is wanted."""
        return ratio_or(self.new_flow, self.new_service, 0, NO_MONEY)


FREE_OF_DEBT = 99.0  # cover of who owes nothing, x


def offer(industry, borrowers):
    """The terms of this quarter, Terms: for draws, new notes and refinancing until the next planning round.

    Lenders to single projects (loans) take the better of project and firm; holders of notes lend to the firm.
    """
    lenders, p = industry.lenders, industry.lending
    firm, project = borrowers.cover_of_firm(), borrowers.cover_of_project()
    cover = np.where((lenders.notes > 0)[..., None], firm, np.maximum(firm, project))
    mood = industry.credit_mood()
    value = lenders.financed(cover, most_lent(industry), mood, p) * industry.disruptions.lent[:, None]
    rate = lenders.rate_asked(cover, leverage(industry), mood, p) + industry.disruptions.spread[:, None]
    banned = (lenders.banned > 0)[..., None]
    return Terms(np.where(banned, 0, value), np.minimum(rate, np.maximum(p.rate_cap, p.rate)[..., None]), cover)


def leverage(industry):
    """Debt over EBITDA and other cash flow, x, [worlds, 1, owners]; FREE_OF_DEBT where there are no earnings to carry it."""
    earned = before_debt_service(industry)
    debt = industry.fleet.loans().sum(axis=1)
    carried = np.minimum(FREE_OF_DEBT, ratio_or(debt, np.maximum(0, earned), FREE_OF_DEBT))
    return np.where(debt > NO_MONEY, carried, 0)[:, None]


def seen_by_lenders(industry, means, pairs, pair_rent):
    """Owners at the horizon as each lender sees them, Borrowers.

    means: what tenants could pay at the lender's quantile, $bn a year, [worlds, labs, lenders]; pairs: new compute wanted, GW, and
    pair_rent: its price, $bn per GW-year, [worlds, labs, owners]
    """
    clouds, at = industry.clouds, industry.now + industry.compute.build_lag
    due, new = industry.fleet.rent_due(at), pairs * pair_rent
    owed = (due + new).sum(axis=2)
    part = np.clip(ratio_or(means, owed[..., None], 1), 0, 1)
    safe = guaranteed(industry)[:, None]
    received, from_new = (
        np.swapaxes(np.matmul(np.swapaxes(rent, 1, 2), part), 1, 2) * (1 - safe) + safe * rent.sum(axis=1)[:, None] for rent in (due, new)
    )
    rest = np.maximum(0, clouds.other_cash_flow) + outside_rent(industry, at) - running_costs(industry, at)
    gw = pairs.sum(axis=1)
    new_flow = from_new - (running_cost(industry.compute, clouds.leases_sites) * gw)[:, None]
    cost = building_cost(industry) * gw
    years = np.minimum(QUARTER * industry.lenders.tenor, industry.lenders.believed_life)  # nobody lends for longer than chips earn
    per_loan = 1 / years[..., None] + industry.terms.rate
    return Borrowers(
        flow=np.maximum(0, received + rest[:, None]),
        service=np.broadcast_to(debt_service(industry, at).sum(axis=1)[:, None], received.shape),
        new_flow=np.maximum(0, new_flow),
        new_service=most_lent(industry) * cost[:, None] * per_loan,
    )


def refinance(industry):
    """Notes that fall due within a year are exchanged for new ones, as far as the market is open and the firm is good for them.

    Of what matters most, the notes of this quarter, all are up for exchange; of those due later an even part each quarter. What is not
    exchanged on its day must be paid in cash.
    """
    fleet, lenders, p = industry.fleet, industry.lenders, industry.lending
    if not fleet.notes.maturing[..., : int(p.refinanced_ahead) + 1].any():
        return
    taken = lenders.refinanced(industry.terms.cover, p) * market_window(industry)[..., None] * (lenders.banned <= 0)[..., None]
    quarters = np.arange(1, int(p.refinanced_ahead) + 2)
    tenor = np.broadcast_to(lenders.tenor, lenders.cash.shape)
    before = fleet.loans()
    moved = fleet.notes.exchange(taken[..., None] / quarters, tenor)
    industry.loan_rates = np.where(
        before > 0, industry.loan_rates + (industry.terms.rate - industry.loan_rates) * ratio_or(moved, before, 0), industry.loan_rates
    )
    fleet.changed_loans()


def market_window(industry):
    """Part of the market for notes that is open this quarter, 0 to 1, [worlds, 1]: mood, and a common luck that shuts it now and then.

    Where `window_open` is not above `window_shut` there is nothing between: it opens all at once.
    """
    p = industry.lending
    luck = industry.luck.firms("credit", industry.age, 1)
    nerve = industry.credit_mood() * np.exp(p.window_sd * luck)
    return np.clip((nerve - p.window_shut) / np.maximum(p.window_open - p.window_shut, ALL_AT_ONCE), 0, 1)


def count_breaches(industry):
    """Count the quarters for which each owner has been in breach: too little cover, or loans above what their chips are worth."""
    clouds, fleet, p = industry.clouds, industry.fleet, industry.lending
    owes = fleet.secured().sum(axis=1) > NO_MONEY
    thin = before_debt_service(industry) < p.covenant_cover * (clouds.interest + fleet.amortisation().sum(axis=1) / QUARTER)
    breach = owes & (thin | (excess_over_value(industry) > p.covenant_excess))
    clouds.put(breach=np.where(breach, clouds.breach + 1, 0))


def believed_ageing(industry):
    """What an owner's lenders believe that its chips lose of their worth, share a year, [worlds, owners]: by their parts in its loans."""
    rates = ageing_over(industry.lenders.believed_life)[..., None] * industry.lender_mix
    parts = industry.lender_mix.sum(axis=1)
    return ratio_or(rates.sum(axis=1), parts, ageing(industry.technology_parameters))


def excess_over_value(industry):
    """Part of an owner's loans that exceeds what the chips of their own vintage are worth to lenders, 0 to 1, [worlds, owners]."""
    fleet, p = industry.fleet, industry.lending
    there = fleet.used("loan")
    owed = fleet.loan[..., there].sum(axis=1)
    worth = p.covenant_value[..., None] * fleet.value_by_vintage(industry.now, believed_ageing(industry))[..., there]
    beyond = np.maximum(0, owed - worth).sum(axis=-1)
    return ratio_or(beyond, owed.sum(axis=-1), 0)


def sweep(industry):
    """Owners long in breach pay lenders what cash they do not need for their reserve and their pipeline, before it is due."""
    fleet, clouds, p = industry.fleet, industry.clouds, industry.compute
    swept = clouds.breach >= p.sweep_after
    if not swept.any():
        return
    owed = fleet.secured()
    total = owed.sum(axis=1)
    spare = np.maximum(0, clouds.cash - p.reserve - p.reserve_per_debt * total - bound_cash(industry))
    paid = np.minimum(total, np.where(swept, spare, 0))
    amount = owed * ratio_or(paid, total, 0)[:, None]
    industry.ledger.pay("principal", industry.rows["clouds"], industry.rows["lenders"], np.swapaxes(amount, 1, 2))
    fleet.prepay(amount)
