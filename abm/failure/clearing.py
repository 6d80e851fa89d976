"""Who can pay whom: one clearing of everything that is due, in every world at once.

Agents owe each other amounts in classes of seniority. An agent that cannot pay all it owes pays its senior classes
first, each class pro rata [EisenbergNoe2001], and loses part of what it holds to default itself [RogersVeraart2013]. Several
vectors of payments can be consistent with this; the greatest is the one wanted. It is found by fictitious default:
suppose that nobody defaults, see who then cannot pay, settle with those in default, and look again [model.md 13.2, 26.8].

A world's result never depends on its neighbours. Worlds are picked by number, whole, and only those in which
somebody is short are worked on, so a quarter without a default costs two sums.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from abm.errors import BrokenRule

TOLERANCE = 1e-12  # of a world's whole obligations, or of $1bn if they are less [model.md 26.8]
PICARD_STEPS = 200  # then one linear solve takes over [model.md 26.8]
LEAK = 1e-13  # keeps the solve regular when defaulters owe only each other; it lets the leap fall short, never overshoot


@dataclass(frozen=True, eq=False)
class Clearing:
    """What everybody paid.

    paid, owed: $bn by class and payer, [classes, worlds, agents]
    payments: $bn by class, payer and payee, [classes, worlds, agents, agents]; the amounts due themselves if all were paid
    defaulted: who could not pay everything, [worlds, agents]
    deadweight: cash and receipts lost to default costs, $bn, [worlds, agents]
    rounds: rounds of default until nobody else fell, [worlds]
    """

    paid: np.ndarray
    owed: np.ndarray
    payments: np.ndarray
    defaulted: np.ndarray
    deadweight: np.ndarray
    rounds: np.ndarray

    @property
    def unpaid(self):
        """What is still owed, $bn, [classes, worlds, agents]."""
        return self.owed - self.paid


@dataclass(frozen=True, eq=False)
class _Claims:
    """The question: cash, alpha, beta [worlds, agents]; due [classes, worlds, agents, agents]; owed [classes, worlds, agents]."""

    world: np.ndarray
    cash: np.ndarray
    due: np.ndarray
    owed: np.ndarray
    alpha: np.ndarray
    beta: np.ndarray

    @cached_property
    def senior(self):
        """Owed to classes before this one, $bn, [classes, worlds, agents]."""
        before = np.zeros_like(self.owed)
        np.cumsum(self.owed[:-1], axis=0, out=before[1:])
        return before

    @cached_property
    def total(self):
        """Owed to all classes, $bn, [worlds, agents]."""
        return self.senior[-1] + self.owed[-1]

    @cached_property
    def tolerance(self):
        """The least amount that matters, $bn, [worlds, 1]."""
        return TOLERANCE * np.maximum(1, self.total.sum(axis=-1, keepdims=True))

    def of(self, rows):
        """The same question for some worlds; `take` keeps arrays contiguous, so each world's sums keep their order."""
        classes = {name: np.take(getattr(self, name), rows, axis=1) for name in ("due", "owed")}
        return _Claims(self.world[rows], self.cash[rows], classes["due"], classes["owed"], self.alpha[rows], self.beta[rows])


def clear(cash, due, *, alpha=1.0, beta=1.0):
    """The greatest clearing vector with seniority and default costs, in every world [RogersVeraart2013].

    cash: what each agent holds before anything is paid, $bn >= 0, [worlds, agents]
    due: what payer i owes payee j, most senior class first, $bn >= 0, [classes, worlds, agents, agents]
    alpha, beta: shares of cash and of receipts that survive the agent's own default, 0 to 1, to [worlds, agents]
    Returns a Clearing. Raises BrokenRule if an amount is negative or not finite, or a share is none.
    """
    claims = _claims(cash, due, alpha, beta)
    received_if_all_pay = claims.due.sum(axis=2).sum(axis=0)
    short = _short(claims, received_if_all_pay)
    rounds = np.zeros(len(claims.cash), dtype=int)
    if not short.any():
        return Clearing(claims.owed, claims.owed, claims.due, short, np.zeros_like(claims.cash), rounds)
    return _clear_with_defaults(claims, short, rounds)


def _claims(cash, due, alpha, beta):
    cash, due = np.ascontiguousarray(cash, dtype=float), np.ascontiguousarray(due, dtype=float)
    for name, amount in (("cash", cash), ("due", due)):
        if amount.size and not amount.min() >= 0:  # "not >=" so that NaN is refused too
            place = np.argwhere(~(amount >= 0))[0].tolist()
            raise BrokenRule(f"clearing: {name}{place} = {amount[tuple(place)]}, must be an amount >= 0")
    for name, amount in (("cash", cash), ("due", due)):
        if not np.isfinite(amount).all():
            place = np.argwhere(~np.isfinite(amount))[0].tolist()
            raise BrokenRule(f"clearing: {name}{place} = {amount[tuple(place)]}, must be finite")
    for name, share in (("alpha", alpha), ("beta", beta)):
        if not (np.min(share) >= 0 and np.max(share) <= 1):
            raise BrokenRule(f"clearing: {name} = {share}, must be a share from 0 to 1")
    shares = [np.ascontiguousarray(np.broadcast_to(np.asarray(share, dtype=float), cash.shape)) for share in (alpha, beta)]
    return _Claims(np.arange(len(cash)), cash, due, due.sum(axis=-1), *shares)


def _clear_with_defaults(claims, defaulted, rounds):
    paid, payments = claims.owed.copy(), claims.due.copy()
    deadweight = np.zeros_like(claims.cash)
    worlds = np.flatnonzero(defaulted.any(axis=-1))
    while worlds.size:  # at most as often as there are agents: every pass adds a defaulter to each world that stays
        part = claims.of(worlds)
        settled = _settle(part, defaulted[worlds], np.take(paid, worlds, axis=1))
        received = _receipts(part, settled)
        fallen = _short(part, received) & ~defaulted[worlds]
        paid[:, worlds] = settled
        rounds[worlds] += 1
        finished = ~fallen.any(axis=-1)
        payments[:, worlds] = part.due * _share(settled, part.owed)[..., None]
        deadweight[worlds] = np.where(defaulted[worlds], _lost_to_default(part, received), 0)
        defaulted[worlds] |= fallen
        worlds = worlds[~finished]
    return Clearing(paid, claims.owed, payments, defaulted, deadweight, rounds)


def _short(claims, received):
    """Who holds and receives less than it owes, [worlds, agents]; a rounding error is not a default."""
    return claims.cash + received < claims.total - claims.tolerance


def _share(paid, owed):
    """Share of each class that is paid; 0 where nothing is owed, [classes, worlds, agents]."""
    return np.divide(paid, owed, out=np.zeros_like(owed), where=owed > 0)


def _receipts(claims, paid):
    """What each agent receives if the payers pay this much of each class, pro rata within it, $bn, [worlds, agents]."""
    return (_share(paid, claims.owed)[..., None, :] @ claims.due)[..., 0, :].sum(axis=0)


def _lost_to_default(claims, received):
    return (1 - claims.alpha) * claims.cash + (1 - claims.beta) * received


def _resources(claims, paid):
    """What an agent in default can pay out: alpha * cash + beta * receipts, $bn, [worlds, agents] [RogersVeraart2013]."""
    return claims.alpha * claims.cash + claims.beta * _receipts(claims, paid)


def _waterfall(claims, resources, in_default):
    """Those in default pay class after class until nothing is left, the others pay all, $bn, [classes, worlds, agents]."""
    return np.where(in_default, np.clip(resources - claims.senior, 0, claims.owed), claims.owed)


def _settle(claims, in_default, paid):
    """The greatest payments below `paid` if exactly these agents default, $bn, [classes, worlds, agents].

    A leap lands on the answer or drops at least one defaulter to a more senior class, so few are ever needed.
    """
    moving = np.ones((len(claims.cash), 1), dtype=bool)
    for _ in range(2 * (claims.owed.shape[0] * claims.owed.shape[2] + 1)):
        paid, moving = _picard(claims, in_default, paid, moving)
        if not moving.any():
            return paid
        paid = np.where(moving, _leap(claims, in_default, paid), paid)
    raise BrokenRule(f"clearing: payments do not settle in world {claims.world[np.argmax(moving)]}")


def _picard(claims, in_default, paid, moving):
    """Step downwards until nothing moves; worlds that stand still are frozen. Returns payments and who still moves."""
    for _ in range(PICARD_STEPS):
        step = _waterfall(claims, _resources(claims, paid), in_default)
        change = np.abs(step - paid).max(axis=(0, 2))[:, None]
        paid = np.where(moving, step, paid)
        moving = moving & (change > claims.tolerance)
        if not moving.any():
            break
    return paid, moving


def _leap(claims, in_default, paid):
    """Where endless steps would lead while each defaulter stays in its marginal class, but not beyond any class's end.

    What a defaulter lacks it takes from its marginal class, whose members lack it in turn: drop = gap + passed_on' drop.
    Stopping at the first class boundary keeps the payments above the greatest clearing vector.
    """
    outlay = paid.sum(axis=0)
    marginal = (outlay > claims.senior + claims.tolerance) & (outlay <= claims.senior + claims.owed + claims.tolerance)
    marginal &= in_default
    falling = marginal.any(axis=0)
    gap = np.where(falling, np.maximum(0, outlay - _resources(claims, paid)), 0)
    passed_on = (_share(marginal.astype(float), claims.owed)[..., None] * claims.due).sum(axis=0)
    felt = np.where(falling, (1 - LEAK) * claims.beta, 0)
    system = np.eye(outlay.shape[1]) - felt[..., None] * passed_on.swapaxes(1, 2)
    drop = np.maximum(0, np.linalg.solve(system, gap[..., None])[..., 0])
    room = np.where(marginal, outlay - claims.senior, 0).sum(axis=0)
    reach = np.divide(room, drop, out=np.ones_like(room), where=drop > room).min(axis=-1, keepdims=True)
    return _waterfall(claims, outlay - reach * drop, in_default)
