"""The recipes of the documentation work: every command and every block of code is run as it stands on its page."""

from pathlib import Path

import pytest

from sitemaker import blocks

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = [DOCS / "start.md", *sorted((DOCS / "how_to").glob("*.md"))]


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "index.md"], ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page, tmp_path):
    said = blocks.run(page, tmp_path)
    assert said and all(text.strip() for text in said if text is not said[-1])
