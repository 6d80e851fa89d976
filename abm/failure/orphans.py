"""Sites under construction whose tenant is gone: the owner builds on for a while, other labs take them over, what nobody takes is given up.

A lab that orders compute takes an orphaned site of the same owner before anything new is built: the site comes sooner, and lenders,
shareholders and chip vendors have promised their part already. Each quarter the owner gives up a part of what is left, and most of
the work done there is lost [model.md 13.4].
"""

import numpy as np

from abm.compute.deliveries import cancel


def open_orphans(industry):
    """No site has lost its tenant at the opening."""
    industry.sites_taken = np.zeros((industry.worlds, len(industry.labs.names), len(industry.clouds.names)))


def part_on_orphans(industry, gw):
    """Part of what is wanted from each owner that its orphaned sites can serve, 0 to 1, [worlds, owners]. gw: wanted, [worlds, owners]"""
    there = industry.fleet.total("orphaned")
    if not there.any():
        return np.zeros_like(gw)
    return np.where(gw > 0, np.minimum(1, there / np.where(gw > 0, gw, 1)), 0)


def take_over(industry, gw, pair_rent):
    """Labs take over orphaned sites, the next to be finished first; labs that want sites of one owner share them pro rata.

    gw: to be taken over, [worlds, labs, owners], at most what there is; pair_rent: $bn per GW-year, same shape
    """
    industry.sites_taken = gw
    if not gw.any():
        return
    fleet = industry.fleet
    fleet.make_room(gw.any(axis=0))
    wanted = gw.sum(axis=1)
    part = gw / np.where(wanted > 0, wanted, 1)[:, None]
    for at in range(fleet.at(industry.now) + 1, fleet.used("orphaned").stop):
        given = np.minimum(fleet.orphaned[..., at], wanted)
        if not given.any():
            continue
        wanted = wanted - given
        fleet.orphaned[..., at] -= given
        fleet.gw[:, fleet.idle, at] = np.maximum(0, fleet.gw[:, fleet.idle, at] - given)  # rounding leaves no compute below nothing
        signed = fleet.pairs.of(part * given[:, None])
        fleet.gw[:, : fleet.pairs.count, at] += signed
        fleet.let[0][..., at] += signed
        fleet.rent[0][..., at] += signed * fleet.pairs.of(pair_rent)
    fleet.look_again()
    fleet.changed()


def give_up(industry):
    """Owners give up a part of the sites that nobody has taken over, and the chips ordered for them."""
    fleet = industry.fleet
    if not fleet.orphaned.any():
        return
    coming = slice(fleet.at(industry.now) + 1, fleet.used("orphaned").stop)
    stopped = np.zeros_like(fleet.orphaned)
    stopped[..., coming] = (1 - industry.contagion.patience[..., None]) * fleet.orphaned[..., coming]
    before = fleet.owned(slice(None))
    part = np.where(before > 0, stopped / np.where(before > 0, before, 1), 0)
    fleet.orphaned -= stopped
    fleet.gw[:, fleet.idle] = np.maximum(0, fleet.gw[:, fleet.idle] - stopped)
    industry.made_whole.pay_for_work(industry, part)
    lost = cancel(industry, part)
    vendors = industry.vendors
    whole = np.maximum(0, lost * (vendors.gross_margin - vendors.opex_ratio)) * (1 - industry.contagion.backlog)
    industry.ledger.pay("recapitalisation", industry.rows["Economy"], industry.rows["vendors"], whole[:, None])
