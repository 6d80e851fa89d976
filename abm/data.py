"""Where the data lie that come with the program (worlds, reference results, sources), and whether a path that a user gave is a file."""

from importlib.resources import files
from pathlib import Path


def data_folder(package, name):
    """A folder of data: inside its package where that was installed, beside it in a checkout."""
    inside = Path(str(files(package)))
    return inside / name if (inside / name).is_dir() else inside.parent / name


def is_file(path):
    """Whether a file lies at a path of the user's; False where the system will not say, so that the user hears what is missing."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, a folder that may not be entered, a zero byte
        return False
