"""Lists on a terminal of any width, or as CSV or JSON: an entry is a line or two, never a row of seven columns."""

import csv
import io
import json

import typer
from rich.text import Text

from experiments.console import console

INDENT = "    "


def as_csv(names, rows):
    """Rows as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")


def as_json(names, rows):
    """Rows as a JSON list of objects."""
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=1, ensure_ascii=False, allow_nan=False)


def listed(names, rows, form, shown):
    """Print rows as CSV or JSON, or let them be shown. form: "csv", "json" or ""; shown: called where neither is asked for."""
    if form:
        typer.echo({"csv": as_csv, "json": as_json}[form](names, rows))
    else:
        shown()


def form_of(wants_json, wants_csv=False):
    """ "json", "csv" or "" for two switches."""
    return "json" if wants_json else "csv" if wants_csv else ""


def show_entries(rows):
    """A catalogue: name and unit, and below it what it means and how it is used."""
    out = console()
    for row in rows:
        is_part = row.name.endswith("=")
        out.print(Text.assemble(("  " if is_part else "", ""), (row.name, "" if is_part else "bold"), "  ", (row.unit, "dim")))
        out.print(Text(f"{INDENT}{row.meaning}"), soft_wrap=False)
        if row.example:
            out.print(Text(f"{INDENT}{row.example}", style="dim"), soft_wrap=True)


def show_declarations(rows, said):
    """Parameters: name, value, unit and range in a line, meaning and source below. said: how a value is written"""
    out = console()
    for row in rows:
        value = "" if row.value == "per firm" else f" = {said(row.value)}"
        out.print(Text.assemble((row.name, "bold"), value, "  ", (f"{row.unit}; allowed: {row.allowed}", "dim")))
        out.print(Text(f"{INDENT}{row.meaning}"))
        out.print(Text(f"{INDENT}source: {row.source}", style="dim"))


def show_priors(rows, said):
    """Priors: name, value, law and bounds in a line, where the bounds come from below. said: how a value is written"""
    out = console()
    for row in rows:
        value = "" if row.value == "per firm" else f" = {said(row.value)}"
        held = "" if row.drawn == "yes" else "; not drawn, it shapes all worlds of a batch"
        out.print(Text.assemble((row.name, "bold"), value, "  ", (f"{row.unit}; {row.law}, {row.bounds}{held}", "dim")))
        out.print(Text(f"{INDENT}{row.source if row.kind == 'judgement' else f'{row.kind}: {row.source}'}", style="dim"))
