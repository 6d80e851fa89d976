"""Which models are still there, and when Python is told to look for those that nobody uses any more."""

import gc
import weakref


class Living:
    """The models that are still there. Their parts hold each other, so that only a look for such rings frees one that nobody uses.

    Python looks by the number of objects, and a model is few large ones: a loop of models would pile them up. So it is told to
    look whenever twice as many are there as after it last looked.
    """

    def __init__(self, least=2):
        self.models, self.least, self.most = weakref.WeakSet(), least, least

    def add(self, model):
        """One more."""
        if len(self.models) >= self.most:
            gc.collect()
            self.most = max(self.least, 2 * len(self.models))
        self.models.add(model)


LIVING = Living()
