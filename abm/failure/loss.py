"""The loss of a named firm: what the shock `loss` does to a lab, an owner of compute, a vendor, a lender or an investor [model.md 14].

A lab and an owner fail with the quarter's bills, on the path of any default (`abm.failure.default`, `abm.failure.creditors`); a vendor,
a lender and an investor are gone before anything happens in the quarter. Who is gone already cannot be lost: then nothing happens.
"""

from difflib import get_close_matches

import numpy as np

from abm.books.ranks import CONVERTIBLE, SECURED, UNSECURED
from abm.errors import BadInput, nearest
from abm.failure import lapse, runoff
from abm.failure.compensation import not_lost
from abm.failure.guarantees import called
from abm.failure.workout import pay_estate
from abm.finance.funding import distribute
from abm.shock_kinds import FIRMS_OF, LARGEST
from abm.start.opening import FIRM_KINDS


class Losses:
    """Which firms are lost.

    labs, clouds: those that fail with this quarter's bills, bool, [worlds, n]; vendors, lenders, investors: those that were ever lost,
    bool; vendors_reopen: quarter from which a vendor's successor delivers, [worlds, vendors]; log: (quarter index, kind, who was to
    be lost, which of them were gone already), for stories
    """

    def __init__(self, industry):
        nobody = (np.zeros((industry.worlds, len(getattr(industry, kind).names)), dtype=bool) for kind in FIRM_KINDS)
        self.labs, self.clouds, self.vendors, self.investors, self.lenders = nobody
        self.vendors_reopen = np.full(self.vendors.shape, -np.inf)
        self.usual_vendors, self.usual_lenders = industry.vendor_mix, industry.lender_mix
        self.lenders_since = np.full(self.lenders.shape, np.inf)  # quarter in which each was lost
        self.log = []

    def begin(self):
        """A new quarter, in which nobody is lost yet."""
        self.labs[...], self.clouds[...] = False, False

    def vendors_open(self, quarter):
        """Part of a quarter in which each vendor, or its successor, sells, 0 to 1, [worlds, vendors]."""
        return np.clip(quarter + 1 - self.vendors_reopen, 0, 1)


def check_firm(shock, names, where="shock"):
    """Raises BadInput where a shock names a firm that the world does not have, or of another kind. names: of all firms, by kind"""
    kinds = (FIRMS_OF[shock.name],) if shock.name in FIRMS_OF else FIRM_KINDS
    known = [name for kind in kinds for name in names[kind]]
    for firm in np.unique(np.ravel(shock.values.get("firm", []))):
        if firm not in known and not (firm == LARGEST and shock.name in FIRMS_OF):
            like = nearest(firm, known) or f"the nearest are {', '.join(get_close_matches(str(firm), known, n=3, cutoff=0))}"
            raise BadInput(f"{where} {shock.name}: no {_called(shock.name)} is called {str(firm)!r}; {like}")


def _called(shock):
    """What a shock calls those whom it may strike."""
    return {"labs": "lab", "clouds": "owner of compute", "investors": "investor"}.get(FIRMS_OF.get(shock, ""), "firm")


def lose(industry, firm):
    """The named firm fails this quarter. firm: a name, or one per world, [1 or worlds, 1]"""
    for kind in FIRM_KINDS:
        names = np.array(getattr(industry, kind).names, dtype=str)
        named = np.broadcast_to(firm == names[None], (industry.worlds, len(names)))
        if named.any():
            gone = named & _gone_already(industry, kind)
            industry.losses.log.append((industry.now, kind, named, gone))
            _LOSE[kind](industry, named & ~gone)


def _gone_already(industry, kind):
    """Firms that there is no losing any more, bool, [worlds, n]."""
    if kind == "labs":
        return industry.labs.alive <= 0
    if kind == "clouds":
        closed = industry.fleet.open_part(industry.now) < 1
        return closed | ((industry.clouds.reorganised > 0) & (industry.clouds.failing > 0))
    return getattr(industry.losses, kind)


def _lose_with_the_bills(kind):
    def fail(industry, lost):
        getattr(industry.losses, kind)[...] |= lost
        if kind == "clouds":
            industry.fleet.close(lost, industry.now + np.broadcast_to(industry.takeover.owner, lost.shape))

    return fail


def _lose_vendors(industry, lost):
    industry.losses.vendors |= lost
    industry.news.vendors |= lost
    _to_the_public(industry, "vendors", lost)
    for vendor in np.flatnonzero(lost.any(axis=0)):
        lapse.lapse(industry, vendor, lost[:, vendor])


def _lose_lenders(industry, lost):
    industry.losses.lenders |= lost
    industry.news.lenders |= lost
    _to_the_public(industry, "lenders", lost)
    lenders = industry.lenders
    industry.losses.lenders_since[lost] = industry.now
    lenders.put(failed=lenders.failed + lost, died=np.where(lost & (lenders.died < 0), industry.now, lenders.died))
    runoff.start(industry, lost)


def _to_the_public(industry, kind, lost):
    """The equity is worth nothing; what is left of the firm belongs to Economy from now on."""
    rows = industry.rows[kind]
    industry.cap.wipe_out(rows, lost)
    industry.cap.hand_over(rows, lost, industry.rows["Economy"], np.ones((industry.worlds, 1)))
    firms = getattr(industry, kind)
    firms.put(died=np.where(lost & (firms.died < 0), industry.now, firms.died))


def _lose_investors(industry, lost):
    """Its money is gone, its stakes pass to the other investors by their cash, or to Economy, and nobody saves with it any more."""
    rows, investors, ledger = industry.rows, industry.investors, industry.ledger
    industry.losses.investors |= lost
    industry.news.investors |= lost
    ledger.pay("default_cost", rows["investors"], rows["Economy"], np.where(lost, np.maximum(0, investors.cash), 0)[..., None])
    weight = np.where(industry.losses.investors, 0, investors.saving_weight)
    total = weight.sum(axis=1, keepdims=True)
    hit = lost.any(axis=1, keepdims=True)
    investors.put(
        saving_weight=np.where(hit, weight / np.where(total > 0, total, 1), investors.saving_weight),
        died=np.where(lost & (investors.died < 0), industry.now, investors.died),
    )
    _pass_on_stakes(industry, lost)


def _pass_on_stakes(industry, lost):
    shares, cash = industry.cap.shares, industry.investors.cash
    everybody, firms = slice(0, shares.shape[1]), slice(0, shares.shape[2])
    mine = industry.rows["investors"]
    left = np.where(lost[..., None], shares[:, mine], 0)
    weights = np.zeros(shares.shape[:2])
    able = np.where(lost, 0, np.maximum(0, cash))
    total = able.sum(axis=1, keepdims=True)
    weights[:, mine] = able / np.where(total > 0, total, 1)
    weights[:, industry.rows["Economy"]] = total <= 0
    change = weights[..., None] * left.sum(axis=1)[:, None]
    change[:, mine] -= left
    value = -industry.ledger.balances["equity"]
    industry.ledger.revalue("revaluation", everybody, "stakes", firms, "equity", change * value[:, None])
    shares += change


_LOSE = {
    "labs": _lose_with_the_bills("labs"),
    "clouds": _lose_with_the_bills("clouds"),
    "vendors": _lose_vendors,
    "lenders": _lose_lenders,
    "investors": _lose_investors,
}


def wind_up(industry, lost, sold=None):
    """What a lost lab has left after the quarter's bills goes to who lent it secured, to its landlords for the rents it owed them, to its
    other creditors, and the rest is lost; of a lab that was sold, it goes to its shareholders.

    A lab that fails for want of cash has nothing left. lost, sold: bool, [worlds, labs]
    """
    if not lost.any():
        return
    pay_estate(industry, lost, (SECURED,))
    fleet, rows, cash = industry.fleet, industry.rows, np.maximum(0, industry.labs.cash)
    claims = fleet.pairs.table(fleet.rent_to_come_by_pair(industry.now, industry.contagion.termination_quarters)) * lost[..., None]
    total = claims.sum(axis=2)
    part = np.minimum(1, cash / np.where(total > 0, total, np.inf))
    paid = claims * part[..., None]
    industry.ledger.pay("termination", rows["labs"], rows["clouds"], paid)
    for promises, part in ((industry.made_whole, not_lost(industry)), (industry.guaranteed, called(industry))):
        promises.forfeited = promises.forfeited + paid.sum(axis=1) * part
    pay_estate(industry, lost, (UNSECURED, CONVERTIBLE))
    if sold is not None:
        distribute(industry, rows["labs"], np.where(sold, np.maximum(0, industry.labs.cash), 0))
    rest = np.where(lost, np.maximum(0, industry.labs.cash), 0)
    industry.ledger.pay("default_cost", rows["labs"], rows["Economy"], rest[..., None])
