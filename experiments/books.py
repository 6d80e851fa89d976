"""The books of one world and quarter of a stored run: balance sheets and the transaction-flow matrix, as tables of $bn.

The world is run again alone up to that quarter, which gives the very same books, bit for bit.
"""

from typing import NamedTuple

import pandas as pd

from abm.clock import Quarter
from abm.errors import BadInput
from abm.statements import balance_sheet, flow_matrix
from experiments.runs import reproduce

DUST = 1e-6  # $bn below which a row of a table says nothing
EARNINGS = {"revenue": "revenue", "ebitda": "EBITDA", "interest": "interest", "debt_service": "debt service"}


class Books(NamedTuple):
    """Tables of one quarter, $bn; balances: + asset, - liability; flows: + receipt, - payment; owners: earnings of each, a year."""

    world: int
    quarter: str
    balances: object
    flows: object
    owners: object


def books(run, world, quarter, by_agent=False):
    """Books at the end of a quarter. by_agent: a column per firm, else per sector. Raises BadInput for a quarter out of range."""
    at = Quarter.parse(quarter, "--quarter: ")
    start = Quarter.parse(run.manifest["world"]["start"])
    last = start + (run.inputs.quarters - 1)
    if not start <= at <= last:
        raise BadInput(f"--quarter {quarter} lies outside run {run.name}, which goes from {start} to {last}")
    industry = reproduce(run, world, journal=False, quarters=at - start + 1)
    balances, flows = (told(table(industry.ledger, industry.opening, 0, by_agent)) for table in (balance_sheet, flow_matrix))
    return Books(world, str(at), balances, flows, earnings(industry))


def earnings(industry):
    """What owners of compute earn and owe at the annual rate of the quarter, $bn a year: a row for each that has any revenue."""
    found = pd.DataFrame({words: industry.clouds.columns[name][0] for name, words in EARNINGS.items()}, index=industry.clouds.names)
    return found[found["revenue"] > DUST]


def told(table):
    """A table without the rows and columns in which nothing stands; its sums stay."""
    rows = (table.abs() > DUST).any(axis=1)
    columns = (table.abs() > DUST).any(axis=0) | (table.columns == "sum")
    return table.loc[rows, columns]
