"""Rules of a user's own: a class that overrides one rule of its kind, beside firms that keep the usual one.

    class CautiousBank(Lender):
        def financed(self, cover, most, mood, lending):
            return 0 if self.cash < 5 else super().financed(cover, most, mood, lending)

    Industry(world, agents={"banks": CautiousBank})

A plain method is one firm in one world, beside one counterparty where the rule has any: numbers in, a number out. It is asked again for
every world, which takes its time. With `@rule` it is asked once, for all worlds and rows together, in arrays.
A rule that uses another rule of the same firm gets the firm's own one, where it has one.
"""

import functools
import inspect
import itertools
import types
import warnings
from collections.abc import Mapping

import numpy as np

from abm.engine.rules import rule
from abm.errors import BadInput, nearest
from abm.parameters import Group


class SlowRule(UserWarning):
    """A rule in plain Python runs once for each world."""


class own_rule(rule):  # noqa: N801  (stands where a rule stands)
    """A rule in plain Python, for one firm of one world."""

    def __get__(self, agent, owner=None):
        if agent is None:
            return self.function
        if agent.whole:
            return functools.partial(_within_arrays, agent, self)
        if agent.world is not None:
            return types.MethodType(self.function, agent)
        return functools.partial(_asked_of_agent, agent, self)


def adopt(kind):
    """Make rules of the methods that override one, with the place of the firm that the rule has. Raises BadInput for other arguments."""
    for name, method in list(vars(kind).items()):
        usual = next((vars(base)[name] for base in kind.__mro__[1:] if isinstance(vars(base).get(name), rule)), None)
        if usual is None:
            continue
        plain = isinstance(method, types.FunctionType)
        if not plain and not isinstance(method, rule):
            raise BadInput(f"{kind.__name__}.{name} is not a function; the rule {name} of {kind.__mro__[1].__name__} is one")
        own = own_rule(method) if plain else method
        own.axis = usual.axis
        _check_arguments(kind, name, own.function, usual.function)
        setattr(kind, name, own)


def _check_arguments(kind, name, own, usual):
    asked, given = (list(inspect.signature(function).parameters) for function in (usual, own))
    if len(asked) != len(given):
        raise BadInput(f"{kind.__name__}.{name}({', '.join(given)}) has other arguments than the rule: {name}({', '.join(asked)})")


def kinds_of_rows(agents, names, kinds):
    """Which rows have a class of their own: {kind of firm: {row: class}}.

    agents: {firm or kind of firm: class}, a firm before its kind; names: of firms, and kinds: usual classes, both by kind of firm.
    Raises BadInput for a firm that is not there, and for a class of another kind, or one that overrides no rule.
    """
    if not isinstance(agents or {}, Mapping):
        raise BadInput(f"agents = {agents!r} is not allowed; {{firm or kind of firm: class}}")
    found = {plural: {} for plural in names}
    for key, own in sorted((agents or {}).items(), key=lambda item: item[0] not in names):
        plural = key if key in names else next((plural for plural, firms in names.items() if key in firms), None)
        if plural is None:
            raise BadInput(f"agents: nobody is called {key!r}; {nearest(key, [*names, *itertools.chain(*names.values())])}")
        usual = kinds[plural]
        if not (isinstance(own, type) and issubclass(own, usual)):
            raise BadInput(f"agents: {key!r} = {own!r} is not allowed; a class that derives from {usual.__name__}")
        _check_rules(key, own, usual)
        rows = range(len(names[plural])) if key == plural else [list(names[plural]).index(key)]
        found[plural] |= dict.fromkeys(rows, own)
    return found


def _check_rules(key, own, usual):
    """A rule whose name is misspelt would silently leave the firm with the usual one."""
    rules = [name for name in dir(usual) if isinstance(inspect.getattr_static(usual, name), rule)]
    if all(inspect.getattr_static(own, name) is inspect.getattr_static(usual, name) for name in rules):
        raise BadInput(f"agents: {key!r} = {own.__name__} overrides no rule of {usual.__name__}; rules: {', '.join(rules)}")


def mixed(population, name, rows, *arguments):
    """A rule for a population in which some rows have their own: the usual answer, with theirs in its place."""
    usual = inspect.getattr_static(population.kind, name)
    answer = np.array(usual.function(population, *arguments), dtype=float)
    for kind in dict.fromkeys(rows.values()):
        own, mine = inspect.getattr_static(kind, name), [row for row, each in rows.items() if each is kind]
        if isinstance(own, own_rule):
            _ask_all(population, kind, own, mine, answer, arguments)
        else:
            there = (slice(None),) * own.axis + (mine,)
            answer[there] = _in_arrays(population, kind, own, mine, answer.shape, arguments)[there]
    return answer


def _in_arrays(population, kind, own, mine, shape, arguments):
    """What a rule in arrays answers for all rows. Raises BadInput naming the rule, the quarter, and what is wrong with it."""
    whole = _everybody(population, kind, mine)
    where = f"{kind.__name__}.{own.function.__name__}, {whole.model.quarter}"
    said = _heard(where, lambda: np.broadcast_to(np.asarray(own.function(whole, *arguments), dtype=float), shape))
    for row in mine:
        wrong = ~np.isfinite(np.take(said, row, axis=own.axis)).reshape(len(said), -1).all(axis=1)
        if wrong.any():
            world = whole.model.world_ids[wrong.argmax()]
            raise BadInput(f"{where}: not a finite number for {population.names[row]}, world {world}")
    return said


def _heard(where, ask):
    """What a user's rule says. Raises BadInput: whatever the rule does wrong is said with the place where it happened."""
    try:
        return ask()
    except BadInput:
        raise
    except Exception as error:
        raise BadInput(f"{where}: {type(error).__name__}: {error}") from error


def _ask_all(population, kind, own, mine, answer, arguments):
    """Ask these firms one by one, and put what they say into the answer."""
    _say_cost(kind, own.function.__name__, answer[(slice(None),) * own.axis + (mine,)].size)
    for row in mine:
        _ask(population, own, row, answer, arguments, place=row)


def _within_arrays(whole, own, *arguments):
    """A plain rule that a rule in arrays of the same firms uses: the usual answer, with what these firms say in its place."""
    usual = inspect.getattr_static(whole.population.kind, own.function.__name__)  # `own` may be one that the class inherits
    answer = np.array(usual.function(whole.population, *arguments), dtype=float)
    _ask_all(whole.population, type(whole), own, whole.mine, answer, arguments)
    return answer


def of_row(one, name, kind):
    """A rule of a firm that another rule of it uses. one: the firm's row, as `self` of a rule; kind: its class."""
    own = inspect.getattr_static(kind, name)
    return functools.partial(_within_row, one, own, kind) if isinstance(own, own_rule) else types.MethodType(getattr(kind, name), one)


def _within_row(one, own, kind, *arguments):
    usual = next(found for base in kind.__mro__ if type(found := vars(base).get(own.function.__name__)) is rule)
    answer = np.array(usual.function(one, *arguments), dtype=float)
    _ask(one._population, own, one._row, answer, arguments, place=0)
    return answer


def _ask(population, own, row, answer, arguments, place):
    """Ask one firm, world by world and counterparty by counterparty, and put what it says into the answer. place: of the firm there"""
    others = [[place] if axis == own.axis else range(size) for axis, size in enumerate(answer.shape)][1:]
    for world in range(len(answer)):
        firm = in_one_world(population, row, world)
        for at in itertools.product([world], *others):
            answer[at] = _checked(firm, own, [_told(argument, at) for argument in arguments])


def _checked(firm, own, told):
    """What a firm says, a finite number. Raises BadInput naming the rule, firm, world and quarter."""
    model, rule_named = firm.model, f"{type(firm).__name__}.{own.function.__name__}"
    where = f"{rule_named} for {firm.name}, world {model.world_ids[firm.world]}, {model.quarter}"
    said = _heard(where, lambda: own.function(firm, *told))
    number = np.asarray(said)
    if number.size != 1 or number.dtype.kind not in "fiub" or not np.isfinite(number).all():
        raise BadInput(f"{where}: {said!r} is not allowed; a finite number")
    return float(number.reshape(-1)[0])


def _told(argument, at):
    """What one firm of one world hears of an argument: a number, or the parameters of its world."""
    if isinstance(argument, Group):
        return OfOneWorld(argument, at[0])
    if not isinstance(argument, np.ndarray) or argument.ndim == 0:
        return argument
    return argument[tuple(0 if size == 1 else index for size, index in zip(argument.shape, at, strict=False))]


class OfOneWorld:
    """Parameters of one world, as numbers."""

    def __init__(self, group, world):
        self._group, self._world = group, world

    def __getattr__(self, name):
        value = getattr(self._group, name)
        return value[self._world, 0] if isinstance(value, np.ndarray) else value


class Slice:
    """One world of a population: what a firm of that world is a row of."""

    def __init__(self, population, world):
        self.names, self.kind, self.worlds = population.names, population.kind, 1
        self.kind_of, self.model = population.kind_of, population.model
        self.first = getattr(population, "first", 0) + world  # which world of the model
        self.columns = {name: values[world : world + 1] for name, values in population.columns.items()}
        self.run_for_one = types.MethodType(population.run_for_one.__func__, self)


def in_one_world(population, row, world):
    """One firm of one world: its columns are numbers, and what it writes into them lasts."""
    here, firm = Slice(population, world), object.__new__(population.kind_of(row))
    firm.__dict__.update(population=here, row=row, world=here.first, model=population.model)
    return firm


def _everybody(population, kind, mine):
    """All rows at once, as `self` of a rule in arrays, so that `super()` works. mine: rows that have this rule"""
    whole = object.__new__(kind)
    whole.__dict__.update(population=population, row=slice(None), whole=True, mine=mine, model=population.model)
    return whole


def _asked_of_agent(agent, own, *arguments):
    """A plain rule asked of an agent: a number, or one for each world."""
    population, worlds, name = agent.population, agent.population.worlds, own.function.__name__
    said = [
        _checked(in_one_world(population, agent.row, world), own, [_of_world(argument, world, worlds, name) for argument in arguments])
        for world in range(worlds)
    ]
    return said[0] if worlds == 1 else np.array(said)


def _of_world(argument, world, worlds, name):
    if isinstance(argument, Group):
        return OfOneWorld(argument, world)
    if not isinstance(argument, np.ndarray) or argument.ndim == 0:
        return argument
    if argument.size not in (1, worlds) or argument.shape[0] != argument.size:
        raise BadInput(f"{name}: an argument of shape {argument.shape} is not allowed; a number, or one for each of {worlds} worlds")
    return argument.reshape(-1)[world if argument.size == worlds else 0]


@functools.cache
def _say_cost(kind, name, times):
    """Say once what a rule in plain Python costs."""
    warnings.warn(
        f"{kind.__name__}.{name} is plain Python: it is asked {times:,} times whenever the rule is used. With @rule it is asked once.",
        SlowRule,
        stacklevel=2,
    )
