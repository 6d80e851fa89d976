"""Are losses plausible? Three named firms lost in the named world, told as stories, and CoreWeave's odds beside its default swaps."""

import textwrap

import numpy as np

from abm.clock import Quarter
from abm.model import Industry, release
from abm.shocks import Shock
from agents.world_files.folder import load_world
from experiments.analysis.exposures import Firm
from experiments.analysis.losses import AFTER, FAILING, Ask, effect, named, run
from experiments.inputs import Inputs
from experiments.stories.story import chosen_of, tell

NAMED, AT, AFTERWARDS, SEED = "industry-2026q3", "2028Q1", 8, 0
TOLD = ("OpenAI", "CoreWeave", "Nvidia")
OWNER, FIVE_YEARS = "CoreWeave", 20
MOST_LINES, WIDTH = 7, 140
MOST = 96  # futures
SWAPS = (0.38, 0.47)  # five-year odds of default that swaps at some 770 basis points stand for, at recoveries of 20 to 40 %
TEXT = """## Plausibility

`{world}`, {worlds} futures, seed {seed}: a firm fails in {at} and nothing else differs. `overreach losses {world} --at {at}` has
all firms. Revenue of labs and credit losses against the twin, with 95 % intervals; who fails oftener within {quarters} quarters, beyond
luck. Below, each loss is told in the future whose revenue after {quarters} quarters lies in the middle.
"""
SWAP_TEXT = """### CoreWeave beside its default swaps

{owner} opens with EBITDA of {margin:.0%} of revenue and interest cover of {cover:.1f} (public: 57 %, and 2.3 on the run-rate of 2026Q2).
It defaults within five years in {odds:.0%} of {worlds} futures. Default swaps at some 770 basis points (January 2026) stand for
{low:.0%} to {high:.0%}, but these odds are risk-neutral: who sells protection asks to be paid for bearing a loss that comes when everything
falls. That risk premium is part of the spread, and it moves by half within a year or two [Berndt2005]. The rest of the gap is what our
futures do not know: a business lost to a rival owner, a board that errs, fraud. So our odds are a lower bound and no estimate of the risk.
"""


def section(table, worlds):
    """The section of the page; table: writes heads and rows as Markdown."""
    quarters = Quarter.parse(AT) - load_world(NAMED).start + 1 + AFTERWARDS
    asked = Ask(Inputs(NAMED, worlds, quarters, SEED, {}, (), ()).checked(), Quarter.parse(AT))
    opening, ids = asked.inputs.opening(), tuple(range(worlds))
    firms = [firm for name in TOLD for firm in named(opening) if firm.name == name]
    twin, seen = run((asked, None, ids)), [run((asked, firm, ids)) for firm in firms]
    others = [Firm(name, kind, row) for kind in FAILING for row, name in enumerate(opening.names[kind])]
    rows = [_row(effect(firm, others, each, twin)) for firm, each in zip(firms, seen, strict=True)]
    head = TEXT.format(world=NAMED, worlds=worlds, seed=SEED, at=AT, quarters=AFTERWARDS)
    stories = [_story(firm.name, _middle(each.revenue[:, -1]), quarters) for firm, each in zip(firms, seen, strict=True)]
    heads = ("lost", *(f"revenue after {k} quarter{'s' * (k > 1)}" for k in AFTER), "credit losses, $bn", "who fails oftener")
    return "\n".join((head, table(heads, rows), *stories, swaps(worlds)))


def _row(loss):
    falls = ", ".join(f"{fall.firm.name} {fall.odds:.0%} (twin {fall.twin:.0%})" for fall in loss.taken_along()[:4]) or "nobody"
    return (loss.firm.name, *(_share(each) for each in loss.revenue), _interval(loss.lost), falls)


def _share(change):
    return f"{100 * change.mean:+.1f} % ({100 * change.low:+.1f} to {100 * change.high:+.1f})"


def _interval(change):
    return f"{change.mean:.1f} ({change.low:.1f} to {change.high:.1f})"


def _middle(values):
    """The future with the middling value."""
    return int(np.argsort(values, kind="stable")[len(values) // 2])


def _story(name, world, quarters):
    """A loss in one future: what was told from its quarter on, as far as it is worth telling."""
    shock = Shock.read({"name": "loss", "at": AT, "firm": name}, "plausibility")
    model = Industry(load_world(NAMED), world_ids=(world,), rng=SEED, shocks=(shock,), journal=True).run(quarters)
    told = [event for event in tell(model) if event.quarter >= Quarter.parse(AT) and event.kind != "year"]
    release(model)
    chosen = sorted(sorted(chosen_of(told, MOST_LINES), key=lambda event: -event.weight)[: 2 * MOST_LINES], key=lambda event: event.quarter)
    lines = ["\n".join(textwrap.wrap(f"- {event.quarter}: {event.text}", WIDTH, subsequent_indent="  ")) for event in chosen]
    return f"### {name} fails in {AT}, future {world}\n\n" + "\n".join(lines) + "\n"


def swaps(worlds):
    """What CoreWeave opens with, and its odds of default within five years."""
    model = Industry(load_world(NAMED), worlds=worlds, rng=SEED, panel=False)
    row = model.opening.names["clouds"].index(OWNER)
    model.step()
    revenue, earned, interest = (model.clouds.columns[name][:, row].mean() for name in ("revenue", "ebitda", "interest"))
    model.run(FIVE_YEARS - 1)
    odds = (model.clouds.died[:, row] >= 0).mean()
    release(model)
    low, high = SWAPS
    return SWAP_TEXT.format(owner=OWNER, margin=earned / revenue, cover=earned / interest, odds=odds, worlds=worlds, low=low, high=high)
