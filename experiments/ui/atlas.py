"""The atlas: committed results of the shipped questions as maps, from `results/<question>/table.csv`; a cell is a setting to open."""

import csv
from typing import NamedTuple

import numpy as np

from abm.errors import BadInput, nearest
from experiments.engine.cases import resolved
from experiments.engine.question import Question, shipped
from experiments.inputs import ROOT
from experiments.ui.dials import of_settings

TABLE, README = "table.csv", "README.md"
RUNS = "runs"  # the first column that is no lever
WORDS = {
    "systemic_event_share": "chance of a systemic event",
    "any_lab_defaulted_share": "chance that a lab defaults",
    "labs_defaulted_mean": "labs that default, mean",
    "clouds_defaulted_mean": "owners of compute that default, mean",
    "served_revenue_mean": "revenue served over the run, $bn",
    "credit_loss_mean": "credit losses over the run, $bn",
    "vendor_equity_lost_mean": "vendors' stakes lost, $bn",
}


class Sheet(NamedTuple):
    """A table of results. levers: {name: its values in order}; outcomes: names; rows: dictionaries of texts."""

    name: str
    question: str
    levers: dict
    outcomes: tuple
    rows: list

    def words(self, outcome):
        """An outcome in words."""
        return WORDS.get(outcome, outcome.removesuffix("_mean").replace("_", " "))


def known(root=ROOT / "results"):
    """Names of the questions that have results."""
    return [name for name in sorted(shipped()) if (root / name / TABLE).is_file()]


def sheet(name, root=ROOT / "results"):
    """The results of a question. Raises BadInput if there are none, or the table is not one of results."""
    path = root / name / TABLE
    if name not in known(root):
        raise BadInput(f"there are no results of {name!r}; {nearest(name, known(root))}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0]) if rows else []
    if RUNS not in columns:
        raise BadInput(f"{path.name} of {name}: has no column {RUNS!r}")
    levers = {column: list(dict.fromkeys(row[column] for row in rows)) for column in columns[: columns.index(RUNS)]}
    outcomes = tuple(column for column in columns if column.endswith(("_share", "_mean")))
    return Sheet(name, Question.read(name).question, levers, outcomes, rows)


def grid(sheet, x, y, outcome, held):
    """A map of an outcome over two levers, [y, x], NaN where nothing was run. held: {lever: value} of the others."""
    found = np.full((len(sheet.levers[y]), len(sheet.levers[x])), np.nan)
    for row in sheet.rows:
        if all(row[lever] == value for lever, value in held.items() if lever not in (x, y)):
            found[sheet.levers[y].index(row[y]), sheet.levers[x].index(row[x])] = float(row[outcome])
    return found


def cell(sheet, chosen):
    """Inputs of a cell. chosen: {lever: value as the table has it}. Raises BadInput if it has nothing to run."""
    question = Question.read(sheet.name)
    settings = {}
    for lever, text in chosen.items():
        points = question.levers[lever]
        if isinstance(points, dict):
            settings |= points[_label(text, points)]
        else:
            settings[lever] = next(value for value in points if str(value) == text or _same(value, text))
    inputs = of_settings(resolved(question, settings))
    if inputs is None:
        inputs = of_settings({name: value for name, value in resolved(question, settings).items() if not name.startswith("shock.")})
    return inputs


def _label(text, points):
    """A named point; a table may have written 3 as 3.0."""
    return text if text in points else next(label for label in points if _same(label, text))


def _same(value, text):
    try:
        return float(value) == float(text)
    except ValueError:
        return False
