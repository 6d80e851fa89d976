"""A run told in words: what happened in one world, in order, who ordered, lent, failed and was taken along, with the figures.

`tell` reads the record and the journal of an industry of one world and says everything; `narrate` picks what matters and
renders it as plain text; `worst_world` says which world of many is worth telling.
"""

import textwrap
from dataclasses import replace

from abm.clock import Quarter
from experiments.stories import business, creditors, crisis, debts, failures, losses
from experiments.stories.events import Event, listed, pages

CHAPTERS = (
    business.shocks,
    losses.losses,
    business.technology,
    business.releases,
    business.credit,
    failures.customers,
    business.rounds,
    debts.loans,
    debts.swaps,
    failures.rescues,
    failures.labs,
    debts.sold,
    debts.lost,
    failures.channels,
    creditors.clouds,
    creditors.lenders,
    business.mood,
    business.idle,
    business.orders,
    business.year,
)
ALWAYS = (
    "shock",
    "stall",
    "breakthrough",
    "default",
    "sold",
    "reorganised",
    "lender fails",
    "taken along",
    "crisis",
    "credit stop",
    "year",
)
CHANNELS = ("C1", "C2", "C3", "C4", "C5", "C6", "made whole")
KINDS = {
    "shock": "what the experiment does",
    "stall": "progress stops or resumes",
    "stall known": "labs recognise a stall",
    "breakthrough": "the market grows at a stroke",
    "release": "a new model",
    "frontier": "a new model that takes the lead",
    "loan": "compute delivered and lent for",
    "equity call": "new equity of an owner of compute",
    "round": "a lab sells shares",
    "lab borrows": "a lab borrows",
    "swap": "creditors take shares of a lab instead of money",
    "sold": "a lab that fails is sold",
    "lab debt lost": "creditors write off what a failed lab owed",
    "parent": "an owner pays for its lab",
    "listing": "a lab goes public",
    "newcomer": "a lab opens",
    "order": "compute ordered",
    "refused": "compute wanted and not had",
    "mood": "sentiment crosses a line",
    "coverage": "commitments cross what the cone can pay",
    "idle": "compute nobody rents",
    "rescue": "landlords and vendors pay a lab's bills",
    "default": "a lab cannot pay",
    "C1": "rent lost to landlords",
    "C2": "stakes lost to holders",
    "C3": "idle compute and what it does to prices and collateral",
    "C4": "what a default does to sentiment",
    "C5": "orders and sites lost",
    "C6": "customers that move, wait for a lab or are lost",
    "made whole": "losses that a switched-off channel did not pass on",
    "rollover": "debt service missed and added to the loan",
    "reorganised": "creditors take over an owner of compute",
    "reorganised again": "and again",
    "written down": "what creditors go on writing off",
    "impairment": "compute written down",
    "cancelled": "orders an owner gives up",
    "lender fails": "a lender's capital is gone",
    "lender fails again": "and again",
    "taken along": "who fell with whom",
    "crisis": "labs, owners or creditors fail together",
    "credit stop": "little is lent although more is asked for it",
    "year": "how a year ends",
}
LIMIT = 8  # sentences a year beside failures and what follows from them
SMALL = 0.02  # weight, mostly money over a year's industry revenue, below which a thing is left out
REPEATED = 4  # a second event of a kind in a year counts for so many times less, a third for so many times less again
WIDTH = 118
WORST = ("firms_failed", "credit_loss", "crisis")


def tell(industry) -> list[Event]:
    """All that happened, in order. Raises BadInput unless the industry has one world and kept a journal."""
    book = pages(industry)
    events = [event for page in book for chapter in CHAPTERS for event in chapter(page)]
    return sorted([*events, *creditors.taken_along(book), *crisis.crises(industry)], key=lambda event: event.quarter)


def narrate(events, limit=LIMIT):
    """The important events as plain text by year: failures always, of the rest at most `limit` a year by weight."""
    lines = []
    for year in sorted({event.quarter.year for event in events}):
        chosen = chosen_of([event for event in events if event.quarter.year == year], limit)
        if chosen:
            lines += ["", str(year), *(line for event in chosen for line in _rendered(event))]
    return "\n".join(lines).strip() + "\n"


def chosen_of(events, limit=LIMIT):
    """The events of a year worth telling, in their order; twins, which differ in nothing but a name, are told once."""
    events = _without_twins(events)
    kept = {id(event) for event in events if event.kind in ALWAYS or (event.kind in CHANNELS and event.weight >= SMALL)}
    rest = [event for event in events if event.kind not in (*ALWAYS, *CHANNELS) and event.weight >= SMALL]
    seen = {}
    while rest and limit > 0:
        best = max(rest, key=lambda event: event.weight / REPEATED ** seen.get(event.kind, 0))
        rest.remove(best)
        kept.add(id(best))
        seen[best.kind] = seen.get(best.kind, 0) + 1
        limit -= 1
    return [event for event in events if id(event) in kept]


def _without_twins(events):
    """Events of a quarter whose words differ only in the first firm become one, with their weights added."""
    twins = {}
    for event in events:
        words = event.text.replace(event.firms[0], "") if event.firms else event.text
        twins.setdefault((event.quarter, event.kind, words), []).append(event)
    return [_together(alike) for alike in twins.values()]


def _together(alike):
    first, others = alike[0], [event.firms[0] for event in alike[1:]]
    if not others:
        return first
    firms = (first.firms[0], *others, *first.firms[1:])
    text = f"{first.text[:-1]}; so {'does' if len(others) == 1 else 'do'} {listed(others)}."
    return replace(first, firms=firms, text=text, weight=sum(event.weight for event in alike))


def worst_world(outcomes):
    """The id of the world to tell: most firms failed, then most credit lost. outcomes: a row a world, as Record.outcomes."""
    failed = outcomes["labs_defaulted"] + outcomes["clouds_defaulted"] + outcomes["lenders_failed"]
    ranked = outcomes.assign(firms_failed=failed).sort_values(list(WORST), ascending=False, kind="stable")
    return int(ranked["world"].iloc[0])


def _rendered(event):
    quarter = Quarter(event.quarter.index)
    under = event.kind in CHANNELS
    first = f"  {str(quarter)[-2:]}  " + ("    - " if under else "")
    because = f" Cause: {event.cause}." if event.cause and not under and event.kind not in ("shock", "taken along") else ""
    return textwrap.wrap(event.text + because, WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
