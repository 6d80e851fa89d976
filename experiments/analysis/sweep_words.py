"""The sentences of a sweep's answer: how large an outcome is, what a lever does to it, and which settings keep a risk tolerable."""

from experiments.analysis import findings as numbers
from experiments.analysis.findings import LIKELY, TOLERATED, axis, cells, label, levels
from experiments.analysis.outcomes import called, outcome, quoted, with_article
from experiments.stories.events import listed
from experiments.words import percent

MOST_GROUPS = 6  # values of a lever that are told one by one
MOST_UNCLEAR = 3  # effects that luck could explain and that are told one by one


def level_in_words(item, whole):
    """How large an outcome is, over the runs that have a value."""
    if not whole.runs:
        return f"{item.label}: this never happens in any run." if item.is_date else f"{item.label}: no run has a value."
    middle = f"{item.amount(whole.mean)} ({item.between(whole.low, whole.high)})"
    if item.is_event:
        return f"There is {with_article(item.name)} in {middle} of runs."
    return f"{capital(item.phrase)} is {middle} on average."


def again(item):
    """An outcome that was named just before."""
    return "this share" if item.is_share else "it"


def setting_it(effect):
    """Moving a lever that was named just before."""
    return f"setting it to {quoted(effect.level)} instead of {quoted(effect.base)}"


def setting_to(effect):
    """Moving a lever."""
    return f"setting the {effect.title} to {quoted(effect.level)} instead of {quoted(effect.base)}"


def capital(text):
    """A sentence that begins with a large letter."""
    return text[:1].upper() + text[1:]


def setting(lying, place):
    """The value of every lever at a place."""
    return ", ".join(f"{each.title} {quoted(each.labels[k])}" for each, k in zip(lying, place))


def moves(found, name):
    """Effects of levers on an outcome, in order of size; those that luck could explain last, and together where they are many."""
    best = list(numbers.strongest(found.effects, name).values())
    clear, unclear = [each for each in best if each.found.clear], [each for each in best if not each.found.clear]
    if len(unclear) <= MOST_UNCLEAR:
        return [effect_in_words(each) for each in best]
    named = listed(f"the {each.title}" for each in unclear)
    return [*map(effect_in_words, clear), f"What these levers do to {outcome(name).phrase} could be luck: {named}."]


def effect_in_words(effect):
    """What moving a lever does, and whether luck could explain it."""
    item = outcome(effect.outcome)
    if effect.found.clear:
        verb, size = item.moved(effect.found)
        return f"{capital(setting_to(effect))} {verb} {item.phrase} by {size}."
    return f"{capital(setting_to(effect))} changes {item.phrase} by {item.change(effect.found)}, which could be luck."


def plural(count, noun):
    """So many of something: "one setting" is "1 setting"."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def tolerable(found):
    """Which settings keep the risk within what is tolerated, in all and along the first axis."""
    item, lying = outcome(found.axes.outcome), [axis(found.question, found.whole, name) for name in levels(found.question, found.runs)]
    if not item.is_event or not lying:
        return []
    known = [each for each in cells(found.whole, lying, item.name).values() if each.runs]
    below, surely = sum(each.mean <= TOLERATED for each in known), sum(each.high <= TOLERATED for each in known)
    above = sum(each.mean >= LIKELY for each in known)
    keep = _of_all(below, len(known), "keeps", "keep")
    sentences = [f"{keep} {item.phrase} at or below {percent(TOLERATED)}, which this page calls tolerable."]
    if below:
        sentences.append(f"The whole interval is below {percent(TOLERATED)} in {surely or 'none'} of them.")
    return [*sentences, f"{_of_all(above, len(known), 'reaches', 'reach')} {percent(LIKELY)} or more.", *_frontier(found, item)]


def _of_all(count, whole, one, many):
    """So many of all settings, with the verb that goes with it."""
    return f"{count or 'None'} of the {whole} settings {one if count < 2 else many}"


def _frontier(found, item):
    """Along x, for each value of panels or y: what stays within the tolerated risk, other levers averaged."""
    by = found.axes.panels or found.axes.y
    known = levels(found.question, found.runs)
    if found.axes.x not in known or (by and (by not in known or len(known[by]) > MOST_GROUPS)):
        return []
    return [_within(found, item, by, value) for value in (known[by] if by else [None])]


def _within(found, item, by, value):
    """Which values of x stay within the tolerated risk where another lever has a value, or at all."""
    part = found.whole if by is None else found.whole[found.whole[by] == value]
    lying = axis(found.question, part, found.axes.x)
    within = [lying.labels[place] for (place,), each in sorted(cells(part, [lying], item.name).items()) if each.mean <= TOLERATED]
    rest = len(levels(found.question, found.runs)) > (1 if by is None else 2)
    told = "" if by is None else f"where the {called(found.question, by)} is {quoted(label(value))}, "
    where = told + ("averaged over the other levers, " if rest else "")
    if not within:
        return capital(f"{where}the risk is not tolerable at any value of the {lying.title}.")
    if len(within) == len(lying):
        return capital(f"{where}the risk is tolerable at every value of the {lying.title}.")
    return capital(f"{where}the risk is tolerable at these values of the {lying.title}: {', '.join(map(quoted, within))}.")
