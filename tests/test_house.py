"""The rules of the house, read off the syntax trees: which room imports which, sizes, what is forbidden, what is cited."""

import ast
import functools
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("abm", "agents", "experiments")
DOOR = "overreach"  # what users import, and no room does
BESIDE = ("benchmarks", "sitemaker")  # what measures and documents the rooms, and no room imports
MAY_IMPORT = {"abm": {"abm"}, "agents": {"abm", "agents"}, "experiments": set(ROOMS)}
LONGEST_FILE = 300
LONGEST_BODY = 40
FORBIDDEN_IMPORTS = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve"}
PICKLING = {"read_pickle", "to_pickle"}
FORBIDDEN_CALLS = {True: PICKLING | {"eval", "exec"}, False: PICKLING}  # as a plain name; as a method, where eval is pandas' own
BROAD = {"Exception", "BaseException"}
SLOW_TO_IMPORT = {"mesa", "scipy"}


def sources(*folders):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def named(path):
    return str(path.relative_to(ROOT))


@functools.cache
def tree(path):
    """The syntax tree of a file, shared by all that look at it."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=named(path))


def last_name(node):
    """`eval` of `eval`, `read_pickle` of `pandas.read_pickle`, "" of anything else."""
    return getattr(node, "id", getattr(node, "attr", ""))


def imported(path, parsed):
    """(line, whole dotted name) of every import in a file, also those inside functions; relative ones resolved."""
    for node in ast.walk(parsed):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            yield node.lineno, ".".join([*above, *filter(None, [node.module])])
        elif isinstance(node, ast.Call) and last_name(node.func) in {"import_module", "__import__"}:
            yield from ((node.lineno, str(name.value)) for name in node.args[:1] if isinstance(name, ast.Constant))


def body_lines(function):
    """Lines of a function from its first statement after the docstring to its end."""
    statements = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return function.end_lineno - statements[0].lineno + 1 if statements else 0


def does_nothing(statement):
    says_nothing = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return says_nothing or isinstance(statement, ast.Pass | ast.Continue | ast.Break)


def is_swallowed(handler):
    """Does this `except` lose the error: it does nothing, or catches everything without raising it on or looking at it?"""
    if all(map(does_nothing, handler.body)):
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    if not any(kind is None or last_name(kind) in BROAD for kind in caught):
        return False
    inside = [node for statement in handler.body for node in ast.walk(statement)]
    raised = any(isinstance(node, ast.Raise) for node in inside)
    looked_at = any(isinstance(node, ast.Name) and node.id == handler.name for node in inside)
    return not raised and not looked_at


def cited(text):
    """Keys in square brackets, as in [Arrow1951], [Elsinger2009, eq. 4] or [Bass1969; Wright1936]."""
    groups = re.findall(r"\[[^\[\]]{0,200}\]", text)
    return {key for group in groups for key in re.findall(r"(?<![\w\"'])[A-Z][A-Za-z]+(?:18|19|20)\d\d[a-z]?(?![\w\"'])", group)}


def docstrings(parsed):
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return "\n\n".join(ast.get_docstring(node) or "" for node in ast.walk(parsed) if isinstance(node, documented))


def literals(parsed):
    return "\n\n".join(node.value for node in ast.walk(parsed) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def pins():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_the_helpers_of_this_file_see_what_they_should():
    assert cited('"""[Arrow1951] and [Elsinger2009, eq. 4; Bass1969]; not [worlds, labs], [2026Q3] or x["Wilson1927"]."""') == {
        "Arrow1951",
        "Elsinger2009",
        "Bass1969",
    }
    handlers = ast.parse(
        "try:\n    f()\nexcept KeyError:\n    pass\nexcept ValueError:\n    x = 1\nexcept Exception:\n    x = 2\n"
        "except Exception as error:\n    note(error)\nexcept Exception:\n    raise Other from None\nexcept:\n    return 1\n"
    )
    assert [is_swallowed(h) for h in handlers.body[0].handlers] == [True, False, True, False, False, True]
    function = ast.parse('def f():\n    """Says."""\n    a = 1\n    return a\n').body[0]
    assert body_lines(function) == 2


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_one_way(room):
    wrong = [
        f"{named(path)}:{line} imports {name}"
        for path in sources(room)
        for line, name in imported(path, tree(path))
        if name.split(".")[0] in {*ROOMS, DOOR, "tests", *BESIDE} - MAY_IMPORT[room]
    ]
    assert not wrong


def test_no_file_is_longer_than_a_sitting():
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*ROOMS, *BESIDE)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


@pytest.mark.slow
def test_no_function_is_longer_than_a_screen():
    lengths = {
        f"{named(path)}:{node.lineno} {node.name}": body_lines(node)
        for path in sources(*ROOMS, *BESIDE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_BODY} == {}


def test_every_room_says_what_it_is_for():
    assert [named(path) for path in sources(*ROOMS) if not ast.get_docstring(tree(path))] == []


def unsafe(path):
    """What a file does that could run somebody else's code: (line, what)."""
    parsed = tree(path)
    yield from ((line, f"imports {name}") for line, name in imported(path, parsed) if name.split(".")[0] in FORBIDDEN_IMPORTS)
    for node in ast.walk(parsed):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and getattr(node.value, "value", True):
            yield node.value.lineno, "allows pickle"
        elif isinstance(node, ast.Call) and last_name(node.func) in FORBIDDEN_CALLS[isinstance(node.func, ast.Name)]:
            yield node.lineno, f"calls {last_name(node.func)}"


def test_nothing_is_evaluated_or_unpickled():
    assert [f"{named(path)}:{line} {what}" for path in sources(*ROOMS, *BESIDE) for line, what in unsafe(path)] == []


def test_no_error_is_swallowed():
    found = []
    for path in sources(*ROOMS, *BESIDE):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler) and is_swallowed(node):
                found.append(f"{named(path)}:{node.lineno} loses the error it catches")
            if isinstance(node, ast.Call) and last_name(node.func) == "suppress":
                found.append(f"{named(path)}:{node.lineno} suppresses errors")
    assert not found


@pytest.mark.slow
def test_every_citation_is_in_the_bibliography():
    known = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), flags=re.M))
    texts = {path: docstrings(tree(path)) + literals(tree(path)) for path in sources(*ROOMS, *BESIDE)}
    texts |= {path: docstrings(tree(path)) for path in sources("tests")}
    texts |= {path: path.read_text(encoding="utf-8") for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]}
    assert {named(path): unknown for path, text in texts.items() if (unknown := cited(text) - known)} == {}


def test_every_source_has_a_key_of_its_own_an_author_a_title_and_a_year():
    entries = re.split(r"^@", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), flags=re.M)[1:]
    keys = [re.match(r"\w+\{(\w+),", entry).group(1) for entry in entries]
    assert len(set(keys)) == len(keys)
    for key, entry in zip(keys, entries, strict=True):
        assert all(re.search(rf"\b{field}\s*=\s*\{{.", entry) for field in ("author", "title", "year")), key


def test_the_package_named_agents_is_ours_from_any_folder(tmp_path):
    ask = "import abm, agents, experiments; print(abm.__file__, agents.__file__, experiments.__file__, sep='\\n')"
    answer = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [Path(line) for line in answer.stdout.splitlines()] == [ROOT / room / "__init__.py" for room in ROOMS]


def test_every_package_is_listed_for_the_installer():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    assert set(listed) == {".".join(path.parent.relative_to(ROOT).parts) for path in sources(*ROOMS)}


def test_the_constraints_are_versions_and_name_no_machine_and_no_address():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9._-]+==[\w.!+]+( ; [\w .<>=!'()]+)?", line)] == []


def test_the_constraints_pin_every_dependency_to_a_version_we_allow():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(line) for line in sum(project["optional-dependencies"].values(), project["dependencies"])]
    for requirement in wanted:
        pinned = [pin for pin in pins() if canonicalize_name(pin.name) == canonicalize_name(requirement.name)]
        assert pinned, f"{requirement.name} is not in constraints.txt: make constraints"
        versions = [next(iter(pin.specifier)).version for pin in pinned]
        assert all(requirement.specifier.contains(version) for version in versions), f"{requirement} but constraints.txt has {versions}"


def test_help_answers_without_importing_mesa_or_scipy(tmp_path):
    command = Path(sys.executable).with_name("overreach")
    profiled = os.environ | {"PYTHONPROFILEIMPORTTIME": "1"}
    answer = subprocess.run([command, "--help"], cwd=tmp_path, env=profiled, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr[-1000:]
    modules = {line.rpartition("|")[2].strip() for line in answer.stderr.splitlines() if line.startswith("import time:")}
    assert "experiments.cli" in modules
    assert not {module for module in modules if module.split(".")[0] in SLOW_TO_IMPORT}
