"""Commands that analyse, from sensitivity to lamps. To be registered by `experiments.cli`.

Nothing heavy is imported before a command runs.
"""

from pathlib import Path
from typing import Annotated

import typer

World = Annotated[str, typer.Argument(metavar="WORLD", help="A starting point by name (see: overreach worlds), or the folder of your own.")]
Seeds = Annotated[int, typer.Option(min=1, help="Worlds at every design point, the same at each.")]
Quarters = Annotated[int, typer.Option(min=1, help="Quarters of a run.")]
Workers = Annotated[int, typer.Option(min=0, help="Processes; 0 is one per core.")]
Out = Annotated[Path | None, typer.Option(help="Folder for the results of the sweep; results/<name> by default.")]
Shocks = Annotated[list[str], typer.Option("--shock", metavar="NAME@QUARTER[,KEY=VALUE]", help="Holds as well, e.g. stall@2027Q1.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON, for other programs.")]
Deals = Annotated[
    list[str], typer.Option("--deal", metavar="LAB,OWNER,gw=2,start=2027Q1", help="A deal of your own holds as well, as in run.")
]


def sensitivity(
    source: Annotated[str, typer.Argument(metavar="WORLD", help="A world, a question with uncertainties, or a folder of results.")],
    method: Annotated[
        str, typer.Option(help="morris screens, sobol splits the variance, pawn takes any sample, regional compares.")
    ] = "morris",
    outcome: Annotated[str, typer.Option(help="What is to be explained; for regional also a condition.")] = "crisis",
    vary: Annotated[list[str], typer.Option(metavar="NAME=LOW:HIGH[:log]", help="Instead of the usual ranges.")] = [],  # noqa: B006
    points: Annotated[int, typer.Option(min=0, help="Trajectories, base points or points; 0 is the usual number.")] = 0,
    seeds: Seeds = 20,
    quarters: Quarters = 40,
    workers: Workers = 0,
    out: Out = None,
):
    """Say which inputs matter for an outcome, with intervals."""
    from experiments.analysis.answers import Work
    from experiments.analysis.sensitivity_answer import sensitivity as answer

    work = Work(out, workers, seeds, quarters, quiet=False)
    typer.echo(answer(source, method, outcome, vary, points or None, work))


def discover(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="Folder of a sweep, such as results/yolo-capacity.")],
    outcome: Annotated[str, typer.Option(help='A condition, such as "crisis > 0.5".')] = "crisis > 0.5",
    by: Annotated[str, typer.Option(help="points: means over seeds; runs: every run.")] = "points",
    boxes: Annotated[int, typer.Option(min=1, help="Boxes at most.")] = 3,
):
    """Say in words under which conditions something happens."""
    from experiments.analysis import answers

    typer.echo(answers.discover(results, outcome, by, boxes))


def accuracy(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="Folder of a sweep that kept labs' forecasts: forecast-accuracy.")],
    figure: Annotated[Path | None, typer.Option(help="Also draw it, to this HTML, PNG or SVG file.")] = None,
):
    """Say how far the profit of labs is the accuracy of their forecasts [model.md 5.9]."""
    from experiments.analysis.accuracy import answer

    typer.echo(answer(results, figure))


def attribute(
    world: World,
    channels: Annotated[
        bool,
        typer.Option(
            "--channels", help="The channels of contagion, as without --mechanism; with --shock one at a time, by what the shock adds."
        ),
    ] = False,
    mechanism: Annotated[list[str], typer.Option(metavar="NAME:SETTING=VALUE", help="A mechanism and the setting that turns it off.")] = [],  # noqa: B006
    shock: Shocks = [],  # noqa: B006
    deal: Deals = [],  # noqa: B006
    seeds: Seeds = 50,
    quarters: Quarters = 40,
    workers: Workers = 0,
    out: Out = None,
    as_json: Json = False,
):
    """Say who fails because of what: the same seeds with every subset of channels or mechanisms switched off.

    With --channels and --shock: through which channels the shock travels, each switched off alone, and each on alone.
    """
    from experiments.analysis import answers
    from experiments.analysis.attribution import CHANNELS, read_mechanisms
    from experiments.inputs import read_deal, read_shock

    chosen = {**(CHANNELS if channels or not mechanism else {}), **read_mechanisms(mechanism)}
    work = answers.Work(out, workers, seeds, quarters, quiet=False)
    answer = answers.travels if channels and shock else answers.attribute
    typer.echo(answer(world, chosen, tuple(map(read_shock, shock)), work, tuple(map(read_deal, deal)), as_json))


def exposures(
    world: World,
    to: Annotated[str, typer.Option(metavar="FIRM", help="A firm of the world, of any kind.")],
    at: Annotated[str, typer.Option(metavar="QUARTER", help="The end of this quarter in the median future; without it, the opening.")] = "",
    worlds: Annotated[int, typer.Option(help="How many futures, of which the median one by revenue is looked at.")] = 100,
    seed: Annotated[int, typer.Option(help="Same seed, same luck.")] = 0,
    settings: Annotated[list[str], typer.Option("--set", metavar="NAME=VALUE", help="Set a number; see: overreach parameters.")] = [],  # noqa: B006
    shock: Shocks = [],  # noqa: B006
    deal: Deals = [],  # noqa: B006
    as_json: Json = False,
):
    """Say who hangs on a firm: contracts, compute, loans, prepayments, stakes, orders, in $bn and shares of own equity."""
    from experiments.analysis import firm_answers as answers
    from experiments.inputs import Inputs, read_deal, read_settings, read_shock

    happens = tuple(map(read_shock, shock)), tuple(map(read_deal, deal))
    inputs = Inputs(world, worlds, answers.quarters_to(world, at), seed, read_settings(settings), *happens)
    typer.echo(answers.exposures(inputs, to, at, as_json))


def losses(
    world: World,
    at: Annotated[str, typer.Option(metavar="QUARTER", help="Quarter of the loss.")],
    worlds: Annotated[int, typer.Option(help="How many futures, each with and without the loss.")] = 96,
    seed: Annotated[int, typer.Option(help="Same seed, same luck.")] = 0,
    quarters: Annotated[int, typer.Option(help="Quarters of a run; 0 ends it eight quarters after the loss.")] = 0,
    settings: Annotated[list[str], typer.Option("--set", metavar="NAME=VALUE", help="Set a number; see: overreach parameters.")] = [],  # noqa: B006
    shock: Shocks = [],  # noqa: B006
    deal: Deals = [],  # noqa: B006
    workers: Workers = 0,
    page: Annotated[Path | None, typer.Option(help="Where to write the page; results/losses/WORLD-QUARTER.html by default.")] = None,
    as_json: Json = False,
):
    """Lose every named firm in turn: who fails with it, what revenue and creditors lose, against the same futures without it."""
    from experiments.analysis import firm_answers as answers
    from experiments.analysis.losses import AFTER
    from experiments.inputs import Inputs, read_deal, read_settings, read_shock

    happens = tuple(map(read_shock, shock)), tuple(map(read_deal, deal))
    quarters = quarters or answers.quarters_to(world, at) + AFTER[-1]
    inputs = Inputs(world, worlds, quarters, seed, read_settings(settings), *happens)
    page = page or Path("results/losses") / f"{world.rstrip('/').rpartition('/')[2]}-{at}.html"
    typer.echo(answers.losses(inputs, at, page, workers, as_json, quiet=False))


def forecasts(
    world: World,
    worlds: Annotated[int, typer.Option(help="How many futures.")] = 100,
    quarters: Quarters = 40,
    seed: Annotated[int, typer.Option(help="Same seed, same luck.")] = 0,
    settings: Annotated[list[str], typer.Option("--set", metavar="NAME=VALUE", help="Set a number; see: overreach parameters.")] = [],  # noqa: B006
    shock: Shocks = [],  # noqa: B006
    deal: Deals = [],  # noqa: B006
    workers: Workers = 0,
    out: Annotated[Path | None, typer.Option(help="Folder for page, picture and table; results/forecasts/WORLD if told in words.")] = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="One row a share, as CSV.")] = False,
):
    """Say how right everybody's forecasts were: outcomes below P10, P50, P90 by year, and the sum of all plans over what came."""
    from experiments.analysis.forecasts_answer import answer
    from experiments.folders import plain
    from experiments.inputs import Inputs, read_deal, read_settings, read_shock

    happens = tuple(map(read_shock, shock)), tuple(map(read_deal, deal))
    inputs = Inputs(world, worlds, quarters, seed, read_settings(settings), *happens)
    if not as_json and not as_csv:
        out = out or Path("results/forecasts") / plain(Path(world).name, "world")
    typer.echo(answer(inputs, out, workers, as_json, as_csv, quiet=False))


def breakpoint_of(
    world: World,
    lever: Annotated[str, typer.Option(help="A shock, such as demand_shortfall or open_weight.density, or a parameter.")],
    until: Annotated[str, typer.Option(help='A condition on outcomes, such as "crisis > 0" or "labs_defaulted >= 2".')],
    at: Annotated[str, typer.Option(help="Quarter of the shock.")] = "2027Q1",
    least: Annotated[float | None, typer.Option("--from", help="The smallest size.")] = None,
    most: Annotated[float | None, typer.Option("--to", help="The largest size.")] = None,
    shock: Shocks = [],  # noqa: B006
    deal: Deals = [],  # noqa: B006
    seeds: Seeds = 50,
    quarters: Quarters = 40,
):
    """Find the smallest shock that does it, world by world."""
    from experiments.analysis import answers
    from experiments.inputs import read_deal, read_shock

    work = answers.Work(seeds=seeds, quarters=quarters)
    holds = {"shocks": tuple(map(read_shock, shock)), "deals": tuple(map(read_deal, deal))}
    typer.echo(answers.breakpoint_of(world, lever, until, (least, most), at, work=work, **holds))


def lamps(
    world: World,
    labs: Annotated[bool, typer.Option("--labs", help="Lab by lab against its own default, not the crisis.")] = False,
    lead: Annotated[int, typer.Option(min=1, help="How many quarters ahead an event is looked for.")] = 4,
    shock: Shocks = [],  # noqa: B006
    deal: Deals = [],  # noqa: B006
    seeds: Seeds = 100,
    quarters: Quarters = 40,
):
    """Say which warning lamp lights early, and how often for nothing."""
    from experiments.analysis import answers
    from experiments.inputs import read_deal, read_shock

    holds = {"shocks": tuple(map(read_shock, shock)), "deals": tuple(map(read_deal, deal))}
    typer.echo(answers.lamps(world, labs, work=answers.Work(seeds=seeds, quarters=quarters), lead=lead, **holds))
