"""Blocks of code in a Markdown page, and how to run them in the order of the page: what a page shows must work.

`python` blocks are scripts and `bash` blocks are commands, run one after the other in one folder; a block with a `title` is written to the
file of that name; a `diff` is applied to a copy of the sources, which is used from there on. All other blocks are only shown.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("abm", "agents", "experiments", "worlds", "overreach.py", "results/README.md")
TITLE = re.compile(r'title="([^"]+)"')
LIMIT = 300  # seconds for a block


class Block(NamedTuple):
    """A fenced block: its language, "" for none, the file it is ("" for none), its code and the line of the page where it begins."""

    language: str
    title: str
    code: str
    line: int


def fences(text):
    """All fenced blocks of a page, in order."""
    return [_block(token) for token in MarkdownIt().parse(text) if token.type == "fence"]


def _block(token):
    titled = TITLE.search(token.info)
    return Block(token.info.strip().split(" ")[0], titled[1] if titled else "", token.content, token.map[0] + 1)


def blocks(text):
    """Blocks of a page that have a language, in order."""
    return [block for block in fences(text) if block.language]


def run(page, folder):
    """Run a page in an empty folder. Returns what each block wrote to the terminal. Raises RuntimeError naming the line that failed."""
    sources, said = ROOT, []
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.language == "diff":
            sources = patched(sources, folder, block, page)
        elif block.title:
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code, encoding="utf-8")
        elif block.language in ("python", "bash"):
            said.append(_ran(block, page, folder, sources))
    return said


def _ran(block, page, folder, sources):
    script = folder / f".block-{block.line}.py"  # a file, because worker processes read it again
    script.write_text(block.code, encoding="utf-8")
    command = [sys.executable, script] if block.language == "python" else ["bash", "-euo", "pipefail", "-c", block.code]
    paths = os.pathsep.join([str(sources), str(folder)])
    own = {"PYTHONPATH": paths, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=folder, env=os.environ | own, capture_output=True, text=True, timeout=LIMIT, check=False)
    if done.returncode:
        said = done.stdout[-1500:] + done.stderr[-3000:]
        raise RuntimeError(f"{page.name}, line {block.line}: the block ends with {done.returncode}\n{said}")
    return done.stdout


def patched(sources, folder, block, page):
    """A copy of the sources with a change applied."""
    copy = folder / "changed"
    if sources == ROOT:
        for name in SOURCES:
            place = copy / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(ROOT / name, place)
    own = {"GIT_CEILING_DIRECTORIES": str(folder)}  # a folder within a repository is patched like any other
    command = ["git", "apply", "-"]
    done = subprocess.run(command, input=block.code, cwd=copy, env=os.environ | own, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{page.name}, line {block.line}: the change does not apply\n{done.stderr}")
    return copy
