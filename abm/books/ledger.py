"""Quadruple-entry books of every agent in every world [Copeland1949, GodleyLavoie2007, model.md 12].

Real accounts (`ACCOUNTS`) hold balances, assets positive and liabilities negative, `[worlds, agents]` each. A payment moves
cash in two books and touches one more account in each; a revaluation changes an asset in one book and its mirror in
another; nothing else changes a balance. What is income or expense is summed over the quarter by name, so that statements,
the balance sheet and the flow matrix are derived and never set.
"""

import numpy as np

from abm.books.flows import ACCOUNTS, EVENTS, FLOWS, PAIRS, REAL_ASSETS
from abm.engine.sums import by_column, by_row
from abm.errors import BrokenRule, UnbalancedEntry

_ROUNDING = 1e-9


class Ledger:
    """The books of `worlds` worlds and the named agents.

    balances: {account: [worlds, agents]}; flows: {flow: [worlds, agents]} receipts less payments of this quarter;
    profit: {flow or event: [worlds, agents]} income less expense of this quarter, on top of nothing else;
    graph: {flow: [worlds, payers, payees] with the rows they stand for} of this quarter, for flows among the agents.
    """

    def __init__(self, worlds, names):
        self.worlds, self.names = worlds, list(names)
        shape = (worlds, len(self.names))
        self.balances = {account: np.zeros(shape) for account in ACCOUNTS}
        self.flows = {flow: np.zeros(shape) for flow in FLOWS}
        self.profit = {name: np.zeros(shape) for name in (*FLOWS, *EVENTS)}
        self.graph, self._booked = {}, set()  # what moved this quarter, and what was booked as income or expense
        self.journal = None  # a list of (flow, payers, payees, amount) where somebody asked for it
        self.opening_cash = np.zeros((worlds, 1))

    def open(self, account, rows, amount, mirror=None):
        """Put an opening balance: an asset with its mirror liability (account, rows), or a real asset alone."""
        self.balances[account][:, rows] += amount
        if mirror:
            self.balances[mirror[0]][:, mirror[1]] -= amount

    def begin_quarter(self):
        """Forget the flows of the quarter before and remember where balances stood."""
        for table, names in ((self.flows, self.graph), (self.profit, self._booked)):
            for name in names:
                table[name][...] = 0
        self.graph, self._booked = {}, set()
        self.start_cash = self.balances["cash"].copy()
        self.start_worth = self.net_worth()

    def pay(self, flow, payers, payees, amount):
        """Move cash in every world at once: four postings, two in each book.

        payers, payees: slices of agents; amount: $bn >= 0, [worlds, payers, payees]
        Raises UnbalancedEntry naming world, payer and amount if an amount is negative or not a number.
        """
        kind = FLOWS[flow]
        amount = self._checked(flow, payers, amount)
        self._note(flow, payers, payees, amount)
        if not amount.any():
            return  # nobody pays in any world
        paid, received = by_row(amount), by_column(amount)
        self.balances["cash"][:, payers] -= paid
        self.balances["cash"][:, payees] += received
        self.flows[flow][:, payers] -= paid
        self.flows[flow][:, payees] += received
        self._book(flow, kind.payer, payers, paid)
        self._book(flow, kind.payee, payees, -received)
        self.graph.setdefault(flow, []).append((payers, payees, amount))

    def revalue(self, event, holders, asset, issuers, liability, amount):
        """Change an asset and its mirror liability together, without cash: gain of one, loss of the other.

        amount: $bn by which the holders' asset rises (it falls where negative), [worlds, holders, issuers]
        """
        self._note(event, holders, issuers, amount)
        if not amount.any():
            return  # nothing changes in any world
        gained, lost = by_row(amount), by_column(amount)
        self._booked.add(event)
        self.balances[asset][:, holders] += gained
        self.profit[event][:, holders] += gained
        self.balances[liability][:, issuers] -= lost
        self.profit[event][:, issuers] -= lost

    def write_off(self, event, rows, account, amount):
        """Reduce a real asset by `amount` ($bn, [worlds, rows]) at its owner's loss."""
        self._booked.add(event)
        self.balances[account][:, rows] -= amount
        self.profit[event][:, rows] -= amount

    def reclassify(self, rows, source, target, amount):
        """Move value between two assets of one book, as when work in progress becomes fleet."""
        self.balances[source][:, rows] -= amount
        self.balances[target][:, rows] += amount

    def net_worth(self):
        """Assets less liabilities, equity issued at market included, [worlds, agents]."""
        return sum(self.balances.values())

    def book_equity(self, rows):
        """Assets less debt-like liabilities: what is left before the owners' claim, [worlds, rows]."""
        return sum(balance[:, rows] for account, balance in self.balances.items() if account != "equity")

    def payments(self, *flows):
        """Who paid whom under these flows this quarter, $bn, [worlds, agents, agents]."""
        table = np.zeros((self.worlds, len(self.names), len(self.names)))
        for flow in flows:
            for payers, payees, amount in self.graph.get(flow, ()):
                table[:, payers, payees] += amount
        return table

    def tolerance(self):
        """What rounding may leave open [model.md 26.10], $bn, [worlds]."""
        active = [balance[:, :-2] for balance in self.balances.values()]
        largest = np.max([np.abs(balance).max(axis=1) for balance in active], axis=0)
        gross = sum((np.abs(self.flows[flow]).sum(axis=1) for flow in self.flows if flow in self.graph), start=np.zeros(self.worlds))
        return _ROUNDING * np.maximum(1, np.maximum(gross, largest))

    def residuals(self):
        """What should be zero, by rule [model.md 12.6], $bn, [worlds] each."""
        cash, worth = self.balances["cash"], self.net_worth()
        flows = np.stack([np.zeros_like(cash), *(self.flows[flow] for flow in self.flows if flow in self.graph)])
        profit = sum((self.profit[name] for name in self.profit if name in self._booked), start=np.zeros_like(cash))
        real = sum(self.balances[account].sum(axis=1) for account in REAL_ASSETS)
        rules = {
            "I1 cash is conserved": np.abs(cash[:, :-1].sum(axis=1) - self.opening_cash[:, 0]),
            "I2 flows between agents cancel": np.abs(flows.sum(axis=2)).max(axis=0),
            "I2 flows explain the change of cash": np.abs(flows.sum(axis=0) - (cash - self.start_cash)).max(axis=1),
            "I4 net worth is real capital": np.abs(worth.sum(axis=1) - real),
            "I5 profit explains the change of net worth": np.abs(profit - (worth - self.start_worth)).max(axis=1),
        }
        for held, owed in PAIRS:
            both = self.balances[held].sum(axis=1) + self.balances[owed].sum(axis=1)
            rules[f"I3 {held} equal {owed}"] = np.abs(both)
        return rules

    def refuse(self, quarter, residuals, world_ids, units=()):
        """Raise BrokenRule naming world, quarter and rule if a residual exceeds the tolerance or is not a number.

        units: {rule: unit} of rules that are not about $bn
        """
        tolerance = self.tolerance()
        for name, residual in residuals.items():
            broken = ~(residual <= tolerance)
            if broken.any():
                world = int(np.argmax(broken))
                unit = dict(units).get(name, "$bn")
                raise BrokenRule(f"world {world_ids[world]}, {quarter}: {name} is violated by {residual[world]:.3g} {unit}")

    def _book(self, flow, account, rows, amount):
        if account is None:
            self._booked.add(flow)
            self.profit[flow][:, rows] -= amount
        else:
            self.balances[account][:, rows] += amount

    def _checked(self, flow, payers, amount):
        bad = ~(amount >= 0)  # "not >=" so that NaN is refused too
        if bad.any():
            world, payer, payee = np.argwhere(bad)[0]
            name = self.names[payers][payer]
            raise UnbalancedEntry(f"world {world}: {name} cannot pay {amount[world, payer, payee]} $bn for {flow}")
        return amount

    def _note(self, name, left, right, amount):
        if self.journal is not None:
            self.journal.append((name, left, right, amount.copy()))
