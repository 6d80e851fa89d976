"""The chapter of a story about firms that the experiment lets fail: who is lost, and what follows at once."""

import numpy as np

from experiments.stories.events import DUST, Event, by_name, each, money, said

BY_EXPERIMENT = "set by the experiment"


def taken(page, kind):
    """Rows of the firms of a kind that the experiment lets fail in the quarter."""
    found = [named[0] & ~gone[0] for at, of, named, gone in page.industry.losses.log if (at, of) == (page.quarter.index, kind)]
    return np.nonzero(np.any(found, axis=0))[0] if found else np.array([], dtype=int)


def losses(page):
    """Each firm that the experiment takes out, or that was gone before it could."""
    for at, kind, named, gone in page.industry.losses.log:
        if at != page.quarter.index:
            continue
        for row in np.nonzero(named[0])[0]:
            name = page.names(kind)[row]
            follows = "nothing happens, because it is gone already" if gone[0, row] else FOLLOWS[kind](page, row)
            yield Event(page.quarter, "shock", (name,), {}, f"The experiment takes {name} away: {follows}.", BY_EXPERIMENT)


def _quarters(page, name):
    wait = float(np.ravel(getattr(page.industry.takeover, name))[0])
    return f"{wait:g} quarter{'' if wait == 1 else 's'}"


def _lab(page, row):
    return "it fails with the bills of this quarter"


def _owner(page, row):
    gw = float(page.recorded("clouds", "gw")[row])
    text = f"its {said(gw)} GW serve nobody and earn nothing, and what it builds stands still, "
    return text + f"until somebody has taken over in {_quarters(page, 'owner')}"


def _vendor(page, row):
    text = "buyers that wait for its chips turn to other vendors as far as these have slots, and "
    return text + f"the rest wait for a successor, which delivers in {_quarters(page, 'vendor')}"


def _lender(page, row):
    owed = float(page.recorded("lenders", "loans")[row])
    taken = by_name(page.names("lenders"), page.paid("taken_over", "lenders", "clouds").sum(axis=1))
    text = f"it gives no more credit, renews no note and calls its loans over {_quarters(page, 'loans')}; "
    return text + f"{money(owed)} are still owed" + (f", and of what falls due others take over {each(taken)}" if taken else "")


def _investor(page, row):
    gone = float(page.paid_out("default_cost", "investors")[row])
    return f"{money(gone)} are gone, and its stakes pass to other investors, or to the public where there are none"


FOLLOWS = {"labs": _lab, "clouds": _owner, "vendors": _vendor, "lenders": _lender, "investors": _investor}


def estate(page, lab):
    """A lab that the experiment let fail: what became of its cash, in words."""
    name = page.names("labs")[lab]
    claimed = by_name(page.names("clouds"), page.paid("termination", "labs", "clouds")[lab])
    rest = float(page.paid("default_cost", "labs", "Economy")[lab].sum())
    text = f"{name} fails because the experiment says so. Its bills of the quarter are paid as far as its cash goes"
    text += f". Its landlords claim {each(claimed)} for rents to come" if claimed else ""
    text += f". The winding-up takes {money(rest)}" if rest >= DUST else ""
    amounts = {"claimed": sum(claimed.values()), "default_cost": rest}
    return Event(page.quarter, "default", (name,), amounts, f"{text}.", BY_EXPERIMENT)
