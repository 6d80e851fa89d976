"""The plan of a lab the plain way: one Mesa object per lab, one number at a time, quantiles by a textbook root finder.

It is written from model.md 5 and 10, not from `abm`, and is what the arrays of phase 11 must reproduce.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import exp, log, sqrt
from statistics import NormalDist

import mesa
from scipy.integrate import quad
from scipy.optimize import brentq

QUARTERS_A_YEAR = 4
LEAST, MOST = 0.02, 0.98  # quantiles that anybody plans at
NORMAL = NormalDist()  # of the standard library: scipy.stats takes most of its time to look at what it was given


@dataclass
class PlainCone:
    """What planners believe about growth, as plain numbers [model.md 5]."""

    believed_width: float
    width: float
    growth_spread: float
    momentum_share: float
    lead_share: float
    fading: float
    young: float
    young_growth: float
    proven: float
    lasting_growth: float
    mature: float
    mature_growth: float
    mature_momentum: float
    stalled_growth: float
    stall_belief: float
    horizon: float
    learned_spread: float  # a year ahead
    uplift: float  # demand that a breakthrough will still bring within the horizon, ln
    trend: tuple  # growth of the market of late and the growth it returns to, 1/year, and the part of momentum that goes on

    def returns_to(self, revenue):
        """Growth that an industry of this size returns to, 1/year: three known sizes, and straight lines in logs between them."""
        late = min(self.mature_growth, self.lasting_growth)
        known = [(self.young, max(self.young_growth, self.lasting_growth)), (self.proven, self.lasting_growth), (self.mature, late)]
        if revenue <= self.young:
            return known[0][1]
        for (size, growth), (larger, slower) in pairwise(known):
            if revenue < larger:
                return growth + (slower - growth) * log(revenue / size) / log(larger / size)
        return late

    def holds(self, revenue):
        """Part of momentum that goes on for a year: a straight line in logs from the proven to the mature size."""
        least = min(self.mature_momentum, self.momentum_share)
        way = min(1.0, max(0.0, log(max(revenue, self.proven) / self.proven) / log(self.mature / self.proven)))
        return self.momentum_share + (least - self.momentum_share) * way

    def reasoned(self, momentum):
        """Logarithmic growth to the horizon of who knows that momentum fades and that rivals plan as well [model.md 5.2, 5.3]."""
        market, lasting, holds = self.trend
        held = (1 - exp(-self.fading * self.horizon)) / (1 - exp(-self.fading))
        return lasting * self.horizon + held * (holds * (market - lasting) + self.lead_share * (momentum - market))

    def quantile(self, q, base, momentum, weight, optimism=0.0):
        """Revenue undercut with probability q [$bn a year], by who gives this weight to momentum [model.md 5.2-5.6]."""
        if base <= 0:
            return 0.0
        h = self.horizon
        hopeless = weight * momentum * h + (1 - weight) * self.reasoned(momentum)
        hope = optimism * h + self.uplift
        normal, stalled = hopeless + hope, min(self.stalled_growth * h, hopeless) + hope
        stall = (1 - (1 - self.stall_belief) ** (QUARTERS_A_YEAR * h)) * (1 - weight)
        believed = self.believed_width / self.width if self.believed_width > 0 else 1.0
        spread = believed * sqrt(self.learned_spread**2 * h + (self.width * self.growth_spread * h) ** 2)

        def too_much(x):
            return (1 - stall) * NORMAL.cdf((x - normal) / spread) + stall * NORMAL.cdf((x - stalled) / spread) - q

        reach = abs(NORMAL.inv_cdf(q)) * spread + spread
        return base * exp(brentq(too_much, stalled - reach, normal + reach, xtol=1e-13, rtol=1e-14))


@dataclass
class Contract:
    """GW let from a quarter on for a term in quarters, at a rent in $bn a year."""

    cloud: int
    gw: float
    rent: float
    starts: int
    term: int


class PlainLab(mesa.Agent):
    """One lab: its books in brief, its contracts, and what it wants to order."""

    def __init__(self, model, number, books, contracts):
        super().__init__(model)
        self.number, self.contracts = number, contracts
        for name, value in books.items():
            setattr(self, name, value)

    def base(self):
        """Revenue to forecast from: a rationed lab knows it had demand [model.md 5.4]."""
        return max(self.revenue, self.model.demand_floor * self.demand)

    def forecast(self, q, weight):
        """A quantile of revenue at the planning horizon, $bn a year."""
        return self.model.cone.quantile(q, self.base(), self.growth, weight)

    def own_forecast(self, q):
        """The same in its own eyes."""
        return self.model.cone.quantile(q, self.base(), self.growth, self.extrapolation, self.optimism)

    def beyond_lag(self):
        """Contracts that are in force when an order of today is delivered, or later."""
        return [contract for contract in self.contracts if contract.starts + contract.term > self.model.arrival]

    def rent_beyond_lag(self, cloud=None):
        """What it already owes by then, $bn a year, to one cloud or to all."""
        return sum(contract.rent for contract in self.beyond_lag() if cloud in (None, contract.cloud))

    def effective_beyond_lag(self):
        """What its contracts will be worth by then, GWe [model.md 9.1]."""
        ages = [(contract.gw, max(0, self.model.arrival - contract.starts)) for contract in self.beyond_lag()]
        return sum(gw * exp(-self.model.ageing * age / QUARTERS_A_YEAR) for gw, age in ages)

    def rent(self):
        """Mean price of new compute, $bn per GW-year."""
        return sum(weight * price for weight, price in zip(self.weights, self.model.prices, strict=True))

    def funding(self):
        """A few quarters' rounds at the last mark, $bn; none for a lab that its parent holds."""
        return 0.0 if self.parent >= 0 else self.model.funded_quarters * self.dilution * self.value

    def backing(self):
        """What its parent could add in a year, $bn."""
        return self.model.spare_of_parent(self.parent) if self.parent >= 0 and self.alive else 0.0

    def wanted_to_serve(self):
        """GWe that serve demand at the newsvendor's fractile, or at its own quantile if bolder [model.md 10.1]."""
        density = self.revenue_density / self.scarcity  # scarcity will not last until the compute arrives
        margin = 1 - self.rent() * self.model.cost_over_price / density if density > 0 else 1.0
        at = min(MOST, max(LEAST, self.risk_appetite, margin))
        spend = self.own_forecast(at) * self.scarcity ** (self.model.demand_elasticity - 1)
        return spend / (density * (1 - self.planned_training()))

    def planned_training(self):
        """Part of its compute that it plans to train on: the usual part at odds of its own, and little in a stall [model.md 8.7]."""
        odds = self.model.usual_training / (1 - self.model.usual_training) * self.training_share / (1 - self.training_share)
        return min(odds / (1 + odds), self.model.most_training)

    def payable(self):
        """$bn a year it can pay at its own quantile of revenue and of funding alike [model.md 10.2]."""
        q = self.risk_appetite
        revenue = (1 - self.opex_ratio) * self.own_forecast(q)
        luck = exp(self.model.funding_sd * NORMAL.inv_cdf(q))
        return revenue + self.model.cash_in_plan * self.cash + self.funding() * luck + self.backing()

    def order(self):
        """GW it wants to order [model.md 10.4, 10.6]."""
        if not self.alive or self.model.sentiment < self.model.shy_level:
            return 0.0
        room = (self.payable() - self.rent_beyond_lag()) / self.rent()
        order = max(0.0, min(self.wanted_to_serve() - self.effective_beyond_lag(), room))
        if self.model.coverage_rule > 0:
            low = (1 - self.opex_ratio) * self.own_forecast(0.1) / self.model.coverage_rule
            order = min(order, max(0.0, (low - self.rent_beyond_lag()) / self.rent()))
        return order

    def accepted_by(self, cloud):
        """GW that a cloud still accepts, at its own quantile and weight of momentum [model.md 10.3, 26.12]."""
        counted = self.forecast(self.model.appetites[cloud], self.model.tenant_weights[cloud])
        means = counted + self.model.cash_in_plan * self.cash + self.funding() + self.backing()
        return max(0.0, means * self.weights[cloud] - self.rent_beyond_lag(cloud)) / self.model.prices[cloud]


class PlainPlanner(mesa.Model):
    """One world's phase 11 up to the limits, read off an Industry that is about to plan."""

    def __init__(self, industry, world=0):
        super().__init__()
        self.read_rules(industry, world)
        self.read_clouds(industry, world)
        rows = range(len(industry.labs))
        self.labs = [PlainLab(self, row, _books(industry, world, row), _contracts(industry, world, row)) for row in rows]
        self.see_trend()

    def read_rules(self, industry, world):
        """Parameters of this world as plain numbers."""
        for group, names in (
            (industry.plans, ("demand_floor", "cash_in_plan", "funded_quarters", "shy_level", "coverage_rule")),
            (industry.funds, ("funding_sd",)),
        ):
            for name in names:
                setattr(self, name, float(getattr(group, name)[world, 0]))
        lag, seen = industry.compute.build_lag, industry.cone
        given = {name: float(getattr(seen, name)[world, 0]) for name in PlainCone.__dataclass_fields__ if hasattr(seen, name)}
        learned = float(industry.errors_seen.spread[world, 0])
        h = (lag + 2) / QUARTERS_A_YEAR
        uplift = float(industry.still_to_come[world, 0]) * (1 - exp(-float(seen.breakthrough_speed[world, 0]) * h))
        self.cone = PlainCone(horizon=h, learned_spread=learned, uplift=uplift, trend=(0.0, 0.0, 0.0), **given)
        self.arrival = industry.now + lag
        self.ageing = 2 / float(industry.technology_parameters.chip_life[world, 0])
        self.demand_elasticity = float(industry.services.demand_elasticity[world, 0])
        s, self.sentiment = industry.services, float(industry.sentiment[world, 0])
        first, last, pace = (
            float(getattr(s, name)[world, 0]) for name in ("training_share_start", "training_share", "training_share_time")
        )
        self.usual_training = last + (first - last) * exp(-float(industry.years) / pace)
        self.most_training = float(s.stall_training_share[world, 0]) if industry.stall_known()[world, 0] else 1.0
        term = industry.compute.contract_term / QUARTERS_A_YEAR
        self.cost_over_price = term / quad(lambda age: exp(-self.ageing * age), 0, term)[0]

    def see_trend(self):
        """Growth of all labs together, by revenue, and the growth that an industry of this size returns to."""
        alive = [lab for lab in self.labs if lab.alive]
        total = sum(lab.revenue for lab in alive)
        lasting = self.cone.returns_to(total)
        mean = sum(lab.growth * lab.revenue for lab in alive) / total if total > 0 else lasting
        self.cone.trend = (mean, lasting, self.cone.holds(total))

    def read_clouds(self, industry, world):
        """Prices, quantiles, and what owners have to spare."""
        clouds, fleet = industry.clouds, industry.fleet
        self.prices, self.appetites, self.tenant_weights, cash, other = (
            clouds.columns[name][world].tolist()
            for name in ("contract_price", "risk_appetite", "tenant_extrapolation", "cash", "other_cash_flow")
        )
        rates, years = industry.loan_rates[world].tolist(), (industry.lenders.tenor[world] / QUARTERS_A_YEAR).tolist()
        secured, notes = fleet.loan[world].sum(axis=2).tolist(), fleet.notes.maturing[world].sum(axis=2).tolist()
        principal = fleet.principal[world].clip(max=fleet.loan[world]).sum(axis=(0, 2)).tolist()  # what is repaid costs nothing
        waiver = [float(industry.lending.waiver[world, 0]) * (breach > 0) for breach in clouds.columns["breach"][world]]
        service = [QUARTERS_A_YEAR * due for due in principal]
        for rate, loan, note, tenor in zip(rates, secured, notes, years, strict=True):  # notes count as repaid evenly over a tenor
            for k in range(len(cash)):
                service[k] += rate[k] * (loan[k] + note[k]) + waiver[k] * loan[k] + note[k] / tenor
        self.spare = [max(0.0, self.cash_in_plan * cash[k] + other[k] - service[k]) for k in range(len(cash))]

    def spare_of_parent(self, cloud):
        """An owner's spare money, spread over the living labs it holds, $bn a year."""
        return self.spare[cloud] / sum(1 for lab in self.labs if lab.parent == cloud and lab.alive)

    def orders(self):
        """What each lab wants, GW."""
        return [lab.order() for lab in self.labs]

    def limits(self):
        """What each cloud accepts from each lab, GW, a row per lab."""
        return [[lab.accepted_by(cloud) for cloud in range(len(self.prices))] for lab in self.labs]


def _books(industry, world, row):
    """A lab's numbers as an object would hold them."""
    names = (
        "revenue",
        "demand",
        "growth",
        "risk_appetite",
        "extrapolation",
        "optimism",
        "opex_ratio",
        "revenue_density",
        "cash",
        "training_share",
    )
    books = {name: float(industry.labs.columns[name][world, row]) for name in names}
    listed, funds = industry.labs.listed[world, row] > 0, industry.funds
    return {
        **books,
        "scarcity": float(industry.scarcity[world, row]),
        "alive": bool(industry.labs.alive[world, row]),
        "parent": int(industry.labs.parent_row[world, row]),
        "dilution": float((funds.listed_dilution if listed else funds.dilution)[world, 0]),
        "value": max(0.0, -float(industry.ledger.balances["equity"][world, industry.rows["labs"]][row])),
        "weights": industry.weights[world, row].tolist(),
    }


def _contracts(industry, world, row):
    """A lab's contracts one by one."""
    fleet = industry.fleet
    return [
        Contract(int(cloud), float(let[world, pair, vintage]), float(rent[world, pair, vintage]), fleet.first + vintage, term)
        for let, rent, term in zip(fleet.let, fleet.rent, fleet.terms, strict=True)
        for pair, (lab, cloud) in enumerate(zip(fleet.pairs.rows, fleet.pairs.owners, strict=True))
        for vintage in range(let.shape[-1])
        if lab == row and let[world, pair, vintage] > 0
    ]
