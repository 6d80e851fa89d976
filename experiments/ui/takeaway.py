"""What a user takes along, and brings: the panel, the settings as a world file, the offline report; and worlds of his own."""

import io
import json
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from abm.errors import BadInput
from abm.model import release
from agents.world_files.folder import load_world
from agents.world_files.schema import CSV_FILES
from agents.world_files.shipped import SHIPPED, TOML
from experiments.inputs import Inputs
from experiments.ui.worker_pool import built

SESSION, ABOUT = "session.json", "README.md"
MEMBERS = (TOML, *CSV_FILES, SESSION, ABOUT)
LARGEST = 4_000_000  # bytes of an upload, and of what it holds
MOST_MEMBERS = 12
ASKED_QUARTERS = 1


def world_zip(inputs):
    """The world with the dials as they stand, as a zip of a folder that `load_world` reads, and the whole session beside it."""
    folder = Path(inputs.world).parent if inputs.world.endswith(".toml") else Path(inputs.world)
    folder = folder if folder.is_dir() else SHIPPED / inputs.world
    contents = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name in (TOML, *CSV_FILES)}
    contents[TOML] = with_settings(contents[TOML].decode("utf-8-sig"), inputs.settings).encode()
    plain = {key: value for key, value in inputs.plain().items() if key != "world"}
    contents[SESSION] = json.dumps(plain, indent=1, ensure_ascii=False).encode()
    contents[ABOUT] = _about(inputs).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_settings(toml, settings):
    """The text of a world file with a table [settings] that holds these and what it held before."""
    import tomllib

    held = {**tomllib.loads(toml).get("settings", {}), **settings}
    lines = toml.splitlines()
    heads = [k for k, line in enumerate(lines) if line.partition("#")[0].strip() == "[settings]"]
    for first in heads:  # there is one at most
        after = next((k for k in range(first + 1, len(lines)) if lines[k].startswith("[")), len(lines))
        lines = lines[:first] + lines[after:]
    if not held:
        return "\n".join(lines) + "\n"
    table = [f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(value, ensure_ascii=False)}" for name, value in sorted(held.items())]
    return "\n".join([*lines, "", "[settings] # values set on top of all else, as with --set", *table]) + "\n"


def _about(inputs):
    shocks = "; ".join(f"{row['name']} at {row['at']}" for row in inputs.shocks) or "none"
    deals = "; ".join(f"{row['tenant']} with {row['owner']}, {row['gw']} GW" for row in inputs.deals) or "none"
    return (
        f"# A world taken from the browser page\n\n`{TOML}` holds the world with the dials as they stood under `[settings]`.\n"
        f"Run it with `overreach run FOLDER --worlds {inputs.worlds} --quarters {inputs.quarters} --seed {inputs.seed}`.\n"
        f"Not part of a world: shocks ({shocks}) and added deals ({deals}); `{SESSION}` has them, and the page reads them again.\n"
    )


def unpacked(name, data, folder):
    """A world brought by a user, checked and written under a folder of its own: Inputs to begin with. Raises BadInput.

    name: of the file; data: its bytes, a `world.toml` or a zip of a world's folder
    """
    if len(data) > LARGEST:
        raise BadInput(f"{name}: has more than {LARGEST:,} bytes")
    contents = _members(name, data) if zipfile.is_zipfile(io.BytesIO(data)) else {TOML: data}
    place = Path(tempfile.mkdtemp(prefix="world-", dir=folder))
    for member, content in contents.items():
        if member not in (SESSION, ABOUT):
            (place / member).write_bytes(content)
    try:
        opening = load_world(str(place))
        release(built(Inputs(str(place), 1, ASKED_QUARTERS), (0,)))
    except BadInput as error:
        raise BadInput(str(error).replace(str(place), name)) from None
    start = Inputs(str(place))
    return _session(contents.get(SESSION), start, name), opening


def _members(name, data):
    """{file name: bytes} of a zip. Raises BadInput for anything a world does not have."""
    with _opened(name, data) as archive:
        files = [item for item in archive.infolist() if not item.is_dir()]
        if len(files) > MOST_MEMBERS or sum(item.file_size for item in files) > LARGEST:
            raise BadInput(f"{name}: holds more than {MOST_MEMBERS} files or {LARGEST:,} bytes")
        folders = {item.filename.rpartition("/")[0] for item in files}
        strange = [item.filename for item in files if item.filename.rpartition("/")[2] not in MEMBERS]
        if strange or len(folders) > 1:
            what = strange[0] if strange else "more than one folder"
            raise BadInput(f"{name}: {what} is not part of a world, which is one folder with {', '.join(MEMBERS)}")
        found = {item.filename.rpartition("/")[2]: _content(archive, item, name) for item in files}
    if TOML not in found:
        raise BadInput(f"{name}: has no {TOML}")
    return found


def _opened(name, data):
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise BadInput(f"{name}: is not a zip that can be read: {error}") from None


def _content(archive, item, name):
    try:
        with archive.open(item) as file:
            content = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise BadInput(f"{name}: {item.filename} cannot be read: {error}") from None
    if len(content) > LARGEST:
        raise BadInput(f"{name}: {item.filename} is larger than it says")
    return content


def _session(content, start, name):
    """The session beside a world, where there is one. Raises BadInput."""
    if content is None:
        return start
    try:
        plain = json.loads(content)
        found = replace(Inputs.of({**plain, "world": start.world}), settings={})
        found.checked().opening()
    except BadInput:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput(f"{name}: {SESSION} is not one of this page: {error}") from None
    return found


def panel(laboratory, form):
    """The panel of all worlds so far as bytes. form: "parquet", or "csv" (compressed)."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    from experiments.panel import write_panel

    main = laboratory.main
    kinds = _kinds(main.inputs)
    arrays = laboratory.panel([(kind, name) for name, found in kinds.items() for kind in found])
    manifest = {
        "inputs": {"quarters": laboratory.age},
        "measures": sorted(kinds),
        "names": {kind: list(names) for kind, names in main.opening.names.items()},
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "panel.parquet"
        write_panel(path, {key: np.asarray(values) for key, values in arrays.items()}, manifest, kinds, main.opening.start)
        if form == "parquet":
            return path.read_bytes()
        packed = Path(folder) / "panel.csv.gz"
        with pa.CompressedOutputStream(str(packed), "gzip") as out:
            pyarrow.csv.write_csv(pq.read_table(path), out)
        return packed.read_bytes()


def _kinds(inputs):
    """{measure: kinds that have it} of the panel."""
    from experiments.collect import first_look
    from experiments.runs import PANEL_MEASURES

    measures = first_look(replace(inputs, quarters=1, shocks=()), inputs.opening()).measures
    return {name: measures[name] for name in PANEL_MEASURES}


def report(inputs, age, workers):
    """The offline report of this run so far, as bytes; the worlds are run again for it. inputs: with the shocks that came."""
    from experiments.runs import Work, run

    with tempfile.TemporaryDirectory() as folder:
        return run(replace(inputs, quarters=age), root=Path(folder), work=Work(workers)).report.read_bytes()
