"""How bold labs become: by rivals, share lost, mood and fear, a rival's leap ("code red") and squeezes of their own [model.md 4.2]."""

import numpy as np

BOUNDS = (0.02, 0.98)  # of appetite


def move_appetites(industry):
    """Phase 12: appetite after the quarter; with all gains at 0 nothing moves."""
    labs, plans = industry.labs, industry.plans
    lost, afraid = _lost(industry), _afraid(industry)
    labs.put(**_stirred(labs, plans, leaps(industry), squeezed(industry)))
    moved = labs.next_appetite(_of_rivals(labs), industry.sentiment, lost, afraid, plans)
    labs.put(risk_appetite=np.where(labs.alive > 0, moved, labs.risk_appetite))


def _of_rivals(labs):
    """Mean appetite of the others by revenue, [worlds, labs]; the own where they earn nothing."""
    revenue = labs.revenue * labs.alive
    others = revenue.sum(axis=1, keepdims=True) - revenue
    weighted = labs.risk_appetite * revenue
    return np.where(others > 0, (weighted.sum(axis=1, keepdims=True) - weighted) / np.where(others > 0, others, 1), labs.risk_appetite)


def _lost(industry):
    """Share of revenue lost over a year, and remembered outages, [worlds, labs]."""
    revenue = industry.labs.revenue * industry.labs.alive
    share = revenue / np.where(revenue.sum(axis=1, keepdims=True) > 0, revenue.sum(axis=1, keepdims=True), 1)
    lost = np.maximum(0, industry.past_shares[0] - share) + industry.labs.outage
    industry.past_shares = [*industry.past_shares[1:], share]
    return lost


def _afraid(industry):
    """The part of its promises that its P10 does not cover; 1 for a year after a rival failed, [worlds, labs]."""
    industry.past_deaths = [*industry.past_deaths[1:], industry.news.labs.any(axis=1, keepdims=True)]
    peer_died = np.any(industry.past_deaths, axis=0)
    return np.where(peer_died, 1.0, np.clip(1 - industry.own_coverage(), 0, 1))


def leaps(industry):
    """By how much a rival's release of the quarter passed both a lab's own model and all that rivals had before, OOM, [worlds, labs]."""
    labs = industry.labs
    now = labs.released * (labs.alive > 0)
    before, industry.released_before = industry.released_before, now
    return np.maximum(0, _best_of_others(now) - np.maximum(now, _best_of_others(before)))


def _best_of_others(capability):
    """Largest number in the other columns, [worlds, labs]; 0 where there are none."""
    alone = np.eye(capability.shape[1], dtype=bool)
    return np.where(alone, 0, capability[:, None, :]).max(axis=2, initial=0)


def squeezed(industry):
    """Part of the runway that a lab wants and does not have after the quarter, 0 to 1, [worlds, labs]; nobody squeezes a parent's lab."""
    labs, plans = industry.labs, industry.plans
    wanted = labs.cash_wanted(plans.runway_base, plans.runway_slope) * (labs.parent_row < 0)
    return np.clip(1 - labs.cash / np.where(wanted > 0, wanted, np.inf), 0, 1) * (wanted > 0)


def _stirred(labs, plans, leap, squeeze):
    """Alarm and scars after the quarter and what they add to appetite, {column: [worlds, labs]}.

    Nobody is given more than there is room for, so that appetite comes back to where it was as they fade. leap: OOM; squeeze: 0 to 1
    """
    low, high = BOUNDS
    alive = labs.alive > 0
    raised = np.minimum(plans.code_red * leap - (1 - plans.code_red_memory) * labs.alarm, high - labs.risk_appetite) * alive
    taken = np.minimum(plans.caution * squeeze - (1 - plans.caution_memory) * labs.scar, labs.risk_appetite - low) * alive
    return {"alarm": labs.alarm + raised, "scar": labs.scar + taken, "stirred": raised - taken}
