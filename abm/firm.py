"""What all agents have in common: a name, a row, an appetite for risk, and books."""

import mesa

from abm.population import column

NEUTRAL = 0.5  # the appetite at which an agent does what the common parameters say; a bolder or more timid one does more or less


class Agent(mesa.Agent):
    """One row of a population, seen as a Mesa agent."""

    def __init__(self, model, population, row):
        self.population, self.row = population, row
        super().__init__(model)

    @property
    def name(self):
        """The row's name."""
        return self.population.names[self.row]


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
