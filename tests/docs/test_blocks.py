"""Every block of the README and of docs/ is run as it stands, only smaller, or is listed here with the reason why it is not.

Commands get options behind their own, of which the last counts: few worlds, few quarters, one process. Numbers in Python get smaller in the
same way. The notebooks of docs/tutorials are run whole by test_tutorials.py; their commands are run here.
"""

import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import typer
from typer.testing import CliRunner

from experiments.cli import app
from experiments.doubt import places, read_own
from experiments.engine.question import Question
from experiments.engine.store import load
from experiments.engine.sweep import _checked, sweep
from experiments.inputs import Inputs
from experiments.runs import Work, run
from tests.docs.blocks import ROOT, TUTORIALS, blocks, commands

NOT_RUN = {  # how a command begins, or the language of a block: why no test runs it
    "make": "makes an environment of its own; continuous integration runs these targets themselves",
    "jupytext": "belongs to the library that test_tutorials.py reads the same pages with",
    "overreach ui": "serves a page until it is stopped; tests/ui drives it in a browser",
    "overreach --install-completion": "writes into the configuration of the user's shell",
    "overreach sweep yolo-capacity --out /shared/results --engine": "needs a cluster; tests/stories/test_batch_system.py plays one",
    "sbatch": "needs a SLURM cluster; tests/stories/test_batch_system.py plays one",
    "python -m experiments.mechanisms": "measures for an hour; tests/units/test_mechanisms.py and test_inert.py measure less",
    "yaml": "configuration of Dask on a cluster",
}
SMALL = {"--worlds": "2", "--quarters": "8", "--workers": "1", "--points": "2"}
ENOUGH = {  # where an answer needs something to have happened; and sweeps leave alone what other commands look at
    "lamps": {"--worlds": "32", "--quarters": "40"},
    "losses": {"--quarters": "15"},
    "sweep": {"--out": "swept"},
}
QUICK = ("parameters", "shocks", "outcomes", "measures", "worlds", "experiments", "world")  # what is no run
SMALLER = ((r"worlds=\d+", "worlds=18"), (r"quarters=\d+", "quarters=8"), (r"seeds=\d+", "seeds=1"), (r"\.run\(\d+\)", ".run(8)"))
BY_LABEL = {  # a folder that a page speaks of: the question whose sweep makes it, seeds, quarters
    "results/yolo-capacity": ("yolo-capacity", 1, 4),
    "results/forecast-accuracy": ("forecast-accuracy", 2, 24),
    "results/my_question": ("my_question.toml", 2, 24),
}
BLOCKS = blocks()
COMMANDS = [command for block in BLOCKS if block.language == "" for command in commands(block)]


def why_not(text):
    return next((reason for start, reason in NOT_RUN.items() if text.startswith(start)), None)


def slow_unless_quick(command):
    quick = command.words[1] in QUICK
    return pytest.param(command, id=f"{command.place} {command.text[:60]}", marks=[] if quick else [pytest.mark.slow])


class Workshop:
    """A folder in which a reader has done what a page takes for granted; everything in it is made when it is first asked for."""

    def __init__(self, folder):
        self.folder, self.runs = folder, {}
        (folder / "my_question.toml").write_text(first_question(), encoding="utf-8")
        (folder / "mine.toml").write_text(next(block.text for block in BLOCKS if of_priors(block)), encoding="utf-8")

    def run_of(self, world, quarters, width=1.0):
        if (world, width) not in self.runs:
            inputs = Inputs(world, worlds=18, quarters=quarters, settings={"cone.width": width})
            self.runs[world, width] = str(run(inputs, root=self.folder / "made", work=Work(workers=1)).path)
        return self.runs[world, width]

    def words(self, command):
        """The words of a command with what stands for something put in its place."""
        for word in command.words:
            self.make(word)
        opened = ("tutorial", 18) if command.place.startswith("docs/tutorials") else ("industry-2026q3", 8)
        made = {"RUN": lambda: self.run_of(*opened)}
        if command.words[-2:] == ("RUN", "RUN"):
            return [*command.words[:-2], self.run_of(*opened), self.run_of(*opened, width=1.5)]
        if "open" in command.words and "8f3a1c" in command.words:
            made["8f3a1c"] = lambda: load(self.folder / "results/my_question")["address"][0]
        return [made[word]() if word in made else word for word in command.words]

    def make(self, word):
        if word in BY_LABEL and not (self.folder / word).exists():
            question, seeds, quarters = BY_LABEL[word]
            source = self.folder / question if question.endswith(".toml") else question
            sweep(source, out=self.folder / word, workers=1, seeds=seeds, quarters=quarters, quiet=True)
        elif word.startswith("results/") and (ROOT / word).is_dir() and not (self.folder / word).exists():
            shutil.copytree(ROOT / word, self.folder / word)


def of_priors(block):
    """Whether a block is a file of priors."""
    return block.language == "toml" and set(tomllib.loads(block.text)) <= set(places())


def first_question():
    """The question that the page on experiments begins with."""
    return next(block.text for block in BLOCKS if block.page == "docs/experiments.md" and block.language == "toml")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    return Workshop(tmp_path_factory.mktemp("reader"))


def smaller(words):
    """Options that make a command quick, of those that it has."""
    group = typer.main.get_command(app)
    there = {option for parameter in group.commands[words[1]].params for option in parameter.opts} if words[1] in group.commands else set()
    sizes = {**SMALL, **ENOUGH.get(words[1], {})}
    return [part for option, value in sizes.items() if option in there for part in (option, value)]


@pytest.mark.parametrize("command", [slow_unless_quick(each) for each in COMMANDS if not why_not(each.text)])
def test_a_command_of_a_page_does_what_the_page_says(workshop, monkeypatch, command):
    assert command.words[0] == "overreach", f"{command.place}: nobody runs {command.text!r}; say in NOT_RUN why"
    words = workshop.words(command)
    monkeypatch.chdir(workshop.folder)
    result = CliRunner().invoke(app, [*words[1:], *smaller(words)])
    refused = command.shown.startswith("overreach: ")
    assert result.exit_code == (2 if refused else 0), f"{command.place}: {command.text}\n{result.output}"
    if refused:
        assert command.shown == re.sub(r"\s+", " ", result.output).strip()
    else:
        assert result.output.strip()


@pytest.mark.slow
@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if block.language == "python" and not (ROOT / block.page).is_relative_to(TUTORIALS)],
    ids=lambda block: block.place,
)
def test_a_script_of_a_page_runs(workshop, block):
    text = block.text
    for pattern, small in SMALLER:
        text = re.sub(pattern, small, text)
    script = workshop.folder / "script.py"
    script.write_text(text, encoding="utf-8")
    asked = [sys.executable, str(script)] if "__main__" in text else [sys.executable, "-c", text]
    done = subprocess.run(asked, cwd=workshop.folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{block.place}\n{done.stderr[-2000:]}"


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if block.language == "toml" and not of_priors(block)], ids=lambda block: block.place
)
def test_a_piece_of_a_question_belongs_to_a_question_that_can_be_asked(block):
    piece = tomllib.loads(block.text)
    named = "OpenAI" in block.text
    base = {**tomllib.loads(first_question()), **({"world": "industry-2026q3"} if named else {})}
    points, _ = _checked(Question.read({**base, **piece}))
    assert points


def test_every_block_is_run_or_has_a_reason():
    known = {"", "python", "toml", *NOT_RUN}
    assert [block.place for block in BLOCKS if block.language not in known] == []
    texts = [command.text for command in COMMANDS] + [block.language for block in BLOCKS]
    assert [start for start in NOT_RUN if not any(text.startswith(start) for text in texts)] == []
    assert len(COMMANDS) > 40


@pytest.mark.parametrize("block", [block for block in BLOCKS if of_priors(block)], ids=lambda block: block.place)
def test_priors_of_a_page_can_be_read(block):
    assert read_own(tomllib.loads(block.text), block.place)
