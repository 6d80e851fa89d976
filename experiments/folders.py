"""Folders for results."""

import os
import re

from abm.errors import BadInput

LONGEST = 100  # letters of a name
_PLAIN = re.compile(r"[^\W_](?:[\w. -]*\w)?")


def is_plain(name):
    """Whether a name can be a folder as it is: letters, digits and `-_. `, with a letter or a digit at its start, at most 100 of them."""
    return len(name) <= LONGEST and bool(_PLAIN.fullmatch(name))


def plain(text, otherwise):
    """A name for a folder after a text that may be none: what is not allowed becomes "-"; otherwise: where nothing is left of it."""
    kept = re.sub(r"^[\W_]+|[^\w]+$", "", re.sub(r"[^\w. -]", "-", text)[:LONGEST])
    return kept if is_plain(kept) else otherwise


def make_folder(path, option):
    """Make a folder below the one that a user chose. Raises BadInput, naming the option and that folder, if that is not possible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        reason = "" if os.access(path, os.W_OK | os.X_OK) else "Permission denied"
    except OSError as error:
        reason = error.strerror
    except ValueError:  # a zero byte
        reason = "not a name"
    if reason:
        raise BadInput(f"{option} {path.parent}: nothing can be written there ({reason}); name a folder you may write to")
