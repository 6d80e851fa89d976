"""One lab under a fixed ceiling that orders by a linear rule: the test object for cycles of capacity [model.md 16.24, V17].

Demand stands still, 32 blocks of compute of equal size run out one by one, and each quarter the lab orders what runs out and a part
(the strength) of what it lacks. What it ordered arrives a build lag later, through slots, loans, deliveries and contracts as in any
run; only the lab's own rule, which counts what is on the way, is put aside. As long as no order of the run itself runs out, the gap
follows y(t) = y(t - 1) - strength y(t - lag): waves that last at a strength of 2 sin(pi / (4 lag - 2)), with a period of 4 lag - 2.
"""

from functools import cache
from unittest.mock import patch

import numpy as np

from abm.compute import planning
from abm.model import release
from abm.start.opening import Tranche
from tests.worlds import industry, opening, wanting

TERM, LIFE = 32, 40  # quarters: the longest contract, and the longest life of compute
BLOCK, RENT, LACK = 0.1, 12.0, 0.1  # GW that run out each quarter; $bn per GW-year; GW that are lacking at the start
ENOUGH = 2000.0  # $bn of cash of everybody, so that money binds nobody
CALM = {
    "lab.fixed_opex": 0,
    "technology.stall_hazard": 0,
    "technology.late_stall_hazard": 0,
    "technology.breakthrough_rate": 0,
    "technology.chip_life": 1e9,
    "cloud.contract_term": TERM,
    "cloud.physical_life": LIFE,
    "cloud.dividend": 0,
    "lender.dividend": 0,
}


def marginal_strength(lag):
    """Part of the gap that is ordered each quarter at which waves neither fade nor grow, for a build lag in quarters."""
    return 2 * np.sin(np.pi / (4 * lag - 2))


@cache
def gaps(lag, strength, counts_supply_line=False):
    """Compute that is lacking, GW, quarter by quarter until orders of the run itself run out, [TERM + lag]."""
    model = _lacking(lag)
    seen = []
    with patch.object(planning, "lab_orders", _linear(strength, counts_supply_line)):
        for _ in range(TERM + lag):
            model.step()
            seen.append(_gap(model))
            if not np.allclose(model.labs.ordered_gw, model.labs.wanted_gw, rtol=1e-12):
                raise AssertionError("somebody cut an order: this is no linear rule")
    release(model)
    return np.array(seen)


def utilisation(gap):
    """Compute that is wanted over compute that is there."""
    return (TERM * BLOCK + LACK) / (TERM * BLOCK + LACK - gap)


def period(values, middle):
    """Quarters of a whole wave about a middle: twice the mean time between crossings, which are interpolated; NaN without two."""
    above = np.asarray(values) - middle
    at = np.flatnonzero(np.sign(above[:-1]) != np.sign(above[1:]))
    crossings = at + above[at] / (above[at] - above[at + 1])
    return 2 * np.diff(crossings).mean() if len(crossings) > 1 else np.nan


def _lacking(lag):
    """A lab, its cloud, vendor, lender and investor, all rich."""
    start = opening({}).start
    firms = {
        "labs": [{"cash": ENOUGH, "revenue": 100.0}],
        "clouds": [{"cash": ENOUGH, "risk_appetite": 0.5}],
        "vendors": [{"cash": ENOUGH, "slots_gw": 5.0}],
        "lenders": [{"cash": ENOUGH, "risk_appetite": 0.5}],
        "investors": [{"cash": ENOUGH}],
    }
    blocks = tuple(Tranche(0, 0, start + quarter, BLOCK, RENT * BLOCK, TERM) for quarter in range(-TERM, lag))
    return industry(opening(firms, people=wanting(100.0), parameters={**CALM, "cloud.build_lag": lag}, tranches=blocks))


def _gap(model):
    return TERM * BLOCK + LACK - model.fleet.in_service(model.now - 1)[0, 0].sum()


def _linear(strength, counts_supply_line):
    def orders(model, view):
        there = model.fleet.in_service(model.now)[:, :1].sum(axis=2)
        on_the_way = model.fleet.ordered(model.now)[:, :1].sum(axis=2) - BLOCK * (model.compute.build_lag - 1)
        wanted = BLOCK + strength * (TERM * BLOCK + LACK - there - on_the_way * counts_supply_line)
        if (wanted < 0).any():
            raise AssertionError("an order below zero: the swing is too wide for a linear rule")
        return wanted

    return orders
