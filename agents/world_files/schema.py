"""The form of a world folder: the tables and keys of `world.toml` and of its four CSV files, checked before anything is built."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from abm.shock_kinds import LARGEST as LARGEST_FIRM
from agents.world_files.columns import LARGEST, ONE, writable

OUTSIDE = "outside"
RESERVED = ("world", OUTSIDE, LARGEST_FIRM)


def _named(text):
    if not re.fullmatch(r"(?:[^\W_]|[ .&'()-])+", text) or text != " ".join(text.split()):
        raise ValueError("must consist of letters, digits, single spaces and .&'()-")
    if not text or text.lower() in RESERVED or re.fullmatch(r"entrant( \d+)?", text.lower()):
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
Dollars = Annotated[float, Field(ge=0, le=LARGEST["$bn"])]
Gigawatts = Annotated[float, Field(ge=0, le=LARGEST["GW"])]
Quarters = Annotated[float, Field(gt=0, le=400)]
Share = Annotated[float, Field(ge=0, le=1)]
Confidence = Literal["reported", "secondary", "estimated", "assumption", "model"]


class Table(BaseModel):
    """A table of `world.toml`: every key known, every value of the right type and finite."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Given(Table):
    """A parameter that differs from its declared default; prior: what is believed of it here, see `abm.priors.read_prior`."""

    value: float | str
    source: Text
    note: str = ""
    confidence: Confidence = "assumption"
    prior: dict[str, Any] | None = None


class Structure(Table):
    """What shapes the arrays of a run."""

    entrants: Annotated[int, Field(ge=0, le=8)] = 2
    build_lag: int | None = None
    contract_term: int | None = None


class Recipe(Table):
    """Opening of a world of archetypes: compute and pipeline split by share [model.md Appendix B]."""

    fleet_gw: Gigawatts
    vintage: Annotated[int, Field(lt=0, ge=-400)]
    pipeline_slots: Gigawatts
    pipeline_growth: Annotated[float, Field(gt=0, le=10)]


class FirmTable(Table):
    """What the table of any firm may say beside its columns."""

    name: Name
    source: Text | None = None
    confidence: Confidence = "assumption"
    note: str = ""
    confirm: bool = False


def _table(kind, **extra: Any):
    cells: dict[str, Any] = dict.fromkeys(writable(kind), (float | bool | None, None))
    return create_model(f"{ONE[kind].title()}Table", __base__=FirmTable, **{**cells, **extra})


_Mix = (dict[str, Stock] | None, None)
LabTable = _table("labs", parent=(str | None, None), listed=(bool, False), gw=(Gigawatts | None, None), weights=_Mix)
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
    settings: dict[str, float | str] = {}
    shocks: list[dict[str, Any]] = []


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
    confirm: bool = False


class ContractRow(Row):
    """One contract; its GW arrive evenly between the two quarters."""

    tenant: str
    owner: str
    gw: Positive | None = None
    mw: Positive | None = None
    usd_bn: Positive | None = None
    price: Positive | None = None
    years: Positive | None = None
    first_delivery: str
    full_delivery: str = ""
    prepaid: Dollars = 0
    confirm: bool = False


class EquityRow(Row):
    """One stake."""

    holder: str
    issuer: str
    usd_bn: Dollars | None = None
    share: Share | None = None
    date: str = ""


class DebtRow(Row):
    """One loan or bond."""

    lender: str = ""
    borrower: str
    usd_bn: Dollars
    rate: Share | None = None
    quarters_left: Quarters | None = None
    instrument: Literal["", "loan", "notes"] = ""


CSV_FILES = {"figures.csv": FigureRow, "contracts.csv": ContractRow, "equity.csv": EquityRow, "debt.csv": DebtRow}
