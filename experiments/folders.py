"""Folders for results."""

import os

from abm.errors import BadInput


def make_folder(path, option):
    """Make a folder below the one that a user chose. Raises BadInput, naming the option and that folder, if that is not possible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        reason = "" if os.access(path, os.W_OK | os.X_OK) else "Permission denied"
    except OSError as error:
        reason = error.strerror
    if reason:
        raise BadInput(f"{option} {path.parent}: nothing can be written there ({reason}); name a folder you may write to")
