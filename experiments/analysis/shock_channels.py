"""Through which channels a shock travels: the same worlds with and without it, channels switched off one at a time, and alone.

What the shock adds is the difference between a world with it and its twin without. A channel is counted twice: as the last one in, by
what the shock adds with all channels less what it adds without this one; and as the first one in, by what it adds with this one alone
less what it adds with none. The two differ where channels work together or stand in for each other.
"""

from itertools import product

import pandas as pd

from abm.errors import BadInput
from experiments.analysis.attribution import MOST, OUTCOMES
from experiments.analysis.paired_effects import mean_with_interval
from experiments.engine.question import NEVER

ALL, NONE = "all on", "all off"
LAST, FIRST = "last in", "first in"
WITH, WITHOUT = "with", "without"


def question(world, mechanisms, shocks, seeds=50, quarters=40, outcomes=OUTCOMES, rng=0, deals=()):
    """The question to sweep, as a mapping. mechanisms: {name: settings that switch it off}; shocks: rows {name, at, ...}.

    Raises BadInput where there is nothing to compare.
    """
    if not shocks:
        raise BadInput("channels one at a time need a --shock whose way they are")
    if not 0 < len(mechanisms) <= MOST:
        raise BadInput(f"{len(mechanisms)} mechanisms: 1 to {MOST} are allowed")
    labelled = [{**row, "label": f"shock {k}"} for k, row in enumerate(shocks, 1)]
    return {
        "question": f"Through which channels does it travel in {world}?",
        "name": f"channels-{str(world).rstrip('/').rpartition('/')[2]}",
        "world": str(world),
        "outcomes": list(outcomes),
        "seeds": seeds,
        "quarters": quarters,
        "rng": rng,
        "levers": {
            "channels": designs(mechanisms),
            "shock": {WITHOUT: {f"shock.{row['label']}.at": NEVER for row in labelled}, WITH: {}},
        },
        "shocks": labelled,
        **({"deals": [{"label": f"deal {k}", **row} for k, row in enumerate(deals, 1)]} if deals else {}),
    }


def designs(mechanisms):
    """{name: settings}: all on, each one off, each one alone, all off. mechanisms: {name: settings that switch it off}"""

    def off(names):
        return {key: value for name in names for key, value in mechanisms[name].items()}

    alone = {only(name): off(other for other in mechanisms if other != name) for name in mechanisms} if len(mechanisms) > 1 else {}
    return {ALL: {}, **{without(name): off([name]) for name in mechanisms}, **alone, NONE: off(mechanisms)}


def without(name):
    """All on but this one."""
    return f"{name} off"


def only(name):
    """All off but this one."""
    return f"{name} alone"


def added(runs, outcome):
    """{design: what the shock adds to an outcome, [worlds]}, of the worlds that every design has with and without it. Raises BadInput."""
    wide = runs.pivot(index="seed", columns=["channels", "shock"], values=outcome).dropna(how="any")
    if wide.empty:
        raise BadInput(f"{outcome}: no world has run with every design; finish the sweep")
    names = wide.columns.get_level_values("channels").unique()
    return {name: (wide[name, WITH] - wide[name, WITHOUT]).to_numpy(dtype=float) for name in names}


def travels(runs, mechanisms, outcomes=OUTCOMES):
    """Table: outcome, channel, "last in" and "first in" with 95 % intervals over worlds; what the shock adds with all on and all off.

    runs: stored runs with columns channels, shock and seed
    """
    rows = []
    for outcome in outcomes:
        found = added(runs, outcome)
        lone = len(mechanisms) == 1
        pairs = {name: (found[ALL] - found[without(name)], found[ALL if lone else only(name)] - found[NONE]) for name in mechanisms}
        for cause, last, first in [(ALL, found[ALL], None), *((name, *both) for name, both in pairs.items()), (NONE, found[NONE], None)]:
            row = {"outcome": outcome, "channel": cause, **_columns(LAST, last)}
            rows.append(row if first is None else {**row, **_columns(FIRST, first)})
    return pd.DataFrame(rows)


def _columns(name, values):
    return dict(zip((name, f"{name}, low", f"{name}, high"), mean_with_interval(values), strict=True))


def silent(table):
    """Outcomes to which the shock adds nothing in any world, whatever is on."""
    parts = [f"{name}{end}" for name, end in product((LAST, FIRST), ("", ", low", ", high"))]
    size = table[parts].abs().max(axis=1).groupby(table["outcome"], sort=False).max()
    return [name for name, largest in size.items() if not largest > 0]
