"""The warning lamps: what each reads off a run, of the industry, of each lab or of each owner, and on which side danger lies.

Amounts are set against what is forecast or against what bears a loss, because amounts alone rise in every boom: what is promised
grows most where most is earned. A lamp reads the quarter that ends and nothing later.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from abm.clock import QUARTERS_PER_YEAR
from abm.engine.scales import NO_MONEY
from abm.engine.sums import ratio_or
from abm.measures.readings import INDICATORS

INDUSTRY, LABS, OWNERS = "industry", "labs", "clouds"
HIGH, LOW = 1, -1  # the side on which danger lies
SHORT_RUNWAY = 8  # quarters of cash, about as long as compute takes from order to service
NOTHING_TO_BEAR_IT = 1e6  # ratio said of something due where nothing stands against it, x


class Lamp(NamedTuple):
    """What a lamp is called, on which side danger lies, and what it reads. read: function of a Run, [worlds, quarters] or [.., firms]."""

    label: str
    danger: int
    read: Callable


class Run(NamedTuple):
    """A run as lamps read it. series: function of (kind, measure), [worlds, quarters, firms]; maturing: notes of each owner that fall
    due within a year, $bn, [worlds, quarters, owners]"""

    series: Callable
    maturing: np.ndarray

    def whole(self, name):
        """A measure of the industry, [worlds, quarters]."""
        return self.series(INDUSTRY, name)[..., 0]


def over(amount, bearer):
    """An amount over what must bear it; nothing over nothing is 0."""
    unborne = np.where(amount > NO_MONEY, NOTHING_TO_BEAR_IT, 0)
    return np.minimum(ratio_or(amount, bearer, unborne, NO_MONEY), NOTHING_TO_BEAR_IT)


def share_of(condition, size):
    """The part of the whole that lies with firms of which a condition holds, [worlds, quarters]; 0 of nothing."""
    return ratio_or(np.where(condition, size, 0).sum(axis=2), size.sum(axis=2), 0, NO_MONEY)


def _indicator(name, danger):
    """An indicator of the model as it is."""
    item = INDICATORS[name]
    kind = item.scope
    read = (lambda run: run.whole(name)) if kind == INDUSTRY else (lambda run: run.series(kind, name))
    return Lamp(item.label, danger, read)


def _labs_short(run):
    return share_of(run.series(LABS, "lab_p10_coverage") < 1, run.series(LABS, "revenue"))


def _labs_running_out(run):
    return share_of(run.series(LABS, "time_to_cash_out") < SHORT_RUNWAY, run.series(LABS, "revenue"))


def _owners_short(run):
    return share_of(run.series(OWNERS, "ebitda") < run.series(OWNERS, "debt_service"), run.series(OWNERS, "debt"))


def _summed(kind, top, bottom):
    return lambda run: over(run.series(kind, top).sum(axis=2), run.series(kind, bottom).sum(axis=2))


def _each(kind, top, bottom):
    return lambda run: over(run.series(kind, top), run.series(kind, bottom))


OF_INDUSTRY = {
    "due_over_forecast": Lamp("Revenue that dues need, over the median forecast", HIGH,
                              lambda run: over(run.whole("required_ahead"), run.whole("median_ahead"))),
    "commitments_over_forecast": Lamp("Commitments, in years of forecast revenue", HIGH,
                                      lambda run: over(run.whole("commitments"), run.whole("median_ahead"))),
    "labs_short": Lamp("Revenue of labs whose dues exceed their P10", HIGH, _labs_short),
    "labs_running_out": Lamp("Revenue of labs with less than two years of cash", HIGH, _labs_running_out),
    "owners_due": Lamp("Owners' debt service over their earnings", HIGH, _summed(OWNERS, "debt_service", "ebitda")),
    "owners_short": Lamp("Debt of owners that earn less than debt service", HIGH, _owners_short),
    "refinancing": Lamp("Notes due within a year over lenders' capital", HIGH,
                        lambda run: over(run.maturing.sum(axis=2), run.series("lenders", "capital").sum(axis=2))),
    "lenders_exposed": Lamp("Loans over lenders' capital", HIGH, _summed("lenders", "loans", "capital")),
    "credit_spread": _indicator("credit_spread", HIGH),
    "spot_ratio": _indicator("spot_ratio", LOW),
    "plans_over_outcome": _indicator("plans_over_outcome", HIGH),
    "plans_over_forecast": _indicator("plans_over_forecast", HIGH),
    **{name: _indicator(name, LOW) for name in ("p10_coverage", "p50_coverage", "p90_coverage", "hedge_share", "utilisation",
                                                "look_through", "sentiment")},
    **{name: _indicator(name, HIGH) for name in ("commitments", "commitment_ratio", "speculative_share", "ponzi_share",
                                                 "order_circularity", "flow_circularity", "circularity", "depreciation_gap",
                                                 "supply_line", "concentration")},
}  # fmt: skip
OF_LABS = {
    "due_over_forecast": Lamp("Payments of a year over its median forecast", HIGH,
                              lambda run: QUARTERS_PER_YEAR * over(run.series(LABS, "obligations"), run.series(LABS, "forecast_mid"))),
    "commitments_over_forecast": Lamp("Commitments, in years of forecast revenue", HIGH, _each(LABS, "commitments", "forecast_mid")),
    **{name: _indicator(name, LOW) for name in ("lab_p10_coverage", "time_to_cash_out", "safety_distance")},
    "minsky_class": _indicator("minsky_class", HIGH),
}  # fmt: skip
OF_OWNERS = {
    "due_over_earnings": Lamp("Debt service over earnings", HIGH, _each(OWNERS, "debt_service", "ebitda")),
    "refinancing": Lamp("Notes due within a year over earnings", HIGH, lambda run: over(run.maturing, run.series(OWNERS, "ebitda"))),
    "debt_over_value": Lamp("Debt over market value", HIGH, _each(OWNERS, "debt", "value")),
    "rate": Lamp("Rate on its loans", HIGH, lambda run: run.series(OWNERS, "rate")),
    "breach": Lamp("Quarters in breach of covenant", HIGH, lambda run: run.series(OWNERS, "breach")),
    "cloud_minsky_class": _indicator("cloud_minsky_class", HIGH),
}  # fmt: skip
LAMPS = {INDUSTRY: OF_INDUSTRY, LABS: OF_LABS, OWNERS: OF_OWNERS}  # by whose failure they are to warn of
