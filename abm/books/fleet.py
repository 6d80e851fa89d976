"""Compute: who holds how much of which vintage, for how long, at what rent, and what it is still worth.

A contract is not an object. Cells hold additive amounts by tenant, owner and quarter of delivery, so that merging adds.
Tenant rows are the labs, then IDLE (owned, let to nobody) and OUTSIDE (enterprises that never default); a lab has cells with the
owners it ever rented from (`abm.books.cells`). The delivery axis is a window that moves with time: from `life` quarters back to a few
quarters beyond the last possible delivery.
What falls due in a quarter is derived: the rents of the cells that are in force then [model.md 9, 26.11].
"""

import numpy as np

from abm.books.debts import Debts
from abm.books.notes import Notes
from abm.books.register import IDLE
from abm.books.vintages import BY_CLASS, empty_vintages, move, over_vintages, rows_of, weighed
from abm.clock import QUARTER
from abm.failure.returned import Returned, withheld

_CHUNK = 8
_NOTES_AHEAD = 48  # quarters of maturities of notes kept apart


class Fleet(Debts):
    """All compute of a batch of worlds.

    pairs: the cells of labs; cells: these, then one with every owner for IDLE and for OUTSIDE (`idle`, `outside`: their places)
    gw: nominal GW, [worlds, cells, vintages]; let, rent: the part under contract by term class, nominal GW and
    $bn a year, [classes][worlds, pairs, vintages]; prepaid: $bn, as let; book, depreciation (per quarter), wip,
    unbuilt: $bn, orphaned: GW under construction that lost its tenant and looks for another, [worlds, owners, vintages];
    chips_due: $bn, [worlds, owners, vendors, vintages];
    loan, principal (per quarter), facility (loans promised for what is to come): $bn, [worlds, lenders, owners, vintages];
    notes: what is owed under notes, a `Notes`.
    """

    def __init__(self, sizes, now, parameters, terms, ageing):
        """sizes: (worlds, tenants, owners, vendors, lenders); now: quarter index; terms: quarters, one per class."""
        worlds, tenants, owners, vendors, lenders = sizes
        self.parameters, self.ageing, self.life = parameters, ageing, parameters.physical_life
        span = self.life + parameters.build_lag + 2 * _CHUNK + max(_CHUNK, parameters.slip_limit)
        super().__init__(now - self.life, now, span, terms)
        self._number(np.zeros((tenants, owners), dtype=bool))
        self.gw = empty_vintages(worlds, self.cells.count, span)
        self.let, self.rent = ([empty_vintages(worlds, 0, span) for _ in self.terms] for _ in range(2))
        self.prepaid = empty_vintages(worlds, 0, span)
        self.book, self.depreciation, self.wip, self.unbuilt = (empty_vintages(worlds, owners, span) for _ in range(4))
        self.orphaned = empty_vintages(worlds, owners, span)
        self.chips_due = empty_vintages(worlds, owners, vendors, span)
        self.loan, self.principal, self.facility = (empty_vintages(worlds, lenders, owners, span) for _ in range(3))
        self.notes = Notes(worlds, lenders, owners, _NOTES_AHEAD)
        self.hired = np.zeros((worlds, 1))  # share of what was for hire on the spot market that was hired in the last quarter
        self.offered = np.zeros((worlds, tenants))  # GW that tenants offered there in the last quarter
        self.delivered = np.zeros((worlds, owners))  # GW taken into service less GW scrapped, from the opening on
        self.spot_ratio = np.ones((worlds, 1))  # spot over list price in the last quarter; 1 with the fire-sale channel off
        # cost of the site of a GW and what site and power of a used one fetch, $bn, [worlds, owners]: nothing where sites are leased
        self.site_cost = (parameters.capex - parameters.chip_cost) * np.ones((worlds, owners))
        self.shell = parameters.shell * np.ones((worlds, owners))
        self.slipped = np.zeros((worlds, owners))  # quarters in a row in which something came late
        self.returned: list = []  # what tenants that are gone gave back and is not for hire yet, a `Returned` each
        self.weak = np.zeros((worlds, owners))  # quarters in which economic value lay below the impairment line

    def move_window(self, now):
        """Drop vintages past their physical life and make room for coming ones."""
        self.changed()
        self.changed_loans()
        self.today = now
        if self.at(now) - self.life < _CHUNK:
            return
        for amounts in (self.loan, self.principal):  # a loan may outlive its block
            amounts[..., _CHUNK] += over_vintages(amounts[..., :_CHUNK])
        for name in ("gw", "orphaned", "prepaid", "book", "depreciation", "wip", "unbuilt", "chips_due", "loan", "principal", "facility"):
            move(getattr(self, name), self.used(name), _CHUNK)
        for name in BY_CLASS:
            for term_class, amounts in enumerate(getattr(self, name)):
                move(amounts, self.used(name, term_class), _CHUNK)
        self.first += _CHUNK

    def decay(self, now):
        """Frontier-equivalent GW per nominal GW by vintage at a quarter, [worlds, vintages] [model.md 9.1]."""
        age = np.maximum(0, now - self.first - np.arange(self.gw.shape[-1])) * QUARTER
        return np.exp(-self.ageing * age)

    def in_service(self, now):
        """Nominal GW delivered and not scrapped, by tenant row, [worlds, tenants + 2, owners]."""
        return self._once("in service", now, lambda quarter: self._by_cell(self.delivered_by(quarter)))

    def ordered(self, now):
        """Nominal GW yet to be delivered, by tenant row, [worlds, tenants + 2, owners]."""
        return self._once("ordered", now, lambda quarter: self._by_cell(slice(self.at(quarter) + 1, self.used("gw").stop)))

    def _by_cell(self, vintages):
        return self.cells.table(over_vintages(self.gw[..., vintages]))

    def owned(self, vintages):
        """Nominal GW by owner, [worlds, owners], or [worlds, owners, vintages] if `vintages` is a slice of these."""
        return self.cells.by_owner(self.gw[..., vintages])

    def delivered_between(self, first, last):
        """Nominal GW by owner that is delivered from one quarter to another, [worlds, owners]."""
        return self.cells.by_owner(over_vintages(self.gw[..., self.at(first) : self.at(last) + 1]))

    def delivered_by(self, quarter):
        """The vintages in which there is compute delivered by then and not yet scrapped, as a slice."""
        return slice(max(self.used("gw").start, self.at(quarter - self.life) + 1), self.at(quarter) + 1)

    def effective(self, now):
        """Frontier-equivalent GW that can serve, by tenant row, GWe, [worlds, tenants + 2, owners]: delivered, on sites that are open."""
        return self._once("serving", now, lambda quarter: self.standing(quarter) * self.open_part(quarter)[:, None])

    def standing(self, now):
        """Frontier-equivalent GW delivered, on sites that are open or not, by tenant row, GWe, [worlds, tenants + 2, owners]."""
        return self._once("effective", now, self._effective)

    def _effective(self, now):
        there = self.delivered_by(now)
        return self.cells.table(weighed(self.gw[..., there], self.decay(now)[:, there]))

    def in_force(self, name, at, last=None):
        """Sum of what is under contracts delivered until `last` that still run at a quarter, [worlds, tenants, owners]."""
        found = np.zeros((len(self.gw), self.pairs.count))
        for amounts, there, _ in self.running(name, at, last):
            found += over_vintages(amounts[..., there])
        return self.pairs.table(found)

    def rent_due(self, at):
        """Rent of the contracts in force at a quarter, $bn a year, [worlds, tenants, owners]; none is due for sites that are closed."""
        return self._once("rent", at, lambda quarter: self.in_force("rent", quarter, quarter) * self.open_part(quarter)[:, None])

    def committed(self, at):
        """Nominal GW whose contract runs beyond a quarter, coming deliveries included, [worlds, tenants, owners]."""
        return self.in_force("let", at)

    def committed_rent(self, at):
        """Rent of the contracts that run beyond a quarter, coming deliveries included, $bn a year, [worlds, tenants, owners]."""
        return self.in_force("rent", at)

    def committed_effective(self, at):
        """As `committed`, in what it will be worth at that quarter, GWe, [worlds, tenants, owners]."""
        return self.in_force_effective(at)

    def in_force_effective(self, at, last=None):
        """As `in_force` of "let", in what it is worth at that quarter, GWe, [worlds, tenants, owners]."""
        weights, found = self.decay(at), np.zeros((len(self.gw), self.pairs.count))
        for let, there, _ in self.running("let", at, last):
            found += weighed(let[..., there], weights[:, there])
        return self.pairs.table(found)

    def remaining_rent(self, now):
        """Take-or-pay still to be paid, undelivered contracts included, $bn, [worlds, tenants, owners]."""
        return self._once("remaining", now, self._remaining_rent)

    def _remaining_rent(self, now):
        positions, found = np.arange(self.gw.shape[-1]) + self.first, np.zeros((len(self.gw), self.pairs.count))
        for rent, there, term in self.running("rent", now + 1):
            quarters = np.clip(positions[there] + term - 1 - now, 0, term).astype(float)
            found += weighed(rent[..., there], np.broadcast_to(quarters, (len(rent), quarters.size))) * QUARTER
        return self.pairs.table(found) - self._rent_of_the_closed(now)

    def _rent_of_the_closed(self, now):
        """Rent of coming quarters that is not due because sites are closed then, $bn, [worlds, tenants, owners]."""
        if self.reopens is None:
            return 0.0
        coming = range(now + 1, int(np.ceil(self.reopens.max(initial=now))) + 1)
        parts = (self.in_force("rent", at, at) * (1 - self.open_part(at))[:, None] * QUARTER for at in coming)
        return sum(parts, start=np.zeros((len(self.gw), *self.pairs.shape)))

    def rent_to_come(self, now, quarters, tenants):
        """Take-or-pay that falls due in so many coming quarters, $bn, [worlds, tenants], of some tenants; 0 for all others.

        tenants: bool, [worlds, tenants]
        """
        (world, cell), total = np.nonzero(tenants[:, self.pairs.rows]), np.zeros(tenants.shape)
        for owed in self._coming(now, quarters, lambda rent: rows_of(rent, world, cell)):
            np.add.at(total, (world, self.pairs.rows[cell]), owed)
        return total

    def rent_to_come_by_pair(self, now, quarters):
        """The same for all tenants, by owner, $bn, [worlds, pairs]."""
        return sum(self._coming(now, quarters, lambda rent: rent), start=np.zeros((len(self.gw), self.pairs.count)))

    def _coming(self, now, quarters, of):
        """Take-or-pay due in so many coming quarters, $bn, of each class of contracts. of: picks rows of contracts"""
        vintages = np.arange(self.gw.shape[-1]) + self.first
        for rent, there, term in self.running("rent", now + 1, now + quarters):
            first, last = np.maximum(vintages[there], now + 1), np.minimum(vintages[there] + term - 1, now + quarters)
            yield over_vintages(of(rent[..., there]) * np.maximum(0, last - first + 1)) * QUARTER

    def rent_schedule(self, now, quarters):
        """Rent by due quarter from the next one on, $bn a quarter, [worlds, tenants, quarters]: the commitments wall."""
        return np.stack([self.rent_due(now + 1 + k).sum(axis=2) * QUARTER for k in range(quarters)], axis=-1)

    def idle_ratio(self, now):
        """Share of compute in service that nobody rents, [worlds, 1]."""
        service = self.in_service(now).sum(axis=2)
        total = service.sum(axis=1, keepdims=True)
        return np.where(total > 0, service[:, IDLE, None] / np.where(total > 0, total, 1), 0)

    def unused(self, now):
        """Share of compute in service that is for hire and that nobody hired, its owners' or its tenants', [worlds, 1]."""
        service = self.in_service(now).sum(axis=(1, 2))[:, None]
        offered = self.offered.sum(axis=1, keepdims=True) / np.where(service > 0, service, 1)
        return np.minimum(1, self.idle_ratio(now) + offered) * (1 - self.hired)

    def economic_value(self, now):
        """Value of the compute in service at used prices, $bn, [worlds, owners]: chips by what is left of them, in a fire sale for
        less, and sites [model.md 9.2].
        """
        chips = self.parameters.chip_cost * self.fire_price()
        return chips * self.standing(now).sum(axis=1) + self.shell * self.in_service(now).sum(axis=1)

    def fire_price(self):
        """Price of used chips over what it is with nothing idle, [worlds, 1]: it follows the spot price, down to a floor."""
        return np.clip(1 - self.parameters.fire_sale * (1 - self.spot_ratio), self.parameters.fire_floor, 1)

    def value_by_vintage(self, now, ageing=None):
        """What the compute in service is worth at used prices, $bn, [worlds, owners, vintages]; sums to `economic_value`.

        ageing: in the eyes of who believes that chips lose so much a year, [worlds, owners]; the true rate if left out
        """
        here = np.arange(self.gw.shape[-1]) + self.first
        there = (here <= now) & (here > now - self.life)
        years = np.maximum(0, now - here) * QUARTER
        rate = np.broadcast_to(self.ageing if ageing is None else ageing, self.shell.shape)
        left = np.exp(-rate[..., None] * years)
        per_gw = (self.parameters.chip_cost * self.fire_price())[..., None] * left + self.shell[..., None]
        return self.owned(slice(None)) * per_gw * there

    def wear(self, now):
        """What the compute in service loses of its value in a quarter, without fire sales, $bn, [worlds, owners].

        Chips fall behind the frontier; sites wear out evenly over the physical life, after which nothing of a block is left.
        """
        p = self.parameters
        chips = p.chip_cost * -np.expm1(-self.ageing * QUARTER) * self.standing(now).sum(axis=1)
        return chips + self.site_cost / p.physical_life * self.in_service(now).sum(axis=1)

    def to_pay(self):
        """What the compute that was ordered still costs, $bn, [worlds, owners]."""
        return self._once("to pay", 0, lambda _: self.total("unbuilt") + self.total("chips_due").sum(axis=2))

    def place(self, tenant, owner, vintage, amounts, term_class):
        """Add one opening contract to every world: amounts has gw, rent ($bn a year) and prepaid."""
        self.changed()
        self.look_again()
        cell, position = self.cell(tenant, owner), self.at(vintage)
        self.gw[:, cell, position] += amounts.gw
        if tenant >= 0:
            self.let[term_class][:, cell, position] += amounts.gw
            self.rent[term_class][:, cell, position] += amounts.rent
            self.prepaid[:, cell, position] += amounts.prepaid

    def expire(self, now):
        """Contracts whose term ends before this quarter: their compute becomes idle at its owner."""
        self.changed()
        for let, rent, term in zip(self.let, self.rent, self.terms, strict=True):
            vintage = self.at(now - term)
            if vintage < 0:
                continue
            ended = np.minimum(let[..., vintage], self.gw[:, : self.pairs.count, vintage])
            self.gw[:, : self.pairs.count, vintage] -= ended
            self.gw[:, self.idle, vintage] += self.pairs.by_owner(ended)
            let[..., vintage] = 0
            rent[..., vintage] = 0

    def withheld(self, now):
        """Idle compute that came back from tenants that are gone and is not for hire yet, GWe, [worlds, owners]."""
        return self._once("withheld", now, lambda quarter: withheld(self.returned, self.slipped.shape, quarter, self.ageing, self.life))

    def release(self, tenants, now, until=None):
        """Contracts of tenants that are gone: delivered compute becomes idle, coming deliveries lose their tenant.

        tenants: bool, [worlds, tenants]; until: last quarter in which nobody can hire what comes back, [worlds, 1].
        What is under construction for them stays in the pipeline, orphaned.
        """
        self.changed()
        end = self.at(now) + 1
        self.offered[tenants] = 0  # from now on it is idle
        world, cell = where = np.nonzero(tenants[:, self.pairs.rows])
        leaving = rows_of(self.gw, *where)
        self.gw[where] = 0
        orphaned = np.zeros_like(self.book)
        np.add.at(orphaned, (world, self.pairs.owners[cell]), leaving)
        self.gw[:, self.idle] += orphaned
        if until is not None:
            self.returned = [held for held in self.returned if (held.until > now).any()]
            self.returned.append(Returned(orphaned[..., :end].copy(order="K"), self.first, until))
        for amounts in (*self.let, *self.rent, self.prepaid):
            amounts[where] = 0
        self.orphaned[..., end:] += orphaned[..., end:]
        self.look_again()
