"""The Mesa browser page: a thousand futures, and any one of them to be opened. Layout and wiring only; `experiments.ui` has the rest.

`overreach ui` serves it. What a session begins with stands in the link, or in the environment, where the command puts it.
"""

import os
from importlib.resources import files

import solara
import solara.lab
from reacton.core import get_render_context

from abm.errors import BadInput
from experiments.ui import links
from experiments.ui.about import About
from experiments.ui.atlas_tab import Atlas
from experiments.ui.commands import START, start_from
from experiments.ui.controls import Bar
from experiments.ui.deal_tab import Deals
from experiments.ui.first_screen import QUESTION
from experiments.ui.futures import Futures
from experiments.ui.parts import Aids, Begin, CopyLink, Dark, Words
from experiments.ui.rail import Dials
from experiments.ui.session import TABS, Session
from experiments.ui.spare import SPARE
from experiments.ui.world_tabs import Firms, Money, Story
from experiments.words import CAVEAT

STYLE = files("experiments.ui").joinpath("layout.css")


def opened(search):
    """The session a browser begins with. search: the query string of its address."""
    start = start_from(os.environ.get(START, ""))
    try:
        inputs, compare = links.read_query(search, start)
    except BadInput as error:
        return Session(start, message=f"The link was not read: {error}")
    return Session(inputs, compare, plays=not search, crew=SPARE.taken())


@solara.component
def Page():
    """The page of one browser."""
    search = solara.use_router().search
    session = solara.use_memo(lambda: opened(search), [])
    session.together = get_render_context()
    solara.use_effect(lambda: session.close, [])
    laboratory = session.laboratory
    solara.use_effect(lambda: session.began(laboratory), [laboratory])
    solara.Title("Overreach")
    solara.Style(STYLE.read_text(encoding="utf-8"))
    Dark(event_seen=session.seen)
    Aids()
    open_dials, set_open_dials = solara.use_state(False)  # on a narrow screen; on a wide one they stand beside
    with solara.Div(classes=["layout"]):
        with solara.Div(classes=["sidebar", "sidebar-open" if open_dials else "sidebar-closed"]):
            Dials(session)
        with solara.Div(classes=["overreach"]):
            Caption(session)
            label = "Hide the dials" if open_dials else "Show the dials"
            solara.Button(label, on_click=lambda: set_open_dials(not open_dials), outlined=True, classes=["open-dials"])
            Bar(session)
            Tabs(session)
            if session.plays:
                Begin()


@solara.component
def Caption(session):
    """The question, which world, what it is not, and the switch between light and dark."""
    lab = session.picture
    with solara.Div(classes=["masthead"]):
        with solara.Div(classes=["asked"]):
            Words(QUESTION, "h1", ["question"])
            if lab.main is not None:
                Words(f"{lab.main.opening.title}. {lab.main.opening.caveat or lab.main.opening.purpose}", classes=["caveat", "world"])
        with solara.Div(classes=["switches"]):
            if lab.main is not None and links.can_carry(lab.inputs):
                CopyLink(query=links.query(lab.inputs, lab.other.inputs.settings if lab.other else None))
            solara.lab.ThemeToggle()
        if lab.main is not None:
            Words(links.source(lab.inputs, lab.main.opening.title), "span", ["source", "unseen"])
            Words(CAVEAT, "span", ["scenario", "unseen"])


@solara.component
def Tabs(session):
    """Only the active tab is drawn."""
    with solara.v.Tabs(v_model=session.tab.value, on_v_model=session.tab.set, show_arrows=True, class_="tabs"):
        for name in TABS:
            solara.v.Tab(children=[name], class_=f"tab-{name.lower().replace(' ', '-')}")
    name = TABS[session.tab.value]
    Guarded(session, name).key(f"{name} {session.generation.value}")


@solara.component
def Guarded(session, name):
    """A tab; what goes wrong while it is drawn is said, and the rest of the page lives."""
    error, clear = solara.use_exception()
    solara.use_effect(lambda: clear() if error is not None else None, [session.generation.value])  # Reset tries again
    if error is not None:
        solara.Error(f"{name} could not be drawn: {type(error).__name__}: {error}", classes=["problem"])
        solara.Button("Try again", on_click=clear)
        return
    if name in BODIES:
        BODIES[name](session)


BODIES = {
    "Futures": Futures,
    "Money": Money,
    "Firms": Firms,
    "Story": Story,
    "Deal desk": Deals,
    "Atlas": Atlas,
    "About": About,
}
