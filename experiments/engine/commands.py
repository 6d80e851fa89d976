"""Commands about sweeps, to be registered by `experiments.cli`: experiments, sweep, report, query, open.

Nothing heavy is imported before a command runs.
"""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from abm.errors import BadInput
from experiments import completion
from experiments import options as o

INTERRUPTED = 130  # exit code after Ctrl-C
SHOWN_ROWS = 200

Asked = Annotated[
    str,
    typer.Argument(
        metavar="QUESTION",
        help="A shipped question by name (see: overreach experiments), or a TOML file.",
        autocompletion=completion.questions,
    ),
]


def experiments(as_json: o.Json = False):
    """List the shipped questions, with their size and the time that they take on this machine."""
    from rich.text import Text

    from experiments.console import console
    from experiments.engine.progress import duration
    from experiments.engine.question import Question, shipped
    from experiments.engine.sweep import expected

    out, cores = console(), os.cpu_count() or 1
    found = {name: (Question.read(name), expected(name)) for name in shipped()}
    if as_json:
        rows = [
            {"name": name, "question": question.question, "points": size.points, "worlds": question.seeds, "runs": size.runs,
             "quarters": question.quarters, "seconds": size.seconds / cores}
            for name, (question, size) in found.items()
        ]  # fmt: skip
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for name, (question, size) in found.items():
        out.print(Text.assemble((name, "bold"), f"  {question.question}"), soft_wrap=True)
        about = f"{size.points:,} settings in {question.seeds:,} futures each: {size.runs:,} runs of {question.quarters} quarters"
        out.print(Text(f"    {about}, about {duration(size.seconds / cores)} on {cores} cores", style="dim"), soft_wrap=True)


def sweep(
    question: Asked,
    out: Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Folder for the results; results/<name> by default.")] = None,
    worlds: Annotated[
        int | None,
        typer.Option("--worlds", metavar="NUMBER", help="Worlds (futures) of every setting, instead of the question's own number."),
    ] = None,
    quarters: Annotated[
        int | None, typer.Option("--quarters", metavar="NUMBER", help="Quarters of a run, instead of the question's own number.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="NUMBER", help="Other futures: a number instead of the question's own rng.")
    ] = None,
    settings: o.Set = [],  # noqa: B006
    workers: Annotated[
        int, typer.Option("--workers", metavar="NUMBER", help="How many processes, or jobs of a cluster; 0 means one per core.")
    ] = 0,
    engine: Annotated[str, typer.Option(metavar="NAME", help="local, dask://host:port, dask-slurm or dask-k8s.")] = "local",
    fresh: Annotated[bool, typer.Option("--fresh", help="Discard what is stored, and start again.")] = False,
    quiet: o.Quiet = False,
):
    """Run all settings of a question in many worlds, and write the page that answers it.

    Ctrl-C stops it safely: the same command then goes on with the runs that are missing.

    \b
    Examples:
      overreach sweep yolo-capacity
      overreach sweep my_question.toml --worlds 20 --set cone.width=1.2
    """
    from experiments.engine.backends import warm_up

    if workers < 0:
        raise BadInput(f"--workers = {workers} is not allowed; 0 or more")
    if engine == "local" and (workers or os.cpu_count() or 1) > 1:
        warm_up()  # before this process imports the same
    from experiments.console import console
    from experiments.engine.sweep import sweep as run

    try:
        done = run(_changed(question, seed, settings), out, workers, engine, worlds, quarters, fresh, quiet=quiet)
    except KeyboardInterrupt:
        typer.echo("overreach: stopped; what is stored is whole, and the same command goes on from there", err=True)
        raise typer.Exit(INTERRUPTED) from None
    console().print(f"{done.runs:,} runs are stored in {done.folder}", soft_wrap=True)
    if done.runs:
        report(done.folder)
    if not done.finished:
        typer.echo(
            f"overreach: workers died over {done.missing} batches, see {done.folder}/quarantine.json; the same command tries again",
            err=True,
        )
        raise typer.Exit(1)


def _changed(question, seed, settings):
    """The question, or the same one with another seed and settings on top of its own."""
    from experiments.engine.question import Question
    from experiments.inputs import read_settings

    chosen = read_settings(settings)
    if seed is None and not chosen:
        return question
    asked = Question.read(question)
    return Question.read(question, rng=seed, settings={**asked.settings, **chosen} if chosen else None)


def report(results: o.Results):
    """Write the page of a sweep again from its stored results: one HTML file that needs no network."""
    from experiments.analysis.sweep_report import write_sweep_report
    from experiments.console import console

    console().print(f"The answer is in {write_sweep_report(results)}", soft_wrap=True)


def query(
    results: o.Results,
    sql: Annotated[str, typer.Argument(help='DuckDB over the views runs, series and points: select "cone.width", avg(crisis) ...')],
    as_csv: o.Csv = False,
    as_json: o.Json = False,
):
    """Ask the stored tables of a sweep in SQL."""
    from experiments.engine.store import query as ask

    answer = ask(results, sql)
    if as_json:
        typer.echo(answer.to_json(orient="records", indent=1, force_ascii=False))
        return
    typer.echo(answer.to_csv(index=False).rstrip() if as_csv else answer.to_string(index=False, max_rows=SHOWN_ROWS))


def open_stored(
    results: o.Results,
    run: Annotated[str, typer.Option(help="The run's address, or its first digits; the column `address` of runs.")],
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Run even if the code has changed since; the result is then another run.")
    ] = False,
):
    """Repeat a stored run, check that it came out the same, and tell what happened in it."""
    from experiments.console import console
    from experiments.engine.provenance import differences, reopen, stored
    from experiments.stories.story import LIMIT, narrate, tell

    out, found = console(), stored(results, run)
    for name, value in found.settings.items():
        out.print(f"{name} = {value}", markup=False, soft_wrap=True)
    industry = reopen(results, run, anyway=anyway)
    if found.row["failure"]:
        out.print(f"The run failed: {found.row['failure']}", markup=False, soft_wrap=True)
    differing = differences(found.row, industry)
    same = f"it differs in {', '.join(differing)}" if differing else "reproduced exactly"
    out.print(f"Run {found.row['address']}, world {found.row['seed']}: {same}\n", markup=False, soft_wrap=True)
    out.print(narrate(tell(industry), LIMIT), markup=False, soft_wrap=True)
