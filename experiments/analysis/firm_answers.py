"""The answers about single firms as text or JSON: who hangs on a firm, and what the loss of each of them does.

Each function returns the text; `experiments.analysis.firm_commands` prints it.
"""

import numpy as np

from experiments.analysis.answers import as_plain, as_text
from experiments.words import dollars, times

LOW, HIGH = 0.1, 0.9  # ends of 80 % of all futures


def quarters_to(world, at):
    """Quarters of a run that ends with this one; one where no quarter is given. Raises BadInput."""
    from abm.clock import Quarter
    from agents.world_files.folder import load_world
    from experiments.analysis.exposures import quarters_until

    return quarters_until(load_world(world), Quarter.parse(at, "--at: ")) if at else 1


def exposures(inputs, to, at="", as_json=False):
    """Who hangs on a firm, in $bn and shares of their own equity: at the opening, or at the end of a quarter in the median future."""
    from abm.model import release
    from experiments.analysis import exposures as found
    from experiments.console import KIND_NAMES

    inputs = inputs.checked()
    firm = found.firm_of(inputs.opening().names, to)
    model, all_of_them = found.looked_at(inputs, at, firm)
    future = all_of_them.median if all_of_them else None
    try:
        table, unbuilt = found.exposures_to(model, firm), found.promised_not_built(model, firm)
    finally:
        release(model)
    told = most_exposed(table, to, at, all_of_them)
    if as_json:
        about = {"world": inputs.world, "firm": to, "kind": firm.kind, "at": at or None, "future": future, "says": told}
        return as_plain(**about, exposures=table, promised_not_built=unbuilt)
    when = f"at the end of {at} in the median future of {inputs.worlds} (number {future})" if at else "at the opening"
    lines = [
        told,
        "",
        f"{inputs.world}: firms that are exposed to {to} ({KIND_NAMES[firm.kind].lower()}), {when}; in $bn, and as a share of own book "
        "equity",
    ]
    for claim, part in table.groupby("claim", sort=False):
        lines += ["", f"{claim[:1].upper()}{claim[1:]}: {part['usd_bn'].sum():,.1f}", as_text(found.for_people(part))]
    who = {"labs": f"to {to}", "clouds": f"by {to}"}.get(firm.kind, "to all labs")
    return "\n".join([*lines, *([] if len(table) else ["nobody"]), "", _unbuilt(who, unbuilt)])


def most_exposed(table, to, at="", futures=None):
    """The sentence to remember: whose claim is the largest, and whose is the largest part of its own equity, with 80 % of futures.

    table: of exposures, $bn; futures: exposures.Futures, None at the opening
    """
    if table.empty:
        return f"Nothing hangs on {to}."
    row = table.loc[table["usd_bn"].idxmax()]
    when = f"at the end of {at}" if at else "at the opening"
    spread = ", as the files of the world say"
    if futures is not None:
        low, high = np.quantile(futures.claims[row["claim"], row["firm"]], (LOW, HIGH))
        spread = f" in the median future ({dollars(low)} to {dollars(high)} in 80 % of {len(next(iter(futures.claims.values())))} futures)"
    part = f", which is {times(row['share'])} its own book equity" if row["share"] == row["share"] else ""
    said = f"{row['firm']} is most exposed to {to} {when}. Its claim ({row['claim']}) is {dollars(row['usd_bn'])}{spread}{part}."
    dearest = table.loc[table["share"].idxmax()] if table["share"].notna().any() else row
    if dearest["firm"] == row["firm"]:
        return said
    return (
        f"{said} {dearest['firm']} is most exposed by its own equity: its claim ({dearest['claim']}) is {times(dearest['share'])} that "
        "equity."
    )


def losses(inputs, at, page, workers=0, as_json=False, quiet=True):
    """Every named firm lost in turn against the same futures without the loss, as text or JSON; the page is written to a path."""
    from experiments.analysis import losses as found
    from experiments.analysis.losses_page import headline, losses_page
    from experiments.folders import make_folder
    from experiments.terminal import Watch

    asked = found.ask(inputs, at)
    make_folder(page.parent, "--out")
    worlds = asked.inputs.worlds * (1 + len(found.named(asked.inputs.opening())))
    with Watch(worlds, f"losses in {asked.at}", quiet) as watch:
        effects = found.losses(asked, workers, watch)
    page.write_text(losses_page(asked, effects), encoding="utf-8")
    if as_json:
        return _losses_as_json(asked, effects)
    lines = [headline(asked, effects), "", *_losses_as_text(asked, effects), "", f"Page: {page}"]
    return "\n".join(lines)


def _losses_as_text(asked, effects):
    """A table of what each loss costs, and a line for each that takes somebody along or spares somebody."""
    import pandas as pd

    from experiments.analysis.losses import AFTER
    from experiments.analysis.losses_page import line
    from experiments.words import futures

    names = ["lost", "kind", *(f"revenue {after} quarter{'s' * (after > 1)} on" for after in AFTER), "credit losses, $bn"]
    rows = [line(loss) for loss in effects]
    yield f"{asked.inputs.world}: {futures(asked.inputs.worlds)}, each against its twin without the loss; 95 % intervals over pairs"
    yield pd.DataFrame([row[: len(names)] for row in rows], columns=names).to_string(index=False)
    for what, place in (("Who fails more often with the loss", -2), ("Who fails less often with the loss", -1)):
        told = [f"  {row[0]}: {row[place]}" for row in rows if row[place] != "-"]
        yield "\n".join(["", f"{what} by more than luck, from {asked.at} to the end of the run:", *(told or ["  nobody"])])


def _losses_as_json(asked, effects):
    from experiments.analysis.losses import AFTER

    def plain(change):
        return {name: None if value != value else value for name, value in change._asdict().items()}

    rows = [
        {
            "lost": loss.firm.name, "kind": loss.firm.kind,
            **{f"revenue_after_{after}": plain(change) for after, change in zip(AFTER, loss.revenue)}, "credit_losses": plain(loss.lost),
            "fails": [{"firm": fall.firm.name, "kind": fall.firm.kind, "odds": fall.odds, "twin": fall.twin, **plain(fall.change)}
                      for fall in loss.falls],
        }
        for loss in effects
    ]  # fmt: skip
    return as_plain(**asked.inputs.plain(), at=str(asked.at), losses=rows)


def _unbuilt(who, found):
    """What was promised and is not built, in two sentences."""
    waits, asked = (_with_rent(found[f"{name}_gw"], found[f"{name}_rent"]) for name in ("unbuilt", "unfunded"))
    first = (
        f"Compute of {waits} is promised {who} and not built so far."
        if waits
        else f"No compute that is promised {who} waits for an owner who cannot build it."
    )
    second = f"Nobody could build orders of {asked} in this quarter." if asked else "Somebody builds all orders of this quarter."
    return f"{first} {second}"


def _with_rent(gw, rent):
    """So much compute with its rent; nothing where it rounds to nothing."""
    return f"{gw:,.2f} GW (rent of {dollars(rent)} a year)" if round(gw, 2) else ""
