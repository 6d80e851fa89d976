"""An opening in the making: numbers that are NaN until a file gives them, a rule derives them or a default fills them.

Whatever is set leaves a `Figure` behind that says where it comes from, so that the finished opening can list its assumptions.
"""

import numpy as np

from abm.clock import Quarter
from abm.compute.prices import FleetParameters
from abm.errors import BadInput, nearest
from abm.finance.lending_parameters import LenderParameters
from abm.start.opening import PASSIVE, Figure
from agents.appetite import FROM_APPETITE, MAPPED, follows
from agents.customers_parameters import CustomersParameters
from agents.world_files.columns import APPETITE_BY_STYLE, APPETITE_OF_LENDERS, ASSUMED, COLUMNS, KINDS, ONE, STYLES, writable
from agents.world_files.magnitudes import ask_about_firms

MEDIAN = "median of its prior; what its promises imply is read beside it"
USED_GROUPS = (FleetParameters, LenderParameters, CustomersParameters)


class Draft:
    """The world being built; columns: {kind: {column: [rows]}}, NaN where nothing is known yet."""

    def __init__(self, world, structure, files):
        self.world, self.structure, self.files = world, structure, files
        self.where = files.where(files.toml)
        self.start = Quarter.parse(world.start)
        self.named = world.kind == "named"
        self.names = {kind: [firm.name for firm in getattr(world, kind)] for kind in KINDS}
        self.index = _index(self.names, self.where)
        self.columns = {kind: {key: np.full(len(self.names[kind]), np.nan) for key in COLUMNS[kind]} for kind in KINDS}
        self.figures = []
        self.unconfirmed = []  # (where, kind, row, key) of the numbers that the files give and do not say to be meant

    def parameter(self, name):
        """A declared number as this world has it, before any override; used where an opening must be derived."""
        if name in self.structure:
            return self.structure[name]
        group, _, short = name.partition(".")
        item = next(g.declared()[short] for g in USED_GROUPS if g.name == group)
        given = self.world.parameters.get(name)
        return float(item.checked(given.value if given else item.value, self.where))

    def find(self, name, kinds, where):
        """(kind, row) of a firm. Raises BadInput with the nearest name of these kinds."""
        found = self.index.get(name)
        if found is None or found[0] not in kinds:
            allowed = [known for kind in kinds for known in self.names[kind]]
            sought = " or ".join(ONE[kind] for kind in kinds)
            raise BadInput(f"{where}: no {sought} is called {name!r}; {nearest(name, allowed)}".removesuffix("; "))
        return found

    def note(self, firm, key, value, unit, source, confidence, date="", note=""):
        """Remember where a number comes from."""
        self.figures.append(Figure(firm, key, float(value), unit, source, confidence, date, note))

    def set(self, where, kind, row, key, value, confirm=False, **about):
        """Set one cell from a file. Raises BadInput if it is out of bounds or already there.

        confirm: whether the file says that it is meant, however large; about: source, confidence, ...
        """
        item, name, cells = COLUMNS[kind][key], self.names[kind][row], self.columns[kind][key]
        if not np.isnan(cells[row]):
            raise BadInput(f"{where}: {key} of {name!r} is given twice; it is {cells[row]:g} already")
        cells[row] = checked(item, value, f"{where}: {name}")
        if not confirm:
            self.unconfirmed.append((where, kind, row, key))
        self.note(name, key, value, item.unit, **about)

    def fill(self, kind, key, values, source="", confidence="model", note=""):
        """Set the cells that are still unknown; values: one, or one per row. A value that is NaN leaves the cell unknown."""
        item, cells = COLUMNS[kind][key], self.columns[kind][key]
        values = np.broadcast_to(np.asarray(values, dtype=float), cells.shape)
        for row in np.flatnonzero(np.isnan(cells) & ~np.isnan(values)):
            cells[row] = values[row]
            self.note(self.names[kind][row], key, values[row], item.unit, source or item.source, confidence, note=note)

    def require(self, kind, key, row):
        """Raises BadInput for a number that nothing can stand in for."""
        name = self.names[kind][row]
        raise BadInput(f"{self.where}: {kind} {name!r} has no {key!r}; give it in its table or in figures.csv")


def checked(item, value, where):
    """A finite number within the bounds of its column. Raises BadInput naming key, value and range."""
    if isinstance(value, bool) and item.unit != "0/1":
        raise BadInput(f"{where}: {item.name} = {value} is not a number")
    number = item.checked(value, where)
    if item.unit == "0/1" and float(number) not in (0, 1):
        raise BadInput(f"{where}: {item.name} = {value} is not allowed; it is 0 or 1")
    if item.unit == "code" and float(number) != int(number):
        raise BadInput(f"{where}: {item.name} = {value} is not allowed; it is a whole number")
    if not np.all(np.isfinite(number)):
        raise BadInput(f"{where}: {item.name} = {value} is not a finite number")
    return float(number)


def _index(names, where):
    """{name: (kind, row)}. Names that differ only in capitals count as the same."""
    seen = {name.lower(): name for name in PASSIVE}
    index = {}
    for kind, firms in names.items():
        for row, name in enumerate(firms):
            if name.lower() in seen:
                raise BadInput(f"{where}: {kind} {name!r}: the name is already taken by {seen[name.lower()]!r}; names are used once")
            seen[name.lower()] = name
            index[name] = (kind, row)
    return index


def give(draft, figures):
    """Everything the files say: first the firms' own tables, then `figures.csv`, rows as [(where, row)]."""
    for kind in KINDS:
        for row, firm in enumerate(getattr(draft.world, kind)):
            _give_table(draft, kind, row, firm)
    for where, line in figures:
        kind, row = draft.find(line.firm, tuple(KINDS), where)
        item = writable(kind).get(line.key)
        if item is None:
            raise BadInput(f"{where}: {kind} have no key {line.key!r}; {nearest(line.key, writable(kind))}")
        if line.unit != item.unit:
            raise BadInput(f"{where}: {line.key} of {line.firm!r} is in {line.unit!r}; the rule is {item.unit!r}")
        about = {"source": line.source, "confidence": line.confidence, "date": line.date, "note": line.note}
        draft.set(where, kind, row, line.key, line.value, confirm=line.confirm, **about)


def _give_table(draft, kind, row, firm):
    about = {"source": firm.source or draft.world.source, "confidence": firm.confidence, "note": firm.note}
    for key in writable(kind):
        value = getattr(firm, key)
        if value is not None:
            value = STYLES.index(value) if key == "style" else value
            draft.set(f"{draft.where}: {kind}", kind, row, key, value, confirm=firm.confirm, **about)


def settle(draft):
    """Appetites, what is mapped from them, plain defaults; then the numbers that must be there are there."""
    _appetites(draft)
    draft.fill("labs", "consumer_share", draft.parameter("customers.consumer_opening_share"))
    draft.fill("labs", "listed", [lab.listed for lab in draft.world.labs], source=draft.world.source, confidence="assumption")
    _map_from_appetite(draft)
    for kind, owner in KINDS.items():
        derived = getattr(owner, "DERIVED", ())
        for key, item in COLUMNS[kind].items():
            if item.default is not None:
                draft.fill(kind, key, item.default)
            elif key not in derived and np.isnan(draft.columns[kind][key]).any():
                draft.require(kind, key, int(np.flatnonzero(np.isnan(draft.columns[kind][key]))[0]))


def _appetites(draft):
    """How firms decide of which no file says it: the median of the prior of their kind [model.md 26.16, 26.18]."""
    first, others = APPETITE_OF_LENDERS
    for kind in ("labs", "clouds", "vendors"):
        draft.fill(kind, "risk_appetite", COLUMNS[kind]["risk_appetite"].default, note=MEDIAN)
    styles = [STYLES[int(code)] for code in draft.columns["investors"]["style"]]
    draft.fill("investors", "risk_appetite", [APPETITE_BY_STYLE[style] for style in styles], note=MEDIAN)
    draft.fill("lenders", "risk_appetite", [others if row else first for row in range(len(draft.names["lenders"]))], note=MEDIAN)
    draft.columns["labs"]["alive"][:] = 1


def _map_from_appetite(draft):
    """Section 4's mappings, for firms that do not give the number itself."""
    for kind, mappings in MAPPED.items():
        columns = draft.columns[kind]
        for key, mapping in mappings.items():
            columns[follows(key)][:] = np.isnan(columns[key])
            draft.fill(kind, key, mapping(columns["risk_appetite"]), source=FROM_APPETITE)


def demand(draft):
    """Revenue and share of demand of every lab, each from the other where only one is given; then amounts have their measure, and those
    out of proportion are asked about."""
    columns = draft.columns["labs"]
    if np.isnan(columns["revenue"]).all() and not np.isnan(columns["share"]).any():
        spend = draft.parameter("customers.opening_spend")
        draft.fill("labs", "revenue", columns["share"] * spend, source="its share of all spend, model.md 19")
    if np.isnan(columns["revenue"]).any():
        draft.require("labs", "revenue", int(np.flatnonzero(np.isnan(columns["revenue"]))[0]))
    unknown = np.isnan(columns["share"])
    weight = np.where(unknown, columns["revenue"], 0)
    weight = weight if weight.sum() > 0 else np.where(unknown, 1, 0)
    rest = 1 - np.nansum(columns["share"])
    draft.fill("labs", "share", rest * weight / weight.sum() if unknown.any() else np.nan)
    check_sum(columns["share"], 1, f"{draft.where}: the shares of the labs")
    columns["share"] /= columns["share"].sum()
    ask_about_firms(draft)


def check_sum(values, total, what):
    """Raises BadInput unless the values are not negative and sum to the total as closely as a file can say."""
    if not np.all(values >= 0) or not np.isclose(np.sum(values), total, rtol=0, atol=ASSUMED["rounding"]):
        raise BadInput(f"{what} sum to {np.sum(values):g}; the rule is that they are not negative and sum to {total:g}")
