"""Tables of Markdown, for pages that are written from what was measured."""


def table(heads, rows):
    """A table, a line for each row; a bar in a cell would end it."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |\n" for line in lines)
