"""Who fails because of what: the same worlds with contagion channels, or any other mechanism, switched off one by one and together.

Every subset of mechanisms is run on the same seeds. A mechanism's part is its Shapley value: what it adds to an outcome, on
average over all orders in which the mechanisms could be switched on. The parts and what is left with all of them off add up to
the whole exactly, in every world. Contagion's parts can be negative: what one firm loses can save another.
"""

import itertools
from math import factorial
from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.errors import BadInput
from abm.failure.contagion import ContagionParameters
from abm.failure.crisis import PARTS
from abm.measures.outcomes import contagion_share
from experiments.analysis.paired_effects import mean_with_interval
from experiments.folders import plain
from experiments.summary import Z_95

# Off means that the loss is made whole by the rest of the economy, which can be read in the books.
CHANNELS = {name: {f"contagion.{name}": 0.0} for name, item in ContagionParameters.declared().items() if item.unit == "0/1"}
OUTCOMES = ("crisis", *PARTS, "labs_defaulted", "clouds_defaulted", "lenders_failed", "credit_loss", "vendor_equity_lost", "welfare",
            "rescue")  # fmt: skip
DEFAULTS = ("labs_defaulted", "clouds_defaulted", "lenders_failed")
MOST = 8  # mechanisms: 256 designs
ON, OFF = "on", "off"
DIRECT = "own causes"  # what is left with all mechanisms off


class Parts(NamedTuple):
    """What an outcome is made of, in every world: direct, [worlds, ...]; mechanisms, [mechanisms, worlds, ...]; whole, [worlds, ...]."""

    direct: np.ndarray
    mechanisms: np.ndarray
    whole: np.ndarray


def subsets(count):
    """Every subset of so many mechanisms as 0/1, all off first, the first mechanism slowest, [2 ** count, count]."""
    return np.array(list(itertools.product((0, 1), repeat=count)), dtype=int).reshape(-1, count)


def shapley(values):
    """Shapley values of mechanisms. values: of every subset in the order of `subsets`, [2 ** mechanisms, ...].

    Raises BadInput if the number of subsets is not a power of two.
    """
    values = np.asarray(values, dtype=float)
    count = max(0, len(values).bit_length() - 1)
    if len(values) != 2**count:
        raise BadInput(f"{len(values)} subsets are not all subsets of some mechanisms")
    on = subsets(count)
    size = on.sum(axis=1)
    parts = []
    for mechanism in range(count):
        without = np.flatnonzero(on[:, mechanism] == 0)
        with_it = without + 2 ** (count - 1 - mechanism)
        weight = np.array([factorial(s) * factorial(count - 1 - s) / factorial(count) for s in size[without]])
        parts.append(np.tensordot(weight, values[with_it] - values[without], axes=1))
    return Parts(values[0], np.array(parts), values[-1])


def question(world, mechanisms=None, seeds=50, quarters=40, outcomes=OUTCOMES, shocks=(), rng=0, deals=()):
    """The question to sweep, as a mapping: every subset of mechanisms on the same seeds, with the failures of every firm.

    mechanisms: {name: settings that switch it off}, the six channels by default. Raises BadInput for too many.
    """
    mechanisms = CHANNELS if mechanisms is None else mechanisms
    if not 0 < len(mechanisms) <= MOST:
        raise BadInput(f"{len(mechanisms)} mechanisms: all their subsets are run, so 1 to {MOST} are allowed")
    return {
        "question": f"Who fails because of what in {world}?",
        "name": f"attribution-{plain(str(world).rstrip('/').rpartition('/')[2], 'world')}",
        "world": str(world),
        "outcomes": list(outcomes),
        "seeds": seeds,
        "quarters": quarters,
        "rng": rng,
        "levers": {name: {OFF: settings, ON: {}} for name, settings in mechanisms.items()},
        "shocks": list(shocks),
        **({"deals": [{"label": f"deal {k}", **row} for k, row in enumerate(deals, 1)]} if deals else {}),
        "series": ["fails"],
    }


def read_mechanisms(texts):
    """`["circular:vendor.circular_intensity=0"]` as {name: settings that switch it off}; one name may have several settings."""
    from experiments.inputs import number_or_text, refuse_infinite

    found: dict = {}
    for text in texts:
        name, colon, setting = (part.strip() for part in text.partition(":"))
        key, equals, value = (part.strip() for part in setting.rpartition("="))
        if not (colon and equals and name and key and value):
            raise BadInput(f"--mechanism {text!r} is not of the form name:setting=value")
        if key in found.get(name, {}):
            raise BadInput(f"--mechanism {name}:{key} is given twice")
        found.setdefault(name, {})[key] = number_or_text(value)
        refuse_infinite(found[name][key], f"--mechanism {name}:{key}")
    return found


def by_subset(runs, mechanisms, outcome):
    """An outcome of stored runs as [subsets, worlds], of the worlds that every subset has. Raises BadInput if a subset is missing."""
    bits = 2 ** np.arange(len(mechanisms))[::-1]
    subset = (runs[list(mechanisms)] == ON).to_numpy() @ bits
    wide = runs.assign(subset=subset).pivot(index="subset", columns="seed", values=outcome)
    whole = wide.reindex(range(2 ** len(mechanisms))).dropna(axis=1, how="any")
    if whole.empty:
        raise BadInput(f"{outcome}: no world has run with every subset of {', '.join(mechanisms)}; finish the sweep")
    return whole.to_numpy(dtype=float)


def decomposition(runs, mechanisms, outcomes=OUTCOMES):
    """Table: outcome, cause, mean, low, high, share, worlds. `cause` is a mechanism, "own causes" or "all".

    share: of the mean with everything on; low, high: 95 % over worlds
    """
    rows = []
    for outcome in outcomes:
        parts = shapley(by_subset(runs, mechanisms, outcome))
        whole = parts.whole.mean()
        for cause, values in [(DIRECT, parts.direct), *zip(mechanisms, parts.mechanisms), ("all", parts.whole)]:
            mean, low, high = mean_with_interval(values)
            share = mean / whole if whole else np.nan
            rows.append({"outcome": outcome, "cause": cause, "mean": mean, "low": low, "high": high, "share": share, "worlds": len(values)})
    return pd.DataFrame(rows)


def contagion(runs, mechanisms, kinds=DEFAULTS):
    """Share of all defaults that would not have happened with the mechanisms off: (share, low, high), 95 % over worlds; NaN without.

    The ratio of means over worlds, (defaults with - without) / with; its interval is the usual one of a ratio [model.md 15.13].
    """
    counts = sum(by_subset(runs, mechanisms, kind) for kind in kinds)
    with_all, without = counts[-1], counts[0]
    share, worlds = contagion_share(with_all, without), len(with_all)
    if not with_all.any() or worlds < 2:
        return share, np.nan, np.nan
    spread = (with_all - without - share * with_all).std(ddof=1) / np.sqrt(worlds) / with_all.mean()
    return share, share - Z_95 * spread, share + Z_95 * spread


def in_words(names):
    """Names of mechanisms as stories and model.md have them: "C1 counterparty"; others as they are."""
    codes = {name: item.meaning.partition(":")[0] for name, item in ContagionParameters.declared().items() if item.unit == "0/1"}
    return {name: f"{codes[name]} {name}" for name in names if name in codes}


def that_happened(table):
    """(the table of `decomposition` without the outcomes of which nothing came in any world, the names of those)."""
    size = table[["mean", "low", "high"]].abs().max(axis=1).groupby(table["outcome"]).transform("max")
    return table[size > 0], list(dict.fromkeys(table["outcome"][size == 0]))


def by_firm(failures, mechanisms):
    """Table: who fails how often, and because of what: kind, firm, probability, own causes, one column per mechanism, worlds.

    failures: a row per subset, seed, kind and agent, with the mechanisms' columns and `failed` 0/1. Firms that never fail are left out
    """
    rows = []
    for (kind, firm), part in failures.groupby(["kind", "agent"], sort=False, observed=True):
        if part["failed"].any():
            parts = shapley(by_subset(part, mechanisms, "failed"))
            found = {DIRECT: parts.direct.mean(), **{name: values.mean() for name, values in zip(mechanisms, parts.mechanisms)}}
            rows.append({"kind": kind, "firm": firm, "probability": parts.whole.mean(), **found, "worlds": len(parts.whole)})
    columns = ["kind", "firm", "probability", DIRECT, *mechanisms, "worlds"]
    return pd.DataFrame(rows, columns=columns).sort_values("probability", ascending=False, ignore_index=True)


def failures_of(results, mechanisms):
    """Which firms failed in which stored run, read from the series, as `by_firm` wants it."""
    from experiments.engine.store import query

    quoted = ", ".join(f'r."{name}"' for name in mechanisms)
    return query(
        results,
        f"select {quoted}, s.seed, s.kind, s.agent, max(case when s.value > 0 then 1 else 0 end) as failed "
        "from series s join runs r on s.point = r.point and s.seed = r.seed where s.measure = 'fails' group by all order by all",
    )
