"""The worlds that come with the program, as a list: read without the model, so that it is there at once."""

import tomllib
from typing import NamedTuple

from abm.data import data_folder
from abm.errors import BadInput
from abm.start.opening import FIRM_KINDS

SHIPPED = data_folder("agents", "worlds")
TOML = "world.toml"


class WorldSummary(NamedTuple):
    """A line of the list of worlds; firms: {kind: names}."""

    name: str
    title: str
    start: str
    kind: str
    firms: dict
    purpose: str
    caveat: str


def worlds():
    """The shipped worlds by name: name, title, start, kind, firms {kind: names}, purpose and caveat of each."""
    return [_summary(name) for name in shipped_names()]


def shipped_names():
    """Names of the shipped worlds. Raises BadInput if there are none."""
    folders = SHIPPED.iterdir() if SHIPPED.is_dir() else ()
    names = sorted(folder.name for folder in folders if (folder / TOML).is_file())
    if not names:
        raise BadInput(f"{SHIPPED}: holds no worlds, so this installation is not whole; install overreach again")
    return names


def _summary(name):
    said = tomllib.loads((SHIPPED / name / TOML).read_text(encoding="utf-8"))  # tests check every shipped file whole
    firms = {kind: tuple(firm["name"] for firm in said.get(kind, ())) for kind in FIRM_KINDS}
    return WorldSummary(name, said["title"], said["start"], said["kind"], firms, said.get("purpose", ""), said.get("caveat", ""))
