"""Where the data lie that come with the program (worlds, reference results, sources), and files that a user gave."""

import tomllib
from importlib.resources import files
from pathlib import Path

from abm.errors import BadInput

LONGEST_VALUE = 80  # characters of a value or a reason that a message shows


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


def file_bytes(path, where):
    """What a file holds. Raises BadInput naming the place, also for a folder or a link to nothing: it must not be left out in silence."""
    try:
        if path.is_file():
            return path.read_bytes()
        reason = "a file is expected there" if path.exists() else "it is a link to a file that is not there"
    except OSError as error:
        reason = error.strerror
    raise BadInput(f"{where}: cannot be read: {reason}")


def toml_of(content, where):
    """What a TOML file says, from its bytes. Raises BadInput naming the place."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput(f"{where}: is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{where}: is not valid TOML: {str(error)[:LONGEST_VALUE]}") from None
