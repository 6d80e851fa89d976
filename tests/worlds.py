"""Tiny worlds built by hand: a few firms and round numbers, so that a test can be checked with a pencil.

`opening` gives an Opening of any number of firms of each kind, also none; `Wanting` stands in for customers where spend is
given; `quarter` runs the phases of a quarter up to the marks, without planning.
"""

from types import SimpleNamespace

import numpy as np

from abm.clock import Quarter
from abm.compute import deliveries
from abm.failure import default
from abm.finance import funding, sentiment
from abm.measures.record import subsidiary_residuals
from abm.model import Industry
from abm.services import operations, pricing
from abm.services.serving import CLASSES
from abm.shocks import apply_shocks
from abm.start.opening import FIRM_KINDS, PASSIVE, Opening, Tranche
from agents import inhabitants
from agents.world_files.columns import COLUMNS


def _usual(key, item):
    return item.default if item.default is not None else 0.5 if key == "risk_appetite" else 0.0


ALWAYS = {  # every column of a world file at its default, nothing where it has none
    kind: {key: _usual(key, item) for key, item in items.items()} for kind, items in COLUMNS.items()
}
ALWAYS["labs"] |= {"alive": 1.0, "share": 1.0}
ECONOMY = -2  # row of Economy among all agents
ONE_RATE = {"lender.rate": 0.08, "lender.best_rate": 0.08, "lender.leverage_premium": 0.0}  # every lender asks 8 % of everybody in calm
QUIET = {
    "lab.fixed_opex": 0.0, **ONE_RATE, "services.mode": "path", "services.scarcity_low": 1, "services.scarcity_high": 1,
    "cloud.upkeep": 0, "services.training_share_start": 0.5,
}  # fmt: skip


class Wanting:
    """Customers who want a given spend, grown at a rate, and pay for what they are served; enterprises only."""

    n = 1

    def __init__(self, worlds, labs, spend=0.0, growth=0.0):
        """spend: $bn a year in the first quarter, to [worlds, labs]; growth: ln per year."""
        self.wanted = np.zeros((worlds, labs, len(CLASSES)))
        self.wanted[..., 0] = spend / np.exp(growth / 4)
        self.growth, self.paid = growth, np.zeros((worlds, 1))

    @property
    def spend(self):
        """All that they want, $bn a year, [worlds, 1]."""
        return self.wanted.sum(axis=(1, 2))[:, None]

    def advance_stages(self, frontier):
        """They have no stages."""

    def in_transit(self):
        """Nobody loses a lab."""
        return np.zeros((len(self.wanted), 1))

    @property
    def lost(self):
        """Nothing is given up."""
        return self.in_transit()

    @property
    def taken_in(self):
        """No lab takes in anybody."""
        return np.zeros(self.wanted.shape[:2])

    def choose(self, offers, turned_away_share, uniforms, refuge):
        """They are loyal."""

    def desired_spend(self, frontier, served, noise, boost):
        """A quarter's growth."""
        self.wanted = self.wanted * np.exp(self.growth / 4)

    def demand(self):
        """Wanted spend by lab and class, $bn a year, [worlds, labs, classes]."""
        return self.wanted

    def settle(self, paid_share):
        """What they pay, $bn a year."""
        self.paid = (self.wanted * paid_share).sum(axis=(1, 2))[:, None]

    def part_deployed(self):
        """All of them."""
        return np.ones((len(self.wanted), 1))

    def populations(self, model):
        """Nobody to look at one by one."""
        return ()


def wanting(spend=0.0, growth=0.0):
    """Inhabitants whose customers want this spend, $bn a year by lab; None: a world without customers."""
    people = None if spend is None else lambda industry, shares: Wanting(industry.worlds, len(industry.labs.names), np.array(spend), growth)
    usual = {name: getattr(inhabitants, name) for name in ("KINDS", "GROUPS", "FOLLOWERS")}
    return SimpleNamespace(**usual, people=people, noise=lambda industry, previous: previous)


def opening(firms, *, tranches=(), debt=0.0, debt_life=24, parameters=None, people=None, start="2023Q1", kind="named"):
    """An Opening with these firms: {kind: [{column: value}, ...]}; everything is owned by Economy, purchases are spread evenly.

    debt: loans of the first cloud from the first lender, $bn, over debt_life quarters; people: see `wanting`
    """
    firms = {each: list(firms.get(each, ())) for each in FIRM_KINDS}
    names = {each: [firm.get("name", f"{each[:-1]} {row + 1}") for row, firm in enumerate(firms[each])] for each in FIRM_KINDS}
    sizes = {each: len(names[each]) for each in FIRM_KINDS}
    loans = np.zeros((sizes["lenders"], sizes["clouds"]))
    if debt:
        loans[0, 0] = debt
    total = sum(sizes.values()) + len(PASSIVE)
    return Opening(
        name="tiny", title="tiny", kind=kind, purpose="a test", caveat="not a forecast", start=Quarter.parse(start), names=names,
        columns={each: _columns(each, firms[each]) for each in FIRM_KINDS},
        parameters=parameters or {},
        weights=_even(sizes["labs"], sizes["clouds"]),
        vendor_mix=_even(sizes["clouds"], sizes["vendors"]),
        lender_mix=_even(sizes["clouds"], sizes["lenders"]),
        parent=np.full(sizes["labs"], -1),
        shares={each: _of_economy(total, sizes[each]) for each in ("labs", "clouds", "vendors", "lenders")},
        debt=loans, debt_life=np.full(loans.shape, float(debt_life)), tranches=tuple(tranches), entrants=0,
        inhabitants=people or inhabitants,
    )  # fmt: skip


def _columns(kind, firms):
    keys = {**ALWAYS[kind], **{key: None for firm in firms for key in firm if key != "name"}}
    return {key: np.array([firm.get(key, default) for firm in firms], dtype=float) for key, default in keys.items()}


def _even(rows, columns):
    return np.full((rows, columns), 1 / max(1, columns))


def _of_economy(agents, issuers):
    shares = np.zeros((agents, issuers))
    shares[ECONOMY] = 1
    return shares


def let(industry, gw, rent, book=0.0, life=24, prepaid=0.0):
    """The first cloud lets the first lab a block that came into service as this quarter began, built and paid for.

    GW, rent in $bn a year, book in $bn, life in quarters. It stands in the vintage before, so that nothing is to be delivered.
    """
    fleet, rows, vintage = industry.fleet, industry.rows, industry.now - 1
    fleet.place(0, 0, vintage, Tranche(0, 0, industry.quarter - 1, gw, rent, fleet.terms[0], prepaid), 0)
    fleet.delivered[:, 0] += gw
    fleet.book[:, 0, fleet.at(vintage)] += book
    fleet.depreciation[:, 0, fleet.at(vintage)] += book / life
    lab, cloud = (slice(rows[kind].start, rows[kind].start + 1) for kind in ("labs", "clouds"))
    industry.ledger.open("fleet", cloud, book)
    industry.ledger.open("prepaid", lab, prepaid, mirror=("prepaid_owed", cloud))


def by_class(industry, spend):
    """Spend wanted by enterprises of each lab, $bn a year, as [worlds, labs, classes]."""
    wanted = np.zeros((industry.worlds, len(industry.labs.names), len(CLASSES)))
    wanted[..., 0] = spend
    return wanted


def quarter(industry, spend):
    """The phases of `Industry.step` from deliveries to marks at a given spend, $bn a year by lab; nobody plans. Returns what was due."""
    industry.begin()
    apply_shocks(industry)
    deliveries.deliver(industry)
    pricing.post(industry)
    served = operations.serve(industry, by_class(industry, spend))
    operations.receive(industry, served)
    owed = operations.dues(industry, served)
    if industry.investors.names:
        funding.fund(industry, owed)
    default.settle(industry, owed)
    sentiment.depreciate(industry)
    sentiment.mark(industry)
    return owed


def turn(industry):
    """On to the next quarter, as `Industry.close` does, without records."""
    industry.quarter, industry.age = industry.quarter + 1, industry.age + 1


def industry(given, worlds=1, **options):
    """An Industry of an Opening."""
    return Industry(given, worlds=worlds, **options)


def cash(model, kind):
    """Cash of a kind in the books, $bn, [worlds, rows]."""
    return model.ledger.balances["cash"][:, model.rows[kind]]


def residuals(model):
    """The largest residual of any rule of the books, $bn."""
    return max(residual.max() for residual in {**model.ledger.residuals(), **subsidiary_residuals(model)}.values())
