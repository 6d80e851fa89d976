"""What every number of a firm in a world file means: its unit, bounds, default and where the default comes from.

The columns of a kind are those declared here and the public ones of its own class. Each may be written in the firm's table of
`world.toml` or as a row of `figures.csv`.
"""

import functools

import numpy as np

from abm.clock import QUARTER
from abm.engine.population import column, declared
from abm.parameters import Group, parameter
from abm.priors import between, shifted
from agents.chip_vendor import ChipVendor
from agents.cloud import Cloud
from agents.investor import Investor
from agents.lab import Lab
from agents.lender import Lender

STYLES = ("momentum", "strategic", "sovereign", "public")


class ReadingParameters(Group, name="world"):
    """What a reader assumes where a world file is silent."""

    list_price = parameter(
        13.3, unit="$bn/GW-year", low=5, high=30, source="model.md 26.17f", meaning="rent that stands in for a missing GW"
    )
    deal_years = parameter(5.0, unit="years", low=1, high=10, source="model.md 26.17f", meaning="length that stands in for a missing one")
    term_classes = parameter(
        4, unit="count", low=2, high=8, structural=True, source="model.md 26.11", meaning="different terms a world may have"
    )
    founders_share = parameter(
        0.5, unit="share", low=0, high=1, source="model.md Appendix B", meaning="unlisted equity held by founders and staff"
    )
    fleet_age = parameter(
        1.0,
        unit="years",
        low=0,
        high=8,
        source="assumption",
        meaning="age of a fleet of which nothing else is known",
        prior=between(0.5, 2),
    )
    life_floor = parameter(4.0, unit="years", low=1, high=10, source="model.md 4", meaning="accounting life at appetite 0")
    life_slope = parameter(4.0, unit="years", low=0, high=10, source="model.md 4", meaning="accounting life gained at appetite 1")
    loan_floor = parameter(0.5, unit="share", low=0, high=1, source="model.md 4", meaning="loan-to-value sought at appetite 0")
    loan_slope = parameter(0.4, unit="share", low=0, high=1, source="model.md 4", meaning="loan-to-value sought gained at appetite 1")
    speculation_from = parameter(
        0.5, unit="quantile", low=0, high=1, source="model.md 4", meaning="appetite above which an owner builds without a tenant"
    )
    rounding = parameter(1e-6, unit="share", low=0, high=0.01, source="assumption", meaning="what shares in a file may miss their sum by")
    unlikely = parameter(
        30.0,
        unit="1",
        low=2,
        high=1000,
        source="assumption",
        meaning="times what is usual beyond which a contract is asked about",
        prior=between(10, 100),
    )
    near_name = parameter(0.9, unit="1", low=0, high=1, source="assumption", meaning="likeness above which an unknown name is a typo")


ASSUMED = {name: item.value for name, item in ReadingParameters.declared().items()}
APPETITE_BY_STYLE = {"momentum": 0.8, "strategic": 0.6, "sovereign": 0.4, "public": 0.5}  # [model.md 26.18]
APPETITE_OF_LENDERS = (0.3, 0.6)  # the first, all others [model.md 26.18]


def _appetite(default, prior, source="assumption"):
    meaning = "quantile of its own forecast at which its plans must still work"
    return column(meaning, unit="quantile", low=0.02, high=0.98, default=default, source=source, prior=prior)


# What no firm of any world comes near; ten times the largest commitments anybody has named fit in. Whole dollars do not.
LARGEST = {"$bn": 1e5, "$bn/year": 1e5, "GW": 1e4, "GW/quarter": 1e3}


def _amount(meaning, unit="$bn", low=0, high=None, default=None, source=""):
    high = LARGEST[unit] if high is None else high
    return column(meaning, unit=unit, low=low, high=high, default=default, source=source)


def _follower(key):
    return _amount(f"1 if its {key} follows its appetite", "0/1", 0, 1, default=0)


class LabColumns:
    """Numbers of a lab. STOCKS are 0 in the spare rows of entrants; the rest takes its default there."""

    DERIVED = ("revenue", "consumer_share", "share", "valuation", "alive", "listed")
    INTERNAL = ("alive", "listed")
    STOCKS = ("cash", "revenue", "consumer_share", "growth", "valuation", "share", "alive", "listed")
    risk_appetite = _appetite(0.5, between(0.2, 0.8))
    cash = _amount("deposits")
    revenue = _amount("annualised revenue", "$bn/year")
    growth = _amount("growth of revenue", "ln/year", -2, np.log(20), np.log(4), "model.md Appendix B")
    consumer_share = _amount("part of revenue from consumers", "share", 0, 1, source="customers.consumer_opening_share")
    valuation = _amount("value at the last round or the market", source="market rule, model.md 11.1")
    training_share = _amount("part of compute planned for training", "share", 0, 0.95, 0.5, "model.md 19")
    open_weight = _amount("1 if its weights are open", "0/1", 0, 1, 0, "assumption")
    capability_gap = _amount("how far it trails the frontier", "OOM", 0, 5, 0, "model.md Appendix B")
    share = _amount("part of customers' spend at the start", "share", 0, 1, source="its part of all revenue")
    alive = _amount("1 if it exists at the start", "0/1", 0, 1)
    listed = _amount("1 if its shares are listed", "0/1", 0, 1)


class CloudColumns:
    """Numbers of an owner of compute."""

    DERIVED = ("fleet_gw", "fleet_age", "book", "outside_rent")
    INTERNAL = ("accounting_life_follows", "loan_to_value_follows", "speculative_share_follows")
    risk_appetite = _appetite(0.6, between(0.3, 0.8))
    cash = _amount("deposits")
    fleet_gw = _amount("compute in service", "GW", source="contracts in service")
    fleet_age = _amount("mean age of what is in service", "years", high=20, source="contracts in service")
    book = _amount("book value of the fleet", source="cost less straight-line depreciation, model.md 9.3")
    outside_gw = _amount("compute let to others than the labs", "GW", default=0, source="model.md 26.17")
    outside_rent = _amount("rent from others than the labs", "$bn/year", source="own list rent, model.md 9.5")
    pipeline_gw = _amount("compute to come that no lab has contracted", "GW", default=0, source="model.md 26.17")
    accounting_life_follows = _follower("accounting_life")
    loan_to_value_follows = _follower("loan_to_value")
    speculative_share_follows = _follower("speculative_share")


class VendorColumns:
    """Numbers of a chip vendor."""

    DERIVED = ("sales", "book_equity", "slots_gw", "backlog")
    risk_appetite = _appetite(0.5, between(0.2, 0.8))
    cash = _amount("deposits")
    sales = _amount("data-centre sales; a quarter's in the opening", "$bn/year", source="its slots at the chip cost of a GW")
    book_equity = _amount("book equity", "$bn", source="its cash")
    slots_gw = _amount("chips it can deliver a quarter", "GW/quarter", source="sales at the chip cost of a GW, model.md 26.18")
    other_buyers_share = _amount("part of sales to buyers that are not in this world", "share", 0, 1, 0, "assumption")
    backlog = _amount("chips ordered and not yet delivered", source="contracts to come, by vendor mix")


class InvestorColumns:
    """Numbers of an investor; style 0 momentum, 1 strategic, 2 sovereign, 3 public."""

    DERIVED = ("risk_appetite",)
    risk_appetite = _appetite(None, shifted(0.2), "assumption: that of its style")
    cash = _amount("deposits")
    style = _amount("what it looks at", "code", 0, len(STYLES) - 1)


class LenderColumns:
    """Numbers of a lender."""

    DERIVED = ("risk_appetite", "borrowings")
    risk_appetite = _appetite(None, shifted(0.2), "assumption: .3 for the first lender, .6 for others")
    cash = _amount("deposits")
    borrowings = _amount("what it owes to Economy", source="loans not covered by its capital ratio, model.md 26.5")


KINDS = {"labs": LabColumns, "clouds": CloudColumns, "vendors": VendorColumns, "investors": InvestorColumns, "lenders": LenderColumns}
STORED = {("vendors", "sales"): QUARTER}  # what a number of a file is multiplied by on its way into an opening
AGENTS = {"labs": Lab, "clouds": Cloud, "vendors": ChipVendor, "investors": Investor, "lenders": Lender}


def _columns(kind):
    """The columns above and those that the agents' class itself makes public by naming a source."""
    public = {name: item for name, item in vars(AGENTS[kind]).items() if isinstance(item, column) and item.source}
    return {**public, **declared(KINDS[kind])}


COLUMNS = {kind: _columns(kind) for kind in KINDS}
ONE = {kind: kind.removesuffix("s") for kind in KINDS}


STATES = ("alive", "implied")  # what the reader of a world works out; a column like any other to the model, but nobody's to set


def settable(kind):
    """{column: declaration} of what may be set for firms of a kind by hand, in a question or in the browser."""
    return {name: item for name, item in COLUMNS[kind].items() if name not in STATES}


@functools.cache
def settable_by_name():
    """{"lab.cash": (kind, declaration)} of what may be set for all firms of a kind at once, in order of declaration."""
    return {f"{ONE[kind]}.{key}": (kind, item) for kind in KINDS for key, item in settable(kind).items()}


def writable(kind):
    """{column: declaration} of what a world file may give for a kind of firm."""
    internal = getattr(KINDS[kind], "INTERNAL", ())
    return {name: item for name, item in COLUMNS[kind].items() if name not in internal}
