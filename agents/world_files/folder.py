"""From a world folder to the `Opening` a run starts from: finding, reading and checking the files.

A world is a folder with `world.toml` and up to four CSV files; docs/world_files.md describes the form. A name without a
separator is looked up among the shipped worlds and never becomes a path; anything with a separator, or ending in .toml, is
the user's own. Every mistake is one sentence that names file, key, value and rule.
"""

import csv
import hashlib
import io
import os
import re
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from abm.clock import Quarter
from abm.compute.prices import FleetParameters
from abm.data import LONGEST_VALUE, file_bytes, is_file, toml_of
from abm.errors import BadInput, nearest
from agents.customer_birth import Segments
from agents.world_files.opening import build
from agents.world_files.overrides import with_overrides
from agents.world_files.schema import CSV_FILES, World
from agents.world_files.shipped import SHIPPED, TOML, shipped_names

EARLIEST, LATEST = 2000, 2099  # years in which a world may start: what grows with the calendar stays a number
UNION_TAGS = ("float", "bool", "str")  # pydantic names the member of a union that it tried
STRUCTURE = ("cloud.build_lag", "cloud.contract_term")


def load_world(name_or_path, overrides=None):
    """The opening of a shipped world, by name, or of a user's own, by path.

    name_or_path: "tutorial", or a path, "./my-world"; overrides: {public name: value} such as {"lab.OpenAI.cash": 3}, in the units of
    `overreach parameters`, on top of the file's own [settings]; build lag and contract term act here only, archetypes are laid out by them
    Returns an Opening, which an Industry takes. Raises BadInput naming file, key, value and rule.
    """
    files = _read(_find(name_or_path))
    world, rows = _checked(files)
    overrides = {**world.settings, **(overrides or {})}
    structure = _structure(world, files, overrides)
    opening = build(world, rows, structure, files)
    return with_overrides(opening, overrides) if overrides else opening


class Files(NamedTuple):
    """The bytes of a world: name and folder as shown to the user, {file name: bytes}; `toml` names the main one."""

    name: str
    shown: str
    toml: str
    contents: dict

    def where(self, file):
        """A file as it is named in messages."""
        return f"{self.shown}/{file}"

    @property
    def fingerprint(self):
        """sha256 over names and bytes of the files, in order of name, each preceded by its length."""
        digest = hashlib.sha256()
        for name, content in sorted(self.contents.items()):
            for part in (name.encode(), content):
                digest.update(f"{len(part)}:".encode() + part)
        return digest.hexdigest()


def _find(name_or_path):
    """The path of `world.toml`. Raises BadInput for an unknown name or a path where no world is."""
    text = str(name_or_path)
    if not re.search(r"[/\\]|\.toml$", text):
        if text not in shipped_names():
            here = f"a world of your own lies here: write ./{text}" if text and is_file(Path(text) / TOML) else ""
            raise BadInput(f"no world is called {_shown(text)}; {here or nearest(text, shipped_names())}")
        return SHIPPED / text / TOML
    path = Path(text)
    found = path / TOML if path.suffix != ".toml" else path
    if not is_file(found):
        raise BadInput(f"there is no world at {_shown(text)}: expected a folder with {TOML}, or a .toml file")
    return found


def _read(path):
    folder = path.parent
    shipped = folder.parent == SHIPPED
    shown = f"worlds/{folder.name}" if shipped else str(folder)
    _refuse_unknown_files(path, shown)
    names = [path.name, *(name for name in CSV_FILES if os.path.lexists(folder / name))]
    contents = {name: file_bytes(folder / name, f"{shown}/{name}") for name in names}
    return Files(path.resolve().parent.name if path.name == TOML else path.stem, shown, path.name, contents)


def _refuse_unknown_files(path, shown):
    """A misspelt CSV file would be silently left out of the world, and so would one that ends in .CSV."""
    if path.name != TOML:
        return
    try:
        others = sorted(other for other in path.parent.iterdir() if other.suffix.lower() == ".csv")
    except OSError as error:
        raise BadInput(f"{shown}: cannot be read: {error.strerror}") from None
    for other in others:
        if other.name not in CSV_FILES:
            raise BadInput(f"{shown}/{other.name}: is not a file of a world; {nearest(other.name, CSV_FILES)}")


def _checked(files):
    rows = {name: _rows(files, name, form) if name in files.contents else [] for name, form in CSV_FILES.items()}
    return _world(files), rows


def _world(files):
    where = files.where(files.toml)
    raw = toml_of(files.contents[files.toml], where)
    try:
        world = World.model_validate(raw)
    except ValidationError as error:
        raise BadInput(_sentence(error, where, raw, World)) from None
    _check_start(world, where)
    _check_segments(world, where)
    return world


def _check_start(world, where):
    try:
        start = Quarter.parse(world.start)
    except BadInput as error:
        raise BadInput(f"{where}: start: {error}") from None
    if not EARLIEST <= start.year <= LATEST:
        raise BadInput(f"{where}: start = {world.start!r} is not allowed; a quarter of the years {EARLIEST} to {LATEST}")


def _check_segments(world, where):
    """Segments are read by the customers themselves, so that what they allow is said once."""
    if world.customers:
        Segments.from_rows(world.customers, f"{where}: customers")


def _rows(files, name, form):
    """The lines of a CSV file as checked rows, each with its place for messages: [(where, row)]."""
    where = files.where(name)
    try:
        lines = list(csv.reader(io.StringIO(files.contents[name].decode("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError:
        raise BadInput(f"{where}: is not UTF-8 text") from None
    except csv.Error as error:
        raise BadInput(f"{where}: is not valid CSV: {error}") from None
    told = [(number, cells) for number, cells in enumerate(lines, start=1) if not _is_comment(cells)]
    header = [cell.strip() for cell in told[0][1]] if told else []
    _check_separator(header, where)
    _check_header(header, form, where)
    return [_row(header, cells, form, f"{where} line {number}") for number, cells in told[1:] if any(cells)]


def _is_comment(cells):
    return bool(cells) and cells[0].lstrip().startswith("#")


def _check_separator(header, where):
    """A spreadsheet may write semicolons or tabs between cells, or empty columns at the end."""
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            raise BadInput(f"{where}: its cells are parted by {name}; the rule is commas (save it as CSV with commas)")
    if header and not header[-1] and any(header):
        raise BadInput(f"{where}: has {len(header)} columns, the last without a name; remove the empty columns at its end")


def _check_header(header, form, where):
    for key in header:
        if key not in form.model_fields:
            raise BadInput(f"{where}: unknown column {_shown(key)}; {nearest(key, form.model_fields)}")
        if header.count(key) > 1:
            raise BadInput(f"{where}: column {_shown(key)} is there twice")
    missing = [key for key, item in form.model_fields.items() if item.is_required() and key not in header]
    if missing:
        raise BadInput(f"{where}: column {missing[0]!r} is missing")


def _row(header, cells, form, where):
    if len(cells) > len(header):
        if not any(cell.strip() for cell in cells[len(header) :]):
            raise BadInput(f"{where}: has {len(cells) - len(header)} empty cells too many at its end; remove them (its last commas)")
        raise BadInput(f"{where}: has {len(cells)} cells for {len(header)} columns (a text with a comma needs quotes)")
    raw = {key: cell.strip() for key, cell in zip(header, cells) if cell.strip()}
    try:
        return where, form.model_validate(raw)
    except ValidationError as error:
        raise BadInput(_sentence(error, where, raw, form)) from None


def _sentence(error, where, raw, form):
    """The first complaint of pydantic as one sentence in our words; a misspelt key before the key it should have been."""
    first = min(error.errors(), key=lambda item: item["type"] != "extra_forbidden")
    path = tuple(part for part in first["loc"] if part not in UNION_TAGS)
    key, place = _shown(path[-1] if path else ""), _place(path[:-1], raw)
    if first["type"] == "extra_forbidden":
        return f"{where}: {place}unknown key {key}; {nearest(path[-1], _keys(path[:-1], form))}".removesuffix("; ")
    if first["type"] == "missing":
        return f"{where}: {place}{key} is missing"
    rule = first["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    rule = re.sub(r"a valid dictionary or instance of \w+", "a table", rule)
    return f"{where}: {place}{path[-1]} = {_shown(first['input'])} {rule[:1].lower() + rule[1:]}"


def _place(path, raw):
    """Tables on the way to a key: "labs 'OpenAI': " or "parameters.cone.width: "."""
    if len(path) > 1 and isinstance(path[1], int):
        table = raw[path[0]][path[1]]
        name = table.get("name", path[1] + 1) if isinstance(table, dict) else path[1] + 1
        path = (f"{path[0]} {_shown(name)}", *path[2:])
    return ".".join(map(str, path)) + ": " if path else ""


def _keys(path, form):
    """Keys that are allowed in the table at a path."""
    fields = form.model_fields
    for part in path:
        fields = _members(fields[part].annotation) if part in fields else fields
    return fields


def _members(annotation):
    """Fields of the first table inside an annotation such as `list[LabTable]` or `Recipe | None`."""
    if hasattr(annotation, "model_fields"):
        return annotation.model_fields
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _members(part))), {})


def _shown(value):
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}...{text[-1]}"


def _structure(world, files, overrides):
    """Build lag and contract term of this run, in quarters: {public name: whole number}."""
    where, declared = files.where(files.toml), FleetParameters.declared()
    values = {}
    for name in STRUCTURE:
        short = name.partition(".")[2]
        given = getattr(world.structure, short)
        if given is not None and name in world.parameters:
            raise BadInput(f"{where}: {name} is given twice, under [structure] and under [parameters]")
        if name in world.parameters:
            given = world.parameters[name].value
        chosen = overrides.get(name, given if given is not None else declared[short].value)
        values[name] = declared[short].checked(chosen, where)
    return values
