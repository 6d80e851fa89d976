"""The form of a world folder: its tables and keys, and what every number of a firm means, its unit, bounds and default.

`world.toml` and the four CSV files are checked against the classes below before anything is built from them. The columns of
a kind of firm are declared once, here; a column may be written in the firm's own table or as a row of `figures.csv`.
"""

import re
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from abm.parameters import Group, parameter
from abm.population import column, declared

STYLES = ("momentum", "strategic", "sovereign", "public")
OUTSIDE = "outside"
BOND_MARKET = "bond market"
RESERVED = ("", "world", OUTSIDE)
SEGMENT_KEYS = {
    *("name", "kind", "count", "source", "note"),
    *("spend_share", "potential_share", "value_shift", "appetite_low", "appetite_high", "procurement_quarters", "initially_deployed"),
}


class ReadingParameters(Group, name="world"):
    """What a reader assumes where a world file is silent."""

    list_price = parameter(13.3, unit="$bn/GW-year", low=5, high=30, source="model.md 26.17f", meaning="rent that stands in for a missing GW")
    deal_years = parameter(5.0, unit="years", low=1, high=10, source="model.md 26.17f", meaning="length that stands in for a missing one")
    term_classes = parameter(4, unit="count", low=2, high=8, structural=True, source="model.md 26.11", meaning="different terms a world may have")
    founders_share = parameter(0.5, unit="share", low=0, high=1, source="model.md Appendix B", meaning="unlisted equity held by founders and staff")
    first_spend = parameter(0.28, unit="$bn/yr", low=0.05, high=2, source="model.md 19", meaning="customers' spend in 2023Q1")
    loan_rate = parameter(0.08, unit="per year", low=0, high=0.3, source="model.md 19", meaning="loan rate inside an owner's list rent")
    fleet_age = parameter(1.0, unit="years", low=0, high=8, source="assumption", meaning="age of a fleet of which nothing else is known")
    life_floor = parameter(4.0, unit="years", low=1, high=10, source="model.md 4", meaning="accounting life at appetite 0")
    life_slope = parameter(4.0, unit="years", low=0, high=10, source="model.md 4", meaning="accounting life gained at appetite 1")
    near_name = parameter(0.9, unit="1", low=0, high=1, source="assumption", meaning="likeness above which an unknown name is a typo")


ASSUMED = {name: item.value for name, item in ReadingParameters.declared().items()}
APPETITE_BY_STYLE = {"momentum": 0.8, "strategic": 0.6, "sovereign": 0.4, "public": 0.5}  # [model.md 26.18]
APPETITE_OF_LENDERS = (0.3, 0.6)  # the first, all others [model.md 26.18]


def _appetite(default, source):
    meaning = "quantile of its own forecast at which its plans must still work"
    return column(meaning, unit="quantile", low=0.02, high=0.98, default=default, source=source)


def _amount(meaning, unit="$bn", low=0, high=np.inf, default=None, source=""):
    return column(meaning, unit=unit, low=low, high=high, default=default, source=source)


class LabColumns:
    """Numbers of a lab. STOCKS are 0 in the spare rows of entrants; the rest takes its default there."""

    DERIVED = ("revenue", "share", "valuation", "alive", "implied")
    INTERNAL = ("alive", "implied")
    STOCKS = ("cash", "revenue", "growth", "valuation", "share", "alive", "implied")
    risk_appetite = _appetite(0.5, "model.md 26.16")
    cash = _amount("deposits")
    revenue = _amount("annualised revenue", "$bn/yr")
    growth = _amount("growth of revenue", "ln/yr", -2, np.log(20), np.log(4), "model.md Appendix B")
    consumer_share = _amount("part of revenue from consumers", "share", 0, 1, 0.35, "model.md 7.9")
    valuation = _amount("value at the last round or the market; 0: by the rule of 11.1", "$bn", default=0, source="model.md 11.1")
    enterprise_fit = _amount("taste of enterprises for its models", "utility", -3, 3, 0, "model.md 19")
    consumer_fit = _amount("taste of consumers for its models", "utility", -3, 3, 0, "model.md 19")
    opex_ratio = _amount("opex other than compute, part of revenue", "share", 0, 2, 0.3, "model.md 19")
    training_share = _amount("part of compute planned for training", "share", 0, 0.95, 0.5, "model.md 19")
    capability_gap = _amount("how far it trails the frontier", "OOM", 0, 5, 0, "model.md Appendix B")
    open_weight = _amount("1 if its weights are open", "0/1", 0, 1, 0, "assumption")
    extrapolation = _amount("weight of momentum in its forecast", "share", 0, 1, 0.5, "model.md 4")
    share = _amount("part of customers' spend at the start", "share", 0, 1, source="its part of all revenue")
    alive = _amount("1 if it exists at the start", "0/1", 0, 1)
    implied = _amount("1 if its appetite is to be read off its commitments", "0/1", 0, 1)


class CloudColumns:
    """Numbers of an owner of compute."""

    DERIVED = ("fleet_gw", "fleet_age", "book", "outside_rent", "pipeline_gw", "implied")
    INTERNAL = ("implied",)
    risk_appetite = _appetite(0.6, "model.md 26.18")
    cash = _amount("deposits")
    fleet_gw = _amount("compute in service", "GW", source="contracts in service")
    fleet_age = _amount("mean age of what is in service", "years", high=20, source="contracts in service")
    book = _amount("book value of the fleet", source="cost less straight-line depreciation, model.md 9.3")
    other_cash_flow = _amount("cash flow of other business, net of tax", "$bn/yr", -np.inf, default=0, source="model.md 26.17")
    outside_gw = _amount("compute let to others than the labs", "GW", default=0, source="model.md 26.17")
    outside_rent = _amount("rent from others than the labs", "$bn/yr", source="own list rent, model.md 9.5")
    accounting_life = _amount("years over which compute is depreciated", "years", 1, 20, 6, "model.md 19")
    pipeline_gw = _amount("compute contracted and not yet in service", "GW", source="contracts to come")
    implied = _amount("1 if its appetite is to be read off its commitments", "0/1", 0, 1)


class VendorColumns:
    """Numbers of a chip vendor."""

    DERIVED = ("sales", "book_equity", "slots_gw", "backlog")
    risk_appetite = _appetite(0.5, "model.md 26.18")
    cash = _amount("deposits")
    sales = _amount("data-centre sales", "$bn/yr", source="its slots at the chip cost of a GW")
    gross_margin = _amount("gross margin", "share", -1, 1, 0.7, "model.md Appendix B")
    book_equity = _amount("book equity", "$bn", source="its cash")
    slots_gw = _amount("chips it can deliver a quarter", "GW/q", source="data-centre sales at the chip cost of a GW, model.md 26.18")
    other_buyers_share = _amount("part of sales to buyers that are not in this world", "share", 0, 1, 0, "assumption")
    backlog = _amount("chips ordered and not yet delivered", source="contracts to come, by vendor mix")


class InvestorColumns:
    """Numbers of an investor; style 0 momentum, 1 strategic, 2 sovereign, 3 public."""

    DERIVED = ("risk_appetite",)
    risk_appetite = _appetite(None, "by style, model.md 26.18")
    cash = _amount("deposits")
    style = _amount("what it looks at", "code", 0, len(STYLES) - 1)


class LenderColumns:
    """Numbers of a lender."""

    DERIVED = ("risk_appetite", "borrowings")
    risk_appetite = _appetite(None, "model.md 26.18")
    cash = _amount("deposits")
    borrowings = _amount("what it owes to Economy", source="loans not covered by its capital ratio, model.md 26.5")
    capital_ratio = _amount("capital per loan", "share", 0.08, 1, 0.2, "model.md 26.5")


KINDS = {"labs": LabColumns, "clouds": CloudColumns, "vendors": VendorColumns, "investors": InvestorColumns, "lenders": LenderColumns}
COLUMNS = {kind: declared(owner) for kind, owner in KINDS.items()}
ONE = {kind: kind.removesuffix("s") for kind in KINDS}


def writable(kind):
    """{column: declaration} of what a world file may give for a kind of firm."""
    internal = getattr(KINDS[kind], "INTERNAL", ())
    return {name: item for name, item in COLUMNS[kind].items() if name not in internal}


def _named(text):
    if not re.fullmatch(r"(?:[^\W_]|[ .&'()-])+", text) or text != " ".join(text.split()):
        raise ValueError("must consist of letters, digits, single spaces and .&'()-")
    if text.lower() in RESERVED or re.fullmatch(r"entrant( \d+)?", text.lower()):
        raise ValueError("is a name kept for the model itself")
    return text


def _filled(text):
    if not text.strip():
        raise ValueError("must not be blank")
    return text


Name = Annotated[str, AfterValidator(_named)]
Text = Annotated[str, AfterValidator(_filled)]
Positive = Annotated[float, Field(gt=0)]
Stock = Annotated[float, Field(ge=0)]
Confidence = Literal["reported", "secondary", "estimated", "assumption", "model"]


class Table(BaseModel):
    """A table of `world.toml`: every key known, every value of the right type and finite."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Given(Table):
    """A parameter that differs from its declared default."""

    value: float | str
    source: Text
    note: str = ""
    confidence: Confidence = "assumption"


class Structure(Table):
    """What shapes the arrays of a run."""

    entrants: Annotated[int, Field(ge=0, le=8)] = 2
    build_lag: int | None = None
    contract_term: int | None = None


class Recipe(Table):
    """Opening of a world of archetypes: compute and pipeline split by share [model.md Appendix B]."""

    fleet_gw: Stock
    vintage: Annotated[int, Field(lt=0)]
    pipeline_slots: Stock
    pipeline_growth: Positive


class FirmTable(Table):
    """What the table of any firm may say beside its columns."""

    name: Name
    source: Text | None = None
    confidence: Confidence = "assumption"
    note: str = ""
    from_appetite: bool = False


def _table(kind, **extra: Any):
    cells: dict[str, Any] = {name: (float | bool | None, None) for name in writable(kind)}
    return create_model(f"{ONE[kind].title()}Table", __base__=FirmTable, **{**cells, **extra})


_Mix = (dict[str, Stock] | None, None)
LabTable = _table("labs", parent=(str | None, None), listed=(bool, False), gw=(Stock | None, None), weights=_Mix)
CloudTable = _table("clouds", vendor_mix=_Mix, lender_mix=_Mix)
VendorTable = _table("vendors")
InvestorTable = _table("investors", style=(Literal["momentum", "strategic", "sovereign", "public"], ...))
LenderTable = _table("lenders")


class World(Table):
    """The whole of `world.toml`."""

    title: Text
    start: Text
    kind: Literal["named", "archetypes", "tutorial"]
    purpose: Text
    caveat: str = ""
    source: Text
    structure: Structure = Structure()
    parameters: dict[str, Given] = {}
    opening: Recipe | None = None
    labs: Annotated[list[LabTable], Field(min_length=1)]  # type: ignore[valid-type]
    clouds: Annotated[list[CloudTable], Field(min_length=1)]  # type: ignore[valid-type]
    vendors: Annotated[list[VendorTable], Field(min_length=1)]  # type: ignore[valid-type]
    investors: Annotated[list[InvestorTable], Field(min_length=1)]  # type: ignore[valid-type]
    lenders: Annotated[list[LenderTable], Field(min_length=1)]  # type: ignore[valid-type]
    customers: list[dict[str, Any]] = []


class Row(BaseModel):
    """A line of a CSV file, its blank cells left out; numbers are read from text."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)
    source: Text
    confidence: Confidence
    note: str = ""


class FigureRow(Row):
    """One number of one firm."""

    firm: str
    key: str
    value: float
    unit: str
    date: str = ""


class ContractRow(Row):
    """One contract; its GW arrive evenly between the two quarters."""

    tenant: str
    owner: str
    gw: Positive | None = None
    usd_bn: Positive | None = None
    years: Positive | None = None
    first_delivery: str
    full_delivery: str = ""
    prepaid: Stock = 0


class EquityRow(Row):
    """One stake."""

    holder: str
    issuer: str
    usd_bn: Stock | None = None
    share: Annotated[float, Field(ge=0, le=1)] | None = None
    date: str = ""


class DebtRow(Row):
    """One loan or bond."""

    lender: str = ""
    borrower: str
    usd_bn: Stock
    rate: Annotated[float, Field(ge=0, le=1)] | None = None
    quarters_left: Positive | None = None


CSV_FILES = {"figures.csv": FigureRow, "contracts.csv": ContractRow, "equity.csv": EquityRow, "debt.csv": DebtRow}
