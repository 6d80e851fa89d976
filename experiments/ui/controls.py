"""Play, Step and Reset; the quarter reached; and shocks."""

import solara
from mesa.visualization.solara_viz import ModelController

from abm.shocks import SHOCKS
from abm.start.opening import FIRM_KINDS
from experiments.ui.parts import Words

SHOCK_WORDS = {
    "stall": "Stall",
    "breakthrough": "Breakthrough",
    "open_weight": "Open-weight entrant",
    "funding_stop": "Funding stop",
    "rate_shock": "Rate shock",
    "demand_shortfall": "Demand shortfall",
    "stop_training": "Training stop",
    "lone_breakthrough": "Breakthrough of one lab",
    "outage": "Outage of the largest lab",
    "pool_closes": "Largest pool closes",
    "index_exclusion": "Index exclusion",
    "downgrade": "Rating downgrade",
    "useful_life": "Ruling on useful life",
    "site_delay": "Site delays",
    "chip_cut": "Chip supply cut",
}


@solara.component
def Bar(session):
    """What runs, its controls, and what went wrong if anything did."""
    with solara.Div(classes=["bar"]):
        with solara.Div(classes=["controls"]):
            key = f"controller {session.generation.value}"
            ModelController(session.model, model_parameters=session.parameters, **session.pace).key(key)
        with solara.Div(classes=["where"]):
            Reached(session)
            Rewind(session)
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
        Words("Let something happen next quarter:", "span", ["shocks-head"])
        for name, label in SHOCK_WORDS.items():
            with solara.Tooltip(SHOCKS[name].__doc__):
                solara.Button(label, on_click=lambda name=name: session.shock(name), outlined=True, small=True, classes=[f"shock-{name}"])
        Loss(session)
        _ = session.pulse.value
        marks = session.picture.marks
        if marks:
            said = "; ".join(f"{quarter}: {label}" for quarter, label in marks)
            Words(f"{said}. Reset runs the same futures without what was pressed.", "span", ["marks"])


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
    lab, at = session.picture, session.at()

    def go(place):
        if session.laboratory.age > 1:
            session.cursor.set(None if place >= session.laboratory.age - 1 else place)

    with solara.Div(classes=["rewind"]):  # there from the start, so that nothing moves when the run begins
        label = f"Looking at {lab.quarters[at]}" if lab.age else "Back in time"
        solara.SliderInt(label, value=max(at, 0), min=0, max=max(lab.age - 1, 1), on_value=go, disabled=lab.age < 2)
        if session.cursor.value is not None:
            solara.Button("Latest", on_click=lambda: session.cursor.set(None), text=True, small=True, classes=["latest"])
