"""What a reverse stress test turns: a value of a shock, a parameter, or a number of firms, read by the name under which it is set."""

from typing import NamedTuple

from abm.errors import BadInput, nearest


class Lever(NamedTuple):
    """What is turned: value `key` of a shock at a quarter, or where `shock` is empty a parameter or a number of firms; sizes from low to
    high, whole numbers only where `whole`."""

    shock: str
    key: str
    at: object
    low: float
    high: float
    unit: str
    meaning: str
    whole: bool = False

    @property
    def name(self):
        """How a user writes it."""
        return f"{self.shock}.{self.key}" if self.shock else self.key


def read_lever(text, at=None, low=None, high=None, names=None):
    """A lever by name: a shock ("demand_shortfall", "open_weight.density") with its quarter, or anything that --set takes: a parameter
    ("cone.width") or a number of all firms of a kind or of one ("lab.risk_appetite", "lab.OpenAI.risk_appetite").

    low, high: the smallest and the largest size; by default nothing, or the least allowed, up to the most allowed; names: of the world's
    firms, by kind. Raises BadInput for an unknown name or a size that is not allowed.
    """
    from abm.shocks import SHOCKS

    shock, _, key = text.partition(".")
    item, when, is_shock = None, None, shock in SHOCKS
    if is_shock:
        key = key or next(iter(SHOCKS[shock].declared()), "")
        item, when = _value_of_shock(shock, key, at)
    else:
        item, shock, key = _setting(text, names or {}), "", text
    low, high = max(0, item.low) if low is None else low, item.high if high is None else high
    for size in (low, high):
        if is_shock or hasattr(item, "text"):
            item.checked(size, "lever")
        else:
            item.checked(size, f"lever {text}")
    if low == high:
        raise BadInput(f"lever: the smallest and the largest size of {text} are both {low:g}")
    return Lever(shock, key, when, float(low), float(high), item.unit, item.meaning, getattr(item, "structural", False))


def _value_of_shock(shock, key, at):
    """The declaration of a shock's value, and the quarter. Raises BadInput."""
    from abm.clock import Quarter
    from abm.shocks import SHOCKS

    declared = SHOCKS[shock].declared()
    if key not in declared:
        raise BadInput(f"lever: {shock} has no size {key!r}; {nearest(key, declared)}".removesuffix("; "))
    if declared[key].text:
        raise BadInput(f"lever: {shock}.{key} is a name, and has no size to turn")
    if at is None:
        raise BadInput(f"lever: {shock} needs a quarter, such as --at 2027Q1")
    return declared[key], at if isinstance(at, Quarter) else Quarter.parse(at, "--at: ")


def _setting(text, names):
    """The declaration of a parameter or of a number of firms. Raises BadInput."""
    from abm.shocks import SHOCKS
    from agents.inhabitants import parameters
    from agents.world_files.columns import ONE, settable, settable_by_name

    if text in parameters():
        if parameters()[text].choices:
            raise BadInput(f"lever: {text} is a choice between {', '.join(parameters()[text].choices)}, and has no size to turn")
        return parameters()[text]
    columns = {name: item for name, (_, item) in settable_by_name().items()}
    prefix, _, rest = text.partition(".")
    for kind in ONE:
        for firm in names.get(kind, ()):
            if prefix == ONE[kind] and rest.startswith(f"{firm}."):
                columns |= {f"{prefix}.{firm}.{key}": item for key, item in settable(kind).items()}
            if text.startswith(f"{firm}."):
                raise BadInput(f"lever: no shock and no parameter is called {text!r}; did you mean '{ONE[kind]}.{text}'?")
    if text not in columns:
        hint = nearest(text, [*SHOCKS, *parameters(), *columns])
        raise BadInput(f"lever: no shock and no parameter is called {text!r}; {hint}".removesuffix("; "))
    return columns[text]
