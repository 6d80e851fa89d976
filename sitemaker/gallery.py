"""Pictures of the gallery, drawn by the code that the page shows: the blocks of the page are one script, run in a folder of its own."""

import re
import tempfile
from pathlib import Path

from sitemaker import blocks

PAGE = "gallery.md"
FOLDER = "gallery"  # of the site, where the pictures lie


def pictures(page):
    """{path below docs: bytes} of every picture that the page's code saves. Raises RuntimeError if these are not the ones it shows."""
    text = page.read_text(encoding="utf-8")
    script = "\n".join(block.code for block in blocks.blocks(text) if block.language == "python")
    with tempfile.TemporaryDirectory(prefix="overreach-gallery-") as name:
        folder = Path(name)
        joined = folder / PAGE
        joined.write_text(f"```python\n{script}```\n", encoding="utf-8")
        blocks.run(joined, folder)
        found = {f"{FOLDER}/{path.name}": path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".svg", ".png")}
    shown = set(re.findall(rf"\(({FOLDER}/[\w.-]+)\)", text))
    if shown != found.keys():
        raise RuntimeError(f"{page.name} shows {sorted(shown)} and its code saves {sorted(found)}")
    return found
