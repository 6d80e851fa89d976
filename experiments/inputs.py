"""What a run is made of, and its address: the same inputs and the same code have the same address, and the same results.

Everything a user can get wrong is found here, before anything is written or any process is started.
"""

import hashlib
import json
import math
import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import abm
from abm.clock import Quarter
from abm.errors import BadInput, nearest
from abm.failure.loss import check_firm
from abm.settings import Settings
from abm.shocks import Shock, refuse_extended
from agents.inhabitants import parameters
from agents.world_files.columns import ONE, STATES, STYLES, settable_by_name
from agents.world_files.deals import AddedDeal, with_deals
from agents.world_files.folder import load_world
from experiments.doubt import DOUBTS, NO_DOUBT, doubts_of

MOST_WORLDS, MOST_QUARTERS, LARGEST_SEED = 100_000, 120, 2**63 - 1
ADDRESS_LENGTH = 16  # hexadecimal digits of the address that name a folder
ROOT = Path(abm.__file__).resolve().parents[1]
MODEL, TOOLS = ("abm", "agents"), ("experiments",)  # what decides what happens, and what looks at it


@dataclass(frozen=True)
class Inputs:
    """What a run is made of; `run` takes it, and checks it.

    world: name of a shipped world, or a path; worlds: how many futures, 1 to 100,000; quarters: length of each, 1 to 120;
    seed: of all luck; settings: {public name: value} in the units of `overreach parameters`; shocks: rows such as
    {"name": "stall", "at": "2027Q1"}; deals: rows such as {"tenant": "OpenAI", "owner": "Oracle", "gw": 2, "price": 12,
    "start": "2027Q1"}, price in $bn per GW-year;
    doubt: "own" if every world also draws what is uncertain, see `experiments.doubt`; priors: those of the user, {public name: table}
    """

    world: str
    worlds: int = 1
    quarters: int = 1
    seed: int = 0
    settings: dict = field(default_factory=dict)
    shocks: tuple = ()
    deals: tuple = ()
    doubt: str = NO_DOUBT
    priors: dict = field(default_factory=dict)

    @classmethod
    def of(cls, stored):
        """From what `plain` gave, as a manifest keeps it."""
        return cls(**{**stored, "shocks": tuple(stored["shocks"]), "deals": tuple(stored.get("deals", ()))})

    def plain(self):
        """As plain values, in an order of their own."""
        return {**asdict(self), "settings": dict(sorted(self.settings.items())), "shocks": list(self.shocks), "deals": list(self.deals),
                "priors": dict(sorted(self.priors.items()))}  # fmt: skip

    def checked(self):
        """The same inputs, a path made whole. Raises BadInput for a number that is not allowed."""
        for key, value, low, high in (
            ("--worlds", self.worlds, 1, MOST_WORLDS),
            ("--quarters", self.quarters, 1, MOST_QUARTERS),
            ("--seed", self.seed, 0, LARGEST_SEED),
        ):
            if not low <= value <= high:
                raise BadInput(f"{key} = {value} is not allowed; a whole number from {low} to {high}")
        if self.doubt not in DOUBTS or (self.priors and not self.doubt):
            raise BadInput(f"doubt = {self.doubt!r} is not allowed; 'own' where every world draws, '' without doubt and without priors")
        is_path = re.search(r"[/\\]|\.toml$", self.world)
        return replace(self, world=str(Path(self.world).absolute())) if is_path else self

    def opening(self):
        """The opening of the run, every name and value checked. Raises BadInput."""
        _check_names(self.settings, self.world)
        opening = with_deals(load_world(self.world, dict(sorted(self.settings.items()))), self.read_deals())
        Settings(1, opening.parameters, opening.inhabitants.GROUPS)
        last = opening.start + (self.quarters - 1)
        for shock in self.read_shocks():
            check_firm(shock, opening.names, "--shock")
            if not opening.start <= shock.at <= last:
                raise BadInput(f"--shock {shock.name}: {shock.at} lies outside the run, which goes from {opening.start} to {last}")
        if self.doubt != NO_DOUBT:
            doubts_of(self, opening)
        return opening

    def read_shocks(self):
        """The shocks, read and checked."""
        return tuple(Shock.read(row, "--shock") for row in self.shocks)

    def read_deals(self):
        """The deals, read and checked, but for the names of firms."""
        return tuple(AddedDeal.read(row, "--deal") for row in self.deals)

    def options(self):
        """The words of a command that asks the same of the same world, after the command's own name."""
        parts = [self.world, *(f"--{key}={getattr(self, key)}" for key in ("worlds", "quarters", "seed"))]
        parts += [f"--set={name}={value}" for name, value in self.settings.items()]
        return [*parts, *(f"--shock={shock_text(shock)}" for shock in self.shocks), *(f"--deal={deal_text(deal)}" for deal in self.deals)]

    def address(self, fingerprint):
        """sha256 over all that decides the results. fingerprint: of the world's files."""
        decides = {key: value for key, value in self.plain().items() if key != "world"}
        text = json.dumps({**decides, "fingerprint": fingerprint, "code": code_version()}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def code_version(packages=MODEL):
    """sha256 over the names and bytes of all source files of these packages."""
    digest = hashlib.sha256()
    for path in sorted(path for package in packages for path in (ROOT / package).rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def read_settings(texts, option="--set"):
    """`["lab.risk_appetite=0.9"]` as {name: value}. Raises BadInput, naming the option, for what has another form, or comes twice."""
    values = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.rpartition("="))
        if not equals or not name or not value:
            raise BadInput(f"{option} {text!r} is not of the form name=value")
        if name in values:
            raise BadInput(f"{option} {name} is given twice")
        values[name] = number_or_text(value)
        refuse_infinite(values[name], f"{option} {name}")
    return values


def read_shock(text):
    """`stall@2027Q1,duration=8` as a row {name, at, duration}. Raises BadInput for what has another form."""
    head, *rest = text.split(",")
    name, at_sign, at = (part.strip() for part in head.partition("@"))
    if not at_sign:
        raise BadInput(f"--shock {text!r} is not of the form name@2027Q1 or name@2027Q1,key=value")
    row = {"name": name, "at": at, **read_settings(rest, f"--shock {name}:")}
    try:
        Quarter.parse(at)
    except BadInput as error:
        raise BadInput(f"--shock {name}: {error}") from None
    Shock.read(row, "--shock")
    return row


def shock_text(row):
    """A row of a shock as `read_shock` reads it."""
    values = [f"{key}={value if isinstance(value, str) else f'{value:g}'}" for key, value in row.items() if key not in ("name", "at")]
    return ",".join([f"{row['name']}@{row['at']}", *values])


def changed(inputs, texts, option="--against"):
    """The same run with changes on top. Raises BadInput.

    texts: `NAME=VALUE` sets a number, `NAME@QUARTER,...` is a shock, `LAB,OWNER,...` a deal
    """
    heads = {text: text.split(",") for text in texts}
    shocks = [text for text, head in heads.items() if "@" in head[0]]
    deals = [text for text, head in heads.items() if text not in shocks and len(head) > 1 and "=" not in head[0] + head[1]]
    settings = read_settings([text for text in texts if text not in shocks and text not in deals], option)
    return replace(
        inputs,
        settings={**inputs.settings, **settings},
        shocks=(*inputs.shocks, *map(read_shock, shocks)),
        deals=(*inputs.deals, *map(read_deal, deals)),
    )


def refuse_infinite(value, what):
    """Raises BadInput for a number that is none (nan) or has no end (inf)."""
    if not isinstance(value, str) and not math.isfinite(value):
        raise BadInput(f"{what} = {value} is not a finite number")


def read_deal(text):
    """`OpenAI,Oracle,gw=2,price=12,start=2027Q1` as a row {tenant, owner, gw, ...}. Raises BadInput for what has another form."""
    tenant, owner, *rest = (*(part.strip() for part in text.split(",")), "", "")
    if not tenant or not owner or "=" in tenant + owner:
        raise BadInput(f"--deal {text!r} is not of the form LAB,OWNER,gw=2,price=12,start=2027Q1")
    row = {"tenant": tenant, "owner": owner}
    for part in filter(None, rest):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value:
            raise BadInput(f"--deal {text!r}: {part!r} is not of the form key=value")
        if key in row:
            raise BadInput(f"--deal {text!r}: {key} is given twice")
        row[key] = number_or_text(value)
    AddedDeal.read(row, "--deal")
    return row


def deal_text(row):
    """A row of a deal as `read_deal` reads it."""
    rest = {key: value for key, value in row.items() if key not in ("tenant", "owner")}
    words = [f"{key}={value:.15g}" if isinstance(value, float) else f"{key}={value}" for key, value in rest.items()]
    return ",".join([row["tenant"], row["owner"], *words])


def number_or_text(text):
    """A number where the text is one."""
    try:
        return float(text)
    except ValueError:
        return text


def _check_names(settings, world):
    """Names that are no firm's and no parameter's, and values that are not allowed, so that the message can say where they stood."""
    declared, columns = parameters(), settable_by_name()
    for name, value in settings.items():
        refuse_extended(name, f"--set {name}")
        item = declared.get(name)
        of_firms = name.partition(".")[0] in ONE.values()
        is_known = item or (name in columns or name.count(".") > 1 or name.rpartition(".")[2] in STATES if of_firms else False)
        if not is_known:
            hint = _of_a_firm(name, world) or nearest(name, [*declared, *columns])
            raise BadInput(f"--set {name}: unknown name; {hint}".removesuffix("; "))
        if isinstance(value, str) and value not in STYLES and not (item and item.choices):
            raise BadInput(f"--set {name} = {value!r} is not a number")
        if item and name not in columns:
            item.checked(value, "--set")


def _of_a_firm(name, world):
    """A hint for "OpenAI.risk_appetite", which lacks the kind of firm; "" for any other name."""
    for kind, firms in load_world(world).names.items():
        for firm in firms:
            if name.startswith(f"{firm}."):
                return f"did you mean '{ONE[kind]}.{name}'?"
    return ""
