"""What a user sees of a kind of agents and of one agent when its name is typed: short text, and a table in a notebook.

Numbers are medians over worlds. items: {name: column} that the kind declares. Nothing here is read by the model.
"""

from html import escape

import numpy as np
import pandas as pd

COLUMNS = ("risk_appetite", "cash", "revenue", "sales", "spend", "stage", "alive")  # of the table of a kind, those that it has
MOST_ROWS = 20
DIGITS = 3
DUST = 1e-12  # what rounding leaves of a number that is zero


def table(population, items):
    """Name and medians over worlds of what matters most of a kind, a row for each agent; `alive` is the share of worlds."""
    held = [name for name in COLUMNS if name in population.columns]
    values = {name: np.median(np.asarray(population.columns[name], dtype=float), axis=0) for name in held}
    alive = alive_in(population)
    if alive is not None:
        values["alive"] = alive
    frame = pd.DataFrame(values, index=list(population.names))
    units = {name: item.unit for name, item in items.items()}
    frame.attrs["units"] = {name: "share of worlds" if name == "alive" else units.get(name, "") for name in frame}
    return frame


def alive_in(population):
    """Share of worlds in which each is in business, [n]; None for a kind that cannot fail."""
    columns = population.columns
    if "alive" in columns:
        return (columns["alive"] > 0).mean(axis=0)
    return (columns["died"] < 0).mean(axis=0) if "died" in columns else None


def population_text(population, items):
    """How many there are, and the table."""
    frame = table(population, items)
    return f"{_heading(population)}\n{_with_units(frame).head(MOST_ROWS).to_string(float_format=_number)}{_more(frame)}"


def population_html(population, items):
    """The same for a notebook."""
    frame = table(population, items)
    return html(_heading(population).strip("<>"), _with_units(frame).head(MOST_ROWS), _more(frame))


def _heading(population):
    over = "" if population.worlds == 1 else f", medians over {population.worlds:,} worlds"
    several = "" if len(population.names) == 1 else "s"
    return f"<{len(population.names):,} agent{several} of the kind {population.kind.__name__}{over}>"


def _more(frame):
    return f"\n... and {len(frame) - MOST_ROWS:,} more" if len(frame) > MOST_ROWS else ""


def _with_units(frame):
    units = frame.attrs["units"]
    return frame.rename(columns={name: f"{name} [{units[name]}]" for name in frame if units[name]})


def customers_text(people):
    """How many there are, and what they spend."""
    spend = np.median(people.spend.sum(axis=1))
    served = 100 * np.median((people.paid > 0).mean(axis=1))
    over = "" if people.worlds == 1 else f" (medians over {people.worlds:,} worlds)"
    return f"<{people.n:,} customers who want to spend {_number(spend)} $bn/year; {served:.0f} % of them pay a lab{over}>"


def agent_text(agent, items):
    """Name, kind, and what matters most of it."""
    population, row = agent.population, agent.row
    units = {name: item.unit for name, item in items.items()}
    held = [name for name in COLUMNS if name in population.columns and name != "alive"]
    parts = [f"{name} {_number(np.median(population.columns[name][:, row]))} {units[name].removeprefix('1')}".strip() for name in held]
    alive = alive_in(population)
    if alive is not None:
        parts.append(_living(alive[row], population.worlds))
    elif population.worlds > 1:
        parts.append(f"medians over {population.worlds:,} worlds")
    return f"<{type(agent).__name__} {agent.name}: {', '.join(parts)}>"


def _living(share, worlds):
    if worlds == 1:
        return "alive" if share else "not in business"
    return f"alive in {100 * share:.0f} % of {worlds:,} worlds (medians)"


def agent_html(agent, items):
    """Everything the agent knows, as a table."""
    values = {name: np.median(agent.population.columns[name][:, agent.row]) for name in items if name in agent.population.columns}
    frame = pd.DataFrame(
        {
            "median": [_number(value) for value in values.values()],
            "unit": [items[name].unit for name in values],
            "meaning": [items[name].meaning for name in values],
        },
        index=list(values),
    )
    return html(f"{agent.name}, {type(agent).__name__}", frame)


def _number(value):
    value = 0 if abs(value) < DUST else value
    return f"{value:,.{DIGITS}g}" if abs(value) < 10**DIGITS else f"{value:,.0f}"


def html(title, frame, more=""):
    """A frame under its title, names escaped."""
    return f"<div><b>{escape(title)}</b>{frame.to_html(border=0, float_format=_number)}<p>{escape(more.strip())}</p></div>"
