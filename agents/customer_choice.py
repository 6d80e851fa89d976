"""How a customer chooses a main and a second lab, one customer of one world at a time [model.md 8.1, 13.8, 26.3].

A choice depends on the customer only through its segment and through loyalty to its present provider. So labs have weights per segment,
laid end to end on a line, and the present provider gets a bonus interval at the far end: one uniform number then picks a lab. Where it fell
within its interval is again uniform, and picks the second provider.
"""

import numpy as np

from abm.engine.compiled import compiled
from abm.engine.elementary import exponential
from agents.customer_adoption import DEPLOYED
from agents.customer_transit import find_places, leave_the_dead, requalify


@compiled
def leave_probability(world, segments, alive, turned_away_share, leaves):
    """Probability that a customer chooses anew, by segment and main provider, into `leaves`, [segments, labs].

    turned_away_share: last quarter's, [labs, classes]. Customers of a lab that is gone choose at once.
    """
    for s in range(len(leaves)):
        for lab in range(len(alive)):
            pushed = world.turned_away_leaves * turned_away_share[lab, segments.service_class[s]]
            leaves[s, lab] = 1 - (1 - segments.rechoice[s]) * (1 - pushed) if alive[lab] else 1.0


@compiled
def choice_weights(world, segments, offers, w, weights):
    """Weights of labs in the eyes of each segment, before loyalty, into `weights`, [segments, labs].

    Capability counts only up to the segment's ceiling [model.md 7.7].
    """
    alive = offers.alive[w]
    for s in range(len(weights)):
        best = -np.inf
        for lab in range(len(alive)):
            seen = min(offers.capability[w, lab], segments.quality_ceiling[s])
            utility = world.capability_weight * seen + offers.quality[w, segments.kind[s], lab]
            utility = utility - segments.price_sensitivity[s] * np.log(offers.price[w, lab])
            weights[s, lab] = utility - world.outage_weight * offers.outage[w, lab]
            if alive[lab]:
                best = max(best, weights[s, lab])
        for lab in range(len(alive)):
            weights[s, lab] = np.exp(weights[s, lab] - best) if alive[lab] else 0.0


@compiled
def lay_out(weights, ends):
    """Where each lab's interval ends on the line of its segment, into `ends`; both [segments, labs]."""
    for s in range(len(weights)):
        end = 0.0
        for lab in range(weights.shape[1]):
            end += weights[s, lab]
            ends[s, lab] = end


@compiled
def lab_at(ends, s, point):
    """The lab whose interval on a segment's line holds the point."""
    lab = 0
    for edge in range(ends.shape[1] - 1):
        lab += point >= ends[s, edge]
    return lab


@compiled
def choose_main(weights, ends, s, previous, bonus, uniform):
    """Main provider, and the recycled uniform; the previous provider's weight counts (1 + bonus) times."""
    whole, extra = ends[s, -1], weights[s, previous] * bonus
    point = uniform * (whole + extra)
    if point >= whole:
        lab, start, width = previous, whole, extra
    else:
        lab = lab_at(ends, s, point)
        start, width = ends[s, lab - 1] if lab > 0 else 0.0, weights[s, lab]
    return lab, min(max((point - start) / (width if width > 0 else 1.0), 0.0), 1.0)


@compiled
def choose_second(weights, ends, s, main, previous, bonus, uniform):
    """Best other provider by the same weights without the main one; the main one again if there is no other."""
    others = ends[s, -1] - weights[s, main]
    extra = 0.0 if previous == main else weights[s, previous] * bonus
    point = uniform * (others + extra)
    if point >= others:
        lab = previous if extra > 0 else main
    else:
        start = ends[s, main - 1] if main > 0 else 0.0
        lab = lab_at(ends, s, point + weights[s, main] if point >= start else point)
    return lab if weights[s, lab] > 0 else main


@compiled
def loyalty(stickiness, tenure, loyalty_quarters):
    """Bonus of the present provider on its weight; tenure counts this quarter already."""
    built = 1 - exponential((1 - tenure) / loyalty_quarters)
    return exponential(stickiness * built) - 1


@compiled
def vote(customers, w, world, segments, alive, lots, leaves, line):
    """Who acts in one world, and whom it chooses: newcomers, some others, and everybody whose lab is gone and who has requalified.

    lots: two arrays [worlds, n] of uniforms, one for whether and one for whom; leaves: [segments, labs]; line: weights and ends, both
    [segments, labs]
    """
    (weights, ends), gone, whether, whom = line, ~alive, lots[0][w], lots[1][w]
    stage, newcomer, segment, requalifying = customers.stage[w], customers.newcomer[w], customers.segment[w], customers.requalifying[w]
    main, second, tenure = customers.main_provider[w], customers.second_provider[w], customers.tenure[w]
    stickiness, patience = segments.stickiness, world.loyalty_quarters
    for c in range(len(stage)):
        s, previous, deployed = segment[c], np.int64(main[c]), stage[c] == DEPLOYED
        tenure[c] += deployed
        moves = newcomer[c] | (whether[c] < leaves[s, previous])
        if deployed & (moves | gone[second[c]]) & (requalifying[c] <= 0):
            bonus, uniform, chosen = loyalty(stickiness[s], tenure[c], patience), whom[c], previous
            if moves:
                chosen, uniform = choose_main(weights, ends, s, previous, bonus, uniform)
            second[c] = choose_second(weights, ends, s, chosen, previous, bonus, uniform)
            if chosen != previous:
                main[c], tenure[c] = chosen, 0
        if newcomer[c]:
            tenure[c] = 0


@compiled
def choose(customers, worlds, segments, offers, known, calm, turned_away_share, lots, refuge, moved):
    """Who lost a lab moves, requalifies or waits; some others choose anew.

    known: labs that lived when last seen, bool, [worlds, labs]; turned_away_share: last quarter's, [worlds, labs, classes]; refuge: room
    [worlds, labs] and friction [worlds, 1]; moved: what dead labs' customers gave up, [worlds, 1], and what labs took in, [worlds, labs]
    """
    lost, taken_in = moved
    shape = len(segments.kind), offers.alive.shape[1]
    leaves, weights, ends = np.empty(shape), np.empty(shape), np.empty(shape)
    for w in range(len(worlds)):
        world, alive = worlds[w], offers.alive[w]
        if not calm[w]:
            requalify(customers.requalifying[w])
        lost[w, 0] = leave_the_dead(customers, w, world, alive, known[w], calm, refuge.friction[w, 0])
        leave_probability(world, segments, alive, turned_away_share[w], leaves)
        choice_weights(world, segments, offers, w, weights)
        lay_out(weights, ends)
        vote(customers, w, world, segments, alive, lots, leaves, (weights, ends))
        taken_in[w] = 0.0
        if not calm[w]:
            find_places(customers, w, alive, refuge.room[w], taken_in[w])


@compiled
def second_providers(segment, main, shares, uniforms, second):
    """Second providers at the opening by labs' shares of each segment's spend, [worlds, segments, labs], into `second`, [worlds, n]."""
    ends = np.empty(shares.shape[1:])
    for w in range(len(shares)):
        lay_out(shares[w], ends)
        for c in range(segment.shape[1]):
            second[w, c] = choose_second(shares[w], ends, segment[w, c], main[w, c], main[w, c], 0.0, uniforms[w, c])
