"""Docstrings as this project writes them, laid out for a page: `worlds: how many; rng: the seed` becomes a list, a line for each argument.

The text stays as it is; only its shape changes.
"""

import re

VERDICTS = re.compile(r"(?:^|(?<=[.)] ))(Raises|Returns)(?= )", re.M)


def laid_out(text, names):
    """A docstring as Markdown. names: a pattern for the names of arguments."""
    said = VERDICTS.sub(r"\n\n**\1**", text)
    paragraphs = [part for part in re.split(r"\n\s*\n", said) if part.strip()]
    return "\n\n".join(_arguments(part, names) for part in paragraphs)


def _arguments(paragraph, names):
    """A paragraph that begins with the name of an argument as a list, any other as it is."""
    start = re.compile(rf"(?:^|(?<=; )|(?<=;\n))((?:{names})(?:, (?:{names}))*): ", re.M)
    if not start.match(paragraph):
        return paragraph
    pieces = start.split(paragraph)[1:]
    said = [" ".join(piece.split()).rstrip(";") for piece in pieces[1::2]]
    return "\n".join(f"- **{called}**: {text}" for called, text in zip(pieces[::2], said, strict=True))
