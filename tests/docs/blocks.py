"""What stands in the code blocks of the README and of docs/: Python, TOML, and commands as a reader would type them."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

from sitemaker.blocks import fences

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = ROOT / "docs" / "tutorials"
WHOLE = [ROOT / "docs/start.md", *sorted((ROOT / "docs/how_to").glob("*.md"))]  # test_recipes.py runs each page in its order
DRAWN = ROOT / "docs/gallery.md"  # run when the site is built, which fails where a picture is missing
PROMPT = "$ "


class Block(NamedTuple):
    """A fenced block: its page and line, its language (empty for commands), and its text."""

    page: str
    line: int
    language: str
    text: str

    @property
    def place(self):
        """Page and line, as an editor finds it."""
        return f"{self.page}:{self.line}"


class Command(NamedTuple):
    """A command as it is typed, in words, and what its page shows it to print ("" where it shows nothing)."""

    place: str
    words: tuple
    shown: str

    @property
    def text(self):
        """In one line, as the names of tests and the list of what is not run say it."""
        return " ".join(self.words)


def pages():
    """The README and every page of docs/, but for those that are run as a whole."""
    return [ROOT / "README.md", *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page not in (*WHOLE, DRAWN))]


def blocks():
    """Every fenced block of every page."""
    found = []
    for page in pages():
        name = page.relative_to(ROOT).as_posix()
        found += [Block(name, each.line, each.language, each.code) for each in fences(page.read_text(encoding="utf-8"))]
    return found


def commands(block):
    """The commands of a block, in their order. In a block with prompts, lines without one are what was printed."""
    lines = block.text.splitlines()
    prompts = any(line.startswith(PROMPT) for line in lines)
    found, typed, shown = [], "", []
    for line in lines:
        if typed or not prompts or line.startswith(PROMPT):
            typed += line.removeprefix(PROMPT) + "\n"
            words = _words(typed)
            if words is None:
                continue
            typed, shown = "", []
            if words:
                found.append((words, shown))
        elif found:
            found[-1][1].append(line)
    assert not typed, f"{block.place}: a command that does not end: {typed}"
    return [Command(block.place, tuple(words), re.sub(r"\s+", " ", " ".join(shown)).strip()) for words, shown in found]


def _words(typed):
    """The words of what was typed, without comments; None where more lines belong to it."""
    if typed.rstrip("\n").endswith("\\"):
        return None
    try:
        return shlex.split(typed.replace("\\\n", " "), comments=True)
    except ValueError:
        return None  # a quotation that the next line goes on with
