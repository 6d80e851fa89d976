"""The arithmetic of the ten worked examples: what each text says, and what the closed forms give for the same numbers. Money is $bn."""

import numpy as np
from scipy.special import ndtr, ndtri

from abm import limits
from abm.beliefs.cone import cone
from abm.beliefs.parameters import ConeParameters
from abm.limits import Deal, LognormalDemand
from abm.services.serving import logit_shares
from tests.validation.cases import Case

LOW, HIGH = 20, 50  # P10 and P90 of the text's cone
BASE, TENFOLD = 9.0, np.log(10)
CONE = LognormalDemand(np.log(LOW * HIGH) / 2, np.log(HIGH / LOW) / 2 / ndtri(0.9))
DEAL, STACKED = Deal(capex=50, life=5), 20
BOUGHT, EARNED, YEARS = 1000, 800, 5
TRAINING, SOLD = (0.1, 1, 10), (0, 0.2, 2)  # of the ladder, $bn in 2023 to 2025
SLOWEST = 3  # growth a year that the text calls slow, when the geniuses are there
LATE = (1, 2, 5)  # years
CHEAP, BEHIND, TASTE = 1 / 40, -1.5, 0.3  # a rival's price over the others', what it lacks, and the weight of the logarithm of price
SEEN, WORKED_OUT = "text", "worked out from the text"


def believed(extrapolation, base=BASE, years=1.0, **values):
    """What the model's planner believes of a lab's revenue that grew tenfold in a year. base: $bn a year; values: of the cone."""
    return cone(np.array([[base]]), np.array([[TENFOLD]]), np.array([[extrapolation]]), years, ConeParameters(1, values))


def everything():
    """{number of the example: [Case]}; two of the ten are plans of firms, which have no arithmetic to check."""
    groups = {1: cone_of_the_text, 2: margin, 3: deals, 4: shortfall, 5: ladder, 6: tenfold, 9: geniuses, 10: rival}
    return {number: [Case(f"Example {number}", *case) for case in group()] for number, group in groups.items()}


def cone_of_the_text():
    """P10 of 20 and P90 of 50."""
    yield "P10 and P90 of the cone", SEEN, (LOW, HIGH), (CONE.quantile(0.1), CONE.quantile(0.9))
    yield "its median", WORKED_OUT, np.sqrt(LOW * HIGH), CONE.quantile(0.5)
    beyond = 1 - ndtr((np.log(100) - CONE.log_mean) / CONE.log_deviation)
    yield "odds of the extrapolated 100", WORKED_OUT, 0.00064, beyond, 5e-6


def margin():
    """A thick margin is a wide buffer."""
    yield "revenue that compute of 20 supports at a margin of 80 %", SEEN, 100, limits.supported_revenue(20, 0.8)
    yield "share of the planned revenue that pays the rent", WORKED_OUT, 0.2, limits.break_even_ratio(limits.cost_ratio(0.8, 0))


def deals():
    """One deal that a vendor starts, and twenty."""
    yield "payment a year", SEEN, 10, DEAL.yearly
    yield "what the lab pays itself, year by year", SEEN, (0, 10, 10, 10, 10), DEAL.own_cash_by_year()
    yield "20 deals: revenue a year, vendor's equity, commitment", WORKED_OUT, (200, 200, 1000), DEAL.stack(STACKED)


def shortfall():
    """A fifth less than what was bought."""
    yield "5 years of 1,000 bought and 800 earned: short in the end", SEEN, 1000, limits.cumulative_gap(earned(0), bought())
    for growth, expected in ((0, 1000), (0.1, 352), (0.25, 200)):
        what = f"buffer needed if revenue grows {100 * growth:g} % a year"
        yield what, WORKED_OUT, expected, limits.max_drawdown(earned(growth), bought())


def bought():
    """$bn in each year."""
    return np.full(YEARS, BOUGHT)


def earned(growth):
    """$bn in each year."""
    return EARNED * (1 + growth) ** np.arange(YEARS)


def ladder():
    """Each model pays, the company loses more each year."""
    yield "profit of the company in 2023, 2024, 2025", SEEN, (-0.1, -0.8, -8), limits.company_profit(TRAINING, SOLD)
    yield "profit of the models of 2023 and 2024", SEEN, (0.1, 1), limits.model_profit(TRAINING, SOLD)


def tenfold():
    """Tenfold is a straight line in logarithms, and only there."""
    yield "0.1 in 2023, tenfold twice more", SEEN, 10, believed(1.0, 0.1, 2.0).quantile(0.5).item()
    yield "9 after one more such year: the extrapolation", SEEN, 90, believed(1.0).quantile(0.5).item()
    yield "share done two years before the end, if it doubles in half a year", SEEN, 1 / 16, limits.share_before_completion(2, 0.5)


def geniuses():
    """Revenue that is late by 1, 2 and 5 years, of what grows threefold a year."""
    years = np.array(LATE)
    late = limits.share_before_completion(years, np.log(2) / np.log(SLOWEST))
    yield "share of the plan, at threefold a year, 1, 2 and 5 years before its time", WORKED_OUT, (1 / 3, 1 / 9, 1 / 243), late
    cost = limits.cost_ratio(margin=0.5, training_share=0.5)
    yield (
        "half for training, margin 50 %: profit at 100 % and 80 % of the plan",
        WORKED_OUT,
        (0, -0.2),
        limits.forecast_profit(np.array([1, 0.8]), cost, stretch=limits.stretch(0.5, 0.25)),
    )


def rival():
    """Choice among two labs and a cheap rival that is behind."""
    utility = np.array([[0, 0, -TASTE * np.log(CHEAP) + BEHIND]])
    shares = logit_shares(utility, np.ones(utility.shape, dtype=bool))[0]
    yield "shares of two labs and of the rival", WORKED_OUT, (0.37386, 0.37386, 0.25228), shares, 5e-6
    yield "customers of the rival for each of a lab", WORKED_OUT, 0.6748, shares[2] / shares[0], 5e-6
