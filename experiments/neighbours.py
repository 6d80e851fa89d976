"""The name `agents` belongs to other packages too: whose it is here, before anything is imported from it."""

from importlib.util import find_spec
from pathlib import Path

OURS = "The inhabitants of Overreach"  # what our own package begins with


def refuse_other_agents():
    """Raises ImportError, in one sentence, if the package that Python finds as `agents` is not ours, or is partly another's."""
    spec = find_spec("agents")
    origin = spec.origin if spec is not None else None
    if origin is None or OURS not in Path(origin).read_text(encoding="utf-8", errors="replace"):
        where = f"at {Path(origin).parent} is another package's (several have that name)" if origin else "is not there, or holds no module"
        raise ImportError(f"overreach needs its own package `agents`, but the one {where}; install overreach in an environment of its own")
