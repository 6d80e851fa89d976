"""What makes tables and names readable on a narrow screen: a table's cells know their column, and short names do not break."""

import re

MOST_COLUMNS = 6  # a table with more is a table of numbers: it scrolls
SHORT = 26  # letters of a name in code that is kept on one line
TABLE = re.compile(r"<table>.*?</table>", re.S)
ROW = re.compile(r"<tr>.*?</tr>", re.S)
SHORT_CODE = re.compile(rf"<code>(?=[^<]{{1,{SHORT}}}</code>)(?!</pre>)")


def readable(html):
    """The HTML of a page whose tables can be laid out as blocks, a line a cell."""
    return TABLE.sub(_labelled, SHORT_CODE.sub('<code class="short">', html))


def _labelled(found):
    table = found[0]
    heads = [re.sub(r"<[^>]+>", "", head) for head in re.findall(r"<th[^>]*>(.*?)</th>", table, flags=re.S)]
    if len(heads) > MOST_COLUMNS:
        return table
    body = ROW.sub(lambda row: _row(row[0], heads), table)
    return body.replace("<table>", "<table data-blocks>", 1)


def _row(row, heads):
    labels = iter(heads)
    return re.sub(r"<td(?=[ >])", lambda _: f'<td data-label="{next(labels, "")}"', row)
