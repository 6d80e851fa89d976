"""The reference results of the shipped questions: run each, and write what it found to `results/<name>/`. See `make results`.

    python -m experiments.reference                      every shipped question
    python -m experiments.reference yolo-capacity        this one

A result is README.md (question, answer, figure, changes, design, how sure), table.csv (every setting) and figure.png. Nothing in
them is written by hand, and there is no date in them. How many seeds a reference has stands in the question file, `[reference]`.
"""

import csv
import re
import sys
from io import StringIO
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from abm.errors import BadInput, nearest
from experiments.engine.question import SHIPPED, Question, shipped
from experiments.engine.sweep import RESULTS, sweep

README, TABLE, FIGURE = "README.md", "table.csv", "figure.png"
DIGITS = 5  # of a number in the table
_ANSWER = re.compile(r"^\*\*Answer\.\*\* (.*?)(?:\n\n|\Z)", flags=re.M | re.S)


def sized(name, seeds=None):
    """A shipped question at the size of its reference result. seeds: instead of it."""
    question = Question.read(name)
    design = question.design.model_dump(exclude_unset=True)
    points = {"design": {**design, "points": question.reference.points}} if question.reference.points else {}
    return Question.read(question, seeds=seeds or question.reference.seeds, **points)


def make(name, out=RESULTS, seeds=None, workers=None, quiet=False):
    """Run a question, or what is missing of it, and write its reference result; returns the folder. Raises BadInput."""
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
    paragraph, parts = _paragraph(found)
    number, design = _opening(name)
    rest = "\n\n".join(f"**{head}.** {' '.join(sentences)}" for head, sentences in parts.items())
    captions = "; ".join(f"{item.title}" for item in items)
    return f"""# {number}{found.question.question}

**Answer.** {paragraph}

![{captions}]({FIGURE})

{rest}

**What each lever changes**, in the same futures, everything else alike, with 95 % intervals:

{_changes(found)}

**How it was asked.** {design} World `{found.question.world}`. {_varied(found)}

**Again.** `make results NAME={name}` makes this page; `overreach sweep {name} --worlds {found.question.seeds}` runs the same and writes a
page with every figure. Code of the model: `{found.manifest["code"]}`. Every setting, with intervals: [{TABLE}]({TABLE}).
"""


def _paragraph(found):
    """(the answer as one paragraph, what else the page says): led by the analysis that the question names, else by its first outcome."""
    from experiments.analysis.sweep_answer import answer, counted, in_short

    parts = dict(answer(found))
    sure = parts["How sure"]
    if found.lead:
        parts.pop("What was asked")
        return " ".join([*found.lead.sentences, counted(found), sure[-1]]), {**parts, "How sure": sure[1:-1] or sure[:1]}
    del parts["How sure"]
    first, moves = in_short(found), parts.pop("What moves it", ())
    more = [text for text in moves if text.removeprefix("Moving ").partition(" changes")[0] not in first]  # not what was said already
    beside = [*parts.pop("How much risk is tolerable", ()), *parts.pop("What is gained or lost beside it", ())]
    return " ".join([first, *more, *beside, *sure]), parts


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
    from experiments.analysis.outcomes import outcome, short

    rows: dict = {}
    for each in found.effects:
        rows.setdefault((each.lever, each.base, each.level), {})[each.outcome] = each.found
    lines = [["Lever", "From → to", *(outcome(name).label for name in found.outcomes), "Pairs"]]
    for (lever, base, level), by_name in rows.items():
        said = [outcome(name).change(by_name[name]) if by_name[name].runs else "-" for name in found.outcomes]
        lines.append([short(lever), f"{base} → {level}", *said, f"{max(each.runs for each in by_name.values()):,}"])
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _varied(found):
    """Levers, uncertainties and what is held, in words."""
    from experiments.analysis.findings import label
    from experiments.analysis.outcomes import quoted

    question = found.question
    levers = [f"`{name}` ({', '.join(quoted(label(value)) for value in values)})" for name, values in question.levers.items()]
    unknown = [f"`{name}` ({item.low:g} to {item.high:g})" for name, item in question.uncertainties.items() if not item.dates]
    held = [f"`{name}` = {label(value)}" for name, value in question.settings.items()]
    parts = [("Levers", levers), ("Uncertainties", unknown), ("Held", held)]
    return " ".join(f"{head}: {', '.join(names)}." for head, names in parts if names)


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
        first = re.split(r"(?<=[^.\d]\.) (?=[A-Z])", " ".join(said[1].split()))[0] if said else ""
        lines.append(Line(path.parent.name, text.splitlines()[0].removeprefix("# "), first))
    return lines


def _order(path):
    number = re.match(r"# E(\d+):", path.read_text(encoding="utf-8"))
    return (int(number[1]) if number else len(shipped()), path)


def index(out):
    """The page that lists all results."""
    lines = "\n".join(f"- [{line.title}]({line.name}/{README}) {line.answer}" for line in listed(out))
    return f"""# Results

`results/<question>/` holds what a shipped question found: a page with the answer, a figure, changes with intervals, and a small table.
They are conditional on parameters nobody knows: compare settings, do not quote levels.

{lines}

`make results` makes all of them again, `make results NAME=yolo-capacity` one. All is computed from the runs; nothing here is edited.

What you run yourself lands beside them and is ignored by git: single runs in `results/runs/`, sweeps in
`results/<question>/<hash of the question>/`.
"""


def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Shipped questions; all by default.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results.")] = RESULTS,
    seeds: Annotated[int | None, typer.Option(help="Worlds at every design point, instead of the question's own number.")] = None,
    workers: Annotated[int, typer.Option(help="Processes; 0 is one per core.")] = 0,
):
    """Make reference results again, one question after the other; what is stored already is not run again."""
    for name in names or shipped():
        typer.echo(f"{make(name, out, seeds, workers or None)}/{README}")
    (out / README).write_text(index(out), encoding="utf-8")


if __name__ == "__main__":
    try:
        typer.run(main)
    except BadInput as error:
        sys.exit(f"overreach: {error}")
