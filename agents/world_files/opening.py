"""From checked tables to an `Opening`: fleets, mixes and equity are completed in one order, and what was assumed is listed."""

import numpy as np

from abm.beliefs.growth import Trend, lasting_growth, momentum_that_holds, reasoned_growth
from abm.beliefs.parameters import ConeParameters
from abm.clock import QUARTER, QUARTERS_PER_YEAR
from abm.compute.prices import FleetParameters
from abm.errors import BadInput
from abm.failure.loss import check_firm
from abm.finance.capital_parameters import InvestorParameters
from abm.finance.values import market_value
from abm.priors import read_prior
from abm.settings import Settings
from abm.shocks import Shock
from abm.start.opening import Opening
from agents import inhabitants
from agents.customers_parameters import CustomersParameters
from agents.world_files.columns import ASSUMED, COLUMNS, STORED, LabColumns
from agents.world_files.contracts import archetypes, by_owner, contracts, idle, in_few_terms, own_use
from agents.world_files.draft import Draft, demand, give, settle
from agents.world_files.holders import Holders, loans, shares
from agents.world_files.mixes import general, lender_mix, note_mix, parents, purchases, vendor_mix


def build(world, rows, structure, files):
    """The opening of a world.

    world: checked tables of `world.toml`; rows: {csv file: [(where, row)]}; structure: {public name: whole number};
    files: names, bytes and places of the files. Raises BadInput.
    """
    draft = Draft(world, structure, files)
    spare = [f"entrant {number + 1}" for number in range(world.structure.entrants)]
    give(draft, rows["figures.csv"])
    settle(draft)
    demand(draft)
    _value_labs(draft)
    parent = parents(draft)
    tranches = _compute(draft, rows["contracts.csv"], parent)
    owed = loans(draft, rows["debt.csv"])
    _finances(draft, owed.total)
    mixes = _mixes(draft, tranches, parent, owed.total)
    _backlog(draft, tranches, mixes["vendor_mix"])
    parent = np.append(parent, np.full(len(spare), -1))
    held = shares(draft, Holders(draft, spare), rows["equity.csv"], owed.total, parent)
    return Opening(
        name=files.name,
        **{key: getattr(world, key) for key in ("title", "kind", "purpose", "caveat")},
        start=draft.start,
        names={kind: list(names) + (spare if kind == "labs" else []) for kind, names in draft.names.items()},
        columns=_with_spare_rows(draft, len(spare)),
        **_numbers(draft),
        weights=np.vstack([mixes["weights"], np.tile(general(draft, tranches), (len(spare), 1))]),
        vendor_mix=mixes["vendor_mix"],
        lender_mix=mixes["lender_mix"],
        parent=parent,
        shares=held,
        debt=owed.amount,
        debt_life=owed.life,
        debt_rate=owed.rate,
        notes=owed.notes,
        tranches=tuple(tranches),
        segments=tuple(world.customers),
        shocks=_shocks(draft),
        inhabitants=inhabitants,
        entrants=len(spare),
        figures=tuple(draft.figures),
        fingerprint=files.fingerprint,
    )


def _shocks(draft):
    """What the file says happens at a date in every run. Raises BadInput."""
    where = f"{draft.where}: shocks"
    found = tuple(Shock.read({"at": "", **row}, where) for row in draft.world.shocks)
    for shock in found:
        check_firm(shock, draft.names, where)
        if shock.at < draft.start:
            raise BadInput(f"{where}: {shock.name} at {shock.at} is not allowed; the world opens in {draft.start}")
    return found


def _value_labs(draft):
    """The market's own rule for labs without a round, at normal sentiment [model.md 11.1]."""
    labs, cone, market = draft.columns["labs"], ConeParameters(), InvestorParameters()
    weight, total = market.market_extrapolation, labs["revenue"].sum()
    lasting = lasting_growth(total, cone)
    trend = Trend((labs["growth"] * labs["revenue"]).sum() / total if total > 0 else lasting, lasting, momentum_that_holds(total, cone))
    growth = weight * labs["growth"] + (1 - weight) * reasoned_growth(labs["growth"], trend, 1.0, cone)
    draft.fill("labs", "valuation", market_value(market, 1, labs["revenue"], growth, 1)[0])


def _mixes(draft, tranches, parent, debt):
    """Who buys from whom, {key of the firms' tables: rows}, each cell listed among the figures."""
    weights = purchases(draft, tranches, parent)
    note_mix(draft, "labs", "weights", "clouds", weights)
    chips, credit = vendor_mix(draft), lender_mix(draft, debt)
    note_mix(draft, "clouds", "vendor_mix", "vendors", chips)
    note_mix(draft, "clouds", "lender_mix", "lenders", credit)
    return {"weights": weights, "vendor_mix": chips, "lender_mix": credit}


def _compute(draft, rows, parent):
    """All deliveries, of the file and of what it implies; completes the owners' columns about their fleets."""
    let = in_few_terms(draft, contracts(draft, rows))
    weights = purchases(draft, let, parent)
    let = let + archetypes(draft, weights)
    draft.fill("clouds", "fleet_age", _ages(draft, let), source="what labs rent; model.md Appendix B", confidence="assumption")
    let = let + own_use(draft, let, weights)
    _fleets(draft, let)
    return let + idle(draft, let)


def _ages(draft, tranches):
    """Mean age of what labs rent of each owner, years; the assumed age where they rent nothing."""
    running = [part for part in tranches if part.delivery < draft.start]
    gw, _ = by_owner(draft, running)
    years = np.zeros_like(gw)
    for part in running:
        years[part.owner] += (draft.start - part.delivery) * QUARTER * part.gw
    return np.where(gw > 0, years / np.where(gw > 0, gw, 1), ASSUMED["fleet_age"])


def _fleets(draft, tranches):
    """Fleet in service, never less than what is let, and its book value."""
    clouds = draft.columns["clouds"]
    let, _ = by_owner(draft, tranches)
    least = let + clouds["outside_gw"]
    draft.fill("clouds", "fleet_gw", least)
    for row in np.flatnonzero(clouds["fleet_gw"] < least - ASSUMED["rounding"]):
        name, note = draft.names["clouds"][row], f"raised from {clouds['fleet_gw'][row]:g} to what is let"
        draft.note(name, "fleet_gw", least[row], "GW", "contracts in service", "assumption", note=note)
    clouds["fleet_gw"][:] = np.maximum(clouds["fleet_gw"], least)
    written_off = 0 if draft.world.opening else clouds["fleet_age"] / clouds["accounting_life"]
    draft.fill("clouds", "book", _building_cost(draft) * clouds["fleet_gw"] * np.maximum(0, 1 - written_off))


def _building_cost(draft):
    """Cost of a GW by owner, $bn: chips, and the site of who does not lease it."""
    chips = draft.parameter("cloud.chip_cost")
    return chips + (draft.parameter("cloud.capex") - chips) * (1 - draft.columns["clouds"]["leases_sites"])


def _finances(draft, debt):
    """Slots from sales or sales from slots, book equity of vendors, borrowings of lenders. debt: $bn, [lenders, clouds]."""
    vendors, lenders, chips = draft.columns["vendors"], draft.columns["lenders"], draft.parameter("cloud.chip_cost")
    draft.fill("vendors", "slots_gw", vendors["sales"] * QUARTER / chips)
    draft.fill("vendors", "slots_gw", draft.world.opening.pipeline_slots / len(draft.names["vendors"]) if draft.world.opening else np.nan)
    draft.fill("vendors", "sales", vendors["slots_gw"] * QUARTERS_PER_YEAR * chips)
    for row in np.flatnonzero(np.isnan(vendors["sales"])):
        draft.require("vendors", "sales", row)
    draft.fill("vendors", "book_equity", vendors["cash"])
    draft.fill("lenders", "borrowings", (1 - lenders["capital_ratio"]) * debt.sum(axis=1))


def _backlog(draft, tranches, mix):
    """Chips for what is to come, by the owners' vendors. mix: [clouds, vendors]."""
    _, to_come = by_owner(draft, tranches)
    draft.fill("vendors", "backlog", draft.parameter("cloud.chip_cost") * (to_come[:, None] * mix).sum(axis=0))


def _with_spare_rows(draft, spare):
    """Columns of all kinds; the spare rows of labs have no stocks and the default behaviour."""
    labs = {key: np.append(values, [_spare_value(key)] * spare) for key, values in draft.columns["labs"].items()}
    columns = {**draft.columns, "labs": labs}
    return {kind: {key: STORED.get((kind, key), 1) * values for key, values in columns[kind].items()} for kind in columns}


def _spare_value(key):
    return 0.0 if key in LabColumns.STOCKS else float(COLUMNS["labs"][key].default)


def _numbers(draft):
    """Parameters of the opening, and what its files are not sure of."""
    return {"parameters": _parameters(draft), "priors": _priors(draft)}


def _parameters(draft):
    """What differs from the declared defaults: structure, segments, and what the file says itself, which wins."""
    usual = FleetParameters.declared()
    structure = {name: value for name, value in draft.structure.items() if value != usual[name.partition(".")[2]].value}
    said = {name: given.value for name, given in draft.world.parameters.items() if name not in draft.structure}
    for name, given in draft.world.parameters.items():
        prefix, _, short = name.partition(".")
        if short in COLUMNS.get(f"{prefix}s", {}):
            raise BadInput(f"{draft.where}: parameters: {name!r} is a number of each {prefix}; give it in their tables")
        number = given.value if isinstance(given.value, float) else np.nan
        draft.note("world", name, number, "", given.source, given.confidence, note=given.note)
    found = {**structure, **_opening_spend(draft), **said}
    Settings(1, found, inhabitants.GROUPS, f"{draft.where}: parameters")
    return found


def _priors(draft):
    """What the file is not sure of: {public name: Prior}."""
    said = {name: given for name, given in draft.world.parameters.items() if given.prior is not None}
    where = f"{draft.where}: parameters: prior of"
    return {name: read_prior(given.prior, inhabitants.parameters()[name], given.value, where) for name, given in said.items()}


def _opening_spend(draft):
    """Customers spend at the opening what labs earn."""
    revenue = draft.columns["labs"]["revenue"].sum()
    usual = CustomersParameters.declared()["opening_spend"]
    return {} if np.isclose(revenue, usual.value) else {usual.name: float(usual.checked(revenue, f"{draft.where}: revenue of all labs"))}
