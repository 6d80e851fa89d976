"""What all agents have in common: a name, a row, an appetite for risk, and books."""

import itertools
import weakref

import mesa

from abm.engine import own_rules, tables
from abm.engine.population import column, declared
from abm.errors import BadInput

NEUTRAL = 0.5  # the appetite at which an agent does what the common parameters say; a bolder or more timid one does more or less


class _Counters(weakref.WeakKeyDictionary):
    """{model: the numbers of its agents}, as Mesa counts them, but without keeping a model alive that nobody else holds."""

    def __getitem__(self, model):
        return self.setdefault(model, itertools.count(1))


class Agent(mesa.Agent):
    """One row of a population, seen as a Mesa agent."""

    _ids = _Counters()
    whole = False  # True where `self` stands for all rows at once, see abm.engine.own_rules
    world = None  # which one, where `self` is a firm of one world

    def __init_subclass__(cls, **extra):
        super().__init_subclass__(**extra)
        own_rules.adopt(cls)

    def __init__(self, model, population, row):
        self.population, self.row = population, row
        super().__init__(model)

    def remove(self):
        """Refused: books and contracts would still name it. Raises BadInput."""
        raise BadInput(
            f"{self.name} cannot be removed from a model; a firm leaves by failing, and a world without it has a file of its own"
        )

    @property
    def name(self):
        """The row's name."""
        return self.population.names[self.row]

    def __repr__(self):
        return tables.agent_text(self, declared(type(self)))

    def _repr_html_(self):
        return tables.agent_html(self, declared(type(self)))


class Firm(Agent):
    """An agent with books. One level of inheritance, ever: Lab, Cloud, ChipVendor, Investor and Lender derive from it."""

    risk_appetite = column(
        "quantile of its own forecast at which its plans must still work",
        unit="quantile",
        low=0.02,
        high=0.98,
        default=0.5,
        source="model.md 4; 26.18 for defaults",
    )
    cash = column("deposits", unit="$bn", low=0)
