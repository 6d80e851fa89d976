"""Statements derived from the books: balance sheets, income statements and the transaction-flow matrix."""

import numpy as np
import pandas as pd

from abm.books.flows import ACCOUNTS, EVENTS, FLOWS
from abm.start.opening import FIRM_KINDS


def columns_by_kind(opening):
    """{sector: agent rows}, in the order of the flow matrix."""
    sectors = {kind.capitalize(): opening.rows(kind) for kind in FIRM_KINDS}
    last = len(opening.all_names)
    return {**sectors, "Customers": slice(last - 4, last - 2), "Economy": slice(last - 2, last - 1), "MonAuth": slice(last - 1, last)}


def balance_sheet(ledger, opening, world, by_agent=False):
    """Balance-sheet matrix of one world: + asset, - liability, $bn; financial rows sum to zero [model.md 12.2]."""
    table = pd.DataFrame({label: ledger.balances[account][world] for account, label in ACCOUNTS.items()}, index=ledger.names).T
    table.loc["net worth"] = -table.sum()
    return _finished(table, opening, by_agent)


def flow_matrix(ledger, opening, world, by_agent=False):
    """Transaction-flow matrix of the quarter, one world: + receipt, - payment, $bn; rows and columns sum to zero [model.md 12.3]."""
    table = pd.DataFrame({flow.label: ledger.flows[name][world] for name, flow in FLOWS.items()}, index=ledger.names).T
    table.loc["change of cash"] = -(ledger.balances["cash"][world] - ledger.start_cash[world])
    return _finished(table, opening, by_agent)


def income_statement(ledger, world):
    """Income less expense by name and agent of the quarter, $bn; the last row is what net worth changed by."""
    labels = {**{name: flow.label for name, flow in FLOWS.items()}, **EVENTS}
    table = pd.DataFrame({label: ledger.profit[name][world] for name, label in labels.items()}, index=ledger.names).T
    table = table[np.abs(table).sum(axis=1) > 0]
    table.loc["change of net worth"] = table.sum()
    return table


def _finished(table, opening, by_agent):
    if not by_agent:
        sectors = columns_by_kind(opening)
        table = pd.DataFrame({name: table.iloc[:, rows].sum(axis=1) for name, rows in sectors.items()})
    return table.assign(sum=table.sum(axis=1))
