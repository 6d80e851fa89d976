"""Commands about single firms and about everybody's forecasts: exposures, losses, forecasts. To be registered by `experiments.cli`.

Nothing heavy is imported before a command runs.
"""

from pathlib import Path
from typing import Annotated

import typer

from experiments import completion
from experiments import options as o


def exposures(
    world: o.World,
    to: Annotated[str, typer.Option(metavar="FIRM", help="A firm of the world, of any kind.", autocompletion=completion.firms)],
    at: Annotated[
        str, typer.Option(metavar="QUARTER", help="Look at the end of this quarter in the median future; without it, at the opening.")
    ] = "",
    worlds: Annotated[int, typer.Option(metavar="NUMBER", help="How many futures; the median one by revenue is shown.")] = 100,
    seed: o.Seed = 0,
    settings: o.Set = [],  # noqa: B006
    shock: o.Shocks = [],  # noqa: B006
    deal: o.Deals = [],  # noqa: B006
    as_json: o.Json = False,
):
    """Say which firms are exposed to one firm, by how much, in $bn and as a multiple of their own equity.

    \b
    Examples:
      overreach exposures industry-2026q3 --to OpenAI
      overreach exposures industry-2026q3 --to OpenAI --at 2028Q1
    """
    from experiments.analysis import firm_answers as answers
    from experiments.inputs import Inputs, read_deal, read_settings, read_shock

    happens = tuple(map(read_shock, shock)), tuple(map(read_deal, deal))
    inputs = Inputs(world, worlds, answers.quarters_to(world, at), seed, read_settings(settings), *happens)
    typer.echo(answers.exposures(inputs, to, at, as_json))


def losses(
    world: o.World,
    at: Annotated[str, typer.Option(metavar="QUARTER", help="Quarter of the loss.")],
    worlds: Annotated[int, typer.Option(metavar="NUMBER", help="How many futures, each with and without the loss.")] = 96,
    seed: o.Seed = 0,
    quarters: Annotated[int, typer.Option(metavar="NUMBER", help="Quarters of a run; 0 ends it eight quarters after the loss.")] = 0,
    settings: o.Set = [],  # noqa: B006
    shock: o.Shocks = [],  # noqa: B006
    deal: o.Deals = [],  # noqa: B006
    workers: o.Workers = 0,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder for the page WORLD-QUARTER.html.")] = Path("results/losses"),
    as_json: o.Json = False,
    quiet: o.Quiet = False,
):
    """Let every named firm fail in turn, and say who fails with it and what is lost, in the same futures.

    \b
    Example:
      overreach losses industry-2026q3 --at 2028Q1
    """
    from experiments.analysis import firm_answers as answers
    from experiments.analysis.losses import AFTER
    from experiments.inputs import Inputs, read_deal, read_settings, read_shock

    happens = tuple(map(read_shock, shock)), tuple(map(read_deal, deal))
    quarters = quarters or answers.quarters_to(world, at) + AFTER[-1]
    inputs = Inputs(world, worlds, quarters, seed, read_settings(settings), *happens)
    page = out / f"{world.rstrip('/').rpartition('/')[2]}-{at}.html"
    typer.echo(answers.losses(inputs, at, page, workers, as_json, quiet or as_json))


def forecasts(
    world: o.World,
    worlds: Annotated[int, typer.Option("--worlds", metavar="NUMBER", help="How many futures.")] = 100,
    quarters: o.Quarters = 40,
    seed: o.Seed = 0,
    settings: o.Set = [],  # noqa: B006
    shock: o.Shocks = [],  # noqa: B006
    deal: o.Deals = [],  # noqa: B006
    workers: o.Workers = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FOLDER", help="Folder for page, picture, table; results/forecasts/WORLD, nothing with --json or --csv."
        ),
    ] = None,
    as_json: o.Json = False,
    as_csv: o.Csv = False,
    quiet: o.Quiet = False,
):
    """Say how right all forecasts were, year by year, and what all plans add up to.

    \b
    Example:
      overreach forecasts industry-2026q3 --out results/forecasts
    """
    from experiments.analysis.forecasts_answer import answer
    from experiments.folders import plain
    from experiments.inputs import Inputs, read_deal, read_settings, read_shock

    happens = tuple(map(read_shock, shock)), tuple(map(read_deal, deal))
    inputs = Inputs(world, worlds, quarters, seed, read_settings(settings), *happens)
    if not as_json and not as_csv:
        out = out or Path("results/forecasts") / plain(Path(world).name, "world")
    typer.echo(answer(inputs, out, workers, as_json, as_csv, quiet or as_json or as_csv))
