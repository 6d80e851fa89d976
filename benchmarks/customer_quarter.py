"""How much faster are the arrays than one object per customer? Both run the same quarters, in turn, in one process."""

import statistics
import time

import numpy as np

from abm.engine.luck import Luck
from abm.services.refuge import Refuge
from abm.services.serving import CLASSES, Offers
from agents.customer_market import KINDS, market
from agents.customers import Customers
from agents.customers_parameters import CustomersParameters
from benchmarks.plain_mesa import PlainMarket

LABS = 6
ROOM = [0.002] * LABS  # $bn a year that each lab can take in of a dead lab's customers


def refuge(worlds):
    """Little room, and friction."""
    return Refuge(np.tile(ROOM, (worlds, 1)), np.ones((worlds, 1), dtype=bool))


def populated(enterprises, cohorts, worlds=1, rng=1):
    """Customers of a market without surprises, with labs of equal opening shares, and their luck."""
    parameters = CustomersParameters(worlds, {"enterprises": enterprises, "cohorts": cohorts})
    luck = Luck(rng, range(worlds))
    drawn = market(parameters, np.zeros((worlds, LABS)), np.ones((worlds, 1)))
    shares = np.full((worlds, 4, LABS), 1 / LABS)
    return Customers.born(parameters, None, drawn, luck, (np.zeros((worlds, 1)), shares)), luck


def circumstances(worlds, quarter, rng=2):
    """Frontier, noise, offers, and shares turned away [worlds, labs, classes] of a quarter; lab 0 dies in quarter 5."""
    random = np.random.default_rng((rng, quarter))
    frontier = np.full((worlds, 1), 0.3 * (quarter + 1))
    shape = (worlds, LABS)
    alive = np.ones(shape, dtype=bool)
    alive[:, 0] = quarter < 5
    offers = Offers(
        capability=frontier - random.uniform(0, 1, shape),
        quality=random.normal(0, 0.4, (worlds, len(KINDS), LABS)),
        price=random.uniform(0.7, 1.4, shape),
        outage=random.uniform(0, 0.3, shape),
        alive=alive,
    )
    return frontier, random.normal(0, 0.05, (worlds, 2)), offers, random.uniform(0, 0.5, (*shape, len(CLASSES)))


def array_quarter(customers, given, uniforms, served=1.0):
    """One quarter of the arrays: demand, and what is paid when half of the turned away is served elsewhere."""
    frontier, noise, offers, turned_away = given
    customers.advance_stages(frontier)
    customers.desired_spend(frontier, np.full((customers.worlds, 1), served), noise)
    customers.choose(offers, turned_away, uniforms, refuge(customers.worlds))
    demand = customers.demand()
    return demand, customers.settle(1 - turned_away / 2)


def plain_quarter(plain, given, uniforms, served=1.0, world=0):
    """The same quarter of the objects: demand as nested lists, and the sum paid. Inputs are turned into plain numbers first."""
    frontier, noise, offers, turned_away = given
    news = (float(frontier[world, 0]), served, noise[world].tolist())
    demand = plain.quarter(news, plain_offers(offers, world), turned_away[world].tolist(), [u[world].tolist() for u in uniforms], ROOM)
    return demand, plain.settle((1 - turned_away[world] / 2).tolist())


def plain_offers(offers, world=0):
    return {name: values[world].tolist() for name, values in vars(offers).items()}


def draws(luck, quarter, n):
    return luck.customers("choice", quarter, n), luck.customers("provider", quarter, n)


def measure(n=100_000, quarters=5):
    """Median seconds of a quarter for n customers in one world: {"arrays", "plain", "ratio"}; both start from the same customers.

    Uniform numbers are drawn beforehand for both, and the plain version gets everything as plain numbers.
    """
    customers, luck = populated(n - n // 10, n // 10)
    plain = PlainMarket(customers)
    arrays_took, plain_took = [], []
    for quarter in range(quarters):
        given = circumstances(1, quarter)
        uniforms = draws(luck, quarter, n)
        began = time.perf_counter()
        array_quarter(customers, given, uniforms)
        arrays_took.append(time.perf_counter() - began)
        frontier, noise, offers, turned_away = given
        ready = (float(frontier[0, 0]), 1.0, noise[0].tolist()), plain_offers(offers), turned_away[0].tolist()
        lists, paid_share = [u[0].tolist() for u in uniforms], (1 - turned_away[0] / 2).tolist()
        began = time.perf_counter()
        plain.quarter(*ready, lists, ROOM)
        plain.settle(paid_share)
        plain_took.append(time.perf_counter() - began)
    arrays, objects = statistics.median(arrays_took), statistics.median(plain_took)
    return {"arrays": arrays, "plain": objects, "ratio": objects / arrays}


def quarters_taken(n, quarters):
    """Seconds of each of some quarters for n customers in one world; uniform numbers are drawn beforehand."""
    customers, luck = populated(n - n // 10, n // 10)
    took = []
    for quarter in range(quarters):
        given, uniforms = circumstances(1, quarter), draws(luck, quarter, n)
        began = time.perf_counter()
        array_quarter(customers, given, uniforms)
        took.append(time.perf_counter() - began)
    return took


def many_worlds(worlds=256, quarters=8):
    """Median seconds of a quarter for 162 customers in each of many worlds."""
    customers, luck = populated(150, 12, worlds)
    took = []
    for quarter in range(quarters):
        given = circumstances(worlds, quarter)
        uniforms = draws(luck, quarter, customers.n)
        began = time.perf_counter()
        array_quarter(customers, given, uniforms)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


if __name__ == "__main__":
    result = measure()
    print(f"100,000 customers, a quarter: arrays {result['arrays'] * 1e3:.1f} ms, plain Mesa {result['plain'] * 1e3:.0f} ms")
    print(f"ratio {result['ratio']:.0f}; 256 worlds of 162 customers: {many_worlds() * 1e3:.1f} ms a quarter")
