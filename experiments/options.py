"""Arguments and options that commands share, so that one thing has one name everywhere. Nothing heavy is imported here."""

from pathlib import Path
from typing import Annotated

import typer

from experiments import completion

RUNS_FOLDER = Path("results/runs")
DEAL_HELP = (
    "A deal of your own, signed when the world opens: gw= or mw=, price= ($bn per GW-year) or usd_bn= (all rent), years=, full= (last "
    "delivery), vendor= and share= (paid in advance for shares), confirm=true for what is far out of proportion."
)

World = Annotated[
    str,
    typer.Argument(
        metavar="WORLD",
        help="A starting point by name (see: overreach worlds), or the folder of your own.",
        autocompletion=completion.worlds,
    ),
]
Worlds = Annotated[int, typer.Option("--worlds", metavar="NUMBER", help="How many worlds, that is futures; everywhere the same luck.")]
Quarters = Annotated[int, typer.Option("--quarters", metavar="NUMBER", help="How many quarters each.")]
Seed = Annotated[int, typer.Option("--seed", metavar="NUMBER", help="A number; the same seed is the same luck, another one other futures.")]
Workers = Annotated[int, typer.Option("--workers", metavar="NUMBER", help="Processes; 0 is one per core.")]
Set = Annotated[
    list[str],
    typer.Option("--set", metavar="NAME=VALUE", help="Set a number; see: overreach parameters.", autocompletion=completion.settings),
]
Shocks = Annotated[
    list[str],
    typer.Option(
        "--shock",
        metavar="NAME@QUARTER[,KEY=VALUE]",
        help="Something happens, e.g. stall@2027Q1,duration=8; see: overreach shocks.",
        autocompletion=completion.shocks,
    ),
]
Deals = Annotated[list[str], typer.Option("--deal", metavar="LAB,OWNER,gw=2,start=2027Q1", help=DEAL_HELP, autocompletion=completion.deals)]
Out = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Folder for what is written.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON, for other programs.")]
Csv = Annotated[bool, typer.Option("--csv", help="As CSV, for a spreadsheet.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing about progress.")]

Reference = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's folder, or the first digits of its address.", autocompletion=completion.runs)
]
RunsFolder = Annotated[Path, typer.Option("--runs", metavar="FOLDER", help="Folder of runs, if not results/runs.")]
OneWorld = Annotated[int, typer.Option("--world", metavar="NUMBER", help="Which of the run's worlds, from 0.")]
Results = Annotated[
    Path,
    typer.Argument(metavar="RESULTS", help="Folder of a sweep, such as results/yolo-capacity.", autocompletion=completion.results),
]
