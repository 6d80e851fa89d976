"""A world of one's own: a copy of a shipped one whose files say, in comments, what each of them is and what may be changed."""

import os

from abm.errors import BadInput, nearest
from agents.world_files.folder import load_world
from agents.world_files.shipped import SHIPPED, shipped_names
from experiments.folders import make_folder

ABOUT = "docs/world_files.md lists every key with its unit and range; overreach parameters lists what [parameters] may set."
COMMENTS = {
    "world.toml": (
        "Your own world, copied from {source}: change a number, save, and run it: overreach run {folder}",
        "Text after a # is a comment. Money is in $bn, compute in GW, dates are quarters such as 2026Q1.",
        "title, purpose, caveat: what pages say about it. start: the first quarter of a run.",
        "[parameters]: what differs from the usual numbers, each with its source. [[labs]], [[clouds]] (owners of compute),",
        "[[vendors]] (of chips), [[lenders]], [[investors]], [[customers]]: a table for each firm or segment. Copy a table to add a firm.",
        "A number far out of proportion is asked about; confirm = true in its table says that it is meant.",
        ABOUT,
    ),
    "contracts.csv": (
        "Take-or-pay contracts: who rents compute from whom. Lines that begin with a # are comments.",
        "tenant: a lab, or outside. owner: an owner of compute. gw: GW when all is delivered. usd_bn: all rent over the whole term.",
        "Give gw or usd_bn or both. years: rent is due for so long from each delivery. first_delivery, full_delivery: quarters;",
        "the same GW arrive in each quarter between. prepaid: $bn paid already. confirm (a column of your own): true for a contract",
        "that is far out of proportion and meant. confidence: reported, secondary, estimated or assumption. source: where it is from.",
    ),
    "debt.csv": (
        "Loans and notes of owners of compute. Lines that begin with a # are comments.",
        "lender: one of [[lenders]]. borrower: an owner. usd_bn: what is still owed. rate: a year, 0.08 is 8 %.",
        "quarters_left: until all is repaid.",
        "instrument: loan (repaid evenly) or notes (repaid at the end).",
    ),
    "equity.csv": (
        "Who owns which share of whom. Lines that begin with a # are comments.",
        "holder: an investor, vendor or owner. issuer: the firm. share: 0.1 is 10 %; or usd_bn at the issuer's value.",
        "The rest belongs to founders or the public.",
    ),
    "figures.csv": (
        "One number of one firm a line, instead of in world.toml. Lines that begin with a # are comments.",
        "firm, key, value, unit as docs/world_files.md lists them; date, confidence, source and note say where the number is from.",
    ),
}


def copy_world(folder, source):
    """Copy a shipped world into a folder that is not there yet, with comments, and check that it can be read. Returns paths. BadInput."""
    if source not in shipped_names():
        raise BadInput(f"--from {source}: no world is called {source!r}; {nearest(source, shipped_names())}".removesuffix("; "))
    if not str(folder).isprintable():
        raise BadInput(f"overreach world new {folder}: this name holds a sign that cannot be printed, such as a line break")
    if os.path.lexists(folder):
        raise BadInput(f"{folder}: is there already; choose another name, or remove it first")
    make_folder(folder, "overreach world new")
    shown = str(folder) if folder.is_absolute() else f"./{folder}"
    written = []
    for file in sorted((SHIPPED / source).iterdir(), key=lambda file: file.name):
        said = "".join(f"# {line.format(source=source, folder=shown)}\n" for line in COMMENTS.get(file.name, ()))
        path = folder / file.name
        path.write_text(said + file.read_text(encoding="utf-8"), encoding="utf-8", newline="")
        written.append(path)
    load_world(shown)
    return written
