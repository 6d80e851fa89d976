"""Customers, one by one: enterprises and cohorts of consumers, as columns `[worlds, customers]` [model.md 7, 8.1, 26.3].

`Customers` holds all of them, the subsidiary ledger of two control accounts; an `EnterpriseCustomer` is an agent that sees one column.
"""

import numpy as np

from abm.engine.population import Population
from abm.engine.tables import customers_text
from agents import customer_birth, customer_quarter, customer_transit
from agents.customer import ConsumerCohort, EnterpriseCustomer
from agents.customer_birth import Segments
from agents.customer_quarter import DEPLOYED, PILOT, PROCUREMENT, TRIAL, UNAWARE, Ballot


def at(values, rows, out=None):
    """Elements by flat index; into `out` if given."""
    return values.reshape(-1).take(rows) if out is None else np.take(values, rows, out=out, mode="clip")  # "raise" would copy


def put(values, rows, new):
    """Set elements of a contiguous array by flat index."""
    values.reshape(-1)[rows] = new


class Customers:
    """All customers of all worlds. Enterprises come first; every column of a `Customer` is an attribute [worlds, n], changed in place.

    lost, taken_in: of this quarter, $bn a year: what dead labs' customers gave up, [worlds, 1], and what labs took in, [worlds, labs].
    A quarter is `advance_stages`, `desired_spend`, `choose`, `demand`, then `settle` with what the labs could serve.
    """

    __repr__ = customers_text

    def __init__(self, parameters, segments, market, columns, labs):
        self.parameters, self.segments, self.market, self.labs = parameters, segments, market, labs
        self.worlds, self.n = columns["segment"].shape
        for name, values in columns.items():
            setattr(self, name, np.ascontiguousarray(values))
        self.columns = {name: getattr(self, name) for name in columns}
        self._appetite = self.risk_appetite.copy()
        self._group = np.arange(self.worlds)[:, None] * len(segments) + self.segment
        self._domain_cell = np.arange(self.worlds)[:, None] * (parameters.domains + 1) + self.domain
        self._in_domain = self._count_by_domain(self._domain_cell.reshape(-1))
        self._deployed = self._count_by_domain(self._domain_cell[self.stage == DEPLOYED])
        self.awareness, self._newcomers = np.zeros(self._in_domain.shape), np.zeros(0, dtype=np.int64)
        self._known, self._calm = np.ones((self.worlds, labs), dtype=bool), True  # labs that lived when last seen; no lab was ever lost
        self.lost, self.taken_in = np.zeros((self.worlds, 1)), np.zeros((self.worlds, labs))
        # big temporaries are kept: to ask the system for fresh memory costs more than to fill it
        self._cells = (np.empty(self._group.shape, dtype=np.int64), np.empty(self._group.shape, dtype=np.int64))
        self._first_cell = self._group * labs
        self._scratch, self._potential_now = np.empty(self._group.shape), np.empty(self._group.shape)

    @classmethod
    def born(cls, parameters, segments, market, luck, opening):
        """The customers of a world that opens.

        segments: Segments, or None for the default; market: a Market; luck: a Luck;
        opening: frontier capability [OOM], [worlds, 1], and labs' shares of each segment's spend, [worlds, segments, labs]
        """
        segments = segments or Segments.default()
        frontier, shares = opening
        columns, uniforms = customer_birth.drawn(parameters, segments, market, luck)
        zeros = {name: np.zeros_like(columns["potential"]) for name in ("wait", "paid", "spend", "requalifying", "waiting")}
        zeros |= {"kept": np.ones_like(columns["potential"])}
        flags = {"started_early": np.zeros(columns["segment"].shape, dtype=bool), "tenure": np.zeros_like(columns["segment"])}
        unopened = {"stage": np.zeros(columns["segment"].shape, dtype=np.int8)}
        blank = cls(parameters, segments, market, {**columns, **zeros, **flags, **unopened}, shares.shape[2])
        potential = blank.individual_potential(frontier)
        opened = customer_birth.opened(parameters, segments, columns, potential, shares, uniforms)
        return cls(parameters, segments, market, {**columns, **zeros, **flags, **opened}, shares.shape[2])

    def one_more_to_choose(self):
        """An offer appears beside those there were; nobody has it yet."""
        self.labs += 1
        self._first_cell = self._group * self.labs
        self._known = np.pad(self._known, ((0, 0), (0, 1)))

    def individual_potential(self, frontier, boost=1):
        """Potential spend TAM_c of each customer at a frontier capability [OOM], $bn a year, [worlds, n], until asked again.

        It sums to the market's [model.md 7.1, 26.3].
        """
        odds_against = np.exp((self.market.midpoint - frontier) / self.market.capability_scale)
        spend = np.multiply(self.lateness, odds_against, out=self._potential_now)
        spend += 1
        np.divide(self.potential, spend, out=spend)
        total = spend.sum(axis=1, keepdims=True)  # nothing where a world has no customers with a potential
        spend *= self.market.potential(frontier, boost) / np.where(total > 0, total, 1)
        return spend

    def advance_stages(self, frontier):
        """Move who has not deployed by at most one stage; frontier: capability, OOM, [worlds, 1] [model.md 7.4].

        A trial starts when the hazard that the domain has gone through exceeds the customer's patience: the law of a constant
        draw against a moving hazard, with one number per customer for life. Who dares more sees more value in a trial, and the hazard
        counts for more in proportion.
        """
        self._follow_appetite()
        p, deployed = self.parameters, self._deployed / np.maximum(self._in_domain, 1)
        self.awareness += p.adoption_pace * customer_quarter.trial_hazard(p, deployed)
        frontier = np.broadcast_to(frontier, (self.worlds, 1))
        unaware, trying, under_way = (np.flatnonzero(rows) for rows in (self.stage == UNAWARE, self.stage == TRIAL, self._under_way()))
        self._try(unaware, frontier)
        self._buy(trying, frontier)
        self._go_on(under_way)

    def _follow_appetite(self):
        """What follows from an appetite that somebody has changed: when value suffices, and the part of the main lab."""
        moved = np.nonzero(self.risk_appetite != self._appetite)
        if moved[0].size:
            p, appetite = self.parameters, self.risk_appetite[moved]
            self.readiness[moved] = customer_birth.readiness(p, self.usefulness, self.risk_appetite)[moved]
            both = self.main_share[moved] < 1
            self.main_share[moved] = np.where(both, customer_birth.main_share(p, self.risk_appetite)[moved], 1)
            self._appetite[moved] = appetite

    def _under_way(self):
        return (self.stage > TRIAL) & (self.stage < DEPLOYED)

    def _try(self, rows, frontier):
        """From unaware to a trial, which is early if the capability does not suffice yet, in the eyes of a customer of middling appetite.

        So the same trial is early for a bold and for a timid customer: who dares more is not late for finding sooner that it pays.
        """
        daring = np.exp(at(self.usefulness, rows) - at(self.readiness, rows))  # value at its own quantile over that at the median
        rows = rows[at(self.awareness, at(self._domain_cell, rows)) * daring >= at(self.patience, rows)]
        world = rows // self.n
        sufficient = customer_quarter.adopts(frontier[world, 0], at(self.usefulness, rows), self.parameters.early_cost[world, 0])
        put(self.started_early, rows, ~sufficient)
        put(self.stage, rows, TRIAL)

    def _buy(self, rows, frontier):
        """From trial to procurement, when the capability covers price and integration."""
        world = rows // self.n
        cost = np.where(at(self.started_early, rows), self.parameters.early_cost[world, 0], self.parameters.late_cost[world, 0])
        rows = rows[customer_quarter.adopts(frontier[world, 0], at(self.readiness, rows), cost)]
        put(self.wait, rows, at(self.procurement, rows))
        put(self.stage, rows, PROCUREMENT)

    def _go_on(self, rows):
        """From procurement to pilot, from pilot to deployed, as time passes; fractions of a quarter are carried over."""
        stage, p, world = at(self.stage, rows), self.parameters, rows // self.n
        wait = at(self.wait, rows) - p.adoption_pace[world, 0]
        done = wait <= 0
        integration = np.where(at(self.started_early, rows), p.early_quarters[world, 0], p.late_quarters[world, 0])
        integration *= self.segments.integrates[at(self.segment, rows)]
        put(self.wait, rows, wait + np.where(done & (stage == PROCUREMENT), integration, 0))
        put(self.stage, rows, stage + done)
        self._newcomers = rows[done & (stage == PILOT)]
        self._deployed += self._count_by_domain(at(self._domain_cell, self._newcomers))

    def desired_spend(self, frontier, served, noise, boost=1):
        """Wanted spend of this quarter, $bn a year, [worlds, n], kept in `spend`; who is in transit wants no less [model.md 7.2, 7.3].

        frontier: OOM, [worlds, 1]; served: last quarter's revenue of all labs, $bn a year, [worlds, 1];
        noise: of enterprises and of consumers, log, [worlds, 2]; boost: what a breakthrough multiplied the market by
        """
        p, split = self.parameters, self.parameters.enterprises
        potential = self.individual_potential(frontier, boost)
        if not self._calm:
            potential *= self.kept
            served = served + self.in_transit()  # users who were served before spread the word as well
        spend = customer_quarter.growth(p, p.adoption_pace * self.market.diffusion_speed, self.spend, potential, out=self._scratch)
        spend[:, :split] += noise[:, 0:1]
        spend[:, split:] += noise[:, 1:2]
        np.exp(spend, out=spend)
        spend *= self.spend
        new = self._newcomers
        put(spend, new, p.first_spend[new // self.n, 0] * at(potential, new))
        np.multiply(spend, customer_quarter.ceiling(p, spend, served), out=self.spend)
        return self.spend

    def in_transit(self):
        """Wanted spend without a lab, $bn a year, [worlds, 1]."""
        return (self.spend * self.waiting).sum(axis=1, keepdims=True)

    def _asked(self):
        """What customers ask labs for, $bn a year, [worlds, n]."""
        return self.spend if self._calm else self.spend * (1 - self.waiting)

    def choose(self, offers, turned_away_share, uniforms, refuge):
        """Who lost a lab moves, requalifies or waits; some others choose a main and a second lab anew [model.md 8.1, 13.8, 26.3].

        offers: Offers of this quarter; turned_away_share: last quarter's, [worlds, labs, classes];
        uniforms: two arrays [worlds, n], one for whether and one for whom; refuge: a Refuge. Newcomers always choose, and who has
        requalified after its lab was gone.
        """
        p, alive = self.parameters, offers.alive
        self._leave_the_dead(alive, refuge)
        leaves = customer_quarter.leave_probability(p, self.segments, alive, turned_away_share)
        gone = np.repeat(~alive[:, None, :], len(self.segments), axis=1)
        for cells, provider in zip(self._cells, (self.main_provider, self.second_provider)):
            np.add(self._first_cell, provider, out=cells)
        moves = uniforms[0] < at(leaves, self._cells[0], out=self._scratch)
        put(moves, self._newcomers, True)
        deployed = self.stage == DEPLOYED
        acts = at(gone, self._cells[1])
        acts |= moves
        acts &= deployed
        if not self._calm:
            acts &= self.requalifying <= 0
        self.tenure += deployed
        ballot = Ballot(customer_quarter.choice_weights(p, self.segments, offers))
        self._vote(np.flatnonzero(acts), moves, ballot, uniforms[1])
        put(self.tenure, self._newcomers, 0)
        self.taken_in = np.zeros(alive.shape) if self._calm else customer_transit.find_places(self, alive, refuge)

    def _leave_the_dead(self, alive, refuge):
        """Time passes for those who requalify; then labs that are gone lose their customers, but newcomers: they have paid nobody yet."""
        gone, self._known = self._known & ~alive, alive.copy()
        if not self._calm:
            self.requalifying -= self.requalifying > 0
        self.lost = np.zeros((self.worlds, 1))
        if gone.any():
            buys = (self.stage == DEPLOYED) & (self.spend > 0)
            put(buys, self._newcomers, False)
            self.lost = customer_transit.lose_labs(self, gone, buys, refuge)
            self._calm = self._calm and not self.waiting.any()

    def _vote(self, rows, moves, ballot, uniforms):
        """Main lab of those who move and second lab of all these rows (flat indices); loyalty counts for movers."""
        group, world, moving = at(self._group, rows), rows // self.n, at(moves, rows)
        previous, tenure, uniform = at(self.main_provider, rows), at(self.tenure, rows), at(uniforms, rows)
        built = 1 - np.exp((1 - tenure) / self.parameters.loyalty_quarters[world, 0])  # tenure counts this quarter already
        bonus = np.exp(self.segments.stickiness[at(self.segment, rows)] * built) - 1
        main, recycled = ballot.first(group, previous, bonus, uniform)
        main, recycled = np.where(moving, main, previous), np.where(moving, recycled, uniform)
        second = ballot.second(group, main, previous, bonus, recycled)
        for provider, cells, lab in ((self.main_provider, self._cells[0], main), (self.second_provider, self._cells[1], second)):
            put(provider, rows, lab)
            put(cells, rows, group * ballot.labs + lab)
        put(self.tenure, rows, np.where(main == previous, tenure, 0))

    def join(self, entrants, share, uniforms):
        """Customers drawn by lot make an entrant their main lab until they bring it a share of what all ask for now [model.md 13.6].

        entrants: bool, [worlds, labs], at most one a world; share: [worlds, 1]; uniforms: [worlds, n]. Who alone spends more than
        that share stays away; the last one joins if that brings the entrant nearer to its share.
        """
        asked = self._asked()
        spend = np.where(self.stage == DEPLOYED, asked * self.main_share, 0)
        wanted = share * asked.sum(axis=1, keepdims=True)
        spend = np.where(spend <= wanted, spend, 0)
        order = np.argsort(uniforms, axis=1)
        drawn = np.take_along_axis(spend, order, axis=1)
        joins = (drawn > 0) & (np.cumsum(drawn, axis=1) - drawn / 2 <= wanted) & entrants.any(axis=1, keepdims=True)
        moves = np.zeros_like(joins)
        np.put_along_axis(moves, order, joins, axis=1)
        self.main_provider[...] = np.where(moves, entrants.argmax(axis=1)[:, None], self.main_provider)
        self.tenure[...] = np.where(moves, 0, self.tenure)

    def demand(self):
        """Wanted spend by lab and class of service, without what is in transit, $bn a year, [worlds, labs, classes]."""
        asked = self._asked()
        amounts = self._summed(self._cells[0], np.multiply(asked, self.main_share, out=self._scratch))
        amounts += self._summed(self._cells[1], np.subtract(asked, self._scratch, out=self._scratch))
        return customer_quarter.by_class(amounts, self.segments)

    def settle(self, paid_share):
        """What each customer pays, $bn a year, [worlds, n], kept in `paid`: it sums to the labs' revenue.

        paid_share: `Rationing.paid_share`, [worlds, labs, classes]
        """
        share = customer_quarter.per_segment(paid_share, self.segments)
        second = at(share, self._cells[1], out=self._scratch)
        at(share, self._cells[0], out=self.paid)
        self.paid -= second
        self.paid *= self.main_share
        self.paid += second
        self.paid *= self._asked()
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

    def _count_by_domain(self, cells):
        shape = (self.worlds, self.parameters.domains + 1)
        return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)

    def _summed(self, cells, amounts):
        shape = (self.worlds, len(self.segments), self.labs)
        return np.bincount(cells.reshape(-1), weights=amounts.reshape(-1), minlength=np.prod(shape)).reshape(shape)
