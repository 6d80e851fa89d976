"""Which models are still there, and when Python is told to look for those that nobody uses any more."""

import gc
import weakref


class Living:
    """The models that are still there. Their parts hold each other, so that only a look for such rings frees one that nobody uses.

    Python looks by the number of objects, and a model is few large ones: a loop of models would pile them up. So it is told to
    look whenever twice as many worlds are there as after it last looked. Worlds are counted, because memory grows with them
    (half a megabyte each), and a look takes as long as opening a small model.
    """

    def __init__(self, least=128):
        self.models, self.least, self.most = weakref.WeakSet(), least, least

    def add(self, model):
        """One more model, of as many worlds as it says."""
        if self.worlds() + model.worlds > self.most:
            gc.collect()
            self.most = max(self.least, 2 * (self.worlds() + model.worlds))
        self.models.add(model)

    def worlds(self):
        """How many worlds the models hold that are still there."""
        return sum(model.worlds for model in self.models)


LIVING = Living()
