"""Nature, research and learning: what technology does to labs, and what labs learn from the quarter (phases 1, 2 and 12)."""

import numpy as np

from abm.beliefs.appetites import move_appetites
from abm.beliefs.growth import realised_growth, update_extrapolation
from abm.beliefs.hope import learn_hope
from abm.beliefs.hype import next_hype
from abm.beliefs.planners import believed, foresee
from abm.clock import QUARTER
from abm.engine.scales import NO_MONEY
from abm.engine.sums import weighted_mean
from abm.technology import progress


def nature(industry):
    """Phase 1: stalls and breakthroughs, by luck or by force."""
    state = industry.technology
    state.nature(industry.quarter, industry.luck.firms("technology", industry.age, progress.DRAWS))
    if "stall" in industry.forced:
        state.force_stall(np.reshape(industry.forced["stall"]["duration"], (-1, 1)))
    if "breakthrough" in industry.forced:
        state.force_breakthrough()
    foresee(industry)
    next_hype(industry)
    recognised = state.stall_recognised & ~industry.stall_was_known
    industry.stall_was_known = state.stall_recognised
    industry.news.extra.update(stall=recognised.astype(float), breakthrough=state.breakthrough_begins.astype(float))


def research(industry):
    """Phase 2: last quarter's training compute becomes capability; models are released; passing appeal drifts."""
    labs, p, state = industry.labs, industry.technology_parameters, industry.technology
    alive = labs.alive > 0
    years = industry.years
    worth = progress.hardware_index(years, p) * progress.algorithmic_index(years, p)
    speed = progress.research_speed_up(progress.frontier(labs.capability, alive), p)
    halted = state.stalled | (industry.training_stopped > 0) | (industry.policy.stop_training > 0)
    increment = progress.training_increment(labs.training_gw, worth, speed, halted)
    jump = state.jump + industry.disruptions.jump
    industry.research, capability = progress.learn(industry.research, increment, jump, alive, p)
    industry.release_clock, released = progress.tick_release_clock(industry.release_clock, speed, p)
    released = released & alive & ~state.stalled
    industry.models = industry.models.next_quarter(released)
    labs.put(
        capability=capability,
        released=np.where(released, capability, labs.released),
        quality=progress.quality_step(labs.quality, industry.luck_row("quality", labs), p),
    )
    industry.just_released = released


def learn(industry):
    """Phase 12: growth estimates, appetite, and what the market expects of the next quarter."""
    labs, p = industry.labs, industry.cone
    known = (labs.previous_revenue > NO_MONEY) & (labs.revenue > NO_MONEY) & (labs.alive > 0)
    realised = realised_growth(np.where(known, labs.revenue, 1), np.where(known, labs.previous_revenue, 1), p)
    labs.put(growth=np.where(known, update_extrapolation(labs.growth, realised, p), labs.growth))
    industry.errors_seen.learn(industry, labs.forecast_base(industry.plans.demand_floor))
    industry.expected_growth = expected_growth(industry)
    learn_hope(industry)
    move_appetites(industry)
    _beliefs(industry)
    _models(industry)
    _remember_sales(industry)


def _beliefs(industry):
    """Owners and lenders see their chips age and learn how long these earn [model.md 9.15]."""
    for holders in (industry.clouds, industry.lenders):
        holders.put(believed_life=progress.next_belief(industry.technology_parameters, holders.believed_life))


def market_growth(industry):
    """The market's growth forecast for each lab over the year ahead, ln, [worlds, labs] [model.md 11.1]."""
    return _growth_over(industry, 1.0)


def expected_growth(industry):
    """Growth of industry revenue that the market expects for the next quarter, ln, [worlds, 1]."""
    return weighted_mean(_growth_over(industry, QUARTER), industry.labs.revenue)


def _growth_over(industry, years):
    weight = np.broadcast_to(industry.funds.market_extrapolation, industry.labs.revenue.shape)
    return believed(industry, industry.labs.revenue, weight, years).growth


def _models(industry):
    """Model-by-model income: training outlays and the gross profit of the models on sale [model.md 6.8]."""
    labs = industry.labs
    owed = industry.owed
    compute = owed.amount("rent").sum(axis=2) + owed.amount("spot").sum(axis=2) + owed.amount("outside_pool")[..., 0]
    sublet = owed.amount("sublet")
    compute = compute + industry.prepaid_used + sublet.sum(axis=2) - sublet.sum(axis=1)  # what others hire is no cost of a model
    used = labs.training_gw + labs.inference_gw
    training = compute * labs.training_gw / np.where(used > 0, used, 1)
    earned = labs.revenue * QUARTER
    industry.models = industry.models.book(training, earned - (compute - training), earned)


def _remember_sales(industry):
    vendors = industry.vendors
    industry.past_sales = [*industry.past_sales[1:], _sales_seen(industry)]
    profit = (vendors.sales + vendors.other_sales) * (vendors.gross_margin - vendors.opex_ratio)
    industry.past_profit = [*industry.past_profit[1:], profit]
    vendors.put(profit=sum(industry.past_profit))


def _sales_seen(industry):
    """Vendor sales of the quarter as the market sees them, $bn, [worlds, 1]: under disclosure only what customers pay for."""
    sales = (industry.vendors.sales + industry.vendors.other_sales).sum(axis=1, keepdims=True)
    return sales * np.where(industry.mood.disclosure > 0, industry.look_through_share, 1)


def vendor_sales_surprise(industry):
    """Growth of vendor sales over four quarters beyond what the market expects of labs' revenue a year, ln, [worlds, 1]; 0 until known.

    Under disclosure only the look-through part of sales counts [model.md 14].
    """
    old, new = industry.past_sales[0], _sales_seen(industry)
    known = (old > NO_MONEY) & (new > NO_MONEY)
    growth = np.log(np.where(known, new, 1) / np.where(known, old, 1))
    return np.where(known, growth - industry.expected_growth / QUARTER, 0)
