"""What the views show of a snapshot: nodes and edges of the money graph, a firm's balance sheet, cone, wall, and models' income."""

import numpy as np

from abm.books.flows import ACCOUNTS
from abm.clock import Quarter
from experiments.figures.data import by_calendar_year, edges_of
from experiments.stories.events import DUST, PERCENT, money
from experiments.summary import FUNDED as KINDS
from experiments.summary import money_graph
from experiments.ui.snapshots import LEVELS

PICTURES = {
    "payments": "Payments of the last four quarters",
    "equity": "Who owns what of whom, at market",
    "loans": "Loans outstanding",
    "commitments": "Take-or-pay still to be paid",
}
ONE_OF = {"labs": "AI lab", "clouds": "owner of compute", "vendors": "chip vendor", "investors": "investor", "lenders": "lender"}
SMALLEST = 0.004  # share of all amounts of a picture below which an edge is left out
PLANNED = {0.1: "forecast_low", 0.5: "forecast_mid", 0.9: "forecast_high"}  # columns of plans by their quantile
CLASSES = ("hedge", "speculative", "ponzi")


def edges(page, frame, picture):
    """Rows {payer, payee, amount, circular, what} of a picture, $bn."""
    if picture == "payments":
        return _payments(page, frame)
    labs, clouds, lenders = (frame.names[kind] for kind in ("labs", "clouds", "lenders"))
    if picture == "loans":
        rates = page.columns["clouds"]["rate"]
        return _table(page.loans, lenders, clouds, lambda i, j: f"loan outstanding; new loans at {rates[j] * PERCENT:.1f} % a year")
    if picture == "commitments":
        return _table(page.commitments, labs, clouds, lambda i, j: f"take-or-pay still to come; ${page.due[i, j]:,.1f}bn a year due now")
    firms = {name for kind in KINDS for name in frame.names[kind]}
    found = _table(page.stakes, frame.agents, frame.agents, lambda i, j: f"owns {page.shares[i, j] * PERCENT:.1f} %, at the last mark")
    return [edge for edge in found if edge["payer"] in firms]


def _payments(page, frame):
    return edges_of(money_graph(page.payments, frame.agents, frame.rows, SMALLEST), "last four quarters")


def _edge(payer, payee, amount, circular, what):
    return {"payer": payer, "payee": payee, "amount": float(amount), "circular": bool(circular), "what": what}


def _table(amounts, left, right, what):
    """Edges of a table [left, right], without what is too small to see, and without what a firm has of itself."""
    least = max(SMALLEST * amounts.sum(), DUST)
    places = np.argwhere(amounts > least)
    return [_edge(left[i], right[j], amounts[i, j], False, what(i, j)) for i, j in places if left[i] != right[j]]


def nodes(page, frame, drawn):
    """Who stands at the ends of the edges drawn: {name, kind, value, minsky, alive, failed_at}."""
    ends = dict.fromkeys(end for edge in drawn for end in (edge["payer"], edge["payee"]))
    found = []
    for kind, rows in frame.rows.items():
        for place, name in enumerate(frame.agents[rows]):
            if name in ends:
                found.append({"name": name, "kind": kind, **state(page, frame, kind, place)})
    return found


def state(page, frame, kind, place):
    """Value of a firm, its Minsky class and whether it lives."""
    row = frame.rows[kind].start + place
    value, cash = -page.balances["equity"][row], page.balances["cash"][row]
    columns = page.columns.get(kind, {})
    died = columns["died"][place] if "died" in columns else -1
    alive = columns["alive"][place] > 0 if "alive" in columns else died < 0
    return {
        "value": float(value if value > 0 else max(cash, 0)),
        "minsky": CLASSES[int(page.minsky[kind][place])] if kind in page.minsky else "",
        "alive": bool(alive),
        "failed_at": str(Quarter(int(died))) if died >= 0 else "",
    }


def find(frame, name):
    """(kind, place within it) of a firm, or None."""
    return next(((kind, frame.names[kind].index(name)) for kind in KINDS if name in frame.names[kind]), None)


def balance(page, frame, name):
    """Assets, and what stands against them: {account: $bn}, both positive; the owners' book equity makes them equal."""
    row = frame.agents.index(name)
    amounts = {label: page.balances[account][row] for account, label in ACCOUNTS.items() if account != "equity"}
    assets = {label: float(amount) for label, amount in amounts.items() if amount > DUST}
    owed = {label: float(-amount) for label, amount in amounts.items() if amount < -DUST}
    own = sum(assets.values()) - sum(owed.values())
    side = owed if own >= 0 else assets
    side["owners' book equity" if own >= 0 else "owners' book equity, negative"] = abs(own)
    return assets, owed


def forecast(pages, at, place):
    """The cone a lab had in the quarter looked at, and what came of it so far: (quarters, {level: values}, happened)."""
    page = pages[at]
    start = Quarter.parse(page.quarter)
    ahead = page.cones.shape[-1]
    quarters = [str(start + k) for k in range(ahead + 1)]
    now = float(page.columns["labs"]["revenue"][place])
    quantiles = {level: [now, *map(float, page.cones[k, place])] for k, level in enumerate(LEVELS)}
    happened = [float(later.columns["labs"]["revenue"][place]) for later in pages[at : at + ahead + 1]]
    return quarters, quantiles, happened


def plans(pages, at, place):
    """What a lab planned so far, each plan at the quarter it was made for, and what came: (quarters, {level: values}, happened).

    Values are NaN where nothing was planned: before the first plan could come true, and while the lab was not there
    """
    start, ahead = Quarter.parse(pages[0].quarter), pages[at].horizon
    made = [page.columns["labs"] for page in pages[: at + 1]]
    there = [columns["forecast_mid"][place] > 0 for columns in made]
    quantiles = {
        level: [np.nan] * ahead + [float(columns[name][place]) if now else np.nan for columns, now in zip(made, there, strict=True)]
        for level, name in PLANNED.items()
    }
    return [str(start + k) for k in range(at + 1 + ahead)], quantiles, [float(columns["revenue"][place]) for columns in made]


def wall_by_year(page, rows):
    """Take-or-pay by calendar year of these labs, $bn: (years, amounts)."""
    amounts = page.wall[rows].sum(axis=0) if np.ndim(rows) else page.wall[rows]
    years, sums = by_calendar_year(amounts, Quarter.parse(page.quarter) + 1)
    return [str(year) for year in years], sums


def model_incomes(pages, at, place):
    """Models a lab sold so far, and the company meanwhile: (rows {model, from, cost, profit}, quarters, company), $bn a quarter."""
    found, began = [], [pages[0].quarter]
    for page in pages[1 : at + 1]:
        if page.models["withdrawn"][place]:
            found.append((page.models["last_cost"][place], page.models["last_profit"][place]))
        if page.models["on_sale"][place, 0]:
            began.append(page.quarter)
    books = {book: pages[at].models[book][place] for book in ("on_sale", "cost", "profit")}
    found += [(books["cost"][age], books["profit"][age]) for age in np.flatnonzero(books["on_sale"])[::-1]]
    told = enumerate(zip(began, found, strict=True), 1)
    rows = [{"model": number, "from": start, "cost": float(cost), "profit": float(profit)} for number, (start, (cost, profit)) in told]
    return rows, [page.quarter for page in pages[: at + 1]], [float(page.company[place]) for page in pages[: at + 1]]


def earnings_words(page, place):
    """What an owner of compute earns and owes at the annual rate of the quarter."""
    revenue, ebitda, interest, service = (page.columns["clouds"][key][place] for key in ("revenue", "ebitda", "interest", "debt_service"))
    return (
        f"At the rate of this quarter it earns EBITDA of {money(ebitda)} on {money(revenue)} a year; interest costs {money(interest)}, and "
        f"all debt service {money(service)} if notes were repaid evenly."
    )


def covenant_words(page, place):
    """How near an owner of compute is to its covenant."""
    breach, allowed = int(page.columns["clouds"]["breach"][place]), int(page.covenant)
    if not breach:
        return "It is within its covenants: it earns its interest and repayments, and its loans do not exceed what their chips are worth."
    left = allowed - breach
    if left <= 0:
        return f"It has been in breach of its covenant for {breach} quarters: no loan is drawn."
    end = Quarter.parse(page.quarter) + left
    return f"It has been in breach for {breach} of {allowed} quarters; unless it recovers, no loan is drawn from {end} on."


def attributes(page, kind, place):
    """The Mesa agent's own numbers, by name."""
    return {name: float(values[place]) for name, values in sorted(page.columns[kind].items())}


def kind_words(kind):
    """One of a kind in words."""
    return ONE_OF[kind]


def everyone(frame):
    """[(name, kind)] of all agents of the world, in their order."""
    return [(name, kind) for kind, rows in frame.rows.items() for name in frame.agents[rows]]
