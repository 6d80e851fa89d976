"""Customers, one by one: enterprises and cohorts of consumers, as columns `[worlds, customers]` [model.md 7, 8.1, 26.3].

`Customers` holds all of them, the subsidiary ledger of two control accounts; an `EnterpriseCustomer` is an agent that sees one column.
What one of them does stands in `customer_adoption`, `customer_spending`, `customer_choice` and `customer_transit`.
"""

from typing import NamedTuple

import numpy as np

from abm.engine.compiled import table
from abm.engine.population import Population
from abm.engine.tables import customers_text
from agents import customer_adoption, customer_birth, customer_choice, customer_spending, customer_transit
from agents.customer import ConsumerCohort, EnterpriseCustomer
from agents.customer_adoption import DEPLOYED
from agents.customer_birth import Segments

ROWS = dict.fromkeys(("segment", "domain", "main_provider", "second_provider"), np.uint16)  # never negative, so never counted from the end
WHOLE = {**ROWS, "tenure": np.int16}  # the other columns are numbers and flags


class Columns(NamedTuple):
    """The columns of a `Customer`, [worlds, n], and who deployed this quarter: what a compiled rule sees."""

    segment: np.ndarray
    domain: np.ndarray
    potential: np.ndarray
    lateness: np.ndarray
    usefulness: np.ndarray
    readiness: np.ndarray
    risk_appetite: np.ndarray
    patience: np.ndarray
    procurement: np.ndarray
    main_share: np.ndarray
    stage: np.ndarray
    wait: np.ndarray
    started_early: np.ndarray
    spend: np.ndarray
    paid: np.ndarray
    main_provider: np.ndarray
    second_provider: np.ndarray
    tenure: np.ndarray
    requalification: np.ndarray
    requalifying: np.ndarray
    waiting: np.ndarray
    kept: np.ndarray
    newcomer: np.ndarray


class Domains(NamedTuple):
    """Word of trials in each domain, and how many customers it has and how many have deployed, [worlds, domains]."""

    awareness: np.ndarray
    inside: np.ndarray
    deployed: np.ndarray


class Kinds(NamedTuple):
    """What a compiled rule sees of `Segments`, [segments]."""

    kind: np.ndarray
    service_class: np.ndarray
    rechoice: np.ndarray
    price_sensitivity: np.ndarray
    stickiness: np.ndarray
    quality_ceiling: np.ndarray
    integrates: np.ndarray


class Seen(NamedTuple):
    """What a compiled rule sees of `Offers`."""

    capability: np.ndarray
    quality: np.ndarray
    price: np.ndarray
    outage: np.ndarray
    alive: np.ndarray


class Places(NamedTuple):
    """What a compiled rule sees of a `Refuge`."""

    room: np.ndarray
    friction: np.ndarray


def seen_of(kind, whole):
    """The arrays of an object that a compiled rule sees, as they lie in memory when they are together."""
    return kind(*(np.ascontiguousarray(getattr(whole, name)) for name in kind._fields))


class Customers:
    """All customers of all worlds. Enterprises come first; every column of a `Customer` is an attribute [worlds, n], changed in place.

    lost, taken_in: of this quarter, $bn a year: what dead labs' customers gave up, [worlds, 1], and what labs took in, [worlds, labs].
    A quarter is `advance_stages`, `desired_spend`, `choose`, `demand`, then `settle` with what the labs could serve.
    """

    __repr__ = customers_text

    def __init__(self, parameters, segments, market, columns, labs):
        self.parameters, self.segments, self.market, self.labs = parameters, segments, market, labs
        self.worlds, self.n = columns["segment"].shape
        self.columns: dict = {name: np.ascontiguousarray(values, dtype=WHOLE.get(name)) for name, values in columns.items()}
        for name, values in self.columns.items():
            setattr(self, name, values)
        self.newcomer = np.zeros((self.worlds, self.n), dtype=bool)
        self._seen_by_rules, self._kinds = Columns(**self.columns, newcomer=self.newcomer), seen_of(Kinds, segments)
        self._appetite = self.risk_appetite.copy()
        domain = np.arange(self.worlds)[:, None] * (parameters.domains + 1) + self.domain
        inside, deployed = self._count(domain.reshape(-1)), self._count(domain[self.stage == DEPLOYED])
        self.domains = Domains(np.zeros(inside.shape), inside, deployed)
        self.lost, self.taken_in = np.zeros((self.worlds, 1)), np.zeros((self.worlds, labs))
        self._known, self._calm = np.ones((self.worlds, labs), dtype=bool), np.ones(self.worlds, dtype=bool)  # no lab was ever lost

    @classmethod
    def born(cls, parameters, segments, market, luck, opening):
        """The customers of a world that opens.

        segments: Segments, or None for the default; market: a Market; luck: a Luck;
        opening: frontier capability [OOM], [worlds, 1], and labs' shares of each segment's spend, [worlds, segments, labs]
        """
        segments = segments or Segments.default()
        frontier, shares = opening
        columns, uniforms = customer_birth.drawn(parameters, segments, market, luck)
        potential = individual_potential(columns, market, frontier)
        opened = customer_birth.opened(parameters, segments, columns, potential, shares, uniforms)
        zeros = {name: np.zeros_like(potential) for name in ("wait", "paid", "requalifying", "waiting")}
        others = {
            "kept": np.ones_like(potential),
            "started_early": np.zeros(potential.shape, dtype=bool),
            "tenure": np.zeros(potential.shape, dtype=np.int16),
        }
        return cls(parameters, segments, market, {**columns, **zeros, **others, **opened}, shares.shape[2])

    def one_more_to_choose(self):
        """An offer appears beside those there were; nobody has it yet."""
        self.labs += 1
        self._known = np.pad(self._known, ((0, 0), (0, 1)))

    def individual_potential(self, frontier, boost=1):
        """Potential spend TAM_c of each customer at a frontier capability [OOM], $bn a year, [worlds, n].

        It sums to the market's [model.md 7.1, 26.3].
        """
        return individual_potential(self.columns, self.market, frontier, boost)

    def advance_stages(self, frontier):
        """Move who has not deployed by at most one stage; frontier: capability, OOM, [worlds, 1] [model.md 7.4]."""
        self._follow_appetite()
        p = self.parameters
        names = ("adoption_pace", "bass_innovation", "bass_imitation", "early_cost", "late_cost", "early_quarters", "late_quarters")
        worlds = table(self.worlds, frontier=frontier, **{name: getattr(p, name) for name in names})
        customer_adoption.advance(self._seen_by_rules, worlds, self._kinds, self.domains)

    def _follow_appetite(self):
        """What follows from an appetite that somebody has changed: when value suffices, and the part of the main lab."""
        if np.array_equal(self.risk_appetite, self._appetite):
            return
        moved = np.nonzero(self.risk_appetite != self._appetite)
        p, appetite = self.parameters, self.risk_appetite[moved]
        self.readiness[moved] = customer_birth.readiness(p, self.usefulness, self.risk_appetite)[moved]
        both = self.main_share[moved] < 1
        self.main_share[moved] = np.where(both, customer_birth.main_share(p, self.risk_appetite)[moved], 1)
        self._appetite[moved] = appetite

    def desired_spend(self, frontier, served, noise, boost=1):
        """Wanted spend of this quarter, $bn a year, [worlds, n], kept in `spend`; who is in transit wants no less [model.md 7.2, 7.3].

        frontier: OOM, [worlds, 1]; served: last quarter's revenue of all labs, $bn a year, [worlds, 1];
        noise: of enterprises and of consumers, log, [worlds, 2]; boost: what a breakthrough multiplied the market by
        """
        p, market = self.parameters, self.market
        worlds = table(
            self.worlds,
            served=served,
            odds_against=np.exp((market.midpoint - frontier) / market.capability_scale),
            market=market.potential(frontier, boost),
            speed=p.adoption_pace * market.diffusion_speed,
            log_fastest_growth=np.log(p.fastest_growth),
            enterprise_noise=noise[:, 0],
            consumer_noise=noise[:, 1],
            **{name: getattr(p, name) for name in ("fastest_decline", "first_spend", "served_multiple", "served_floor")},
        )
        customer_spending.desire(self._seen_by_rules, worlds, self._calm, p.enterprises)
        return self.spend

    def in_transit(self):
        """Wanted spend without a lab, $bn a year, [worlds, 1]."""
        transit = np.zeros((self.worlds, 1))
        customer_spending.add_up_transit(self._seen_by_rules, self._calm, transit)
        return transit

    def choose(self, offers, turned_away_share, uniforms, refuge):
        """Who lost a lab moves, requalifies or waits; some others choose a main and a second lab anew [model.md 8.1, 13.8, 26.3].

        offers: Offers of this quarter; turned_away_share: last quarter's, [worlds, labs, classes];
        uniforms: two arrays [worlds, n], one for whether and one for whom; refuge: a Refuge. Newcomers always choose, and who has
        requalified after its lab was gone.
        """
        p = self.parameters
        names = ("turned_away_leaves", "capability_weight", "outage_weight", "loyalty_quarters", "lost_with_lab")
        worlds = table(self.worlds, **{name: getattr(p, name) for name in names})
        self.lost, self.taken_in = np.zeros((self.worlds, 1)), np.zeros(offers.alive.shape)
        given = np.ascontiguousarray(turned_away_share), tuple(uniforms), seen_of(Places, refuge), (self.lost, self.taken_in)
        customer_choice.choose(self._seen_by_rules, worlds, self._kinds, seen_of(Seen, offers), self._known, self._calm, *given)

    def weights(self, offers):
        """Weights of labs in the eyes of each segment, before loyalty, [worlds, segments, labs]."""
        return weights_of(self.parameters, self.segments, offers)

    def join(self, entrants, share, uniforms):
        """Customers drawn by lot make an entrant their main lab until they bring it a share of what all ask for now [model.md 13.6].

        entrants: bool, [worlds, labs], at most one a world; share: [worlds, 1]; uniforms: [worlds with one, n]. Who alone spends
        more than that share stays away; the last one joins if that brings the entrant nearer to its share.
        """
        for lots, world in zip(uniforms, np.flatnonzero(entrants.any(axis=1)), strict=True):
            asked = self.spend[world] * (1 - self.waiting[world])
            wanted = share[world, 0] * asked.sum()
            spend = np.where(self.stage[world] == DEPLOYED, asked * self.main_share[world], 0)
            order = np.argsort(lots)
            drawn = np.where(spend <= wanted, spend, 0)[order]
            joins = order[(drawn > 0) & (np.cumsum(drawn) - drawn / 2 <= wanted)]
            self.main_provider[world, joins] = entrants[world].argmax()
            self.tenure[world, joins] = 0

    def change_hands(self, buyer, lost):
        """Customers of labs that are sold go on with who buys them. Returns the spend that is given up, $bn a year, [worlds, 1].

        buyer: row of the lab that buys each lab, -1 for none, [worlds, labs]; lost: part of it that they give up, [worlds, 1]
        """
        gone, buyer = np.zeros((self.worlds, 1)), np.pad(buyer, ((0, 0), (0, self.labs - buyer.shape[1])), constant_values=-1)
        for w in np.flatnonzero((buyer >= 0).any(axis=1)):
            gone[w] = customer_transit.change_hands(self._seen_by_rules, w, buyer[w], lost[w, 0])
            self._calm[w] = False
        return gone

    def demand(self):
        """Wanted spend by lab and class of service, without what is in transit, $bn a year, [worlds, labs, classes]."""
        demand = np.zeros((self.worlds, self.labs, len(customer_birth.CLASSES)))
        customer_spending.add_up_demand(self._seen_by_rules, self._kinds.service_class, demand)
        return demand

    def settle(self, paid_share):
        """What each customer pays, $bn a year, [worlds, n], kept in `paid`: it sums to the labs' revenue.

        paid_share: `Rationing.paid_share`, [worlds, labs, classes]
        """
        customer_spending.pay(self._seen_by_rules, self._kinds.service_class, np.ascontiguousarray(paid_share))
        return self.paid

    def part_deployed(self):
        """Customers that have deployed over all there are, [worlds, 1]."""
        return (self.stage == DEPLOYED).sum(axis=1, keepdims=True) / max(1, self.stage.shape[1])

    def by_kind(self, amounts):
        """Sums over enterprises and over consumers, [worlds, 2]: what the two control accounts must show."""
        split = self.parameters.enterprises
        return np.stack([amounts[:, :split].sum(axis=1), amounts[:, split:].sum(axis=1)], axis=1)

    def populations(self, model):
        """Enterprises and cohorts as two populations of Mesa agents that see these columns."""
        split = self.parameters.enterprises
        parts = ((EnterpriseCustomer, "enterprise", slice(None, split)), (ConsumerCohort, "cohort", slice(split, None)))
        return tuple(self._seen(model, kind, word, part) for kind, word, part in parts)

    def _seen(self, model, kind, word, part):
        columns = {name: values[:, part] for name, values in self.columns.items()}
        return Population(model, kind, [f"{word} {row + 1}" for row in range(columns["spend"].shape[1])], columns, self.worlds)

    def _count(self, cells):
        shape = (self.worlds, self.parameters.domains + 1)
        return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)


def weights_of(parameters, segments, offers):
    """Weights of labs in the eyes of each segment, before loyalty, [worlds, segments, labs] [model.md 8.1]."""
    worlds = table(len(offers.alive), capability_weight=parameters.capability_weight, outage_weight=parameters.outage_weight)
    weights, kinds, seen = np.empty((len(worlds), len(segments), offers.alive.shape[1])), seen_of(Kinds, segments), seen_of(Seen, offers)
    for w in range(len(worlds)):
        customer_choice.choice_weights(worlds[w], kinds, seen, w, weights[w])
    return weights


def individual_potential(columns, market, frontier, boost=1):
    """Potential spend of each customer, $bn a year, [worlds, n]: by size and lateness, with the sum of the market's."""
    odds_against = np.exp((market.midpoint - frontier) / market.capability_scale)
    spend = columns["potential"] / (1 + columns["lateness"] * odds_against)
    total = spend.sum(axis=1, keepdims=True)  # nothing where a world has no customers with a potential
    return spend * (market.potential(frontier, boost) / np.where(total > 0, total, 1))
