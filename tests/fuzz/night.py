"""The draws of a night: how many of each part, and what comes of one. Apart from the command, for a worker must be able to import it."""

import tempfile
from pathlib import Path

from tests.fuzz import files, settings

SIZES = {"settings": 500, "corners": None, "worlds": 10_000, "questions": 500, "stored": 500}


def sizes(share):
    """{part: draws}."""
    known = {**SIZES, "corners": len(settings.corners())}
    return {part: max(1, round(size * share)) for part, size in known.items()}


def one(part, seed, whole, number):
    """What comes of one draw. whole: folder of a finished sweep to be garbled, for the part "stored"."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        if part == "settings":
            return settings.run(settings.drawn(number, seed))
        if part == "corners":
            return settings.run(settings.corners()[number])
        if part == "worlds":
            return files.world(number, seed, Path(folder) / "world")
        return files.question(number, seed) if part == "questions" else files.garbled(number, seed, whole, Path(folder) / "copy")
