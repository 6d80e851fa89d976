"""Who owns whom and who lent what: stakes and loans of a world file, closed by residual holders [model.md 26.18].

Stakes in the files are shares of the issuer, or dollars over the issuer's value. What the files leave open belongs to one
stated holder or set of holders, is listed as an assumption, and makes every column sum to 1.
"""

from typing import NamedTuple

import numpy as np

from abm.clock import QUARTERS_PER_YEAR
from abm.errors import BadInput, nearest
from abm.start.opening import FIRM_KINDS, PASSIVE
from agents.world_files.columns import ASSUMED, STYLES

ISSUERS = ("labs", "clouds", "vendors", "lenders")
ECONOMY = "Economy"
BOND_MARKET = "bond market"
PUBLIC = STYLES.index("public")


class Holders:
    """Rows of all agents of an opening, in the ledger's order, and the weights of residual holders, [rows]."""

    def __init__(self, draft, spare):
        """spare: names of the rows for entrants, which follow the labs."""
        self.draft = draft
        firms = [name for kind in FIRM_KINDS for name in draft.names[kind] + (spare if kind == "labs" else [])]
        self.names = firms + list(PASSIVE)
        cash = np.where(self._style() >= 0, draft.columns["investors"]["cash"], 0)
        self.funds = self._investors(cash if cash.sum() > 0 else np.ones_like(cash))
        public = self._style() == PUBLIC
        self.public = self._investors(public) if public.any() else self.funds
        self.founders = np.array([name == ECONOMY for name in self.names], dtype=float)

    def _style(self):
        return self.draft.columns["investors"]["style"]

    def _investors(self, weights):
        rows = np.zeros(len(self.names))
        for name, weight in zip(self.draft.names["investors"], weights / weights.sum()):
            rows[self.names.index(name)] = weight
        return rows

    def split(self):
        """Founders and investors, the way unlisted equity is held, [rows]."""
        founders = ASSUMED["founders_share"]
        return founders * self.founders + (1 - founders) * self.funds

    def residual(self, kind, row):
        """(weights, rule) of who holds what the files do not say, [rows]."""
        listed = kind != "labs" or self.draft.world.labs[row].listed
        if self.draft.named and listed:
            return self.public, "the public holds the rest, model.md 26.18"
        return self.split(), "founders and investors, pro rata to cash, hold the rest, model.md Appendix B"


def shares(draft, holders, rows, debt, parent):
    """{issuer kind: [all rows, issuers]}, columns sum to 1; spare labs belong to the investors who will found them.

    rows: [(where, EquityRow)]; debt: loans, [lenders, clouds]; parent: cloud row or -1, [labs]
    """
    tables = {kind: np.zeros((len(holders.names), len(draft.names[kind]))) for kind in ISSUERS}
    for where, line in rows:
        _give(draft, holders, tables, where, line, debt)
    owned = parent[: len(draft.names["labs"])]
    _give_parents(draft, holders, tables["labs"], owned)
    for kind in ISSUERS:
        for row, name in enumerate(draft.names[kind]):
            _close(draft, holders, tables[kind][:, row], kind, row, name)
    spare = np.repeat(holders.funds[:, None], len(parent) - len(owned), axis=1)
    tables["labs"] = np.concatenate([tables["labs"], spare], axis=1)
    return tables


def _give(draft, holders, tables, where, line, debt):
    kind, row = draft.find(line.issuer, ISSUERS, where)
    if line.holder not in holders.names:
        raise BadInput(f"{where}: no holder is called {line.holder!r}; {nearest(line.holder, holders.names)}")
    if line.holder == line.issuer:
        raise BadInput(f"{where}: {line.issuer!r} cannot hold shares in itself")
    share = line.share if line.share is not None else _share_of_value(draft, where, line, kind, row, debt)
    tables[kind][holders.names.index(line.holder), row] += share
    about = {"source": line.source, "confidence": line.confidence, "date": line.date, "note": line.note}
    draft.note(line.issuer, f"share of {line.holder}", share, "share", **about)


def _share_of_value(draft, where, line, kind, row, debt):
    """Dollars over the issuer's value: a lab's valuation, the book equity of others [model.md 26.6]."""
    if line.usd_bn is None:
        raise BadInput(f"{where}: the stake of {line.holder!r} in {line.issuer!r} has neither share nor usd_bn; give one of them")
    value = _values(draft, kind, debt)[row]
    if not value >= line.usd_bn or value <= 0:
        stake = f"a stake of {line.usd_bn:g} $bn in {line.issuer!r}"
        raise BadInput(f"{where}: {stake} exceeds the {value:g} $bn the issuer is worth; give the share instead")
    draft.note(line.issuer, f"usd_bn of {line.holder}", line.usd_bn, "$bn", line.source, line.confidence, line.date)
    return line.usd_bn / value


def _values(draft, kind, debt):
    columns = draft.columns[kind]
    if kind == "labs":
        return columns["valuation"]
    if kind == "clouds":
        return columns["cash"] + columns["book"] - debt.sum(axis=0)
    return columns["book_equity"] if kind == "vendors" else columns["cash"] + debt.sum(axis=1) - columns["borrowings"]


def _give_parents(draft, holders, table, owned):
    """A lab with a parent belongs to it wholly [model.md 26.17b]; a file may say so but not otherwise."""
    for row in np.flatnonzero(owned >= 0):
        lab, cloud = draft.names["labs"][row], draft.names["clouds"][owned[row]]
        at = holders.names.index(cloud)
        if table[:, row].sum() - table[at, row] > 0:
            raise BadInput(f"{draft.files.where('equity.csv')}: {lab!r} belongs wholly to its parent {cloud!r}; it has no other holder")
        table[at, row] = 1


def _close(draft, holders, column, kind, row, name):
    rest = 1 - column.sum()
    if rest < -ASSUMED["rounding"]:
        raise BadInput(f"{draft.files.where('equity.csv')}: stakes in {name!r} add up to {column.sum():g}, more than 1")
    if rest <= ASSUMED["rounding"]:
        column /= column.sum()
        return
    weights, rule = holders.residual(kind, row)
    column += rest * weights
    for at in np.flatnonzero(weights):
        draft.note(name, f"share of {holders.names[at]}, residual", rest * weights[at], "share", rule, "assumption")


class OpeningDebt(NamedTuple):
    """What owners owe at the opening. amount: loans, life: quarters over which they are repaid, rate: per year of loans and notes, NaN
    where no row says it, all [lenders, clouds]; notes: (lender row, cloud row, $bn, quarters until they fall due)."""

    amount: np.ndarray
    life: np.ndarray
    rate: np.ndarray
    notes: tuple

    @property
    def total(self):
        """Loans and notes, $bn, [lenders, clouds]."""
        found = self.amount.copy()
        for lender, cloud, usd, _ in self.notes:
            found[lender, cloud] += usd
        return found


def loans(draft, rows):
    """Loans and notes of clouds by lender, an OpeningDebt.

    A row without a lender belongs to the lender called "bond market", or else to the first one; one without an instrument is what its
    lender usually gives. Rates are means by balance of the rows that give one; what is repaid in a quarter is the sum of the rows'.
    """
    amount = np.zeros((len(draft.names["lenders"]), len(draft.names["clouds"])))
    repaid, priced, interest, notes = np.zeros_like(amount), np.zeros_like(amount), np.zeros_like(amount), []
    for where, line in rows:
        lender = draft.find(line.lender or _nameless(draft), ("lenders",), where)[1]
        cloud = draft.find(line.borrower, ("clouds",), where)[1]
        quarters = line.quarters_left or _tenor_left(draft, line, lender, cloud)
        if line.instrument == "notes" or (not line.instrument and draft.columns["lenders"]["notes"][lender] > 0):
            notes.append((lender, cloud, line.usd_bn, quarters))
        else:
            amount[lender, cloud] += line.usd_bn
            repaid[lender, cloud] += line.usd_bn / quarters
        priced[lender, cloud] += line.usd_bn * (line.rate is not None)
        interest[lender, cloud] += line.usd_bn * (line.rate or 0)
        _note_loan(draft, line, draft.names["lenders"][lender])
    life = np.where(repaid > 0, amount / np.where(repaid > 0, repaid, 1), draft.columns["lenders"]["tenor"][:, None])
    return OpeningDebt(amount, life, np.where(priced > 0, interest / np.where(priced > 0, priced, 1), np.nan), tuple(notes))


def _nameless(draft):
    lenders = draft.names["lenders"]
    return BOND_MARKET if BOND_MARKET in lenders else lenders[0]


def _tenor_left(draft, line, lender, cloud):
    age = draft.columns["clouds"]["fleet_age"][cloud] * QUARTERS_PER_YEAR
    left = max(1, draft.columns["lenders"]["tenor"][lender] - age)
    draft.note(line.borrower, "quarters_left of a loan", left, "quarters", "what is left of the lender's usual tenor", "assumption")
    return left


def _note_loan(draft, line, lender):
    about = {"source": line.source, "confidence": line.confidence, "note": line.note}
    nameless = {"confidence": "assumption", "note": f"lender not named, model.md 26.18; {line.note}"}
    draft.note(line.borrower, f"loan of {lender}", line.usd_bn, "$bn", **(about if line.lender else {**about, **nameless}))
    if line.rate is not None:
        draft.note(line.borrower, f"rate of the loan of {lender}", line.rate, "per year", **about)
