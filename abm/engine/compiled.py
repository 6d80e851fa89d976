"""Rules compiled to machine code: on their first call ever, and from disk after that.

A rule is written for one firm or one customer of one world, in plain Python over numbers, and a loop over worlds calls it. With
NUMBA_DISABLE_JIT=1 the same text runs as it stands, slowly, for a debugger.

numba keeps machine code by file and does not notice when a function or a number that it uses changes in another file. So what it
keeps lies in a folder whose name says what all compiled rules, and all files they import from, look like.
"""

import ast
import functools
import hashlib
import importlib.metadata
import os
import warnings
from pathlib import Path

import numba
import numpy as np
from platformdirs import user_cache_path

ROOMS = ("abm", "agents")
_HERE = Path(__file__).resolve()
_MARK = "abm.engine.compiled"


def compiled(function):
    """The function as machine code. Dividing by zero gives what it gives in arrays; sums keep their order."""
    return numba.njit(function, cache=keep_on_disk(), error_model="numpy", nogil=True)


def as_written(function):
    """A compiled rule in Python: of numbers or of arrays, where it decides nothing by itself."""
    return getattr(function, "py_func", function)


def table(rows, **columns):
    """A record for each of some rows, whose fields a compiled rule reads as attributes.

    columns: {field: one number, or an array with one for each row}
    """
    names = list(columns)
    records = np.empty(rows, dtype=[(name, np.float64) for name in names])
    for name in names:
        records[name] = np.reshape(columns[name], -1)
    return records.view(np.recarray)


def kept_in():
    """The folder of machine code for this version of the rules."""
    return user_cache_path("overreach", appauthor=False) / "compiled" / _version(_HERE.parents[2])


def _version(root):
    """What rules look like and what compiles them, in sixteen letters and digits."""
    seen = hashlib.sha256("/".join((numba.__version__, importlib.metadata.version("llvmlite"), np.__version__)).encode())
    for path in sorted(_files(root)):
        seen.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return seen.hexdigest()[:16]


def _files(root):
    """Files with compiled rules, and those of ours from which they import."""
    texts = {path: path.read_text(encoding="utf-8") for room in ROOMS for path in (root / room).rglob("*.py")}
    rules = {path for path, text in texts.items() if _MARK in text}
    return rules | {path for rule in rules for path in _imported(root, texts[rule])} & texts.keys()


def _imported(root, text):
    """The files that a text may import from."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ROOMS:
            module = root.joinpath(*node.module.split("."))
            yield module.with_suffix(".py")
            yield from (module / f"{alias.name}.py" for alias in node.names)


@functools.cache
def keep_on_disk():
    """Tell numba where to keep machine code, unless the user has said so. Returns whether it can be kept."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        return True
    folder = kept_in()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / f".{os.getpid()}"
        trial.touch()
        trial.unlink()
    except OSError as error:
        warnings.warn(f"rules are compiled anew in every process, because {folder} cannot be written: {error}", stacklevel=2)
        return False
    vars(numba.config)["CACHE_DIR"] = str(folder)  # where numba puts what the environment says
    return True
