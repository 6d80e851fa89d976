"""Worked cases that nobody here invented: what the source says, and what our code gives for the same question."""

from dataclasses import dataclass

import numpy as np

from abm import limits
from abm.books.register import IDLE
from abm.failure.clearing import clear
from abm.limits import NormalDemand
from abm.measures.network import debtrank, leverage, ultimate_ownership
from tests.worlds import cash, industry, let, opening, quarter, wanting

EXACT = 1e-9
FINNET = ((0, 0.1, 0.7), (2, 0, 10.5), (0, 8.4, 0))  # who owes whom, row to column, in the public test suite of FinNetValu
EISENBERG = "Eisenberg and Noe (2001), as in the public test suite of FinNetValu"
ROGERS = "Rogers and Veraart (2013), same liabilities"
RING_OF_DEBT = "Ring of three with debt to the outside, pari passu (design note)"
MICROECONOMICS, GOLDEN = "textbook", "worked out by hand outside this project (design note)"
KINDS_OF_DEBTOR = ("hedge", "speculative", "Ponzi")


@dataclass(frozen=True)
class Case:
    """A group, a question, who answered it, the answer, ours, and how far apart the two may be: 1e-9, or the printed precision."""

    group: str
    what: str
    source: str
    expected: object
    ours: object
    tolerance: float = EXACT

    @property
    def difference(self):
        """The largest distance between the two, 0 for equal words; infinite if they differ in shape or word."""
        expected, ours = np.asarray(self.expected), np.asarray(self.ours)
        if expected.dtype.kind in "US":
            return 0.0 if expected.tolist() == ours.tolist() else np.inf
        return float(np.abs(expected - ours).max()) if expected.shape == ours.shape else np.inf

    @property
    def agrees(self):
        """Whether ours is the source's answer."""
        return self.difference <= self.tolerance


def everything():
    """All cases, in the order of the page."""
    return [*clearing(), *distress(), *markets(), *money_in_a_circle(), *golden_quarter(), *golden_default()]


def _cleared(cash_held, owed, **default_costs):
    """Payments and equity [agents] of one class of debt in one world; equity is negative in default."""
    found = clear(np.array([cash_held], dtype=float), np.array(owed, dtype=float)[None, None], **default_costs)
    left = np.asarray(cash_held) + found.payments.sum(axis=(0, 2))[0] - found.owed.sum(axis=0)[0]
    return found.paid[0, 0], left


def clearing():
    """Who pays whom when somebody cannot pay."""
    group, some = "Clearing", []
    paid, left = _cleared((1, 1, 1), FINNET)
    some.append(Case(group, "e = (1, 1, 1): payments", EISENBERG, (0.8, 9.5, 8.4), paid))
    some.append(Case(group, "e = (1, 1, 1): equity", EISENBERG, (1.72, 0, 1.28), np.maximum(0, left)))
    some.append(Case(group, "e = (0, 0, .1): payments", EISENBERG, (0.8, 5.625, 5.525), _cleared((0, 0, 0.1), FINNET)[0]))
    for survives, expected, tolerance in ((0.9, (0.8, 8.55, 8.4), EXACT), (0.5, (0.8, 1.234177, 1.368354), 5e-7)):
        paid, _ = _cleared((1, 1, 1), FINNET, alpha=survives, beta=survives)
        some.append(Case(group, f"e = 1, alpha = beta = {survives:g}: payments", ROGERS, expected, paid, tolerance))
    paid, _ = _cleared((0.1, 0.1), ((0, 1), (1, 0)), alpha=0.5, beta=0.5)
    some.append(Case(group, "of the two solutions (1, 1) and (.1, .1) the greatest", "Rogers and Veraart (2013)", (1, 1), paid))
    return some + _ring_of_debt(group)


def _ring_of_debt(group):
    """A lent to C, C to B and B to A, 0.5 each, beside debt to the outside; assets are lost at one or two of them."""
    owed = np.zeros((4, 4))
    for debtor, creditor, amount in ((1, 0, 0.5), (2, 1, 0.5), (0, 2, 0.5), (0, 3, 9), (1, 3, 4), (2, 3, 2)):
        owed[debtor, creditor] = amount
    paid, left = _cleared((10, 5, 1.8, 0), owed)
    _, twice = _cleared((10, 3.6, 1.6, 0), owed)
    return [
        Case(group, "loss of 1.2 at C: equity", RING_OF_DEBT, (1, 0.96, -0.2), left[:3]),
        Case(group, "loss of 1.2 at C: payments", RING_OF_DEBT, (9.5, 4.5, 2.3), paid[:3]),
        Case(group, "loss of 1.4 at B and at C: equity", RING_OF_DEBT, (0.946667, -0.48, -0.40), twice[:3], 5e-7),
    ]


def distress():
    """How far a loss travels, and who owns what in the end."""
    equity = np.array([[1.0, 2.0, 4.0]])
    ring = np.zeros((1, 3, 3))
    ring[0, [0, 1, 2], [1, 2, 0]] = 0.5
    lost = debtrank(leverage(ring, equity), np.array([[[0, 0, 2 / 4]]]))
    halves = np.array([[[0, 0.5], [0.5, 0]]])
    return [
        Case("Distress", "linear DebtRank, loss of 2 at C: equity left", "Bardoscia et al. (2015)",
             np.array([59, 110, 124]) / 63, (equity * (1 - lost[:, 0]))[0]),
        Case("Distress", "two firms that own half of each other: who owns the assets", "Elliott, Golub and Jackson (2014)",
             np.array([[2, 1], [1, 2]]) / 3, ultimate_ownership(halves)[0]),
    ]  # fmt: skip


def markets():
    """Competition, inventory, diffusion, learning, cycles and debtors."""
    group, some = "Markets and forecasts", []
    for costs, quantity, price in (([10] * 2, [30] * 2, 40), ([10] * 5, [15] * 5, 25), ([10, 20, 30], [30, 20, 10], 40)):
        quantities, prices, profits = limits.cournot(100, costs)
        some.append(Case(group, f"Cournot P = 100 - Q, costs {costs}: quantities", MICROECONOMICS, quantity, quantities))
        some.append(Case(group, f"Cournot P = 100 - Q, costs {costs}: price, first profit", MICROECONOMICS,
                         (price, quantity[0] * (price - costs[0])), (prices[0], profits[0])))  # fmt: skip
    demand, fractile = NormalDemand(500, 100), limits.critical_fractile(10, 4, 2)
    order = demand.quantile(fractile)
    bass = limits.bass_peak(0.03, 0.38)
    learned = limits.learning_exponent(0.2), limits.learned_cost(2**3, 0.2), limits.learned_cost(10, 0.2)
    debtors = [KINDS_OF_DEBTOR[kind] for kind in limits.minsky_class(np.array([20, 12, 6]), 100, 0.08, 10)]
    return [
        *some,
        Case(group, "newsvendor 10, 4, 2, N(500, 100): fractile", MICROECONOMICS, 0.75, fractile),
        Case(group, "newsvendor: order, expected profit", MICROECONOMICS, (567.449, 2745.779),
             (order, limits.expected_profit(demand, order, 10, 4, 2)), 5e-4),
        Case(group, "Bass p = .03, q = .38: year of the peak", "Bass (1969)", 6.1926, bass[0], 5e-5),
        Case(group, "Bass: share by then, rate then", "Bass (1969)", (0.46053, 0.110592), bass[1:], 5e-6),
        Case(group, "20 % per doubling: exponent, cost after 3 doublings, after 10 times", "Wright (1936)",
             (0.321928, 0.512, 0.47651), learned, 5e-6),
        Case(group, "cobweb, ratio of slopes .5, 1, 1.5", MICROECONOMICS, ("damped", "perpetual", "explosive"),
             limits.cobweb(np.array([0.5, 1, 1.5]), 1)),
        Case(group, "debt 100, interest 8 %, amortisation 10: cash flow 20, 12, 6", "Minsky (1986)", KINDS_OF_DEBTOR, debtors),
    ]  # fmt: skip


def money_in_a_circle():
    """A vendor that buys equity of its customer."""
    ours = limits.money_in_a_circle(10, 0.8, 0.75)
    what = "equity 10, 80 % spent on the vendor at 75 %: revenue, gross profit, net cash"
    return [Case("Money in a circle", what, "design note", (8, 6, -2), ours)]


def golden(lab_cash, spend, cloud_cash=2.0):
    """One lab, one cloud and one lender after the golden quarter, one world. lab_cash, cloud_cash: $bn; spend: $bn a year."""
    firms = {
        "labs": [{"cash": lab_cash, "opex_ratio": 0.3, "revenue": 20.0}],
        "clouds": [{"cash": cloud_cash, "accounting_life": 6.0}],
        "lenders": [{"cash": 20.0}],
    }
    given = {"lab.fixed_opex": 0.0, "lender.rate": 0.08, "cloud.power": 1.3, "cloud.upkeep": 2.5, "contagion.cash_after_default": 0.9}
    model = industry(opening(firms, debt=37.5, debt_life=24, people=wanting(None), parameters=given))
    let(model, gw=1.0, rent=12.0, book=50.0, life=24)
    quarter(model, spend)
    return model


def _paid(model, *names):
    """Payments of these flows in the quarter, $bn."""
    return [model.ledger.payments(name).sum() for name in names]


def _held(model, *kinds):
    """Closing cash of these kinds, $bn."""
    return [cash(model, kind).sum() for kind in kinds]


def golden_quarter():
    """The quarter in which everybody pays."""
    group, model = "Golden quarter", golden(lab_cash=10.0, spend=20.0)
    fleet, debt = model.ledger.balances["fleet"].sum(), -model.ledger.balances["debt"][:, model.rows["clouds"]].sum()
    rows, money = ("labs", "clouds", "lenders", "Economy", "customers"), 1e5 + 10 + 2 + 20
    flows = ("budget", "services", "opex", "rent", "running_costs", "interest", "principal")
    worth = model.ledger.net_worth()[:, :-1].sum()
    written_off = -model.ledger.profit["depreciation"][:, model.rows["clouds"]].sum()
    return [
        Case(group, "income of customers, revenue, opex, rent, running costs, interest, principal", GOLDEN,
             (5, 5, 1.5, 3, 0.95, 0.75, 1.5625), _paid(model, *flows)),
        Case(group, "depreciation", GOLDEN, 50 / 24, written_off),
        Case(group, "closing cash of lab, cloud, lender, Economy, customers", GOLDEN,
             (10.5, 1.7375, 22.3125, 1e5 - 2.55, 0), _held(model, *rows)),
        Case(group, "all cash but the authority's", GOLDEN, money, model.ledger.balances["cash"][:, :-1].sum()),
        Case(group, "book value, loan", GOLDEN, (50 * 23 / 24, 35.9375), (fleet, debt)),
        Case(group, "net worth of all but the authority", GOLDEN, 50 * 23 / 24 + money, worth),
    ]  # fmt: skip


def golden_default():
    """The same quarter without customers: the lab fails, the cloud and the lender do not."""
    group, model = "Golden quarter without revenue", golden(lab_cash=1.0, spend=0.0, cloud_cash=3.0)
    written_off = -model.ledger.profit["arrears_lost"][:, model.rows["clouds"]].sum()
    service = model.fleet.in_service(model.now)[0]
    return [
        Case(group, "rent paid of 3, default cost, arrears written off", GOLDEN,
             (0.9, 0.1, 2.1), [*_paid(model, "rent", "default_cost"), written_off]),
        Case(group, "running costs, interest and principal the cloud still pays", GOLDEN,
             (0.95, 0.75, 1.5625), _paid(model, "running_costs", "interest", "principal")),
        Case(group, "cash left to the cloud", GOLDEN, 0.6375, _held(model, "clouds")[0]),
        Case(group, "GW idle, GW let", GOLDEN, (1, 0), (service[IDLE].sum(), service[0].sum())),
    ]  # fmt: skip
