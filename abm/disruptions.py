"""Shocks that strike single firms or last for a while: who is struck, until when, and what it takes off [model.md 14].

Each shock has a function that notes it here once; the phases of the quarter read what holds. Nothing noted: factors are 1, sums 0.
"""

import numpy as np

from abm.clock import QUARTERS_PER_YEAR
from abm.failure.lapse import move_on, quarters_moved
from abm.shock_kinds import LARGEST


class Disruptions:
    """What was noted. jump: OOM of this quarter, [worlds, labs]; public_part: of the public market's money that still comes, and
    listed_price: over what it would be, both [worlds, 1]; spread, per year, and lent, part of the usual loan: [worlds, owners]
    """

    def __init__(self, industry):
        labs, owners = np.zeros_like(industry.labs.cash), np.zeros_like(industry.clouds.cash)
        self.jump, self.down, self.serves_again = labs.copy(), labs.copy(), labs - np.inf
        self.reopens = np.zeros_like(industry.investors.cash) - np.inf
        self.public_part, self.listed_price = (np.ones((industry.worlds, 1)) for _ in range(2))
        self.spread, self.lent = owners.copy(), owners + 1

    def begin(self):
        """A new quarter, in which nobody has leapt ahead yet."""
        self.jump = np.zeros_like(self.jump)

    def up(self, quarter):
        """Part of a quarter in which each lab's service is up, [worlds, labs]."""
        return 1 - self.down * np.clip(self.serves_again - quarter, 0, 1)

    def open_pools(self, quarter):
        """Part of a quarter in which each investor buys and is given money, [worlds, investors]."""
        return 1 - np.clip(self.reopens - quarter, 0, 1)


def struck(names, firm, size):
    """Who is meant, bool, [worlds, n]. firm: a name or LARGEST, [1 or worlds, 1]; size: by which the largest is found, [worlds, n]"""
    by_name = np.array(names, dtype=str)[None] == firm
    biggest = np.arange(size.shape[1]) == size.argmax(axis=1)[:, None]
    return np.where(firm == LARGEST, biggest & (size > 0), by_name)


def outage(industry, values):
    """The lab turns away who asks while its service is down; its bills are due, and it trains on."""
    labs, noted = industry.labs, industry.disruptions
    lab = struck(labs.names, values["firm"], labs.revenue * labs.alive)
    noted.down = np.where(lab, values["size"], noted.down)
    noted.serves_again = np.where(lab, industry.now + values["duration"], noted.serves_again)


def lone_breakthrough(industry, values):
    """The lab gains capability that no other gains."""
    labs = industry.labs
    lab = struck(labs.names, values["firm"], labs.revenue * labs.alive)
    industry.disruptions.jump = np.where(lab, values["size"], industry.disruptions.jump)


def pool_closes(industry, values):
    """The investor buys nothing new and is given nothing."""
    investors, noted = industry.investors, industry.disruptions
    pool = struck(investors.names, values["firm"], np.maximum(0, investors.cash))
    noted.reopens = np.where(pool, np.maximum(noted.reopens, industry.now + values["duration"]), noted.reopens)


def index_exclusion(industry, values):
    """Money that follows the index leaves: it buys no more, and what it sells moves the price along a demand curve."""
    noted = industry.disruptions
    noted.public_part = noted.public_part * (1 - values["size"])
    noted.listed_price = noted.listed_price * np.exp(-values["impact"] * values["size"])


def downgrade(industry, values):
    """The owner's lenders ask for more and finance less."""
    clouds, noted = industry.clouds, industry.disruptions
    owner = struck(clouds.names, values["firm"], industry.fleet.loans().sum(axis=1))
    noted.spread = noted.spread + np.where(owner, values["size"], 0)
    noted.lent = noted.lent * np.where(owner, 1 - values["withheld"], 1)


def useful_life(industry, values):
    """A changed estimate works forward: what is left in the books is written off over what is left of the new life, a quarter at least."""
    fleet, policy = industry.fleet, industry.policy
    policy.accounting_life_cap = np.minimum(policy.accounting_life_cap, values["years"])
    age = industry.now - fleet.first - np.arange(fleet.book.shape[-1])
    left = np.maximum(1, QUARTERS_PER_YEAR * policy.accounting_life_cap - age)
    fleet.depreciation[...] = np.maximum(fleet.depreciation, np.where(age >= 0, fleet.book / left[:, None], 0))


def site_delay(industry, values):
    """Part of all sites under construction comes later, with everything that hangs on it."""
    fleet = industry.fleet
    coming = fleet.gw.shape[-1] - fleet.at(industry.now)
    _postpone(industry, np.broadcast_to(values["size"], (industry.worlds, coming)), values["duration"])


def chip_cut(industry, values):
    """Part of the chips due while the cut lasts comes after it, and the compute that waits for them; vendors' books move with it."""
    fleet, orders = industry.fleet, industry.orders
    ahead = np.arange(fleet.gw.shape[-1] - fleet.at(industry.now))
    part = values["size"] * np.clip(values["duration"] - ahead, 0, 1) * np.ones((industry.worlds, 1))
    _postpone(industry, part, values["duration"])
    span = min(part.shape[1], orders.booked.shape[-1])
    move_on(orders.booked[..., :span], part[:, None, :span], _moves(industry, values["duration"]))
    orders.slots = np.maximum(orders.slots, orders.booked)  # what waited is made up for


def _postpone(industry, part, wait):
    """Move part of what each coming quarter was to bring on by so many quarters. part: [worlds, quarters]; wait: [1 or worlds, 1]"""
    fleet, moves = industry.fleet, _moves(industry, wait)
    at = fleet.at(industry.now)
    for amounts in (fleet.gw, *fleet.let, *fleet.rent, fleet.prepaid, fleet.orphaned, fleet.wip, fleet.unbuilt):
        move_on(amounts[..., at:], part[:, None], moves)
    for amounts in (fleet.chips_due, fleet.facility):
        move_on(amounts[..., at:], part[:, None, None], moves)
    fleet.look_again()
    fleet.changed()


def _moves(industry, wait):
    return quarters_moved(np.broadcast_to(wait, (industry.worlds, 1))[:, 0].astype(float))


STRIKES = {
    function.__name__: function
    for function in (outage, lone_breakthrough, pool_closes, index_exclusion, downgrade, useful_life, site_delay, chip_cut)
}
