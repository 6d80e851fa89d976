"""A comparison of two runs on a terminal: the sentence, what was set, odds, money, firms, and where to look next."""

from rich.text import Text

from experiments.analysis import comparison_words as words
from experiments.console import console
from experiments.terminal import plain_table, reference, titled
from experiments.words import CAVEAT

DIFFERENCE = "second minus first (95 %)"
LUCK = "A difference in square brackets could be luck, because its 95 % interval includes zero."
EVENTS = "Events: share of futures in which they happen, and number of futures in which only one run has them"
MOST_FIRMS = 15


def show_comparison(found, page):
    """Print a Comparison, most important first; page: path of its page."""
    out = console()
    out.print(Text(words.headline(found), style="bold"))
    for line in words.sentences(found):
        out.print(line)
    _shown(out, "What was set", ("", "first run", "second run"), words.changed_rows(found), text=True)
    heads = ("first", "second", DIFFERENCE)
    turned = ("only second", "only first")
    _shown(out, EVENTS, ("Event", *heads, *turned),
           words.event_rows(found))  # fmt: skip
    _shown(out, "Amounts: mean of futures", ("Outcome", "unit", *heads), words.amount_rows(found))
    _shown(out, "Industry revenue at the end of each year: mean of futures, $bn a year", ("Year", *heads), words.year_rows(found))
    for name, title in words.OF_LABS.items():
        _shown(out, f"{title} at the end of each year: mean of futures, $bn", ("Year", *heads), words.labs_rows(found, name))
    _shown(out, "Firms: share of futures in which they fail", ("Firm", *heads, *turned), words.firm_rows(found)[:MOST_FIRMS])
    out.print(Text(LUCK, style="dim"))
    out.print(Text.assemble("\nPage: ", (str(page), "bold")), soft_wrap=True)
    for what, line in words.turned(found, reference):
        out.print(f"More: {line}    ({what})", soft_wrap=True)
    out.print(Text(CAVEAT, style="dim"))


def _shown(out, title, heads, rows, text=False):
    if not rows:
        return
    table = plain_table(*heads)
    for column in table.columns if text else ():
        column.justify, column.no_wrap, column.overflow = "left", False, "fold"
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    titled(out, title, table)
