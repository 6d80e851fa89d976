"""What is said of the warning lamps: a table for each event, which of them work, and how far the combined lamp's odds can be taken."""

import numpy as np
import pandas as pd

from abm.failure.crisis import CRISIS
from experiments.analysis.lamp_readings import INDUSTRY, LABS
from experiments.analysis.lamps import COINLIKE, FEW, FEW_EVENTS, MISLEADS, WORKS
from experiments.analysis.warning import HITS
from experiments.stories.events import listed
from experiments.words import NAMES, futures, percent

HEAD = ("lamp", "at the opening", "lit", "AUC at one date", "threshold", "hits", "false alarms", "precision", "verdict")
MOST_NAMED = 4  # lamps in a sentence
READING = (
    "AUC at one date is how often a lamp stands higher in a future with an event ahead than in one without, in the same quarter. "
    "A half is a coin, and the 95 % interval counts futures. A lamp works or misleads if it differs from a coin at 99 %, because many "
    "are judged at once. Thresholds are set on even futures so that a lamp is lit in "
    f"{percent(HITS)} of the quarters before an event. Hits, false "
    "alarms and precision are then counted on odd futures. Precision is the share of lit quarters after which an event came. Lit is "
    "the share of futures in which the lamp is lit at the opening."
)


def event_name(event, whose):
    """The event in words, as it stands in a sentence: "a crisis", "the failure of the lab"."""
    if whose != INDUSTRY:
        return f"the failure of the {'lab' if whose == LABS else 'owner'} itself"
    name = NAMES[event].lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def headline(table, whose, event):
    """One sentence: how many lamps work, and the best of them."""
    count, what = int(table["events"].iloc[0]), event_name(event, whose)
    if count < FEW_EVENTS:
        return f"Of all futures {count} see {what}, which is too few to judge a lamp. More worlds or a harder setting would do."
    works = table[table["verdict"] == WORKS]
    if not len(works):
        return f"No lamp tells {what} from luck at the same date."
    best = works.iloc[0]
    return (
        f"{len(works)} of {len(table)} lamps tell {what} ahead better than a coin. The best is “{best['label']}”: where it is lit, the "
        f"event comes in {percent(best['precision'])} of cases, and in {percent(best['base_rate'])} of all."
    )


def verdicts(table):
    """Sentences that name the lamps which do not work."""
    said = {COINLIKE: "No better than a coin", MISLEADS: "Misleading, because they stand higher where nothing happens"}
    rows = {words: table[table["verdict"] == verdict] for verdict, words in said.items()}
    return [f"{words}: {_named(part)}." for words, part in rows.items() if len(part)]


def _named(rows):
    names = [f"“{label}”" for label in rows["label"]]
    more = len(names) - MOST_NAMED
    return listed(names) if more <= 1 else f"{', '.join(names[:MOST_NAMED])} and {more} others"


def combined_said(found):
    """What the combined lamp adds, in sentences. found: `lamps_combined.Combined` or None"""
    if found is None:
        return "The lamps are not combined, because either half of the futures has too few events."
    gain = 1 - found.brier / found.base_brier
    better = f"Its odds are off by {percent(gain)} less than the base rate is"
    honest = better if gain > 0 else "Its odds are no nearer to what came than the base rate is"
    return (
        f"All lamps combined reach an AUC of {found.same_date:.2f} ({found.low:.2f} to {found.high:.2f}) at one date, on futures that they "
        f"were not fitted on. {honest} (mean squared error). Where it is lit the event comes in {percent(found.precision)} of cases."
    )


def reliability_said(found):
    """Lines of the reliability table: odds said, share that came, how many quarters."""
    return [f"said {percent(row.said)}, came {percent(row.came)} ({row.quarters:,} quarters)" for row in found.reliability.itertuples()]


def shown(table):
    """Rows of text, as HEAD."""
    for row in table.itertuples():
        auc = "-" if np.isnan(row.same_date) else f"{row.same_date:.2f} ({row.low:.2f} to {row.high:.2f})"
        shares = ("-" if np.isnan(value) else percent(value) for value in (row.hits, row.false_alarms, row.precision))
        lit = percent(row.lit) if row.verdict != FEW else "-"
        yield (row.label, _level(row.opening), lit, auc, _level(row.threshold), *shares, row.verdict)


def _level(value):
    return "-" if np.isnan(value) else f"{value:.3g}"


def in_words(world, worlds, quarters, whose, lead, tables, together):
    """All events as plain text. tables: {event: table of `lamps.judged`}; together: {event: Combined or None}"""
    span = f"{lead.soonest} to {lead.latest} quarters ahead"
    yield f"{world}: warning lamps, {futures(worlds)} of {quarters} quarters; an event is looked for {span}"
    for event, table in tables.items():
        yield from ("", event_name(event, whose).capitalize() if whose != INDUSTRY else NAMES[event])
        yield headline(table, whose, event)
        if int(table["events"].iloc[0]) < FEW_EVENTS:
            continue
        yield pd.DataFrame(shown(table), columns=HEAD).to_string(index=False)
        yield f"An event comes in {percent(table['base_rate'].iloc[0])} of the quarters asked, in {table['events'].iloc[0]} of the futures."
        yield from verdicts(table)
        yield combined_said(together[event])
        if together[event] is not None:
            yield f"Odds of the combined lamp: {'; '.join(reliability_said(together[event]))}."
    yield from ("", READING)


def first(tables):
    """The event whose sentence leads a page: a crisis if it can be judged, else the first that can."""
    judged = [event for event, table in tables.items() if int(table["events"].iloc[0]) >= FEW_EVENTS]
    return CRISIS if CRISIS in judged or not judged and CRISIS in tables else (judged or list(tables))[0]
