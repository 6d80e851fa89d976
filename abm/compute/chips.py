"""The chip market: production slots by vendor and quarter, who gets them, and how capacity grows.

An order is delivered from the build lag on, in the first quarters with free slots. Scarce slots are shared pro rata to what
is still unfilled, vendor-financed buyers with more weight, never first come first served [model.md 9.10, 9.11, 26.12].
"""

import numpy as np

from abm.beliefs.cone import cone
from abm.beliefs.growth import realised_growth, update_extrapolation
from abm.clock import QUARTER
from abm.engine.firm import NEUTRAL
from abm.engine.sums import by_column
from abm.parameters import Group, parameter
from abm.priors import between

_DUST = 1e-14  # of an order or of a quarter's slots


class VendorParameters(Group, name="vendor"):
    """Chip supply and vendor finance [model.md 9.4, 9.5, B]."""

    circular_intensity = parameter(
        0.5,
        unit="share",
        low=0,
        high=1,
        source="assumption; 1 covers year one",
        meaning="part of the down-payment that a vendor of appetite 0.5 funds",
        prior=between(0, 1),
    )
    finance_share = parameter(
        0.6,
        unit="share",
        low=0,
        high=1,
        source="model.md 19",
        meaning="share of its cash that a vendor of appetite 0.5 may put into customers",
        prior=between(0, 0.6),
    )
    finance_cap = parameter(
        100.0, unit="share", low=0, high=100, source="policy switch", meaning="vendor equity in customers over vendor sales, at most"
    )
    opening_growth = parameter(
        0.20,
        unit="per quarter",
        low=0,
        high=0.4,
        source="model.md B",
        meaning="growth of the slots known at the opening",
        prior=between(0.12, 0.3),
    )
    capacity_growth = parameter(
        0.22,
        unit="per quarter",
        low=0,
        high=0.4,
        source="calibrated to 2023-26, decisions.md",
        meaning="fastest growth of chip supply",
        prior=between(0.12, 0.3),
    )
    capacity_fall = parameter(
        -0.06,
        unit="per quarter",
        low=-0.3,
        high=0,
        source="model.md 9.10",
        meaning="slowest growth of chip supply",
        prior=between(-0.1, -0.03),
    )
    neutral_utilisation = parameter(
        0.5, unit="share", low=0, high=1, source="model.md 9.10", meaning="utilisation at which capacity stays", prior=between(0.35, 0.65)
    )
    utilisation_span = parameter(
        0.4,
        unit="share",
        low=0.1,
        high=1,
        source="model.md 9.10",
        meaning="utilisation above neutral for the fastest growth",
        prior=between(0.25, 0.6),
    )
    ceiling = parameter(
        8.0,
        unit="GW/quarter",
        low=1,
        high=100,
        source="model.md 19",
        meaning="most the world can power and build in a quarter",
        prior=between(5, 12),
    )
    known = parameter(
        4, unit="quarters", low=0, high=12, structural=True, source="model.md 9.10", meaning="quarters ahead for which slots are fixed"
    )
    spill = parameter(
        6, unit="quarters", low=1, high=12, structural=True, source="model.md 9.11", meaning="quarters over which an order may spread"
    )
    watched = parameter(
        4, unit="quarters", low=1, high=8, structural=True, source="model.md 9.10", meaning="quarters whose bookings count as utilisation"
    )
    other_growth = parameter(
        0.11,
        unit="per quarter",
        low=-0.1,
        high=0.3,
        source="model.md B",
        meaning="growth of sales to other buyers",
        prior=between(0.05, 0.16),
    )
    other_cap = parameter(
        35.0, unit="$bn/quarter", low=0, high=500, source="model.md B", meaning="most that other buyers spend", prior=between(23, 52)
    )
    other_low = parameter(
        0.3,
        unit="index",
        low=0,
        high=1,
        source="model.md B",
        meaning="sentiment factor of other buyers, at least",
        prior=between(0.2, 0.45),
    )
    other_high = parameter(
        1.2, unit="index", low=1, high=3, source="model.md B", meaning="sentiment factor of other buyers, at most", prior=between(1, 1.4)
    )
    dividend = parameter(
        0.25, unit="share/quarter", low=0, high=1, source="model.md B", meaning="cash above the reserve paid out", prior=between(0.15, 0.38)
    )
    reserve = parameter(
        20.0, unit="$bn", low=0, high=200, source="model.md B", meaning="cash a vendor keeps in any case", prior=between(13, 30)
    )
    reserve_per_sales = parameter(
        0.5, unit="years", low=0, high=2, source="model.md B", meaning="cash kept per annual sales", prior=between(0.3, 0.75)
    )
    earnings_multiple = parameter(
        25.0, unit="x", low=5, high=60, source="assumption", meaning="vendor's value over trailing profit", prior=between(18, 32)
    )


def _but_dust(left, whole):
    """What is left of a whole, 0 where that is rounding: a hair too much or too little would be shared out for ever."""
    return np.where(left > _DUST * whole, left, 0)


class Orders:
    """Production slots of each vendor by quarter: how many there are and how many are taken, GW, [worlds, vendors, quarters].

    The first quarter on the axis is the present one; `advance` moves on by one.
    """

    def __init__(self, worlds, opening_slots, growth, parameters, span):
        """opening_slots: GW a quarter now, [vendors]; growth: per quarter for the known quarters, [worlds, 1]; span: quarters."""
        self.parameters = parameters
        ahead = np.arange(span)
        path = opening_slots[None, :, None] * (1 + growth[..., None]) ** ahead
        self.slots = np.minimum(path, parameters.ceiling[..., None] * self._split(opening_slots)[None, :, None])
        self.booked = np.zeros((worlds, len(opening_slots), span))
        self.frozen = np.zeros((worlds, len(opening_slots)), dtype=bool)  # vendors that nobody runs, so that nobody plans their slots

    @staticmethod
    def _split(slots):
        total = slots.sum()
        return slots / total if total > 0 else slots

    def advance(self):
        """One quarter has passed."""
        for amounts in (self.slots, self.booked):
            amounts[..., :-1] = amounts[..., 1:].copy()
        self.booked[..., -1] = 0

    def utilisation(self, lag):
        """Booked over available slots just after the build lag, [worlds, vendors]."""
        window = slice(lag, lag + self.parameters.watched)
        available = self.slots[..., window].sum(axis=2)
        return self.booked[..., window].sum(axis=2) / np.where(available > 0, available, 1)

    def plan_capacity(self, growth):
        """Project slots beyond the known quarters; what is booked is always there. growth: per quarter, [worlds, vendors]."""
        total = self.slots[..., self.parameters.known].sum(axis=1, keepdims=True)
        part = self.slots[..., self.parameters.known] / np.where(total > 0, total, 1)
        most = self.parameters.ceiling * part
        for quarter in range(self.parameters.known + 1, self.slots.shape[-1]):
            path = np.minimum(self.slots[..., quarter - 1] * (1 + growth), most)
            planned = np.maximum(path, self.booked[..., quarter])
            self.slots[..., quarter] = np.where(self.frozen, self.slots[..., quarter], planned)

    def free(self, cancelled, at, worlds=slice(None)):
        """Give back the slots of cancelled deliveries.

        cancelled: GW by vintage, [worlds, vendors, vintages]; at: the present one; worlds: which these are, all by default
        """
        ahead = cancelled[..., at : at + self.booked.shape[-1]]
        span = ahead.shape[-1]
        self.booked[worlds, :, :span] = np.maximum(0, self.booked[worlds, :, :span] - ahead)

    def share(self, orders, mix, weights, lag):
        """Share the free slots of the coming quarters among those who order, each from vendors by its owners' mix.

        All orders of one lab have its weight, so they are filled in proportion: labs compete, not single orders.
        orders: GW, [worlds, orderers, owners]; mix: shares, [worlds, owners, vendors]; weights: priority, [worlds, orderers]
        Returns the part of an order that each vendor delivers by quarter, [worlds, orderers, vendors, spill].
        """
        wanted = np.matmul(orders, mix)
        got = self.allocate(wanted, weights[..., None], lag, orders.shape[1])
        return got / np.where(wanted > 0, wanted, 1)[..., None]

    def allocate(self, wanted, weights, lag, passes):
        """Share the free slots of the coming quarters among orders.

        wanted: GW by order and vendor, [worlds, orders, vendors]; weights: priority, same shape or [worlds, orders, 1]
        Returns GW by quarter of delivery, [worlds, orders, vendors, spill], and books the slots.
        """
        left = wanted.copy()
        filled = np.zeros((*wanted.shape, self.parameters.spill))
        for quarter in range(self.parameters.spill):
            free = np.maximum(0, self.slots[..., lag + quarter] - self.booked[..., lag + quarter])
            got = self._fill(left, weights, free, passes)
            filled[..., quarter] = got
            left = _but_dust(left - got, wanted)
            self.booked[..., lag + quarter] += by_column(got)
        return filled

    @staticmethod
    def _fill(left, weights, free, passes):
        """Water-filling: pass after pass, share what is free pro rata to weighted need; nobody gets more than it needs."""
        got, slots = np.zeros_like(left), free
        for _ in range(passes):
            need = _but_dust(left - got, left)
            weighted = need * weights
            total = by_column(weighted)
            enough = np.minimum(free, total / np.finfo(float).eps)  # what is needed may be next to nothing
            share = np.where(total > 0, enough / np.where(total > 0, total, 1), 0)
            more = np.minimum(need, weighted * share[:, None])
            got += more
            free = _but_dust(free - by_column(more), slots)
            if not more.any():  # nothing moved in any world, so nothing will
                break
        return got


def open_orders(industry):
    """What vendors know of orders at the opening: as many as they can deliver, growing as their slots do."""
    growth = np.log(1 + industry.chips.opening_growth) / QUARTER
    industry.vendors.put(orders=industry.orders.slots[..., 0], order_growth=growth)


def build_capacity(industry, asked):
    """Capacity follows utilisation, faster or slower by what a vendor dares [model.md 9.10].

    asked: GW that customers asked for this quarter, delivered or not, [worlds, vendors]
    """
    vendors, c, slots = industry.vendors, industry.chips, industry.orders
    vendors.put(utilisation=slots.utilisation(industry.compute.build_lag))
    learn_orders(vendors, asked, industry.cone)
    bolder = growth_by_appetite(industry)
    slots.plan_capacity(vendors.slot_growth(c.capacity_growth, c.capacity_fall, c.neutral_utilisation, c.utilisation_span, bolder))


def learn_orders(vendors, asked, p):
    """A vendor averages what is asked of it and extrapolates that, as labs do with revenue [model.md 5.1]."""
    orders = p.growth_memory * vendors.orders + (1 - p.growth_memory) * asked
    realised = realised_growth(orders, vendors.orders, p)
    vendors.put(orders=orders, order_growth=update_extrapolation(vendors.order_growth, realised, p))


def growth_by_appetite(industry):
    """What a vendor's appetite adds to the growth of its slots, per quarter, [worlds, vendors] [model.md 4].

    Who builds for a bold quantile of its own orders of a year on wants more slots than who builds for the median. What is ordered at
    the end of the watched quarters is due a build lag later: by then the slots are to be there.
    """
    vendors, c = industry.vendors, industry.chips
    one = np.ones_like(vendors.orders)
    seen = cone(one, vendors.order_growth, industry.funds.market_extrapolation, c.watched * QUARTER, industry.cone)
    own, median = seen.quantiles(vendors.risk_appetite, NEUTRAL)
    quarters = max(1, industry.compute.build_lag + c.watched - c.known)
    return (own / median) ** (1 / quarters) - 1
