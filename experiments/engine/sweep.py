"""A sweep: plan it once, run what is missing, and say how far it is. The same call resumes it.

From Python:

    from experiments.engine.sweep import sweep
    from experiments.engine.store import load, query

    done = sweep("circular-finance", out="results/circular-finance", seeds=20, workers=2)
    runs = load(done.folder)
"""

import os
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from abm.errors import BadInput, nearest
from experiments.engine.answering import DOUBT, over_doubt
from experiments.engine.backends import engine_for
from experiments.engine.batches import expected_seconds, worlds_per_batch
from experiments.engine.cases import case_of
from experiments.engine.design import check_names, design, first_point, size
from experiments.engine.lock import Lock
from experiments.engine.progress import reporter
from experiments.engine.provenance import code, versions
from experiments.engine.question import Question
from experiments.engine.soundness import damaged
from experiments.engine.store import MANIFEST, QUARANTINE, QUESTION, Store, found_in
from experiments.engine.tables import points_table
from experiments.engine.worker import PLANNED, load_task
from experiments.guard import leave_if_unguarded

RESULTS = Path("results")


class Swept(NamedTuple):
    """What a sweep came to.

    folder: where its results lie; runs: stored in all; failed: of those stored now, ended by a broken rule; missing: batches that were
    set aside because workers died over them
    """

    folder: Path
    runs: int
    failed: int
    missing: int

    @property
    def finished(self):
        """Whether every run is there."""
        return self.missing == 0


def sweep(question, out=None, workers=None, engine="local", seeds=None, quarters=None, fresh=False, quiet=False):
    """Run a question, or what is missing of it, and store the results.

    question: as for Question.read; out: folder for results, `results/<name>` by default; workers: processes of the local engine or
    jobs of a cluster, all cores by default; engine: "local", or the name of a cluster's; seeds, quarters: instead of the question's own;
    fresh: discard what other code stored; quiet: say nothing of its progress
    Returns a Swept: folder, runs, failed, missing, finished.
    Raises BadInput for a mistake before anything runs, or if another sweep is at work there; OSError if the disk is full;
    KeyboardInterrupt when stopped. Whatever happens, what is stored is whole, and the same call goes on from there.
    """
    leave_if_unguarded()
    question = Question.read(question, seeds=seeds, quarters=quarters)
    runner = engine_for(engine, workers or os.cpu_count() or 1)
    folder = Path(out or RESULTS / question.name) / question.fingerprint
    store = Store(folder)
    points, known = _checked(question) if fresh or not store.planned else ((), None)
    with Lock(folder) as lock:
        store.sweep_up()
        if points and (fresh or not store.planned):
            _plan(question, store, points, known)
        _refuse_other_code(store)
        _check_outcomes(question, store.manifest()["outcomes"])
        store.write_json(QUESTION, question.plain())
        swept = _run(question, store, runner, lock, quiet)
        again = over_doubt(question)
    if again is None:
        return swept
    return _both(swept, sweep(again, store.folder / DOUBT, workers, engine, fresh=fresh, quiet=quiet))


def _both(swept, again):
    """What a sweep and the sweep over doubt inside it came to."""
    return swept._replace(failed=swept.failed + again.failed, missing=swept.missing + again.missing)


def _checked(question):
    """The design and what the model can answer, before anything is written. Raises BadInput."""
    points = design(question)
    return points, check_names(question, points[0].settings)


def _plan(question, store, points, known):
    """Write a new plan, the manifest last."""
    store.clear()
    groups, manifest = _manifest(question, points, known)
    store.write_points(points_table(points, groups))
    store.write_json(MANIFEST, manifest)


def _check_outcomes(question, allowed):
    """Outcomes may be chosen anew without running again, among those stored. Raises BadInput."""
    for name in question.outcomes:
        if name not in allowed:
            raise BadInput(f"{question.name}: outcomes: unknown name {name!r}; {nearest(name, allowed)}".removesuffix("; "))


def _refuse_other_code(store):
    planned = store.read_json(MANIFEST, PLANNED)
    if planned["code"] != code():
        raise BadInput(
            f"{store.folder}: these results were made by code {planned['code']}, and this is {code()}; "
            "--fresh discards them and starts again, --out chooses another folder"
        )
    for world, fingerprint in planned["worlds"].items():
        if case_of({"world": world, "quarters": 1.0}).opening.fingerprint != fingerprint:
            raise BadInput(f"{store.folder}: the files of world {world} have changed since; --fresh discards the results and starts again")


def _manifest(question, points, known):
    """Group of each point, and what workers and readers need to know besides the design."""
    structures: dict = {}
    groups, quarters, worlds = [], {}, {}
    for point in points:
        group = structures.setdefault(point.structure, len(structures))
        groups.append(group)
        quarters[group] = point.quarters
        worlds[str(point.settings["world"])] = point.fingerprint
    manifest = {
        "name": question.name,
        "code": code(),
        "versions": versions(),
        "worlds": worlds,
        "rng": question.rng,
        "seeds": question.seeds,
        "points": len(points),
        "runs": len(points) * question.seeds,
        "outcomes": list(known.outcomes),
        "series": list(dict.fromkeys(question.series)),
        "quarters": quarters,
        "worlds_per_batch": {group: worlds_per_batch(known, length) for group, length in quarters.items()},
    }
    return groups, manifest


def _run(question, store, engine, lock, quiet):
    """Run every batch that is not stored yet."""
    task = load_task(store.folder)
    store.forget(damaged(store, task))
    done = store.done()
    left = [batch.number for batch in task.plan.batches if batch.number not in done]
    stored = sum(batch.stop - batch.start for batch in task.plan.batches if batch.number in done)
    aside, failed = [], 0
    coming = closing(engine.run(store.folder.absolute(), left))  # closed at once when stopped, so that no process is left behind
    with reporter(question.name, task.manifest["runs"], stored, quiet) as report, coming as landings:
        try:
            for landed in landings if left else ():
                lock.touch()
                if landed is not None:
                    stored, failed = stored + landed.runs, failed + landed.failed
                    aside += [landed.number] if landed.set_aside else []
                report(stored, failed, engine.workers)
        except (OSError, MemoryError) as error:
            raise _stopped(error, stored, store.folder) from error
    _set_aside(store, task, aside)
    return Swept(store.folder, stored, failed, len(aside))


def _stopped(error, stored, folder):
    """What stopped a sweep that was no fault of its question, with what is stored and how it goes on."""
    reason = getattr(error, "strerror", None) or str(error) or "out of memory; try fewer --workers"
    said = f"{reason}: the sweep stopped; {stored:,} runs are stored whole in {folder}, and the same command goes on from there"
    return type(error)(error.errno, said) if getattr(error, "errno", None) else type(error)(said)


def _set_aside(store, task, numbers):
    """Remember batches over which workers died, with their design points; the next call tries them again."""
    (store.folder / QUARANTINE).unlink(missing_ok=True)
    if numbers:
        rows = [{"batch": number, "points": sorted(set(task.plan.runs(task.plan.batches[number])[0]))} for number in sorted(numbers)]
        store.write_json(QUARANTINE, {"why": "a worker died over each of these batches, three times", "batches": rows})


class Size(NamedTuple):
    """How large a question is: design points, runs, and seconds on one core by the declared speeds."""

    points: int
    runs: int
    seconds: float


def expected(question):
    """The size of a question before it is run, as if all its points shared the first one's structure. Raises BadInput."""
    question = Question.read(question)
    points, first = size(question), first_point(question)
    known = check_names(question, first.settings)
    runs = points * question.seeds
    again = over_doubt(question)
    runs += size(again) * again.seeds if again else 0
    return Size(points, runs, expected_seconds(known, first.quarters, runs))


def asked(results_dir):
    """The question that stored results answer. Raises BadInput if there are none."""
    return Question.read(found_in(results_dir).read_json(QUESTION))
