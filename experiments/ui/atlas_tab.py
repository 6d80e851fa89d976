"""The tab of the atlas: committed results as maps; a cell opens its setting in the page."""

from dataclasses import replace

import solara

from abm.errors import BadInput
from experiments.ui import atlas, atlas_charts
from experiments.ui.parts import Chart, Words

CONTOURS = (0.1, 0.5)  # of a chance
LIKELY = ("crisis", "crisis_share", "systemic_event", "systemic_event_share")


@solara.component
def Atlas(session):
    """Choose a question, two levers and an outcome."""
    names = atlas.known()
    name, set_name = solara.use_state("yolo-capacity" if "yolo-capacity" in names else (names or [""])[0])
    if not names:
        Words("There are no committed results here; overreach sweep makes some.", classes=["hint"])
        return
    solara.Select("Question", value=name, values=names, on_value=set_name, classes=["atlas-question"])
    try:
        sheet = atlas.sheet(name)
    except BadInput as error:
        solara.Error(str(error))
        return
    Words(sheet.question, "h2", ["atlas-asks"])
    Sheet(session, sheet).key(f"sheet {name}")


@solara.component
def Sheet(session, sheet):
    """One question's map."""
    levers = list(sheet.levers)
    x, set_x = solara.use_state(levers[-1])
    y, set_y = solara.use_state(levers[0] if len(levers) > 1 else None)
    outcome, set_outcome = solara.use_state(next((name for name in LIKELY if name in sheet.outcomes), sheet.outcomes[0]))
    held, set_held = solara.use_state(sheet.start())
    words = {sheet.words(each): each for each in sheet.outcomes}
    with solara.Div(classes=["desk-form"]):
        solara.Select("Across", value=x, values=levers, on_value=set_x)
        if y is not None:
            solara.Select("Up", value=y, values=levers, on_value=set_y)
        solara.Select("Colour", value=sheet.words(outcome), values=list(words), on_value=lambda text: set_outcome(words[text]))
        for lever in levers:
            if lever not in (x, y):
                put = lambda value, lever=lever: set_held({**held, lever: value})  # noqa: E731
                solara.Select(lever, value=held[lever], values=sheet.levers[lever], on_value=put)
    if x == y:
        Words("Choose two different levers.", classes=["hint"])
        return
    z = atlas.grid(sheet, x, y, outcome, held)
    contours = CONTOURS if atlas.is_chance(outcome) else ()
    ups, up = (sheet.levers[y], y) if y else ([""], "")
    option = atlas_charts.heat(sheet.levers[x], ups, z, x, up, sheet.words(outcome), session.shade.value, contours)
    Chart(option, atlas_charts.READING["heat"], 460, "atlas", on_click=lambda event: clicked(session, sheet, {**held}, x, y, event))
    Words("A click on a cell sets the dials to it and begins again.", classes=["hint"])


def clicked(session, sheet, held, x, y, event):
    """Open the setting of a cell in the page."""
    place = event.get("value") or []
    if len(place) < 2 or event.get("seriesType") not in ("heatmap", "scatter", None):
        return
    chosen = {**held, **{lever: value_at(sheet.levers[lever], at) for lever, at in ((x, place[0]), (y, place[1])) if lever}}
    try:
        inputs = atlas.cell(sheet, chosen)
        inputs = replace(inputs, worlds=session.inputs.peek().worlds, seed=session.inputs.peek().seed)
        inputs.checked().opening()
    except BadInput as error:
        session.message.set(str(error))
        return
    session.open(inputs)


def value_at(values, place):
    """A lever's value where a chart gives its place, or the value itself."""
    return place if place in values else values[int(place)]
