"""The page's own files: they are installed, and where they are not, plain HTML says which."""

import asyncio
import sys
import urllib.request
from html import unescape
from pathlib import Path

import pytest

from experiments.ui import commands, files

FOLDER = Path(sys.prefix) / "share/solara/cdn"


def test_a_normal_install_brings_every_file_that_the_page_needs():
    paths = files.needed()
    assert any("solara-vuetify-app@" in path and path.endswith(".min.js") for path in paths) and len(paths) == 5
    assert any(path.startswith("requirejs@") for path in paths) and files.CHARTS in paths
    assert files.missing(FOLDER) == []


def test_the_charts_are_those_that_the_widget_asks_for():
    widget = Path(files.__file__).with_name("figure.vue").read_text(encoding="utf-8")
    assert f"${{cdn}}/{files.CHARTS}" in widget


def test_an_empty_folder_misses_all_of_them_and_the_network_is_asked_once(tmp_path, monkeypatch):
    asked = []

    def refused(url, timeout):
        asked.append(url)
        raise OSError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refused)
    assert files.missing(tmp_path) == files.needed()
    assert files.fetched(tmp_path, files.missing(tmp_path)) == files.needed() and len(asked) == 1
    assert files.fetched(tmp_path, []) == [] and len(asked) == 1


def test_what_the_network_brings_is_kept(tmp_path, monkeypatch):
    class Answer:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return False

        def read(self):
            return b"file"

    monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: Answer())
    assert files.fetched(tmp_path, files.missing(tmp_path)) == [] and files.missing(tmp_path) == []


def answer(app, kind="http"):
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(app({"type": kind}, None, send))
    return sent


def test_missing_files_are_said_in_plain_html_and_on_the_terminal(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(files, "fetched", lambda folder, paths: paths)
    page = commands._page(tmp_path)
    start, body = answer(page)
    text = unescape(body["body"].decode())
    assert start["status"] == files.UNAVAILABLE and (b"content-type", b"text/html; charset=utf-8") in start["headers"]
    assert all(path in text for path in files.needed()) and "pip install --force-reinstall solara-assets" in text and "<script" not in text
    assert files.CHARTS in capsys.readouterr().err
    assert answer(page, "websocket")[0]["type"] == "websocket.close"


@pytest.mark.parametrize("name", ["<img src=x>"])
def test_names_of_files_are_escaped(name):
    assert name not in answer(files.Lacking([name]))[1]["body"].decode()
