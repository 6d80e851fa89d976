"""Which cases of a test are quick: the others run in continuous integration, `make test-slow`."""

import pytest


def mostly_slow(values, quick):
    """Values to parametrize over, of which only some run in the quick suite."""
    return [value if value in quick else pytest.param(value, marks=pytest.mark.slow) for value in values]
