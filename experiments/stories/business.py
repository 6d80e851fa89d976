"""Chapters of a story about business as it goes: technology, money raised and lent, orders, the mood, the year.

Each chapter reads one page and yields events.
"""

import numpy as np

from abm.clock import QUARTERS_PER_YEAR
from experiments.stories.events import DUST, Event, by_name, count, each, level, listed, money, payers, said, share

WEIGHTS = {"order": 0.2, "refused": 0.02, "round": 1.0, "parent": 1.0, "loan": 0.4, "equity call": 0.5, "release": 0.02, "frontier": 0.15}
STEPS_OF_IDLENESS = 10  # idle compute is news whenever another tenth of it stands empty
FRONTIER = "tenfolds of effective training compute since 2023"
SHOCKS = {
    "stall": "progress stops for {duration} quarters",
    "breakthrough": "the breakthrough arrives",
    "open_weight": "an open-weight model appears at {price_ratio} of the labs' price, {gap} OOM (tenfolds of training compute) behind the "
    "frontier; "
    "sentiment falls by {sentiment}, and prices fall to {density} of what they were",
    "funding_stop": "nobody buys new equity for {duration} quarters",
    "rate_shock": "loan rates move by {size} a year",
    "downgrade": "raters downgrade an owner of compute ({firm}); "
    "its lenders ask for {size} a year more and withhold {withheld} of the usual loan",
    "useful_life": "compute may be written off over {years} years at most, what stands included",
    "index_exclusion": "a stock index excludes the sector, and {size} of the public market's money leaves",
    "site_delay": "{size} of all compute under construction comes {duration} quarters later",
    "chip_cut": "for {duration} quarters {size} of the chips due do not come",
    "outage": "the service of a lab ({firm}) is down for {size} of each quarter, {duration} quarters long",
    "lone_breakthrough": "one lab ({firm}) gains {size} OOM that no other gains",
    "pool_closes": "an investor ({firm}) buys nothing new and is given nothing for {duration} quarters",
    "demand_shortfall": "customers want less: {size} of potential demand is missing from now on",
    "stop_training": "all labs stop training",
}


def shocks(page):
    """What the experiment does to the world."""
    for shock in page.industry.scheduled_shocks():
        if shock.at == page.quarter and shock.name in SHOCKS:  # losses have a chapter of their own
            given = {key: np.ravel(value)[0] for key, value in shock.values.items()}
            values = {key: float(value) for key, value in given.items() if key != "firm"}
            words = SHOCKS[shock.name].format(**given | {key: said(value) for key, value in values.items()})
            yield Event(page.quarter, "shock", (), values, f"The experiment intervenes: {words}.", "set by the experiment")


def technology(page):
    """Stalls, breakthroughs and who leads."""
    before = page.turned(-1)
    frontier = page.recorded("industry", "frontier")
    for name, begins, ends in (
        ("stalled", "Progress stops, and training adds no capability any more", "Progress resumes"),
        ("stall_known", "Everybody knows by now that progress has stopped, so labs cut training and costs", ""),
        ("breakthrough", "The breakthrough arrives, labs leap ahead and the market grows", ""),
    ):
        now, then = page.recorded("industry", name) > 0, before is not None and before.recorded("industry", name) > 0
        text = begins if now and not then else ends if then and not now else ""
        if text:
            stands = f"The frontier stands at {said(frontier)} OOM ({FRONTIER})."
            kind = {"stalled": "stall", "stall_known": "stall known", "breakthrough": "breakthrough"}[name]
            yield Event(page.quarter, kind, (), {"frontier": frontier}, f"{text}. {stands}")


def releases(page):
    """New models, and whether they take the lead."""
    before = page.turned(-1)
    names, released = page.names("labs"), page.recorded("labs", "released") * (page.recorded("labs", "alive") > 0)
    leader = int(np.argmax(released))
    was = int(np.argmax(before.recorded("labs", "released") * (before.recorded("labs", "alive") > 0))) if before else leader
    for lab in np.nonzero(page.recorded("labs", "just_released") * (released > 0))[0]:
        step = released[lab] - before.recorded("labs", "released")[lab] if before else 0
        amounts = {"released": float(released[lab]), "step": float(step), "behind": float(released[leader] - released[lab])}
        text = f"{names[lab]} releases a model of {said(released[lab])} OOM ({FRONTIER})"
        if lab == leader != was:
            text += f" and takes the lead from {names[was]}"
            yield Event(page.quarter, "frontier", (names[lab], names[was]), amounts, text + ".", weight=WEIGHTS["frontier"])
        else:
            text += ", the best there is" if lab == leader else f", {said(amounts['behind'])} OOM behind {names[leader]}"
            yield Event(page.quarter, "release", (names[lab],), amounts, text + ".", weight=WEIGHTS["release"] * min(1, abs(step)))


def rounds(page):
    """Equity of labs: rounds at the last mark, owners' money, listings, newcomers."""
    names, value = page.names("labs"), page.value_before()
    alive, before = page.recorded("labs", "alive") > 0, page.turned(-1)
    opened = _opened(page)
    outside, parents = page.paid("lab_equity", "investors", "labs"), page.paid("lab_equity", "clouds", "labs")
    was_listed = before.recorded("labs", "listed") if before else page.industry.opening.columns["labs"].get("listed", np.zeros(len(names)))
    for lab in np.nonzero(alive | (page.recorded("labs", "fails") > 0))[0]:
        sums = by_name(page.names("investors"), outside[:, lab])
        if opened[lab]:
            yield _newcomer(page, lab, outside[:, lab].sum(), sums)
        elif sums:
            yield _round(page, lab, float(outside[:, lab].sum()), float(value[lab]), sums)
        for owner, amount in by_name(page.names("clouds"), parents[:, lab]).items():
            buys = page.paid("sale", "labs", "labs")[lab].sum() >= DUST
            what = "its bills and the lab that it buys" if buys else "its bills"
            text = f"{owner} pays {money(amount)} into its lab {names[lab]}, which could not pay {what} alone."
            yield Event(page.quarter, "parent", (names[lab], owner), {owner: amount}, text, weight=WEIGHTS["parent"] * amount / page.scale)
        if page.recorded("labs", "listed")[lab] > was_listed[lab]:
            amounts = {"revenue": float(page.revenue[lab]), "value": float(page.recorded("labs", "value")[lab])}
            text = f"{names[lab]} lists on the stock market with revenue of {money(amounts['revenue'])} a year, and "
            text += f"the market values it at {money(amounts['value'])}."
            yield Event(page.quarter, "listing", (names[lab],), amounts, text)


def _opened(page):
    before = page.turned(-1)
    then = before.recorded("labs", "alive") if before else np.asarray(page.industry.opening.columns["labs"]["alive"])
    return (page.recorded("labs", "alive") > 0) & (then == 0)


def _newcomer(page, lab, raised, sums):
    name, appetite = page.names("labs")[lab], float(page.recorded("labs", "risk_appetite")[lab])
    text = f"A new lab, {name}, opens with {money(raised)} from {payers(sums)}. It plans at the {level(appetite)} of its forecast."
    return Event(page.quarter, "newcomer", (name, *sums), {"raised": float(raised), **sums, "risk_appetite": appetite}, text)


def _round(page, lab, raised, value, sums):
    name = page.names("labs")[lab]
    text = f"{name} raises {money(raised)} from {payers(sums)} at a valuation of {money(value)}."
    amounts = {"raised": raised, "value": value, **sums}
    return Event(page.quarter, "round", (name, *sums), amounts, text, weight=WEIGHTS["round"] * raised / page.scale)


def credit(page):
    """Compute delivered and who lent for it; equity of clouds."""
    loans, calls = page.paid("loan", "lenders", "clouds"), page.paid("cloud_equity", "investors", "clouds")
    delivered, debt = page.recorded("clouds", "delivered_gw"), page.recorded("clouds", "debt")
    for cloud, name in enumerate(page.names("clouds")):
        lent, called = by_name(page.names("lenders"), loans[:, cloud]), by_name(page.names("investors"), calls[:, cloud])
        total = float(loans[:, cloud].sum())
        if lent:
            text = f"{name} takes delivery of {said(delivered[cloud])} GW and borrows {money(total)} for it from {payers(lent)}. "
            text += f"It now owes {money(debt[cloud])}."
            amounts = {"lent": total, **lent, "delivered_gw": float(delivered[cloud]), "debt": float(debt[cloud])}
            yield Event(page.quarter, "loan", (name, *lent), amounts, text, weight=WEIGHTS["loan"] * total / page.scale)
        if called:
            total = float(calls[:, cloud].sum())
            text = f"{name} calls {money(total)} of new equity from {payers(called)} to build."
            weight = WEIGHTS["equity call"] * total / page.scale
            yield Event(page.quarter, "equity call", (name, *called), {"called": total, **called}, text, weight=weight)


def orders(page):
    """Compute ordered: on which forecast, at which appetite, for what rent, with whose down-payment."""
    ordered, wanted = page.recorded("labs", "ordered_gw"), page.recorded("labs", "wanted_gw")
    for lab in np.nonzero(page.recorded("labs", "alive") > 0)[0]:
        if ordered[lab] >= DUST:
            yield _order(page, lab)
        elif wanted[lab] >= DUST:
            name = page.names("labs")[lab]
            text = (
                f"{name} wants {said(wanted[lab])} GW and gets none, because it finds no landlord, lender or chip slot, or no cash for "
                "the down-payment."
            )
            amounts = {"wanted_gw": float(wanted[lab])}
            price = page.recorded("clouds", "contract_price").mean()
            yield Event(page.quarter, "refused", (name,), amounts, text, weight=WEIGHTS["refused"] * wanted[lab] * price / page.scale)


def _order(page, lab):
    name, vendors = page.names("labs")[lab], page.names("vendors")
    names = ("ordered_gw", "wanted_gw", "forecast", "forecast_low", "forecast_mid", "risk_appetite")
    amounts = {key: float(page.recorded("labs", key)[lab]) for key in names}
    amounts["down_payment"] = float(page.paid("prepayment", "labs", "clouds")[lab].sum())
    equity = {**by_name(vendors, page.paid("vendor_equity", "vendors", "labs")[:, lab])}
    equity |= by_name(page.names("investors"), page.paid("vendor_equity", "investors", "labs")[:, lab])
    rent, before = 0.0, page.turned(-1)
    if before:  # what was promised before, less the rent of the quarter, is still promised
        held = before.recorded("labs", "commitments")[lab] - page.recorded("labs", "rent_due")[lab] / QUARTERS_PER_YEAR
        rent = max(0.0, float(page.recorded("labs", "commitments")[lab] - held))
    amounts |= {"rent": rent, **equity}
    weight = WEIGHTS["order"] * (rent or amounts["ordered_gw"]) / page.scale
    return Event(page.quarter, "order", (name, *equity), amounts, _order_in_words(page, name, amounts, equity), weight=weight)


def _order_in_words(page, name, amounts, equity):
    a, lag = amounts, page.industry.compute.build_lag
    gap = f" of the {said(a['wanted_gw'])} it wants" if said(a["wanted_gw"]) != said(a["ordered_gw"]) else ""
    text = f"{name} orders {said(a['ordered_gw'])} GW{gap} for {page.quarter + lag} on"
    text += f" and promises {money(a['rent'])} of rent" if a["rent"] else ""
    text += f". It plans on revenue of {money(a['forecast'])} a year, the {level(a['risk_appetite'])} of its forecast"
    text += f" (P10 {money(a['forecast_low'])}, P50 {money(a['forecast_mid'])})"
    if a["down_payment"] >= DUST:
        text += f", and pays {money(a['down_payment'])} down"
        text += f". Buyers of new shares pay for it ({each(equity)})" if equity else " from its own cash"
    return text + "."


def mood(page):
    """Sentiment crossing the lines that matter, and commitments crossing what the cone can pay."""
    before = page.turned(-1)
    if before is None:
        return
    then, now = before.recorded("industry", "sentiment"), page.recorded("industry", "sentiment")
    lines = (
        ("crisis_level", "funds", "rounds shrink", "rounds are back to normal"),
        ("call_level", "funds", "nobody answers an equity call", "equity calls are answered again"),
        ("shy_level", "plans", "nobody orders compute", "labs order again"),
    )
    marks = [(page.setting(group, key), down if now < then else up) for key, group, down, up in lines]
    crossed = [words for mark, words in marks if (then < mark) != (now < mark)]
    if crossed:
        text = f"Sentiment {'falls' if now < then else 'recovers'} from {said(then)} to {said(now)}, so {listed(crossed)}."
        yield Event(page.quarter, "mood", (), {"before": then, "now": now}, text)
    for name, word in (("p10_coverage", "P10"), ("p50_coverage", "P50")):
        then, now = before.recorded("industry", name), page.recorded("industry", name)
        if (then >= 1) != (now >= 1) and page.recorded("industry", "commitments") >= DUST:
            verb = "no longer pays" if now < 1 else "pays again"
            text = (
                f"The {word} of labs' revenue two years ahead {verb} for the rent that labs have promised: it is {said(now)} times that "
                "rent."
            )
            yield Event(page.quarter, "coverage", (), {"before": then, "now": now}, text, weight=WEIGHTS["frontier"])


def year(page):
    """How a year ends, in its last quarter."""
    if (page.quarter + 1).year == page.quarter.year:
        return
    alive = page.recorded("labs", "alive") > 0
    labs, earned = int(alive.sum()), float((page.revenue * alive).sum())
    now = {name: page.recorded("industry", name) for name in ("revenue_total", "commitments", "p10_coverage", "sentiment")}
    this_year = [p for p in page.lately() if p.quarter.year == page.quarter.year]
    sales = float(sum(p.recorded("vendors", "sales").sum() for p in this_year))
    gw = float(page.recorded("clouds", "gw").sum())
    ratio = now["commitments"] / earned if earned > DUST else 0
    promised = f"{money(now['commitments'])} of rent promised" + (f" ({said(ratio)} years of revenue)" if ratio else "")
    text = f"The year ends with {count(labs)} {'lab' if labs == 1 else 'labs'} earning {money(earned)} a year, "
    text += f"{said(gw)} GW in service and {promised}. "
    chips = f"{money(sales)} of chips" if sales >= DUST else "no chips"
    text += f"Vendors sold {chips} in the year, P10 coverage is {said(now['p10_coverage'])}x and sentiment {said(now['sentiment'])}."
    yield Event(page.quarter, "year", (), {**now, "revenue_total": earned, "gw": gw, "chip_sales": sales, "labs": labs}, text)


def idle(page):
    """Compute in service without a contract, whenever another tenth of all compute is."""
    before = page.turned(-1)
    if before is None:
        return
    then, now = (1 - p.recorded("industry", "utilisation") for p in (before, page))
    if np.floor(STEPS_OF_IDLENESS * now) > np.floor(STEPS_OF_IDLENESS * then):
        gw, used = float(page.recorded("clouds", "idle_gw").sum()), page.recorded("industry", "spot_used")
        text = f"{share(now)} of all compute in service, {said(gw)} GW, has no contract; {share(used)} of that is hired by the day."
        yield Event(page.quarter, "idle", (), {"share": now, "idle_gw": gw, "spot_used": used}, text, weight=now)
