"""Commands that analyse, from sensitivity to lamps. To be registered by `experiments.cli`.

Nothing heavy is imported before a command runs.
"""

from pathlib import Path
from typing import Annotated

import typer

from experiments import completion
from experiments import options as o

Worlds = Annotated[
    int, typer.Option("--worlds", metavar="NUMBER", min=1, help="Worlds (futures) of every setting; all settings see the same ones.")
]
Quarters = Annotated[int, typer.Option("--quarters", metavar="NUMBER", min=1, help="Quarters of a run.")]
Workers = Annotated[int, typer.Option("--workers", metavar="NUMBER", min=0, help="Processes; 0 is one per core.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Folder for the results; results/<name> by default.")]


def sensitivity(
    source: Annotated[
        str,
        typer.Argument(
            metavar="WORLD", help="A world, a question with uncertainties, or a folder of results.", autocompletion=completion.worlds
        ),
    ],
    method: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="morris screens inputs, sobol splits the variance, pawn takes any sample, and regional compares where a condition holds.",
        ),
    ] = "morris",
    outcome: Annotated[
        str,
        typer.Option(metavar="NAME", help="The outcome to explain; regional also takes a condition.", autocompletion=completion.outcomes),
    ] = "crisis",
    vary: Annotated[
        list[str],
        typer.Option(metavar="NAME=LOW:HIGH[:log]", help="A range to use instead of the usual one.", autocompletion=completion.settings),
    ] = [],  # noqa: B006
    points: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", min=0, help="Number of trajectories (morris), base points (sobol) or points; 0 means the usual number."
        ),
    ] = 0,
    settings: o.Set = [],  # noqa: B006
    worlds: Worlds = 20,
    quarters: Quarters = 40,
    seed: o.Seed = 0,
    workers: Workers = 0,
    out: Out = None,
    as_json: o.Json = False,
    quiet: o.Quiet = False,
):
    """Say which inputs matter for an outcome, with intervals.

    \b
    Examples:
      overreach sensitivity archetypes-2023q1 --outcome crisis
      overreach sensitivity industry-2026q3 --outcome welfare --vary cone.width=0.5:1.5
    """
    from experiments.analysis.sensitivity_answer import sensitivity as answer

    work = _work(out, workers, worlds, quarters, seed, settings, quiet or as_json)
    typer.echo(answer(source, method, outcome, vary, points or None, work, as_json))


def _work(out, workers, worlds, quarters, seed, settings, quiet):
    from experiments.analysis.answers import Work
    from experiments.inputs import read_settings

    return Work(out, workers, worlds, quarters, quiet, seed, read_settings(settings))


def discover(
    results: o.Results,
    outcome: Annotated[
        str, typer.Option(metavar="CONDITION", help='A condition, such as "crisis > 0.5".', autocompletion=completion.outcomes)
    ] = "crisis > 0.5",
    by: Annotated[str, typer.Option(metavar="NAME", help="points takes means over seeds, and runs takes every run.")] = "points",
    boxes: Annotated[int, typer.Option(metavar="NUMBER", min=1, help="The largest number of boxes.")] = 3,
    as_json: o.Json = False,
):
    """Say in words under which conditions something happens.

    \b
    Example:
      overreach discover results/yolo-capacity --outcome "crisis > 0.5"
    """
    from experiments.analysis import answers

    typer.echo(answers.discover(results, outcome, by, boxes, as_json))


def accuracy(
    results: o.Results,
    figure: Annotated[Path | None, typer.Option(metavar="FILE", help="Also draw a figure to this HTML, PNG or SVG file.")] = None,
):
    """Say how far the accuracy of labs' forecasts explains their profit, in a sweep that kept forecasts.

    \b
    Example:
      overreach sweep forecast-accuracy && overreach accuracy results/forecast-accuracy
    """
    from experiments.analysis.opener_accuracy import answer

    typer.echo(answer(results, figure))


def attribute(
    world: o.World,
    channels: Annotated[
        bool,
        typer.Option(
            "--channels",
            help="Switch off the channels of contagion; with --shock, say through which ones the shock travels.",
        ),
    ] = False,
    mechanism: Annotated[
        list[str],
        typer.Option(metavar="LABEL:SETTING=VALUE", help="A mechanism: a label of your own, and the setting that turns it off."),
    ] = [],  # noqa: B006
    settings: o.Set = [],  # noqa: B006
    shock: o.Shocks = [],  # noqa: B006
    deal: o.Deals = [],  # noqa: B006
    worlds: Worlds = 50,
    quarters: Quarters = 40,
    seed: o.Seed = 0,
    workers: Workers = 0,
    out: Out = None,
    as_json: o.Json = False,
    quiet: o.Quiet = False,
):
    """Say which channels or mechanisms make firms fail, by switching off every subset of them.

    With --channels and --shock: through which channels the shock travels, each switched off alone, and each on alone.

    \b
    Examples:
      overreach attribute industry-2026q3 --channels --shock "loss@2028Q1,firm=OpenAI"
      overreach attribute archetypes-2023q1 --mechanism circular:vendor.circular_intensity=0
    """
    from experiments.analysis import answers
    from experiments.analysis.attribution import CHANNELS, read_mechanisms
    from experiments.inputs import read_deal, read_shock

    chosen = {**(CHANNELS if channels or not mechanism else {}), **read_mechanisms(mechanism)}
    work = _work(out, workers, worlds, quarters, seed, settings, quiet or as_json)
    answer = answers.travels if channels and shock else answers.attribute
    typer.echo(answer(world, chosen, tuple(map(read_shock, shock)), work, tuple(map(read_deal, deal)), as_json))


def breakpoint_of(
    world: o.World,
    lever: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What to turn: a shock, such as demand_shortfall or open_weight.density, or anything that --set takes.",
            autocompletion=completion.levers,
        ),
    ],
    until: Annotated[
        str,
        typer.Option(
            metavar="CONDITION",
            help='A condition on outcomes, such as "crisis > 0" or "labs_defaulted >= 2".',
            autocompletion=completion.outcomes,
        ),
    ],
    at: Annotated[str, typer.Option(metavar="QUARTER", help="Quarter of the shock.")] = "2027Q1",
    least: Annotated[float | None, typer.Option("--from", metavar="NUMBER", help="The smallest size.")] = None,
    most: Annotated[float | None, typer.Option("--to", metavar="NUMBER", help="The largest size.")] = None,
    settings: o.Set = [],  # noqa: B006
    shock: o.Shocks = [],  # noqa: B006
    deal: o.Deals = [],  # noqa: B006
    worlds: Worlds = 50,
    quarters: Quarters = 40,
    seed: o.Seed = 0,
    workers: Workers = 0,
    out: o.Out = None,
    as_json: o.Json = False,
):
    """Find the smallest shock or change that makes something happen, world by world.

    \b
    Examples:
      overreach breakpoint industry-2026q3 --lever demand_shortfall --until "labs_defaulted >= 2"
      overreach breakpoint industry-2026q3 --lever lab.risk_appetite --until "crisis > 0"
    """
    from experiments.analysis import answers
    from experiments.inputs import read_deal, read_shock

    work = _work(None, workers, worlds, quarters, seed, settings, quiet=True)
    holds = {"shocks": tuple(map(read_shock, shock)), "deals": tuple(map(read_deal, deal))}
    _told(answers.breakpoint_of(world, lever, until, (least, most), at, work=work, as_json=as_json, **holds), out, "breakpoint", as_json)


def _told(answer, out, name, as_json):
    """Print an answer, and write it to a folder if one is given."""
    from experiments.folders import make_folder

    if out is not None:
        make_folder(out, "--out")
        (out / f"{name}.{'json' if as_json else 'txt'}").write_text(f"{answer}\n", encoding="utf-8")
    typer.echo(answer)


def lamps(
    world: o.World,
    labs: Annotated[bool, typer.Option("--labs", help="Judge the lamps of each lab against its own failure instead of a crisis.")] = False,
    owners: Annotated[bool, typer.Option("--owners", help="Judge the lamps of each owner of compute against its own failure.")] = False,
    soonest: Annotated[int, typer.Option(metavar="NUMBER", min=1, help="Fewest quarters ahead that a warning is of use.")] = 4,
    lead: Annotated[int, typer.Option(metavar="NUMBER", min=1, help="Most quarters ahead that an event is looked for.")] = 12,
    settings: o.Set = [],  # noqa: B006
    shock: o.Shocks = [],  # noqa: B006
    deal: o.Deals = [],  # noqa: B006
    worlds: Worlds = 200,
    quarters: Quarters = 40,
    seed: o.Seed = 0,
    workers: Workers = 0,
    out: o.Out = None,
    as_json: o.Json = False,
):
    """Say which warning lamps can be believed: hits, false alarms and precision on futures that did not choose the threshold.

    \b
    Examples:
      overreach lamps industry-2026q3 --out results/lamps
      overreach lamps archetypes-2023q1 --owners --soonest 1 --lead 8
    """
    from abm.errors import BadInput
    from experiments.analysis.lamp_readings import INDUSTRY, LABS, OWNERS
    from experiments.analysis.lamps import Lead
    from experiments.analysis.lamps_answer import answer
    from experiments.inputs import Inputs, read_deal, read_settings, read_shock

    if labs and owners:
        raise BadInput("--labs and --owners are not allowed together; choose whose failure the lamps warn of")
    happens = tuple(map(read_shock, shock)), tuple(map(read_deal, deal))
    inputs = Inputs(world, worlds, quarters, seed, read_settings(settings), *happens)
    whose = LABS if labs else OWNERS if owners else INDUSTRY
    typer.echo(answer(inputs, whose, Lead(soonest, lead), out, workers, as_json))
