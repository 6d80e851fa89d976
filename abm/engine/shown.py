"""What a user sees of a model when its name is typed, and the list of its measures. Nothing here is read by the model."""

import numpy as np
import pandas as pd

from abm.engine.tables import html
from abm.errors import BadInput, nearest
from abm.measures.catalogue import catalogue

KINDS = ("labs", "clouds", "vendors", "investors", "lenders")
PUBLIC = (
    *("labs", "clouds", "vendors", "investors", "lenders", "customers", "agents", "agents_by_type", "opening", "shocks", "settings"),
    *("worlds", "world_ids", "seed", "quarter", "age", "step", "run", "panel", "indicators", "measures", "describe"),
)  # what `dir(industry)` lists


class Indicators(dict):
    """{indicator: [worlds, quarters] or [worlds, quarters, firms]}, which says what it holds instead of printing all of it."""

    def __missing__(self, name):
        raise BadInput(f"no indicator is called {name!r}; {nearest(name, self) or 'list(industry.indicators) names them'}")

    def __repr__(self):
        shapes = ", ".join(sorted({str(list(np.shape(values))) for values in self.values()}))
        return f"<{len(self)} indicators, arrays of shape {shapes}; list(...) names them, industry.describe(name) says what one means>"

    def _repr_pretty_(self, printer, cycle):
        printer.text(repr(self))


def industry_text(industry):
    """World, worlds, seed, quarter, agents by kind."""
    ran = f"{industry.age} quarter{'' if industry.age == 1 else 's'} run, {industry.quarter} is next"
    kinds = ", ".join(f"{count:,} {kind.removesuffix('s') if count == 1 else kind}" for kind, count in _counts(industry).items())
    worlds = f"{industry.worlds:,} world{'' if industry.worlds == 1 else 's'}"
    return f"<Industry {industry.opening.name}: {worlds}, seed {industry.seed}; {ran}; {kinds}>"


def industry_html(industry):
    """The same as a table."""
    rows = {
        "world": industry.opening.name,
        "worlds": f"{industry.worlds:,}",
        "seed": industry.seed,
        "quarters run": industry.age,
        "next quarter": industry.quarter,
        **{kind: f"{count:,}" for kind, count in _counts(industry).items()},
    }
    frame = pd.DataFrame({"": [str(value) for value in rows.values()]}, index=list(rows))
    return html(industry.opening.title or industry.opening.name, frame)


def _counts(industry):
    found = {kind: len(getattr(industry, kind).names) for kind in KINDS}
    return found | ({"customers": industry.customers.n} if industry.customers is not None else {})


def measures_table(industry, pattern=""):
    """A row for each measure: unit, shape and meaning. pattern: part of a name, a label or a meaning."""
    rows = [item for item in catalogue(industry).values() if pattern.lower() in f"{item.name} {item.label} {item.meaning}".lower()]
    columns = {key: [getattr(item, key) for item in rows] for key in ("name", "kind", "unit", "shape", "label", "meaning")}
    return pd.DataFrame(columns).set_index("name")


def with_units(panel, measures):
    """The tidy table with units and meanings of its measures in `attrs`, {measure: text}. measures: Measures, of others too."""
    there = set(panel["measure"].unique())
    items = [item for item in measures if item.name in there]
    panel.attrs["units"] = {name: _of_each_kind(name, items, "unit") for name in dict.fromkeys(item.name for item in items)}
    panel.attrs["meanings"] = {name: _of_each_kind(name, items, "meaning") for name in panel.attrs["units"]}
    return panel


def _of_each_kind(name, items, what):
    """The unit or the meaning of a measure; where the kinds that have it differ, that of each with its kind."""
    found = {item.kind: getattr(item, what) for item in items if item.name == name}
    texts = set(found.values())
    return texts.pop() if len(texts) == 1 else "; ".join(f"{kind}: {text}" for kind, text in found.items())
