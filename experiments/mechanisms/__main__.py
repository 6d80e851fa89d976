"""Measures what each mechanism and each declared number does, and writes the pages that say so.

`python -m experiments.mechanisms effects` compares the two sides of every mechanism, `ends` sets every declared number to both ends of
what is believed of it, and `pages` writes docs/mechanisms.md and docs/inert.md from what is stored. What is stored of the same code and
setting is kept, so that the same command goes on after it was stopped.
"""

import sys
from functools import partial
from typing import Annotated

import typer

from abm.errors import BadInput
from experiments.mechanisms import effects as of_mechanisms
from experiments.mechanisms import ends as of_numbers
from experiments.mechanisms import page, store

WORLD, SEED = "industry-2026q3", 0
NUMBERS, MECHANISMS = 40, 14  # measured between two stores
app = typer.Typer(add_completion=False, help=__doc__)
Worlds = Annotated[int, typer.Option(help="Futures of each setting.")]
Quarters = Annotated[int, typer.Option(help="Length of each.")]
Anew = Annotated[bool, typer.Option(help="Measure all again.")]


def _measure(path, measured, names, at_once, measure):
    """Measure what is not stored yet, some at a time. measure: {name: plain values} of names"""
    stored = store.read(path)
    found = stored["found"] if stored["setting"] == measured else {}
    todo = [name for name in names if name not in found]
    for start in range(0, len(todo), at_once):
        found |= measure(todo[start : start + at_once])
        store.write(path, measured, found)
        typer.echo(f"{len(found)} of {len(names)}")


def _swept(quarters, worlds, names):
    swept = of_numbers.swept(WORLD, quarters, worlds, SEED, names)
    return {name: {end: list(effect) for end, effect in each.items()} for name, each in swept.items()}


@app.command()
def ends(worlds: Worlds = 64, quarters: Quarters = 24, anew: Anew = False):
    """Sweep every declared number over both ends of its prior or bounds."""
    measured = store.setting(WORLD, worlds, quarters, SEED)
    _measure(store.fresh(store.ENDS, anew), measured, of_numbers.declared(), NUMBERS, partial(_swept, quarters, worlds))


def _compared(quarters, worlds, names):
    found = of_mechanisms.measured(WORLD, quarters, worlds, SEED, [name for name in names if name != WORLD])
    return {**({WORLD: of_mechanisms.as_shipped(WORLD, quarters, worlds, SEED)} if WORLD in names else {}), **found}


@app.command()
def effects(worlds: Worlds = 1000, quarters: Quarters = 40, anew: Anew = False):
    """Compare the two sides of every mechanism that has a switch."""
    measured = store.setting(WORLD, worlds, quarters, SEED)
    names = [WORLD, *of_mechanisms.switched()]
    _measure(store.fresh(store.EFFECTS, anew), measured, names, MECHANISMS, partial(_compared, quarters, worlds))


@app.command()
def pages():
    """Write docs/mechanisms.md and docs/inert.md from what is stored."""
    for path, text in page.pages().items():
        path.write_text(text, encoding="utf-8")
        typer.echo(path)


if __name__ == "__main__":
    try:
        app()
    except BadInput as error:
        sys.exit(f"overreach: {error}")
