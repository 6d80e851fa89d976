"""One sweep at a time in a folder: a lock that names its holder, and that a crash does not leave behind for ever.

On one machine the system itself holds the lock and lets go of it when the process ends, however it ends. For holders on other
machines, whose locks may not be visible over a network, the file names process and host and is touched while the sweep goes on;
a lock nobody has touched for a while is stale.
"""

import json
import os
import platform
import time

try:
    import fcntl
except ImportError:  # not a POSIX system: the name in the file is all there is
    fcntl = None

from abm.errors import BadInput
from abm.parameters import Group, parameter
from experiments.engine.store import LOCK
from experiments.folders import make_folder


class LockParameters(Group, name="lock"):
    """When a lock of another machine counts as left behind."""

    stale = parameter(120.0, unit="s", low=1, high=86400, source="assumption", meaning="time without a touch after which a lock is stale")


class Lock:
    """Holds a folder for this process, as a context manager. Raises BadInput if another sweep is at work there."""

    def __init__(self, folder):
        self.path, self.handle = folder / LOCK, None

    def __enter__(self):
        make_folder(self.path.parent, "--out")
        self.handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._take()
        except BaseException:
            os.close(self.handle)
            raise
        return self

    def __exit__(self, *_):
        os.ftruncate(self.handle, 0)
        os.close(self.handle)

    def touch(self):
        """Say that the sweep is still going on."""
        os.utime(self.path)

    def _take(self):
        holder = self._holder()
        if fcntl is not None:
            try:
                fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BadInput(self._refusal(self._holder())) from None
        elsewhere = holder and (fcntl is None or holder["host"] != platform.node())
        if elsewhere and time.time() - os.stat(self.path).st_mtime < LockParameters().stale.item():
            raise BadInput(self._refusal(holder) + f"; if it is not, remove {self.path}")
        mine = json.dumps({"pid": os.getpid(), "host": platform.node()}).encode()
        os.ftruncate(self.handle, 0)
        os.pwrite(self.handle, mine, 0)
        os.fsync(self.handle)

    def _holder(self):
        """Who holds the lock by the file: {pid, host}, or {} for nobody."""
        text = os.pread(self.handle, os.stat(self.path).st_size, 0)
        try:
            return json.loads(text) if text else {}
        except ValueError:  # a crash while the name was written: nobody holds it
            return {}

    def _refusal(self, holder):
        who = f"process {holder['pid']} on {holder['host']}" if holder else "another process"
        return f"{self.path.parent}: {who} is already sweeping here"
