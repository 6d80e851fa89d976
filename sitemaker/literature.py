"""The page of the literature, from docs/references.bib: one entry a source, with the key by which the code cites it."""

import re
from html import escape
from pathlib import Path

HEAD = """# Literature

What the code and these pages cite in square brackets, from `docs/references.bib`.

"""


def entries(bibliography):
    """{key: {field: text}} of a BibTeX file, as this repository writes it."""
    found = {}
    for entry in re.split(r"^@", Path(bibliography).read_text(encoding="utf-8"), flags=re.M)[1:]:
        key = re.match(r"\w+\{(\w+),", entry)[1]
        fields = re.findall(r"(\w+)\s*=\s*\{((?:[^{}]|\{[^{}]*\})*)\}", entry.partition("\n")[2])
        found[key] = {name.lower(): re.sub(r"[{}]|\\(?=&)", "", " ".join(text.split())) for name, text in fields}
    return found


def page(bibliography):
    """The page, by key; each entry can be linked to by its key in small letters."""
    lines = [f'- <strong id="{key.lower()}">{key}</strong>: {_cited(fields)}' for key, fields in entries(bibliography).items()]
    return HEAD + "\n".join(lines) + "\n"


def _cited(fields):
    """One source in words: authors, year, title, where it stands."""
    *others, last = (" ".join(reversed(name.split(", "))) for name in fields["author"].split(" and "))
    authors = f"{', '.join(others)} and {last}" if others else last
    where = next((fields[name] for name in ("journal", "booktitle", "publisher", "institution", "howpublished") if name in fields), "")
    number = fields.get("volume", "") + (f"({fields['number']})" if "volume" in fields and "number" in fields else "")
    pages = fields.get("pages", "").replace("--", "–")
    parts = [f"{authors} ({fields['year']}), {fields['title']}", f"*{escape(where)}* {number}".strip() if where else "", pages]
    doi = f", doi:{fields['doi']}" if "doi" in fields else ""
    return ", ".join(filter(None, parts)) + doi + "."
