"""Where the time of a quarter goes: the calls in `Industry.step`, each with a clock around it."""

import ast
import inspect
import sys
import textwrap
import time
from contextlib import ExitStack, contextmanager
from unittest import mock

from abm.model import Industry, release
from agents.world_files.folder import load_world


def calls_of_step():
    """The calls in `Industry.step` in the order in which they run, as written there: "begin", "learning.nature", ..."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(Industry.step)))
    found: list = []
    for statement in tree.body[0].body:
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        found += [ast.unparse(call.func).removeprefix("self.") for call in reversed(calls)]  # inner calls run first
    return found


def measured(world, quarters, batch):
    """[(call, seconds a quarter with one world, with a batch of worlds)], in the order of the quarter."""
    alone, together = (_seconds_by_call(world, quarters, worlds) for worlds in (1, batch))
    return [(call, alone[call] / quarters, together[call] / quarters) for call in calls_of_step()]


def _seconds_by_call(world, quarters, worlds):
    """Seconds spent in each call of the step, in all quarters together."""
    industry = Industry(load_world(world), worlds=worlds, rng=1)
    industry.step()  # the first quarter imports and compiles
    taken = dict.fromkeys(calls_of_step(), 0.0)
    with _clocks(industry, taken):
        industry.run(quarters)
    release(industry)
    return taken


@contextmanager
def _clocks(industry, taken):
    """Put a clock around every call of the step, and take them away again. A call within a call counts for the outer one."""
    running: list = []
    with ExitStack() as stack:
        for call in taken:
            holder, name = _place(industry, call)
            stack.enter_context(mock.patch.object(holder, name, clocked(getattr(holder, name), call, taken, running)))
        yield


def _place(industry, call):
    """What holds the function that a call of the step names, and the name of it there."""
    module, _, name = call.rpartition(".")
    model = sys.modules[Industry.__module__]
    if module:
        return getattr(model, module), name
    return (industry if hasattr(Industry, name) else model), name


def clocked(function, call, taken, running, clock=time.perf_counter):
    """The function with a clock around it that adds to taken[call]; of the clocks that share `running`, only the outermost counts."""

    def timed(*arguments):
        if running:
            return function(*arguments)
        running.append(call)
        began = clock()
        try:
            return function(*arguments)
        finally:
            taken[call] += clock() - began
            running.pop()

    return timed
