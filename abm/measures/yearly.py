"""What is watched beside the measures of every quarter: projections, networks, forecasts that mature, statements of the books.

Costly ones are taken once a year, from the first quarter on, and stand until they are taken again [model.md 15].
"""

from abm.beliefs.calibration import Forecasts, Plans
from abm.beliefs.projection import critical_widths, look_ahead
from abm.clock import QUARTERS_PER_YEAR
from abm.failure.systemic import exposures, ranks_of
from abm.measures.binding import Binding
from abm.measures.business import Statements, gini
from abm.measures.deferred import Later

EXACT_ENOUGH = 1e-5  # share of equity: a DebtRank for a chart


class Watch:
    """Memory of the indicators of one model; it never changes the world."""

    def __init__(self, industry):
        self.statements = Statements(industry)
        self.forecasts = Forecasts(industry.worlds, industry.indicator_parameters.forecast_horizon)
        self.plans, self.binding = Plans(industry), Binding(industry)
        self.yearly = {}

    def measure(self, industry, safety_distance):
        """The indicators of the quarter, {name: [worlds, n]}. safety_distance: see `projection.critical_widths`, [worlds, labs]"""
        if industry.age % QUARTERS_PER_YEAR == 0:
            self.yearly = _once_a_year(industry)
        widths = {"critical_width": critical_widths(industry, safety_distance)}
        return {
            **self.statements.read(industry),
            **self.forecasts.note(industry),
            **self.plans.note(industry),
            **self.binding.note(industry),
            **self.yearly,
            **widths,
        }


def _once_a_year(industry):
    exposed = exposures(industry)
    ranks = Later(_ranks, exposed.exposures, exposed.equity, industry.labs.alive, quarters=QUARTERS_PER_YEAR)
    spend = industry.labs.revenue if industry.customers is None else industry.customers.paid
    return {
        **look_ahead(industry),
        "debtrank": ranks,
        "largest_debtrank": ranks,
        "customer_gini": gini(spend),
    }


def _ranks(exposed, equity, alive):
    ranks = ranks_of(exposed, equity, alive.shape[1], EXACT_ENOUGH)
    return {"debtrank": ranks, "largest_debtrank": ranks.max(axis=1, keepdims=True, initial=0)}
