"""What a customer wants to spend, asks its labs for, and pays, one customer of one world at a time [model.md 7.1 to 7.3, 26.3]."""

import numpy as np

from abm.clock import QUARTER
from abm.engine.compiled import compiled
from abm.engine.elementary import exponential, logarithm

_NEXT_TO_NOTHING = np.sqrt(np.finfo(float).tiny)


@compiled
def growth(speed, fastest, fastest_decline, spend, potential):
    """Log growth of spend in a quarter of Gompertz diffusion towards its potential, before noise [model.md 7.2].

    speed: theta, fastest and fastest_decline: log growth and decline, per year; spend, potential: $bn a year. Who spends nothing would
    grow at the ceiling.
    """
    gap = logarithm(max(potential / max(spend, _NEXT_TO_NOTHING), _NEXT_TO_NOTHING))
    return max(min(speed * gap, fastest), -fastest_decline) * QUARTER


@compiled
def ceiling(world, wanted, served):
    """Factor on all spend so that adoption spreads only from users who were served [model.md 7.3].

    wanted: of all customers; served: last quarter's, all labs; both $bn a year
    """
    most = world.served_multiple * served + world.served_floor
    return min(1.0, most / wanted) if wanted > 0 else 1.0


@compiled
def see_potentials(world, potential, lateness, kept, calm, seen):
    """What each customer might spend at most, into `seen`, [n] of one world, $bn a year: all sum to the market's [7.1, 26.3].

    Where a lab was ever lost, a customer's potential is what it kept of it.
    """
    odds_against, whole = world.odds_against, 0.0
    for c in range(len(seen)):
        seen[c] = potential[c] / (1 + lateness[c] * odds_against)
    for c in range(len(seen)):
        whole += seen[c]
    scale = world.market / whole if whole > 0 else world.market
    for c in range(len(seen)):
        seen[c] *= scale * (1.0 if calm else kept[c])


@compiled
def grow(world, spend, seen, noise):
    """Spend moves towards what customers of one kind see, all [n]; who spends nothing goes on so."""
    speed, fastest, fastest_decline = world.speed, world.log_fastest_growth, world.fastest_decline  # read once, or they might have changed
    for c in range(len(spend)):
        spend[c] *= exponential(growth(speed, fastest, fastest_decline, spend[c], seen[c]) + noise)


@compiled
def desire(customers, worlds, calm, enterprises):
    """Wanted spend of this quarter into `spend`; who is in transit wants no less, and spreads the word as users who were served do.

    calm: worlds that never lost a lab, bool, [worlds]
    """
    n = customers.spend.shape[1]
    seen = np.empty(n)
    for w in range(len(worlds)):
        world, spend, newcomer, waiting = worlds[w], customers.spend[w], customers.newcomer[w], customers.waiting[w]
        served, wanted = world.served, 0.0
        if not calm[w]:
            for c in range(n):
                served += spend[c] * waiting[c]
        see_potentials(world, customers.potential[w], customers.lateness[w], customers.kept[w], calm[w], seen)
        grow(world, spend[:enterprises], seen[:enterprises], world.enterprise_noise)
        grow(world, spend[enterprises:], seen[enterprises:], world.consumer_noise)
        for c in range(n):
            if newcomer[c]:
                spend[c] = world.first_spend * seen[c]
            wanted += spend[c]
        part = ceiling(world, wanted, served)
        for c in range(n):
            spend[c] *= part


@compiled
def add_up_demand(customers, service_class, demand):
    """What customers ask of labs by class of service, without what is in transit, into `demand`, [worlds, labs, classes], $bn a year."""
    for w in range(len(demand)):
        spend, waiting, main_share = customers.spend[w], customers.waiting[w], customers.main_share[w]
        main, second, segment = customers.main_provider[w], customers.second_provider[w], customers.segment[w]
        asked_of = demand[w]
        for c in range(len(spend)):
            if spend[c] > 0:
                asked = spend[c] * (1 - waiting[c])
                of_main, service = asked * main_share[c], service_class[segment[c]]
                asked_of[main[c], service] += of_main
                asked_of[second[c], service] += asked - of_main


@compiled
def add_up_transit(customers, calm, transit):
    """Wanted spend without a lab into `transit`, [worlds, 1], $bn a year."""
    for w in range(len(transit)):
        spend, waiting = customers.spend[w], customers.waiting[w]
        transit[w, 0] = 0.0
        for c in range(0 if calm[w] else len(spend)):
            transit[w, 0] += spend[c] * waiting[c]


@compiled
def pay(customers, service_class, paid_share):
    """What each customer is served and pays, into `paid`. paid_share: [worlds, labs, classes]"""
    for w in range(len(paid_share)):
        spend, waiting, paid, main_share = customers.spend[w], customers.waiting[w], customers.paid[w], customers.main_share[w]
        main, second, segment = customers.main_provider[w], customers.second_provider[w], customers.segment[w]
        share = paid_share[w]
        for c in range(len(spend)):
            service = service_class[segment[c]]
            by_second = share[second[c], service]
            served = by_second + main_share[c] * (share[main[c], service] - by_second)
            paid[c] = spend[c] * (1 - waiting[c]) * served
