"""From checked tables to an `Opening`: fleets, mixes and equity are completed in one order, and what was assumed is listed."""

import numpy as np

from abm.clock import QUARTER, QUARTERS_PER_YEAR
from abm.cone import ConeParameters, bottom_up_growth
from abm.markets.capital import InvestorParameters, market_value
from abm.opening import Opening
from agents.world_columns import ASSUMED, COLUMNS, LabColumns
from agents.world_contracts import archetypes, by_owner, contracts, idle, in_few_terms, list_rent, own_use
from agents.world_draft import Draft, demand, give, settle
from agents.world_holders import Holders, _mix, loans, mixes, parents, shares
from agents.world_segments import segment_parameters, segment_rows


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
    parent = parents(draft, spare)
    tranches, weights = _compute(draft, rows["contracts.csv"], parent)
    debt, debt_life = loans(draft, rows["debt.csv"])
    _finances(draft, debt)
    vendor_mix, lender_mix = mixes(draft, debt)
    _backlog(draft, tranches, vendor_mix)
    held = shares(draft, Holders(draft, spare), rows["equity.csv"], debt, parent)
    return Opening(
        name=files.name,
        title=world.title,
        kind=world.kind,
        purpose=world.purpose,
        caveat=world.caveat,
        start=draft.start,
        names={kind: list(names) + (spare if kind == "labs" else []) for kind, names in draft.names.items()},
        columns=_with_spare_rows(draft, len(spare)),
        parameters=_parameters(draft),
        weights=_with_entrants(draft, weights, tranches, len(spare)),
        vendor_mix=vendor_mix,
        lender_mix=lender_mix,
        parent=parent,
        shares=held,
        debt=debt,
        debt_life=debt_life,
        tranches=tuple(tranches),
        segments=segment_rows(world),
        entrants=len(spare),
        figures=tuple(draft.figures),
        fingerprint=files.fingerprint,
    )


def _value_labs(draft):
    """The market's own rule for labs without a round, at normal sentiment [model.md 11.1]."""
    labs, cone, market = draft.columns["labs"], ConeParameters(), InvestorParameters()
    weight = market.market_extrapolation
    growth = weight * labs["growth"] + (1 - weight) * bottom_up_growth(labs["growth"], cone.momentum_share, cone.lasting_growth)
    draft.fill("labs", "valuation", market_value(market, 1, labs["revenue"], growth, 1)[0])


def _compute(draft, rows, parent):
    """All deliveries, and lab purchases over owners, [labs, clouds], rows sum to 1; completes the owners' fleet columns."""
    clouds = draft.columns["clouds"]
    let, outside_to_come = contracts(draft, rows)
    let = in_few_terms(draft, let)
    preset = _purchases(draft, let, parent)
    let += archetypes(draft, preset)
    now, _ = by_owner(draft, let)
    age = sum(((draft.start - part.delivery) * part.gw for part in let if part.delivery < draft.start), start=0)
    draft.fill("clouds", "fleet_age", _ages(draft, let, now) if age else ASSUMED["fleet_age"], confidence="assumption")
    let += own_use(draft, let, preset)
    clouds["pipeline_gw"] += outside_to_come
    _fleets(draft, let)
    return let + idle(draft, let), _purchases(draft, let, parent)


def _ages(draft, tranches, now):
    """Mean age of what labs rent of each owner, years; the assumed age where they rent nothing."""
    years = np.zeros(len(now))
    for part in tranches:
        years[part.owner] += max(0, draft.start - part.delivery) * QUARTER * part.gw
    return np.where(now > 0, years / np.where(now > 0, now, 1), ASSUMED["fleet_age"])


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
    draft.fill("clouds", "book", draft.parameter("cloud.capex") * clouds["fleet_gw"] * np.maximum(0, 1 - written_off))


def _purchases(draft, tranches, parent):
    """Share of each cloud in a lab's purchases, [labs, clouds]: as given, as contracted, else its parent or all alike."""
    contracted = np.zeros((len(draft.names["labs"]), len(draft.names["clouds"])))
    for part in tranches:
        contracted[part.tenant, part.owner] += part.gw
    return contracted
