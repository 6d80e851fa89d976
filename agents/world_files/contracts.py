"""Contracts of a world file as deliveries: what runs, what is to come, what nobody rents.

Dollars and dates of a contract are authoritative [model.md 26.17]: missing GW or years are assumed and flagged, and a term that
is rounded changes the rent so that the dollars over the whole term stay.
"""

import itertools
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np

from abm.clock import QUARTER, QUARTERS_PER_YEAR, Quarter
from abm.compute.prices import Usual, contract_price
from abm.errors import BadInput
from abm.start.opening import Tranche
from agents.world_files.columns import ASSUMED
from agents.world_files.magnitudes import ask_about_rent
from agents.world_files.schema import OUTSIDE
from agents.world_files.terms import MEGAWATTS, check_terms

NOBODY, OTHERS = -1, -2  # tenants of an opening's tranches that are no labs


@dataclass(frozen=True)
class Deal:
    """One contract, complete: GW, whole price in $bn, term in quarters from each delivery. tenant: lab row, or OTHERS."""

    tenant: int
    owner: int
    gw: float
    usd: float
    term: int
    first: Quarter
    full: Quarter
    prepaid: float

    def tranches(self, start):
        """Deliveries, the same GW in each quarter from first to full; those whose term is over are left out."""
        parts = self.full - self.first + 1
        due = [self.first + i for i in range(parts) if self.first + i + self.term > start]
        rent = self.usd / (self.term * QUARTER) / parts
        return [Tranche(self.tenant, self.owner, quarter, self.gw / parts, rent, self.term, self.prepaid / len(due)) for quarter in due]


def contracts(draft, rows):
    """Deliveries of `contracts.csv`; what runs for others than labs is added to the owners' `outside_gw` and `outside_rent`."""
    parts = [part for where, line in rows for part in _deal(draft, where, line).tranches(draft.start)]
    others = [part for part in parts if part.tenant == OTHERS]
    _let_outside(draft, others)
    coming = [part for part in others if part.delivery >= draft.start]
    return [part for part in parts if part.tenant != OTHERS] + coming


def _deal(draft, where, line):
    tenant = OTHERS if line.tenant.lower() == OUTSIDE else draft.find(line.tenant, ("labs",), where)[1]
    owner = draft.find(line.owner, ("clouds",), where)[1]
    about = {"source": line.source, "confidence": line.confidence, "note": line.note}
    years = _assume(draft, line, "years", ASSUMED["deal_years"], "model.md 26.17f", about)
    line = _in_units(line, years, f"{where}: {line.tenant!r} with {line.owner!r}")
    price = ASSUMED["list_price"] * years
    gw = line.gw if line.usd_bn is None else _assume(draft, line, "gw", line.usd_bn / price, "model.md 26.17f", about)
    usd = _assume(draft, line, "usd_bn", gw * price, "model.md 26.17f", about)
    check_terms(f"{where}: {line.tenant!r} with {line.owner!r}", {"gw": gw, "price": usd / (gw * years), "years": years})
    if not line.confirm:
        ask_about_rent(f"{where}: {line.tenant!r} with {line.owner!r}", usd / years, gw, tenant, draft.columns["labs"]["revenue"])
    first, full = _dates(draft, where, line)
    term = min(max(1, round(years * QUARTERS_PER_YEAR)), draft.parameter("cloud.physical_life"))
    if line.prepaid > usd:
        contract = f"prepaid = {line.prepaid:g} of {line.tenant!r} with {line.owner!r}"
        raise BadInput(f"{where}: {contract} is more than the whole contract; the rule is {usd:g} $bn at most")
    return Deal(tenant, owner, gw, usd, int(term), first, full, line.prepaid)


def _in_units(line, years, what):
    """The same row with gw in GW and usd_bn over the whole term, $bn. Raises BadInput where something is said twice or not at all."""
    for one, other in (("gw", "mw"), ("usd_bn", "price")):
        if getattr(line, one) is not None and getattr(line, other) is not None:
            raise BadInput(f"{what}: {one} and {other} are both given; one of them is enough")
    gw = line.gw if line.mw is None else line.mw / MEGAWATTS
    if gw is None and line.usd_bn is None:
        raise BadInput(f"{what} has neither gw nor usd_bn; give one of them")
    usd_bn = line.usd_bn if line.price is None else line.price * gw * years
    return line.model_copy(update={"gw": gw, "usd_bn": usd_bn})


def _assume(draft, line, key, value, source, about):
    """The contract's own value, or the assumed one, noted as such."""
    given, unit = getattr(line, key), {"gw": "GW", "usd_bn": "$bn", "years": "years"}[key]
    tenant, key = line.tenant, f"{key} with {line.owner} from {line.first_delivery}"
    if given is None:
        draft.note(tenant, key, value, unit, source, "assumption", note="not public")
        return value
    draft.note(tenant, key, given, unit, **about)
    return given


def _dates(draft, where, line):
    try:
        first = Quarter.parse(line.first_delivery)
        full = Quarter.parse(line.full_delivery or line.first_delivery)
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None
    if full < first:
        raise BadInput(f"{where}: full_delivery {full} is before first_delivery {first}")
    limit = draft.start + draft.parameter("cloud.physical_life")
    if full > limit:
        raise BadInput(f"{where}: full_delivery {full} is too far away; the rule is {limit} at the latest")
    return first, full


def _let_outside(draft, others):
    """Owners' compute let to others in service, and its rent at the mean price of all that others have contracted.

    The model knows one price of an owner for its outside tenants, so the dollars of what is to come are in that price.
    """
    columns = draft.columns["clouds"]
    draft.fill("clouds", "outside_rent", columns["outside_gw"] * list_rent(draft))
    gw, rent = columns["outside_gw"].copy(), columns["outside_rent"].copy()
    for part in others:
        gw[part.owner] += part.gw
        rent[part.owner] += part.rent
    now, to_come = by_owner(draft, others)
    columns["outside_gw"] += now
    price = rent / np.where(gw > 0, gw, 1)
    columns["outside_rent"][:] = price * np.where((columns["outside_gw"] > 0) | (to_come == 0), columns["outside_gw"], 1)
    columns["pipeline_gw"] += to_come


def list_rent(draft):
    """Price an owner asks, from the life that it believes chips have, $bn per GW-year, by owner [model.md 9.5]."""
    columns, names = draft.columns["clouds"], ("capex", "chip_cost", "site_life", "markup", "power", "upkeep", "site_rent")
    costs = SimpleNamespace(**{name: draft.parameter(f"cloud.{name}") for name in names})
    owners = Usual(columns["believed_life"], columns["leases_sites"], draft.parameter("lender.rate"))
    return contract_price(costs, owners)


def archetypes(draft, weights):
    """Compute and pipeline of a world of archetypes, split by share and over owners [model.md Appendix B].

    weights: lab purchases over owners, [labs, owners]
    """
    recipe = draft.world.opening
    if recipe is None:
        return []
    lag = draft.parameter("cloud.build_lag")
    vintages = {recipe.vintage: recipe.fleet_gw}
    vintages |= {s: recipe.pipeline_slots * recipe.pipeline_growth**s for s in range(1, lag)}
    split = draft.columns["labs"]["share"][:, None] * weights
    return [part for when, gw in vintages.items() for part in _let(draft, gw * split, draft.start + when)]


def _let(draft, gw, quarter):
    """Ordinary contracts at the owners' list rent for GW, [labs, owners], delivered in one quarter."""
    rent, term = list_rent(draft), draft.parameter("cloud.contract_term")
    return [Tranche(int(lab), int(k), quarter, gw[lab, k], gw[lab, k] * rent[k], term) for lab, k in np.argwhere(gw > 0)]


def spread(draft, gw, limit):
    """GW that is in service already, [labs, owners], by vintage: evenly over the past, so that the mean age is the owner's.

    limit: quarters the oldest may not reach. Returns [(quarter, gw)], gw of that vintage, [labs, owners].
    """
    age = draft.columns["clouds"]["fleet_age"] * QUARTERS_PER_YEAR
    oldest = np.clip(np.round(2 * age - 1), 1, limit - 1).astype(int)
    return [(draft.start - back, np.where(back <= oldest, gw / oldest, 0)) for back in range(1, int(oldest.max()) + 1)]


def own_use(draft, tranches, weights):
    """Contracts of labs without a line in the file, at the owners' list rent: their `gw`, in service already, or else, of
    a lab that a cloud owns wholly, all its parent's compute that nobody rents, in service and to come. Whatever else is to
    come without a contract waits for a tenant."""
    served = {part.tenant for part in tranches}
    for row, lab in enumerate(draft.world.labs):
        if lab.gw is not None and row in served:
            raise BadInput(f"{draft.where}: labs {lab.name!r}: gw is for labs without a line in contracts.csv; leave it out here")
    gw = weights * np.array([[lab.gw or 0] for lab in draft.world.labs])
    needy = np.array([[lab.parent is not None and lab.gw is None and row not in served] for row, lab in enumerate(draft.world.labs)])
    part = _pro_rata(draft.columns["labs"]["revenue"][:, None], needy & (weights > 0))
    gw = gw + part * _unlet(draft, tranches, gw.sum(axis=0))
    lag, term = draft.parameter("cloud.build_lag"), draft.parameter("cloud.contract_term")
    free = _free_pipeline(draft, tranches)
    running = [piece for quarter, amount in spread(draft, gw, term) for piece in _let(draft, amount, quarter)]
    coming = [piece for s in range(lag) for piece in _let(draft, part * free / lag, draft.start + s)]
    left = free * (1 - part.sum(axis=0)) / lag
    return running + coming + [piece for s in range(lag) for piece in _unrented(draft, left, draft.start + s)]


def _free_pipeline(draft, tranches):
    """What the file says is to come beyond what others have contracted, GW by owner."""
    others = [part for part in tranches if part.tenant == OTHERS]
    return draft.columns["clouds"]["pipeline_gw"] - by_owner(draft, others)[1]


def _unrented(draft, gw, quarter):
    """Compute of one vintage without a tenant. gw: by owner."""
    term, tiny = draft.parameter("cloud.contract_term"), ASSUMED["rounding"]
    return [Tranche(NOBODY, int(owner), quarter, gw[owner], 0.0, term) for owner in np.flatnonzero(gw > tiny)]


def _pro_rata(amounts, rows):
    """Shares of amounts among the marked cells of each column, all alike where the amounts are 0; rows: bool, [labs, owners]."""
    weight = np.where(rows, amounts, 0)
    weight = np.where(weight.sum(axis=0) > 0, weight, rows)
    return weight / np.maximum(weight.sum(axis=0), np.finfo(float).tiny)


def _unlet(draft, tranches, gw):
    """Compute in service that nobody rents, GW by owner; 0 where the file does not say how much there is. gw: let besides."""
    columns = draft.columns["clouds"]
    now, _ = by_owner(draft, tranches)
    return np.maximum(0, np.nan_to_num(columns["fleet_gw"] - now - gw - columns["outside_gw"]))


def idle(draft, tranches):
    """What an owner has in service beyond all contracts: tranches without a tenant."""
    vintages = spread(draft, _unlet(draft, tranches, 0)[None], draft.parameter("cloud.physical_life"))
    return [piece for quarter, gw in vintages for piece in _unrented(draft, gw[0], quarter)]


def by_owner(draft, tranches):
    """GW of these tranches in service before the start, and to come, by owner."""
    now, later = np.zeros((2, len(draft.names["clouds"])))
    for part in tranches:
        (now if part.delivery < draft.start else later)[part.owner] += part.gw
    return now, later


def in_few_terms(draft, tranches):
    """The tranches with their terms rounded to the few classes that a world may have, dollars over the term kept.

    The usual term and the longest one are always classes, so that every running contract finds one it has not outlived.
    """
    usual = draft.parameter("cloud.contract_term")
    terms = {part.term for part in tranches if part.tenant >= 0}
    most = ASSUMED["term_classes"]
    if len(terms | {usual}) <= most:
        return tranches
    kept = {usual, max(terms)}
    options = itertools.combinations(sorted(terms - kept), most - len(kept))
    classes = min(({*kept, *option} for option in options), key=lambda option: _moved(draft, tranches, option))
    for term in sorted(terms - classes):
        nearest_term = min(classes, key=lambda other: abs(other - term))
        note = f"a world has at most {most} terms; rents adjusted so that dollars over the term stay"
        draft.note("world", f"contracts of {term} quarters", nearest_term, "quarters", "model.md 26.11", "assumption", note=note)
    return [_rounded(draft, part, classes) if part.tenant >= 0 else part for part in tranches]


def _rounded(draft, part, classes):
    term = _class(draft, part, classes)
    return replace(part, term=term, rent=part.rent * part.term / term)


def _class(draft, part, classes):
    return min((term for term in classes if part.delivery + term > draft.start), key=lambda term: (abs(term - part.term), term))


def _moved(draft, tranches, classes):
    """Dollars times quarters by which a choice of classes moves payments."""
    return sum(abs(_class(draft, part, classes) - part.term) * part.rent * part.term for part in tranches if part.tenant >= 0)
