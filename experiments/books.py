"""The books of one world and quarter of a stored run: balance sheets and the transaction-flow matrix, as tables of $bn.

The world is run again alone up to that quarter, which gives the very same books, bit for bit.
"""

from typing import NamedTuple

import pandas as pd

from abm.books.statements import balance_sheet, flow_matrix
from abm.clock import Quarter
from abm.errors import BadInput, nearest
from experiments.runs import reproduce

DUST = 1e-6  # $bn below which a row of a table says nothing
EARNINGS = {"revenue": "revenue", "ebitda": "EBITDA", "interest": "interest", "debt_service": "debt service"}
NET_WORTH, CHANGE = "net worth", "change of cash"
COLUMNS = ("statement", "who", "item", "usd_bn")


class Books(NamedTuple):
    """Tables of one quarter, $bn; balances: + asset, - liability; flows: + receipt, - payment; owners: earnings of each, a year.

    Sectors are columns; firms are rows; of one firm there is one column.
    """

    world: int
    quarter: str
    balances: pd.DataFrame
    flows: pd.DataFrame
    owners: pd.DataFrame
    firm: str = ""
    by_firm: bool = False

    def __repr__(self):
        whose = self.firm or ("every firm" if self.by_firm else "every sector")
        return f"<books of {whose} in world {self.world} at the end of {self.quarter}: .balances and .flows in $bn, .owners in $bn a year>"

    def rows(self):
        """All that is in it, as rows (statement, who, item, $bn; earnings are $bn a year)."""
        found = []
        for statement, table in (("balance sheet", self.balances), ("flows", self.flows), ("earnings", self.owners)):
            firms_first = statement == "earnings" or (self.by_firm and not self.firm)
            sides = table if firms_first and not self.firm else table.T
            found += [(statement, str(who), str(item), float(value)) for who, cells in sides.iterrows() for item, value in cells.items()]
        return [row for row in found if abs(row[-1]) > DUST]


def books(run, world, quarter, by_firm=False, firm=""):
    """Books at the end of a quarter. by_firm: of every firm, else of every sector; firm: of this one only. Raises BadInput."""
    at = Quarter.parse(quarter, "--quarter: ")
    start = Quarter.parse(run.manifest["world"]["start"])
    last = start + (run.inputs.quarters - 1)
    if not start <= at <= last:
        raise BadInput(f"--quarter {quarter} lies outside run {run.name}, which goes from {start} to {last}")
    _check_firm(firm, list(run.inputs.opening().all_names), "--firm")
    return of_industry(reproduce(run, world, journal=False, quarters=at - start + 1), 0, by_firm, firm)


def of_industry(industry, place=0, by_firm=False, firm=""):
    """Books at the end of the last quarter that an industry ran. place: which of its worlds. Raises BadInput."""
    _check_firm(firm, industry.opening.all_names, "books")
    if not industry.age:
        raise BadInput("books: no quarter was run yet; industry.step() runs one")
    if not 0 <= place < industry.worlds:
        raise BadInput(f"books: world = {place} is not allowed; the industry has worlds 0 to {industry.worlds - 1}")
    detailed, world, at = by_firm or bool(firm), industry.world_ids[place], str(industry.quarter_named(industry.age - 1))
    balances, flows = (told(table(industry.ledger, industry.opening, place, detailed)) for table in (balance_sheet, flow_matrix))
    for table, closing in ((balances, NET_WORTH), (flows, CHANGE)):
        table.loc[closing] *= -1  # the matrix closes with its sign turned
    owners = earnings(industry, place)
    if firm:
        return _in_dollars(Books(world, at, _only(balances, firm), _only(flows, firm), _only(owners.T, firm), firm, True))
    balances, flows = (balances.T, flows.T) if by_firm else (balances, flows)
    return _in_dollars(Books(world, at, balances, flows, owners, by_firm=by_firm))


def _check_firm(firm, names, where):
    if firm and firm not in names:
        raise BadInput(f"{where} {firm}: no firm is called {firm!r}; {nearest(firm, names) or 'without --firm, --firms shows all'}")


def _in_dollars(found):
    """The same books with the unit of each table in its `attrs`."""
    for table, unit in ((found.balances, "$bn"), (found.flows, "$bn"), (found.owners, "$bn/year")):
        table.attrs["unit"] = unit
    return found


def _only(table, firm):
    """One column of a table, without the rows in which nothing stands."""
    found = table[[firm]] if firm in table else table.iloc[:, :0]
    return found[(found.abs() > DUST).any(axis=1)]


def earnings(industry, place=0):
    """What owners of compute earn and owe at the annual rate of the quarter, $bn a year: a row for each that has any revenue."""
    found = pd.DataFrame({words: industry.clouds.columns[name][place] for name, words in EARNINGS.items()}, index=industry.clouds.names)
    return found[found["revenue"] > DUST]


def told(table):
    """A table without the rows and columns in which nothing stands; its sums stay."""
    rows = (table.abs() > DUST).any(axis=1) | table.index.isin([NET_WORTH, CHANGE])
    columns = (table.abs() > DUST).any(axis=0) | (table.columns == "sum")
    return table.loc[rows, columns].copy()
