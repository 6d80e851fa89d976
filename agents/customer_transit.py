"""What becomes of customers whose lab is gone: who pays another lab moves there, who does not must take on a new one, and places are few.

A customer is *in transit* with the part `waiting` of its wanted spend: it buys nothing with it. Either it still requalifies a lab, or
its new lab has no place yet. A part of what the dead lab had is lost for good: `kept` is what is left of a customer's use [model.md 13.8].
"""

import numpy as np

from abm.engine.compiled import compiled
from agents.customer_adoption import DEPLOYED


@compiled
def requalify(requalifying):
    """A quarter passes for those who take on a new lab, [n] of one world."""
    for c in range(len(requalifying)):
        if requalifying[c] > 0:
            requalifying[c] -= 1


@compiled
def leave_the_dead(customers, w, world, alive, known, calm, friction):
    """Labs that are gone since last quarter lose their customers, but newcomers: these have paid nobody yet.

    alive, known: labs that live, and that lived when last seen, [labs]; what is known changes, and so does whether the world is calm.
    Returns the spend that nobody wins back, $bn a year.
    """
    gone = known & ~alive
    known[:] = alive
    if not gone.any():
        return 0.0
    stage, spend, newcomer, share = customers.stage[w], customers.spend[w], customers.newcomer[w], customers.main_share[w]
    lost = 0.0
    for c in range(len(spend)):
        if stage[c] == DEPLOYED and spend[c] > 0 and not newcomer[c]:
            main_gone, second_gone = gone[customers.main_provider[w, c]], gone[customers.second_provider[w, c]]
            if main_gone or (second_gone and share[c] < 1):
                calm[w] = False
                lost += lose_lab(customers, w, c, main_gone, second_gone, world.lost_with_lab, friction)
    return lost


@compiled
def lose_lab(customers, w, c, main_gone, second_gone, lost_with_lab, friction):
    """A customer gives up part of what the dead lab had, and goes to its other lab or begins to take on a new one.

    Returns the spend it gives up, $bn a year.
    """
    share, waiting = customers.main_share[w, c], customers.waiting[w, c]
    dead = (1 - waiting) * (share * main_gone + (1 - share) * second_gone)  # part of all it spends that the dead had
    given_up = dead * lost_with_lab * friction
    lost = given_up * customers.spend[w, c]
    customers.kept[w, c] *= 1 - given_up
    customers.spend[w, c] *= 1 - given_up
    customers.waiting[w, c] = min(1.0, (waiting + dead - given_up) / (1 - given_up))
    if main_gone:
        customers.tenure[w, c] = 0
        if share < 1 and not second_gone:
            customers.main_provider[w, c] = customers.second_provider[w, c]
        else:
            customers.requalifying[w, c] = customers.requalification[w, c] * friction
    customers.second_provider[w, c] = customers.main_provider[w, c]  # all from one lab, until it chooses again
    return lost


@compiled
def change_hands(customers, w, buyer, lost):
    """Customers of labs that are sold go on with the buyer, and give up a part of what they had of the lab.

    buyer: row of the lab that buys each lab, -1 for none, [labs]; lost: that part. Returns the spend that is given up, $bn a year.
    """
    main, second, share = customers.main_provider[w], customers.second_provider[w], customers.main_share[w]
    spend, waiting, gone = customers.spend[w], customers.waiting[w], 0.0
    for c in range(len(spend)):
        first, other = buyer[main[c]], buyer[second[c]]
        if first >= 0 or other >= 0:
            given_up = lost * (1 - waiting[c]) * (share[c] * (first >= 0) + (1 - share[c]) * (other >= 0))
            gone += given_up * spend[c]
            customers.kept[w, c] *= 1 - given_up
            spend[c] *= 1 - given_up
            if first >= 0:
                main[c], customers.tenure[w, c] = first, 0
            if other >= 0:
                second[c] = other
    return gone


@compiled
def find_places(customers, w, alive, room, taken_in):
    """Labs take in those who wait for them, all in the same proportion, until their room is full.

    alive: bool, and room: $bn a year, [labs]; what each lab takes in goes into `taken_in`, [labs], $bn a year
    """
    spend, waiting, main = customers.spend[w], customers.waiting[w], customers.main_provider[w]
    stage, requalifying = customers.stage[w], customers.requalifying[w]
    asked = np.zeros(len(room))
    for c in range(len(spend)):
        if waiting[c] > 0 and requalifying[c] <= 0 and stage[c] == DEPLOYED:
            asked[main[c]] += waiting[c] * spend[c]
    part = np.zeros(len(room))
    for lab in range(len(room)):
        if alive[lab]:
            part[lab] = min(1.0, room[lab] / asked[lab]) if asked[lab] > 0 else min(1.0, room[lab])
        taken_in[lab] = asked[lab] * part[lab]
    for c in range(len(spend)):
        if waiting[c] > 0 and requalifying[c] <= 0 and stage[c] == DEPLOYED:
            waiting[c] *= 1 - part[main[c]]
