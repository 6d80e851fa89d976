"""Play, Step and Reset; the quarter reached; shocks; and the dials of the sidebar."""

from functools import partial

import solara
from mesa.visualization.solara_viz import ModelController, UserInputs
from mesa.visualization.user_param import Slider

from abm.errors import BadInput
from abm.shocks import SHOCKS
from abm.start.opening import FIRM_KINDS
from agents.world_files.shipped import shipped_names
from experiments.ui import dials
from experiments.ui.parts import Fold, Words

MOST_WORLDS = 1000
MOST_QUARTERS = 80
SIZES = {  # label, least, most, step
    "worlds": ("Worlds", 10, MOST_WORLDS, 10),
    "quarters": ("Horizon, quarters", 1, MOST_QUARTERS, 1),
    "seed": ("Seed", 0, 100, 1),
}
SHOCK_WORDS = {
    "stall": "Stall",
    "breakthrough": "Breakthrough",
    "open_weight": "Open-weight entrant",
    "funding_stop": "Funding stop",
    "rate_shock": "Rate shock",
    "demand_shortfall": "Demand shortfall",
}


@solara.component
def Bar(session):
    """What runs, its controls, and what went wrong if anything did."""
    with solara.Div(classes=["bar"]):
        with solara.Div(classes=["controls"]):
            key = f"controller {session.generation.value}"
            ModelController(session.model, model_parameters=session.parameters, **session.pace).key(key)
        Reached(session)
        Pending(session)
    Problem(session)


@solara.component
def Reached(session):
    """The quarter reached, for people and for tests."""
    _ = session.beat.value
    lab = session.picture
    quarter = lab.quarters[-1] if lab.age else "opening"
    at = session.at()
    looked = f" · looking at {lab.quarters[at]}" if session.cursor.value is not None and lab.age else ""
    text = f"{quarter} · {lab.age} of {lab.inputs.quarters} quarters · {lab.inputs.worlds} worlds{looked}"
    attributes = {"data-age": str(lab.age), "data-running": str(lab.running).lower()}
    attributes |= {"data-generation": str(session.generation.value), "aria-live": "off"}
    solara.v.Html(tag="span", class_="probe", attributes=attributes, children=[text])


@solara.component
def Pending(session):
    """Says that dials were moved and have not acted yet."""
    if session.pending:
        with solara.Row(classes=["pending"], gap="8px"):
            Words("The dials have moved. They act when you press Reset.", "span")
            solara.Button("Reset with these", on_click=session.reset, color="primary", small=True, classes=["reset-with"])


@solara.component
def Problem(session):
    """A sentence about what went wrong; the page lives."""
    _ = session.pulse.value
    lab = session.picture
    if lab.problem:
        solara.Error(lab.problem, classes=["problem"])
    if session.message.value:
        solara.Warning(session.message.value, classes=["message"])


@solara.component
def Shocks(session):
    """A button per shock; it happens from the next quarter on."""
    with solara.Div(classes=["shocks"]):
        for name, label in SHOCK_WORDS.items():
            with solara.Tooltip(SHOCKS[name].__doc__):
                solara.Button(label, on_click=lambda name=name: session.shock(name), outlined=True, small=True, classes=[f"shock-{name}"])
        Loss(session)
        _ = session.pulse.value
        marks = session.picture.marks
        if marks:
            Words("; ".join(f"{quarter}: {label}" for quarter, label in marks), "span", ["marks"])


@solara.component
def Loss(session):
    """A named firm fails: pick it, and press."""
    firm, set_firm = solara.use_state(None)
    _ = session.beat.value
    main = session.laboratory.main
    names = [name for kind in FIRM_KINDS for name in main.opening.names[kind]] if main else []
    with solara.Row(gap="8px", classes=["loss"]):
        value = firm if firm in names else None
        solara.Select("Firm that fails", value=value, values=names, on_value=set_firm, dense=True, classes=["loss-firm"])
        with solara.Tooltip(SHOCKS["loss"].__doc__):
            solara.Button(
                "Loss",
                on_click=lambda: session.shock("loss", firm=firm),
                disabled=value is None,
                outlined=True,
                small=True,
                classes=["shock-loss"],
            )


@solara.component
def Rewind(session):
    """Back to any quarter, without running anything again."""
    _ = session.pulse.value
    lab = session.picture
    if lab.age < 2:
        return
    at = session.at()

    def go(place):
        session.cursor.set(None if place >= session.laboratory.age - 1 else place)

    with solara.Div(classes=["rewind"]):
        solara.SliderInt(f"Looking at {lab.quarters[at]}", value=at, min=0, max=lab.age - 1, on_value=go)
        if session.cursor.value is not None:
            solara.Button("Latest", on_click=lambda: session.cursor.set(None), text=True, small=True, classes=["latest"])


@solara.component
def Dials(session):
    """World, size and presets; then the groups; then everything else behind a search."""
    inputs = session.inputs.value
    worlds = list(dict.fromkeys([*shipped_names(), inputs.world]))
    solara.Select("World", value=inputs.world, values=worlds, on_value=lambda world: _world(session, world), classes=["dial-world"])
    titles = dials.presets()
    solara.Select("Preset", value=None, values=list(titles), on_value=lambda title: _preset(session, title), classes=["dial-preset"])
    Fold("Worlds, horizon, seed", lambda: Size(session))
    Compare(session)
    if inputs.settings:
        Words("Set: " + "; ".join(f"{name} = {value}" for name, value in inputs.settings.items()), classes=["settings"])
        solara.Button("All back to the world's own", on_click=lambda: session.change(settings={}), text=True, small=True, classes=["clear"])
    try:
        groups = dials.groups(inputs.world)
    except BadInput as error:
        solara.Error(str(error))
        return
    for place, (title, members) in enumerate(groups.items()):
        Fold(title, lambda members=members, title=title: Members(session, title, members), opened=not place).key(f"{title} {inputs.world}")
    Fold("All other parameters", lambda: Search(session))


@solara.component
def Members(session, title, members):
    """The dials of a group."""
    world = session.inputs.value.world
    for dial in members:
        Control(session, dial).key(f"{title} {world} {dial.name}")


@solara.component
def Size(session):
    """How many worlds and quarters, and the seed."""
    inputs = session.inputs.value
    UserInputs({name: Slider(label, getattr(inputs, name), *ends, int) for name, (label, *ends) in SIZES.items()}, partial(resize, session))


def resize(session, name, value):
    """Another number of worlds or quarters, or another seed, unless a slider only says where it stands."""
    if not dials.is_echo(getattr(session.inputs.peek(), name), value, *SIZES[name][1:]):
        session.change(**{name: int(value)})


@solara.component
def Compare(session):
    """Keep the setting that runs now as the second one, on the same seeds."""
    on = session.compare.value is not None

    def turn(wanted):
        session.change(compare=dict(session.laboratory.inputs.settings) if wanted else None)

    solara.Switch(label="Compare with the setting that runs now", value=on, on_value=turn, classes=["compare"])
    if on:
        held = session.compare.value
        Words(
            "Compared with: " + ("; ".join(f"{n} = {v}" for n, v in held.items()) if held else "the world as it is"), classes=["settings"]
        )


@solara.component
def Control(session, dial):
    """One dial: its name, where it stands, and on hover all that is known about it."""
    value = dials.value_of(session.inputs.value.settings, dial)

    with solara.Tooltip(dial.about), solara.Div(classes=["dial", "dial-" + dial.name.replace(".", "-").replace(" ", "-")]):
        Words(f"{dial.label} [{dial.unit}]: {_shown(value)}", "span", ["dial-label"])
        UserInputs({dial.name: _control(dial, value)}, lambda _, chosen: turn(session, dial, chosen))


def turn(session, dial, chosen):
    """Set a dial, unless its slider only says where it stands."""
    settings = session.inputs.peek().settings
    value, wanted = dials.value_of(settings, dial), _typed(dial, chosen)
    if not (_slides(dial, value) and dials.is_echo(value, wanted, dial.low, dial.high, dial.step)):
        session.change(settings=dials.put(settings, dial, wanted))


def _slides(dial, value):
    """Whether a slider shows it."""
    return dial.bounded and value is not None and not isinstance(value, str)


def _control(dial, value):
    if dial.choices:
        return {"type": "Select", "label": "", "value": value, "values": list(dial.choices)}
    if _slides(dial, value):
        kind = int if dial.whole else float
        return Slider("", kind(value), kind(dial.low), kind(dial.high), kind(dial.step), kind)
    return {"type": "InputText", "label": "", "value": "" if value is None else str(value)}


def _typed(dial, chosen):
    if dial.choices:
        return chosen
    try:
        return float(chosen)
    except ValueError:
        return chosen


def _shown(value):
    return f"{value:.4g}" if isinstance(value, int | float) else "" if value is None else str(value)


@solara.component
def Search(session):
    """All other parameters."""
    pattern, set_pattern = solara.use_state("")
    with solara.Div():
        solara.InputText("Part of a name or meaning", value=pattern, on_value=set_pattern, continuous_update=True, classes=["search"])
        found, more = dials.search(session.inputs.value.world, pattern)
        for dial in found:
            Control(session, dial).key(f"search {dial.name}")
        if more:
            Words("There are more; type more of the name.", classes=["hint"])


def _world(session, world):
    if world != session.inputs.peek().world:
        session.change(world=world, settings={}, shocks=(), compare=None)
        session.reset()


def _preset(session, title):
    if title is None:
        return
    try:
        inputs = dials.checked(dials.applied(session.inputs.peek(), dials.presets()[title]))
    except BadInput as error:
        session.message.set(str(error))
        return
    session.change(**{name: getattr(inputs, name) for name in ("world", "quarters", "settings", "shocks", "deals")})
