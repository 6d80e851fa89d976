"""Chapters of a story about owners of compute and lenders: debt service missed, creditors that take over, lenders whose capital is gone.

It ends with the chain: which lab's default took which owner and which lender along.
"""

from experiments.stories.events import DUST, Event, by_name, each, listed, money
from experiments.stories.failures import WINDOW, failed
from experiments.stories.losses import BY_EXPERIMENT, taken

WEIGHTS = {"rollover": 2.0, "impairment": 0.3, "cancelled": 0.3, "again": 0.5}


def lost_rent(page, cloud):
    """Rent a cloud had, in the last full quarter of their lives, from labs that died within the window, {lab: $bn a quarter}."""
    lost = {}
    for p in page.lately(WINDOW):
        last = p.turned(-1)
        for lab in failed(p, "labs") if last is not None else ():
            rent = last.paid("rent", "labs", "clouds")[lab, cloud] - last.paid("consumption", "labs", "clouds")[lab, cloud]
            if rent >= DUST:
                lost[p.names("labs")[lab]] = float(rent)
    return dict(sorted(lost.items(), key=lambda pair: -pair[1]))


def clouds(page):
    """Owners whose creditors take over, and those who miss debt service that is added to the loan."""
    paid = sum(page.paid(flow, "clouds", "lenders").sum(axis=1) for flow in ("interest", "principal"))
    added = page.paid("rollover", "lenders", "clouds").sum(axis=0)
    gone = failed(page, "clouds")
    for cloud, name in enumerate(page.names("clouds")):
        due = float(page.recorded("clouds", "service_due")[cloud])
        missed = {"service_due": due, "unpaid": max(0.0, due - float(paid[cloud])), "added_to_loan": float(added[cloud])}
        if cloud in gone:
            yield _reorganised(page, cloud, missed)
        elif (lost := float(-page.paid("write_down", "lenders", "clouds")[:, cloud].sum())) >= DUST:
            text = f"{name}, in its creditors' hands, still cannot pay, so they write off another {money(lost)}."
            amounts = {**missed, "written_down": lost}
            yield Event(page.quarter, "written down", (name,), amounts, text, weight=WEIGHTS["again"] * lost / page.scale)
        elif missed["unpaid"] >= DUST:
            text = f"{name} misses {money(missed['unpaid'])} of {money(due)} of debt service. Its collateral still covers its loans, "
            text += f"so lenders wait{_added(missed)}."
            yield Event(page.quarter, "rollover", (name,), missed, text, weight=WEIGHTS["rollover"] * missed["unpaid"] / page.scale)
    for name, amount in by_name(page.names("clouds"), page.recorded("clouds", "impaired")).items():
        text = f"{name} writes {money(amount)} off its compute, because used prices have been far below its books for a year."
        yield Event(page.quarter, "impairment", (name,), {"impaired": amount}, text, weight=WEIGHTS["impairment"] * amount / page.scale)
    cancelled = page.recorded("industry", "cancelled")
    if cancelled >= DUST and not failed(page, "labs").size:
        text = f"Owners give up orders of {money(cancelled)} of chips that they could not pay for a year."
        yield Event(page.quarter, "cancelled", (), {"cancelled": cancelled}, text, weight=WEIGHTS["cancelled"] * cancelled / page.scale)


def _added(missed):
    return f" and add {money(missed['added_to_loan'])} of interest to what it owes" if missed["added_to_loan"] >= DUST else ""


def _reorganised(page, cloud, missed):
    name, lost = page.names("clouds")[cloud], lost_rent(page, cloud)
    written = by_name(page.names("lenders"), -page.paid("write_down", "lenders", "clouds")[:, cloud])
    collateral, debt = (float(page.recorded("clouds", key)[cloud]) for key in ("collateral", "debt"))
    running = float(page.recorded("clouds", "running_due")[cloud] - page.paid("running_costs", "clouds", "Economy")[cloud].sum())
    a = {**missed, "written_down": sum(written.values()), "collateral": collateral, "debt": debt, **written}
    again = int(page.recorded("clouds", "reorganised")[cloud]) > 1
    if cloud in taken(page, "clouds"):
        text, cause = f"{name} fails because the experiment says so, and ", BY_EXPERIMENT
    else:
        text, cause = f"{name} fails{' again' if again else ''} because {_unpaid(missed, running, collateral)}", _rents(page, cloud, lost)
    text += f"its creditors take over and write off {money(a['written_down'])} ({each(written)})" if written else "its creditors take over"
    text += f". Debt of {money(debt)} is left."
    weight = WEIGHTS["again"] * a["written_down"] / page.scale if again else 1.0
    return Event(page.quarter, "reorganised again" if again else "reorganised", (name, *lost), a, text, cause, weight)


def _unpaid(missed, running, collateral):
    text = f"it cannot pay {money(missed['unpaid'])} of the {money(missed['service_due'])} of debt service that is due"
    text += f" and {money(running)} of running costs" if running >= DUST else ""
    return text + (f" and its compute is worth {money(collateral)}, so " if missed["unpaid"] >= DUST else ", so ")


def _rents(page, cloud, lost):
    rent = float(page.paid("rent", "labs", "clouds")[:, cloud].sum() + page.paid("outside_rent", "Economy", "clouds")[:, cloud].sum())
    text = f"it received {money(rent)} of rent this quarter"
    return text + (f", and tenants that have died used to pay it {each(lost)} a quarter" if lost else "")


def written_off(page, lender):
    """Loans a lender wrote off in the year, {cloud: $bn}."""
    names = page.names("clouds")
    total = sum(-p.paid("write_down", "lenders", "clouds")[lender] for p in page.lately())
    return by_name(names, total)


def lenders(page):
    """Lenders whose capital is gone, and who fills the hole."""
    for lender in failed(page, "lenders"):
        name, losses = page.names("lenders")[lender], written_off(page, lender)
        if lender in taken(page, "lenders"):
            text = f"{name} can lend no more, because the experiment says so. What is left of it belongs to the rest of the economy."
            yield Event(page.quarter, "lender fails", (name,), {}, text, BY_EXPERIMENT)
            continue
        creditors = float(-page.paid("borrowing_loss", "Economy", "lenders")[:, lender].sum())
        rescue = float(page.last("capital_call", "Economy", "lenders")[:, lender].sum())
        a = {"hole": creditors + rescue, "creditors": creditors, "rescue": rescue, **_income(page, lender), **losses}
        again = int(page.recorded("lenders", "failed")[lender]) > 1
        text = f"{name} cannot go on{' again' if again else ''}, because it has lost all its capital and {money(a['hole'])} more. "
        text += f"Its creditors lose {money(creditors)}. The rest of the economy puts in {money(rescue)} and owns it, "
        text += f"and it lends nothing for {page.industry.lending.ban} quarters."
        weight = WEIGHTS["again"] * a["hole"] / page.scale if again else 1.0
        kind = "lender fails again" if again else "lender fails"
        yield Event(page.quarter, kind, (name, *losses), a, text, _why_lender(a, losses), weight)


def _income(page, lender):
    """What moved a lender's capital before it failed, $bn: capital and dividends of the quarter before, what came in and what was lost."""
    before = page.turned(-1)
    return {
        "capital_before": float(before.recorded("lenders", "capital")[lender]) if before else 0.0,
        "capital_called": float(page.paid("capital_call", "Economy", "lenders")[:, lender].sum())
        - float(page.last("capital_call", "Economy", "lenders")[:, lender].sum()),  # for loans of this quarter, before it failed
        "dividends_before": float(before.paid_out("dividend", "lenders")[lender]) if before else 0.0,
        "interest_earned": float(page.paid("interest", "clouds", "lenders")[:, lender].sum())
        + float(page.paid("rollover", "lenders", "clouds")[lender].sum()),
        "interest_owed": float(page.paid("borrowing_interest", "lenders", "Economy")[lender].sum())
        + float(page.paid("rollover", "Economy", "lenders")[:, lender].sum()),
        "written_off": float(-page.paid("write_down", "lenders", "clouds")[lender].sum()),
    }


def _why_lender(a, losses):
    """Loans written off, capital that was gone already, or interest that does not pay for what it borrowed."""
    reasons = [f"it wrote off {money(sum(losses.values()))} within a year ({each(losses)})"] if losses else []
    if a["capital_before"] <= -DUST:
        short = f"it had ended the quarter before {money(-a['capital_before'])} short"
        reasons.append(short + (f", after dividends of {money(a['dividends_before'])}" if a["dividends_before"] >= DUST else ""))
    elif a["interest_owed"] > a["interest_earned"]:
        reasons.append(f"it earned {money(a['interest_earned'])} of interest and owed {money(a['interest_owed'])}")
    return "; ".join(reasons) or "its capital was thin"


def taken_along(book):
    """One event for each lab whose default took clouds and lenders along, at the last victim's quarter.

    A cloud counts for the dead tenant that paid it most, a lender for the cloud on which it lost most.
    """
    victims, root = {}, {}
    for page in book:
        for cloud in failed(page, "clouds"):
            name, lost = page.names("clouds")[cloud], lost_rent(page, cloud)
            if name not in root and lost:
                root[name] = next(iter(lost))
                victims.setdefault(root[name], []).append((page, name, "was taken over by its creditors"))
        for lender in failed(page, "lenders"):
            name, losses = page.names("lenders")[lender], written_off(page, lender)
            if name not in root and (culprits := [cloud for cloud in losses if cloud in root]):
                root[name] = root[culprits[0]]
                victims.setdefault(root[name], []).append((page, name, "failed"))
    for lab, fallen in victims.items():
        page = fallen[-1][0]
        words = listed(f"{name} {what} in {p.quarter}" for p, name, what in fallen)
        names = [name for _, name, _ in fallen]
        text = f"The default of {lab} took others along. {words}."
        yield Event(page.quarter, "taken along", (lab, *names), {"victims": len(names)}, text, "lost rent and loans")
