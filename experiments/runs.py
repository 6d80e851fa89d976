"""One run: W worlds in batches on all cores, written under its address; and the way back from an address to any of its worlds.

Every batch is a run of its own, so the number of workers and the size of batches change nothing but the time it takes.
"""

import errno
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import NamedTuple

from abm.data import is_file
from abm.engine.shown import with_units
from abm.errors import BadInput, nearest
from abm.measures.catalogue import known_measures
from agents.inhabitants import KINDS
from experiments.analysis.outcomes import described
from experiments.collect import MEGABYTE, NEEDED, Arrays, first_look, world_bytes
from experiments.doubt import beside_of, drawn, part
from experiments.folders import make_folder
from experiments.guard import leave_if_unguarded
from experiments.industry import Industry
from experiments.inputs import ADDRESS_LENGTH, MODEL, TOOLS, Inputs, code_version
from experiments.pool import batches, collected, cores

RUNS = Path("results/runs")
MANIFEST, PANEL, OUTCOMES, SUMMARY, REPORT = "manifest.json", "panel.parquet", "outcomes.parquet", "summary.json", "report.html"
MEMORY_MB, LARGEST_BATCH = 1000, 128
ATTEMPTS = 3  # at giving a folder its name while another process does the same
LIBRARIES = ("mesa", "numpy", "scipy", "pandas", "pyarrow")
PANEL_MEASURES = (
    *("revenue", "cash", "value", "debt", "rent_due", "commitments", "risk_appetite", "gw", "fails", "minsky_class", "sales"),
    *("revenue_total", "required_revenue", "required_ahead", "p10_coverage", "p50_coverage", "lab_p10_coverage", "circularity"),
    *("flow_circularity", "look_through", "utilisation", "rationing", "depreciation_gap", "sentiment", "frontier"),
)


class Work(NamedTuple):
    """How a run is done; nothing here changes its results.

    workers: processes, 0 for as many as there are cores; memory_mb: for all workers together, MB; again: even if the run is there already;
    progress: called now and then with the number of worlds done, parts of worlds included
    """

    workers: int = 0
    memory_mb: float = MEMORY_MB
    again: bool = False
    progress: object = None


@dataclass(frozen=True)
class Run:
    """A finished run on disk: `run` and `open_run` give one."""

    path: Path
    manifest: dict

    def __repr__(self):
        made = self.inputs
        return f"<Run {self.name} of {made.world}: {made.worlds:,} worlds of {made.quarters} quarters, seed {made.seed}, in {self.path}>"

    @property
    def address(self):
        """sha256 of the inputs and the code."""
        return self.manifest["address"]

    @property
    def name(self):
        """The part of the address that names the folder."""
        return self.address[:ADDRESS_LENGTH]

    @property
    def inputs(self):
        """What it was made of."""
        return Inputs.of(self.manifest["inputs"])

    @property
    def summary(self):
        """What the page of the run rests on: probabilities with intervals, quantiles by quarter, the worst world."""
        return json.loads((self.path / SUMMARY).read_text(encoding="utf-8"))

    @property
    def report(self):
        """Path of the page to look at."""
        return self.path / REPORT

    def panel(self, **filters):
        """The tidy table: world, quarter, agent, measure, value; `panel(measure="revenue", agent="OpenAI")` reads only that.

        Units and meanings of its measures stand in `attrs`.
        """
        import pandas as pd

        table = pd.read_parquet(self.path / PANEL, filters=[(key, "==", value) for key, value in filters.items()] or None)
        return with_units(table, known_measures(KINDS))

    def outcomes(self):
        """What happened in the end, a pandas frame with a row for each world; labels and units of the columns stand in `attrs`."""
        import pandas as pd

        return described(pd.read_parquet(self.path / OUTCOMES), self.inputs.seed)

    def story(self, world):
        """What happened in one world, in words, as `overreach story` tells it. Raises BadInput."""
        return reproduce(self, world).story()

    def books(self, world, quarter, firm="", by_firm=False):
        """Books of one world at the end of a quarter, as `overreach books` shows them. Raises BadInput."""
        from experiments.books import books

        return books(self, world, quarter, by_firm, firm)


def run(inputs, measures=PANEL_MEASURES, root=RUNS, work=None):
    """Run all worlds and write the results; what is there already is not done again.

    inputs: an `Inputs`; measures: names of what the panel keeps, or "all" among them; root: folder for the run's own; work: a `Work`
    Returns the Run. Raises BadInput before anything is written. Whatever else goes wrong leaves nothing behind. A script that calls
    this with several workers does so under `if __name__ == "__main__":`.
    """
    leave_if_unguarded()
    inputs, work = inputs.checked(), work or Work()
    opening = inputs.opening()
    first = first_look(inputs, opening)
    measures = _known(measures, first.measures)
    manifest = _manifest(inputs, opening, measures)
    path = Path(root) / manifest["address"][:ADDRESS_LENGTH]
    if not work.again and _same(path, manifest):
        return open_run(path)
    beside = [run(each, measures, root, part(inputs, work, k)) for k, each in enumerate(beside_of(inputs))]
    work = part(inputs, work, len(beside)) if beside else work
    with _folder(path) as folder:
        arrays = Arrays(folder / "arrays", inputs.worlds)
        kept = tuple(dict.fromkeys((*NEEDED, *((kind, name) for name in measures for kind in first.measures[name]))))
        done = _all_batches(inputs, opening, first, kept, arrays, work)
        _write(Run(folder, manifest), opening, first, arrays, done, beside)
        shutil.rmtree(arrays.folder)
    return open_run(path)


def open_run(reference, root=RUNS):
    """A finished run.

    reference: its folder, or the first digits of its address; root: where such folders lie
    Raises BadInput where there is none, or several fit.
    """
    text, root = str(reference), Path(root)
    if is_file(Path(text) / MANIFEST):
        return _opened(Path(text))
    known = sorted(path.name for path in root.iterdir() if (path / MANIFEST).is_file()) if root.is_dir() else []
    found = [name for name in known if text and (name.startswith(text) or text.startswith(name))]
    if len(found) > 1:
        raise BadInput(f"{text!r} fits {len(found)} runs in {root}: {', '.join(found[:3])}; give more digits")
    if not found:
        advice = nearest(text, known) or "overreach run makes one"
        raise BadInput(f"there is no run {text!r} in {root}; {advice}; of a run that lies elsewhere, give the folder")
    return _opened(root / found[0])


def reproduce(run, world, journal=True, quarters=None):
    """One world of a run, alone, bit for bit as it was.

    run: a `Run`; world: its number in it; journal: keep who paid whom; quarters: how many, all by default
    Returns the Industry, which has run.
    Raises BadInput for a world the run does not have, or if its world's files or the code have changed.
    """
    inputs, manifest = run.inputs, run.manifest
    if not 0 <= world < inputs.worlds:
        raise BadInput(f"--world = {world} is not allowed; run {run.name} has worlds 0 to {inputs.worlds - 1}")
    opening = inputs.opening()
    if opening.fingerprint != manifest["fingerprint"]:
        raise BadInput(f"run {run.name}: the files of world {inputs.world} are not what they were; run it again")
    if code_version(MODEL) != manifest["code"]:
        raise BadInput(f"run {run.name} was made by another version of the model, which cannot tell its story; run it again")
    opening, parameters = drawn(inputs, opening, (world,))
    about = {"rng": inputs.seed, "shocks": inputs.read_shocks(), "parameters": parameters, "journal": journal}
    industry = Industry(opening, world_ids=(world,), **about)
    return industry.run(inputs.quarters if quarters is None else quarters)


def _known(measures, allowed):
    """Names of measures without repetition; "all" is all. Raises BadInput."""
    if "all" in measures:
        return tuple(sorted(allowed))
    for name in measures:
        if name not in allowed:
            raise BadInput(f"--measures {name}: unknown measure; {nearest(name, allowed)}".removesuffix("; "))
    return tuple(sorted(set(measures)))


def _manifest(inputs, opening, measures):
    return {
        "address": inputs.address(opening.fingerprint),
        "inputs": inputs.plain(),
        "fingerprint": opening.fingerprint,
        "code": code_version(MODEL),
        "tools": code_version(TOOLS),
        "measures": list(measures),
        "world": {key: getattr(opening, key) for key in ("name", "title", "kind", "purpose", "caveat")} | {"start": str(opening.start)},
        "names": {kind: list(names) for kind, names in opening.names.items()},
        "versions": {"overreach": version("overreach"), "python": python_version(), **{name: version(name) for name in LIBRARIES}},
    }


def _same(path, manifest):
    """Whether this very run is there, made by the same tools. One whose manifest cannot be read is not, and is made again."""
    try:
        return is_file(path / MANIFEST) and _opened(path).manifest == manifest
    except BadInput:
        return False


def _opened(path):
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        Inputs.of(manifest["inputs"])
        return Run(path, manifest)
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(f"{path / MANIFEST}: is not the manifest of a run") from None


@contextmanager
def _folder(path):
    """A folder under a temporary name that gets its own name at the end, or vanishes if something goes wrong."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    make_folder(partial, "--out")
    try:
        yield partial
        _replace(path, partial)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _replace(path, whole):
    """Give a whole folder its own name. Another process may end the same run at this moment: what it wrote gives way."""
    for attempt in range(1, ATTEMPTS + 1):
        shutil.rmtree(path, ignore_errors=True)
        try:
            whole.rename(path)
            return
        except OSError as error:
            if attempt == ATTEMPTS or error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise


def _all_batches(inputs, opening, first, keys, arrays, work):
    """Run every batch on its way to disk. Returns the tables of outcomes in the order of worlds."""
    workers = min(work.workers or cores(), inputs.worlds)
    fitting = int(work.memory_mb * MEGABYTE / workers / world_bytes(inputs, opening, first.kept))
    waiting = batches(inputs.worlds, workers, max(1, min(fitting, LARGEST_BATCH)))
    outcomes: dict = {}
    for batch in collected(waiting, workers, (inputs, inputs.address(opening.fingerprint), keys), work.progress):
        arrays.put(batch)
        outcomes[batch.world_ids[0]] = batch.outcomes
    return [outcomes[first] for first in sorted(outcomes)]


def _write(run, opening, first, arrays, outcomes, beside=()):
    """Everything a run leaves: manifest, panel, outcomes, summary and report. beside: the runs beside one in doubt."""
    import pandas as pd

    from experiments.analysis.doubt import luck_and_doubt
    from experiments.analysis.report import write_report
    from experiments.panel import write_panel
    from experiments.stories.story import worst_world
    from experiments.summary import summarise

    table = pd.concat(outcomes, ignore_index=True)
    table.to_parquet(run.path / OUTCOMES, index=False)
    write_panel(run.path / PANEL, arrays, run.manifest, first.measures, opening.start)
    write_json(run.path / MANIFEST, run.manifest)
    worst = worst_world(table)
    summary = {**summarise(arrays, table, opening, first), "worst_world": worst, "story": _story(run, worst)}
    if beside:
        summary["doubt"] = luck_and_doubt(run.inputs, opening, table, *beside)
    write_json(run.path / SUMMARY, summary)
    write_report(run.report, run.manifest, summary, opening)


def write_json(path, content):
    """Write JSON that a person can read, the same bytes every time."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _story(run, world):
    """What matters of what happened in one world, in order: quarter, kind, sentence, cause, and whether it follows from a failure."""
    from experiments.stories.story import CHANNELS, chosen_of, tell

    events = tell(reproduce(run, world))
    years = sorted({event.quarter.year for event in events})
    told = [event for year in years for event in chosen_of([e for e in events if e.quarter.year == year])]
    return [{"quarter": str(e.quarter), "kind": e.kind, "text": e.text, "cause": e.cause, "follows": e.kind in CHANNELS} for e in told]
