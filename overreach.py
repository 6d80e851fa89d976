"""The public door: what a script or a notebook needs, under one name. What is listed here is stable; what is behind it may move.

`overreach.Industry(overreach.load_world("tutorial"), worlds=64, rng=7).run(20).plot.fan("industry_revenue")` is a first figure; `fan`,
`survival`, `money` and `commitments` give the data and the sentence of each figure. A class that derives from `Lab`, `Cloud`, `ChipVendor`,
`Investor` or `Lender` and overrides a rule is an agent of your own: `Industry(..., agents={"banks": CautiousBank})`.
"""

from experiments.neighbours import refuse_other_agents

refuse_other_agents()

from abm.clock import Quarter  # noqa: E402  (first whose package `agents` it is)
from abm.engine.own_rules import SlowRule  # noqa: E402
from abm.engine.population import column  # noqa: E402
from abm.engine.rules import rule  # noqa: E402
from abm.errors import BadInput  # noqa: E402
from abm.shocks import Shock  # noqa: E402
from agents.chip_vendor import ChipVendor  # noqa: E402
from agents.cloud import Cloud  # noqa: E402
from agents.investor import Investor  # noqa: E402
from agents.lab import Lab  # noqa: E402
from agents.lender import Lender  # noqa: E402
from agents.world_files.deals import AddedDeal as Deal  # noqa: E402
from agents.world_files.deals import with_deals  # noqa: E402
from agents.world_files.folder import load_world  # noqa: E402
from agents.world_files.shipped import worlds  # noqa: E402
from experiments.analysis.paired_effects import compare, differences  # noqa: E402
from experiments.engine.question import Question  # noqa: E402
from experiments.engine.store import load  # noqa: E402
from experiments.engine.sweep import sweep  # noqa: E402
from experiments.industry import Industry, commitments, fan, money, survival  # noqa: E402
from experiments.inputs import Inputs  # noqa: E402
from experiments.runs import Run, Work, open_run, reproduce, run  # noqa: E402
from experiments.summary import probability  # noqa: E402

__all__ = [
    "BadInput",
    "ChipVendor",
    "Cloud",
    "Deal",
    "Industry",
    "Inputs",
    "Investor",
    "Lab",
    "Lender",
    "Quarter",
    "Question",
    "Run",
    "Shock",
    "SlowRule",
    "Work",
    "column",
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
    "rule",
    "run",
    "survival",
    "sweep",
    "with_deals",
    "worlds",
]
