"""Where the data lie that come with the program: worlds, reference results, sources."""

from importlib.resources import files
from pathlib import Path


def data_folder(package, name):
    """A folder of data: inside its package where that was installed, beside it in a checkout."""
    inside = Path(str(files(package)))
    return inside / name if (inside / name).is_dir() else inside.parent / name
