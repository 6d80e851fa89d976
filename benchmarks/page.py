"""What was measured, as a page of Markdown: medians, targets, and whether they are met, as it is."""

from typing import NamedTuple

from benchmarks import page_speed
from experiments.runs import LARGEST_BATCH, MEMORY_MB

MILLISECONDS, NANOSECONDS = 1000, 10**9  # in a second


class Target(NamedTuple):
    """A bound on a measured ratio: at least or at most, as we aim for it and in words of the reader."""

    bound: float
    at_least: bool = False

    def judged(self, value):
        """The target and whether it is met, two cells of a table."""
        met = value >= self.bound if self.at_least else value <= self.bound
        return f"{'at least' if self.at_least else 'at most'} {self.bound:g}", "yes" if met else "**no**"


PEER = Target(300, at_least=True)
LINEAR = Target(1.15)  # cost per customer of the most over that of the middle count
WORLDS = Target(25)
WORLDS_AIM = 12
PROPORTION = Target(1.15)
SWEEP, SWEEP_AIM = Target(30, at_least=True), 50
SWEEP_RUNS, SWEEP_SECONDS = 10_000, Target(40)
MILLION, CORE_HOURS, SECONDS_AN_HOUR = 10**6, Target(1.8), 3600
JOB_SECONDS, MOST_CUSTOMERS_MS = Target(10), Target(30)
TWO_WORKERS = Target(1.7, at_least=True)
OVERHEAD = Target(0.05)
QUARTERS_A_SECOND, RESET, GROWTH = Target(20, at_least=True), Target(2), Target(0.2)

HEAD = """# Performance

Written by `make bench`{quick}. Seconds are medians over the repeats of one run on one machine, and what is compared takes turns in it,
so read the ratios first: they change little from machine to machine, the seconds do. Nothing here is a test; no test asserts a time.
"""


def written(found):
    """The whole page."""
    quick = " --quick, with **tiny sizes: these numbers mean nothing**" if found.sizes.quick else ""
    parts = [HEAD.format(quick=quick), _machine(found), _targets(found), _customers(found), _worlds(found), _job(found)]
    parts += [_sweep(found), _browser(found.browser), "## Where the time of a quarter goes", _phases(found), _phases_of_sweep(found)]
    return "\n".join(part.strip() + "\n" for part in parts)


def table(heads, rows):
    """A table of Markdown from cells that are words or numbers."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _machine(found):
    before, after = found.load
    rows = [*found.machine.items(), ("processes running when it began and ended", f"{before:.1f} and {after:.1f}")]
    busy = (
        "\n\n**The machine was busy with other work, so seconds are too long**; ratios suffer less."
        if before > int(found.machine["cores"]) / 2
        else ""
    )
    return "## Machine\n\n" + table(["what", "value"], rows) + busy


def ratios(found):
    """{what: (ratio or number, Target)} that the page judges."""
    sizes, one = found.sizes, found.one_world.median
    per_customer = {count: took.median / count for count, took in found.by_customers.items()}
    most, middle = max(per_customer), sorted(per_customer)[-2]
    proportion = found.many_worlds.median / found.worlds_in_batches.median * sizes.worlds / sizes.many_worlds
    return {
        f"a quarter of {sizes.customers:,} customers: plain Mesa objects over arrays": (found.plain["ratio"], PEER),
        f"cost per customer: {most:,} in one world over {middle:,}": (per_customer[most] / per_customer[middle], LINEAR),
        f"{sizes.worlds} worlds over one world, as the run engine does it": (found.worlds_in_batches.median / one, WORLDS),
        f"{sizes.worlds} worlds over one world, as one batch": (found.worlds_at_once.median / one, WORLDS),
        f"{sizes.many_worlds:,} worlds over {sizes.worlds}, per world": (proportion, PROPORTION),
        "runs per core-second in a sweep: our whole model over plain customers and labs": (
            found.swept.ours_per_core / found.swept.plain_per_core,
            SWEEP,
        ),
        "a sweep with one worker over one with two": (found.swept.alone / found.swept.pair, TWO_WORKERS),
        "part of a sweep's time that is the engine's and not the model's": (found.swept.overhead, OVERHEAD),
        f"seconds of the main job, {sizes.job_worlds} futures": (found.job.median, JOB_SECONDS),
        f"ms of a quarter of {most:,} customers in one world": (found.by_customers[most].median * MILLISECONDS, MOST_CUSTOMERS_MS),
        f"seconds of a sweep of {SWEEP_RUNS:,} runs with two workers, at the rate of this one": (
            found.swept.pair / found.swept.runs * SWEEP_RUNS,
            SWEEP_SECONDS,
        ),
        "core-hours of a million runs of `archetypes-2023q1`, at this rate": (
            MILLION / found.swept.ours_per_core / SECONDS_AN_HOUR,
            CORE_HOURS,
        ),
    }


def _targets(found):
    rows = [(what, f"{ratio:.3g}", *target.judged(ratio)) for what, (ratio, target) in ratios(found).items()]
    judged = table(["what", "ratio or number", "target", "met"], rows)
    return f"## Ratios and targets\n\n{judged}\n\nFor worlds over one world we aim at {WORLDS_AIM}."


def _customers(found):
    rows = [
        (f"{count:,}", f"{took.median * MILLISECONDS:.3g}", f"{took.median / count * NANOSECONDS:.0f}")
        for count, took in found.by_customers.items()
    ]
    peer = found.plain
    arrays, objects = peer["arrays"] * MILLISECONDS, peer["plain"] * MILLISECONDS
    return f"""## Customers

One quarter of one world with 6 labs: stages of adoption, wanted spend, choice of labs, payment. The peer, `benchmarks/plain_mesa.py`, is
one Mesa object per customer and the oracle in `tests/units/test_customers_oracle.py`: same choices, same money. With
{found.sizes.customers:,} customers the arrays took {arrays:.1f} ms and the objects {objects:,.0f} ms.

""" + table(["customers", "ms a quarter", "ns per customer and quarter"], rows)


def _worlds(found):
    sizes = found.sizes
    rows = [
        (what, f"{took.median:.2f}", took.span, len(took.seconds), f"{worlds / took.median:.3g}")
        for what, took, worlds in (
            ("1 world", found.one_world, 1),
            (f"{sizes.worlds} worlds, in the engine's batches", found.worlds_in_batches, sizes.worlds),
            (f"{sizes.worlds} worlds, one batch", found.worlds_at_once, sizes.worlds),
            (f"{sizes.many_worlds:,} worlds, in the engine's batches", found.many_worlds, sizes.many_worlds),
        )
    ]
    return f"""## Worlds

`archetypes-2023q1`, {sizes.quarters} quarters, every invariant asserted in every world and quarter, one process.
The engine's batches are what `overreach run` would give to its only worker: at most {LARGEST_BATCH} worlds each, fewer if they do not
fit {MEMORY_MB} MB, and with what it collects of them; a world is the same in any batch, bit for bit. "One batch" and one world are one
model opened and run without the engine.

""" + table(["what", "seconds", "from to", "repeats", "worlds per second"], rows)


def _job(found):
    sizes, job = found.sizes, found.job
    return f"""## The main job

`overreach run industry-2026q3 --worlds {sizes.job_worlds} --quarters {sizes.job_quarters}`, one worker per core, in a process of its own:
imports, run, panel, summary, the story of the worst world and the report included.

""" + table(
        ["what", "value"],
        [
            ("seconds, median", f"{job.median:.1f}"),
            ("seconds, from to", job.span),
            ("repeats", len(job.seconds)),
            (f"peak memory, MB ({found.job_memory_how})", f"{found.job_memory:,.0f}"),
        ],
    )


def _sweep(found):
    swept = found.swept
    rows = [
        ("our sweep, one worker", swept.runs, 1, swept.alone),
        ("our sweep, two workers", swept.runs, 2, swept.pair),
        *([("our sweep, one worker per core", swept.runs, swept.cores, swept.together)] if swept.cores > 2 else []),
        ("plain Mesa objects", swept.plain_runs, swept.cores, swept.plain),
    ]
    lines = [(what, f"{runs:,}", on, f"{took:.1f}", f"{runs / took / on:.3g}") for what, runs, on, took in rows]
    parts = [(what, f"{took:.2f}", f"{took / sum(swept.parts.values()):.1%}") for what, took in swept.parts.items()]
    return f"""## A sweep

`archetypes-2023q1`, {swept.quarters} quarters, as `overreach sweep` does it: from reading the question to the last parquet file, the
start of the workers included. The peer, `benchmarks/plain_model.py`, is the oracle's customers (as many as ours) and labs (6 objects, and
the 2 rows that wait for entrants) under `mesa.batch_run` on as many processes, and nothing else of the model: no owners, vendors, lenders,
books, clearing or indicators. The start of its processes is not counted. `batch_run` makes one step more than it is told, so it is told
one less.

{table(["what", "runs", "workers", "seconds", "runs per core-second"], lines)}

Where the processor's time of the sweep with one worker goes:

{table(["what", "cpu seconds", "share"], parts)}

For our sweep over plain objects we aim at {SWEEP_AIM}."""


def _browser(found):
    if found is None:
        return f"## The browser page\n\nNot measured: {page_speed.missing()} is missing."
    judged = [
        ("quarters a second while it draws, median", f"{found.quarters_a_second:.2f}", *QUARTERS_A_SECOND.judged(found.quarters_a_second)),
        (
            "seconds from Reset to the first quarter of other worlds, the longest",
            f"{max(found.resets):.2f}",
            *RESET.judged(max(found.resets)),
        ),
        (f"growth of memory in {found.minutes:g} minutes of Play", f"{found.growth:.1%}", *GROWTH.judged(found.growth)),
    ]
    spent = [(who, f"{found.cpu(who):.0f}", f"{early:,.0f}", f"{late:,.0f}") for who, (early, late) in found.memory.items()]
    return f"""## The browser page

`overreach ui industry-2026q3 --worlds {found.worlds}` in a Chromium of this machine, the tab of the futures, {len(found.plays)} plays
from the opening to the horizon; {found.frames_a_second:.1f} pictures a second. Two worker processes run the worlds, the server draws up the
charts, the browser draws them, all on the same cores. `python -m benchmarks.page_speed --minutes 30` plays longer.

{table(["what", "value", "target", "met"], judged)}

{table(["who", "ms of processor a quarter", "MB before", "MB after"], spent)}"""


def _phases(found):
    return _split_of(f"`industry-2026q3`, mean over {found.sizes.job_quarters} quarters", found.phases, found.sizes.phase_worlds)


def _phases_of_sweep(found):
    return _split_of(f"`archetypes-2023q1`, mean over {found.sizes.quarters} quarters", found.swept_phases, found.sizes.phase_worlds)


def _split_of(what, phases, worlds):
    alone, together = (sum(phase[k] for phase in phases) for k in (1, 2))
    rows = [
        (f"`{call}`", *(f"{part * MILLISECONDS:.2f}" for part in (one, batch)), f"{one / alone:.0%}", f"{batch / together:.0%}")
        for call, one, batch in phases
    ]
    rows.append(("all", f"{alone * MILLISECONDS:.1f}", f"{together * MILLISECONDS:.1f}", "", ""))
    heads = ["call", "ms, 1 world", f"ms, {worlds} worlds", "share, 1 world", f"share, {worlds} worlds"]
    return f"{what} after the first; the calls of `Industry.step` in their order.\n\n{table(heads, rows)}"
