"""How a customer comes to use AI: it tries, buys, pilots and deploys, one customer of one world at a time [model.md 7.4, 26.3]."""

import numpy as np

from abm.clock import QUARTER
from abm.engine.compiled import compiled
from abm.engine.elementary import exponential

UNAWARE, TRIAL, PROCUREMENT, PILOT, DEPLOYED = range(5)
STAGES = ("unaware", "trial", "procurement", "pilot", "deployed")


@compiled
def trial_hazard(innovation, imitation, deployed_share):
    """Hazard of a first trial in a quarter, by share of the domain that has deployed [Bass1969; model.md 7.4]."""
    return (innovation + imitation * deployed_share) * QUARTER


@compiled
def hurdle(integration_cost):
    """Value of a dollar of service above which it pays, in the logarithm: its price of one, and its cost of integration."""
    return np.log1p(integration_cost)


@compiled
def adopts(frontier, readiness, integration_cost):
    """Is the value of a dollar of service, at the customer's own quantile, above its price and its cost of integration?

    `exp(m_c + 0.6 z_rho) >= 1 + I_c`, with `readiness = a0_c - 0.6 z_rho`, so that `m_c + 0.6 z_rho` is what the frontier is above it
    [model.md 26.3].
    """
    return frontier - readiness >= hurdle(integration_cost)


@compiled
def hear(world, awareness, inside, deployed):
    """Word of trials spreads in each domain, by share of its customers that have deployed. All arrays [domains] of one world."""
    for domain in range(len(awareness)):
        hazard = trial_hazard(world.bass_innovation, world.bass_imitation, deployed[domain] / max(inside[domain], 1))
        awareness[domain] += world.adoption_pace * hazard


@compiled
def dare(usefulness, readiness, daring):
    """Value in the eyes of a customer at its own quantile over that at the median, into `daring`, [n] of one world."""
    for c in range(len(daring)):
        daring[c] = exponential(usefulness[c] - readiness[c])


@compiled
def advance(customers, worlds, segments, domains):
    """Everybody who has not deployed moves by at most one stage.

    A trial starts when the hazard that the domain has gone through exceeds the customer's patience: the law of a constant
    draw against a moving hazard, with one number per customer for life. Who dares more sees more value in a trial, and the hazard
    counts for more in proportion. A trial is early if the capability does not suffice yet in the eyes of a customer of middling appetite:
    so the same trial is early for a bold and for a timid customer, and who dares more is not late for finding sooner that it pays.

    customers: Columns; worlds: records, one a world; segments: Kinds; domains: Domains, of which awareness and deployed change
    """
    daring = np.empty(customers.stage.shape[1])
    for w in range(len(worlds)):
        world, stage, newcomer, started_early = worlds[w], customers.stage[w], customers.newcomer[w], customers.started_early[w]
        usefulness, readiness, patience = customers.usefulness[w], customers.readiness[w], customers.patience[w]
        wait, procurement, domain, segment = customers.wait[w], customers.procurement[w], customers.domain[w], customers.segment[w]
        awareness, deployed, integrates = domains.awareness[w], domains.deployed[w], segments.integrates
        frontier, if_early, if_late = world.frontier, hurdle(world.early_cost), hurdle(world.late_cost)
        hear(world, awareness, domains.inside[w], deployed)
        dare(usefulness, readiness, daring)
        for c in range(len(stage)):  # conditions that seldom hold are put together, so that a processor guesses them
            newcomer[c] = False
            if (stage[c] == UNAWARE) & (awareness[domain[c]] * daring[c] >= patience[c]):
                stage[c] = TRIAL
                started_early[c] = frontier - usefulness[c] < if_early
            elif (stage[c] == TRIAL) & (frontier - readiness[c] >= (if_early if started_early[c] else if_late)):
                stage[c] = PROCUREMENT
                wait[c] = procurement[c]
            elif (stage[c] > TRIAL) & (stage[c] < DEPLOYED):
                wait[c] -= world.adoption_pace
                if wait[c] <= 0:  # fractions of a quarter are carried over
                    if stage[c] == PROCUREMENT:
                        wait[c] += (world.early_quarters if started_early[c] else world.late_quarters) * integrates[segment[c]]
                    else:
                        newcomer[c] = True
                        deployed[domain[c]] += 1
                    stage[c] += 1
