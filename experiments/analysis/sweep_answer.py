"""The answer of a sweep in words, all of it computed: what happens, what moves it, what it costs, and how sure that is."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.errors import BadInput
from experiments.analysis import findings as numbers
from experiments.analysis.findings import axis, cells, levels
from experiments.analysis.maps import Axes, axes_of
from experiments.analysis.openers import lead
from experiments.analysis.outcomes import called, outcome, quoted
from experiments.analysis.paired_effects import LEVEL
from experiments.analysis.sweep_words import again, capital, level_in_words, moves, plural, setting, setting_it, setting_to, tolerable
from experiments.analysis.undefined import in_words
from experiments.analysis.verdict import besides, verdict
from experiments.engine.question import Question
from experiments.engine.store import QUESTION, found_in, load
from experiments.engine.sweep import asked
from experiments.summary import probability
from experiments.words import PERCENT, between, percent

FEW = 3  # things that a sentence lists
MOST_NAMED = 3  # levers that a sentence names
FAR = 2  # half-widths of an interval from zero that are called far


class Found(NamedTuple):
    """Stored results, and what follows from them."""

    folder: Path
    question: Question
    manifest: dict
    runs: pd.DataFrame  # all of them; the failed ones have no outcomes
    axes: Axes
    effects: list
    interactions: list
    lead: object = None  # a `leads.Lead`, where the question names an analysis that answers it

    @property
    def whole(self):
        """Runs that came to their end."""
        return self.runs[self.runs["failure"].isna()]

    @property
    def outcomes(self):
        """Those of the figure first, then all that the question asks for."""
        chosen = [self.axes.outcome, self.axes.welfare, *self.question.outcomes]
        return list(dict.fromkeys(name for name in chosen if name))


def gather(results):
    """Everything about stored results that a page or a reference result says. Raises BadInput if there are none."""
    store = found_in(results)
    question, runs = asked(store.folder), load(store.folder)
    _refuse_others(store.folder, question, runs)
    axes = axes_of(question, runs)
    outcomes = list(dict.fromkeys(name for name in (axes.outcome, axes.welfare, *question.outcomes) if name))
    effects = numbers.effects(question, runs, outcomes)
    pairs = numbers.interactions(question, runs, effects, axes.outcome)
    found = Found(store.folder, question, store.manifest(), runs, axes, effects, pairs)
    return found._replace(lead=lead(found))


def _refuse_others(folder, question, runs):
    """Raises BadInput where the stored question names what its runs do not have."""
    for name in (*question.outcomes, *question.levers, *question.uncertainties):
        if name not in runs.columns:
            raise BadInput(f"{folder / QUESTION}: its runs have no {name!r}, as if edited; the sweep's own command writes it anew")


def in_short(found):
    """The answer: that which the question declares or the analysis that leads, else how large the outcome is and what moves it most."""
    if found.lead:
        return found.lead.sentences[0]
    if declared := verdict(found):
        return " ".join(declared)
    item, whole = outcome(found.axes.outcome), numbers.estimate(found.runs, found.axes.outcome)
    if found.whole.empty:
        return "No run came to its end."
    best = list(numbers.strongest(found.effects, item.name).values())
    if not best:
        return level_in_words(item, whole)
    if not best[0].found.clear:
        return (
            f"{level_in_words(item, whole)} Nothing that was varied changes it clearly, because the interval of every change includes zero."
        )
    verb, size = item.moved(best[0].found)
    return (
        f"{level_in_words(item, whole)} The strongest lever is the {best[0].title}: {setting_it(best[0])} {verb} {again(item)} by {size}."
    )


def answer(found):
    """The answer as [(heading, sentences)], to be read in this order."""
    if found.whole.empty:
        return [("How sure", how_sure(found))]
    parts = [
        ("What was asked", found.lead.sentences if found.lead else besides(found)),
        ("What happens", [level_in_words(outcome(found.axes.outcome), numbers.estimate(found.runs, found.axes.outcome)), *_range(found)]),
        ("What moves it", [*moves(found, found.axes.outcome), *_depends(found), *_unknowns(found)]),
        ("How much risk is tolerable", tolerable(found)),
        ("What is gained or lost beside it", _welfare(found)),
        ("What else changes", _others(found)),
        ("How sure", how_sure(found)),
    ]
    return [(head, sentences) for head, sentences in parts if sentences]


def _range(found):
    """The settings at which it is least and most."""
    lying = [axis(found.question, found.whole, name) for name in levels(found.question, found.runs)]
    if not lying:
        return []
    item, all_cells = outcome(found.axes.outcome), cells(found.whole, lying, found.axes.outcome)
    known = {place: each for place, each in all_cells.items() if each.runs}
    if not known:
        return []
    if len({each.mean for each in known.values()}) < 2:
        return [f"It is the same in all {len(known)} settings."]
    least, most = (end(known, key=lambda place: known[place].mean) for end in (min, max))
    low, high = (f"{item.amount(known[end].mean)} ({item.between(known[end].low, known[end].high)})" for end in (least, most))
    return [
        f"The lowest value of the {len(known)} settings is {low}. It belongs to this setting: {setting(lying, least)}.",
        f"The highest value is {high}. It belongs to this setting: {setting(lying, most)}.",
        "Both are the extremes of many settings, so the true range is probably narrower.",
    ]


def _depends(found):
    """The strongest interaction that is there at all."""
    clear = [row for row in found.interactions if row.found.clear]
    if not found.interactions:
        return []
    if not clear:
        return ["These runs do not show whether the effect of one lever depends on another one."]
    row, item = clear[0], outcome(found.axes.outcome)
    second, base, level = row.second.title, quoted(row.second.base), quoted(row.second.level)
    return [
        f"The effect of the {row.first.title} depends on the {second}.",
        f"{capital(setting_to(row.first))} changes {item.phrase} by {item.change(row.before)} where the {second} is {base}.",
        f"The same step changes it by {item.change(row.after)} where the {second} is {level}.",
        f"The difference between the two is {item.change(row.found)}.",
    ]


def _unknowns(found):
    """Which uncertainties matter by PAWN, and between which ends of their ranges."""
    table = numbers.importance(found.question, found.runs, found.axes.outcome)
    if table is None:
        return []
    item, floor = outcome(found.axes.outcome), float(table["floor"].iloc[0])
    mattering = [row for row in table.itertuples(index=False) if row.matters]
    sentences = []
    for row in mattering[:MOST_NAMED]:
        lying = axis(found.question, found.whole, row.input)
        along = cells(found.whole, [lying], item.name)
        ends = [f"{item.amount(each.mean)} ({item.between(each.low, each.high)})" for each in (along[min(along)], along[max(along)])]
        sentences += [
            f"Among the inputs that nobody knows, the {lying.title} matters: its PAWN index, a measure of influence from 0 to 1, is "
            f"{row.pawn:.2f}, and chance alone would reach {floor:.2f}.",
            f"From the low end of its range (about {lying.labels[0]}) to the high end ({lying.labels[-1]}), {item.phrase} goes from "
            f"{ends[0]} to {ends[1]}.",
        ]
    idle = [called(found.question, row.input) for row in table.itertuples(index=False) if not row.matters]
    return sentences + ([f"These inputs matter no more than chance (PAWN index below {floor:.2f}): {', '.join(idle)}."] if idle else [])


def _welfare(found):
    """What is served, and what moves that."""
    if found.axes.welfare is None:
        return []
    item, whole = outcome(found.axes.welfare), numbers.estimate(found.runs, found.axes.welfare)
    return [level_in_words(item, whole), *moves(found, item.name)]


def _others(found):
    """The strongest effect on each of the other outcomes; those that nothing changes clearly together."""
    sentences, unclear = [], []
    for name in found.outcomes:
        best = next(iter(numbers.strongest(found.effects, name).values()), None)
        if name in (found.axes.outcome, found.axes.welfare) or not best:
            continue
        item = outcome(name)
        if not best.found.clear:
            unclear.append(item.phrase)
            continue
        verb, size = item.moved(best.found)
        said = f"depends most on the {best.title}: {setting_it(best)} {verb} {again(item)} by {size}."
        sentences.append(f"{capital(item.phrase)} {said}")
    few = [unclear[start : start + FEW] for start in range(0, len(unclear), FEW)]
    return sentences + [f"No lever changes any of the following clearly: {'; '.join(part)}." for part in few]


def how_sure(found):
    """Runs, what a change is known to, and what chance alone would do."""
    tail = "Every number depends on the parameters and on the world that were given, so compare settings and do not quote levels."
    return [counted(found), *_valued(found), *_sureness(found), *_doubted(found), tail]


def _doubted(found):
    """In what share of the draws of a question in doubt the first lever moves the first outcome as it does on average."""
    lever = next(iter(levels(found.question, found.whole)), None)
    best = numbers.strongest(found.effects, found.axes.outcome).get(lever) if lever else None
    if not found.question.doubt or best is None:
        return []
    changes = numbers.by_sample(found.question, found.whole, best)
    start = f"Every setting was run with the same {plural(len(changes), 'draw')} of all numbers that are uncertain."
    if best.found.mean == 0:
        return [f"{start} {capital(setting_to(best))} does not move {outcome(best.outcome).phrase} on average over them."]
    held = probability(np.sign(changes) == np.sign(best.found.mean))
    still = int((changes == 0).sum())
    none = f" In {plural(still, 'draw')} it changes nothing." if still else ""
    return [
        f"{start} {capital(setting_to(best))} moves {outcome(best.outcome).phrase} in the same direction as on average in "
        f"{percent(held['share'])} of them (95 % interval {between(held)}).{none}"
    ]


def _valued(found):
    """How many runs have no value of an outcome, and what that means for what is said about it."""
    rule = "Means are over the runs that have one, and changes over the pairs of runs that have one"
    return in_words(found.runs, found.outcomes, rule)


def counted(found):
    """Settings, futures, runs, and what is missing of them."""
    points, seeds = found.runs["point"].nunique(), found.runs["seed"].nunique()
    failed, missing = len(found.runs) - len(found.whole), found.manifest["runs"] - len(found.runs)
    design = f"The sweep ran {plural(points, 'setting')} in {plural(seeds, 'future')}{' each' if points > 1 else ''}"
    runs = f"{plural(len(found.runs), 'run')} of {found.question.quarters} quarters"
    return f"{design}: {runs}, {failed or 'none'} of which failed{f', and {missing:,} more are not done yet' if missing else ''}."


def _sureness(found):
    """How far from zero the largest change is, and how many changes would look clear by chance."""
    item, told = outcome(found.axes.outcome), [each for each in found.effects if each.found.runs]
    best = max((each.found for each in told if each.outcome == item.name), key=lambda each: abs(each.mean), default=None)
    if best is None:
        return []
    half = (best.high - best.low) / 2
    far = "contains zero" if not best.clear else "is far from zero" if abs(best.mean) > FAR * half else "excludes zero, but not by far"
    known = f"{half * PERCENT:.0f} points" if item.is_share else item.amount(half)
    chance, clear = max(1, round(len(told) * (1 - LEVEL))), sum(each.found.clear for each in told)
    return [
        f"The interval of the largest change reaches {known} either way and {far}.",
        f"The page looks at {plural(len(told), 'change')}, and the intervals of {clear or 'none'} of them exclude zero. "
        f"By chance alone about {chance} would.",
    ]
