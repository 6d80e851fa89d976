"""Commands that make runs and look at them: run, compare, books, story. To be registered by `experiments.cli`.

Nothing heavy is imported before a command runs.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from abm.errors import BadInput
from experiments import completion
from experiments import options as o

MOST_MEMORY = float("inf")  # MB
AGAINST = "A change to compare with: NAME=VALUE, a shock or a deal. Both are run on the same seeds. May be repeated."
DOUBT = "Every world also draws what is uncertain (overreach parameters --priors). Two more runs are made beside it."
PRIORS = "A TOML file of your own priors, which replace the declared ones; needs --doubt."


def run(
    world: o.World,
    worlds: o.Worlds = 500,
    quarters: o.Quarters = 40,
    seed: o.Seed = 0,
    settings: o.Set = [],  # noqa: B006
    shocks: o.Shocks = [],  # noqa: B006
    deals: o.Deals = [],  # noqa: B006
    against: Annotated[list[str], typer.Option("--against", metavar="CHANGE", help=AGAINST, autocompletion=completion.settings)] = [],  # noqa: B006
    doubt: Annotated[bool, typer.Option("--doubt", help=DOUBT)] = False,
    priors: Annotated[Path | None, typer.Option("--priors", metavar="FILE", help=PRIORS)] = None,
    measures: Annotated[
        str,
        typer.Option(
            metavar="NAMES", help="Measures to keep in the panel, separated by commas, or all.", autocompletion=completion.measures
        ),
    ] = "",
    workers: o.Workers = 0,
    memory: Annotated[float, typer.Option(metavar="MB", help="Memory that all workers together may use for worlds.")] = 1000,
    again: Annotated[bool, typer.Option("--again", help="Run again even if this run is stored already.")] = False,
    out: Annotated[Path, typer.Option("--out", "--runs", metavar="FOLDER", help="Folder for runs.")] = o.RUNS_FOLDER,
    as_json: o.Json = False,
    quiet: o.Quiet = False,
):
    """Run many worlds from one starting point, summarise them and write a page.

    \b
    Examples:
      overreach run industry-2026q3
      overreach run industry-2026q3 --shock stall@2027Q1,duration=8 --worlds 200
      overreach run industry-2026q3 --against "loss@2028Q1,firm=OpenAI"
      overreach run industry-2026q3 --doubt
      overreach run archetypes-2023q1 --set lab.risk_appetite=0.9 --seed 7 --out my-runs
    """
    from experiments import runs as engine
    from experiments.inputs import Inputs, changed, read_deal, read_settings, read_shock

    _check_work(workers, memory)
    uncertain = _doubted(doubt, priors)
    happens = tuple(map(read_shock, shocks)), tuple(map(read_deal, deals))
    inputs = Inputs(world, worlds, quarters, seed, read_settings(settings), *happens, *uncertain)
    asked = [inputs, *([changed(inputs, against)] if against else [])]
    for each in asked:
        each.checked().opening()
    chosen = tuple(name.strip() for name in measures.split(",")) if measures else engine.PANEL_MEASURES
    chosen = (*chosen, "revenue_total", "fails") if against else chosen
    done = [_run(each, chosen, out, (workers, memory, again), quiet or as_json, k) for k, each in enumerate(asked, 1)]
    if against:
        _say_comparison(done[0], done[1], out / "comparisons", as_json)
    else:
        _say_run(done[0], as_json)


def _doubted(doubt, path):
    """What `Inputs` says of doubt, and the user's own priors. Raises BadInput."""
    from experiments.doubt import NO_DOUBT, OWN_DRAW, read_file

    if path is not None and not doubt:
        raise BadInput(f"--priors {path} is read only with --doubt; add it, so that the worlds draw")
    return OWN_DRAW if doubt else NO_DOUBT, read_file(path) if path else {}


def _check_work(workers, memory):
    for name, value, allowed in (("--workers", workers, workers >= 0), ("--memory", memory, 0 < memory < MOST_MEMORY)):
        if not allowed:
            raise BadInput(f"{name} = {value:g} is not allowed; {'0 or more' if name == '--workers' else 'a number of MB above 0'}")


def _run(inputs, chosen, out, work, quiet, number):
    workers, memory, again = work
    from experiments import runs as engine
    from experiments.terminal import Watch

    what = inputs.world if number == 1 else f"{inputs.world}, changed"
    with Watch(inputs.worlds, what, quiet) as watch:
        return engine.run(inputs, chosen, out, engine.Work(workers, memory, again, watch))


def _say_run(done, as_json):
    import json

    from experiments.terminal import show_summary

    if as_json:
        typer.echo(json.dumps({"run": done.address, "report": str(done.report), **done.summary}, indent=1, ensure_ascii=False))
    else:
        show_summary(done)


def compare(
    first: o.Reference,
    second: Annotated[str, typer.Argument(metavar="RUN", help="The run to compare it with.", autocompletion=completion.runs)],
    runs: o.RunsFolder = o.RUNS_FOLDER,
    out: o.Out = None,
    as_json: o.Json = False,
):
    """Say how two runs on the same seeds differ, future by future, and write a page.

    Every difference is the second run less the first, with its 95 % interval. Put side by side by eye, two runs mislead: most of what
    differs between two futures is luck, and luck is the same in both only future by future.

    \b
    Examples:
      overreach compare 3f2a 81bc
      overreach run industry-2026q3 --against technology.chip_life=4     (both at once)
    """
    from experiments.runs import open_run

    _say_comparison(open_run(first, runs), open_run(second, runs), out or runs / "comparisons", as_json)


def _say_comparison(first, second, folder, as_json):
    from experiments.analysis.comparison import compare as compared
    from experiments.analysis.comparison_page import comparison_page
    from experiments.analysis.comparison_words import as_plain
    from experiments.folders import make_folder
    from experiments.terminal_comparison import show_comparison

    found = compared(first, second)
    page = folder / f"{first.name}-{second.name}.html"
    make_folder(folder, "--out")
    page.write_text(comparison_page(found), encoding="utf-8")
    if as_json:
        typer.echo(as_plain(found, page))
    else:
        show_comparison(found, page)


def books(
    reference: o.Reference,
    quarter: Annotated[str, typer.Option(metavar="QUARTER", help="E.g. 2028Q1.")],
    world: o.OneWorld = 0,
    firms: Annotated[bool, typer.Option("--firms", help="Show a row for each firm instead of each sector.")] = False,
    firm: Annotated[str, typer.Option("--firm", metavar="FIRM", help="Show the statements of this firm only.")] = "",
    runs: o.RunsFolder = o.RUNS_FOLDER,
    as_csv: o.Csv = False,
    as_json: o.Json = False,
):
    """Show balance sheets and the transaction-flow matrix of one world and quarter.

    \b
    Examples:
      overreach books 3f2a --world 17 --quarter 2028Q1
      overreach books 3f2a --world 17 --quarter 2028Q1 --firm OpenAI
      overreach books 3f2a --quarter 2028Q1 --firms --csv > books.csv
    """
    from experiments.books import COLUMNS
    from experiments.books import books as read_books
    from experiments.printed import form_of, listed
    from experiments.runs import open_run
    from experiments.terminal_books import show_books

    found = read_books(open_run(reference, runs), world, quarter, firms, firm)
    listed(COLUMNS, found.rows(), form_of(as_json, as_csv), lambda: show_books(found))


def story(
    reference: o.Reference,
    world: o.OneWorld = 0,
    everything: Annotated[bool, typer.Option("--all", help="Also tell what mattered little.")] = False,
    runs: o.RunsFolder = o.RUNS_FOLDER,
    as_json: o.Json = False,
):
    """Tell in words what happened in one world, in order.

    \b
    Example:
      overreach story 3f2a --world 17
    """
    import json

    from experiments.runs import open_run, reproduce
    from experiments.stories.story import LIMIT, narrate, tell
    from experiments.terminal import show_story

    found = open_run(reference, runs)
    events = tell(reproduce(found, world))
    if as_json:
        rows = [{"quarter": str(e.quarter), "kind": e.kind, "firms": list(e.firms), "text": e.text, "cause": e.cause} for e in events]
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        show_story(narrate(events, sys.maxsize if everything else LIMIT), found, world)


def new_world(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The new folder; it must not exist yet.")],
    source: Annotated[
        str, typer.Option("--from", metavar="WORLD", help="A starting point to copy.", autocompletion=completion.worlds)
    ] = "tutorial",
):
    """Copy a starting point into a folder of your own, with comments that say what each file is.

    \b
    Example:
      overreach world new my-world --from tutorial
      overreach run ./my-world
    """
    from experiments.new_world import copy_world

    for path in copy_world(folder, source):
        typer.echo(f"wrote {path}")
    name = str(folder) if folder.is_absolute() else f"./{folder}"
    typer.echo(f"Change a number, then: overreach run {name}")
