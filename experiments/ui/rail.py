"""The rail beside the picture: the world, the five dials that matter, a comparison, and more for whoever wants it."""

import functools
from functools import partial

import solara
from mesa.visualization.solara_viz import UserInputs
from mesa.visualization.user_param import Slider

from abm.errors import BadInput
from agents.world_files.folder import load_world
from agents.world_files.shipped import shipped_names
from experiments.ui import dials, main_dials
from experiments.ui.parts import Fold, Words

MOST_WORLDS = 1000
MOST_QUARTERS = 80
SIZES = {  # label, least, most, step
    "worlds": ("Worlds", 10, MOST_WORLDS, 10),
    "quarters": ("Horizon, quarters", 1, MOST_QUARTERS, 1),
    "seed": ("Seed", 0, 100, 1),
}


@solara.component
def Dials(session):
    """The world by its title, the five dials, a comparison; presets, sizes, groups and the search under "More"."""
    inputs = session.inputs.value
    try:
        named = titles(inputs.world)
        found = main_dials.main_dials(inputs.world)
    except BadInput as error:
        solara.Error(str(error))
        return
    held = next(title for title, world in named.items() if world == inputs.world)
    solara.Select("World", value=held, values=list(named), on_value=lambda title: _world(session, named[title]), classes=["dial-world"])
    top = main_dials.highest(found)
    for main in found:
        Main(session, main, top).key(f"main {inputs.world} {main.dial.name}")
    Compare(session)
    if inputs.settings:
        Words("Set: " + "; ".join(f"{name} = {_shown(value)}" for name, value in inputs.settings.items()), classes=["settings"])
        solara.Button("All back to the world's own", on_click=lambda: session.change(settings={}), text=True, small=True, classes=["clear"])
    Fold("More dials and presets", lambda: More(session), name="more")


def titles(world):
    """{title: name} of the shipped worlds, and of this one."""
    return {_title(each): each for each in dict.fromkeys([*shipped_names(), world])}


@functools.lru_cache(maxsize=32)
def _title(world):
    return load_world(world).title


@solara.component
def Main(session, main, top):
    """One of the five: its question, where it stands, its small picture and its slider. top: odds at the upper edge of the picture."""
    value = dials.value_of(session.inputs.value.settings, main.dial)
    about = f"{main_dials.sentence(main)} Plausible: {main.said(main.low)} to {main.said(main.high)}. {main.dial.about}"
    with solara.Tooltip(about), solara.Div(classes=["main-dial", "dial", "main-" + main.dial.name.replace(".", "-")]):
        with solara.Div(classes=["asked-of"]):
            Words(main.asked.question, "span", ["dial-question"])
            Words(main.said(value), "span", ["dial-value"])
        solara.HTML(tag="div", classes=["dial-picture"], unsafe_innerHTML=main_dials.picture(main, top))
        UserInputs({main.dial.name: _control(main.dial, value, main.asked.question)}, lambda _, chosen: turn(session, main.dial, chosen))
        with solara.Div(classes=["dial-ends"]):
            for text in (main.asked.low, main_dials.short(main), main.asked.high):
                Words(text, "span")


@solara.component
def More(session):
    """Presets, sizes, and every other number: in groups, or by a search."""
    chosen = dials.presets()
    solara.Select("Preset", value=None, values=list(chosen), on_value=lambda title: _preset(session, title), classes=["dial-preset"])
    Fold("Worlds, horizon, seed", lambda: Size(session))
    world = session.inputs.value.world
    for title, members in dials.groups(world).items():
        Fold(title, lambda members=members, title=title: Members(session, title, members)).key(f"{title} {world}")
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
        UserInputs({dial.name: _control(dial, value, dial.label)}, lambda _, chosen: turn(session, dial, chosen))


def turn(session, dial, chosen):
    """Set a dial, unless its slider only says where it stands."""
    settings = session.inputs.peek().settings
    value, wanted = dials.value_of(settings, dial), _typed(dial, chosen)
    if not (_slides(dial, value) and dials.is_echo(value, wanted, dial.low, dial.high, dial.step)):
        session.change(settings=dials.put(settings, dial, wanted))


def _slides(dial, value):
    """Whether a slider shows it."""
    return dial.bounded and value is not None and not isinstance(value, str)


def _control(dial, value, name):
    if dial.choices:
        return {"type": "Select", "label": name, "value": value, "values": list(dial.choices)}
    if _slides(dial, value):
        kind = int if dial.whole else float
        return Slider(name, kind(value), kind(dial.low), kind(dial.high), kind(dial.step), kind)
    return {"type": "InputText", "label": name, "value": "" if value is None else str(value)}


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
