"""What counts as a crisis: labs, owners of compute or their creditors fail together; and when credit stops [model.md 15.13].

Pure functions of what a run leaves behind, `[worlds, quarters, firms]`. Who fails counts with its size in the quarter before, so that
nobody counts for what its own failure has already taken away. `sizes` reads these sizes off the model.
"""

from typing import NamedTuple

import numpy as np

from abm.books.loans import held
from abm.clock import QUARTERS_PER_YEAR
from abm.engine.scales import NO_MONEY
from abm.engine.sums import ratio_or

PARTS = ("systemic_event", "owners_event", "creditors_event")
CRISIS, CREDIT_STOP = "crisis", "credit_stop"
EVENTS = (CRISIS, *PARTS, CREDIT_STOP)


class Rule(NamedTuple):
    """Thresholds of all events: part of the whole that must go, and the quarters within which."""

    window: int = 6
    revenue: float = 0.40  # of the industry's, of labs that fail
    financed: float = 0.25  # of debt-financed compute, of owners that fail
    lost: float = 0.10  # of AI loans, written down
    held: float = 0.25  # of AI loans, held by lenders that are hit
    capital: float = 0.25  # of its own, lost by a lender that is hit
    slump: float = 0.50  # of the usual amount of new loans
    usual: int = 2 * QUARTERS_PER_YEAR  # quarters over which it is usual
    in_a_row: int = 4  # quarters below it


RULE = Rule()


class Sizes(NamedTuple):
    """How large firms are between two quarters: by this their failure counts.

    revenue: $bn a year, [..., labs]; financed: compute in service that debt pays for, GW, [..., owners];
    loans, capital: AI loans, and what bears their losses, $bn, [..., lenders]
    """

    revenue: np.ndarray
    financed: np.ndarray
    loans: np.ndarray
    capital: np.ndarray


class Course(NamedTuple):
    """What a run leaves behind for its events.

    labs, clouds, lenders: who fails, bool, [worlds, quarters, firms]; before: Sizes in the quarter before, of the same shapes;
    losses: loans written down, $bn, [worlds, quarters, lenders]
    """

    labs: np.ndarray
    clouds: np.ndarray
    lenders: np.ndarray
    before: Sizes
    losses: np.ndarray


def sizes(industry):
    """The sizes of all firms as they are now."""
    return Sizes(np.array(industry.labs.revenue), financed(industry), held(industry), lenders_capital(industry))


def financed(industry):
    """Compute that debt pays for, GW, [worlds, owners]: what an owner owes over the cost of new compute, at most what it has in service.

    Neither books nor used prices enter, so that no rule of accounting and no fire sale moves it.
    """
    owed = industry.fleet.loans().sum(axis=1)
    service = industry.fleet.in_service(industry.now).sum(axis=1)
    return np.minimum(service, owed / industry.compute.capex)


def lenders_capital(industry):
    """What bears a lender's losses, $bn, [worlds, lenders]: its book equity, and the capital of its other business."""
    return industry.ledger.book_equity(industry.rows["lenders"]) + industry.lenders.other_capital


def open_events(industry):
    """What events of the whole run are measured against: the sizes of the opening and what credit cost then."""
    industry.opening_sizes = sizes(industry)
    industry.opening_spread = credit_spread(industry)


def credit_spread(industry):
    """What lenders ask of owners above the rate of the strongest, 1/year, [worlds, 1].

    A mean over owners by what they owed at the opening, so that it does not fall when the weak have repaid; of all alike if none did.
    """
    owed = industry.opening.debt.sum(axis=0)
    if not owed.size:
        return np.zeros((industry.worlds, 1))
    weights = owed / owed.sum() if owed.sum() > 0 else np.full(owed.shape, 1 / owed.size)
    return (industry.clouds.rate * weights).sum(axis=1, keepdims=True) - industry.lending.best_rate


def new_loans(industry):
    """Loans and notes paid out to owners this quarter, $bn, [worlds, 1]; what is only exchanged is not new."""
    return industry.ledger.flows["loan"][:, industry.rows["clouds"]].sum(axis=1, keepdims=True)


def before(opening, after):
    """Values of the quarter before. opening: [worlds, firms]; after: at the end of each quarter, [worlds, quarters, firms]"""
    return np.concatenate([opening[:, None], after[:, :-1]], axis=1)


def within(values, window):
    """Sums over the last so many quarters, fewer where the run begins. values: [worlds, quarters, ...]"""
    return np.stack([values[:, max(0, q - window + 1) : q + 1].sum(axis=1) for q in range(values.shape[1])], axis=1)


def shares_failing(fails, size, window):
    """Share of the whole of each firm that fails within a window, [worlds, quarters, firms]; of who fails twice in it the larger one.

    fails: bool; size: in the quarter before; both [worlds, quarters, firms]
    """
    shares = np.where(fails, shares_of(size), 0)
    return np.stack([shares[:, max(0, q - window + 1) : q + 1].max(axis=1) for q in range(shares.shape[1])], axis=1)


def shares_of(size):
    """Each firm's part of the whole, [worlds, quarters, firms]; nobody's where the whole is what rounding left of nothing."""
    whole = size.sum(axis=2, keepdims=True)
    return ratio_or(size, whole, 0, NO_MONEY)


def share_failing(fails, size, window):
    """Share of the whole that fails within a window, [worlds, quarters]."""
    return shares_failing(fails, size, window).sum(axis=2)


def labs_fail(died, revenue, rule=RULE):
    """Whether labs with much of industry revenue have failed within the window, bool, [worlds, quarters]."""
    return share_failing(died, revenue, rule.window) >= rule.revenue


def systemic_event(died, revenue, rule=RULE):
    """Whether that ever happens, 0 or 1, [worlds] [model.md 15.13, 26.20].

    died: bool, [worlds, quarters, labs]; revenue: the quarter before, $bn a year, same shape
    """
    return labs_fail(died, revenue, rule).any(axis=1).astype(float)


def owners_fail(failed, financed_before, rule=RULE):
    """Whether owners of much of the debt-financed compute have failed within the window, bool, [worlds, quarters]."""
    return share_failing(failed, financed_before, rule.window) >= rule.financed


def creditors_lose(losses, failed, loans, capital, rule=RULE):
    """Whether much of AI loans is lost, or their holders lose much of their capital, within the window, bool, [worlds, quarters].

    losses: loans written down, $bn; failed: lenders that fail, whose capital is gone, bool; loans, capital: in the quarter
    before, $bn; all [worlds, quarters, lenders]. Capital that is paid out is not lost. A lender counts with the loans it held before
    the window in which it loses capital, and with those before its failure: one that fails when all is repaid harms no borrower.
    """
    total = loans.sum(axis=2)
    much = within(ratio_or(losses.sum(axis=2), total, 0, NO_MONEY), rule.window) >= rule.lost
    gone = ratio_or(losses, np.maximum(0, capital), np.where(losses > 0, 1, 0))
    start = np.maximum(0, np.arange(loans.shape[1]) - rule.window + 1)
    held = shares_of(loans)[:, start]
    hit = np.where(within(gone, rule.window) >= rule.capital, held, 0)
    return much | (np.maximum(hit, shares_failing(failed, loans, rule.window)).sum(axis=2) >= rule.held)


def credit_stops(new_loans, spread, opening_spread, rule=RULE):
    """Whether credit has stopped, bool, [worlds, quarters]: for some quarters in a row little is lent although more is asked for it.

    Little is less than part of the mean of the eight quarters before. Where spreads are no wider than at the opening and than over
    these eight quarters, owners borrow less because they want less: quiet deleveraging is no stop.
    new_loans: $bn a quarter, spread: 1/year, both [worlds, quarters]; opening_spread: [worlds, 1]
    """
    low = np.zeros(np.shape(new_loans), dtype=bool)
    for quarter in range(rule.usual, low.shape[1]):
        lent, asked = (series[:, quarter - rule.usual : quarter].mean(axis=1) for series in (new_loans, spread))
        dear = spread[:, quarter] > np.maximum(opening_spread[:, 0], asked)
        low[:, quarter] = dear & (new_loans[:, quarter] < rule.slump * lent)
    return within(low, rule.in_a_row) >= rule.in_a_row


def parts(course, rule=RULE):
    """{event: whether it is complete by then, in a window that ends there, bool, [worlds, quarters]}: a crisis and its three parts."""
    at = course.before
    found = {
        "systemic_event": labs_fail(course.labs, at.revenue, rule),
        "owners_event": owners_fail(course.clouds, at.financed, rule),
        "creditors_event": creditors_lose(course.losses, course.lenders, at.loans, at.capital, rule),
    }
    return {CRISIS: np.logical_or.reduce(list(found.values())), **found}


def first_quarters(happens):
    """Only the first quarter in which something holds, bool, [worlds, quarters]."""
    ever = np.logical_or.accumulate(happens, axis=1)
    return ever & ~np.concatenate([np.zeros((len(ever), 1), dtype=bool), ever[:, :-1]], axis=1)
