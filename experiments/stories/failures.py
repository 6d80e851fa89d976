"""Chapters of a story about labs that fail: who could not pay and why, and through which channels others lost.

Channels are those of model.md 13.7: C1 arrears, C2 stakes, C3 idle compute, C4 mood, C5 cancelled orders, C6 customers.
"""

import numpy as np

from abm.books.lab_debts import CREDITORS, INTEREST, PRINCIPAL
from abm.clock import QUARTERS_PER_YEAR
from abm.failure.lifeboat import RESCUERS
from experiments.stories.events import DUST, Event, by_name, each, level, listed, money, said, share
from experiments.stories.losses import estate, taken

WINDOW = 2 * QUARTERS_PER_YEAR  # quarters in which one failure is said to come after another
AHEAD = 2  # quarters a plan looks beyond the build lag, as labs do
WEIGHTS = {"channel": 1.0, "customers": 0.5}


def failed(page, kind):
    """Rows of the firms of a kind that failed in the quarter."""
    return np.nonzero(page.recorded(kind, "fails") > 0)[0]


def names_of(page, kind, rows):
    """Names of some firms of a kind."""
    return tuple(page.names(kind)[row] for row in rows)


def rescues(page):
    """Labs that could not have paid, kept alive by landlords and vendors, and who of them paid."""
    for lab in np.nonzero(page.recorded("labs", "rescued") >= DUST)[0]:
        name = page.names("labs")[lab]
        paid = {}
        for kind in RESCUERS:
            paid |= by_name(page.names(kind), page.paid("rescue", kind, "labs")[:, lab])
        total = sum(paid.values())
        text = f"{name} lacks {money(total)} for its bills, and those who would lose more by its failure pay: "
        text += listed(f"{who} {money(amount)}" for who, amount in paid.items()) + ", for equity."
        yield Event(page.quarter, "rescue", (name, *paid), paid, text, f"{name} would have failed", total / page.scale)


def labs(page):
    """Labs that could not pay, with the bill and the means to pay it."""
    for lab in failed(page, "labs"):
        if lab in taken(page, "labs"):
            yield estate(page, lab)
            continue
        name, a = page.names("labs")[lab], bill(page, lab)
        text = f"{name} defaults. Rent of {money(a['rent'])} and other bills of {money(a['other_due'])} are due this quarter, "
        text += f"and it has revenue of {money(a['revenue'])}, cash of {money(a['cash'])} "
        text += f"and new {'money' if a['lent'] else 'equity'} of {money(a['raised'])}. "
        text += f"The costs of its default take {money(a['default_cost'])}, and " if a["default_cost"] >= DUST else "Of its bills, "
        text += f"{money(a['unpaid'])} stays unpaid."
        yield Event(page.quarter, "default", (name,), a, text, why(page, lab, a))


def bill(page, lab):
    """What a lab owed in the quarter and what it had, $bn: {rent, other_due, revenue, cash, raised, lent, paid, default_cost, unpaid}.

    rent: contract rent due in cash; cash: at the start of the quarter; raised: before the bills were due, lent: of that by creditors
    """
    due, rent, principal = (float(page.recorded("labs", key)[lab]) for key in ("obligations", "rent_billed", "principal_due"))
    due = due + principal
    paid = float(
        sum(page.paid(flow, "labs", "clouds")[lab].sum() for flow in ("rent", "spot"))
        + page.paid("sublet", "labs", "labs")[lab].sum()
        + sum(page.paid(flow, "labs", "Economy")[lab].sum() for flow in ("opex", "outside_pool"))
        + sum(page.paid(flow, "labs", kind)[lab].sum() for flow in (INTEREST, PRINCIPAL) for kind in CREDITORS)
    )
    raised = sum(page.paid("lab_equity", kind, "labs")[:, lab].sum() for kind in ("investors", "clouds"))
    lent = sum(page.paid("lab_loan", kind, "labs")[:, lab].sum() for kind in CREDITORS)
    return {
        "rent": rent,
        "other_due": due - rent,
        "revenue": float(page.revenue[lab] / QUARTERS_PER_YEAR),
        "cash": max(0.0, float(page.cash_at_start("labs")[lab])),
        "raised": float(raised + lent),
        "lent": float(lent),
        "paid": paid,
        "default_cost": float(page.paid("default_cost", "labs", "Economy")[lab].sum()),
        "unpaid": max(0.0, due - paid),
    }


def why(page, lab, a):
    """Why a lab could not pay, from the books: the bill, the plan it was made on, the rescue that did not come, who fell before."""
    reasons = ["rent above revenue" if a["rent"] > a["revenue"] else "rent and other costs above revenue"]
    plan = largest_order(page, lab)
    if plan is not None and plan.recorded("labs", "forecast")[lab] > page.revenue[lab]:  # else it is not the plan that failed
        reasons.append(_against_plan(plan, page, lab))
    reasons.append(_no_rescue(page, lab, a))
    if page.recorded("industry", "stalled"):
        reasons.append("progress has stopped")
    fell = [name for p in page.lately(WINDOW)[1:] for name in names_of(p, "labs", failed(p, "labs"))]
    if fell:
        reasons.append(f"after the default of {listed(reversed(fell))}")
    return "; ".join(reasons)


def largest_order(page, lab):
    """The page on which the lab signed most of what it must pay for now; without orders in force, that of its plan for this quarter."""
    lag = page.industry.compute.build_lag
    pages = [page.turned(-back) for back in range(lag, lag + page.industry.compute.contract_term)]
    signed = [one for one in pages if one is not None and one.recorded("labs", "ordered_gw")[lab] >= DUST]
    largest = max(signed, key=lambda one: one.recorded("labs", "ordered_gw")[lab], default=None)
    return largest or page.turned(-(lag + AHEAD))


def _against_plan(plan, page, lab):
    keys = ("forecast_low", "forecast", "risk_appetite", "ordered_gw")
    low, own, appetite, ordered = (float(plan.recorded("labs", key)[lab]) for key in keys)
    earned = float(page.revenue[lab])
    when = f"planned in {plan.quarter}, when it ordered most ({said(ordered)} GW)," if ordered >= DUST else f"planned in {plan.quarter}"
    text = f"it earns {money(earned)} a year where it {when} on {money(own)} at its {level(appetite)}"
    return text + (f", less than its own P10 of {money(low)}" if earned < low else "")


def _no_rescue(page, lab, a):
    """What stood between the lab and new equity."""
    gap, value = a["rent"] + a["other_due"] - a["revenue"] - a["cash"], float(page.value_before()[lab])
    before = page.turned(-1)
    parent = int(page.industry.opening.parent[lab])
    if parent >= 0:
        return f"its owner {page.names('clouds')[parent]} had no free cash for the {money(gap)} that were missing"
    limit = page.setting("funds", "rescue_limit")
    if gap >= limit * value:
        return f"the {money(gap)} missing were more than {share(limit)} of its value of {money(value)}, too much for a rescue"
    if before is not None and before.recorded("industry", "sentiment") < page.setting("funds", "crisis_level"):
        return f"the funding window was all but shut at a sentiment of {said(before.recorded('industry', 'sentiment'))}"
    return f"investors gave {money(gap - a['raised'])} less than the {money(gap)} that were missing"


def channels(page):
    """What the defaults of labs did to others in the quarter, channel by channel."""
    dead = failed(page, "labs")
    if not dead.size:
        return
    for lab in dead:
        yield from _arrears(page, lab)
        yield from _stakes(page, lab)
    who, before = names_of(page, "labs", dead), page.turned(-1)
    if before is not None:
        yield from _idle(page, before, who)
        yield from _mood(page, before, who)
    cancelled, lost = page.recorded("industry", "cancelled"), float(page.recorded("clouds", "construction_lost").sum())
    if cancelled >= DUST:
        text = f"C5 backlog, cancelled orders: vendors lose orders of {money(cancelled)} with {listed(who)}, "
        text += f"and owners {money(lost)} of half-built sites."
        yield _channel(page, "C5", who, {"cancelled": cancelled, "construction_lost": lost}, text)
    whole = {kind: float(page.paid("recapitalisation", "Economy", kind).sum()) for kind in ("clouds", "vendors", "investors")}
    if sum(whole.values()) >= DUST:
        text = f"A channel of contagion is switched off, so the rest of the economy makes losers whole with {money(sum(whole.values()))}."
        yield Event(page.quarter, "made whole", who, whole, text)


def _channel(page, code, firms, amounts, text, size=None):
    size = sum(amounts.values()) if size is None else size
    weight = WEIGHTS["channel"] * size / page.scale
    return Event(page.quarter, code, firms, amounts, text, f"default of {listed(firms)}", weight)


def _arrears(page, lab):
    name = page.names("labs")[lab]
    lost = by_name(page.names("clouds"), page.paid("arrears", "clouds", "labs")[:, lab])
    kept = float(-page.paid("forfeit", "labs", "clouds")[lab].sum())
    if lost:
        text = f"C1 counterparty, arrears: its landlords lose rent of {name} ({each(lost)})"
        text += f", but they keep {money(kept)} that it had paid in advance." if kept >= DUST else "."
        yield _channel(page, "C1", (name,), lost, text)


def _stakes(page, lab):
    name, names = page.names("labs")[lab], page.industry.ledger.names
    lost = by_name(names, page.stakes_lost()[:, lab])
    if lost:
        said_as = {("its founders" if holder == "Economy" else holder): amount for holder, amount in lost.items()}
        text = f"C2 cross_equity, stakes: shares of {name} worth {money(sum(lost.values()))} are void: {each(said_as)}."
        yield _channel(page, "C2", (name,), lost, text)


def _idle(page, before, who):
    idle, was = (float(p.recorded("clouds", "idle_gw").sum()) for p in (page, before))
    value, worth = (float(p.recorded("clouds", "collateral").sum()) for p in (page, before))
    if idle - was < DUST:
        return
    spot = page.recorded("industry", "spot_ratio")
    text = f"C3 fire_sale, idle compute: {said(idle - was)} GW lose their tenant, and {said(idle)} GW now have none"
    text += f". Spot compute costs {share(spot)} of a contract" if spot > 0 else ""
    text += f", and all collateral falls from {money(worth)} to {money(value)}." if value < worth else "."
    amounts = {"idle_gw": idle, "idle_gw_before": was, "collateral": value, "collateral_before": worth, "spot_ratio": spot}
    yield _channel(page, "C3", who, amounts, text, size=max(0, worth - value))


def _mood(page, before, who):
    then, now = before.recorded("industry", "sentiment"), page.recorded("industry", "sentiment")
    hit = page.setting("mood", "defaults") * page.recorded("industry", "defaulted")
    if hit < DUST:
        return
    text = f"C4 funding, sentiment: labs with {share(page.recorded('industry', 'defaulted'))} of all revenue are gone, "
    text += f"which costs {said(hit)} of sentiment. "
    text += f"It goes from {said(then)} to {said(now)}." if said(then) != said(now) else f"It stays at {said(now)}."
    yield _channel(page, "C4", who, {"effect": hit, "before": then, "now": now}, text, size=hit * page.scale)


def customers(page):
    """C6: in the quarter after a default some customers have moved to survivors, others are in transit, and some use is lost."""
    before = page.turned(-1)
    if before is None or not failed(before, "labs").size:
        return
    who = names_of(before, "labs", failed(before, "labs"))
    gained = by_name(page.names("labs"), page.recorded("labs", "taken_in"))
    had = float(before.revenue[failed(before, "labs")].sum())
    waits = float(page.recorded("industry", "in_transit"))
    lost = float(page.recorded("industry", "spend_lost") - before.recorded("industry", "spend_lost"))
    if waits + lost + sum(gained.values()) < DUST:
        return
    text = f"C6 customers: after the end of {listed(who)} ({money(had)} a year), {money(lost)} a year of what was spent there is lost"
    text += f", {money(waits)} a year waits for a new lab" if waits >= DUST else ""
    text += f". Survivors take in {each(gained)} a year." if gained else ". No survivor takes in any of it."
    amounts = {**gained, "in_transit": waits, "spend_lost": lost}
    weight = WEIGHTS["customers"] * (waits + lost + sum(gained.values())) / page.scale
    yield Event(page.quarter, "C6", who, amounts, text, f"default of {listed(who)}", weight)
