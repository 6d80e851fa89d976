"""The notebooks of docs/tutorials run from the first cell to the last, in an empty folder, and are listed and linked."""

import re

import jupytext
import nbclient
import pytest

from tests.docs.blocks import TUTORIALS

NOTEBOOKS = sorted(path for path in TUTORIALS.glob("*.md") if path.name != "README.md")
LONGEST = 180  # seconds for a cell on a busy machine; alone a whole notebook takes under thirty


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_tutorial_runs(path, tmp_path):
    notebook = jupytext.read(path)
    nbclient.NotebookClient(notebook, timeout=LONGEST, resources={"metadata": {"path": str(tmp_path)}}).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(cells) >= 5 and all(cell.execution_count for cell in cells)
    assert any(cell.outputs for cell in cells)


def test_every_tutorial_is_listed_in_its_order():
    listed = re.findall(r"\]\((\d_\w+\.md)\)", (TUTORIALS / "README.md").read_text(encoding="utf-8"))
    assert listed == [path.name for path in NOTEBOOKS] and len(listed) == 6


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_tutorial_is_a_notebook_of_words_and_code_that_stores_no_output(path):
    notebook = jupytext.read(path)
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown" and kinds.count("code") >= 5
    assert notebook.metadata["kernelspec"]["language"] == "python"
    assert not any(cell.get("outputs") for cell in notebook.cells)
