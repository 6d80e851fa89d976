"""The command line: a thin list of commands that call functions elsewhere, and import them only when they run."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from abm.errors import BadInput, BrokenRule
from experiments.analysis import commands as analyses
from experiments.engine import commands as sweeps
from experiments.neighbours import refuse_other_agents
from experiments.ui import commands as pages
from experiments.usage import WrongUsage, sentence

BAD_INPUT, FAILED = 2, 1  # exit codes


class OneSentence(TyperGroup):
    """Says what went wrong in one sentence, without a traceback: a user's mistake exits with 2, a broken rule with 1."""

    def parse_args(self, ctx, args):
        """Read what stands before the command; what follows is kept for a message about it."""
        ctx.obj = list(args)
        try:
            return super().parse_args(ctx, args)
        except WrongUsage as error:
            if not ctx.obj:
                raise  # nothing at all: show the help
            return _stop(sentence(error, ctx.obj), BAD_INPUT)

    def invoke(self, ctx):
        """Run the command."""
        try:
            return super().invoke(ctx)
        except WrongUsage as error:
            return _stop(sentence(error, ctx.obj), BAD_INPUT)
        except BadInput as error:
            return _stop(str(error), BAD_INPUT)
        except BrokenRule as error:
            return _stop(f"{error}; this is a mistake in the model, not in your input, please report it", FAILED)
        except (MemoryError, OSError) as error:
            return _stop(str(error) or "out of memory; try less --memory or fewer --workers", FAILED)


def _stop(sentence, code):
    typer.echo(f"overreach: {' '.join(sentence.split())}", err=True)
    raise typer.Exit(code)


app = typer.Typer(
    cls=OneSentence,
    help="An agent-based model of the AI compute industry: who overextends, what breaks, how wide the cone of outcomes is.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Reference = Annotated[str, typer.Argument(metavar="RUN", help="A run's folder, or the first digits of its address.")]
Runs = Annotated[Path, typer.Option("--runs", help="Folder of runs.")]
World = Annotated[int, typer.Option("--world", help="Which of the run's worlds, from 0.")]
WHERE = Path("results/runs")
MOST_MEMORY = float("inf")  # MB
DEAL_HELP = "A deal; also price= ($bn per GW-year), years=, full= (last delivery), vendor= and share= (paid in advance for shares)."


@app.command()
def run(
    world: Annotated[str, typer.Argument(help="A starting point by name (see: overreach worlds), or the folder of your own.")],
    worlds: Annotated[int, typer.Option(help="How many worlds, that is futures.")] = 500,
    quarters: Annotated[int, typer.Option(help="How many quarters each.")] = 40,
    seed: Annotated[int, typer.Option(help="Same seed, same luck.")] = 0,
    settings: Annotated[list[str], typer.Option("--set", metavar="NAME=VALUE", help="Set a number; see: overreach parameters.")] = [],  # noqa: B006
    shocks: Annotated[list[str], typer.Option("--shock", metavar="NAME@QUARTER[,KEY=VALUE]", help="E.g. stall@2027Q1,duration=8.")] = [],  # noqa: B006
    deals: Annotated[list[str], typer.Option("--deal", metavar="LAB,OWNER,gw=2,start=2027Q1", help=DEAL_HELP)] = [],  # noqa: B006
    measures: Annotated[str, typer.Option(help="Names for the panel, separated by commas, or all.")] = "",
    workers: Annotated[int, typer.Option(help="Processes; 0 is one per core.")] = 0,
    memory: Annotated[float, typer.Option(help="MB that all workers together may use for worlds.")] = 1000,
    again: Annotated[bool, typer.Option("--again", help="Even if this run is there already.")] = False,
    runs: Runs = WHERE,
):
    """Run many worlds from one starting point, summarise them and write a report."""
    for name, value, allowed in (("--workers", workers, workers >= 0), ("--memory", memory, 0 < memory < MOST_MEMORY)):
        if not allowed:
            raise BadInput(f"{name} = {value:g} is not allowed; {'0 or more' if name == '--workers' else 'a number of MB above 0'}")
    from experiments import runs as engine
    from experiments.inputs import Inputs, read_deal, read_settings, read_shock
    from experiments.terminal import Watch, show_summary

    happens = tuple(map(read_shock, shocks)), tuple(map(read_deal, deals))
    inputs = Inputs(world, worlds, quarters, seed, read_settings(settings), *happens)
    chosen = tuple(name.strip() for name in measures.split(",")) if measures else engine.PANEL_MEASURES
    inputs.checked().opening()
    with Watch(worlds, world) as watch:
        done = engine.run(inputs, chosen, runs, engine.Work(workers, memory, again, watch))
    show_summary(done)


@app.command()
def worlds():
    """List the starting points: date, firms, what they are for."""
    from agents.world_file import worlds as shipped
    from experiments.terminal import show_worlds

    show_worlds(shipped())


@app.command()
def parameters(pattern: Annotated[str, typer.Argument(help="Part of a name or meaning, or a wildcard such as 'lab.*'.")] = ""):
    """List what can be set: name, value, unit, range, source, meaning."""
    from experiments.declarations import declarations
    from experiments.terminal import show_parameters

    show_parameters(declarations(pattern))


@app.command()
def books(
    reference: Reference,
    quarter: Annotated[str, typer.Option(help="E.g. 2028Q1.")],
    world: World = 0,
    firms: Annotated[bool, typer.Option("--firms", help="A column per firm, not per sector.")] = False,
    runs: Runs = WHERE,
):
    """Show balance sheets and the transaction-flow matrix of one world and quarter."""
    from experiments.books import books as read_books
    from experiments.runs import open_run
    from experiments.terminal import show_books

    show_books(read_books(open_run(reference, runs), world, quarter, firms))


@app.command()
def story(
    reference: Reference,
    world: World = 0,
    everything: Annotated[bool, typer.Option("--all", help="Also what mattered little.")] = False,
    runs: Runs = WHERE,
):
    """Tell in words what happened in one world, in order."""
    from experiments.runs import open_run, reproduce
    from experiments.story import LIMIT, narrate, tell
    from experiments.terminal import show_story

    found = open_run(reference, runs)
    events = tell(reproduce(found, world))
    show_story(narrate(events, sys.maxsize if everything else LIMIT), found, world)


app.command()(sweeps.experiments)
app.command()(sweeps.sweep)
app.command()(sweeps.report)
app.command()(sweeps.query)
app.command("open")(sweeps.open_stored)
app.command()(analyses.sensitivity)
app.command()(analyses.discover)
app.command()(analyses.accuracy)
app.command()(analyses.attribute)
app.command()(analyses.exposures)
app.command()(analyses.losses)
app.command("breakpoint")(analyses.breakpoint_of)
app.command()(analyses.lamps)
app.command()(pages.ui)


def main():
    """The entry of the command `overreach`."""
    try:
        refuse_other_agents()
    except ImportError as error:
        sys.exit(f"overreach: {error}")
    app(prog_name="overreach")


if __name__ == "__main__":
    main()
