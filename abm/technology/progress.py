"""Technology: how compute becomes capability, when progress stalls, and when it leaps.

Capability is counted in decimal orders of magnitude (OOM) of effective training compute; ten times the compute is one
more, whatever the level [model.md 6]. The world's own state (stall, breakthrough, algorithms) lives in `Technology`;
what belongs to labs is handed to pure functions as arrays `[worlds, labs]`, and the world's as `[worlds, 1]`.
"""

import numpy as np
from scipy.special import expit, log_ndtr, logit, ndtr

from abm.clock import QUARTER, hazard_per_quarter
from abm.engine.scales import NO_TIME
from abm.technology.generations import ModelBooks, opening_release_clock, tick_release_clock

__all__ = ["ModelBooks", "Technology", "opening_release_clock", "tick_release_clock"]  # section 6 in one place

STALL_DRAW, DURATION_DRAW, BREAKTHROUGH_DRAW = 0, 1, 2  # elements of the quarter's row of luck
DRAWS = 3


class Technology:
    """The state of technology in every world; call `nature` once a quarter, then force events if a scenario wants them.

    A world is in one regime: normal, stalled, or after a breakthrough, which also ends a stall. All arrays `[worlds, 1]`.
    """

    def __init__(self, worlds, parameters, quarter):
        """Open in `quarter`, in the normal regime."""
        self.parameters = parameters
        self.stall_left = np.zeros((worlds, 1))  # quarters, this one included
        self.stalled_for = np.zeros((worlds, 1))  # quarters of the stall that are over
        self.breakthrough = np.zeros((worlds, 1), dtype=bool)
        self.stall_begins = np.zeros((worlds, 1), dtype=bool)
        self.breakthrough_begins = np.zeros((worlds, 1), dtype=bool)
        self._advance(quarter)

    def nature(self, quarter, luck):
        """Draw this quarter's events; luck: standard normals, [worlds, at least 3], the same whatever happens [model.md 6.6, 6.7]."""
        self._advance(quarter)
        p = self.parameters
        draw = luck[:, STALL_DRAW : BREAKTHROUGH_DRAW + 1]
        chance_of_stall, chance_of_breakthrough = stall_chance(quarter, p), breakthrough_chance(quarter, p)
        length = stall_length(draw[:, [DURATION_DRAW]], p)
        self._leap(ndtr(draw[:, [BREAKTHROUGH_DRAW]]) < chance_of_breakthrough)
        hit = (ndtr(draw[:, [STALL_DRAW]]) < chance_of_stall) & ~self.stalled & ~self.breakthrough
        self._halt(hit, length)

    def force_stall(self, quarters):
        """Begin a stall of so many quarters now, or prolong the present one; 0 leaves a world alone. A number or [worlds, 1]."""
        quarters = np.broadcast_to(np.asarray(quarters, dtype=float), self.stall_left.shape)
        self._halt(quarters > 0, np.maximum(self.stall_left, quarters))

    def force_breakthrough(self, worlds=True):
        """Make the breakthrough happen now, where it has not happened yet; worlds: a mask [worlds, 1], or all."""
        self._leap(np.broadcast_to(worlds, self.breakthrough.shape))

    @property
    def stalled(self):
        """Whether progress has stopped."""
        return self.stall_left > NO_TIME

    @property
    def stall_recognised(self):
        """Whether labs know that progress has stopped and cut back."""
        return self.stalled & (self.stalled_for >= self.parameters.recognition_lag - NO_TIME)

    @property
    def jump(self):
        """Capability that this quarter's breakthrough gives the frontier [OOM]; 0 in any other quarter."""
        return np.where(self.breakthrough_begins, self.parameters.breakthrough_jump, 0)

    def market_boost(self):
        """What a breakthrough has multiplied the potential market by; 1 where there was none."""
        return np.where(self.breakthrough, self.parameters.breakthrough_market, 1)

    def _advance(self, quarter):
        self.algorithmic_index = algorithmic_index(quarter.years, self.parameters)
        self.stalled_for = np.where(self.stall_left > 1 + NO_TIME, self.stalled_for + 1, 0)
        self.stall_left = np.maximum(self.stall_left - 1, 0)
        self.stall_begins = np.zeros_like(self.stall_begins)
        self.breakthrough_begins = np.zeros_like(self.breakthrough_begins)

    def _leap(self, where):
        self.breakthrough_begins = self.breakthrough_begins | (where & ~self.breakthrough)
        self.breakthrough = self.breakthrough | self.breakthrough_begins
        self.stall_left = np.where(self.breakthrough_begins, 0, self.stall_left)
        self.stalled_for = np.where(self.breakthrough_begins, 0, self.stalled_for)

    def _halt(self, where, quarters):
        self.stall_begins = self.stall_begins | (where & ~self.stalled)
        self.stall_left = np.where(where, quarters, self.stall_left)


def stall_chance(quarter, parameters):
    """Probability that a stall begins in a quarter of normal progress, [worlds, 1]; none before the critical window."""
    opens = parameters.window_opens
    closes = opens + parameters.window_length
    if quarter.index < opens:
        return np.zeros_like(parameters.stall_hazard)
    return parameters.stall_hazard if quarter.index < closes else parameters.late_stall_hazard


def breakthrough_chance(quarter, parameters):
    """Probability of a breakthrough in a quarter, if there was none before, [worlds, 1] [model.md 6.7]."""
    return hazard_per_quarter(parameters.breakthrough_rate) * (quarter.index >= parameters.breakthrough_opens)


def stall_length(normal_draw, parameters):
    """Length of a stall in whole quarters: exponential, but no shorter than the least; by inverse cdf [model.md 6.6]."""
    exponential = -parameters.stall_duration * log_ndtr(-normal_draw)
    return np.maximum(parameters.least_stall, np.rint(exponential))


def algorithmic_index(years, parameters):
    """What a FLOP is worth by better algorithms, 2023Q1 = 1, [worlds, 1] [model.md 6.4]. It grows in a stall too."""
    return 10 ** (parameters.algorithmic_progress * years)


def ageing_over(life):
    """What a chip loses of its worth, share a year, if it earns for so many years.

    Worth that fades at this rate is earned on average at the age 1 / rate, and even earnings over a life at half of it: rate = 2 / life.
    """
    return 2 / life


def ageing(parameters):
    """What a chip truly loses of its worth, share a year, [worlds, 1]."""
    return ageing_over(parameters.chip_life)


def next_belief(parameters, believed_life):
    """Years for which somebody believes that chips earn, a quarter later: the rate of ageing is learned, slowly [model.md 9.15]."""
    believed, true = ageing_over(believed_life), ageing(parameters)
    return 2 / (believed + parameters.belief_speed * (true - believed))


def hardware_index(years, parameters):
    """FLOP per frontier-equivalent GW, 2023Q1 = 1, [worlds, 1] [model.md 6.1]."""
    return np.exp(parameters.obsolescence * years)


def training_increment(training_compute, worth, speed_up, stalled):
    """Effective compute that a quarter of training adds [GWe-years of 2023], [worlds, labs] [model.md 6.1].

    training_compute: GWe used in training last quarter, [worlds, labs]; worth: hardware times algorithmic index;
    speed_up: of research, see `research_speed_up`; stalled: mask, [worlds, 1].
    """
    return np.where(stalled, 0, QUARTER * training_compute * worth * speed_up)


def capability_of_compute(compute, initial_compute):
    """Capability [OOM] of effective training compute [GWe-years of 2023] [model.md 6.2]."""
    return np.log1p(compute / initial_compute) / np.log(10)


def compute_of_capability(capability, initial_compute):
    """Effective training compute that gives a capability: the inverse of 6.2 [model.md 26.4]."""
    return initial_compute * np.expm1(capability * np.log(10))


def frontier(capability, active=True):
    """The best capability among active labs [OOM], [worlds, 1]; 0 where there is none."""
    return np.max(np.where(active, capability, 0), axis=-1, keepdims=True, initial=0)


def spill_over(capability, share, active=True):
    """Capability after ideas and talent have closed a share of each gap to the frontier [OOM], [worlds, labs] [model.md 6.3]."""
    gap = np.maximum(frontier(capability, active) - capability, 0)
    return capability + np.where(active, share * gap, 0)


def learn(compute, increment, jump, active, parameters):
    """One quarter of research for all labs: train, leap, learn from the best [model.md 6.1-6.3, 6.7, 26.4].

    compute, increment: GWe-years of 2023, [worlds, labs]; jump: OOM, [worlds, 1 or labs]; active: mask.
    Returns compute and trained capability. What inactive labs know stays as it is.
    """
    trained = capability_of_compute(compute + np.where(active, increment, 0), parameters.initial_compute)
    capability = spill_over(trained + np.where(active, jump, 0), parameters.spill_over, active)
    return np.where(active, compute_of_capability(capability, parameters.initial_compute), compute), capability


def amdahl(share, speed):
    """Speed-up of the whole when a share of it goes `speed` times as fast (Amdahl 1967) [model.md 6.5]."""
    return 1 / ((1 - share) + share / speed)


def research_speed_up(trained_frontier, parameters):
    """How much faster research goes because the frontier [OOM, trained] does part of it, [worlds, 1] [model.md 6.5]."""
    p = parameters
    share = p.automated_share * expit(p.automation_slope * (trained_frontier - p.automation_midpoint))
    return amdahl(share, p.automated_speed)


def solve_speedup(frontiers, speed_ups, parameters):
    """Slope [1/OOM] and midpoint [OOM] of automation that give the observed speed-ups at two frontiers [model.md 6.5].

    frontiers: median trained frontier of the middle of 2025 and early 2026 [OOM]; speed_ups: of research at those dates.
    Returns numbers that broadcast like the arguments, to be used as `automation_slope` and `automation_midpoint`.
    """
    odds = []
    for speed_up in speed_ups:
        share = (1 - 1 / speed_up) / (1 - 1 / parameters.automated_speed)
        odds.append(logit(share / parameters.automated_share))
    slope = (odds[1] - odds[0]) / (frontiers[1] - frontiers[0])
    return slope, frontiers[0] - odds[0] / slope


def quality_step(quality, normal_draw, parameters):
    """Quality a quarter later [OOM of utility], [worlds, labs]: it reverts to 0 and keeps its lasting spread [model.md 6.9]."""
    memory = parameters.quality_memory
    return memory * quality + parameters.quality_spread * np.sqrt(1 - memory**2) * normal_draw
