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
Worlds = Annotated[
    int, typer.Option("--worlds", metavar="NUMBER", help="How many worlds (futures). World 17 has the same luck in every run of a seed.")
]
Quarters = Annotated[int, typer.Option("--quarters", metavar="NUMBER", help="How many quarters each world runs.")]
Seed = Annotated[
    int, typer.Option("--seed", metavar="NUMBER", help="A number. The same seed gives the same luck, and another seed gives other futures.")
]
Workers = Annotated[int, typer.Option("--workers", metavar="NUMBER", help="How many processes; 0 means one per core.")]
Set = Annotated[
    list[str],
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Set a parameter; overreach parameters lists all of them.", autocompletion=completion.settings
    ),
]
Shocks = Annotated[
    list[str],
    typer.Option(
        "--shock",
        metavar="NAME@QUARTER[,KEY=VALUE]",
        help="Let something happen at a date, e.g. stall@2027Q1,duration=8; overreach shocks lists all of them.",
        autocompletion=completion.shocks,
    ),
]
Deals = Annotated[list[str], typer.Option("--deal", metavar="LAB,OWNER,gw=2,start=2027Q1", help=DEAL_HELP, autocompletion=completion.deals)]
Out = Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Folder to write to.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV, for a spreadsheet.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Do not report progress.")]

Reference = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's folder, or the first digits of its address.", autocompletion=completion.runs)
]
RunsFolder = Annotated[Path, typer.Option("--runs", metavar="FOLDER", help="Folder of runs, if not results/runs.")]
OneWorld = Annotated[int, typer.Option("--world", metavar="NUMBER", help="Which world of the run; they are counted from 0.")]
Results = Annotated[
    Path,
    typer.Argument(metavar="RESULTS", help="Folder of a sweep, such as results/yolo-capacity.", autocompletion=completion.results),
]
