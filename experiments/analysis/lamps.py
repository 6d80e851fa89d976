"""What each warning lamp is worth: thresholds are found on one half of the futures and scored on the other, beside all lamps combined.

A lamp works if it stands higher before an event than in other futures at the same date, by more than luck. Whoever reads it has no
more than its level and the threshold, so that hits, false alarms and precision are those of futures that did not choose the threshold.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.clock import QUARTERS_PER_YEAR
from abm.failure.crisis import CRISIS, PARTS, first_quarters
from abm.measures.outcomes import events
from experiments.analysis.lamp_readings import INDUSTRY, LABS, LAMPS, Run
from experiments.analysis.warning import RESAMPLES, false_alarms, same_date_with_interval, watch

SOONEST, LATEST = 4, 12  # quarters ahead: later than an order can be cut, sooner than nobody remembers the lamp
FEW_EVENTS = 10  # futures with an event; of fewer nothing is judged
COIN = 0.5
SURE = 2.576 / (2 * 1.96)  # half of a 99 % interval over the whole of a 95 % one
WORKS, COINLIKE, MISLEADS, FEW = "works", "no better than a coin", "misleads", "too few events"


class Seen(NamedTuple):
    """What lamps are judged by. lamps: {name: [worlds, quarters] or [.., firms]}; events: {event: bool, same shape};
    present: where a firm is there at all, bool, same shape, or None for everywhere"""

    lamps: dict
    events: dict
    present: np.ndarray | None


class Lead(NamedTuple):
    """An event is looked for from so many quarters ahead to so many."""

    soonest: int = SOONEST
    latest: int = LATEST


USUAL = Lead()


def seen(task):
    """The lamps and the events of some futures. task: (inputs, numbers of the futures, whose failure: a key of LAMPS)."""
    from abm.model import Industry, release
    from experiments.analysis.futures import opening_of

    inputs, world_ids, whose = task
    industry = Industry(opening_of(inputs), world_ids=world_ids, rng=inputs.seed, shocks=inputs.read_shocks())
    maturing = []
    for _ in range(inputs.quarters):
        industry.step()
        maturing.append(industry.fleet.notes.maturing[..., :QUARTERS_PER_YEAR].sum(axis=(1, 3)))
    run = Run(industry.record.series, np.stack(maturing, axis=1))
    lamps = {name: np.array(lamp.read(run), dtype=float) for name, lamp in LAMPS[whose].items()}
    happened, present = _events(industry, whose)
    release(industry)
    return Seen(lamps, happened, present)


def _events(industry, whose):
    record = industry.record
    if whose == INDUSTRY:
        found = events(record, industry)
        return {name: first_quarters(found[name]) for name in (CRISIS, *PARTS)}, None
    fails = record.series(whose, "fails") > 0
    return {"fails": fails}, record.series(LABS, "alive") > 0 if whose == LABS else np.ones(fails.shape, dtype=bool)


def of_world(inputs, whose=INDUSTRY, workers=1):
    """Seen of all futures of a world. inputs: `experiments.inputs.Inputs`; workers: 0 is one per core, and none changes what is seen."""
    from experiments.analysis.futures import done, parts

    found = list(done(seen, [(inputs, part, whose) for part in parts(inputs.worlds)], workers))
    lamps = {name: np.concatenate([each.lamps[name] for each in found]) for name in found[0].lamps}
    happened = {name: np.concatenate([each.events[name] for each in found]) for name in found[0].events}
    return Seen(lamps, happened, None if whose == INDUSTRY else np.concatenate([each.present for each in found]))


def judged(found, whose, event, lead=USUAL, resamples=RESAMPLES):
    """Table of all lamps against one event, the one that tells futures apart best first.

    Columns: lamp, label, same_date, low, high (AUC at the same date with its 95 % interval, all futures); threshold (in the lamp's own
    direction, from even futures); hits, false_alarms, precision, base_rate (of odd futures); opening (median level), lit (share of
    futures that open at or beyond the threshold); verdict; events (futures that have one)
    """
    happened = found.events[event]
    count = int(happened.reshape(len(happened), -1).any(axis=1).sum())
    rows = []
    for name, values in found.lamps.items():
        lamp = LAMPS[whose][name]
        worth = _worth(values, lamp.danger, happened, found.present, lead, resamples)
        rows.append({"lamp": name, "label": lamp.label, **worth, "events": count})
    table = pd.DataFrame(rows)
    if count < FEW_EVENTS:
        table["verdict"] = FEW
    order = np.lexsort((table["lamp"], -table["same_date"].fillna(0)))
    return table.iloc[order].reset_index(drop=True)


def _worth(values, danger, event, present, lead, resamples):
    lamp = danger * values
    watched = watch(lamp, event, lead.latest, present, lead.soonest)
    middle, low, high = same_date_with_interval(watched, resamples)
    even, odd = (half_of(watched, half) for half in (0, 1))
    _, threshold = false_alarms(even.lamp, even.coming)
    lit = odd.lamp >= threshold
    first = lamp[:, 0][~np.isnan(lamp[:, 0])]
    return {
        "same_date": middle, "low": low, "high": high, "threshold": danger * threshold + 0.0,  # no zero below zero
        "hits": mean(lit[odd.coming]), "false_alarms": mean(lit[~odd.coming]),
        "precision": mean(odd.coming[lit]), "base_rate": mean(odd.coming),
        "opening": danger * float(np.median(first)) + 0.0 if first.size else np.nan, "lit": mean(first >= threshold),
        "verdict": _verdict(middle, low, high),
    }  # fmt: skip


def half_of(watched, half):
    """The quarters of even futures (0) or of odd ones (1)."""
    mine = watched.world % 2 == half
    return type(watched)(*(part[mine] for part in watched))


def mean(values):
    """Mean, or NaN of nothing."""
    return float(np.mean(values)) if np.size(values) else np.nan


def _verdict(middle, low, high):
    """Told from a coin by the 99 % interval, because some thirty lamps are judged at once and one in twenty would pass by luck at 95 %."""
    if np.isnan(middle):
        return FEW
    sure = SURE * (high - low)
    return WORKS if middle - sure > COIN else MISLEADS if middle + sure < COIN else COINLIKE
