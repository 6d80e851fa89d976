"""Every indicator with its name in words, its unit, whose it is and how to read it, in a sentence that stands by itself [model.md 15].

`abm.measures.indicators` works out the first list, those that look ahead, score forecasts or read the books come from elsewhere.
"""

from abm.measures.indicator import Indicator

FURTHER = {
    "median_ahead": Indicator(
        "Median forecast at the horizon",
        "$bn/year",
        "industry",
        "median forecast of all labs' revenue two years out; below the required revenue of that date they are over-extended",
    ),
    "over_extension_ahead": Indicator(
        "Over-extension ahead",
        "years",
        "industry",
        "time until signed contracts need more than the median forecast of revenue; 99 not in sight",
    ),
    "lab_over_extension_ahead": Indicator(
        "Over-extension of a lab ahead",
        "years",
        "labs",
        "time until a lab's signed contracts need more than its median forecast; 99 not in sight",
    ),
    "break_even_ahead": Indicator(
        "Break-even ahead", "years", "industry", "time until median revenue pays for signed contracts and opex; 99 not in sight"
    ),
    "cash_out_p10": Indicator(
        "Cash-out at P10",
        "quarters",
        "labs",
        "until a lab's cash is gone if revenue is at the 10th percentile and nobody gives new money; 99 never",
    ),
    "cash_out_p50": Indicator(
        "Cash-out at P50", "quarters", "labs", "until a lab's cash is gone if revenue is at the median and nobody gives new money; 99 never"
    ),
    "critical_width": Indicator(
        "Critical width of the cone", "1/sqrt(year)", "labs", "widest future that a lab survives in 95 of 100 cases; 0 none, 99 any"
    ),
    "users_worth": Indicator(
        "Worth to users", "$bn/year", "industry", "what users would have paid for what is served: the area under demand"
    ),
    "serving_gw": Indicator("Compute that serves", "GWe", "industry", "frontier-equivalent compute that serves customers"),
    "work_done": Indicator(
        "Work done for users", "OOM", "industry", "compute that serves times its capability, in orders of magnitude over a GWe of 2023Q1"
    ),
    "customers_served": Indicator(
        "Customers served", "share", "industry", "part of all customers there are that has deployed a service and is served"
    ),
    "burn_ratio": Indicator("Burn over revenue", "x", "industry", "cash that labs lose for each dollar they are paid; below 0 they earn"),
    "lab_burn_ratio": Indicator(
        "Burn over revenue of a lab", "x", "labs", "cash that a lab loses for each dollar it is paid; below 0 it earns"
    ),
    "earnings_flattery": Indicator(
        "Earnings flattery",
        "share of EBITDA",
        "industry",
        "part of owners' EBITDA that their books owe to too slow write-offs; below 0 they write off too fast",
    ),
    "cloud_earnings_flattery": Indicator(
        "Earnings flattery of an owner",
        "share of EBITDA",
        "clouds",
        "part of an owner's EBITDA that its books owe to too slow write-offs; below 0 they write off too fast",
    ),
    "largest_buyers": Indicator(
        "Largest two buyers of chips", "share of sales", "industry", "part of a year's chip sales that goes to the two largest buyers"
    ),
    "customer_gini": Indicator("Gini of customers' spend", "0-1", "industry", "0 all who pay pay alike; 1 one pays all; measured yearly"),
    "debtrank": Indicator(
        "DebtRank of a lab", "share of equity", "labs", "equity of others that goes with the lab's default; measured yearly"
    ),
    "largest_debtrank": Indicator(
        "Largest DebtRank",
        "share of equity",
        "industry",
        "equity of others that goes with the lab whose default would hurt most; measured yearly",
    ),
    "below_p10": Indicator(
        "Outcomes below P10",
        "share of forecasts",
        "industry",
        "labs' forecasts of a year before whose outcome fell below their 10th percentile, so far; 0.1 if labs know their cone",
    ),
    "below_p90": Indicator(
        "Outcomes below P90",
        "share of forecasts",
        "industry",
        "labs' forecasts of a year before whose outcome fell below their 90th percentile, so far; 0.9 if labs know their cone",
    ),
    "forecast_error": Indicator(
        "Forecast error", "ln", "industry", "mean score (CRPS) of labs' forecasts of a year before, so far; 0 is perfect"
    ),
    "forecast_pit": Indicator(
        "Quantile that came true",
        "0-1",
        "labs",
        "quantile of the lab's forecast of a year ago at which its revenue came; uniform if calibrated",
    ),
    "forecast_crps": Indicator("Forecast error of a lab", "ln", "labs", "score (CRPS) of the lab's forecast of a year ago; 0 is perfect"),
    "held_by_demand": Indicator(
        "Held back by demand",
        "share of revenue",
        "industry",
        "revenue of labs that could serve more at the price of new compute, and find no customers",
    ),
    "held_by_compute": Indicator(
        "Held back by compute",
        "share of revenue",
        "industry",
        "revenue of labs that are short of compute because they did not order it in time",
    ),
    "held_by_money": Indicator(
        "Held back by money",
        "share of revenue",
        "industry",
        "revenue of labs that are short of compute because nobody funded it a planning horizon ago; boards count too",
    ),
    "plans_over_outcome": Indicator(
        "Plans over outcome", "x", "industry", "labs' medians for now, made when its compute was ordered, over revenue; above 1: too high"
    ),
    "plans_over_forecast": Indicator(
        "Plans over forecast", "x", "industry", "labs' medians at the horizon over one neutral forecast of all; above 1: not all can win"
    ),
    "operating_income": Indicator(
        "Operating income",
        "$bn/quarter",
        "labs",
        "revenue of the quarter less opex and compute: the statement of the company, not of a model",
    ),
    "model_cost": Indicator("Training cost of a model", "$bn", "labs", "what training cost of the newest model that the lab has withdrawn"),
    "model_revenue": Indicator(
        "Revenue of a model", "$bn", "labs", "what customers paid for the newest withdrawn model while it was on sale"
    ),
    "model_profit": Indicator(
        "Gross profit of a model", "$bn", "labs", "revenue of the newest withdrawn model, less the compute that served it"
    ),
    "lab_model_roi": Indicator(
        "Return on a model",
        "share of cost",
        "labs",
        "gross profit of the newest withdrawn model over its training, less 1; 0 it just paid for it",
    ),
    "model_roi": Indicator(
        "Return on all models",
        "share of cost",
        "industry",
        "gross profit of all models withdrawn so far over their training, less 1; 0 they just paid for it",
    ),
}

INDICATORS = {
    "p10_coverage": Indicator(
        "P10 coverage",
        "x",
        "industry",
        "revenue after opex at the 10th percentile of forecasts, over rents due two years out; below 1 it does not pay them alone",
    ),
    "p50_coverage": Indicator(
        "P50 coverage",
        "x",
        "industry",
        "median forecast of revenue after opex, over rents due two years out; below 1 it does not pay them alone",
    ),
    "p90_coverage": Indicator(
        "P90 coverage",
        "x",
        "industry",
        "revenue after opex at the 90th percentile of forecasts, over rents due two years out; below 1 not even luck pays them",
    ),
    "lab_p10_coverage": Indicator(
        "P10 coverage of a lab",
        "x",
        "labs",
        "a lab's revenue after opex at the 10th percentile of its forecast, over its rents due two years out; 99 none due",
    ),
    "required_revenue": Indicator("Required revenue", "$bn/year", "industry", "revenue that would pay this quarter's rents and fixed opex"),
    "required_ahead": Indicator(
        "Required revenue at the horizon", "$bn/year", "industry", "revenue that would pay the rents and fixed opex due two years out"
    ),
    "commitment_ratio": Indicator(
        "Commitments over revenue", "years", "industry", "rents still to be paid under signed contracts, in years of present revenue"
    ),
    "commitments": Indicator("Take-or-pay commitments", "$bn", "industry", "what is still to be paid under signed contracts"),
    "hedge_share": Indicator(
        "Hedge labs", "share of revenue", "industry", "revenue of labs that cover their rents now and those of the pipeline of two years"
    ),
    "speculative_share": Indicator(
        "Speculative labs", "share of revenue", "industry", "revenue of labs that cover their rents now, but not with the pipeline"
    ),
    "ponzi_share": Indicator("Ponzi labs", "share of revenue", "industry", "revenue of labs that do not cover their rents"),
    "minsky_class": Indicator(
        "Minsky class",
        "0 hedge, 1 speculative, 2 Ponzi",
        "labs",
        "0: its income pays rents now and of the pipeline; 1: only those of now; 2: not even those",
    ),
    "cloud_minsky_class": Indicator(
        "Minsky class of an owner",
        "0 hedge, 1 speculative, 2 Ponzi",
        "clouds",
        "0: its cash flow pays interest and repayment; 1: only interest; 2: not even that",
    ),
    "order_circularity": Indicator(
        "Vendor equity over value of orders",
        "share",
        "industry",
        "part of the quarter's orders of compute that chip vendors paid for by equity in the buyer",
    ),
    "flow_circularity": Indicator(
        "Vendor equity over vendor sales",
        "share",
        "industry",
        "a year's chip sales that vendors paid for by equity in buyers; may exceed 1",
    ),
    "circularity": Indicator(
        "Money that goes in circles",
        "share of payments",
        "industry",
        "part of a year's payments among firms that comes back to where it started; measured yearly",
    ),
    "look_through": Indicator(
        "Look-through vendor revenue", "share of sales", "industry", "part of vendor sales that final customers pay for, measured yearly"
    ),
    "depreciation_gap": Indicator(
        "Book above economic value", "share of book", "industry", "part of the book value of compute that the market would not pay"
    ),
    "utilisation": Indicator("Compute let", "share", "industry", "part of the compute in service that somebody rents"),
    "rationing": Indicator("Demand turned away", "share", "industry", "part of the demand of customers that found no capacity"),
    "spot_ratio": Indicator(
        "Spot over contract price",
        "x",
        "industry",
        "price of compute by the quarter over the list price of a contract; it falls when compute lies idle",
    ),
    "supply_line": Indicator("Pipeline over installed", "x", "industry", "compute ordered but not there yet, over compute in service"),
    "in_transit": Indicator("Customers in transit", "$bn/year", "industry", "spend of dead labs' customers that has no lab yet"),
    "spend_lost": Indicator("Spend lost with labs", "$bn/year", "industry", "what dead labs' customers have given up for good, so far"),
    "rescue": Indicator("Rescued by survivors", "$bn/year", "industry", "spend of dead labs' customers that other labs took in, so far"),
    "concentration": Indicator(
        "Herfindahl index of lab revenue", "0-1", "industry", "sum of squared shares of lab revenue; 1 is a monopoly"
    ),
    "sentiment": Indicator("Sentiment", "index", "industry", "mood of those who give money; 1 is normal, below 0.45 rounds dry up"),
    "unbuilt_gw": Indicator(
        "Promised and not built",
        "GW",
        "industry",
        "compute signed for that waits for an owner that cannot pay or is lost, or that was given up so far",
    ),
    "unbuilt_rent": Indicator(
        "Rent of what was promised and not built",
        "$bn/year",
        "industry",
        "rent of compute that was signed for and is not built; nobody owes it before it is",
    ),
    "unfunded_gw": Indicator(
        "Orders nobody could build",
        "GW/quarter",
        "industry",
        "compute that labs wanted in the quarter and for which no owner found equity, or no vendor a slot",
    ),
    "unfunded_rent": Indicator(
        "Rent of orders nobody could build",
        "$bn/year",
        "industry",
        "yearly rent of the compute that nobody could build of the orders of the quarter",
    ),
    "new_loans": Indicator(
        "New loans to owners", "$bn/quarter", "industry", "loans and notes paid out to owners of compute, not those that are only exchanged"
    ),
    "credit_spread": Indicator(
        "Spread of credit to owners", "1/year", "industry", "what lenders ask of owners of compute above the rate of the strongest"
    ),
    "build_out_share": Indicator(
        "Build-out over investment", "share", "industry", "part of all private fixed investment of the economy that is compute, over a year"
    ),
    "revenue_total": Indicator("Industry revenue", "$bn/year", "industry", "served revenue of all labs at annual rate"),
    "frontier": Indicator("Frontier capability", "OOM", "industry", "orders of magnitude of effective training compute since 2023"),
    "time_to_cash_out": Indicator(
        "Runway", "quarters", "labs", "quarters until a lab's cash is gone at its present burn; 99 it burns none"
    ),
    "safety_distance": Indicator(
        "Safety distance",
        "s.d.",
        "labs",
        "how far a lab's median forecast lies above what it owes two years out, in standard deviations of the forecast",
    ),
    **FURTHER,
}
