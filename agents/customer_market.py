"""The market that customers are part of: its size, its speed, and the noise of demand, as arrays over worlds [model.md 7.1, 7.2]."""

from dataclasses import dataclass, replace

import numpy as np

KINDS = ("enterprise", "consumer")
MARKET_DRAWS = 3  # of size, speed of diffusion, and power of capability


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

    normals: [worlds, at least 3]; cone_width: true width of the cone W, [worlds, 1]
    """
    z = normals[:, :MARKET_DRAWS] * cone_width
    size = parameters.market_size * np.exp(parameters.market_size_sd * z[:, 0:1])
    speed = parameters.diffusion_speed * np.exp(parameters.diffusion_speed_sd * z[:, 1:2])
    power = parameters.capability_power * (1 + parameters.capability_power_sd * z[:, 2:3])
    scale = 1 / (power * np.log(10))
    start = parameters.opening_spend * np.exp(np.log(parameters.opening_growth) / parameters.diffusion_speed)
    size = np.maximum(size, 2 * start)
    return Market(size, speed, scale, scale * np.log(size / start))


def next_noise(parameters, previous, normals, cone_width):
    """Demand noise of enterprises and of consumers, log per quarter, [worlds, 2]: AR(1) of the stated sd [model.md 7.2, 7.7].

    previous: last quarter's, [worlds, 2]; normals: [worlds, at least 2]
    """
    sd = parameters.noise_sd * cone_width * np.concatenate([np.ones_like(cone_width), parameters.consumer_noise], axis=1)
    news = np.sqrt(1 - parameters.noise_memory**2) * sd * normals[:, : len(KINDS)]
    return parameters.noise_memory * previous + news
