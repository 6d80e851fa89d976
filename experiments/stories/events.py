"""What a story is made of: events in words, the pages of one world's books, and how numbers are said.

A `Page` is one quarter of one world as the record and the journal kept it. Nothing is computed here that they do not say.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from abm.clock import QUARTERS_PER_YEAR, Quarter
from abm.errors import BadInput

THOUSAND, PERCENT = 1000, 100  # unit conversions
DUST = 1 / THOUSAND  # $bn or GW: what is smaller is not worth a sentence
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Event:
    """Something that happened: one plain sentence, and the figures behind it.

    kind: see `experiments.stories.story.KINDS`; firms: who, the one it is about first; amounts: {what: figure as recorded}, in $bn, $bn a
    year, GW or OOM; cause: why, where the books show it; weight: how much it matters, mostly money over a year's industry revenue
    """

    quarter: Quarter
    kind: str
    firms: tuple
    amounts: dict
    text: str
    cause: str = ""
    weight: float = 1.0


@dataclass
class Page:
    """One quarter (`age`, counted from the opening) of an industry of one world that kept a journal."""

    industry: Any
    age: int
    book: list = field(repr=False)
    tables: dict = field(default_factory=dict, repr=False)

    @property
    def quarter(self):
        """The calendar quarter."""
        return self.industry.quarter_named(self.age)

    def turned(self, quarters):
        """The page so many quarters later (earlier where negative), or None beyond the ends of the run."""
        age = self.age + quarters
        return self.book[age] if 0 <= age < len(self.book) else None

    def lately(self, quarters=QUARTERS_PER_YEAR):
        """This page and those before it, so many in all, latest first."""
        return [self.book[age] for age in range(self.age, max(-1, self.age - quarters), -1)]

    def names(self, kind):
        """Names of the firms of a kind, in the order of the record."""
        return getattr(self.industry, kind).names

    def recorded(self, kind, name):
        """A recorded measure of this quarter: [firms], or a number for the industry."""
        values = self.industry.record.measures[kind, name][self.age][0]
        return float(values[0]) if kind == "industry" else values

    def setting(self, group, name):
        """A parameter of the run, as a number."""
        return float(np.ravel(getattr(getattr(self.industry, group), name))[0])

    def rows(self, kind):
        """Where a kind stands among all agents."""
        return self.industry.rows[kind]

    def paid(self, flow, payers, payees):
        """What a kind paid another under a flow, or how an event moved the claims of the one on the other, $bn, [payers, payees]."""
        if flow not in self.tables:
            n = len(self.industry.ledger.names)
            table = np.zeros((n, n))
            for name, left, right, amount in self.industry.record.journals[self.age]:
                if name == flow:
                    table[left, right] += amount[0]
            self.tables[flow] = table
        return self.tables[flow][self.rows(payers), self.rows(payees)]

    def paid_out(self, flow, payers):
        """What each firm of a kind paid to anybody under a flow, $bn, [payers]."""
        self.paid(flow, payers, payers)
        return self.tables[flow][self.rows(payers)].sum(axis=1)

    def last(self, flow, payers, payees):
        """The last entry of a flow in the quarter, $bn, [payers, payees]; zero if there was none."""
        found = [entry for entry in self.industry.record.journals[self.age] if entry[0] == flow]
        shape = [len(self.industry.ledger.names[self.rows(kind)]) for kind in (payers, payees)]
        return found[-1][-1][0] if found else np.zeros(shape)

    @cached_property
    def revenue(self):
        """What customers paid each lab, at annual rate, $bn a year, [labs]; those that died in the quarter included."""
        return QUARTERS_PER_YEAR * self.paid("services", "customers", "labs").sum(axis=0)

    @cached_property
    def scale(self):
        """A year's industry revenue, $bn: the measure of what is large."""
        return max(DUST, float(self.revenue.sum()))

    def cash_at_start(self, kind):
        """Cash at the start of the quarter, $bn, [firms]: cash at its end less what came in and went out."""
        rows = self.rows(kind)
        moved = np.zeros(len(self.names(kind)))
        for name, left, right, amount in self.industry.record.journals[self.age]:
            if name in self.industry.ledger.flows:
                table = np.zeros(len(self.industry.ledger.names))
                table[right] += amount[0].sum(axis=0)
                table[left] -= amount[0].sum(axis=1)
                moved += table[rows]
        return self.recorded(kind, "cash") - moved

    def issued(self):
        """New equity the labs sold in the quarter, to anyone, $bn, [labs]."""
        return sum(self._everyone_to(flow, "labs") for flow in ("lab_equity", "vendor_equity", "rescue", "swapped_in"))

    def value_before(self):
        """Value of each lab as last marked before the quarter, $bn, [labs]: at this price its rounds were sold."""
        return self.recorded("labs", "value") - self.issued() - self._everyone_to("revaluation", "labs")

    def stakes_lost(self):
        """What holders lost on labs that died, $bn, [all agents, labs]."""
        self.paid("revaluation", "labs", "labs")
        gone = self.recorded("labs", "fails") > 0
        return np.where(gone, -self.tables["revaluation"][:, self.rows("labs")], 0)

    def _everyone_to(self, flow, kind):
        self.paid(flow, kind, kind)
        return self.tables[flow][:, self.rows(kind)].sum(axis=0)


def pages(industry):
    """All pages of a run. Raises BadInput unless it kept a journal and has exactly one world."""
    if industry.record.journals is None:
        raise BadInput("a story needs a run with journal=True")
    if industry.worlds != 1:
        raise BadInput(f"a story is told of one world, not of {industry.worlds}; run the one you want alone with world_ids=[...]")
    book = []
    book.extend(Page(industry, age, book) for age in range(len(industry.record.quarters)))
    return book


# how numbers are said ---------------------------------------------------------------------------------------------------


def said(number, digits=2):
    """A number for humans: this many digits, never fewer than its whole part, no sign on zero; "-" for what is no number."""
    size = abs(number)
    if not np.isfinite(size):
        return "-"
    if size == 0:
        return "0"
    decimals = max(0, digits - 1 - int(np.floor(np.log10(size))))
    text = f"{number:,.{min(decimals, digits)}f}"
    return text if float(text.replace(",", "")) else "0"


def money(billions):
    """An amount of $bn in words: "$3.2bn", "$450m", "$1.2tn", "nothing"."""
    size = max(0.0, float(billions))
    if size < DUST / 2:
        return "nothing" if size < DUST**2 else "less than $1m"
    if size >= THOUSAND:
        return f"${said(size / THOUSAND)}tn"
    return f"${said(size)}bn" if size >= 1 else f"${size * THOUSAND:.0f}m"


def share(part):
    """A part of one in words: "12 %"."""
    return f"{part * PERCENT:.0f} %"


def level(quantile):
    """A quantile in the field's words: "P90"."""
    return f"P{quantile * PERCENT:.0f}"


def count(number):
    """A small whole number in words."""
    whole = int(round(number))
    return NUMBER_WORDS[whole] if 0 <= whole < len(NUMBER_WORDS) else str(whole)


def listed(parts):
    """Words in a row: "a, b and c"."""
    parts = list(parts)
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def by_name(names, amounts, least=DUST):
    """{name: amount} of those worth a word, largest first."""
    pairs = [(str(name), float(amount)) for name, amount in zip(names, amounts, strict=True) if amount >= least]
    return dict(sorted(pairs, key=lambda pair: -pair[1]))


def payers(amounts):
    """Who pays the whole of an amount that was named just before: "Fund", or who pays which part of it as in `each`."""
    return next(iter(amounts)) if len(amounts) == 1 else each(amounts)


def each(amounts, most=3):
    """{name: $bn} in words: "bank $1.5bn and credit fund $900m"; beyond `most` names the rest in one sum."""
    items = list(amounts.items())
    if len(items) > most:
        rest = sum(amount for _, amount in items[most - 1 :])
        items = [*items[: most - 1], (f"{count(len(amounts) - most + 1)} others", rest)]
    return listed(f"{name} {money(amount)}" for name, amount in items)
