"""What Griffe, which reads the code for mkdocstrings, calls for every docstring: it is laid out for a page."""

import re

import griffe

from sitemaker.docstrings import laid_out

ANY_NAME = r"[a-z_]+"


class HouseDocstrings(griffe.Extension):
    """Lays out the docstring of every function, by the names of its arguments, and of every class."""

    def on_function(self, *, func, **_):
        """Called by Griffe for a function or a method."""
        names = "|".join(re.escape(parameter.name.lstrip("*")) for parameter in func.parameters)
        _lay_out(func, names or "no_arguments")

    def on_class(self, *, cls, **_):
        """Called by Griffe for a class, whose arguments may be those of a class it comes from."""
        _lay_out(cls, ANY_NAME)


def _lay_out(item, names):
    if item.docstring:
        item.docstring.value = laid_out(item.docstring.value, names)
