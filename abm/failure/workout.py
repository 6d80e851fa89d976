"""Creditors of a lab that cannot pay: they take shares where that is worth more to them than its failure [model.md 13.10].

Before anybody fails, the claims of a rank become shares at the last mark, the most junior rank first, as far as that lets the lab pay the
rest; a part that would not save it is not given up. Convertibles convert by contract. Others compare what they believe of the mark
with what they would get of a failed lab, so who is secured and paid in full refuses. What is left when a lab fails is lost.
"""

import numpy as np

from abm.books.lab_debts import INTEREST, PRINCIPAL, TRANCHES
from abm.books.ranks import CONVERTIBLE, SECURED, UNSECURED
from abm.engine.scales import A_DOLLAR
from abm.engine.sums import by_row, ratio_or
from abm.finance.funding import shortfall

JUNIOR_FIRST = (CONVERTIBLE, UNSECURED, SECURED)


def work_out(industry, owed):
    """Claims of labs that cannot pay become shares. owed: Dues, of which what is swapped is struck off"""
    if not industry.lab_debts.ever:
        return
    gap = np.where((industry.labs.alive > 0) & ~industry.losses.labs, shortfall(industry, owed), 0)
    if not (gap > A_DOLLAR).any():
        return
    for rank, swapped in swaps(industry, owed, gap).items():
        for tranche in TRANCHES:
            if tranche.rank == rank and swapped.any():
                _swap(industry, owed, tranche, swapped)


def swaps(industry, owed, gap):
    """{rank: labs of which its creditors take shares, bool, [worlds, labs]}. gap: what a lab lacks, $bn, [worlds, labs]"""
    relief, left, found = np.zeros_like(gap), gap, {}
    for rank in JUNIOR_FIRST:
        due = np.where(willing(industry, owed, rank), due_of(industry, owed, rank), 0)
        found[rank] = (left > A_DOLLAR) & (due > 0)
        relief, left = relief + due, left - due
    saved = (gap > A_DOLLAR) & (relief >= gap - A_DOLLAR)
    return {rank: there & saved for rank, there in found.items()}


def due_of(industry, owed, rank):
    """Interest and principal of a rank that are due this quarter, $bn, [worlds, labs]."""
    found = np.zeros_like(industry.labs.cash)
    for tranche in TRANCHES:
        for flow in (INTEREST, PRINCIPAL):
            if tranche.rank == rank and tranche.claim(flow) in owed.claims:
                found = found + owed.amount(tranche.claim(flow)).sum(axis=2)
    return found


def willing(industry, owed, rank):
    """Labs whose creditors of a rank would rather hold shares, bool, [worlds, labs]: what they believe the shares to be worth beats what a
    failed lab pays them."""
    if rank == CONVERTIBLE:
        return np.ones_like(industry.labs.cash, dtype=bool)
    claim = of_rank(industry, rank)
    believed = industry.debt.mark_believed * claim * (industry.cap.value(industry.rows["labs"]) > 0)
    before = sum(by_row(amount) for senior, payer, _, amount in owed.claims.values() if payer == "labs" and senior < rank)
    recovered = np.clip(industry.labs.cash - before, 0, claim)
    return (industry.debt.swap > 0) & (believed > recovered)


def of_rank(industry, rank):
    """All that labs owe in a rank, $bn, [worlds, labs]."""
    return sum(industry.lab_debts.total(each).sum(axis=1) for each in TRANCHES if each.rank == rank)


def _swap(industry, owed, tranche, swapped):
    """All of a tranche, with the interest that is due, becomes shares. swapped: bool, [worlds, labs]"""
    debts, rows = industry.lab_debts, industry.rows
    holders, hit = rows[tranche.creditors], swapped[:, None]
    interest, principal = (np.where(hit, amount, 0) for amount in (debts.coupon(tranche), debts.total(tranche)))
    industry.ledger.revalue("rollover", holders, "loans", rows["labs"], "debt", interest)
    industry.cap.swap(holders, rows["labs"], principal + interest)
    for flow in (INTEREST, PRINCIPAL):
        if tranche.claim(flow) in owed.claims:
            owed.amount(tranche.claim(flow))[...] *= ~swapped[..., None]
    debts.forget(tranche, swapped)
    industry.labs.put(swapped=industry.labs.swapped + np.where(swapped, (principal + interest).sum(axis=1), 0))


def pay_estate(industry, dead, ranks):
    """What a failed lab still has goes to creditors of these ranks, the first one first, pro rata. dead: bool, [worlds, labs]"""
    if not industry.lab_debts.ever:
        return
    for rank in ranks:
        left, claim = np.maximum(0, industry.labs.cash), of_rank(industry, rank)
        part = np.where(dead, ratio_or(np.minimum(left, claim), claim, 0), 0)[:, None]
        for tranche in TRANCHES:
            if tranche.rank == rank:
                paid = industry.lab_debts.total(tranche) * part
                industry.lab_debts.notes[tranche].scale(1 - part)
                industry.ledger.pay("lab_principal", industry.rows["labs"], industry.rows[tranche.creditors], np.swapaxes(paid, 1, 2))


def write_down(industry, dead):
    """What a failed lab still owes is lost to its creditors. dead: bool, [worlds, labs]"""
    debts = industry.lab_debts
    if not debts.ever or not dead.any():
        return
    for tranche in TRANCHES:
        loss = np.where(dead[:, None], debts.total(tranche), 0)
        industry.ledger.revalue("write_down", industry.rows[tranche.creditors], "loans", industry.rows["labs"], "debt", -loss)
        debts.forget(tranche, dead)
        if tranche.creditors == "lenders":
            industry.lenders.put(credit_loss=industry.lenders.credit_loss + loss.sum(axis=2))
            industry.news.credit_loss = industry.news.credit_loss + loss.sum(axis=(1, 2))[:, None]
        industry.labs.put(debt_lost=industry.labs.debt_lost + loss.sum(axis=1))
