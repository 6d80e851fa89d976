"""Every named firm lost in turn, each time in the same futures: who fails with it, what revenue and creditors lose.

A future with the loss is compared with its twin, the same future without it, and with nothing else. Every task is a firm and some
futures.
"""

from typing import NamedTuple

import numpy as np

from abm.clock import Quarter
from abm.errors import BadInput
from abm.model import Industry, release
from abm.shocks import Shock
from abm.start.opening import FIRM_KINDS
from experiments.analysis.exposures import Firm
from experiments.analysis.futures import done, opening_of, parts
from experiments.analysis.paired_effects import Difference, paired, paired_share
from experiments.inputs import Inputs

AFTER = (1, 8)  # quarters after the loss at which revenue is looked at
FAILING = ("labs", "clouds", "lenders")  # kinds that can fail with somebody


class Ask(NamedTuple):
    """What is asked: the futures, Inputs; the quarter of the loss."""

    inputs: Inputs
    at: Quarter


class Seen(NamedTuple):
    """What came of some futures: failed from the quarter of the loss on, bool, [worlds, firms]; revenue, $bn a year, [worlds, 2];
    lost: loans written down since then, $bn, [worlds]."""

    failed: np.ndarray
    revenue: np.ndarray
    lost: np.ndarray


class Fall(NamedTuple):
    """A firm that may fail with the lost one: its odds with the loss and in the twin, and their Difference."""

    firm: Firm
    odds: float
    twin: float
    change: Difference


class Loss(NamedTuple):
    """What the loss of a firm does: Falls of all others; revenue after 1 and 8 quarters, share of the twin's, and credit losses, $bn, as
    Differences to the twin."""

    firm: Firm
    falls: tuple
    revenue: tuple
    lost: Difference

    def taken_along(self):
        """Who fails oftener, beyond what luck could make of it, the most first."""
        return sorted((fall for fall in self.falls if fall.change.low > 0), key=lambda fall: -fall.change.mean)

    def saved(self):
        """Who fails less often, beyond what luck could make of it, the most first."""
        return sorted((fall for fall in self.falls if fall.change.high < 0), key=lambda fall: fall.change.mean)


def ask(inputs, at):
    """The question, checked. Raises BadInput for a quarter outside the run, or too late to see what follows."""
    inputs, quarter = inputs.checked(), Quarter.parse(at, "--at: ")
    opened = inputs.opening()
    if quarter < opened.start:
        raise BadInput(f"--at = {at} is not allowed; the world opens in {opened.start}")
    needed = quarter - opened.start + 1 + AFTER[-1]
    if inputs.quarters < needed:
        raise BadInput(f"--quarters = {inputs.quarters} is not allowed; {needed} or more, to see {AFTER[-1]} quarters after {at}")
    return Ask(inputs, quarter)


def named(opening):
    """The firms of a world that are there at the opening, so that they can be lost."""
    there = np.asarray(opening.columns["labs"]["alive"]) > 0
    firms = [Firm(name, kind, row) for kind in FIRM_KINDS for row, name in enumerate(opening.names[kind])]
    return [firm for firm in firms if firm.kind != "labs" or there[firm.row]]


def run(task):
    """Some futures with a firm lost, or without any loss where it is None. task: (Ask, Firm or None, world ids). Returns Seen."""
    asked, firm, ids = task
    inputs = asked.inputs
    loss = () if firm is None else (Shock.read({"name": "loss", "at": str(asked.at), "firm": firm.name}, "losses"),)
    model = Industry(opening_of(inputs), world_ids=ids, rng=inputs.seed, shocks=(*inputs.read_shocks(), *loss), panel=False)
    failed, revenue, lost = None, [], np.zeros(len(ids))
    for age in range(inputs.quarters):
        model.step()
        since = age - (asked.at - model.opening.start)
        if since < 0:
            continue
        news = np.concatenate([np.asarray(getattr(model.news, kind)) > 0 for kind in FAILING], axis=1)
        failed = news if failed is None else failed | news
        lost = lost + model.news.credit_loss[:, 0]
        if since in AFTER:
            revenue.append(model.labs.revenue.sum(axis=1))
    release(model)
    return Seen(failed, np.stack(revenue, axis=1), lost)


def losses(asked, workers=0, progress=None):
    """The loss of every named firm: [Loss], in the order of kinds. progress: called with the number of futures done."""
    opening, batches = asked.inputs.opening(), parts(asked.inputs.worlds)
    firms = named(opening)
    tasks = [(asked, firm, ids) for firm in (None, *firms) for ids in batches]
    found = []
    for seen in done(run, tasks, workers):
        found.append(seen)
        if progress:
            progress(sum(len(ids) for _, _, ids in tasks[: len(found)]))
    whole = [Seen(*map(np.concatenate, zip(*found[k : k + len(batches)]))) for k in range(0, len(found), len(batches))]
    others = [Firm(name, kind, row) for kind in FAILING for row, name in enumerate(opening.names[kind])]
    return [effect(firm, others, seen, whole[0]) for firm, seen in zip(firms, whole[1:], strict=True)]


def effect(firm, others, seen, twin):
    """What the loss did, from the same futures with it and without. others: Firms in the order of `Seen.failed`. Returns Loss."""
    falls = tuple(
        Fall(other, float(seen.failed[:, k].mean()), float(twin.failed[:, k].mean()), paired_share(seen.failed[:, k], twin.failed[:, k]))
        for k, other in enumerate(others)
        if other != firm
    )
    there = np.where(twin.revenue > 0, twin.revenue, np.nan)
    change = (seen.revenue - twin.revenue) / there
    revenue = tuple(difference(change[:, k]) for k in range(len(AFTER)))
    return Loss(firm, falls, revenue, difference(seen.lost - twin.lost))


def difference(values):
    """Mean of paired differences with its 95 % interval. values: [worlds]; NaN where there is nothing to compare."""
    return paired(values) if (~np.isnan(values)).sum() > 1 else Difference(float(np.nanmean(values)), np.nan, np.nan, len(values))
