"""Measures that are costly and seldom looked at: what they are made of is kept, and worked out when somebody asks, many at once.

A network measure of a year is small to keep and slow to find. Most runs never ask for most of them; where one is asked for, the
years of a run are worked out together, which is faster than one after the other and gives the same bits.
"""

import numpy as np


class Later:
    """Measures of some worlds that are still to be worked out.

    work: function of arrays `[worlds, ...]`, world by world, that returns {name: [worlds, n]}; parts: its arguments, copied here;
    quarters: how long the measures stand.
    """

    def __init__(self, work, *parts, quarters=1):
        self.work, self.parts, self.quarters = work, tuple(np.array(part) for part in parts), quarters
        self.found = None

    def __getitem__(self, name):
        """One of the measures, [worlds, n]."""
        settle([self])
        return self.found[name]

    @property
    def nbytes(self):
        """Memory that waiting takes, bytes a quarter."""
        return sum(part.nbytes for part in self.parts) // self.quarters


def settle(several):
    """Work out all that wait, those of one kind together."""
    waiting = {id(one): one for one in several if one.found is None}.values()
    for work in dict.fromkeys(one.work for one in waiting):
        together = [one for one in waiting if one.work is work]
        parts = (np.concatenate(part) for part in zip(*(one.parts for one in together), strict=True))
        found, start = work(*parts), 0
        for one in together:
            stop = start + len(one.parts[0])
            one.found, one.parts, start = {name: values[start:stop] for name, values in found.items()}, (), stop


class Measures(dict):
    """{name: [worlds, n]} of a quarter, in which some are still to be worked out: looking at one does that."""

    def __getitem__(self, name):
        value = super().__getitem__(name)
        return value[name] if isinstance(value, Later) else value

    def items(self):
        """As of any dict, all worked out."""
        return [(name, self[name]) for name in self]

    def values(self):
        """As of any dict, all worked out."""
        return [self[name] for name in self]

    def waiting(self, name):
        """The value or, where it is still to be worked out, its Later."""
        return super().__getitem__(name)


class Series(list):
    """One measure quarter by quarter, [worlds, n] each; looking at it works out what was put off."""

    def __init__(self, name):
        super().__init__()
        self.name = name

    def __getitem__(self, at):
        self._settle()
        return super().__getitem__(at)

    def __iter__(self):
        self._settle()
        return super().__iter__()

    def last(self):
        """The latest quarter alone, [worlds, n]."""
        value = super().__getitem__(-1)
        return value[self.name] if isinstance(value, Later) else value

    @property
    def nbytes(self):
        """Memory of the first quarter, what waits included, bytes."""
        return super().__getitem__(0).nbytes

    def _settle(self):
        waiting = [(place, value) for place, value in enumerate(super().__iter__()) if isinstance(value, Later)]
        settle([value for _, value in waiting])
        for place, value in waiting:
            self[place] = value[self.name]
