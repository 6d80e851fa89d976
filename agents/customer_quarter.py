"""What customers do in a quarter, as pure functions: potential, diffusion, adoption and choice [model.md 7, 8.1, 26.3].

A choice depends on the customer only through the segment and through loyalty to the present provider. So weights are built per
segment, `[worlds, segments, labs]`, laid end to end on a line for each world and segment, and the present provider gets a bonus
interval at the far end: one uniform number then picks a lab, and nothing is ever computed per customer and lab.
"""

from dataclasses import dataclass, replace

import numpy as np

from abm.clock import QUARTER
from abm.services.serving import CLASSES, logit_weights, total

UNAWARE, TRIAL, PROCUREMENT, PILOT, DEPLOYED = range(5)
STAGES = ("unaware", "trial", "procurement", "pilot", "deployed")
KINDS = ("enterprise", "consumer")
_NEXT_TO_NOTHING = np.sqrt(np.finfo(float).tiny)


@dataclass(frozen=True)
class Market:
    """The market of each world, all [worlds, 1]: potential spend at unlimited capability (T_max, $bn a year), speed of diffusion
    (theta, per year), capability over which potential grows e-fold (s_a, OOM), and capability at half potential (a_50, OOM)."""

    size: np.ndarray
    diffusion_speed: np.ndarray
    capability_scale: np.ndarray
    midpoint: np.ndarray

    def potential(self, frontier, boost=1):
        """Potential spend of all customers at a frontier capability [OOM], $bn a year, [worlds, 1] [model.md 7.1].

        boost: what a breakthrough has multiplied the market by
        """
        return boost * self.size / (1 + np.exp((self.midpoint - frontier) / self.capability_scale))

    def opening_at(self, frontier, spend, growth):
        """The same market with the midpoint at which demand opens on its steady path [model.md 26.18].

        frontier: opening capability, OOM; spend: $bn a year; growth: of spend, log per year; all [worlds, 1]
        """
        start = spend * np.exp(growth / self.diffusion_speed)
        size = np.maximum(self.size, 2 * start)  # a market already more than half full would have no steady path
        return replace(self, size=size, midpoint=frontier + self.capability_scale * np.log(size / start - 1))


def market(parameters, normals, cone_width):
    """Each world's market from its luck, a Market [model.md 7.1].

    normals: [worlds, 64], of which the first three are used; cone_width: true width of the cone W, [worlds, 1]
    """
    z = normals[:, :3] * cone_width
    size = parameters.market_size * np.exp(parameters.market_size_sd * z[:, 0:1])
    speed = parameters.diffusion_speed * np.exp(parameters.diffusion_speed_sd * z[:, 1:2])
    power = parameters.capability_power * (1 + parameters.capability_power_sd * z[:, 2:3])
    scale = 1 / (power * np.log(10))
    start = parameters.opening_spend * np.exp(np.log(parameters.opening_growth) / parameters.diffusion_speed)
    size = np.maximum(size, 2 * start)
    return Market(size, speed, scale, scale * np.log(size / start))


def next_noise(parameters, previous, normals, cone_width):
    """Demand noise of enterprises and of consumers, log per quarter, [worlds, 2]: AR(1) of the stated sd [model.md 7.2, 7.7].

    previous: last quarter's, [worlds, 2]; normals: [worlds, 64], of which the first two are used
    """
    sd = parameters.noise_sd * cone_width * np.concatenate([np.ones_like(cone_width), parameters.consumer_noise], axis=1)
    news = np.sqrt(1 - parameters.noise_memory**2) * sd * normals[:, : len(KINDS)]
    return parameters.noise_memory * previous + news


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


def scaled_to(amounts, target):
    """Amounts [worlds, n] in proportion, with this sum, [worlds, 1]; zeros stay zeros."""
    now = total(amounts)
    return amounts * (target / np.where(now > 0, now, 1))
