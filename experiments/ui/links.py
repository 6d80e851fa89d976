"""A link with the settings in it: the query string of the page, read as strictly as the command line, and never evaluated."""

from urllib.parse import parse_qsl, urlencode

from abm.errors import BadInput
from experiments.inputs import Inputs, deal_text, number_or_text, read_deal, read_settings, read_shock
from experiments.ui.dials import checked

LONGEST = 8000  # characters of a query string
MOST_WORLDS, MOST_QUARTERS = 1000, 80  # that a link may ask of a browser session
WHOLE = ("worlds", "quarters", "seed")


def query(inputs, compare=None):
    """The query string of these inputs."""
    parts = [("world", inputs.world), *((name, getattr(inputs, name)) for name in WHOLE)]
    parts += [("set", f"{name}={_text(value)}") for name, value in sorted(inputs.settings.items())]
    parts += [("shock", shock_text(row)) for row in inputs.shocks] + [("deal", deal_text(row)) for row in inputs.deals]
    if compare is not None:
        parts += [("compare", "1"), *(("other", f"{name}={_text(value)}") for name, value in sorted(compare.items()))]
    return urlencode(parts)


def can_carry(inputs):
    """Whether a link can name the world: not one that was brought."""
    return not ("/" in inputs.world or "\\" in inputs.world)


def source(inputs, title):
    """Where a picture comes from, in a line."""
    set_to = "; ".join(f"{name} = {_text(value)}" for name, value in sorted(inputs.settings.items()))
    happens = "; ".join(shock_text(row) for row in inputs.shocks)
    more = "".join(f"; {text}" for text in (set_to, happens) if text)
    return f"Source: Overreach, {title}, {inputs.worlds} futures from seed {inputs.seed}{more}"


def shock_text(row):
    """A shock as `--shock` takes it."""
    values = [f"{key}={_text(value)}" for key, value in row.items() if key not in ("name", "at")]
    return ",".join([f"{row['name']}@{row['at']}", *values])


def _text(value):
    return repr(float(value)) if isinstance(value, int | float) else str(value)


def read_query(text, start):
    """Inputs and the compared settings (or None) that a query string asks for. Raises BadInput.

    start: Inputs that hold for what the string does not say. Worlds are named: a link cannot name a file.
    """
    if len(text or "") > LONGEST:
        raise BadInput(f"the link has more than {LONGEST} characters")
    pairs = parse_qsl(text or "", keep_blank_values=True)
    texts = {"set": [], "other": [], "shock": [], "deal": []}
    single = {}
    for key, value in pairs:
        if key in texts:
            texts[key].append(value)
        elif key in ("world", "compare", *WHOLE):
            single[key] = value
    if not single and not any(texts.values()):
        return start, None
    world = single.get("world", start.world)
    if world != start.world and not world.replace("-", "").isalnum():
        raise BadInput(f"link: world = {world!r} is not the name of a shipped world")
    numbers = {name: _whole(name, single[name]) if name in single else getattr(start, name) for name in WHOLE}
    settings, shocks = read_settings(texts["set"]), tuple(read_shock(row) for row in texts["shock"])
    deals = tuple(read_deal(row) for row in texts["deal"])
    inputs = checked(Inputs(world, numbers["worlds"], numbers["quarters"], numbers["seed"], settings, shocks, deals))
    if "compare" not in single:
        return inputs, None
    other = read_settings(texts["other"])
    checked(Inputs(world, 1, numbers["quarters"], numbers["seed"], other, shocks, deals))
    return inputs, other


def _whole(name, text):
    value = number_or_text(text)
    most = {"worlds": MOST_WORLDS, "quarters": MOST_QUARTERS}.get(name, float("inf"))
    if isinstance(value, str) or value != int(value) or not 0 <= value <= most:
        raise BadInput(f"link: {name} = {text!r} is not allowed; a whole number up to {most:g}")
    return int(value)
