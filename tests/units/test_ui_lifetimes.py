"""How long things of the page live: pictures are skipped but never the last, and nothing of a session outlives it."""

import gc
import json
import threading
import time
import weakref

import numpy as np
import pytest

solara = pytest.importorskip("solara")

from experiments.figures.data import quantiles  # noqa: E402
from experiments.inputs import Inputs  # noqa: E402
from experiments.ui.parts import Chart  # noqa: E402
from experiments.ui.session import Painter, Session  # noqa: E402

WORLD = Inputs("tutorial", 4, 3)
PATIENCE = 20


@pytest.fixture
def sessions():
    made = []

    def make(workers=0):
        made.append(Session(WORLD, workers=workers))
        return made[-1]

    yield make
    for session in made:
        session.close()


def eventually(claim):
    end = time.monotonic() + PATIENCE
    while not claim() and time.monotonic() < end:
        time.sleep(0.02)
    return claim()


def test_many_wishes_for_a_picture_become_few_and_the_last_state_is_painted():
    state, painted, free = [0], [], threading.Event()

    def paint(whole):
        painted.append((state[0], whole))
        free.wait(PATIENCE)

    painter = Painter(paint)
    painter.ask()
    assert eventually(lambda: painted == [(0, True)])
    for state[0] in range(1, 51):
        painter.ask()
    free.set()
    assert eventually(lambda: painted[-1] == (50, True))
    painter.stop()
    painter._thread.join(PATIENCE)
    assert painted == [(0, True), (50, False), (50, True)] and not painter._thread.is_alive()


def test_of_many_pictures_in_a_row_most_are_of_the_fan_alone_and_a_wish_for_all_of_it_is_met_at_once(monkeypatch):
    monkeypatch.setattr("experiments.ui.session.FRAME", 0)
    monkeypatch.setattr("experiments.ui.session.CALM", PATIENCE)
    painted = []
    painter = Painter(painted.append)
    for number in range(1, 9):
        painter.ask()
        assert eventually(lambda: len(painted) == number)  # noqa: B023 (asked at once)
    assert painted == [True, False, False, False, True, False, False, False]
    painter.ask()
    assert eventually(lambda: len(painted) == 9)
    painter.ask(whole=True)
    assert eventually(lambda: len(painted) == 10)
    painter.stop()
    assert painted[8:] == [True, True]


@pytest.mark.slow
def test_play_ends_at_the_horizon_and_asks_the_workers_for_nothing_more(sessions):
    laboratory = sessions().laboratory
    while laboratory.running:
        laboratory.step()
    asked = []
    laboratory.crew.quarter = lambda *order: asked.append(order)
    laboratory.step()
    assert (laboratory.age, asked) == (3, [])


@pytest.mark.slow
def test_closing_a_session_ends_its_worker_processes_and_its_play(sessions):
    session = sessions(workers=2)
    session.laboratory.step()
    processes = [hand.process for hand in session.crew.hands]
    assert all(process.is_alive() for process in processes)
    session.close()
    session.laboratory.step()
    assert not any(process.is_alive() for process in processes) and session.laboratory.age == 1


@pytest.mark.slow
def test_nothing_is_shared_between_two_sessions(sessions):
    one, two = sessions(), sessions()
    one.laboratory.step()
    one.change(settings={"cone.width": 1.5})
    one.pick(2)
    assert (two.laboratory.age, two.inputs.peek().settings, two.picked.peek()) == (0, {}, None)
    assert one.crew.hands[0].lot is not two.crew.hands[0].lot


@pytest.mark.slow
def test_a_laboratory_that_reset_replaced_is_not_kept(sessions):
    session = sessions()
    session.laboratory.step()
    before = weakref.ref(session.laboratory)
    industries = [weakref.ref(industry) for industry in session.crew.hands[0].lot.industries]
    session.model.peek().close()  # the page does so once the next one is on it
    session.reset()
    assert eventually(lambda: gc.collect() >= 0 and before() is None and all(industry() is None for industry in industries))


def test_a_chart_travels_as_text():
    option = {"series": [{"name": "a", "data": [[0, 1.5]]}]}
    element = Chart(option, "how to read it", name="fan")
    assert json.loads(element.args[0]) == option


def test_quantiles_leave_out_worlds_without_a_number_and_are_nan_where_none_has_one():
    values = np.array([[1.0, 1.0, np.nan], [2.0, np.nan, np.nan], [3.0, 3.0, np.inf]])
    assert np.array_equal(quantiles(values, (0.5, 1.0)), [[2.0, 2.0, np.nan], [3.0, 3.0, np.nan]], equal_nan=True)
    assert np.isnan(quantiles(np.zeros((0, 2)))).all()


def longer(session):
    session.change(quarters=6)
    session.reset()
    return session.laboratory


@pytest.mark.slow
def test_workers_that_run_ahead_during_play_change_nothing_but_when_a_shock_can_begin(sessions, monkeypatch):
    monkeypatch.setattr("experiments.ui.live_ensemble.BRISK", 1e9)  # all but the first step are steps of Play
    playing, stepping = longer(sessions(workers=2)), longer(sessions())
    for laboratory in (playing, playing, stepping, stepping, stepping):
        laboratory.step()
    assert playing.age == 2 and playing.crew.begun is not None
    assert stepping.age == 3 and stepping.crew.begun is None
    key = ("labs", "revenue")
    assert playing.panel([key])[key].shape[1] == 2
    assert playing.shock("stall")["at"] == stepping.shock("stall")["at"] == str(playing.main.opening.start + 3)
    for laboratory in (playing, playing, playing, playing, stepping, stepping, stepping):
        laboratory.step()
    assert playing.age == stepping.age == 6
    for name in ("revenue_total", "order_circularity"):
        assert np.array_equal(playing.main.values(name), stepping.main.values(name))
