"""Phase 9: everything due is paid by seniority; who cannot pay is resolved, and the loss travels through six channels [model.md 13].

Each channel has a switch. With a channel off, the loss that would have travelled is made whole by Economy and can be read
in the books, so that runs with and without it differ in nothing else.
"""

import numpy as np

from abm.books.lab_debts import PRINCIPAL, TRANCHE_OF, flow_of
from abm.books.ranks import ALWAYS_THERE, TRADE, WAGES
from abm.engine.sums import ratio_or
from abm.failure.clearing import clear
from abm.failure.compensation import not_lost
from abm.failure.creditors import pay_down_borrowings, resolve_clouds, resolve_lenders, unpaid_claims
from abm.failure.guarantees import called, pay_arrears
from abm.failure.lifeboat import rescue
from abm.failure.loss import wind_up
from abm.failure.sale import hand_over, sell
from abm.failure.workout import work_out, write_down

_CLEARED = ("labs", "clouds", "vendors", "lenders", "Economy")


def settle(industry, owed):
    """Creditors swap what they rather would; those exposed rescue whom they can; who is left is for sale; what is due is paid; then who
    failed is resolved: labs, then clouds, then lenders."""
    work_out(industry, owed)
    rescue(industry, owed)
    sale = sell(industry, owed)
    result, claims = _clear(industry, owed)
    for payee in ("labs", "clouds"):  # who lets compute hires none: labs that hire pay nothing more because others were made whole
        if _make_arrears_whole(industry, claims, result, payee):
            result, claims = _clear(industry, owed)
    if pay_arrears(industry, owed, claims, result):
        result, claims = _clear(industry, owed)
    _post(industry, claims, result)
    alive = industry.labs.alive > 0
    lost = industry.losses.labs & alive
    if sale:
        hand_over(industry, sale)
        lost = lost | sale.sold
    labs = result.defaulted[:, industry.cleared["labs"]] & alive | lost
    _lose_arrears(industry, claims, result)
    wind_up(industry, lost, sale.sold if sale else None)
    write_down(industry, labs)
    resolve_labs(industry, labs)
    resolve_clouds(industry, claims, result)
    resolve_lenders(industry, claims, result)
    pay_down_borrowings(industry, claims, result)


def _clear(industry, owed):
    where, n = industry.cleared, industry.cleared["n"]
    ranks = max(ALWAYS_THERE, *(1 + rank for rank, *_ in owed.claims.values()))
    due = np.zeros((ranks, industry.worlds, n, n))
    for seniority, payer, payee, amount in owed.claims.values():
        due[seniority][:, where[payer], where[payee]] += amount.sum(axis=2, keepdims=True) if payee == "investors" else amount
    cash = np.concatenate([industry.ledger.balances["cash"][:, industry.rows[kind]] for kind in _CLEARED], axis=1)
    alpha, beta = np.ones_like(cash), np.ones_like(cash)
    alpha[:, where["labs"]] = industry.contagion.cash_after_default
    beta[:, where["labs"]] = industry.contagion.receipts_after_default
    return clear(np.maximum(0, cash), due, alpha=alpha, beta=beta), {**owed.claims}


def _post(industry, claims, result):
    """Post every payment under the flow it was owed for: within a class, flows between the same two share pro rata, interest first."""
    where = industry.cleared
    for seniority in range(len(result.payments)):
        left = result.payments[seniority].copy()
        for flow, (level, payer, payee, amount) in claims.items():
            if level != seniority:
                continue
            block = left[:, where[payer], where[payee]]
            if payee == "investors":  # all of them stand in one place
                block = amount * ratio_or(block, amount.sum(axis=2, keepdims=True), 0)
            paid = np.minimum(amount, np.maximum(0, block))
            left[:, where[payer], where[payee]] -= paid.sum(axis=2, keepdims=True) if payee == "investors" else paid
            industry.ledger.pay(flow_of(flow), industry.rows[payer], industry.rows[payee], paid)
            if flow == "principal":
                industry.fleet.repay(np.swapaxes(paid, 1, 2), np.swapaxes(amount, 1, 2))
            elif flow_of(flow) == PRINCIPAL:
                industry.lab_debts.repay(TRANCHE_OF[flow], np.swapaxes(paid, 1, 2))
    lost = result.deadweight[:, where["labs"]]
    cash = np.maximum(0, industry.labs.cash)
    industry.ledger.pay("default_cost", industry.rows["labs"], industry.rows["Economy"], np.minimum(lost, cash)[..., None])


def _make_arrears_whole(industry, claims, result, payee):
    """With channel C1 off Economy pays who let the compute the rent that labs leave unpaid, before it must pay; whether there was any."""
    unpaid = unpaid_claims(industry, claims, result, TRADE, "labs", payee)
    whole = unpaid.sum(axis=1) * (1 - industry.contagion.counterparty)
    industry.ledger.pay("recapitalisation", industry.rows["Economy"], industry.rows[payee], whole[:, None])
    return whole.any()


def _lose_arrears(industry, claims, result):
    """Unpaid rent becomes arrears and is written off with the tenant's default."""
    rows, ledger = industry.rows, industry.ledger
    for payee in ("clouds", "labs"):
        unpaid = np.swapaxes(unpaid_claims(industry, claims, result, TRADE, "labs", payee), 1, 2)
        ledger.revalue("arrears", rows[payee], "receivable", rows["labs"], "payable", unpaid)
        ledger.revalue("arrears_lost", rows[payee], "receivable", rows["labs"], "payable", -unpaid)
    for payer in ("labs", "clouds", "vendors"):
        for level in (WAGES, TRADE):
            lost = np.swapaxes(unpaid_claims(industry, claims, result, level, payer, "Economy"), 1, 2)
            ledger.revalue("arrears", rows["Economy"], "receivable", rows[payer], "payable", lost)
            ledger.revalue("arrears_lost", rows["Economy"], "receivable", rows[payer], "payable", -lost)


def resolve_labs(industry, dead):
    """Equity is gone, prepayments are forfeited, delivered compute becomes idle, sites to come are orphaned [model.md 13.4].

    dead: bool, [worlds, labs]
    """
    if not dead.any():
        return
    rows, fleet, now = industry.rows, industry.fleet, industry.now
    _note_deaths(industry, dead)
    _lose_stakes(industry, dead)
    prepaid = np.where(dead[:, :, None], fleet.pairs.table(fleet.total("prepaid")), 0)
    industry.ledger.revalue("forfeit", rows["labs"], "prepaid", rows["clouds"], "prepaid_owed", -prepaid)
    owed = fleet.rent_to_come(now, industry.contagion.termination_quarters, dead)
    claimed = -industry.ledger.flows["termination"][:, rows["labs"]]  # what an estate could pay of that
    industry.news.termination = np.maximum(0, owed - claimed).sum(axis=1, keepdims=True)
    industry.made_whole.promise(industry, dead, prepaid, not_lost(industry), fleet.life)
    industry.guaranteed.promise(industry, dead, prepaid, called(industry), industry.guarantee.quarters)
    fleet.release(dead, now, until=now + industry.contagion.release_quarters * (industry.contagion.customers > 0))
    industry.labs.put(alive=np.where(dead, 0, industry.labs.alive))
    for name in ("training_gw", "inference_gw", "sublet_gw", "unmet_prepayment"):  # the quarter's revenue was earned and stays
        industry.labs.columns[name][...] = np.where(dead, 0, industry.labs.columns[name])


def _note_deaths(industry, dead):
    labs = industry.labs
    revenue = labs.revenue.sum(axis=1, keepdims=True)
    share = np.where(dead, labs.revenue, 0).sum(axis=1, keepdims=True) / np.where(revenue > 0, revenue, 1)
    industry.news.labs = industry.news.labs | dead
    industry.news.defaulted = industry.contagion.funding * share
    labs.put(died=np.where(dead & (labs.died < 0), industry.now, labs.died))


def _lose_stakes(industry, dead):
    """Holders lose their stakes; with channel C2 off Economy pays firms (not founders) what they lost."""
    rows = industry.rows
    value = np.where(dead, industry.cap.value(rows["labs"]), 0)
    lost = (industry.cap.shares[:, :, rows["labs"]] * value[:, None]).sum(axis=2)
    industry.cap.wipe_out(rows["labs"], dead)
    industry.equity_lost = lost[:, rows["vendors"]].sum(axis=1, keepdims=True)
    for kind in ("vendors", "clouds", "investors"):
        whole = lost[:, rows[kind]] * (1 - industry.contagion.cross_equity)
        industry.ledger.pay("recapitalisation", rows["Economy"], rows[kind], whole[:, None])
