"""Orders of magnitude: a number far out of proportion to its own world is asked about, and taken where its row says that it is meant.

Most of them are slips: millions for billions, a total for a year, MW for GW. They are measured against list prices, what firms earn, and
the other firms of the same world, never against a fixed number.
"""

import numpy as np

from abm.errors import BadInput
from agents.world_files.columns import ASSUMED, COLUMNS, ONE

CONFIRM = "if that is meant, say `confirm = true` in that row"
AMOUNTS = ("$bn", "$bn/year", "GW", "GW/quarter")
EARNS = {"labs": "revenue", "vendors": "sales"}  # what a firm's other amounts are measured by


def ask_about_rent(what, rent, gw, tenant, revenue):
    """Raises BadInput for a contract far out of proportion.

    rent: $bn a year; gw: GW; tenant: row of the lab, negative for others; revenue: of all labs, $bn a year
    """
    times, usual, price = ASSUMED["unlikely"], ASSUMED["list_price"], rent / gw
    of_tenant = revenue[tenant] if tenant >= 0 else 0
    earned, whose = (of_tenant, "what the lab earns") if of_tenant > 0 else (revenue.sum(), "what all labs earn")
    if not usual / times <= price <= usual * times:
        raise BadInput(f"{what}: its price of {price:.4g} $bn a GW-year is more than {times:g} times off the usual {usual:g}; {CONFIRM}")
    if earned > 0 and rent > times * earned:
        raise BadInput(f"{what}: its rent of {rent:.4g} $bn a year is more than {times:g} times {whose}, {earned:.4g}; {CONFIRM}")


def ask_about_firms(draft):
    """Raises BadInput for the first amount of a firm that is far out of proportion and that its row does not confirm."""
    times = ASSUMED["unlikely"]
    for where, kind, row, key in draft.unconfirmed:
        value, unit = draft.columns[kind][key][row], COLUMNS[kind][key].unit
        usual, whose = _usual(draft, kind, row, key) if unit in AMOUNTS else (0, "")
        if 0 < times * usual < value:
            name = draft.names[kind][row]
            said = f"{key} = {value:g} {unit} of {name!r} is more than {times:g} times {whose}, {usual:.4g}"
            raise BadInput(f"{where}: {said}; {CONFIRM}")


def _usual(draft, kind, row, key):
    """(what an amount of a firm is measured by, its name): the larger of what it earns and of what all others of its kind have.

    A firm alone of its kind is measured by what all labs earn or all vendors sell, and its GW by what labs' revenue rents at list price;
    what they earn and sell then has no measure.
    """
    cells = draft.columns[kind][key]
    others = float(np.nansum(np.delete(cells, row)))
    earns = EARNS.get(kind, key)
    own = 0.0 if earns == key or "GW" in COLUMNS[kind][key].unit else float(np.nan_to_num(draft.columns[kind][earns][row]))
    if max(own, others) > 0:
        return (own, f"its {earns}") if own > others else (others, f"that of all other {ONE[kind]}s")
    earned = float(draft.columns["labs"]["revenue"].sum())
    if "GW" in COLUMNS[kind][key].unit:
        return earned / ASSUMED["list_price"], "what the revenue of all labs rents"
    sold = float(np.nansum(draft.columns["vendors"]["sales"]))
    if EARNS.get(kind) == key:
        return 0.0, ""
    return (sold, "what all vendors sell") if sold > earned else (earned, "what all labs earn")
