"""Limits in closed form: what the model must give where theory knows the answer, and curves for the figures.

Every function is pure, takes numbers or arrays of any common shape, and names its section of model.md. Money is $bn and
time is years unless said otherwise. Nothing in the economy depends on this room.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

HEDGE, SPECULATIVE, PONZI = 0, 1, 2


def _bell(z):
    return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


@dataclass(frozen=True)
class NormalDemand:
    """Demand with a normal law: mean and standard deviation, in units."""

    mean: float
    deviation: float

    def quantile(self, q):
        """The demand not exceeded with probability q, in units."""
        return self.mean + self.deviation * ndtri(q)

    def expected_sales(self, order):
        """E min(demand, order), in units."""
        d = (order - self.mean) / self.deviation
        return self.mean * ndtr(d) - self.deviation * _bell(d) + order * (1 - ndtr(d))


@dataclass(frozen=True)
class LognormalDemand:
    """Demand whose logarithm is normal: mean and standard deviation of the logarithm."""

    log_mean: float
    log_deviation: float

    def quantile(self, q):
        """The demand not exceeded with probability q, in units."""
        return np.exp(self.log_mean + self.log_deviation * ndtri(q))

    def expected_sales(self, order):
        """E min(demand, order), in units [model.md 16.2]."""
        d = (np.log(order) - self.log_mean) / self.log_deviation
        mean = np.exp(self.log_mean + self.log_deviation**2 / 2)
        return mean * ndtr(d - self.log_deviation) + order * (1 - ndtr(d))


def critical_fractile(price, cost, salvage=0):
    """Quantile of demand at which a newsvendor orders: margin lost if short over that plus loss if long [Arrow1951]."""
    return (price - cost) / (price - salvage)


def expected_profit(demand, order, price, cost, salvage=0):
    """Expected profit of an order: sold at the price, bought at the cost, the rest worth its salvage [Arrow1951]."""
    return (price - salvage) * demand.expected_sales(order) - (cost - salvage) * order


@dataclass(frozen=True)
class Bet:
    """Capacity bought for quantile q of log-normal revenue R, at rent k for each dollar of it [model.md 16.3].

    spread: deviation of ln R; opex_ratio: of revenue; buffer: cash, as a multiple of the planned revenue;
    stretch: most that can be served over what was planned, by squeezing training, at least 1.
    """

    quantile: float
    cost_ratio: float
    spread: float
    opex_ratio: float = 0
    buffer: float = 0
    stretch: float = 1

    def survival(self):
        """Probability that revenue and buffer cover the rent: P = Phi(-z_q - ln k / spread) without opex and buffer."""
        needed = np.maximum(0, np.asarray(self.cost_ratio) - self.buffer) / (1 - np.asarray(self.opex_ratio))
        with np.errstate(divide="ignore"):
            threshold = ndtri(self.quantile) + np.log(needed) / self.spread  # no need at all is -inf: survival 1
        return np.where(needed <= self.stretch, 1 - ndtr(threshold), 0)


def cost_ratio(margin, training_share):
    """Rent per dollar of revenue that the compute can serve, k = (1 - m) / (1 - tau) [model.md 16.11]."""
    return (1 - margin) / (1 - training_share)


def stretch(training_share, least_training_share):
    """Most that can be served over what was planned, by squeezing training [model.md 8.7, 16.3]."""
    return (1 - least_training_share) / (1 - training_share)


def least_training(planned, cost, earned):
    """Share of compute that trains however many ask: there a unit is worth as much in training as it earns in service [model.md 8.7].

    planned: share at which a unit in training is worth its cost; worth falls as one over the share, so capability is logarithmic in it
    """
    return planned * np.minimum(1, cost / earned)


def forecast_profit(demand_ratio, cost_ratio, *, stretch, opex_ratio=0):
    """Profit per dollar of forecast revenue, when demand is this multiple of the forecast [model.md 5.9]."""
    return (1 - opex_ratio) * np.minimum(demand_ratio, stretch) - cost_ratio


def break_even_ratio(cost_ratio, opex_ratio=0):
    """Demand over forecast below which the lab loses money, x* = k / (1 - o) [model.md 5.9]."""
    return cost_ratio / (1 - opex_ratio)


def supported_revenue(compute_cost, margin):
    """Revenue that compute of this cost supports at this gross margin, training aside [model.md 16.4]."""
    return compute_cost / (1 - margin)


@dataclass(frozen=True)
class Deal:
    """Compute paid over its life in equal yearly parts, the first of which the vendor funds by equity [model.md 16.5]."""

    capex: float
    life: int
    vendor_share: float = 1

    @property
    def yearly(self):
        """Payment a year, and the revenue required once the deal is live, $bn."""
        return self.capex / self.life

    @property
    def vendor_equity(self):
        """What the vendor pays in against equity, $bn."""
        return self.vendor_share * self.yearly

    def own_cash_by_year(self):
        """What the lab itself pays in each year of the deal, $bn, [life]."""
        return self.yearly - self.vendor_equity * (np.arange(self.life) == 0)

    def stack(self, deals):
        """This many such deals, all live: (required revenue a year, vendor equity, commitment), $bn [model.md 16.6]."""
        return deals * self.yearly, deals * self.vendor_equity, deals * self.capex


def cumulative_gap(revenue, commitments):
    """Sum of commitments less revenue, over periods on the last axis [model.md 16.7]."""
    return np.sum(np.asarray(commitments) - revenue, axis=-1)


def max_drawdown(revenue, commitments):
    """Most that commitments have run ahead of revenue, ever: the buffer needed [model.md 16.7]. Periods on the last axis."""
    return np.maximum(0, np.cumsum(np.asarray(commitments) - revenue, axis=-1).max(axis=-1))


def company_profit(training, revenue):
    """Profit by year of a company that trains the next model while it sells the last [model.md 16.8]."""
    return np.asarray(revenue) - training


def model_profit(training, revenue):
    """Profit by model: what was sold the year after, less what it cost to train [model.md 16.8]; one model fewer than years."""
    return np.asarray(revenue)[..., 1:] - np.asarray(training)[..., :-1]


def share_before_completion(time_left, doubling_time):
    """Share done of what doubles steadily and will be complete after `time_left`, in one unit of time [model.md 16.9]."""
    return 2.0 ** -(time_left / doubling_time)


def plan_loss(usage, plan_price, margin):
    """Loss per month on a flat plan whose user draws this much, valued at list price; negative is gain [model.md 16.13]."""
    return usage * (1 - margin) - plan_price


def break_even_usage(plan_price, margin):
    """Usage at list price at which a flat plan earns nothing [model.md 16.13]."""
    return plan_price / (1 - margin)


def depreciation_gap(age, life, obsolescence):
    """Book over economic value, per dollar of cost: (1 - a/N) - exp(-delta a) [model.md 16.14]."""
    return np.maximum(0, 1 - age / life) - np.exp(-obsolescence * age)


def age_of_widest_gap(life, obsolescence):
    """Age at which books flatter most, a* = ln(delta N) / delta; 0 where they never do [model.md 16.14]."""
    return np.maximum(0, np.log(obsolescence * life) / obsolescence)


def contract_rent(capex, life, rate, markup, power):
    """Take-or-pay rent of a GW-year: [capex (1/N + r/2)] (1 + mk) + power [model.md 9.5]."""
    return capex * (1 / life + rate / 2) * (1 + markup) + power


def cournot(intercept, costs, slope=1, cross=None):
    """Quantities, prices and profits when firms choose quantities: p_i = intercept - slope q_i - cross sum_j q_j.

    costs: unit costs, [..., firms]; cross = slope, the default, is one homogeneous good. A firm that could not cover
    its cost sells nothing, so industry quantity is the largest over the k cheapest firms [model.md 16.15].
    """
    cross = slope if cross is None else cross
    edge = intercept - np.asarray(costs, dtype=float)
    firms = np.arange(1, edge.shape[-1] + 1)
    cheapest_first = -np.sort(-edge, axis=-1)
    industry = np.maximum(0, np.cumsum(cheapest_first, axis=-1) / (2 * slope + cross * (firms - 1))).max(axis=-1, keepdims=True)
    quantity = np.maximum(0, edge - cross * industry) / (2 * slope - cross)
    price = intercept - (slope - cross) * quantity - cross * industry
    return quantity, price, (price - costs) * quantity


def free_entry(intercept, cost, slope, entry_cost):
    """Most firms that all cover the cost of entry: largest n with (A - c)^2 / (b (n + 1)^2) >= F [model.md 16.15]."""
    room = np.floor((intercept - cost) / np.sqrt(slope * entry_cost))
    one_more = (intercept - cost) ** 2 >= slope * entry_cost * (room + 1) ** 2  # undoes a quotient rounded down
    return np.maximum(0, room - 1 + one_more)


def cobweb(supply_slope, demand_slope):
    """ "damped", "perpetual" or "explosive" price cycles when supply answers last period's price."""
    ratio = np.abs(np.asarray(supply_slope) / demand_slope)
    return np.where(ratio < 1, "damped", np.where(ratio > 1, "explosive", "perpetual"))


def minsky_class(cash_flow, debt, rate, amortisation):
    """HEDGE if cash flow covers interest and amortisation, SPECULATIVE if interest only, else PONZI [Minsky1986]."""
    interest = np.asarray(debt) * rate
    return np.where(cash_flow >= interest + amortisation, HEDGE, np.where(cash_flow >= interest, SPECULATIVE, PONZI))


def bass_share(time, innovation, imitation):
    """Share of all who will ever adopt that has adopted by now [Bass1969]."""
    decay = np.exp(-(innovation + imitation) * np.asarray(time))
    return (1 - decay) / (1 + imitation / innovation * decay)


def bass_peak(innovation, imitation):
    """When most adopt, the share that has by then, and the rate at that time, share a year [Bass1969]."""
    time = np.maximum(0, np.log(imitation / innovation) / (innovation + imitation))
    share = bass_share(time, innovation, imitation)
    return time, share, (innovation + imitation * share) * (1 - share)


def gompertz_gap(growth, speed):
    """Potential over actual spend while potential grows steadily, exp(g / theta) [model.md 16.18]."""
    return np.exp(growth / speed)


def growth_after_stall(growth, speed, year):
    """Spend over that a year earlier in this year after potential stopped growing: the overhang is worked off [model.md 16.18]."""
    return np.exp(growth / speed * np.exp(-speed * (year - 1)) * -np.expm1(-speed))


def learning_exponent(fall_per_doubling):
    """Exponent b of cost = output^-b, if cost falls by this share with each doubling [Wright1936]."""
    return -np.log2(1 - np.asarray(fall_per_doubling))


def learned_cost(output_ratio, fall_per_doubling):
    """Cost as a share of the first, once cumulative output is this multiple of the first [Wright1936]."""
    return np.asarray(output_ratio, dtype=float) ** -learning_exponent(fall_per_doubling)


def amdahl_speedup(automated_share, speed):
    """Speed-up of the whole when this share of it is done `speed` times faster [model.md 6.5]."""
    return 1 / ((1 - automated_share) + automated_share / speed)


def automated_share(speedup, speed):
    """Share that must be done `speed` times faster for this speed-up of the whole: the inverse of the above."""
    return (1 - 1 / speedup) / (1 - 1 / speed)


def delayed_correction(strength, delay, step, steps):
    """A gap closed on old news, x' = -strength x(t - delay), from x = 1 up to t = 0, by Euler steps [model.md 16.24].

    Monotone if strength * delay < 1/e, damped waves to pi/2, there sustained with period 4 delays, growing beyond.
    Returns x at t = 0, step, 2 step..., [steps + 1].
    """
    lag = round(delay / step)
    gap = np.ones(lag + steps + 1)
    for now in range(lag, lag + steps):
        gap[now + 1] = gap[now] - step * strength * gap[now - lag]
    return gap[lag:]


def money_in_a_circle(equity, spent_back, gross_margin):
    """A vendor buys equity of a customer that spends part of it on the vendor.

    Returns the vendor's revenue, gross profit, and net cash before its cost of goods, $bn: no profit brings in cash.
    """
    revenue = equity * spent_back
    return revenue, revenue * gross_margin, revenue - equity
