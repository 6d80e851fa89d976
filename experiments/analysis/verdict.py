"""The answer to the question that was asked: a sentence for the sign of a declared change, its size, and how often the sign holds.

The sentences stand in the question's file (`experiments.engine.forms.Step`) for every sign that a result may have, so that they
were written before the result was known. Sizes, intervals and which sentence holds are computed.
"""

from typing import NamedTuple

import numpy as np

from abm.errors import BadInput
from experiments.analysis import findings as numbers
from experiments.analysis.findings import Estimate, estimate, label
from experiments.analysis.outcomes import called, outcome, quoted
from experiments.engine.answering import DOUBT, FUTURES, ends
from experiments.engine.store import found_in, load
from experiments.summary import probability
from experiments.words import between, percent


class Change(NamedTuple):
    """A step of an answer in numbers: the outcome at both ends, the difference in the same futures, and the values of the lever."""

    before: Estimate
    after: Estimate
    found: Estimate
    base: str
    to: str


class Doubted(NamedTuple):
    """A step over drawn settings: the mean change, the settings, those that it changes, and those of them that share the mean's sign."""

    found: Estimate
    settings: int
    changed: int
    alike: int


def verdict(found):
    """The answer of a question that declares one, as sentences: what holds, its size, and how it stands in doubt; [] without."""
    if not found.question.answer or found.whole.empty:
        return []
    first = found.question.answer[0]
    return _said(found, first) + _in_doubt(found, first)


def besides(found):
    """What the other steps of an answer say, a text each."""
    return [" ".join(_said(found, step)) for step in found.question.answer[1:]]


def _said(found, step):
    """The sentence that holds of a step, and its numbers."""
    item = outcome(step.outcome or found.axes.outcome)
    runs = _there(found, step)
    if step.limit is not None:
        return _limited(found, step, item, runs)
    change = changed(found.question, runs, step, item.name)
    if not change.found.runs:
        return [f"There is no answer, because no two runs differ in the {called(found.question, step.lever)} alone."]
    sign = step.rises if change.found.low > 0 else step.falls if change.found.high < 0 else step.open
    luck = "" if change.found.clear else ", which could be luck"
    what = f"Setting the {called(found.question, step.lever)} to {quoted(change.to)} instead of {quoted(change.base)}{_where(found, step)}"
    levels = f"from {item.amount(change.before.mean)} to {item.amount(change.after.mean)}"
    return [sign, f"{what} takes {item.phrase} {levels}. That is {item.change(change.found)}{luck}."]


def _there(found, step):
    """The runs at which a step is looked at."""
    runs = found.whole
    for name, value in step.where.items():
        runs = runs[runs[name].map(label) == label(value)]
    return runs


def _where(found, step):
    """Where the other levers stand, in words."""
    places = [f"the {called(found.question, name)} is {quoted(label(value))}" for name, value in step.where.items()]
    return f" (where {' and '.join(places)})" if places else ""


def changed(question, runs, step, name):
    """The Change of an outcome by a step, over these runs."""
    base, to = (_as_run(runs, step.lever, value) for value in ends(question, step))
    found = numbers.change_of(question, runs, step.lever, base, to, name)
    before, after = (estimate(runs[runs[step.lever] == value], name) for value in (base, to))
    return Change(before, after, found, label(base), label(to))


def _as_run(runs, lever, value):
    """A value of a lever as the runs have it: named settings are texts there."""
    return value if runs[lever].dtype.kind == "f" or isinstance(value, str) else label(value)


def _limited(found, step, item, runs):
    """The last value of a lever at which a share stays within a limit, and the first beyond."""
    along = [(value, estimate(runs[runs[step.lever] == value], item.name)) for value in numbers.levels(found.question, runs)[step.lever]]
    within = next((k for k, (_, each) in enumerate(along) if each.mean > step.limit), len(along))
    told = [f"{item.amount(each.mean)} ({item.between(each.low, each.high)}) at {quoted(label(value))}" for value, each in along]
    where, shares = _where(found, step), f"{item.phrase[:1].upper()}{item.phrase[1:]} is "
    if within == 0:
        return [step.none, f"{shares}{told[0]}{where}."]
    if within == len(along):
        return [step.all, f"{shares}{told[-1]}{where}."]
    last, first = (quoted(label(along[k][0])) for k in (within - 1, within))
    return [step.some.replace("{last}", last).replace("{first}", first), f"{shares}{told[within - 1]} and {told[within]}{where}."]


def _in_doubt(found, step):
    """How a step stands if each setting draws all that is uncertain; nothing where that was not asked or is not stored."""
    doubted = in_doubt(found.folder, step)
    if doubted is None:
        return []
    item = outcome(step.outcome or found.axes.outcome)
    start = f"In {doubted.settings} plausible settings, each a draw of all that is uncertain in {FUTURES} futures,"
    change = f"{start} the same step changes {item.phrase} by {item.change(doubted.found)} on average."
    if not doubted.changed:
        return [f"{start} the same step changes nothing."]
    held = probability(np.arange(doubted.changed) < doubted.alike)
    alike = f"{percent(held['share'])} (95 % interval {between(held)})"
    return [change, f"It makes a difference in {doubted.changed} of them, and in {alike} of those it has the sign of the average."]


def in_doubt(folder, step):
    """The Doubted of the sweep stored inside another one, or None where there is none yet."""
    if not step.draws:
        return None
    try:
        store = found_in(folder / DOUBT)
        runs = load(store.folder)
    except BadInput:
        return None
    from experiments.engine.question import Question

    question = Question.read(store.read_json("question.json"))
    whole, name = runs[runs["failure"].isna()], question.outcomes[0]
    found = numbers.change_of(question, whole, "step", "0", "1", name)
    by = whole.pivot_table(index="sample", columns="step", values=name)
    change = (by["1"] - by["0"]).dropna()
    moved = change[change != 0]
    return Doubted(found, len(change), len(moved), int((np.sign(moved) == np.sign(found.mean)).sum()))
