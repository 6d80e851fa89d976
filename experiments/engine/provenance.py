"""The address of a run, and the way back: every row of every table can be run again, exactly, from its address."""

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

from abm.errors import BadInput
from experiments.engine.store import RUNS, found_in
from experiments.inputs import ADDRESS_LENGTH, MODEL, code_version

LIBRARIES = ("mesa", "numpy", "scipy", "pyarrow")


@cache
def code():
    """The version of the model's code, read once per process."""
    return code_version(MODEL)[:ADDRESS_LENGTH]


def versions():
    """Versions of what results also depend on: bytes are promised for one machine and one set of these."""
    return {"python": platform.python_version(), "machine": platform.machine(), **{name: version(name) for name in LIBRARIES}}


def address(fingerprint, settings, rng, seed):
    """What names a run: a hash of world files, settings, code and seed. The world's name or place does not matter."""
    decides = {name: value for name, value in settings.items() if name != "world"}
    text = json.dumps({"world": fingerprint, "settings": decides, "rng": rng, "seed": seed, "code": code()}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:ADDRESS_LENGTH]


class Stored(NamedTuple):
    """A run as it was stored: its row, and what it was made of."""

    row: dict
    settings: dict
    rng: int
    manifest: dict


def stored(results_dir, reference):
    """The stored run with this address or the first digits of it. Raises BadInput if there is none, or more than one."""
    from experiments.engine.soundness import read_table

    store = found_in(results_dir)
    rows = []
    for path in store.parts(RUNS):
        addresses = read_table(path, ["address"])["address"].to_pylist()
        hits = [place for place, known in enumerate(addresses) if reference and known.startswith(reference)]
        rows += read_table(path).take(hits).to_pylist() if hits else []
    if len(rows) != 1:
        some = ", ".join(row["address"] for row in rows[:3])
        raise BadInput(f"{store.folder}: {f'{len(rows)} runs fit {reference!r}: {some}; give more digits' if rows else _none(reference)}")
    settings = json.loads(store.points()["settings"][rows[0]["point"]].as_py())
    manifest = store.read_json("sweep.json", ("code", "rng"))
    return Stored(rows[0], settings, manifest["rng"], manifest)


def _none(reference):
    return f"no run has an address that begins with {reference!r}; the column `address` of `runs` has them all"


def reopen(results_dir, reference, journal=True, anyway=False):
    """The run with this address, run again to its end: an Industry of one world, with its journal.

    A run that failed is run to the quarter in which it breaks, and left there with its `failure`. anyway: also if the code is
    another by now. Raises BadInput if the code or the world's files are not those of the stored run: it would be another run.
    """
    run = stored(results_dir, reference)
    industry, quarters = prepare(run, journal, anyway)
    if not run.row["failure"]:
        return industry.run(quarters)
    try:
        return industry.run(quarters)
    except Exception as error:
        industry.failure = f"{type(error).__name__}: {error}"
        return industry


def differences(row, industry):
    """Names of outcomes in which a run does not come out as it was stored; none, unless code or machine differ."""
    failure = row["failure"] if isinstance(row["failure"], str) else None
    if failure:
        return [] if getattr(industry, "failure", None) == failure else ["failure"]
    now = industry.record.outcomes(industry).iloc[0]
    return [name for name in now.index if name in row and not _same(float(now[name]), row[name])]


def _same(left, right):
    return left == right or (left != left and (right is None or right != right))  # what has no value is stored as null


def prepare(run, journal=True, anyway=False):
    """The model of a stored run before its first quarter, and how many quarters it goes. Raises BadInput as `reopen`."""
    from experiments.engine.batches import build, quarters_of
    from experiments.engine.cases import case_of

    fingerprint = case_of(run.settings).opening.fingerprint
    if not anyway:
        _refuse_other(run, fingerprint)
    return build([run.settings], [run.row["seed"]], run.rng, journal), quarters_of(run.settings)


def _refuse_other(run, fingerprint):
    name = run.row["address"]
    if run.manifest["worlds"].get(str(run.settings["world"])) != fingerprint:
        raise BadInput(f"run {name}: the files of world {run.settings['world']} are not what they were; it cannot be reproduced")
    if run.manifest["code"] != code():
        raise BadInput(
            f"run {name} was made by code {run.manifest['code']} and this is {code()}: it would be another run; "
            "check out that code, sweep again, or ask for it anyway"
        )
    if address(fingerprint, run.settings, run.rng, run.row["seed"]) != name:
        raise BadInput(f"run {name}: its stored settings do not have this address; the results were changed by hand")
