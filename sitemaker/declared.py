"""Pages of what can be set, measured and asked for, from the functions behind `overreach parameters`, `measures` and so on."""

from html import escape

from experiments.catalogue import measure_rows, outcome_rows, shock_rows
from experiments.declarations import declarations
from experiments.words import significant

PARAMETERS = """# Parameters

Every number that can be set, as `overreach parameters` lists it: {count} of them. Set one with `--set NAME=VALUE`, in a world's file, or
with `overreach.load_world(name, {{"NAME": value}})`. `lab.x` sets all labs, `lab.OpenAI.x` one.

- "per firm" means that the world's files give the number, or a rule derives it.
- The source says where the value is from. "assumption" says that nobody knows it, and that a run with another value is worth its time.
"""
MEASURES = """# Measures

What is measured every quarter, as `overreach measures` lists it: {count} measures. In Python a measure of the industry is
`industry.indicators["name"]`, all are in `industry.panel()`, and `industry.describe("name")` says what one means.
"""
OUTCOMES = """# Outcomes

What a run comes to, one number a future, as `overreach outcomes` lists it: {count} outcomes. `--outcome` and `--until` take them; in Python
they are the columns of `run.outcomes()` and `industry.outcomes()`. The example is a condition for `--until`.
"""
SHOCKS = """# Shocks

What can happen at a date, as `overreach shocks` lists it: {count} shocks. What each one does in the code: model.md 14.
"""


def pages():
    """{path below docs: Markdown} of all pages made from declarations."""
    return {
        "reference/parameters.md": parameters(),
        "reference/measures.md": measures(),
        "reference/outcomes.md": outcomes(),
        "reference/shocks.md": shocks(),
    }


def parameters():
    """A table for each group of parameters, by the first part of the name."""
    rows = declarations()
    groups: dict = {}
    for row in rows:
        groups.setdefault(row.name.partition(".")[0], []).append(row)
    head = ("name", "value", "allowed", "meaning")
    parts = [PARAMETERS.format(count=len(rows))]
    for group, members in sorted(groups.items()):
        cells = [(_name(r.name), f"{significant(r.value)} {r.unit}".strip(), r.allowed, _with_source(r)) for r in members]
        parts.append(f"## {group} {{#{group}}}\n\n{table(head, cells)}")
    return "\n".join(parts)


def measures():
    """A table for each kind of firm, the industry first."""
    rows = measure_rows()
    kinds: dict = {}
    for row in rows:
        kind, _, shape = row.example.partition(" ")
        kinds.setdefault(kind, []).append((_name(f"{kind}.{row.name}", row.name), row.unit, f"`{shape}`", _plain(row.meaning)))
    head = ("name", "unit", "shape", "meaning")
    parts = [MEASURES.format(count=len(rows))]
    parts += [f"## {kind.capitalize()} {{#{kind}}}\n\n{table(head, cells)}" for kind, cells in kinds.items()]
    return "\n".join(parts)


def outcomes():
    """One table."""
    rows = outcome_rows()
    cells = [(_name(row.name), row.unit, row.meaning, f"`{row.example}`") for row in rows]
    return OUTCOMES.format(count=len(rows)) + "\n" + table(("name", "unit", "meaning", "condition"), cells)


def shocks():
    """A section for each shock, with how it is written and a table of its values."""
    rows = shock_rows()
    named = [row for row in rows if row.example]
    parts = [SHOCKS.format(count=len(named))]
    for shock in named:
        own = [row._replace(name=row.name.rstrip("=")) for row in rows if row.name.startswith(f"{shock.name},")]
        values = [(_name(row.name, row.name.partition(",")[2]), row.unit, row.meaning) for row in own]
        parts.append(f"## {shock.name} {{#{shock.name}}}\n\n{shock.meaning}.\n\n```text\n{shock.example}\n```\n")
        parts += [table(("value", "unit, range, usual value", "meaning"), values)] if values else []
    return "\n".join(parts)


def table(head, rows):
    """A Markdown table; cells may hold code spans."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def _name(name, shown=None):
    """A name that can be linked to."""
    return f'<code id="{escape(name)}">{escape(shown or name)}</code>'


def _with_source(row):
    return f"{_plain(row.meaning)}. *Source: {_plain(row.source)}*"


def _cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def _plain(text):
    return text.replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")
