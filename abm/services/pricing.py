"""Phases 4 and 5: what owners ask for compute and labs for services, and how scarcity moves both [model.md 8.2 to 8.4, 9.4, 9.5]."""

from dataclasses import replace

import numpy as np

from abm.compute.hire import Market
from abm.compute.owners import switched_off
from abm.compute.prices import contract_price, cost_of_service, list_price, saved_when_idle
from abm.engine.sums import ratio_or
from abm.services import prices
from abm.services.serving import densities
from abm.services.shares import ratio, total
from abm.technology.progress import ageing
from abm.technology.training import kept_for_training


def post(industry):
    """Phase 4: contract prices of owners; prices and revenue density of labs by the cost of new compute and last quarter's shares."""
    labs, clouds, s = industry.labs, industry.clouds, industry.services
    clouds.put(contract_price=contract_price(industry.compute, clouds))
    industry.list_price = list_price(clouds.contract_price, industry.compute, industry.lending.rate)
    industry.compute_cost = cost_of_service(industry.compute, industry.list_price, ageing(industry.technology_parameters))
    posted = prices.post_prices(s, industry.years, labs.revenue, labs.alive > 0, (industry.compute_cost, industry.scarcity))
    industry.switched_off = switched_off(industry)
    scarce = ratio_or(industry.scarcity, prices.paid_on_average(industry.scarcity, labs.revenue, labs.alive > 0), 1)
    labs.put(price=posted.price * industry.price_ratio * scarce, revenue_density=posted.density * industry.price_factor)
    usual = s.reference_rent * industry.usual_markup
    asked = industry.list_price * prices.paid_on_average(posted.markup, labs.revenue, labs.alive > 0) * industry.price_factor
    industry.price_level = np.where(s.mode == "path", 1, ratio(asked, usual))


def open_prices(industry):
    """Relative prices of the opening, [worlds, labs], and its mean mark-up, at which customers' potential spend is counted."""
    labs, s, alive = industry.labs, industry.services, industry.labs.alive > 0
    posted = prices.post_prices(s, industry.years, labs.revenue, alive, (1.0, 1.0))
    industry.opening_price = posted.price
    industry.usual_markup = prices.paid_on_average(posted.markup, labs.revenue, alive)


def set_scarcity(industry, wanted, capacity):
    """Move each lab's scarcity index to this quarter's demand, and its price with it; returns what its customers then spend over potential.

    wanted: what customers would spend at the reference price, $bn a year, [worlds, labs, classes]; capacity: the Supply of labs.
    Idle compute presses on prices only through the fire-sale channel. Returns [worlds, labs].
    """
    labs, before = industry.labs, industry.scarcity
    usual = replace(capacity, density=capacity.density / before)
    industry.last_scarcity, industry.scarcity = before, scarcity_at(industry, wanted, usual, before, industry.price_level)
    labs.put(revenue_density=labs.revenue_density * (industry.scarcity / before))
    return prices.spent(industry.services, industry.price_level * industry.scarcity)


def without_cut(industry, capacity, left):
    """What customers would have wanted and labs could have served with had prices not been cut to a part this quarter.

    left: that part, [worlds, 1]. Returns $bn a year, [worlds, labs, classes], and the Supply of labs.
    """
    wanted = np.ascontiguousarray(industry.potential[:, : len(industry.labs.names)])
    usual, level = replace(capacity, density=capacity.density / industry.scarcity / left), industry.price_level / left
    index = scarcity_at(industry, wanted, usual, industry.last_scarcity, level)
    spent = prices.spent(industry.services, level * index)
    labs = len(industry.labs.names)
    others = industry.potential[:, labs:] * industry.spent_part[:, labs:, None]  # users of open weights, whose price was not cut
    whole = np.concatenate([wanted * spent[..., None], others], axis=1)
    density = usual.density * index
    return whole, replace(usual, density=density, least_training=kept_for_training(industry, usual.planned_training, density))


def scarcity_at(industry, wanted, capacity, before, level):
    """Each lab's scarcity index, [worlds, labs], at a level of prices over reference; capacity: the Supply at an index of 1."""
    s, usual = industry.services, capacity.density
    need = (wanted / densities(s)).sum(axis=-1) * prices.spent(s, level) / usual
    at_one = replace(capacity, idle=capacity.idle * industry.contagion.fire_sale)
    hired = market(industry, wanted, usual)
    left = np.maximum(0, at_one.idle - total(prices.short_of_plan(need, at_one)))  # once all who are short have hired
    pays = [ratio_or(price, hired.earned, np.inf) for price in (hired.list_price * hired.spot_ratio(left), hired.outside_price)]
    clears, at_once = (prices.clearing_index(s, part * need, at_one, pays) for part in (1, 1 - s.most_unserved))
    return np.where(capacity.alive, prices.scarcity_index(s, before, clears, at_once), 1)


def market(industry, wanted, density):
    """Compute for hire as labs see it, a Market. wanted: $bn a year, [worlds, labs, classes]; density: $bn per GWe-year, [worlds, labs]

    A GWe earns a lab what its own mix of customers pays, less opex. With the fire-sale channel off spot compute costs list price.
    """
    labs, s, p = industry.labs, industry.services, industry.compute
    per_need = ratio(wanted.sum(axis=-1), (wanted / densities(s)).sum(axis=-1))
    floor = np.minimum(1, saved_when_idle(p) / industry.list_price)
    return Market(
        earned=density * per_need * labs.margin_after_opex(industry.opex_relief()),
        list_price=industry.list_price,
        outside_price=industry.list_price * s.outside_premium,
        floor=np.where(industry.contagion.fire_sale > 0, floor, 1),
        slope=p.spot_slope,
        in_service=industry.fleet.effective(industry.now).sum(axis=(1, 2))[:, None],
    )


def spot_price(industry, found, left):
    """Price of idle compute, $bn per GWe-year, [worlds, 1]: down to what it saves an owner to let it stand. left: GWe that nobody hires"""
    industry.fleet.spot_ratio = found.spot_ratio(np.maximum(0, left))
    return industry.list_price * industry.fleet.spot_ratio
