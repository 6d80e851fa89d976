"""The page's server talks to its own pages at its own address, and to nobody else unless an option names them."""

import asyncio

import pytest
from typer.testing import CliRunner

from abm.errors import BadInput
from experiments.cli import app
from experiments.ui import commands
from experiments.ui.gate import POLICY, REFUSED, Gate, named

PORT = 8765
HERE, THERE = "127.0.0.1:8765", "http://127.0.0.1:8765"


def asked(kind, headers, host="127.0.0.1", names=()):
    """What comes of a request: "through", or what is sent back."""
    sent, seen = [], []

    async def behind(scope, receive, send):
        seen.append("through")

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "headers": [(name.encode(), value.encode()) for name, value in headers]}
    asyncio.run(Gate(behind, host, PORT, names)(scope, None, send))
    return seen[0] if seen else sent[0]


ALLOWED = [
    [("Host", HERE), ("Origin", THERE)],
    [("host", "localhost:8765"), ("origin", "http://localhost:8765")],
    [("host", "[::1]:8765"), ("origin", "http://[::1]:8765")],
    [("host", HERE)],  # no browser, which would say where it comes from
]
REFUSALS = [
    [("host", HERE), ("origin", "http://evil.example")],
    [("host", HERE), ("origin", "http://localhost:3000")],
    [("host", HERE), ("origin", "https://127.0.0.1")],
    [("host", HERE), ("origin", "null")],
    [("host", HERE), ("origin", "")],
    [("host", HERE), ("origin", "http://127.0.0.1:8765.evil.example")],
    [("host", HERE), ("origin", "file://")],
    [("host", HERE), ("origin", THERE), ("origin", "http://evil.example")],
    [("host", "evil.example:8765"), ("origin", "http://evil.example:8765")],  # a name that was pointed here
    [("host", "127.0.0.1:1"), ("origin", "http://127.0.0.1:1")],
    [("host", "127.0.0.1")],
    [("host", HERE), ("host", "evil.example")],
    [("host", "")],
    [("host", "[::1")],
    [("host", "127.0.0.1:x")],
    [],
]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("headers", ALLOWED, ids=str)
def test_its_own_pages_come_through(kind, headers):
    assert asked(kind, headers) == "through"


@pytest.mark.parametrize("headers", REFUSALS, ids=str)
def test_other_origins_and_hosts_are_refused(headers):
    assert asked("http", headers)["status"] == REFUSED
    closed = asked("websocket", headers)
    assert (closed["type"], closed["code"]) == ("websocket.close", POLICY) and "--allow NAME" in closed["reason"]


def test_a_name_that_an_option_allows_comes_through_and_no_other():
    proxied = [("host", "page.example.org"), ("origin", "https://page.example.org")]
    assert asked("websocket", proxied, "0.0.0.0", ["page.example.org"]) == "through"
    assert asked("websocket", proxied, "0.0.0.0") != "through"
    ported = [("host", "page.example.org:8000"), ("origin", "http://page.example.org:8000")]
    assert asked("websocket", ported, names=["page.example.org:8000"]) == "through"
    assert asked("websocket", proxied, names=["page.example.org:8000"]) != "through"
    assert asked("websocket", [("host", "192.0.2.7:8765")], "192.0.2.7") == "through"


def test_the_life_of_the_server_itself_passes():
    assert asked("lifespan", []) == "through"


@pytest.mark.parametrize("name", ["", "*", "http://a", "a/b", "a b", "u@a", "a:x", "[::"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(BadInput, match="--allow .* is not a name"):
        named(name)


def test_the_command_puts_the_gate_before_the_page(monkeypatch):
    pytest.importorskip("solara")
    import uvicorn

    served = []
    monkeypatch.setattr(uvicorn, "run", lambda app, **about: served.append(app))
    monkeypatch.setattr(commands, "_must_be_free", lambda host, port: None)
    for name in ("OVERREACH_UI", "SOLARA_APP", *commands.QUIET):
        monkeypatch.setenv(name, "")
    ran = CliRunner().invoke(app, ["ui", "tutorial", "--no-browser", "--allow", "page.example.org"])
    assert ran.exit_code == 0, ran.output
    assert isinstance(served[0], Gate) and served[0].anywhere == {"page.example.org"}
    assert CliRunner().invoke(app, ["ui", "tutorial", "--no-browser", "--allow", "a/b"]).exit_code == 2
