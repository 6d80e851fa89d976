"""The page's own files: which ones it needs, whether they are here, and what is said in plain HTML where they are not.

They come with the package `solara-assets`. Where one is missing, the network is asked once, before the page is served.
"""

import re
import urllib.request
from html import escape
from importlib.metadata import version
from importlib.resources import files

CHARTS = "echarts@5.4.0/dist/echarts.js"  # as figure.vue asks for it
PATIENCE = 5  # s until the network counts as not there
PACKAGE = "solara-assets"
UNAVAILABLE = 503
TITLE = "<title>Overreach: files are missing</title>"
_ASKED = re.compile(r"\{\{ *cdn *\}\}/([^\"]+)")
_OTHER = re.compile(r"vuetify3|\{\{ *assets|(?<!\.min)\.js$")  # of another generation of the toolkit, and scripts for developers


def needed():
    """Paths of the files without which the page stays white, below the folder of files."""
    template = files("solara.server").joinpath("templates/solara.html.j2").read_text(encoding="utf-8")
    major = version("ipywidgets").partition(".")[0]
    asked = [re.sub(r"\{\{ *ipywidget_major_version *\}\}", major, path) for path in _ASKED.findall(template)]
    return [*dict.fromkeys(path for path in asked if path.startswith("requirejs") or not _OTHER.search(path)), CHARTS]


def missing(folder):
    """Those of them that are not there."""
    return [path for path in needed() if not (folder / path).is_file()]


def fetched(folder, paths):
    """Ask the network for these files and keep them; gives those that it did not bring."""
    from solara.server.cdn_helper import get_cdn_url, put_in_cache

    left = list(paths)
    for path in paths:
        try:
            with urllib.request.urlopen(get_cdn_url(path), timeout=PATIENCE) as answer:
                put_in_cache(folder, path, answer.read())
        except OSError:
            return left  # no network, or nothing may be written: the others would only take as long
        left.remove(path)
    return left


class Lacking:
    """An ASGI application in the place of the page: one sentence of plain HTML that says which files are missing."""

    def __init__(self, paths):
        self.paths = list(paths)

    @property
    def sentence(self):
        """What is missing, and what to do."""
        return (
            f"The page cannot be shown: {len(self.paths)} of its files are not installed ({', '.join(self.paths)}), and the network did "
            f"not bring them. Install them with `python -m pip install --force-reinstall {PACKAGE}`, then start `overreach ui` again."
        )

    async def __call__(self, scope, receive, send):
        """Say so."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1011, "reason": "files of the page are missing"})
        elif scope["type"] == "http":
            said = f'<p style="overflow-wrap: anywhere">{escape(self.sentence)}</p>'
            body = f'<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">{TITLE}{said}</html>'
            head = [(b"content-type", b"text/html; charset=utf-8")]
            await send({"type": "http.response.start", "status": UNAVAILABLE, "headers": head})
            await send({"type": "http.response.body", "body": body.encode()})
        else:
            await _alive(receive, send)


async def _alive(receive, send):
    """The server's beginning and end."""
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
