"""Deals that a user adds to an opening: so many GW of one owner for one lab, and what a vendor pays for in shares of the lab.

A deal is signed when the world opens, beside what the world's files say, and moves nobody's habits: it is take-or-pay from its first
delivery on, whatever the lab earns by then. Where a vendor takes part, it buys new shares of the lab at the lab's value, and the lab
hands the money on to the owner as a prepayment of rent [model.md 16.5, 26.21]. Nothing checks whether anybody would sign it.
"""

from dataclasses import dataclass, replace

import numpy as np

from abm.clock import QUARTER, QUARTERS_PER_YEAR, Quarter
from abm.compute.prices import FleetParameters
from abm.errors import BadInput, nearest
from abm.start.opening import Figure, Tranche
from agents.world_files.columns import ASSUMED
from agents.world_files.magnitudes import ask_about_rent
from agents.world_files.overrides import SET_BY_HAND
from agents.world_files.terms import MEGAWATTS, NUMBERS, check_terms

WORDS = ("tenant", "owner", "start", "full", "vendor", "confirm")
YES = (True, 1, "true", "yes")
NEEDED = ("tenant", "owner", "gw", "start")


@dataclass(frozen=True)
class AddedDeal:
    """One deal. gw: GW; price: $bn per GW-year; years: of rent from each delivery; share: part of all rent a vendor pays in advance.

    start, full: quarters of the first and the last delivery, the same GW in each between them; confirm: it is meant, however large
    """

    tenant: str
    owner: str
    gw: float
    start: Quarter
    full: Quarter
    price: float
    years: float
    vendor: str = ""
    share: float = 0.0
    confirm: bool = False

    @classmethod
    def read(cls, row, where="deal"):
        """From {"tenant": "OpenAI", "owner": "Oracle", "gw": 2, "start": "2027Q1", ...}. Raises BadInput naming key, value and rule.

        In place of gw stands mw, MW; in place of price stands usd_bn, all rent over the whole term, $bn.
        """
        row = in_units(row, where)
        for key in row:
            if key not in (*WORDS, *NUMBERS):
                raise BadInput(f"{where}: a deal has no {key!r}; {nearest(key, [*WORDS, *NUMBERS, 'mw', 'usd_bn'])}".removesuffix("; "))
        missing = [key for key in NEEDED if row.get(key) in (None, "")]
        if missing:
            raise BadInput(f"{where}: a deal needs {missing[0]!r}; give at least {', '.join(NEEDED)}")
        numbers = {key: _number(key, row.get(key, item.value), where) for key, item in NUMBERS.items()}
        start, full = (_quarter(key, row.get(key) or row["start"], where) for key in ("start", "full"))
        if full < start:
            raise BadInput(f"{where}: full = {full} is before start = {start}")
        vendor = str(row.get("vendor", ""))
        if bool(vendor) != (numbers["share"] > 0):
            raise BadInput(f"{where}: vendor and share belong together: who pays in advance, and which part of all rent")
        told = {"tenant": str(row["tenant"]), "owner": str(row["owner"]), "vendor": vendor, "confirm": row.get("confirm") in YES}
        return cls(start=start, full=full, **told, **numbers)

    @property
    def dollars(self):
        """All rent, $bn."""
        return self.gw * self.price * self.years

    @property
    def name(self):
        """As messages call it."""
        return f"deal {self.tenant} with {self.owner}"


def in_units(row, where):
    """The same row in GW and $bn per GW-year. Raises BadInput where something is said twice or is no number."""
    row = dict(row)
    for other, key in (("mw", "gw"), ("usd_bn", "price")):
        if other in row and key in row:
            raise BadInput(f"{where}: {other} and {key} are both given; one of them is enough")
    if "mw" in row:
        row["gw"] = _finite("mw", row.pop("mw"), where) / MEGAWATTS
    if "usd_bn" in row:
        gw, years = (_finite(key, row.get(key, NUMBERS[key].value), where) for key in ("gw", "years"))
        usd_bn = _finite("usd_bn", row.pop("usd_bn"), where)
        if "gw" not in row:
            raise BadInput(f"{where}: usd_bn = {usd_bn:g} needs gw or mw beside it, so that it has a price")
        check_terms(f"{where}: usd_bn = {usd_bn:g}", {"gw": gw, "years": years})
        row["price"] = usd_bn / (gw * years)
        check_terms(f"{where}: usd_bn = {usd_bn:g}", {"price": row["price"]})
    return row


def with_deals(opening, deals):
    """A new opening with these deals: contracts, chips ordered for them, and what vendors have paid. Raises BadInput."""
    for deal in deals:
        opening = _with_one(opening, deal)
    return opening


def _with_one(opening, deal):
    lab, owner = _row(opening, deal, "labs", deal.tenant), _row(opening, deal, "clouds", deal.owner)
    if not opening.columns["labs"]["alive"][lab]:
        raise BadInput(f"{deal.name}: {deal.tenant} does not exist yet when the world opens")
    if not deal.confirm:
        ask_about_rent(deal.name, deal.gw * deal.price, deal.gw, lab, opening.columns["labs"]["revenue"])
    last = opening.start + int(_given(opening, "physical_life"))
    if not opening.start <= deal.start <= deal.full <= last:
        raise BadInput(f"{deal.name}: deliveries from {deal.start} to {deal.full} must lie between {opening.start} and {last}")
    term, money = _term(opening, deal), deal.share * deal.dollars
    parts = deal.full - deal.start + 1
    rent = deal.dollars / (term * QUARTER)  # a term that is rounded keeps the dollars
    added = [Tranche(lab, owner, deal.start + k, deal.gw / parts, rent / parts, term, money / parts) for k in range(parts)]
    columns = {kind: {key: cells.copy() for key, cells in table.items()} for kind, table in opening.columns.items()}
    columns["vendors"]["backlog"] += _given(opening, "chip_cost") * deal.gw * opening.vendor_mix[owner]
    figures = (*opening.figures, *_figures(deal, term, money))
    opening = replace(opening, columns=columns, tranches=(*opening.tranches, *added), figures=figures)
    return _financed(opening, deal, lab, owner, money) if money else opening


def _financed(opening, deal, lab, owner, money):
    """The vendor's money buys new shares of the lab and lies with the owner as a prepayment; columns are already a copy. money: $bn."""
    vendor, columns = _row(opening, deal, "vendors", deal.vendor), opening.columns
    if opening.parent[lab] >= 0:
        raise BadInput(f"{deal.name}: {deal.tenant} belongs wholly to its parent, so {deal.vendor} cannot buy shares of it")
    cash, value = columns["vendors"]["cash"][vendor], columns["labs"]["valuation"][lab]
    if money > cash:
        raise BadInput(f"{deal.name}: {deal.vendor} would pay {money:.4g} $bn in advance, but has {cash:.4g}; take a lower share")
    columns["vendors"]["cash"][vendor] -= money
    columns["clouds"]["cash"][owner] += money
    columns["labs"]["valuation"][lab] = value + money
    held = opening.shares["labs"].copy()
    held[:, lab] *= value / (value + money)
    held[opening.rows("vendors").start + vendor, lab] += money / (value + money)
    return replace(opening, shares={**opening.shares, "labs": held})


def _term(opening, deal):
    """Quarters of rent from a delivery: the deal's own if the world has room for one more length, else the nearest it has."""
    wanted = min(round(deal.years * QUARTERS_PER_YEAR), int(_given(opening, "physical_life")))
    known = {int(_given(opening, "contract_term")), *(part.term for part in opening.tranches if part.tenant >= 0)}
    full = len(known) >= ASSUMED["term_classes"]
    return min(known, key=lambda term: (abs(term - wanted), term)) if full else wanted


def _given(opening, name):
    """A number about fleets as the opening has it."""
    item = FleetParameters.declared()[name]
    return float(opening.parameters.get(item.name, item.value))


def _figures(deal, term, money):
    what = f"with {deal.owner} from {deal.start}"
    rows = [("gw", deal.gw, "GW"), ("price", deal.price, "$bn/GW-year"), ("term", term, "quarters")]
    rows += [(f"prepaid by {deal.vendor} for shares", money, "$bn")] if money else []
    return [Figure(deal.tenant, f"{key} {what}", float(value), unit, SET_BY_HAND, "assumption", note="a deal") for key, value, unit in rows]


def _row(opening, deal, kind, name):
    names = opening.names[kind]
    if name not in names:
        raise BadInput(f"{deal.name}: no {kind.removesuffix('s')} is called {name!r}; {nearest(name, names)}".removesuffix("; "))
    return names.index(name)


def _number(key, value, where):
    return float(NUMBERS[key].checked(_finite(key, value, where), where))


def _finite(key, value, where):
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise BadInput(f"{where}: {key} = {value!r} is not a number")
    return value


def _quarter(key, value, where):
    try:
        return Quarter.parse(str(value))
    except BadInput as error:
        raise BadInput(f"{where}: {key}: {error}") from None
