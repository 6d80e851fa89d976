"""Chapters of a story about what labs owe: who lent, who took shares instead of money, who bought a failed lab, and who
lost what it owed."""

import numpy as np

from abm.books.lab_debts import CREDITORS
from experiments.stories.events import DUST, Event, by_name, each, money


def loans(page):
    """Labs that borrow, and of whom."""
    for lab, lent in _by_lab(page, lambda kind: page.paid("lab_loan", kind, "labs")):
        name, total = page.names("labs")[lab], sum(lent.values())
        text = f"{name} borrows {money(total)}: of {each(lent)}."
        yield Event(page.quarter, "lab borrows", (name,), lent, text, weight=total / page.scale)


def swaps(page):
    """Debt that became shares, because it fell due so or because the lab could not pay."""
    for lab, swapped in _by_lab(page, lambda kind: -np.minimum(0, page.paid("swap", kind, "labs"))):
        name, total = page.names("labs")[lab], sum(swapped.values())
        text = f"Creditors of {name} take shares instead of {money(total)}: {each(swapped)}."
        yield Event(page.quarter, "swap", (name, *swapped), swapped, text, weight=total / page.scale)


def lost(page):
    """What a failed lab still owed is written off."""
    for lab, gone in _by_lab(page, lambda kind: -np.minimum(0, page.paid("write_down", kind, "labs"))):
        name, total = page.names("labs")[lab], sum(gone.values())
        text = f"{name} leaves {money(total)} of its debt unpaid: {each(gone)} write it off."
        yield Event(page.quarter, "lab debt lost", (name, *gone), gone, text, f"default of {name}", total / page.scale)


def sold(page):
    """Labs that were sold because they could not pay, and to whom."""
    names = page.names("labs")
    for buyer, lab in np.argwhere(page.paid("sale", "labs", "labs") >= DUST):
        price = float(page.paid("sale", "labs", "labs")[buyer, lab])
        text = f"{names[buyer]} buys {names[lab]} for {money(price)}: its model, its customers and a part of its compute."
        yield Event(page.quarter, "sold", (names[lab], names[buyer]), {"price": price}, text, weight=price / page.scale)


def _by_lab(page, amounts):
    """(row of a lab, {creditor: $bn}) of labs with any. amounts: kind of creditor -> $bn, [creditors, labs]"""
    tables = {kind: amounts(kind) for kind in CREDITORS}
    for lab in range(len(page.names("labs"))):
        found = {}
        for kind, table in tables.items():
            found |= by_name(page.names(kind), table[:, lab])
        if sum(found.values()) >= DUST:
            yield lab, found
