"""A terminal, and what is shown on it without the model: the list of worlds, and how kinds of firms are called."""

import sys

from rich.console import Console
from rich.text import Text

FEWEST_COLUMNS = 100  # characters assumed where the output is no terminal
KIND_NAMES = {
    "labs": "Labs",
    "clouds": "Owners of compute",
    "vendors": "Chip vendors",
    "investors": "Investors",
    "lenders": "Lenders",
    "customers": "Customers",
    "others": "Rest of the economy",
}


def console():
    """Standard output; a log keeps its lines whole. Square brackets stay text: names and folders may have some."""
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else FEWEST_COLUMNS)


def show_worlds(found):
    """The shipped worlds: date, firms, what they are for."""
    out = console()
    for world in found:
        out.print(Text(world.name, style="bold"), Text(f"{world.title}; opens {world.start}", style="dim"))
        out.print(f"  {world.purpose}", markup=False)
        for kind, names in world.firms.items():
            out.print(Text(f"  {KIND_NAMES[kind]}: {', '.join(names)}", style="dim"))
        if world.caveat:
            out.print(Text(f"  {world.caveat}", style="dim italic"))
        out.print()
