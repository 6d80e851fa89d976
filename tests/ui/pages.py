"""The page in a real browser: a server of its own, a Chromium that reaches nothing else, and what a user does on it.

Every wait is for something the page says, mostly its probe (`data-age`, `data-running`); nothing waits for time to pass.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 20_000  # ms: the longest that a page may take to say what is waited for, on a busy machine
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WORLDS, QUARTERS = 12, 6  # of a journey that needs no more
NOT_OURS = "invalid dom"  # ECharts, when a tab is left before its script has come


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def served(*arguments, log):
    """`overreach ui ARGUMENTS` on a free port, until the end of the block. Gives its address. log: file for what it prints."""
    port = free_port()
    command = [sys.executable, "-m", "experiments.cli", "ui", *map(str, arguments), "--port", str(port), "--no-browser"]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with Path(log).open("w", encoding="utf-8") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=out, stderr=out)
        try:
            address = f"http://127.0.0.1:{port}"
            _answers(server, address, log)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _answers(server, address, log, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not answer: {Path(log).read_text(encoding='utf-8')[-2000:]}")


@contextmanager
def chromium():
    """A browser, until the end of the block."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One browser session. `strangers`: addresses elsewhere that it asked for (and did not get); `errors`: of its scripts."""

    def __init__(self, browser, address, size=WIDE, shade="light", query=""):
        self.context = browser.new_context(viewport=size, color_scheme=shade, accept_downloads=True)
        self.context.set_default_timeout(PATIENCE)
        self.page, self.address, self.strangers, self.errors = self.context.new_page(), address, [], []
        self.context.route("**/*", self._only_here)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{address}/{query}")
        expect(self.probe).to_have_count(1, timeout=PATIENCE)

    def _only_here(self, route):
        asked = route.request.url
        if asked.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.strangers.append(asked)
            route.abort()

    @property
    def probe(self):
        return self.page.locator(".probe")

    def find(self, selector, **more):
        return self.page.locator(selector, **more)

    def button(self, label):
        return self.page.get_by_role("button", name=label, exact=True)

    def age(self):
        return int(self.probe.get_attribute("data-age"))

    def reached(self, quarters):
        """Wait until so many quarters have been run."""
        expect(self.probe).to_have_attribute("data-age", str(quarters), timeout=PATIENCE)

    def step(self, times=1):
        for _ in range(times):
            before = self.age()
            self.button("Step").click()
            self.reached(before + 1)

    def play(self):
        """Play until the horizon."""
        self.button("▶").click()
        expect(self.probe).to_have_attribute("data-running", "false", timeout=PATIENCE)

    def reset(self):
        self.button("Reset").click()
        self.reached(0)

    def reset_with(self):
        """Press the button that takes the dials over."""
        self.restarts(self.find(".reset-with").first)

    def restarts(self, button):
        """Press what begins a run anew, and wait until the controls are those of the new one."""
        before = int(self.probe.get_attribute("data-generation"))
        button.click()
        self.begins(before)

    def begins(self, before):
        """Wait for the run after this one. before: generation of the page."""
        expect(self.probe).to_have_attribute("data-generation", str(before + 1), timeout=PATIENCE)
        self.reached(0)

    def more(self):
        """Unfold what the rail does not show at once."""
        self.find(".more > .fold-head").click()
        self.shown(".dial-preset")

    def tab(self, name):
        self.find(f".tab-{name}").click()

    def says(self, selector, text):
        """Wait until an element says something. text: words or a pattern."""
        expect(self.find(selector).first).to_contain_text(text, timeout=PATIENCE)

    def shown(self, selector):
        """Wait until an element is there to be seen; gives it."""
        expect(self.find(selector).first).to_be_visible(timeout=PATIENCE)
        return self.find(selector).first

    def choose(self, selector, label):
        """Choose from a list; label: whole text of the entry."""
        self.find(f"{selector} .v-select__slot").first.click()
        self.page.locator(".menuable__content__active .v-list-item").filter(has_text=re.compile(f"^{re.escape(label)}$")).first.click()

    def drawn(self, name):
        """Wait until a chart has been drawn; gives its box on the page."""
        canvas = self.shown(f".figure-{name} canvas")
        canvas.scroll_into_view_if_needed()
        return canvas.bounding_box()

    def click_on(self, name, x, y):
        """Click on a chart, x and y pixels from its corner."""
        box = self.drawn(name)
        self.page.mouse.click(box["x"] + x, box["y"] + y)

    def chart(self, name, script, *values):
        """What a function of a figure's ECharts object and of these values gives. script: in JavaScript, `(chart, ...) => ...`."""
        self.drawn(name)
        ask = """([box, script, values]) => {
            let owner = document.querySelector(`${box} .solara-echarts`);
            while (owner && !(owner.__vue__ && owner.__vue__.chart)) owner = owner.parentElement;
            return eval(script)(owner.__vue__.chart, ...values);
        }"""
        return self.page.evaluate(ask, [f".figure-{name}", script, list(values)])

    def option_of(self, name):
        """The option a chart is drawn from."""
        return json.loads(self.chart(name, "(chart) => JSON.stringify(chart.getOption())"))

    def click_on_series(self, name, series, place):
        """Click on a point of a line of a chart."""
        script = """(chart, series, place) => {
            const all = chart.getOption().series, index = all.findIndex((each) => each.name === series), point = all[index].data[place];
            return chart.convertToPixel({seriesIndex: index}, point.value || point);
        }"""
        self.click_on(name, *self.chart(name, script, series, place))

    def click_on_node(self, name, node):
        """Click on a node of a graph."""
        script = """(chart, node) => {
            const series = chart.getOption().series[0];
            return chart.convertToPixel({xAxisIndex: 0, yAxisIndex: 0}, series.data.find((each) => each.name === node).value);
        }"""
        self.click_on(name, *self.chart(name, script, node))

    def click_on_cell(self, name, x, y):
        """Click on a cell of a heat map, by its places."""
        self.click_on(name, *self.chart(name, "(chart, x, y) => chart.convertToPixel({seriesIndex: 0}, [x, y])", x, y))

    def downloaded(self, label):
        """Press a download; gives the file."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("button", name=label).click()
        return Path(waiting.value.path())

    def width(self):
        """How wide what is on the page is, in pixels: more than the window's width means scrolling sideways."""
        return self.page.evaluate("document.documentElement.scrollWidth")

    def faults(self):
        """Errors of scripts but the one that is known and harmless."""
        return [error for error in self.errors if NOT_OURS not in error]

    def leave(self):
        self.context.close()
