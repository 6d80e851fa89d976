"""Two runs future by future: the same seeds, what was set differently, and what came of it, with intervals of 95 %.

Future 17 of one run is compared with future 17 of the other and with nothing else, so that luck cancels as far as it is the same.
Every difference is the second run less the first. Dates are left out: only futures that have one in both runs could be compared, and
choosing futures by their outcome says nothing about a change.
"""

from typing import NamedTuple

import numpy as np

from abm.errors import BadInput
from abm.failure.crisis import CRISIS, EVENTS
from agents.world_files.columns import ONE
from experiments.analysis.outcomes import SAID
from experiments.analysis.paired_effects import Difference, of_shares, paired, paired_share
from experiments.inputs import deal_text, shock_text
from experiments.runs import Run
from experiments.summary import by_year, last_of_year
from experiments.words import significant

SMALL = 1e-4  # of the level: a difference that would be printed as zero
NOISE = 1e-9  # of the larger of two numbers: what the order of a sum does, and no result
FAILING = ("labs", "clouds", "lenders")  # kinds of firm that can fail
AS_IT_IS = "as in the world's files"
NOTHING = "-"  # said of a shock or deal that only the other run has
LABS = ("commitments", "cash")  # stocks of all labs that say whether money came before or after it was promised away
MONEY = ("served_revenue", "welfare", "credit_loss", "vendor_equity_lost")


class Changed(NamedTuple):
    """Something that was set differently: what, and its value in both runs, in words."""

    what: str
    before: str
    after: str


class Row(NamedTuple):
    """An outcome or a firm: its mean or odds in both runs over the same futures, and their Difference; futures in which it is higher
    or lower."""

    name: str
    before: float
    after: float
    change: Difference
    higher: int
    lower: int

    @property
    def is_sure(self):
        """Whether luck alone hardly makes such a difference."""
        return self.change.low > 0 or self.change.high < 0

    @property
    def is_nothing(self):
        """Whether nobody would look at the difference: none, or a ten-thousandth of the level with all of its interval."""
        reach = max(abs(self.change.mean), *(abs(end) for end in (self.change.low, self.change.high) if end == end), 0.0)
        return not (self.higher or self.lower) or reach <= SMALL * max(abs(self.before), abs(self.after))


class Comparison(NamedTuple):
    """What differs between two runs.

    before, after: Run; futures: how many; changed: Changed; events, amounts: Rows of outcomes; firms: Rows with their kind, {name: kind}
    revenue: industry revenue of each run, $bn a year, [futures, quarters]; labs: {measure of LABS: the same of all labs together, $bn}
    came, avoided: futures with a crisis in one run only
    """

    before: Run
    after: Run
    futures: int
    changed: tuple
    events: tuple
    amounts: tuple
    firms: tuple
    kinds: dict
    revenue: tuple
    labs: dict
    came: tuple
    avoided: tuple

    def years(self):
        """Change of industry revenue at the end of each year, $bn a year: [(year, Row)]."""
        return self._at_ends_of_years(self.revenue)

    def years_of_labs(self):
        """{measure of LABS: [(year, Row)]}, $bn at the end of each year, as far as both runs kept it."""
        return {name: self._at_ends_of_years(pair) for name, pair in self.labs.items()}

    def _at_ends_of_years(self, pair):
        start = self.before.inputs.opening().start
        (years, first), (_, second) = (by_year(values, start, last_of_year) for values in pair)
        return [(year, _amount(str(year), first[:, k], second[:, k])) for k, year in enumerate(years)]


def compare(before, after):
    """The Comparison of two Runs. Raises BadInput where their futures are not the same."""
    _check(before, after)
    futures = min(before.inputs.worlds, after.inputs.worlds)
    tables = [run.outcomes().set_index("world").loc[range(futures)] for run in (before, after)]
    events = tuple(event(name, *(table[name] for table in tables)) for name in EVENTS)
    names = [name for name, item in SAID.items() if not item.is_event and not item.is_date and all(name in table for table in tables)]
    amounts = tuple(_amount(name, *(table[name] for table in tables)) for name in names)
    first, second = (table[CRISIS].to_numpy() > 0 for table in tables)
    firms, kinds = _firms(before, after, futures)
    came, avoided = (tuple(np.flatnonzero(which).tolist()) for which in (second & ~first, first & ~second))
    revenue = tuple(_series(run, "revenue_total", futures) for run in (before, after))
    kept = [name for name in LABS if all(name in run.manifest["measures"] for run in (before, after))]
    labs = {name: tuple(_of_labs(run, name, futures) for run in (before, after)) for name in kept}
    set_apart = _edited(before, after) + changed(before.inputs, after.inputs)
    return Comparison(before, after, futures, set_apart, events, amounts, firms, kinds, revenue, labs, came, avoided)


def _check(before, after):
    one, other = before.inputs, after.inputs
    if before.address == after.address:
        raise BadInput(f"both are run {before.name}; compare it with another one")
    for key, first, second in (("--seed", one.seed, other.seed), ("--quarters", one.quarters, other.quarters)):
        if first != second:
            rule = f"run {after.name} again with {key} {first}"
            raise BadInput(
                f"run {before.name} has {key} {first} and run {after.name} {key} {second}, so their futures are not the same; {rule}"
            )
    if before.manifest["code"] != after.manifest["code"]:
        raise BadInput(f"runs {before.name} and {after.name} were made by two versions of the model; run both again")
    starts = [run.manifest["world"]["start"] for run in (before, after)]
    if starts[0] != starts[1]:
        raise BadInput(
            f"run {before.name} opens in {starts[0]} and run {after.name} in {starts[1]}; only runs of one opening can be compared"
        )
    for run in (before, after):
        if "revenue_total" not in run.manifest["measures"]:
            raise BadInput(f"run {run.name} kept no revenue_total; run it again with --measures revenue_total,fails or without --measures")


def _edited(before, after):
    """The world's own files, where somebody changed them between two runs of one world: a tuple of Changed."""
    same_world = before.inputs.world == after.inputs.world
    prints = [run.manifest["fingerprint"][:8] for run in (before, after)]
    return (Changed("files of the world", *prints),) if same_world and prints[0] != prints[1] else ()


def changed(one, other):
    """What two Inputs set differently, besides how many futures: a tuple of Changed."""
    found = [] if one.world == other.world else [Changed("world", one.world, other.world)]
    for name in sorted(one.settings.keys() | other.settings.keys()):
        first, second = (_setting(inputs, name) for inputs in (one, other))
        if first != second:
            found.append(Changed(name, first, second))
    for what, text in (("shocks", shock_text), ("deals", deal_text)):
        first, second = ([text(row) for row in getattr(inputs, what)] for inputs in (one, other))
        found += [Changed(what.removesuffix("s"), row, NOTHING) for row in first if row not in second]
        found += [Changed(what.removesuffix("s"), NOTHING, row) for row in second if row not in first]
    return tuple(found)


def _setting(inputs, name):
    """A setting of a run in words; what the run did not set is a parameter's own value, or what the world's files say of firms."""
    from agents.inhabitants import parameters

    if name in inputs.settings:
        return significant(inputs.settings[name])
    opening = inputs.opening()
    if name in opening.parameters:
        value = np.ravel(opening.parameters[name])[0]
        return significant(value if isinstance(value, str) else float(value))
    return significant(parameters()[name].value) if name in parameters() else _of_firms(opening, name)


def _of_firms(opening, name):
    """A number of firms as the world has it: "0.5", or "0.2 to 0.8" where they differ."""
    prefix, _, rest = name.partition(".")
    kind = next((kind for kind, one in ONE.items() if one == prefix), None)
    firm, _, key = rest.rpartition(".")
    if kind is None or key not in opening.columns[kind]:
        return AS_IT_IS
    there = [row for row, known in enumerate(opening.names[kind]) if firm in ("", known)]
    cells = np.asarray(opening.columns[kind][key], dtype=float)[there]
    low, high = (significant(float(end)) for end in (np.nanmin(cells), np.nanmax(cells)))
    return low if low == high else f"{low} to {high}"


def event(name, before, after):
    """Row of something that happens in some futures. before, after: whether it does, [futures], the same futures in both."""
    first, second = (np.asarray(values) > 0 for values in (before, after))
    found = of_shares(paired_share(second, first))
    return Row(name, float(first.mean()), float(second.mean()), found, int((second & ~first).sum()), int((first & ~second).sum()))


def _amount(name, before, after):
    """Means and their paired difference, of the futures in which both have a value; NaN where there are none."""
    first, second = (np.asarray(values, dtype=float) for values in (before, after))
    there = ~(np.isnan(first) | np.isnan(second))
    first, second = first[there], second[there]
    if not len(first):
        return Row(name, np.nan, np.nan, Difference(np.nan, np.nan, np.nan, 0), 0, 0)
    gap = second - first
    gap[np.abs(gap) <= NOISE * np.maximum(np.abs(first), np.abs(second))] = 0
    return Row(name, float(first.mean()), float(second.mean()), paired(gap), int((gap > 0).sum()), int((gap < 0).sum()))


def _firms(before, after, futures):
    """(Rows of the firms that both runs have and that fail in one of them, the surest differences first, {name: kind})."""
    if not all("fails" in run.manifest["measures"] for run in (before, after)):
        return (), {}
    first, second = (_failed(run, futures) for run in (before, after))
    kinds = {name: kind for kind in FAILING for name in before.manifest["names"][kind] if name in after.manifest["names"].get(kind, ())}
    rows = [event(name, first[name], second[name]) for name in kinds if first[name].any() or second[name].any()]
    return tuple(sorted(rows, key=lambda row: (not row.is_sure, -abs(row.change.mean)))), kinds


def _failed(run, futures):
    """{firm: whether it ever failed, bool, [futures]}."""
    panel = run.panel(measure="fails")
    found = panel[panel["world"] < futures].groupby(["agent", "world"], observed=True)["value"].max().unstack("world")
    return {str(firm): values.to_numpy() > 0 for firm, values in found.iterrows()}


def _series(run, measure, futures):
    """A measure of the industry, [futures, quarters]."""
    panel = run.panel(measure=measure)
    return panel["value"].to_numpy().reshape(run.inputs.worlds, run.inputs.quarters)[:futures]


def _of_labs(run, measure, futures):
    """A measure summed over labs, [futures, quarters]."""
    panel = run.panel(measure=measure)
    labs = panel[panel["agent"].isin(run.manifest["names"]["labs"])]
    values = labs["value"].to_numpy().reshape(run.inputs.worlds, run.inputs.quarters, -1)
    return values.sum(axis=2)[:futures]
