"""A script that starts processes is read anew by each of them: one without a guard would begin the same work in all of them."""

import os
from multiprocessing import current_process

from abm.errors import BadInput

UNGUARDED = 87  # exit code of a worker that was to run the script it came from
WAIT = 1  # s for a worker to say how it ended
GUARD = 'a script that uses several workers must call this under `if __name__ == "__main__":`, for each worker reads the script anew'


def leave_if_unguarded():
    """End this process if it is a worker that is still reading the script it came from: it must not begin the same work itself."""
    if getattr(current_process(), "_inheriting", False):
        os._exit(UNGUARDED)


def workers_of(pool):
    """The processes that a pool has started so far."""
    return list((getattr(pool, "_processes", None) or {}).values())


def refuse_unguarded(processes):
    """Raises BadInput if one of these workers of a broken pool ended because its script has no guard."""
    for process in processes:
        process.join(WAIT)
        if process.exitcode == UNGUARDED:
            raise BadInput(GUARD) from None
