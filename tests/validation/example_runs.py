"""Runs for the worked examples: shipped worlds whose series are kept, and worlds of one lab in which a pencil can follow."""

import numpy as np

from abm.clock import QUARTERS_PER_YEAR
from abm.model import Industry, release
from abm.shocks import Shock
from agents.world_files.deals import AddedDeal, with_deals
from agents.world_files.folder import load_world
from tests.validation.observed import SEED
from tests.worlds import cash, industry, let, opening, quarter, turn, wanting

NAMED, ARCHETYPES = "industry-2026q3", "archetypes-2023q1"
TO_2035, OF_HISTORY = 38, 24  # quarters
KEPT = {
    "labs": (
        "revenue",
        "operating_income",
        "fails",
        "cash",
        "lab_burn_ratio",
        "rent_due",
        "commitments",
        "raised",
        "signed_equity",
        "unbuilt_gw",
    ),  # fmt: skip
    "industry": ("below_p10", "below_p90", "model_roi", "revenue_total"),
    "vendors": ("value",),
    "clouds": ("revenue",),
}


class Lived:
    """Series of a run by kind and name, [worlds, quarters] of the industry and [worlds, quarters, firms] of firms."""

    def __init__(self, world, worlds, quarters, *, overrides=None, parameters=None, shocks=(), deals=()):
        """overrides: of the world's file; parameters: {public name: value}; shocks, deals: as a question file has them."""
        opened = with_deals(load_world(world, overrides or {}), [AddedDeal.read(deal, "example") for deal in deals])
        told = [Shock.read(shock) for shock in shocks]
        model = Industry(opened, worlds=worlds, rng=SEED, parameters=parameters, shocks=told).run(quarters)
        self.start, self.names = opened.start, opened.names
        self.series = {(kind, name): model.record.series(kind, name) for kind, names in KEPT.items() for name in names}
        self.crisis = model.record.outcomes(model)["crisis"].to_numpy(dtype=bool)
        release(model)

    def labs(self, name, lab=None):
        """A measure of labs, or of one of them by its name."""
        values = self.series["labs", name]
        return values if lab is None else values[..., self.names["labs"].index(lab)]

    def all(self, name, kind="industry"):
        """A measure of the industry, or the sum of one over all firms of a kind, [worlds, quarters]."""
        return self.series[kind, name].sum(axis=2)

    def end_of(self, year):
        """Where the last quarter of a year stands."""
        return (year - self.start.year + 1) * QUARTERS_PER_YEAR - (self.start.index % QUARTERS_PER_YEAR) - 1

    def in_year(self, values, year):
        """Sum over the quarters of a year that were run, [worlds, ...]. values: [worlds, quarters, ...]"""
        end = self.end_of(year)
        return values[:, max(0, end + 1 - QUARTERS_PER_YEAR) : end + 1].sum(axis=1)

    def income(self, year):
        """Operating income of all labs in a year, $bn, [worlds]."""
        return self.in_year(self.all("operating_income", "labs"), year)

    def failed(self, lab=None):
        """Whether a lab failed, [worlds], or how many of them did."""
        failed = (self.labs("fails", lab) > 0).any(axis=1)
        return failed if lab is not None else failed.sum(axis=1)


class Shared:
    """What several examples look at: the named world and the archetypes as they come.

    futures: of most runs; late_futures: of each of the dozen in which revenue comes late
    """

    def __init__(self, futures, late_futures):
        self.futures, self.late_futures = futures, late_futures
        self.named, self.history = Lived(NAMED, futures, TO_2035), Lived(ARCHETYPES, futures, OF_HISTORY)
        self.of_named = f"`{NAMED}`, {futures} futures"
        self.of_history = f"`{ARCHETYPES}`, {futures} futures"

    def told(self, quarters, *shocks):
        """The named world again, with these shocks."""
        return Lived(NAMED, self.futures, quarters, shocks=shocks)


def one_lab(spend, *, rent, years, money, gw=1.0, prepaid=0.0, parameters=None):
    """A lab alone under one contract, without staff to pay and without investors, quarter by quarter: {name: [quarters]}.

    spend: wanted, $bn a year in each year; rent: $bn a year, for so many years; money: cash at first, $bn; prepaid: $bn
    """
    term = QUARTERS_PER_YEAR * years + 1  # counted from the quarter before
    firms = {"labs": [{"cash": money, "opex_ratio": 0.0, "revenue": float(spend[0])}], "clouds": [{"cash": 100.0}]}
    model = industry(
        opening(firms, people=wanting(None), parameters={"lab.fixed_opex": 0.0, "cloud.contract_term": term, **(parameters or {})})
    )
    let(model, gw=gw, rent=rent, life=term, prepaid=prepaid)
    seen = []
    for yearly in np.repeat(np.asarray(spend, dtype=float), QUARTERS_PER_YEAR):
        quarter(model, yearly)
        seen.append((cash(model, "labs").item(), model.ledger.payments("rent").sum(), model.labs.revenue.item(), model.labs.alive.item()))
        turn(model)
    return dict(zip(("cash", "rent", "revenue", "alive"), np.array(seen, dtype=float).T, strict=True))
