"""What must hold of an installed wheel, said from an empty folder. Argument: the checkout, from which nothing may come."""

import sys
from importlib.util import find_spec
from pathlib import Path

import abm
import agents
import experiments
import overreach
from experiments.engine.question import shipped
from experiments.ui import atlas

checkout = Path(sys.argv[1])
modules = [Path(module.__file__) for module in (abm, agents, experiments, overreach)]
assert not any(path.is_relative_to(checkout) for path in modules), modules
assert {world.name for world in overreach.worlds()} == {path.parent.name for path in (checkout / "worlds").glob("*/world.toml")}
assert set(shipped()) == {path.stem for path in (checkout / "experiments/questions").glob("*.toml")}
assert atlas.known(), "no reference results"
assert (atlas.RESULTS.parent / "docs/references.bib").is_file()
assert find_spec("solara_assets") is not None
(stored,) = Path("results/runs").glob("*/report.html")
assert overreach.open_run(stored.parent).inputs.worlds == 20
industry = overreach.Industry(overreach.load_world("industry-2026q3"), worlds=4, rng=7).run(4)
assert industry.panel().attrs["units"]["revenue_total"] == "$bn/year"
industry.plot.fan("industry_revenue").save("fan.html")
assert overreach.fan(industry, "industry_revenue").sentence
found = f"{len(overreach.worlds())} worlds, {len(shipped())} questions, {len(atlas.known())} reference tables"
print(f"the wheel works from {Path.cwd()}: {found}")
