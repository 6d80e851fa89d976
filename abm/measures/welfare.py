"""What users gain: what they would have paid for what is served, and how much work that is [model.md 15.15].

Revenue is no such measure: dearer compute raises what is paid for less work. Worth is the area under the demand curve up to what is served,
which a price does not enter except through what is left unserved or unwanted.
"""

import numpy as np

from abm.clock import QUARTER
from abm.services.prices import worth
from abm.services.shares import ratio, total


def gained(industry):
    """The measures of welfare of a quarter, {indicator: [worlds, 1]}."""
    labs, served = industry.labs, industry.served
    if served is None:
        return {name: np.zeros((industry.worlds, 1)) for name in ("users_worth", "serving_gw", "work_done", "customers_served")}
    users = [industry.open_weights.price] if industry.open_weights else []  # the last column, if they are there
    price = industry.price_level * np.concatenate([industry.scarcity, *users], axis=1)
    by_class = worth(industry.services.demand_elasticity[..., None], industry.potential, served.paid_share, price[..., None])
    work = total(labs.inference_gw * 10.0**labs.released)
    return {
        "users_worth": by_class.sum(axis=(1, 2))[:, None],
        "serving_gw": total(labs.inference_gw),
        "work_done": np.log10(np.maximum(work, LEAST_WORK)),
        "customers_served": _customers(industry),
    }


LEAST_WORK = 1e-9  # GWe at the capability of 2023Q1: less than anybody would count, so that the logarithm of nothing has a value


def _customers(industry):
    """Part of all customers that has deployed and is served, share, [worlds, 1]: each counts once, as far as demand is met."""
    people, served = industry.customers, industry.served
    if people is None:
        return np.zeros((industry.worlds, 1))
    paid = (served.demand * served.paid_share).sum(axis=(1, 2))[:, None]
    met = ratio(paid, served.demand.sum(axis=(1, 2))[:, None])
    return people.part_deployed() * met


def over_a_run(record):
    """{outcome: [worlds]}: worth over all quarters, $bn; mean compute that serves, GWe; and all work done, OOM."""
    worth_, serving, work = (record.series("industry", name)[..., 0] for name in ("users_worth", "serving_gw", "work_done"))
    return {
        "welfare": worth_.sum(axis=1) * QUARTER,
        "mean_serving_gw": serving.mean(axis=1),
        "all_work_done": np.log10((10.0**work).sum(axis=1) * QUARTER),
    }
