"""The funding window, after revenue and before what is due is paid: rounds, rescues, parents, listings (phase 8) [model.md 11]."""

import numpy as np

from abm.books.loans import held
from abm.books.obligations import bound_cash
from abm.books.register import EXTRA_OUT
from abm.clock import QUARTER
from abm.engine.scales import NO_MONEY, NO_POWER
from abm.engine.sums import ratio_or
from abm.finance.capital import call_equity, left_to_invest, share_out
from abm.finance.lab_debt import borrow, sell_convertibles
from abm.finance.listings import sell_on
from abm.finance.pools import commitments
from abm.finance.valuations import investors_values
from abm.finance.values import worth

MONEY_FOR_DEALS = 1  # the investor style that buys labs with compute to come only
MONEY_OF_THE_PUBLIC = 3  # the investor style that buys listed labs only


def save(industry):
    """Saving reaches the funds by weight [model.md B] and fills each to its part of the target; what it holds beyond goes elsewhere.

    Pools that end get what is committed to them instead [model.md 11.10].
    """
    p, rows, weight = industry.funds, industry.rows, industry.investors.saving_weight
    value = industry.cap.value(rows["labs"]).sum(axis=1, keepdims=True)
    lacks = (p.saving_target + p.saving_per_value * value) * weight - industry.investors.cash
    amount = (p.saving * weight + p.saving_speed * np.maximum(0, lacks)) * industry.saving_factor
    amount, surplus = commitments(industry, amount, p.returned * np.maximum(0, -lacks))
    amount = amount * industry.disruptions.open_pools(industry.now) * public_part(industry)
    industry.ledger.pay("saving", rows["Economy"], rows["investors"], amount[:, None])
    industry.ledger.pay("redemption", rows["investors"], rows["Economy"], surplus[..., None])


def public_part(industry):
    """Part of each investor's money that no index takes away from the sector, [worlds, investors]."""
    return np.where(industry.investors.style == MONEY_OF_THE_PUBLIC, industry.disruptions.public_part, 1)


def fund(industry, owed):
    """Phase 8: parents cover the labs they hold, labs their project companies, shareholders owners; listings; rounds at the last mark."""
    save(industry)
    parents_cover(industry, owed)
    labs_cover(industry, owed)
    shareholders_cover(industry, owed)
    go_public(industry)
    rounds(industry, owed)


def shortfall(industry, owed):
    """What a lab cannot pay from its cash and from what others owe it for compute, $bn, [worlds, labs]."""
    return np.maximum(0, owed.of("labs") - owed.to("labs") - industry.labs.cash)


def _funded(industry):
    """Labs into which anybody pays, bool, [worlds, labs]: those that are there and that nothing takes this quarter."""
    return (industry.labs.alive > 0) & ~industry.losses.labs


def parents_cover(industry, owed):
    """A parent pays for its lab from free cash before the lab would default; what it lacks it calls from investors, as it does
    for its own bills, while the hole is small against the lab's value [model.md 11.3, 26.1, 26.17b].
    """
    labs, clouds = industry.labs, industry.clouds
    comes_back = (owed.amount("rent") * (labs.parent_row[..., None] == np.arange(len(clouds.names)))).sum(axis=1)
    held = (labs.parent_row[:, None, :] == np.arange(len(clouds.names))[:, None]) & _funded(industry)[:, None]
    short = shortfall(industry, owed)
    need = held * short[:, None]
    total = need.sum(axis=2)
    free = np.clip(clouds.cash - owed.of("clouds") + comes_back, 0, np.maximum(0, clouds.cash))
    small = short < industry.funds.rescue_limit * industry.cap.value(industry.rows["labs"])
    worth_it = (held * np.where(small, short, 0)[:, None]).sum(axis=2)
    free = free + call_equity(industry, np.clip(total - free, 0, worth_it))
    scale = np.minimum(1, free / np.where(total > 0, total, 1))
    industry.cap.issue("lab_equity", industry.rows["clouds"], industry.rows["labs"], need * scale[..., None])


def labs_cover(industry, owed):
    """A lab pays what its own project company lacks this quarter, from cash it does not need itself [model.md 26.17a, 26.17e]."""
    labs, clouds, rows = industry.labs, industry.clouds, industry.rows
    backed = industry.projects & _funded(industry)[..., None] & (clouds.reorganised == 0)[:, None]
    lack = np.maximum(0, owed.of("clouds") - clouds.cash - owed.amount("rent").sum(axis=1))
    need = backed * lack[:, None]
    total, free = need.sum(axis=2), np.maximum(0, labs.cash - owed.of("labs"))
    scale = np.minimum(1, free / np.where(total > 0, total, 1))
    industry.cap.issue("cloud_equity", rows["labs"], rows["clouds"], need * scale[..., None])


def shareholders_cover(industry, owed):
    """Shareholders fill what an owner of compute lacks this quarter, while the hole is small against what the firm is worth [model.md 28].

    So an owner fails when it is worth too little to be saved, not when one bill is a cent larger than its cash. Project companies have
    their lab, and nobody puts new equity into a firm that its creditors have taken over.
    """
    clouds, worth = industry.clouds, industry.cap.value(industry.rows["clouds"])
    lack = np.maximum(0, owed.of("clouds") - owed.to("clouds") - clouds.cash)
    alone = ~industry.projects.any(axis=1) & (clouds.reorganised == 0)
    call_equity(industry, np.minimum(lack, industry.funds.rescue_limit * np.maximum(0, worth)) * alone)


def go_public(industry):
    """A lab that is large enough lists when the mood is good [model.md 11.6]."""
    labs, p = industry.labs, industry.funds
    large = (labs.revenue >= p.listing_revenue) & (labs.alive > 0) & (labs.parent_row < 0)
    lists = industry.listings.admit(industry, large, large & (industry.sentiment >= p.listing_sentiment))
    labs.put(listed=np.where(lists, 1, labs.listed))


def asks(industry, owed):
    """Equity each lab asks for, $bn, [worlds, labs]: runway and unmet down-payments within the dilution limit, plus a rescue.

    Whose runway is long enough still sells shares for what it has promised, as long as these are dear.
    """
    labs, p, plans = industry.labs, industry.funds, industry.plans
    value = industry.cap.value(industry.rows["labs"])
    short = shortfall(industry, owed)
    due = owed.of("labs") - owed.to("labs")
    gap = np.maximum(0, labs.cash_wanted(plans.runway_base, plans.runway_slope) + due - labs.cash) + labs.unmet_prepayment
    gap = np.maximum(gap, np.minimum(np.maximum(0, war_chest(industry) + due - labs.cash), usual_round(industry, value)))
    dilution = np.where(labs.listed > 0, p.listed_dilution, p.dilution)
    rescue = np.where(short < p.rescue_limit * value, short, 0)
    independent = (labs.parent_row < 0) & _funded(industry)
    return (np.minimum(gap, dilution * value + rescue) + industry.listings.offering(industry, value)) * independent


def war_chest(industry):
    """Cash that pays what a lab has promised for the coming quarters whatever it earns, $bn, [worlds, labs]."""
    return industry.fleet.rent_to_come(industry.now, industry.plans.chest_quarters, industry.labs.alive > 0)


def usual_round(industry, value):
    """What a lab raises in a quarter without need, $bn, [worlds, labs]: more when its shares are dear, less when they are cheap.

    value: what the market pays for labs, $bn. Shares are dear when it pays more than their worth in a usual mood.
    """
    p, revenue = industry.funds, industry.labs.revenue
    usual = worth(p, revenue, industry.market_growth(), revenue.sum(axis=1, keepdims=True))
    known = (usual > NO_MONEY) & (value > NO_MONEY)
    dear = np.log(np.where(known, value, 1) / np.where(known, usual, 1))
    return p.usual_round * value * np.exp(p.timing * dear)


def rounds(industry, owed):
    """Investors' money meets the labs' asks at the last mark; investors who value a lab below it buy less."""
    p, investors, labs = industry.funds, industry.investors, industry.labs
    wanted, convertible = borrow(industry, asks(industry, owed))
    price = industry.cap.value(industry.rows["labs"])
    crisis = np.where(industry.sentiment < p.crisis_level, p.crisis_factor, 1)
    listed = np.where(labs.listed > 0, p.listed_supply, 1)
    market = p.market_share * industry.sentiment * price.sum(axis=1, keepdims=True) + p.market_base
    cash = investors.cash
    may_buy = eligible(industry)
    active = cash * (may_buy & (wanted > NO_MONEY)[:, None]).any(axis=2)
    total = active.sum(axis=1, keepdims=True)
    budget = market * active / np.where(total > 0, total, 1)
    fall = industry.previous_sentiment - industry.sentiment
    supply = investors.supply(industry.sentiment, fall, budget, left_to_invest(industry), p)
    supply = supply * crisis * np.where(industry.funding_stopped > 0, 0, 1) * public_part(industry)
    values = investors_values(industry)
    eager = investors.eagerness(values, price[:, None]) * may_buy * listed[:, None]
    supply = supply - sell_on(industry, supply, wanted, eager, investors.style == MONEY_OF_THE_PUBLIC)
    paid = share_out(supply, wanted, eager)
    most = left_to_invest(industry)  # a listed lab may be offered more than an investor has left
    paid = paid * np.minimum(1, most / np.where(paid.sum(axis=2) > 0, paid.sum(axis=2), np.inf))[..., None]
    industry.filled = ratio_or(paid.sum(axis=1), wanted, 1, NO_MONEY)
    paid = sell_convertibles(industry, paid, convertible)
    industry.cap.issue("lab_equity", industry.rows["investors"], industry.rows["labs"], paid)
    industry.raised, industry.asked = paid.sum(axis=1), wanted
    _note_down_rounds(industry, price)


def eligible(industry):
    """Which labs an investor may buy, bool, [worlds, investors, labs]: public money those that are listed, strategic money those
    with a compute deal, which is a contract with compute still to come [model.md 11.5, 11.6].
    """
    style, labs = industry.investors.style[..., None], industry.labs
    has_deal = industry.fleet.ordered(industry.now)[:, :EXTRA_OUT].sum(axis=2) > NO_POWER
    return ((style != MONEY_OF_THE_PUBLIC) | (labs.listed[:, None] > 0)) & ((style != MONEY_FOR_DEALS) | has_deal[:, None])


def _note_down_rounds(industry, price):
    """A listed lab that sells equity below the value of its last round is news to all [model.md 11.6]. price: [worlds, labs]."""
    labs, raised = industry.labs, industry.raised
    down = (labs.listed > 0) & (raised > NO_MONEY) & (price < labs.last_round)
    industry.news.extra["down_rounds"] = down.sum(axis=1, keepdims=True)
    labs.put(last_round=np.where(raised > NO_MONEY, price + raised, labs.last_round))


def pay_dividends(industry):
    """Vendors, clouds and lenders pay out part of the cash they do not need, to whom they belong [model.md B]."""
    rows, c, compute, lending = industry.rows, industry.chips, industry.compute, industry.lending
    annual = (industry.vendors.sales + industry.vendors.other_sales) / QUARTER
    vendors = c.dividend * np.maximum(0, industry.vendors.cash - c.reserve - c.reserve_per_sales * annual)
    debt = industry.fleet.loans().sum(axis=1)
    kept = compute.reserve + compute.reserve_per_debt * debt + np.maximum(0, industry.clouds.other_cash_flow) + bound_cash(industry)
    clouds = compute.dividend * np.maximum(0, industry.clouds.cash - kept)
    loans = held(industry)
    lenders = lending.dividend * np.maximum(0, industry.lenders.cash - lending.reserve - lending.reserve_per_loan * loans)
    book = industry.ledger.book_equity
    spare = {"vendors": book(rows["vendors"]), "clouds": book(rows["clouds"])}
    spare["lenders"] = book(rows["lenders"]) - industry.lenders.capital_ratio * loans
    for kind, amount in (("vendors", vendors), ("clouds", clouds), ("lenders", lenders)):
        distribute(industry, rows[kind], np.minimum(amount, np.maximum(0, spare[kind])))  # nobody pays out what it does not own


def distribute(industry, issuers, amount):
    """Pay a dividend to holders by their shares. amount: $bn, [worlds, issuers]"""
    everybody = slice(0, len(industry.ledger.names) - 1)
    shares = np.swapaxes(industry.cap.shares[:, everybody, issuers], 1, 2)
    industry.ledger.pay("dividend", issuers, everybody, amount[..., None] * shares)
