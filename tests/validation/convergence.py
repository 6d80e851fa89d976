"""Does luck come from a coarse grain? The headlines of both worlds with more and more customers, in the same futures."""

from dataclasses import dataclass

import numpy as np

from abm.clock import QUARTERS_PER_YEAR
from abm.failure.crisis import systemic_event
from abm.model import Industry, release
from agents.customers_parameters import CustomersParameters
from agents.world_files.folder import load_world
from tests.validation.observed import SEED

NAMED, ARCHETYPES = "industry-2026q3", "archetypes-2023q1"
END_OF_2030 = {NAMED: 17, ARCHETYPES: 31}  # quarters after the opening
BATCH, MOST = 32, 96  # futures at a time, and in all
LEAST_SHARE, NO_SHARE = 0.01, 0.001  # of revenue: above which a lab's share is watched, and what less counts as
KINDS = ("enterprises", "cohorts")
DEFAULT = {kind: CustomersParameters.declared()[kind].value for kind in KINDS}
ROWS = (  # what is multiplied, beside the numbers shipped
    ("as it was with 162 customers", {"enterprises": 150, "cohorts": 12}),
    ("shipped", {}),
    ("three times the customers", {kind: 3 * number for kind, number in DEFAULT.items()}),
    ("ten times the customers", {kind: 10 * number for kind, number in DEFAULT.items()}),
    ("ten times the cohorts alone", {"cohorts": 10 * DEFAULT["cohorts"]}),
)
MEASURED = ("sd of log share over a year", "labs failed", "revenue of 2030", "P(systemic event)")
HEADS = ("world", "customers", "enterprises", "cohorts", *MEASURED)
TEXT = """## Grain

Customers stand for crowds, so luck that depends on their number is an artefact. Both worlds in the same futures ({worlds}, {quarters}
quarters, seed {seed}) with more and more customers. Log share over a year: of a lab's share of revenue, labs with {least:.0%} or more,
around the lab's mean of the year; labs failed: mean per future; revenue of 2030: mean of the end of the year, $bn a year; in brackets
the standard error over futures. Outside tenants have no grain: they are one amount of GW by owner and vintage.
"""


@dataclass(frozen=True)
class Headline:
    """A mean over futures and its standard error."""

    mean: float
    error: float

    @classmethod
    def of(cls, values):
        """values: one per future."""
        return cls(float(np.mean(values)), float(np.std(values) / np.sqrt(len(values))))

    def __str__(self):
        digits = 0 if self.mean >= 100 else 3
        return f"{self.mean:.{digits}f} ({self.error:.{digits}f})"


def histories(world, worlds, quarters, customers):
    """Revenue of labs, $bn a year, and whether they live, both [worlds, quarters, labs]."""
    opening, given = load_world(world), {f"customers.{kind}": number for kind, number in customers.items()}
    revenue, alive = [], []
    for first in range(0, worlds, BATCH):
        industry = Industry(opening, world_ids=range(first, min(worlds, first + BATCH)), rng=SEED, parameters=given, panel=False)
        seen: list = []
        for _ in range(quarters):
            industry.step()
            seen.append((industry.labs.revenue.copy(), industry.labs.alive > 0))
        release(industry)
        for into, part in zip((revenue, alive), zip(*seen, strict=True), strict=True):
            into.append(np.stack(part, axis=1))
    return np.concatenate(revenue), np.concatenate(alive)


def share_luck(revenue, alive):
    """Standard deviation of the log change of share over a year around each lab's mean of that year, [worlds]: root mean squares."""
    share = np.maximum(revenue / np.maximum(revenue.sum(axis=2, keepdims=True), np.finfo(float).tiny), NO_SHARE)
    before, after = share[:, :-QUARTERS_PER_YEAR:QUARTERS_PER_YEAR], share[:, QUARTERS_PER_YEAR::QUARTERS_PER_YEAR]
    watched = (before > LEAST_SHARE) & alive[:, QUARTERS_PER_YEAR::QUARTERS_PER_YEAR]
    change = np.where(watched, np.log(after / before), 0)
    mean = change.sum(axis=0) / np.maximum(watched.sum(axis=0), 1)
    squares = np.where(watched, (change - mean) ** 2, 0).sum(axis=(1, 2)) / np.maximum(watched.sum(axis=(1, 2)), 1)
    return np.sqrt(squares.mean()), np.std(np.sqrt(squares)) / np.sqrt(len(squares))


def headlines(world, worlds, quarters, customers):
    """[Headline] of a row: luck of shares, labs failed, revenue of 2030 (of the last quarter if that comes before), systemic events."""
    revenue, alive = histories(world, worlds, quarters, customers)
    died = np.zeros_like(alive)
    died[:, 1:] = alive[:, :-1] & ~alive[:, 1:]
    before = np.concatenate([revenue[:, :1], revenue[:, :-1]], axis=1)
    at = min(END_OF_2030[world], quarters - 1)
    values = died.sum(axis=(1, 2)), revenue[:, at].sum(axis=1), systemic_event(died, before)
    return [Headline(*share_luck(revenue, alive)), *(Headline.of(each) for each in values)]


def rows(worlds, quarters, choices=ROWS):
    """Rows of the table, cells as words."""
    for world in (NAMED, ARCHETYPES):
        for what, changed in choices:
            customers = {**DEFAULT, **changed}
            numbers = [f"{customers[kind]:,}" for kind in KINDS]
            yield (world, what, *numbers, *map(str, headlines(world, worlds, quarters, customers)))


def section(table, worlds, quarters=40):
    """The section of the page; table: writes heads and rows as Markdown."""
    head = TEXT.format(worlds=worlds, quarters=quarters, seed=SEED, least=LEAST_SHARE)
    return f"{head}\n{table(HEADS, list(rows(worlds, quarters)))}"
