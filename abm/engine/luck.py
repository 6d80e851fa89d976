"""Luck: every draw of a run, the same for a world whether it runs alone or in a crowd.

A number depends on who draws it and on nothing else: the run's seed, the world, the purpose, the quarter, and the place of the firm or
customer. It is a word of Philox-4x64-10 [Salmon2011], a cipher whose key is seed and world, and whose counter is purpose, quarter and
place. So nothing is kept between quarters, one more firm at the end changes nobody's luck, and two scenarios share theirs.
"""

import numpy as np
from scipy.special import ndtri

from abm.engine.compiled import compiled

PURPOSES = {
    "technology": 0, "demand": 1, "quality": 2, "capital": 3, "entry": 4, "memo": 5, "credit": 6, "outside": 7, "delivery": 8,
    "market": 9, "hype": 10, "birth": 1000, "choice": 1001, "provider": 1002, "entrant": 1003,
}  # fmt: skip  a purpose keeps its number for ever, and a new one gets a new number
LAST_WORLD = 2**64 - 1
ROW = 64  # places of a quarter's row of firms
_UNUSED_BITS, _STEP = np.uint64(12), 2.0**-52  # of 64 bits those are kept that a double can hold between 0 and 1, both excluded
_ROUNDS, _FIRST, _SECOND = 10, np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)  # multipliers and Weyl steps as published
_GOLDEN, _ROOT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_HALF, _LOWER = np.uint64(32), np.uint64(0xFFFFFFFF)


class Luck:
    """The random numbers of a batch of worlds.

    rng: the run's seed; world_ids: which worlds of that run, whole numbers up to `LAST_WORLD`.
    """

    def __init__(self, rng, world_ids):
        self.rng = int(rng)
        self.world_ids = tuple(int(w) for w in world_ids)
        self._seed = np.random.SeedSequence(self.rng).generate_state(1, np.uint64)[0]
        self._worlds = np.array(self.world_ids, dtype=np.uint64)

    def firms(self, purpose, quarter, places=ROW):
        """Standard normals for firms or for the world at large, [worlds, places]; quarter counts from the run's start."""
        return ndtri(self._uniforms(purpose, quarter, places))

    def customers(self, purpose, quarter, n, where=slice(None)):
        """Uniforms in (0, 1) for n customers, [worlds, n]: the first n do not depend on how many follow. where: of these worlds only."""
        return self._uniforms(purpose, quarter, n, where)

    def _uniforms(self, purpose, quarter, n, where=slice(None)):
        worlds = self._worlds[where]
        drawn = np.empty((len(worlds), n))
        with np.errstate(over="ignore"):  # where it runs as plain Python: words of 64 bits are meant to run over
            _draw(self._seed, worlds, np.uint64(quarter), np.uint64(PURPOSES[purpose]), drawn)
        return drawn


@compiled
def _draw(seed, worlds, quarter, purpose, drawn):
    """Fill a row for each world with the middles of 2^52 equal parts of (0, 1): the word at a place says which part."""
    for row in range(drawn.shape[0]):
        for first in range(0, drawn.shape[1], 4):
            block = _block(np.uint64(1 + first // 4), quarter, purpose, np.uint64(0), seed, worlds[row])
            for place in range(first, min(first + 4, drawn.shape[1])):
                drawn[row, place] = (np.float64(block[place - first] >> _UNUSED_BITS) + 0.5) * _STEP


@compiled
def _block(a, b, c, d, one, two):
    """The four words of a counter (a, b, c, d) under a key (one, two)."""
    for _ in range(_ROUNDS):
        high, low = _high(_FIRST, a), _FIRST * a
        higher, lower = _high(_SECOND, c), _SECOND * c
        a, b, c, d = higher ^ b ^ one, lower, high ^ d ^ two, low
        one, two = one + _GOLDEN, two + _ROOT
    return a, b, c, d


@compiled
def _high(x, y):
    """The upper 64 of the 128 bits of a product."""
    x_low, x_high, y_low, y_high = x & _LOWER, x >> _HALF, y & _LOWER, y >> _HALF
    middle = x_high * y_low + ((x_low * y_low) >> _HALF)
    return x_high * y_high + (middle >> _HALF) + ((x_low * y_high + (middle & _LOWER)) >> _HALF)
