"""Agents as views of rows: the one room that makes a row of arrays into a Mesa agent.

A kind of agent declares its state as `column(...)` and its decisions as `@rule` methods, once. A `Population` holds the
columns `[worlds, n]` and runs a rule for all rows of all worlds; an agent is a view of one row and runs the same rule as a
population of one. Inside a rule every operand is `[worlds, n]` or `[worlds, 1]`; only the boundary to the user squeezes:

    labs.cash                     # [worlds, labs]
    labs["OpenAI"].cash           # [worlds], or a number when there is one world
    labs.affordable_compute(rent) # [worlds, labs]
    labs[1].affordable_compute(rent)
"""

import functools
import types

import numpy as np
from mesa.agent import AgentSet

from abm.engine import own_rules, tables
from abm.engine.rules import rule
from abm.errors import BadInput, nearest


class column:  # noqa: N801  (reads as a declaration)
    """A number every agent of a kind has: declared once, stored as `[worlds, n]`.

    A column with a `source` is a public parameter of its kind: it can be set for all rows or for one.
    `default` None means that whoever builds the population must give it. `prior`: what is believed of it where no file gives it.
    """

    def __init__(self, meaning, *, unit, low=-np.inf, high=np.inf, default=None, source="", prior=None):
        self.meaning, self.unit, self.low, self.high = meaning, unit, low, high
        self.default, self.source, self.name = default, source, ""
        self.prior = prior and prior.around(0 if default is None else default)

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, agent, owner=None):
        if agent is None:
            return self
        values = agent.population.columns[self.name][:, agent.row]
        return values if agent.whole else squeezed(values)

    def __set__(self, agent, value):
        agent.population.columns[self.name][:, agent.row] = self.checked(value, agent.name)

    def checked(self, value, firm=""):
        """The value as floats. Raises BadInput naming firm, column, value and range."""
        try:
            number = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            raise BadInput(f"{firm}: {self.name} = {value!r} is not a number") from None
        if not np.all((number >= self.low) & (number <= self.high)):
            raise BadInput(f"{firm}: {self.name} = {value} is outside [{self.low:g}, {self.high:g}] {self.unit}")
        return number


class Population(AgentSet):
    """All agents of one kind, in every world.

    kind: the agents' class; names: one per row; columns: {name: [worlds, n]}, where what is missing takes its default; own: {row: class}
    of agents with rules of their own
    """

    def __init__(self, model, kind, names, columns, worlds, own=None):
        self.kind, self.names, self.worlds, self.own = kind, tuple(names), worlds, dict(own or {})
        self.columns = {**_defaults((kind, *self.own.values()), worlds, len(self.names)), **columns}
        missing = declared(kind).keys() - self.columns.keys()
        if missing:
            raise BadInput(f"{kind.__name__} has no value for {', '.join(sorted(missing))}")
        for each in self.own.values():
            if bare := sorted(declared(each).keys() - self.columns.keys()):
                raise BadInput(f"{each.__name__}: column {bare[0]} has no default; a column of one's own needs one")
        self.model = model
        self._rows = [self.kind_of(row)(model, self, row) for row in range(len(self.names))]
        super().__init__(self._rows, random=model.random)
        self.__dict__.update({name: held for name, held in self.columns.items() if not hasattr(AgentSet, name)})  # found at once

    def __getattr__(self, name):
        columns = self.__dict__.get("columns", {})
        if name in columns:
            return columns[name]
        found = getattr(self.__dict__.get("kind"), name, None)
        if isinstance(found, types.FunctionType) and isinstance(_static(self.kind, name), rule):
            return self._answers(name, found)
        raise AttributeError(f"{type(self).__name__} of {self.__dict__.get('kind')} has no column or rule {name!r}")

    def kind_of(self, row):
        """The class of a row: its own, or that of its kind."""
        return self.own.get(row, self.kind)

    def _answers(self, name, usual):
        """A rule for all rows, each by its own class."""
        rows = {row: kind for row, kind in self.own.items() if _static(kind, name) is not _static(self.kind, name)}
        return functools.partial(own_rules.mixed, self, name, rows) if rows else types.MethodType(usual, self)

    def __getitem__(self, key):
        """One agent by name or row. Raises BadInput for an unknown name."""
        if isinstance(key, str):
            if key not in self.names:
                raise BadInput(f"no {self.kind.__name__} is called {key!r}; {nearest(key, self.names)}")
            key = self.names.index(key)
        return self._rows[key]

    def __repr__(self):
        return tables.population_text(self, declared(self.kind))

    def _repr_html_(self):
        return tables.population_html(self, declared(self.kind))

    def _ipython_key_completions_(self):
        return list(self.names)

    def put(self, **values):
        """Write columns in place, for all rows of all worlds: `labs.put(price=...)`."""
        for name, value in values.items():
            self.columns[name][...] = value

    def run_for_one(self, function, row, *arguments):
        """Run a rule for one row: `[worlds]` arguments widen to `[worlds, 1]`, and the result is squeezed."""
        one = Row(self, row)
        return squeezed_all(function(one, *[_widened(a, self.worlds) for a in arguments]))


class Row:
    """A population of one: what a rule sees as `self` when it runs for a single agent."""

    def __init__(self, population, row):
        self._population, self._row = population, row

    def __getattr__(self, name):
        population, row = self._population, self._row
        if name in population.columns:
            return population.columns[name][:, row : row + 1]
        return own_rules.of_row(self, name, population.kind_of(row))


def declared(kind):
    """{name: column} of a kind, base classes first."""
    return {name: item for base in reversed(kind.__mro__) for name, item in vars(base).items() if isinstance(item, column)}


def squeezed(values):
    """A number when there is one world, else the array over worlds."""
    return values.item() if values.size == 1 else values.copy()


def squeezed_all(result):
    """Drop the axis of one agent from a rule's result, or from each of its results."""
    if isinstance(result, tuple):
        return tuple(squeezed_all(part) for part in result)
    if not isinstance(result, np.ndarray) or result.ndim < 2:
        return result
    own = next((axis for axis in range(1, result.ndim) if result.shape[axis] == 1), None)  # the last one in [worlds, labs, clouds]
    return result if own is None else squeezed(np.take(result, 0, axis=own))


def _widened(argument, worlds):
    is_row = isinstance(argument, np.ndarray) and argument.ndim == 1 and argument.size == worlds
    return argument[:, None] if is_row else argument


def _static(kind, name):
    return next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)


def _defaults(kinds, worlds, n):
    items = {name: item for kind in kinds for name, item in declared(kind).items()}.items()
    return {name: np.full((worlds, n), float(item.default)) for name, item in items if item.default is not None}
