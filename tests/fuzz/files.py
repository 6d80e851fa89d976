"""World files, questions and stored files with something wrong in them: each is taken, or refused in one sentence; never a traceback."""

import json
import random
import re
import shutil
import traceback
import warnings
from pathlib import Path

from abm.errors import LONGEST, BadInput
from abm.model import Industry
from agents.world_files.folder import load_world
from agents.world_files.shipped import SHIPPED
from experiments.analysis.sweep_answer import gather, in_short
from experiments.engine.design import first_point, size
from experiments.engine.provenance import stored
from experiments.engine.question import Question, shipped
from experiments.engine.store import load, query
from experiments.engine.sweep import sweep

WORLDS = ("tutorial", "tutorial", "symmetric-2023q1", "archetypes-2023q1", "industry-2026q3")  # the small one twice: it is quick
QUARTERS, FUTURES = 5, 2
VALUES = (
    *("-1", "0", "1", "0.5", "1e30", "-1e-300", "1e308", "nan", "inf", "-inf", "300000000000", "abc", "", '"x"', "true", "[]", "{}"),
    *("2026Q3", "9999Q4", "0000Q1", "1e-9", "99", "3", "0x10", "1_000", "\u0663"),
)
SIGNS = ("\0", "\t", ";", ",", '"', "'", "\n", "[", "]", "=", "#", "\\", "é", "\u202e", "\U0001f4b8", "\ufeff", " ", "..", "/")
LONG = 100_000  # letters
QUESTION = {
    "name": "fuzz", "question": "?", "world": "tutorial", "outcomes": ["served_revenue"], "seeds": 6, "quarters": 2,
    "levers": {"cone.width": [0.8, 1.2]}, "series": ["sentiment"],
}  # fmt: skip


def outcome(call):
    """ "taken", "refused: ..." in one sentence, or what is wrong: a traceback, or a refusal that is no sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            call()
    except BadInput as error:
        text = str(error)
        whole = text and "\n" not in text and "\0" not in text and len(text) <= LONGEST + 10
        return f"refused: {text}" if whole else f"no sentence: {text!r}"
    except Exception:
        return traceback.format_exc()
    return "taken"


def mutated(text, luck):
    """A text with one thing wrong in it."""
    how = luck.randrange(9)
    lines = text.splitlines(keepends=True) or [""]
    place = luck.randrange(len(lines))
    if how < 3:
        found = list(re.finditer(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])|\d{4}Q\d|\"[^\"\n]*\"", text)) or list(re.finditer("$", text))
        hit = luck.choice(found)
        return text[: hit.start()] + luck.choice(VALUES) + text[hit.end() :]
    if how == 3:
        return "".join(lines[:place] + lines[place + 1 :])
    if how == 4:
        return "".join([*lines[:place], lines[place], *lines[place:]])
    if how == 5:
        at = luck.randrange(len(text) + 1)
        return text[:at] + luck.choice(SIGNS) + text[at + luck.randrange(2) :]
    if how == 6:
        return text[: luck.randrange(len(text) + 1)]
    if how == 7:
        words = re.findall(r"[A-Za-z_]{3,}", text) or [""]
        return text.replace(luck.choice(words), luck.choice([*words, "x" * LONG]), luck.choice((1, 1, -1)))
    other = luck.randrange(len(lines))
    lines[place], lines[other] = lines[other], lines[place]
    return "".join(lines)


def world(number, seed, folder):
    """What comes of a world whose files have one to three things wrong, with the files left in the folder."""
    luck = random.Random(f"world {seed} {number}")
    folder = Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SHIPPED / luck.choice(WORLDS), folder)
    for _ in range(luck.choice((1, 1, 2, 3))):
        path = luck.choice(sorted(path for path in folder.iterdir() if path.suffix in (".toml", ".csv")))
        text = mutated(path.read_bytes().decode("utf-8", "replace"), luck)
        path.write_bytes(text.encode("utf-8") if luck.random() < 0.97 else text.encode("utf-16"))

    def run():
        opening = load_world(folder)
        Industry(opening, worlds=FUTURES, rng=1).run(QUARTERS)

    return outcome(run)


def question(number, seed):
    """What comes of a shipped question with something wrong in it, read and laid out but not run."""
    luck = random.Random(f"question {seed} {number}")
    plain = Question.read(luck.choice(shipped())).plain()
    for _ in range(luck.choice((1, 1, 2))):
        _spoil(plain, luck)

    def read():
        asked = Question.read(plain)
        size(asked)
        first_point(asked)

    return outcome(read)


def _spoil(plain, luck):
    """Change one value somewhere in nested tables and lists."""
    strange = (None, True, -1, 0, 1e30, float("nan"), "", "x" * LONG, [], {}, [None], {"a": {}}, "..", "\0", 10**400, "2026Q3", 1.5, [[1]])
    table, wrong = plain, luck.choice(strange)
    while True:
        keys = list(table) if isinstance(table, dict) else list(range(len(table)))
        if not keys:
            return
        key = luck.choice(keys)
        if isinstance(table[key], dict | list) and table[key] and luck.random() < 0.7:
            table = table[key]
            continue
        if isinstance(table, dict) and luck.random() < 0.2:
            table[luck.choice(("x" * 50, "", "..", "lab.alive", "cone", "name", "world", "quarters"))] = table.pop(key)
        else:
            table[key] = wrong
        return


def finished(folder):
    """A small finished sweep to be garbled."""
    return sweep(QUESTION, out=folder, workers=1, quiet=True).folder


def garbled(number, seed, whole, folder):
    """What comes of reading a stored sweep with a file garbled, and of sweeping it again: wrong numbers are as bad as a traceback."""
    luck = random.Random(f"stored {seed} {number}")
    shutil.rmtree(folder, ignore_errors=True)
    copy = Path(shutil.copytree(whole, Path(folder) / whole.name))
    path = luck.choice(sorted(path for path in copy.rglob("*") if path.suffix in (".json", ".parquet")))
    _garble(path, luck)
    right = load(whole)

    def read():
        assert load(copy).equals(right)
        assert int(query(copy, "select count(*) as n from runs")["n"][0]) == len(right)
        in_short(gather(copy))
        stored(copy, right["address"][0])

    def again():
        sweep(QUESTION, out=folder, workers=1, quiet=True)
        assert load(copy).equals(right)

    said = [outcome(read), outcome(again)]
    return next((text for text in said if not text.startswith(("taken", "refused"))), said[0])


def _garble(path, luck):
    content = path.read_bytes()
    how = luck.randrange(5)
    if how == 0:
        path.unlink()
    elif how == 1:
        path.write_bytes(content[: luck.randrange(len(content))])
    elif how == 2:
        path.write_bytes(content + content[: luck.randrange(len(content))])
    elif how == 3:
        at = luck.randrange(len(content))
        path.write_bytes(content[:at] + bytes([content[at] ^ (1 << luck.randrange(8))]) + content[at + 1 :])
    else:
        path.write_bytes(json.dumps(luck.choice(([], {}, None, 1, "x", {"name": None}))).encode())
