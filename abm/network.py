"""The graph of money: how much of it goes in circles, where it came from, and whom a loss reaches.

All functions are pure and take every world at once. A payment from i to j stands at [world, i, j].
"""

import networkx as nx
import numpy as np

MILLIONS_PER_BILLION = 1000
TOLERANCE = 1e-12  # share of equity below which another round of losses is not looked for
ROUNDS = 200  # of loss, before the limit is solved for
BETWEEN_LOOKS = 5  # rounds after which it is looked whether another one is needed
LEAK = 1e-13  # lets money that only ever went round among firms come from nowhere, instead of leaving the system singular
SOURCES = ("customers", "outside_equity", "outside_debt", "vendor")


def cycle_flow(flows):
    """The largest part of each payment that only goes round: most money with inflow = outflow at every agent.

    A greatest circulation on whole $m [model.md 15.5c]. Its complement is the least flow that takes every agent's
    surplus to a deficit, sent along shortest paths until none is left. Whole numbers make the total exact.

    flows: payments, $bn, [worlds, payers, payees]; payments to oneself are left out
    Returns the circulating part, $bn, same shape. Its total is unique; which of two equal circles is named is not.
    """
    paid = np.rint(np.asarray(flows) * MILLIONS_PER_BILLION).astype(np.int64)
    paid *= 1 - np.eye(paid.shape[-1], dtype=np.int64)
    through = np.zeros_like(paid)  # what passes through the sector, from a net payer to a net receiver
    surplus = paid.sum(axis=2) - paid.sum(axis=1)
    worlds = np.flatnonzero(surplus.any(axis=-1))
    while worlds.size:
        _send_along_shortest_paths(paid, through, surplus, worlds)
        worlds = worlds[surplus[worlds].any(axis=-1)]
    return (paid - through) / MILLIONS_PER_BILLION


def circularity(flows):
    """Share of all payments that only goes round [model.md 15.5c], 0 to 1, [worlds, 1]; 0 without payments."""
    circulating = cycle_flow(flows).sum(axis=(1, 2))
    paid = (flows * (1 - np.eye(flows.shape[-1]))).sum(axis=(1, 2))
    share = np.divide(circulating, paid, out=np.zeros_like(paid), where=paid > 0)
    return np.minimum(1, share)[:, None]


def _send_along_shortest_paths(paid, through, surplus, worlds):
    """Send all that one tree of shortest paths takes, in each of these worlds; lowers `surplus` at the ends (in place).

    Any order of the ends is right: every arc of the tree is tight at its distances, so what is sent stays least.
    """
    undo = through[worlds].swapaxes(1, 2)  # what has been sent the other way can be taken back, which shortens
    taken_back = undo > 0
    room = np.where(taken_back, undo, paid[worlds] - through[worlds])
    length = np.where(taken_back, -1.0, np.where(room > 0, 1.0, np.inf))
    left, sent = surplus[worlds], np.zeros_like(room)
    hops, starts = _trace(_shortest_path_tree(length, left > 0))
    for end in range(left.shape[-1]):
        if (left[:, end] < 0).any():
            _send(left, room, sent, [(a[:, end], b[:, end], on[:, end]) for a, b, on in hops], starts[:, end], end)
    through[worlds] += np.where(taken_back, 0, sent) - np.where(taken_back, sent, 0).swapaxes(1, 2)
    surplus[worlds] = left


def _send(left, room, sent, hops, start, end):
    """Send along one path per world what its ends want and its hops have room for; nothing where there is no path."""
    row = np.arange(len(left))
    amount = np.maximum(0, np.minimum(left[row, start], -left[:, end]))
    for a, b, on in hops:
        amount = np.where(on, np.minimum(amount, room[row, a, b]), amount)
    for a, b, on in hops:
        room[row, a, b] -= np.where(on, amount, 0)
        sent[row, a, b] += np.where(on, amount, 0)
    left[row, start] -= amount
    left[:, end] += amount


def _shortest_path_tree(length, sources):
    """The agent before each one on the shortest way from a source; -1 at a source or out of reach, [worlds, agents]."""
    distance, before = np.where(sources, 0.0, np.inf), np.full(sources.shape, -1)
    for _ in range(sources.shape[-1]):
        reached = distance[..., None] + length
        nearest = reached.min(axis=1)
        better = nearest < distance
        if not better.any():
            break
        distance, before = np.where(better, nearest, distance), np.where(better, reached.argmin(axis=1), before)
    return before


def _trace(before):
    """The hops of the path to every agent, last first, as (from, to, is a hop), and where it starts, [worlds, agents]."""
    here, hops = np.broadcast_to(np.arange(before.shape[1]), before.shape), []
    for _ in range(before.shape[1]):
        previous = np.take_along_axis(before, here, axis=1)
        on = previous >= 0
        if not on.any():
            break
        hops.append((np.where(on, previous, here), here, on))
        here = hops[-1][0]
    return hops, here


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
    lost, moving, felt = shocks, np.ones((worlds, 1, 1), dtype=bool), np.swapaxes(leverage, 1, 2)
    for _ in range(ROUNDS // BETWEEN_LOOKS):
        after = lost
        for _ in range(BETWEEN_LOOKS):
            before, after = after, np.minimum(1, shocks + after @ felt)
        change = np.abs(after - before).max(axis=(1, 2), keepdims=True, initial=0)
        lost = np.where(moving, after, lost)
        moving = moving & (change > tolerance)
        if not moving.any():
            return lost
    slow = np.flatnonzero(moving)
    lost[slow] = _limit_of_losses(leverage[slow], shocks[slow])
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
