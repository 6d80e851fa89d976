"""What a shell may complete: names of worlds, firms, parameters, shocks, outcomes, runs and questions.

A completion never fails and never says anything: where something cannot be read there is nothing to offer.
"""

from pathlib import Path

import typer


def _offered(names, begun):
    """Names that begin so, whatever the case of letters."""
    return [name for name in names if name.lower().startswith(begun.lower())]


def worlds(incomplete: str):
    """Shipped worlds."""
    from agents.world_files.shipped import shipped_names

    return _offered(shipped_names(), incomplete)


def questions(incomplete: str):
    """Shipped questions."""
    from experiments.engine.question import shipped

    return _offered(shipped(), incomplete)


def runs(ctx: typer.Context, incomplete: str):
    """Addresses of stored runs."""
    folder = Path(ctx.params.get("runs") or "results/runs")
    return _offered(sorted(path.name for path in folder.glob("*") if (path / "manifest.json").is_file()), incomplete)


def results(incomplete: str):
    """Folders of sweeps under results."""
    return _offered(sorted(str(path) for path in Path("results").glob("*") if path.is_dir() and path.name != "runs"), incomplete)


def parameters(incomplete: str):
    """Everything that can be set."""
    from experiments.declarations import declarations

    return _offered([row.name for row in declarations()], incomplete)


def settings(ctx: typer.Context, incomplete: str):
    """NAME= of everything that can be set, firms of the world on the line included."""
    names = parameters("") + [f"{kind.removesuffix('s')}.{firm}." for kind, firm in _firms_of(ctx)]
    return [name if name.endswith(".") else f"{name}=" for name in _offered(names, incomplete)]


def levers(ctx: typer.Context, incomplete: str):
    """Shocks and their values, and everything that can be set."""
    from abm.shocks import SHOCKS

    names = [name for name, group in SHOCKS.items() for name in (name, *(f"{name}.{key}" for key in group.declared()))]
    return _offered([*names, *parameters("")], incomplete)


def shocks(incomplete: str):
    """NAME@ of every shock."""
    from abm.shocks import SHOCKS

    return _offered([f"{name}@" for name in SHOCKS], incomplete)


def outcomes(incomplete: str):
    """Outcomes of a run."""
    from experiments.catalogue import outcome_rows

    return _offered([row.name for row in outcome_rows()], incomplete)


def measures(incomplete: str):
    """Measures of a run; of several between commas the last one is completed."""
    from experiments.catalogue import measure_rows

    before, comma, begun = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _offered(sorted({row.name for row in measure_rows()}), begun)]


def firms(ctx: typer.Context, incomplete: str):
    """Firms of the world on the line."""
    return _offered([firm for _, firm in _firms_of(ctx)], incomplete)


def deals(ctx: typer.Context, incomplete: str):
    """LAB, and then OWNER, of the world on the line."""
    lab, comma, begun = incomplete.partition(",")
    wanted = "clouds" if comma else "labs"
    names = [firm for kind, firm in _firms_of(ctx) if kind == wanted]
    return [f"{lab},{name}," for name in _offered(names, begun)] if comma else [f"{name}," for name in _offered(names, incomplete)]


def _firms_of(ctx):
    """(kind, firm) of the world on the line, or of none. While an option is typed, what stands before it is not sorted yet."""
    from abm.errors import BadInput
    from agents.world_files.folder import load_world
    from agents.world_files.shipped import shipped_names

    words = (str(word) for word in (ctx.params.get("world"), *ctx.args))
    world = next((word for word in words if word in shipped_names() or (Path(word) / "world.toml").is_file()), "")
    try:
        opening = load_world(world)
    except BadInput:
        return []  # a message would stand in the middle of the line that is being typed
    return [(kind, firm) for kind, names in opening.names.items() for firm in names]
