"""What is kept of a quarter of the picked world: plain small tables from which every view of that quarter is drawn.

Money is $bn. Firms are named; nothing here refers to the model, which has moved on when somebody looks.
"""

from typing import NamedTuple

import numpy as np

from abm.clock import QUARTER, QUARTERS_PER_YEAR
from abm.cone import cone
from abm.flows import FLOWS
from abm.fleet import IDLE
from abm.indicators import CLASS_NAMES
from abm.statements import balance_sheet
from experiments.summary import money_graph

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
CONE_QUARTERS = 12  # how far ahead a cone is drawn
WALL_QUARTERS = 32  # how far ahead commitments are listed
SMALLEST = 0.004  # share of all amounts of a picture below which an edge is left out
KINDS = ("labs", "clouds", "vendors", "investors", "lenders")


class Snapshot(NamedTuple):
    """A quarter. edges: {picture: rows {payer, payee, amount, circular, what}}; firms: {name: what is known of it}."""

    quarter: str
    edges: dict
    firms: dict
    balance: object


def snapshot(industry):
    """Of an industry of one world, at the end of a quarter."""
    edges = {
        "payments": _payments(industry),
        "equity": _stakes(industry),
        "loans": _loans(industry),
        "commitments": _commitments(industry),
    }
    balance = balance_sheet(industry.ledger, industry.opening, 0, by_agent=True)
    return Snapshot(str(industry.quarter - 1), edges, _firms(industry), balance)


def _payments(industry):
    """Who paid whom in the last four quarters: purchases, new equity, loans drawn; what only went round is marked."""
    payments = np.stack([sum(past[nature][0] for past in industry.past_payments[-QUARTERS_PER_YEAR:]) for nature in range(3)])
    rows = {kind: industry.rows[kind] for kind in KINDS} | {"customers": industry.rows["customers"]}
    last = len(industry.ledger.names)
    rows["others"] = slice(last - 2, last)
    found = money_graph(payments, industry.ledger.names, rows, SMALLEST)
    return [_edge(link["from"], link["to"], link["amount"], link["circling"] > 0, _flow_words(link)) for link in found["links"]]


def _flow_words(link):
    what = {"purchase": "purchases", "equity": "new equity", "loan": "loans drawn"}[link["nature"]]
    return f"{what}, last four quarters" + (f"; {link['circling']:.0%} of payments between the two goes in a circle" if link["circling"] else "")


def _edge(payer, payee, amount, circular, what):
    return {"payer": payer, "payee": payee, "amount": float(amount), "circular": bool(circular), "what": what}


def _table(amounts, left, right, what):
    """Edges of a table [left, right], without what is too small to see."""
    least = SMALLEST * amounts.sum()
    return [_edge(left[i], right[j], amounts[i, j], False, what(i, j)) for i, j in np.argwhere(amounts > max(least, 0)) if left[i] != right[j]]


def _stakes(industry):
    """Who owns what of whom, at market."""
    names, shares = industry.ledger.names, industry.cap.shares[0]
    worth = np.zeros_like(shares)
    for kind in ("labs", "clouds", "vendors", "lenders"):
        rows = industry.rows[kind]
        worth[:, rows] = shares[:, rows] * industry.cap.value(rows)[0]
    found = _table(worth, names, names, lambda i, j: f"owns {shares[i, j]:.1%}")
    firms = {name for kind in KINDS for name in getattr(industry, kind).names}
    return [edge for edge in found if edge["payer"] in firms]


def _loans(industry):
    """Loans outstanding."""
    owed = industry.fleet.loan[0].sum(axis=-1)
    rate = industry.clouds.rate[0]
    return _table(owed, industry.lenders.names, industry.clouds.names, lambda i, j: f"loan outstanding, rate on new loans {rate[j]:.1%}")


def _commitments(industry):
    """Take-or-pay still to be paid."""
    fleet, now = industry.fleet, industry.now - 1
    left, due = fleet.remaining_rent(now)[0], fleet.rent_due(now)[0]
    return _table(
        left, industry.labs.names, industry.clouds.names, lambda i, j: f"take-or-pay still to come; ${due[i, j]:,.1f}bn a year due now"
    )


def _firms(industry):
    found = {}
    for kind in KINDS:
        population = getattr(industry, kind)
        worth = _worth(industry, kind)
        for row, name in enumerate(population.names):
            attributes = {key: float(values[0, row]) for key, values in population.columns.items()}
            found[name] = {"kind": kind, "value": float(worth[row]), "attributes": attributes, **_class(industry, kind, row)}
    for row, name in enumerate(industry.labs.names):
        found[name] |= _lab(industry, row)
    for row, name in enumerate(industry.clouds.names):
        found[name] |= _cloud(industry, row)
    return found


def _worth(industry, kind):
    """Market value where there is one, else cash, $bn."""
    rows = industry.rows[kind]
    value = -industry.ledger.balances["equity"][0, rows]
    return np.where(value > 0, value, industry.ledger.balances["cash"][0, rows])


def _class(industry, kind, row):
    """Minsky class, and whether the firm lives."""
    measure = {"labs": "minsky_class", "clouds": "cloud_minsky_class"}.get(kind)
    minsky = CLASS_NAMES[int(industry.measured[measure][0, row])] if measure else ""
    columns = getattr(industry, kind).columns
    died = float(columns["died"][0, row]) if "died" in columns else -1.0
    alive = bool(columns["alive"][0, row] > 0) if "alive" in columns else died < 0
    failed_at = str(type(industry.quarter)(int(died))) if died >= 0 else ""
    return {"minsky": minsky, "alive": alive, "failed_at": failed_at}


def _lab(industry, row):
    """Cone at each horizon, commitments wall, and models' income beside the company's."""
    ahead = np.arange(1, CONE_QUARTERS + 1) * QUARTER
    labs = industry.labs
    base = labs.forecast_base(industry.plans.demand_floor)[0, row]
    view = [cone(np.array([[base]]), labs.growth[:1, row : row + 1], labs.extrapolation[:1, row : row + 1], h, industry.cone) for h in ahead]
    return {
        "cone": {level: [float(each.quantile(level)[0, 0]) for each in view] for level in LEVELS},
        "revenue": float(labs.revenue[0, row]),
        "wall": industry.fleet.rent_schedule(industry.now - 1, WALL_QUARTERS)[0, row].tolist(),
        "models": _models(industry, row),
    }


def _models(industry, row):
    """Books of the models in training, on sale and superseded, and what the whole company earned in the quarter, $bn."""
    books = {field: float(values[0, row]) for field, values in industry.models._asdict().items()}
    place = industry.rows["labs"].start + row
    company = sum(industry.ledger.profit[flow][0, place] for flow in FLOWS)
    return {**books, "company": float(company)}


def _cloud(industry, row):
    """How near it is to its covenant: quarters in breach, of so many allowed; and what it holds idle, GW."""
    breach, allowed = float(industry.clouds.breach[0, row]), float(industry.compute.covenant)
    return {"breach": breach, "covenant": allowed, "idle_gw": float(industry.fleet.in_service(industry.now - 1)[0, IDLE, row])}
