"""Owners of compute that cannot pay, lenders that lost their capital, and what creditors are left with [model.md 13.5, 26.5, 26.7, 28]."""

import numpy as np

from abm.books.loans import held, reprice
from abm.books.obligations import before_debt_service
from abm.books.ranks import SECURED, TRADE, WAGES
from abm.engine.scales import A_DOLLAR, NO_MONEY
from abm.engine.sums import ratio_or


def unpaid_claims(industry, claims, result, level, payer, payee):
    """What a kind still owes another in a class, $bn, [worlds, payers, payees]."""
    where = industry.cleared
    owed = sum(a for s, p, q, a in claims.values() if (s, p, q) == (level, payer, payee))
    if np.ndim(owed) == 0:
        return np.zeros((industry.worlds, len(industry.opening.names[payer]), 1))
    return np.maximum(0, owed - result.payments[level][:, where[payer], where[payee]])


def resolve_clouds(industry, claims, result):
    """Unpaid debt service is capitalised while collateral covers it; otherwise creditors take over [model.md 13.5, 26.7]."""
    rows, fleet, clouds, p = industry.rows, industry.fleet, industry.clouds, industry.lending
    unpaid = np.swapaxes(unpaid_claims(industry, claims, result, SECURED, "clouds", "lenders"), 1, 2)
    interest_due, principal_due = (np.swapaxes(claims[flow][3], 1, 2) for flow in ("interest", "principal"))
    interest = np.clip(unpaid - principal_due, 0, interest_due)  # interest is paid first; unpaid principal is still in the loan
    worth = p.recovery * (fleet.economic_value(industry.now) + work_in_progress(industry))
    lost = industry.losses.clouds
    failed = _cannot_go_on(industry, result, unpaid.sum(axis=1), interest.sum(axis=1), worth) | lost
    industry.ledger.revalue("rollover", rows["lenders"], "loans", rows["clouds"], "debt", interest)
    fleet.scale_loans(1 + ratio_or(interest, fleet.loans(), 0))
    failing = clouds.columns["failing"].copy()
    clouds.put(failing=failed)
    if not failed.any():
        return
    worth = worth + np.where(lost, np.maximum(0, clouds.cash), 0)  # who fails for want of cash has none
    cut = np.where(failed, np.clip(1 - ratio_or(worth, fleet.loans().sum(axis=1), 1), 0, 1), 0)
    loss = fleet.loans() * cut[:, None]
    industry.ledger.revalue("write_down", rows["lenders"], "loans", rows["clouds"], "debt", -loss)
    fleet.scale_loans(1 - cut[:, None])
    fleet.reschedule(failed, industry.lenders.tenor)
    reprice(industry, failed)
    clouds.put(breach=np.where(failed, 0, clouds.breach), missed=np.where(failed, 0, clouds.missed))
    industry.lenders.put(credit_loss=industry.lenders.credit_loss + loss.sum(axis=2))
    industry.news.credit_loss = industry.news.credit_loss + loss.sum(axis=(1, 2))[:, None]
    anew = failed & (lost | ~_in_creditors_hands(industry, failing))
    industry.news.clouds = anew
    _new_owners(industry, "clouds", anew)
    clouds.put(reorganised=clouds.reorganised + anew, died=np.where(anew & (clouds.died < 0), industry.now, clouds.died))


def _cannot_go_on(industry, result, unpaid, interest, worth):
    """Owners that creditors take over, bool, [worlds, owners] [model.md 28].

    Debt service that is missed is extended for some quarters where collateral covers the debt. Unpaid bills are default at once. Loans long
    in breach of covenant are called where the firm no longer earns what it owes.
    unpaid, interest: debt service and interest left unpaid, worth: collateral to lenders, $bn, [worlds, owners]
    """
    clouds, p, fleet = industry.clouds, industry.lending, industry.fleet
    bills = sum(result.owed[level] - result.paid[level] for level in (WAGES, TRADE))[:, industry.cleared["clouds"]]
    owed = fleet.loans().sum(axis=1)
    covered = worth + np.maximum(0, clouds.cash) >= owed + interest
    missed = np.where(unpaid > A_DOLLAR, clouds.missed + 1, 0)
    clouds.put(missed=missed)
    called = (clouds.breach >= industry.compute.accelerate_after) & (before_debt_service(industry) < clouds.debt_service) & ~covered
    return ((missed > 0) & (~covered | (missed > p.grace))) | (bills > A_DOLLAR) | called


def _in_creditors_hands(industry, failing):
    """Owners that creditors took over and that go on failing, or have no tenant left, bool, [worlds, owners].

    Their loan is written down to the collateral quarter by quarter; that is one failure, not one each quarter.
    """
    nothing_let = industry.fleet.rent_due(industry.now).sum(axis=1) + industry.clouds.outside_rent <= NO_MONEY
    return (industry.clouds.reorganised > 0) & (nothing_let | (failing > 0))


def work_in_progress(industry):
    """What lenders count for work in progress, $bn, [worlds, owners]."""
    return industry.compute.wip_recovery * industry.fleet.total("wip")


def _new_owners(industry, kind, failed):
    """The old equity is worth nothing; investors own the firm from now on, pro rata to their cash."""
    rows, cash = industry.rows, industry.investors.cash
    industry.cap.wipe_out(rows[kind], failed)
    total = cash.sum(axis=1, keepdims=True)
    weights = np.where(total > 0, cash / np.where(total > 0, total, 1), 1 / max(1, cash.shape[1]))
    if cash.shape[1]:
        industry.cap.hand_over(rows[kind], failed, rows["investors"], weights)


def resolve_lenders(industry, claims, result):
    """A lender whose capital is gone fails: its creditors lose half the hole, Economy fills the rest and owns it [model.md 26.5]."""
    rows, ledger, lenders = industry.rows, industry.ledger, industry.lenders
    unpaid = unpaid_claims(industry, claims, result, SECURED, "lenders", "Economy")
    ledger.revalue("rollover", rows["Economy"], "bonds", rows["lenders"], "borrowings", np.swapaxes(unpaid, 1, 2))
    lenders.put(banned=np.maximum(0, lenders.banned - 1))
    _fall_back_on_other_capital(industry)
    capital = ledger.book_equity(rows["lenders"])
    failed = capital < -A_DOLLAR
    if not failed.any():
        return
    hole = np.where(failed, -capital, 0)
    bonds = -ledger.balances["borrowings"][:, rows["lenders"]]
    bailed_in = np.minimum(bonds, hole / 2)
    ledger.revalue("borrowing_loss", rows["Economy"], "bonds", rows["lenders"], "borrowings", -bailed_in[:, None])
    industry.cap.wipe_out(rows["lenders"], failed)
    industry.cap.issue("capital_call", rows["Economy"], rows["lenders"], (hole - bailed_in)[:, None])
    industry.news.lenders = industry.news.lenders | failed
    lenders.put(
        banned=np.where(failed, np.maximum(industry.lending.ban, lenders.banned), lenders.banned),
        failed=lenders.failed + failed,
        died=np.where(failed & (lenders.died < 0), industry.now, lenders.died),
    )


def _fall_back_on_other_capital(industry):
    """A lender with another business fills a hole in this one from the capital that stands behind the other, as far as that goes."""
    lenders, rows = industry.lenders, industry.rows
    hole = np.maximum(0, -industry.ledger.book_equity(rows["lenders"]))
    filled = np.minimum(hole, lenders.other_capital)
    industry.ledger.pay("recapitalisation", rows["Economy"], rows["lenders"], filled[:, None])
    lenders.put(other_capital=lenders.other_capital - filled)


def pay_down_borrowings(industry, claims, result):
    """Lenders repay, from cash in hand, what they owe beyond the borrowed part of the loans they still have.

    So a loan that is repaid repays what was borrowed for it, and after a loss a lender has less debt before it pays dividends.
    """
    rows, lenders = industry.rows, industry.lenders
    bonds = -industry.ledger.balances["borrowings"][:, rows["lenders"]]
    kept = (1 - lenders.capital_ratio) * held(industry)
    amount = np.clip(bonds - kept, 0, np.maximum(0, lenders.cash))
    industry.ledger.pay("borrowing_repaid", rows["lenders"], rows["Economy"], amount[..., None])
