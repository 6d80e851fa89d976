"""When a crisis of one world is complete, and which of its parts; and when credit stops."""

from abm.failure.crisis import CREDIT_STOP, PARTS, first_quarters
from abm.measures.outcomes import events
from experiments.stories.events import Event
from experiments.words import NAMES, event_rule


def crises(industry):
    """An event for each part of a crisis, in the quarter that completes it, and one for a credit stop."""
    found = events(industry.record, industry)
    dates = {name: int(first_quarters(found[name])[0].argmax()) for name in (*PARTS, CREDIT_STOP) if found[name].any()}
    began = min((dates[name] for name in PARTS if name in dates), default=None)
    for name, age in dates.items():
        text = f"{NAMES[name]}: {event_rule(name)}"
        text += ". This is a crisis." if age == began and name in PARTS else "."
        yield Event(industry.quarter_named(age), "credit stop" if name == CREDIT_STOP else "crisis", (), {}, text)
