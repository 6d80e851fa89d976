"""A question: what to vary, what is uncertain, how many worlds. Read from a small TOML file or a mapping, and checked.

    question = "Does circular finance raise the odds?"
    world = "archetypes-2023q1"
    outcomes = ["crisis", "welfare"]
    seeds = 200                                  # the same worlds 0 to 199 at every design point
    quarters = 48
    [settings]                                   # holds at every point
    "cone.width" = 1.2
    [levers]                                     # every combination
    "vendor.circular_intensity" = [0.0, 0.5, 1.0]
    [levers.population]                          # a lever of named settings
    "nobody yolo" = { "lab.risk_appetite" = 0.1 }
    "everybody yolo" = { "lab.risk_appetite" = 0.9 }
    [uncertainties]                              # sampled
    "customers.market_size" = { low = 700, high = 3000, scale = "log" }
    [design]
    method = "lhs"                               # grid | lhs | sobol | morris | list
    points = 64
    [[shocks]]
    name = "stall"
    at = "2027Q1"

What can be set: every parameter and firm column by its public name (`lab.OpenAI.cash`), `world`, `quarters`, and the values and
dates of shocks (`shock.stall.duration`, `shock.stall.at`, where "never" leaves the shock out), and likewise deals
(`deal.<label>.gw`). docs/experiments.md says more.
"""

import hashlib
import json
import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError, model_validator

from abm.data import data_folder
from abm.errors import BadInput, nearest
from agents.world_files.shipped import shipped_names
from experiments.engine.answering import check_answer
from experiments.engine.forms import LEADS, Design, Figure, Form, Reference, Settings, Step, Table, Uncertainty, Value
from experiments.folders import LONGEST, is_plain, plain

SHIPPED = data_folder("experiments", "questions")
METHODS = ("grid", "lhs", "sobol", "morris", "list")
NEVER = "never"
_UNION_TAG = re.compile(r"(list|dict)\[|constrained-|function-")  # pydantic names the member of a union that it tried
# They do not change what is run.
_WORDS_ONLY = {*("name", "title", "question", "outcomes", "baseline", "labels", "leads_with", "figure", "table", "reference", "answer")}


class Question(Form):
    """What is asked, of which world, under which design: every key of a question's file is an attribute. `Question.read` makes one."""

    question: str
    world: str
    outcomes: Annotated[list[str], Field(min_length=1)]
    name: str = "question"
    title: str = ""
    seeds: Annotated[int, Field(ge=1, le=1_000_000)] = 200
    quarters: Annotated[int, Field(ge=1, le=400)] = 48
    rng: Annotated[int, Field(ge=0)] = 0
    doubt: Annotated[int, Field(ge=0, le=10_000)] = 0  # draws of all that is uncertain, the same at every design point
    settings: Settings = {}
    levers: dict[str, list[Value] | dict[str, Settings]] = {}
    uncertainties: dict[str, Uncertainty] = {}
    design: Design = Design()
    shocks: list[dict[str, Value]] = []
    deals: list[dict[str, Value]] = []
    series: list[str] = []
    baseline: Settings = {}  # values of levers that differences are taken from
    labels: dict[str, str] = {}  # what pages call levers and uncertainties: "number of bold labs" for n_yolo
    leads_with: str | None = None  # the analysis that answers the question, one of forms.LEADS, instead of its first outcome
    answer: list[Step] = []  # the changes that the answer rests on, the first of them the answer itself
    figure: Figure = Figure()  # of the page about the results; the engine does not look at these three
    table: Table = Table()
    reference: Reference = Reference()

    @classmethod
    def read(cls, source, **changes):
        """A question from where it stands.

        source: the name of a shipped one, a path, or a mapping; changes: keys set anew, such as seeds=20
        Raises BadInput: one sentence that names file, key, value and rule.
        """
        if isinstance(source, cls):
            source = source.plain()
        where, raw = ("question", dict(source)) if isinstance(source, dict) else _read(source)
        raw = _dotted({**raw, **{key: value for key, value in changes.items() if value is not None}})
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            raise BadInput(_sentence(error, where)) from None

    @model_validator(mode="after")
    def _consistent(self):
        if not is_plain(self.name):
            raise ValueError(
                f"name: {self.name[:80]!r} is not allowed, because results lie in a folder of that name; at most {LONGEST} letters, "
                "digits and `-_. `, the first of them a letter or a digit"
            )
        _refuse_twice(self)
        for name, values in self.levers.items():
            if not values:
                raise ValueError(f"levers: {name} has no values")
            if isinstance(values, list) and len(set(values)) < len(values):
                raise ValueError(f"levers: {name} has the same value twice")
            if isinstance(values, dict) and "." in name:
                raise ValueError(f"levers: a lever of named settings has a name without dots, not {name!r}")
        if "design" in self.model_fields_set and not self.uncertainties and self.design.method != "list":
            raise ValueError("design: there are no uncertainties to sample; leave the design out, or name some")
        if self.design.method == "list" and self.uncertainties:
            raise ValueError("design: method = 'list' names its own settings; leave the uncertainties out")
        if self.doubt and (self.uncertainties or self.design.method == "list"):
            raise ValueError("doubt: it draws all that is uncertain; leave the uncertainties and the list of points out, or doubt")
        _check_baseline(self)
        _check_lead(self)
        _check_page(self)
        check_answer(self)
        return self

    def plain(self):
        """As values that JSON can hold and `Question.read` takes back: only what was said, and no design where there is none."""
        return self.model_dump(mode="json", exclude_unset=True)

    @property
    def fingerprint(self):
        """Hash of everything that decides what is run."""
        asked = self.model_dump(mode="json", exclude=_WORDS_ONLY)
        asked["world"] = Path(self.world).name
        if not self.deals:
            del asked["deals"]  # a question without any is the one it was before there were deals
        if not self.doubt:
            del asked["doubt"]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]


_TABLES: dict[str, type[Form]] = {
    "uncertainties": Uncertainty,
    "design": Design,
    "figure": Figure,
    "table": Table,
    "reference": Reference,
    "answer": Step,
}


def shipped():
    """Names of the shipped questions. Raises BadInput if there are none."""
    names = sorted(path.stem for path in SHIPPED.glob("*.toml"))
    if not names:
        raise BadInput(f"{SHIPPED}: holds no questions, so this installation is not whole; install overreach again")
    return names


def _read(source):
    path = _find(str(source))
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput(f"{source}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise BadInput(f"{path.name}: is not valid TOML: {str(error)[:200]}") from None
    if "world" in raw:
        raw["world"] = _world_beside(path, raw["world"])
    return path.name, {"name": plain(path.stem, "question"), **raw}


def _find(text):
    """A name without separator and ending is a shipped question, anything else a path."""
    if re.search(r"[/\\]|\.toml$", text):
        return Path(text)
    if text not in shipped():
        raise BadInput(f"no question is called {text!r}; {nearest(text, shipped())}".removesuffix("; "))
    return SHIPPED / f"{text}.toml"


def _world_beside(path, world):
    """A world given as a path is meant from the folder of the question file."""
    if not isinstance(world, str) or world in shipped_names() or not re.search(r"[/\\]|\.toml$", world):
        return world
    return str((path.parent / world).resolve())


def _dotted(raw):
    """Names written without quotes, `vendor.circular_intensity = [0, 1]`, which TOML reads as tables in tables, as dotted names."""
    ends = {
        "settings": lambda table: False,
        "baseline": lambda table: False,
        "uncertainties": lambda table: bool({"low", "high", "scale"} & table.keys()),
        "levers": lambda table: not _holds_lists(table),
    }
    flat = {key: _flat(value, ends[key]) if key in ends and isinstance(value, dict) else value for key, value in raw.items()}
    levers = flat.get("levers")
    if isinstance(levers, dict):
        flat["levers"] = {name: _inner(value) if isinstance(value, dict) else value for name, value in levers.items()}
    return flat


def _inner(named):
    """The settings behind the names of a lever."""
    return {name: _flat(value, lambda table: False) if isinstance(value, dict) else value for name, value in named.items()}


def _flat(table, is_end, prefix=""):
    found = {}
    for key, value in table.items():
        nested = isinstance(value, dict) and not is_end(value)
        found.update(_flat(value, is_end, f"{prefix}{key}.") if nested else {f"{prefix}{key}": value})
    return found


def _holds_lists(table):
    return any(isinstance(value, list) or (isinstance(value, dict) and _holds_lists(value)) for value in table.values())


def _refuse_twice(question):
    """The same name in two places would leave open which value holds."""
    listed = question.design.points[0] if isinstance(question.design.points, list) else {}
    seen = {}
    places = [("settings", question.settings), ("uncertainties", question.uncertainties), ("design", listed)]
    for name, values in question.levers.items():
        inside = set().union(*values.values()) if isinstance(values, dict) else ()
        places += [(f"levers.{name}", inside), ("levers", [name])]
    for place, names in places:
        for name in names:
            if name in seen:
                raise ValueError(f"{place}: {name} is given twice; it is under {seen[name]} already")
            seen[name] = place


def _check_baseline(question):
    for name, value in question.baseline.items():
        if name not in question.levers:
            raise ValueError(f"baseline: {name} is not a lever; {nearest(name, question.levers)}".removesuffix("; "))
        if value not in question.levers[name]:
            raise ValueError(f"baseline: {value} is not a value of {name}; {nearest(value, question.levers[name])}".removesuffix("; "))


def _check_lead(question):
    """An analysis may lead the page if it exists and the sweep keeps what it is computed from."""
    name = question.leads_with
    if name is None:
        return
    if name not in LEADS:
        raise ValueError(f"leads_with: no analysis is called {name!r}; allowed: {', '.join(LEADS)}")
    missing = [series for series in LEADS[name] if series not in question.series]
    if missing:
        raise ValueError(f"leads_with: {name} is computed from series that are not kept; add {', '.join(missing)} to `series`")
    switches = all(isinstance(values, dict) and set(values) == {"off", "on"} for values in question.levers.values())
    if name == "attribution" and not (question.levers and switches):
        raise ValueError("leads_with: attribution needs levers of two named settings each, off and on, and nothing else")


def _check_page(question):
    """The figure and the table may name only what the question varies and asks for."""
    listed = question.design.points[0] if isinstance(question.design.points, list) else ()
    varied, asked = [*question.levers, *question.uncertainties, *listed], question.outcomes
    places: list = [("labels", question.labels, varied)] + [
        (f"figure: {key}", [name], question.levers if key == "panels" else varied) for key, name in question.figure.axes.items()
    ]
    places += [("figure: outcome", filter(None, [question.figure.outcome]), asked)]
    places += [("table: rows", question.table.rows, question.levers), ("table: outcomes", question.table.outcomes, asked)]
    for place, names, allowed in places:
        for name in names:
            if name not in allowed:
                raise ValueError(f"{place}: unknown name {name!r}; {nearest(name, allowed)}".removesuffix("; "))
    chosen = list(question.figure.axes.values())
    if len(set(chosen)) < len(chosen) or (question.figure.y and not question.figure.x):
        raise ValueError("figure: x, y and panels must be different names, and y needs an x")


def _sentence(error, where):
    """The first complaint of pydantic in our words; a misspelt key before the key it should have been."""
    first = min(error.errors(), key=lambda item: item["type"] != "extra_forbidden")
    path = [str(part) for part in first["loc"] if not _UNION_TAG.match(str(part))]
    place = "".join(f"{part}: " for part in (".".join(path[:-1]),) if part)
    if first["type"] == "extra_forbidden":
        form: type[BaseModel] = _TABLES.get(path[0], Question) if len(path) > 1 else Question
        return f"{where}: {place}unknown key {path[-1]!r}; {nearest(path[-1], form.model_fields)}".removesuffix("; ")
    if len(path) > 1 and path[0] == "levers":
        return f"{where}: levers: {path[1]} must be a list of numbers or texts, or a table of named settings"
    if first["type"] == "missing":
        return f"{where}: {place}{path[-1]} is missing"
    rule = first["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    shown = "" if first["type"] == "value_error" else f"{str(first['input'])[:80]!r} "
    key = f"{path[-1]}: " if path else ""
    return f"{where}: {place}{key}{shown}{rule[:1].lower()}{rule[1:]}"
