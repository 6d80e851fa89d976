"""The command `overreach ui`: the page on a local server, and what its sessions begin with."""

import json
import os
import warnings
from pathlib import Path
from typing import Annotated

import typer

from abm.errors import BadInput
from experiments.ui.gate import LOCAL, Gate, named

START = "OVERREACH_UI"  # the environment variable in which the server finds what sessions begin with
WORLD, WORLDS, QUARTERS = "industry-2026q3", 200, 40
MOST_PORTS = 65535
QUIET = {
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_KERNEL_CULL_TIMEOUT": "45s",  # a browser that went away without saying so
    "SOLARA_THEME_SHOW_BANNER": "False",
    "REACTON_FAST": "1",  # walks only those parts of the page that changed
}


def ui(
    what: Annotated[str, typer.Argument(metavar="[WORLD | RUN]", help="A starting point, or a run to open again.")] = WORLD,
    host: Annotated[str, typer.Option(help="Address to listen on; anything but 127.0.0.1 lets others in.")] = LOCAL[0],
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8765,
    worlds: Annotated[int, typer.Option(help="How many worlds a session begins with; 0 is 200, or those of the run.")] = 0,
    quarters: Annotated[int, typer.Option(help="How many quarters each; 0 is 40, or those of the run.")] = 0,
    runs: Annotated[Path, typer.Option("--runs", help="Folder of runs.")] = Path("results/runs"),
    allow: Annotated[list[str], typer.Option("--allow", metavar="NAME", help="Another name by which the page may be reached.")] = [],  # noqa: B006
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
):
    """Open the browser page: watch many futures, move the dials, look into any one."""
    if not 1 <= port <= MOST_PORTS:
        raise BadInput(f"--port = {port} is not allowed; a whole number from 1 to {MOST_PORTS}")
    for name in allow:
        named(name)
    inputs = start(what, worlds, quarters, runs)
    _must_be_free(host, port)
    if host not in LOCAL:
        typer.echo(f"overreach: listening on {host}: everybody who can reach this machine can use the page", err=True)
    os.environ[START] = json.dumps(inputs.plain())
    os.environ.update({name: value for name, value in QUIET.items() if name not in os.environ})
    serve(host, port, browser and _has_screen(), allow)


def _must_be_free(host, port):
    """Raises BadInput where nothing can listen."""
    import socket

    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise BadInput(f"--host {host} --port {port}: {error.strerror}; another --port, or stop what listens there") from None


def start(what, worlds=0, quarters=0, runs=Path("results/runs")):
    """What sessions begin with: a world, or the inputs of a stored run. Raises BadInput if it is neither."""
    from agents.world_files.shipped import shipped_names
    from experiments.inputs import Inputs
    from experiments.runs import open_run

    if what in shipped_names() or Path(what).suffix == ".toml" or (Path(what) / "world.toml").is_file():
        found = Inputs(what, worlds or WORLDS, quarters or QUARTERS)
    else:
        try:
            stored = open_run(what, runs).inputs
        except BadInput as error:
            raise BadInput(f"{what!r} is neither a world (see: overreach worlds) nor a run: {error}") from None
        found = Inputs.of({**stored.plain(), "worlds": worlds or min(stored.worlds, WORLDS), "quarters": quarters or stored.quarters})
    found = found.checked()
    found.opening()
    return found


def start_from(text):
    """What the command put into the environment, or the usual world where the page is served without it."""
    from experiments.inputs import Inputs

    return Inputs.of(json.loads(text)) if text else Inputs(WORLD, WORLDS, QUARTERS)


def _has_screen():
    import platform

    return platform.system() != "Linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _page(folder):
    """The page, or what stands in its place where its files are missing, which is said on the terminal too. folder: of its files."""
    from experiments.ui.files import Lacking, fetched, missing

    lacking = fetched(folder, missing(folder))
    if lacking:
        typer.echo(f"overreach: {Lacking(lacking).sentence}", err=True)
        return Lacking(lacking)
    from solara.server.starlette import app

    from experiments.ui.first_screen import FirstScreen

    return FirstScreen(app, lambda: start_from(os.environ.get(START, "")))


def serve(host, port, browser, allow=()):
    """Serve the page until interrupted. allow: other names by which it may be reached."""
    import threading
    import webbrowser

    os.environ["SOLARA_APP"] = "experiments.app"
    import solara.server.settings as settings
    import uvicorn

    from experiments.ui.spare import SPARE

    settings.main.mode = "production"
    settings.telemetry.mixpanel_enable = False
    url = f"http://{host}:{port}"
    typer.echo(f"overreach: the page is at {url} (stop with Ctrl-C)")
    for noise in ("ComponentsView", "Cookies with samesite"):  # of Mesa and Solara, about their own code
        warnings.filterwarnings("ignore", message=rf"(?s).*{noise}")
    if browser:
        threading.Timer(2, webbrowser.open, [url]).start()
    gated = Gate(_page(settings.assets.proxy_cache_dir), host, port, allow)
    SPARE.begin(start_from(os.environ.get(START, "")))
    try:
        uvicorn.run(gated, host=host, port=port, log_level="warning", access_log=False)
    finally:
        SPARE.end()
