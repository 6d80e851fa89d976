"""The quarter of customers in whole arrays: the oracle of the compiled rules, which say the same of one customer at a time."""

import numpy as np

from abm.clock import QUARTER
from abm.services.serving import CLASSES, logit_weights
from agents.customer_adoption import DEPLOYED, PILOT, PROCUREMENT, TRIAL, UNAWARE

_NEXT_TO_NOTHING = np.sqrt(np.finfo(float).tiny)


def growth(parameters, speed, spend, potential, out=None):
    """Log growth of spend in a quarter of Gompertz diffusion towards its potential, before noise, [worlds, n] [model.md 7.2].

    speed: theta, per year, [worlds, 1]; spend, potential: $bn a year, [worlds, n]. Who spends nothing would grow at the ceiling.
    """
    rate = np.maximum(spend, _NEXT_TO_NOTHING, out=out)  # a division by zero would be slow, and the ceiling cuts it all the same
    np.divide(potential, rate, out=rate)
    np.maximum(rate, _NEXT_TO_NOTHING, out=rate)  # the same of a potential of nothing, and the floor
    np.log(rate, out=rate)
    rate *= speed
    np.minimum(rate, np.log(parameters.fastest_growth), out=rate)
    np.maximum(rate, -parameters.fastest_decline, out=rate)
    rate *= QUARTER
    return rate


def ceiling(parameters, spend, served):
    """Factor on all spend so that adoption spreads only from users who were served, [worlds, 1] [model.md 7.3].

    spend: wanted, [worlds, n]; served: last quarter's, all labs, $bn a year, [worlds, 1]
    """
    wanted = spend.sum(axis=1, keepdims=True)
    most = parameters.served_multiple * served + parameters.served_floor
    return np.minimum(1, most / np.where(wanted > 0, wanted, 1))


def trial_hazard(parameters, deployed_share):
    """Hazard of a first trial in a quarter, by share of the domain that has deployed [Bass1969; model.md 7.4]."""
    return (parameters.bass_innovation + parameters.bass_imitation * deployed_share) * QUARTER


def adopts(frontier, readiness, integration_cost):
    """Is the value of a dollar of service, at the customer's own quantile, above its price and its cost of integration?

    `exp(m_c + 0.6 z_rho) >= 1 + I_c`, with `readiness = a0_c - 0.6 z_rho`, so that `m_c + 0.6 z_rho` is what the frontier is above it
    [model.md 26.3].
    """
    return frontier - readiness >= np.log1p(integration_cost)


def leave_probability(parameters, segments, alive, turned_away_share):
    """Probability that a customer chooses anew, by segment and main provider, [worlds, segments, labs] [model.md 8.1, 26.3].

    turned_away_share: last quarter's, [worlds, labs, classes]. Customers of a lab that is gone choose at once.
    """
    pushed = parameters.turned_away_leaves[:, :, None] * turned_away_share.transpose(0, 2, 1)[:, segments.service_class]
    stays = (1 - segments.rechoice[:, None]) * (1 - pushed)
    return np.where(alive[:, None, :], 1 - stays, 1)


def choice_weights(parameters, segments, offers):
    """Weights of labs in the eyes of each segment, before loyalty, [worlds, segments, labs] [model.md 8.1].

    Capability counts only up to the segment's ceiling [model.md 7.7].
    """
    seen = np.minimum(offers.capability[:, None, :], segments.quality_ceiling[:, None])
    utility = parameters.capability_weight[:, :, None] * seen + offers.quality[:, segments.kind]
    utility = utility - segments.price_sensitivity[:, None] * np.log(offers.price)[:, None, :]
    utility = utility - parameters.outage_weight[:, :, None] * offers.outage[:, None, :]
    return logit_weights(utility, np.broadcast_to(offers.alive[:, None, :], utility.shape))


class Ballot:
    """Weights of labs laid end to end, for choices of many customers from one table of weights [worlds, segments, labs].

    A customer is named by its `group` (world times segments plus segment). Choices recycle their uniform number: where it fell
    within its interval is again uniform, and picks the second provider.
    """

    def __init__(self, weights):
        self.labs = weights.shape[-1]
        self.weights = weights.reshape(-1)
        ends = np.cumsum(weights, axis=-1).reshape(-1, self.labs)
        self.ends = np.ascontiguousarray(ends.T)
        self.starts = np.concatenate([np.zeros_like(ends[:, :1]), ends[:, :-1]], axis=1).reshape(-1)
        self.whole = self.ends[-1]

    def _at(self, group, point):
        """Lab whose interval holds the point."""
        lab = np.zeros(point.shape, dtype=np.int64)
        for end in self.ends[:-1]:
            lab += point >= end[group]
        return lab

    def first(self, group, previous, bonus, uniform):
        """Main provider, and the recycled uniform; the previous provider's weight counts (1 + bonus) times."""
        whole = self.whole[group]
        extra = self.weights[group * self.labs + previous] * bonus
        point = uniform * (whole + extra)
        stays = point >= whole
        lab = np.where(stays, previous, self._at(group, point))
        cell = group * self.labs + lab
        start, width = np.where(stays, whole, self.starts[cell]), np.where(stays, extra, self.weights[cell])
        recycled = (point - start) / np.where(width > 0, width, 1)
        return lab, np.clip(recycled, 0, 1)

    def second(self, group, main, previous, bonus, uniform):
        """Best other provider by the same weights without the main one; the main one again if there is no other."""
        cell = group * self.labs + main
        others = self.whole[group] - self.weights[cell]
        extra = np.where(previous == main, 0, self.weights[group * self.labs + previous] * bonus)
        point = uniform * (others + extra)
        point_beyond_main = point + np.where(point >= self.starts[cell], self.weights[cell], 0)
        lab = self._at(group, point_beyond_main)
        lab = np.where(point >= others, np.where(extra > 0, previous, main), lab)
        return np.where(self.weights[group * self.labs + lab] > 0, lab, main)


def by_class(amounts, segments):
    """Add segments of one class of service: [worlds, segments, labs] to [worlds, labs, classes]."""
    summed = np.zeros((amounts.shape[0], amounts.shape[2], len(CLASSES)))
    for number, service_class in enumerate(segments.service_class):
        summed[:, :, service_class] += amounts[:, number]
    return summed


def per_segment(shares, segments):
    """Spread what holds for a class over its segments: [worlds, labs, classes] to [worlds, segments, labs]."""
    return np.ascontiguousarray(shares.transpose(0, 2, 1)[:, segments.service_class])


def lose_labs(customers, gone, buys, refuge):
    """Take customers out of labs that are gone since last quarter.

    gone: bool, [worlds, labs]; buys: who paid labs until then, bool, [worlds, n]; refuge: a Refuge.
    Returns the spend that nobody wins back, $bn a year, [worlds, 1].
    """
    lost = np.zeros((customers.worlds, 1))
    world = np.arange(customers.worlds)[:, None]
    main_gone, second_gone = gone[world, customers.main_provider], gone[world, customers.second_provider]
    hit = np.nonzero(buys & (main_gone | (second_gone & (customers.main_share < 1))))
    main, share, waiting = main_gone[hit], customers.main_share[hit], customers.waiting[hit]
    friction = refuge.friction[hit[0], 0]
    dead = (1 - waiting) * (share * main + (1 - share) * second_gone[hit])  # part of all it spends that the dead had
    given_up = dead * customers.parameters.lost_with_lab[hit[0], 0] * friction
    np.add.at(lost, (hit[0], 0), given_up * customers.spend[hit])
    customers.kept[hit] *= 1 - given_up
    customers.spend[hit] *= 1 - given_up
    customers.waiting[hit] = np.minimum(1, (waiting + dead - given_up) / (1 - given_up))
    saved = main & (share < 1) & ~second_gone[hit]
    alone = main & ~saved
    customers.main_provider[hit] = np.where(saved, customers.second_provider[hit], customers.main_provider[hit])
    customers.second_provider[hit] = customers.main_provider[hit]  # all from one lab, until it chooses again
    customers.tenure[hit] = np.where(main, 0, customers.tenure[hit])
    customers.requalifying[hit] = np.where(alone, customers.requalification[hit] * friction, customers.requalifying[hit])
    return lost


def find_places(customers, alive, refuge):
    """Labs take in those who wait for them, all in the same proportion, until their room is full.

    alive: bool, [worlds, labs]. Returns what each lab took in, $bn a year, [worlds, labs].
    """
    shape = alive.shape
    world, row = np.nonzero((customers.waiting > 0) & (customers.requalifying <= 0) & (customers.stage == DEPLOYED))
    cell = world * shape[1] + customers.main_provider[world, row]
    waiting = customers.waiting[world, row]
    asked = np.bincount(cell, weights=waiting * customers.spend[world, row], minlength=alive.size).reshape(shape)
    part = np.minimum(1, np.where(alive, refuge.room, 0) / np.where(asked > 0, asked, 1))
    customers.waiting[world, row] = waiting * (1 - part.reshape(-1)[cell])
    return asked * part


def at(values, rows, out=None):
    """Elements by flat index; into `out` if given."""
    return values.reshape(-1).take(rows) if out is None else np.take(values, rows, out=out, mode="clip")  # "raise" would copy


def put(values, rows, new):
    """Set elements of a contiguous array by flat index."""
    values.reshape(-1)[rows] = new


class NumpyCustomers:
    """The quarter of `Customers` over all of them at once."""

    def __init__(self, parameters, segments, market, columns, labs):
        self.parameters, self.segments, self.market, self.labs = parameters, segments, market, labs
        self.worlds, self.n = columns["segment"].shape
        for name, values in columns.items():
            setattr(self, name, np.ascontiguousarray(values))
        self.columns = {name: getattr(self, name) for name in columns}
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
    def like(cls, customers):
        """A copy of customers as they stand."""
        columns = {name: values.copy() for name, values in customers.columns.items()}
        for name in ("segment", "domain", "main_provider", "second_provider", "tenure"):
            columns[name] = columns[name].astype(np.int64)
        copy = cls(customers.parameters, customers.segments, customers.market, columns, customers.labs)
        copy.awareness, copy._newcomers = customers.domains.awareness.copy(), np.flatnonzero(customers.newcomer)
        copy._known, copy._calm = customers._known.copy(), customers._calm.all()
        return copy

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
        p, deployed = self.parameters, self._deployed / np.maximum(self._in_domain, 1)
        self.awareness += p.adoption_pace * trial_hazard(p, deployed)
        frontier = np.broadcast_to(frontier, (self.worlds, 1))
        unaware, trying, under_way = (np.flatnonzero(rows) for rows in (self.stage == UNAWARE, self.stage == TRIAL, self._under_way()))
        self._try(unaware, frontier)
        self._buy(trying, frontier)
        self._go_on(under_way)

    def _under_way(self):
        return (self.stage > TRIAL) & (self.stage < DEPLOYED)

    def _try(self, rows, frontier):
        """From unaware to a trial, which is early if the capability does not suffice yet, in the eyes of a customer of middling appetite.

        So the same trial is early for a bold and for a timid customer: who dares more is not late for finding sooner that it pays.
        """
        daring = np.exp(at(self.usefulness, rows) - at(self.readiness, rows))  # value at its own quantile over that at the median
        rows = rows[at(self.awareness, at(self._domain_cell, rows)) * daring >= at(self.patience, rows)]
        world = rows // self.n
        sufficient = adopts(frontier[world, 0], at(self.usefulness, rows), self.parameters.early_cost[world, 0])
        put(self.started_early, rows, ~sufficient)
        put(self.stage, rows, TRIAL)

    def _buy(self, rows, frontier):
        """From trial to procurement, when the capability covers price and integration."""
        world = rows // self.n
        cost = np.where(at(self.started_early, rows), self.parameters.early_cost[world, 0], self.parameters.late_cost[world, 0])
        rows = rows[adopts(frontier[world, 0], at(self.readiness, rows), cost)]
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
        spend = growth(p, p.adoption_pace * self.market.diffusion_speed, self.spend, potential, out=self._scratch)
        spend[:, :split] += noise[:, 0:1]
        spend[:, split:] += noise[:, 1:2]
        np.exp(spend, out=spend)
        spend *= self.spend
        new = self._newcomers
        put(spend, new, p.first_spend[new // self.n, 0] * at(potential, new))
        np.multiply(spend, ceiling(p, spend, served), out=self.spend)
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
        leaves = leave_probability(p, self.segments, alive, turned_away_share)
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
        ballot = Ballot(choice_weights(p, self.segments, offers))
        self._vote(np.flatnonzero(acts), moves, ballot, uniforms[1])
        put(self.tenure, self._newcomers, 0)
        self.taken_in = np.zeros(alive.shape) if self._calm else find_places(self, alive, refuge)

    def _leave_the_dead(self, alive, refuge):
        """Time passes for those who requalify; then labs that are gone lose their customers, but newcomers: they have paid nobody yet."""
        gone, self._known = self._known & ~alive, alive.copy()
        if not self._calm:
            self.requalifying -= self.requalifying > 0
        self.lost = np.zeros((self.worlds, 1))
        if gone.any():
            buys = (self.stage == DEPLOYED) & (self.spend > 0)
            put(buys, self._newcomers, False)
            self.lost = lose_labs(self, gone, buys, refuge)
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

    def demand(self):
        """Wanted spend by lab and class of service, without what is in transit, $bn a year, [worlds, labs, classes]."""
        asked = self._asked()
        amounts = self._summed(self._cells[0], np.multiply(asked, self.main_share, out=self._scratch))
        amounts += self._summed(self._cells[1], np.subtract(asked, self._scratch, out=self._scratch))
        return by_class(amounts, self.segments)

    def settle(self, paid_share):
        """What each customer pays, $bn a year, [worlds, n], kept in `paid`: it sums to the labs' revenue.

        paid_share: `Rationing.paid_share`, [worlds, labs, classes]
        """
        share = per_segment(paid_share, self.segments)
        second = at(share, self._cells[1], out=self._scratch)
        at(share, self._cells[0], out=self.paid)
        self.paid -= second
        self.paid *= self.main_share
        self.paid += second
        self.paid *= self._asked()
        return self.paid

    def _count_by_domain(self, cells):
        shape = (self.worlds, self.parameters.domains + 1)
        return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)

    def _summed(self, cells, amounts):
        shape = (self.worlds, len(self.segments), self.labs)
        return np.bincount(cells.reshape(-1), weights=amounts.reshape(-1), minlength=np.prod(shape)).reshape(shape)
