"""What the commands say on a terminal: progress, tables, the summary of a run. Numbers are rounded for people and have units."""

import shlex
import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from experiments.console import console
from experiments.engine.progress import LINE_EVERY, duration
from experiments.inputs import ADDRESS_LENGTH
from experiments.options import RUNS_FOLDER
from experiments.summary import HIGH, LOW, MIDDLE
from experiments.words import (
    CAVEAT,
    SHORT_IS_NO_FAILURE,
    appetite,
    between,
    covered,
    events_shown,
    futures,
    headline,
    held_sentence,
    income_sentence,
    level,
    percent,
)

ONE = {"labs": "lab", "clouds": "owner of compute", "lenders": "lender"}


class Watch:
    """Progress of a run: a bar with time left on a terminal, a line a minute in a log, nothing where quiet."""

    def __init__(self, worlds, what, quiet=False):
        self.worlds, self.what, self.quiet = worlds, what, quiet
        self.out = Console(stderr=True, highlight=False, markup=False)
        self.started = self.logged = time.monotonic()
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("of {task.total} worlds"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        self.bar = Progress(*columns, console=self.out, transient=True) if self.out.is_terminal and not quiet else None

    def __enter__(self):
        if self.bar:
            self.bar.start()
            self.task = self.bar.add_task(self.what, total=self.worlds)
        return self

    def __exit__(self, *_):
        if self.bar:
            self.bar.stop()

    def __call__(self, done):
        """So many worlds are done."""
        now = time.monotonic()
        if self.bar:
            self.bar.update(self.task, completed=done)
        elif not self.quiet and now - self.logged >= LINE_EVERY and 0 < done < self.worlds:
            self.logged = now
            left = duration((self.worlds - done) * (now - self.started) / done)
            self.out.print(f"{self.what}: {percent(done / self.worlds)} of {self.worlds} worlds, {left} left", soft_wrap=True)


def show_summary(run):
    """The summary of a run, most important first."""
    out, summary = console(), run.summary
    out.print(Text(headline(summary), style="bold"))
    out.print(Text(f"{run.manifest['world']['title']}; {futures(summary['worlds'])} of {len(summary['quarters'])} quarters.", style="dim"))
    titled(
        out, "A crisis and its three parts: share of worlds in which they happen (a credit stop is no part of a crisis)", _events(summary)
    )
    if summary["implied"]:
        titled(out, "Risk appetite implied by commitments: the quantile of its forecast at which a firm can just pay", _implied(summary))
        out.print(Text(IMPLIED, style="dim"))
    titled(out, "Industry revenue at the end of each year and what its commitments require, $bn a year", _years(summary))
    out.print(Text(SHORT_IS_NO_FAILURE, style="dim"))
    out.print(Text(f"{income_sentence(summary)} {held_sentence(summary)}", style="dim"))
    if "doubt" in summary:
        _doubt(out, summary["doubt"])
    titled(out, "Probability of default by the end", _firms(summary))
    if any(row["entered"] < 1 for row in summary["firms"]):
        out.print(Text("The odds of an entrant count only the futures in which it enters.", style="dim"))
    titled(out, "Over-extension in the median world (in brackets P10 to P90 of worlds)", _pressure(summary))
    out.print(Text.assemble("Report: ", (str(run.report), "bold")), soft_wrap=True)
    out.print(f"More:   overreach story {reference(run)} --world {summary['worst_world']}    (the worst world)", soft_wrap=True)
    out.print(Text(CAVEAT, style="dim"))


def _doubt(out, found):
    """The band of luck beside that of luck and doubt, what part is doubt, and which numbers carry it."""
    from experiments.analysis import doubt_words as words

    table = plain_table(*words.COLUMNS)
    for row in words.rows(found):
        table.add_row(*row)
    titled(out, "Luck and doubt: events in so many worlds, numbers as median (P10 to P90)", table)
    out.print(Text(words.design_sentence(found), style="dim"))
    if carriers := words.carriers(found):
        table = plain_table(*words.CARRYING[:2], *words.CARRYING[3:])
        table.columns[1].justify = "left"
        for row in carriers:
            table.add_row(*row[:2], *row[3:])
        titled(out, "Numbers that carry most of the doubt, by PAWN index", table)
    if unclear := words.unclear_sentence(found):
        out.print(Text(unclear, style="dim"))
    out.print(Text(words.held_sentence(found), style="dim"))


def reference(run):
    """What a command takes for a run: its name, or its folder where that is not among the usual ones."""
    return run.name if run.path.parent.resolve() == RUNS_FOLDER.resolve() else shlex.quote(str(run.path))


def titled(out, title, table):
    """A table under its title, which may be wider than the table."""
    out.print(Text(f"\n{title}" if title else "", style="bold"))
    out.print(table)


def plain_table(*columns):
    """A plain table: the first column is text, the others are numbers."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right", no_wrap=place > 0)
    return table


def _implied(summary):
    table = plain_table("Firm", "implied", "by revenue alone", "decides at")
    for item in summary["implied"]:
        table.add_row(item["firm"], appetite(item), appetite(item["by_revenue"]), level(item["plans_at"]))
    return table


def _years(summary):
    names = ("Year", "P10", "P50", "P90", "required (median)", "fall short", "labs' income")
    table = plain_table(*names)
    for row in summary["years"]:
        earned = [f"{row['revenue'][place]:,.0f}" for place in (LOW, MIDDLE, HIGH)]
        table.add_row(str(row["year"]), *earned, f"{row['required'][MIDDLE]:,.0f}", percent(row["short"]), f"{row['income'][MIDDLE]:,.0f}")
    return table


def _firms(summary):
    table = plain_table("Firm", "kind", "fails in", "95 % interval", "enters in")
    shown = [row for row in summary["firms"] if row["trials"] and (row["kind"] == "labs" or row["count"])]
    for row in shown:
        entered = percent(row["entered"]) if row["entered"] < 1 else ""
        table.add_row(row["firm"], ONE[row["kind"]], percent(row["share"]), between(row), entered)
    never = len([row for row in summary["firms"] if row["trials"]]) - len(shown)
    if never:
        table.add_row(f"{never} other firms", "", "0 %", "", "")
    return table


def _events(summary):
    table = plain_table("Event", "happens in", "95 % interval", "what counts as one")
    table.columns[-1].justify, table.columns[-1].no_wrap = "left", False
    for name, found, rule in events_shown(summary):
        table.add_row(name, percent(found["share"]), between(found), rule)
    return table


def _pressure(summary):
    table = plain_table("Measure", "at the opening", "worst in each world", "half of worlds by")
    says = {
        "p10_coverage": ("P10 coverage of commitments, x", covered),
        "circularity": ("Payments among firms that go in circles", percent),
        "look_through": ("Vendor sales that final customers pay for", percent),
    }
    for name, (label, said) in says.items():
        found = summary["pressure"][name]
        cells = [f"{said(part[MIDDLE])} ({said(part[LOW])} to {said(part[HIGH])})" for part in (found["now"], found["worst"])]
        table.add_row(label, *cells, summary["quarters"][found["when"]])
    return table


IMPLIED = (
    "The implied appetite counts revenue, the cash left by then and an owner's means, but no funding rounds that nobody has signed. At "
    "most P2 means that the firm can pay even in the worst case. At least P98 means that it cannot pay even in the best case, so somebody "
    "else has to. How a firm decides is a declared assumption (decides at), whatever its promises imply."
)


def show_story(text, run, world):
    """What happened in one world."""
    out = console()
    out.print(Text(f"World {world} of run {run.address[:ADDRESS_LENGTH]}: {run.manifest['world']['title']}", style="bold"))
    out.print(text, markup=False, soft_wrap=True)
    out.print(Text(CAVEAT, style="dim"))
