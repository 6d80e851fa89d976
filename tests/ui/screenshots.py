"""Pictures of the page for the documents: `python -m tests.ui.screenshots docs/img`."""

import sys
import tempfile
from pathlib import Path

from tests.ui.pages import NARROW, Visit, chromium, served

WORLD, WORLDS, QUARTERS, STEPS = "industry-2026q3", 100, 40, 24
START = f"?worlds={WORLDS}&quarters={QUARTERS}"
YOLO = "?world=symmetric-2023q1&worlds=60&quarters=40&set=lab.risk_appetite=0.9&set=vendor.circular_intensity=1.0"
COMPARED = f"{YOLO}&compare=1&other=lab.risk_appetite=0.9&other=vendor.circular_intensity=0.0"


def tall(size, height):
    """The same width, so high."""
    return {**size, "height": height}


def picture(visit, folder, name):
    """Write what is to be seen now."""
    visit.page.mouse.move(0, 0)
    visit.page.evaluate("document.querySelector('.world').scrollIntoView({block: 'end'})")
    visit.page.screenshot(path=str(folder / f"{name}.png"))


def views(browser, address, folder):
    """Every tab on the real industry, six years in."""
    visit = Visit(browser, address, {"width": 1280, "height": 1180}, query=START)
    visit.step(STEPS)
    visit.find(".pick-worst").click()
    visit.drawn("survival")
    picture(visit, folder, "futures")
    for tab, figure in (("money", "money"), ("firms", "incomes"), ("deal-desk", None), ("atlas", "atlas"), ("story", None)):
        visit.tab(tab)
        if tab == "deal-desk":
            visit.find(".deal-add").click()
        if tab == "story":
            visit.shown(".event-quarter")
        if figure:
            visit.drawn(figure)
        picture(visit, folder, tab)
    visit.leave()


def main(folder):
    """All pictures into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, served(WORLD, log=Path(scratch) / "server.log") as address, chromium() as browser:
        views(browser, address, folder)
        beside = Visit(browser, address, {"width": 1280, "height": 1180}, query=COMPARED)
        beside.step(QUARTERS)
        beside.drawn("survival")
        picture(beside, folder, "compare")
        beside.leave()
        phone = Visit(browser, address, tall(NARROW, 1100), "dark", START)
        phone.step(STEPS)
        phone.drawn("fan")
        picture(phone, folder, "phone")
        phone.leave()


if __name__ == "__main__":
    main(sys.argv[1])
