"""The recipes of the documentation work: every command and every block of code is run as it stands on its page, one after the other."""

import pytest
from markdown_it import MarkdownIt

from sitemaker import blocks
from tests.docs.blocks import WHOLE


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in WHOLE if page.name != "index.md"], ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page, tmp_path):
    said = blocks.run(page, tmp_path)
    assert said and said[-1].strip()


@pytest.mark.parametrize("page", [page for page in WHOLE if "```diff" in page.read_text(encoding="utf-8")], ids=lambda page: page.stem)
def test_the_changes_of_a_recipe_fit_the_sources_as_they_are(page, tmp_path):
    sources = blocks.ROOT
    for block in blocks.blocks(page.read_text(encoding="utf-8")):
        if block.language == "diff":
            sources = blocks.patched(sources, tmp_path, block, page)
    assert sources != blocks.ROOT


def test_every_block_of_a_page_is_run_or_meant_to_be_shown_only():
    shown_only = []
    for page in WHOLE:
        text = page.read_text(encoding="utf-8")
        found = blocks.blocks(text)
        assert len(found) == sum(token.type == "fence" for token in MarkdownIt().parse(text)), f"{page.name}: a block without a language"
        assert {block.language for block in found if not block.title} <= {"python", "bash", "diff", "text"}, page.name
        shown_only += [block.code for block in found if block.language == "text"]
    assert shown_only == ["make run\n", "source .venv/bin/activate\n"]
