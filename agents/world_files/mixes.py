"""Who buys from whom in which proportions: labs over clouds, clouds over vendors and lenders; and who belongs to whom."""

import numpy as np

from abm.errors import BadInput
from agents.world_files.columns import ASSUMED


def parents(draft):
    """Cloud row that wholly owns each lab, or -1, [labs]."""
    return np.array([_parent(draft, lab) for lab in draft.world.labs], dtype=int)


def _parent(draft, lab):
    return -1 if lab.parent is None else draft.find(lab.parent, ("clouds",), f"{draft.where}: labs {lab.name!r}: parent")[1]


def purchases(draft, tranches, parent):
    """Part of each cloud in a lab's purchases, [labs, clouds], rows sum to 1.

    As the file says; else as contracted; else all from its parent; else as labs in general.
    """
    contracted = _contracted(draft, tranches)
    usual = np.tile(general(draft, tranches), (len(contracted), 1))
    owned = parent[:, None] == np.arange(contracted.shape[1])
    usual = np.where(parent[:, None] >= 0, owned, usual)
    return mix(draft, "labs", "weights", "clouds", np.where(contracted.sum(axis=1, keepdims=True) > 0, contracted, usual))


def general(draft, tranches):
    """Part of each cloud in what all labs have contracted, [clouds], sums to 1; all alike where nothing is contracted."""
    total = _contracted(draft, tranches).sum(axis=0)
    return total / total.sum() if total.sum() > 0 else np.full(len(total), 1 / len(total))


def _contracted(draft, tranches):
    gw = np.zeros((len(draft.names["labs"]), len(draft.names["clouds"])))
    for part in tranches:
        if part.tenant >= 0:
            gw[part.tenant, part.owner] += part.gw
    return gw


def vendor_mix(draft):
    """Chips of each owner by vendor, [clouds, vendors], rows sum to 1; where not said, by the vendors' slots."""
    slots = draft.columns["vendors"]["slots_gw"]
    usual = slots if slots.any() else np.ones_like(slots)
    return mix(draft, "clouds", "vendor_mix", "vendors", np.tile(usual, (len(draft.names["clouds"]), 1)))


def lender_mix(draft, debt):
    """Loans of each owner by lender, [clouds, lenders], rows sum to 1; where not said, by its debt, or by all debt.

    debt: $bn, [lenders, clouds]
    """
    everybody = debt.sum(axis=1) if debt.any() else np.ones(len(debt))
    return mix(draft, "clouds", "lender_mix", "lenders", np.where(debt.sum(axis=0)[:, None] > 0, debt.T, everybody))


def mix(draft, kind, key, over, usual):
    """The tables `key` of a kind of firm as rows, [firms, others], that sum to 1; `usual`, scaled, where a firm has none."""
    rows = usual / usual.sum(axis=1, keepdims=True)
    for row, firm in enumerate(getattr(draft.world, kind)):
        given = getattr(firm, key)
        if given is not None:
            rows[row] = _given(draft, given, over, f"{draft.where}: {kind} {firm.name!r}: {key}")
    return rows


def _given(draft, given, over, where):
    parts = np.zeros(len(draft.names[over]))
    for name, part in given.items():
        parts[draft.find(name, (over,), where)[1]] = part
    if not abs(parts.sum() - 1) <= ASSUMED["rounding"]:
        raise BadInput(f"{where}: the parts sum to {parts.sum():g}; the rule is 1")
    return parts / parts.sum()


def note_mix(draft, kind, key, over, rows):
    """List the cells of a mix among the figures."""
    for row, firm in enumerate(getattr(draft.world, kind)):
        given = getattr(firm, key) is not None
        source = (firm.source or draft.world.source) if given else "in proportion to what is known"
        confidence = firm.confidence if given else "assumption"
        for at in np.flatnonzero(rows[row]):
            draft.note(firm.name, f"{key} {draft.names[over][at]}", rows[row, at], "share", source, confidence)
