"""The public door: what a script or a notebook needs, under one name. What is listed here is stable; what is behind it may move.

import overreach

industry = overreach.Industry(overreach.load_world("tutorial"), worlds=64, rng=7).run(20)
industry.describe("industry_revenue")
"""

from experiments.neighbours import refuse_other_agents

refuse_other_agents()

from abm.clock import Quarter  # noqa: E402  (first whose package `agents` it is)
from abm.errors import BadInput  # noqa: E402
from abm.model import Industry  # noqa: E402
from abm.shocks import Shock  # noqa: E402
from agents.world_file import load_world, worlds  # noqa: E402
from experiments.engine.question import Question  # noqa: E402
from experiments.engine.store import load  # noqa: E402
from experiments.engine.sweep import sweep  # noqa: E402
from experiments.inputs import Inputs  # noqa: E402
from experiments.runs import Run, Work, open_run, reproduce, run  # noqa: E402

__all__ = [
    "BadInput",
    "Industry",
    "Inputs",
    "Quarter",
    "Question",
    "Run",
    "Shock",
    "Work",
    "load",
    "load_world",
    "open_run",
    "reproduce",
    "run",
    "sweep",
    "worlds",
]
