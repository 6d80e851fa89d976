"""The page in this process: it is drawn, plays, refuses and recovers, without a browser."""

import time

import ipyvuetify
import ipywidgets
import pytest

solara = pytest.importorskip("solara")

from experiments import app  # noqa: E402
from experiments.inputs import Inputs  # noqa: E402
from experiments.ui.session import TABS, Session, chosen  # noqa: E402
from tests.marks import mostly_slow  # noqa: E402

WORLD = Inputs("tutorial", 6, 3)
SEEN = {
    "Futures": "the industry has been in crisis in",
    "Money": "The largest as a table",
    "Firms": "Everything the Mesa agent knows",
    "Story": "as its books tell it",
    "Deal desk": "be met",
    "Atlas": "A click on a cell",
    "About": "What to try",
}


@pytest.fixture
def page(monkeypatch):
    """A drawn page of a session in this process: (session, its render context)."""
    made = []

    def opened(search):
        made.append(Session(WORLD, workers=0))
        return made[-1]

    monkeypatch.setattr(app, "opened", opened)
    box, context = solara.render(solara.AppLayout(children=[app.Page()]), handle_error=False)
    yield made[0], context
    context.close()


def widgets(context):
    """All widgets of the page, from its root."""
    waiting, found = list(context.find(ipywidgets.Widget).widgets), []
    while waiting:
        widget = waiting.pop()
        if isinstance(widget, ipywidgets.Widget):
            found.append(widget)
            slots = [slot.get("children", []) for slot in getattr(widget, "v_slots", None) or []]
            parts = [*(getattr(widget, "children", None) or []), *slots]
            waiting += [each for part in parts for each in (part if isinstance(part, list) else [part])]
    return found


def press(context, label):
    next(widget for widget in widgets(context) if isinstance(widget, ipyvuetify.Btn) and label in widget.children).click()


def texts(context):
    return " ".join(
        str(child) for widget in widgets(context) for child in getattr(widget, "children", None) or [] if isinstance(child, str)
    )


def eventually(claim, seconds=20):
    """The page is painted in a thread of its own: a claim may take a moment to hold."""
    end = time.monotonic() + seconds
    while not claim() and time.monotonic() < end:
        time.sleep(0.05)
    return claim()


def test_a_step_moves_the_worlds_and_the_page_says_so(page):
    session, context = page
    assert "opening · 0 of 3 quarters · 6 worlds" in texts(context)
    press(context, "Step")
    assert session.laboratory.age == 1
    assert eventually(lambda: "2026Q1 · 1 of 3 quarters" in texts(context))


@pytest.mark.slow
@pytest.mark.parametrize("tab", mostly_slow(TABS, ("Futures", "Money", "Firms")))
def test_every_tab_is_drawn_before_the_first_quarter_and_after(page, tab):
    session, context = page
    session.show(tab)
    session.laboratory.step()
    session.laboratory.step()
    session.firm.set(session.laboratory.main.opening.names["labs"][0])  # else the tab shows all firms in a table of its own
    session.pick("worst")
    session.glass.catch_up(session.laboratory.inputs, session.picked.peek(), 2)
    session.painter.ask()
    assert eventually(lambda: SEEN[tab] in texts(context)), texts(context)[-500:]
    assert "could not be drawn" not in texts(context)


def test_dials_act_on_reset_and_not_before(page):
    session, context = page
    session.change(settings={"cone.width": 1.5})
    assert session.laboratory.inputs.settings == {} and session.pending
    assert eventually(lambda: "The dials have moved. They act when you press Reset." in texts(context))
    press(context, "Reset")
    assert session.laboratory.inputs.settings == {"cone.width": 1.5} and not session.pending


@pytest.mark.slow
def test_a_shock_at_the_horizon_is_refused_in_words_and_the_page_lives(page):
    session, context = page
    for _ in range(3):
        session.laboratory.step()
    session.shock("stall")
    assert "no quarter is left" in session.message.peek()
    press(context, "Reset")
    assert session.laboratory.age == 0
    assert eventually(lambda: session.message.peek() == "")


@pytest.mark.slow
def test_wrong_settings_are_said_on_the_page_and_reset_recovers(page):
    session, context = page
    session.change(settings={"cone.width": 99.0})
    session.reset()
    assert "cone.width" in session.laboratory.problem
    session.change(settings={})
    session.reset()
    assert session.laboratory.problem == "" and session.laboratory.running


def test_the_cursor_goes_back_without_a_step(page):
    session, _ = page
    session.laboratory.step()
    session.laboratory.step()
    session.cursor.set(0)
    assert (session.at(), session.laboratory.age) == (0, 2)


def test_the_worst_world_lost_most_firms_and_the_best_least():
    session = Session(WORLD, workers=0)
    for _ in range(3):
        session.laboratory.step()
    fallen = session.laboratory.main.fallen()
    worst, best = (fallen[chosen(session.laboratory.main, how)] for how in ("worst", "best"))
    session.close()
    assert worst == fallen.max() and best == fallen.min()


def test_closing_a_session_ends_its_threads_and_its_worlds():
    session = Session(WORLD, workers=0)
    session.laboratory.step()
    laboratory = session.laboratory
    session.look()
    session.close()
    session.painter._thread.join(5)
    assert not session.painter._thread.is_alive() and not laboratory.running
    laboratory.step()
    assert laboratory.age == 1
