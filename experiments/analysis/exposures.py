"""Who hangs on a firm: contracts, compute, loans, prepayments, stakes and orders with it, in $bn and as a share of their own equity.

Read off the books and the register of one world between two quarters. What `abm.failure.systemic` adds up for a network stands here line by
line, with what hangs on a firm at one remove: loans on compute that a lab rents, chips on order for it.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.books.lab_debts import CREDITORS
from abm.books.register import EXTRA_OUT
from abm.clock import QUARTER, Quarter
from abm.engine.sums import ratio_or
from abm.errors import BadInput, nearest
from abm.failure.crisis import lenders_capital
from abm.failure.guarantees import guaranteed_rents
from abm.start.opening import FIRM_KINDS
from experiments.words import percent

HOLDERS = (*FIRM_KINDS, "Economy")
ISSUERS = ("labs", "clouds", "vendors", "lenders")
SMALLEST = 0.005  # $bn that would be shown as zero
A_YEAR = 4  # quarters in which notes and loans that fall due are counted


class Firm(NamedTuple):
    """A firm of a world: its name, kind and row."""

    name: str
    kind: str
    row: int


def firm_of(names, name, where="--to"):
    """The firm of this name. names: of all firms, by kind. Raises BadInput."""
    for kind in FIRM_KINDS:
        if name in names[kind]:
            return Firm(name, kind, list(names[kind]).index(name))
    known = [each for kind in FIRM_KINDS for each in names[kind]]
    raise BadInput(f"{where} {name}: no firm is called {name!r}; {nearest(name, known) or 'overreach worlds lists the firms'}")


def exposures_to(industry, firm, world=0):
    """Table: what hangs on the firm, the largest of each kind of claim first.

    Columns: claim, firm, kind, usd_bn, gw (NaN where it is not compute), own_equity ($bn), share (of it; NaN without any)
    """
    equity = own_equity(industry, world)
    rows = []
    for claim, kind, amount, gw in _lines(industry, firm):
        for place in np.argsort(-amount[world], kind="stable"):
            usd_bn, of = float(amount[world, place]), float(equity[kind][place])
            if usd_bn < SMALLEST:
                continue
            share = usd_bn / of if of > 0 else np.nan
            name = _name(industry, kind, place)
            rows.append((claim, name, kind, usd_bn, np.nan if gw is None else float(gw[world, place]), of, share))
    return pd.DataFrame(rows, columns=["claim", "firm", "kind", "usd_bn", "gw", "own_equity", "share"])


def claims_on(industry, firm):
    """{(claim, firm): $bn, [worlds]} of all that hangs on the firm."""
    return {
        (claim, _name(industry, kind, place)): amount[:, place]
        for claim, kind, amount, _ in _lines(industry, firm)
        for place in range(amount.shape[1])
    }


def _name(industry, kind, place):
    return "Economy" if kind == "Economy" else getattr(industry, kind).names[place]


def _lines(industry, firm):
    """(claim, kind of who has it, $bn, GW or None), amounts [worlds, firms of the kind]."""
    lines = {
        "labs": _to_lab,
        "clouds": _to_owner,
        "vendors": _to_vendor,
        "lenders": _to_lender,
        "investors": lambda industry, row: [],
    }[firm.kind](industry, firm.row)
    return [*lines, *_stakes(industry, firm)]


def for_people(table):
    """The table of one kind of claim with numbers as people read them; equity that is none, or negative, has no share."""
    shown = pd.DataFrame({"firm": table["firm"], "$bn": table["usd_bn"].map("{:,.2f}".format)})
    if table["gw"].notna().any():
        shown["GW"] = table["gw"].map("{:,.2f}".format)
    shown["own equity"] = ["-" if np.isnan(value) else f"{value:,.1f}" for value in table["own_equity"]]
    shown["share"] = ["-" if np.isnan(share) else percent(share) for share in table["share"]]
    return shown


def own_equity(industry, world):
    """{kind: book equity, $bn, [firms]}; a lender's with the capital of its other business; none for the rest of the economy."""
    found = {kind: industry.ledger.book_equity(industry.rows[kind])[world] for kind in FIRM_KINDS}
    return {**found, "lenders": lenders_capital(industry)[world], "Economy": np.array([np.nan])}


def promised_not_built(industry, firm, world=0):
    """What was promised to a lab, by an owner, or by all to all, and is not built, and this quarter's orders that nobody could build.

    {"unbuilt_gw", "unbuilt_rent", "unfunded_gw", "unfunded_rent"}: GW and $bn a year
    """
    found = {}
    axis = {"labs": 0, "clouds": 1}.get(firm.kind)
    for name, amount in industry.unbuilt.seen(industry.labs.alive).items():
        for unit, by_pair in zip(("gw", "rent"), amount, strict=True):
            table = by_pair[world]
            found[f"{name}_{unit}"] = float((table if axis is None else table.take(firm.row, axis)).sum())
    return found


def _to_lab(industry, lab):
    fleet, now = industry.fleet, industry.now
    rents, service = fleet.remaining_rent(now)[:, lab], fleet.in_service(now)[:, lab]
    claim = sum(fleet.rent_due(now + 1 + ahead)[:, lab] for ahead in range(industry.contagion.termination_quarters)) * QUARTER
    due = fleet.rent_due(now)
    part = ratio_or(due[:, lab], due.sum(axis=1) + industry.clouds.outside_rent, 0)
    ordered = fleet.ordered(now)
    coming = ratio_or(ordered[:, lab], ordered.sum(axis=1), 0)
    return [
        ("take-or-pay rent still to come", "clouds", rents, service + ordered[:, lab]),
        (f"of that, the claim if the tenant fails ({industry.contagion.termination_quarters:g} quarters of rent)", "clouds", claim, None),
        ("yearly rent of compute in service for the lab", "clouds", due[:, lab], service),
        ("rent that the lab has prepaid", "clouds", fleet.pairs.table(fleet.total("prepaid"))[:, lab], None),
        ("loans on compute that the lab rents, by its part of the rent", "lenders", (fleet.loans() * part[:, None]).sum(axis=2), None),
        *(("loans and notes that the lab owes", kind, industry.lab_debts.held_by(kind)[:, :, lab], None) for kind in CREDITORS),
        ("rents of the lab that vendors guarantee", "vendors", guaranteed_rents(industry)[:, lab], None),
        ("chips on order for compute that the lab will rent", "vendors", (fleet.total("chips_due") * coming[..., None]).sum(axis=1), None),
    ]


def _to_owner(industry, owner):
    fleet, now = industry.fleet, industry.now
    service, ordered = fleet.in_service(now)[:, :EXTRA_OUT, owner], fleet.ordered(now)[:, :EXTRA_OUT, owner]
    held = np.where(industry.labs.parent_row == owner, industry.cap.value(industry.rows["labs"]), 0)
    return [
        ("yearly rent of compute that the lab rents there", "labs", fleet.rent_due(now)[:, :, owner], service),
        ("yearly rent of compute that the lab waits for", "labs", _rent_of_coming(fleet, now)[:, :, owner], ordered),
        ("rent that the lab has prepaid to the owner", "labs", fleet.pairs.table(fleet.total("prepaid"))[:, :, owner], None),
        ("value of the lab that lives on the owner's money", "labs", held, None),
        ("loans and notes", "lenders", fleet.loans()[:, :, owner], None),
        ("loans promised for compute to come", "lenders", fleet.total("facility")[:, :, owner], None),
        ("chips on order", "vendors", fleet.total("chips_due")[:, owner], None),
    ]


def _rent_of_coming(fleet, now):
    """Rent of contracts whose compute is yet to be delivered, $bn a year, [worlds, labs, owners]."""
    ahead = slice(fleet.at(now) + 1, fleet.used("gw").stop)
    return fleet.pairs.table(sum(rents[..., ahead].sum(axis=-1) for rents in fleet.rent))


def _to_vendor(industry, vendor):
    chips = industry.fleet.total("chips_due")[:, :, vendor]
    bought = industry.cap.shares[:, industry.rows["vendors"]][:, vendor, industry.rows["labs"]] * industry.cap.value(industry.rows["labs"])
    return [
        ("chips on order from the vendor", "clouds", chips, chips / industry.compute.chip_cost),
        ("part of its equity that the vendor holds", "labs", bought, None),
    ]


def _to_lender(industry, lender):
    fleet = industry.fleet
    first = min(1, industry.age)  # notes of a quarter that is over are paid
    due = np.minimum(A_YEAR * fleet.amortisation(), fleet.secured()) + fleet.notes.maturing[..., first : first + A_YEAR].sum(axis=-1)
    bonds = -industry.ledger.balances["borrowings"][:, industry.rows["lenders"]][:, lender, None]
    return [
        ("loans and notes owed to the lender", "clouds", fleet.loans()[:, lender], None),
        ("of that, the part due within a year", "clouds", due[:, lender], None),
        ("loans that labs owe the lender", "labs", industry.lab_debts.held_by("lenders")[:, lender], None),
        ("loans that the lender has promised", "clouds", fleet.total("facility")[:, lender], None),
        ("money that the lender has borrowed", "Economy", bonds, None),
    ]


def _stakes(industry, firm):
    """Who owns it, at the last mark; and, of an investor, whose owner it is."""
    shares, rows = industry.cap.shares, industry.rows
    if firm.kind == "investors":
        mine = shares[:, rows["investors"]][:, firm.row]
        return [("part of its equity that the investor holds", kind, mine[:, rows[kind]] * industry.cap.value(rows[kind]), None)
                for kind in ISSUERS]  # fmt: skip
    place = rows[firm.kind].start + firm.row
    value = industry.cap.value(slice(place, place + 1))
    return [("stake at its mark", kind, shares[:, rows[kind], place] * value, None) for kind in HOLDERS]


class Futures(NamedTuple):
    """What all futures show at the end of a quarter. median: number of the one whose revenue is the median one, the lower middle one of
    an even number; claims: {(claim, firm): $bn, [worlds]}"""

    median: int
    claims: dict


def all_futures(inputs, at, firm):
    """All futures at the end of a quarter, and what hangs on the firm in each.

    inputs: which worlds; at: the Quarter
    """
    from abm.model import Industry, release
    from experiments.runs import LARGEST_BATCH

    opened, revenue, claims = inputs.opening(), [], []
    for first in range(0, inputs.worlds, LARGEST_BATCH):
        ids = tuple(range(first, min(inputs.worlds, first + LARGEST_BATCH)))
        model = Industry(opened, world_ids=ids, rng=inputs.seed, shocks=inputs.read_shocks(), panel=False)
        model.run(quarters_until(opened, at))
        revenue.append(model.labs.revenue.sum(axis=1))
        model.quarter = at  # the register is read as the quarter ended
        claims.append(claims_on(model, firm))
        release(model)
    found = np.concatenate(revenue)
    middle = int(np.argsort(found, kind="stable")[(len(found) - 1) // 2])
    return Futures(middle, {key: np.concatenate([part[key] for part in claims]) for key in claims[0]})


def quarters_until(opened, at):
    """Quarters of a run that ends with this one. Raises BadInput for one before the opening."""
    if at < opened.start:
        raise BadInput(f"--at = {at} is not allowed; the world opens in {opened.start}")
    return at.index - opened.start.index + 1


def looked_at(inputs, at, firm):
    """(the world between two quarters, Futures or None): as it opens, or the median future at the end of a quarter."""
    from abm.model import Industry

    opened = inputs.opening()
    if not at:
        model = Industry(opened, worlds=1, rng=inputs.seed)
        model.quarter = opened.start - 1  # all that falls due from the first quarter on is to come
        return model, None
    quarter = Quarter.parse(at)
    quarters = quarters_until(opened, quarter)
    futures = all_futures(inputs, quarter, firm)
    model = Industry(opened, world_ids=(futures.median,), rng=inputs.seed, shocks=inputs.read_shocks(), panel=False)
    model.run(quarters)
    model.quarter = quarter
    return model, futures
