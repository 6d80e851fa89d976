"""The dials: every declared number as a control with name, unit, bounds, default and source, in groups; and presets.

Nothing here is written by hand but which numbers stand in which group: the rest comes from the declarations, and presets from
the shipped questions. A setting is {public name: value}, as with `--set`.
"""

import functools
from dataclasses import dataclass, replace

import numpy as np

from abm.errors import BadInput
from agents.world_files.columns import COLUMNS, KINDS, ONE
from agents.world_files.folder import load_world
from experiments.declarations import declarations
from experiments.engine.cases import DEAL, SHOCK, resolved
from experiments.engine.question import NEVER, Question, shipped
from experiments.inputs import Inputs

STEPS = 100  # positions of a slider whose number is not whole, about
ROUND_STEPS, SLACK = (1, 2, 5, 10), 0.1  # how far it moves: round numbers, or almost as far as the range asks
APPETITE = "risk_appetite"
GROUPS = {
    "Risk appetite": ("lab.risk_appetite",),
    "Circular finance": (
        *("vendor.circular_intensity", "lab.down_payment", "vendor.finance_share", "vendor.finance_cap"),
        *("lab.prepaid_years", "lab.covered"),
    ),
    "Depreciation life": ("cloud.accounting_life", "policy.accounting_life_cap", "technology.obsolescence"),
    "Build lag": ("cloud.build_lag", "cloud.contract_term"),
    "Cone width": ("cone.width", "cone.believed_width", "cone.annual_spread", "cone.stall_belief"),
    "Funding": (
        *("investor.multiple", "investor.market_share", "investor.rescue_limit", "lender.rate", "lender.loan_to_value"),
        *("lab.funded_quarters", "cloud.loan_to_value"),
    ),
    "Policy": (
        *("lab.coverage_rule", "cloud.concentration_limit", "lender.borrower_limit", "lender.tenant_limit"),
        *("vendor.finance_cap", "sentiment.disclosure", "policy.compliance_cost", "policy.stop_training"),
    ),
}
CAUTIOUS, BOLD = 0.1, 0.9
PLAIN_PRESETS = {
    "Cautious, and nobody finances his own customers": {"lab.risk_appetite": CAUTIOUS, "vendor.circular_intensity": 0.0},
    "Cautious, with circular finance": {"lab.risk_appetite": CAUTIOUS, "vendor.circular_intensity": 1.0},
    "Bold, and nobody finances his own customers": {"lab.risk_appetite": BOLD, "vendor.circular_intensity": 0.0},
    "Bold, with circular finance": {"lab.risk_appetite": BOLD, "vendor.circular_intensity": 1.0},
}


@dataclass(frozen=True)
class Dial:
    """One number that can be set; value: what this world starts from; low, high: None without a bound."""

    name: str
    label: str
    value: object
    unit: str
    low: float | None
    high: float | None
    whole: bool
    choices: tuple
    source: str
    meaning: str

    @property
    def step(self):
        """How far a slider moves at a time."""
        if self.whole:
            return 1
        raw = (self.high - self.low) / STEPS
        ten = 10.0 ** np.floor(np.log10(raw))
        return float(f"{ten * next(step for step in ROUND_STEPS if step * ten >= raw * (1 - SLACK)):.6g}")

    @property
    def bounded(self):
        """Whether a slider can show it."""
        return self.low is not None and self.high is not None and not self.choices

    @property
    def about(self):
        """Everything known about it, for whoever points at it."""
        allowed = ", ".join(self.choices) if self.choices else f"{_said(self.low)} to {_said(self.high)}"
        return f"{self.name}: {self.meaning}. {self.unit}; {allowed}; here {_said(self.value)}; source: {self.source}."


def _said(value):
    if value is None:
        return "any"
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)


@functools.lru_cache(maxsize=8)
def dials(world):
    """{public name: Dial} of a world: all parameters, firms' columns for all of a kind, and each lab's appetite. Raises BadInput."""
    opening = load_world(world)
    found = {}
    for row in declarations(given=opening.parameters):
        kind, value = _kind(row.name), row.value
        if kind:
            value = _common(opening.columns[kind].get(row.name.partition(".")[2]))
        choices = row.low if isinstance(row.low, tuple) else ()
        low, high = (None if choices or bound is None or not np.isfinite(bound) else float(bound) for bound in (row.low, row.high))
        found[row.name] = Dial(row.name, row.meaning, value, row.unit, low, high, _whole(row.name), choices, row.source, row.meaning)
    everybody = f"lab.{APPETITE}"
    each = _appetites(opening, found[everybody])
    middle = _common([dial.value for dial in each.values()] or None)  # where they are read off commitments, not what the column says
    found[everybody] = replace(found[everybody], label="all labs", value=found[everybody].value if middle is None else round(middle, 2))
    return {**found, **each}


def _kind(name):
    """The kind of firm whose column a name is, or None for a parameter."""
    one, _, rest = name.partition(".")
    return next((kind for kind in KINDS if ONE[kind] == one and rest in COLUMNS[kind]), None)


def _common(values):
    """What most firms have, so that a slider for all stands somewhere."""
    if values is None:
        return None
    values = np.asarray(values, dtype=float)
    return float(np.median(values[np.isfinite(values)])) if np.isfinite(values).any() else None


def _whole(name):
    from experiments.engine.cases import is_whole

    return is_whole(name)


def _appetites(opening, general):
    """A dial per lab, at the appetite by which it decides in this world."""
    labs = opening.columns["labs"]
    living = [(name, rho) for name, rho, alive in zip(opening.names["labs"], labs["risk_appetite"], labs["alive"], strict=True) if alive]
    return {
        f"lab.{name}.{APPETITE}": replace(general, name=f"lab.{name}.{APPETITE}", label=name, value=round(float(rho), 2))
        for name, rho in living
    }


def groups(world):
    """{title: dials}, the page's own groups; each lab's appetite under the first."""
    known = dials(world)
    found = {title: [known[name] for name in names if name in known] for title, names in GROUPS.items()}
    found["Risk appetite"] += [dial for name, dial in known.items() if name.endswith(f".{APPETITE}") and name.count(".") > 1]
    return found


def search(world, pattern, most=12):
    """Dials whose name or meaning contains a text, and whether there are more."""
    text = pattern.strip().lower()
    hits = [dial for dial in dials(world).values() if text in dial.name.lower() or text in dial.meaning.lower()] if text else []
    return hits[:most], len(hits) > most


def value_of(settings, dial):
    """Where a dial stands: as set for itself, for all of its kind, or as the world has it."""
    general = f"lab.{APPETITE}" if dial.name.endswith(f".{APPETITE}") and dial.name.startswith("lab.") else dial.name
    return settings.get(dial.name, settings.get(general, dial.value))


def is_echo(value, chosen, low, high, step):
    """Whether a slider only says where it stands: it puts a number on its grid and within its ends, and sends that back unasked."""
    return abs(chosen - min(max(value, low), high)) <= step * (1 + SLACK**6) / 2


def put(settings, dial, value):
    """Settings with one number set; a dial back where it stands without a setting of its own is none."""
    changed = {name: kept for name, kept in settings.items() if name != dial.name}
    return changed if value == value_of(changed, dial) else {**changed, dial.name: value}


@functools.cache
def presets():
    """{title: Inputs or plain settings}: the four corners of the argument, then every lever's points of the shipped questions."""
    found = dict(PLAIN_PRESETS)
    for name in shipped():
        question = Question.read(name)
        for lever, points in question.levers.items():
            for label, chosen in _points(lever, points):
                inputs = _inputs(question, chosen)
                if inputs is not None:
                    found[f"{name}: {label}"] = inputs
    return found


def _points(lever, points):
    if isinstance(points, dict):
        return [(f"{lever} {label}" if label.isdigit() else label, chosen) for label, chosen in points.items()]
    return [(f"{lever} = {_said(value)}", {lever: value}) for value in points]


def _inputs(question, chosen):
    """A point of a question as inputs; None for a point at which the question itself has nothing to run."""
    return of_settings(resolved(question, chosen))


def of_settings(settings):
    """Inputs of a design point's settings: world, quarters, shocks and deals taken apart. None where a shock has no date."""
    shocks, deals = _rows(settings, SHOCK), _rows(settings, DEAL)
    own = {name: value for name, value in settings.items() if name not in ("world", "quarters") and not name.startswith((SHOCK, DEAL))}
    if any(row.get("at") in (None, NEVER) for row in shocks):
        return None
    return Inputs(str(settings["world"]), 1, int(settings["quarters"]), 0, own, tuple(shocks), tuple(deals))


def _rows(settings, prefix):
    """The shocks or deals among settings, as rows."""
    rows = {}
    for name, value in settings.items():
        if name.startswith(prefix):
            label, _, key = name.removeprefix(prefix).rpartition(".")
            rows.setdefault(label, {})[key] = value
    return list(rows.values())


def applied(inputs, preset):
    """Inputs with a preset: its settings, and its world, horizon, shocks and deals where it brings them."""
    if isinstance(preset, dict):
        return replace(inputs, settings={**_without_appetites(inputs.settings), **preset})
    happens = {"shocks": preset.shocks, "deals": preset.deals}
    return replace(inputs, world=preset.world, quarters=preset.quarters, settings=dict(preset.settings), **happens)


def _without_appetites(settings):
    """A lab's own appetite would win over that of all labs."""
    return {name: value for name, value in settings.items() if not (name.startswith("lab.") and name.endswith(f".{APPETITE}"))}


def checked(inputs):
    """The same inputs if they can be run; raises BadInput."""
    if not np.isfinite([value for value in inputs.settings.values() if not isinstance(value, str)]).all():
        raise BadInput("--set: a value is not a finite number")
    inputs.checked().opening()
    return inputs
