"""How the outcomes of a run are called, in which unit, whether they are a risk or what is gained, and how their numbers are said."""

from math import isnan
from typing import NamedTuple

from abm.failure.crisis import EVENTS
from abm.measures.readings import INDICATORS
from experiments.stories.events import said
from experiments.words import NAMES, PERCENT, covered, dollars, percent, signed

EVENT, MONEY, SHARE = "event", "$bn", "share"
DATES = ("break_even_year", "over_extension_date", *(f"{name}_date" for name in EVENTS))  # of what may never happen
NEVER, NONE = "never", "-"  # what is said of a date that never came, and of a number that is not there
RISK, WELFARE = "risk", "welfare"
TRILLION = 1000  # $bn
# What is said behind a number instead of the unit.
SHORT_UNIT = {"years from the opening": "years", "OOM above 2023": "OOM", "index": "", "0-1": ""}


class Outcome(NamedTuple):
    """An outcome in words: name, label, unit, its role: a risk, welfare [model.md 15.15], or neither, and what a sentence calls it."""

    name: str
    label: str
    unit: str
    role: str = ""
    noun: str = ""

    @property
    def is_event(self):
        """Whether it happens or not in a run."""
        return self.unit == EVENT

    @property
    def is_share(self):
        """Whether it is said in percent, and a change of it in points."""
        return self.is_event or self.unit.startswith(SHARE)

    @property
    def is_date(self):
        """Whether it is the date of something that may never happen."""
        return self.name in DATES

    @property
    def phrase(self):
        """What a sentence calls it: "the share of runs with a crisis", "the credit loss"."""
        first, rest = self.label[:1], self.label[1:]
        return self.noun or f"the {first if rest[:1].isupper() or rest[:1].isdigit() else first.lower()}{rest}"

    @property
    def axis(self):
        """Title of an axis."""
        return "share of runs" if self.is_event else f"{self.label}{f', {self.unit}' if self.unit else ''}"

    @property
    def format(self):
        """Of numbers on an axis, as d3 has it."""
        return "%" if self.is_event else ",.3~r"

    def amount(self, value):
        """A value in words: "12 %", "$890bn", "1.4 labs"; "never" or "-" where there is none."""
        if isnan(value):
            return NEVER if self.is_date else NONE
        if self.is_share:
            return percent(value)
        if self.unit == "x":
            return covered(value)
        if self.unit.startswith(MONEY):
            return dollars(value) + (" a year" if "year" in self.unit else "")
        counted = SHORT_UNIT.get(self.unit, self.unit)
        return f"{said(value)} {counted}".rstrip()

    def cell(self, value, largest):
        """A value in a cell of a map, as short as can be: money in trillions where the largest is some."""
        if isnan(value) or self.is_share or self.unit == "x":
            return self.amount(value)
        if self.is_trillions(largest):
            return f"{value / TRILLION:.1f}" if largest >= 2 * TRILLION else f"{value / TRILLION:.2f}"
        return said(value)

    def is_trillions(self, largest):
        """Whether cells of a map are $tn."""
        return self.unit.startswith(MONEY) and largest >= TRILLION

    def between(self, low, high):
        """An interval in words: "9 to 16 %", "$1.2tn to $1.9tn"; without the unit where it is a plain number."""
        if isnan(low) or isnan(high):
            return "interval unknown"
        if self.is_event:
            low, high = max(0, low), min(1, high)
        if self.is_share:
            return f"{low * PERCENT:.0f} to {high * PERCENT:.0f} %"
        if low == high:
            return "the same in all"
        return f"{dollars(low)} to {dollars(high)}" if self.unit.startswith(MONEY) else f"{said(low)} to {said(high)}"

    def change(self, found):
        """A difference with its interval in words, every number with its sign: "+5 points (+3 to +7)"; "-" where there is none."""
        if isnan(found.mean):
            return NONE
        ends = self._ends(found, lambda end: signed(end, self._size))
        return f"{self._counted(signed(found.mean, self._size))} ({ends})"

    def moved(self, found):
        """A difference that is clear of zero, as the verb and the size: "raises", "5 points (3 to 7)"."""
        nearest_first = found if found.mean > 0 else found._replace(low=found.high, high=found.low)
        ends = self._ends(nearest_first, lambda end: self._size(abs(end)))
        return ("raises" if found.mean > 0 else "lowers"), f"{self._counted(self._size(abs(found.mean)))} ({ends})"

    def _size(self, value):
        """A number of points, an amount of money or a plain number."""
        if self.is_share:
            return _points(value * PERCENT)
        return dollars(value) if self.unit.startswith(MONEY) else said(value)

    def _ends(self, found, in_words):
        """An interval of a change. in_words: says one end."""
        if isnan(found.low) or isnan(found.high):
            return "interval unknown"
        if found.low == found.high and not self.is_share:
            return "the same in all"
        return f"{in_words(found.low)} to {in_words(found.high)}"

    def _counted(self, size):
        """A size with its unit."""
        if self.is_share:
            return f"{size} point{'' if size.lstrip('+-') == '1' else 's'}"
        if self.unit.startswith(MONEY):
            return size + (" a year" if "year" in self.unit else "")
        if self.unit == "x":
            return f"{size}x"
        return f"{size} {SHORT_UNIT.get(self.unit, self.unit)}".rstrip()


YEARS = "years from the opening"
_A = {name: f"{'an' if NAMES[name][0] in 'O' else 'a'} {NAMES[name][:1].lower()}{NAMES[name][1:]}" for name in EVENTS}
_OWN = (
    *(Outcome(name, NAMES[name], EVENT, RISK, f"the share of runs with {_A[name]}") for name in EVENTS),
    Outcome("labs_defaulted", "Labs in default", "labs", RISK, "the number of labs that fail"),
    Outcome("clouds_defaulted", "Owners of compute in default", "owners", RISK, "the number of owners of compute that fail"),
    Outcome("lenders_failed", "Lenders failed", "lenders", RISK, "the number of lenders that fail"),
    Outcome("welfare", "Worth to users over the run", MONEY, WELFARE),
    Outcome("mean_serving_gw", "Compute that serves, mean of the run", "GWe", WELFARE, "the mean compute that serves users"),
    Outcome(
        "all_work_done", "Work done for users over the run", "OOM", WELFARE, "the work done for users (in OOM, which are powers of ten)"
    ),
    Outcome("customers_served", "Customers served at the end", "share of customers", WELFARE, "the share of customers served at the end"),
    Outcome("served_revenue", "Revenue of labs over the run", MONEY),
    Outcome("credit_loss", "Credit loss", MONEY, RISK, "the credit loss"),
    Outcome("vendor_equity_lost", "Vendor stakes lost", MONEY, RISK, "the loss on vendors' stakes in labs"),
    Outcome("peak_circularity", "Peak of money in circles", "share of payments"),
    Outcome("least_p10_coverage", "Lowest P10 coverage", "x"),
    Outcome(
        "frontier",
        "Frontier capability at the end",
        "OOM above 2023",
        WELFARE,
        "the frontier capability at the end (in OOM, powers of ten of effective training compute since 2023)",
    ),
    *(Outcome(f"{name}_date", f"Years until {_A[name]}", YEARS, "", f"the number of years until {_A[name]}") for name in EVENTS),
    Outcome("over_extension_date", "Years until over-extension", YEARS, "", "the number of years until over-extension"),
    Outcome("break_even_year", "Years until labs together earn money", YEARS, "", "the number of years until labs together earn money"),
    Outcome(
        "mean_held_by_demand",
        "Held back by demand, mean of the run",
        "share of revenue",
        "",
        "the mean share of revenue that demand holds back",
    ),
    Outcome(
        "mean_held_by_compute",
        "Held back by compute, mean of the run",
        "share of revenue",
        "",
        "the mean share of revenue that compute holds back",
    ),
    Outcome(
        "mean_held_by_money",
        "Held back by money, mean of the run",
        "share of revenue",
        "",
        "the mean share of revenue that money holds back",
    ),
    Outcome("collapse_depth", "Deepest fall of industry revenue", "share of its peak", RISK),
    Outcome("sales_collapse", "Deepest fall of a year's chip sales", "share of their peak", RISK),
    Outcome("value_collapse", "Deepest fall of the value of all labs", "share of its peak", RISK),
    Outcome(
        "following_share",
        "Failures soon after another one",
        "share of failures",
        RISK,
        "the share of failures that come soon after another one",
    ),
)
SAID = {item.name: item for item in _OWN}


def outcome(name):
    """What is known of an outcome; one that nobody described keeps its name."""
    if name in SAID:
        return SAID[name]
    if name in INDICATORS:
        known = INDICATORS[name]
        return Outcome(name, f"{known.label} at the end", known.unit)
    return Outcome(name, name.replace("_", " ").capitalize(), "")


def with_article(event):
    """An event in a sentence: "a crisis", "an owners' event"."""
    return _A.get(event, event)


def described(table, seed):
    """A table with a column for each outcome, their labels and units in `attrs`, {column: text}, and the seed of their luck."""
    table.attrs["seed"] = seed
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
    return " ".join(parts[-2:]).replace("_", " ")


def called(question, name):
    """What a question calls something that it varies: its label for it, else the short name."""
    return question.labels.get(name) or short(name)


def quoted(text):
    """A value of a lever within a sentence: in quotes where it has words of its own."""
    return f'"{text}"' if " " in text else text
