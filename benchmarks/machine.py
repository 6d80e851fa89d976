"""The machine that is measured on, and how much memory a command and its workers take."""

import datetime
import os
import platform
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("mesa", "numpy", "scipy", "pandas", "pyarrow")
POLL_SECONDS = 0.1
KILOBYTE, MEGABYTE, GIGABYTE = 1024, 1024**2, 1024**3


def described():
    """{what: words} of the machine, the versions and the date."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIGABYTE
    return {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "processor": _processor(),
        "cores": str(cores),
        "memory": f"{memory:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        "threads of linear algebra": os.environ.get("OPENBLAS_NUM_THREADS", "not limited"),
    }


def _processor():
    """The processor's own name, where the system tells it."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def watched(command):
    """Run a command to its end: (seconds, peak memory in MB, how that was found). Raises CalledProcessError if it fails.

    With psutil the memory of the process and its children is added up ten times a second, shared pages counted once for each;
    without it, it is the peak of the largest single process of all that ran so far.
    """
    try:
        import psutil
    except ImportError:
        psutil = None
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(psutil, process.pid) if psutil else 0)
        time.sleep(POLL_SECONDS)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    if psutil:
        return seconds, peak / MEGABYTE, "the command and its workers together, resident memory, looked at ten times a second"
    unit = 1 if sys.platform == "darwin" else KILOBYTE
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    return seconds, largest / MEGABYTE, "the largest of its processes alone: psutil is not installed"


def _resident(psutil, pid):
    """Resident memory of a process and all that descend from it, bytes; 0 once it is gone."""
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(_resident_alone(psutil, member) for member in family)


def _resident_alone(psutil, process):
    """Resident memory of one process, bytes; 0 if it has finished since it was found."""
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
