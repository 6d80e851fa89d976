"""Painting while the worlds move: every painting is of one quarter, however often a quarter is added meanwhile."""

import sys
import threading

import numpy as np
import pytest

solara = pytest.importorskip("solara")

from abm.failure.crisis import Sizes  # noqa: E402
from experiments import app  # noqa: E402
from experiments.inputs import Inputs  # noqa: E402
from experiments.ui.firm_numbers import OF_FIRMS  # noqa: E402
from experiments.ui.futures import running_words  # noqa: E402
from experiments.ui.live_ensemble import Laboratory, Side  # noqa: E402
from experiments.ui.session import TABS, Session, chosen  # noqa: E402
from experiments.ui.worker_pool import FAILING, SHOWN, Reading  # noqa: E402
from tests.units.test_ui_page import eventually, texts  # noqa: E402

PLAYS, WORLDS, QUARTERS = 100, 60, 30


@pytest.fixture(scope="module")
def sides():
    inputs = Inputs("tutorial", WORLDS, QUARTERS)
    return inputs, inputs.opening()


def empty_laboratory(inputs, opening, monkeypatch):
    monkeypatch.setattr(Inputs, "opening", lambda self: opening)
    laboratory = Laboratory(inputs.world, WORLDS, quarters=QUARTERS, compare={}, workers=0, crew=Nobody())
    return laboratory


class Nobody:
    """A crew whose quarters are there at once, so that painting is as often in the middle of one as can be."""

    def __init__(self):
        self.lock, self.begun, self.age = threading.RLock(), None, 0

    def build(self, sides, worlds):
        self.sides, self.firms = sides, {kind: len(sides[0].opening().names[kind]) for kind in FAILING}
        self.lenders = len(sides[0].opening().names["lenders"])
        return 1

    def quarter(self, job, shocks, ahead=False):
        self.age += 1
        numbers = {name: np.full(WORLDS, float(self.age)) for name in SHOWN}
        failed = {kind: np.zeros((WORLDS, firms), dtype=bool) for kind, firms in self.firms.items()}
        before = Sizes(*(np.ones((WORLDS, firms)) for firms in (*self.firms.values(), self.lenders)))
        firms = {key: np.ones((WORLDS, len(self.sides[0].opening().names[key[0]])), dtype=np.float32) for key in OF_FIRMS}
        return [[Reading(numbers, failed, before, np.zeros((WORLDS, self.lenders)), firms) for _ in self.sides]]


@pytest.mark.slow
def test_a_hundred_plays_are_painted_of_one_quarter_each(sides, monkeypatch):
    inputs, opening = sides
    interval, wrong = sys.getswitchinterval(), []
    sys.setswitchinterval(1e-6)  # threads take turns as often as they can
    try:
        for _ in range(PLAYS):
            laboratory = empty_laboratory(inputs, opening, monkeypatch)
            playing = threading.Thread(target=lambda laboratory=laboratory: [laboratory.step() for _ in range(QUARTERS)])
            playing.start()
            while playing.is_alive():
                wrong += inconsistent(laboratory.picture())
            playing.join()
            assert laboratory.age == QUARTERS and not laboratory.problem
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []


def inconsistent(picture):
    """What in a picture is not of one quarter."""
    ages = {side.values(name).shape[1] for side in picture.sides for name in SHOWN} | {side.age for side in picture.sides}
    ages |= {len(picture.quarters)} | {failed.shape[1] for side in picture.sides for failed in side.failed().values()}
    if ages != {picture.age}:
        return [ages]
    if picture.age:
        running_words(picture, -1)  # raises where arrays do not fit together
        chosen(picture.main, "worst")
        last = picture.main.values("sentiment")[:, -1]
        return [] if (last == picture.age).all() else ["a quarter that is half there"]
    return []


def test_a_picture_stays_as_it_is_while_the_worlds_move_on(sides):
    inputs, _ = sides
    laboratory = Laboratory(inputs.world, 3, quarters=4, workers=0)
    laboratory.step()
    before = laboratory.picture()
    held = before.main.values("revenue_total").copy()
    laboratory.step()
    assert (before.age, laboratory.age, before.quarters) == (1, 2, laboratory.quarters[:1])
    assert np.array_equal(before.main.values("revenue_total"), held)
    laboratory.close()


def test_one_painting_shows_one_picture_and_the_next_a_new_one():
    session = Session(Inputs("tutorial", 3, 4), workers=0)
    try:
        first = session.picture
        session.model.peek().step()
        assert session.picture.age in (0, 1)  # until it is painted
        session._paint(True)
        second = session.picture
        assert second is session.picture and second.age == 1 and first.age == 0
    finally:
        session.close()


@pytest.mark.slow
def test_what_could_not_be_drawn_is_drawn_again_by_the_next_generation(monkeypatch):
    made, broken = [], [True]
    monkeypatch.setattr(app, "opened", lambda search: made.append(Session(Inputs("tutorial", 3, 3), workers=0)) or made[-1])

    @solara.component
    def body(session):
        if broken[0]:
            raise ValueError("operands could not be broadcast together")
        solara.Text("drawn at last")

    monkeypatch.setitem(app.BODIES, TABS[0], body)
    box, context = solara.render(solara.AppLayout(children=[app.Page()]), handle_error=False)
    try:
        assert "Futures could not be drawn" in texts(context)
        broken[0] = False
        made[0].reset()
        assert eventually(lambda: "drawn at last" in texts(context) and "could not be drawn" not in texts(context))
    finally:
        context.close()


def test_a_side_is_told_from_what_was_seen_of_it(sides):
    inputs, _ = sides
    side = Side(Inputs("tutorial", 2, 3))
    assert side.seen().age == 0 and side.seen().fallen().tolist() == [0, 0]
