"""docs/mechanisms.md and docs/inert.md: what each mechanism and each declared number does, written from what is stored."""

from collections import Counter

from abm.failure.crisis import CRISIS
from agents.inhabitants import parameters
from agents.world_files.columns import settable_by_name
from agents.world_files.folder import load_world
from experiments.inputs import ROOT
from experiments.markdown import table
from experiments.mechanisms import store
from experiments.mechanisms.arms import DAY, YEARLY
from experiments.mechanisms.catalogue import PLANNED, SHOCK, mechanisms
from experiments.mechanisms.effects import LOSS
from experiments.mechanisms.ends import MOVES, REFUSED, UNMOVED, WITHIN, Effect
from experiments.words import significant

DOCS = ROOT / "docs"
MADE = "Made by `python -m experiments.mechanisms`; what is written here by hand is lost."
INTRO = """# Mechanisms {{#section-29}}

{made}

A row for each mechanism of the source texts. Of {count}, {working} act, {part} act in part, and {planned} are planned. What one does is
measured as a world with it less the same world without it, on {futures} futures of {quarters} quarters of `{world}` that have the same
luck in both, with 95 % intervals. As shipped the odds of a crisis there are {crisis:.1%}, revenue of {day} is ${revenue:,.0f}bn, and
creditors lose ${loss:,.1f}bn. {within} of {measured} mechanisms that were measured move the odds of a crisis by no more than luck could. So
few futures tell large effects only.

The sides that are compared stand under "with" and "without"; a side without words is the world as shipped. Where no side is named, the
mechanism has no switch. "Default" is the shipped value of what a side sets.
"""
HEAD = ("id", "mechanism", "what it does", "module and function", "with", "without", "default", "source", "test",
        "crisis, points", f"revenue of {DAY}, $bn", "credit loss, $bn")  # fmt: skip
INERT = """# What declared numbers move

{made}

Every declared number was set to both ends of what is believed of it, one at a time, on {futures} futures of {quarters} quarters of
`{world}` that have the same luck. An end is a bound of the prior, or of what is allowed where there is no prior; a choice goes to every
other choice, and a whole number that shapes arrays to half and to twice its value. The table gives the outcome that moves most clearly. Its
interval is 95 % for all outcomes and both ends together, so that luck alone moves hardly any.

Of {count} numbers {moves} move an outcome, {still} are inert here: {unmoved} change nothing to nine digits, and {within} change
nothing that luck could not explain. {refused} ends stop the run. "Inert" is said of this world, this horizon and so many futures.
"""


def pages():
    """{path: text}."""
    return {DOCS / "mechanisms.md": of_mechanisms(), DOCS / "inert.md": of_numbers()}


def of_mechanisms():
    """The page of mechanisms."""
    stored = store.read(store.EFFECTS)
    measured, world = stored["found"], stored["setting"]["world"]
    opening, usual = load_world(world), measured[world]
    status = Counter(item.status for item in mechanisms().values())
    effects = {name: measured[name] for name in mechanisms() if name in measured}
    calm = sum(low <= 0 <= high for _, low, high in (each[CRISIS] for each in effects.values()))
    intro = INTRO.format(
        made=MADE, count=len(mechanisms()), working=status["in"], part=status["part"], planned=status[PLANNED], day=DAY,
        crisis=usual[CRISIS], revenue=usual[YEARLY], loss=usual[LOSS], within=calm, measured=len(effects), **stored["setting"],
    )  # fmt: skip
    return f"{intro}\n{table(HEAD, [_row(name, item, effects.get(name), opening) for name, item in mechanisms().items()])}"


def _row(name, item, effect, opening):
    if item.status == PLANNED:
        return (name, item.name, PLANNED, *[""] * 4, item.source, *[""] * 4)
    does = f"{item.does}. Not there: {item.lacks}" if item.lacks else item.does
    sets = {key: None for side in (item.with_it, item.without) for key in side if key != SHOCK}
    defaults = ", ".join(f"{shipped(key, opening)}" for key in sets)
    where, test = "<br>".join(f"`{path}`" for path in item.where), f"`{item.test.removeprefix('tests/')}`"
    sides = (", ".join(f"`{key}={significant(value)}`" for key, value in side.items()) for side in (item.with_it, item.without))
    numbers = [_between(effect[CRISIS], 100), _between(effect[YEARLY]), _between(effect[LOSS])] if effect else [""] * 3
    return (name, item.name, does, where, *sides, defaults, item.source, test, *numbers)


def shipped(name, opening):
    """The value of a number in a world, as people write it."""
    item = parameters().get(name)
    if item:
        return significant(opening.parameters.get(name, item.value))
    kind, _ = settable_by_name()[name]
    values = opening.columns[kind][name.partition(".")[2]]
    low, high = values.min(), values.max()
    return significant(float(low)) if low == high else f"{significant(float(low))} to {significant(float(high))}"


def _between(effect, scale=1):
    mean, low, high = (f"{scale * each:+.3g}" for each in effect)
    return f"{mean} ({low} to {high})"


def of_numbers():
    """The page of declared numbers: those that are inert first, then what the others move."""
    stored = store.read(store.ENDS)
    found = {name: {end: Effect(*each) for end, each in ends.items()} for name, ends in stored["found"].items()}
    kinds = {name: verdict(ends) for name, ends in found.items()}
    count = Counter(kinds.values())
    refused = sum(effect.verdict == REFUSED for ends in found.values() for effect in ends.values())
    intro = INERT.format(
        made=MADE, count=len(found), moves=count[MOVES], still=count[UNMOVED] + count[WITHIN], unmoved=count[UNMOVED],
        within=count[WITHIN], refused=refused, **stored["setting"],
    )  # fmt: skip
    parts = [
        f"## {title}\n\n" + table(("number", "ends", "verdict", "at", "outcome", "effect"), [
            _line(name, ends, kinds[name]) for name, ends in found.items() if kinds[name] in chosen
        ]) for title, chosen in (("Inert", (UNMOVED, WITHIN, REFUSED)), ("What the others move", (MOVES,)))
    ]  # fmt: skip
    return "\n".join([intro, *parts])


def verdict(ends):
    """That of a number: the strongest of its ends'."""
    return next(kind for kind in (MOVES, WITHIN, UNMOVED, REFUSED) if kind in {effect.verdict for effect in ends.values()})


def _line(name, ends, kind):
    end, effect = max(((end, e) for end, e in ends.items() if e.verdict == kind), key=lambda pair: _clear(pair[1]))
    reads = kind in (MOVES, WITHIN) and effect.outcome
    numbers = (f"`{effect.outcome}`", _between((effect.mean, effect.low, effect.high))) if reads else ("", "")
    return (f"`{name}`", " and ".join(ends), kind, end if reads else "", *numbers)


def _clear(effect):
    """How far the mean lies from zero in half widths of its interval."""
    half = (effect.high - effect.low) / 2
    return abs(effect.mean) / half if half else abs(effect.mean)
