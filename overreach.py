"""The public door: what a script or a notebook needs, under one name. What is listed here is stable; what is behind it may move.

`overreach.Industry(overreach.load_world("tutorial"), worlds=64, rng=7).run(20).plot.fan("industry_revenue")` is a first figure; `fan`,
`survival`, `money` and `commitments` give the data and the sentence of each figure.
"""

from experiments.neighbours import refuse_other_agents

refuse_other_agents()

from abm.clock import Quarter  # noqa: E402  (first whose package `agents` it is)
from abm.errors import BadInput  # noqa: E402
from abm.shocks import Shock  # noqa: E402
from agents.world_deals import AddedDeal as Deal  # noqa: E402
from agents.world_deals import with_deals  # noqa: E402
from agents.world_file import load_world, worlds  # noqa: E402
from experiments.analysis.pairs import compare, differences  # noqa: E402
from experiments.engine.question import Question  # noqa: E402
from experiments.engine.store import load  # noqa: E402
from experiments.engine.sweep import sweep  # noqa: E402
from experiments.industry import Industry, commitments, fan, money, survival  # noqa: E402
from experiments.inputs import Inputs  # noqa: E402
from experiments.runs import Run, Work, open_run, reproduce, run  # noqa: E402
from experiments.summary import probability  # noqa: E402

__all__ = [
    "BadInput",
    "Deal",
    "Industry",
    "Inputs",
    "Quarter",
    "Question",
    "Run",
    "Shock",
    "Work",
    "commitments",
    "compare",
    "differences",
    "fan",
    "load",
    "load_world",
    "money",
    "open_run",
    "probability",
    "reproduce",
    "run",
    "survival",
    "sweep",
    "with_deals",
    "worlds",
]
