"""Everything that changes from quarter to quarter and is not a column, a book or a contract, at its opening value."""

import numpy as np

from abm.beliefs.hope import OwnErrors
from abm.beliefs.planners import ErrorsSeen
from abm.books.loans import interest, open_rates
from abm.books.obligations import running_costs, service_now
from abm.compute.boards import open_budgets
from abm.compute.old_business import OldBusiness
from abm.compute.outside import Outsiders
from abm.compute.unbuilt import Unbuilt
from abm.disruptions import Disruptions
from abm.engine.sums import weighted_mean
from abm.failure.compensation import MadeWhole
from abm.failure.loss import Losses
from abm.failure.orphans import open_orphans
from abm.finance.credit import FREE_OF_DEBT, Terms
from abm.finance.lending import mean_rate_asked, most_lent
from abm.finance.listings import Listings
from abm.finance.pools import Pools
from abm.finance.promises import Promises
from abm.finance.sentiment import lab_values
from abm.measures.yearly import Watch
from abm.services.economy import Economy
from abm.services.pricing import open_prices
from abm.services.serving import CLASSES
from abm.technology import progress
from abm.technology.learning import expected_growth
from abm.technology.progress import ModelBooks, Technology
from abm.technology.training import planned_training

_YEAR = 4
_FITS = ("enterprise_fit", "consumer_fit")


def open_state(industry):
    """State of the world at the opening: mood, technology, history, demand; then equity is marked for the first time."""
    worlds, opening = industry.worlds, industry.opening
    one, zero = np.ones((worlds, 1)), np.zeros((worlds, 1))
    industry.sentiment, industry.previous_sentiment = one.copy(), one.copy()
    industry.spot, industry.idle_gw, industry.unfunded_part = zero.copy(), zero.copy(), zero.copy()  # the last of a quarter's orders
    industry.scarcity = industry.last_scarcity = np.ones_like(industry.labs.cash)
    industry.price_factor, industry.demand_factor, industry.saving_factor = one.copy(), one.copy(), one.copy()
    industry.served = None  # until customers were first served
    industry.list_price, industry.compute_cost, industry.price_level, industry.spent_part = (one.copy() for _ in range(4))
    industry.potential = np.zeros((worlds, len(industry.labs.names), len(CLASSES)))  # wanted at the reference price, $bn a year
    industry.switched_off = np.zeros((worlds, len(industry.clouds.names)), dtype=bool)
    industry.price_ratio, industry.filled = (np.ones_like(industry.labs.cash) for _ in range(2))  # filled: part of a lab's last round
    industry.funding_stopped, industry.training_stopped = zero.copy(), zero.copy()
    industry.forced, industry.open_weights, industry.disruptions = {}, None, Disruptions(industry)  # until a shock
    industry.losses, industry.outsiders = Losses(industry), Outsiders(industry)
    industry.look_through_share, industry.expected_growth = one.copy(), zero.copy()
    industry.errors_seen, industry.still_to_come = ErrorsSeen(industry.cone), zero.copy()  # of a breakthrough's demand
    industry.stall_was_known = np.zeros((worlds, 1), dtype=bool)
    instead = worlds, len(industry.clouds.names), industry.compute.physical_life
    industry.made_whole, industry.guaranteed = MadeWhole(*instead), MadeWhole(*instead)
    stakes = industry.cap.shares[:, industry.rows["labs"], industry.rows["clouds"]]
    industry.projects = stakes > 1 - stakes  # owners of compute that a lab controlled at the opening, [worlds, labs, clouds]
    industry.unbuilt = Unbuilt(worlds, len(industry.labs.names), len(industry.clouds.names))
    industry.prepaid_used, industry.raised = (np.zeros_like(industry.labs.cash) for _ in range(2))  # this quarter, $bn
    industry.spare = np.asarray(opening.columns["labs"]["alive"]) == 0
    industry.entrants_waiting = np.zeros((worlds, 1))
    industry.turned_away_share = np.zeros_like(industry.potential)
    industry.equity_lost, industry.in_transit, industry.spend_lost, industry.rescue = (zero.copy() for _ in range(4))
    industry.usual_rate = industry.lending.rate.copy()
    _open_technology(industry)
    _open_labs(industry)
    _open_history(industry)
    open_prices(industry)
    _open_credit(industry)
    open_budgets(industry)
    open_orphans(industry)
    industry.customers = _people(industry)
    _reveal_fits(industry)
    _open_marks(industry)
    industry.watch = Watch(industry)
    industry.expected_growth = expected_growth(industry)


def _open_credit(industry):
    """Owners' earnings as of the opening, and usual terms of credit until lenders have looked at them."""
    most, usual = most_lent(industry), industry.lenders.base_rate(industry.lending) + industry.lenders.spread
    industry.terms = Terms(most, np.broadcast_to(usual[..., None], most.shape), np.full(most.shape, FREE_OF_DEBT))
    rents = industry.fleet.rent_due(industry.now).sum(axis=1) + industry.clouds.outside_rent
    industry.clouds.put(rate=mean_rate_asked(industry), ebitda=rents - running_costs(industry, industry.now))
    open_rates(industry)
    industry.clouds.put(interest=interest(industry).sum(axis=1), debt_service=service_now(industry))


def _open_technology(industry):
    p, opening = industry.technology_parameters, industry.opening
    industry.technology = Technology(industry.worlds, p, industry.quarter)
    gap = np.asarray(opening.columns["labs"].get("capability_gap", np.zeros(len(industry.labs.names))))
    capability = np.maximum(0, p.opening_frontier - gap)
    industry.labs.put(capability=capability, released=capability)
    industry.research = progress.compute_of_capability(industry.labs.capability, p.initial_compute)
    industry.release_clock = progress.opening_release_clock(industry.worlds, len(industry.labs.names), p)
    industry.models = ModelBooks.opening(industry.worlds, len(industry.labs.names), industry.technology_parameters.model_life)


def _open_labs(industry):
    labs = industry.labs
    parent = industry.opening.parent
    labs.put(parent_row=parent, character=labs.risk_appetite, demand=labs.revenue, previous_revenue=labs.revenue)
    effective = industry.fleet.effective(industry.now)[:, :-2].sum(axis=2)
    labs.put(training_gw=effective * planned_training(industry))
    industry.old_business, industry.economy, industry.promises = OldBusiness(industry), Economy(industry), Promises(industry)
    industry.listings = Listings(industry)


def _reveal_fits(industry):
    """Appeal that makes present shares last at present capability and prices, for labs whose own the file does not state.

    In the logit a share is proportional to exp(weight x capability - sensitivity x ln price + fit), so fit is what the others leave of
    ln share (revealed preference). Customers see no more of capability than their ceiling. Labs without customers, entrants among them,
    get the appeal of the least share that counts.
    """
    labs, given, buyers = industry.labs, industry.opening.columns["labs"], industry.buyers
    if industry.opening.kind == "archetypes" or not hasattr(industry.customers, "segments"):
        return
    stated = np.any([np.asarray(given[name], dtype=float) != 0 for name in _FITS], axis=0)
    for kind, (name, part) in enumerate(zip(_FITS, _by_kind(given), strict=True)):
        sensitivity, ceiling = _typical(industry.customers, kind)
        revenue = labs.revenue * part
        share = revenue / np.maximum(revenue.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        seen = buyers.capability_weight * np.minimum(labs.capability, ceiling)
        fit = np.log(np.where(share > 0, share, buyers.least_share)) - seen + sensitivity * np.log(industry.opening_price)
        labs.put(**{name: np.where(stated, labs.columns[name], fit - fit.max(axis=1, keepdims=True, initial=-np.inf))})


def _typical(customers, kind):
    """Price sensitivity and ceiling of quality of a dollar that this kind of customer spends at the opening, [worlds, 1] each."""
    segments = customers.segments
    spend = np.stack([np.where(customers.segment == k, customers.spend, 0).sum(axis=1) for k in range(len(segments))], axis=1)
    spend = spend * (segments.kind == kind)
    return (weighted_mean(np.broadcast_to(each, spend.shape), spend) for each in (segments.price_sensitivity, segments.quality_ceiling))


def _by_kind(given):
    """Parts of each lab's revenue that enterprises and consumers pay, [labs] each."""
    consumers = np.asarray(given["consumer_share"], dtype=float)
    return 1 - consumers, consumers


def _open_history(industry):
    vendors = industry.vendors
    sales = (vendors.sales + vendors.other_sales).sum(axis=1, keepdims=True)
    industry.past_sales = [np.zeros_like(sales)] * (_YEAR - 1) + [sales]
    industry.past_profit = [vendors.profit / _YEAR] * _YEAR
    revenue = industry.labs.revenue
    total = revenue.sum(axis=1, keepdims=True)
    industry.past_shares = [revenue / np.where(total > 0, total, 1)] * _YEAR
    zero = np.zeros((industry.worlds, 1))
    agents = len(industry.ledger.names)
    industry.past_circular = [(zero, zero)] * _YEAR
    industry.past_payments = [[np.zeros((industry.worlds, agents, agents))] * 3] * _YEAR
    industry.circle_share = zero
    industry.opening_revenue = revenue.copy()
    industry.hype, industry.own_errors = zero.copy(), OwnErrors(industry.labs)
    industry.released_before = industry.labs.released * (industry.labs.alive > 0)
    industry.past_deaths = [np.zeros((industry.worlds, 1), dtype=bool)] * _YEAR


def _people(industry):
    """Customers, where the inhabitants bring any; a test may do without."""
    people = getattr(industry.inhabitants, "people", None)
    if people is None:
        return None
    given = industry.opening.columns["labs"]
    share, consumer = np.asarray(given["share"], dtype=float), np.asarray(given["consumer_share"], dtype=float)
    by_kind = np.stack([share * (1 - consumer), share * consumer])
    by_kind = np.where(by_kind.sum(axis=1, keepdims=True) > 0, by_kind, share)  # a kind nobody serves yet goes by all spend
    total = by_kind.sum(axis=1, keepdims=True)
    return people(industry, by_kind / np.where(total > 0, total, 1))


def _open_marks(industry):
    """First marks: a lab's public valuation where there is one, else the market's rule; firms with books at book."""
    rows, ledger, cap = industry.rows, industry.ledger, industry.cap
    given = np.nan_to_num(np.asarray(industry.opening.columns["labs"].get("valuation", np.zeros(len(industry.labs.names)))))
    by_rule = lab_values(industry)
    value = np.where(given > 0, given, by_rule)
    known = (given > 0) & (by_rule > 0)
    below = np.where(known, np.minimum(1, given / np.where(by_rule > 0, by_rule, 1)), 1)
    industry.labs.put(premium=below, hope=np.where(known, np.maximum(0, given - by_rule), 0))
    cap.mark(rows["labs"], value)
    earnings = industry.chips.earnings_multiple * industry.vendors.profit
    cap.mark(rows["vendors"], np.maximum(ledger.book_equity(rows["vendors"]), earnings))
    cap.mark(rows["clouds"], ledger.book_equity(rows["clouds"]))
    cap.mark(rows["lenders"], ledger.book_equity(rows["lenders"]))
    total = industry.investors.cash.sum(axis=1, keepdims=True)
    industry.investors.put(saving_weight=industry.investors.cash / np.where(total > 0, total, 1))
    industry.pools = Pools(industry)
