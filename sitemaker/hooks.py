"""What MkDocs calls while it builds the site: adds the pages made from code and files, and links what authors only name."""

import logging
from pathlib import Path

from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url

from sitemaker import citation, declared, gallery, links, literature, phones

ROOT = Path(__file__).resolve().parents[1]
TUTORIALS = "tutorials"
MODEL = "model"
LITERATURE = "reference/literature.md"
log = logging.getLogger("mkdocs.hooks.sitemaker")


def on_config(config):
    """Put the tutorials into the navigation: whatever lies in their folder."""
    paths = sorted((Path(config.docs_dir) / TUTORIALS).glob("*.md"), key=lambda path: (path.stem != "README", path.name))
    found = [path.relative_to(config.docs_dir).as_posix() for path in paths]
    entries = [{name: found if value == TUTORIALS else value for name, value in entry.items()} for entry in config.nav]
    config.nav = [entry for entry in entries if all(entry.values())]
    return config


def on_files(files, config):
    """Add what is made of declarations, of files elsewhere in the repository, and of the code of the gallery."""
    for path, text in {**declared.pages(), LITERATURE: literature.page(ROOT / "docs/references.bib"), **_copied()}.items():
        files.append(File.generated(config, path, content=text))
    for path, content in gallery.pictures(Path(config.docs_dir) / gallery.PAGE).items():
        files.append(File.generated(config, path, content=content))
    for figure in sorted(ROOT.glob("results/*/figure.png")):
        files.append(File.generated(config, figure.relative_to(ROOT).as_posix(), abs_src_path=str(figure)))
    for table in sorted(ROOT.glob("results/*/table.csv")):
        files.append(File.generated(config, table.relative_to(ROOT).as_posix(), abs_src_path=str(table)))
    return files


def _copied():
    """Pages that lie outside docs/: the changelog and the results of the shipped questions."""
    results = [*ROOT.glob("results/README.md"), *ROOT.glob("results/*/README.md")]
    pages = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(results)}
    return {**pages, "changelog.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")}


def on_page_markdown(markdown, page, config, files):
    """Put the citation where its page has a mark."""
    return citation.filled(markdown, (ROOT / "CITATION.cff").read_text(encoding="utf-8")) if citation.MARK in markdown else markdown


def on_page_content(html, page, config, files):
    """Link equations, sources and pages that the text names."""
    try:
        return links.linked(phones.readable(html), _targets(page, files))
    except links.DeadEnd as error:
        log.warning("%s: %s", page.file.src_uri, error)
        return html


def _targets(page, files):
    def to(path, anchor=""):
        return get_relative_url(files.get_file_from_path(path).url, page.url) + anchor

    model = [file for file in files.documentation_pages() if file.src_uri.startswith(f"{MODEL}/")]
    equations = {number: to(file.src_uri, f"#{anchor}") for file in model for number, anchor in links.anchors(file.content_string).items()}
    keys = literature.entries(ROOT / "docs/references.bib")
    top = {Path(file.src_uri).stem: to(file.src_uri) for file in files.documentation_pages() if "/" not in file.src_uri}
    of_model = page.file.src_uri.startswith((f"{MODEL}/", f"{MODEL}.md"))
    return links.Targets(equations, {key: to(LITERATURE, f"#{key.lower()}") for key in keys}, top, of_model)
