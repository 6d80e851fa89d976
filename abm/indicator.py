"""What an indicator is, and the list of those that look ahead, score forecasts, or read the books [model.md 15].

`abm.indicators` puts them together with the coverage and circularity measures of every quarter.
"""

from typing import NamedTuple

from abm.parameters import Group, parameter


class Indicator(NamedTuple):
    """What a measure is called in words, its unit, what it is measured for, and how to read it in one sentence."""

    label: str
    unit: str
    scope: str
    reading: str


class IndicatorParameters(Group, name="indicator"):
    """How far indicators look and what they call an event; they change what is measured and nothing that happens."""

    survival = parameter(
        0.95,
        unit="probability",
        low=0.5,
        high=0.999,
        source="definition; model.md 15.8",
        meaning="survival at which the critical width is read",
    )
    look_ahead = parameter(
        8, unit="quarters", low=4, high=24, source="model.md 10: lag and half a year", structural=True,
        meaning="quarters that projections look ahead",
    )  # fmt: skip
    forecast_horizon = parameter(
        4, unit="quarters", low=1, high=12, source="model.md 5.5: seed S0 is about one year", structural=True,
        meaning="age at which labs' forecasts are scored",
    )  # fmt: skip
    largest_buyers = parameter(
        2, unit="count", low=1, high=10, source="model.md 15.10", structural=True, meaning="buyers of chips whose share is shown"
    )
    episode = parameter(
        6, unit="quarters", low=1, high=20, source="model.md 15.13: window of a systemic event", structural=True,
        meaning="quarters after a default in which the next one belongs to the same episode",
    )  # fmt: skip


FURTHER = {
    "median_ahead": Indicator("Median forecast at the horizon", "$bn/year", "industry", "below what is required there: over-extended"),
    "over_extension_ahead": Indicator(
        "Over-extension ahead", "years", "industry", "time until signed contracts need more than the median revenue; 99 not in sight"
    ),
    "lab_over_extension_ahead": Indicator("Over-extension of a lab ahead", "years", "labs", "as above, lab by lab"),
    "break_even_ahead": Indicator(
        "Break-even ahead", "years", "industry", "time until median revenue pays for signed contracts and opex; 99 not in sight"
    ),
    "cash_out_p10": Indicator("Cash-out at P10", "quarters", "labs", "until cash is gone at P10; no new money, no parent; 99 never"),
    "cash_out_p50": Indicator("Cash-out at P50", "quarters", "labs", "as above, at median revenue"),
    "critical_width": Indicator(
        "Critical width of the cone", "1/sqrt(year)", "labs", "widest future that a lab survives in 95 of 100 cases; 0 none, 99 any"
    ),
    "users_worth": Indicator(
        "Worth to users", "$bn/year", "industry", "what users would have paid for what is served: the area under demand"
    ),
    "serving_gw": Indicator("Compute that serves", "GWe", "industry", "frontier-equivalent compute that serves customers"),
    "work_done": Indicator("Work done for users", "OOM", "industry", "compute that serves times capability, over a GWe of 2023Q1"),
    "customers_served": Indicator("Customers served", "share", "industry", "of all customers there are: deployed, and served"),
    "burn_ratio": Indicator("Burn over revenue", "x", "industry", "cash that labs lose for each dollar they are paid; below 0 they earn"),
    "lab_burn_ratio": Indicator("Burn over revenue of a lab", "x", "labs", "as above, lab by lab"),
    "earnings_flattery": Indicator(
        "Earnings flattery", "share of EBITDA", "industry", "wear that owners' books leave out; below 0 they write off too fast"
    ),
    "cloud_earnings_flattery": Indicator("Earnings flattery of an owner", "share of EBITDA", "clouds", "as above, owner by owner"),
    "largest_buyers": Indicator("Largest two buyers of chips", "share of sales", "industry", "vendor sales of a year that hang on two"),
    "customer_gini": Indicator("Gini of customers' spend", "0-1", "industry", "0 all who pay pay alike; 1 one pays all; measured yearly"),
    "debtrank": Indicator("DebtRank of a lab", "share of equity", "labs", "equity of others that goes with its default; measured yearly"),
    "largest_debtrank": Indicator("Largest DebtRank", "share of equity", "industry", "of the lab whose default would hurt most"),
    "below_p10": Indicator("Outcomes below P10", "share of forecasts", "industry", "a year on, so far; 0.1 if labs know their cone"),
    "below_p90": Indicator("Outcomes below P90", "share of forecasts", "industry", "a year on, so far; 0.9 if labs know their cone"),
    "forecast_error": Indicator("Forecast error", "ln", "industry", "mean CRPS of labs' forecasts a year on, so far; 0 is perfect"),
    "forecast_pit": Indicator("Quantile that came true", "0-1", "labs", "of the lab's forecast of a year ago; uniform if calibrated"),
    "forecast_crps": Indicator("Forecast error of a lab", "ln", "labs", "CRPS of its forecast of a year ago; 0 is perfect"),
    "held_by_demand": Indicator("Held back by demand", "share of revenue", "industry", "labs could serve more at the price of new compute"),
    "held_by_compute": Indicator("Held back by compute", "share of revenue", "industry", "compute is short, and was not ordered in time"),
    "held_by_money": Indicator(
        "Held back by money",
        "share of revenue",
        "industry",
        "compute is short: the part that nobody funded a planning horizon ago; boards count too",
    ),
    "plans_over_outcome": Indicator(
        "Plans over outcome", "x", "industry", "labs' medians for now, made when its compute was ordered, over revenue; above 1: too high"
    ),
    "plans_over_forecast": Indicator(
        "Plans over forecast", "x", "industry", "labs' medians at the horizon over one neutral forecast of all; above 1: not all can win"
    ),
    "operating_income": Indicator("Operating income", "$bn/quarter", "labs", "the company's statement: revenue less opex and compute"),
    "model_cost": Indicator("Training cost of a model", "$bn", "labs", "of the newest model that has been withdrawn"),
    "model_revenue": Indicator("Revenue of a model", "$bn", "labs", "of the same model, while it was on sale"),
    "model_profit": Indicator("Gross profit of a model", "$bn", "labs", "of the same model: revenue less the compute that served it"),
    "lab_model_roi": Indicator("Return on a model", "share of cost", "labs", "of the same model: 0 it just paid for its training"),
    "model_roi": Indicator("Return on all models", "share of cost", "industry", "of all models withdrawn so far; 0 they just paid"),
}
