"""Values set by hand on an opening: `lab.cash` for all labs, `lab.OpenAI.cash` for one, any other name for a parameter.

Names of firms may contain dots and spaces; the longest one that fits is meant. Setting an appetite moves
what the world derives from it (model.md 4).
"""

import difflib
from dataclasses import replace

import numpy as np

from abm.errors import BadInput, nearest
from abm.shocks import refuse_extended
from abm.start.opening import Figure
from agents.appetite import FROM_APPETITE, MAPPED, follows
from agents.world_files.columns import ASSUMED, COLUMNS, KINDS, ONE, STATES, STORED, STYLES, LabColumns, settable
from agents.world_files.draft import checked

KIND_OF = {one: kind for kind, one in ONE.items()}
SET_BY_HAND = "set by the user"


def with_overrides(opening, values, parameters=()):
    """A new opening with these values, {public name: number}.

    parameters: the public names of all declared parameters, if known; then every name is checked, otherwise the model checks
    them later. Raises BadInput naming the key, the value and the rule, with the nearest name for a typo.
    """
    columns = {kind: {key: cells.copy() for key, cells in opening.columns[kind].items()} for kind in KINDS}
    cells = {name: _cell(opening, name, set(parameters)) for name in values}
    figures = {(figure.firm, figure.key): figure for figure in opening.figures}
    for name in sorted(values, key=lambda name: _order(name, cells[name])):  # one firm's value wins over that of all
        if cells[name]:
            _set(opening, columns, figures, cells[name], values[name], name)
    _shares_of_demand(columns["labs"], {cell for cell in cells.values() if cell}, opening)
    others = {name: value for name, value in values.items() if not cells[name]}
    if any(cell and (cell[0], cell[2]) == ("labs", "revenue") for cell in cells.values()):
        others = {"customers.opening_spend": float(columns["labs"]["revenue"].sum()), **others}
    return replace(opening, columns=columns, parameters={**opening.parameters, **others}, figures=tuple(figures.values()))


def _order(name, cell):
    """Appetites before what is mapped from them, all firms before one."""
    if not cell:
        return (False, False)
    kind, _, key = cell
    return (key != "risk_appetite", name != f"{ONE[kind]}.{key}")


def _cell(opening, name, parameters):
    """(kind, rows, column) that a name means, or None for a parameter."""
    refuse_extended(name, f"--set {name}")
    prefix, _, rest = name.partition(".")
    if prefix in KIND_OF and rest.rpartition(".")[2] in STATES:
        raise BadInput(f"--set {name}: {rest.rpartition('.')[2]!r} is a state that the model keeps, not a setting")
    kind = KIND_OF.get(prefix)
    if name in parameters and (kind is None or rest not in settable(kind)):
        return None
    if kind is None:
        return _parameter(name, parameters)
    if rest in settable(kind):
        return kind, _all_rows(opening, kind, rest), rest
    firm = max((firm for firm in opening.names[kind] if rest.startswith(f"{firm}.")), key=len, default="")
    if firm:
        return kind, (opening.names[kind].index(firm),), _column(kind, rest[len(firm) + 1 :], name)
    if "." in rest:
        firm, _, _ = rest.rpartition(".")
        raise BadInput(f"--set {name}: no {prefix} is called {firm!r}; {nearest(firm, opening.names[kind])}".removesuffix("; "))
    typo = difflib.get_close_matches(rest, settable(kind), n=1, cutoff=ASSUMED["near_name"])
    if typo:
        raise BadInput(f"--set {name}: unknown name; did you mean '{prefix}.{typo[0]}'?")
    return _parameter(name, {*parameters, *(f"{prefix}.{key}" for key in settable(kind))} if parameters else ())


def _parameter(name, parameters):
    if parameters and name not in parameters:
        raise BadInput(f"--set {name}: unknown name; {nearest(name, parameters)}".removesuffix("; "))


def _column(kind, key, name):
    if key not in settable(kind):
        raise BadInput(f"--set {name}: a {ONE[kind]} has no {key!r}; {nearest(key, settable(kind))}".removesuffix("; "))
    return key


def _all_rows(opening, kind, key):
    """Rows that "all" means: stocks are not given to labs that do not exist yet."""
    rows = range(len(opening.names[kind]))
    if kind != "labs" or key not in LabColumns.STOCKS:
        return tuple(rows)
    return tuple(row for row in rows if opening.columns["labs"]["alive"][row])


def _set(opening, columns, figures, cell, value, name):
    kind, rows, key = cell
    for row in rows:
        firm, item = opening.names[kind][row], COLUMNS[kind][key]
        number = checked(item, _coded(key, value), f"--set {name}")
        _write(columns, figures, kind, row, firm, key, number, SET_BY_HAND)
        if key in MAPPED.get(kind, {}):
            columns[kind][follows(key)][row] = 0
        if key == "risk_appetite":
            _follow(columns, figures, kind, row, firm, number)


def _coded(key, value):
    return STYLES.index(value) if key == "style" and value in STYLES else value


def _write(columns, figures, kind, row, firm, key, number, source):
    columns[kind][key][row] = number * STORED.get((kind, key), 1)
    if kind != "labs" or columns[kind]["alive"][row]:
        figures[firm, key] = Figure(firm, key, number, COLUMNS[kind][key].unit, source, "assumption")


def _follow(columns, figures, kind, row, firm, appetite):
    """Numbers that nobody gave follow the appetite [model.md 4]."""
    for key, mapping in MAPPED.get(kind, {}).items():
        if columns[kind][follows(key)][row]:
            _write(columns, figures, kind, row, firm, key, mapping(appetite), FROM_APPETITE)


def _shares_of_demand(labs, cells, opening):
    """Shares of demand sum to 1: labs whose share was not set give or take in proportion."""
    chosen = {row for kind, rows, key in cells if (kind, key) == ("labs", "share") for row in rows}
    if not chosen:
        return
    fixed = np.isin(np.arange(len(labs["share"])), list(chosen))
    rest, others = 1 - labs["share"][fixed].sum(), labs["share"][~fixed].sum()
    if rest < -ASSUMED["rounding"] or (others <= 0 and abs(rest) > ASSUMED["rounding"]):
        raise BadInput(f"--set lab share: the shares of {opening.name} would sum to {1 - rest + others:g}; the rule is 1")
    labs["share"][~fixed] *= max(0, rest) / others if others > 0 else 0
