"""The page of a run: nothing to load, names escaped, the caveat on it, and small enough to send."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from abm.start.opening import Figure
from experiments.analysis.money import money_graph_svg
from experiments.analysis.report import report
from experiments.inputs import Inputs
from experiments.runs import Work, run
from experiments.words import CAVEAT, headline, percent

EVIL = "<img src=x onerror=alert(1)>\"'&</script>"
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return run(Inputs("tutorial", worlds=4, quarters=6, seed=1), root=tmp_path_factory.mktemp("runs"), work=Work(workers=1))


@pytest.fixture(scope="module")
def page(done):
    return done.report.read_text(encoding="utf-8")


class Loads(HTMLParser):
    """Collects what a browser would fetch by itself, and all tags."""

    def __init__(self):
        super().__init__()
        self.fetched, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        loading = [value for key, value in attrs if key in ("src", "srcset", "data", "poster") or (tag == "link" and key == "href")]
        self.fetched += [value for value in loading if value and not value.startswith("data:")]


def parsed(text):
    found = Loads()
    found.feed(text)
    return found


def test_the_page_loads_nothing(page):
    assert parsed(page).fetched == []
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, flags=re.S))
    assert "url(" not in styles
    assert "@import" not in styles


def test_the_page_can_be_sent(page):
    assert len(page.encode()) < 1.5 * MEGABYTE


def test_the_page_carries_the_caveat_and_the_headline(done, page):
    assert CAVEAT in page
    assert headline(done.summary) in page
    assert done.manifest["world"]["caveat"] in page


def test_every_chart_has_its_description(page):
    charts, specs = re.findall(r'data-chart="(\w+)"', page), re.findall(r'id="spec-(\w+)"', page)
    assert set(charts) <= set(specs)
    assert {"revenue", "failures", "survival", "wall", "minsky", "p10_coverage", "circularity", "look_through"} <= set(charts)


def test_names_and_sources_cannot_become_tags(done):
    evil = json.loads(json.dumps(done.summary).replace('"Lab"', json.dumps(EVIL)))
    opening = done.inputs.opening()
    opening = replace(opening, figures=(Figure(EVIL, "cash", 1.0, EVIL, EVIL, "assumption"),))
    manifest = {**done.manifest, "world": {**done.manifest["world"], "title": EVIL, "caveat": EVIL, "purpose": EVIL}}
    text = report(manifest, evil, opening)
    assert "img" not in parsed(text).tags
    assert text.count("</script>") == text.count("<script")


def test_the_money_graph_escapes_names():
    money = {
        "nodes": [{"name": EVIL, "kind": "labs"}, {"name": "b", "kind": "clouds"}],
        "links": [{"from": EVIL, "to": "b", "nature": "purchase", "amount": 1.0, "circling": 0.5}],
        "left_out": 0.0,
        "circling": 0.0,
    }
    assert "<img" not in money_graph_svg(money)
    assert 'class="circling"' in money_graph_svg(money)


def test_only_a_certain_thing_is_said_to_be_certain():
    assert [percent(share) for share in (0, 0.001, 0.12, 0.999, 1)] == ["0 %", "<1 %", "12 %", ">99 %", "100 %"]
