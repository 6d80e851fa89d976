"""Books on a terminal of any width: sectors side by side, firms as rows, or one firm from top to bottom."""

import sys

from rich.console import Console
from rich.text import Text

from experiments.console import FEWEST_COLUMNS
from experiments.terminal import plain_table, titled

DUST = 0.005  # $bn that would be shown as zero
COLUMN = 11  # characters of a column of amounts, with the space before it
LONGEST_NAME = 26
SIGNS = (
    "Net worth is what a firm has less what it owes: its other items add up to it. Equity is at market: a firm's net worth is its book "
    "value less what the market says. Cash is owed by MonAuth, the monetary authority, which decides nothing."
)


def show_books(found):
    """Balance sheets and flow matrix of one quarter, $bn."""
    out = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else FEWEST_COLUMNS)
    firm, whose = (f"{found.firm}, ", "earnings") if found.firm else ("", "owners of compute")
    titles = (
        (f"{firm}balance sheet at the end of {found.quarter}, world {found.world}, $bn (+ asset, - liability)", found.balances),
        (f"{firm}transaction flows of {found.quarter}, $bn (+ receipt, - payment)", found.flows),
        (f"{firm}{whose} at the annual rate of the quarter, $bn a year (debt service as if notes were repaid evenly)", found.owners),
    )
    for title, table in titles:
        if len(table):
            for k, part in enumerate(_parts(table, out.width)):
                titled(out, title[:1].upper() + title[1:] if k == 0 else "", part)
    out.print(Text(SIGNS, style="dim"))


def _parts(table, width):
    """The table in pieces that fit beside each other's names, as many columns in each as there is room for."""
    label = min(LONGEST_NAME, max(len(str(name)) for name in table.index))
    each = max(1, (width - label - 1) // COLUMN)
    for first in range(0, table.shape[1], each):
        part = table.iloc[:, first : first + each]
        shown = plain_table("", *map(str, part.columns))
        for column in shown.columns[1:]:
            column.no_wrap, column.width, column.overflow = False, COLUMN - 1, "fold"
        for name, cells in part.iterrows():
            shown.add_row(Text(str(name)), *(amount(cell) for cell in cells))
        yield shown


def amount(value):
    """$bn with one decimal below a thousand; a dot for nothing."""
    if abs(value) < DUST:
        return "·"
    return f"{value:,.2f}" if abs(value) < 1 else f"{value:,.1f}"
