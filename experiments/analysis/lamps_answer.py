"""The answer of `overreach lamps` as text or JSON; page and table are written to a folder."""

import shlex

import pandas as pd

from abm.errors import BadInput
from experiments.analysis import lamps
from experiments.analysis.answers import as_plain
from experiments.analysis.lamp_readings import LABS, OWNERS
from experiments.analysis.lamps_combined import combined
from experiments.analysis.lamps_page import lamps_page
from experiments.analysis.lamps_words import in_words
from experiments.folders import make_folder

PAGE, TABLE = "lamps.html", "lamps.csv"


def answer(inputs, whose, lead, out=None, workers=0, as_json=False):
    """What every lamp is worth against every event. out: folder for page and table, or None for none.

    Raises BadInput if the lead is no span, or does not fit the run.
    """
    if not 1 <= lead.soonest <= lead.latest:
        raise BadInput(f"--soonest {lead.soonest} and --lead {lead.latest} are not allowed; 1 <= soonest <= lead, in quarters")
    if lead.latest >= inputs.quarters:
        raise BadInput(f"--lead {lead.latest} is not allowed in a run of {inputs.quarters} quarters; give fewer, or more --quarters")
    inputs = inputs.checked()
    if out:
        make_folder(out, "--out")
    found = lamps.of_world(inputs, whose, workers)
    tables = {event: lamps.judged(found, whose, event, lead) for event in found.events}
    together = {event: combined(found, event, lead) for event in found.events}
    tidy = pd.concat([table.assign(event=event) for event, table in tables.items()])
    if out:
        (out / TABLE).write_text(tidy.to_csv(index=False), encoding="utf-8")
        (out / PAGE).write_text(lamps_page(inputs, whose, lead, tables, together, command(inputs, whose, lead)), encoding="utf-8")
    if as_json:
        said = {event: None if each is None else each._replace(reliability=each.reliability.to_dict("records"))._asdict()
                for event, each in together.items()}  # fmt: skip
        return as_plain(**inputs.plain(), soonest=lead.soonest, latest=lead.latest, lamps=tidy, combined=said)
    told = in_words(inputs.world, inputs.worlds, inputs.quarters, whose, lead, tables, together)
    return "\n".join([*told, *(["", f"Page and table: {out}"] if out else [])])


def command(inputs, whose, lead):
    """The command that makes this answer again."""
    judged = {LABS: ["--labs"], OWNERS: ["--owners"]}.get(whose, [])
    return shlex.join(["overreach", "lamps", *inputs.options(), f"--soonest={lead.soonest}", f"--lead={lead.latest}", *judged])
