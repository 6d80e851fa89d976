"""The graph of money: how much of it goes in circles, where it came from, and whom a loss reaches.

All functions are pure and take every world at once. A payment from i to j stands at [world, i, j].
"""

from typing import NamedTuple

import networkx as nx
import numpy as np

from abm.engine.scales import NO_MONEY

MILLIONS_PER_BILLION = 1000
TOLERANCE = 1e-12  # share of equity below which another round of losses is not looked for
ROUNDS = 200  # of loss, before the limit is solved for
BETWEEN_LOOKS = 5  # rounds after which it is looked whether another one is needed
LEAK = 1e-13  # lets money that only ever went round among firms come from nowhere, instead of leaving the system singular
CUTS = 4  # of payments that cannot go round, before circles are looked for
ENDLESS = np.iinfo(np.int64).max // 2
SOURCES = ("customers", "outside_equity", "outside_debt", "vendor")


def cycle_flow(flows):
    """The largest part of each payment that only goes round: most money with inflow = outflow at every agent.

    A greatest circulation on whole $m [model.md 15.5c]. Its complement is the least flow that takes every agent's
    surplus to a deficit, sent along shortest paths until none is left. Whole numbers make the total exact.

    flows: payments, $bn, [worlds, payers, payees]; payments to oneself are left out
    Returns the circulating part, $bn, same shape. Its total is unique; which of two equal circles is named is not.
    """
    paid = np.rint(np.asarray(flows) * MILLIONS_PER_BILLION).astype(np.int64)
    paid = _as_may_circulate(paid * (1 - np.eye(paid.shape[-1], dtype=np.int64)))
    arcs, room = _both_ways(paid)
    left, worlds, ended = (paid.sum(axis=2) - paid.sum(axis=1)).T, np.arange(len(paid)), room.copy()
    while worlds.size:
        still = left.any(axis=0)
        if not still.all():
            ended[:, worlds[~still]] = room[:, ~still]
            room, left, worlds = room[:, still], left[:, still], worlds[still]
        _send_along_shortest_paths(arcs, room, left)
    stays = arcs.length > 0
    circulating = np.zeros(paid.shape)
    circulating[:, arcs.start[stays], arcs.end[stays]] = ended[:-1][stays].T
    return circulating / MILLIONS_PER_BILLION


def circularity(flows):
    """Share of all payments that only goes round [model.md 15.5c], 0 to 1, [worlds, 1]; 0 without payments."""
    circulating = cycle_flow(flows).sum(axis=(1, 2))
    paid = (flows * (1 - np.eye(flows.shape[-1]))).sum(axis=(1, 2))
    share = np.divide(circulating, paid, out=np.zeros_like(paid), where=paid > 0)
    return np.minimum(1, share)[:, None]


def _as_may_circulate(paid):
    """Payments cut to what can go round: nobody passes on more than it gets, or gets round more than it passes on; $m, as `paid`.

    It changes no circulation and takes away most of what would have to be sent. A few cuts are enough for nearly all of it.
    """
    for _ in range(CUTS):
        paid = np.minimum(paid, np.minimum(paid.sum(axis=1)[:, :, None], paid.sum(axis=2)[:, None, :]))
    return paid


class _Arcs(NamedTuple):
    """Ways along which money can be sent, by payee: what was paid, length 1, and taking back what was sent, length -1.

    start, end: agents; length; opposite: the arc back; [arcs], `opposite` with one place more for no arc, -1
    """

    start: np.ndarray
    end: np.ndarray
    length: np.ndarray
    opposite: np.ndarray


def _both_ways(paid):
    """The arcs on which anything was paid in any world, and the room on each, [arcs + 1, worlds]; the last stands for no arc."""
    payer, payee = np.nonzero(paid.any(axis=0))
    start, end, forth = np.r_[payer, payee], np.r_[payee, payer], np.arange(2 * payer.size) < payer.size
    order = np.lexsort((start, end))
    opposite = np.append(np.argsort(order)[(order + payer.size) % order.size], -1)
    amounts = np.where(forth[:, None], paid[:, start, end].T, 0)[order]
    room = np.append(amounts, np.full((1, len(paid)), ENDLESS), axis=0)
    return _Arcs(start[order], end[order], np.where(forth[order], 1, -1), opposite), room


def _send_along_shortest_paths(arcs, room, left):
    """Send what goes along a tree of shortest paths and one more arc, by world; changes `room` and what is `left` at the ends.

    Any order is right: all these arcs are tight at the tree's distances, so what is sent stays least.
    room: $m, [arcs + 1, worlds]; left: what an agent still has to send, less what it still has to get, $m, [agents, worlds]
    """
    distance, before = _shortest_path_tree(arcs, room[:-1] > 0, left > 0)
    hops, starts = _trace(arcs, before)
    tight = (room[:-1] > 0) & (distance[arcs.start] + arcs.length[:, None] == distance[arcs.end])
    for last in np.flatnonzero((tight & (left < 0)[arcs.end]).any(axis=1)):  # every shortest way ends with one of these
        end, row = arcs.end[last], np.flatnonzero(tight[last] & (left[arcs.end[last]] < 0))
        path, start = hops[:, arcs.start[last], row], starts[arcs.start[last], row]
        path = np.append(path, np.full((1, row.size), last), axis=0)
        amount = np.maximum(0, np.minimum(np.minimum(left[start, row], -left[end, row]), room[path, row].min(axis=0)))
        room[path, row] -= amount
        room[arcs.opposite[path], row] += amount
        room[-1] = ENDLESS
        left[start, row] -= amount
        left[end, row] += amount


def _shortest_path_tree(arcs, is_open, sources):
    """Distance from a source, and the last arc of the shortest way; -1 at a source or out of reach, [agents, worlds] each.

    A distance and the arc it comes along are compared as one whole number, so that the first of equal arcs is taken.
    """
    bits, far = len(arcs.start).bit_length(), 4 * len(sources)  # farther than any way
    ends, first = np.unique(arcs.end, return_index=True)
    small = np.int32 if far << bits + 2 <= np.iinfo(np.int32).max else np.int64  # half the memory to walk through
    steps = ((arcs.length << bits) + np.arange(len(arcs.start))).astype(small)[:, None] + small(far << bits) * ~is_open
    distance, before = np.where(sources, small(0), small(far)), np.full(sources.shape, -1, dtype=small)
    for _ in range(len(sources)):
        least = np.minimum.reduceat(np.take(distance << bits, arcs.start, axis=0) + steps, first, axis=0)
        nearest, last = least >> bits, least & ((1 << bits) - 1)
        better = (nearest < distance[ends]) & (nearest < far // 2)
        if not better.any():
            break
        distance[ends] = np.where(better, nearest, distance[ends])
        before[ends] = np.where(better, last, before[ends])
    return distance, before


def _trace(arcs, before):
    """The arcs of the way to every agent, last first and then -1, [hops, agents, worlds], and where it starts, [agents, worlds]."""
    here, row = np.broadcast_to(np.arange(len(before))[:, None], before.shape), np.arange(before.shape[1])
    hops = [before]
    for _ in range(len(before)):
        here = np.where(hops[-1] >= 0, arcs.start[hops[-1]], here)
        hops.append(np.where(hops[-1] >= 0, before[here, row], -1))
        if not (hops[-1] >= 0).any():
            break
    return np.stack(hops), here


def payment_graph(flows, names):
    """One world's payments as a directed graph with `paid` and `circulating` in $bn on every edge.

    flows: [payers, payees]; names: one per agent
    """
    circulating = cycle_flow(flows[None])[0]
    graph = nx.DiGraph()
    graph.add_nodes_from(names)
    for payer, payee in np.argwhere(flows > 0):
        amounts = {"paid": float(flows[payer, payee]), "circulating": float(circulating[payer, payee])}
        graph.add_edge(names[payer], names[payee], **amounts)
    return graph


def origins(purchases, injected):
    """Where each agent's receipts come from in the end, as shares by source [model.md 15.6, 26.15].

    A purchase carries its payer's own mix of origins. Money from customers, and equity or loans out of a vendor, cloud,
    lender or investor, carry one source each and come in through `injected`.

    purchases: services, rent and chips, $bn, [worlds, payers, payees]
    injected: receipts of each agent that carry one source each, $bn, [worlds, agents, sources]
    Returns shares, [worlds, agents, sources]. They sum to 1 but for what comes from agents that received nothing themselves
    (they pay from cash they held before) and from closed circles, which has no origin here.
    """
    received = purchases.sum(axis=1) + injected.sum(axis=2)
    received = np.where(received > NO_MONEY, received, 0)  # who received a rounding residue received nothing
    bought_by = np.swapaxes(_ratio(purchases, received[:, None, :]), 1, 2)
    return np.linalg.solve(np.eye(received.shape[-1]) - (1 - LEAK) * bought_by, _ratio(injected, received[:, :, None]))


def leverage(exposures, equity):
    """Share of i's equity that is lost if k pays nothing, [worlds, i, k]; 0 where there is no equity left to lose.

    exposures: what i loses if k pays nothing, $bn, [worlds, i, k]; equity: book equity, $bn, [worlds, agents]
    """
    return _ratio(exposures, equity[..., None])


def debtrank(leverage, shocks=None, tolerance=TOLERANCE):
    """Share of each agent's equity lost in the end: losses pass on in proportion, round after round [Bardoscia2015].

    The increments of h(t+1) = min(1, h(t) + leverage (h(t) - h(t-1))) add up to h = min(1, shock + leverage h) from below.

    leverage: [worlds, i, k]; shocks: first loss of agent i in case j, share of equity, [worlds, cases, agents];
    by default agent j defaults in case j; tolerance: see TOLERANCE. Returns shares of equity, 0 to 1, [worlds, cases, agents].
    """
    worlds, agents = leverage.shape[:2]
    shocks = np.broadcast_to(np.eye(agents), (worlds, agents, agents)) if shocks is None else np.minimum(1, shocks)
    lost, moving, felt = np.array(shocks), np.arange(worlds), np.swapaxes(leverage, 1, 2)
    for _ in range(ROUNDS // BETWEEN_LOOKS):
        after = lost[moving]
        for _ in range(BETWEEN_LOOKS):
            before, after = after, np.minimum(1, shocks[moving] + after @ felt[moving])
        lost[moving] = after
        change = np.abs(after - before).max(axis=(1, 2), initial=0)
        moving = moving[change > tolerance]
        if not moving.size:
            return lost
    lost[moving] = _limit_of_losses(leverage[moving], shocks[moving])
    return lost


def _limit_of_losses(leverage, shocks):
    """The same limit solved for: whoever a loss can reach loses all, unless its debtors' losses add up to less.

    Where a loss arrives the limit is unique (the map is concave), so it may be approached from above.
    """
    reached = shocks > 0
    for _ in range(shocks.shape[-1]):
        reached = reached | ((reached.astype(float) @ np.swapaxes(leverage > 0, 1, 2)) > 0)
    lost = reached.astype(float)
    for _ in range(shocks.shape[-1] + 1):
        partly = reached & (shocks + lost @ np.swapaxes(leverage, 1, 2) < 1)
        system = np.eye(shocks.shape[-1]) - np.where(partly[..., None], leverage[:, None], 0)
        lost = np.linalg.solve(system, np.where(partly, shocks, reached)[..., None])[..., 0]
    return lost


def system_loss(lost, shocks, equity):
    """Share of all equity lost beyond the first shock: the DebtRank of each case [model.md 15.7], [worlds, cases].

    lost, shocks: shares of equity, [worlds, cases, agents]; equity: $bn, [worlds, agents], negative counts as none
    """
    weight = np.maximum(0, equity)
    total = weight.sum(axis=-1, keepdims=True)
    return ((lost - np.minimum(1, shocks)) * _ratio(weight, total)[:, None]).sum(axis=-1)


def cross_held_values(shares, assets):
    """Value of firms that own parts of each other: V = assets + shares V. It counts what is held twice [Elsinger2009].

    shares: part of k held by i, 0 to 1, [worlds, i, k]; assets: other net assets, $bn, [worlds, firms]. Returns $bn.
    """
    return np.linalg.solve(np.eye(shares.shape[-1]) - shares, assets[..., None])[..., 0]


def ultimate_ownership(shares):
    """Part of the assets of k that belongs in the end to the outside owners of i [ElliottGolubJackson2014].

    A = D (I - C)^-1, D what outsiders hold of each firm. shares: part of k held by i, [worlds, i, k]. Columns sum to 1.
    """
    size = shares.shape[-1]
    held_outside = 1 - shares.sum(axis=1)
    return held_outside[..., None] * np.linalg.solve(np.eye(size) - shares, np.broadcast_to(np.eye(size), shares.shape))


def _ratio(part, whole):
    """part / whole, 0 where whole is not positive."""
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=float), whole)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
