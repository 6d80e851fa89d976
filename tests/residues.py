"""The same run with all its inputs a hair larger: what differs then hung on a rounding residue, not on an economic reason."""

from dataclasses import replace

import numpy as np

from abm.model import Industry
from abm.settings import GROUPS
from agents.world_files.columns import COLUMNS

HAIR = 1e-15
CODES = ("style",)  # columns whose values are names, not amounts


def a_hair_larger(item, value, hair=HAIR):
    """A value of a declared number times 1 + hair, within its range: a switch that is at its end stays there."""
    return np.clip(np.asarray(value, dtype=float) * (1 + hair), item.low, item.high)


def parameters(world, hair=HAIR):
    """{public name: value} of every number of a world that is neither structure nor a choice, a hair larger."""
    found = {}
    for group in {**GROUPS, **world.inhabitants.GROUPS}.values():
        for item in group.declared().values():
            if not (item.structural or item.choices):
                found[item.name] = a_hair_larger(item, world.parameters.get(item.name, item.value), hair)
    return {**world.parameters, **found}


def opening(world, hair=HAIR):
    """An Opening whose amounts are a hair larger: columns, contracts and debts; who owns what part of whom stays."""
    columns = {
        kind: {key: a_hair_larger(COLUMNS[kind][key], values, hair) if key not in CODES else values for key, values in given.items()}
        for kind, given in world.columns.items()
    }
    tranches = tuple(
        replace(part, gw=part.gw * (1 + hair), rent=part.rent * (1 + hair), prepaid=part.prepaid * (1 + hair)) for part in world.tranches
    )
    notes = tuple((lender, owner, amount * (1 + hair), quarters) for lender, owner, amount, quarters in world.notes)
    given = {"columns": columns, "parameters": parameters(world, hair), "tranches": tranches, "notes": notes}
    return replace(world, **given, debt=world.debt * (1 + hair), debt_life=world.debt_life * (1 + hair))


def twins(world, worlds, rng=1, **options):
    """Two models of the same futures: as the world is, and with its inputs a hair larger."""
    return tuple(Industry(each, worlds=worlds, rng=rng, **options) for each in (world, opening(world)))


def apart(pair):
    """How far the revenues of the two industries are apart this quarter, as a share of them, [worlds]."""
    one, other = (model.labs.revenue.sum(axis=1) for model in pair)
    return np.abs(one - other) / np.maximum(np.maximum(one, other), np.finfo(float).tiny)
