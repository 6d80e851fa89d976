"""What becomes of customers whose lab is gone: who pays another lab moves there, who does not must take on a new one, and places are few.

A customer is *in transit* with the part `waiting` of its wanted spend: it buys nothing with it. Either it still requalifies a lab, or
its new lab has no place yet. A part of what the dead lab had is lost for good: `kept` is what is left of a customer's use [model.md 13.8].
"""

import numpy as np

from agents.customer_quarter import DEPLOYED


def lose_labs(customers, gone, buys, refuge):
    """Take customers out of labs that are gone since last quarter.

    gone: bool, [worlds, labs]; buys: who paid labs until then, bool, [worlds, n]; refuge: a Refuge.
    Returns the spend that nobody wins back, $bn a year, [worlds, 1].
    """
    lost = np.zeros((customers.worlds, 1))
    world = np.arange(customers.worlds)[:, None]
    main_gone, second_gone = gone[world, customers.main_provider], gone[world, customers.second_provider]
    hit = np.nonzero(buys & (main_gone | (second_gone & (customers.main_share < 1))))
    main, share, waiting = main_gone[hit], customers.main_share[hit], customers.waiting[hit]
    friction = refuge.friction[hit[0], 0]
    dead = (1 - waiting) * (share * main + (1 - share) * second_gone[hit])  # part of all it spends that the dead had
    given_up = dead * customers.parameters.lost_with_lab[hit[0], 0] * friction
    np.add.at(lost, (hit[0], 0), given_up * customers.spend[hit])
    customers.kept[hit] *= 1 - given_up
    customers.spend[hit] *= 1 - given_up
    customers.waiting[hit] = np.minimum(1, (waiting + dead - given_up) / (1 - given_up))
    saved = main & (share < 1) & ~second_gone[hit]
    alone = main & ~saved
    customers.main_provider[hit] = np.where(saved, customers.second_provider[hit], customers.main_provider[hit])
    customers.second_provider[hit] = customers.main_provider[hit]  # all from one lab, until it chooses again
    customers.tenure[hit] = np.where(main, 0, customers.tenure[hit])
    customers.requalifying[hit] = np.where(alone, customers.requalification[hit] * friction, customers.requalifying[hit])
    return lost


def find_places(customers, alive, refuge):
    """Labs take in those who wait for them, all in the same proportion, until their room is full.

    alive: bool, [worlds, labs]. Returns what each lab took in, $bn a year, [worlds, labs].
    """
    shape = alive.shape
    world, row = np.nonzero((customers.waiting > 0) & (customers.requalifying <= 0) & (customers.stage == DEPLOYED))
    cell = world * shape[1] + customers.main_provider[world, row]
    waiting = customers.waiting[world, row]
    asked = np.bincount(cell, weights=waiting * customers.spend[world, row], minlength=alive.size).reshape(shape)
    part = np.minimum(1, np.where(alive, refuge.room, 0) / np.where(asked > 0, asked, 1))
    customers.waiting[world, row] = waiting * (1 - part.reshape(-1)[cell])
    return asked * part
