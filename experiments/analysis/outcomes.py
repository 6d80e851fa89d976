"""How the outcomes of a run are called, in which unit, whether they are a risk or what is gained, and how their numbers are said."""

from math import isnan
from typing import NamedTuple

from abm.crisis import EVENTS
from abm.readings import INDICATORS
from experiments.events import said
from experiments.words import NAMES, NO_BOUND, PERCENT, billions, percent

EVENT, MONEY, SHARE = "event", "$bn", "share"
DATES = ("break_even_year", "over_extension_date", *(f"{name}_date" for name in EVENTS))  # of what may never happen
NOTHING_DUE = "nothing due"  # said of a coverage that has nothing to cover
NEVER, NONE = "never", "-"  # what is said of a date that never came, and of a number that is not there
RISK, WELFARE = "risk", "welfare"
TRILLION = 1000  # $bn


class Outcome(NamedTuple):
    """An outcome in words: name, label, unit, and its role: a risk, welfare [model.md 15.15], or neither."""

    name: str
    label: str
    unit: str
    role: str = ""

    @property
    def is_event(self):
        """Whether it happens or not in a run."""
        return self.unit == EVENT

    @property
    def is_date(self):
        """Whether it is the date of something that may never happen."""
        return self.name in DATES

    @property
    def axis(self):
        """Title of an axis."""
        return "share of runs" if self.is_event else f"{self.label}{f', {self.unit}' if self.unit else ''}"

    @property
    def format(self):
        """Of numbers on an axis, as d3 has it."""
        return "%" if self.is_event else ",.3~r"

    def amount(self, value):
        """A value in words: "12 %", "$890bn", "1.4"; "never" or "-" where there is none."""
        if isnan(value):
            return NEVER if self.is_date else NONE
        if self.is_event:
            return percent(value)
        if self.unit == "x" and value >= NO_BOUND:
            return NOTHING_DUE
        return (billions(value) if value >= 0 else f"-{billions(-value)}") if self.unit.startswith(MONEY) else said(value)

    def cell(self, value, largest):
        """A value in a cell of a map, as short as can be: money in trillions where the largest is some."""
        if isnan(value):
            return self.amount(value)
        if self.is_trillions(largest):
            return f"{value / TRILLION:.1f}" if largest >= 2 * TRILLION else f"{value / TRILLION:.2f}"
        return said(value) if self.unit.startswith(MONEY) else self.amount(value)

    def is_trillions(self, largest):
        """Whether cells of a map are $tn."""
        return self.unit.startswith(MONEY) and largest >= TRILLION

    def between(self, low, high):
        """An interval in words, without units where they stand before it."""
        if isnan(low) or isnan(high):
            return "interval unknown"
        if self.is_event:
            return f"{max(0, low) * PERCENT:.0f} to {min(1, high) * PERCENT:.0f} %"
        return "the same in all" if low == high else f"{said(low)} to {said(high)}"

    def change(self, found):
        """A difference with its interval in words: "+5 points (3 to 7)"; "-" where there is none."""
        if isnan(found.mean):
            return NONE
        if self.is_event:
            mean, low, high = (_points(share * PERCENT) for share in (found.mean, found.low, found.high))
            return f"{'+' if float(mean) > 0 else ''}{mean} points ({low} to {high})"
        sign = "-" if found.mean < 0 else "+" if found.mean > 0 else ""
        return f"{sign}{self.amount(abs(found.mean))} ({self.between(found.low, found.high)})"


YEARS = "years from the opening"
_A = {name: f"{'an' if NAMES[name][0] in 'O' else 'a'} {NAMES[name][:1].lower()}{NAMES[name][1:]}" for name in EVENTS}
_OWN = (
    *(Outcome(name, NAMES[name], EVENT, RISK) for name in EVENTS),
    Outcome("labs_defaulted", "Labs in default", "labs", RISK),
    Outcome("clouds_defaulted", "Owners of compute in default", "owners", RISK),
    Outcome("lenders_failed", "Lenders failed", "lenders", RISK),
    Outcome("welfare", "Worth to users over the run", MONEY, WELFARE),
    Outcome("mean_serving_gw", "Compute that serves, mean of the run", "GWe", WELFARE),
    Outcome("all_work_done", "Work done for users over the run", "OOM", WELFARE),
    Outcome("customers_served", "Customers served at the end", "share of customers", WELFARE),
    Outcome("served_revenue", "Revenue of labs over the run", MONEY),
    Outcome("credit_loss", "Credit loss", MONEY, RISK),
    Outcome("vendor_equity_lost", "Vendor stakes lost", MONEY, RISK),
    Outcome("peak_circularity", "Peak of money in circles", "share of payments"),
    Outcome("least_p10_coverage", "Lowest P10 coverage", "x"),
    Outcome("frontier", "Frontier capability at the end", "OOM above 2023", WELFARE),
    *(Outcome(f"{name}_date", f"Years until {_A[name]}", YEARS) for name in EVENTS),
    Outcome("over_extension_date", "Years until over-extension", YEARS),
    Outcome("break_even_year", "Years until labs together earn money", YEARS),
    Outcome("mean_held_by_demand", "Held back by demand, mean of the run", "share of revenue"),
    Outcome("mean_held_by_compute", "Held back by compute, mean of the run", "share of revenue"),
    Outcome("mean_held_by_money", "Held back by money, mean of the run", "share of revenue"),
    Outcome("collapse_depth", "Deepest fall of industry revenue", "share of its peak", RISK),
    Outcome("sales_collapse", "Deepest fall of a year's chip sales", "share of their peak", RISK),
    Outcome("value_collapse", "Deepest fall of the value of all labs", "share of its peak", RISK),
    Outcome("following_share", "Failures soon after another one", "share of failures", RISK),
)
SAID = {item.name: item for item in _OWN}


def outcome(name):
    """What is known of an outcome; one that nobody described keeps its name."""
    if name in SAID:
        return SAID[name]
    if name in INDICATORS:
        return Outcome(name, f"{INDICATORS[name].label} at the end", INDICATORS[name].unit)
    return Outcome(name, name.replace("_", " ").capitalize(), "")


def described(table):
    """A table with a column for each outcome, their labels and units in `attrs`, {column: text}."""
    table.attrs["units"] = {name: outcome(name).unit for name in table}
    table.attrs["labels"] = {name: outcome(name).label for name in table}
    return table


def _points(number):
    """Whole points, tenths only below one."""
    text = f"{number:.0f}" if abs(number) >= 1 else f"{number:.1f}"
    return text if float(text) else "0"


def short(name):
    """A setting's name as a label: "cone width" of "cone.width", "lab A risk appetite" of "lab.lab A.risk_appetite"."""
    parts = name.split(".")
    return " ".join(parts[-2:]).replace("_", " ") if len(parts) > 1 else name


def quoted(text):
    """A value of a lever within a sentence: in quotes where it has words of its own."""
    return f'"{text}"' if " " in text else text
