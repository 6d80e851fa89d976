"""Luck: every draw of a run, the same for a world whether it runs alone or in a crowd.

World w has the seed `SeedSequence(rng, spawn_key=(w,))`. Firms draw a row of 64 numbers per quarter from one stream per
(world, purpose), of which firm i takes element i, so that a firm added at the end changes nobody's luck. Customers draw n
uniforms per (world, purpose, quarter). Draws happen in fixed amounts whether used or not, so two scenarios share their luck.
"""

import numpy as np

FIRM_PURPOSES = ("technology", "demand", "quality", "capital", "entry", "memo", "credit", "outside", "delivery")
CUSTOMER_PURPOSES = ("birth", "choice", "provider", "entrant")
ROW = 64
_CUSTOMER_OFFSET = 1000
_BLOCK = 16
_PERIOD = 2**128  # of PCG64
_STRETCH = 40  # a quarter's stretch of a customers' stream is 2 to the 40 numbers long


class Luck:
    """The random numbers of a batch of worlds.

    rng: the run's seed; world_ids: which worlds of that run, any non-negative whole numbers.
    """

    def __init__(self, rng, world_ids):
        self.rng = int(rng)
        self.world_ids = tuple(int(w) for w in world_ids)
        self._streams = {p: [self._generator(w, i) for w in self.world_ids] for i, p in enumerate(FIRM_PURPOSES)}
        self._blocks, self._people, self._places = {}, {}, {}

    def _generator(self, world, *key):
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.rng, spawn_key=(world, *key))))

    def firms(self, purpose, quarter):
        """Standard normals for firms or for the world at large, [worlds, 64]; quarter counts from the run's start."""
        block, row = divmod(quarter, _BLOCK)
        held = self._blocks.get(purpose)
        if held is None or held[0] != block:
            first = 0 if held is None else held[0] + 1
            for number in range(first, block + 1):  # blocks are drawn in order, also when some are skipped
                numbers = np.stack([g.standard_normal((_BLOCK, ROW)) for g in self._streams[purpose]])
                held = (number, numbers)
            self._blocks[purpose] = held
        return np.ascontiguousarray(held[1][:, row])

    def customers(self, purpose, quarter, n):
        """Uniforms in (0, 1) for n customers, [worlds, n]: the first n do not depend on how many follow.

        Each quarter has its own stretch of the (world, purpose) stream, found by jumping ahead, which is cheaper than a new stream.
        """
        draws, streams = np.empty((len(self.world_ids), n)), self._customer_streams(purpose)
        ahead = ((quarter << _STRETCH) - self._places[purpose]) % _PERIOD
        for generator, numbers in zip(streams, draws, strict=True):
            generator.bit_generator.advance(ahead)
            generator.random(out=numbers)
        self._places[purpose] = (quarter << _STRETCH) + n  # a uniform takes one number of the stream
        return np.clip(draws, np.finfo(float).tiny, None, out=draws)

    def _customer_streams(self, purpose):
        if purpose not in self._people:
            key = _CUSTOMER_OFFSET + CUSTOMER_PURPOSES.index(purpose)
            self._people[purpose] = [self._generator(w, key) for w in self.world_ids]
            self._places[purpose] = 0
        return self._people[purpose]
