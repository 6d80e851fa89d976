"""The exponential and the logarithm of compiled rules against those of the C library."""

import numpy as np
import pytest

from abm.engine.compiled import compiled
from abm.engine.elementary import LARGEST, exponential, logarithm

UNIT = np.finfo(float).eps
RANDOM = np.random.default_rng(5)


@compiled
def each(function, values, found):
    for place in range(len(values)):
        found[place] = function(values[place])


def of(function, values):
    found = np.empty(len(values))
    each(function, values, found)
    return found


@pytest.mark.parametrize("spread", [1e-300, 1e-9, 1.0, 30.0, LARGEST])
def test_the_exponential(spread):
    values = np.concatenate([[0.0, -0.0, 1.0, -1.0, np.log(2)], RANDOM.uniform(-spread, spread, 100_000)])
    assert np.abs(of(exponential, values) / np.exp(values) - 1).max() <= UNIT


@pytest.mark.parametrize("spread", [1e-9, 0.1, 30.0, 345.0])
def test_the_logarithm(spread):
    values = np.concatenate([[0.5, 2.0, 10.0, np.sqrt(0.5)], np.exp(RANDOM.uniform(-spread, spread, 100_000))])
    assert np.abs(of(logarithm, values) - np.log(values)).max() <= UNIT * max(1.0, spread)
    assert of(logarithm, np.array([1.0]))[0] == 0


def test_beyond_the_bounds_and_alone_or_in_a_row():
    assert of(exponential, np.array([1e9, -1e9])).tolist() == [exponential(LARGEST), exponential(-LARGEST)]
    values = RANDOM.uniform(-5, 5, 1003)
    assert of(exponential, values).tolist() == [exponential(value) for value in values]
    assert of(logarithm, np.exp(values)).tolist() == [logarithm(value) for value in np.exp(values)]
