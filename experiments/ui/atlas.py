"""The atlas: committed results of the shipped questions as maps, from `results/<question>/table.csv`; a cell is a setting to open."""

import csv
from typing import NamedTuple

import numpy as np

from abm.data import data_folder
from abm.errors import BadInput, nearest
from experiments.analysis.outcomes import outcome as about
from experiments.engine.cases import SHOCK, resolved
from experiments.engine.question import Question, shipped
from experiments.ui.dials import of_settings

RESULTS = data_folder("experiments", "results")
TABLE, README = "table.csv", "README.md"
RUNS = "runs"  # the first column that is no lever
ENDS = ("_share", "_mean")  # what older tables add to the name of an outcome


class Sheet(NamedTuple):
    """A table of results. levers: {name: its values in order}; outcomes: names; rows: dictionaries of texts."""

    name: str
    question: str
    levers: dict
    outcomes: tuple
    rows: list

    def words(self, outcome):
        """An outcome in words, with its unit."""
        found = about(plain_name(outcome))
        if is_chance(outcome):
            return f"{found.label}, share of runs"
        return f"{found.label}, {found.unit}, mean" if found.unit else f"{found.label}, mean"

    def start(self):
        """Where the levers stand at first: at the question's baseline, or at their first values."""
        given = {lever: str(value) for lever, value in Question.read(self.name).baseline.items()}
        found = {lever: [text for text in values if _same(given.get(lever), text)] for lever, values in self.levers.items()}
        return {lever: (values or self.levers[lever])[0] for lever, values in found.items()}


def plain_name(outcome):
    """An outcome's own name, without what a table adds to it."""
    return next((outcome.removesuffix(end) for end in ENDS if outcome.endswith(end)), outcome)


def is_chance(outcome):
    """Whether it is the share of runs in which something happened."""
    return outcome.endswith("_share") or about(outcome).is_event


def known(root=RESULTS):
    """Names of the questions that have results, of the levers that they have today."""
    return [name for name in sorted(shipped()) if (root / name / TABLE).is_file() and _current(name, root / name / TABLE)]


def _current(name, path):
    """Whether a table's levers are those of the question: results of an older one could not be opened."""
    head = _columns(path)
    return RUNS in head and set(head[: head.index(RUNS)]) == set(Question.read(name).levers)


def _columns(path):
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file), [])


def sheet(name, root=RESULTS):
    """The results of a question. Raises BadInput if there are none, or the table is not one of results."""
    path = root / name / TABLE
    if name not in known(root):
        raise BadInput(f"there are no results of {name!r}; {nearest(name, known(root))}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = _columns(path)
    levers = {column: list(dict.fromkeys(row[column] for row in rows)) for column in columns[: columns.index(RUNS)]}
    outcomes = tuple(column for column in columns if column.endswith(ENDS) or f"{column}_low" in columns)
    if not rows or not outcomes:
        raise BadInput(f"{path.name} of {name}: holds no results")
    return Sheet(name, Question.read(name).question, levers, outcomes, rows)


def grid(sheet, x, y, outcome, held):
    """A map of an outcome over two levers, [y, x], NaN where nothing was run; y None: a single row. held: {lever: value} of the others."""
    rows = [None] if y is None else sheet.levers[y]
    found = np.full((len(rows), len(sheet.levers[x])), np.nan)
    for row in sheet.rows:
        if all(row[lever] == value for lever, value in held.items() if lever not in (x, y)):
            found[rows.index(row.get(y)), sheet.levers[x].index(row[x])] = float(row[outcome] or "nan")
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
            settings[lever] = next(value for value in points if _same(value, text))
    resolved_settings = resolved(question, settings)
    inputs = of_settings(resolved_settings)
    if inputs is None:
        inputs = of_settings({name: value for name, value in resolved_settings.items() if not name.startswith(SHOCK)})
    return inputs


def _label(text, points):
    """A named point; a table may have written 3 as 3.0."""
    return text if text in points else next(label for label in points if _same(label, text))


def _same(value, text):
    if str(value) == text:
        return True
    try:
        return float(value) == float(text)
    except (TypeError, ValueError):
        return False
