"""Which warning lamp lights early, and how often for nothing: indicators against later events, by lead.

A question is put at every quarter in which a world (or a firm) has had no event yet: does one come within the next so many
quarters? The area under the ROC curve (AUC) is the chance that the lamp stood higher where one came than where none did: 1 is
perfect, 0.5 useless, below 0.5 misleading. Many indicators and the danger both grow with time, which alone gives a good AUC;
the AUC at the same date compares worlds within a quarter only, and is the one to trust for telling worlds apart.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.errors import BadInput
from abm.failure.crisis import CRISIS, first_quarters
from abm.measures.outcomes import events
from experiments.words import percent

LEADS = (1, 2, 4, 8, 12)  # quarters
HITS = 0.8  # share of quarters before an event at which a lamp must be lit
FEW_EVENTS = 10  # below, a table says little
RESAMPLES = 200  # of worlds, for intervals
TAIL = 0.025  # on each side of an interval

DANGER = {  # the sign of danger: does the lamp light when the indicator is high (+1) or low (-1)?
    "p10_coverage": -1, "p50_coverage": -1, "p90_coverage": -1, "lab_p10_coverage": -1, "required_revenue": 1, "required_ahead": 1,
    "commitment_ratio": 1, "commitments": 1, "hedge_share": -1, "speculative_share": 1, "ponzi_share": 1, "minsky_class": 1,
    "order_circularity": 1, "flow_circularity": 1, "circularity": 1, "look_through": -1, "depreciation_gap": 1, "utilisation": -1,
    "spot_ratio": -1, "supply_line": 1, "concentration": 1, "sentiment": -1, "time_to_cash_out": -1, "safety_distance": -1,
    "plans_over_outcome": 1, "plans_over_forecast": 1,
}  # fmt: skip


class Watched(NamedTuple):
    """Quarters that were watched: lamp, coming, world and quarter, [n] each; coming: an event follows within the lead."""

    lamp: np.ndarray
    coming: np.ndarray
    world: np.ndarray
    quarter: np.ndarray


def watch(lamp, event, lead, present=None):
    """The quarters before any event, with what came within the lead; those whose lead reaches beyond the run are left out.

    lamp: high is danger, [worlds, quarters] or [worlds, quarters, firms]; event: bool, same shape; lead: quarters;
    present: bool, same shape: only these are watched
    """
    lamp, event = (np.asarray(a).reshape(*np.shape(a)[:2], -1) for a in (lamp, event))
    worlds, quarters, firms = lamp.shape
    so_far = np.cumsum(event, axis=1)
    later = so_far[:, np.minimum(quarters - 1, np.arange(quarters) + lead)] > so_far
    watched = (so_far == 0) & (np.arange(quarters) + lead < quarters)[:, None] & ~np.isnan(lamp)
    if present is not None:
        watched &= np.asarray(present).reshape(lamp.shape)
    world, quarter, _ = np.nonzero(watched)
    return Watched(lamp[watched], later[watched], world, quarter)


def auc(lamp, coming, weight=None):
    """Chance that the lamp stands higher where an event comes than where none does, ties counting half; NaN if one side is empty.

    weight: how often each quarter counts, [n]
    """
    weight = np.ones(len(lamp)) if weight is None else weight
    _, level = np.unique(lamp, return_inverse=True)
    return _auc_of_levels(level, coming, weight)


def _auc_of_levels(level, coming, weight):
    size = level.max(initial=0) + 1
    hits, calm = (np.bincount(level, weight * side, size) for side in (coming, ~coming))
    below = np.cumsum(calm) - calm / 2
    pairs = hits.sum() * calm.sum()
    return float((hits * below).sum() / pairs) if pairs > 0 else np.nan


def auc_with_interval(watched, resamples=RESAMPLES, seed=0):
    """(AUC, low, high): worlds are drawn anew, because quarters of one world are not independent."""
    level = np.unique(watched.lamp, return_inverse=True)[1]
    middle = _auc_of_levels(level, watched.coming, np.ones(len(level)))
    if np.isnan(middle):
        return np.nan, np.nan, np.nan
    worlds = watched.world.max() + 1
    draws = np.random.default_rng(seed).multinomial(worlds, np.full(worlds, 1 / worlds), size=resamples)
    again = [_auc_of_levels(level, watched.coming, draw[watched.world].astype(float)) for draw in draws]
    low, high = np.nanquantile(again, (TAIL, 1 - TAIL))
    return middle, float(low), float(high)


def auc_at_same_date(watched):
    """AUC among quarters of the same date only, each date weighted by its pairs; NaN if no date has both sides."""
    total, pairs = 0.0, 0
    for quarter in np.unique(watched.quarter):
        here = watched.quarter == quarter
        coming = watched.coming[here]
        both = int(coming.sum()) * int((~coming).sum())
        if both:
            total, pairs = total + both * auc(watched.lamp[here], coming), pairs + both
    return total / pairs if pairs else np.nan


def roc(lamp, coming):
    """The curve: false alarm rates and hit rates from the highest threshold down, and the thresholds, [points] each."""
    thresholds, level = np.unique(lamp, return_inverse=True)
    hits, calm = (np.cumsum(np.bincount(level, side, len(thresholds))[::-1]) for side in (coming, ~coming))
    return calm / max(1, calm[-1]), hits / max(1, hits[-1]), thresholds[::-1]


def false_alarms(lamp, coming, hits=HITS):
    """(false alarm rate, threshold): the share of calm quarters in which the lamp is lit when it is lit before so many events."""
    if not coming.any() or coming.all():
        return np.nan, np.nan
    calm, hit, thresholds = roc(lamp, coming)
    place = int(np.argmax(hit >= hits))
    return float(calm[place]), float(thresholds[place])


def first_warning(lamp, event, threshold, present=None):
    """(share of worlds without an event in which the lamp lit at all, share of events it was lit before, median quarters it had been).

    Before means in the quarter before the event; the quarters are those since when it had been lit without a break, because a
    lamp that lit once and went out again has not warned. lamp, event, present: as for `watch`; firms that were never there do
    not count. NaN where there is nothing to count
    """
    present = np.ones(np.shape(lamp), dtype=bool) if present is None else present
    lamp, event, there = (_by_unit(values) for values in (lamp, event, present))
    ever = there.any(axis=1) | event.any(axis=1)
    lit, event = (lamp >= threshold)[ever] & there[ever], event[ever]
    broke, when = event.any(axis=1), np.argmax(event, axis=1)
    dark = ~lit & (np.arange(lit.shape[1]) < when[:, None])
    last_dark = np.where(dark, np.arange(lit.shape[1]), -1).max(axis=1)
    ahead = (when - 1 - last_dark)[broke]
    nothing = float(lit[~broke].any(axis=1).mean()) if (~broke).any() else np.nan
    before = float((ahead > 0).mean()) if broke.any() else np.nan
    return nothing, before, float(np.median(ahead[ahead > 0])) if (ahead > 0).any() else np.nan


def _by_unit(values):
    """[worlds, quarters] or [worlds, quarters, firms] as [worlds x firms, quarters]."""
    values = np.asarray(values)
    return np.moveaxis(values.reshape(*values.shape[:2], -1), 1, 2).reshape(-1, values.shape[1])


def lamps(indicators, event, leads=LEADS, present=None, resamples=RESAMPLES):
    """Table of every indicator at every lead, the one that tells worlds apart best on average over leads first.

    indicators: {name: values}, in their own direction (see DANGER); event, present: as for `watch`. Columns: indicator, lead,
    auc, low, high, same_date, false_alarms, lit_for_nothing, lit_before, lead_time, quarters_watched, events.
    Raises BadInput if no event ever comes, or one always does.
    """
    happened = np.asarray(event).any(axis=1)
    if not happened.any():
        raise BadInput("no event comes in any world, so no lamp can be judged; ask for more worlds, or a longer or harder run")
    rows = [_lamp(name, values, event, lead, present, resamples) for name, values in indicators.items() for lead in leads]
    table = pd.DataFrame(rows)
    best = table.groupby("indicator")["same_date"].transform("mean").fillna(0)
    order = np.lexsort((table["lead"], table["indicator"], -best))
    return table.iloc[order].reset_index(drop=True)


def _lamp(name, values, event, lead, present, resamples):
    if name not in DANGER:
        raise BadInput(f"{name} has no direction of danger; indicators that have one: {', '.join(DANGER)}")
    lamp = DANGER[name] * np.asarray(values, dtype=float)
    watched = watch(lamp, event, lead, present)
    middle, low, high = auc_with_interval(watched, resamples)
    alarms, threshold = false_alarms(watched.lamp, watched.coming)
    nothing, before, ahead = first_warning(lamp, event, threshold, present)
    return {
        "indicator": name, "lead": lead, "auc": middle, "low": low, "high": high, "same_date": auc_at_same_date(watched),
        "false_alarms": alarms, "lit_for_nothing": nothing, "lit_before": before, "lead_time": ahead,
        "quarters_watched": len(watched.lamp), "events": int(np.asarray(event).any(axis=1).sum()),
    }  # fmt: skip


class Seen(NamedTuple):
    """What lamps are judged by: {indicator: values}, event, and where a firm is there at all (None: everywhere), as for `lamps`."""

    indicators: dict
    event: np.ndarray
    present: np.ndarray | None


def seen(task):
    """The lamps and the events of some futures. task: (inputs, numbers of the futures, whether lab by lab)."""
    from abm.measures.readings import INDICATORS
    from abm.model import Industry, release
    from experiments.analysis.futures import opening_of

    inputs, world_ids, labs = task
    industry = Industry(opening_of(inputs), world_ids=world_ids, rng=inputs.seed, shocks=inputs.read_shocks()).run(inputs.quarters)
    record, scope = industry.record, "labs" if labs else "industry"
    chosen = {name: values for name, values in record.indicators().items() if INDICATORS[name].scope == scope and name in DANGER}
    found = Seen(chosen, first_quarters(events(record, industry)[CRISIS]), None)
    if labs:
        found = Seen(chosen, record.series("labs", "fails") > 0, record.series("labs", "alive") > 0)
    release(industry)
    return found


def of_world(inputs, labs=False, leads=LEADS, resamples=RESAMPLES, workers=1):
    """The table for a world: industry-wide lamps against the crisis, or lab by lab against its default.

    inputs: `experiments.inputs.Inputs`; workers: 0 is one per core, and no number of them changes the table
    """
    from experiments.analysis.futures import done, parts

    found = list(done(seen, [(inputs, part, labs) for part in parts(inputs.worlds)], workers))
    chosen = {name: np.concatenate([each.indicators[name] for each in found]) for name in found[0].indicators}
    present = np.concatenate([each.present for each in found]) if labs else None
    return lamps(chosen, np.concatenate([each.event for each in found]), leads, present, resamples)


def in_words(title, table, lead):
    """The table of one lead under its title, and what its columns mean."""
    events = int(table["events"].iloc[0])
    few = f"{events} events are few, so ask for more worlds, or for a longer or harder run."
    shown = table.drop(columns=["lead", "quarters_watched", "events"])
    text = shown.to_string(index=False, float_format=lambda value: f"{value:.3g}", na_rep="-")
    return "\n".join(
        [
            f"{title}; there are {events} events, and a lamp should light {lead} quarters ahead",
            *([few] if events < FEW_EVENTS else []),
            text,
            "",
            "auc is how often a quarter before an event looks more dangerous than a calm one: 0.5 is a coin, and less misleads. Its 95 % "
            "interval is low to high.",
            "same_date is the same among worlds at one date, so that no lamp wins by knowing the year.",
            f"false_alarms is the share of calm quarters in which the lamp is lit. It is set so that the lamp is lit in {percent(HITS)} "
            "of the "
            "quarters before an event.",
            "lit_for_nothing is the share of worlds without any event in which the lamp lit at least once.",
            "lit_before is the share of events before which the lamp was lit, and lead_time is for how many quarters it had been (median).",
        ]
    )
