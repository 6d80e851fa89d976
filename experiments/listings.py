"""Commands that list what there is: worlds, parameters, shocks, outcomes. To be registered by `experiments.cli`.

Nothing heavy is imported before a command runs.
"""

from typing import Annotated

import typer

from experiments import completion
from experiments import options as o

Pattern = Annotated[str, typer.Argument(metavar="[TEXT]", help="List only those whose name or meaning contains this text.")]


def worlds(as_json: o.Json = False):
    """List the starting points with their dates, their firms and their purpose.

    Your own is a folder: overreach world new my-world --from tutorial
    """
    from agents.world_files.shipped import worlds as shipped
    from experiments.console import show_worlds
    from experiments.printed import as_json as plain

    found = shipped()
    if as_json:
        typer.echo(plain(found[0]._fields, found))
    else:
        show_worlds(found)


def parameters(
    pattern: Annotated[
        str,
        typer.Argument(
            metavar="[TEXT]", help="Part of a name or meaning, or a wildcard such as 'lab.*'.", autocompletion=completion.parameters
        ),
    ] = "",
    as_priors: Annotated[bool, typer.Option("--priors", help="What is believed of each number that is in doubt.")] = False,
    as_csv: o.Csv = False,
    as_json: o.Json = False,
):
    """List every number that can be set, with its value, unit, range, meaning and source.

    \b
    Examples:
      overreach parameters circular
      overreach parameters "lab.*"
      overreach parameters --csv > parameters.csv
      overreach parameters --priors
    """
    from experiments.declarations import declarations, priors
    from experiments.printed import form_of, listed, show_declarations, show_priors
    from experiments.words import significant

    if as_priors:
        beliefs = priors(pattern)
        listed(beliefs[0]._fields, beliefs, form_of(as_json, as_csv), lambda: show_priors(beliefs, significant))
        return
    rows = declarations(pattern)
    names = ("name", "value", "unit", "allowed", "source", "meaning")
    cells = [tuple(getattr(row, name) for name in names) for row in rows]
    listed(names, cells, form_of(as_json, as_csv), lambda: show_declarations(rows, significant))


def shocks(pattern: Pattern = "", as_csv: o.Csv = False, as_json: o.Json = False):
    """List every shock that can happen at a date, with its values, their units and how to write it."""
    from experiments.catalogue import shock_rows

    _entries(shock_rows(pattern), as_csv, as_json)


def outcomes(pattern: Pattern = "", as_csv: o.Csv = False, as_json: o.Json = False):
    """List every outcome of a run, with its unit, its meaning and an example of a condition.

    \b
    Examples:
      overreach outcomes crisis
      overreach breakpoint industry-2026q3 --lever demand_shortfall --until "labs_defaulted >= 2"
    """
    from experiments.catalogue import outcome_rows

    _entries(outcome_rows(pattern), as_csv, as_json)


def measures(pattern: Pattern = "", as_csv: o.Csv = False, as_json: o.Json = False):
    """List every measure of a quarter, with its unit and meaning, and whose it is.

    \b
    Examples:
      overreach measures coverage
      overreach run tutorial --measures revenue,cash,p10_coverage
    """
    from experiments.catalogue import measure_rows

    _entries(measure_rows(pattern), as_csv, as_json)


def _entries(rows, as_csv, as_json):
    from experiments.printed import form_of, listed, show_entries

    listed(rows[0]._fields, rows, form_of(as_json, as_csv), lambda: show_entries(rows))
