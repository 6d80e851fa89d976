"""What a run starts from: the opening balance sheets, contracts and stakes, as plain numbers shared by all worlds.

A reader of world files (`agents.world_files.folder`) makes an `Opening`; the model turns it into books. Firms are named here and
nowhere else in `abm`. Row order everywhere: labs, clouds, vendors, investors, lenders, then "enterprise customers",
"consumers", "Economy", "MonetaryAuthority" (`ALL_KINDS` and `PASSIVE`).
"""

from dataclasses import dataclass, field

import numpy as np

from abm.clock import Quarter

FIRM_KINDS = ("labs", "clouds", "vendors", "investors", "lenders")
PASSIVE = ("enterprise customers", "consumers", "Economy", "MonetaryAuthority")


@dataclass(frozen=True)
class Tranche:
    """One delivery of one contract: so many GW of one tenant at one owner from one quarter on.

    tenant: lab row, or -1 for idle compute (owned, let to nobody); owner: cloud row
    delivery: quarter in which it came or will come into service; gw: nominal GW
    rent: take-or-pay rent while in force, $bn a year; term: quarters from delivery; prepaid: $bn already paid in advance
    """

    tenant: int
    owner: int
    delivery: Quarter
    gw: float
    rent: float
    term: int
    prepaid: float = 0.0


@dataclass(frozen=True)
class Figure:
    """One opening number and where it comes from; `confidence` is reported, secondary, estimated, assumption or model."""

    firm: str
    key: str
    value: float
    unit: str
    source: str
    confidence: str
    date: str = ""
    note: str = ""


@dataclass(frozen=True)
class Opening:
    """The starting point of a run, the same in every world.

    names: {kind: names of its rows}; `labs` ends with the spare rows for entrants
    columns: {kind: {column: value per row}}; every column the kind declares and that has no default must be there;
        a column that only the population reads may be [worlds, rows] where the worlds of a batch differ in it
    parameters: {public name: value} of what differs from the declared defaults
    priors: {public name: Prior} of what this world gives and is not sure of
    weights: lab purchases over clouds, [labs, clouds], rows sum to 1
    vendor_mix: chips of each owner by vendor, [clouds, vendors]; lender_mix: loans of each owner by lender, [clouds, lenders]
    parent: cloud row that wholly owns the lab, or -1, [labs]
    shares: {issuer kind: [all firm rows + passive rows, issuers]}: who holds what part of each issuer, columns sum to 1
    debt: loans of clouds, [lenders, clouds], $bn; debt_life: quarters over which they are repaid, [lenders, clouds]
    notes: what falls due at once, as (lender row, cloud row, $bn, quarters until then)
    segments: customer segments as rows of plain dictionaries (see agents.customers)
    shocks: what happens in every run of this world, a Shock each
    """

    name: str
    title: str
    kind: str
    purpose: str
    caveat: str
    start: Quarter
    names: dict
    columns: dict
    parameters: dict
    weights: np.ndarray
    vendor_mix: np.ndarray
    lender_mix: np.ndarray
    parent: np.ndarray
    shares: dict
    debt: np.ndarray
    debt_life: np.ndarray
    tranches: tuple = ()
    notes: tuple = ()
    segments: tuple = ()
    shocks: tuple = ()
    entrants: int = 2
    figures: tuple = field(default=(), repr=False)
    debt_rate: np.ndarray | None = None  # contracted rates of loans and notes per year, NaN where not known, [lenders, clouds]
    priors: dict = field(default_factory=dict, repr=False)
    inhabitants: object = field(default=None, repr=False)  # classes, parameters and customers, see agents.inhabitants
    fingerprint: str = ""  # sha256 of the world's files, part of a run's address

    def __repr__(self):
        counts = {kind: len(names) for kind, names in self.names.items() if kind in FIRM_KINDS}
        kinds = ", ".join(f"{count} {kind.removesuffix('s') if count == 1 else kind}" for kind, count in counts.items())
        return f"<World {self.name}: {self.title}; opens {self.start}; {kinds}; {self.purpose}>"

    def rows(self, kind):
        """The slice of a kind in the order of all agents."""
        start = sum(len(self.names[k]) for k in FIRM_KINDS[: FIRM_KINDS.index(kind)])
        return slice(start, start + len(self.names[kind]))

    @property
    def all_names(self):
        """Names of all agents in the ledger's order."""
        return [name for kind in FIRM_KINDS for name in self.names[kind]] + list(PASSIVE)
