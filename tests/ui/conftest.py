"""One server and one browser for all journeys."""

import pytest

from tests.ui.pages import QUARTERS, WIDE, WORLDS, Visit, chromium, served


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """A server of the archetypes, few worlds, a short horizon."""
    with served("archetypes-2023q1", log=tmp_path_factory.mktemp("ui") / "server.log") as where:
        yield where


@pytest.fixture(scope="session")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture
def visit(browser, address):
    """A session of its own; at its end it must have asked nobody else for anything, and no script may have failed."""
    opened = []

    def go(size=WIDE, shade="light", query=f"?worlds={WORLDS}&quarters={QUARTERS}"):
        opened.append(Visit(browser, address, size, shade, query))
        return opened[-1]

    yield go
    strangers, faults = [each for one in opened for each in one.strangers], [each for one in opened for each in one.faults()]
    for one in opened:
        one.leave()
    assert strangers == []
    assert faults == []
