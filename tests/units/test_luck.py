"""A draw depends on seed, world, purpose, quarter and place, and on nothing else: the published cipher, checked word by word."""

import numpy as np
import pytest
from scipy.special import ndtri

from abm.engine.luck import LAST_WORLD, PURPOSES, Luck
from abm.errors import BadInput
from abm.model import Industry
from agents.world_files.folder import load_world

WORD = 2**64 - 1
# known answers of philox4x64 with 10 rounds, published with Random123: counter, key, block
KNOWN = (
    ((0, 0, 0, 0), (0, 0), (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B)),
    ((WORD,) * 4, (WORD,) * 2, (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0)),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6),
    ),
)


def block(counter, key):
    """Four words of Philox-4x64-10, as the paper writes it."""
    a, b, c, d = counter
    one, two = key
    for _ in range(10):
        first, second = 0xD2E7470EE14C6C93 * a, 0xCA5A826395121157 * c
        a, b, c, d = (second >> 64) ^ b ^ one, second & WORD, (first >> 64) ^ d ^ two, first & WORD
        one, two = (one + 0x9E3779B97F4A7C15) & WORD, (two + 0xBB67AE8584CAA73B) & WORD
    return a, b, c, d


def uniform(seed, world, purpose, quarter, place):
    """The number of a place, worked out alone."""
    word = block((1 + place // 4, quarter, PURPOSES[purpose], 0), (seed, world))[place % 4]
    return ((word >> 12) + 0.5) / 2**52


@pytest.mark.parametrize(("counter", "key", "known"), KNOWN)
def test_the_cipher_is_the_published_one(counter, key, known):
    assert block(counter, key) == known


def test_every_number_is_the_cipher_of_who_draws_it():
    luck = Luck(7, (3, 11, LAST_WORLD))
    seed = int(np.random.SeedSequence(7).generate_state(1, np.uint64)[0])
    for purpose in PURPOSES:
        for quarter in (0, 39):
            expected = [[uniform(seed, world, purpose, quarter, place) for place in range(11)] for world in luck.world_ids]
            assert np.array_equal(luck.customers(purpose, quarter, 11), expected)
            assert np.array_equal(luck.firms(purpose, quarter, 11), ndtri(expected))


def test_the_numbers_are_those_of_numpys_own_philox():
    luck = Luck(7, (3, 11))
    seed = np.random.SeedSequence(7).generate_state(1, np.uint64)[0]
    keys = [np.array([seed, world], dtype=np.uint64) for world in luck.world_ids]
    words = [np.random.Philox(key=key, counter=[0, 5, PURPOSES["choice"], 0]).random_raw(1001) for key in keys]
    assert np.array_equal(luck.customers("choice", 5, 1001), ((np.array(words) >> np.uint64(12)) + 0.5) / 2**52)


def test_who_draws_before_or_beside_changes_nothing():
    many, alone = Luck(5, range(20)), Luck(5, [13])
    many.customers("choice", 9, 7)
    many.firms("technology", 0)
    assert np.array_equal(many.firms("capital", 4)[13], alone.firms("capital", 4)[0])
    assert np.array_equal(many.customers("choice", 9, 1001)[13], alone.customers("choice", 9, 1001)[0])
    assert np.array_equal(alone.customers("choice", 9, 10), alone.customers("choice", 9, 1001)[:, :10])


def test_no_two_draws_share_their_numbers():
    luck = Luck(5, range(8))
    drawn = [luck.customers(purpose, quarter, 50) for purpose in PURPOSES for quarter in range(12)]
    assert len(np.unique(drawn)) == np.size(drawn)
    assert not np.isin(Luck(6, range(8)).customers("choice", 0, 50), drawn).any()
    assert len(set(PURPOSES.values())) == len(PURPOSES)


def test_draws_are_uniform_and_worlds_are_independent():
    drawn = Luck(1, range(200)).customers("choice", 3, 2000)
    counts = np.histogram(drawn, bins=50, range=(0, 1))[0]
    expected = drawn.size / 50
    assert ((counts - expected) ** 2 / expected).sum() < 85.4  # chi-squared of 49 degrees of freedom, one in a thousand
    assert abs(np.corrcoef(drawn)[np.triu_indices(200, 1)]).max() < 5.5 / np.sqrt(2000)
    assert drawn.min() > 0 and drawn.max() < 1


def test_a_world_beyond_the_last_is_refused():
    with pytest.raises(BadInput, match="it is at most"):
        Industry(load_world("archetypes-2023q1"), world_ids=[LAST_WORLD + 1])
