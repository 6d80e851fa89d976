"""The answer of a sweep in words, all of it computed: what happens, what moves it, what it costs, and how sure that is."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from abm.errors import BadInput
from experiments.analysis import findings as numbers
from experiments.analysis.findings import LIKELY, TOLERATED, axis, cells, label, levels
from experiments.analysis.leads import lead
from experiments.analysis.maps import Axes, axes_of
from experiments.analysis.outcomes import outcome, quoted, short
from experiments.analysis.pairs import LEVEL
from experiments.analysis.undefined import in_words
from experiments.engine.question import Question
from experiments.engine.store import QUESTION, found_in, load
from experiments.engine.sweep import asked
from experiments.words import PERCENT, percent

MOST_NAMED = 3  # levers that a sentence names
FAR = 2  # half-widths of an interval from zero that are called far
MOST_GROUPS = 6


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
    """One sentence: that of the analysis that leads, else how large the outcome is and what moves it most."""
    if found.lead:
        return found.lead.sentences[0]
    item, whole = outcome(found.axes.outcome), numbers.estimate(found.runs, found.axes.outcome)
    if found.whole.empty:
        return "No run came to its end."
    text = _level(item, whole)
    best = list(numbers.strongest(found.effects, item.name).values())
    if best and best[0].found.clear:
        text += f"; what moves it most is {_moved(best[0])}"
    elif best:
        text += "; nothing that was varied changes it by more than these runs can tell from zero"
    return f"{text}."


def _level(item, whole):
    """How large an outcome is, over the runs that have a value."""
    if not whole.runs:
        return f"{item.label}: {item.amount(whole.mean)}{' in any run' if item.is_date else ', for no run has a value'}"
    middle = f"{item.amount(whole.mean)} ({item.between(whole.low, whole.high)})"
    return f"{item.label} in {middle} of runs" if item.is_event else f"{item.label}: {middle} on average"


def _moved(effect):
    """A lever, from where to where, and what that changes."""
    return f"{_move(effect)}: {outcome(effect.outcome).change(effect.found)}"


def _move(effect):
    return f"{short(effect.lever)} from {quoted(effect.base)} to {quoted(effect.level)}"


def answer(found):
    """The answer as [(heading, sentences)], to be read in this order."""
    if found.whole.empty:
        return [("How sure", how_sure(found))]
    parts = [
        ("What was asked", found.lead.sentences if found.lead else []),
        ("What happens", [f"{_level(outcome(found.axes.outcome), numbers.estimate(found.runs, found.axes.outcome))}.", *_range(found)]),
        ("What moves it", [*_moves(found, found.axes.outcome), *_depends(found), *_unknowns(found)]),
        ("How much risk is tolerable", _tolerable(found)),
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
        return [f"It is the same at all {len(known)} settings."]
    ends = [end(known, key=lambda place: known[place].mean) for end in (min, max)]
    said = [f"{item.amount(known[end].mean)} ({item.between(known[end].low, known[end].high)}) at {_setting(lying, end)}" for end in ends]
    return [f"Over {len(known)} settings it goes from {said[0]} to {said[1]}; being the extremes of many, both flatter the range."]


def _setting(lying, place):
    return ", ".join(f"{short(each.name)} {quoted(each.labels[k])}" for each, k in zip(lying, place))


def _moves(found, name):
    """Effects of levers on an outcome, in order of size; those that cannot be told from zero together."""
    best = list(numbers.strongest(found.effects, name).values())
    clear, unclear = [e for e in best if e.found.clear], [e for e in best if not e.found.clear]
    item = outcome(name)
    sentences = [f"Moving {_move(effect)} changes it by {item.change(effect.found)}." for effect in clear]
    if unclear:
        listed = "; ".join(_moved(effect) for effect in unclear)
        sentences.append(f"Not to be told from zero: {listed}.")
    return sentences


def _depends(found):
    """The strongest interaction that is there at all."""
    clear = [row for row in found.interactions if row.found.clear]
    if not found.interactions:
        return []
    if not clear:
        return ["Whether one lever changes how much another one does cannot be told (between their strongest values)."]
    row, item = clear[0], outcome(found.axes.outcome)
    where, base, level = f"where {short(row.second.lever)} is", quoted(row.second.base), quoted(row.second.level)
    return [
        f"One depends on the other: moving {_move(row.first)} changes it by {item.change(row.before)} {where} {base}, "
        f"and by {item.change(row.after)} {where} {level}; the difference is {item.change(row.found)}."
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
        low, high = along[min(along)], along[max(along)]
        sentences.append(
            f"Of what we do not know, {short(row.input)} matters (PAWN {row.pawn:.2f}, above the {floor:.2f} of chance): from about "
            f"{lying.labels[0]} to {lying.labels[-1]} it goes from {item.amount(low.mean)} ({item.between(low.low, low.high)}) "
            f"to {item.amount(high.mean)} ({item.between(high.low, high.high)})."
        )
    idle = [short(row.input) for row in table.itertuples(index=False) if not row.matters]
    return sentences + ([f"No more than chance (PAWN below {floor:.2f}): {', '.join(idle)}."] if idle else [])


def _welfare(found):
    """What is served, and what moves that."""
    if found.axes.welfare is None:
        return []
    item, whole = outcome(found.axes.welfare), numbers.estimate(found.runs, found.axes.welfare)
    return [f"{_level(item, whole)}.", *_moves(found, item.name)]


def _others(found):
    """The strongest clear effect on each of the other outcomes."""
    sentences = []
    for name in found.outcomes:
        best = next(iter(numbers.strongest(found.effects, name).values()), None)
        if name not in (found.axes.outcome, found.axes.welfare) and best:
            told = "" if best.found.clear else ", not to be told from zero"
            sentences.append(f"{outcome(name).label}: most with {_moved(best)}{told}.")
    return sentences


def _tolerable(found):
    """Which settings keep the risk within what is tolerated, in all and along the first axis."""
    item, lying = outcome(found.axes.outcome), [axis(found.question, found.whole, name) for name in levels(found.question, found.runs)]
    if not item.is_event or not lying:
        return []
    known = [each for each in cells(found.whole, lying, item.name).values() if each.runs]
    below, surely = sum(each.mean <= TOLERATED for each in known), sum(each.high <= TOLERATED for each in known)
    above = sum(each.mean >= LIKELY for each in known)
    within = f"{below or 'none'} of {len(known)} settings {'is' if below == 1 else 'are'} within it"
    whole = f" ({surely or 'none'} with the whole interval)" if below else ""
    first = f"At a tolerated risk of {percent(TOLERATED)}, {within}{whole}; {above or 'none'} reach{'es' * (above == 1)} {percent(LIKELY)}."
    return [first, *_frontier(found, item)]


def _frontier(found, item):
    """Along x, for each value of panels or y: what stays within the tolerated risk, other levers averaged."""
    by = found.axes.panels or found.axes.y
    known = levels(found.question, found.runs)
    if found.axes.x not in known or (by and (by not in known or len(known[by]) > MOST_GROUPS)):
        return []
    lines = []
    for value in known[by] if by else [None]:
        part = found.whole if value is None else found.whole[found.whole[by] == value]
        lying = axis(found.question, part, found.axes.x)
        within = [lying.labels[place] for (place,), each in sorted(cells(part, [lying], item.name).items()) if each.mean <= TOLERATED]
        where = "" if value is None else f" at {short(by)} {quoted(label(value))}"
        all_of_it = len(within) == len(lying)
        lines.append(f"{'all' if all_of_it else ', '.join(map(quoted, within)) if within else 'none'}{where}")
    return [f"Values of {short(found.axes.x)} within it, other levers averaged: {'; '.join(lines)}."]


def how_sure(found):
    """Runs, what a change is known to, and what chance alone would do."""
    tail = "All of it is conditional on the parameters and the world that were given: compare settings, do not quote levels."
    return [counted(found), *_valued(found), *_sureness(found), tail]


def _valued(found):
    """How many runs have no value of an outcome, and what that means for what is said about it."""
    rule = "means are over the runs, and changes over the pairs of runs, that have one"
    return [f"{said}." for said in in_words(found.runs, found.outcomes, rule)]


def counted(found):
    """Points, futures, runs, and what is missing of them."""
    points, seeds = found.runs["point"].nunique(), found.runs["seed"].nunique()
    failed, missing = len(found.runs) - len(found.whole), found.manifest["runs"] - len(found.runs)
    design = (
        f"{points:,} design point{'s' * (points > 1)} x {seeds:,} futures = {len(found.runs):,} runs of {found.question.quarters} quarters"
    )
    return f"{design}, {failed or 'none'} failed{f'; {missing:,} more are not done yet' if missing else ''}."


def _sureness(found):
    """How far from zero the largest change is, and how many changes would look clear by chance."""
    item, told = outcome(found.axes.outcome), [each for each in found.effects if each.found.runs]
    best = max((each.found for each in told if each.outcome == item.name), key=lambda each: abs(each.mean), default=None)
    if best is None:
        return []
    half = (best.high - best.low) / 2
    far = "within chance" if not best.clear else "far from zero" if abs(best.mean) > FAR * half else "clear of zero, but not by far"
    known = f"{half * PERCENT:.0f} points" if item.is_event else item.amount(half)
    chance, clear = max(1, round(len(told) * (1 - LEVEL))), sum(each.found.clear for each in told)
    return [
        f"The largest change is known to {known} either way and is {far}.",
        f"Of {len(told)} changes that were looked at {clear} leave out zero; by chance alone about {chance} would.",
    ]
