"""Who owns what part of whom: the cap table, issues of new equity, marks [model.md 12.1, 26.6].

Equity is at market value: an asset of the holder and a liability of the issuer, changed only by issues and marks.
"""

import numpy as np

from abm.engine.scales import NO_MONEY
from abm.engine.sums import by_column


class CapTable:
    """Shares of every issuer by holder, [worlds, holders, issuers]; the column of an issuer sums to 1 (rows of non-issuers are 0)."""

    def __init__(self, ledger, shares):
        """shares: [holders, issuers] at the opening."""
        self.ledger = ledger
        self.shares = np.repeat(shares[None], ledger.worlds, axis=0)

    def value(self, issuers):
        """Market value of the equity of these issuers as last marked, $bn, [worlds, issuers]."""
        return np.maximum(0, -self.ledger.balances["equity"][:, issuers])  # rounding may leave -1e-17

    def issue(self, flow, holders, issuers, amount):
        """Sell new equity at the last mark: existing holders are diluted, nobody's price changes.

        amount: $bn paid, [worlds, holders, issuers]
        """
        before = self.value(issuers)
        self.ledger.pay(flow, holders, issuers, amount)
        self._dilute(before, holders, issuers, amount)

    def swap(self, holders, issuers, amount):
        """Loans become shares at the last mark, without cash. amount: $bn, [worlds, holders, issuers]"""
        before = self.value(issuers)
        self.ledger.revalue("swap", holders, "loans", issuers, "debt", -amount)
        self.ledger.revalue("swapped_in", holders, "stakes", issuers, "equity", amount)
        self._dilute(before, holders, issuers, amount)

    def _dilute(self, before, holders, issuers, amount):
        """Shares after new ones were issued. before: value of the old ones, $bn, [worlds, issuers]"""
        if not amount.any():
            return  # nobody buys in any world
        raised = by_column(amount)
        sold = raised > NO_MONEY  # a firm worth nothing is not handed over for a rounding
        after = np.where(sold, before + raised, 1)
        self.shares[:, :, issuers] *= np.where(sold, before / after, 1)[:, None, :]
        self.shares[:, holders, issuers] += np.where(sold[:, None], amount / after[:, None, :], 0)

    def trade(self, holders, issuers, amount, parts):
        """Holders buy shares from one another at the last mark; the issuer's books do not change.

        amount: $bn paid by each buyer, [worlds, holders, issuers]; parts: of it that each seller is paid, in that shape
        """
        self.ledger.pay("shares_sold_on", holders, holders, np.matmul(amount, np.swapaxes(parts, 1, 2)))
        value = self.value(issuers)
        sold = by_column(amount)[:, None] * parts
        self.shares[:, holders, issuers] += (amount - sold) / np.where(value > 0, value, np.inf)[:, None]

    def mark(self, issuers, value):
        """Set the market value of issuers; every holder's stake moves with it [model.md 12.5, posting 12]."""
        self._move(issuers, np.maximum(0, value) + self.ledger.balances["equity"][:, issuers])

    def wipe_out(self, issuers, gone):
        """Mark the issuers that are gone, bool [worlds, issuers], to zero. They keep their table at price 0 until replaced.

        All others stay as they are to the last bit, also what rounding left of the dead of earlier quarters.
        """
        self._move(issuers, np.where(gone, self.ledger.balances["equity"][:, issuers], 0))

    def _move(self, issuers, change):
        """Raise the value of issuers by `change`, $bn, [worlds, issuers], and every holder's stake with it."""
        everybody = slice(0, len(self.ledger.names))
        gains = self.shares[:, :, issuers] * change[:, None, :]
        self.ledger.revalue("revaluation", everybody, "stakes", issuers, "equity", gains)

    def hand_over(self, issuers, replaced, holders, weights):
        """Give the whole of the replaced issuers, bool [worlds, issuers], to holders by weight, [worlds, holders]; the mark must be 0."""
        new = np.zeros_like(self.shares[:, :, issuers])
        new[:, holders] = weights[:, :, None]
        self.shares[:, :, issuers] = np.where(replaced[:, None, :], new, self.shares[:, :, issuers])

    def residual(self, issuers):
        """How far the shares of issuers are from summing to 1, [worlds] (invariant I6)."""
        return np.abs(by_column(self.shares[:, :, issuers]) - 1).max(axis=1, initial=0)
