"""Compute: who holds how much of which vintage, for how long, at what rent, and what it is still worth.

A contract is not an object. Cells hold additive amounts by tenant, owner and quarter of delivery, so that merging adds.
Tenant rows are the labs, then IDLE (owned, let to nobody) and OUTSIDE (enterprises that never default). The delivery axis is
a window that moves with time: from `life` quarters back to a few quarters beyond the last possible delivery.
What falls due in a quarter is derived: the rents of the cells that are in force then [model.md 9, 26.11].
"""

import numpy as np

from abm.clock import QUARTER, QUARTERS_PER_YEAR
from abm.errors import BadInput
from abm.parameters import Group, parameter
from abm.vintages import BY_CLASS, Vintages, empty_vintages, move, over_vintages, rows_of, weighed

IDLE, OUTSIDE = -2, -1
EXTRA_TENANTS = 2
EXTRA_OUT = -EXTRA_TENANTS  # end of the labs' rows
_CHUNK = 8


class FleetParameters(Group, name="cloud"):
    """Physical and financial constants of compute; `cloud.` in public names."""

    build_lag = parameter(
        6, unit="quarters", low=2, high=12, structural=True, source="model.md 19", meaning="quarters from order to delivery"
    )
    contract_term = parameter(
        20, unit="quarters", low=4, high=32, structural=True, source="model.md 19", meaning="take-or-pay term from delivery"
    )
    physical_life = parameter(
        32, unit="quarters", low=20, high=40, structural=True, source="assumption", meaning="quarters until a block is scrapped"
    )
    capex = parameter(50.0, unit="$bn/GW", low=20, high=80, source="model.md 19", meaning="cost of a GW, chips and site")
    chip_cost = parameter(35.0, unit="$bn/GW", low=10, high=60, source="model.md 19", meaning="chips in the cost of a GW")
    power = parameter(1.3, unit="$bn/GW-year", low=0.3, high=3, source="assumption", meaning="power and running cost")
    idle_power = parameter(0.2, unit="share", low=0, high=1, source="model.md 26.2", meaning="running cost of idle compute, share of power")
    markup = parameter(0.10, unit="share", low=0, high=0.5, source="assumption", meaning="owner's mark-up on the cost of a contract")
    shell = parameter(8.0, unit="$bn/GW", low=0, high=20, source="model.md 9.2", meaning="value of site and power of a used block")
    fire_sale = parameter(
        1.5, unit="per share idle", low=0, high=5, source="assumption", meaning="fall of used-chip prices per share of compute idle"
    )
    fire_floor = parameter(
        0.15, unit="share", low=0, high=1, source="assumption", meaning="lowest fire-sale price, share of economic value"
    )
    slip_limit = parameter(
        4, unit="quarters", low=1, high=8, structural=True, source="model.md 26.1", meaning="quarters a delivery may slip"
    )
    wip_recovery = parameter(0.4, unit="share", low=0, high=1, source="model.md 12.4", meaning="value left of cancelled construction")
    spot_floor = parameter(
        0.2, unit="share", low=0, high=1, source="model.md 9.4", meaning="spot price over list price when nobody needs compute"
    )
    dividend = parameter(0.2, unit="share/quarter", low=0, high=1, source="model.md B", meaning="cash above the reserve paid out")
    reserve = parameter(10.0, unit="$bn", low=0, high=200, source="model.md B", meaning="cash an owner keeps in any case")
    reserve_per_debt = parameter(0.1, unit="share", low=0, high=1, source="model.md B", meaning="cash kept per loan")
    concentration_limit = parameter(
        1.0,
        unit="share",
        low=0.05,
        high=1,
        source="policy switch",
        meaning="most of an owner's contracted rent that new contracts with one lab may bring it to, if all that is asked for is signed",
    )
    renewal = parameter(
        1.0, unit="share", low=0, high=1, source="assumption", meaning="outside tenants' compute that is built anew when it is scrapped"
    )
    covenant = parameter(
        4, unit="quarters", low=1, high=40, structural=True, source="model.md 13.3", meaning="quarters of breach after which credit stops"
    )
    impair_below = parameter(
        0.7, unit="share", low=0, high=1, source="model.md 12.4", meaning="economic value below this share of book for a year is impaired"
    )

    def __init__(self, worlds=1, values=None, where="parameters"):
        """As any group; chips are part of what a GW costs, so they cannot cost more. Raises BadInput."""
        super().__init__(worlds, values, where)
        if (self.chip_cost > self.capex).any():
            worst = (self.chip_cost - self.capex).argmax()
            chips, whole = self.chip_cost.flat[worst], self.capex.flat[worst]
            raise BadInput(f"{where}: cloud.chip_cost = {chips:g} is above cloud.capex = {whole:g}; chips are part of the cost of a GW")


class Fleet(Vintages):
    """All compute of a batch of worlds.

    gw: nominal GW, [worlds, tenants + 2, owners, vintages]; let, rent: the part under contract by term class, nominal GW and
    $bn a year, [classes][worlds, tenants, owners, vintages]; prepaid: $bn, as let; book, depreciation (per quarter), wip,
    unbuilt: $bn, [worlds, owners, vintages]; chips_due: $bn, [worlds, owners, vendors, vintages];
    loan, principal (per quarter): $bn, [worlds, lenders, owners, vintages].
    """

    def __init__(self, sizes, now, parameters, terms, obsolescence):
        """sizes: (worlds, tenants, owners, vendors, lenders); now: quarter index; terms: quarters, one per class."""
        worlds, tenants, owners, vendors, lenders = sizes
        self.parameters, self.obsolescence, self.life = parameters, obsolescence, parameters.physical_life
        span = self.life + parameters.build_lag + 2 * _CHUNK + max(_CHUNK, parameters.slip_limit)
        cell = (worlds, tenants, owners, span)
        super().__init__(now - self.life, now, span, terms, cell[:-1])
        self.gw = empty_vintages(worlds, tenants + EXTRA_TENANTS, owners, span)
        self.let = [empty_vintages(*cell) for _ in self.terms]
        self.rent = [empty_vintages(*cell) for _ in self.terms]
        self.prepaid = empty_vintages(*cell)
        self.book, self.depreciation, self.wip, self.unbuilt = (empty_vintages(worlds, owners, span) for _ in range(4))
        self.chips_due = empty_vintages(worlds, owners, vendors, span)
        self.loan, self.principal = (empty_vintages(worlds, lenders, owners, span) for _ in range(2))
        self._kept = {}
        self.hired = np.zeros((worlds, 1))  # share of what was for hire on the spot market that was hired in the last quarter
        self.offered = np.zeros((worlds, tenants))  # GW that tenants offered there in the last quarter
        self.delivered = np.zeros((worlds, owners))  # GW taken into service less GW scrapped, from the opening on
        self.fire_sales = 1.0  # the switch of the fire-sale channel, [worlds, 1]
        self.slipped = np.zeros((worlds, owners))  # quarters in a row in which something came late
        self.weak = np.zeros((worlds, owners))  # quarters in which economic value lay below the impairment line

    def changed(self):
        """Forget sums that were kept; to be called by whoever changes contracts or compute."""
        self._kept = {}

    def _once(self, name, quarter, compute):
        """A sum over vintages, kept until something changes: many ask for the same one in a quarter. Read-only."""
        if (name, quarter) not in self._kept:
            found = compute(quarter)
            found.flags.writeable = False
            self._kept[name, quarter] = found
        return self._kept[name, quarter]

    def principal_due(self):
        """Principal that falls due this quarter, $bn, [worlds, lenders, owners]."""
        used = self.used("loan")
        return over_vintages(np.minimum(self.principal[..., used], self.loan[..., used]))

    def move_window(self, now):
        """Drop vintages past their physical life and make room for coming ones."""
        self.changed()
        self.today = now
        if self.at(now) - self.life < _CHUNK:
            return
        for amounts in (self.loan, self.principal):  # a loan may outlive its block
            amounts[..., _CHUNK] += over_vintages(amounts[..., :_CHUNK])
        for name in ("gw", "prepaid", "book", "depreciation", "wip", "unbuilt", "chips_due", "loan", "principal"):
            move(getattr(self, name), self.used(name), _CHUNK)
        for name in BY_CLASS:
            for term_class, amounts in enumerate(getattr(self, name)):
                move(amounts, self.used(name, term_class), _CHUNK)
        self.first += _CHUNK

    def decay(self, now):
        """Frontier-equivalent GW per nominal GW by vintage at a quarter, [worlds, vintages] [model.md 9.1]."""
        age = np.maximum(0, now - self.first - np.arange(self.gw.shape[-1])) * QUARTER
        return np.exp(-self.obsolescence * age)

    def in_service(self, now):
        """Nominal GW delivered and not scrapped, by tenant row, [worlds, tenants + 2, owners]."""
        return self._once("in service", now, lambda quarter: over_vintages(self.gw[..., self.delivered_by(quarter)]))

    def ordered(self, now):
        """Nominal GW yet to be delivered, by tenant row, [worlds, tenants + 2, owners]."""
        return self._once("ordered", now, lambda quarter: over_vintages(self.gw[..., self.at(quarter) + 1 : self.used("gw").stop]))

    def delivered_by(self, quarter):
        """The vintages in which there is compute delivered by then and not yet scrapped, as a slice."""
        return slice(max(self.used("gw").start, self.at(quarter - self.life) + 1), self.at(quarter) + 1)

    def effective(self, now):
        """Frontier-equivalent GW delivered, by tenant row, GWe, [worlds, tenants + 2, owners]."""
        return self._once("effective", now, self._effective)

    def _effective(self, now):
        there = self.delivered_by(now)
        return weighed(self.gw[..., there], self.decay(now)[:, there])

    def rent_due(self, at):
        """Rent of the contracts in force at a quarter, $bn a year, [worlds, tenants, owners]."""
        return self._once("rent", at, lambda quarter: self.in_force("rent", quarter, quarter))

    def committed(self, at):
        """Nominal GW whose contract runs beyond a quarter, coming deliveries included, [worlds, tenants, owners]."""
        return self.in_force("let", at)

    def committed_rent(self, at):
        """Rent of the contracts that run beyond a quarter, coming deliveries included, $bn a year, [worlds, tenants, owners]."""
        return self.in_force("rent", at)

    def committed_effective(self, at):
        """As `committed`, in what it will be worth at that quarter, GWe, [worlds, tenants, owners]."""
        weights, total = self.decay(at), np.zeros(self.cells)
        for let, there, _ in self.running("let", at):
            total += weighed(let[..., there], weights[:, there])
        return total

    def remaining_rent(self, now):
        """Take-or-pay still to be paid, undelivered contracts included, $bn, [worlds, tenants, owners]."""
        return self._once("remaining", now, self._remaining_rent)

    def _remaining_rent(self, now):
        positions, total = np.arange(self.gw.shape[-1]) + self.first, np.zeros(self.cells)
        for rent, there, term in self.running("rent", now + 1):
            quarters = np.clip(positions[there] + term - 1 - now, 0, term).astype(float)
            total += weighed(rent[..., there], np.broadcast_to(quarters, (len(rent), quarters.size))) * QUARTER
        return total

    def rent_to_come(self, now, quarters, tenants):
        """Take-or-pay that falls due in so many coming quarters, $bn, [worlds, tenants], of some tenants; 0 for all others.

        tenants: bool, [worlds, tenants]
        """
        where, total = np.nonzero(tenants), np.zeros(tenants.shape)
        vintages = np.arange(self.gw.shape[-1]) + self.first
        for rent, there, term in self.running("rent", now + 1, now + quarters):
            first, last = np.maximum(vintages[there], now + 1), np.minimum(vintages[there] + term - 1, now + quarters)
            total[where] += over_vintages(rows_of(rent[..., there], *where).sum(axis=1) * np.maximum(0, last - first + 1)) * QUARTER
        return total

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
        """Value of the compute in service at used prices, fire sale included, $bn, [worlds, owners] [model.md 9.2]."""
        p, there = self.parameters, self.delivered_by(now)
        fire = np.clip(1 - p.fire_sale * self.unused(now) * self.fire_sales, p.fire_floor, 1)
        price = p.chip_cost * self.decay(now)[:, there] * fire + p.shell
        return weighed(self._once("owned", now, lambda _: self.gw[..., there].sum(axis=1)), price)

    def place(self, tenant, owner, vintage, amounts, term_class):
        """Add one opening contract to every world: amounts has gw, rent ($bn a year) and prepaid."""
        self.changed()
        self.look_again()
        position = self.at(vintage)
        self.gw[:, tenant, owner, position] += amounts.gw
        if tenant >= 0:
            self.let[term_class][:, tenant, owner, position] += amounts.gw
            self.rent[term_class][:, tenant, owner, position] += amounts.rent
            self.prepaid[:, tenant, owner, position] += amounts.prepaid

    def expire(self, now):
        """Contracts whose term ends before this quarter: their compute becomes idle at its owner."""
        self.changed()
        for let, rent, term in zip(self.let, self.rent, self.terms, strict=True):
            vintage = self.at(now - term)
            if vintage < 0:
                continue
            ended = np.minimum(let[..., vintage], self.gw[:, :EXTRA_OUT, :, vintage])
            self.gw[:, :EXTRA_OUT, :, vintage] -= ended
            self.gw[:, IDLE, :, vintage] += ended.sum(axis=1)
            let[..., vintage] = 0
            rent[..., vintage] = 0

    def release(self, tenants, now):
        """Contracts of tenants that are gone: delivered compute becomes idle, coming deliveries lose their tenant.

        tenants: bool, [worlds, tenants]. Returns the GW in the pipeline that lost their tenant, [worlds, owners, vintages].
        """
        self.changed()
        end = self.at(now) + 1
        where = np.nonzero(tenants)
        self.offered[where] = 0  # from now on it is idle
        leaving = rows_of(self.gw, *where)
        self.gw[where] = 0
        orphaned = np.zeros_like(self.book)
        np.add.at(orphaned, where[0], leaving)
        self.gw[:, IDLE, :, :end] += orphaned[..., :end]
        for amounts in (*self.let, *self.rent, self.prepaid):
            amounts[where] = 0
        orphaned[..., :end] = 0
        return orphaned


def list_price(parameters, rate):
    """Price of a new GW-year on the open market, $bn [model.md 9.4]: five years straight line, half the interest, power."""
    years = 5
    return parameters.capex * (1 / years + rate / 2) + parameters.power


def contract_price(parameters, life, rate):
    """Take-or-pay price of a GW-year, $bn, [worlds, owners], at an accounting life in years [model.md 9.5]."""
    return parameters.capex * (1 / life + rate / 2) * (1 + parameters.markup) + parameters.power


def quarters_of(years):
    """Quarters in a number of years, at least one."""
    return np.maximum(1, np.round(np.asarray(years) * QUARTERS_PER_YEAR))
