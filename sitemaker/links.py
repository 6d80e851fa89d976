"""Links that authors do not write: `[Arrow1951]` leads to the literature, `model.md 9.7` to the equation, `docs/ui.md` to the page.

They are put into the finished HTML, so that docstrings, tables made from declarations and pages are all treated alike.
"""

import re
from typing import NamedTuple

TAGS = re.compile(r"(<[^>]+>)")
KEY = re.compile(r"(?<![\w\"'])([A-Z][A-Za-z]+(?:18|19|20)\d\d[a-z]?)(?![\w\"'])")
BRACKETS = re.compile(r"\[[^\[\]]{0,200}\]")
EQUATIONS = re.compile(r"model\.md (\d+(?:\.\d+)?|B\b)((?:(?:, | to | and )\d+(?:\.\d+)?(?![\d.]*\w))*)")
OWN = re.compile(r"(\(|\bsections? )(\d+(?:\.\d+)?)(?=\)|\b(?!\.?\d))")
NUMBER = re.compile(r"\d+(?:\.\d+)?|B\b")
MODEL_NAMED = re.compile(r"docs/model\.md(?:</a>)?$")
AFTER = re.compile(r"^((?:, | )(?:sections? )?)(\d+(?:\.\d+)?)")
PAGE_NAME = re.compile(r"docs/(\w+)\.md$")
HEADING = re.compile(r"(?:\{#|id=\")((?:eq|section)-[\w-]+)(?:\}|\")")


class Targets(NamedTuple):
    """Where links lead, as addresses from the page they stand on."""

    equations: dict  # {"9.7": address}
    literature: dict  # {"Arrow1951": address}
    pages: dict  # {"ui": address}
    of_model: bool = False  # whether the page is one of the model, which calls its own equations (9.7) and section 9


class DeadEnd(ValueError):
    """A reference to an equation or a source that is not there."""


def anchors(text):
    """Names of sections and equations, "9", "9.7" or "B", that a page of the model holds, each with its anchor."""
    return {anchor.partition("-")[2].replace("-", ".").replace("b", "B"): anchor for anchor in HEADING.findall(text)}


def linked(html, targets):
    """The HTML of a page with links where it names an equation, a source or a page. Raises DeadEnd."""
    out, inside, before = [], [], ""
    for piece in TAGS.split(html):
        name = re.match(r"</?(\w+)", piece)
        if name and name[1] in ("a", "pre", "code", "h1", "h2", "h3", "h4", "script", "style", "svg"):
            inside = inside[:-1] if piece.startswith("</") else [*inside, name[1]]
        elif not name and piece and not inside:
            piece = _text(piece, targets, before)
        elif not name and inside == ["code"]:
            piece = _page(piece, targets)
        out.append(piece)
        if not name and piece.strip():
            before = piece
    return "".join(out)


def _text(text, targets, before):
    if targets.of_model:
        text = OWN.sub(lambda found: _own(found, targets.equations), text)
    text = BRACKETS.sub(lambda found: KEY.sub(lambda key: _a(key[1], targets.literature, "source"), found[0]), text)
    text = EQUATIONS.sub(lambda found: _equations(found, targets), text)
    if MODEL_NAMED.search(before):  # `docs/model.md`, section 15 and `docs/model.md` 13.7
        text = AFTER.sub(lambda found: found[1] + _a(found[2], targets.equations, "equation of the model"), text)
    return text


def _own(found, equations):
    """A number in brackets may be an equation or just a number; after "section" it is one."""
    is_equation = found[2] in equations and (found[1] != "(" or "." in found[2])
    if found[1] != "(" and not is_equation:
        raise DeadEnd(f"there is no section {found[2]} of the model")
    return found[1] + (_a(found[2], equations, "") if is_equation else found[2])


def _equations(found, targets):
    """A link that says `model.md 9.7`, and one for each number that follows."""
    first = _a(found[1], targets.equations, "equation of the model").replace(f">{found[1]}<", f">model.md {found[1]}<")
    return first + NUMBER.sub(lambda number: _a(number[0], targets.equations, "equation of the model"), found[2])


def _page(code, targets):
    name = PAGE_NAME.match(code)
    return f'<a href="{targets.pages[name[1]]}">{code}</a>' if name and name[1] in targets.pages else code


def _a(shown, where, what):
    if shown not in where:
        raise DeadEnd(f"there is no {what} {shown}")
    return f'<a href="{where[shown]}">{shown}</a>'
