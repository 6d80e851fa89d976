"""What was measured, stored beside this module as JSON: the setting, the code of the model, and the numbers."""

import json
from pathlib import Path

from experiments.engine.provenance import code
from experiments.engine.store import write_whole

HERE = Path(__file__).parent
ENDS, EFFECTS = HERE / "ends.json", HERE / "effects.json"
DIGITS = 6


def setting(world, futures, quarters, seed):
    """How something was measured."""
    return {"world": world, "futures": futures, "quarters": quarters, "seed": seed, "code": code()}


def read(path):
    """What is stored, {"setting": ..., "found": ...}; nothing where there is no file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"setting": {}, "found": {}}


def fresh(path, anew):
    """The same path, with nothing stored there where all is to be measured again."""
    if anew:
        path.unlink(missing_ok=True)
    return path


def write(path, measured, found):
    """Store it, whole or not at all. found: plain values, numbers are shortened."""
    text = json.dumps({"setting": measured, "found": _short(found)}, indent=1, ensure_ascii=False)
    write_whole(path, f"{text}\n".encode())


def _short(value):
    if isinstance(value, dict):
        return {key: _short(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_short(each) for each in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
