"""A decision of a firm, declared once for one firm and for all of its kind."""

import functools
import types


class rule:  # noqa: N801
    """A decision, written once for one agent and for all: on a population it runs as it is, on an agent as a row of one.

    axis: where the agent who decides stands in the answer, 1 in [worlds, lenders, owners], 2 in [worlds, labs, owners] for an owner
    """

    def __init__(self, function, axis=1):
        functools.update_wrapper(self, function)
        self.function, self.axis = function, axis

    def __get__(self, agent, owner=None):
        if agent is None:
            return self.function
        if agent.whole:
            return types.MethodType(self.function, agent)
        return functools.partial(agent.population.run_for_one, self.function, agent.row)


rule_about_labs = functools.partial(rule, axis=2)  # of a counterparty that answers every lab: [worlds, labs, counterparties]
