"""The bibliography holds what is cited and nothing else, and says where to find it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("*.md", "docs/**/*.md", "abm/**/*.py", "agents/**/*.py", "experiments/**/*.py", "experiments/questions/*.toml", "benchmarks/*.py")
KEY = r"[A-Z][A-Za-z]+(?:18|19|20)\d\d"
ENTRIES = {
    re.match(r"\w+\{(\w+),", entry).group(1): entry
    for entry in re.split(r"^@", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), flags=re.M)[1:]
}


def cited():
    """Keys in square brackets in code, questions and documents."""
    texts = (path.read_text(encoding="utf-8") for place in PLACES for path in ROOT.glob(place))
    return {
        key
        for text in texts
        for group in re.findall(r"\[[^\[\]]{0,200}\]", text)
        for key in re.findall(rf"(?<![\w\"'])({KEY})(?![\w\"'])", group)
    }


def test_what_is_cited_is_in_the_bibliography_and_what_is_there_is_cited():
    assert cited() == set(ENTRIES)


def test_keys_are_in_order_and_end_with_the_year_of_the_source():
    assert list(ENTRIES) == sorted(ENTRIES, key=str.lower)
    for key, entry in ENTRIES.items():
        assert re.search(rf"year\s*=\s*\{{{key[-4:]}\}}", entry), key


@pytest.mark.parametrize("key", ENTRIES)
def test_an_article_can_be_found(key):
    entry = ENTRIES[key]
    if entry.startswith("article"):
        assert all(re.search(rf"\b{field}\s*=\s*\{{.", entry) for field in ("journal", "volume", "pages"))
    for doi in re.findall(r"doi\s*=\s*\{(.*?)\}", entry):
        assert re.fullmatch(r"10\.\d{4,}/\S+", doi)
