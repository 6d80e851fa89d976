"""Every declared number has been set to both ends of what is believed of it, and what is inert is told from luck."""

import numpy as np

from agents.world_files.folder import load_world
from experiments.mechanisms import store
from experiments.mechanisms.ends import MOVES, UNMOVED, WITHIN, declared, effect, ends, swept


def test_every_declared_number_was_swept_over_its_ends():
    stored = store.read(store.ENDS)
    opening, found = load_world(stored["setting"]["world"]), stored["found"]
    assert found.keys() == set(declared())
    assert {name: list(ends(name, opening)) for name in found} == {name: list(each) for name, each in found.items()}


def test_what_moves_is_told_from_luck_and_from_nothing():
    calm = {"a": np.arange(16.0), "b": np.ones(16)}
    noise = np.resize([1.0, -1.0], 16)
    assert effect(calm, calm).verdict == UNMOVED
    assert effect(calm, {**calm, "a": calm["a"] + noise + 0.1}).verdict == WITHIN
    moved = effect(calm, {"a": calm["a"] + noise, "b": calm["b"] + 2 + 0.1 * noise})
    assert (moved.verdict, moved.outcome) == (MOVES, "b") and moved.low < 2 < moved.high


def test_a_small_sweep_has_every_end():
    found = swept("tutorial", 3, 4, 0, ["indicator.survival", "cloud.power", "services.mode"])
    assert {name: list(each) for name, each in found.items()} == {
        "indicator.survival": ["0.5", "0.999"], "cloud.power": ["0.6", "2"], "services.mode": ["path"],
    }  # fmt: skip
    assert found["cloud.power"]["2"].verdict in (MOVES, WITHIN)
