"""How fast the browser page is, in a real Chromium: quarters a second while it draws, who spends the processor's time, Reset, memory.

`python -m benchmarks.page_speed [--minutes 30]` prints what it finds. The server listens on 127.0.0.1 and nothing else is asked for.
"""

import argparse
import importlib.util
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from benchmarks.machine import MEGABYTE

WORLD, HOST = "industry-2026q3", "127.0.0.1"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
PATIENCE = 120  # seconds for anything on the page
MINUTE, MILLISECONDS = 60, 1000  # seconds, in a second
POLL = 50  # milliseconds between two looks at the page
WIDE = {"width": 1280, "height": 900}
DIAL = ".sidebar .dial [role=slider], .sidebar .dial .v-slider__thumb-container"
WATCH = """() => {
  window.drawn = [];
  const look = () => {
    const probe = document.querySelector(".probe");
    const age = probe ? Number(probe.dataset.age) : -1;
    if (!window.drawn.length || window.drawn[window.drawn.length - 1][1] !== age) window.drawn.push([performance.now() / 1000, age]);
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, attributes: true});
  look();
}"""
AGE = "age => { const probe = document.querySelector('.probe'); return probe && Number(probe.dataset.age) === age; }"


class Play(NamedTuple):
    """One Play from the opening to the horizon. seconds: the page's own clock; cpu: seconds of processor by who spent them."""

    quarters: int
    seconds: float
    frames: int
    cpu: dict


class PageSpeed(NamedTuple):
    """What was found. resets: seconds from Reset to the first quarter of other worlds; memory: MB, {who: (early, late)} in `minutes`."""

    worlds: int
    plays: list
    resets: list
    memory: dict
    minutes: float

    @property
    def quarters_a_second(self):
        """Median over the plays."""
        return statistics.median(play.quarters / play.seconds for play in self.plays)

    @property
    def frames_a_second(self):
        """Median over the plays."""
        return statistics.median(play.frames / play.seconds for play in self.plays)

    @property
    def growth(self):
        """How much memory grew, server and workers together, as a share."""
        early, late = (sum(sizes[k] for who, sizes in self.memory.items() if who != "browser") for k in (0, 1))
        return late / early - 1

    def cpu(self, who):
        """Milliseconds of processor a quarter, median over the plays."""
        return MILLISECONDS * statistics.median(play.cpu[who] / play.quarters for play in self.plays)


def missing():
    """What this measurement needs and does not find, in words; empty if nothing."""
    wanted = [name for name in ("playwright", "psutil", "solara") if importlib.util.find_spec(name) is None]
    return ", ".join([*wanted, *([] if shutil.which("chromium") else ["chromium"])])


def measured(worlds=200, quarters=40, plays=5, resets=5, minutes=2.0, progress=lambda words: None):
    """Measure all of it: a `PageSpeed`. minutes: how long to go on playing for the sake of memory."""
    with ExitStack() as stack:
        server, address = stack.enter_context(served(worlds, quarters))
        page, browser = stack.enter_context(opened(address))
        who = {"server": server, "browser": browser}
        play(page, who, quarters)  # the first one also starts the workers and loads the charts
        found = [play(page, who, quarters) for _ in range(plays)]
        waits = [other_worlds(page) for _ in range(resets)]
        early, until = sizes_of(who), time.monotonic() + minutes * MINUTE
        while time.monotonic() < until:
            play(page, who, quarters)
            progress(f"{max(0, until - time.monotonic()) / MINUTE:.1f} minutes to go, {sum(sizes_of(who).values()):,.0f} MB")
        late = sizes_of(who)
    return PageSpeed(worlds, found, waits, {name: (early[name], late[name]) for name in early}, minutes)


@contextmanager
def served(worlds, quarters):
    """The page's server as the command starts it: (psutil process, address)."""
    import psutil

    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "experiments.cli", "ui", WORLD, "--host", HOST, "--port", str(port), "--no-browser"]
    process = subprocess.Popen([*command, "--worlds", str(worlds), "--quarters", str(quarters)], stdout=subprocess.DEVNULL)
    address = f"http://{HOST}:{port}"
    try:
        _wait_for(address, process)
        yield psutil.Process(process.pid), address
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(address, process):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=PATIENCE).close()  # our own server, on this machine
        except OSError:
            time.sleep(1 / 4)
        else:
            return
    raise RuntimeError("the page's server did not start")


@contextmanager
def opened(address):
    """The page in a Chromium of its own: (playwright page, psutil process of the browser)."""
    import psutil
    from playwright.sync_api import sync_playwright

    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        page = browser.new_page(viewport=WIDE)
        page.set_default_timeout(PATIENCE * MILLISECONDS)
        page.goto(address)
        page.wait_for_selector(".probe")
        page.evaluate(WATCH)
        ours = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
        yield page, next(child for child in ours if "chrom" in child.name())
        browser.close()


def play(page, who, quarters):
    """Begin again, play to the horizon: a `Play`."""
    press(page, "Reset")
    reached(page, 0)
    page.evaluate("() => { window.drawn.length = 0; }")
    before = spent(who)
    press(page, "▶")
    reached(page, quarters)
    after = spent(who)
    seen = page.evaluate("() => window.drawn")
    moved = [(at, age) for at, age in seen if age > 0]
    (began, first), (ended, last) = moved[0], moved[-1]
    share = (last - first) / quarters  # of the quarters, those between the first picture and the last
    return Play(last - first, ended - began, len(moved) - 1, {name: share * (after[name] - before[name]) for name in after})


def other_worlds(page):
    """Seconds from pressing Reset, with a dial moved, to the picture of the first quarter of the other worlds."""
    page.locator(DIAL).first.press("ArrowRight")
    page.wait_for_selector(".reset-with")
    page.evaluate("() => { window.drawn.length = 0; }")
    began = page.evaluate("() => performance.now() / 1000")
    page.locator(".reset-with").click()
    reached(page, 0)
    press(page, "Step")
    reached(page, 1)
    return page.evaluate("() => window.drawn[window.drawn.length - 1][0]") - began


def reached(page, age):
    """Wait for a quarter; looking at every picture, as playwright does untold, would keep the browser busy for nothing."""
    page.wait_for_function(AGE, arg=age, polling=POLL)


def press(page, label):
    """A button of the controls."""
    page.locator(".controls button", has_text=label).click()


def spent(who):
    """Seconds of processor so far: of the server, of its workers, of the browser with its own processes."""
    server, browser = who["server"], who["browser"]
    return {
        "server": _seconds([server]),
        "workers": _seconds(server.children(recursive=True)),
        "browser": _seconds([browser, *browser.children(recursive=True)]),
    }


def _seconds(processes):
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def sizes_of(who):
    """Resident memory in MB, as `spent`."""
    server, browser = who["server"], who["browser"]
    families = {
        "server": [server],
        "workers": server.children(recursive=True),
        "browser": [browser, *browser.children(recursive=True)],
    }
    return {name: sum(process.memory_info().rss for process in family) / MEGABYTE for name, family in families.items()}


def said(found):
    """What was found, in lines."""
    split = ", ".join(f"{who} {found.cpu(who):.0f}" for who in ("workers", "server", "browser"))
    sizes = "; ".join(f"{who} {early:,.0f} -> {late:,.0f}" for who, (early, late) in found.memory.items())
    return f"""{found.quarters_a_second:.2f} quarters a second of {found.worlds} worlds, {found.frames_a_second:.1f} pictures a second
ms of processor a quarter: {split}
Reset to the first quarter of other worlds, seconds: {", ".join(f"{wait:.2f}" for wait in found.resets)}
memory, MB, after {found.minutes:g} minutes of Play: {sizes}; without the browser {found.growth:+.1%}"""


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page_speed", description="Measure the browser page.")
    for name, kind, default in (
        ("worlds", int, 200),
        ("quarters", int, 40),
        ("plays", int, 5),
        ("resets", int, 5),
        ("minutes", float, 2.0),
    ):
        parser.add_argument(f"--{name}", type=kind, default=default)
    chosen = vars(parser.parse_args())
    print(said(measured(**chosen, progress=lambda words: print(f"page: {words}", file=sys.stderr, flush=True))))


if __name__ == "__main__":
    main()
