"""The command line: a thin list of commands that call functions elsewhere, and import them only when they run."""

import errno
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from typer.core import TyperGroup

from abm.errors import BadInput, BrokenRule
from experiments import listings, running
from experiments.analysis import commands as analyses
from experiments.analysis import firm_commands as firms
from experiments.engine import commands as sweeps
from experiments.neighbours import refuse_other_agents
from experiments.ui import commands as pages
from experiments.usage import WrongUsage, sentence

BAD_INPUT, FAILED = 2, 1  # exit codes
OF_A_NAME = (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM, errno.EROFS)  # of a path given
NOTHING_SAID = "NoArgsIsHelpError"  # how the library calls a group without a command
LONGEST = 300  # letters of a command's line in the list
RUN, LOOK, ASK, ANALYSE = "Run", "Look at what there is", "Ask what came of it", "Analyse"
GROUPS = (RUN, LOOK, ASK, ANALYSE)
HELP = """An agent-based model of the AI compute industry. It shows who overextends, what breaks, and how wide the range of futures is.

\b
Begin with:
  overreach run industry-2026q3        hundreds of futures, a summary and a page
  overreach run industry-2026q3 --against "loss@2028Q1,firm=OpenAI"
                                       the same with a change, and what differs
  overreach worlds                     what there is to start from
  overreach COMMAND --help             what a command does, with examples
"""


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
            if type(error).__name__ == NOTHING_SAID:
                raise  # a group without a command: show its help
            return _stop(sentence(error, ctx.obj), BAD_INPUT)
        except BadInput as error:
            return _stop(str(error), BAD_INPUT)
        except BrokenRule as error:
            return _stop(f"{error}; this is a mistake in the model, not in your input, please report it", FAILED)
        except (MemoryError, OSError) as error:
            code = BAD_INPUT if getattr(error, "errno", None) in OF_A_NAME else FAILED
            return _stop(str(BadInput(error)) or "out of memory; try less --memory or fewer --workers", code)

    def format_commands(self, ctx, formatter):
        """The commands in groups, in the order in which a newcomer needs them."""
        found = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        for group in (*GROUPS, None):
            rows = [(name, item.get_short_help_str(LONGEST)) for name, item in found.items() if _group(item) == group]
            if rows:
                with formatter.section(group or "Other"):
                    formatter.write_dl(rows)


def _group(command):
    name = getattr(command, "rich_help_panel", None)
    return name if name in GROUPS else None


def _stop(sentence, code):
    typer.echo(f"overreach: {' '.join(sentence.split())}", err=True)
    raise typer.Exit(code)


app = typer.Typer(
    cls=OneSentence,
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _say_version(wanted: bool):
    if wanted:
        from importlib.metadata import version

        typer.echo(f"overreach {version('overreach')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")] = False,
):
    pass


_root.__doc__ = HELP
own = typer.Typer(
    help="Make a world of your own.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
own.command("new")(running.new_world)

COMMANDS: dict[str, dict[str, Callable]] = {
    RUN: {"run": running.run, "sweep": sweeps.sweep, "ui": pages.ui},
    LOOK: {
        "worlds": listings.worlds,
        "experiments": sweeps.experiments,
        "parameters": listings.parameters,
        "shocks": listings.shocks,
        "outcomes": listings.outcomes,
        "measures": listings.measures,
    },
    ASK: {
        "compare": running.compare,
        "story": running.story,
        "books": running.books,
        "exposures": firms.exposures,
        "losses": firms.losses,
        "report": sweeps.report,
        "query": sweeps.query,
        "open": sweeps.open_stored,
    },
    ANALYSE: {
        "breakpoint": analyses.breakpoint_of,
        "attribute": analyses.attribute,
        "sensitivity": analyses.sensitivity,
        "discover": analyses.discover,
        "accuracy": analyses.accuracy,
        "lamps": analyses.lamps,
        "forecasts": firms.forecasts,
    },
}
for _panel, _members in COMMANDS.items():
    for _name, _function in _members.items():
        app.command(_name, rich_help_panel=_panel)(_function)
app.add_typer(own, name="world", rich_help_panel=RUN)


def main():
    """The entry of the command `overreach`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not where somebody put another one in its place
            stream.reconfigure(errors="backslashreplace")  # a name that a pipe or console cannot hold must not end a finished run
    try:
        refuse_other_agents()
    except ImportError as error:
        sys.exit(f"overreach: {error}")
    app(prog_name="overreach")


if __name__ == "__main__":
    main()
