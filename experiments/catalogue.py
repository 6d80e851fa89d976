"""What there is to ask for: shocks and outcomes, each with its unit, its meaning and an example. Nothing here names a value twice."""

from typing import NamedTuple

from abm.errors import BadInput, nearest
from abm.measures.readings import INDICATORS
from abm.shocks import SHOCKS
from experiments.analysis.outcomes import SAID
from experiments.words import event_rule, significant

QUARTER, SIZE = "2028Q1", "0.5"  # of the examples
SMALLEST = "tutorial"  # a world that shows what is measured in any
MEANINGS = {  # of outcomes whose label does not say it all
    "labs_defaulted": "how many labs fail by the end of the run",
    "clouds_defaulted": "how many owners of compute fail by the end of the run",
    "lenders_failed": "how many lenders lose their capital by the end of the run",
    "served_revenue": "what customers pay to all labs, summed over all years of the run",
    "credit_loss": "loans and notes that lenders write off, summed over the run",
    "vendor_equity_lost": "market value of vendors' stakes in labs that fail, summed over the run",
    "peak_circularity": "highest share of payments among firms that comes back to where it started",
    "least_p10_coverage": "lowest ratio of revenue at the 10th percentile, after opex, to the rents of the same date; 99: nothing was due",
    "welfare": "what users would have paid for what they were served, summed over the run",
    "mean_serving_gw": "compute that serves customers, in frontier-equivalent GW, mean over all quarters",
    "all_work_done": "compute that serves times its capability, summed over the run, in orders of magnitude over a GWe-year of 2023Q1",
    "customers_served": "part of all customers that has deployed and is served in the last quarter",
    "frontier": "capability of the best model in the last quarter, in orders of magnitude of effective training compute since 2023",
    "over_extension_date": "when contracts first need more than the median forecast of their date, after they once needed less",
    "break_even_year": "when labs together have earned money over four quarters",
    "mean_held_by_demand": "share of revenue of labs that could serve more at the price of new compute, mean over all quarters",
    "mean_held_by_compute": "share of revenue of labs that are short of compute which was not ordered in time, mean over all quarters",
    "mean_held_by_money": "share of revenue of labs that are short of compute which nobody funded in time, mean over all quarters",
    "collapse_depth": "deepest fall of industry revenue from its highest value so far",
    "sales_collapse": "deepest fall of a year's chip sales from their highest value so far",
    "value_collapse": "deepest fall of the value of all labs from its highest value so far",
    "following_share": "part of failures that come within six quarters after another firm's; who follows need not have been pushed",
}


class Entry(NamedTuple):
    """A line of a catalogue. example: how it is written, or used."""

    name: str
    unit: str
    meaning: str
    example: str


def shock_rows(pattern=""):
    """A line for every shock and one for each of its values, whose unit says its range and its usual value. Raises BadInput."""
    rows = []
    for name, group in SHOCKS.items():
        declared = group.declared()
        rows.append(Entry(name, "", _sentence(group.__doc__), f'--shock "{name}@{QUARTER}{_example(declared)}"'))
        for key, item in declared.items():
            said = item.unit if item.text else f"{item.unit}, {item.low:g} to {item.high:g}; {significant(item.value)} if not given"
            rows.append(Entry(f"{name},{key}=", said.strip(), item.meaning, ""))
    return _fitting(rows, pattern, "shock")


def _example(declared):
    """The first value of a shock as it is written."""
    for key, item in declared.items():
        return f",{key}={'OpenAI' if item.text else significant(item.value)}"
    return ""


def outcome_rows(pattern=""):
    """A line for every outcome of a run. Raises BadInput where none fits."""
    own = [Entry(name, _unit(item), _meaning(name, item), _condition(item)) for name, item in SAID.items()]
    last = [name for name, item in INDICATORS.items() if item.scope == "industry" and name not in SAID]
    rows = own + [Entry(name, INDICATORS[name].unit, f"{INDICATORS[name].label} in the last quarter: {INDICATORS[name].reading}",
                        f"{name} > {SIZE}") for name in last]  # fmt: skip
    return _fitting(rows, pattern, "outcome")


def measure_rows(pattern=""):
    """A line for every measure of a quarter; its example says whose it is and its shape. Raises BadInput where none fits."""
    from abm.measures.catalogue import catalogue
    from abm.model import Industry
    from agents.world_files.folder import load_world

    found = catalogue(Industry(load_world(SMALLEST), worlds=1)).values()
    rows = [Entry(item.name, item.unit, f"{item.label}: {item.meaning}", f"{item.kind} {item.shape}") for item in found]
    return _fitting(rows, pattern, "measure")


def _unit(item):
    return "0 or 1" if item.is_event else item.unit


def _meaning(name, item):
    if item.is_event:
        return f"1 if it happens in the run: {event_rule(name)}"
    return MEANINGS.get(name) or f"{item.label[:1].lower()}{item.label[1:]}; no number where it never comes"


def _condition(item):
    if item.is_event:
        return f"{item.name} > 0"
    return f"{item.name} < 4" if item.is_date else f"{item.name} > {'2' if item.unit in ('labs', 'owners', 'lenders') else SIZE}"


def _sentence(doc):
    return " ".join((doc or "").split()).rstrip(".")


def _fitting(rows, pattern, what):
    """Rows in whose name or meaning the pattern stands. Raises BadInput where there are none."""
    found = [row for row in rows if pattern.lower() in row.name.lower() or pattern.lower() in row.meaning.lower()]
    if not found:
        raise BadInput(f"no {what} fits {pattern!r}; {nearest(pattern, [row.name for row in rows])}".removesuffix("; "))
    return found
