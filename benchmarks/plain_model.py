"""A whole plain Mesa model to run beside ours: the oracle's customers and labs, one object each, and nothing else.

No owners, vendors, investors, lenders, books, clearing, contagion or indicators: what our model does besides is not in here. Customers
choose and pay (`plain_mesa`), labs serve within their contracts, earn, and order compute by the plan of `plain_lab`.
"""

import functools
import math
import random

import mesa

from abm.model import Industry
from agents.world_files.folder import load_world
from benchmarks.customer_quarter import LABS, populated
from benchmarks.plain_lab import QUARTERS_A_YEAR, Contract, PlainPlanner
from benchmarks.plain_mesa import PlainMarket

WORLD = "archetypes-2023q1"
FRONTIER_GROWTH, NOISE, CLASSES = 0.3, 0.05, 3  # OOM a quarter and standard deviation of demand, as in the benchmark of customers


@functools.cache
def _opened():
    """The opening that labs are copied from, made once a process: what it takes is not counted against the objects."""
    return Industry(load_world(WORLD), worlds=1, rng=1).run(1)  # prices are there after a quarter


def customers_of_the_world():
    """Enterprises and cohorts of the world that ours runs: the peer has as many objects."""
    return _opened().buyers.enterprises, _opened().buyers.cohorts


class PlainLabs(PlainPlanner):
    """The planner, of as many labs as there are, with a quarter of its own."""

    def __init__(self):
        super().__init__(_opened())
        self.lag = self.arrival - _opened().now

    def capacity(self, lab, now):
        """What a lab can serve with the contracts in force, $bn a year."""
        running = (contract for contract in lab.contracts if contract.starts <= now < contract.starts + contract.term)
        worth = sum(contract.gw * 0.93 ** max(0, now - contract.starts) for contract in running)  # about 0.3 a year
        return worth * (1 - self.usual_training) * lab.revenue_density

    def quarter(self, now, demand, served):
        """Earn, pay the rent in force, and order compute for delivery after the lag. demand, served: $bn a year by lab."""
        self.arrival = now + self.lag
        for lab, wanted, revenue in zip(self.labs, demand, served):
            rent = sum(contract.rent for contract in lab.contracts if contract.starts <= now < contract.starts + contract.term)
            lab.growth = max(-1.0, min(1.5, lab.growth + (revenue / lab.revenue - 1 if lab.revenue > 0 else 0.0) / QUARTERS_A_YEAR))
            lab.demand, lab.revenue = wanted, revenue
            lab.cash = max(0.0, lab.cash + ((1 - lab.opex_ratio) * revenue - rent) / QUARTERS_A_YEAR)
        self.see_trend()
        for lab, order, accepted in zip(self.labs, self.orders(), self.limits()):
            for cloud, room in enumerate(accepted):
                gw = min(order * lab.weights[cloud], room)
                if gw > 0:
                    lab.contracts.append(Contract(cloud, gw, gw * self.prices[cloud], self.arrival, 20))


class PlainIndustry(mesa.Model):
    """Customers and labs of one world. `batch_run` makes and steps it."""

    def __init__(self, seed=1):
        super().__init__(seed=seed)
        customers, _ = populated(*customers_of_the_world(), rng=seed)
        self.market, self.labs = PlainMarket(customers), PlainLabs()
        self.luck, self.now, self.outage = random.Random(seed), _opened().now, [0.0] * LABS
        self.quarters = 0
        self.datacollector = mesa.DataCollector(model_reporters={"quarters": "quarters", "revenue": "revenue"})
        self.revenue = 0.0

    def step(self):
        """One quarter: customers want and choose, labs serve what they can, customers pay, labs plan."""
        demand = self.market.quarter(self._news(), self._offers(), self._turned_away(), self._draws(), [math.inf] * LABS)
        wanted = [sum(row) for row in demand]
        room = [self.labs.capacity(lab, self.now) for lab in self.labs.labs]
        share = [min(1.0, most / much) if much > 0 else 1.0 for most, much in zip(room, wanted)]
        self.revenue = self.market.settle([[part] * CLASSES for part in share])
        self.outage = [1 - part for part in share]
        self.labs.quarter(self.now, wanted, [part * much for part, much in zip(share, wanted)])
        self.now, self.quarters = self.now + 1, self.quarters + 1
        self.datacollector.collect(self)

    def _news(self):
        noise = [self.luck.gauss(0, NOISE), self.luck.gauss(0, NOISE)]
        return FRONTIER_GROWTH * (self.quarters + 1), max(self.revenue, 1.0), noise

    def _offers(self):
        frontier = FRONTIER_GROWTH * (self.quarters + 1)
        return {
            "capability": [frontier - self.luck.random() for _ in range(LABS)],
            "quality": [[self.luck.gauss(0, 0.4) for _ in range(LABS)] for _ in range(2)],
            "price": [0.7 + 0.7 * self.luck.random() for _ in range(LABS)],
            "outage": self.outage,
            "alive": [True] * LABS,
        }

    def _turned_away(self):
        return [[part] * CLASSES for part in self.outage]

    def _draws(self):
        return [[self.luck.random() for _ in range(sum(customers_of_the_world()))] for _ in range(2)]
