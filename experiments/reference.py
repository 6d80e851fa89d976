"""The reference results of the shipped questions: run each, and write what it found to `results/<name>/`. See `make results`.

    python -m experiments.reference                      every shipped question
    python -m experiments.reference yolo-capacity        this one

A result is README.md (question, answer, figure, changes, design, how sure), table.csv (every setting) and figure.png. Nothing in
them is written by hand, and there is no date in them. How many seeds a reference has stands in the question file, `[reference]`.
"""

import csv
import re
import sys
import textwrap
from io import StringIO
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from abm.errors import BadInput, nearest
from experiments import markdown
from experiments.engine.question import SHIPPED, Question, shipped
from experiments.engine.sweep import RESULTS, sweep
from experiments.words import CAVEAT

README, TABLE, FIGURE = "README.md", "table.csv", "figure.png"
DIGITS = 5  # of a number in the table
WIDTH = 140  # characters of a line of the project's README
_ANSWER = re.compile(r"^\*\*Answer\.\*\* (.*?)(?:\n\n|\Z)", flags=re.M | re.S)


def sized(name, seeds=None):
    """A shipped question at the size of its reference result. seeds: instead of it."""
    question = Question.read(name)
    design = question.design.model_dump(exclude_unset=True)
    points = {"design": {**design, "points": question.reference.points}} if question.reference.points else {}
    return Question.read(question, seeds=seeds or question.reference.seeds, **points)


def make(name, out=RESULTS, seeds=None, workers=None, quiet=False):
    """Run a question, except for runs that are stored already, and write its reference result; returns the folder. Raises BadInput."""
    from experiments.analysis.picture import write_png
    from experiments.analysis.sweep_answer import gather
    from experiments.analysis.sweep_figures import first_figures

    if name not in shipped():
        raise BadInput(f"no shipped question is called {name!r}; {nearest(name, shipped())}".removesuffix("; "))
    folder = Path(out) / name
    found = gather(sweep(sized(name, seeds), out=folder, workers=workers, quiet=quiet).folder)
    items = (found.lead and found.lead.figures) or first_figures(found.question, found.whole, found.axes, found.effects)
    write_png(folder / FIGURE, items)
    (folder / TABLE).write_text(table(found), encoding="utf-8")
    (folder / README).write_text(page(name, found, items), encoding="utf-8")
    return folder


def table(found):
    """Every setting with its runs, and the mean and interval of every outcome, as CSV."""
    from experiments.analysis.sweep_report import settings_table

    lying, names, rows = settings_table(found)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*(each.name for each in lying), "runs", *(f"{name}{end}" for name in names for end in ("", "_low", "_high"))])
    for place, estimates in rows:
        numbers = [f"{value:.{DIGITS}g}" for each in estimates for value in each[:-1]]
        writer.writerow([*(each.labels[k] for each, k in zip(lying, place)), estimates[0].runs, *numbers])
    return text.getvalue()


def page(name, found, items):
    """The README page of a reference result."""
    first, parts = _parted(found)
    number, design = _opening(name)
    rest = "\n\n".join(f"## {head}\n\n{_bullets(sentences)}" for head, sentences in parts.items())
    captions = "; ".join(f"{item.title}" for item in items)
    return f"""# {number}{found.question.question}

**Answer.** {first}

{CAVEAT}

![{captions}]({FIGURE})

{rest}

## What each lever changes

Each change compares the same futures with one thing set otherwise. In brackets is the 95 % interval.

{_changes(found)}

## How it was asked

{design}

{_varied(found)}

## Again

`make results NAME={name}` makes this page. `overreach sweep {name} --worlds {found.question.seeds}` runs the same and writes a page with
every figure. The code of the model is `{found.manifest["code"]}`. [{TABLE}]({TABLE}) holds every setting with its intervals.
"""


def _parted(found):
    """(the answer in short, {heading: sentences} of what else the page says, and how sure it is last)."""
    from experiments.analysis.sweep_answer import answer, in_short

    first, parts = in_short(found), dict(answer(found))
    parts["What was asked"] = [text for text in parts.get("What was asked", ()) if text != first]
    if not found.lead:
        parts["What happens"] = [text for text in parts.get("What happens", ()) if not first.startswith(text)]
    return first, {head: sentences for head, sentences in parts.items() if sentences}


def _bullets(sentences):
    return "\n".join(f"- {text}" for text in sentences)


def _opening(name):
    """The number of a shipped question and what its file says about the design, from the comment that the file begins with."""
    lines = []
    for line in (SHIPPED / f"{name}.toml").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    number, _, design = " ".join(lines).partition(": ")
    return f"{number}: ", design[:1].upper() + design[1:]


def _changes(found):
    """The effects as a table of Markdown: a row for each change, a column for each outcome."""
    from experiments.analysis.outcomes import outcome

    rows: dict = {}
    for each in found.effects:
        rows.setdefault((each.title, each.base, each.level), {})[each.outcome] = each.found
    head, lines = ["Lever", "From → to", *(outcome(name).label for name in found.outcomes), "Pairs"], []
    for (title, base, level), by_name in rows.items():
        said = [outcome(name).change(by_name[name]) if by_name[name].runs else "-" for name in found.outcomes]
        lines.append([title, f"{base} → {level}", *said, f"{max(each.runs for each in by_name.values()):,}"])
    return markdown.table(head, lines).rstrip("\n")


def _varied(found):
    """Levers, uncertainties and what is held, in words."""
    from experiments.analysis.findings import label
    from experiments.analysis.outcomes import called, quoted

    question = found.question
    rows = [("lever", name, ", ".join(quoted(label(value)) for value in values)) for name, values in question.levers.items()]
    rows += [("uncertainty", name, f"{row.low} to {row.high}") for name, row in question.uncertainties.items()]
    rows += [("held", name, label(value)) for name, value in question.settings.items()]
    lines = [f"| {kind} | {called(question, name)} | `{name}` | {values} |" for kind, name, values in rows]
    head = f"The world is `{question.world}`."
    return "\n".join([head, *(["", "| Role | What | Name | Values |", "| --- | --- | --- | --- |", *lines] if lines else [])])


class Line(NamedTuple):
    """A line of the list of results."""

    name: str
    title: str
    answer: str


def listed(out):
    """What has been found so far, in the order of the questions' numbers: [Line]."""
    lines = []
    for path in sorted(Path(out).glob(f"*/{README}"), key=_order):
        text = path.read_text(encoding="utf-8")
        said = _ANSWER.search(text)
        lines.append(Line(path.parent.name, text.splitlines()[0].removeprefix("# "), " ".join(said[1].split()) if said else ""))
    return lines


def _order(path):
    number = re.match(r"# E(\d+):", path.read_text(encoding="utf-8"))
    return (int(number[1]) if number else len(shipped()), path)


def index(out):
    """The page that lists all results."""
    lines = "\n\n".join(f"**[{line.title}]({line.name}/{README})**\n{line.answer}" for line in listed(out))
    return f"""# Results

Each folder `results/<question>/` holds what a shipped question found: a page with the answer, a figure, changes with intervals, and a
small table. {CAVEAT} The stated parameters are ones that nobody knows. Compare settings, and do not quote levels.

A *run* is one possible future of one setting. Numbers in brackets are 95 % intervals. A *crisis* is that labs, owners of compute or their
creditors fail together; [reading results](../docs/reading_results.md#1-probabilities) says exactly when. A *bold* lab plans with the 90th
percentile of what it expects, a *cautious* one with the 10th.

{lines}

`make results` makes all of them again, and `make results NAME=yolo-capacity` makes one. Every number is computed from the runs, and nothing
here is edited by hand.

What you run yourself lands beside these folders, and git ignores it: single runs lie in `results/runs/`, sweeps in
`results/<question>/<hash of the question>/`.
"""


HEADLINES = ("yolo-capacity", "circular-finance", "arms-race", "breakthrough-belief", "believed-life")
FROM, TO = "<!-- answers of results/, written by make results -->", "<!-- end of answers -->"


def headlines(out):
    """The answers that the project's README shows, as Markdown: those of these questions that have been made."""
    made = {line.name: line for line in listed(out)}
    shown = (made[name] for name in HEADLINES if name in made)
    told = (f"**[{line.title.partition(': ')[2]}](results/{line.name}/{README})** {line.answer}" for line in shown)
    return "\n\n".join(textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False) for text in told)


def show(out, page):
    """Write the answers into a page, between its two marks; a page without them is left alone."""
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    before, mark, rest = text.partition(FROM)
    if mark:
        page.write_text(f"{before}{FROM}\n\n{headlines(out)}\n\n{TO}{rest.partition(TO)[2]}", encoding="utf-8")


def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Shipped questions; all by default.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = RESULTS,
    seeds: Annotated[int | None, typer.Option(help="Worlds at every design point, instead of the question's own number.")] = None,
    workers: Annotated[int, typer.Option(help="Processes; 0 is one per core.")] = 0,
):
    """Make reference results again, one question after the other. Runs that are stored already are not run again."""
    for name in names or shipped():
        typer.echo(f"{make(name, out, seeds, workers or None)}/{README}")
    (out / README).write_text(index(out), encoding="utf-8")
    show(out, out.parent / README)


if __name__ == "__main__":
    try:
        typer.run(main)
    except BadInput as error:
        sys.exit(f"overreach: {error}")
